//! Prompts and their versions as rows. A version never changes; an improvement is the next one.

use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

use super::error::Error;
use super::open::Db;
use super::value::{Uint, named};
use crate::core::generate::Place;
use crate::core::prompt::{Prompt, Purpose, Sentence, Source, Version};

impl Db {
    /// Adds a prompt, or replaces what it is for.
    pub fn save_prompt(&self, prompt: &Prompt) -> Result<(), Error> {
        self.write("prompt", &prompt.id, |connection| {
            connection.execute(
                "INSERT INTO prompts (id, project, purpose, source, parent, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET project = excluded.project, purpose = excluded.purpose,
                    source = excluded.source, parent = excluded.parent",
                params![
                    prompt.id,
                    prompt.project,
                    prompt.purpose.name(),
                    prompt.source.name(),
                    prompt.parent,
                    prompt.created_at
                ],
            )?;
            Ok(())
        })
    }

    /// Adds a version of a prompt. `Error::Exists` when its number is taken, `Error::Orphan` when prompt, parent or script are not
    /// there, `Error::Value` when the sentence is not a part of the script.
    pub fn add_prompt_version(&self, version: &Version) -> Result<(), Error> {
        self.write("version of prompt", &version.prompt, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let sentence = version.sentence.as_ref();
            transaction.execute(
                "INSERT INTO prompt_versions (id, prompt, number, text, parent, script, first, past, made_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    version.id,
                    version.prompt,
                    version.number,
                    version.text,
                    version.parent,
                    sentence.map(|sentence| &sentence.script),
                    sentence.map(|sentence| Uint(sentence.bytes.start)),
                    sentence.map(|sentence| Uint(sentence.bytes.end)),
                    version.made_at,
                ],
            )?;
            let beyond = transaction
                .prepare_cached(
                    "SELECT 1 FROM prompt_versions JOIN script_versions ON script_versions.id = script
                     JOIN contents USING (sha256) WHERE prompt_versions.id = ?1 AND past > length(body)",
                )?
                .exists([&version.id])?;
            if beyond {
                let detail = "its sentence ends behind the script’s end".into();
                return Err(Error::Value { what: "version of prompt", id: version.prompt.clone(), detail }.into());
            }
            Ok(transaction.commit()?)
        })
    }

    /// A prompt's versions, the first one first.
    pub fn prompt_versions(&self, prompt: &str) -> Result<Vec<Version>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM prompt_versions WHERE prompt = ?1 ORDER BY number")?;
            Ok(statement.query_map([prompt], version_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// The words of a version.
    pub fn prompt_text(&self, version: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT text FROM prompt_versions WHERE id = ?1")?;
            Ok(statement.query_row([version], |row| row.get(0)).optional()?)
        })
    }

    /// Adds the next version of a version's prompt, improved from it; its id. `None` when there is no such version.
    pub fn improve_prompt(&self, version: &str, text: &str, now: &str) -> Result<Option<String>, Error> {
        self.write("version of prompt", version, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let id = uuid::Uuid::now_v7().to_string();
            let added = transaction.execute(
                "INSERT INTO prompt_versions (id, prompt, number, text, parent, script, first, past, made_at)
                 SELECT ?2, prompt, (SELECT max(number) + 1 FROM prompt_versions AS of WHERE of.prompt = old.prompt), ?3, id,
                        script, first, past, ?4
                 FROM prompt_versions AS old WHERE id = ?1",
                params![version, id, text, now],
            )?;
            transaction.commit()?;
            Ok((added > 0).then_some(id))
        })
    }

    /// All versions of the prompts of a project that this part of a scene was asked with, that read so once, or that this version is
    /// of; the newest first. Two scenes without a heading are told apart by where they stand.
    pub fn prompt_history(
        &self,
        project: &str,
        part: &Place,
        text: &str,
        version: Option<&str>,
    ) -> Result<Vec<Version>, Error> {
        let purpose = part.role.purpose().name();
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM prompt_versions WHERE prompt IN (
                     SELECT prompts.id FROM prompts JOIN prompt_versions ON prompt_versions.prompt = prompts.id
                     WHERE project = ?1 AND purpose = ?2 AND (text = ?3 OR prompt_versions.id = ?4)
                     UNION
                     SELECT prompt FROM (
                         SELECT prompt, coalesce(json_extract(params, '$.scene'), json_extract(params, '$.about')) AS part
                         FROM jobs JOIN prompt_versions ON prompt_versions.id = prompt_version WHERE project = ?1
                     ) WHERE json_extract(part, '$.heading') = ?5 AND json_extract(part, '$.role') = ?6
                         AND (?5 <> '' OR json_extract(part, '$.scene') = ?7))
                 ORDER BY made_at DESC, prompt DESC, number DESC",
            )?;
            let role = serde_json::to_value(part.role).unwrap_or_default();
            let (role, scene) = (role.as_str().unwrap_or_default(), Uint(part.scene as u64));
            let found = statement.query_map(params![project, purpose, text, version, part.heading, role, scene], version_of)?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// The prompt with this id.
    pub fn prompt(&self, id: &str) -> Result<Option<Prompt>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM prompts WHERE id = ?1")?;
            Ok(statement.query_row([id], prompt_of).optional()?)
        })
    }
}

fn prompt_of(row: &Row<'_>) -> rusqlite::Result<Prompt> {
    Ok(Prompt {
        id: row.get("id")?,
        project: row.get("project")?,
        purpose: named(row, "purpose", Purpose::named)?,
        source: named(row, "source", Source::named)?,
        parent: row.get("parent")?,
        created_at: row.get("created_at")?,
    })
}

fn version_of(row: &Row<'_>) -> rusqlite::Result<Version> {
    let script: Option<String> = row.get("script")?;
    let sentence = match script {
        Some(script) => Some(Sentence { script, bytes: row.get::<_, Uint>("first")?.0..row.get::<_, Uint>("past")?.0 }),
        None => None,
    };
    Ok(Version {
        id: row.get("id")?,
        prompt: row.get("prompt")?,
        number: row.get("number")?,
        text: row.get("text")?,
        parent: row.get("parent")?,
        sentence,
        made_at: row.get("made_at")?,
    })
}
