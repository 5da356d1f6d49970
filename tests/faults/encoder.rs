//! Encoders that fail, hang, or fail with nobody to take their place. x264 itself does it: a small library put before it
//! (`LD_PRELOAD`) counts its pictures and then gives an error or does not come back, once, as a graphics driver does after a sleep.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use onetake::core::take::{JOURNAL_FILE, TakeState};
use serde_json::Value;

use super::place::{Film, Place};
use super::report;

/// Two seconds of pictures, after the dozen of each trial before a take.
const FAULTY: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static long pictures, done;
typedef int (*encode_fn)(void *, void **, int *, void *, void *);
/* The library is loaded by a plugin, so it is not among those that RTLD_NEXT looks through. */
static encode_fn find(void) {
    char name[32];
    for (int version = 100; version < 400; version++) {
        snprintf(name, sizeof name, "libx264.so.%d", version);
        void *library = dlopen(name, RTLD_NOLOAD | RTLD_LAZY);
        if (library) return (encode_fn)dlsym(library, "x264_encoder_encode");
    }
    abort();
}
int x264_encoder_encode(void *h, void **nal, int *count, void *in, void *out) {
    static encode_fn real;
    if (!real) real = find();
    const char *fault = getenv("ONETAKE_TEST_ENCODER");
    static void *taken;
    if (in && h != taken) { taken = h; pictures = 0; }
    if (in && ++pictures > 60 && fault && !done) {
        if (fault[0] != 'a') done = 1;
        if (fault[0] == 'h') for (;;) pause();
        return -1;
    }
    return real(h, nal, count, in, out);
}
"#;

/// Only x264 and Opus: nobody to take their place.
const ALONE: &str = r#"
[[video]]
name = "Only x264"
element = "x264enc"
properties = { speed-preset = "superfast", tune = "zerolatency", bitrate = "{kbps}", key-int-max = "{gop}" }
after = ["h264parse"]

[[audio]]
name = "Opus"
element = "opusenc"
"#;

const LENGTH: &str = "9";
/// Where x264 stops.
const AT_SECS: f64 = 2.0;

struct Took {
    place: Place,
    folder: PathBuf,
    answer: Value,
    film: Film,
    said: String,
    journal: String,
}

/// A take of nine seconds in which x264 does `fault`; `None` where that can't be made.
fn take(fault: &str, profiles: Option<&str>, code: i32) -> Option<Took> {
    let place = Place::new();
    let Some(library) = compile(place.folder.path()) else {
        println!("skipped: no C compiler");
        return None;
    };
    if let Some(profiles) = profiles {
        fs::create_dir_all(&place.data).unwrap();
        fs::write(place.data.join("encode_profiles.toml"), profiles).unwrap();
    }
    let mut command = place.take_with(LENGTH, &["--camera", "synthetic", "--microphone", "synthetic", "--size", "640x360"]);
    command.env("LD_PRELOAD", &library).env("ONETAKE_TEST_ENCODER", fault);
    let rolling = place.roll(command);
    let (folder, media) = (rolling.folder.clone(), rolling.media());
    let said = rolling.said();
    let answer = rolling.answer(code);
    let film = Film::read(&media);
    let journal = fs::read_to_string(folder.join(JOURNAL_FILE)).unwrap();
    Some(Took { place, folder, answer, film, said: said(), journal })
}

fn compile(folder: &Path) -> Option<PathBuf> {
    let (source, library) = (folder.join("faulty.c"), folder.join("faulty.so"));
    fs::write(&source, FAULTY).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").stderr(Stdio::null());
    compiler.status().ok()?.success().then_some(library)
}

/// The take went on to its end with another encoder, and it was said.
fn assert_went_on(took: &Took, fault: &str, promise_secs: f64) {
    let Took { film, .. } = took;
    assert_eq!(film.unreadable, 0);
    film.assert_true_times();
    assert!(took.journal.contains("\"encoder_changed\"") && took.journal.contains("H.264 OpenH264"), "{}", took.journal);
    assert!(took.said.contains("the take goes on"), "{}", took.said);
    let seconds = took.answer["seconds"].as_f64().unwrap();
    assert!((8.0..10.0).contains(&seconds), "{}", took.answer);
    let heard = film.clicks.last().map_or(0.0, |click| *click as f64 / 1e9);
    assert!(heard > 7.0 && film.worst_offset_ms() < 40.0, "{:?}", film.clicks);
    assert_eq!(took.place.second_take_and_row_of(&took.folder).state, TakeState::Finished);
    report::trial(fault, film.longest_gap_secs() - 1.0 / 30.0, promise_secs);
}

#[test]
fn another_encoder_takes_the_place_of_one_that_fails() {
    let Some(took) = take("error once", None, 0) else { return };
    assert_went_on(&took, "encoder fails", 0.5);
}

#[test]
fn another_encoder_takes_the_place_of_one_that_hangs() {
    let Some(took) = take("hang once", None, 0) else { return };
    assert_went_on(&took, "encoder hangs", 0.5);
}

#[test]
fn without_another_encoder_the_take_ends_in_order_with_all_it_has() {
    let Some(took) = take("always", Some(ALONE), 1) else { return };
    let Took { film, answer, .. } = &took;
    // The same encoder was tried once more, and gave its two seconds.
    let end = film.pictures.last().map_or(0.0, |(_, time)| *time as f64 / 1e9);
    assert!(end > AT_SECS - 0.1, "{end}");
    film.assert_true_times();
    assert!(film.unreadable == 0 && film.longest_gap_secs() < 1.0, "{}", film.longest_gap_secs());
    assert!(answer["error"].as_str().is_some_and(|error| error.contains("Only x264")), "{answer}");
    assert!(took.journal.contains("\"stopped\""), "{}", took.journal);
    fs::remove_file(took.place.data.join("encode_profiles.toml")).unwrap();
    assert_eq!(took.place.second_take_and_row_of(&took.folder).state, TakeState::Finished);
    report::trial("encoder fails, no other there", 0.0, 0.0);
}

#[test]
fn profiles_that_can_not_be_read_are_told_with_their_line() {
    let place = Place::new();
    fs::create_dir_all(&place.data).unwrap();
    fs::write(place.data.join("encode_profiles.toml"), "[[video]]\nname = \"A\"\nelemnt = \"x264enc\"\n").unwrap();
    let output = place.take("1").output().unwrap();
    let answer = super::place::answered(&output, 2);
    let (error, fix) = (answer["error"].as_str().unwrap(), answer["fix"].as_str().unwrap());
    assert!(error.contains("line 3") && fix.contains("encode_profiles.toml"), "{answer}");
}
