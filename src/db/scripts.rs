//! Scripts as they were when something was made from them. The same text of a project is one version, and the same text is kept
//! once, whoever refers to it.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::contents;
use super::error::{Error, Fault};
use super::open::Db;
use crate::clock;
use crate::core::script::Script;
use crate::core::take::TakeId;

impl Db {
    /// Notes the script that a project has now, and gives the id of its version: a new one for a new text.
    pub fn note_script(&self, project: &str, text: &str) -> Result<String, Error> {
        self.write("script of project", project, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let version = note(&transaction, project, text)?;
            transaction.commit()?;
            Ok(version)
        })
    }

    /// Notes the scripts that were prompted during a take. `Error::Orphan` when the take is not in the library.
    pub fn note_take_scripts(&self, take: &TakeId, project: &str, texts: &[String]) -> Result<(), Error> {
        self.write("script of take", &take.0, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for text in texts {
                let version = note(&transaction, project, text)?;
                transaction
                    .prepare_cached("INSERT INTO take_scripts (take, script) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                    .execute((&take.0, version))?;
            }
            Ok(transaction.commit()?)
        })
    }

    /// The text of a script's version.
    pub fn script_text(&self, version: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT body FROM script_versions JOIN contents USING (sha256) WHERE script_versions.id = ?1",
            )?;
            let body: Option<Vec<u8>> = statement.query_row([version], |row| row.get(0)).optional()?;
            Ok(body.map(|body| String::from_utf8_lossy(&body).into_owned()))
        })
    }
}

/// Notes a script's text as a version of its project, and gives its id.
pub(super) fn note(connection: &Connection, project: &str, text: &str) -> Result<String, Fault> {
    let sha256 = contents::put(connection, text)?;
    let mut known = connection.prepare_cached("SELECT id FROM script_versions WHERE project = ?1 AND sha256 = ?2")?;
    if let Some(id) = known.query_row([project, &sha256], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    let (id, title) = (uuid::Uuid::now_v7().to_string(), Script::markdown(text).title().to_owned());
    connection
        .prepare_cached("INSERT INTO script_versions (id, project, sha256, title, made_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, project, sha256, title, clock::wall()])?;
    Ok(id)
}
