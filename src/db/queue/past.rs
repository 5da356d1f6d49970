//! What a part of a scene was asked with before, so that its prompt goes on as the next version whoever wrote it and however long ago.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use super::super::error::Fault;
use super::place::NewJob;
use crate::core::generate::{Place, Role};
use crate::core::prompt::ABOUT;

/// The newest jobs of a project among which a part's last one is looked for.
const MOST_JOBS: i64 = 4_000;

/// A version of a prompt that another one may come from.
pub(super) struct Parent {
    pub id: String,
    pub prompt: String,
    pub text: String,
}

/// The prompts that parts of scenes were asked with last: by project, heading and role, where the scene stood and the prompt.
#[derive(Default)]
pub(super) struct Past(HashMap<(String, String, Role), Vec<(usize, String)>>);

impl Past {
    /// Of the projects whose jobs don't say what they come from; read once for all of them.
    pub fn of(connection: &Connection, jobs: &[NewJob]) -> Result<Past, Fault> {
        let asks = |job: &&NewJob| job.parent_version.is_none() && part(&job.params).is_some();
        let mut projects: Vec<&str> = jobs.iter().filter(asks).filter_map(|job| job.project.as_deref()).collect();
        projects.sort_unstable();
        projects.dedup();
        let mut past = Past::default();
        for project in projects {
            past.read(connection, project)?;
        }
        Ok(past)
    }

    fn read(&mut self, connection: &Connection, project: &str) -> Result<(), Fault> {
        let mut statement = connection.prepare_cached(
            "SELECT coalesce(json_extract(params, '$.scene'), json_extract(params, '$.about')) AS part, prompt
             FROM jobs JOIN prompt_versions ON prompt_versions.id = prompt_version
             WHERE project = ?1 AND part IS NOT NULL ORDER BY created_at DESC, jobs.id DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![project, MOST_JOBS])?;
        while let Some(row) = rows.next()? {
            let (part, prompt): (String, String) = (row.get(0)?, row.get(1)?);
            if let Ok(Place { scene, heading, role }) = serde_json::from_str(&part) {
                self.0.entry((project.to_owned(), heading, role)).or_default().push((scene, prompt));
            }
        }
        Ok(())
    }

    /// The version that a job's words come from: the one it names; else of the prompt that its part was asked with last the version
    /// with the same words, or the newest.
    pub fn parent(&self, connection: &Connection, job: &NewJob) -> Result<Option<Parent>, Fault> {
        let of = |row: &rusqlite::Row<'_>| Ok(Parent { id: row.get(0)?, prompt: row.get(1)?, text: row.get(2)? });
        if let Some(id) = &job.parent_version {
            let mut named = connection.prepare_cached("SELECT id, prompt, text FROM prompt_versions WHERE id = ?1")?;
            return Ok(named.query_row([id], of).optional()?);
        }
        let Some(prompt) = self.prompt(job) else { return Ok(None) };
        let mut last = connection.prepare_cached(
            "SELECT id, prompt, text FROM prompt_versions WHERE prompt = ?1 ORDER BY text = ?2 DESC, number DESC LIMIT 1",
        )?;
        Ok(last.query_row([prompt, &job.prompt], of).optional()?)
    }

    /// Of several scenes of that heading the one that stood there counts; one without a heading is only known by where it stood.
    fn prompt(&self, job: &NewJob) -> Option<&String> {
        let Place { scene, heading, role } = part(&job.params)?;
        let unnamed = heading.is_empty();
        let asked = self.0.get(&(job.project.clone()?, heading, role))?;
        let there = asked.iter().find(|(at, _)| *at == scene);
        there.or(asked.first().filter(|_| !unnamed)).map(|(_, prompt)| prompt)
    }
}

/// The part of a scene that a job makes, or whose prompt it is about.
fn part(params: &serde_json::Value) -> Option<Place> {
    let place = params.get("scene").or_else(|| params.get(ABOUT))?;
    Place::deserialize(place).ok()
}
