//! The first form of a project's details, which other studios of this kind speak: read from files and from them, written for them alone; seconds as fractions, layers for tracks,
//! links for media (`storyboard [{scene_id, prompt, duration, video_url, thumbnail_url}]`, `timeline {layers: [{id, type, clips:
//! [{start, end, asset_id}]}]}`, `audio_tracks [{id, url, start, volume, name}]`).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::timeline::{Arrangement, AudioTrack, Card, Clip, Timeline, Track, TrackKind};
use crate::core::asset::AssetId;
use crate::core::time::{nanos, secs};

#[derive(Default, Deserialize)]
#[serde(default)]
struct First {
    storyboard: Vec<Scene>,
    timeline: Layers,
    audio_tracks: Vec<Sound>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scene {
    scene_id: Id,
    prompt: Option<String>,
    duration: Option<f64>,
    video_url: Option<String>,
    thumbnail_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Layers {
    layers: Vec<Layer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Layer {
    id: Id,
    r#type: Option<String>,
    clips: Vec<Stretch>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stretch {
    start: f64,
    end: f64,
    asset_id: Id,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sound {
    id: Id,
    url: Option<String>,
    start: f64,
    volume: Option<f64>,
    name: Option<String>,
}

/// An id that was written as a text, as a number, or not at all.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
    #[default]
    None,
}

impl Id {
    fn text(self) -> String {
        match self {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
            Id::None => String::new(),
        }
    }
}

/// The arrangement of a project in its first form; fields that were `null` or missing are empty.
pub fn arrangement(fields: &Map<String, Value>) -> Result<Arrangement, serde_json::Error> {
    let known = ["storyboard", "timeline", "audio_tracks"];
    let given = known.iter().filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone())));
    let first: First = serde_json::from_value(Value::Object(given.filter(|(_, value)| !value.is_null()).collect()))?;
    Ok(Arrangement {
        storyboard: first.storyboard.into_iter().map(card).collect(),
        timeline: Timeline { tracks: first.timeline.layers.into_iter().map(track).collect(), markers: Vec::new() },
        audio_tracks: first.audio_tracks.into_iter().map(audio_track).collect(),
        more: Map::new(),
    })
}

fn card(scene: Scene) -> Card {
    Card {
        scene: scene.scene_id.text(),
        prompt: scene.prompt.unwrap_or_default(),
        nanos: nanos(scene.duration.unwrap_or(0.0)),
        clip_link: scene.video_url,
        picture_link: scene.thumbnail_url,
        ..Card::default()
    }
}

fn track(layer: Layer) -> Track {
    let kind = match layer.r#type.as_deref() {
        Some("audio") => TrackKind::Audio,
        Some("overlay" | "text") => TrackKind::Overlay,
        _ => TrackKind::Video,
    };
    Track { id: layer.id.text(), kind, clips: layer.clips.into_iter().map(clip).collect(), ..Track::default() }
}

fn clip(stretch: Stretch) -> Clip {
    let (at, end) = (nanos(stretch.start), nanos(stretch.end));
    Clip { asset: AssetId(stretch.asset_id.text()), at, nanos: end.saturating_sub(at), ..Clip::default() }
}

fn audio_track(sound: Sound) -> AudioTrack {
    AudioTrack {
        id: sound.id.text(),
        name: sound.name.unwrap_or_default(),
        asset: None,
        link: sound.url,
        at: nanos(sound.start),
        volume: sound.volume.filter(|volume| volume.is_finite()).unwrap_or(1.0),
    }
}

/// What other studios are told of an arrangement, by field.
pub fn told(arrangement: &Arrangement) -> [(&'static str, Value); 3] {
    let cards = arrangement.storyboard.iter().map(|card| {
        let prompt = Some(&card.prompt).filter(|prompt| !prompt.is_empty());
        json!({ "scene_id": number_or_text(&card.scene), "prompt": prompt, "duration": secs(card.nanos),
                "video_url": card.clip_link, "thumbnail_url": card.picture_link })
    });
    let layers = arrangement.timeline.tracks.iter().map(|track| {
        let kind = match track.kind {
            TrackKind::Video => "video",
            TrackKind::Audio => "audio",
            TrackKind::Overlay => "overlay",
        };
        let stretch = |clip: &Clip| {
            json!({ "start": secs(clip.at), "end": secs(clip.at.saturating_add(clip.nanos)), "asset_id": clip.asset.0 })
        };
        json!({ "id": track.id, "type": kind, "clips": track.clips.iter().map(stretch).collect::<Vec<_>>() })
    });
    let sounds = arrangement.audio_tracks.iter().map(|track| {
        json!({ "id": track.id, "url": track.link, "start": secs(track.at), "volume": track.volume, "name": track.name })
    });
    [
        ("storyboard", Value::Array(cards.collect())),
        ("timeline", json!({ "layers": layers.collect::<Vec<_>>() })),
        ("audio_tracks", Value::Array(sounds.collect())),
    ]
}

/// Others count their scenes.
fn number_or_text(scene: &str) -> Value {
    scene.parse::<i64>().map_or_else(|_| json!(scene), |number| json!(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_what_was_read() {
        let Value::Object(fields) = json!({
            "storyboard": [{ "scene_id": 1, "prompt": "a lamp", "duration": 5.5, "video_url": "/a.mp4", "thumbnail_url": null }],
            "timeline": { "layers": [{ "id": "v1", "type": "video", "clips": [{ "start": 1.0, "end": 3.5, "asset_id": "x" }] }] },
            "audio_tracks": [{ "id": "a", "url": "/song.mp3", "start": 2.0, "volume": 0.5, "name": "Song" }],
        }) else {
            unreachable!()
        };
        for (name, value) in told(&arrangement(&fields).unwrap()) {
            assert_eq!(value, fields[name], "{name}");
        }
    }
}
