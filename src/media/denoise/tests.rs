//! What holds for any sound. How well noise goes and a voice stays is tested with speech, in `tests/media_parts/denoising.rs`.

use proptest::prelude::*;

use super::*;

fn noise(samples: usize) -> Vec<f32> {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..samples).map(|_| 0.05 * next()).collect()
}

/// Through a suppressor in pieces of these sizes.
fn through(suppressor: &mut Suppressor, samples: &[f32], pieces: &[usize]) -> Vec<f32> {
    let (mut out, mut rest, channels) = (Vec::new(), samples, suppressor.channels());
    for piece in pieces.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((piece * channels).min(rest.len()));
        suppressor.push(now, &mut out);
        rest = later;
    }
    suppressor.finish(&mut out);
    out
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

#[test]
fn hiss_goes() {
    let sound = noise(96_000);
    let clean = through(&mut Suppressor::new(1), &sound, &[480]);
    let (before, after) = (rms(&sound[48_000..]), rms(&clean[48_000..]));
    assert!(after < before / 2.0, "from {before} to {after}");
}

#[test]
fn channels_that_are_the_same_stay_the_same_and_cost_once() {
    let mono = noise(24_000);
    let stereo: Vec<f32> = mono.iter().flat_map(|sample| [*sample; 2]).collect();
    let alone = through(&mut Suppressor::new(1), &mono, &[441]);
    let mut both = Suppressor::new(2);
    let mut out = Vec::new();
    both.push(&stereo, &mut out);
    assert!(both.alike);
    both.finish(&mut out);
    assert!(out.chunks(2).zip(&alone).all(|(pair, one)| pair == [*one, *one]));
}

#[test]
fn channels_that_part_are_worked_on_apart() {
    let mono = noise(48_000);
    let stereo: Vec<f32> = mono.iter().enumerate().flat_map(|(at, s)| [*s, if at < 9_000 { *s } else { 0.0 }]).collect();
    let out = through(&mut Suppressor::new(2), &stereo, &[480]);
    let right: Vec<f32> = out.chunks(2).map(|pair| pair[1]).collect();
    assert!(rms(&right[12_000..]) < 1e-4, "silence stays silence");
}

#[test]
fn switching_is_heard_without_a_click() {
    let tone: Vec<f32> = (0..48_000).map(|i| 0.3 * (i as f32 * 300.0 / 48_000.0 * std::f32::consts::TAU).sin()).collect();
    let mut suppressor = Suppressor::new(1);
    let mut out = Vec::new();
    for (at, frame) in tone.chunks(480).enumerate() {
        suppressor.switch(at / 20 % 2 == 0);
        suppressor.push(frame, &mut out);
    }
    suppressor.finish(&mut out);
    assert_eq!(out.len(), tone.len());
    let steepest = |samples: &[f32]| samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest(&out[960..]) < 1.5 * steepest(&tone), "{} against {}", steepest(&out[960..]), steepest(&tone));
}

#[test]
fn rubbish_does_not_stay() {
    let mut suppressor = Suppressor::new(1);
    let mut out = Vec::new();
    suppressor.push(&[f32::NAN; 960], &mut out);
    out.clear();
    suppressor.push(&noise(9_600), &mut out);
    assert!(out[960..].iter().all(|sample| sample.is_finite()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn as_much_comes_out_as_went_in(frames in 0usize..3_000, channels in 1usize..4, pieces in prop::collection::vec(1usize..900, 1..5)) {
        let sound = noise(frames * channels);
        let mut suppressor = Suppressor::new(channels);
        prop_assert_eq!(through(&mut suppressor, &sound, &pieces).len(), sound.len());
        // It can be used again.
        prop_assert_eq!(through(&mut suppressor, &sound, &pieces).len(), sound.len());
    }

    #[test]
    fn switched_off_it_changes_nothing(frames in 0usize..3_000, channels in 1usize..3, pieces in prop::collection::vec(1usize..900, 1..5)) {
        let sound = noise(frames * channels);
        let mut suppressor = Suppressor::new(channels);
        suppressor.switch(false);
        suppressor.forget();
        prop_assert_eq!(through(&mut suppressor, &sound, &pieces), sound);
    }
}

/// Runs white noise through the filter in a pipeline; times (nanoseconds) and samples of all that comes out.
fn filtered(on: bool, buffers: i32, seek_to: Option<u64>) -> Vec<(u64, Vec<f32>)> {
    use gstreamer as gst;
    use gstreamer::prelude::*;
    use gstreamer_app as gst_app;

    use crate::media::elements::{chain, make};
    use crate::media::frames::samples_of;

    crate::media::init().unwrap();
    let pipeline = gst::Pipeline::new();
    let source = make("audiotestsrc", "noise").unwrap();
    source.set_property_from_str("wave", "white-noise");
    // As loud as a room may be; how much of a roar is taken for a voice is a matter of chance.
    source.set_property("volume", 0.02f64);
    source.set_property("num-buffers", buffers);
    source.set_property("samplesperbuffer", 441i32);
    let sink = gst_app::AppSink::builder().sync(false).build();
    let filter = make_denoise(Switch::new(on.into())).unwrap();
    chain(&pipeline, &[source, filter.upcast(), sink.clone().upcast()]).unwrap();
    pipeline.set_state(gst::State::Paused).unwrap();
    let (settled, ..) = pipeline.state(gst::ClockTime::from_seconds(20));
    settled.unwrap();
    if let Some(nanos) = seek_to {
        let flags = gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE;
        pipeline.seek_simple(flags, gst::ClockTime::from_nseconds(nanos)).unwrap();
    }
    pipeline.set_state(gst::State::Playing).unwrap();
    let mut out = Vec::new();
    while let Ok(sample) = sink.pull_sample() {
        let buffer = sample.buffer().unwrap();
        let map = buffer.map_readable().unwrap();
        out.push((buffer.pts().unwrap().nseconds(), samples_of(&map).into_owned()));
    }
    pipeline.set_state(gst::State::Null).unwrap();
    out
}

#[test]
fn in_a_pipeline_every_sample_keeps_its_time() {
    let mut loud = Vec::new();
    for on in [true, false] {
        let out = filtered(on, 2_400, None);
        let mut samples = 0;
        for (at, block) in &out {
            let due = samples * 1_000_000_000 / u64::from(SAMPLE_RATE);
            assert!(at.abs_diff(due) <= 1, "{at} for {due}");
            samples += block.len() as u64;
        }
        assert_eq!(samples, 2_400 * 441, "as many as the source gives");
        // The quietest second: now and then some of the noise is taken for a voice.
        let all: Vec<f32> = out.iter().flat_map(|(_, block)| block.iter().copied()).collect();
        loud.push(all.chunks_exact(SAMPLE_RATE as usize).map(rms).fold(f32::MAX, f32::min));
    }
    assert!(loud[0] < 0.9 * loud[1], "with and without: {loud:?}");
}

#[test]
fn after_a_jump_sound_begins_where_it_was_jumped_to() {
    let out = filtered(true, 100, Some(500_000_000));
    assert_eq!(out[0].0, 500_000_000);
}
