//! One chunk on its way to the disk, on a thread that may wait. Bytes count only when they are synced and the row says so; a
//! crash in between leaves bytes beyond the row's offset, and the next chunk cuts them off first.
//!
//! What stays when a chunk ends early: everything, unless it came with a checksum that can no longer be checked and nothing
//! else would notice a wrong byte later, because nobody named a hash of the whole file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

use axum::http::StatusCode;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::Receiver;

use super::headers::Checks;
use super::refusal::Refusal;
use crate::blobs::files;
use crate::db::Db;

/// A chunk without a checksum is made safe this often, in bytes, so that a crash in one endless chunk costs little.
const SYNC_BYTES: u64 = 32 << 20;

/// What the connection hands on. A queue that ends without `Whole` broke off.
#[derive(Debug)]
pub(super) enum Piece {
    Bytes(Bytes),
    /// The chunk came to its end.
    Whole,
    /// The client sent more than the upload has.
    Excess,
}

/// Where to write and from where on.
#[derive(Debug)]
pub(super) struct Chunk {
    pub db: Db,
    pub id: String,
    pub path: PathBuf,
    /// Bytes that are safe; the chunk begins here.
    pub offset: u64,
    pub checks: Checks,
    /// A hash of the whole is announced or comes with the chunks, so an unchecked piece can't slip through.
    pub guarded: bool,
    /// Of all bytes before `offset`, when known.
    pub hasher: Option<Sha256>,
}

/// How it ended; the bytes up to `offset` are safe.
#[derive(Debug)]
pub(super) struct Written {
    pub offset: u64,
    pub hasher: Option<Sha256>,
    pub end: End,
}

#[derive(Debug)]
pub(super) enum End {
    Whole,
    Broken,
    Mismatch,
    Excess,
    Disk(io::Error),
}

impl Chunk {
    /// Writes what comes until the queue ends. An error means that the row could not be moved; it stands where it stood.
    pub fn write(mut self, pieces: Receiver<Piece>) -> Result<Written, Refusal> {
        let mut file = self.open()?;
        let (mut safe, mut safe_hasher) = (self.offset, self.hasher.clone());
        let end = self.run(&mut file, pieces, &mut safe, &mut safe_hasher);
        let stays = match end {
            End::Whole => true,
            End::Broken | End::Disk(_) => self.checks.chunk.is_none() || self.guarded,
            End::Mismatch | End::Excess => false,
        };
        if !stays {
            (self.offset, self.hasher) = (safe, safe_hasher);
        }
        file.set_len(self.offset)?;
        if self.offset != safe {
            self.save(&file)?;
        }
        Ok(Written { offset: self.offset, hasher: self.hasher, end })
    }

    fn run(&mut self, file: &mut File, mut pieces: Receiver<Piece>, safe: &mut u64, safe_hasher: &mut Option<Sha256>) -> End {
        let mut checksum = self.checks.chunk.clone();
        let unchecked = checksum.is_none() && self.checks.file.is_none();
        while let Some(piece) = pieces.blocking_recv() {
            let bytes = match piece {
                Piece::Bytes(bytes) => bytes,
                Piece::Whole => {
                    let right = checksum.is_none_or(|checksum| checksum.matches()) && self.file_matches();
                    return if right { End::Whole } else { End::Mismatch };
                }
                Piece::Excess => return End::Excess,
            };
            if let Err(error) = file.write_all(&bytes) {
                return End::Disk(error);
            }
            if let Some(checksum) = &mut checksum {
                checksum.update(&bytes);
            }
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&bytes);
            }
            self.offset += bytes.len() as u64;
            if unchecked && self.offset - *safe >= SYNC_BYTES {
                if let Err(refusal) = self.save(file) {
                    return End::Disk(io::Error::other(refusal.sentence));
                }
                (*safe, *safe_hasher) = (self.offset, self.hasher.clone());
            }
        }
        End::Broken
    }

    /// True too when it can't be told now: after a restart the hash is no longer in memory, and `finish` reads the file.
    fn file_matches(&self) -> bool {
        let (Some(expected), Some(hasher)) = (&self.checks.file, &self.hasher) else { return true };
        files::hex(&hasher.clone().finalize()) == *expected
    }

    fn open(&self) -> Result<File, Refusal> {
        let mut file = OpenOptions::new().write(true).open(&self.path)?;
        // A second server on the same folder is a second writer.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if file.metadata()?.len() < self.offset {
            return Err(Refusal::internal(format!("{} is shorter than its row says", self.path.display())));
        }
        file.set_len(self.offset)?;
        file.seek(SeekFrom::Start(self.offset))?;
        Ok(file)
    }

    fn save(&self, file: &File) -> Result<(), Refusal> {
        file.sync_data()?;
        Ok(self.db.set_incoming_offset(&self.id, self.offset)?)
    }
}

/// 423: someone else is writing this upload.
pub(super) fn locked() -> Refusal {
    Refusal::new(StatusCode::LOCKED, "This upload is being written by another request; try again in a moment.")
}
