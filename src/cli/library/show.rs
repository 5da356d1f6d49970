//! `onetake library show`: everything known of one asset, with its lineage both ways.

use serde::Serialize;

use super::super::{Common, print_json, print_line};
use super::named;
use crate::core::asset::Asset;
use crate::core::export::Export;
use crate::core::lineage::{Node, Walk, Way, What};
use crate::core::problem::Problem;
use crate::core::time::clock;
use crate::jobs::house::House;
use crate::jobs::library;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of an asset or a take, or its beginning.
    pub id: String,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(flatten)]
    asset: Asset,
    /// Where its file is.
    file: String,
    /// What plays it.
    used_by: Vec<String>,
    /// How it was made, when it is a film that was made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<Export>,
    comes_from: Walk,
    became: Walk,
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let asset = named(house, &arguments.id)?;
    asset.project.iter().for_each(|project| library::note_scripts(house, project));
    let answer = Answer {
        file: asset.file(house.folder.root()).to_string_lossy().into_owned(),
        used_by: house.db.users_of(&asset.id)?,
        export: house.db.export(&asset.id)?,
        comes_from: house.db.lineage(What::Asset, &asset.id.0, Way::Up)?,
        became: house.db.lineage(What::Asset, &asset.id.0, Way::Down)?,
        asset,
    };
    if common.json {
        print_json(&answer);
    } else {
        tell(&answer);
    }
    Ok(0)
}

fn tell(answer: &Answer) {
    let asset = &answer.asset;
    print_line(&asset.name);
    let state = if asset.binned_at.is_some() { "in the bin" } else { asset.status.name() };
    fact("is", &format!("{}, {}, {state}", asset.kind.name(), asset.source.name()));
    fact("problem", asset.problem.as_deref().unwrap_or_default());
    fact("description", &asset.description);
    fact("category", &asset.category);
    fact("tags", &asset.tags.join(", "));
    fact("project", asset.project.as_deref().unwrap_or_default());
    fact("media", &media(asset));
    fact("size", &format!("{:.1} MB", asset.bytes as f64 / 1e6));
    fact("file", &answer.file);
    fact("SHA-256", asset.sha256.as_deref().unwrap_or_default());
    fact("since", &asset.created_at);
    answer.used_by.iter().for_each(|user| fact("used by", user));
    answer.comes_from.nodes.iter().for_each(|node| fact("comes from", &place(node)));
    answer.became.nodes.iter().for_each(|node| fact("became", &place(node)));
}

/// A line, unless there is nothing to say.
fn fact(name: &str, value: &str) {
    if !value.is_empty() {
        print_line(format_args!("  {name:12} {value}"));
    }
}

/// Length, size, codecs and sound, as far as they are known.
fn media(asset: &Asset) -> String {
    let facts = &asset.facts;
    let mut parts = Vec::new();
    if facts.nanos > 0 {
        parts.push(clock(facts.nanos));
    }
    if facts.width > 0 {
        parts.push(format!("{}×{}", facts.width, facts.height));
    }
    if facts.rate.num > 0 {
        parts.push(format!("{:.2} pictures a second", facts.rate.fps()));
    }
    parts.extend([&facts.video_codec, &facts.audio_codec].into_iter().filter(|codec| !codec.is_empty()).cloned());
    if facts.channels > 0 {
        parts.push(format!("{} × {} Hz", facts.channels, facts.sample_rate));
    }
    parts.join(", ")
}

/// A place of the lineage in a line, further in the further away it is.
fn place(node: &Node) -> String {
    let far = "  ".repeat(node.steps.saturating_sub(1).min(8) as usize);
    let name = if node.gone { "(deleted since)" } else { &node.name };
    let detail = if node.detail.is_empty() { String::new() } else { format!(" ({})", node.detail) };
    format!("{far}{} {name}{detail}  {}", node.place.what.name(), node.place.id)
}
