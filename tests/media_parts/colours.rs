//! Every camera layout through encoder, file and decoder: the colour that goes in is the colour that comes out.

use onetake::core::frame::{Frame, Matrix, Pixels, VideoFormat};
use onetake::core::latest::Latest;
use onetake::core::time::Moment;
use onetake::media::play::Player;
use onetake::media::record::Recorder;

use super::source::{BASE, VIDEO, plan, read_back};

/// What an encoder at a low rate, 8-bit rounding in two conversions, and JPEG may change in one channel.
const TOLERANCE: f32 = 8.0;

/// A colour that a wrong matrix or range moves by more than 20.
const COLOUR: [f32; 3] = [200.0, 60.0, 90.0];

/// Kr and Kb of ITU-R BT.601 and BT.709.
fn weights(matrix: Matrix) -> (f32, f32) {
    match matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
    }
}

fn to_ycc([r, g, b]: [f32; 3], matrix: Matrix, full_range: bool) -> [u8; 3] {
    let (kr, kb) = weights(matrix);
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    let (cb, cr) = ((b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr)));
    let (gain, offset, chroma) = if full_range { (1.0, 0.0, 1.0) } else { (219.0 / 255.0, 16.0, 224.0 / 255.0) };
    [y * gain + offset, cb * chroma + 128.0, cr * chroma + 128.0].map(|v| v.round() as u8)
}

fn to_rgb([y, cb, cr]: [u8; 3], matrix: Matrix, full_range: bool) -> [f32; 3] {
    let (kr, kb) = weights(matrix);
    let (gain, offset, chroma) = if full_range { (1.0, 0.0, 1.0) } else { (219.0 / 255.0, 16.0, 224.0 / 255.0) };
    let y = (f32::from(y) - offset) / gain;
    let (cb, cr) = ((f32::from(cb) - 128.0) / chroma, (f32::from(cr) - 128.0) / chroma);
    let (r, b) = (y + 2.0 * (1.0 - kr) * cr, y + 2.0 * (1.0 - kb) * cb);
    [r, (y - kr * r - kb * b) / (1.0 - kr - kb), b]
}

/// A picture of one colour.
fn flat(format: VideoFormat, number: u64) -> Frame {
    let (w, h) = (format.width as usize, format.height as usize);
    let [y, cb, cr] = to_ycc(COLOUR, format.matrix, format.full_range);
    let [r, g, b] = COLOUR.map(|v| v as u8);
    let data = match format.pixels {
        Pixels::Nv12 => [vec![y; w * h], [cb, cr].repeat(w * h / 4)].concat(),
        Pixels::I420 => [vec![y; w * h], vec![cb; w * h / 4], vec![cr; w * h / 4]].concat(),
        Pixels::Yuyv => [y, cb, y, cr].repeat(w * h / 2),
        Pixels::Rgba => [r, g, b, 255].repeat(w * h),
        Pixels::Bgrx => [b, g, r, 0].repeat(w * h),
        Pixels::Mjpeg => jpeg(w as u32, h as u32),
    };
    Frame { format, data: data.into(), stamp: Moment(BASE + format.rate.frame_start(number)), number }
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let [r, g, b] = COLOUR.map(|v| v as u8);
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([r, g, b]));
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(&picture).unwrap();
    bytes
}

/// The colour in the middle of a decoded picture.
fn colour_of(frame: &Frame) -> [f32; 3] {
    let (w, h) = (frame.format.width as usize, frame.format.height as usize);
    let y = frame.data[h / 2 * w + w / 2];
    let at = h / 4 * (w / 2) + w / 4;
    let (cb, cr) = match frame.format.pixels {
        Pixels::Nv12 => (frame.data[w * h + 2 * at], frame.data[w * h + 2 * at + 1]),
        Pixels::I420 => (frame.data[w * h + at], frame.data[w * h + w * h / 4 + at]),
        other => panic!("a decoded picture is NV12 or I420, not {other:?}"),
    };
    to_rgb([y, cb, cr], frame.format.matrix, frame.format.full_range)
}

#[test]
fn each_camera_layout_keeps_its_colour() {
    let (bt601, bt709) = (Matrix::Bt601, Matrix::Bt709);
    for (pixels, matrix, full_range) in [
        (Pixels::Nv12, bt709, false),
        (Pixels::Nv12, bt601, true),
        (Pixels::I420, bt601, false),
        (Pixels::Yuyv, bt601, true),
        (Pixels::Yuyv, bt709, false),
        (Pixels::Mjpeg, bt601, true),
        (Pixels::Rgba, bt709, true),
        (Pixels::Bgrx, bt709, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.mkv");
        let format = VideoFormat { pixels, matrix, full_range, ..VIDEO };
        let mut plan = plan(&path);
        plan.video = Some(format);
        plan.audio = None;
        let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
        (0..6).for_each(|number| recorder.push_frame(&flat(format, number)));
        recorder.finish().unwrap();

        let frames = Latest::default();
        let (tell, told) = std::sync::mpsc::channel();
        let player = Player::open(&path, frames.clone(), move |event| tell.send(event).unwrap()).unwrap();
        told.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
        let colour = colour_of(&frames.get().unwrap());
        let off = colour.iter().zip(COLOUR).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off <= TOLERANCE, "{pixels:?} {matrix:?} full={full_range}: {colour:?}");
        drop(player);
    }
}

#[test]
fn a_broken_jpeg_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let format = VideoFormat { pixels: Pixels::Mjpeg, matrix: Matrix::Bt601, full_range: true, ..VIDEO };
    let mut plan = plan(&path);
    plan.video = Some(format);
    plan.audio = None;
    let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
    for number in 0..10 {
        let mut frame = flat(format, number);
        if number == 4 {
            frame.data = vec![0x55; 900].into();
        }
        recorder.push_frame(&frame);
    }
    let finished = recorder.finish().unwrap();
    assert_eq!((finished.frames, finished.dropped), (9, 1));
    let times = read_back(&path).times;
    assert_eq!(times.len(), 9);
    let due = VIDEO.rate.frame_start(5);
    assert!(times[4].abs_diff(due) <= super::recording::TICK_NANOS, "{times:?}");
}
