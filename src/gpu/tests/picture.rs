//! Colours, crops, corners: what the shader makes of a frame against what the standards say it is.

use bytes::Bytes;

use super::*;
use crate::core::compose::{Area, Layer, Source};
use crate::core::frame::{Frame, Matrix, Pixels, Still, VideoFormat};
use crate::core::time::{Moment, Rate};
use crate::gpu::error::Error;
use crate::gpu::mjpeg::decode_mjpeg;
use crate::gpu::passes::scrim::Scrim;

/// Two steps of 255: one for rounding to YCbCr's eight bits having happened before, one for the target's.
const STEPS: i32 = 2;

const COLOURS: [[u8; 3]; 10] = [
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [128, 128, 128],
    [191, 191, 0],
    [0, 191, 191],
    [224, 172, 144],
    [12, 40, 90],
];

fn format(width: u32, height: u32, pixels: Pixels, matrix: Matrix, full_range: bool) -> VideoFormat {
    VideoFormat { width, height, rate: Rate::whole(30), pixels, matrix, full_range }
}

fn frame(format: VideoFormat, data: Vec<u8>) -> Frame {
    Frame { format, data: Bytes::from(data), stamp: Moment(0), number: 0 }
}

/// A colour as YCbCr, straight from the definitions: Y' = Kr R' + Kg G' + Kb B', Cb = (B' − Y')/(2(1 − Kb)), Cr alike.
fn encode([r, g, b]: [u8; 3], matrix: Matrix, full_range: bool) -> [u8; 3] {
    let (kr, kb) = if matrix == Matrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
    let [r, g, b] = [r, g, b].map(|v| f64::from(v) / 255.0);
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    let (cb, cr) = ((b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr)));
    let [y, cb, cr] = if full_range {
        [y * 255.0, cb * 255.0 + 128.0, cr * 255.0 + 128.0]
    } else {
        [y * 219.0 + 16.0, cb * 224.0 + 128.0, cr * 224.0 + 128.0]
    };
    [y, cb, cr].map(|v| v.round().clamp(0.0, 255.0) as u8)
}

/// The inverse, from the same definitions, in bytes.
fn decode([y, cb, cr]: [u8; 3], matrix: Matrix, full_range: bool) -> [u8; 3] {
    let (kr, kb) = if matrix == Matrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
    let [y, cb, cr] = [y, cb, cr].map(f64::from);
    let (y, cb, cr) = if full_range {
        (y / 255.0, (cb - 128.0) / 255.0, (cr - 128.0) / 255.0)
    } else {
        ((y - 16.0) / 219.0, (cb - 128.0) / 224.0, (cr - 128.0) / 224.0)
    };
    let (r, b) = (y + 2.0 * (1.0 - kr) * cr, y + 2.0 * (1.0 - kb) * cb);
    let g = (y - kr * r - kb * b) / (1.0 - kr - kb);
    [r, g, b].map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8)
}

/// A frame of one colour, with odd sides, in any layout.
fn plain(pixels: Pixels, [y, cb, cr]: [u8; 3], format: VideoFormat) -> Frame {
    let (w, h) = (format.width as usize, format.height as usize);
    let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
    let data = match pixels {
        Pixels::Nv12 => [vec![y; w * h], [cb, cr].repeat(cw * ch)].concat(),
        Pixels::I420 => [vec![y; w * h], vec![cb; cw * ch], vec![cr; cw * ch]].concat(),
        Pixels::Yuyv => [y, cb, y, cr].repeat(cw * h),
        Pixels::Rgba => [y, cb, cr, 255].repeat(w * h),
        Pixels::Bgrx => [cr, cb, y, 0].repeat(w * h),
        Pixels::Mjpeg => Vec::new(),
    };
    assert_eq!(Some(data.len()), format.frame_bytes());
    frame(format, data)
}

fn full(source: Source) -> Layer {
    Layer { source, area: Area::FULL, crop: Area::FULL, radius: 0.0, opacity: 1.0 }
}

fn shot(stage: &mut Stage, camera: &Frame, version: u64, layers: &[Layer]) -> Picture {
    let size = stage.target.size();
    stage.draw(&ViewInput { layers, camera: Some((camera, version)), ..ViewInput::sized(size) })
}

fn near(found: [u8; 4], wanted: [u8; 3]) -> bool {
    found.iter().zip(wanted).all(|(a, b)| (i32::from(*a) - i32::from(b)).abs() <= STEPS)
}

#[test]
fn every_format_matrix_and_range_gives_the_colour_it_means() {
    let mut stage = Stage::new(24, 24);
    let mut version = 0;
    for pixels in [Pixels::Nv12, Pixels::I420, Pixels::Yuyv] {
        for (matrix, full_range) in
            [(Matrix::Bt601, false), (Matrix::Bt601, true), (Matrix::Bt709, false), (Matrix::Bt709, true)]
        {
            for colour in COLOURS {
                version += 1;
                let code = encode(colour, matrix, full_range);
                let camera = plain(pixels, code, format(17, 11, pixels, matrix, full_range));
                let picture = shot(&mut stage, &camera, version, &[full(Source::Camera)]);
                let wanted = decode(code, matrix, full_range);
                for (x, y) in [(0, 0), (12, 12), (23, 23)] {
                    let found = picture.at(x, y);
                    assert!(near(found, wanted), "{pixels:?} {matrix:?} full {full_range}: {found:?} is not {wanted:?}");
                }
            }
        }
    }
}

#[test]
fn colours_pass_through_a_converting_target_unchanged() {
    let mut stage = Stage::with_format(8, 8, wgpu::TextureFormat::Rgba8UnormSrgb);
    let both = [Pixels::Rgba, Pixels::Bgrx].into_iter().flat_map(|pixels| COLOURS.map(|colour| (pixels, colour)));
    for (version, (pixels, colour)) in both.enumerate() {
        let camera = plain(pixels, colour, format(5, 5, pixels, Matrix::Bt709, true));
        let picture = shot(&mut stage, &camera, version as u64, &[full(Source::Camera)]);
        assert!(near(picture.at(4, 4), colour), "{:?} is not {colour:?}", picture.at(4, 4));
    }
}

#[test]
fn packed_luma_is_read_pixel_by_pixel() {
    // Columns of black and white alternate, the hardest picture for two pixels in a texel.
    let (w, h) = (16u32, 4u32);
    let camera = frame(format(w, h, Pixels::Yuyv, Matrix::Bt709, true), [0, 128, 255, 128].repeat((w / 2 * h) as usize));
    let mut stage = Stage::new(w, h);
    let picture = shot(&mut stage, &camera, 1, &[full(Source::Camera)]);
    for x in 0..w {
        let wanted = if x % 2 == 0 { [0; 3] } else { [255; 3] };
        assert!(near(picture.at(x, 2), wanted), "column {x} is {:?}", picture.at(x, 2));
    }
}

#[test]
fn a_jpeg_camera_is_decoded() {
    let mut jpeg = Vec::new();
    let red: Vec<u8> = [200, 40, 30].repeat(32 * 16);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95)
        .encode(&red, 32, 16, image::ExtendedColorType::Rgb8)
        .unwrap();
    let camera = frame(format(32, 16, Pixels::Mjpeg, Matrix::Bt601, true), jpeg.clone());
    let decoded = decode_mjpeg(&camera).unwrap();
    assert_eq!((decoded.format.pixels, decoded.data.len()), (Pixels::Rgba, 32 * 16 * 4));
    let mut stage = Stage::new(16, 16);
    for (version, camera) in [camera, decoded].iter().enumerate() {
        let picture = shot(&mut stage, camera, version as u64, &[full(Source::Camera)]);
        let [r, g, b, _] = picture.at(8, 8);
        // JPEG itself is off by a few steps at this quality.
        assert!(r.abs_diff(200) < 5 && g.abs_diff(40) < 5 && b.abs_diff(30) < 5, "{:?}", picture.at(8, 8));
    }
    let torn = frame(format(32, 16, Pixels::Mjpeg, Matrix::Bt601, true), vec![0xff, 0xd8, 1, 2, 3]);
    assert!(matches!(decode_mjpeg(&torn), Err(Error::Jpeg(_))));
}

#[test]
fn the_same_frame_is_uploaded_once() {
    let mut stage = Stage::new(16, 16);
    let camera = plain(Pixels::Nv12, [90, 120, 140], format(16, 16, Pixels::Nv12, Matrix::Bt709, false));
    let still = Still { width: 4, height: 4, rgba: Bytes::from(vec![255; 64]) };
    let layers = [full(Source::Picture), full(Source::Camera)];
    let mut bytes = |version, key| {
        let input = ViewInput {
            layers: &layers,
            camera: Some((&camera, version)),
            picture: Some((&still, key)),
            ..ViewInput::sized([16, 16])
        };
        stage.prepare(&input).picture_bytes
    };
    assert_eq!([bytes(1, 1), bytes(1, 1), bytes(2, 1), bytes(2, 1), bytes(2, 2)], [448, 0, 384, 0, 64]);
}

#[test]
fn a_broken_frame_is_refused_and_the_rest_is_drawn() {
    let mut stage = Stage::new(16, 16);
    let still = Still { width: 1, height: 1, rgba: Bytes::from_static(&[10, 200, 30, 255]) };
    let layers = [full(Source::Picture), full(Source::Camera)];
    let nv12 = |w, h| format(w, h, Pixels::Nv12, Matrix::Bt709, false);
    let broken = [
        frame(nv12(16, 16), vec![0; 100]),
        frame(nv12(0, 16), vec![0; 100]),
        frame(nv12(1 << 20, 16), vec![0; 100]),
        frame(VideoFormat { pixels: Pixels::Mjpeg, ..nv12(16, 16) }, b"not a jpeg".to_vec()),
    ];
    for (version, camera) in broken.iter().enumerate() {
        let input = ViewInput {
            layers: &layers,
            camera: Some((camera, version as u64)),
            picture: Some((&still, 1)),
            ..ViewInput::sized([16, 16])
        };
        let refused = stage.prepare(&input).refused.expect("the frame is broken");
        let problem = crate::core::problem::Problem::from(refused);
        assert!(!problem.what.is_empty() && !problem.fix.is_empty());
        assert!(near(stage.shoot().at(8, 8), [10, 200, 30]));
    }
}

#[test]
fn a_torn_frame_leaves_the_last_good_one() {
    let mut stage = Stage::new(16, 16);
    let good = plain(Pixels::Rgba, [10, 200, 30], format(4, 4, Pixels::Rgba, Matrix::Bt709, true));
    let torn = frame(format(4, 4, Pixels::Mjpeg, Matrix::Bt601, true), vec![0xff, 0xd8, 0xff]);
    let layers = [full(Source::Camera)];
    let input = |frame, version| ViewInput { layers: &layers, camera: Some((frame, version)), ..ViewInput::sized([16, 16]) };
    assert_eq!(stage.prepare(&input(&good, 1)).refused, None);
    assert!(matches!(stage.prepare(&input(&torn, 2)).refused, Some(Error::Jpeg(_))));
    assert_eq!(stage.prepare(&input(&torn, 2)).refused, None, "the same frame is refused once");
    assert!(near(stage.shoot().at(8, 8), [10, 200, 30]));
    stage.prepare(&ViewInput { layers: &layers, ..ViewInput::sized([16, 16]) });
    assert!(near(stage.shoot().at(8, 8), [0; 3]), "a closed camera shows nothing");
}

#[test]
fn crop_mirror_and_corner_are_where_they_should_be() {
    // Left half red, right half blue.
    let mut data = Vec::new();
    for _ in 0..20 {
        data.extend([255, 0, 0, 255].repeat(20));
        data.extend([0, 0, 255, 255].repeat(20));
    }
    let camera = frame(format(40, 20, Pixels::Rgba, Matrix::Bt709, true), data);
    let mut stage = Stage::new(80, 80);
    let half = Layer { crop: Area { x: 0.5, y: 0.0, w: 0.5, h: 1.0 }, ..full(Source::Camera) };
    assert!(near(shot(&mut stage, &camera, 1, &[half]).at(40, 40), [0, 0, 255]));
    let input = ViewInput {
        layers: &[full(Source::Camera)],
        camera: Some((&camera, 1)),
        mirror_camera: true,
        ..ViewInput::sized([80, 80])
    };
    let mirrored = stage.draw(&input);
    assert!(near(mirrored.at(5, 40), [0, 0, 255]) && near(mirrored.at(75, 40), [255, 0, 0]));
    let area = Area { x: 0.25, y: 0.25, w: 0.5, h: 0.5 };
    let corner = Layer { area, radius: 0.25, crop: Area { x: 0.0, y: 0.0, w: 0.5, h: 1.0 }, ..full(Source::Camera) };
    let round = shot(&mut stage, &camera, 1, &[corner]);
    assert!(near(round.at(40, 40), [255, 0, 0]) && near(round.at(40, 20), [255, 0, 0]) && near(round.at(20, 40), [255, 0, 0]));
    assert!(near(round.at(21, 21), [0, 0, 0]) && near(round.at(19, 40), [0, 0, 0]));
    let soft = (20..60).flat_map(|y| (20..60).map(move |x| (x, y))).filter(|(x, y)| (20..235).contains(&round.at(*x, *y)[0]));
    assert!(soft.count() > 20, "the corner is not smoothed");
    let faint = Layer { opacity: 0.5, ..half };
    assert!(near(shot(&mut stage, &camera, 1, &[faint]).at(40, 40), [0, 0, 128]));
}

#[test]
fn a_picture_shown_small_keeps_its_mean() {
    // A fine checkerboard, eight of whose pixels fall on one: it must become grey, not shimmer.
    let side = 256u32;
    let checks = (0..side * side)
        .flat_map(|i| if (i % side + i / side).is_multiple_of(2) { [0, 0, 0, 255] } else { [255, 255, 255, 255] });
    let still = Still { width: side, height: side, rgba: Bytes::from(checks.collect::<Vec<u8>>()) };
    let mut stage = Stage::new(32, 32);
    let picture =
        stage.draw(&ViewInput { layers: &[full(Source::Picture)], picture: Some((&still, 1)), ..ViewInput::sized([32, 32]) });
    for (x, y) in [(3, 3), (16, 9), (28, 30)] {
        assert!(near(picture.at(x, y), [128; 3]), "{:?}", picture.at(x, y));
    }
}

#[test]
fn a_scrim_runs_from_colour_to_nothing() {
    let mut stage = Stage::new(32, 64);
    stage.clear = [1.0; 4];
    let scrims = [Scrim { rect: [0.0, 0.0, 32.0, 64.0], top: [0.0, 0.0, 0.0, 0.8], bottom: [0.0; 4], radius: 0.0 }];
    let picture = stage.draw(&ViewInput { scrims: &scrims, ..ViewInput::sized([32, 64]) });
    assert!(near(picture.at(16, 0), [51; 3]) && near(picture.at(16, 63), [255; 3]));
    assert!((1..64).all(|y| picture.luminance(16, y) + 6.0 >= picture.luminance(16, y - 1)), "the ramp turns back");
}
