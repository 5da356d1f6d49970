//! Small pictures for the cache: JPEG, which is small and fast to decode. A picture with holes is laid on a chequered ground, as it
//! is the custom, because JPEG has no holes.

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat, ImageReader, Limits};

use crate::core::frame::Still;

/// Of 100: what the eye does not tell from the original at this size.
const QUALITY: u8 = 82;

/// Side of a chequer in pixels, and its two greys.
const CHEQUER: u32 = 12;
const GREYS: [u32; 2] = [72, 104];

/// A strip of the largest frames is far smaller.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The still as JPEG; `None` for one whose bytes don't match its size.
pub fn to_jpeg(still: &Still) -> Option<Vec<u8>> {
    let (width, height) = (still.width as usize, still.height as usize);
    if still.rgba.len() != width * height * 4 {
        return None;
    }
    let mut rgb = Vec::with_capacity(width * height * 3);
    for (at, pixel) in still.rgba.chunks_exact(4).enumerate() {
        let (x, y) = ((at % width) as u32, (at / width) as u32);
        let ground = GREYS[((x / CHEQUER + y / CHEQUER) % 2) as usize];
        let alpha = u32::from(pixel[3]);
        rgb.extend(pixel[..3].iter().map(|&value| ((u32::from(value) * alpha + ground * (255 - alpha) + 127) / 255) as u8));
    }
    let mut jpeg = Vec::new();
    let encoded =
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(&rgb, still.width, still.height, ExtendedColorType::Rgb8);
    encoded.is_ok().then_some(jpeg)
}

/// A still from JPEG; `None` when it is torn or no JPEG at all.
pub fn from_jpeg(jpeg: &[u8]) -> Option<Still> {
    let mut reader = ImageReader::with_format(std::io::Cursor::new(jpeg), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let rgba = reader.decode().ok()?.into_rgba8();
    Some(Still { width: rgba.width(), height: rgba.height(), rgba: Bytes::from(rgba.into_raw()) })
}

/// Stills of one size side by side; `None` when there are none or their sizes differ.
pub fn row(stills: &[Still]) -> Option<Still> {
    let (width, height) = stills.first().map(|still| (still.width, still.height))?;
    let line = width as usize * 4;
    let fits = |still: &Still| (still.width, still.height) == (width, height) && still.rgba.len() == line * height as usize;
    if line == 0 || !stills.iter().all(fits) {
        return None;
    }
    let mut rgba = Vec::with_capacity(line * height as usize * stills.len());
    for y in 0..height as usize {
        stills.iter().for_each(|still| rgba.extend_from_slice(&still.rgba[y * line..(y + 1) * line]));
    }
    Some(Still { width: width * stills.len() as u32, height, rgba: rgba.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, pixel: [u8; 4]) -> Still {
        Still { width, height, rgba: pixel.repeat((width * height) as usize).into() }
    }

    #[test]
    fn a_still_comes_back_nearly_as_it_was() {
        let back = from_jpeg(&to_jpeg(&plain(40, 30, [200, 100, 50, 255])).unwrap()).unwrap();
        assert_eq!((back.width, back.height), (40, 30));
        for (value, expected) in back.rgba[..4].iter().zip([200, 100, 50, 255]) {
            assert!(value.abs_diff(expected) <= 4, "{:?}", &back.rgba[..4]);
        }
        let mut torn = to_jpeg(&plain(40, 30, [200, 100, 50, 255])).unwrap();
        torn.truncate(20);
        assert!(from_jpeg(&torn).is_none() && from_jpeg(b"").is_none() && from_jpeg(b"GIF89a").is_none());
        assert!(to_jpeg(&Still { width: 4, height: 4, rgba: vec![0; 5].into() }).is_none());
    }

    #[test]
    fn holes_show_a_chequered_ground() {
        let back = from_jpeg(&to_jpeg(&plain(48, 24, [255, 0, 0, 0])).unwrap()).unwrap();
        let grey = |x: usize, y: usize| back.rgba[(y * 48 + x) * 4];
        assert!(grey(6, 6).abs_diff(72) <= 8 && grey(18, 6).abs_diff(104) <= 8 && grey(18, 18).abs_diff(72) <= 8);
    }

    #[test]
    fn stills_lie_side_by_side() {
        let row = row(&[plain(2, 2, [1; 4]), plain(2, 2, [2; 4])]).unwrap();
        assert_eq!((row.width, row.height), (4, 2));
        assert_eq!(row.rgba.chunks(4).map(|pixel| pixel[0]).collect::<Vec<_>>(), [1, 1, 2, 2, 1, 1, 2, 2]);
        assert!(super::row(&[]).is_none());
        assert!(super::row(&[plain(2, 2, [1; 4]), plain(2, 3, [2; 4])]).is_none());
    }
}
