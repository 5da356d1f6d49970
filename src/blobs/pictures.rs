//! Pictures of a project: checked by really decoding them, copied under a safe name, decoded again at the size of a screen.
//!
//! What a file is, is told by its first bytes; its name may lie. Limits are asked for before any pixel is made, so that a
//! small file cannot claim all memory.

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::Path;

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::error::sorted;
use super::{Error, files, names};
use crate::core::frame::Still;
use crate::core::project::PICTURES_FOLDER;

/// The longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// The most memory one picture may take when decoded, and the largest file that is read.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Copies a picture file into a project, under a name made from its own, and gives its path from the project's folder
/// (`pictures/{name}`), as scripts write it.
pub fn import(project_folder: &Path, source: &Path) -> Result<String, Error> {
    let bytes = read(source)?;
    let (format, _) = decode(source, &bytes)?;
    let stem = source.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let ending = format.extensions_str().first().copied().unwrap_or("img");
    let name = format!("{}.{ending}", names::safe_name(&stem, "picture"));
    let folder = project_folder.join(PICTURES_FOLDER);
    fs::create_dir_all(&folder).map_err(sorted("made", &folder))?;
    let path = files::write_unique(&folder, &name, &bytes)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    Ok(format!("{PICTURES_FOLDER}/{name}"))
}

/// What a picture is, told by decoding all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Upright, in pixels.
    pub width: u32,
    pub height: u32,
    /// One can look through it somewhere.
    pub holes: bool,
    /// Its format in words.
    pub format: &'static str,
    pub mime: &'static str,
    /// What such a file's name ends with.
    pub ending: &'static str,
}

/// Whether a file that begins with these bytes is a picture, one that can be used or not.
pub fn is_picture(head: &[u8]) -> bool {
    use ImageFormat::{Avif, Bmp, Gif, Jpeg, Png, Tiff, WebP};
    // Other formats are told by two or three bytes, which films and sound may begin with too.
    matches!(image::guess_format(head), Ok(Png | Jpeg | WebP | Gif | Tiff | Bmp | Avif))
}

/// Looks at a picture file; the same limits hold as for any other.
pub fn examine(path: &Path) -> Result<Examined, Error> {
    let (format, picture) = decode(path, &read(path)?)?;
    let holes = match &picture {
        DynamicImage::ImageRgba8(pixels) => pixels.pixels().any(|pixel| pixel.0[3] != u8::MAX),
        DynamicImage::ImageRgba16(pixels) => pixels.pixels().any(|pixel| pixel.0[3] != u16::MAX),
        other => other.color().has_alpha() && other.to_rgba8().pixels().any(|pixel| pixel.0[3] != u8::MAX),
    };
    let (words, ending) = match format {
        ImageFormat::Png => ("PNG", "png"),
        ImageFormat::WebP => ("WebP", "webp"),
        _ => ("JPEG", "jpg"),
    };
    let (width, height) = (picture.width(), picture.height());
    Ok(Examined { width, height, holes, format: words, mime: format.to_mime_type(), ending })
}

/// Decodes a picture upright and, when it is larger than `max_width` × `max_height`, scaled down to fit.
pub fn decode_still(path: &Path, max_width: u32, max_height: u32) -> Result<Still, Error> {
    let (_, picture) = decode(path, &read(path)?)?;
    let (max_width, max_height) = (max_width.max(1), max_height.max(1));
    let picture = if picture.width() > max_width || picture.height() > max_height {
        picture.resize(max_width, max_height, image::imageops::FilterType::Triangle)
    } else {
        picture
    };
    let rgba = picture.into_rgba8();
    Ok(Still { width: rgba.width(), height: rgba.height(), rgba: Bytes::from(rgba.into_raw()) })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let facts = fs::metadata(path).map_err(sorted("read", path))?;
    if !facts.is_file() {
        return Err(Error::Picture { path: path.to_owned(), detail: "it is not an ordinary file".into() });
    }
    if facts.len() > MAX_BYTES {
        return Err(too_large(path, format!("its file is larger than {} MB", MAX_BYTES >> 20)));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(sorted("read", path))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(path, format!("its file is larger than {} MB", MAX_BYTES >> 20)));
    }
    Ok(bytes)
}

/// The picture, turned as its EXIF data says.
fn decode(path: &Path, bytes: &[u8]) -> Result<(ImageFormat, DynamicImage), Error> {
    let broken = |detail: String| Error::Picture { path: path.to_owned(), detail };
    let failed = |error: ImageError| match error {
        ImageError::Limits(_) => too_large(path, format!("it needs more than {} MB of memory", MAX_BYTES >> 20)),
        other => broken(other.to_string()),
    };
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| broken(error.to_string()))?;
    let format = match reader.format() {
        Some(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        Some(other) => return Err(broken(format!("its format is {other:?}"))),
        None => return Err(broken("its format is not known".into())),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(too_large(path, format!("{width} × {height}; the longest side may have {MAX_SIDE} pixels")));
    }
    // What it takes decoded, and as the RGBA it becomes.
    if decoder.total_bytes().max(u64::from(width) * u64::from(height) * 4) > MAX_BYTES {
        return Err(too_large(path, format!("{width} × {height} needs more than {} MB of memory", MAX_BYTES >> 20)));
    }
    let orientation = decoder.orientation().map_err(failed)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    picture.apply_orientation(orientation);
    Ok((format, picture))
}

fn too_large(path: &Path, detail: String) -> Error {
    Error::PictureTooLarge { path: path.to_owned(), detail }
}
