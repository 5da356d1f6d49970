//! A file played: opened, sought, stepped, to its end. Each picture says its own number.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use onetake::core::frame::Frame;
use onetake::core::latest::Latest;
use onetake::core::time::SECOND;
use onetake::media::play::{Event, Player};
use onetake::media::record::Recorder;

use super::recording::TICK_NANOS;
use super::source::{VIDEO, number_in, perform, plan};

/// How long anything here may take before the test gives up; far above what it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A resampler keeps the last samples of a file to itself.
const RESAMPLER_TAIL_NANOS: u64 = 5_000_000;

/// A player with what it shows and tells.
struct Show {
    player: Player,
    frames: Latest<Frame>,
    events: Receiver<Event>,
}

impl Show {
    /// Opens a file and waits until it is open.
    fn open(path: &Path) -> Show {
        let frames = Latest::default();
        let (tell, events) = channel();
        let player = Player::open(path, frames.clone(), move |event| {
            let _ = tell.send(event);
        })
        .unwrap();
        Show { player, frames, events }
    }

    fn opened(path: &Path) -> Show {
        let show = Show::open(path);
        match show.events.recv_timeout(PATIENCE).unwrap() {
            Event::Opened { nanos, width, height, .. } => {
                assert_eq!((width, height), (VIDEO.width, VIDEO.height));
                assert_eq!(nanos, show.player.duration());
            }
            other => panic!("{other:?}"),
        }
        show
    }

    /// Number drawn in the picture on screen, and the number and time the player says it has.
    fn shown(&self) -> Option<(u64, u64, u64)> {
        let frame = self.frames.get()?;
        let drawn = number_in(&frame.data, frame.format.width as usize);
        Some((drawn, frame.number, frame.stamp.0))
    }

    /// Waits until the picture drawn `number` is on screen.
    fn await_picture(&self, number: u64) {
        let began = Instant::now();
        while self.shown().map(|(drawn, ..)| drawn) != Some(number) {
            assert!(began.elapsed() < PATIENCE, "waiting for {number}, on screen {:?}", self.shown());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn await_position(&self, nanos: u64) {
        let began = Instant::now();
        while self.player.position().abs_diff(nanos) > TICK_NANOS {
            assert!(began.elapsed() < PATIENCE, "waiting for {nanos}, at {}", self.player.position());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// A take of `frames` pictures without those in `lost`.
fn record(path: &Path, frames: u64, lost: std::ops::Range<u64>) {
    let recorder = Recorder::start(plan(path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..frames, |number| !lost.contains(&number), |_| true);
    assert_eq!(recorder.finish().unwrap().dropped, 0, "this machine is too busy for the test");
}

#[test]
fn seeks_and_steps_land_on_their_very_picture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    // Pictures 40 to 43 are missing: a step over the hole is one step.
    record(&path, 75, 40..44);
    let show = Show::opened(&path);
    show.await_picture(0);
    for number in [37u64, 3, 74, 29, 30, 31, 0, 60] {
        show.player.seek(VIDEO.rate.frame_start(number), true);
        show.await_picture(number);
        show.await_position(VIDEO.rate.frame_start(number));
    }
    show.player.seek(VIDEO.rate.frame_start(38), true);
    for expected in [39u64, 44, 45] {
        show.player.step(1);
        show.await_picture(expected);
        show.await_position(VIDEO.rate.frame_start(expected));
    }
    for expected in [44u64, 39, 38] {
        show.player.step(-1);
        show.await_picture(expected);
        show.await_position(VIDEO.rate.frame_start(expected));
    }
    let (_, number, stamp) = show.shown().unwrap();
    assert_eq!(number, 38);
    assert!(stamp.abs_diff(VIDEO.rate.frame_start(38)) <= TICK_NANOS);
    show.player.step(-1_000);
    show.await_picture(0);
    show.player.step(1_000);
    show.await_picture(74);
    // Past the end the last picture stays.
    show.player.seek(3_600 * SECOND, true);
    show.await_picture(74);
}

#[test]
fn a_scrubbing_hand_ends_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    record(&path, 75, 0..0);
    let show = Show::opened(&path);
    for number in (0..70).chain((5..70).rev()) {
        show.player.seek(VIDEO.rate.frame_start(number), number % 3 == 0);
    }
    show.player.seek(VIDEO.rate.frame_start(52), true);
    show.await_picture(52);
    show.await_position(VIDEO.rate.frame_start(52));
}

#[test]
fn it_plays_to_the_end_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    record(&path, 40, 0..0);
    let show = Show::opened(&path);
    show.player.volume(0.0);
    for rate in [1.0, 2.0] {
        show.player.rate(rate);
        show.player.play();
        let event = show.events.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(event, Event::Ended), "{event:?}");
        show.await_picture(39);
        assert!(!show.player.is_playing());
    }
    show.player.step(-2);
    show.await_picture(37);
}

#[test]
fn playing_takes_its_time_without_a_sound_device() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    record(&path, 45, 0..0);
    let show = Show::opened(&path);
    let began = Instant::now();
    show.player.play();
    assert!(matches!(show.events.recv_timeout(PATIENCE).unwrap(), Event::Ended));
    // A pipeline without a clocked sink would be through in a tenth of this.
    assert!(began.elapsed() > Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn an_unfinished_file_has_its_real_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let torn = folder.path().join("torn.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..75, |_| true, |_| true);
    // What a kill would leave behind: the file as it is while it is written.
    std::fs::copy(&path, &torn).unwrap();
    recorder.finish().unwrap();
    let pictures = super::source::read_back(&torn).numbers;
    let last = *pictures.last().unwrap();
    assert!(last >= 60, "{last}");

    let show = Show::opened(&torn);
    let end = VIDEO.rate.frame_start(last + 1);
    assert!(show.player.duration() >= end - TICK_NANOS, "{} of {end}", show.player.duration());
    assert!(show.player.duration() < end + SECOND / 4, "{} of {end}", show.player.duration());
    show.player.seek(VIDEO.rate.frame_start(last), true);
    show.await_picture(last);
    show.player.seek(VIDEO.rate.frame_start(20), true);
    show.await_picture(20);
    show.player.seek(VIDEO.rate.frame_start(last - 10), true);
    show.await_picture(last - 10);
    show.player.play();
    assert!(matches!(show.events.recv_timeout(PATIENCE).unwrap(), Event::Ended));
    show.await_picture(last);
}

#[test]
fn what_is_no_media_fails_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.mkv");
    std::fs::write(&text, "not a film at all, but a line of text that goes on for a while").unwrap();
    assert!(Player::open(&folder.path().join("missing.mkv"), Latest::default(), |_| {}).is_err());
    let show = Show::open(&text);
    let event = show.events.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(event, Event::Failed(_)), "{event:?}");
    // What is asked of it afterwards does no harm.
    show.player.seek(SECOND, true);
    show.player.play();
}

#[test]
fn a_dropped_player_ends_its_thread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    record(&path, 10, 0..0);
    let show = Show::opened(&path);
    show.await_picture(0);
    let Show { player, events, .. } = show;
    player.play();
    drop(player);
    // The thread owns the closure, and with it the sender.
    while events.recv_timeout(PATIENCE).map_err(|error| assert_eq!(error, RecvTimeoutError::Disconnected)).is_ok() {}
}

/// A second of a tone as a WAV file (RIFF, 16-bit PCM, mono, 8 kHz).
fn wav() -> Vec<u8> {
    let samples: Vec<u8> = (0..8_000).flat_map(|i| (((i as f32 * 0.35).sin() * 9_000.0) as i16).to_le_bytes()).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(8_000u32.to_le_bytes());
    file.extend(16_000u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend((samples.len() as u32).to_le_bytes());
    file.extend(samples);
    file
}

#[test]
fn sound_alone_plays_and_is_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    std::fs::write(&path, wav()).unwrap();
    let show = Show::open(&path);
    match show.events.recv_timeout(PATIENCE).unwrap() {
        Event::Opened { nanos, width, .. } => assert_eq!((nanos, width), (SECOND, 0)),
        other => panic!("{other:?}"),
    }
    show.player.play();
    assert!(matches!(show.events.recv_timeout(PATIENCE).unwrap(), Event::Ended));
    assert!(show.player.position() > 0);
    let totals = onetake::media::inspect::inspect(&path, |_| {}, |_| {}).unwrap();
    assert_eq!(totals.video_frames, 0);
    assert!(totals.nanos.abs_diff(SECOND) < RESAMPLER_TAIL_NANOS, "{}", totals.nanos);
}
