//! Files that go with an order: read whole where a form wants base64, as a stream where it takes parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::Part;
use tokio_util::io::ReaderStream;

use crate::core::generate::{Class, Failure, Input, InputRole, Order};

/// The biggest picture that is put into JSON.
const WHOLE_BYTES: u64 = 32 << 20;

/// The pictures of an order, those it begins and ends with first.
pub(super) fn pictures(order: &Order) -> Vec<&Input> {
    let roles = [InputRole::FirstFrame, InputRole::LastFrame, InputRole::Reference];
    roles.iter().flat_map(|role| order.inputs.iter().filter(move |input| input.role == *role)).collect()
}

/// A file's bytes in base64.
pub(super) async fn base64(input: &Input) -> Result<String, Failure> {
    let about = tokio::fs::metadata(&input.path).await.map_err(|error| unreadable(input, &error.to_string()))?;
    if about.len() > WHOLE_BYTES {
        return Err(unreadable(input, &format!("it is bigger than {} MiB", WHOLE_BYTES >> 20)));
    }
    let bytes = tokio::fs::read(&input.path).await.map_err(|error| unreadable(input, &error.to_string()))?;
    Ok(STANDARD.encode(bytes))
}

/// A file as a part of a form, under the name `stem` and the ending of its kind.
pub(super) async fn part(input: &Input, stem: &str) -> Result<Part, Failure> {
    let bad = |error: std::io::Error| unreadable(input, &error.to_string());
    let file = tokio::fs::File::open(&input.path).await.map_err(bad)?;
    let length = file.metadata().await.map_err(bad)?.len();
    let name = format!("{stem}.{}", ending(input));
    let part = Part::stream_with_length(reqwest::Body::wrap_stream(ReaderStream::new(file)), length).file_name(name);
    part.mime_str(&input.mime).map_err(|_| unreadable(input, &format!("its kind “{}” can't be sent", input.mime)))
}

/// What files of this kind end with: engines go by that.
fn ending(input: &Input) -> &str {
    match input.mime.as_str() {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "audio/mpeg" => "mp3",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/ogg" => "ogg",
        "audio/mp4" => "m4a",
        "video/mp4" => "mp4",
        "video/webm" | "audio/webm" => "webm",
        _ => input.path.extension().and_then(|end| end.to_str()).unwrap_or("bin"),
    }
}

fn unreadable(input: &Input, why: &str) -> Failure {
    let name = input.path.file_name().unwrap_or_default().to_string_lossy();
    Failure::new(Class::Here, format!("{name} can't be sent along: {why}."))
}
