//! What kind of file arrived, by its first bytes: names and announced types are what a client believes. Only what a player
//! can be given back is taken.

/// Bytes that are enough to tell.
pub(super) const HEAD_BYTES: usize = 4096;

/// Containers that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Matroska,
    Webm,
    Mp4,
    Mov,
    /// Matroska and MP4 in which there is nothing to see; told by whoever sends it, the container looks the same.
    MatroskaSound,
    Mp4Sound,
}

impl Kind {
    pub const ALL: [Kind; 6] = [Kind::Matroska, Kind::Webm, Kind::Mp4, Kind::Mov, Kind::MatroskaSound, Kind::Mp4Sound];

    /// The ending of the stored file.
    pub fn ending(self) -> &'static str {
        match self {
            Kind::Matroska => "mkv",
            Kind::Webm => "webm",
            Kind::Mp4 => "mp4",
            Kind::Mov => "mov",
            Kind::MatroskaSound => "mka",
            Kind::Mp4Sound => "m4a",
        }
    }

    pub fn mime(self) -> &'static str {
        match self {
            Kind::Matroska => "video/x-matroska",
            Kind::Webm => "video/webm",
            Kind::Mp4 => "video/mp4",
            Kind::Mov => "video/quicktime",
            Kind::MatroskaSound => "audio/x-matroska",
            Kind::Mp4Sound => "audio/mp4",
        }
    }

    /// The same container, known to hold sound alone.
    pub fn of_sound(self) -> Kind {
        match self {
            Kind::Matroska => Kind::MatroskaSound,
            Kind::Mp4 => Kind::Mp4Sound,
            other => other,
        }
    }

    /// The kind whose file begins with `head`.
    pub fn of(head: &[u8]) -> Option<Kind> {
        // RFC 8794, section 8.1: an EBML header, within it DocType (0x4282) with its length and text.
        if head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
            let header = head.get(..head.len().min(128))?;
            let at = header.windows(2).position(|pair| pair == [0x42, 0x82])?;
            let text = header.get(at + 3..)?;
            let kinds = [(b"matroska".as_slice(), Kind::Matroska), (b"webm".as_slice(), Kind::Webm)];
            return kinds.into_iter().find(|(name, _)| text.starts_with(name)).map(|(_, kind)| kind);
        }
        // ISO/IEC 14496-12, 4.3: a size, then the type of the first box. Before `ftyp` existed QuickTime began with any of these.
        match head.get(4..8)? {
            b"ftyp" if head.get(8..12)? == b"qt  " => Some(Kind::Mov),
            b"ftyp" => Some(Kind::Mp4),
            b"moov" | b"mdat" | b"wide" | b"free" | b"skip" => Some(Kind::Mov),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        let matroska = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x14\x42\x86\x81\x01\x42\x82\x88matroska";
        assert_eq!(Kind::of(matroska), Some(Kind::Matroska));
        assert_eq!(Kind::of(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42"), Some(Kind::Webm));
        assert_eq!(Kind::of(b"\0\0\0\x20ftypisom\0\0\x02\0"), Some(Kind::Mp4));
        assert_eq!(Kind::of(b"\0\0\0\x14ftypqt  \0\0\0\0"), Some(Kind::Mov));
        assert_eq!(Kind::of(b"\0\0\0\x08wide\0\0\0\0mdat"), Some(Kind::Mov));
        for other in
            [&b""[..], b"<html>", b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x42\x82", b"\0\0\0\x20ftyp", b"RIFF\0\0\0\0AVI "]
        {
            assert_eq!(Kind::of(other), None, "{other:?}");
        }
    }
}
