//! The screen recorded beside the camera: both files tell the same time, and nothing that happens to the screen, or to the
//! program, costs the take.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use onetake::core::journal::{self, Event};
use onetake::core::take::{JOURNAL_FILE, MEDIA_FILE, SCREEN_FILE, TakeState};
use onetake::core::time::Moment;

use super::desktop::{Desktop, Shown};
use super::place::{Film, Place, RATE, answered, assert_recovered, text, wait_for};
use super::portal::{TOKEN, Wayland};

/// Pictures of the screen are copied at most thirty times a second, and stamped before.
const SLACK_NANOS: u64 = 2 * 1_000_000_000 / 30;

/// A machine that is busy with other things copies some later than it meant to.
const IN_TIME: f64 = 0.9;

const BOTH: [&str; 5] = ["--camera", "synthetic", "--microphone", "synthetic", "--screen"];

fn take(place: &Place, desktop: &Desktop, seconds: &str) -> Command {
    let mut command = place.take_with(seconds, &BOTH);
    command.env("DISPLAY", &desktop.display).env_remove("WAYLAND_DISPLAY");
    command
}

fn events(folder: &Path) -> Vec<Event> {
    let text = fs::read_to_string(folder.join(JOURNAL_FILE)).unwrap();
    journal::read(&text).0.into_iter().map(|entry| entry.event).collect()
}

/// When the screen's first picture is on the take's clock, as the journal has it.
fn offset(folder: &Path) -> u64 {
    let found = events(folder).into_iter().find_map(|event| match event {
        Event::Screen { file, offset } => Some((file, offset)),
        _ => None,
    });
    let (file, offset) = found.expect("the journal names the screen's file");
    assert_eq!(file, SCREEN_FILE);
    u64::try_from(offset).expect("the screen begins with the take or after")
}

/// The part of the screen's pictures that show what stood on the screen at their time.
fn in_time(screen: &Film, zero: Moment, offset: u64, shown: &[Shown]) -> f64 {
    let right = |(number, time): &&(u64, u64)| {
        let at = zero.0 + offset + time;
        let Some(place) = shown.iter().position(|shown| shown.number == *number) else { return false };
        let until = shown.get(place + 1).map_or(u64::MAX, |next| next.after.0);
        shown[place].before.0 <= at + SLACK_NANOS && at <= until.saturating_add(SLACK_NANOS)
    };
    screen.pictures.iter().filter(right).count() as f64 / screen.pictures.len() as f64
}

#[test]
fn both_files_of_a_take_tell_the_same_time() {
    let (place, desktop) = (Place::new(), Desktop::start());
    let counter = desktop.count();
    let rolling = place.roll(take(&place, &desktop, "3"));
    let (start, folder) = (rolling.camera_start(), rolling.folder.clone());
    let answer = rolling.answer(0);
    let shown = counter.stop();
    assert_eq!(text(&answer, "screen"), folder.join(SCREEN_FILE).to_str().unwrap());

    let (camera, screen) = (Film::read(&folder.join(MEDIA_FILE)), Film::read(&folder.join(SCREEN_FILE)));
    let zero = Moment(start.0 + RATE.frame_start(camera.pictures[0].0));
    assert!(screen.pictures.len() >= 20, "only {} pictures of the screen", screen.pictures.len());
    let (offset, row) = (offset(&folder), place.row_of(&folder));
    let part = in_time(&screen, zero, offset, &shown);
    assert!(part >= IN_TIME, "{:.0} % of the screen's pictures are where they belong", 100.0 * part);
    println!(
        "{} pictures of the screen, {:.1} % in time, offset {} ms",
        screen.pictures.len(),
        100.0 * part,
        offset / 1_000_000
    );

    let track = row.screen.expect("the row tells of the screen");
    assert_eq!((track.file.as_str(), track.offset), (SCREEN_FILE, offset as i64));
    assert_eq!(track.bytes, fs::metadata(folder.join(SCREEN_FILE)).unwrap().len());
    let end = screen.pictures.last().unwrap().1;
    assert!(track.nanos >= end && track.nanos <= end + 100_000_000, "{} and {end}", track.nanos);

    // The screen goes with the take, as a film of its own.
    let film = place.folder.path().join("both.mp4");
    let export = |film: &Path| place.command(&["export", "last", "--screen", "--to", film.to_str().unwrap()]).output().unwrap();
    let answer = answered(&export(&film), 0);
    let second = place.folder.path().join("both (screen).mp4");
    assert_eq!(text(&answer["screen"], "file"), second.to_str().unwrap());
    assert_eq!(answer["screen"]["offset_seconds"].as_f64(), Some(offset as f64 / 1e9));
    assert_eq!(Film::read(&second).pictures.len(), screen.pictures.len());
    assert_eq!(Film::read(&film).pictures.len(), camera.pictures.len());
    assert!(text(&answered(&export(&film), 2), "error").contains("already"));
}

#[test]
fn a_kill_leaves_both_files_whole_and_the_next_take_has_both_again() {
    let (place, desktop) = (Place::new(), Desktop::start());
    let counter = desktop.count();
    let rolling = place.roll(take(&place, &desktop, "60"));
    let folder = rolling.folder.clone();
    let file = folder.join(SCREEN_FILE);
    wait_for("the screen's file to grow", || fs::metadata(&file).is_ok_and(|facts| facts.len() > 10_000).then_some(()));
    let start = rolling.camera_start();
    std::thread::sleep(Duration::from_secs(2));
    rolling.kill();
    let answer = answered(&take(&place, &desktop, "1").output().unwrap(), 0);
    assert!(Path::new(text(&answer, "screen")).is_file());

    let shown = counter.stop();
    let row = place.row_of(&folder);
    assert_eq!(row.state, TakeState::Interrupted);
    let (camera, screen) = (Film::read(&folder.join(MEDIA_FILE)), Film::read(&file));
    assert_recovered(&row, &camera);
    let track = row.screen.expect("the row tells of the screen");
    let survey = onetake::media::repair::survey(&file, None).unwrap();
    assert!(survey.indexed, "{survey:?}");
    assert_eq!((track.nanos, track.bytes), (survey.nanos, fs::metadata(&file).unwrap().len()));
    let zero = Moment(start.0 + RATE.frame_start(camera.pictures[0].0));
    let part = in_time(&screen, zero, track.offset as u64, &shown);
    assert!(part >= IN_TIME, "{:.0} % of the screen's pictures are where they belong", 100.0 * part);
}

#[test]
fn a_screen_that_does_not_change_is_as_long_as_the_take() {
    let (place, desktop) = (Place::new(), Desktop::start());
    let rolling = place.roll(take(&place, &desktop, "3"));
    let folder = rolling.folder.clone();
    let answer = rolling.answer(0);
    let track = place.row_of(&folder).screen.unwrap();
    let end = track.offset as f64 / 1e9 + track.nanos as f64 / 1e9;
    // It is shown again ten times a second, and at the end.
    let seconds = answer["seconds"].as_f64().unwrap();
    assert!(end >= seconds - 0.1, "{end} s of screen beside {seconds} s of camera");
    let frames = onetake::media::repair::survey(&folder.join(SCREEN_FILE), None).unwrap().frames;
    assert!((10..60).contains(&frames), "{frames} pictures of a screen that stands still for {seconds} s");
}

#[test]
fn a_screen_that_goes_away_ends_its_file_and_not_the_take() {
    let (place, desktop) = (Place::new(), Desktop::start());
    let counter = desktop.count();
    let rolling = place.roll(take(&place, &desktop, "6"));
    let folder = rolling.folder.clone();
    let file = folder.join(SCREEN_FILE);
    wait_for("the screen's file to grow", || fs::metadata(&file).is_ok_and(|facts| facts.len() > 10_000).then_some(()));
    let said = rolling.said();
    desktop.kill();
    let answer = rolling.answer(0);
    drop(counter);
    assert!(answer["seconds"].as_f64() >= Some(5.5), "the take went on: {answer}");
    assert!(said().contains("The screen is not recorded any more"), "{}", said());
    let lost = |event: &Event| matches!(event, Event::DeviceLost { device, .. } if device == "Screen");
    assert!(events(&folder).iter().any(lost));
    assert!(!Film::read(&file).pictures.is_empty());
    let rows = place.row_of(&folder);
    assert!(rows.screen.is_some_and(|track| track.nanos > 0 && track.nanos < rows.nanos));
}

#[test]
fn a_screen_that_is_asked_for_and_not_there_is_said_before_the_take() {
    let (place, desktop) = (Place::new(), Desktop::start());
    let refused = |devices: &[&str], display: &str| {
        let mut command = place.take_with("1", devices);
        command.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
        let answer = answered(&command.output().unwrap(), 3);
        (text(&answer, "error").to_owned(), text(&answer, "fix").to_owned())
    };
    let named = ["--camera", "synthetic", "--microphone", "none", "--screen", "HDMI-9"];
    let (what, fix) = refused(&named, &desktop.display);
    assert!(what.contains("“HDMI-9”") && fix.contains("choose another"), "{what} {fix}");
    let (what, _) = refused(&BOTH, "");
    assert!(what.contains("no screen to record"), "{what}");
    let (what, _) = refused(&BOTH, ":4094");
    assert!(what.contains("could not be recorded"), "{what}");
    let takes: Vec<PathBuf> = super::place::take_folders(&place.data);
    assert!(takes.is_empty(), "{takes:?}");
}

/// The desktop's own screen by its portal, as on Wayland.
#[test]
fn a_desktop_that_asks_is_asked_once_and_its_screen_is_recorded() {
    let (place, desktop) = (Place::new(), Wayland::start(false));
    let take = |seconds: &str| {
        let mut command = place.take_with(seconds, &BOTH);
        desktop.run(&mut command);
        command
    };
    let answer = answered(&take("3").output().unwrap(), 0);
    let folder = PathBuf::from(text(&answer, "folder"));
    let survey = onetake::media::repair::survey(&folder.join(SCREEN_FILE), None).unwrap();
    assert!(survey.frames >= 20, "only {} pictures of the screen", survey.frames);
    let track = place.row_of(&folder).screen.unwrap();
    assert_eq!(track.offset as u64, offset(&folder));
    // The file counts in tenths of a millisecond.
    assert!(track.nanos.abs_diff(survey.nanos) <= 200_000, "{} and {}", track.nanos, survey.nanos);
    let end = (track.offset as f64 + track.nanos as f64) / 1e9;
    assert!(end >= answer["seconds"].as_f64().unwrap() - 0.1, "the screen ends at {end} s: {answer}");
    assert_eq!(desktop.asked(), [None]);
}

#[test]
fn a_choice_that_was_made_before_is_not_asked_for_again() {
    let (place, desktop) = (Place::new(), Wayland::start(false));
    // As the window remembers it.
    fs::create_dir_all(&place.data).unwrap();
    place.library().save_settings(&format!(r#"{{"screen_token":"{TOKEN}"}}"#)).unwrap();
    let mut command = place.take_with("1", &BOTH);
    desktop.run(&mut command);
    answered(&command.output().unwrap(), 0);
    assert_eq!(desktop.asked(), [Some(TOKEN.to_owned())]);
}

#[test]
fn a_person_who_says_no_is_heard() {
    let (place, desktop) = (Place::new(), Wayland::start(true));
    let mut command = place.take_with("1", &BOTH);
    desktop.run(&mut command);
    let answer = answered(&command.output().unwrap(), 3);
    assert!(text(&answer, "error").contains("told not to show its screen"), "{answer}");
}
