//! Resumable uploads the server is receiving (tus). A row lives from the creation request to the last byte; the bytes lie in
//! the data folder's `incoming`.

use rusqlite::{OptionalExtension, Row, params};

use super::error::Error;
use super::open::Db;
use super::value::Uint;
use crate::clock;

/// One upload being received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub id: String,
    /// Id of the recording it will become; its row must exist first.
    pub recording: String,
    /// Bytes in all; `None` while the file still grows where it comes from.
    pub length: Option<u64>,
    /// Bytes received and synced; at most `length`.
    pub offset: u64,
    /// The `Upload-Metadata` header as it came.
    pub metadata: String,
    /// RFC 3339 UTC.
    pub created_at: String,
}

impl Incoming {
    /// True once every byte has come.
    pub fn complete(&self) -> bool {
        self.length == Some(self.offset)
    }
}

impl Db {
    /// Adds a row; `Error::Orphan` when the recording does not exist.
    pub fn create_incoming(&self, incoming: &Incoming) -> Result<(), Error> {
        self.write("upload", &incoming.id, |connection| {
            connection.execute(
                "INSERT INTO incoming (id, recording, upload_length, upload_offset, metadata, created_at, active_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                params![
                    incoming.id,
                    incoming.recording,
                    incoming.length.map(Uint),
                    Uint(incoming.offset),
                    incoming.metadata,
                    incoming.created_at,
                ],
            )?;
            Ok(())
        })
    }

    /// The upload with this id.
    pub fn incoming(&self, id: &str) -> Result<Option<Incoming>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM incoming WHERE id = ?1")?;
            Ok(statement.query_row([id], incoming_of).optional()?)
        })
    }

    /// Notes how many bytes are on the disk, and that the upload is alive. May go back, as after a crash of the server.
    pub fn set_incoming_offset(&self, id: &str, offset: u64) -> Result<(), Error> {
        self.write("upload", id, |connection| {
            let mut statement =
                connection.prepare_cached("UPDATE incoming SET upload_offset = ?2, active_at = ?3 WHERE id = ?1")?;
            match statement.execute(params![id, Uint(offset), clock::wall()])? {
                0 => Err(Error::Unknown { what: "upload", id: id.to_owned() }.into()),
                _ => Ok(()),
            }
        })
    }

    /// The file has stopped growing: how long it is, and what is now known of it (an `Upload-Metadata` header). What has
    /// arrived beyond that length counts no more.
    pub fn end_incoming(&self, id: &str, length: u64, metadata: &str) -> Result<(), Error> {
        self.write("upload", id, |connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE incoming SET upload_length = ?2, upload_offset = min(upload_offset, ?2), metadata = ?3, active_at = ?4
                 WHERE id = ?1",
            )?;
            match statement.execute(params![id, Uint(length), metadata, clock::wall()])? {
                0 => Err(Error::Unknown { what: "upload", id: id.to_owned() }.into()),
                _ => Ok(()),
            }
        })
    }

    /// Removes the row; no error when it is gone already.
    pub fn delete_incoming(&self, id: &str) -> Result<(), Error> {
        self.write("upload", id, |connection| {
            connection.execute("DELETE FROM incoming WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// Uploads created, or last given an offset, before this time (RFC 3339 UTC), newest first.
    pub fn stale_incoming(&self, before: &str) -> Result<Vec<Incoming>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM incoming WHERE active_at < ?1 ORDER BY active_at DESC, id DESC")?;
            Ok(statement.query_map([before], incoming_of)?.collect::<Result<_, _>>()?)
        })
    }
}

fn incoming_of(row: &Row<'_>) -> rusqlite::Result<Incoming> {
    Ok(Incoming {
        id: row.get("id")?,
        recording: row.get("recording")?,
        length: row.get::<_, Option<Uint>>("upload_length")?.map(|length| length.0),
        offset: row.get::<_, Uint>("upload_offset")?.0,
        metadata: row.get("metadata")?,
        created_at: row.get("created_at")?,
    })
}
