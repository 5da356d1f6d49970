//! A project's versions: states of its script that are kept, thinned as they age, and which of them is published.

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::contents;
use super::error::{Error, Fault};
use super::open::Db;
use super::value::{Uint, named};
use crate::core::history::retention::{Mark, outlived};
use crate::core::history::{Change, Kind, Outline, Standing, Version};
use crate::core::undo::Steps;

/// A state to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewVersion<'a> {
    pub project: &'a str,
    pub kind: Kind,
    pub name: Option<&'a str>,
    /// RFC 3339 UTC.
    pub made_at: &'a str,
    pub outline: &'a Outline,
    pub text: &'a str,
    /// What else the project is, as JSON.
    pub details: Option<&'a str>,
    /// What can be undone from this text; `None` leaves what is known of that.
    pub steps: Option<&'a Steps>,
}

/// A state that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptVersion {
    pub seq: i64,
    /// Of its text.
    pub sha256: String,
    /// False when the newest version says the same already.
    pub fresh: bool,
}

impl Db {
    /// Keeps a state of a project. One that is the newest version's is not kept a second time: a reason better than “draft”, or
    /// a name, becomes that version's. `Error::Orphan` when the project is not in the library.
    pub fn keep_version(&self, new: &NewVersion<'_>) -> Result<KeptVersion, Error> {
        self.write("version of project", new.project, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let kept = keep(&transaction, new)?;
            if let Some(steps) = new.steps {
                save_steps(&transaction, new.project, &kept.sha256, steps)?;
            }
            if new.kind == Kind::Published {
                transaction.execute(
                    "UPDATE projects SET status = 'published', updated_at = ?2 WHERE id = ?1",
                    [new.project, new.made_at],
                )?;
            }
            transaction.commit()?;
            Ok(kept)
        })
    }

    /// A project's versions, the newest first.
    pub fn versions(&self, project: &str) -> Result<Vec<Version>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM snapshots WHERE project = ?1 ORDER BY seq DESC")?;
            let rows: Vec<(Version, Outline)> =
                statement.query_map([project], version_of)?.collect::<Result<_, rusqlite::Error>>()?;
            let told = |i: usize| {
                let (version, outline) = &rows[i];
                let change = rows
                    .get(i + 1)
                    .map(|(older, before)| Change { same: older.sha256 == version.sha256, ..outline.since(before) });
                Version { change, ..version.clone() }
            };
            Ok((0..rows.len()).map(told).collect())
        })
    }

    /// The text of a version; `Error::Unknown` when there is none of this number.
    pub fn version_text(&self, project: &str, seq: i64) -> Result<String, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT script FROM snapshots WHERE project = ?1 AND seq = ?2")?;
            let sha256: Option<String> = statement.query_row(params![project, seq], |row| row.get(0)).optional()?;
            let text = sha256.map(|sha256| contents::get(connection, &sha256)).transpose()?.flatten();
            text.ok_or_else(|| unknown(seq).into())
        })
    }

    /// Gives a version a name, or takes it away.
    pub fn name_version(&self, project: &str, seq: i64, name: Option<&str>) -> Result<(), Error> {
        self.write("version", &seq.to_string(), |connection| {
            let changed = connection
                .prepare_cached("UPDATE snapshots SET name = ?3 WHERE project = ?1 AND seq = ?2")?
                .execute(params![project, seq, name])?;
            if changed == 0 { Err(unknown(seq).into()) } else { Ok(()) }
        })
    }

    /// Forgets the versions of a project that have outlived their time at `now` (RFC 3339), and texts that nothing names any more.
    /// Gives how many versions went.
    pub fn thin_versions(&self, project: &str, now: &str) -> Result<usize, Error> {
        self.write("versions of project", project, |connection| {
            let now: i64 = connection.query_row("SELECT unixepoch(?1)", [now], |row| row.get(0))?;
            let gone = outlived(&marks(connection, project)?, now);
            if gone.is_empty() {
                return Ok(0);
            }
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut texts = Vec::new();
            for seq in &gone {
                let delete = "DELETE FROM snapshots WHERE seq = ?1 RETURNING script, details";
                // Another process may have been faster.
                let row: Option<(String, Option<String>)> =
                    transaction.prepare_cached(delete)?.query_row([seq], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
                texts.extend(row.into_iter().flat_map(|(script, details)| [Some(script), details]).flatten());
            }
            contents::sweep(&transaction, &texts)?;
            transaction.commit()?;
            Ok(gone.len())
        })
    }

    /// Whether a project counts as published, and what was published last.
    pub fn standing(&self, project: &str) -> Result<Standing, Error> {
        self.with(|connection| {
            let status: Option<String> = connection
                .prepare_cached("SELECT status FROM projects WHERE id = ?1")?
                .query_row([project], |row| row.get(0))
                .optional()?;
            let last = connection
                .prepare_cached("SELECT * FROM snapshots WHERE project = ?1 AND kind = 'published' ORDER BY seq DESC LIMIT 1")?
                .query_row([project], version_of)
                .optional()?;
            Ok(Standing { published: status.as_deref() == Some("published"), last: last.map(|(version, _)| version) })
        })
    }

    /// Makes a published project a draft again; its published versions stay.
    pub fn withdraw(&self, project: &str, now: &str) -> Result<(), Error> {
        self.write("project", project, |connection| {
            connection.execute(
                "UPDATE projects SET status = 'draft', updated_at = ?2 WHERE id = ?1 AND status = 'published'",
                [project, now],
            )?;
            Ok(())
        })
    }

    /// Says what a project was made of.
    pub fn descend(&self, project: &str, parent: &str) -> Result<(), Error> {
        self.write("project", project, |connection| {
            connection.execute("UPDATE projects SET parent = ?2 WHERE id = ?1", [project, parent])?;
            Ok(())
        })
    }

    /// What can be undone in a project, and the text that the steps lead back from.
    pub fn steps(&self, project: &str) -> Result<Option<(Steps, String)>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT script, steps FROM undo_steps WHERE project = ?1")?;
            let row: Option<(String, String)> =
                statement.query_row([project], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((sha256, steps)) = row else { return Ok(None) };
            let steps = serde_json::from_str(&steps).inspect_err(|error| tracing::warn!(%error, "undo steps can't be read"));
            Ok(steps.ok().zip(contents::get(connection, &sha256)?))
        })
    }
}

fn keep(connection: &Connection, new: &NewVersion<'_>) -> Result<KeptVersion, Fault> {
    let newest = "SELECT seq, script, details, kind FROM snapshots WHERE project = ?1 ORDER BY seq DESC LIMIT 1";
    let newest: Option<(i64, String, Option<String>, String)> = connection
        .prepare_cached(newest)?
        .query_row([new.project], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let script = contents::put(connection, new.text)?;
    let details = new.details.map(|details| contents::put(connection, details)).transpose()?;
    if let Some((seq, of, with, kind)) = newest
        && (&of, &with) == (&script, &details)
    {
        let weight = weight(Kind::named(&kind).unwrap_or(Kind::Draft));
        if new.name.is_none() && self::weight(new.kind) <= weight && new.kind != Kind::Published {
            return Ok(KeptVersion { seq, sha256: script, fresh: false });
        }
        if weight == 0 {
            connection.execute(
                "UPDATE snapshots SET kind = ?2, name = coalesce(?3, name), made_at = ?4 WHERE seq = ?1",
                params![seq, new.kind.name(), new.name, new.made_at],
            )?;
            return Ok(KeptVersion { seq, sha256: script, fresh: true });
        }
    }
    let outline: Vec<u8> = new.outline.marks.iter().flat_map(|mark| mark.to_be_bytes()).collect();
    let (title, words, secs) = (&new.outline.title, Uint(new.outline.words), new.outline.secs);
    connection
        .prepare_cached(
            "INSERT INTO snapshots (project, made_at, kind, name, title, words, secs, outline, script, details)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![new.project, new.made_at, new.kind.name(), new.name, title, words, secs, outline, script, details])?;
    Ok(KeptVersion { seq: connection.last_insert_rowid(), sha256: script, fresh: true })
}

/// How much a reason to keep a text counts where there are two.
fn weight(kind: Kind) -> u8 {
    match kind {
        Kind::Draft | Kind::Imported => 0,
        Kind::BeforeRestore => 1,
        Kind::SetAside => 2,
        Kind::Published => 3,
    }
}

fn save_steps(connection: &Connection, project: &str, script: &str, steps: &Steps) -> Result<(), Fault> {
    let steps = super::value::to_json(steps)?;
    let mut statement = connection.prepare_cached("SELECT script FROM undo_steps WHERE project = ?1 AND script <> ?2")?;
    let before: Option<String> = statement.query_row([project, script], |row| row.get(0)).optional()?;
    connection
        .prepare_cached(
            "INSERT INTO undo_steps (project, script, steps) VALUES (?1, ?2, ?3)
             ON CONFLICT (project) DO UPDATE SET script = excluded.script, steps = excluded.steps",
        )?
        .execute([project, script, &steps])?;
    contents::sweep(connection, before.as_slice())
}

fn marks(connection: &Connection, project: &str) -> Result<Vec<Mark>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, kind, name IS NOT NULL AS named, unixepoch(made_at) AS made, length(body) AS bytes
             FROM snapshots JOIN contents ON sha256 = script WHERE project = ?1",
    )?;
    let rows = statement.query_map([project], |row| {
        Ok(Mark {
            seq: row.get("seq")?,
            kind: named(row, "kind", Kind::named)?,
            named: row.get("named")?,
            made: row.get("made")?,
            bytes: row.get::<_, Uint>("bytes")?.0,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn version_of(row: &Row<'_>) -> rusqlite::Result<(Version, Outline)> {
    let marks: Vec<u8> = row.get("outline")?;
    let version = Version {
        seq: row.get("seq")?,
        kind: named(row, "kind", Kind::named)?,
        name: row.get("name")?,
        made_at: row.get("made_at")?,
        title: row.get("title")?,
        words: row.get::<_, Uint>("words")?.0,
        secs: row.get("secs")?,
        sha256: row.get("script")?,
        change: None,
    };
    let outline = Outline {
        title: version.title.clone(),
        words: version.words,
        secs: version.secs,
        marks: marks.as_chunks().0.iter().map(|mark| u64::from_be_bytes(*mark)).collect(),
    };
    Ok((version, outline))
}

fn unknown(seq: i64) -> Error {
    Error::Unknown { what: "version", id: seq.to_string() }
}
