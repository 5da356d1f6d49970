//! A picture as a PNG file that says what made it, in the file itself, so that it is told wherever the file goes.

use std::io::Cursor;
use std::path::Path;

use image::{ExtendedColorType, ImageEncoder};

use crate::blobs::files;
use crate::core::generate::{Class, Failure};

/// Length of the signature and the header chunk, behind which texts may stand (PNG, 3rd edition, 5.6).
const BEHIND_HEADER: usize = 8 + 25;

/// Writes an opaque picture (R G B A), with texts by their keywords, to a file that is not there yet.
pub(super) fn write(path: &Path, rgba: &[u8], size: [u32; 2], texts: &[(&str, &str)]) -> Result<(), Failure> {
    let here = |what: String| Failure::new(Class::Here, what);
    let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut file = Vec::new();
    image::codecs::png::PngEncoder::new(Cursor::new(&mut file))
        .write_image(&rgb, size[0], size[1], ExtendedColorType::Rgb8)
        .map_err(|error| here(format!("The picture can't be written: {error}.")))?;
    let at = BEHIND_HEADER.min(file.len());
    let rest = file.split_off(at);
    texts.iter().for_each(|(keyword, text)| file.extend(chunk(keyword, text)));
    file.extend(rest);
    files::write_new(path, &file).map_err(super::failure)
}

/// An `iTXt` chunk: text in UTF-8, not compressed, of no named language (11.3.3.4).
fn chunk(keyword: &str, text: &str) -> Vec<u8> {
    let mut body = b"iTXt".to_vec();
    body.extend(keyword.bytes().filter(u8::is_ascii_graphic).take(79));
    body.extend([0, 0, 0, 0, 0]);
    body.extend(text.bytes().filter(|byte| *byte != 0));
    let mut chunk = ((body.len() - 4) as u32).to_be_bytes().to_vec();
    let sum = crc(&body);
    chunk.extend(body);
    chunk.extend(sum.to_be_bytes());
    chunk
}

/// CRC-32 (PNG, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_standard() {
        assert_eq!(crc(b"IEND"), 0xae42_6082);
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_picture_reads_back_and_tells_what_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let rgba: Vec<u8> = (0..4 * 3 * 2).map(|at| if at % 4 == 3 { 255 } else { at as u8 * 9 }).collect();
        write(&path, &rgba, [3, 2], &[("Software", "Onetake"), ("Comment", "é\0 not by AI")]).unwrap();
        let read = image::open(&path).unwrap().to_rgba8();
        assert_eq!((read.dimensions(), read.into_raw()), ((3, 2), rgba.clone()));
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.windows(10).any(|part| part == b" not by AI"));
        assert!(write(&path, &rgba, [3, 2], &[]).is_err(), "nothing is written over");
    }
}
