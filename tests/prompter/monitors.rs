//! Displays of a studio on two monitors, one of which is pulled and plugged.

use std::path::Path;
use std::sync::Arc;

use onetake::blobs::layout::DataFolder;
use onetake::clock;
use onetake::core::live::{Mirrors, Mode, Motion, Scenes, Show, Status};
use onetake::core::prompter::course::Course;
use onetake::core::prompter::pace::{Leg, Plan};
use onetake::core::prompter::text::{Run, RunStyle, Text, TextRow};
use onetake::core::prompter::{Look, Mirror};
use onetake::db::Db;
use onetake::server::link::Hub;
use onetake::server::{Config, Running, Secret, Server};
use tokio::runtime::Runtime;

use crate::screen::{Screen, wait_for};
use crate::shot::Shot;
use crate::window::Window;

const SIDE: usize = 800;
const HEIGHT: usize = 600;
/// Text moves by less while it is waited for.
const MOST: i32 = 220;

/// A studio as its displays see it.
struct Studio {
    hub: Hub,
    secret: Secret,
    server: Option<Running>,
    runtime: Runtime,
}

impl Studio {
    fn start(data: &Path) -> Studio {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let folder = DataFolder::open(data).unwrap();
        let db = Db::open(&folder.database()).unwrap();
        let (hub, secret) = (Hub::new(Vec::new(), |_| {}), Secret::generate().unwrap());
        let mut config = Config::new(secret.clone(), db, folder);
        config.hub = Some(hub.clone());
        let server = Some(Server::start(config, runtime.handle()).unwrap());
        Studio { hub, secret, server, runtime }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.as_ref().unwrap().address)
    }

    fn stop(&mut self) {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop());
    }

    fn display(&self, screen: &Screen, data: &Path, monitor: &str) -> Window {
        let url = self.url();
        Window::with_token(screen, data, &["--studio", &url, "--monitor", monitor], self.secret.expose())
    }
}

/// Numbered rows, at rest or on their way.
fn show(moving: bool) -> Show {
    let rows = 60;
    let row = |i: usize| {
        // No two neighbours are alike, so that a shift by whole rows is told from none.
        let text = format!("Row {i}{}", " and on".repeat(i * 5 % 7 % 4));
        let run = Run { text, style: RunStyle::Spoken, line: i };
        TextRow { top: i as f64 * 1.4, height: 1.4, scene: 0, line: i, rtl: false, runs: vec![run] }
    };
    let height = rows as f64 * 1.4;
    let text = Text { rows: (0..rows).map(row).collect(), height, column_ems: 20.0, rtl: false, revision: 1 };
    let plan = Plan { legs: vec![Leg { scene: 0, from: 0.0, to: height, secs: 240.0 }] };
    let now = clock::now();
    let course = Course::resting(now, 6.3);
    let course = if moving { course.start(&plan, now) } else { course };
    Show {
        text: Arc::new(text),
        scenes: Arc::new(Scenes { title: "Rows".into(), scenes: vec!["Only".into()] }),
        look: Arc::new(Look { show_scene: true, show_time: true, ..Look::default() }),
        motion: Arc::new(Motion { course, plan, revision: 1 }),
        ..Show::default()
    }
}

/// The monitors' pictures, taken at once.
fn both(screen: &Screen) -> (Shot, Shot) {
    let shot = screen.shot();
    (shot.part(0, 0, SIDE, HEIGHT), shot.part(SIDE, 0, SIDE, HEIGHT))
}

#[test]
fn two_displays_stand_at_the_same_place_and_one_comes_back_when_its_monitor_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = Studio::start(&folder.path().join("studio"));
    let screen = Screen::double();
    screen.paint_white();
    let data = folder.path().join("data");
    let left = studio.display(&screen, &data, "DUMMY0");
    let right = studio.display(&screen, &data, "DUMMY1");
    left.covers("DUMMY0");
    right.covers("DUMMY1");
    studio.hub.publish(show(false));
    let same = |a: &Shot, b: &Shot| a.ink() > 1000 && a.is_covered() && a.difference(b) < 0.001;
    wait_for("the same text twice", || {
        let (a, b) = both(&screen);
        same(&a, &b).then_some(())
    });

    // A countdown dims the text and is on both.
    let status = |mode: Mode| Arc::new(Status { mode, words_per_minute: 150.0, voice: None });
    let (rest, _) = both(&screen);
    let ends = clock::now().plus_secs(600.5);
    studio.hub.publish(Show { status: status(Mode::Countdown { ends }), ..show(false) });
    wait_for("a countdown on both", || {
        let (a, b) = both(&screen);
        (a.difference(&rest) > 0.01 && b.difference(&rest) > 0.01).then_some(())
    });
    screen.keep("two_displays_counting");

    // On their way they differ by what passes between two frames, though each finds its place by itself.
    studio.hub.publish(Show { status: status(Mode::Recording { since: clock::now() }), ..show(true) });
    let on_their_way = || {
        let (before, _) = both(&screen);
        wait_for("both on their way", || {
            let (a, b) = both(&screen);
            (before.moved(&a, MOST) <= -10 && a.moved(&b, MOST).abs() <= 4 && b.is_covered()).then_some(())
        });
    };
    on_their_way();
    screen.keep("two_displays_recording");

    // The studio is gone: the text stays, and goes on.
    studio.stop();
    on_their_way();
    screen.keep("two_displays_without_their_studio");

    screen.unplug();
    let event = right.told("wanted", |wanted| wanted == false);
    assert_eq!((event["monitor"].as_str(), event["full_screen"].as_bool()), (Some("DUMMY0"), Some(false)), "{event}");
    screen.plug();
    right.covers("DUMMY1");
    wait_for("the display on its monitor", || {
        let (_, b) = both(&screen);
        (b.is_covered() && b.ink() > 1000).then_some(())
    });
}

#[test]
fn each_display_is_mirrored_as_its_glass_wants() {
    let folder = tempfile::tempdir().unwrap();
    let studio = Studio::start(&folder.path().join("studio"));
    let screen = Screen::double();
    let data = folder.path().join("data");
    let _left = studio.display(&screen, &data, "DUMMY0");
    let _right = studio.display(&screen, &data, "DUMMY1");
    let glass = Mirror { horizontal: true, vertical: false };
    let mirrors = Mirrors([("DUMMY1".to_owned(), glass)].into());
    studio.hub.publish(Show { mirrors: Arc::new(mirrors), ..show(false) });
    wait_for("the text and its mirror image", || {
        let (a, b) = both(&screen);
        (a.ink() > 1000 && a.difference(&b.mirrored()) < 0.02 && a.difference(&b) > 0.02).then_some(())
    });
}
