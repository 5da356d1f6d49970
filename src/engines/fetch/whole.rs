//! Whether a file goes to its end. A line that is closed early looks like one that has ended when nobody said how long the file is;
//! most formats tell by themselves.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// True when nothing shows that the end is missing.
pub(super) fn is(path: &Path, mime: &str) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    match mime {
        "video/mp4" | "video/quicktime" | "audio/mp4" => boxes(&mut file, length),
        "image/png" => ends(&mut file, length, b"IEND"),
        "image/gif" => ends(&mut file, length, &[0x3b]),
        "image/jpeg" => ends(&mut file, length, &[0xff, 0xd9]),
        "image/webp" | "audio/wav" => riff(&mut file, length),
        _ => Ok(true),
    }
}

/// The boxes of ISO/IEC 14496-12 one after the other, the last one ends with the file; one holds the pictures, another says how to
/// play them.
fn boxes(file: &mut File, length: u64) -> io::Result<bool> {
    let (mut at, mut index, mut media) = (0, false, false);
    while at + 8 <= length {
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let known = (length - at).min(16) as usize;
        file.read_exact(&mut head[..known])?;
        let mut size = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        index |= matches!(&head[4..8], b"moov" | b"moof");
        media |= &head[4..8] == b"mdat";
        match size {
            // To the end of the file.
            0 => return Ok(index && media),
            1 => size = u64::from_be_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]]),
            _ => {}
        }
        if size < 8 || size > length - at {
            return Ok(false);
        }
        at += size;
    }
    Ok(index && media)
}

/// Whether the mark of the end is among the last bytes; some writers leave a little behind it.
fn ends(file: &mut File, length: u64, mark: &[u8]) -> io::Result<bool> {
    let tail = length.min(64);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes.windows(mark.len()).any(|window| window == mark))
}

/// Writers that don't know the length yet say the largest there is, in 32 or in 31 bits, or a little less.
const STREAMED: u32 = 0x7fff_0000;

/// A RIFF file says its length; one that was streamed says none.
fn riff(file: &mut File, length: u64) -> io::Result<bool> {
    let mut head = [0; 8];
    if length < 12 {
        return Ok(false);
    }
    file.read_exact(&mut head)?;
    let said = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    Ok(said == 0 || said >= STREAMED || u64::from(said) + 8 <= length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8], mime: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        is(&path, mime).unwrap()
    }

    /// One that says how long its content is, and brings it.
    fn boxed(name: &[u8; 4], content: usize) -> Vec<u8> {
        [&(content as u32 + 8).to_be_bytes(), &name[..], &vec![0; content]].concat()
    }

    #[test]
    fn a_film_that_breaks_off_is_seen() {
        let film = [boxed(b"ftyp", 8), boxed(b"moov", 100), boxed(b"mdat", 1000)].concat();
        assert!(whole(&film, "video/mp4"));
        for end in [8, 16, 60, 124, 125, 500, film.len() - 1] {
            assert!(!whole(&film[..end], "video/mp4"), "{end}");
        }
        let large = [&1_u32.to_be_bytes()[..], b"mdat", &20_u64.to_be_bytes(), &[0; 4]].concat();
        assert!(whole(&[boxed(b"moov", 8), large.clone()].concat(), "video/mp4"));
        assert!(!whole(&large, "video/mp4"));
        assert!(!whole(&[&[0, 0, 0, 3][..], b"ftyp", &[0; 20]].concat(), "video/mp4"));
    }

    #[test]
    fn pictures_and_sound_too() {
        assert!(whole(b"\x89PNG....IEND\xae\x42\x60\x82", "image/png"));
        assert!(!whole(b"\x89PNG....", "image/png"));
        let wave = |said: u32| [b"RIFF", &said.to_le_bytes()[..], b"WAVEfmt 12345678"].concat();
        assert!(
            whole(&wave(16), "audio/wav")
                && whole(&wave(u32::MAX), "audio/wav")
                && whole(&wave(0x7fff_f024), "audio/wav")
                && whole(&wave(0), "audio/wav")
        );
        assert!(!whole(&wave(17), "audio/wav") && !whole(b"RIFF", "audio/wav"));
    }
}
