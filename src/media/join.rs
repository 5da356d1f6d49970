//! Clips into one film: each fitted to its scene, cut or cross-faded into the next, its own sound and the narration under it. The
//! pictures of at most two clips are decoded at a time; sound is mixed a scene at a time.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::error::Error;
use super::film::{Film, SOUND, Tracks};
use super::reel::{self, Reel};
use crate::core::captions::Caption;
use crate::core::fit::Fit;
use crate::core::frame::{Matrix, Pixels, VideoFormat};
use crate::core::joining::{Course, Neighbour, Transition, place_in_clip};
use crate::core::profile::Profiles;
use crate::core::time::{Rate, SECOND};

/// A clip's own sound under a narration: 9 dB down.
const UNDER: f32 = 0.35;

/// Sound that begins or ends within a cut fades for so long, so that nothing clicks.
const SOFT_EDGE_NANOS: u64 = 15_000_000;

/// Nearer to 1 a clip's own sound is kept; slower or faster it would sound wrong and is left out.
const SOUND_KEEPS: f64 = 0.03;

/// One scene of the film.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub clip: PathBuf,
    pub fit: Fit,
    /// Spoken over it, from its beginning.
    pub narration: Option<PathBuf>,
}

/// How the film is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Even numbers of pixels.
    pub size: [u32; 2],
    pub rate: Rate,
    pub transition: Transition,
    /// On the film's clock; none for a film without that track.
    pub captions: Vec<Caption>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    pub bytes: u64,
    pub nanos: u64,
    pub frames: u64,
}

/// Joins scenes into an MP4 at `to`, which appears whole or not at all. `progress` is told a fraction from 0 to 1; setting `cancel` ends it
/// with `Error::Cancelled`.
pub fn join(
    scenes: &[Scene],
    plan: &Plan,
    to: &Path,
    profiles: &Profiles,
    mut progress: impl FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Joined, Error> {
    let [width, height] = plan.size;
    let format = VideoFormat { width, height, rate: plan.rate, pixels: Pixels::I420, matrix: Matrix::Bt709, full_range: false };
    let fits: Vec<Fit> = scenes.iter().map(|scene| scene.fit).collect();
    let course = Course::of(&fits, plan.transition, plan.rate);
    let mut film = Film::begin(to, format, Tracks { sound: true, captions: &plan.captions }, profiles)?;
    let mut projector = Projector { scenes, size: plan.size, running: None, next: None, before: None };
    let mut mixer = Mixer { scenes, course: &course, mixed: 0, samples: VecDeque::new(), given: 0 };
    let frames = course.frames();
    for number in 0..frames {
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let moment = course.at(number);
        let fit = &scenes[moment.scene].fit;
        let mut picture = projector.show(moment.scene, place_in_clip(fit, moment.at))?;
        if let Some((neighbour, share)) = moment.other {
            let other = match neighbour {
                Neighbour::Next => projector.first_of(moment.scene + 1)?,
                Neighbour::Before => projector.before.clone().unwrap_or_else(|| picture.clone()),
            };
            picture = blended(&picture, &other, share);
        }
        film.sound(&mixer.until(plan.rate.frame_start(number + 1))?)?;
        film.picture(picture)?;
        progress(number as f32 / frames.max(1) as f32);
    }
    let bytes = film.end(cancel)?;
    progress(1.0);
    Ok(Joined { bytes, nanos: course.nanos(), frames })
}

/// The clips as they run.
struct Projector<'a> {
    scenes: &'a [Scene],
    size: [u32; 2],
    running: Option<(usize, Reel)>,
    /// Opened early, because its first picture shows already.
    next: Option<(usize, Reel)>,
    /// The last picture of the scene before.
    before: Option<Bytes>,
}

impl Projector<'_> {
    /// The picture of a scene at a time of its clip.
    fn show(&mut self, scene: usize, time: u64) -> Result<Bytes, Error> {
        if self.running.as_ref().is_none_or(|(running, _)| *running != scene) {
            let opened = match self.next.take().filter(|(next, _)| *next == scene) {
                Some((_, reel)) => reel,
                None => Reel::open(&self.scenes[scene].clip, self.size)?,
            };
            if let Some((last, reel)) = &mut self.running {
                let fit = &self.scenes[*last].fit;
                self.before = Some(reel.at(place_in_clip(fit, u64::MAX / 4))?);
            }
            self.running = Some((scene, opened));
        }
        match &mut self.running {
            Some((_, reel)) => reel.at(time),
            None => Ok(Bytes::new()),
        }
    }

    fn first_of(&mut self, scene: usize) -> Result<Bytes, Error> {
        if self.next.as_ref().is_none_or(|(next, _)| *next != scene) {
            self.next = Some((scene, Reel::open(&self.scenes[scene].clip, self.size)?));
        }
        match &mut self.next {
            Some((_, reel)) => reel.at(0),
            None => Ok(Bytes::new()),
        }
    }
}

/// `share` of `other` over `picture`, in 256ths. Both are as long as each other.
fn blended(picture: &[u8], other: &[u8], share: f32) -> Bytes {
    let share = (share.clamp(0.0, 1.0) * 256.0).round() as i32;
    let mixed = picture.iter().zip(other).map(|(a, b)| {
        let (a, b) = (i32::from(*a), i32::from(*b));
        (a + (((b - a) * share + 128) >> 8)) as u8
    });
    mixed.collect::<Vec<u8>>().into()
}

/// The film's sound, scene by scene.
struct Mixer<'a> {
    scenes: &'a [Scene],
    course: &'a Course,
    /// Scenes whose sound is in `samples` or was given.
    mixed: usize,
    samples: VecDeque<f32>,
    /// Samples of a channel that were given.
    given: u64,
}

impl Mixer<'_> {
    /// What follows, up to this time.
    fn until(&mut self, time: u64) -> Result<Vec<f32>, Error> {
        let channels = usize::from(SOUND.channels);
        let wanted = (samples(time).saturating_sub(self.given)) as usize * channels;
        while self.samples.len() < wanted && self.mixed < self.scenes.len() {
            let scene = self.mixed;
            let count = samples(self.course.begin(scene + 1)) - samples(self.course.begin(scene));
            let (fade_in, fade_out) = (self.course.half_fade(scene), self.course.half_fade(scene + 1));
            self.samples.extend(mixed(&self.scenes[scene], count as usize, fade_in, fade_out)?);
            self.mixed += 1;
        }
        let there = wanted.min(self.samples.len());
        let mut part: Vec<f32> = self.samples.drain(..there).collect();
        part.resize(wanted, 0.0);
        self.given += (wanted / channels) as u64;
        Ok(part)
    }
}

/// Samples of a channel until this time.
fn samples(nanos: u64) -> u64 {
    (u128::from(nanos) * u128::from(SOUND.sample_rate) / u128::from(SECOND)) as u64
}

/// A scene's sound: its clip's own under its narration.
fn mixed(scene: &Scene, count: usize, fade_in: u64, fade_out: u64) -> Result<Vec<f32>, Error> {
    let channels = usize::from(SOUND.channels);
    let mut sum = vec![0.0f32; count * channels];
    let own_level = if scene.narration.is_some() { UNDER } else { 1.0 };
    if (scene.fit.speed - 1.0).abs() <= SOUND_KEEPS {
        let shown = count.min(samples((scene.fit.shown * SECOND as f64) as u64) as usize);
        let mut own = own_sound(&scene.clip, shown);
        let edge = |fade: u64| samples(fade.max(SOFT_EDGE_NANOS)) as usize;
        fade(&mut own, edge(fade_in), edge(fade_out));
        sum.iter_mut().zip(&own).for_each(|(sum, sample)| *sum += sample * own_level);
    }
    if let Some(narration) = &scene.narration {
        let mut voice = reel::sound(narration, count)?;
        if voice.len() == sum.len() {
            fade(&mut voice, 0, samples(SOFT_EDGE_NANOS) as usize);
        }
        sum.iter_mut().zip(&voice).for_each(|(sum, sample)| *sum += sample);
    }
    sum.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
    Ok(sum)
}

/// A clip whose sound can't be read is silent; its pictures are what it is here for.
fn own_sound(clip: &Path, count: usize) -> Vec<f32> {
    reel::sound(clip, count).unwrap_or_else(|error| {
        tracing::debug!(%error, clip = %clip.display(), "a clip without sound");
        Vec::new()
    })
}

/// Lets sound come and go over so many samples of a channel.
fn fade(sound: &mut [f32], come: usize, go: usize) {
    let channels = usize::from(SOUND.channels);
    let count = sound.len() / channels;
    for (at, frame) in sound.chunks_exact_mut(channels).enumerate() {
        let level = |at: usize, over: usize| if at < over { at as f32 / over as f32 } else { 1.0 };
        let level = level(at, come) * level(count - 1 - at, go);
        frame.iter_mut().for_each(|sample| *sample *= level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blend_goes_from_one_to_the_other() {
        let (a, b) = ([0u8, 100, 255, 7], [255u8, 100, 0, 9]);
        assert_eq!(blended(&a, &b, 0.0)[..], a);
        assert_eq!(blended(&a, &b, 1.0)[..], b);
        assert_eq!(blended(&a, &b, 0.5)[..], [128, 100, 128, 8]);
    }

    #[test]
    fn fades_touch_only_the_ends() {
        let mut sound = vec![1.0; 200];
        fade(&mut sound, 10, 20);
        assert_eq!((sound[0], sound[199]), (0.0, 0.0));
        assert!(sound[40..150].iter().all(|sample| *sample == 1.0));
        fade(&mut [], 10, 10);
    }
}
