//! What a take survives: a lost camera, a lost microphone, a killed program, a full disk.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use onetake::core::time::SECOND;
use onetake::media::record::{Event, Recorder};

use super::recording::TICK_NANOS;
use super::source::{VIDEO, block, encoder, frame, perform, plan, read_back};

/// What a kill may cost.
const KILL_LOSS_FRAMES: u64 = 9;

/// How long anything here may take before the test gives up; far above what it takes.
const PATIENCE: Duration = Duration::from_secs(60);

const CHILD_FILE: &str = "ONETAKE_TEST_CHILD_FILE";

#[test]
fn sound_goes_on_without_the_camera() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..120, |number| !(30..105).contains(&number), |_| true);
    let finished = recorder.finish().unwrap();
    assert_eq!(finished.audio_gaps, 0);
    let back = read_back(&path);
    assert!(back.sound.len() as u64 * SECOND / 48_000 >= 4 * SECOND);
    assert_eq!(back.clicks().len(), 4, "every click of four seconds is in the file");
    assert!(back.numbers.iter().any(|&number| number >= 105), "the camera that came back is recorded");
    for (number, time) in back.numbers.iter().zip(&back.times).filter(|(number, _)| **number >= 105) {
        assert!(time.abs_diff(VIDEO.rate.frame_start(*number)) <= TICK_NANOS, "frame {number} at {time}");
    }
    // The stand-ins are the last picture before the loss.
    assert!(back.numbers.iter().filter(|&&number| number == 29).count() > 10, "{:?}", back.numbers);
    assert!(finished.frames <= 45, "stand-ins are not counted as frames: {finished:?}");
}

#[test]
fn pictures_go_on_without_the_microphone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..120, |_| true, |at| !(50..350).contains(&at));
    let finished = recorder.finish().unwrap();
    assert_eq!(finished.audio_gaps, 1, "{finished:?}");
    assert_eq!(finished.frames + finished.dropped, 120);
    let back = read_back(&path);
    assert_eq!(back.numbers.len() as u64, finished.frames);
    let loud = |from: usize, to: usize| back.sound[from..to].iter().any(|s| s.abs() > 0.02);
    assert!(loud(10_000, 20_000) && !loud(60_000, 160_000) && loud(170_000, 190_000));
}

/// Records until it is killed and says which frames it has handed over. Run by the test below.
#[test]
#[ignore = "the child of a_killed_program_loses_next_to_nothing"]
fn child_records_until_killed() {
    let path = std::env::var(CHILD_FILE).expect("started by its parent");
    let recorder = Recorder::start(plan(Path::new(&path)), |event| panic!("{event:?}")).unwrap();
    for number in 0..3_000 {
        perform(&recorder, number..number + 1, |_| true, |_| true);
        // One call is one frame without a wait; the pace is kept here.
        std::thread::sleep(Duration::from_nanos(VIDEO.rate.frame_nanos()));
        println!("frame {number}");
    }
}

#[test]
fn a_killed_program_loses_next_to_nothing() {
    // Kills at different distances from a key frame and from a cluster's start.
    for last in [5u64, 38, 77] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.mkv");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["losses::child_records_until_killed", "--exact", "--ignored", "--nocapture"])
            .env(CHILD_FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let given = loop {
            let line = lines.next().expect("the child ended by itself").unwrap();
            // The harness writes the test's name and the first line together.
            if let Some(number) = line.rsplit("frame ").next().and_then(|n| n.parse::<u64>().ok())
                && number >= last
            {
                break number;
            }
        };
        child.kill().unwrap();
        child.wait().unwrap();
        let back = read_back(&path);
        let newest = back.numbers.iter().max().copied().unwrap_or(0);
        println!("killed after frame {given}: the file ends with frame {newest}");
        assert!(newest + KILL_LOSS_FRAMES >= given, "handed over {given}, in the file {newest}");
        assert_eq!(back.numbers[0], 0);
    }
}

#[test]
fn a_full_disk_is_told_and_what_was_recorded_plays() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_small) = SmallDisk::mount(folder.path()) else {
        println!("skipped: mounting a small tmpfs needs root");
        return;
    };
    let path = folder.path().join("take.mkv");
    let (tell, told) = mpsc::channel();
    let recorder = Recorder::start(plan(&path), move |event| tell.send(event).unwrap()).unwrap();
    let inlet = recorder.inlet();
    let mut number = 0;
    let event = loop {
        assert!(number < 3_000, "the disk never filled");
        if let Ok(event) = told.recv_timeout(Duration::from_millis(10)) {
            break event;
        }
        inlet.push_frame(&frame(number));
        (0..4).for_each(|at| inlet.push_sound(&block(number * 10 / 3 + at)));
        number += 1;
        if number == 60 {
            // Another program takes the rest, so fast that nobody can look.
            let filled = std::fs::write(folder.path().join("other"), vec![7; DISK_BYTES]);
            assert!(filled.is_err(), "the disk is full");
        }
    };
    assert!(matches!(event, Event::DiskFull(_)), "{event:?}");
    let finished = recorder.finish().unwrap();
    assert!(finished.bytes > 0, "{finished:?}");
    let back = read_back(&path);
    assert!(back.numbers.len() > 10, "{} pictures", back.numbers.len());
}

/// Room for a minute of these takes: with less they are ended at once.
const DISK_BYTES: usize = 16 << 20;

/// A small file system, unmounted when dropped.
struct SmallDisk<'a>(&'a Path);

impl SmallDisk<'_> {
    fn mount(at: &Path) -> Option<SmallDisk<'_>> {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={DISK_BYTES}"), "tmpfs"]).arg(at).status();
        mounted.ok()?.success().then_some(SmallDisk(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn an_encoder_that_fails_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    // H.263 knows five sizes, and ours is none of them.
    plan.video_encoder = Some(onetake::core::profile::Encoder {
        name: "Broken".into(),
        element: "avenc_h263".into(),
        properties: Default::default(),
        after: Vec::new(),
        hardware: false,
    });
    let (tell, told) = mpsc::channel();
    let recorder = match Recorder::start(plan, move |event| tell.send(event).unwrap()) {
        Ok(recorder) => recorder,
        Err(error) => {
            println!("refused at the start: {error}");
            return;
        }
    };
    recorder.push_frame(&frame(0));
    let event = told.recv_timeout(PATIENCE).expect("an event");
    assert!(matches!(event, Event::EncoderFailed(_) | Event::Failed(_)), "{event:?}");
    recorder.push_frame(&frame(1));
    assert!(recorder.finish().unwrap().frames == 0);
}

#[test]
fn an_encoder_that_is_behind_costs_frames_and_not_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    plan.audio = None;
    let mut slow = encoder("x264enc");
    slow.properties.insert("speed-preset".into(), "placebo".into());
    plan.video_encoder = Some(slow);
    let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
    // Two hundred pictures at once: no encoder takes them, and the caller is not held up.
    (0..200).for_each(|number| recorder.push_frame(&frame(number)));
    let finished = recorder.finish().unwrap();
    assert_eq!(finished.frames + finished.dropped, 200);
    assert!(finished.dropped > 0 && finished.frames > 0, "{finished:?}");
    let back = read_back(&path);
    assert_eq!(back.numbers.len() as u64, finished.frames);
    for (number, time) in back.numbers.iter().zip(&back.times) {
        assert!(time.abs_diff(VIDEO.rate.frame_start(*number)) <= TICK_NANOS, "frame {number} at {time}");
    }
}
