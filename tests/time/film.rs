//! Records a world and reads the file back: where its pictures and clicks are, beside where they belong.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use onetake::core::synthetic;
use onetake::core::time::SECOND;
use onetake::media::inspect::{SAMPLE_RATE, inspect};
use onetake::media::probe::{self, Chosen};
use onetake::media::record::{Finished, Plan, Recorder};
use onetake::media::{init, profile};

use super::world::{Given, World};

/// A click further from its place belongs to another second.
const PAIR: u64 = 300_000_000;

/// What a file shows.
#[derive(Debug, Default)]
pub struct Film {
    /// Number and time of each picture; `None` when it could not be read.
    pub pictures: Vec<(Option<u64>, u64)>,
    /// When each click begins.
    pub clicks: Vec<u64>,
    pub nanos: u64,
}

/// Records what the world gives until `end` into `file`, as fast as it can be encoded.
pub fn record(world: &World, end: u64, file: &Path) -> Finished {
    let recorder = Recorder::start(plan(world, file), |event| println!("{event:?}")).expect("a recording");
    let inlet = recorder.inlet();
    world.run(end, |given| match given {
        Given::Frame(frame) => {
            while !inlet.has_room() {
                std::thread::sleep(Duration::from_micros(300));
            }
            inlet.push_frame(&frame);
        }
        Given::Sound(block) => inlet.push_sound(&block),
    });
    recorder.finish().expect("a file")
}

fn plan(world: &World, file: &Path) -> Plan {
    static CHOSEN: OnceLock<Chosen> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        init().expect("GStreamer");
        probe::choose(&profile::built_in().expect("profiles"), &world.video(), true).expect("encoders")
    });
    Plan {
        file: file.to_owned(),
        video: Some(world.video()),
        audio: Some(world.audio()),
        video_encoder: Some(chosen.video.clone()),
        spare_encoders: Vec::new(),
        audio_encoder: chosen.audio.clone(),
        keep_free_bytes: 0,
    }
}

impl Film {
    pub fn read(file: &Path) -> Film {
        let mut film = Film::default();
        let mut sound: Vec<f32> = Vec::new();
        let totals = inspect(
            file,
            |picture| {
                let (width, height) = (picture.width as usize, picture.height as usize);
                film.pictures.push((synthetic::read_number(picture.luma, width, height, picture.stride), picture.pts));
            },
            |block| {
                let at = (u128::from(block.pts) * u128::from(SAMPLE_RATE) / u128::from(SECOND)) as usize;
                // Times are rounded to the file's ticks; samples go on by count.
                if at > sound.len() + SAMPLE_RATE as usize / 1_000 {
                    sound.resize(at, 0.0);
                }
                sound.extend_from_slice(block.samples);
            },
        )
        .expect("a readable file");
        let found = synthetic::find_clicks(&sound, SAMPLE_RATE);
        film.clicks = found.into_iter().map(|at| at as u64 * SECOND / u64::from(SAMPLE_RATE)).collect();
        film.nanos = totals.nanos;
        film
    }

    /// The world's time at which the file begins: when its first picture was taken.
    pub fn zero(&self, world: &World) -> u64 {
        world.rate.frame_start(self.pictures[0].0.expect("a first picture that can be read"))
    }

    /// How far each picture is from its place, nanoseconds; fails where one can't be read or stands in the wrong order.
    pub fn picture_errors(&self, world: &World) -> Vec<i64> {
        let zero = self.zero(world);
        assert!(self.pictures.windows(2).all(|pair| pair[0].0 < pair[1].0), "pictures in order: {:?}", self.pictures);
        let error = |&(number, time): &(Option<u64>, u64)| {
            let number = number.expect("a picture that can be read");
            time as i64 - (world.rate.frame_start(number) - zero) as i64
        };
        self.pictures.iter().map(error).collect()
    }

    /// The numbers that should be there and are not.
    pub fn missing(&self, world: &World) -> Vec<u64> {
        let there: std::collections::BTreeSet<u64> = self.pictures.iter().filter_map(|(number, _)| *number).collect();
        let (Some(&first), Some(&last)) = (there.first(), there.last()) else { return Vec::new() };
        (first..=last).filter(|number| world.gives_frame(*number) && !there.contains(number)).collect()
    }

    /// How late each click is against the flash of its second, nanoseconds, in order; fails where one is missing.
    pub fn offsets(&self, world: &World) -> Vec<i64> {
        let zero = self.zero(world);
        let errors = self.picture_errors(world);
        let first = zero / SECOND + 1;
        // The last second may end in the middle of its click.
        let last = (zero + self.nanos - SECOND / 2) / SECOND;
        let seconds = (first..=last).filter(|second| world.hears(*second));
        seconds
            .map(|second| {
                let due = second * SECOND - zero;
                let click = self.clicks.iter().min_by_key(|click| click.abs_diff(due)).expect("a click");
                assert!(click.abs_diff(due) < PAIR, "no click for second {second}: {:?}", self.clicks);
                // The picture on screen then: its own error is no distance between lips and voice.
                let shown = self.pictures.partition_point(|(_, time)| *time <= due).saturating_sub(1);
                *click as i64 - due as i64 - errors[shown]
            })
            .collect()
    }
}

/// The one furthest from zero.
pub fn worst(errors: &[i64]) -> i64 {
    errors.iter().copied().max_by_key(|error| error.abs()).unwrap_or(0)
}

pub fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}
