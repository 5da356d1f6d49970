//! Which project of which server a project here is, and what both agreed on last. Without the row a project was never sent.

use rusqlite::{OptionalExtension, Row, params};

use super::error::Error;
use super::open::Db;
use super::value::{Uint, json_or_none, to_json};
use crate::clock;
use crate::core::shared::{Document, Stage};

/// A project's tie to one server.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectSync {
    /// Id here.
    pub project: String,
    /// Base URL.
    pub server: String,
    /// Id there.
    pub remote: String,
    /// The server's revision of `base`; 0 until it has said that it has one.
    pub revision: u64,
    /// The version both agreed on; with revision 0 what was sent first.
    pub base: Option<Document>,
    /// What was sent last and may have arrived: `Document::sha256`.
    pub sent_sha256: Option<String>,
}

impl Db {
    /// Adds or replaces a project's tie.
    pub fn save_sync(&self, tie: &ProjectSync) -> Result<(), Error> {
        self.write("project", &tie.project, |connection| {
            let base = tie.base.as_ref().map(to_json).transpose()?;
            connection
                .prepare_cached(
                    "INSERT INTO project_sync (project, server, remote, revision, base, sent_sha256, agreed_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT (project, server) DO UPDATE SET
                        remote = excluded.remote, revision = excluded.revision, base = excluded.base,
                        sent_sha256 = excluded.sent_sha256, agreed_at = excluded.agreed_at",
                )?
                .execute(params![
                    tie.project,
                    tie.server,
                    tie.remote,
                    Uint(tie.revision),
                    base,
                    tie.sent_sha256,
                    clock::wall()
                ])?;
            Ok(())
        })
    }

    /// The tie of a project to a server.
    pub fn sync(&self, project: &str, server: &str) -> Result<Option<ProjectSync>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM project_sync WHERE project = ?1 AND server = ?2")?;
            Ok(statement.query_row([project, server], sync_of).optional()?)
        })
    }

    /// All ties to a server as (project here, id there).
    pub fn synced(&self, server: &str) -> Result<Vec<(String, String)>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT project, remote FROM project_sync WHERE server = ?1 ORDER BY agreed_at DESC, project",
            )?;
            Ok(statement.query_map([server], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// Cuts the tie; the project here stays, and would be a new one on the server.
    pub fn forget_sync(&self, project: &str, server: &str) -> Result<(), Error> {
        self.write("project", project, |connection| {
            connection.execute("DELETE FROM project_sync WHERE project = ?1 AND server = ?2", [project, server])?;
            Ok(())
        })
    }

    /// Whether a project is published, as far as this library knows.
    pub fn stage(&self, project: &str) -> Result<Stage, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT status FROM projects WHERE id = ?1")?;
            let status: Option<String> = statement.query_row([project], |row| row.get(0)).optional()?;
            Ok(if status.as_deref() == Some("published") { Stage::Published } else { Stage::Draft })
        })
    }

    /// Takes over a stage that came from elsewhere. Other states of a draft stay.
    pub fn set_stage(&self, project: &str, stage: Stage) -> Result<(), Error> {
        self.write("project", project, |connection| {
            let sql = match stage {
                Stage::Published => "UPDATE projects SET status = 'published' WHERE id = ?1",
                Stage::Draft => "UPDATE projects SET status = 'draft' WHERE id = ?1 AND status = 'published'",
            };
            connection.execute(sql, [project])?;
            Ok(())
        })
    }
}

fn sync_of(row: &Row<'_>) -> rusqlite::Result<ProjectSync> {
    Ok(ProjectSync {
        project: row.get("project")?,
        server: row.get("server")?,
        remote: row.get("remote")?,
        revision: row.get::<_, Uint>("revision")?.0,
        base: json_or_none(row, "base")?,
        sent_sha256: row.get("sent_sha256")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::project::Project;

    #[test]
    fn a_tie_comes_back_as_it_was_saved_and_is_the_only_one_of_its_kind() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("library.db")).unwrap();
        let base = Document::new("## A\n\nÜber 猫.\n".into(), serde_json::Map::new(), Stage::Draft, Vec::new());
        let tie = ProjectSync {
            project: "a".into(),
            server: "http://studio".into(),
            remote: "r".into(),
            revision: 0,
            base: None,
            sent_sha256: None,
        };
        db.save_sync(&tie).unwrap();
        let tie = ProjectSync { revision: 7, base: Some(base), sent_sha256: Some("x".into()), ..tie };
        db.save_sync(&tie).unwrap();
        assert_eq!(db.sync("a", "http://studio").unwrap(), Some(tie.clone()));
        assert_eq!(db.sync("a", "http://other").unwrap(), None);
        assert_eq!(db.synced("http://studio").unwrap(), [("a".to_owned(), "r".to_owned())]);
        let twin = ProjectSync { project: "b".into(), ..tie };
        assert!(matches!(db.save_sync(&twin), Err(Error::Exists { .. })), "two projects here are never one there");
        db.forget_sync("a", "http://studio").unwrap();
        assert_eq!(db.sync("a", "http://studio").unwrap(), None);
    }

    #[test]
    fn a_stage_that_comes_leaves_other_states_alone() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("library.db")).unwrap();
        db.save_project(&Project { id: "a".into(), title: "A".into(), folder: "/p/a".into() }).unwrap();
        assert_eq!(db.stage("a").unwrap(), Stage::Draft);
        db.set_stage("a", Stage::Published).unwrap();
        assert_eq!(db.stage("a").unwrap(), Stage::Published);
        db.set_stage("a", Stage::Draft).unwrap();
        assert_eq!(db.stage("a").unwrap(), Stage::Draft);
    }
}
