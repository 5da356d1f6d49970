//! Engines that make pictures, clips, words and voices: what each speaks, which models it has, what they allow and what they cost.
//! All of it is data with a date (`assets/engines.toml`), which a file of that name in the data folder adds to or overrides; models of
//! an engine that lists its own are refreshed from there.

mod catalogue;
mod choice;
mod price;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::job::Kind;

pub use catalogue::{Catalogue, Unreadable};
pub use choice::{Choice, Choices};
pub use price::{Measure, Money, Price, Rate};

/// Seconds of a clip where nobody said any and all may be.
const USUAL_SECS: f64 = 5.0;

/// The wire form an engine speaks, or that it is our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Drawn, filmed and spoken by this program itself.
    Offline,
    Venice,
    /// Luma's older interface, Dream Machine.
    LumaDream,
    /// Luma's present one.
    LumaAgents,
    Runway,
    /// The queue of fal, which Pika is asked through.
    Fal,
    Stability,
    /// OpenAI's, which most local servers speak too.
    OpenAi,
    ComfyUi,
    Automatic1111,
    /// Described by a template.
    Custom,
}

/// Whether it wants a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyNeed {
    None,
    /// One is sent when there is one.
    Optional,
    #[default]
    Required,
}

/// One engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// What it is called in projects and jobs, such as `venice`.
    pub name: String,
    /// For people.
    pub label: String,
    pub form: Form,
    /// Its address; empty when only the person can know it. Settings and `base_variables` go before it.
    #[serde(default)]
    pub base: String,
    #[serde(default)]
    pub key: KeyNeed,
    /// Environment variables that may hold the key, the first set one counts.
    #[serde(default)]
    pub key_variables: Vec<String>,
    /// Environment variables that may hold the address.
    #[serde(default)]
    pub base_variables: Vec<String>,
    /// Headers that go with every request; for what an account of a person's own needs. Never a key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where a key is to be had, or the program.
    #[serde(default)]
    pub home: String,
    /// Runs on the person's own machine or network: private addresses are its usual ones, and it costs nothing.
    #[serde(default)]
    pub local: bool,
    /// Jobs it may have at a time.
    #[serde(default = "one")]
    pub parallel: u32,
    /// Pictures, clips, voices do not wait for each other: it may have as many of each.
    #[serde(default)]
    pub kinds_apart: bool,
    /// Requests it takes a minute; 0 where nobody said.
    #[serde(default)]
    pub per_minute: u32,
    /// Seconds between two questions how far a job is.
    #[serde(default = "five")]
    pub poll_secs: f64,
    #[serde(default, rename = "model")]
    pub models: Vec<Model>,
    /// The template of a custom engine, as `engines::custom` reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<serde_json::Value>,
    /// What sets this one apart from others of its form, in the form's own words (docs/ENGINES.md).
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// One of its models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// As it is named on the wire.
    pub name: String,
    /// For people; the name where it is empty.
    #[serde(default)]
    pub label: String,
    pub kind: Kind,
    #[serde(flatten)]
    pub limits: Limits,
    #[serde(default)]
    pub price: Price,
}

/// What a model allows. An empty list says that it can't be chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Characters of a prompt; 0 where nobody said.
    pub prompt_chars: u32,
    /// Lengths of a clip in seconds, the shortest first.
    pub seconds: Vec<f64>,
    /// Or any length from the first of these to the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_between: Option<[f64; 2]>,
    /// Proportions such as `16:9`.
    pub aspects: Vec<String>,
    /// Such as `720p`, or `1024x1024`.
    pub resolutions: Vec<String>,
    /// Takes a picture to begin with.
    pub first_frame: bool,
    /// Takes a picture to end with.
    pub last_frame: bool,
    /// Can't do without a picture to begin with.
    pub needs_first_frame: bool,
    /// Takes a clip: to change it, to make it bigger, or to go on from it.
    pub clip: bool,
    /// Can't do without one.
    pub needs_clip: bool,
    pub negative: bool,
    pub seed: bool,
    /// Makes sound, and may be told not to.
    pub sound: bool,
    pub voices: Vec<String>,
    pub styles: Vec<String>,
}

impl Engine {
    /// The model of this name.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The models that make this of words and pictures. One that works on a clip is asked for by its name.
    pub fn models_for(&self, kind: Kind) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.kind == kind && !model.limits.needs_clip)
    }

    /// One of its options, when it is a text.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name)?.as_str()
    }

    /// Seconds between two questions how far a job is, within reason.
    pub fn pause_secs(&self) -> f64 {
        if self.poll_secs.is_finite() { self.poll_secs.clamp(0.05, 600.0) } else { five() }
    }
}

impl Model {
    /// What people read.
    pub fn title(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }
}

impl Limits {
    /// The length to ask for when `wanted` seconds are to be filled: the shortest that fills them, else the longest there is. `None`
    /// when it can't be chosen.
    pub fn seconds_for(&self, wanted: f64) -> Option<f64> {
        if let Some([least, most]) = self.seconds_between.filter(|[least, most]| least <= most) {
            let wanted = if wanted.is_finite() && wanted > 0.0 { wanted } else { USUAL_SECS };
            // In hundredths: nobody cuts nearer.
            return Some(((wanted * 100.0).ceil() / 100.0).clamp(least, most));
        }
        let enough = self.seconds.iter().copied().filter(|secs| *secs >= wanted - 0.05).fold(f64::INFINITY, f64::min);
        if enough.is_finite() { Some(enough) } else { self.seconds.iter().copied().reduce(f64::max) }
    }

    /// `wanted` when it may be chosen, else the first that may; `None` when there is nothing to choose.
    pub fn aspect_for<'a>(&'a self, wanted: &'a str) -> Option<&'a str> {
        choice(&self.aspects, wanted)
    }

    /// As `aspect_for`.
    pub fn resolution_for<'a>(&'a self, wanted: &'a str) -> Option<&'a str> {
        choice(&self.resolutions, wanted)
    }
}

fn choice<'a>(allowed: &'a [String], wanted: &str) -> Option<&'a str> {
    allowed.iter().find(|name| *name == wanted).or(allowed.first()).map(String::as_str)
}

fn one() -> u32 {
    1
}

fn five() -> f64 {
    5.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_gets_the_shortest_clip_that_fills_it() {
        let limits = Limits { seconds: vec![5.0, 10.0], ..Limits::default() };
        assert_eq!([0.0, 4.2, 5.04, 7.0, 30.0].map(|wanted| limits.seconds_for(wanted)), [5.0, 5.0, 5.0, 10.0, 10.0].map(Some));
        assert_eq!(Limits::default().seconds_for(4.0), None);
        let any = Limits { seconds_between: Some([0.5, 60.0]), ..Limits::default() };
        assert_eq!(
            [0.0, 0.1, 16.0, 15.777, 99.0].map(|wanted| any.seconds_for(wanted)),
            [5.0, 0.5, 16.0, 15.78, 60.0].map(Some)
        );
        assert_eq!(any.seconds_for(f64::NAN), Some(5.0));
        let turned = Limits { seconds_between: Some([9.0, f64::NAN]), ..limits };
        assert_eq!(turned.seconds_for(7.0), Some(10.0), "a range that is none is not there");
    }

    #[test]
    fn what_is_not_allowed_gives_way_to_what_is() {
        let limits = Limits { aspects: vec!["16:9".into(), "1:1".into()], ..Limits::default() };
        assert_eq!(limits.aspect_for("1:1"), Some("1:1"));
        assert_eq!(limits.aspect_for("2:1"), Some("16:9"));
        assert_eq!(limits.resolution_for("720p"), None);
    }
}
