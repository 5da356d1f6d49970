//! A row as an engine is told it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::asset::AssetId;
use crate::core::generate::{Class, Failure, Input, InputRole, Maker, Order, Ticket, Wish};
use crate::core::queue::{Draft, Given, Row};

use super::super::house::House;

/// The order of a row, with its files where they lie now.
pub(super) fn order(house: &House, row: &Row) -> Result<Order, Failure> {
    let here = |words: String| Failure::new(Class::Here, words);
    let wish: Wish = serde_json::from_value(row.job.params.clone())
        .map_err(|error| here(format!("What was asked for can't be read any more ({error}).")))?;
    let mut inputs = Vec::new();
    for (role, id) in &row.job.inputs {
        let Some(role) = InputRole::named(role) else { continue };
        let asset = house.db.asset(id).map_err(|error| here(error.to_string()))?;
        let asset =
            asset.ok_or_else(|| here(format!("A file that goes with the order is not in the library any more ({id}).")))?;
        let path = asset.file(house.folder.root());
        if !path.is_file() {
            return Err(here(format!("“{}”, which goes with the order, is not where it was.", asset.name)));
        }
        let url = asset.metadata.get("url").and_then(|url| url.as_str()).map(str::to_owned);
        inputs.push(Input { role, path, mime: asset.facts.mime.clone(), url, maker: maker(house, &asset.metadata) });
    }
    Ok(Order {
        job: row.job.id.clone(),
        kind: row.job.kind,
        model: row.job.model.clone(),
        prompt: row.prompt.clone(),
        seed: row.job.seed,
        wish,
        inputs,
    })
}

/// The engine that made an asset, as long as the job is known.
fn maker(house: &House, metadata: &serde_json::Value) -> Option<Maker> {
    let job = house.db.job(metadata.pointer("/generated/job")?.as_str()?).ok()??;
    Some(Maker { engine: job.engine, id: job.provider_id? })
}

/// What its engine has of other jobs, by the engine's own names.
pub(super) async fn taken(house: &Arc<House>, row: &Row) -> Result<HashSet<String>, Failure> {
    let here = |words: String| Failure::new(Class::Here, words);
    let (house, engine, job) = (Arc::clone(house), row.job.engine.clone(), row.job.id.clone());
    let read = tokio::task::spawn_blocking(move || house.db.taken_orders(&engine, &job)).await;
    read.map_err(|error| here(error.to_string()))?.map_err(|error| here(error.to_string()))
}

/// A row as it was ordered, with what its price hangs on.
pub(super) fn draft(row: &Row) -> Draft {
    let job = &row.job;
    let given = |(role, asset): &(String, AssetId)| Some((InputRole::named(role)?, Given::Asset(asset.clone())));
    Draft {
        project: job.project.clone(),
        parent_version: job.prompt_version.clone(),
        wish: serde_json::from_value(job.params.clone()).unwrap_or_default(),
        seed: job.seed,
        inputs: job.inputs.iter().filter_map(given).collect(),
        ..Draft::new(&job.engine, &job.model, job.kind, &row.prompt)
    }
}

/// The ticket that a row has, when its engine gave one.
pub(super) fn ticket(row: &Row) -> Option<Ticket> {
    let links = row.job.links.as_object().cloned().unwrap_or_default();
    Some(Ticket { id: row.job.provider_id.clone()?, model: row.job.model.clone(), links })
}
