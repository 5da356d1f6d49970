//! Proof of a take from its file alone: how long it is, and, for one made of synthetic devices, that every frame is there,
//! in order, and that sound and picture are together.

use std::path::Path;

use serde::Serialize;

use crate::core::problem::Problem;
use crate::core::synthetic;
use crate::media::{self, inspect};

/// What a synthetic take's file shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Proof {
    pub seconds: f64,
    pub frames: u64,
    /// Numbers that are missing between the first and the last frame.
    pub missing_frames: u64,
    /// Frames whose number could not be read.
    pub unreadable_frames: u64,
    /// Frames that came out of order or twice.
    pub misplaced_frames: u64,
    /// Flashes that have a click beside them.
    pub pairs: usize,
    /// Click minus flash, in milliseconds: the one furthest from zero.
    pub worst_offset_ms: f64,
    /// Last pair's offset minus the first pair's.
    pub drift_ms: f64,
    pub video_codec: Option<String>,
    pub audio_codec: Option<String>,
}

/// A click this far from a flash belongs to another.
const PAIR_NANOS: u64 = 300_000_000;

/// Length in nanoseconds and number of frames of any take, read without decoding.
pub fn length(media: &Path) -> Result<(u64, u64), Problem> {
    Ok(media::length(media)?)
}

/// Decodes a synthetic take and checks it.
pub fn check(media: &Path) -> Result<Proof, Problem> {
    let mut numbers: Vec<Option<u64>> = Vec::new();
    let mut flashes: Vec<u64> = Vec::new();
    let mut sound: Vec<f32> = Vec::new();
    let mut sound_start: Option<u64> = None;
    let totals = inspect::inspect(
        media,
        |picture| {
            let (width, height) = (picture.width as usize, picture.height as usize);
            let number = synthetic::read_number(picture.luma, width, height, picture.stride);
            if number.is_some() && synthetic::is_flash(picture.luma, width, height, picture.stride) {
                flashes.push(picture.pts);
            }
            numbers.push(number);
        },
        |block| {
            let start = *sound_start.get_or_insert(block.pts);
            // Sound that was left out is silence, so that a sample's place tells its time.
            let place = (block.pts.saturating_sub(start) as u128 * u128::from(inspect::SAMPLE_RATE) / 1_000_000_000) as usize;
            if place > sound.len() + 1 {
                sound.resize(place, 0.0);
            }
            sound.extend_from_slice(block.samples);
        },
    )?;
    let mut proof = Proof {
        seconds: crate::core::time::secs(totals.nanos),
        frames: totals.video_frames,
        video_codec: totals.video_codec,
        audio_codec: totals.audio_codec,
        ..Proof::default()
    };
    count_frames(&numbers, &mut proof);
    let start = sound_start.unwrap_or(0);
    let clicks: Vec<u64> = synthetic::find_clicks(&sound, inspect::SAMPLE_RATE)
        .into_iter()
        .map(|sample| start + sample as u64 * 1_000_000_000 / u64::from(inspect::SAMPLE_RATE))
        .collect();
    pair(&flashes, &clicks, &mut proof);
    Ok(proof)
}

impl Proof {
    /// Every frame there, read, in order.
    pub fn complete(&self) -> bool {
        self.frames > 0 && self.missing_frames == 0 && self.unreadable_frames == 0 && self.misplaced_frames == 0
    }
}

fn count_frames(numbers: &[Option<u64>], proof: &mut Proof) {
    let mut last: Option<u64> = None;
    for number in numbers {
        let Some(number) = *number else {
            proof.unreadable_frames += 1;
            continue;
        };
        match last {
            Some(before) if number <= before => proof.misplaced_frames += 1,
            Some(before) => proof.missing_frames += number - before - 1,
            None => {}
        }
        last = Some(number);
    }
    // A frame that is there but can't be read is not missing.
    proof.missing_frames = proof.missing_frames.saturating_sub(proof.unreadable_frames);
}

fn pair(flashes: &[u64], clicks: &[u64], proof: &mut Proof) {
    let offsets: Vec<f64> = flashes
        .iter()
        .filter_map(|flash| {
            let click = clicks.iter().min_by_key(|click| click.abs_diff(*flash))?;
            (click.abs_diff(*flash) <= PAIR_NANOS).then(|| (*click as f64 - *flash as f64) / 1e6)
        })
        .collect();
    proof.pairs = offsets.len();
    proof.worst_offset_ms = offsets.iter().copied().fold(0.0, |worst: f64, o| if o.abs() > worst.abs() { o } else { worst });
    if let (Some(first), Some(last)) = (offsets.first(), offsets.last()) {
        proof.drift_ms = last - first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_misplaced_and_unreadable_frames_are_told_apart() {
        let mut proof = Proof::default();
        count_frames(&[Some(3), Some(4), None, Some(6), Some(9), Some(9), Some(8)], &mut proof);
        assert_eq!((proof.missing_frames, proof.unreadable_frames, proof.misplaced_frames), (2, 1, 2));
        assert!(!proof.complete());
    }

    #[test]
    fn the_worst_offset_keeps_its_sign() {
        let mut proof = Proof::default();
        pair(&[1_000_000_000, 2_000_000_000, 9_000_000_000], &[1_002_000_000, 1_995_000_000], &mut proof);
        assert_eq!(proof.pairs, 2);
        assert!((proof.worst_offset_ms + 5.0).abs() < 1e-9 && (proof.drift_ms + 7.0).abs() < 1e-9);
    }
}
