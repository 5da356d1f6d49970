//! A second file beside a player: at every place of the player's, the picture that belongs there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use onetake::core::latest::Latest;
use onetake::core::time::SECOND;
use onetake::media::beside::Beside;
use onetake::media::record::{Plan, Recorder};

use super::source::{VIDEO, number_in, perform, plan};

/// How long anything here may take before the test gives up; far above what it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The second file begins this long after the first.
const OFFSET: u64 = 400_000_000;

#[test]
fn the_picture_of_the_players_place_is_shown_wherever_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("screen.mkv");
    let recorder =
        Recorder::start(Plan { audio: None, audio_encoder: None, ..plan(&path) }, |event| panic!("{event:?}")).unwrap();
    // As of a screen that changes now and then: every third picture of the first two seconds, then all.
    perform(&recorder, 0..120, |number| number % 3 == 0 || number > 60, |_| true);
    assert_eq!(recorder.finish().unwrap().dropped, 0, "this machine is too busy for the test");

    let (place, frames) = (Arc::new(AtomicU64::new(0)), Latest::default());
    let position = Arc::clone(&place);
    let beside = Beside::open(&path, OFFSET as i64, move || position.load(Ordering::Relaxed), frames.clone()).unwrap();
    // Before its first picture, forward in small steps, far forward, back, past its end, and back to the start.
    let small = (0..10).map(|step| OFFSET + step * SECOND / 15);
    let far = [3 * SECOND + OFFSET, SECOND + OFFSET, SECOND, 60 * SECOND, 2 * SECOND, OFFSET, 0];
    for at in [0, OFFSET / 2].into_iter().chain(small).chain(far) {
        place.store(at + 1_000_000, Ordering::Relaxed);
        let number = at.saturating_sub(OFFSET) * 30 / SECOND;
        let expected = if number > 60 { number.min(119) } else { number / 3 * 3 };
        let begun = Instant::now();
        let shown = || frames.get().map(|frame| (number_in(&frame.data, frame.format.width as usize), frame.stamp.0));
        while shown().map(|(number, _)| number) != Some(expected) {
            assert!(begun.elapsed() < PATIENCE, "at {at}: {:?} and not {expected}", shown());
            std::thread::sleep(Duration::from_millis(2));
        }
        let (number, stamp) = shown().unwrap();
        // A picture that was sought from its middle is told to begin there.
        let late = stamp as i64 - (OFFSET + VIDEO.rate.frame_start(number)) as i64;
        assert!((-200_000..=VIDEO.rate.frame_nanos() as i64).contains(&late), "picture {number} has {stamp}");
    }
    drop(beside);
}

#[test]
fn what_is_no_film_is_refused_or_shows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (absent, empty, text) = (folder.path().join("no"), folder.path().join("empty"), folder.path().join("text"));
    std::fs::write(&empty, "").unwrap();
    std::fs::write(&text, "no film at all").unwrap();
    let frames = Latest::default();
    for path in [&absent, &empty] {
        assert!(Beside::open(path, 0, || 0, frames.clone()).is_err());
    }
    let _beside = Beside::open(&text, 0, || 0, frames.clone()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(frames.get().is_none());
}
