//! Figures, not checks: what recording costs beside gst-launch with the same encoder, and how long a seek takes. Run with
//! `cargo test --test media_pipelines measuring -- --ignored --nocapture --test-threads=1`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use onetake::core::frame::{AudioBlock, Frame, VideoFormat};
use onetake::core::latest::Latest;
use onetake::core::time::{Moment, SECOND};
use onetake::media::play::{Event, Player};
use onetake::media::probe;
use onetake::media::record::{Plan, Recorder};

use super::source::{AUDIO, BASE, BLOCK, VIDEO, block, encoder, frame_of, number_in};

const SECONDS: u64 = 10;
const HD: VideoFormat = VideoFormat { width: 1280, height: 720, ..VIDEO };

fn plan(file: &Path) -> Plan {
    Plan {
        file: file.to_owned(),
        video: Some(HD),
        audio: Some(AUDIO),
        video_encoder: Some(encoder("x264enc")),
        spare_encoders: Vec::new(),
        audio_encoder: Some(encoder("opusenc")),
        keep_free_bytes: 0,
    }
}

/// Processor seconds of the processes named by the first line of a `/proc` stat file (user and system).
fn cpu_secs(stat: &str, user: usize) -> f64 {
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    // The state letter is no number, so the list begins at field 4 of proc(5).
    (fields[user - 4] + fields[user - 3]) / 100.0
}

fn own_cpu_secs() -> f64 {
    cpu_secs(&std::fs::read_to_string("/proc/self/stat").unwrap(), 14)
}

fn childrens_cpu_secs() -> f64 {
    cpu_secs(&std::fs::read_to_string("/proc/self/stat").unwrap(), 16)
}

/// One second of pictures, repeated by whoever needs more.
fn pictures() -> Vec<Frame> {
    (0..30).map(|number| frame_of(HD, number)).collect()
}

fn record_paced(recorder: &Recorder, pictures: &[Frame]) {
    let sound: Vec<AudioBlock> = (0..SECONDS * 100).map(block).collect();
    let began = Instant::now();
    let mut blocks = sound.iter();
    for number in 0..SECONDS * 30 {
        let due = HD.rate.frame_start(number);
        std::thread::sleep(Duration::from_nanos(due.saturating_sub(began.elapsed().as_nanos() as u64)));
        let frame = &pictures[number as usize % pictures.len()];
        recorder.push_frame(&Frame { stamp: Moment(BASE + due), number, ..frame.clone() });
        while blocks.as_slice().first().is_some_and(|b| b.stamp.0 - BASE < HD.rate.frame_start(number + 1)) {
            blocks.next().into_iter().for_each(|block| recorder.push_sound(block));
        }
    }
    assert_eq!(sound.len() as u64 * BLOCK, SECONDS * 48_000);
}

#[test]
#[ignore = "a measurement of ten seconds"]
fn recording_beside_gst_launch() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = pictures();
    let recorder = Recorder::start(plan(&folder.path().join("take.mkv")), |event| panic!("{event:?}")).unwrap();
    let before = own_cpu_secs();
    record_paced(&recorder, &pictures);
    let finished = recorder.finish().unwrap();
    let ours = own_cpu_secs() - before;

    let before = childrens_cpu_secs();
    let pipeline = "fdsrc blocksize=1382400 ! rawvideoparse format=nv12 width=1280 height=720 framerate=30/1 ! videoconvert ! \
        x264enc speed-preset=superfast tune=zerolatency bitrate=2764 key-int-max=30 vbv-buf-capacity=1000 ! h264parse ! queue ! \
        matroskamux name=m ! filesink location=peer.mkv buffer-mode=unbuffered audiotestsrc num-buffers=1000 samplesperbuffer=480 ! \
        audio/x-raw,format=F32LE,rate=48000,channels=1 ! audioconvert ! opusenc bitrate=160000 ! queue ! m.";
    let mut peer = Command::new("gst-launch-1.0")
        .arg("-q")
        .args(pipeline.split_whitespace())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .expect("gst-launch-1.0 is installed");
    let mut pipe = peer.stdin.take().unwrap();
    let began = Instant::now();
    for number in 0..SECONDS * 30 {
        let due = HD.rate.frame_start(number);
        std::thread::sleep(Duration::from_nanos(due.saturating_sub(began.elapsed().as_nanos() as u64)));
        pipe.write_all(&pictures[number as usize % pictures.len()].data).unwrap();
    }
    drop(pipe);
    assert!(peer.wait().unwrap().success());
    let theirs = childrens_cpu_secs() - before;
    let bytes = std::fs::metadata(folder.path().join("peer.mkv")).unwrap().len();
    println!(
        "ours {ours:.2} CPU s, gst-launch {theirs:.2} CPU s, ratio {:.2}; {finished:?}; peer {bytes} bytes",
        ours / theirs
    );
}

#[test]
#[ignore = "a measurement of ten seconds and more"]
fn seeks_and_openings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| panic!("{event:?}")).unwrap();
    record_paced(&recorder, &pictures());
    let began = Instant::now();
    recorder.finish().unwrap();
    let stopped = began.elapsed();
    let frames = Latest::default();
    let (tell, events) = std::sync::mpsc::channel();
    let player = Player::open(&path, frames.clone(), move |event| tell.send(event).unwrap()).unwrap();
    while frames.get().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    println!("stop {stopped:?}, stop to first picture {:?}", began.elapsed());
    let opened = events.recv().unwrap();
    println!("stop to opened {:?}; {opened:?}", began.elapsed());
    assert!(matches!(opened, Event::Opened { .. }));
    for exact in [true, false] {
        let mut millis: Vec<f64> = (0..60u64)
            .map(|round| {
                let (_, version) = frames.versioned();
                let began = Instant::now();
                player.seek(round * 7_919 % 9_900 * (SECOND / 1000), exact);
                while frames.versioned().1 == version {
                    std::thread::sleep(Duration::from_micros(200));
                }
                began.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        millis.sort_by(f64::total_cmp);
        println!("seek exact={exact}: p50 {:.0} ms, p95 {:.0} ms, worst {:.0} ms", millis[30], millis[57], millis[59]);
    }
    let shown = frames.get().map(|f| number_in(&f.data, 1280));
    println!("on screen {shown:?}; encoders here: {:?}", probe::installed("x264enc"));
}
