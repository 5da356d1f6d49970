//! Motion JPEG to RGBA, on the processor. Apart from the drawing, so that a worker can decode a camera's frames before they
//! reach the screen; the compositor decodes by itself what nobody decoded.

use bytes::Bytes;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::error::Error;
use crate::core::frame::{Frame, Pixels};

/// Wider or higher than any camera; a broken header must not make us reserve gigabytes.
const MAX_SIDE: usize = 8192;

/// The frame with its JPEG picture decoded to `Rgba`, in the picture's own size, stamp and number kept. Frames of other formats
/// come back as they are (sharing their bytes).
pub fn decode_mjpeg(frame: &Frame) -> Result<Frame, Error> {
    if frame.format.pixels != Pixels::Mjpeg {
        return Ok(frame.clone());
    }
    let options =
        DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGBA).set_max_width(MAX_SIDE).set_max_height(MAX_SIDE);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&frame.data[..]), options);
    let data = decoder.decode().map_err(|error| Error::Jpeg(error.to_string()))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| Error::Jpeg("it names no size".into()))?;
    let mut format = frame.format;
    (format.width, format.height) = (width as u32, height as u32);
    (format.pixels, format.full_range) = (Pixels::Rgba, true);
    Ok(Frame { format, data: Bytes::from(data), ..*frame })
}
