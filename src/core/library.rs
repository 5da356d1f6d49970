//! Finding things in the library: what is asked for, and in which order it is shown.

pub mod terms;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::asset::{Asset, Kind, Source};

/// What a person looks for. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words of name, description, tags, project or prompt, each at least begun; in any order.
    pub words: String,
    pub kind: Option<Kind>,
    pub source: Option<Source>,
    /// Id of a project.
    pub project: Option<String>,
    /// All of these.
    pub tags: Vec<String>,
    /// What lies in the bin, instead of what does not.
    pub binned: bool,
    pub sort: Sort,
    /// From the smallest, oldest or first letter on.
    pub ascending: bool,
}

/// By what a list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Created,
    Name,
    Length,
    Size,
}

impl Sort {
    pub const ALL: [Sort; 4] = [Sort::Created, Sort::Name, Sort::Length, Sort::Size];
}

/// The place of an asset in the database, small enough to keep a hundred thousand of them.
pub type Seq = i64;

/// What a query found: all places in order. The rows are read for what is on the screen only.
pub type Found = Arc<[Seq]>;

/// A row of the list and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub seq: Seq,
    pub asset: Asset,
}

/// A tag and how many assets have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TagCount {
    pub name: String,
    pub assets: u64,
}
