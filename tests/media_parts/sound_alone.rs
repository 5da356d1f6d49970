//! A take of sound alone: recorded, paused, killed, mended, played and copied like any other.

use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::time::Duration;

use onetake::core::latest::Latest;
use onetake::core::time::{Moment, SECOND};
use onetake::media::inspect::inspect;
use onetake::media::play::{self, Player};
use onetake::media::record::{Plan, Recorder};
use onetake::media::{export, repair};

use super::offsets::LIP_SYNC_NANOS;
use super::source::{AUDIO, BASE, block, plan};

/// The last block of a codec is filled up, and the length of a block of Opus is not in the file.
const CODEC_NANOS: u64 = 120_000_000;

/// Anything here that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

fn sound_plan(file: &std::path::Path) -> Plan {
    Plan { video: None, video_encoder: None, ..plan(file) }
}

/// Hands over ten seconds' worth a second, which the encoder of sound can do.
fn record(recorder: &Recorder, blocks: std::ops::Range<u64>) {
    for at in blocks {
        recorder.push_sound(&block(at));
        if at % 10 == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn it_begins_with_the_first_sound_and_goes_on_after_a_pause() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(sound_plan(&path), |_| {}).unwrap();
    let at = |block: u64| Moment(BASE + block * 10_000_000);
    record(&recorder, 0..250);
    recorder.inlet().pause(at(250));
    record(&recorder, 250..380);
    recorder.inlet().resume(at(380));
    record(&recorder, 380..600);
    let finished = recorder.finish().unwrap();
    assert_eq!((finished.frames, finished.dropped, finished.audio_gaps), (0, 0, 0));
    let long = 4_700_000_000;
    assert!((long..long + CODEC_NANOS).contains(&finished.nanos), "{finished:?}");

    let mut sound = Vec::new();
    let totals = inspect(&path, |_| panic!("there is no picture"), |block| sound.extend_from_slice(block.samples)).unwrap();
    assert_eq!(totals.video_frames, 0);
    let loud = |secs: f64| {
        let from = (secs * 48_000.0) as usize;
        sound[from.saturating_sub(480)..from + 480].iter().any(|sample| sample.abs() > 0.45)
    };
    // Seconds 0, 1 and 2 of the microphone, then 4 and 5, which the pause brought 1.3 s nearer.
    for click in [0.0, 1.0, 2.0, 2.7, 3.7] {
        assert!(loud(click), "no click at {click} s, within {LIP_SYNC_NANOS} ns");
    }
    assert!(!loud(3.2));
    let survey = repair::survey(&path, None).unwrap();
    assert!(survey.indexed && survey.nanos.abs_diff(long) < CODEC_NANOS, "{survey:?}");
}

#[test]
fn a_take_of_sound_that_was_cut_off_is_measured_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(sound_plan(&path), |_| {}).unwrap();
    record(&recorder, 0..400);
    let begin = std::time::Instant::now();
    while recorder.health().recorded_nanos < 3 * SECOND {
        assert!(begin.elapsed() < PATIENCE, "{:?}", recorder.health());
        std::thread::sleep(Duration::from_millis(5));
    }
    // As a kill leaves it.
    let cut = folder.path().join("cut.mkv");
    std::fs::copy(&path, &cut).unwrap();
    recorder.finish().unwrap();
    let survey = repair::survey(&cut, None).unwrap();
    assert!(!survey.indexed && survey.nanos > 2 * SECOND && survey.frames > 100, "{survey:?}");
    repair::mend(&cut, &survey).unwrap();
    assert!(repair::survey(&cut, None).unwrap().indexed);
    let totals = inspect(&cut, |_| {}, |_| {}).unwrap();
    assert!(totals.nanos.abs_diff(survey.nanos) < CODEC_NANOS, "{totals:?}, {survey:?}");
}

#[test]
fn it_plays_and_tells_where_it_is_and_is_copied_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(sound_plan(&path), |_| {}).unwrap();
    record(&recorder, 0..200);
    recorder.finish().unwrap();
    let frames = Latest::default();
    let (tell, told) = mpsc::channel();
    let player = Player::open(&path, frames.clone(), move |event| drop(tell.send(event))).unwrap();
    match told.recv_timeout(PATIENCE).unwrap() {
        play::Event::Opened { nanos, width, .. } => assert!(width == 0 && nanos.abs_diff(2 * SECOND) < CODEC_NANOS, "{nanos}"),
        other => panic!("{other:?}"),
    }
    player.seek(SECOND, true);
    let begin = std::time::Instant::now();
    while frames.get().is_none_or(|frame| frame.stamp.0.abs_diff(SECOND) > CODEC_NANOS) {
        assert!(begin.elapsed() < PATIENCE, "the place is not told: {:?}", frames.get());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(frames.get().is_some_and(|frame| frame.is_empty()));
    player.close(PATIENCE);

    let copy = folder.path().join("take.m4a");
    export::remux_mp4(&path, &copy, |_| {}, &AtomicBool::new(false)).unwrap();
    let totals = inspect(&copy, |_| panic!("there is no picture"), |_| {}).unwrap();
    assert!(totals.nanos.abs_diff(2 * SECOND) < CODEC_NANOS && AUDIO.channels == 1, "{totals:?}");
}
