//! `onetake library list`: finds assets by words, kind, source, tags and project.

use serde::Serialize;

use super::super::{Common, print_json, print_line};
use crate::core::asset::{Asset, Kind, Source};
use crate::core::library::{Query, Sort};
use crate::core::problem::Problem;
use crate::core::time::clock;
use crate::jobs::house::House;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Words of name, description, tags, project or prompt; their beginnings do. Without any, all are listed.
    pub words: Vec<String>,
    /// video, audio, image or overlay.
    #[arg(long, value_parser = kind)]
    pub kind: Option<Kind>,
    /// upload, recording, export or generated.
    #[arg(long, value_parser = source)]
    pub source: Option<Source>,
    /// Only what has this tag; may be given more than once.
    #[arg(long)]
    pub tag: Vec<String>,
    /// Id of a project.
    #[arg(long)]
    pub project: Option<String>,
    /// What lies in the bin.
    #[arg(long)]
    pub binned: bool,
    /// created, name, length or size.
    #[arg(long, default_value = "created", value_parser = sort)]
    pub sort: Sort,
    /// From the smallest, oldest or first letter on; names are always listed so.
    #[arg(long)]
    pub ascending: bool,
    /// How many are listed at most.
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// All that match, listed or not.
    found: usize,
    assets: Vec<Asset>,
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let query = Query {
        words: arguments.words.join(" "),
        kind: arguments.kind,
        source: arguments.source,
        project: arguments.project.clone(),
        tags: arguments.tag.clone(),
        binned: arguments.binned,
        sort: arguments.sort,
        ascending: arguments.ascending || arguments.sort == Sort::Name,
    };
    let places = house.db.find(&query)?;
    let listed = house.db.entries(&places[..places.len().min(arguments.limit)])?;
    let answer = Answer { found: places.len(), assets: listed.into_iter().map(|entry| entry.asset).collect() };
    if common.json {
        print_json(&answer);
        return Ok(0);
    }
    answer.assets.iter().for_each(|asset| print_line(line(asset)));
    let rest = answer.found - answer.assets.len();
    if rest > 0 {
        print_line(format_args!("… and {rest} more; see them with --limit."));
    }
    Ok(0)
}

/// An asset in a line.
fn line(asset: &Asset) -> String {
    let length = if asset.facts.nanos > 0 { clock(asset.facts.nanos) } else { String::new() };
    let tags: String = asset.tags.iter().map(|tag| format!(" #{tag}")).collect();
    let megabytes = asset.bytes as f64 / 1e6;
    format!("{}  {:7}  {length:>8}  {megabytes:9.1} MB  {}{tags}", asset.id, asset.kind.name(), asset.name)
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::named(name).ok_or_else(|| "a kind is video, audio, image or overlay".into())
}

fn source(name: &str) -> Result<Source, String> {
    Source::named(name).ok_or_else(|| "a source is upload, recording, export or generated".into())
}

fn sort(name: &str) -> Result<Sort, String> {
    match name {
        "created" => Ok(Sort::Created),
        "name" => Ok(Sort::Name),
        "length" => Ok(Sort::Length),
        "size" => Ok(Sort::Size),
        _ => Err("an order is created, name, length or size".into()),
    }
}
