//! Recordings the server has been sent (`video_recordings`). Their status moves only as `core::upload::Status` allows; an
//! uploaded one is final, because clients have been told so.

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::value::{Uint, json, named, to_json};
use crate::core::upload::{Recording, SceneTimes, Status, StudioMetadata};

impl Db {
    /// Adds a row; `Error::Exists` when the id is taken.
    pub fn create_recording(&self, recording: &Recording) -> Result<(), Error> {
        self.write("recording", &recording.id, |connection| {
            connection.execute(
                "INSERT INTO video_recordings
                    (id, user_id, title, file_path, duration_seconds, status, scene_data, created_at, take, bytes, sha256,
                     studio_metadata)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    recording.id,
                    recording.user_id,
                    recording.title,
                    recording.file_path,
                    recording.duration_seconds,
                    recording.status.name(),
                    to_json(&recording.scenes)?,
                    recording.created_at,
                    recording.take,
                    Uint(recording.bytes),
                    recording.sha256,
                    to_json(&recording.studio_metadata)?,
                ],
            )?;
            Ok(())
        })
    }

    /// The recording with this id.
    pub fn recording(&self, id: &str) -> Result<Option<Recording>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM video_recordings WHERE id = ?1")?;
            Ok(statement.query_row([id], recording_of).optional()?)
        })
    }

    /// All recordings, newest first.
    pub fn recordings(&self) -> Result<Vec<Recording>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM video_recordings ORDER BY created_at DESC, id DESC")?;
            Ok(statement.query_map([], recording_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// Moves the status. Staying where it is is no move and no error; `Error::StatusMove` when the move is not allowed.
    pub fn set_recording_status(&self, id: &str, status: Status) -> Result<(), Error> {
        self.write("recording", id, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let from = status_of(&transaction, id)?;
            if from == status {
                return Ok(());
            }
            allow(id, from, status)?;
            transaction.execute("UPDATE video_recordings SET status = ?2 WHERE id = ?1", [id, status.name()])?;
            Ok(transaction.commit()?)
        })
    }

    /// What was not known when the recording was announced: how long it is, its scenes, and what it is to its studio (`None`
    /// leaves that as it was announced).
    pub fn describe_recording(
        &self,
        id: &str,
        duration_seconds: f64,
        scenes: &[SceneTimes],
        studio_metadata: Option<&StudioMetadata>,
    ) -> Result<(), Error> {
        self.write("recording", id, |connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE video_recordings
                 SET duration_seconds = ?2, scene_data = ?3, studio_metadata = coalesce(?4, studio_metadata) WHERE id = ?1",
            )?;
            let studio_metadata = studio_metadata.map(to_json).transpose()?;
            match statement.execute(params![id, duration_seconds, to_json(scenes)?, studio_metadata])? {
                0 => Err(Error::Unknown { what: "recording", id: id.to_owned() }.into()),
                _ => Ok(()),
            }
        })
    }

    /// Notes where the file lies (`data/videos/…`), its size and its SHA-256 (hex), and makes the recording `Uploaded`, all in
    /// one transaction. Only an `Uploading` recording can be finished.
    pub fn finish_recording(&self, id: &str, file_path: &str, bytes: u64, sha256: &str) -> Result<(), Error> {
        self.write("recording", id, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            allow(id, status_of(&transaction, id)?, Status::Uploaded)?;
            transaction.execute(
                "UPDATE video_recordings SET file_path = ?2, bytes = ?3, sha256 = ?4, status = ?5 WHERE id = ?1",
                params![id, file_path, Uint(bytes), sha256.to_ascii_lowercase(), Status::Uploaded.name()],
            )?;
            Ok(transaction.commit()?)
        })
    }

    /// The first uploaded recording with these bytes; `None` for an empty digest.
    pub fn recording_by_sha256(&self, hex: &str) -> Result<Option<Recording>, Error> {
        if hex.is_empty() {
            return Ok(None);
        }
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM video_recordings WHERE sha256 = ?1 AND status = 'uploaded' ORDER BY created_at, id LIMIT 1",
            )?;
            Ok(statement.query_row([hex.to_ascii_lowercase()], recording_of).optional()?)
        })
    }
}

fn status_of(connection: &Connection, id: &str) -> Result<Status, Fault> {
    connection
        .prepare_cached("SELECT status FROM video_recordings WHERE id = ?1")?
        .query_row([id], |row| named(row, "status", Status::named))
        .optional()?
        .ok_or_else(|| Error::Unknown { what: "recording", id: id.to_owned() }.into())
}

fn allow(id: &str, from: Status, to: Status) -> Result<(), Error> {
    if from.may_become(to) { Ok(()) } else { Err(Error::StatusMove { id: id.to_owned(), from, to }) }
}

fn recording_of(row: &Row<'_>) -> rusqlite::Result<Recording> {
    Ok(Recording {
        id: row.get("id")?,
        take: row.get("take")?,
        user_id: row.get("user_id")?,
        title: row.get("title")?,
        file_path: row.get("file_path")?,
        duration_seconds: row.get("duration_seconds")?,
        status: named(row, "status", Status::named)?,
        bytes: row.get::<_, Uint>("bytes")?.0,
        sha256: row.get("sha256")?,
        scenes: json(row, "scene_data")?,
        created_at: row.get("created_at")?,
        studio_metadata: json(row, "studio_metadata")?,
    })
}
