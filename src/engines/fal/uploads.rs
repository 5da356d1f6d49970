//! Files on their way to fal: inside the order when they are small, else put into fal's storage, at an address that gets no key; a big
//! one in parts. Form of the latter: fal's own client (<https://github.com/fal-ai/fal-js>), storage.

use std::time::Duration;

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::core::generate::{Class, Failure, Input};
use crate::engines::http::Client;
use crate::engines::input::{bytes, data_url, length, name, public};
use crate::engines::wire::{Wire, loose};

/// What goes inside an order.
const INSIDE_BYTES: u64 = 3 * 1024 * 1024;
/// Beyond this, storage wants it in parts of so many bytes.
const WHOLE_BYTES: u64 = 90 * 1024 * 1024;
const PART_BYTES: u64 = 10 * 1024 * 1024;
/// Nobody sends more by mistake.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// A part that broke is sent again.
const TRIES: usize = 3;
const LIMIT: Duration = Duration::from_secs(30);
/// The queue's host and its storage's. Another base, such as a gateway, has both.
const QUEUE: &str = "queue.fal.run";
const STORAGE: &str = "https://rest.fal.ai";

#[derive(Deserialize)]
struct Place {
    #[serde(default, deserialize_with = "loose")]
    file_url: Option<String>,
    #[serde(default, deserialize_with = "loose")]
    upload_url: Option<String>,
}

/// How the order names this file.
pub(super) async fn address(wire: &Wire, input: &Input) -> Result<String, Failure> {
    if let Some(url) = public(input) {
        return Ok(url.to_owned());
    }
    match length(input).await {
        inside if inside <= INSIDE_BYTES => data_url(input, INSIDE_BYTES).await,
        whole if whole <= WHOLE_BYTES => {
            let (file, upload) = place(wire, input, "storage/upload/initiate").await?;
            let content = bytes(input, WHOLE_BYTES).await?;
            let request = wire.files.outside(Method::PUT, &upload)?.header("content-type", &input.mime).body(content);
            wire.files.handed(request).await?;
            Ok(file)
        }
        most if most <= MOST_BYTES => in_parts(wire, input).await,
        much => {
            let words = format!("{} has {} MiB; {} MiB is the most that is sent.", name(input), much >> 20, MOST_BYTES >> 20);
            Err(Failure::new(Class::Invalid, words))
        }
    }
}

/// Where the file will be, and where it is to be put.
async fn place(wire: &Wire, input: &Input, road: &str) -> Result<(String, String), Failure> {
    let elsewhere;
    let storage: &Client = if wire.client.base().host_str() == Some(QUEUE) {
        elsewhere = wire.client.twin(STORAGE)?;
        &elsewhere
    } else {
        &wire.client
    };
    let body = json!({ "content_type": input.mime, "file_name": name(input) });
    let place: Place = storage.post(&format!("{road}?storage_type=fal-cdn-v3")).json(&body).limit(LIMIT).object().await?;
    place.file_url.zip(place.upload_url).ok_or_else(|| wire.lacks(false, "upload_url"))
}

async fn in_parts(wire: &Wire, input: &Input) -> Result<String, Failure> {
    let (file, upload) = place(wire, input, "storage/upload/initiate-multipart").await?;
    let here = |error: std::io::Error| Failure::new(Class::Here, format!("{} can't be read: {error}.", name(input)));
    let mut content = tokio::fs::File::open(&input.path).await.map_err(here)?;
    let mut parts = Vec::new();
    loop {
        let mut part = Vec::new();
        (&mut content).take(PART_BYTES).read_to_end(&mut part).await.map_err(here)?;
        if part.is_empty() {
            break;
        }
        let number = parts.len() + 1;
        let mark = put(wire, &behind(wire, &upload, &number.to_string())?, part.into()).await?;
        parts.push(json!({ "partNumber": number, "etag": mark }));
    }
    let request = wire.files.outside(Method::POST, &behind(wire, &upload, "complete")?)?.json(&json!({ "parts": parts }));
    wire.files.handed(request).await?;
    Ok(file)
}

/// Puts one part there; its mark is what storage knows it by.
async fn put(wire: &Wire, address: &str, part: bytes::Bytes) -> Result<String, Failure> {
    let mut tries = 0;
    loop {
        tries += 1;
        let said = wire.files.handed_for(wire.files.outside(Method::PUT, address)?.body(part.clone())).await;
        match said {
            Err(failure) if failure.class.passes() && tries < TRIES => {}
            said => {
                let mark = said?.get("etag").and_then(Value::as_str).map(str::to_owned);
                return mark.ok_or_else(|| wire.lacks(false, "etag"));
            }
        }
    }
}

/// An address with one more step, its query kept.
fn behind(wire: &Wire, address: &str, step: &str) -> Result<String, Failure> {
    let mut url = Url::parse(address).map_err(|_| wire.lacks(false, "upload_url"))?;
    url.set_path(&format!("{}/{step}", url.path().trim_end_matches('/')));
    Ok(url.into())
}
