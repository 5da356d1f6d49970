//! Which models a server has: `GET /models`. The list tells names and little else, so what each makes is told by its name, unless the
//! catalogue knows it already or the server says (Venice's `type`).

use std::collections::HashSet;

use serde_json::Value;

use crate::core::engine::{Engine, Limits, Model, Price};
use crate::core::generate::Failure;
use crate::core::job::Kind;
use crate::engines::wire::Wire;

/// Models of one server that are listed.
const MODELS: usize = 2000;

/// What names give away, the first that fits.
const NAMES: [(Kind, &[&str]); 4] = [
    (Kind::Transcription, &["whisper", "transcribe", "parakeet", "-asr", "canary", "voxtral"]),
    (Kind::Speech, &["tts", "kokoro", "piper", "bark", "orpheus", "chatterbox", "voice"]),
    (
        Kind::Video,
        &[
            "sora",
            "wan2",
            "wan-",
            "ltx",
            "veo",
            "kling",
            "hunyuanvideo",
            "hunyuan-video",
            "cogvideo",
            "mochi",
            "t2v",
            "i2v",
            "video",
        ],
    ),
    (
        Kind::Image,
        &[
            "dall-e",
            "image",
            "stablediffusion",
            "stable-diffusion",
            "sdxl",
            "sd3",
            "sd-",
            "dreamshaper",
            "flux",
            "photon",
            "imagen",
        ],
    ),
];

/// What makes nothing that is wanted here.
const OTHERS: [&str; 8] = ["embed", "rerank", "moderation", "bge-", "guard", "realtime", "minilm", "reward"];

/// All models that can be used here, the catalogue's own words about them kept.
pub(super) async fn models(wire: &Wire) -> Result<Vec<Model>, Failure> {
    let answer: Value = wire.client.get("models").read().await?;
    let items = answer["data"].as_array().or(answer["models"].as_array()).or(answer.as_array());
    let Some(items) = items else {
        return Err(wire.client.odd(false, "it lists no models"));
    };
    let mut seen = HashSet::new();
    let names = items.iter().filter_map(|item| {
        let name = item["id"].as_str().or(item["name"].as_str()).or(item.as_str())?;
        let fit = !name.is_empty() && name.len() <= 200 && !name.chars().any(char::is_control);
        (fit && seen.insert(name)).then(|| (name, item["type"].as_str()))
    });
    Ok(names.filter_map(|(name, says)| model(name, says, &wire.entry)).take(MODELS).collect())
}

fn model(name: &str, says: Option<&str>, entry: &Engine) -> Option<Model> {
    if let Some(known) = entry.model(name) {
        return Some(known.clone());
    }
    let kind = says.and_then(Kind::named).or_else(|| kind_of(name))?;
    let price = if entry.local { Price::Free } else { Price::Unknown };
    // What a server of one's own allows it doesn't tell; these it takes in any case.
    let limits = match kind {
        Kind::Image | Kind::Video if entry.local => Limits {
            aspects: ["16:9", "9:16", "1:1", "4:3", "3:4"].map(String::from).to_vec(),
            resolutions: ["1024", "768", "512"].map(String::from).to_vec(),
            seed: true,
            negative: true,
            ..Limits::default()
        },
        _ => Limits::default(),
    };
    Some(Model { name: name.to_owned(), label: String::new(), kind, limits, price })
}

fn kind_of(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&OTHERS) {
        return None;
    }
    Some(NAMES.iter().find(|(_, words)| has(words)).map_or(Kind::Text, |(kind, _)| *kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_away_what_is_made() {
        for (name, kind) in [
            ("gpt-5.4-mini", Some(Kind::Text)),
            ("qwen3:8b", Some(Kind::Text)),
            ("gpt-image-2", Some(Kind::Image)),
            ("flux.1-schnell", Some(Kind::Image)),
            ("stablediffusion", Some(Kind::Image)),
            ("Wan-AI/Wan2.2-T2V-A14B", Some(Kind::Video)),
            ("tts-1-hd", Some(Kind::Speech)),
            ("gpt-4o-transcribe", Some(Kind::Transcription)),
            ("whisper-1", Some(Kind::Transcription)),
            ("text-embedding-3-small", None),
            ("omni-moderation-latest", None),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }
}
