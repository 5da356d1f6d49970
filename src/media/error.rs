//! What can go wrong with media, and the sentence a person reads about it. GStreamer reports failures as loose domains and
//! debug text; they are sorted here, once, so that the rest of the studio can tell a full disk from a broken encoder.

use std::path::{Path, PathBuf};

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;

use crate::core::problem::Problem;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("GStreamer did not start: {0}")]
    Init(glib::Error),
    #[error("the GStreamer element {0} is not installed")]
    NoElement(String),
    #[error("{element} does not take {property} = {value}")]
    Property { element: String, property: String, value: String },
    #[error("no {kind} encoder works here (tried {tried})")]
    NoEncoder { kind: &'static str, tried: String },
    #[error("a picture of {width}×{height} at {rate} frames a second can't be encoded")]
    Format { width: u32, height: u32, rate: String },
    #[error("the disk is full at {0}")]
    DiskFull(PathBuf),
    /// Not yet full: the take was ended while there was time.
    #[error("the disk is nearly full, {:.0} MB are left at {}, so the take was ended", *free as f64 / 1e6, path.display())]
    DiskScarce { path: PathBuf, free: u64 },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the encoder {encoder} failed: {detail}")]
    Encoder { encoder: String, detail: String },
    #[error("{0} is empty")]
    Empty(PathBuf),
    #[error("{0} is not a media file")]
    NotMedia(PathBuf),
    /// Its container says that it is longer.
    #[error("{path} breaks off: {} of {} are there", megabytes(*there), megabytes(*said))]
    BrokenOff { path: PathBuf, there: u64, said: u64 },
    #[error("{0} has no index: the program that wrote it did not finish")]
    NoIndex(PathBuf),
    #[error("{path} needs {codec}, which is not installed")]
    NoDecoder { path: PathBuf, codec: String },
    #[error("{path} can't be decoded: {detail}")]
    Broken { path: PathBuf, detail: String },
    #[error("{path}: {codec} can't be copied into MP4")]
    NotForMp4 { path: PathBuf, codec: String },
    #[error("the media pipeline failed in {element}: {detail}")]
    Pipeline { element: String, detail: String },
    #[error("{what} did not answer within {seconds} s")]
    Timeout { what: &'static str, seconds: u64 },
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// A file error, with `ENOSPC` told apart.
    pub(super) fn file(path: &Path, source: std::io::Error) -> Error {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Error::DiskFull(path.to_owned());
        }
        Error::File { path: path.to_owned(), source }
    }

    /// A pipeline that could not be put together or started; `what` names the part.
    pub(super) fn build(what: &str, error: impl std::fmt::Display) -> Error {
        Error::Pipeline { element: what.to_owned(), detail: error.to_string() }
    }

    /// The bus's error message while `path` was read.
    pub(super) fn reading(path: &Path, message: &gst::message::Error) -> Error {
        let error = message.error();
        let path = path.to_owned();
        if error.matches(gst::StreamError::TypeNotFound) || error.matches(gst::StreamError::WrongType) {
            return Error::NotMedia(path);
        }
        if error.matches(gst::ResourceError::NotFound) {
            return Error::File { path, source: std::io::ErrorKind::NotFound.into() };
        }
        Error::Broken { path, detail: detail(message) }
    }

    /// The bus's error message while `path` was written.
    pub(super) fn writing(path: &Path, message: &gst::message::Error) -> Error {
        let detail = detail(message);
        if message.error().matches(gst::ResourceError::NoSpaceLeft) || detail.contains("No space left") {
            return Error::DiskFull(path.to_owned());
        }
        Error::Pipeline { element: source(message), detail }
    }

    /// The bus's error message of the pipeline of the encoder that people know as `encoder`.
    pub(super) fn encoding(encoder: &str, message: &gst::message::Error) -> Error {
        Error::Encoder { encoder: encoder.to_owned(), detail: detail(message) }
    }
}

/// Name of the element a message came from.
fn source(message: &gst::message::Error) -> String {
    message.src().map(|src| src.name().to_string()).unwrap_or_default()
}

/// GStreamer's sentence, with the last line of its debug text, which names the cause.
fn detail(message: &gst::message::Error) -> String {
    let text = message.error().message().trim_end_matches('.').to_owned();
    match message.debug().as_deref().and_then(|debug| debug.lines().last()) {
        Some(last) if !last.trim().is_empty() => format!("{text} ({})", last.trim()),
        _ => text,
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let what = sentence(&error.to_string());
        match error {
            Error::Init(_) | Error::NoElement(_) => {
                Problem::missing(what, "Install GStreamer 1.22 with its base, good, bad, ugly and libav plugins.")
            }
            Error::Property { .. } => Problem::usage(what, "Correct or remove the encoder profile file."),
            Error::NoEncoder { .. } => {
                Problem::missing(what, "Install gstreamer1.0-plugins-ugly (x264) or gstreamer1.0-plugins-bad (openh264).")
            }
            Error::Format { .. } => Problem::usage(what, "Choose another size or frame rate for the camera."),
            Error::DiskFull(_) | Error::DiskScarce { .. } => {
                Problem::disk(what, "Free some space; what was recorded until then is kept and can be played.")
            }
            Error::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Problem::usage(what, "Check the path, or choose another file.")
            }
            Error::File { .. } => Problem::disk(what, "Check that the folder exists and may be written."),
            Error::Encoder { .. } => Problem::failed(what, "Record again; another encoder can be chosen in the profile file."),
            Error::BrokenOff { .. } => Problem::usage(what, "Copy it again from where it came."),
            Error::NoIndex(_) => Problem::usage(what, "Mend it with the program that made it, then import it again."),
            Error::NoDecoder { .. } => {
                Problem::missing(what, "Install it (gstreamer1.0-libav has most), or convert the file to H.264 and AAC.")
            }
            Error::Empty(_) | Error::NotMedia(_) | Error::Broken { .. } => {
                Problem::usage(what, "Choose another file; this one is left as it is.")
            }
            Error::NotForMp4 { .. } => Problem::usage(what, "Keep the Matroska file; it holds the same picture and sound."),
            Error::Pipeline { .. } => Problem::failed(what, "Try again; `onetake doctor` shows what is missing."),
            Error::Timeout { .. } => Problem::failed(what, "Try again when the machine is less busy."),
            Error::Cancelled => Problem::cancelled(),
        }
    }
}

/// In the unit that people read.
fn megabytes(bytes: u64) -> String {
    if bytes < 1_000_000 { format!("{bytes} bytes") } else { format!("{:.1} MB", bytes as f64 / 1e6) }
}

/// First letter upper case, a full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::problem::Kind;

    #[test]
    fn each_error_is_a_sentence_with_a_fix() {
        let full = Problem::from(Error::DiskFull("/takes/a.mkv".into()));
        assert_eq!(full.what, "The disk is full at /takes/a.mkv.");
        assert_eq!(full.kind, Kind::Disk);
        let scarce = Problem::from(Error::DiskScarce { path: "/takes/a.mkv".into(), free: 15_200_000 });
        assert_eq!(scarce.what, "The disk is nearly full, 15 MB are left at /takes/a.mkv, so the take was ended.");
        assert_eq!(scarce.kind, Kind::Disk);
        let missing = Problem::from(Error::file(Path::new("/nothing"), std::io::ErrorKind::NotFound.into()));
        assert_eq!(missing.kind, Kind::Usage);
        assert_eq!(Problem::from(Error::Cancelled).kind, Kind::Cancelled);
    }

    #[test]
    fn a_full_disk_is_told_apart_from_other_file_errors() {
        let error = Error::file(Path::new("/takes"), std::io::Error::from_raw_os_error(28));
        assert!(matches!(error, Error::DiskFull(_)), "{error:?}");
    }
}
