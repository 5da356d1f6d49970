//! The file on its way into a bucket: read once, part by part, and hashed while it is read. Parts that arrived in an earlier run are
//! read too, because the hash of the whole needs them, and because the file may not be the one it was.

use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::digest::{Md5Sum, hex, md5};
use super::error::Error;

/// Bytes read and hashed at a time, so that they are hashed while they are in the processor's cache.
const STRIDE: usize = 256 << 10;

/// A file that is being read from its first byte to its last.
pub(super) struct Source {
    file: Arc<File>,
    path: PathBuf,
    pub bytes: u64,
    /// Its last change when it was opened.
    pub changed: i64,
    at: u64,
    hasher: Sha256,
}

pub(super) struct Part {
    pub bytes: Bytes,
    pub md5: Md5Sum,
}

/// Length and last change (nanoseconds since 1970).
pub(super) fn facts(path: &Path) -> Result<(u64, i64), Error> {
    let facts = std::fs::metadata(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    Ok((facts.len(), changed(&facts)))
}

fn changed(facts: &std::fs::Metadata) -> i64 {
    facts.mtime().saturating_mul(1_000_000_000).saturating_add(facts.mtime_nsec())
}

impl Source {
    pub async fn open(path: PathBuf) -> Result<Source, Error> {
        blocking(move || {
            let failed = |source| Error::File { path: path.clone(), source };
            let file = File::open(&path).map_err(failed)?;
            let facts = file.metadata().map_err(failed)?;
            if !facts.is_file() {
                return Err(failed(std::io::Error::other("it is not a file")));
            }
            if facts.len() == 0 {
                return Err(Error::Empty { path });
            }
            let changed = changed(&facts);
            Ok(Source { file: Arc::new(file), path, bytes: facts.len(), changed, at: 0, hasher: Sha256::new() })
        })
        .await
    }

    /// The next part, at most `part_bytes` long.
    pub async fn next(mut self, part_bytes: u64) -> Result<(Source, Part), Error> {
        blocking(move || {
            let want = (self.bytes - self.at).min(part_bytes);
            let mut buffer = vec![0; usize::try_from(want).unwrap_or(usize::MAX)];
            for stride in buffer.chunks_mut(STRIDE) {
                self.file.read_exact_at(stride, self.at).map_err(|source| match source.kind() {
                    std::io::ErrorKind::UnexpectedEof => Error::Changed { path: self.path.clone() },
                    _ => Error::File { path: self.path.clone(), source },
                })?;
                self.hasher.update(&*stride);
                self.at += stride.len() as u64;
            }
            let md5 = md5(&buffer);
            Ok((self, Part { bytes: buffer.into(), md5 }))
        })
        .await
    }

    /// SHA-256 of the whole, lower-case hex; an error when the file is not any more what was read.
    pub async fn finish(self) -> Result<String, Error> {
        blocking(move || match self.file.metadata() {
            Ok(facts) if facts.len() == self.bytes && changed(&facts) == self.changed => Ok(hex(&self.hasher.finalize())),
            Ok(_) => Err(Error::Changed { path: self.path }),
            Err(source) => Err(Error::File { path: self.path, source }),
        })
        .await
    }
}

/// Runs on the blocking pool; a runtime that is going down counts as cancelled.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Cancelled))
}
