//! Voices that Venice speaks with, and words that it hears: its answer has times in a form of its own.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::generate::{Class, Failure, InputRole, Made, Order, Submission, TimedWord};
use crate::core::job::Kind;
use crate::engines::Landing;
use crate::engines::fetch::Spot;
use crate::engines::fitted::{add, fitted, said};
use crate::engines::input::{bytes, name};
use crate::engines::wire::{Wire, loose};

/// Both come as the answer to their order.
const LIMIT: Duration = Duration::from_secs(600);
const SOUND_BYTES: u64 = 200 * 1024 * 1024;

#[derive(Deserialize)]
struct Heard {
    #[serde(default, deserialize_with = "loose")]
    text: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    timestamps: Option<Stamps>,
}

#[derive(Deserialize)]
struct Stamps {
    #[serde(default)]
    word: Vec<Value>,
}

pub(super) async fn speech(wire: &Wire, order: &Order, landing: &Landing) -> Result<Submission, Failure> {
    let fitted = fitted(&wire.entry, order)?;
    let mut body = said(json!({
        "model": order.model,
        "input": fitted.prompt,
        "voice": fitted.voice,
        "language": order.wish.language,
        "response_format": "wav",
    }));
    add(&mut body, &order.wish.extra);
    let answer = wire.client.order("audio/speech").json(&body).limit(LIMIT).flowing().answer().await?;
    let file = wire.files.answer(answer, Spot { landing, name: "1", kind: Kind::Speech }).await?;
    Ok(Submission::Made(Made { files: vec![file], ..Made::default() }))
}

pub(super) async fn transcription(wire: &Wire, order: &Order) -> Result<Submission, Failure> {
    let sound = order.input(InputRole::Sound).ok_or_else(|| Failure::new(Class::Invalid, "There is no sound to listen to."))?;
    let part = Part::bytes(bytes(sound, SOUND_BYTES).await?).file_name(name(sound));
    let part = part.mime_str(&sound.mime).map_err(|_| Failure::new(Class::Here, "The sound's type can't be sent."))?;
    let mut form = Form::new().text("model", order.model.clone()).text("response_format", "json").text("timestamps", "true");
    if let Some(language) = &order.wish.language {
        form = form.text("language", language.clone());
    }
    let heard: Heard = wire.client.order("audio/transcriptions").multipart(form.part("file", part)).limit(LIMIT).read().await?;
    let text = heard.text.ok_or_else(|| wire.lacks(true, "text"))?;
    let stamps = heard.timestamps.map(|stamps| stamps.word).unwrap_or_default();
    let sane = |word: &TimedWord| word.start.is_finite() && word.start >= 0.0 && word.end >= word.start;
    let words = stamps.into_iter().filter_map(|word| serde_json::from_value(word).ok()).filter(sane).collect();
    Ok(Submission::Made(Made { text: Some(text), words, ..Made::default() }))
}
