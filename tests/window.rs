//! The whole road by hand: the real window on a virtual screen, driven by a real pointer, from the first start to a take that
//! is uploaded. Needs Xvfb, openbox, xdotool and a Vulkan driver; `scripts/setup test` installs them.

#[path = "rig/guard.rs"]
mod guard;
#[path = "rig/waiting.rs"]
mod waiting;
#[path = "rig/xvfb.rs"]
mod xvfb;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use onetake::core::take::{Take, TakeState};
use onetake::core::upload::Status;
use onetake::db::Db;
use onetake::jobs::proof;

use guard::Guard;
use waiting::wait_for;

/// Anything that takes longer hangs. Software rendering on a busy machine is slow to start.
const LIMIT: Duration = Duration::from_secs(60);
/// A click may come before the button is drawn, so it is given again after this time.
const CLICK_AGAIN: Duration = Duration::from_secs(6);

/// The window as it opens, in points.
const WIDTH: i32 = 1280;
const HEIGHT: i32 = 800;
/// “Record” at the foot of the Prepare page, from the window's bottom right corner.
const PREPARE_RECORD: (i32, i32) = (WIDTH - 62, HEIGHT - 25);
/// In the middle column of the Prepare page.
const SCRIPT_FIELD: (i32, i32) = (WIDTH * 3 / 8, HEIGHT / 2);
/// The big button in the middle of the Record page's transport.
const RECORD_STOP: (i32, i32) = (WIDTH / 2, HEIGHT - 66);
/// “Keep” in the strip that offers an interrupted take.
const RESCUE_KEEP: (i32, i32) = (WIDTH - 212, 72);
/// “Upload” at the foot of the Review page.
const REVIEW_UPLOAD: (i32, i32) = (WIDTH - 62, HEIGHT - 25);

/// A virtual screen with a window manager.
struct Screen {
    display: String,
    _server: Guard,
    _manager: Guard,
}

impl Screen {
    fn start() -> Screen {
        let (server, display) = xvfb::start(1600, 1000);
        let manager = Command::new("openbox").env("DISPLAY", &display).stderr(Stdio::null()).spawn();
        let manager = Guard(manager.expect("openbox is needed: run scripts/setup test"));
        Screen { display, _server: server, _manager: manager }
    }

    fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output();
        let output = output.expect("xdotool is needed: run scripts/setup test");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn click(&self, window: &str, (x, y): (i32, i32)) {
        self.xdotool(&["mousemove", "--window", window, &x.to_string(), &y.to_string(), "click", "1"]);
    }

    /// Clicks until what the click should bring about is there.
    fn click_until<T>(&self, window: &str, place: (i32, i32), what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            self.click(window, place);
            let clicked = Instant::now();
            while clicked.elapsed() < CLICK_AGAIN {
                if let Some(value) = look() {
                    return value;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(begin.elapsed() < LIMIT, "clicked in vain for {what}");
        }
    }
}

/// Takes of the library; none while the studio is still making it.
fn takes(data: &Path) -> Vec<Take> {
    let path = data.join("library.db");
    if !path.is_file() {
        return Vec::new();
    }
    Db::open(&path).and_then(|db| db.all_takes()).unwrap_or_default()
}

fn journal(take: &Take) -> PathBuf {
    Path::new(&take.folder).join("journal.jsonl")
}

/// A studio in its window, on a screen of its own.
struct Studio {
    child: Guard,
    window: String,
}

impl Studio {
    fn start(screen: &Screen, data: &Path) -> Studio {
        let child = Command::new(env!("CARGO_BIN_EXE_onetake"))
            .env("ONETAKE_DATA", data)
            .env("DISPLAY", &screen.display)
            .env_remove("WAYLAND_DISPLAY")
            .spawn()
            .unwrap();
        let child = Guard(child);
        let window = wait_for("the window", || {
            screen.xdotool(&["search", "--onlyvisible", "--name", "^Onetake$"]).filter(|w| !w.is_empty())
        });
        let window = window.lines().last().unwrap_or_default().to_owned();
        screen.xdotool(&["windowsize", "--sync", &window, &WIDTH.to_string(), &HEIGHT.to_string()]);
        wait_for("the demo project", || data.join("projects/demo/script.md").is_file().then_some(()));
        Studio { child, window }
    }

    /// Begins a take and gives it once its first frame is in the file.
    fn roll(&self, screen: &Screen, data: &Path) -> Take {
        let recording = || takes(data).into_iter().find(|take| take.state == TakeState::Recording);
        let take = screen.click_until(&self.window, PREPARE_RECORD, "a running take", recording);
        wait_for("the first frame", || {
            std::fs::read_to_string(journal(&take)).is_ok_and(|text| text.contains("\"rolling\"")).then_some(())
        });
        take
    }
}

#[test]
fn a_studio_that_is_told_to_end_closes_its_take_and_one_that_is_killed_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    let screen = Screen::start();
    let mut studio = Studio::start(&screen, &data);
    let take = studio.roll(&screen, &data);
    let told = Command::new("kill").args(["-TERM", &studio.child.0.id().to_string()]).status().unwrap();
    assert!(told.success());
    let status = wait_for("the studio to end", || studio.child.0.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
    let of = |id: &Take| takes(&data).into_iter().find(|take| take.id == id.id).unwrap();
    let closed = of(&take);
    let proof = proof::check(Path::new(&closed.media)).unwrap();
    assert_eq!((closed.state, closed.frames), (TakeState::Finished, proof.frames));

    let mut studio = Studio::start(&screen, &data);
    let take = studio.roll(&screen, &data);
    wait_for("some picture in the file", || {
        std::fs::metadata(&take.media).is_ok_and(|facts| facts.len() > 50_000).then_some(())
    });
    studio.child.0.kill().unwrap();
    studio.child.0.wait().unwrap();
    assert_eq!(of(&take).state, TakeState::Recording);
    let again = Studio::start(&screen, &data);
    let found = wait_for("the killed take", || Some(of(&take)).filter(|take| take.state != TakeState::Recording));
    let proof = proof::check(Path::new(&found.media)).unwrap();
    assert_eq!((found.state, found.frames), (TakeState::Interrupted, proof.frames));
    assert!(proof.complete() && proof.frames > 0, "{proof:?}");
    // It is offered under the top bar, and kept by a click.
    let waiting = || Db::open(&data.join("library.db")).and_then(|db| db.unanswered()).unwrap_or_default();
    assert!(waiting().into_iter().map(|(found, _)| found.id).eq([take.id.clone()]));
    let answered = || waiting().is_empty().then_some(());
    screen.click_until(&again.window, RESCUE_KEEP, "the answer", answered);
    assert!(std::fs::read_to_string(journal(&found)).unwrap().contains("\"kept\""));
}

#[test]
fn from_the_first_start_to_an_uploaded_take_by_three_clicks() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    let screen = Screen::start();
    let mut studio = Studio::start(&screen, &data);
    studio.roll(&screen, &data);
    std::thread::sleep(Duration::from_secs(3));
    let finished = || takes(&data).into_iter().find(|take| take.state == TakeState::Finished);
    let take = screen.click_until(&studio.window, RECORD_STOP, "a finished take", finished);
    assert!(take.frames >= 60, "three seconds were recorded: {take:?}");
    assert_eq!(take.scenes.first().map(|scene| scene.heading.as_str()), Some("Opening"));
    let proof = proof::check(Path::new(&take.media)).unwrap();
    assert_eq!((proof.frames, proof.misplaced_frames, proof.unreadable_frames), (take.frames, 0, 0), "{proof:?}");

    let uploaded = || {
        let recordings = Db::open(&data.join("library.db")).and_then(|db| db.recordings()).unwrap_or_default();
        recordings.into_iter().find(|recording| recording.status == Status::Uploaded)
    };
    let recording = screen.click_until(&studio.window, REVIEW_UPLOAD, "an uploaded recording", uploaded);
    let stored = data.join("videos").join(Path::new(&recording.file_path).file_name().unwrap());
    assert_eq!(std::fs::read(stored).unwrap(), std::fs::read(&take.media).unwrap());
    assert_eq!(recording.take.as_deref(), Some(take.id.0.as_str()));

    let mut asked: Option<Instant> = None;
    let status = wait_for("the studio to end", || {
        // The window manager may be busy with something else the first time.
        if asked.is_none_or(|at| at.elapsed() > CLICK_AGAIN) {
            asked = Some(Instant::now());
            screen.xdotool(&["windowactivate", &studio.window]);
            screen.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
        }
        studio.child.0.try_wait().unwrap()
    });
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_key_that_was_changed_begins_a_take() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    // Pedals that can be programmed send keys like this one.
    let settings = r#"{"keys":{"record":["Ctrl+F7"]},"countdown_secs":0}"#;
    Db::open(&data.join("library.db")).and_then(|db| db.save_settings(settings)).unwrap();
    let screen = Screen::start();
    let studio = Studio::start(&screen, &data);
    // The key also ends a take, so it is given more and more time to begin one.
    let begin = Instant::now();
    for patience in [6, 12, 24, 48].map(Duration::from_secs) {
        screen.xdotool(&["windowactivate", "--sync", &studio.window]);
        screen.xdotool(&["key", "--clearmodifiers", "--delay", "60", "ctrl+F7"]);
        let pressed = Instant::now();
        while pressed.elapsed() < patience {
            if !takes(&data).is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let focus = screen.xdotool(&["getwindowfocus", "getwindowname"]);
    panic!("no take after {:?}; the studio is {}, the keys go to {focus:?}", begin.elapsed(), studio.window);
}

/// The text of the demo's newest version, once there is one.
fn newest_version(data: &Path) -> Option<String> {
    let db = Db::open(&data.join("library.db")).ok()?;
    let newest = db.versions("demo").ok()?.into_iter().next()?;
    db.version_text("demo", newest.seq).ok()
}

#[test]
fn what_was_typed_before_a_kill_is_there_and_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    let screen = Screen::start();
    let file = data.join("projects/demo/script.md");
    let script = || std::fs::read_to_string(&file).unwrap_or_default();
    let mut studio = Studio::start(&screen, &data);
    let first = script();
    let typed = "typedbyhand";
    let begin = Instant::now();
    while !script().contains(typed) {
        assert!(begin.elapsed() < LIMIT, "typed in vain");
        screen.click(&studio.window, SCRIPT_FIELD);
        screen.xdotool(&["type", "--delay", "40", typed]);
        // It saves itself.
        std::thread::sleep(Duration::from_secs(3));
    }
    wait_for("the version", || newest_version(&data).filter(|text| text.contains(typed)));
    studio.child.0.kill().unwrap();
    studio.child.0.wait().unwrap();

    let undo = |studio: &Studio| {
        let begin = Instant::now();
        while script() != first {
            assert!(begin.elapsed() < LIMIT, "undone in vain: {}", script());
            screen.xdotool(&["windowactivate", "--sync", &studio.window]);
            screen.xdotool(&["key", "--clearmodifiers", "ctrl+z"]);
            std::thread::sleep(Duration::from_secs(2));
        }
    };
    let mut studio = Studio::start(&screen, &data);
    assert!(script().contains(typed));
    undo(&studio);
    // Told to end right after a change, before any second of quiet: the file, the version and the way back are there.
    // What was typed on a busy machine may be more than one step.
    screen.xdotool(&["key", "--clearmodifiers", "--delay", "50", "--repeat", "8", "ctrl+shift+z"]);
    std::thread::sleep(Duration::from_millis(500));
    assert!(Command::new("kill").args(["-TERM", &studio.child.0.id().to_string()]).status().unwrap().success());
    assert_eq!(wait_for("the studio to end", || studio.child.0.try_wait().unwrap()).code(), Some(0));
    assert!(script().contains(typed) && newest_version(&data).unwrap().contains(typed));
    let studio = Studio::start(&screen, &data);
    undo(&studio);
}
