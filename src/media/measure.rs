//! How fast an encoder really is here: it is given a second of pictures as fast as it takes them, through the very chain that
//! records (`record::encode`), conversion and parser included.
//!
//! The pictures are made to cost what a talking head costs, not what a test card does: a textured ground with a camera's noise,
//! new in each picture, and a textured shape that moves.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::elements::{chain, make};
use super::error::Error;
use super::frames::{video_caps, wrap};
use super::record::encode::{Encoding, Hear, Raw};
use crate::core::frame::{Frame, Pixels, VideoFormat};
use crate::core::profile::Encoder;
use crate::core::time::Moment;

/// Pictures that are made; they are shown to and fro.
const PICTURES: usize = 6;

/// As many are given ahead: more than an encoder holds back, few enough to bound the memory.
const AHEAD: u64 = 8;

/// A size that takes longer for its second is measured as far as it got.
const LIMIT: Duration = Duration::from_secs(2);
/// How long the first picture may take: a graphics driver compiles something.
const FIRST_LIMIT: Duration = Duration::from_secs(8);

/// How far the shape moves from picture to picture, as a part of the picture's width.
const STEP: f64 = 0.004;

/// Pictures a second. `Cancelled` when `cancel` is set.
pub fn speed(encoder: &Encoder, format: &VideoFormat, cancel: &AtomicBool) -> Result<f64, Error> {
    super::init()?;
    let pictures = pictures(format)?;
    let (tell, told) = channel();
    let encoding = Encoding::start(&Raw::Pictures(*format), encoder, Counting(tell))?;
    let result = run(&encoding.source, &pictures, format, &told, cancel);
    match result {
        // It may hang in stopping too.
        Err(Error::Timeout { .. }) => encoding.discard(),
        _ => encoding.stop(),
    }
    result
}

enum Told {
    Picture,
    Failed(Error),
}

struct Counting(Sender<Told>);

impl Hear for Counting {
    fn encoded(&self, _sample: gst::Sample) -> Result<gst::FlowSuccess, gst::FlowError> {
        self.0.send(Told::Picture).map(|()| gst::FlowSuccess::Ok).map_err(|_| gst::FlowError::Flushing)
    }

    fn emptied(&self) {}

    fn failed(&self, error: Error) {
        // Whoever measured has what it wanted.
        let _ = self.0.send(Told::Failed(error));
    }
}

/// Gives pictures and counts what comes out, from the first one on.
fn run(
    source: &gst_app::AppSrc,
    pictures: &[gst::Buffer],
    format: &VideoFormat,
    told: &Receiver<Told>,
    cancel: &AtomicBool,
) -> Result<f64, Error> {
    let wanted = (format.rate.fps().round() as u64).max(8);
    let (mut given, mut out) = (0u64, 0u64);
    let mut began: Option<Instant> = None;
    loop {
        while given < out + AHEAD {
            let mut buffer = to_and_fro(pictures, given).copy();
            if let Some(buffer) = buffer.get_mut() {
                buffer.set_pts(gst::ClockTime::from_nseconds(format.rate.frame_start(given)));
                buffer.set_duration(gst::ClockTime::from_nseconds(format.rate.frame_nanos()));
            }
            source.push_buffer(buffer).map_err(|error| Error::build("source", error))?;
            given += 1;
        }
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let patience = began.map_or(FIRST_LIMIT, |began| LIMIT.saturating_sub(began.elapsed()));
        match told.recv_timeout(patience) {
            Ok(Told::Picture) => out += 1,
            Ok(Told::Failed(error)) => return Err(error),
            Err(RecvTimeoutError::Timeout) if out > 1 => {}
            Err(_) => return Err(Error::Timeout { what: "the encoder", seconds: patience.as_secs() }),
        }
        let elapsed = began.get_or_insert_with(Instant::now).elapsed();
        if out > wanted || elapsed >= LIMIT {
            return Ok((out - 1) as f64 / elapsed.as_secs_f64().max(1e-6));
        }
    }
}

/// 0 1 2 3 2 1 0 1 …, so that the movement never jumps.
fn to_and_fro(pictures: &[gst::Buffer], number: u64) -> &gst::Buffer {
    let turn = 2 * (pictures.len() as u64 - 1).max(1);
    let at = number % turn;
    &pictures[at.min(turn - at) as usize % pictures.len()]
}

/// Pictures of the format, as a camera would give them.
fn pictures(format: &VideoFormat) -> Result<Vec<gst::Buffer>, Error> {
    let raw = match format.pixels {
        Pixels::Mjpeg => VideoFormat { pixels: Pixels::I420, ..*format },
        _ => *format,
    };
    // Two grounds that differ in their noise alone take turns.
    let grounds = [ground(&raw, 1), ground(&raw, 2)];
    let frames = (0..PICTURES).map(|number| Frame {
        format: raw,
        data: laid_out(&luma(&raw, &grounds, number), &raw).into(),
        stamp: Moment(0),
        number: number as u64,
    });
    let buffers: Option<Vec<gst::Buffer>> = frames.map(|frame| wrap(&frame)).collect();
    let buffers = buffers.ok_or_else(|| Error::build("pictures", "a picture is too short"))?;
    if format.pixels == Pixels::Mjpeg { as_jpegs(buffers, &raw) } else { Ok(buffers) }
}

/// A slope of light with coarse texture and fine noise, a byte a pixel.
fn ground(format: &VideoFormat, seed: u64) -> Vec<u8> {
    let (w, h) = (format.width as usize, format.height as usize);
    let mut luma = Vec::with_capacity(w * h);
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for y in 0..h {
        let light = 60 + 90 * y / h.max(1);
        for x in 0..w {
            // xorshift64; its low bits are noise of ±3, as a webcam has it indoors.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let texture = (x * x / 97 + y * y / 61) % 23;
            luma.push((light + texture + (state % 7) as usize) as u8);
        }
    }
    luma
}

/// The ground with a textured head and shoulders that have moved on: rows of the ground from elsewhere.
fn luma(format: &VideoFormat, grounds: &[Vec<u8>; 2], number: usize) -> Vec<u8> {
    let (w, h) = (format.width as usize, format.height as usize);
    let mut luma = grounds[number % 2].clone();
    let moved = (w as f64 * STEP * number as f64) as usize;
    for y in h / 6..h {
        let down = (y as f64 / h as f64 - 1.0 / 6.0) * 1.2;
        let half = ((w as f64) * if down < 0.5 { 0.12 } else { 0.26 }) as usize;
        let from = (w / 2 + moved).saturating_sub(half).min(w - 1);
        let to = (w / 2 + moved + half).min(w);
        // The texture travels with the shape.
        let texture = ((y * 5 / 7) % h * w) + (w / 4 - w / 4 * y / h.max(1)) % w;
        let source = &grounds[(number + 1) % 2];
        let row = (to - from).min(source.len().saturating_sub(texture));
        for (pixel, shade) in luma[y * w + from..y * w + from + row].iter_mut().zip(&source[texture..texture + row]) {
            *pixel = shade.saturating_add(40);
        }
    }
    luma
}

/// In the format's layout, nearly grey.
fn laid_out(luma: &[u8], format: &VideoFormat) -> Vec<u8> {
    match format.pixels {
        Pixels::Nv12 | Pixels::I420 | Pixels::Mjpeg => {
            let mut bytes = luma.to_vec();
            bytes.resize(format.frame_bytes().unwrap_or(luma.len()), 124);
            bytes
        }
        Pixels::Yuyv => {
            let rows = luma.chunks(format.width.max(1) as usize);
            rows.flat_map(|row| row.chunks(2).flat_map(|pair| [pair[0], 122, pair[pair.len() - 1], 134])).collect()
        }
        Pixels::Rgba | Pixels::Bgrx => luma.iter().flat_map(|y| [*y, *y, *y, 255]).collect(),
    }
}

/// The pictures as a webcam compresses them.
fn as_jpegs(raw: Vec<gst::Buffer>, format: &VideoFormat) -> Result<Vec<gst::Buffer>, Error> {
    let source = gst_app::AppSrc::builder().caps(&video_caps(format)?).format(gst::Format::Time).build();
    let sink = gst_app::AppSink::builder().sync(false).build();
    let pipeline = gst::Pipeline::builder().name("jpegs").build();
    chain(&pipeline, &[source.clone().upcast(), make("jpegenc", "jpegs-encoder")?, sink.clone().upcast()])?;
    let wanted = raw.len();
    raw.into_iter().for_each(|buffer| {
        // Refused only when the pipeline fails, and then too few come out.
        let _ = source.push_buffer(buffer);
    });
    let _ = source.end_of_stream();
    let started = pipeline.set_state(gst::State::Playing).is_ok();
    let limit = gst::ClockTime::from_seconds(FIRST_LIMIT.as_secs());
    let pull = || sink.try_pull_sample(limit)?.buffer_owned();
    let jpegs: Vec<gst::Buffer> = if started { std::iter::from_fn(pull).collect() } else { Vec::new() };
    let _ = pipeline.set_state(gst::State::Null);
    if jpegs.len() < wanted {
        return Err(Error::build("jpegs-encoder", "no JPEG pictures could be made"));
    }
    Ok(jpegs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::frame::Matrix;
    use crate::core::time::Rate;
    use crate::media::profile::built_in;

    fn format(pixels: Pixels) -> VideoFormat {
        VideoFormat { width: 320, height: 180, rate: Rate::whole(30), pixels, matrix: Matrix::Bt709, full_range: false }
    }

    fn x264() -> Encoder {
        built_in().unwrap().video.into_iter().find(|encoder| encoder.element == "x264enc").unwrap()
    }

    #[test]
    fn every_layout_of_a_camera_is_measured() {
        for pixels in [Pixels::Nv12, Pixels::I420, Pixels::Yuyv, Pixels::Mjpeg, Pixels::Rgba] {
            let fps = speed(&x264(), &format(pixels), &AtomicBool::new(false)).unwrap();
            assert!(fps.is_finite() && fps > 0.0, "{pixels:?}: {fps}");
        }
    }

    #[test]
    fn an_encoder_that_sleeps_is_measured_slow() {
        let slow = Encoder { after: vec!["h264parse".into(), "identity sleep-time=100000".into()], ..x264() };
        let fps = speed(&slow, &format(Pixels::Nv12), &AtomicBool::new(false)).unwrap();
        assert!(fps <= 10.5, "{fps}");
    }

    #[test]
    fn it_can_be_called_off_and_says_why_it_failed() {
        assert!(matches!(speed(&x264(), &format(Pixels::Nv12), &AtomicBool::new(true)), Err(Error::Cancelled)));
        let broken = Encoder { after: vec!["identity error-after=5".into()], ..x264() };
        assert!(matches!(speed(&broken, &format(Pixels::Nv12), &AtomicBool::new(false)), Err(Error::Encoder { .. })));
    }

    #[test]
    fn the_pictures_move_and_differ_and_have_their_size() {
        crate::media::init().unwrap();
        let made = pictures(&format(Pixels::Nv12)).unwrap();
        assert_eq!((made.len(), made[0].size()), (PICTURES, 320 * 180 * 3 / 2));
        let bytes: Vec<Vec<u8>> = made.iter().map(|buffer| buffer.map_readable().unwrap().to_vec()).collect();
        assert!(bytes.windows(2).all(|pair| pair[0].iter().zip(&pair[1]).filter(|(a, b)| a != b).count() > 20_000));
        let order: Vec<usize> =
            (0..12).map(|n| made.iter().position(|b| std::ptr::eq(b, to_and_fro(&made, n))).unwrap()).collect();
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0, 1]);
    }
}
