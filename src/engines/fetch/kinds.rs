//! What a file is, told by its first bytes: names and headers are only what somebody says.

use crate::core::job::Kind;

/// The media type of a file that begins so; `None` for what is none of those that are known here.
pub fn sniff(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, what: &[u8]| head.get(from..from + what.len()) == Some(what);
    if at(4, b"ftyp") {
        return Some(match head.get(8..12) {
            Some(b"qt  ") => "video/quicktime",
            Some(b"M4A " | b"M4B ") => "audio/mp4",
            Some(b"avif" | b"avis" | b"heic" | b"heix" | b"mif1") => return None,
            _ => "video/mp4",
        });
    }
    let plain: [(&[u8], &str); 8] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"\xff\xf1", "audio/aac"),
    ];
    if let Some((_, mime)) = plain.iter().find(|(start, _)| head.starts_with(start)) {
        return Some(mime);
    }
    if at(0, b"RIFF") {
        return if at(8, b"WEBP") { Some("image/webp") } else { at(8, b"WAVE").then_some("audio/wav") };
    }
    match head {
        [0xff, 0xf9, ..] => Some("audio/aac"),
        // The frame of an MPEG layer without a tag before it; a layer of 00 is none.
        [0xff, second, third, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 && third & 0xf0 != 0xf0 => Some("audio/mpeg"),
        _ => None,
    }
}

/// Whether such a file is what was ordered.
pub(super) fn fits(mime: &str, kind: Kind) -> bool {
    match kind {
        Kind::Image => mime.starts_with("image/"),
        Kind::Video => mime.starts_with("video/") || mime == "image/gif",
        // Sound also comes in a film's container.
        Kind::Speech | Kind::Music => mime.starts_with("audio/") || mime == "video/mp4" || mime == "video/webm",
        Kind::Text | Kind::Transcription => false,
    }
}

pub(super) fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "a picture",
        Kind::Video => "a clip",
        Kind::Speech | Kind::Music => "sound",
        Kind::Text | Kind::Transcription => "text",
    }
}

/// The usual ending.
pub(super) fn ending(mime: &str) -> &'static str {
    match mime {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "audio/mpeg" => "mp3",
        "audio/wav" => "wav",
        "audio/flac" => "flac",
        "audio/ogg" => "ogg",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        _ => "bin",
    }
}

/// For people, of what is no medium.
pub(super) fn describe(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head);
    let readable = !text.chars().any(|c| c.is_control() && !c.is_whitespace() || c == '\u{fffd}');
    if readable { format!("text (“{}…”)", text.trim()) } else { "something unknown".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        let known: [(&[u8], &str); 10] = [
            (b"\0\0\0\x20ftypisom", "video/mp4"),
            (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
            (b"\0\0\0\x14ftypM4A ", "audio/mp4"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"RIFF\x01\0\0\0WEBPVP8 ", "image/webp"),
            (b"RIFF\x01\0\0\0WAVEfmt ", "audio/wav"),
            (b"\xff\xfb\x90\x64", "audio/mpeg"),
            (b"ID3\x04", "audio/mpeg"),
            (b"\x1a\x45\xdf\xa3", "video/webm"),
        ];
        for (head, mime) in known {
            assert_eq!(sniff(head), Some(mime));
        }
        for none in [
            &b""[..],
            b"{\"error\":1}",
            b"<!doctype html>",
            b"\0\0\0\x20ftypavif",
            b"RIFF\0\0\0\0AVI ",
            b"\xff\xff\xff\xff",
            b"\xff",
        ] {
            assert_eq!(sniff(none), None, "{none:?}");
        }
    }

    #[test]
    fn what_was_ordered_comes() {
        assert!(fits("image/png", Kind::Image) && !fits("image/png", Kind::Video) && !fits("video/mp4", Kind::Image));
        assert!(fits("audio/mpeg", Kind::Music) && !fits("audio/mpeg", Kind::Video) && !fits("image/png", Kind::Speech));
    }

    #[test]
    fn text_is_shown_and_noise_is_not() {
        assert_eq!(describe(b"{\"a\": 1}"), "text (“{\"a\": 1}…”)");
        assert_eq!(describe(&[0, 1, 2, 255]), "something unknown");
    }
}
