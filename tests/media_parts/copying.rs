//! Copies into MP4, and waveforms.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use onetake::core::peaks::PER_SECOND;
use onetake::media::error::Error;
use onetake::media::export::remux_mp4;
use onetake::media::peaks::peaks;
use onetake::media::record::Recorder;

use super::offsets::LIP_SYNC_NANOS;
use super::recording::TICK_NANOS;
use super::source::{VIDEO, perform, plan, read_back};

/// A finished take of two and a half seconds, and the same file as a kill would have left it near its end.
fn takes(folder: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let (path, torn) = (folder.join("take.mkv"), folder.join("torn.mkv"));
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..75, |_| true, |_| true);
    std::fs::copy(&path, &torn).unwrap();
    recorder.finish().unwrap();
    (path, torn)
}

#[test]
fn finished_and_torn_takes_become_mp4_with_every_picture() {
    let folder = tempfile::tempdir().unwrap();
    let (path, torn) = takes(folder.path());
    for from in [path, torn] {
        let to = from.with_extension("mp4");
        let mut told = Vec::new();
        let bytes = remux_mp4(&from, &to, |part| told.push(part), &AtomicBool::new(false)).unwrap();
        assert_eq!(bytes, std::fs::metadata(&to).unwrap().len());
        assert_eq!(told.last(), Some(&1.0));
        let file = std::fs::read(&to).unwrap();
        assert!(index_is_first(&file));
        assert_eq!(opus_rate(&file), Some(48_000), "ffmpeg and browsers read the Opus box big-endian");
        let (before, after) = (read_back(&from), read_back(&to));
        assert_eq!(before.numbers, after.numbers);
        for (number, time) in after.numbers.iter().zip(&after.times) {
            assert!(time.abs_diff(VIDEO.rate.frame_start(*number)) <= 2 * TICK_NANOS, "frame {number} at {time}");
        }
        assert_eq!(after.flashes.len(), 3);
        for (flash, click) in after.flashes.iter().zip(after.clicks()) {
            assert!(click.abs_diff(*flash) <= LIP_SYNC_NANOS, "flash {flash}, click {click}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 4, "no temporary file stays: {left:?}");
}

/// The sample rate in the first Opus box.
fn opus_rate(file: &[u8]) -> Option<u32> {
    let at = file.windows(4).position(|kind| kind == b"dOps")?;
    Some(u32::from_be_bytes(*file.get(at + 8..)?.first_chunk()?))
}

/// Whether the box `moov` comes before `mdat` (ISO/IEC 14496-12).
fn index_is_first(file: &[u8]) -> bool {
    let mut at = 0;
    while let Some(head) = file.get(at..at + 8) {
        match &head[4..] {
            b"moov" => return true,
            b"mdat" => return false,
            _ => at += u32::from_be_bytes([head[0], head[1], head[2], head[3]]).max(8) as usize,
        }
    }
    false
}

#[test]
fn a_copy_that_fails_or_is_cancelled_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = takes(folder.path());
    let to = folder.path().join("film.mp4");
    std::fs::write(&to, b"earlier").unwrap();
    let cancelled = remux_mp4(&path, &to, |_| {}, &AtomicBool::new(true));
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    let text = folder.path().join("text.mkv");
    std::fs::write(&text, "not a film at all, but a line of text that goes on for a while").unwrap();
    assert!(remux_mp4(&text, &to, |_| {}, &AtomicBool::new(false)).is_err());
    assert!(remux_mp4(&path, &folder.path().join("no/such/film.mp4"), |_| {}, &AtomicBool::new(false)).is_err());
    assert_eq!(std::fs::read(&to).unwrap(), b"earlier");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn what_mp4_does_not_take_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    plan.video_encoder = Some(super::source::encoder("vp8enc"));
    let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..20, |_| true, |_| true);
    recorder.finish().unwrap();
    let error = remux_mp4(&path, &folder.path().join("film.mp4"), |_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(&error, Error::NotForMp4 { codec, .. } if codec.contains("VP8")), "{error}");
}

#[test]
fn the_waveform_has_the_clicks_in_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let (path, torn) = takes(folder.path());
    for file in [path, torn] {
        let peaks = peaks(&file, &AtomicBool::new(false)).unwrap();
        let expected = read_back(&file).sound.len() as u32 * PER_SECOND / 48_000;
        assert!(peaks.0.len().abs_diff(expected as usize) <= 1, "{} of {expected}", peaks.0.len());
        let loud: Vec<_> = (0..peaks.0.len()).filter(|&at| peaks.0[at] > 100).collect();
        assert!(loud.contains(&0) && loud.contains(&50) && loud.contains(&100), "{loud:?}");
        assert!(loud.len() <= 6, "only clicks are loud: {loud:?}");
    }
}

#[test]
fn a_waveform_can_be_cancelled_and_may_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = takes(folder.path());
    assert!(matches!(peaks(&path, &AtomicBool::new(true)), Err(Error::Cancelled)));
    let mute = folder.path().join("mute.mkv");
    let mut plan = plan(&mute);
    plan.audio = None;
    let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..10, |_| true, |_| true);
    recorder.finish().unwrap();
    let cancel = AtomicBool::new(false);
    assert!(peaks(&mute, &cancel).unwrap().0.is_empty());
    assert!(!cancel.load(Ordering::Relaxed));
}
