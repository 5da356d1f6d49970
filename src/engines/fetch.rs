//! What an engine made comes to lie in the job's landing folder: from a link, from the engine's own answer, or out of its JSON.
//! Streamed as `NAME.part`, told by its bytes and not by what it is called, synced, renamed: a file without `.part` is whole. A link
//! never gets the key, and leads nowhere that the engine itself could not be.

mod hand;
mod inline;
mod kinds;
mod walls;
mod whole;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::LOCATION;
use reqwest::{Response, Url};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter};

use super::http::{Answer, Auth, Client, Refusal, cause, line, plain};
use super::{Landing, reach};
use crate::core::generate::{Class, Failure, Piece};
use crate::core::job::Kind;

pub use kinds::sniff;

/// Redirects of one link.
const HOPS: usize = 5;
/// For the first word of an answer.
const ANSWER: Duration = Duration::from_secs(60);
/// Bytes that tell what a file is.
const HEAD: usize = 64;
const BUFFER: usize = 1024 * 1024;

/// What a file may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The biggest file.
    pub bytes: u64,
    /// How long a line may be silent. However slow it is, bytes that come are progress.
    pub stall: Duration,
}

/// Where one file comes to lie, and what it has to be.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    pub landing: &'a Landing,
    /// Its name without the ending, which its bytes decide.
    pub name: &'a str,
    pub kind: Kind,
}

/// Fetches for one engine.
#[derive(Clone, Debug)]
pub struct Fetcher {
    home: Url,
    auth: Auth,
    client: reqwest::Client,
    bounds: Bounds,
}

/// A file on its way.
struct Landed<'a> {
    fetcher: &'a Fetcher,
    spot: Spot<'a>,
    /// Its first bytes, until it is known what it is.
    head: Vec<u8>,
    mime: Option<&'static str>,
    file: BufWriter<File>,
    bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { bytes: 8 * 1024 * 1024 * 1024, stall: Duration::from_secs(60) }
    }
}

impl Fetcher {
    /// For what the engine at the end of this line makes.
    pub fn new(engine: &Client) -> Result<Fetcher, Failure> {
        Fetcher::bounded(engine, Bounds::default())
    }

    /// With other bounds.
    pub fn bounded(engine: &Client, bounds: Bounds) -> Result<Fetcher, Failure> {
        let home = engine.base().clone();
        let walls = walls::Walls::around(&home);
        let client = plain(&home).dns_resolver(Arc::new(walls)).build();
        let client =
            client.map_err(|error| Failure::new(Class::Here, format!("No connection can be made here: {}", cause(&error))))?;
        Ok(Fetcher { home, auth: engine.auth().clone(), client, bounds })
    }

    /// A file behind a link. No key goes there.
    pub async fn link(&self, address: &str, spot: Spot<'_>) -> Result<Piece, Failure> {
        if address.trim_start().starts_with("data:") {
            return self.inline(address, spot).await;
        }
        let first = self.home.join(address.trim()).map_err(|_| self.odd("its link can't be read"))?;
        let mut url = first;
        for _ in 0..=HOPS {
            walls::check(&self.home, &url).map_err(|why| self.odd(&why))?;
            let response = self.ask(&url).await?;
            let status = response.status();
            if status.is_success() {
                return self.flow(Vec::new(), response, spot).await;
            }
            if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Err(self.gone(response).await);
            }
            let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = target.and_then(|target| url.join(target).ok()).ok_or_else(|| self.odd("its link leads nowhere"))?;
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(self.odd("its link leads from a safe line to an open one"));
            }
            url = next;
        }
        Err(self.odd("its link leads in circles"))
    }

    /// The engine's own answer is the file. One that was paid for and can't be used is not ordered again by itself.
    pub async fn answer(&self, answer: Answer<'_>, spot: Spot<'_>) -> Result<Piece, Failure> {
        let billable = answer.billable();
        let (first, response) = answer.flow();
        self.flow(first, response, spot).await.map_err(|failure| if billable { paid(failure) } else { failure })
    }

    /// A file out of JSON: base64, or a data URL.
    pub async fn inline(&self, text: &str, spot: Spot<'_>) -> Result<Piece, Failure> {
        let bytes = inline::decode(text).map_err(|why| self.odd(why))?;
        self.bytes(&bytes, spot).await
    }

    /// A file that is here already.
    pub async fn bytes(&self, bytes: &[u8], spot: Spot<'_>) -> Result<Piece, Failure> {
        let mut landed = Landed::begin(self, spot).await?;
        landed.take(bytes).await?;
        landed.end().await
    }

    /// What came to lie in this spot before, whole.
    pub async fn landed(&self, spot: Spot<'_>) -> Option<Piece> {
        let mut folder = fs::read_dir(&spot.landing.folder).await.ok()?;
        while let Some(item) = folder.next_entry().await.ok()? {
            let path = item.path();
            let named = path.file_stem().is_some_and(|stem| stem == spot.name);
            if !named || path.extension().is_none_or(|ending| ending == "part") {
                continue;
            }
            let mut head = Vec::new();
            let file = File::open(&path).await.ok()?;
            file.take(HEAD as u64).read_to_end(&mut head).await.ok()?;
            if let Some(mime) = sniff(&head).filter(|mime| kinds::fits(mime, spot.kind)) {
                return Some(Piece { path, mime });
            }
        }
        None
    }

    async fn ask(&self, url: &Url) -> Result<Response, Failure> {
        match tokio::time::timeout(ANSWER, self.client.get(url.clone()).send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if walls::refused(&error) => Err(self.odd("its link leads into this network")),
            Ok(Err(error)) => {
                Err(self.fail(Class::Transport, &format!("{} can't be reached: {}.", reach::host(url), cause(&error))))
            }
            Err(_) => Err(self.fail(Class::Transport, &format!("{} does not answer.", reach::host(url)))),
        }
    }

    /// The line brings bytes until it ends.
    async fn flow(&self, first: Vec<u8>, mut response: Response, spot: Spot<'_>) -> Result<Piece, Failure> {
        if response.content_length().is_some_and(|length| length > self.bounds.bytes) {
            return Err(self.too_big());
        }
        let mut landed = Landed::begin(self, spot).await?;
        landed.take(&first).await?;
        loop {
            let piece: Option<Bytes> = match tokio::time::timeout(self.bounds.stall, response.chunk()).await {
                Ok(Ok(piece)) => piece,
                Ok(Err(error)) => return Err(self.fail(Class::Transport, &format!("The file broke off: {}.", cause(&error)))),
                Err(_) => {
                    let secs = self.bounds.stall.as_secs();
                    return Err(self.fail(Class::Transport, &format!("The file broke off: nothing came for {secs} seconds.")));
                }
            };
            match piece {
                Some(piece) => landed.take(&piece).await?,
                None => return landed.end().await,
            }
        }
    }

    /// Why a link gives no file.
    async fn gone(&self, response: Response) -> Failure {
        let refusal = Refusal::read(response).await;
        let class = match refusal.status {
            401 | 403 | 404 | 410 => Class::Expired,
            400..=499 if refusal.status != 429 && refusal.status != 408 => Class::Nonsense,
            _ => refusal.class(),
        };
        let words = format!("The file can't be fetched: {}", refusal.words());
        Failure { wait_secs: refusal.wait_secs(), ..self.fail(class, &words) }
    }

    fn too_big(&self) -> Failure {
        self.odd(&format!("it sent more than {} MiB", self.bounds.bytes >> 20))
    }

    fn odd(&self, why: &str) -> Failure {
        self.fail(Class::Nonsense, &format!("{} does not answer as it should: {why}.", reach::host(&self.home)))
    }

    fn fail(&self, class: Class, words: &str) -> Failure {
        Failure::new(class, line(&self.auth.blank(words)))
    }
}

impl<'a> Landed<'a> {
    async fn begin(fetcher: &'a Fetcher, spot: Spot<'a>) -> Result<Landed<'a>, Failure> {
        let part = spot.landing.folder.join(format!("{}.part", spot.name));
        let file = File::create(&part).await.map_err(|error| here(&part, &error))?;
        Ok(Landed { fetcher, spot, head: Vec::new(), mime: None, file: BufWriter::with_capacity(BUFFER, file), bytes: 0 })
    }

    fn part(&self) -> std::path::PathBuf {
        self.spot.landing.folder.join(format!("{}.part", self.spot.name))
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.fetcher.bounds.bytes {
            return Err(self.drop_with(self.fetcher.too_big()).await);
        }
        if self.mime.is_none() && self.head.len() < HEAD {
            self.head.extend_from_slice(&bytes[..bytes.len().min(HEAD - self.head.len())]);
            if self.head.len() == HEAD {
                self.tell().await?;
            }
        }
        let written = self.file.write_all(bytes).await;
        written.map_err(|error| here(&self.part(), &error))
    }

    /// What it is, by its first bytes: nothing else is let in.
    async fn tell(&mut self) -> Result<&'static str, Failure> {
        if let Some(mime) = self.mime {
            return Ok(mime);
        }
        let wanted = self.spot.kind;
        let why = match sniff(&self.head) {
            Some(mime) if kinds::fits(mime, wanted) => {
                self.mime = Some(mime);
                return Ok(mime);
            }
            Some(mime) => format!("it sent {mime} where {} was to come", kinds::words(wanted)),
            None => format!("it sent {} where {} was to come", kinds::describe(&self.head), kinds::words(wanted)),
        };
        Err(self.drop_with(self.fetcher.odd(&why)).await)
    }

    async fn end(mut self) -> Result<Piece, Failure> {
        if self.bytes == 0 {
            return Err(self.drop_with(self.fetcher.odd("it sent an empty file")).await);
        }
        let mime = self.tell().await?;
        let part = self.part();
        let path = self.spot.landing.folder.join(format!("{}.{}", self.spot.name, kinds::ending(mime)));
        self.file.flush().await.map_err(|error| here(&part, &error))?;
        self.file.get_ref().sync_all().await.map_err(|error| here(&part, &error))?;
        let whole = {
            let part = part.clone();
            tokio::task::spawn_blocking(move || whole::is(&part, mime)).await
        };
        match whole {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => {
                return Err(self.drop_with(self.fetcher.fail(Class::Transport, "The file broke off before its end.")).await);
            }
            Ok(Err(error)) => return Err(here(&part, &error)),
            Err(_) => return Err(Failure::new(Class::Here, "The file could not be looked at.")),
        }
        fs::rename(&part, &path).await.map_err(|error| here(&path, &error))?;
        if let Ok(folder) = File::open(&self.spot.landing.folder).await {
            // A folder that can't be synced still holds the file.
            let _ = folder.sync_all().await;
        }
        Ok(Piece { path, mime })
    }

    /// Takes away what came, which is of no use to anyone.
    async fn drop_with(&self, failure: Failure) -> Failure {
        // Left behind, it goes with the landing folder.
        let _ = fs::remove_file(self.part()).await;
        failure
    }
}

/// What came of an order that was paid for already.
pub(super) fn paid(failure: Failure) -> Failure {
    match failure.class {
        Class::Transport | Class::Nonsense => Failure { class: Class::Unclear, ..failure },
        _ => failure,
    }
}

fn here(path: &Path, error: &std::io::Error) -> Failure {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Failure::new(Class::Here, format!("{name} could not be written: {error}."))
}
