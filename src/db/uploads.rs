//! Uploads this studio is sending: one row for each take and server, so that a restart goes on where the server stands.

use rusqlite::{OptionalExtension, Row, params};

use super::error::Error;
use super::open::Db;
use super::value::{Uint, json_or_none, named, to_json};
use crate::core::take::TakeId;
use crate::core::upload::{SecondFile, Status};

/// A take on its way to one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub take: TakeId,
    /// Base URL. Never holds a user name, password or token.
    pub server: String,
    /// The tus URL, once the server has given one.
    pub location: Option<String>,
    /// The server's id of the recording.
    pub recording: Option<String>,
    /// Lower-case hex of the file's SHA-256.
    pub sha256: Option<String>,
    /// Size of the file.
    pub bytes: u64,
    pub status: Status,
    /// Begun while the take was recorded: its beginning is corrected at the end.
    pub growing: bool,
    /// Tries so far.
    pub attempt: u32,
    /// Why the last try failed, as one sentence.
    pub problem: Option<String>,
    /// RFC 3339 UTC.
    pub updated_at: String,
    /// The take's screen, when its own file has arrived.
    pub screen: Option<SecondFile>,
}

impl Db {
    /// Adds or replaces the row of this take and server. `Error::Orphan` when the take is not in the library.
    pub fn save_upload(&self, upload: &Upload) -> Result<(), Error> {
        if holds_login(&upload.server) {
            let detail = "its server's address holds a login, which is never kept".into();
            return Err(Error::Value { what: "upload of take", id: upload.take.0.clone(), detail });
        }
        self.write("upload of take", &upload.take.0, |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO uploads
                        (take, server, location, recording, sha256, bytes, status, attempt, problem, updated_at, growing, screen)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                     ON CONFLICT (take, server) DO UPDATE SET
                        location = excluded.location, recording = excluded.recording, sha256 = excluded.sha256,
                        bytes = excluded.bytes, status = excluded.status, attempt = excluded.attempt,
                        problem = excluded.problem, updated_at = excluded.updated_at,
                        growing = excluded.growing, screen = excluded.screen",
                )?
                .execute(params![
                    upload.take.0,
                    upload.server,
                    upload.location,
                    upload.recording,
                    upload.sha256,
                    Uint(upload.bytes),
                    upload.status.name(),
                    upload.attempt,
                    upload.problem,
                    upload.updated_at,
                    upload.growing,
                    upload.screen.as_ref().map(to_json).transpose()?,
                ])?;
            Ok(())
        })
    }

    /// The upload of a take to a server.
    pub fn upload(&self, take: &TakeId, server: &str) -> Result<Option<Upload>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM uploads WHERE take = ?1 AND server = ?2")?;
            Ok(statement.query_row([&take.0, server], upload_of).optional()?)
        })
    }

    /// Forgets the upload of a take to a server; no error when there is none.
    pub fn forget_upload(&self, take: &TakeId, server: &str) -> Result<(), Error> {
        self.write("upload of take", &take.0, |connection| {
            connection.execute("DELETE FROM uploads WHERE take = ?1 AND server = ?2", [&take.0, server])?;
            Ok(())
        })
    }

    /// A take's uploads to all servers, the last changed first.
    pub fn uploads_of(&self, take: &TakeId) -> Result<Vec<Upload>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM uploads WHERE take = ?1 ORDER BY updated_at DESC, server")?;
            Ok(statement.query_map([&take.0], upload_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// All that are not `Uploaded` (failed ones too), the last changed first.
    pub fn unfinished_uploads(&self) -> Result<Vec<Upload>, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM uploads WHERE status <> 'uploaded' ORDER BY updated_at DESC, take, server")?;
            Ok(statement.query_map([], upload_of)?.collect::<Result<_, _>>()?)
        })
    }
}

/// True for `scheme://user[:password]@host`.
fn holds_login(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

fn upload_of(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        take: TakeId(row.get("take")?),
        server: row.get("server")?,
        location: row.get("location")?,
        recording: row.get("recording")?,
        sha256: row.get("sha256")?,
        bytes: row.get::<_, Uint>("bytes")?.0,
        status: named(row, "status", Status::named)?,
        growing: row.get("growing")?,
        attempt: row.get("attempt")?,
        problem: row.get("problem")?,
        updated_at: row.get("updated_at")?,
        screen: json_or_none(row, "screen")?,
    })
}
