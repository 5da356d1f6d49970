//! A camera that gives half as many pictures for a while: the pictures keep their times, in the file and in what is made of
//! it.

use std::sync::atomic::AtomicBool;

use onetake::core::time::{Rate, SECOND};
use onetake::jobs::proof;
use onetake::media::export::remux_mp4;

use super::film::{Film, millis, record, worst};
use super::world::{BEGIN, Trouble, World};

/// GStreamer plays the run-up of an MP4's Opus, 312 samples, which others leave out.
const RUN_UP: i64 = 6_500_000;

/// The file counts in ticks of 0.1 ms, an MP4 of it in finer ones; a reader may cut off one.
const TICKS: i64 = 200_000;

#[test]
fn a_camera_in_the_dark_keeps_its_times_to_the_export() {
    let folder = tempfile::tempdir().unwrap();
    let (file, exported) = (folder.path().join("take.mkv"), folder.path().join("take.mp4"));
    let world = World { rate: Rate::whole(30), sample_rate: 48_000, trouble: Trouble::Dark };
    let finished = record(&world, BEGIN + 4 * SECOND, &file);
    remux_mp4(&file, &exported, |_| {}, &AtomicBool::new(false)).unwrap();
    for (path, run_up) in [(&file, 0), (&exported, RUN_UP)] {
        let film = Film::read(path);
        let errors = film.picture_errors(&world);
        assert_eq!((film.pictures.len() as u64, film.missing(&world)), (finished.frames, Vec::<u64>::new()));
        assert!(worst(&errors).abs() <= TICKS, "{}: off by {} ms", path.display(), millis(worst(&errors)));
        let offsets = film.offsets(&world);
        let off = worst(&offsets) - run_up;
        assert!(offsets.len() >= 3 && off.abs() <= 500_000, "{}: {offsets:?}", path.display());
        assert!(film.nanos.abs_diff(4 * SECOND) < SECOND / 10, "{}: {} ns long", path.display(), film.nanos);
    }
    // What was never taken is no loss of ours, and the proof says how much it was.
    let proof = proof::check(&file).unwrap();
    assert_eq!((proof.missing_frames, proof.misplaced_frames, proof.unreadable_frames), (15, 0, 0));
    assert_eq!(finished.dropped, 0);
    let (nanos, frames) = proof::length(&file).unwrap();
    assert_eq!(frames, finished.frames);
    assert!(nanos.abs_diff(finished.nanos) < SECOND / 10, "{nanos} and {}", finished.nanos);
}
