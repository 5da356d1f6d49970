//! How long a file says that it is. Containers tell the size of their parts, so a file that broke off in copying is noticed
//! without decoding anything; those that were written live tell nothing, and are believed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::error::Error;
use super::index::{SEGMENT_ID, number};

/// A box of an MP4 that has more of them at its top level than this is no film: a fragmented day has 90,000.
const MAX_BOXES: usize = 1_000_000;

/// Writers that can't go back put such a size into a RIFF's head, or zero.
const RIFF_UNKNOWN: u32 = 0x7fff_0000;

/// Bytes of a Matroska file's head: its EBML header and the beginning of its segment.
const EBML_HEAD: u64 = 256;
const EBML_ID: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// What a container tells about its own length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes there ought to be, when it says so.
    pub said: Option<u64>,
    /// Written piece by piece: what its head says of its duration may be of the first piece only.
    pub pieces: bool,
    /// An MP4 whose index was never written.
    pub no_index: bool,
}

/// Refuses a file that is shorter than it says; tells what else its container says.
pub(super) fn check_whole(path: &Path) -> Result<Extent, Error> {
    let failed = |error| Error::file(path, error);
    let mut file = File::open(path).map_err(failed)?;
    let there = file.metadata().map_err(failed)?.len();
    let extent = extent(&mut file, there).map_err(failed)?;
    match extent.said {
        Some(said) if said > there => Err(Error::BrokenOff { path: path.to_owned(), there, said }),
        _ if extent.no_index => Err(Error::NoIndex(path.to_owned())),
        _ => Ok(extent),
    }
}

fn extent(file: &mut File, there: u64) -> io::Result<Extent> {
    let mut head = Vec::new();
    file.take(EBML_HEAD).read_to_end(&mut head)?;
    if head.starts_with(b"RIFF") {
        return Ok(Extent { said: riff(&head), ..Extent::default() });
    }
    if head.starts_with(&EBML_ID) {
        return Ok(Extent { said: segment_end(&head), ..Extent::default() });
    }
    let is_boxes = head
        .get(4..8)
        .is_some_and(|name| [*b"ftyp", *b"moov", *b"mdat", *b"wide", *b"free", *b"skip"].iter().any(|known| name == known));
    if is_boxes { boxes(file, there) } else { Ok(Extent::default()) }
}

/// Where a WAV's or an AVI's (first) RIFF ends. A padding byte at the end may be missing.
fn riff(head: &[u8]) -> Option<u64> {
    let size = u32::from_le_bytes(head.get(4..8)?.try_into().ok()?);
    (1..RIFF_UNKNOWN).contains(&size).then(|| u64::from(size & !1) + 8)
}

/// Where a Matroska file's segment ends, if its size was filled in.
fn segment_end(head: &[u8]) -> Option<u64> {
    let (size, _, rest) = number(head.strip_prefix(&EBML_ID)?)?;
    let rest = rest.get(usize::try_from(size).ok()?..)?.strip_prefix(&SEGMENT_ID)?;
    let (size, unknown, rest) = number(rest)?;
    (!unknown).then(|| ((head.len() - rest.len()) as u64).saturating_add(size))
}

/// Hops over the boxes of an MP4 or MOV (ISO/IEC 14496-12, section 4.2).
fn boxes(file: &mut File, there: u64) -> io::Result<Extent> {
    let mut extent = Extent { no_index: true, ..Extent::default() };
    let mut at = 0u64;
    for _ in 0..MAX_BOXES {
        if there - at < 8 {
            return Ok(extent);
        }
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let got = fill(file, &mut head)?;
        let name = &head[4..8];
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            // To the end of the file.
            0 => there - at,
            1 if got == 16 => {
                u64::from_be_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]])
            }
            size => u64::from(size),
        };
        // Some programs leave rubbish or zeros behind the last box.
        if size < 8 || !name.iter().all(|c| c.is_ascii_graphic() || *c == b' ') {
            return Ok(extent);
        }
        extent.no_index &= name != b"moov";
        extent.pieces |= name == b"moof";
        at = at.saturating_add(size);
        if at > there {
            // A file that has its index and lacks only what nobody plays is whole enough.
            let rest = [*b"free", *b"skip"].iter().any(|known| name == known);
            extent.said = (!rest).then_some(at);
            return Ok(extent);
        }
    }
    Ok(extent)
}

/// Reads as much as there is; how much that was.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match file.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(read) => got += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn of(bytes: &[u8]) -> Result<Extent, Error> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        check_whole(file.path())
    }

    fn part(name: &[u8; 4], body: usize) -> Vec<u8> {
        [&((body + 8) as u32).to_be_bytes()[..], name, &vec![0; body]].concat()
    }

    #[test]
    fn boxes_are_hopped_over_to_the_end() {
        let whole = [part(b"ftyp", 8), part(b"moov", 20), part(b"mdat", 100)].concat();
        assert_eq!(of(&whole).unwrap(), Extent::default());
        let error = of(&whole[..whole.len() - 1]).unwrap_err();
        assert!(matches!(error, Error::BrokenOff { there: 151, said: 152, .. }), "{error:?}");
        let pieces = [part(b"ftyp", 8), part(b"moov", 20), part(b"moof", 9), part(b"mdat", 9)].concat();
        assert!(of(&pieces).unwrap().pieces);
        let no_index = [part(b"ftyp", 8), part(b"mdat", 9)].concat();
        assert!(matches!(of(&no_index), Err(Error::NoIndex(_))));
        let long =
            [part(b"ftyp", 8), part(b"moov", 8), [&1u32.to_be_bytes()[..], b"mdat", &24u64.to_be_bytes(), &[0; 8]].concat()];
        assert_eq!(of(&long.concat()).unwrap(), Extent::default());
        let to_the_end = [part(b"ftyp", 8), part(b"moov", 8), [&0u32.to_be_bytes()[..], b"mdat", &[0; 99]].concat()];
        assert_eq!(of(&to_the_end.concat()).unwrap(), Extent::default());
        let rubbish = [part(b"ftyp", 8), part(b"moov", 8), vec![0; 40]].concat();
        assert_eq!(of(&rubbish).unwrap(), Extent::default());
    }

    #[test]
    fn riff_and_matroska_say_where_they_end() {
        let wav = |size: u32, body: usize| [&b"RIFF"[..], &size.to_le_bytes(), &vec![0; body]].concat();
        assert_eq!(of(&wav(100, 100)).unwrap().said, Some(108));
        assert_eq!(of(&wav(101, 100)).unwrap().said, Some(108), "a padding byte may be missing");
        assert!(matches!(of(&wav(100, 90)), Err(Error::BrokenOff { there: 98, said: 108, .. })));
        for unknown in [0, u32::MAX, 0x7fff_ffff] {
            assert_eq!(of(&wav(unknown, 10)).unwrap().said, None, "written into a pipe");
        }
        let mkv = |size: u8, body: usize| [&EBML_ID[..], &[0x82, 0, 0], &SEGMENT_ID, &[size], &vec![0; body]].concat();
        assert_eq!(of(&mkv(0x80 | 50, 50)).unwrap().said, Some(62));
        assert!(matches!(of(&mkv(0x80 | 50, 40)), Err(Error::BrokenOff { .. })));
        assert_eq!(of(&mkv(0xff, 40)).unwrap().said, None, "its writer was killed");
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(head in prop::sample::select(vec![&b"RIFF"[..], b"\x1a\x45\xdf\xa3", b"\0\0\0\x10ftyp", b""]),
                                rest in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = of(&[head, &rest].concat());
        }
    }
}
