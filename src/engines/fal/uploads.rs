//! Pictures on their way to fal: inside the order when they are small, else put into fal's storage, at an address that gets no key.

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::core::generate::{Failure, Input};
use crate::engines::http::Client;
use crate::engines::input::{bytes, data_url, length, name, public};
use crate::engines::wire::{Wire, loose};

/// What goes inside an order.
const INSIDE_BYTES: u64 = 3 * 1024 * 1024;
/// Beyond this, storage wants it in parts; no picture is as big.
const UPLOAD_BYTES: u64 = 90 * 1024 * 1024;
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

/// How the order names this picture.
pub(super) async fn address(wire: &Wire, input: &Input) -> Result<String, Failure> {
    if let Some(url) = public(input) {
        return Ok(url.to_owned());
    }
    if length(input).await <= INSIDE_BYTES {
        return data_url(input, INSIDE_BYTES).await;
    }
    let content = bytes(input, UPLOAD_BYTES).await?;
    let elsewhere;
    let storage: &Client = if wire.client.base().host_str() == Some(QUEUE) {
        elsewhere = wire.client.twin(STORAGE)?;
        &elsewhere
    } else {
        &wire.client
    };
    let body = json!({ "content_type": input.mime, "file_name": name(input) });
    let call = storage.post("storage/upload/initiate?storage_type=fal-cdn-v3").json(&body).limit(LIMIT);
    let place: Place = call.read().await?;
    let (Some(file), Some(upload)) = (place.file_url, place.upload_url) else { return Err(wire.lacks(false, "upload_url")) };
    let request = wire.files.outside(Method::PUT, &upload)?.header("content-type", &input.mime).body(content);
    wire.files.handed(request).await?;
    Ok(file)
}
