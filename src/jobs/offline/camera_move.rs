//! A clip: the camera moves over a picture, or from one to another. Each frame is drawn by the same pass as the program's picture, which
//! samples between pixels, so that slow moves do not tremble.

use std::path::Path;

use bytes::Bytes;

use super::{Bench, cancelled, failure};
use crate::blobs::pictures;
use crate::core::camera_move::{Move, Shot};
use crate::core::compose::{Layer, Source};
use crate::core::frame::{Frame, Matrix, Pixels, Still, VideoFormat};
use crate::core::generate::{Class, Failure, InputRole, Made, Piece};
use crate::core::profile::Profiles;
use crate::core::proportions;
use crate::core::time::{Moment, Rate};
use crate::gpu::context::Offscreen;
use crate::gpu::readback::Target;
use crate::gpu::{Compositor, ViewId, ViewInput};
use crate::media::film::{Film, Tracks};
use crate::media::profile;

/// Seconds of a clip that nobody named.
const USUAL_SECS: f64 = 5.0;

/// The shortest and longest that is made.
const SECS: std::ops::RangeInclusive<f64> = 0.2..=600.0;

/// Frames a second.
const RATE: Rate = Rate::whole(30);

/// Decoded larger than the film, so that coming nearer loses nothing.
const SPARE: u32 = 2;

const VIEW: ViewId = ViewId(1);

pub(super) fn film(bench: &Bench<'_>) -> Result<Made, Failure> {
    let (order, seed) = (bench.order, bench.seed());
    let Some(first) = order.input(InputRole::FirstFrame).or_else(|| order.input(InputRole::Reference)) else {
        return Err(Failure::new(
            Class::Invalid,
            "A camera move needs a picture to begin with; make or choose the scene's picture first.",
        ));
    };
    let size = proportions::size(order.wish.aspect.as_deref(), order.wish.resolution.as_deref());
    let seconds = order.wish.seconds.filter(|secs| secs.is_finite()).unwrap_or(USUAL_SECS).clamp(*SECS.start(), *SECS.end());
    let second = order.input(InputRole::LastFrame);
    let rate = match order.wish.extra.get("fps").and_then(serde_json::Value::as_u64) {
        Some(24) => Rate::whole(24),
        Some(25) => Rate::whole(25),
        _ => RATE,
    };
    let (profiles, _) = profile::in_force(bench.encoder_profiles);
    let path = bench.landing.folder.join("clip.mp4");
    let clip = Clip {
        first: &first.path,
        second: second.map(|input| input.path.as_path()),
        size,
        rate,
        seconds,
        prompt: &order.prompt,
        seed,
    };
    clip.write(&path, &profiles, |part| bench.progress(part), &bench.work.cancel)?;
    Ok(Made { files: vec![Piece { path, mime: "video/mp4" }], seed: Some(seed), ..Made::default() })
}

/// A camera move, wherever it is written to.
#[derive(Debug)]
pub(in crate::jobs) struct Clip<'a> {
    pub first: &'a Path,
    pub second: Option<&'a Path>,
    /// Even numbers of pixels.
    pub size: [u32; 2],
    pub rate: Rate,
    pub seconds: f64,
    pub prompt: &'a str,
    pub seed: i64,
}

impl Clip<'_> {
    /// Frames of it: as many as its seconds hold, at least one.
    pub fn frames(&self) -> u64 {
        ((self.seconds * self.rate.fps()).round() as u64).max(1)
    }

    /// Writes it to `path`, whole or not at all.
    pub fn write(
        &self,
        path: &Path,
        profiles: &Profiles,
        mut progress: impl FnMut(f32),
        cancel: &std::sync::atomic::AtomicBool,
    ) -> Result<u64, Failure> {
        let most = self.size.map(|side| side * SPARE);
        let load = |path: &Path| pictures::decode_still(path, most[0], most[1]).map_err(failure);
        let first = load(self.first)?;
        let second = self.second.map(load).transpose()?;
        let gpu = Offscreen::open().map_err(failure)?;
        let mut stage = Stage::new(gpu, self.size, first, second)?;
        let [width, height] = self.size;
        let format =
            VideoFormat { width, height, rate: self.rate, pixels: Pixels::Rgba, matrix: Matrix::Bt709, full_range: true };
        let way = Move::of(self.prompt, self.seconds, self.seed, self.second.is_some());
        let mut film = Film::begin(path, format, Tracks::default(), profiles).map_err(failure)?;
        let frames = self.frames();
        for number in 0..frames {
            if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(cancelled());
            }
            let part = number as f32 / (frames - 1).max(1) as f32;
            film.picture(stage.draw(&way, part)?).map_err(failure)?;
            progress(number as f32 / frames as f32);
        }
        film.end(cancel).map_err(failure)
    }
}

/// Both pictures and what draws them.
struct Stage {
    gpu: Offscreen,
    compositor: Compositor,
    target: Target,
    size: [u32; 2],
    first: Frame,
    second: Option<Still>,
}

impl Stage {
    fn new(gpu: Offscreen, size: [u32; 2], first: Still, second: Option<Still>) -> Result<Stage, Failure> {
        let compositor = Compositor::new(&gpu.device, Target::FORMAT);
        let target = Target::new(&gpu.device, size[0], size[1]).map_err(failure)?;
        // The compositor knows two sources; a picture may stand in for the camera.
        let format = VideoFormat {
            width: first.width,
            height: first.height,
            rate: RATE,
            pixels: Pixels::Rgba,
            matrix: Matrix::Bt709,
            full_range: true,
        };
        let first = Frame { format, data: first.rgba, stamp: Moment(0), number: 0 };
        Ok(Stage { gpu, compositor, target, size, first, second })
    }

    /// The frame so far through the clip, R G B A.
    fn draw(&mut self, way: &Move, part: f32) -> Result<Bytes, Failure> {
        let ratio = |width: u32, height: u32| width as f32 / height.max(1) as f32;
        let one = ratio(self.first.format.width, self.first.format.height);
        let other = self.second.as_ref().map_or(one, |still| ratio(still.width, still.height));
        let Shot { first, second } = way.at(part, one, other, ratio(self.size[0], self.size[1]));
        let layer =
            |source, crop, opacity| Layer { source, area: crate::core::compose::Area::FULL, crop, radius: 0.0, opacity };
        let mut layers = vec![layer(Source::Camera, first, 1.0)];
        layers.extend(second.map(|(area, seen)| layer(Source::Picture, area, seen)));
        let input = ViewInput {
            layers: &layers,
            camera: Some((&self.first, 1)),
            picture: self.second.as_ref().map(|still| (still, 1)),
            ..ViewInput::sized(self.size)
        };
        let Offscreen { device, queue, .. } = &self.gpu;
        if let Some(error) = self.compositor.prepare(device, queue, VIEW, &input).refused {
            return Err(failure(error));
        }
        self.target.draw(device, queue, [0.0, 0.0, 0.0, 1.0], |pass| self.compositor.paint(VIEW, pass));
        self.target.read(device, queue).map(Bytes::from).map_err(failure)
    }
}
