//! Where a JPEG picture ends. A camera's buffer is as long as the longest picture, so after the picture come bytes of older
//! ones, perhaps with end markers of their own: the end must be found by walking from the start.
//! Markers as in ITU-T T.81, table B.1.

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

/// Length in bytes of the JPEG picture at the start of `data`; `None` when there is none or it is cut off.
pub fn length(data: &[u8]) -> Option<usize> {
    if data.get(..2)? != [0xFF, START] {
        return None;
    }
    let mut at = 2;
    loop {
        // Markers may be preceded by any number of fill bytes.
        if *data.get(at)? != 0xFF {
            return None;
        }
        match *data.get(at + 1)? {
            0xFF => at += 1,
            END => return Some(at + 2),
            // Markers without a segment: TEM and restart markers.
            0x01 | 0xD0..=0xD7 => at += 2,
            0x00 | START => return None,
            marker => {
                let size = usize::from(u16::from_be_bytes([*data.get(at + 2)?, *data.get(at + 3)?]));
                if size < 2 {
                    return None;
                }
                at += 2 + size;
                if marker == SCAN {
                    at += coded_bytes(data.get(at..)?)?;
                }
            }
        }
    }
}

/// Entropy-coded bytes up to the next marker that is not part of them (stuffed zeros and restart markers are).
fn coded_bytes(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A segment that hides an end marker, as a thumbnail would; two scans with stuffing, a restart and fill bytes.
    fn picture() -> Vec<u8> {
        let mut data = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 1, 2];
        data.extend([0xFF, 0xFF, 0xDA, 0, 3, 7, 1, 0xFF, 0x00, 2, 0xFF, 0xD3, 3]);
        data.extend([0xFF, 0xC4, 0, 3, 9, 0xFF, 0xDA, 0, 2, 5, 5, 0xFF, 0xD9]);
        data
    }

    #[test]
    fn the_end_is_found_among_older_bytes() {
        let mut data = picture();
        let length = data.len();
        data.extend([0, 0, 7, 0xFF, 0xD9, 0xFF, 0xD8, 3, 0xFF, 0xD9]);
        assert_eq!(super::length(&data), Some(length));
    }

    #[test]
    fn a_real_encoders_picture_is_whole() {
        let mut coded = std::io::Cursor::new(Vec::new());
        let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([(x * 4) as u8, (y * 5) as u8, (x ^ y) as u8]));
        picture.write_to(&mut coded, image::ImageFormat::Jpeg).unwrap();
        let mut data = coded.into_inner();
        let length = data.len();
        data.resize(length + 1000, 0xFF);
        assert_eq!(super::length(&data), Some(length));
    }

    #[test]
    fn a_cut_picture_has_no_length() {
        let data = picture();
        for cut in 0..data.len() {
            assert_eq!(length(&data[..cut]), None, "{cut}");
        }
    }

    proptest! {
        #[test]
        fn rubbish_is_survived(mut data in proptest::collection::vec(any::<u8>(), 0..300)) {
            data.splice(0..0, [0xFF, 0xD8]);
            if let Some(length) = length(&data) {
                prop_assert!(length <= data.len() && data[length - 2..length] == [0xFF, 0xD9]);
            }
        }
    }
}
