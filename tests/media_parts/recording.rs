//! A take from frames to file and back.

use onetake::core::frame::{Frame, Matrix, Pixels, VideoFormat};
use onetake::core::time::{Moment, SECOND};
use onetake::media::inspect::inspect;
use onetake::media::record::{Event, Recorder};

use super::source::{BASE, VIDEO, block, frame, frame_of, perform, plan, read_back};

/// The file counts in ticks of 0.1 ms; a time is off by half of one at most, and by one more where a reader truncates.
pub const TICK_NANOS: u64 = 100_000;

/// The last block of a codec is filled up with silence: at most 120 ms (the longest Opus frame).
const CODEC_TAIL_NANOS: u64 = 120_000_000;

#[test]
fn two_seconds_come_back_whole_and_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..60, |_| true, |_| true);
    let finished = recorder.finish().unwrap();
    let back = read_back(&path);

    assert_eq!(finished.frames + finished.dropped, 60, "{finished:?}");
    assert_eq!(finished.audio_gaps, 0);
    assert_eq!(finished.bytes, std::fs::metadata(&path).unwrap().len());
    assert_eq!(back.numbers.len() as u64, finished.frames);
    if finished.dropped == 0 {
        assert_eq!(back.numbers, (0..60).collect::<Vec<_>>());
    }
    for (number, time) in back.numbers.iter().zip(&back.times) {
        let due = VIDEO.rate.frame_start(*number);
        assert!(time.abs_diff(due) <= TICK_NANOS, "frame {number} at {time}, due {due}");
    }
    assert!(back.sound_starts.unwrap() <= TICK_NANOS, "{:?}", back.sound_starts);
    let heard = back.sound.len() as u64 * SECOND / 48_000;
    assert!((2 * SECOND..=2 * SECOND + CODEC_TAIL_NANOS).contains(&heard), "{heard}");
}

#[test]
fn pictures_that_were_left_out_move_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..45, |number| !(10..17).contains(&number), |_| true);
    assert_eq!(recorder.health().missed, 7);
    recorder.finish().unwrap();
    let back = read_back(&path);
    assert!(!back.numbers.contains(&12));
    assert!(back.numbers.contains(&9) && back.numbers.contains(&17));
    for (number, time) in back.numbers.iter().zip(&back.times) {
        assert!(time.abs_diff(VIDEO.rate.frame_start(*number)) <= TICK_NANOS, "frame {number} at {time}");
    }
}

#[test]
fn sound_that_came_before_the_first_picture_is_cut_at_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    // Half a second of sound is there before the camera gives picture 15, as cameras do.
    (0..50).for_each(|at| recorder.push_sound(&block(at)));
    perform(&recorder, 15..50, |_| true, |_| true);
    let finished = recorder.finish().unwrap();
    assert_eq!(finished.audio_gaps, 0);
    let back = read_back(&path);
    assert_eq!(back.numbers[0], 15);
    assert_eq!(back.times[0], 0);
    // The click of second 1 is heard half a second after picture 15.
    let click = back.clicks()[0];
    assert!(click.abs_diff(SECOND / 2) < super::offsets::LIP_SYNC_NANOS, "{click}");
}

#[test]
fn a_second_take_never_overwrites_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    std::fs::write(&path, b"precious").unwrap();
    assert!(Recorder::start(plan(&path), |_| {}).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    assert!(Recorder::start(plan(&folder.path().join("no/such/folder.mkv")), |_| {}).is_err());
}

#[test]
fn a_take_without_a_frame_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(plan(&folder.path().join("take.mkv")), |event| panic!("{event:?}")).unwrap();
    let finished = recorder.finish().unwrap();
    assert_eq!((finished.frames, finished.nanos), (0, 0));
}

#[test]
fn frames_that_do_not_fit_are_counted_and_harm_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    let other = VideoFormat { pixels: Pixels::Mjpeg, ..VIDEO };
    let jpeg = Frame { format: other, ..frame(1) };
    let short = Frame { data: vec![0; 10].into(), ..frame(1) };
    let late = Frame { stamp: Moment(BASE - 5), ..frame(2) };
    recorder.push_frame(&frame(0));
    recorder.push_frame(&jpeg);
    recorder.push_frame(&short);
    recorder.push_frame(&late);
    recorder.push_frame(&frame(3));
    let finished = recorder.finish().unwrap();
    assert_eq!((finished.frames, finished.dropped), (2, 3));
    assert_eq!(read_back(&path).numbers, [0, 3]);
}

#[test]
fn a_camera_that_changes_its_size_is_recorded_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let (tell, told) = std::sync::mpsc::channel();
    let recorder = Recorder::start(plan(&path), move |event| tell.send(event).unwrap()).unwrap();
    let other = VideoFormat { width: 640, height: 480, ..VIDEO };
    (0..3).for_each(|number| recorder.push_frame(&frame(number)));
    (3..6).for_each(|number| recorder.push_frame(&frame_of(other, number)));
    (6..9).for_each(|number| recorder.push_frame(&frame(number)));
    let finished = recorder.finish().unwrap();
    assert_eq!((finished.frames, finished.dropped), (9, 0));
    let back = read_back(&path);
    // The numbers of pictures that were made smaller are too small to be read; their times are not.
    assert_eq!((&back.numbers[..3], &back.numbers[6..]), (&[0, 1, 2][..], &[6, 7, 8][..]));
    assert!(back.times.iter().zip(0..).all(|(time, number)| time.abs_diff(VIDEO.rate.frame_start(number)) <= TICK_NANOS));
    let told: Vec<Event> = told.try_iter().collect();
    assert!(matches!(told.as_slice(), [Event::Changed(_), Event::Changed(_)]), "{told:?}");
}

#[test]
fn the_health_of_a_take_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(plan(&folder.path().join("take.mkv")), |event| panic!("{event:?}")).unwrap();
    let mut number = 0;
    while recorder.health().synced_bytes == 0 {
        assert!(number < 600, "nothing synced after 20 s of pictures");
        perform(&recorder, number..number + 15, |_| true, |_| true);
        number += 15;
    }
    let health = recorder.health();
    assert!(health.frames > 0 && health.bytes >= health.synced_bytes && health.disk_free_bytes > 0, "{health:?}");
}

#[test]
fn colours_are_told_in_the_file() {
    for (matrix, full_range, pixels) in [
        (Matrix::Bt601, true, Pixels::I420),
        (Matrix::Bt601, false, Pixels::Nv12),
        (Matrix::Bt709, false, Pixels::Nv12),
        (Matrix::Bt709, true, Pixels::I420),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.mkv");
        let format = VideoFormat { matrix, full_range, pixels, ..VIDEO };
        let mut plan = plan(&path);
        plan.video = Some(format);
        plan.audio = None;
        let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
        (0..5).for_each(|number| recorder.push_frame(&frame_of(format, number)));
        recorder.finish().unwrap();
        let mut seen = 0;
        inspect(
            &path,
            |picture| {
                assert_eq!((picture.format.matrix, picture.format.full_range), (matrix, full_range));
                seen += 1;
            },
            |_| {},
        )
        .unwrap();
        assert_eq!(seen, 5);
    }
}

/// A small generator (xorshift), so that the same files are broken the same way each time.
fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed as usize
}

#[test]
fn broken_files_end_and_show_only_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..45, |_| true, |_| true);
    recorder.finish().unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut seed = 20_261_121;
    let mut readable = 0;
    for round in 0..24 {
        let mut bytes = whole.clone();
        // The first kilobytes are the headers, broken enough by the test of what is no media.
        let at = 4_000 + random(&mut seed) % (bytes.len() - 4_000);
        match round % 2 {
            0 => bytes.truncate(at),
            _ => bytes.iter_mut().skip(at).take(2_000).for_each(|byte| *byte = random(&mut seed) as u8),
        }
        let broken = folder.path().join("broken.mkv");
        std::fs::write(&broken, &bytes).unwrap();
        let mut shown = 0u64;
        let result = inspect(&broken, |_| shown += 1, |_| {});
        readable += u64::from(result.is_ok());
        assert!(shown <= 45, "round {round}: {shown} pictures");
    }
    assert!(readable >= 12, "a file that only ends early is readable: {readable}");
}

#[test]
fn what_is_no_media_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let refused = |path: &std::path::Path| {
        let error = inspect(path, |_| {}, |_| {}).unwrap_err();
        let problem = onetake::core::problem::Problem::from(error);
        assert!(problem.what.len() > 10 && !problem.fix.is_empty(), "{problem:?}");
    };
    refused(&folder.path().join("missing.mkv"));
    refused(&write("empty.mkv", b""));
    refused(&write("text.mkv", b"This is not a film. It is a line of text, and a long one at that.\n"));
    refused(&write("noise.mkv", &(0..40_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>()));
    refused(&write("head.mkv", &[0x1a, 0x45, 0xdf, 0xa3, 0x01, 0, 0, 0, 0, 0, 0, 0x23]));
    refused(folder.path());
}
