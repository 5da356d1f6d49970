//! Takes as rows: an index of the take folders. A take in the bin keeps its row, with the time it went there.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::value::{Uint, json, json_or_none, named, to_json};
use crate::core::take::{Take, TakeId, TakeState};
use crate::core::time::Rate;

const NEWEST_FIRST: &str = "ORDER BY started_at DESC, id DESC";

impl Db {
    /// Adds the take or replaces all its facts; whether it lies in the bin stays as it is.
    pub fn save_take(&self, take: &Take) -> Result<(), Error> {
        self.write("take", &take.id.0, |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO takes (id, project, number, title, folder, media, started_at, state, nanos, frames, dropped,
                                        width, height, rate_num, rate_den, bytes, scenes, spans, screen)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
                     ON CONFLICT (id) DO UPDATE SET
                        project = excluded.project, number = excluded.number, title = excluded.title,
                        folder = excluded.folder, media = excluded.media, started_at = excluded.started_at,
                        state = excluded.state, nanos = excluded.nanos, frames = excluded.frames,
                        dropped = excluded.dropped, width = excluded.width, height = excluded.height,
                        rate_num = excluded.rate_num, rate_den = excluded.rate_den, bytes = excluded.bytes,
                        scenes = excluded.scenes, spans = excluded.spans, screen = excluded.screen",
                )?
                .execute(params![
                    take.id.0,
                    take.project,
                    take.number,
                    take.title,
                    take.folder,
                    take.media,
                    take.started_at,
                    take.state.name(),
                    Uint(take.nanos),
                    Uint(take.frames),
                    Uint(take.dropped),
                    take.width,
                    take.height,
                    take.rate.num,
                    take.rate.den,
                    Uint(take.bytes),
                    to_json(&take.scenes)?,
                    to_json(&take.spans)?,
                    take.screen.as_ref().map(to_json).transpose()?,
                ])?;
            Ok(())
        })
    }

    /// The take with this id, in the bin or not.
    pub fn take(&self, id: &TakeId) -> Result<Option<Take>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM takes WHERE id = ?1")?;
            Ok(statement.query_row([&id.0], take_of).optional()?)
        })
    }

    /// The project's takes that are not in the bin, newest first.
    pub fn takes(&self, project: &str) -> Result<Vec<Take>, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached(&format!("SELECT * FROM takes WHERE project = ?1 AND binned_at IS NULL {NEWEST_FIRST}"))?;
            Ok(statement.query_map([project], take_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// All takes that are not in the bin, newest first.
    pub fn all_takes(&self) -> Result<Vec<Take>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT * FROM takes WHERE binned_at IS NULL {NEWEST_FIRST}"))?;
            Ok(statement.query_map([], take_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// The project's takes, in the bin or not, of which nobody knows yet what script was read.
    pub fn takes_without_script(&self, project: &str) -> Result<Vec<Take>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM takes WHERE project = ?1 AND state <> 'recording'
                 AND NOT EXISTS (SELECT 1 FROM take_scripts WHERE take = takes.id)",
            )?;
            Ok(statement.query_map([project], take_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// One more than the project's highest number, counting takes in the bin; 1 for its first.
    pub fn next_take_number(&self, project: &str) -> Result<u32, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT ifnull(max(number), 0) FROM takes WHERE project = ?1")?;
            let highest: u32 = statement.query_row([project], |row| row.get(0))?;
            Ok(highest.saturating_add(1))
        })
    }

    /// Notes that the take went to the bin `at` (RFC 3339 UTC).
    pub fn bin_take(&self, id: &TakeId, at: &str) -> Result<(), Error> {
        self.write("take", &id.0, |connection| set_binned(connection, id, Some(at)))
    }

    /// Notes that the take came back from the bin.
    pub fn restore_take(&self, id: &TakeId) -> Result<(), Error> {
        self.write("take", &id.0, |connection| set_binned(connection, id, None))
    }

    /// Takes in the bin and when each went there, the last one first.
    pub fn binned_takes(&self) -> Result<Vec<(Take, String)>, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM takes WHERE binned_at IS NOT NULL ORDER BY binned_at DESC, id DESC")?;
            let rows = statement.query_map([], |row| Ok((take_of(row)?, row.get("binned_at")?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Removes the row and its uploads; no error when it is gone already. The folder is not touched.
    pub fn forget_take(&self, id: &TakeId) -> Result<(), Error> {
        self.write("take", &id.0, |connection| {
            connection.execute("DELETE FROM takes WHERE id = ?1", [&id.0])?;
            Ok(())
        })
    }
}

fn set_binned(connection: &Connection, id: &TakeId, at: Option<&str>) -> Result<(), Fault> {
    match connection.execute("UPDATE takes SET binned_at = ?2 WHERE id = ?1", params![id.0, at])? {
        0 => Err(Error::Unknown { what: "take", id: id.0.clone() }.into()),
        _ => Ok(()),
    }
}

pub(super) fn take_of(row: &Row<'_>) -> rusqlite::Result<Take> {
    Ok(Take {
        id: TakeId(row.get("id")?),
        project: row.get("project")?,
        number: row.get("number")?,
        title: row.get("title")?,
        folder: row.get("folder")?,
        media: row.get("media")?,
        started_at: row.get("started_at")?,
        state: named(row, "state", TakeState::named)?,
        nanos: row.get::<_, Uint>("nanos")?.0,
        frames: row.get::<_, Uint>("frames")?.0,
        dropped: row.get::<_, Uint>("dropped")?.0,
        width: row.get("width")?,
        height: row.get("height")?,
        rate: Rate { num: row.get("rate_num")?, den: row.get("rate_den")? },
        bytes: row.get::<_, Uint>("bytes")?.0,
        scenes: json(row, "scenes")?,
        spans: json(row, "spans")?,
        screen: json_or_none(row, "screen")?,
    })
}
