//! A real microphone without a sound card: a private PulseAudio server with a null sink, heard through ALSA's `pulse` plug-in
//! by the same code that hears a sound card. Skipped, with a word why, where PulseAudio is not installed.
//!
//! The sound server is found through the environment, which a running test must not change; so each test starts the server
//! and then itself again, as a child with the right environment.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use onetake::capture::{Error, OpenMicrophone, devices, open_microphone};
use onetake::clock;
use onetake::core::device::{DeviceChoice, DeviceEvent};
use onetake::core::frame::AudioBlock;
use onetake::core::synthetic::{find_clicks, sound};
use onetake::core::time::{Moment, SECOND};

const SERVER_PID: &str = "ONETAKE_TEST_SERVER_PID";
const SCRATCH: &str = "ONETAKE_TEST_SCRATCH";
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two clicks the server's clock and ours differ by its timer's error; a lost period would be 480 samples.
const CLICK_TOLERANCE: usize = 48;
/// On a machine that is too busy for the sound server itself, player and server lose sound before we can hear it.
const TRIES: usize = 4;
/// A block's stamp against the one before: smoothing leaves microseconds, callbacks jitter by milliseconds.
const STEP_TOLERANCE_NANOS: u64 = 300_000;

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts a server and runs `test` of this file as a child that finds it.
fn with_server(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("native");
    let server = Command::new("pulseaudio")
        .args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--log-level=error", "--realtime=no"])
        .args(["-L", "module-null-sink sink_name=onetake rate=48000"])
        .args(["-L", &format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display())])
        .envs([("XDG_RUNTIME_DIR", folder.path()), ("HOME", folder.path())])
        .stderr(Stdio::null())
        .spawn();
    let Ok(server) = server else {
        println!("skipped: pulseaudio is not installed");
        return;
    };
    let server = Running(server);
    let patience = Instant::now() + PATIENCE;
    while UnixStream::connect(&socket).is_err() {
        assert!(Instant::now() < patience, "the sound server did not start");
        std::thread::yield_now();
    }
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("PULSE_SERVER", format!("unix:{}", socket.display()))
        .env(SERVER_PID, server.0.id().to_string())
        .env(SCRATCH, folder.path())
        .envs([("XDG_RUNTIME_DIR", folder.path()), ("HOME", folder.path())])
        .status()
        .unwrap();
    assert!(status.success(), "{test}: {status}");
}

/// Plays the synthetic sound into the null sink.
fn play(seconds: usize) -> Running {
    let path = Path::new(&std::env::var(SCRATCH).unwrap()).join("sound.f32");
    let mut samples = vec![0f32; seconds * 48_000 * 2];
    sound(1, 48_000, 2, &mut samples);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
    let player = Command::new("pacat")
        .args(["--playback", "--raw", "--format=float32le", "--rate=48000", "--channels=2", "--latency-msec=200"])
        .arg(&path)
        .spawn();
    Running(player.expect("pacat comes with PulseAudio's tools"))
}

fn end_of<T>(channel: &Receiver<T>) -> RecvTimeoutError {
    loop {
        if let Err(end) = channel.recv_timeout(PATIENCE) {
            return end;
        }
    }
}

fn listen() -> Result<(OpenMicrophone, Receiver<AudioBlock>, Receiver<DeviceEvent>), Error> {
    let (block_sender, blocks) = channel();
    let (event_sender, events) = channel();
    let on_block = move |block| drop(block_sender.send(block));
    let on_event = move |event| drop(event_sender.send(event));
    let named = DeviceChoice::Named("pulse".to_owned());
    open_microphone(&named, false, clock::now(), on_block, on_event).map(|microphone| (microphone, blocks, events))
}

/// Listens until that many clicks have come; the blocks, the clicks' places in them, and the gaps.
fn hear(wanted: usize) -> (Vec<AudioBlock>, Vec<usize>, u64) {
    let (microphone, blocks, _events) = listen().unwrap();
    assert_eq!((microphone.format.sample_rate, microphone.format.channels), (48_000, 2));
    let mut heard: Vec<AudioBlock> = Vec::new();
    let mut mono: Vec<f32> = Vec::new();
    loop {
        let block = blocks.recv_timeout(PATIENCE).unwrap();
        mono.extend(block.samples.chunks(2).map(|frame| frame[0]));
        heard.push(block);
        let clicks = if heard.len().is_multiple_of(50) { find_clicks(&mono, 48_000) } else { Vec::new() };
        if clicks.len() >= wanted {
            return (heard, clicks, microphone.gaps());
        }
        assert!(heard.len() < 2_000, "too few clicks in {} blocks, gaps {}", heard.len(), microphone.gaps());
    }
}

#[test]
fn clicks_arrive_one_second_apart_with_even_stamps() {
    with_server("hears_clicks");
}

#[test]
fn a_dead_sound_server_is_a_lost_microphone() {
    with_server("loses_the_server");
}

#[test]
#[ignore = "started by clicks_arrive_one_second_apart_with_even_stamps"]
fn hears_clicks() {
    let listed = devices::list().microphones;
    assert!(listed.iter().any(|device| device.name.ends_with("pulse")), "{listed:?}");
    let _player = play(60);
    // An idle null sink slips half a second when it starts to play; the test is about what comes after.
    drop(hear(1));
    let (heard, apart) = (0..TRIES)
        .find_map(|_| {
            let (heard, clicks, gaps) = hear(4);
            let apart: Vec<usize> = clicks.windows(2).map(|pair| pair[1] - pair[0]).collect();
            println!("{} blocks, {gaps} gaps, clicks {apart:?} apart", heard.len());
            let clean = gaps == 0 && apart.iter().all(|samples| samples.abs_diff(48_000) <= CLICK_TOLERANCE);
            clean.then_some((heard, apart))
        })
        .expect("one hearing without a loss");

    let off: Vec<u64> = heard.windows(2).map(|pair| pair[1].stamp.since(pair[0].stamp).abs_diff(SECOND / 100)).collect();
    let furthest = off.iter().max().copied().unwrap_or_default();
    println!("clicks {apart:?} apart, stamps off an even step by {furthest} ns at most");
    assert!(furthest < STEP_TOLERANCE_NANOS, "{furthest}");
    let late = clock::now().secs_from(heard.last().map_or(Moment(0), |block| block.stamp));
    println!("the last block is {:.1} ms old", late * 1e3);
    assert!((0.0..1.0).contains(&late), "stamps are on the monotonic clock: {late}");
}

#[test]
#[ignore = "started by a_dead_sound_server_is_a_lost_microphone"]
fn loses_the_server() {
    let (_microphone, blocks, events) = listen().unwrap();
    blocks.recv_timeout(PATIENCE).unwrap();
    let ended = Command::new("kill").arg(std::env::var(SERVER_PID).unwrap()).status().unwrap();
    assert!(ended.success());
    let lost = loop {
        match events.recv_timeout(PATIENCE).unwrap() {
            DeviceEvent::Lost { detail, .. } => break detail,
            DeviceEvent::Stalled { .. } | DeviceEvent::Back { .. } => {}
        }
    };
    println!("lost: {lost}");
    // The stream is dropped and the closures before it.
    assert_eq!(end_of(&blocks), RecvTimeoutError::Disconnected);
    assert_eq!(end_of(&events), RecvTimeoutError::Disconnected);
    let error = listen().err();
    assert!(error.is_some(), "a microphone without its server does not open");
    println!("opening again: {error:?}");
}
