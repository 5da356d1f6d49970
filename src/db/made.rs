//! What engines made for a project's scenes: assets with the job and the prompt that each came from, and the newest job of each part; and
//! the newest job on an asset.

use std::collections::{HashMap, HashSet};

use rusqlite::OptionalExtension;

use super::assets::asset_of;
use super::error::Error;
use super::jobs::job_of;
use super::open::Db;
use crate::core::asset::{Asset, AssetId};
use crate::core::job::{Job, Kind};
use crate::core::queue::Row;

/// The newest jobs of a project among which those of its parts are looked for.
const MOST_JOBS: usize = 4_000;

/// Something that was made for a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    pub asset: Asset,
    pub job: Job,
    /// What the engine was told.
    pub prompt: String,
}

impl Db {
    /// All that was made for scenes of a project and is not in the bin, the oldest first. What several jobs made alike is told once, with
    /// the newest of them.
    pub fn made_for(&self, project: &str) -> Result<Vec<Made>, Error> {
        self.with(|connection| {
            let mut jobs = connection.prepare_cached(
                "SELECT jobs.*, ifnull(prompt_versions.text, '') AS prompt, job_outputs.asset AS outcome
                 FROM jobs JOIN job_outputs ON job_outputs.job = jobs.id
                 LEFT JOIN prompt_versions ON prompt_versions.id = jobs.prompt_version
                 WHERE jobs.project = ?1 AND jobs.state = 'done' AND json_extract(params, '$.scene') IS NOT NULL
                 ORDER BY jobs.created_at, jobs.id, job_outputs.place",
            )?;
            let mut assets = connection.prepare_cached("SELECT * FROM assets WHERE id = ?1 AND binned_at IS NULL")?;
            let mut made: Vec<Made> = Vec::new();
            let mut rows = jobs.query([project])?;
            while let Some(row) = rows.next()? {
                let outcome: String = row.get("outcome")?;
                let mut found = assets.query([&outcome])?;
                if let Some(asset) = found.next()? {
                    let asset = asset_of(connection, asset)?;
                    made.push(Made { asset, job: job_of(connection, row)?, prompt: row.get("prompt")? });
                }
            }
            let mut told = HashSet::new();
            let mut newest: Vec<Made> = made.into_iter().rev().filter(|made| told.insert(made.asset.id.clone())).collect();
            newest.reverse();
            Ok(newest)
        })
    }

    /// The newest job of each part of a project's scenes, over or not.
    pub fn newest_jobs(&self, project: &str) -> Result<Vec<Row>, Error> {
        let ids: Vec<String> = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, json_extract(params, '$.scene') FROM jobs
                 WHERE project = ?1 AND json_extract(params, '$.scene') IS NOT NULL
                 ORDER BY created_at DESC, id DESC LIMIT ?2",
            )?;
            let rows = statement.query_map((project, MOST_JOBS as i64), |row| Ok((row.get(1)?, row.get(0)?)))?;
            let mut newest: HashMap<String, String> = HashMap::new();
            for row in rows {
                let (place, id): (String, String) = row?;
                newest.entry(place).or_insert(id);
            }
            Ok(newest.into_values().collect())
        })?;
        self.queue_rows_of(&ids)
    }

    /// The newest job of this kind that was given an asset in this role, over or not.
    pub fn newest_job_on(&self, kind: Kind, role: &str, asset: &AssetId) -> Result<Option<Row>, Error> {
        let id: Option<String> = self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT jobs.id FROM jobs JOIN job_inputs ON job_inputs.job = jobs.id
                 WHERE kind = ?1 AND role = ?2 AND asset = ?3 ORDER BY created_at DESC, jobs.id DESC LIMIT 1",
            )?;
            Ok(statement.query_row([kind.name(), role, &asset.0], |row| row.get(0)).optional()?)
        })?;
        Ok(self.queue_rows_of(&Vec::from_iter(id))?.pop())
    }
}
