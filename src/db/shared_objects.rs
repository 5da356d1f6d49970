//! Files of shared projects by their hash: who gave which, and which versions show them. One may be used by who gave it and by who
//! sees a version that shows it; knowing a hash alone opens nothing. A clip that a version names before it has come is that version's
//! once somebody gives it who may write the project.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::value::Uint;
use crate::clock;
use crate::core::shared::SharedFile;

/// True for a picture that a caller may use (?1 its hash, ?2 the user or NULL for who runs the server).
const USABLE: &str = "
    SELECT bytes FROM shared_objects AS object WHERE sha256 = ?1 AND (
        ?2 IS NULL
        OR EXISTS (SELECT 1 FROM shared_object_givers WHERE sha256 = object.sha256 AND giver = ?2)
        OR EXISTS (
            SELECT 1 FROM shared_object_uses AS use
            JOIN shared_projects AS project ON project.id = use.project
            JOIN shared_versions AS version ON version.project = use.project AND version.revision = use.revision
            WHERE use.sha256 = object.sha256 AND (
                version.published = 1 OR project.owner = ?2
                OR project.team IN (SELECT team FROM team_members WHERE user = ?2)
            )
        )
    )";

/// The versions that have waited for a file (?1 its hash) which this caller (?2, as above) gives: those of projects that they may write.
const ARRIVED: &str = "
    SELECT waits.sha256, waits.project, waits.revision FROM shared_objects_awaited AS waits
    JOIN shared_projects AS project ON project.id = waits.project
    WHERE waits.sha256 = ?1 AND (
        ?2 IS NULL OR project.owner = ?2
        OR project.team IN (SELECT team FROM team_members WHERE user = ?2 AND role IN ('editor', 'owner'))
    )";

impl Db {
    /// Notes that a picture is there, and who gave it.
    pub fn give_object(&self, sha256: &str, bytes: u64, user: Option<&str>) -> Result<(), Error> {
        self.write("picture", sha256, |connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "INSERT INTO shared_objects (sha256, bytes, given_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (sha256) DO UPDATE SET given_at = excluded.given_at",
                params![sha256, Uint(bytes), clock::wall()],
            )?;
            transaction.execute(
                "INSERT INTO shared_object_givers (sha256, giver) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![sha256, user.unwrap_or_default()],
            )?;
            transaction.execute(&format!("INSERT OR IGNORE INTO shared_object_uses {ARRIVED}"), params![sha256, user])?;
            transaction.execute(
                "DELETE FROM shared_objects_awaited WHERE sha256 = ?1 AND EXISTS (
                     SELECT 1 FROM shared_object_uses AS use WHERE use.sha256 = ?1
                     AND use.project = shared_objects_awaited.project AND use.revision = shared_objects_awaited.revision)",
                [sha256],
            )?;
            Ok(transaction.commit()?)
        })
    }

    /// Bytes of a picture that a caller may use; `None` for any other.
    pub fn usable_object(&self, sha256: &str, user: Option<&str>) -> Result<Option<u64>, Error> {
        self.with(|connection| usable(connection, sha256, user))
    }

    /// Forgets pictures that no version shows and that were given before `before` (RFC 3339 UTC), and tells which.
    pub fn forget_unused_objects(&self, before: &str) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "DELETE FROM shared_objects WHERE given_at < ?1
                 AND NOT EXISTS (SELECT 1 FROM shared_object_uses WHERE sha256 = shared_objects.sha256) RETURNING sha256",
            )?;
            Ok(statement.query_map([before], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }
}

/// Hashes of pictures that are not there, or not for this caller.
pub(super) fn missing(connection: &Connection, user: Option<&str>, pictures: &[SharedFile]) -> Result<Vec<String>, Fault> {
    let mut missing = Vec::new();
    for picture in pictures {
        if !missing.contains(&picture.sha256) && usable(connection, &picture.sha256, user)?.is_none() {
            missing.push(picture.sha256.clone());
        }
    }
    Ok(missing)
}

pub(super) fn usable(connection: &Connection, sha256: &str, user: Option<&str>) -> Result<Option<u64>, Fault> {
    let mut statement = connection.prepare_cached(USABLE)?;
    Ok(statement.query_row(params![sha256, user], |row| Ok(row.get::<_, Uint>(0)?.0)).optional()?)
}
