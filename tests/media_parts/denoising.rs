//! Noise suppression with speech: what goes, what stays, and that nothing moves.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use onetake::core::frame::AudioBlock;
use onetake::core::time::{Moment, SECOND};
use onetake::media::denoise::Suppressor;
use onetake::media::export::{Sound, remux_mp4, to_mp4};
use onetake::media::record::{Event, Recorder};

use super::source::{AUDIO, BASE, BLOCK, FPS, VIDEO, frame, plan, read_back};

const RATE: usize = 48_000;

/// The voice above the noise, in decibels, while it speaks.
const VOICE_OVER_NOISE_DB: f32 = 10.0;
/// By how much noise must fall in pauses, and how much louder or softer the voice may become.
const NOISE_FALLS_DB: f32 = 10.0;
const VOICE_MOVES_DB: f32 = 2.0;
/// Opus and the suppressor both change the wave; a shift of one sample is far above what that does to the correlation's peak.
const SHIFT_SAMPLES: i64 = 0;

const TEXT: [&str; 3] = [
    "You sit down, you open the window, and you let the morning in.",
    "The first sentence is usually terrible. Write it anyway.",
    "What stays is not the page. It is the hour.",
];

/// A voice with a second of silence before, between and after its sentences; and where it is silent, in samples.
struct Spoken {
    voice: Vec<f32>,
    pauses: Vec<std::ops::Range<usize>>,
}

fn spoken() -> Spoken {
    let mut spoken = Spoken { voice: Vec::new(), pauses: Vec::new() };
    pause(&mut spoken);
    for text in TEXT {
        spoken.voice.extend(say(text));
        pause(&mut spoken);
    }
    spoken
}

fn pause(spoken: &mut Spoken) {
    let from = spoken.voice.len();
    spoken.voice.resize(from + RATE, 0.0);
    // A voice ends softly, and the suppressor lets it.
    spoken.pauses.push(from + RATE / 2..from + RATE - RATE / 20);
}

fn say(text: &str) -> Vec<f32> {
    let file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    let path = file.path().to_str().unwrap();
    let status = Command::new("espeak-ng").args(["-v", "en-us", "-s", "150", "-w", path, text]).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "espeak-ng is needed: run scripts/setup test");
    let bytes = std::fs::read(path).unwrap();
    let rate = u32::from_le_bytes(bytes[24..28].try_into().unwrap()) as f64;
    let data = bytes.windows(4).position(|window| window == b"data").unwrap() + 8;
    let samples: Vec<f32> =
        bytes[data..].chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect();
    let at = |i: usize| {
        let place = i as f64 * rate / RATE as f64;
        let (whole, part) = (place as usize, place.fract() as f32);
        let next = samples.get(whole + 1).copied().unwrap_or(0.0);
        0.5 * (samples[whole] * (1.0 - part) + next * part)
    };
    (0..((samples.len() - 1) as f64 * RATE as f64 / rate) as usize).map(at).collect()
}

/// The hiss of a fan: white noise, gently darkened.
fn hiss(samples: usize) -> Vec<f32> {
    let (mut state, mut last) = (9u32, 0f32);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last = 0.6 * last + 0.4 * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0);
        last
    };
    (0..samples).map(|_| next()).collect()
}

/// The voice with noise under it.
fn noisy(spoken: &Spoken) -> Vec<f32> {
    let noise = hiss(spoken.voice.len());
    let factor = level(&speech(&spoken.voice, spoken)) / level(&noise) / 10f32.powf(VOICE_OVER_NOISE_DB / 20.0);
    spoken.voice.iter().zip(&noise).map(|(voice, noise)| voice + factor * noise).collect()
}

/// What is outside the pauses, and the pauses.
fn speech(sound: &[f32], spoken: &Spoken) -> Vec<f32> {
    let spoken_at = |at: usize| spoken.voice[at].abs() > 0.02;
    (0..sound.len().min(spoken.voice.len())).filter(|at| spoken_at(*at)).map(|at| sound[at]).collect()
}

fn pauses(sound: &[f32], spoken: &Spoken) -> Vec<f32> {
    // It has to hear a noise before it knows it: the first pause does not count.
    spoken.pauses[1..].iter().flat_map(|pause| sound[pause.clone()].iter().copied()).collect()
}

fn level(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| f64::from(s * s)).sum::<f64>() / samples.len().max(1) as f64).sqrt() as f32
}

fn decibels(ratio: f32) -> f32 {
    20.0 * ratio.log10()
}

/// By how many samples `later` lies behind `sound`, from the best match within 10 ms.
fn shift(sound: &[f32], later: &[f32]) -> i64 {
    let reach = 480i64;
    // Half a second of the first sentence says it as well as all of it.
    let range = RATE + RATE / 4..RATE + 3 * RATE / 4;
    let likeness =
        |by: i64| -> f64 { range.clone().map(|at| f64::from(sound[at]) * f64::from(later[(at as i64 + by) as usize])).sum() };
    (-reach..=reach).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap()
}

/// Noise that is left of what was before, and what became of the voice against `reference`, in decibels.
fn judge(before: &[f32], after: &[f32], reference: &[f32], spoken: &Spoken) -> (f32, f32) {
    let noise = decibels(level(&pauses(after, spoken)) / level(&pauses(before, spoken)));
    let voice = decibels(level(&speech(after, spoken)) / level(&speech(reference, spoken)));
    (noise, voice)
}

fn assert_better((noise, voice): (f32, f32)) {
    println!("noise in pauses {noise:+.1} dB, voice {voice:+.1} dB");
    assert!(noise <= -NOISE_FALLS_DB, "noise changed by {noise:.1} dB");
    assert!(voice.abs() <= VOICE_MOVES_DB, "the voice changed by {voice:.1} dB");
}

#[test]
fn noise_goes_the_voice_stays_and_nothing_moves() {
    let spoken = spoken();
    let before = noisy(&spoken);
    let mut after = Vec::new();
    let mut suppressor = Suppressor::new(1);
    let began = std::time::Instant::now();
    before.chunks(441).for_each(|piece| suppressor.push(piece, &mut after));
    suppressor.finish(&mut after);
    let secs = before.len() as f64 / RATE as f64;
    println!("{:.1} ms of work for a second of sound", began.elapsed().as_secs_f64() * 1000.0 / secs);
    assert_eq!(after.len(), before.len());
    assert_better(judge(&before, &after, &spoken.voice, &spoken));
    assert_eq!(shift(&spoken.voice, &after), SHIFT_SAMPLES);
}

/// A take of this sound, with pictures beside it.
fn record(path: &Path, sound: &[f32]) {
    let recorder = Recorder::start(plan(path), |event| assert!(matches!(event, Event::Safe(_)), "{event:?}")).unwrap();
    let blocks: Vec<&[f32]> = sound.chunks(BLOCK as usize).collect();
    let began = std::time::Instant::now();
    let mut number = 0;
    for (at, samples) in blocks.iter().enumerate() {
        let nanos = at as u64 * BLOCK * SECOND / RATE as u64;
        let early = nanos.saturating_sub(began.elapsed().as_nanos() as u64);
        std::thread::sleep(std::time::Duration::from_nanos(early));
        while VIDEO.rate.frame_start(number) <= nanos {
            recorder.push_frame(&frame(number));
            number += 1;
        }
        recorder.push_sound(&AudioBlock { format: AUDIO, samples: samples.to_vec(), stamp: Moment(BASE + nanos) });
    }
    recorder.finish().unwrap();
}

#[test]
fn an_exported_film_is_free_of_noise_and_as_long_as_the_take() {
    let folder = tempfile::tempdir().unwrap();
    let (take, copied, denoised) =
        (folder.path().join("take.mkv"), folder.path().join("copied.mp4"), folder.path().join("denoised.mp4"));
    let spoken = spoken();
    record(&take, &noisy(&spoken));
    let go_on = AtomicBool::new(false);
    remux_mp4(&take, &copied, |_| {}, &go_on).unwrap();
    let mut told = Vec::new();
    let bytes = to_mp4(&take, &denoised, Sound::Denoised, |part| told.push(part), &go_on).unwrap();
    assert_eq!((bytes, told.last()), (std::fs::metadata(&denoised).unwrap().len(), Some(&1.0)));
    let (as_copied, as_denoised) = (read_back(&copied), read_back(&denoised));
    assert_eq!((as_copied.numbers.len() as u64, &as_copied.times), (as_denoised.numbers.len() as u64, &as_denoised.times));
    assert!(as_denoised.numbers.len() as u64 >= u64::from(FPS));
    // Beside the copy, because what the take's own coding does is not the suppressor's.
    assert_better(judge(&as_copied.sound, &as_denoised.sound, &as_copied.sound, &spoken));
    assert_eq!(shift(&as_copied.sound, &as_denoised.sound), SHIFT_SAMPLES, "beside the copy");
    assert_eq!(as_copied.sound_starts, as_denoised.sound_starts);
    let (copy, clean) = (as_copied.sound.len(), as_denoised.sound.len());
    assert_eq!(copy.div_ceil(960), clean.div_ceil(960), "{copy} and {clean} samples: the same number of Opus packets");
    let (copied, denoised) = (heard_by_ffmpeg(&copied), heard_by_ffmpeg(&denoised));
    assert!(copied.len().abs_diff(denoised.len()) < 960, "{} and {} samples", copied.len(), denoised.len());
    assert_eq!(shift(&copied, &denoised), SHIFT_SAMPLES, "heard by another program");
}

fn heard_by_ffmpeg(film: &Path) -> Vec<f32> {
    let arguments = ["-f", "f32le", "-ac", "1", "-ar", "48000", "-"];
    let output = Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(film).args(arguments).output();
    let output = output.expect("ffmpeg is needed: run scripts/setup test");
    output.stdout.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

#[test]
fn a_take_without_sound_is_exported_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (take, film) = (folder.path().join("take.mkv"), folder.path().join("film.mp4"));
    let mut plan = plan(&take);
    plan.audio = None;
    let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
    super::source::perform(&recorder, 0..20, |_| true, |_| true);
    recorder.finish().unwrap();
    to_mp4(&take, &film, Sound::Denoised, |_| {}, &AtomicBool::new(false)).unwrap();
    let back = read_back(&film);
    assert_eq!((back.numbers.len(), back.sound.len()), (20, 0));
}
