//! The file on its way out: read in chunks that carry what they can be checked by. Towards a Onetake server that is the hash
//! of the file up to the chunk's end, which is carried on from chunk to chunk: one reading and one hash, while the chunk before
//! is on the line. Reads go to the blocking pool, and one chunk is read ahead while another is sent, so memory stays at two
//! chunks whatever the length.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::error::Error;
use crate::core::blocks::{Blocks, Measure};

/// Bytes read and hashed at a time.
const STRIDE: usize = 256 << 10;

/// An open file of known length.
#[derive(Clone, Debug)]
pub(super) struct Source {
    file: Arc<File>,
    path: Arc<PathBuf>,
    pub length: u64,
}

/// A stretch of the file.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub offset: u64,
    pub bytes: Bytes,
    pub proof: Proof,
}

/// How a chunk is to be checked where it arrives.
#[derive(Clone, Debug)]
pub(super) enum Check {
    /// Not at all: the server could not.
    No,
    /// By the chunk's own checksum.
    Chunk,
    /// By the file from its start to the chunk's end; this has seen all before the chunk.
    File(Hashed),
}

/// What a chunk is checked by.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    No,
    /// SHA-256 of the bytes, in base64 as tus wants it.
    Chunk(String),
    /// The file from its start to the chunk's end.
    File(Hashed),
}

/// The hash of the file's first `bytes` bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Hashed {
    pub bytes: u64,
    hasher: Sha256,
}

impl Source {
    pub async fn open(path: PathBuf) -> Result<Source, Error> {
        blocking(move || {
            let found = File::open(&path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
            let (file, metadata) = match found {
                Ok(found) => found,
                Err(source) => return Err(Error::File { path, source }),
            };
            if !metadata.is_file() {
                return Err(Error::File { path, source: std::io::Error::other("it is not a file") });
            }
            if metadata.len() == 0 {
                return Err(Error::Empty { path });
            }
            Ok(Source { file: Arc::new(file), path: Arc::new(path), length: metadata.len() })
        })
        .await
    }

    /// A file that is still written: no byte of it is read before `length` says that it is there.
    pub async fn growing(path: PathBuf) -> Result<Source, Error> {
        blocking(move || match File::open(&path) {
            Ok(file) => Ok(Source { file: Arc::new(file), path: Arc::new(path), length: 0 }),
            Err(source) => Err(Error::File { path, source }),
        })
        .await
    }

    /// The same file, known to have `length` bytes that stay.
    pub fn to(&self, length: u64) -> Source {
        Source { length, ..self.clone() }
    }

    /// The whole file's fingerprint. `done` counts the bytes read so far.
    pub async fn measure(&self, done: Arc<AtomicU64>, cancel: CancellationToken) -> Result<Blocks, Error> {
        let source = self.clone();
        blocking(move || {
            let (mut measure, mut buffer) = (Measure::default(), vec![0; STRIDE]);
            while measure.bytes() < source.length {
                if cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
                let want = (source.length - measure.bytes()).min(STRIDE as u64) as usize;
                source.fill(&mut buffer[..want], measure.bytes())?;
                measure.update(&buffer[..want]);
                done.store(measure.bytes(), Ordering::Relaxed);
            }
            Ok(measure.finish())
        })
        .await
    }

    /// Goes on hashing up to byte `end`. `done` counts the bytes hashed so far.
    pub async fn hash(
        &self,
        mut hashed: Hashed,
        end: u64,
        done: Arc<AtomicU64>,
        cancel: CancellationToken,
    ) -> Result<Hashed, Error> {
        let source = self.clone();
        blocking(move || {
            let mut buffer = vec![0; STRIDE];
            while hashed.bytes < end {
                if cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
                let want = (end - hashed.bytes).min(STRIDE as u64) as usize;
                source.fill(&mut buffer[..want], hashed.bytes)?;
                hashed.take(&buffer[..want]);
                done.store(hashed.bytes, Ordering::Relaxed);
            }
            Ok(hashed)
        })
        .await
    }

    /// The chunk at `offset`: `limit` bytes, less at the end of the file. Read into `buffer`, whatever is in it.
    pub async fn chunk(self, offset: u64, limit: usize, mut check: Check, mut buffer: BytesMut) -> Result<Chunk, Error> {
        blocking(move || {
            let want = self.length.saturating_sub(offset).min(limit as u64) as usize;
            buffer.resize(want, 0);
            let mut at = offset;
            // In strides, so that what is hashed is still in the processor's cache.
            for stride in buffer.chunks_mut(STRIDE) {
                self.fill(stride, at)?;
                at += stride.len() as u64;
                if let Check::File(hashed) = &mut check {
                    hashed.take(stride);
                }
            }
            let proof = match check {
                Check::No => Proof::No,
                Check::Chunk => Proof::Chunk(STANDARD.encode(Sha256::digest(&buffer))),
                Check::File(hashed) => Proof::File(hashed),
            };
            Ok(Chunk { offset, bytes: buffer.freeze(), proof })
        })
        .await
    }

    fn fill(&self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        self.file.read_exact_at(buffer, offset).map_err(|source| match source.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::Changed { path: self.path.to_path_buf() },
            _ => Error::File { path: self.path.to_path_buf(), source },
        })
    }
}

impl Hashed {
    /// SHA-256 of the bytes so far, lower-case hex.
    pub fn hex(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }

    fn take(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl Chunk {
    /// How the chunk after this one is checked, if alike.
    pub fn next_check(&self) -> Check {
        match &self.proof {
            Proof::No => Check::No,
            Proof::Chunk(_) => Check::Chunk,
            Proof::File(hashed) => Check::File(hashed.clone()),
        }
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs on the blocking pool; a runtime that is going down counts as cancelled.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Cancelled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn chunks_and_hash_are_those_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.mkv");
        std::fs::write(&path, b"abc").unwrap();
        let source = Source::open(path.clone()).await.unwrap();
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hash = |from, end| source.hash(from, end, Arc::default(), CancellationToken::new());
        assert_eq!(hash(Hashed::default(), 3).await.unwrap().hex(), abc);
        let a = hash(Hashed::default(), 1).await.unwrap();
        let chunk = source.clone().chunk(1, 8, Check::File(a), BytesMut::zeroed(5)).await.unwrap();
        assert_eq!((&chunk.bytes[..], chunk.offset), (&b"bc"[..], 1));
        // One chunk's proof is the next one's beginning; behind the end nothing is added.
        let Check::File(both) = chunk.next_check() else { panic!("{chunk:?}") };
        assert_eq!((both.bytes, both.hex().as_str()), (3, abc));
        let whole = source.clone().chunk(0, 8, Check::Chunk, BytesMut::new()).await.unwrap();
        assert!(matches!(&whole.proof, Proof::Chunk(sum) if sum == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="));
        std::fs::write(&path, b"a").unwrap();
        assert!(matches!(source.chunk(1, 8, Check::No, BytesMut::new()).await, Err(Error::Changed { .. })));
    }

    #[tokio::test]
    async fn an_empty_or_missing_file_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.mkv");
        assert!(matches!(Source::open(path.clone()).await, Err(Error::File { .. })));
        std::fs::write(&path, b"").unwrap();
        assert!(matches!(Source::open(path).await, Err(Error::Empty { .. })));
        assert!(matches!(Source::open(folder.path().to_path_buf()).await, Err(Error::File { .. })));
    }

    #[tokio::test]
    async fn hashing_stops_when_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.mkv");
        std::fs::write(&path, b"abc").unwrap();
        let cancel = CancellationToken::new();
        cancel.cancel();
        let source = Source::open(path).await.unwrap();
        assert!(matches!(source.hash(Hashed::default(), 3, Arc::default(), cancel).await, Err(Error::Cancelled)));
    }
}
