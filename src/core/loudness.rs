//! What a microphone gives, as people judge it: level of each channel, loudness as EBU R 128 counts it, how often it clipped,
//! how long it has been silent. Fed block by block; keeps its buffers, so that a block costs no memory.

use std::fmt::{self, Debug, Formatter};

use ebur128::{EbuR128, Mode};

use super::frame::{AudioBlock, AudioFormat};
use super::levels::{CLIP, FLOOR_DB, Levels};

/// Speech is well audible and leaves room for a laugh while its short-term loudness lies here, LUFS: around the −23 of
/// broadcasting (EBU R 128) and the −16 that players on the net level to.
pub const TARGET_LUFS: std::ops::RangeInclusive<f32> = -23.0..=-16.0;

/// Loudness below this counts for nothing (the absolute gate of ITU-R BS.1770).
pub const GATE_LUFS: f32 = -70.0;

/// Below this no sample comes from a room: a microphone that is open hears at least air and its own noise, at some −60.
pub const QUIET_DB: f32 = -70.0;

/// A microphone that stays below `QUIET_DB` for so long is mute, not between two sentences.
pub const QUIET_SECS: f64 = 5.0;

/// Samples that are all exactly zero come from a switch or a mixer; of those fewer are enough.
pub const ZERO_SECS: f64 = 1.5;

/// A channel is dead beside another one when it is quiet and that one is above this.
const ALIVE_DB: f32 = -50.0;

/// Full-scale samples that are closer together than this are one and the same clip, seconds.
const CLIP_APART_SECS: f64 = 0.25;

/// How fast what the meter is shown falls, so that a slow window misses no peak, dB a second.
const FALL_DB_PER_SEC: f32 = 24.0;

/// Loudness is worked out this often, seconds: it runs over three seconds of sound each time.
const LOUDNESS_EVERY_SECS: f64 = 0.1;

/// Over how much sound loudness is counted, seconds (EBU Tech 3341, 2.2).
const MOMENTARY_SECS: f64 = 0.4;
const SHORT_TERM_SECS: f64 = 3.0;

/// What has been heard until now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// Left and right; one microphone channel is the left one.
    pub channels: [Levels; 2],
    pub stereo: bool,
    /// LUFS over the last 0.4 s; `None` until there was so much, and for formats that can't be measured.
    pub momentary: Option<f32>,
    /// LUFS over the last 3 s.
    pub short_term: Option<f32>,
    /// How often it has clipped since the microphone was opened.
    pub clips: u64,
    /// For how long there has been no sound, seconds.
    pub quiet_secs: f64,
    /// In that time every sample was zero.
    pub zeros: bool,
    /// The channel that alone gives sound, for as long as a silence has to last to be one.
    pub only: Option<Side>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

impl Heard {
    /// The microphone gives no sound, and that is no pause.
    pub fn is_mute(&self) -> bool {
        self.quiet_secs >= if self.zeros { ZERO_SECS } else { QUIET_SECS }
    }

    /// Channels there are.
    pub fn channels(&self) -> &[Levels] {
        if self.stereo { &self.channels } else { &self.channels[..1] }
    }
}

/// Listens to one microphone.
pub struct Gauge {
    format: AudioFormat,
    meter: Option<EbuR128>,
    heard: Heard,
    /// Seconds of sound since the beginning, since the last clip, since the loudness was last worked out.
    secs: f64,
    since_clip: f64,
    since_loudness: f64,
    /// For how long each channel has been quiet, and how long ago it was well heard, seconds.
    quiet: [f64; 2],
    alive: [f64; 2],
}

impl Gauge {
    pub fn new(format: AudioFormat) -> Gauge {
        Gauge {
            format,
            meter: EbuR128::new(u32::from(format.channels), format.sample_rate, Mode::M | Mode::S).ok(),
            heard: Heard { stereo: format.channels > 1, ..Heard::default() },
            secs: 0.0,
            since_clip: f64::INFINITY,
            since_loudness: 0.0,
            quiet: [0.0; 2],
            alive: [f64::INFINITY; 2],
        }
    }

    /// Takes in a block and says how things stand. A microphone that changes its format is listened to anew.
    pub fn hear(&mut self, block: &AudioBlock) -> Heard {
        if block.format != self.format {
            let clips = self.heard.clips;
            *self = Gauge::new(block.format);
            self.heard.clips = clips;
        }
        let secs = block.frames() as f64 / f64::from(block.format.sample_rate.max(1));
        let count = usize::from(block.format.channels.max(1));
        for channel in 0..self.heard.channels().len() {
            let now = Levels::of_channel(&block.samples, channel, count);
            self.judge_channel(channel, now, secs);
            self.heard.channels[channel] = self.heard.channels[channel].fall(now, FALL_DB_PER_SEC * secs as f32);
        }
        self.heard.only = self.only_side();
        self.count_clips(&block.samples, secs);
        self.count_silence(&block.samples, secs);
        self.measure_loudness(&block.samples, secs);
        self.heard
    }

    /// How often it has clipped so far.
    pub fn clips(&self) -> u64 {
        self.heard.clips
    }

    fn judge_channel(&mut self, channel: usize, now: Levels, secs: f64) {
        self.quiet[channel] = if now.peak_db < QUIET_DB { self.quiet[channel] + secs } else { 0.0 };
        self.alive[channel] = if now.peak_db > ALIVE_DB { 0.0 } else { self.alive[channel] + secs };
    }

    fn only_side(&self) -> Option<Side> {
        let dead = |one: usize, other: usize| self.quiet[one] >= QUIET_SECS && self.alive[other] < QUIET_SECS;
        match self.heard.stereo {
            true if dead(1, 0) => Some(Side::Left),
            true if dead(0, 1) => Some(Side::Right),
            _ => None,
        }
    }

    fn count_clips(&mut self, samples: &[f32], secs: f64) {
        let clipped = samples.iter().any(|sample| sample.is_finite() && sample.abs() >= CLIP);
        if !clipped {
            self.since_clip += secs;
            // The lamp of the meter is the caller's to keep.
            self.heard.channels.iter_mut().for_each(|levels| levels.clipped = false);
            return;
        }
        self.heard.clips += u64::from(self.since_clip >= CLIP_APART_SECS);
        self.since_clip = 0.0;
    }

    fn count_silence(&mut self, samples: &[f32], secs: f64) {
        let zeros = samples.iter().all(|sample| *sample == 0.0);
        let quiet = zeros || Levels::of(samples).peak_db < QUIET_DB;
        self.heard.zeros = quiet && zeros && (self.heard.zeros || self.heard.quiet_secs == 0.0);
        self.heard.quiet_secs = if quiet { self.heard.quiet_secs + secs } else { 0.0 };
    }

    fn measure_loudness(&mut self, samples: &[f32], secs: f64) {
        let Some(meter) = &mut self.meter else { return };
        // Rubbish would stay in its filters for good.
        if samples.iter().any(|sample| !sample.is_finite()) || meter.add_frames_f32(samples).is_err() {
            return;
        }
        self.secs += secs;
        self.since_loudness += secs;
        if self.since_loudness < LOUDNESS_EVERY_SECS {
            return;
        }
        self.since_loudness = 0.0;
        let audible = |lufs: f64| (lufs as f32).max(GATE_LUFS);
        self.heard.momentary = meter.loudness_momentary().ok().map(audible).filter(|_| self.secs >= MOMENTARY_SECS);
        self.heard.short_term = meter.loudness_shortterm().ok().map(audible).filter(|_| self.secs >= SHORT_TERM_SECS);
    }
}

impl Debug for Gauge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gauge").field("format", &self.format).field("heard", &self.heard).finish_non_exhaustive()
    }
}

/// A level as people write it: `−18`, and `−∞` for none.
pub fn figure(db: f32) -> String {
    match db.round() {
        none if none <= GATE_LUFS.max(FLOOR_DB) => "−∞".to_owned(),
        below if below < 0.0 => format!("−{:.0}", -below),
        above => format!("{:.0}", above.abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Moment;

    const MONO: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 1 };
    const STEREO: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 2 };

    /// Blocks of 10 ms whose samples are made from time (seconds) and channel.
    fn hear(gauge: &mut Gauge, format: AudioFormat, secs: f64, sample: impl Fn(f64, usize) -> f32) -> Heard {
        let (rate, channels) = (f64::from(format.sample_rate), usize::from(format.channels));
        let mut heard = Heard::default();
        for block in 0..(secs * 100.0) as usize {
            let frames = format.sample_rate as usize / 100;
            let at = |i: usize| (block * frames + i / channels) as f64 / rate;
            let samples = (0..frames * channels).map(|i| sample(at(i), i % channels)).collect();
            heard = gauge.hear(&AudioBlock { format, samples, stamp: Moment(0) });
        }
        heard
    }

    fn sine(amplitude: f32, hz: f64) -> impl Fn(f64, usize) -> f32 {
        move |t, _| amplitude * (t * hz * std::f64::consts::TAU).sin() as f32
    }

    /// EBU Tech 3341, test 1: a stereo sine of 1000 Hz at −23 dBFS reads −23 LUFS, to a tenth.
    #[test]
    fn loudness_is_what_the_standard_says() {
        for (db, format, lufs) in [(-23.0, STEREO, -23.0), (-33.0, STEREO, -33.0), (-23.0, MONO, -26.01)] {
            let mut gauge = Gauge::new(format);
            let heard = hear(&mut gauge, format, 4.0, sine(10f32.powf(db / 20.0), 1000.0));
            let (short, momentary) = (heard.short_term.unwrap(), heard.momentary.unwrap());
            assert!((short - lufs).abs() <= 0.1 && (momentary - lufs).abs() <= 0.1, "{db} in {format:?}: {heard:?}");
        }
    }

    #[test]
    fn short_term_waits_for_its_three_seconds() {
        let mut gauge = Gauge::new(STEREO);
        assert_eq!(hear(&mut gauge, STEREO, 2.5, sine(0.1, 440.0)).short_term, None);
        assert!(hear(&mut gauge, STEREO, 0.6, sine(0.1, 440.0)).short_term.is_some());
        let silent = hear(&mut gauge, STEREO, 3.5, |_, _| 0.0);
        assert_eq!(silent.short_term, Some(GATE_LUFS));
    }

    #[test]
    fn clips_are_counted_by_the_burst() {
        let mut gauge = Gauge::new(MONO);
        // Three bursts of 0.2 s, half a second apart.
        let bursts = |t: f64, _: usize| if (t / 0.5).fract() < 0.4 { (t * 3000.0).sin().signum() as f32 } else { 0.1 };
        assert_eq!(hear(&mut gauge, MONO, 1.5, bursts).clips, 3);
        let heard = hear(&mut gauge, MONO, 1.0, sine(0.99, 200.0));
        assert_eq!((heard.clips, heard.channels[0].clipped), (3, false), "loud is not clipped");
    }

    #[test]
    fn silence_is_told_from_a_pause() {
        let mut gauge = Gauge::new(MONO);
        let hiss = |db: f32| move |t: f64, _: usize| 10f32.powf(db / 20.0) * (t * 9000.0).sin() as f32;
        assert!(!hear(&mut gauge, MONO, 20.0, hiss(-60.0)).is_mute(), "a quiet room is a sound");
        assert!(!hear(&mut gauge, MONO, 4.8, hiss(-85.0)).is_mute());
        let mute = hear(&mut gauge, MONO, 0.4, hiss(-85.0));
        assert!(mute.is_mute() && !mute.zeros, "{mute:?}");
        assert!(!hear(&mut gauge, MONO, 0.01, hiss(-40.0)).is_mute());
        assert!(!hear(&mut gauge, MONO, 1.4, |_, _| 0.0).is_mute());
        let dead = hear(&mut gauge, MONO, 0.2, |_, _| 0.0);
        assert!(dead.is_mute() && dead.zeros, "{dead:?}");
    }

    #[test]
    fn sound_on_one_side_only_is_noticed() {
        let left = |t: f64, channel: usize| if channel == 0 { 0.2 * (t * 2000.0).sin() as f32 } else { 0.0 };
        let mut gauge = Gauge::new(STEREO);
        assert_eq!(hear(&mut gauge, STEREO, 4.9, left).only, None);
        assert_eq!(hear(&mut gauge, STEREO, 0.3, left).only, Some(Side::Left));
        assert_eq!(hear(&mut gauge, STEREO, 0.1, sine(0.2, 440.0)).only, None);
        assert_eq!(hear(&mut Gauge::new(MONO), MONO, 6.0, sine(0.2, 440.0)).only, None);
    }

    #[test]
    fn rubbish_and_new_formats_do_no_harm() {
        let mut gauge = Gauge::new(MONO);
        hear(&mut gauge, MONO, 0.1, |_, _| f32::NAN);
        let heard = hear(&mut gauge, STEREO, 4.0, sine(0.1, 1000.0));
        assert!(heard.stereo && (heard.short_term.unwrap() + 20.0).abs() < 0.2, "{heard:?}");
        let odd = AudioFormat { sample_rate: 0, channels: 0 };
        assert_eq!(gauge.hear(&AudioBlock { format: odd, samples: vec![], stamp: Moment(0) }).short_term, None);
    }

    #[test]
    fn figures_are_written_with_a_minus_sign() {
        assert_eq!([figure(-18.4), figure(0.2), figure(-0.3), figure(-70.0)], ["−18", "0", "0", "−∞"]);
    }
}
