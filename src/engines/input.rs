//! Files that go with an order, as engines take them: base64, a data URL, a part of a form, or the address of a public place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::Part;
use tokio_util::io::ReaderStream;

use crate::core::generate::{Class, Failure, Input};

/// The file's bytes, when there are not more than `most`.
pub(super) async fn bytes(input: &Input, most: u64) -> Result<Vec<u8>, Failure> {
    let name = name(input);
    let here = |error: std::io::Error| Failure::new(Class::Here, format!("{name} can't be read: {error}."));
    let length = tokio::fs::metadata(&input.path).await.map_err(here)?.len();
    if length > most {
        let words = format!("{name} has {:.1} MiB; this engine takes up to {:.1}.", mib(length), mib(most));
        return Err(Failure::new(Class::Invalid, words));
    }
    if length == 0 {
        return Err(Failure::new(Class::Here, format!("{name} is empty.")));
    }
    tokio::fs::read(&input.path).await.map_err(here)
}

pub(super) async fn base64(input: &Input, most: u64) -> Result<String, Failure> {
    Ok(STANDARD.encode(bytes(input, most).await?))
}

pub(super) async fn data_url(input: &Input, most: u64) -> Result<String, Failure> {
    Ok(format!("data:{};base64,{}", input.mime, base64(input, most).await?))
}

/// The file as a part of a form, flowing from the disk, under the name `stem` and the ending of its kind: engines go by that.
pub(super) async fn part(input: &Input, stem: &str) -> Result<Part, Failure> {
    let name = name(input);
    let here = |error: std::io::Error| Failure::new(Class::Here, format!("{name} can't be read: {error}."));
    let file = tokio::fs::File::open(&input.path).await.map_err(here)?;
    let length = file.metadata().await.map_err(here)?.len();
    let part = Part::stream_with_length(reqwest::Body::wrap_stream(ReaderStream::new(file)), length);
    let part = part.file_name(format!("{stem}.{}", ending(input))).mime_str(&input.mime);
    part.map_err(|_| Failure::new(Class::Here, format!("{name} is of no kind that can be sent.")))
}

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

/// The file's name, for people and for uploads.
pub(super) fn name(input: &Input) -> String {
    input.path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// How long it is; 0 when nobody can tell, which reading it will say.
pub(super) async fn length(input: &Input) -> u64 {
    tokio::fs::metadata(&input.path).await.map_or(0, |about| about.len())
}

/// An address where an engine may fetch it.
pub(super) fn public(input: &Input) -> Option<&str> {
    input.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
