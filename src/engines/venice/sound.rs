//! Voices that Venice speaks with, and words that it hears: its answer has times in a form of its own.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::core::generate::{Class, Failure, InputRole, Made, Order, Submission};
use crate::core::job::Kind;
use crate::engines::Landing;
use crate::engines::fetch::Spot;
use crate::engines::fitted::{add, fitted, said};
use crate::engines::input::{bytes, name};
use crate::engines::openai::heard;
use crate::engines::wire::Wire;

/// Both come as the answer to their order.
const LIMIT: Duration = Duration::from_secs(600);
const ANSWER_BYTES: usize = 64 << 20;
const SOUND_BYTES: u64 = 200 * 1024 * 1024;

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
    let call = wire.client.order("audio/transcriptions").multipart(form.part("file", part)).limit(LIMIT).most(ANSWER_BYTES);
    let heard = heard(&call.read().await?);
    match heard.text.is_none() && heard.words.is_empty() {
        true => Err(wire.lacks(true, "text")),
        false => Ok(Submission::Made(heard)),
    }
}
