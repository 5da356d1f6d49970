//! Files of projects on a studio server, by their SHA-256. A small one goes in one piece. A large one goes in parts and comes from where
//! it broke off; between two pieces its owner is asked whether it may go on.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Method, StatusCode};

use super::error::Error;
use super::projects::{ANSWER, Projects, patience};
use super::wire::body;
use crate::core::shared::{ARRIVED_HEADER, MAX_OBJECT_BYTES, OBJECTS_ROAD};

/// Bytes that a broken line may cost.
const PART: u64 = 4 << 20;
/// How often the server may say that it has another stretch than it said before.
const CORRECTIONS: u32 = 3;

/// What the server has of a file, as far as this token may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Whole,
    /// So many bytes of it; none, mostly.
    Part(u64),
}

impl Projects {
    /// How much the server has of a file.
    pub async fn held(&self, sha256: &str) -> Result<Held, Error> {
        let answer = self.send(self.request(Method::HEAD, &road(sha256)).timeout(ANSWER)).await?;
        match answer.status() {
            StatusCode::OK => Ok(Held::Whole),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Held::Part(arrived(answer.headers()).unwrap_or(0))),
            _ => Err(self.declined(answer).await),
        }
    }

    /// True when the server has a file, and this token may use it.
    pub async fn has_object(&self, sha256: &str) -> Result<bool, Error> {
        Ok(self.held(sha256).await? == Held::Whole)
    }

    /// Gives a small file.
    pub async fn give_object(&self, sha256: &str, bytes: Bytes) -> Result<(), Error> {
        let request = self.request(Method::PUT, &road(sha256)).timeout(patience(bytes.len() as u64));
        let answer = self.send(request.header(CONTENT_LENGTH, bytes.len()).body(body(bytes, |_| {}))).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::OK | StatusCode::CREATED => Ok(()),
            _ => Err(self.declined(answer).await),
        }
    }

    /// Gives a large file from `at` on. `go_on` is told how much has arrived before each part; false ends it there, and is the answer
    /// then.
    pub async fn give_rest(
        &self,
        sha256: &str,
        path: &Path,
        mut at: u64,
        mut go_on: impl FnMut(u64) -> bool,
    ) -> Result<bool, Error> {
        let unreadable = |source| Error::File { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let total = file.metadata().map_err(unreadable)?.len();
        let mut corrections = 0;
        while go_on(at) {
            file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
            let mut part = vec![0; PART.min(total.saturating_sub(at)) as usize];
            file.read_exact(&mut part).map_err(unreadable)?;
            let range = match part.len() as u64 {
                0 => format!("bytes */{total}"),
                length => format!("bytes {at}-{}/{total}", at + length - 1),
            };
            let request = self.request(Method::PUT, &road(sha256)).timeout(patience(part.len() as u64));
            let answer = self.send(request.header(CONTENT_RANGE, range).body(part)).await?;
            match (answer.status(), arrived(answer.headers())) {
                (StatusCode::NO_CONTENT, _) => return Ok(true),
                (StatusCode::ACCEPTED, Some(arrived)) if arrived > at && arrived <= total => at = arrived,
                (StatusCode::CONFLICT, Some(arrived)) if corrections < CORRECTIONS && arrived <= total => {
                    (at, corrections) = (arrived, corrections + 1);
                }
                (status, _) if status.is_success() => return Err(self.nonsense("it says nothing of what it was given")),
                _ => return Err(self.declined(answer).await),
            }
        }
        Ok(false)
    }

    /// Fetches a small file of `bytes` bytes into a new file.
    pub async fn fetch_object(&self, sha256: &str, bytes: u64, to: &Path) -> Result<(), Error> {
        let written = |source| Error::Write { path: to.to_owned(), source };
        let mut answer = self.send(self.request(Method::GET, &road(sha256))).await?;
        if answer.status() != StatusCode::OK {
            return Err(self.declined(answer).await);
        }
        let mut file = tokio::fs::File::create_new(to).await.map_err(written)?;
        let mut left = bytes.min(MAX_OBJECT_BYTES);
        while let Some(piece) = answer.chunk().await.map_err(|error| self.away(&error))? {
            left = left.checked_sub(piece.len() as u64).ok_or_else(|| self.nonsense("a picture is longer than was said"))?;
            tokio::io::AsyncWriteExt::write_all(&mut file, &piece).await.map_err(written)?;
        }
        file.sync_all().await.map_err(written)
    }

    /// Fetches a large file of `bytes` bytes from `at` on. `take` gets piece after piece; false ends it there. `None` when the server
    /// does not have it, else whether its end was reached.
    pub async fn fetch_rest<E: From<Error>>(
        &self,
        sha256: &str,
        bytes: u64,
        at: u64,
        mut take: impl FnMut(&[u8]) -> Result<bool, E>,
    ) -> Result<Option<bool>, E> {
        let mut answer = self.send(self.request(Method::GET, &road(sha256)).header(RANGE, format!("bytes={at}-"))).await?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if answer.content_length() == Some(bytes.saturating_sub(at)) => {}
            StatusCode::PARTIAL_CONTENT | StatusCode::OK | StatusCode::RANGE_NOT_SATISFIABLE => {
                return Err(self.nonsense("the file there has another length").into());
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            _ => return Err(self.declined(answer).await.into()),
        }
        let mut left = bytes.saturating_sub(at);
        while left > 0 {
            let Some(piece) = answer.chunk().await.map_err(|error| self.away(&error))? else {
                return Err(self.nonsense("the file ended too soon").into());
            };
            let length = piece.len() as u64;
            left = left.checked_sub(length).ok_or_else(|| self.nonsense("a file is longer than was said"))?;
            if !take(&piece)? {
                return Ok(Some(false));
            }
        }
        Ok(Some(true))
    }
}

fn road(sha256: &str) -> String {
    format!("{OBJECTS_ROAD}/{sha256}")
}

fn arrived(headers: &HeaderMap) -> Option<u64> {
    headers.get(ARRIVED_HEADER)?.to_str().ok()?.parse().ok()
}
