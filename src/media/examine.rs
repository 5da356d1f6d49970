//! What a file of sound or moving pictures is, told by its content: its name is never asked. GStreamer's discoverer looks at the
//! beginning; what that can't know, how long a file is that was written piece by piece, is read through.
//!
//! A file from anywhere meets dozens of parsers here. They work on a thread that is given up when it hangs; text never reaches them,
//! because playlists would make them fetch what they name from the network.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;
use gstreamer_pbutils as pbutils;
use gstreamer_pbutils::prelude::*;

use super::decode::check;
use super::error::Error;
use super::extent::check_whole;
use super::index::{Index, is_unfinished};
use crate::core::asset::{Facts, Kind};
use crate::core::time::Rate;

/// The discoverer gives up after this, and a little later it is given up itself. A large file on a slow disk needs a second.
const LIMIT_SECS: u64 = 30;
const GRACE_SECS: u64 = 10;

/// The longest side of pictures that can be shown.
const MAX_SIDE: u32 = 16_384;

/// A higher rate is a container's tick, not a camera's.
const MAX_FPS: f64 = 1000.0;

/// A longer one is a broken number; `Facts` keeps nanoseconds for SQLite's signed integers.
const LONGEST_NANOS: u64 = 1_000 * 3600 * 1_000_000_000;

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Video or audio.
    pub kind: Kind,
    pub facts: Facts,
    /// What such a file's name ends with.
    pub ending: &'static str,
}

/// Looks at a file. `cancel` ends reading one through.
pub fn examine(path: &Path, cancel: &AtomicBool) -> Result<Examined, Error> {
    super::init()?;
    check(path)?;
    refuse_text(path)?;
    let extent = check_whole(path)?;
    let mut examined = on_a_thread(path)?;
    if examined.facts.nanos == 0 || extent.pieces || is_unfinished(path) {
        examined.facts.nanos = Index::read(path, cancel)?.end();
    }
    if examined.facts.nanos == 0 || examined.facts.nanos > LONGEST_NANOS {
        return Err(broken(path, "it does not tell how long it is"));
    }
    Ok(examined)
}

/// Text is no medium, and what begins as a playlist is not looked into, whatever follows.
fn refuse_text(path: &Path) -> Result<(), Error> {
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| Error::file(path, error))?;
    file.take(4096).read_to_end(&mut head).map_err(|error| Error::file(path, error))?;
    if is_text(&head) { Err(Error::NotMedia(path.to_owned())) } else { Ok(()) }
}

fn is_text(head: &[u8]) -> bool {
    let begin = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let list = [&b"<"[..], b"#EXT", b"[playlist]", b"[Reference]", b"v=0"].iter().any(|word| begin.starts_with(word));
    let utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut at the end.
        Err(error) => error.error_len().is_none(),
    };
    // Tabs, line ends and escape sequences are the only control characters of texts.
    let control = |c: &u8| matches!(c, 0..=8 | 14..=26 | 28..=31);
    list || (utf8 && !head.iter().any(control))
}

fn on_a_thread(path: &Path) -> Result<Examined, Error> {
    let (sender, receiver) = sync_channel(1);
    let own = path.to_owned();
    std::thread::Builder::new()
        .name("examine".into())
        .spawn(move || {
            // Nobody listens any more when it was given up.
            let _ = sender.send(discover(&own));
        })
        .map_err(|error| Error::file(path, error))?;
    match receiver.recv_timeout(Duration::from_secs(LIMIT_SECS + GRACE_SECS)) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(too_long()),
        Err(RecvTimeoutError::Disconnected) => Err(broken(path, "looking at it failed")),
    }
}

fn too_long() -> Error {
    Error::Timeout { what: "the file's reader", seconds: LIMIT_SECS }
}

fn broken(path: &Path, detail: impl Into<String>) -> Error {
    Error::Broken { path: path.to_owned(), detail: detail.into() }
}

fn discover(path: &PathBuf) -> Result<Examined, Error> {
    let failed = |error: glib::Error| sorted(path, &error);
    let uri = glib::filename_to_uri(path, None).map_err(failed)?;
    let discoverer = pbutils::Discoverer::new(gst::ClockTime::from_seconds(LIMIT_SECS)).map_err(failed)?;
    let info = discoverer.discover_uri(&uri).map_err(failed)?;
    match info.result() {
        pbutils::DiscovererResult::Ok => {}
        pbutils::DiscovererResult::Timeout => return Err(too_long()),
        pbutils::DiscovererResult::MissingPlugins => return Err(no_decoder(path, &info)),
        _ => return Err(Error::NotMedia(path.clone())),
    }
    // A picture in the tags of a song is no film.
    let moving = info.video_streams().into_iter().find(|stream| !stream.is_image() && stream.width() > 0);
    let sound = info.audio_streams().into_iter().next();
    let mut facts = Facts { nanos: info.duration().map_or(0, gst::ClockTime::nseconds), ..Facts::default() };
    if let Some(stream) = &moving {
        describe_pictures(path, &info, stream, &mut facts)?;
    }
    if let Some(stream) = &sound {
        facts.audio_codec = codec(stream);
        facts.channels = stream.channels();
        facts.sample_rate = stream.sample_rate();
    }
    let kind = match (&moving, &sound) {
        (Some(_), _) => Kind::Video,
        (None, Some(_)) => Kind::Audio,
        (None, None) if info.video_streams().is_empty() => return Err(Error::NotMedia(path.clone())),
        (None, None) => return Err(broken(path, "its kind of picture can't be used; PNG, JPEG and WebP can")),
    };
    let form = form(&info, kind, sound.as_ref());
    facts.mime = form.mime.to_owned();
    Ok(Examined { kind, facts, ending: form.ending })
}

fn describe_pictures(
    path: &Path,
    info: &pbutils::DiscovererInfo,
    stream: &pbutils::DiscovererVideoInfo,
    facts: &mut Facts,
) -> Result<(), Error> {
    let (width, height) = (stream.width(), stream.height());
    if width > MAX_SIDE || height > MAX_SIDE {
        let detail = format!("its pictures have {width} × {height}; the longest side may have {MAX_SIDE}");
        return Err(broken(path, detail));
    }
    // Phones film lying and say how to turn it.
    let turned = |tags: Option<gst::TagList>| {
        let tags = tags?;
        let orientation = tags.get::<gst::tags::ImageOrientation>()?;
        Some(["rotate-90", "rotate-270"].iter().any(|turn| orientation.get().ends_with(turn)))
    };
    let lies = turned(stream.tags()).or_else(|| turned(info.tags())).unwrap_or(false);
    (facts.width, facts.height) = if lies { (height, width) } else { (width, height) };
    let rate = stream.framerate();
    if let (Ok(num), Ok(den)) = (u32::try_from(rate.numer()), u32::try_from(rate.denom()))
        && den > 0
        && (Rate { num, den }).fps() <= MAX_FPS
    {
        facts.rate = Rate { num, den };
    }
    facts.video_codec = codec(stream);
    Ok(())
}

/// Codecs that people call otherwise than GStreamer does, by how it begins to call them.
const CALLED: &[(&str, &str)] = &[
    ("Free Lossless Audio", "FLAC"),
    ("MPEG-1 Layer 3", "MP3"),
    ("MPEG-4 AAC", "AAC"),
    ("Uncompressed", "PCM"),
    ("WAV", "PCM"),
];

/// A codec's name in words, as people write it: “H.264”, not “ITU H.264 (High Profile)”.
fn codec(stream: &impl IsA<pbutils::DiscovererStreamInfo>) -> String {
    let Some(caps) = stream.caps() else { return String::new() };
    let words = pbutils::pb_utils_get_codec_description(&caps);
    let name = words.trim_start_matches("ITU ").split(" (").next().unwrap_or_default().trim();
    CALLED.iter().find(|(begin, _)| name.starts_with(begin)).map_or(name, |(_, called)| called).to_owned()
}

fn no_decoder(path: &Path, info: &pbutils::DiscovererInfo) -> Error {
    // “gstreamer|1.0|program|H.265 decoder|decoder-video/x-h265”
    let missing = info.missing_elements_installer_details();
    let words = missing.first().and_then(|detail| detail.split('|').nth(3)).unwrap_or("a decoder");
    Error::NoDecoder { path: path.to_owned(), codec: words.to_owned() }
}

/// The discoverer's error about `path`.
fn sorted(path: &Path, error: &glib::Error) -> Error {
    let path = path.to_owned();
    if error.matches(gst::StreamError::TypeNotFound) || error.matches(gst::StreamError::WrongType) {
        return Error::NotMedia(path);
    }
    if error.matches(gst::CoreError::MissingPlugin) || error.matches(gst::StreamError::CodecNotFound) {
        return Error::NoDecoder { path, codec: "a decoder".into() };
    }
    Error::Broken { path, detail: error.message().trim_end_matches('.').to_owned() }
}

/// What such a file is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Form {
    mime: &'static str,
    ending: &'static str,
}

const fn form_of(mime: &'static str, ending: &'static str) -> Form {
    Form { mime, ending }
}

/// Containers by GStreamer's name: with pictures, with sound alone.
const CONTAINERS: &[(&str, Form, Form)] = &[
    ("video/quicktime", form_of("video/mp4", "mp4"), form_of("audio/mp4", "m4a")),
    ("audio/x-m4a", form_of("video/mp4", "mp4"), form_of("audio/mp4", "m4a")),
    ("application/x-3gp", form_of("video/3gpp", "3gp"), form_of("audio/3gpp", "3gp")),
    ("video/x-matroska", form_of("video/x-matroska", "mkv"), form_of("audio/x-matroska", "mka")),
    ("audio/x-matroska", form_of("video/x-matroska", "mkv"), form_of("audio/x-matroska", "mka")),
    ("video/webm", form_of("video/webm", "webm"), form_of("audio/webm", "weba")),
    ("audio/webm", form_of("video/webm", "webm"), form_of("audio/webm", "weba")),
    ("video/x-msvideo", form_of("video/x-msvideo", "avi"), form_of("video/x-msvideo", "avi")),
    ("video/mpegts", form_of("video/mp2t", "ts"), form_of("video/mp2t", "ts")),
    ("video/mpeg", form_of("video/mpeg", "mpg"), form_of("audio/mpeg", "mpg")),
    ("application/ogg", form_of("video/ogg", "ogv"), form_of("audio/ogg", "ogg")),
    ("video/ogg", form_of("video/ogg", "ogv"), form_of("audio/ogg", "ogg")),
    ("audio/ogg", form_of("video/ogg", "ogv"), form_of("audio/ogg", "ogg")),
    ("video/x-flv", form_of("video/x-flv", "flv"), form_of("video/x-flv", "flv")),
    ("video/x-ms-asf", form_of("video/x-ms-wmv", "wmv"), form_of("audio/x-ms-wma", "wma")),
    ("application/mxf", form_of("application/mxf", "mxf"), form_of("application/mxf", "mxf")),
    ("image/gif", form_of("image/gif", "gif"), form_of("image/gif", "gif")),
    ("audio/x-wav", form_of("audio/wav", "wav"), form_of("audio/wav", "wav")),
    ("audio/x-aiff", form_of("audio/aiff", "aiff"), form_of("audio/aiff", "aiff")),
    ("audio/x-caf", form_of("audio/x-caf", "caf"), form_of("audio/x-caf", "caf")),
];

/// Sound that needs no container.
const SOUNDS: &[(&str, Form)] = &[
    ("audio/x-flac", form_of("audio/flac", "flac")),
    ("audio/x-wav", form_of("audio/wav", "wav")),
    ("audio/x-ac3", form_of("audio/ac3", "ac3")),
    ("audio/x-eac3", form_of("audio/eac3", "eac3")),
    ("audio/x-vorbis", form_of("audio/ogg", "ogg")),
    ("audio/x-opus", form_of("audio/ogg", "opus")),
];

const UNKNOWN: [Form; 2] = [form_of("video/x-unknown", "video"), form_of("audio/x-unknown", "audio")];

fn form(info: &pbutils::DiscovererInfo, kind: Kind, sound: Option<&pbutils::DiscovererAudioInfo>) -> Form {
    let outer = info.stream_info().and_then(|stream| stream.caps());
    let outer = outer.as_ref().and_then(|caps| caps.structure(0));
    let name = outer.map_or("", |structure| structure.name().as_str());
    // What names no variant is Apple's own.
    if name == "video/quicktime" && kind == Kind::Video && outer.is_some_and(|s| !s.has_field("variant")) {
        return form_of("video/quicktime", "mov");
    }
    if let Some((_, pictures, alone)) = CONTAINERS.iter().find(|(known, ..)| *known == name) {
        return if kind == Kind::Video { *pictures } else { *alone };
    }
    // Bare sound, or sound behind tags.
    let caps = sound.filter(|_| kind == Kind::Audio).and_then(|stream| stream.caps());
    let inner = caps.as_ref().and_then(|caps| caps.structure(0));
    match inner.map(|structure| (structure.name().as_str(), structure.get::<i32>("mpegversion").unwrap_or(0))) {
        Some(("audio/mpeg", 1)) => form_of("audio/mpeg", "mp3"),
        Some(("audio/mpeg", _)) => form_of("audio/aac", "aac"),
        Some((name, _)) => SOUNDS.iter().find(|(known, _)| *known == name).map_or(UNKNOWN[1], |(_, form)| *form),
        None => UNKNOWN[usize::from(kind == Kind::Audio)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_playlists_are_no_media() {
        for text in [
            &b"Hello, world.\n"[..],
            b"#EXTM3U\n#EXT-X\0\0",
            b"\xef\xbb\xbf  #EXTM3U\0",
            b"<?xml\0",
            b"v=0\r\n\0",
            "für\u{fc}".as_bytes(),
        ] {
            assert!(is_text(text), "{text:?}");
        }
        assert!(is_text(&"für".as_bytes()[..2]), "cut within a character");
        for binary in
            [&b"\0\0\0\x20ftypisom"[..], b"RIFF\xff\xff\xff\xffWAVE\0", b"\x1a\x45\xdf\xa3", b"\xff\xfb\x90\x44", b"ID3\x04\0"]
        {
            assert!(!is_text(binary), "{binary:?}");
        }
    }
}
