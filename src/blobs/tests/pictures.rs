//! Pictures: real ones of each kind, ones that lie about their name, their kind or their size.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::super::pictures::{MAX_SIDE, decode_still, import};
use super::super::{Error, files};

/// JPEG's rounding of a plain colour, per channel.
const JPEG_ERROR: u8 = 4;

/// A plain orange picture.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(width, height, Rgb([250, 120, 10]))).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

/// CRC-32 as PNG has it (ISO 3309), bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A small PNG whose header claims another size, with a right checksum.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(2, 2);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn each_kind_is_copied_whole_and_decoded() {
    let project = tempfile::tempdir().unwrap();
    let source = tempfile::tempdir().unwrap();
    for (format, name) in [(ImageFormat::Png, "a.png"), (ImageFormat::Jpeg, "a.jpg"), (ImageFormat::WebP, "a.webp")] {
        let path = source.path().join("a.upload");
        fs::write(&path, picture(40, 20, format)).unwrap();
        let relative = import(project.path(), &path).unwrap();
        assert_eq!(relative, format!("pictures/{name}"));
        let copy = project.path().join(&relative);
        assert_eq!(fs::read(&copy).unwrap(), fs::read(&path).unwrap());
        let still = decode_still(&copy, 1920, 1080).unwrap();
        assert_eq!((still.width, still.height, still.rgba.len()), (40, 20, 40 * 20 * 4));
        for pixel in still.rgba.chunks(4) {
            assert!(pixel.iter().zip([250u8, 120, 10, 255]).all(|(a, b)| a.abs_diff(b) <= JPEG_ERROR), "{pixel:?}");
        }
    }
}

#[test]
fn names_are_made_safe_and_never_shared() {
    let project = tempfile::tempdir().unwrap();
    let source = tempfile::tempdir().unwrap();
    let long = "語".repeat(84);
    for (name, expected) in [
        ("what: a? day.png", "what- a- day.png".to_owned()),
        ("what: a? day.png", "what- a- day-2.png".to_owned()),
        ("...png", "picture.png".to_owned()),
        (&long, format!("{}.png", "語".repeat(60))),
    ] {
        let path = source.path().join(name);
        fs::write(&path, png(1, 1)).unwrap();
        assert_eq!(import(project.path(), &path).unwrap(), format!("pictures/{expected}"));
    }
}

#[test]
fn a_picture_is_scaled_to_fit_and_never_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.png");
    fs::write(&path, png(400, 200)).unwrap();
    for (max, expected) in [((100, 100), (100, 50)), ((1000, 20), (40, 20)), ((800, 800), (400, 200)), ((0, 0), (1, 1))] {
        let still = decode_still(&path, max.0, max.1).unwrap();
        assert_eq!((still.width, still.height), expected);
        assert_eq!(still.rgba.len() as u32, still.width * still.height * 4);
        assert!(still.rgba.chunks(4).all(|pixel| pixel == [250, 120, 10, 255]));
    }
}

#[test]
fn a_photograph_stands_upright() {
    let jpeg = picture(40, 20, ImageFormat::Jpeg);
    // Behind the start marker: an EXIF segment whose only entry (0x0112, orientation) says "turn right".
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec();
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    let length = (2 + 6 + tiff.len() as u16).to_be_bytes();
    let turned = [&jpeg[..2], &[0xff, 0xe1], &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.jpg");
    fs::write(&path, turned).unwrap();
    let still = decode_still(&path, 1920, 1080).unwrap();
    assert_eq!((still.width, still.height), (20, 40));
}

#[test]
fn what_is_no_picture_is_refused_and_not_copied() {
    let project = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.png");
    let whole = png(64, 64);
    for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", b"GIF89a\x01\0\x01\0\0\0\0;", b"<svg/>", &whole[..whole.len() / 2]] {
        fs::write(&path, bytes).unwrap();
        let error = import(project.path(), &path).unwrap_err();
        assert!(matches!(error, Error::Picture { .. }), "{error}");
    }
    assert!(matches!(import(project.path(), folder.path()), Err(Error::Picture { .. })));
    assert!(matches!(import(project.path(), Path::new("/no/such.png")), Err(Error::NotFound(_))));
    assert!(!project.path().join("pictures").exists());
}

#[test]
fn claims_of_size_are_refused_before_memory_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.png");
    for (width, height) in [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1), (16_000, 16_000), (i32::MAX as u32, i32::MAX as u32)] {
        fs::write(&path, claiming(width, height)).unwrap();
        let error = decode_still(&path, 100, 100).unwrap_err();
        assert!(matches!(error, Error::PictureTooLarge { .. }), "{error}");
    }
    // The checksum of the claim is right: the same way of writing it, with the true size, is accepted.
    fs::write(&path, claiming(2, 2)).unwrap();
    decode_still(&path, 100, 100).unwrap();
}

#[test]
fn a_file_too_large_to_be_a_picture_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.png");
    files::write_new(&path, &png(2, 2)).unwrap();
    // Sparse: a size without bytes on the disk.
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(super::super::pictures::MAX_BYTES + 1).unwrap();
    assert!(matches!(decode_still(&path, 100, 100), Err(Error::PictureTooLarge { .. })));
}
