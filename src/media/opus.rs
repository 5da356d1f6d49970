//! Mends the one thing GStreamer's MP4 muxer writes wrong for us: the numbers in Opus' `dOps` box, which are big-endian
//! ("Encapsulation of Opus in ISO Base Media File Format", 4.3.2) and come out little-endian from 1.22. A run-up of 312
//! samples then reads as 14,337, and ffmpeg and the browsers leave out the first 0.3 s of sound. GStreamer itself does not
//! look at the number.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A film's index; that of two hours takes some 6 MB.
const LARGEST_INDEX: u64 = 256 << 20;

/// Highest sample rate anybody records; a swapped 48,000 reads as 2,159,738,880.
const HIGHEST_RATE: u32 = 768_000;

/// Turns swapped numbers in the Opus boxes of the MP4 at `path` round; whether there were any. Right ones stay.
pub(super) fn mend(path: &Path) -> std::io::Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let Some((at, size)) = find_index(&mut file)? else { return Ok(false) };
    let mut index = vec![0; size as usize];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut index)?;
    if !mend_index(&mut index) {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(at))?;
    file.write_all(&index)?;
    Ok(true)
}

/// Where the content of the top-level `moov` box lies, and how long it is.
fn find_index(file: &mut File) -> std::io::Result<Option<(u64, u64)>> {
    let end = file.metadata()?.len();
    let mut at = 0;
    while at + 8 <= end {
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let read = file.read(&mut head)?;
        let short = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        // Size 1 says that a 64-bit size follows (ISO/IEC 14496-12, 4.2).
        let (header, size) = match short {
            1 if read == 16 => (16, u64::from_be_bytes([8, 9, 10, 11, 12, 13, 14, 15].map(|i| head[i]))),
            size => (8, size),
        };
        if size < header || at.saturating_add(size) > end {
            return Ok(None);
        }
        if &head[4..8] == b"moov" {
            return Ok((size <= LARGEST_INDEX).then_some((at + header, size - header)));
        }
        at += size;
    }
    Ok(None)
}

/// Walks down to every `dOps`; whether one was mended.
fn mend_index(boxes: &mut [u8]) -> bool {
    let mut mended = false;
    let mut rest = boxes;
    while let Some(&[a, b, c, d, k, l, m, n]) = rest.first_chunk::<8>() {
        let size = u32::from_be_bytes([a, b, c, d]) as usize;
        if size < 8 || size > rest.len() {
            return mended;
        }
        let (this, next) = rest.split_at_mut(size);
        // How far inside the box its own boxes begin; `stsd` has a count before them, `Opus` an audio sample entry.
        let inside = match &[k, l, m, n] {
            b"trak" | b"mdia" | b"minf" | b"stbl" => Some(8),
            b"stsd" => Some(16),
            b"Opus" => Some(36),
            _ => None,
        };
        mended |= match (&[k, l, m, n], inside) {
            (b"dOps", _) => this.get_mut(8..).is_some_and(mend_numbers),
            (_, Some(inside)) => this.get_mut(inside..).is_some_and(mend_index),
            _ => false,
        };
        rest = next;
    }
    mended
}

/// Version and channels, 1 byte each; run-up 2, sample rate 4, gain 2.
fn mend_numbers(numbers: &mut [u8]) -> bool {
    let Some(&mut [_, _, _, _, a, b, c, d, _, _]) = numbers.first_chunk_mut::<10>() else { return false };
    if u32::from_be_bytes([a, b, c, d]) <= HIGHEST_RATE {
        return false;
    }
    [2..4, 4..8, 8..10].into_iter().for_each(|number| numbers[number].reverse());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], before: usize, content: &[u8]) -> Vec<u8> {
        let mut all = ((8 + before + content.len()) as u32).to_be_bytes().to_vec();
        all.extend(kind);
        all.resize(8 + before, 0);
        all.extend(content);
        all
    }

    fn film(numbers: &[u8]) -> Vec<u8> {
        let dops = boxed(b"dOps", 0, numbers);
        let stsd = boxed(b"stsd", 8, &boxed(b"Opus", 28, &dops));
        let trak = boxed(b"trak", 0, &boxed(b"mdia", 0, &boxed(b"minf", 0, &boxed(b"stbl", 0, &stsd))));
        [boxed(b"ftyp", 4, b"isom"), boxed(b"moov", 0, &trak), boxed(b"mdat", 0, b"dOps")].concat()
    }

    #[test]
    fn swapped_numbers_are_turned_and_right_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let right = film(&[0, 2, 1, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0]);
        std::fs::write(&path, film(&[0, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0])).unwrap();
        assert!(mend(&path).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), right);
        assert!(!mend(&path).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), right);
    }

    #[test]
    fn broken_boxes_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let whole = film(&[0, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
        for cut in [0, 5, 20, whole.len() / 2] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(!mend(&path).unwrap());
        }
    }
}
