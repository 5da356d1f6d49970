//! Projects that this machine keeps as a server: every version of each, and what each caller may see of them. A version is only
//! ever added, by who knows the newest one; all of that is one transaction.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::shared_objects::{missing, usable};
use super::value::{Uint, json, named, to_json};
use crate::clock;
use crate::core::shared::{Access, Document, Facts, Membership, Stage, superfluous};

/// Projects in one list.
const MOST: u32 = 10_000;

/// A new version of a project.
#[derive(Clone, Debug)]
pub struct Put<'a> {
    pub id: &'a str,
    /// Who puts it; `None` is who runs the server.
    pub user: Option<&'a str>,
    pub device: &'a str,
    /// The revision it was made from; `None` for a project that is not there yet.
    pub base: Option<u64>,
    pub document: &'a Document,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Kept as the newest version, of a project that may be new.
    Added { facts: Box<Facts>, new: bool },
    /// The newest version is the same already.
    Same(Box<Facts>),
    /// There is a newer version than the one it was made from; what the caller sees of it.
    Stale(Option<Box<Facts>>),
    /// The caller may see the project and not change it.
    Forbidden,
    /// There is no such project, for this caller.
    Unknown,
    /// Pictures with these hashes must be given first.
    Missing(Vec<String>),
}

/// What is asked of the version that a caller sees: the newest, or the newest that was published.
const SEEN: &str = "
    WITH seen AS (
        SELECT id, owner, team, revision, updated_at,
            CASE WHEN ?1 IS NULL OR owner = ?1 THEN 'owner'
                 ELSE coalesce((SELECT role FROM team_members WHERE team = shared_projects.team AND user = ?1), 'public')
            END AS access
        FROM shared_projects
    )
    SELECT seen.id AS id, version.revision AS revision, sha256, title, published, words, scenes, device, made_at, access,
        author.name AS author, owner.name AS owner, team.name AS team
    FROM seen
    JOIN shared_versions AS version ON version.project = seen.id AND version.revision =
        CASE access WHEN 'public' THEN
            (SELECT max(revision) FROM shared_versions WHERE project = seen.id AND published = 1)
        ELSE seen.revision END
    LEFT JOIN users AS author ON author.id = version.author
    LEFT JOIN users AS owner ON owner.id = seen.owner
    LEFT JOIN teams AS team ON team.id = seen.team";

impl Db {
    /// Keeps a version, unless there is a newer one than the one it was made from.
    pub fn put_shared(&self, put: &Put<'_>) -> Result<Kept, Error> {
        self.write("project", put.id, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let kept = keep(&transaction, put)?;
            if matches!(kept, Kept::Added { .. }) {
                transaction.commit()?;
            }
            Ok(kept)
        })
    }

    /// What a caller sees of a project; `None` when that is nothing.
    pub fn shared(&self, id: &str, user: Option<&str>) -> Result<Option<Facts>, Error> {
        self.with(|connection| seen(connection, id, user))
    }

    /// All projects of which a caller sees something, the one changed last first.
    pub fn shared_projects(&self, user: Option<&str>) -> Result<Vec<Facts>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{SEEN} ORDER BY seen.updated_at DESC, seen.id LIMIT ?2"))?;
            Ok(statement.query_map(params![user, MOST], facts_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// The document of a version.
    pub fn shared_document(&self, id: &str, revision: u64) -> Result<Option<Document>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT body FROM shared_versions WHERE project = ?1 AND revision = ?2")?;
            Ok(statement.query_row(params![id, Uint(revision)], |row| json(row, "body")).optional()?)
        })
    }

    /// The versions of a project that a caller sees, newest first.
    pub fn shared_versions(&self, id: &str, user: Option<&str>) -> Result<Vec<Facts>, Error> {
        self.with(|connection| {
            let Some(newest) = seen(connection, id, user)? else { return Ok(Vec::new()) };
            let mut statement = connection.prepare_cached(
                "SELECT revision, sha256, title, published, words, scenes, device, made_at, users.name AS author
                 FROM shared_versions LEFT JOIN users ON users.id = author
                 WHERE project = ?1 AND (published = 1 OR ?2) ORDER BY revision DESC",
            )?;
            let all = newest.access > Access::Public;
            let rows = statement.query_map(params![id, all], |row| version_of(row, newest.clone()))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// True when a document with this fingerprint is among the versions after `revision`.
    pub fn shared_contains(&self, id: &str, sha256: &str, after: u64) -> Result<bool, Error> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT 1 FROM shared_versions WHERE project = ?1 AND sha256 = ?2 AND revision > ?3")?;
            Ok(statement.exists(params![id, sha256, Uint(after)])?)
        })
    }

    /// Gives a project to a team of this name, or takes it back. False when there is no such team among the caller's (`user`;
    /// `None` may name any).
    pub fn share_with(&self, id: &str, team: Option<&str>, user: Option<&str>) -> Result<bool, Error> {
        self.write("project", id, |connection| {
            let known: Option<String> = match team {
                None => None,
                Some(name) => {
                    let sql = "SELECT id FROM teams WHERE name = ?1 COLLATE NOCASE
                               AND (?2 IS NULL OR id IN (SELECT team FROM team_members WHERE user = ?2))";
                    let found = connection.query_row(sql, params![name, user], |row| row.get(0)).optional()?;
                    if found.is_none() {
                        return Ok(false);
                    }
                    found
                }
            };
            connection.execute("UPDATE shared_projects SET team = ?2 WHERE id = ?1", params![id, known])?;
            Ok(true)
        })
    }

    /// What the caller is here.
    pub fn memberships(&self, user: Option<&str>) -> Result<Vec<Membership>, Error> {
        match user {
            Some(user) => self.teams_of(user),
            None => self.with(|connection| {
                let mut statement = connection.prepare_cached("SELECT name FROM teams ORDER BY name COLLATE NOCASE")?;
                let rows = statement.query_map([], |row| Ok(Membership { team: row.get(0)?, role: Access::Owner }))?;
                Ok(rows.collect::<Result<_, _>>()?)
            }),
        }
    }
}

fn keep(transaction: &Transaction<'_>, put: &Put<'_>) -> Result<Kept, Fault> {
    let current: Option<u64> = transaction
        .query_row("SELECT revision FROM shared_projects WHERE id = ?1", [put.id], |row| Ok(row.get::<_, Uint>(0)?.0))
        .optional()?;
    let sha256 = put.document.sha256();
    match (current, put.base) {
        (None, Some(_)) => return Ok(Kept::Unknown),
        (None, None) => {}
        (Some(revision), base) => match seen(transaction, put.id, put.user)? {
            None => return Ok(if base.is_none() { Kept::Stale(None) } else { Kept::Unknown }),
            Some(facts) if !facts.access.may_write() => return Ok(Kept::Forbidden),
            Some(facts) if facts.sha256 == sha256 => return Ok(Kept::Same(Box::new(facts))),
            Some(facts) if base != Some(revision) => return Ok(Kept::Stale(Some(Box::new(facts)))),
            Some(_) => {}
        },
    }
    let missing = missing(transaction, put.user, &put.document.pictures)?;
    if !missing.is_empty() {
        return Ok(Kept::Missing(missing));
    }
    add(transaction, put, current.unwrap_or(0) + 1, &sha256)?;
    thin(transaction, put.id)?;
    // Read before the commit: afterwards there may be a newer one, which this caller has not seen.
    let facts = seen(transaction, put.id, put.user)?;
    Ok(facts.map_or(Kept::Unknown, |facts| Kept::Added { facts: Box::new(facts), new: current.is_none() }))
}

fn add(transaction: &Transaction<'_>, put: &Put<'_>, revision: u64, sha256: &str) -> Result<(), Fault> {
    let (now, (title, words, scenes)) = (clock::wall(), put.document.reading());
    transaction.execute(
        "INSERT INTO shared_projects (id, owner, revision, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, updated_at = excluded.updated_at",
        params![put.id, put.user, Uint(revision), now],
    )?;
    transaction.execute(
        "INSERT INTO shared_versions
            (project, revision, sha256, title, published, words, scenes, device, author, made_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            put.id,
            Uint(revision),
            sha256,
            title,
            put.document.stage == Stage::Published,
            Uint(words),
            Uint(scenes),
            put.device,
            put.user,
            now,
            to_json(put.document)?
        ],
    )?;
    let mut uses = transaction.prepare_cached(
        "INSERT INTO shared_object_uses (sha256, project, revision) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for picture in &put.document.pictures {
        uses.execute(params![picture.sha256, put.id, Uint(revision)])?;
    }
    let mut waits = transaction.prepare_cached(
        "INSERT INTO shared_objects_awaited (sha256, project, revision) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for file in &put.document.media {
        // Named alone it opens nothing: it has to be given by somebody who may write this project.
        let there = usable(transaction, &file.sha256, put.user)?.is_some();
        let into = if there { &mut uses } else { &mut waits };
        into.execute(params![file.sha256, put.id, Uint(revision)])?;
    }
    Ok(())
}

/// Lets go of versions that nobody will look for.
fn thin(transaction: &Transaction<'_>, id: &str) -> Result<(), Fault> {
    let mut statement = transaction
        .prepare_cached("SELECT revision, made_at, published FROM shared_versions WHERE project = ?1 ORDER BY revision DESC")?;
    let versions: Vec<(u64, String, bool)> =
        statement.query_map([id], |row| Ok((row.get::<_, Uint>(0)?.0, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    let mut delete = transaction.prepare_cached("DELETE FROM shared_versions WHERE project = ?1 AND revision = ?2")?;
    for revision in superfluous(&versions) {
        delete.execute(params![id, Uint(revision)])?;
    }
    Ok(())
}

fn seen(connection: &Connection, id: &str, user: Option<&str>) -> Result<Option<Facts>, Fault> {
    let mut statement = connection.prepare_cached(&format!("{SEEN} WHERE seen.id = ?2"))?;
    Ok(statement.query_row(params![user, id], facts_of).optional()?)
}

fn facts_of(row: &Row<'_>) -> rusqlite::Result<Facts> {
    let access = named(row, "access", |name| Access::ALL.into_iter().find(|access| access.name() == name))?;
    let (id, owner, team) = (row.get("id")?, row.get("owner")?, row.get("team")?);
    let bare = Facts {
        id,
        revision: 0,
        sha256: String::new(),
        title: String::new(),
        stage: Stage::Draft,
        words: 0,
        scenes: 0,
        device: String::new(),
        author: None,
        made_at: String::new(),
        owner,
        team,
        access,
    };
    version_of(row, bare)
}

/// What a row says of a version; the rest is the project's.
fn version_of(row: &Row<'_>, project: Facts) -> rusqlite::Result<Facts> {
    Ok(Facts {
        revision: row.get::<_, Uint>("revision")?.0,
        sha256: row.get("sha256")?,
        title: row.get("title")?,
        stage: if row.get("published")? { Stage::Published } else { Stage::Draft },
        words: row.get::<_, Uint>("words")?.0,
        scenes: row.get::<_, Uint>("scenes")?.0,
        device: row.get("device")?,
        author: row.get("author")?,
        made_at: row.get("made_at")?,
        ..project
    })
}

#[cfg(test)]
#[path = "tests/shared.rs"]
mod tests;
