//! The wall clock set forward and back while a take runs. Times in a take come from the monotonic clock alone, so nothing may
//! change but dates. A small library put before the program's own (`LD_PRELOAD`) does it, made here with the C compiler that
//! building the program needs anyway.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::place::{Film, Place};
use super::report;

/// Wall time jumps an hour ahead after two seconds, and a day back after four.
const STEPS: &str = r#"
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static time_t shift(void) {
    static struct timespec begin;
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    if (!begin.tv_sec) begin = now;
    long passed = now.tv_sec - begin.tv_sec;
    return passed < 2 ? 0 : passed < 4 ? 3600 : -86400;
}
int clock_gettime(clockid_t id, struct timespec *t) {
    int result = syscall(SYS_clock_gettime, id, t);
    if (!result && id == CLOCK_REALTIME) t->tv_sec += shift();
    return result;
}
int gettimeofday(struct timeval *t, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec; t->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *t) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t) *t = now.tv_sec;
    return now.tv_sec;
}
"#;

#[test]
fn a_wall_clock_that_jumps_moves_no_picture() {
    let place = Place::new();
    let Some(library) = compile(place.folder.path()) else {
        println!("skipped: no C compiler");
        return;
    };
    let mut command = place.take("6");
    command.env("LD_PRELOAD", &library);
    let rolling = place.roll(command);
    let (media, folder) = (rolling.media(), rolling.folder.clone());
    let answer = rolling.answer(0);
    let film = Film::read(&media);
    film.assert_true_times();
    assert!(film.longest_gap_secs() < 1.0 && film.unreadable == 0);
    assert!((answer["seconds"].as_f64().unwrap() - 6.0).abs() < 0.2, "{answer}");
    assert!(film.worst_offset_ms() < 40.0, "{} ms", film.worst_offset_ms());
    place.second_take_and_row_of(&folder);
    report::trial("wall clock stepped +1 h, −1 day", film.longest_gap_secs() - 1.0 / 30.0, 0.5);
}

fn compile(folder: &Path) -> Option<std::path::PathBuf> {
    let (source, library) = (folder.join("steps.c"), folder.join("steps.so"));
    fs::write(&source, STEPS).unwrap();
    let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).stderr(Stdio::null()).status();
    made.ok()?.success().then_some(library)
}
