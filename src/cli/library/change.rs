//! `onetake library tag | untag | rename | bin | restore`: what a person does to assets. Each answers with the assets as they are
//! then.

use serde::Serialize;

use super::super::{Common, print_json, print_line};
use super::named;
use crate::core::asset::{Asset, AssetId};
use crate::core::problem::Problem;
use crate::jobs::assets;
use crate::jobs::house::House;

#[derive(Clone, Debug, clap::Args)]
pub struct Tag {
    /// The tag: a word or some words.
    pub tag: String,
    /// Ids of assets, or their beginnings.
    #[arg(required = true)]
    pub ids: Vec<String>,
}

#[derive(Clone, Debug, clap::Args)]
pub struct Rename {
    /// Id of an asset, or its beginning.
    pub id: String,
    /// Its new name. The file keeps the one it has.
    pub name: String,
}

#[derive(Clone, Debug, clap::Args)]
pub struct Several {
    /// Ids of assets, or their beginnings.
    #[arg(required = true)]
    pub ids: Vec<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    assets: Vec<Asset>,
}

pub fn tag(house: &House, arguments: &Tag, common: &Common) -> Result<u8, Problem> {
    let ids = ids(house, &arguments.ids)?;
    house.db.tag(&ids, &arguments.tag)?;
    assets::sidecars(house, &ids)?;
    answer(house, &ids, common)
}

pub fn untag(house: &House, arguments: &Tag, common: &Common) -> Result<u8, Problem> {
    let ids = ids(house, &arguments.ids)?;
    house.db.untag(&ids, &arguments.tag)?;
    assets::sidecars(house, &ids)?;
    answer(house, &ids, common)
}

pub fn rename(house: &House, arguments: &Rename, common: &Common) -> Result<u8, Problem> {
    let id = named(house, &arguments.id)?.id;
    house.db.rename(&id, &arguments.name)?;
    assets::sidecar(house, &id)?;
    answer(house, &[id], common)
}

pub fn bin(house: &House, arguments: &Several, common: &Common) -> Result<u8, Problem> {
    let ids = ids(house, &arguments.ids)?;
    for id in &ids {
        // Looked at when its turn comes: it may have been named twice.
        let asset = named(house, &id.0)?;
        if asset.binned_at.is_none() {
            assets::bin(house, &asset.id)?;
        }
    }
    answer(house, &ids, common)
}

pub fn restore(house: &House, arguments: &Several, common: &Common) -> Result<u8, Problem> {
    let ids = ids(house, &arguments.ids)?;
    for id in &ids {
        let asset = named(house, &id.0)?;
        if asset.binned_at.is_some() {
            assets::restore(house, &asset.id)?;
        }
    }
    answer(house, &ids, common)
}

fn ids(house: &House, names: &[String]) -> Result<Vec<AssetId>, Problem> {
    names.iter().map(|name| Ok(named(house, name)?.id)).collect()
}

fn answer(house: &House, ids: &[AssetId], common: &Common) -> Result<u8, Problem> {
    let assets: Vec<Asset> = ids.iter().map(|id| named(house, &id.0)).collect::<Result<_, _>>()?;
    if common.json {
        print_json(&Answer { assets });
        return Ok(0);
    }
    for asset in assets {
        let tags: String = asset.tags.iter().map(|tag| format!(" #{tag}")).collect();
        let place = if asset.binned_at.is_some() { " (in the bin)" } else { "" };
        print_line(format_args!("{}  {}{tags}{place}", asset.id, asset.name));
    }
    Ok(0)
}
