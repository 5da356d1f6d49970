//! A prompter without a studio.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::screen::{Screen, wait_for};
use crate::shot::Shot;
use crate::window::{Window, program};

const WIDTH: usize = 1024;
const HEIGHT: usize = 640;
/// The strip at the foot, where seconds are counted.
const FOOT: usize = 60;
/// Text moves by less between two looks.
const MOST: i32 = 150;
/// What the place on the disk may lag behind, in seconds of text.
const LAG_SECS: f64 = 1.5;

/// A script that moves on long enough for every test.
fn script(folder: &Path) -> String {
    let words = "The river keeps its own time and asks nobody how late it is. Every stone has an opinion about the water. ";
    let path = folder.join("river.md");
    std::fs::write(&path, format!("---\ntitle: River\npace: 150\n---\n\n## Source\n\n{}\n", words.repeat(60))).unwrap();
    path.to_string_lossy().into_owned()
}

fn text(screen: &Screen) -> Shot {
    screen.shot().part(0, 0, WIDTH, HEIGHT - FOOT)
}

/// Waits until there is text and it stands.
fn standing(screen: &Screen) -> Shot {
    let mut last: Option<Shot> = None;
    wait_for("text that stands", || {
        std::thread::sleep(Duration::from_millis(250));
        let shot = text(screen);
        let still = screen.has_keys() && shot.ink() > 1000 && shot.is_covered() && last.as_ref() == Some(&shot);
        last = Some(shot);
        still.then(|| last.clone()).flatten()
    })
}

/// Waits until the text stands higher than in `before`.
fn risen(screen: &Screen, before: &Shot) -> (Shot, i32) {
    wait_for("text that moves up", || {
        let shot = text(screen);
        let moved = before.moved(&shot, MOST);
        (moved <= -12).then_some((shot, moved))
    })
}

#[test]
fn it_covers_the_screen_moves_pauses_and_ends_by_keys() {
    let folder = tempfile::tempdir().unwrap();
    let screen = Screen::single(WIDTH as u16, HEIGHT as u16, true);
    screen.paint_white();
    screen.darken_after(1);
    wait_for("a dark screen", || screen.is_dark().then_some(()));
    let script = script(folder.path());
    let mut window = Window::start(&screen, &folder.path().join("data"), &[&script]);
    window.covers("screen");
    screen.press("Home");
    let begin = standing(&screen);
    assert!(!screen.shows_pointer(), "the pointer is hidden");

    screen.press("space");
    risen(&screen, &begin);
    screen.press("space");
    let paused = standing(&screen);
    assert!(begin.moved(&paused, MOST) < 0);

    // A row on by the wheel, and back to the top.
    screen.wheel_down();
    let (_, row) = risen(&screen, &paused);
    assert!(row < 0);
    screen.press("Home");
    wait_for("the top again", || (text(&screen).difference(&begin) < 0.001).then_some(()));
    screen.press("m");
    wait_for("mirrored text", || (text(&screen).mirrored().difference(&begin) < 0.01).then_some(()));
    std::thread::sleep(Duration::from_millis(2500));
    assert!(!screen.is_dark(), "the screen stays on while nobody presses a key");

    screen.press("Escape");
    window.told("full_screen", |full| full == false);
    wait_for("the desktop", || (!screen.shot().is_covered()).then_some(()));
    screen.press("Escape");
    let ended = window.told("ended", |_| true);
    assert!(ended["ended"]["smoothness"]["frames"].as_u64().is_some_and(|frames| frames > 10), "{ended}");
    assert_eq!(window.ended().code(), Some(0));
}

#[test]
fn a_power_cut_costs_a_moment_of_text() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let screen = Screen::single(WIDTH as u16, HEIGHT as u16, false);
    screen.paint_white();
    let script = script(folder.path());
    let mut window = Window::start(&screen, &data, &[&script]);
    let begin = standing(&screen);
    screen.press("space");
    let started = Instant::now();
    let (mut shot, mut way) = risen(&screen, &begin);
    // On for some seconds, followed from look to look because it goes further than one look can tell.
    let kept = data.join("kiosk.json");
    let position = || -> Option<f64> {
        serde_json::from_slice::<serde_json::Value>(&std::fs::read(&kept).ok()?).ok()?["position"].as_f64()
    };
    while started.elapsed() < Duration::from_secs(5) || position().is_none_or(|ems| ems < 2.0) {
        let next = text(&screen);
        way += shot.moved(&next, MOST);
        shot = next;
        assert!(started.elapsed() < crate::LIMIT, "the place is not kept");
    }
    let pixels_per_sec = f64::from(-way) / started.elapsed().as_secs_f64();
    assert!(pixels_per_sec > 5.0, "{pixels_per_sec} pixels a second");
    let cut = text(&screen);
    window.kill();
    // Without naming the script: as a machine that starts again does.
    let mut again = Window::start(&screen, &data, &[]);
    let back = standing(&screen);
    let lost = f64::from(cut.moved(&back, MOST)) / pixels_per_sec;
    println!("{lost:.2} s of text were lost");
    assert!(lost.abs() < LAG_SECS, "{lost} s");
    assert!(begin.difference(&back) > 0.01, "it did not begin anew");
    screen.press("space");
    risen(&screen, &back);
    again.kill();
}

#[test]
fn a_changed_file_is_shown_and_an_input_that_ends_closes_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let screen = Screen::single(WIDTH as u16, HEIGHT as u16, true);
    let script = script(folder.path());
    let mut window = Window::start(&screen, &folder.path().join("data"), &[&script, "--supervised"]);
    let before = standing(&screen);
    std::fs::write(&script, "## Source\n\nOnly this is left.\n").unwrap();
    wait_for("the new text", || (text(&screen).ink() * 2 < before.ink()).then_some(()));
    window.close_input();
    assert_eq!(window.ended().code(), Some(0));
}

#[test]
fn what_stands_in_the_way_is_said_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let script = script(folder.path());
    let says = |output: Output, code: i32, words: &str| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(words), "{text}");
    };
    let nowhere = || {
        let mut command = program(&data);
        command.env_remove("DISPLAY");
        command
    };
    says(nowhere().output().unwrap(), 2, "There is no script to show");
    says(nowhere().arg("/nowhere/none.md").output().unwrap(), 2, "none.md");
    says(nowhere().arg(&script).output().unwrap(), 3, "no display");
    says(nowhere().args(["--studio", "http://127.0.0.1:9"]).output().unwrap(), 2, "token");
    let screen = Screen::single(320, 240, false);
    let mut blind = program(&data);
    blind.arg(&script).env("DISPLAY", &screen.display);
    blind.env("VK_ICD_FILENAMES", "/nowhere.json").env("VK_DRIVER_FILES", "/nowhere.json");
    says(blind.output().unwrap(), 3, "Vulkan");
}
