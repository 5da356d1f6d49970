//! Pictures and clips on their way to Runway: inside the order when they are small, else handed to a place that Runway names, with the fields it
//! names, the file last, and without the key.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::core::generate::{Class, Failure, Input};
use crate::engines::input::{bytes, data_url, length, name, public};
use crate::engines::wire::{Wire, loose};

/// What a picture, and what a clip or a sound inside an order may have; in base64 it is a third bigger.
const PICTURE_BYTES: u64 = 5_000_000 / 4 * 3 - 100;
const CLIP_BYTES: u64 = 16_000_000 / 4 * 3 - 100;
const UPLOAD_BYTES: u64 = 200 * 1024 * 1024;

#[derive(Deserialize)]
struct Place {
    #[serde(rename = "uploadUrl", default, deserialize_with = "loose")]
    url: Option<String>,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(rename = "runwayUri", default, deserialize_with = "loose")]
    uri: Option<String>,
}

/// How the order names this file.
pub(super) async fn uri(wire: &Wire, input: &Input) -> Result<String, Failure> {
    // It fetches over safe lines only.
    if let Some(url) = public(input).filter(|url| url.starts_with("https://")) {
        return Ok(url.to_owned());
    }
    let inside = if input.mime.starts_with("image/") { PICTURE_BYTES } else { CLIP_BYTES };
    if length(input).await <= inside {
        return data_url(input, inside).await;
    }
    let content = bytes(input, UPLOAD_BYTES).await?;
    let body = json!({ "filename": name(input), "type": "ephemeral" });
    let place: Place = wire.client.post("v1/uploads").json(&body).object().await?;
    let (Some(url), Some(uri)) = (place.url, place.uri) else { return Err(wire.lacks(false, "uploadUrl")) };
    let mut form = Form::new();
    for (name, value) in place.fields {
        form = form.text(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let part = Part::bytes(content).file_name(name(input)).mime_str(&input.mime);
    let part = part.map_err(|_| Failure::new(Class::Here, "The file's type can't be sent."))?;
    wire.files.handed(wire.files.outside(Method::POST, &url)?.multipart(form.part("file", part))).await?;
    Ok(uri)
}
