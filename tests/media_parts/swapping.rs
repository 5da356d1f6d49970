//! Encoders that fail in the middle of a take. Real elements fail here: an `identity` behind the encoder that gives an error after
//! so many blocks.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, channel};

use onetake::core::profile::Encoder;
use onetake::core::time::SECOND;
use onetake::media::export::remux_mp4;
use onetake::media::record::{Event, Finished, Plan, Recorder};
use onetake::media::repair;

use super::recording::TICK_NANOS;
use super::source::{ReadBack, VIDEO, encoder, perform, plan, read_back};

/// The encoder gives an error instead of its 41st picture.
const GIVEN: u64 = 40;

/// A key picture a second; so the swap comes in the middle of a group.
const FRAMES: u64 = 120;

fn failing(element: &str, after: u64) -> Encoder {
    let mut encoder = encoder(element);
    encoder.name = format!("Failing {element}");
    encoder.after.push(format!("identity error-after={}", after + 1));
    encoder
}

fn record(plan: Plan) -> (Finished, Receiver<Event>) {
    let (tell, told) = channel();
    let recorder = Recorder::start(plan, move |event| tell.send(event).unwrap()).unwrap();
    perform(&recorder, 0..FRAMES, |_| true, |_| true);
    (recorder.finish().unwrap(), told)
}

fn assert_whole(back: &ReadBack, frames: u64) {
    assert_eq!(back.numbers, (0..frames).collect::<Vec<_>>());
    for (number, time) in back.numbers.iter().zip(&back.times) {
        assert!(time.abs_diff(VIDEO.rate.frame_start(*number)) <= TICK_NANOS, "frame {number} at {time}");
    }
}

fn changed(told: &Receiver<Event>) -> Vec<(u64, String, String)> {
    let told = told.try_iter().filter(|event| !matches!(event, Event::Safe(_)));
    told.map(|event| match event {
        Event::EncoderChanged { nanos, failed, now, .. } => (nanos, failed, now),
        other => panic!("{other:?}"),
    })
    .collect()
}

#[test]
fn another_encoder_goes_on_in_the_same_file_and_no_picture_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    plan.video_encoder = Some(failing("x264enc", GIVEN));
    plan.spare_encoders = vec![encoder("openh264enc")];
    let (finished, told) = record(plan);
    let changed = changed(&told);
    let (nanos, failed, now) = changed.first().expect("the change is told");
    assert_eq!((failed.as_str(), now.as_str(), changed.len()), ("Failing x264enc", "H.264 OpenH264", 1));
    assert!(nanos.abs_diff(VIDEO.rate.frame_start(GIVEN)) <= SECOND / 10, "{nanos}");
    if finished.dropped > 0 {
        println!("a machine this busy drops frames by itself: {finished:?}");
        return;
    }
    assert_eq!((finished.frames, finished.audio_gaps), (FRAMES, 0));
    let back = read_back(&path);
    assert_whole(&back, FRAMES);
    assert_eq!(back.clicks().len(), 4);
    assert_copied(&path);
    assert_mends(&path);
}

/// The MP4 has every picture too.
fn assert_copied(path: &Path) {
    let copy = path.with_extension("mp4");
    remux_mp4(path, &copy, |_| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!(read_back(&copy).numbers, (0..FRAMES).collect::<Vec<_>>());
}

/// A file that was cut off behind the swap is mended, and has every picture before the cut.
fn assert_mends(path: &Path) {
    let whole = std::fs::read(path).unwrap();
    let cut = path.with_file_name("cut.mkv");
    std::fs::write(&cut, &whole[..whole.len() * 9 / 10]).unwrap();
    let survey = repair::survey(&cut, None).unwrap();
    assert!(survey.frames > GIVEN + 30, "{survey:?}");
    assert_eq!(read_back(&cut).numbers, (0..survey.frames).collect::<Vec<_>>());
}

#[test]
fn without_another_encoder_the_same_is_tried_afresh_and_then_the_take_ends_with_all_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    plan.video_encoder = Some(failing("x264enc", GIVEN));
    // Of another codec: it can't go on in this file.
    plan.spare_encoders = vec![encoder("vp8enc")];
    let (finished, told) = record(plan);
    let told: Vec<Event> = told.try_iter().filter(|event| !matches!(event, Event::Safe(_))).collect();
    assert!(
        matches!(told.as_slice(), [Event::EncoderChanged { .. }, Event::EncoderFailed(_)]),
        "changed to the same, then failed: {told:?}"
    );
    let back = read_back(&path);
    assert_eq!(back.numbers.len() as u64, finished.frames);
    assert!(finished.frames >= GIVEN, "{finished:?}");
    if finished.frames == 2 * GIVEN {
        assert_whole(&back, 2 * GIVEN);
    }
}

#[test]
fn a_sound_encoder_that_fails_is_begun_afresh_and_then_done_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    // Blocks of 20 ms: so the click of second 1 is the second encoder's.
    plan.audio_encoder = Some(failing("opusenc", 40));
    let (finished, told) = record(plan);
    let told: Vec<Event> = told.try_iter().filter(|event| !matches!(event, Event::Safe(_))).collect();
    assert!(matches!(told.as_slice(), [Event::EncoderChanged { .. }, Event::SoundLost(_)]), "{told:?}");
    let back = read_back(&path);
    assert_eq!(back.numbers.len() as u64, finished.frames);
    assert_eq!(finished.frames + finished.dropped, FRAMES);
    let heard = back.sound.len() as u64 * SECOND / 48_000;
    assert!((SECOND * 15 / 10..SECOND * 18 / 10).contains(&heard), "{heard}");
    // It adds the codec's run-up once more, 6.5 ms.
    let clicks = back.clicks();
    assert!(clicks.len() >= 2 && clicks[1].abs_diff(SECOND) < 10_000_000, "{clicks:?}");
}

#[test]
fn a_take_of_sound_alone_ends_when_no_encoder_of_sound_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let audio_encoder = Some(failing("opusenc", 40));
    let plan = Plan { video: None, video_encoder: None, audio_encoder, ..plan(&path) };
    let (tell, told) = channel();
    let recorder = Recorder::start(plan, move |event| tell.send(event).unwrap()).unwrap();
    perform(&recorder, 0..FRAMES, |_| false, |_| true);
    let finished = recorder.finish().unwrap();
    let told: Vec<Event> = told.try_iter().filter(|event| !matches!(event, Event::Safe(_))).collect();
    assert!(matches!(told.as_slice(), [Event::EncoderChanged { .. }, Event::EncoderFailed(_)]), "{told:?}");
    assert!(finished.nanos > SECOND && repair::survey(&path, None).unwrap().indexed, "{finished:?}");
}
