//! A whole studio with the talent's display on a second monitor: started by the studio, steered from afar, killed, and left
//! alone by a studio that stands still.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use onetake::blobs::layout::DataFolder;
use onetake::core::settings::Settings;
use onetake::db::Db;

use crate::screen::{Guard, Screen, wait_for};
use crate::shot::Shot;
use crate::window::Window;

const SIDE: usize = 800;
const HEIGHT: usize = 600;
/// Text moves by less while it is waited for.
const MOST: i32 = 220;
/// Two displays that take the studio's word for the place differ by what passes between two frames of a busy machine.
const NEAR: i32 = 6;

/// The studio's window, whose settings name the second monitor.
fn studio(screen: &Screen, data: &Path) -> Guard {
    let folder = DataFolder::open(data).unwrap();
    let settings = Settings { talent_monitor: Some("DUMMY1".into()), ..Settings::default() };
    Db::open(&folder.database()).unwrap().save_settings(&serde_json::to_string(&settings).unwrap()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
    command.env("ONETAKE_DATA", data).env("DISPLAY", &screen.display).env_remove("WAYLAND_DISPLAY");
    Guard(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

/// The talent's process: its number, the studio's address and token, as the system tells a person of the same name.
struct Talent {
    pid: u32,
    url: String,
    token: String,
}

impl Talent {
    fn of(studio: &Guard, not: Option<u32>) -> Talent {
        wait_for("the talent’s process", || {
            let children = Command::new("pgrep").args(["-P", &studio.0.id().to_string()]).output().unwrap();
            let pids = String::from_utf8(children.stdout).unwrap();
            pids.lines().filter_map(|pid| pid.parse().ok()).filter(|pid| Some(*pid) != not).find_map(Talent::read)
        })
    }

    fn read(pid: u32) -> Option<Talent> {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).ok();
        let words: Vec<String> = read("cmdline")?.split('\0').map(str::to_owned).collect();
        let url = words.iter().skip_while(|word| *word != "--studio").nth(1)?.clone();
        assert!(words.contains(&"--supervised".to_owned()), "{words:?}");
        let token = read("environ")?.split('\0').find_map(|pair| pair.strip_prefix("ONETAKE_TOKEN=").map(str::to_owned))?;
        assert!(!words.iter().any(|word| word.contains(&token)), "a token in the list of processes");
        Some(Talent { pid, url, token })
    }

    fn order(&self, command: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let address = format!("{}/api/v1/control/{command}", self.url);
        let posted = reqwest::Client::new().post(address).bearer_auth(&self.token).send();
        assert_eq!(runtime.block_on(posted).unwrap().status(), 202);
    }
}

fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

fn both(screen: &Screen) -> (Shot, Shot) {
    let shot = screen.shot();
    (shot.part(0, 0, SIDE, HEIGHT), shot.part(SIDE, 0, SIDE, HEIGHT))
}

#[test]
fn a_killed_display_is_back_in_its_place_and_a_studio_that_stands_still_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let screen = Screen::double();
    let studio = studio(&screen, &folder.path().join("studio"));
    let talent = Talent::of(&studio, None);
    let shown = |what: &str| {
        wait_for(what, || {
            let (_, right) = both(&screen);
            (right.is_covered() && right.ink() > 1000).then_some(())
        })
    };
    shown("the demo's words on the second monitor");
    // Beside it another display of the same studio, by hand, so that places can be compared.
    let arguments = ["--studio", &talent.url, "--monitor", "DUMMY0"];
    let other = Window::with_token(&screen, &folder.path().join("other"), &arguments, &talent.token);
    other.covers("DUMMY0");
    let same = |what: &str| {
        wait_for(what, || {
            let (a, b) = both(&screen);
            (b.is_covered() && b.ink() > 1000 && a.difference(&b) < 0.01).then_some(())
        });
    };
    same("both displays at rest at the same place");

    talent.order("toggle-prompter");
    let on_their_way = |what: &str| {
        let (before, _) = both(&screen);
        wait_for(what, || {
            let (a, b) = both(&screen);
            (before.moved(&a, MOST) <= -10 && a.moved(&b, MOST).abs() <= NEAR && b.is_covered()).then_some(())
        });
    };
    on_their_way("both on their way after an order over HTTP");
    screen.keep("studio_and_talent");

    let begin = Instant::now();
    signal(talent.pid, "-KILL");
    let again = Talent::of(&studio, Some(talent.pid));
    shown("the display that was killed");
    println!("killed, and back with its text after {:.2} s", begin.elapsed().as_secs_f64());
    on_their_way("the display that was killed, at the right place");

    // The operator's window stands still; whoever reads does not notice.
    signal(studio.0.id(), "-STOP");
    on_their_way("both displays beside a studio that stands still");
    signal(studio.0.id(), "-CONT");
    talent.order("toggle-prompter");
    same("both displays at rest again");

    // With the studio goes its display.
    let pid = again.pid;
    drop(studio);
    wait_for("the end of the talent's process", || (!Path::new(&format!("/proc/{pid}/exe")).exists()).then_some(()));
}
