//! What a project is besides its script, and its form as a file (`project.json`): JSON with the number of its schema. The one
//! written here is 2; 1 is read too (`first`), and a newer one is refused, because writing it back would lose what it says.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Project;
use super::timeline::Arrangement;
use crate::core::time::Rate;
use crate::core::{problem, project};

/// Number of the form that is written.
pub const SCHEMA: u32 = 2;

/// How far a project is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Seen by its owner and team alone.
    #[default]
    Draft,
    Rendering,
    Complete,
    Published,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Draft, Status::Rendering, Status::Complete, Status::Published];

    pub fn name(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Rendering => "rendering",
            Status::Complete => "complete",
            Status::Published => "published",
        }
    }

    pub fn named(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// All of it but the title, which is the script's. Empty and zero where nothing was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    pub description: String,
    pub category: String,
    pub status: Status,
    pub is_public: bool,
    /// In alphabetical order.
    pub tags: Vec<String>,
    /// Ids of the user and the team it belongs to.
    pub owner: Option<String>,
    pub team: Option<String>,
    /// Id of the project it was made from.
    pub parent: Option<String>,
    /// Size of the film in pixels; 0 for that of its takes.
    pub width: u32,
    pub height: u32,
    /// Pictures a second; 0 for that of its takes.
    pub rate: Rate,
    /// The engine that is asked when nothing else is said, and with what, a JSON object. Never holds a key.
    pub engine: String,
    pub engine_params: Value,
    /// RFC 3339 UTC; empty when nobody knows.
    pub created_at: String,
    pub updated_at: String,
    #[serde(flatten)]
    pub arrangement: Arrangement,
}

impl Default for Details {
    fn default() -> Self {
        Details {
            description: String::new(),
            category: String::new(),
            status: Status::Draft,
            is_public: false,
            tags: Vec::new(),
            owner: None,
            team: None,
            parent: None,
            width: 0,
            height: 0,
            rate: Rate { num: 0, den: 1 },
            engine: String::new(),
            engine_params: Value::Object(Map::new()),
            created_at: String::new(),
            updated_at: String::new(),
            arrangement: Arrangement::default(),
        }
    }
}

/// Why a text is no project's details.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it is not JSON of a project ({0})")]
    Form(#[from] serde_json::Error),
    #[error("it was written by a newer Onetake (its form {0}, this program knows {SCHEMA})")]
    Newer(u64),
}

impl From<Unreadable> for problem::Problem {
    fn from(error: Unreadable) -> problem::Problem {
        let fix = match error {
            Unreadable::Form(_) => "Restore the file from a copy, or remove it; the script is not touched.",
            Unreadable::Newer(_) => "Open it with the newer Onetake; nothing was changed.",
        };
        problem::Problem::usage(format!("The project’s {} can't be read: {error}.", project::DETAILS_FILE), fix)
    }
}

/// A project's file, read: which project it was, and its details.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Empty in the first form when it was not said.
    pub id: String,
    pub title: String,
    pub details: Details,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    id: &'a str,
    title: &'a str,
    #[serde(flatten)]
    details: &'a Details,
}

/// The file's text.
pub fn write(project: &Project, details: &Details) -> String {
    let written = Written { schema: SCHEMA, id: &project.id, title: &project.title, details };
    // Plain data with text for keys; a number that is not finite becomes null.
    let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads a file of this form or an older one.
pub fn read(text: &str) -> Result<Read, Unreadable> {
    let mut fields: Map<String, Value> = serde_json::from_str(text)?;
    let mut taken = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (id, title, other_id) = (taken("id"), taken("title"), taken("project_id"));
    let id = if id.is_empty() { other_id } else { id };
    Ok(Read { id, title, details: from_fields(fields)? })
}

/// Details alone, as a row keeps what has no column: the arrangement as JSON text.
pub fn arrangement_text(arrangement: &Arrangement) -> Result<String, serde_json::Error> {
    let Value::Object(mut fields) = serde_json::to_value(arrangement)? else { return Ok("{}".into()) };
    fields.insert("schema".into(), SCHEMA.into());
    serde_json::to_string(&fields)
}

/// Reads what `arrangement_text` wrote, now or in an older program.
pub fn read_arrangement(text: &str) -> Result<Arrangement, Unreadable> {
    Ok(from_fields(serde_json::from_str(text)?)?.arrangement)
}

fn from_fields(mut fields: Map<String, Value>) -> Result<Details, Unreadable> {
    let schema = match fields.remove("schema") {
        // A row that was never written has the newest form of nothing.
        None if fields.is_empty() => u64::from(SCHEMA),
        None => 1,
        Some(schema) => schema.as_u64().unwrap_or(u64::MAX),
    };
    if schema > u64::from(SCHEMA) {
        return Err(Unreadable::Newer(schema));
    }
    if schema < u64::from(SCHEMA) {
        let arrangement = super::first::arrangement(&fields)?;
        for name in ["storyboard", "timeline", "audio_tracks"] {
            fields.remove(name);
        }
        fields.retain(|_, value| !value.is_null());
        let details: Details = serde_json::from_value(Value::Object(fields))?;
        let more = details.arrangement.more;
        return Ok(Details { arrangement: Arrangement { more, ..arrangement }, ..details });
    }
    Ok(serde_json::from_value(Value::Object(fields))?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::timeline::{AudioTrack, Card, Clip, Marker, Timeline, Track, TrackKind};
    use super::*;
    use crate::core::asset::AssetId;
    use crate::core::time::SECOND;

    fn project() -> Project {
        Project { id: "why".into(), title: "Why we write".into(), folder: "/p/why".into() }
    }

    fn asset(id: &str) -> AssetId {
        AssetId(id.into())
    }

    #[test]
    fn a_project_of_the_first_form_is_read() {
        let text = r#"{"project_id": 7, "title": "Film", "description": "D", "category": "talk", "tags": ["a"], "status": "complete",
            "storyboard": [{"scene_id": 3, "prompt": "dawn", "duration": 2.5, "video_url": "https://v", "thumbnail_url": null}],
            "timeline": {"layers": [{"id": "l", "type": "audio", "clips": [{"start": 1, "end": 3.5, "asset_id": "x"}]}]},
            "audio_tracks": [{"id": "m", "url": "https://m", "start": 0.5, "volume": 0.25, "name": "Song"}],
            "fancy": {"kept": true}, "owner": null}"#;
        let read = read(text).unwrap();
        assert_eq!(
            (read.title.as_str(), read.details.status, &read.details.tags[..]),
            ("Film", Status::Complete, &["a".into()][..])
        );
        let arranged = &read.details.arrangement;
        let card = Card {
            scene: "3".into(),
            prompt: "dawn".into(),
            nanos: 2_500_000_000,
            clip_link: Some("https://v".into()),
            ..Card::default()
        };
        assert_eq!(arranged.storyboard, [card]);
        let clip = Clip { asset: asset("x"), at: SECOND, nanos: 2_500_000_000, ..Clip::default() };
        assert_eq!(
            arranged.timeline.tracks,
            [Track { id: "l".into(), kind: TrackKind::Audio, clips: vec![clip], ..Track::default() }]
        );
        let sound = AudioTrack {
            id: "m".into(),
            name: "Song".into(),
            link: Some("https://m".into()),
            at: SECOND / 2,
            volume: 0.25,
            asset: None,
        };
        assert_eq!(arranged.audio_tracks, [sound]);
        assert_eq!(arranged.more["fancy"]["kept"], true);
        assert_eq!(arranged.assets().into_iter().collect::<Vec<_>>(), [&asset("x")]);
        // And written back in the newest form it says the same.
        let again = super::read(&write(&project(), &read.details)).unwrap();
        assert_eq!(again.details, read.details);
    }

    #[test]
    fn a_newer_form_and_rubbish_are_refused() {
        assert!(matches!(read(r#"{"schema": 3, "title": "x"}"#), Err(Unreadable::Newer(3))));
        assert!(matches!(read(r#"{"schema": "two"}"#), Err(Unreadable::Newer(_))));
        for rubbish in ["", "[]", "{", r#"{"schema": 2, "timeline": 7}"#, r#"{"storyboard": {"a": 1}}"#] {
            let error = read(rubbish).expect_err(rubbish);
            let problem = problem::Problem::from(error);
            assert!(problem.what.contains("project.json") && problem.fix.ends_with('.'), "{problem:?}");
        }
        assert_eq!(read("{}").unwrap().details, Details::default());
    }

    fn arrangement() -> impl Strategy<Value = Arrangement> {
        let clip = ("[a-z]{0,3}", any::<u64>(), any::<u64>(), 0..200u32).prop_map(|(id, at, nanos, volume)| Clip {
            asset: AssetId(id),
            at,
            nanos,
            volume: f64::from(volume) / 100.0,
            ..Clip::default()
        });
        let track = ("\\PC{0,5}", proptest::collection::vec(clip, 0..4)).prop_map(|(name, clips)| Track {
            name,
            clips,
            kind: TrackKind::Overlay,
            ..Track::default()
        });
        let card = ("\\PC{0,9}", any::<u64>(), proptest::option::of("[a-z]{1,3}")).prop_map(|(scene, nanos, clip)| Card {
            scene,
            nanos,
            clip: clip.map(AssetId),
            ..Card::default()
        });
        let (tracks, cards) = (proptest::collection::vec(track, 0..4), proptest::collection::vec(card, 0..4));
        (tracks, cards, any::<u64>()).prop_map(|(tracks, storyboard, at)| Arrangement {
            storyboard,
            timeline: Timeline { tracks, markers: vec![Marker { at, ..Marker::default() }] },
            audio_tracks: vec![AudioTrack { at, ..AudioTrack::default() }],
            more: Map::from_iter([("unknown".to_owned(), Value::from(at))]),
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(arrangement in arrangement(), description in "\\PC{0,30}", parent in proptest::option::of("[a-z]{1,5}")) {
            let text = arrangement_text(&arrangement).unwrap();
            prop_assert_eq!(&read_arrangement(&text).unwrap(), &arrangement);
            let details = Details { description, parent, arrangement, ..Details::default() };
            let read = read(&write(&project(), &details)).unwrap();
            prop_assert_eq!((read.id, read.title), ("why".to_owned(), "Why we write".to_owned()));
            prop_assert_eq!(read.details, details);
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,60}|[{}\\[\\]\":,a-z0-9]{0,60}") {
            let _ = read(&text);
            let _ = read_arrangement(&text);
        }
    }
}
