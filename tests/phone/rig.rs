//! A studio as phones see it: the server with its hub and its pairing, and a script laid out as the studio does it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use onetake::blobs::layout::DataFolder;
use onetake::clock;
use onetake::core::live::{LinkEvent, Mode, Motion, Order, Scenes, Show, Status};
use onetake::core::prompter::course::Course;
use onetake::core::prompter::pace::{Pace, Plan};
use onetake::core::prompter::sheet::Sheet;
use onetake::core::prompter::{Laid, Look};
use onetake::core::script::Script;
use onetake::db::Db;
use onetake::gpu::text::{self, Fonts};
use onetake::server::link::Hub;
use onetake::server::pairing::Pairing;
use onetake::server::{Config, Door, Running, Secret, Server};
use onetake::studio::command::COMMANDS;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::browser::Browser;

/// Nothing here takes anywhere near this long; it only keeps a broken page from hanging the tests.
pub const PATIENCE: Duration = Duration::from_secs(40);

pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub struct Studio {
    pub hub: Hub,
    pub pairing: Pairing,
    pub secret: Secret,
    pub laid: Arc<Laid>,
    pub plan: Plan,
    pub show: Show,
    pub server: Option<Running>,
    pub door: Option<Door>,
    pub runtime: Runtime,
    events: Arc<Mutex<Vec<LinkEvent>>>,
    _folder: TempDir,
}

impl Studio {
    /// Sharing, with the demo script at rest at its beginning.
    pub fn new() -> Studio {
        Studio::with(include_str!("../../assets/demo/script.md"), &Look::default())
    }

    pub fn with(source: &str, look: &Look) -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let db = Db::open(&data.database()).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let remote = COMMANDS.iter().filter(|entry| entry.command.is_remote());
        let mut commands: Vec<_> = remote.map(|entry| (entry.name.to_owned(), entry.label.to_owned())).collect();
        if !commands.iter().any(|(name, _)| name == "again") {
            commands.push(("again".to_owned(), "Again".to_owned()));
        }
        let hub = Hub::new(commands, move |event| heard.lock().unwrap().push(event));
        let pairing = Pairing::new(db.clone(), "Studio One", |_| {});
        pairing.switch(true);
        let secret = Secret::generate().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let usual = Config::new(secret.clone(), db, data);
        let config = Config { hub: Some(hub.clone()), sharing: Some(pairing.clone()), ..usual };
        let server = Server::start(config, runtime.handle()).unwrap();
        let door = server.open_door(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)), runtime.handle()).unwrap();
        let script = Script::markdown(source);
        let sheet = Sheet::of(&script, look.upper_case, 1);
        let laid = Arc::new(text::layout(&sheet, look, &Fonts::system()).laid());
        let plan = Plan::new(&laid, &Pace::default().scene_secs(&script));
        let titles = script.scenes.iter().enumerate().map(|(i, scene)| scene.title(i)).collect();
        let motion = Motion { course: Course::resting(clock::now(), laid.start()), plan: plan.clone(), revision: 1 };
        let show = Show {
            text: Arc::clone(&laid.text),
            scenes: Arc::new(Scenes { title: script.title().to_owned(), scenes: titles }),
            look: Arc::new(look.clone()),
            motion: Arc::new(motion),
            status: Arc::new(Status { mode: Mode::Idle, words_per_minute: 150.0, voice: None }),
            ..Show::default()
        };
        hub.publish(show.clone());
        Studio {
            hub,
            pairing,
            secret,
            laid,
            plan,
            show,
            server: Some(server),
            door: Some(door),
            runtime,
            events,
            _folder: folder,
        }
    }

    /// Where phones find it; this machine's own address stands for the network's.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.door.as_ref().unwrap().address.port())
    }

    /// Lets a browser in, as the picture code does, and waits for the page it is led to.
    pub fn pair(&self, browser: &Browser) {
        let (code, _) = self.pairing.new_code().unwrap();
        browser.go(&format!("{}/pair#{code}", self.url()));
        browser.until("the browser is paired", "location.pathname === '/'");
    }

    pub fn publish(&mut self, change: impl FnOnce(&mut Show)) {
        change(&mut self.show);
        self.hub.publish(self.show.clone());
    }

    /// Sets the course, for the text that is shown.
    pub fn course(&mut self, course: Course) {
        let motion = Motion { course, plan: self.plan.clone(), revision: self.show.text.revision };
        self.publish(|show| show.motion = Arc::new(motion));
    }

    pub fn mode(&mut self, mode: Mode) {
        let status = Status { mode, ..(*self.show.status).clone() };
        self.publish(|show| show.status = Arc::new(status));
    }

    /// Orders that came, in order.
    pub fn orders(&self) -> Vec<Order> {
        let events = self.events.lock().unwrap();
        let order = |event: &LinkEvent| if let LinkEvent::Order(order) = event { Some(order.clone()) } else { None };
        events.iter().filter_map(order).collect()
    }

    /// Offset and round trip that displays reported, in milliseconds.
    pub fn healths(&self) -> Vec<(f64, f64)> {
        let events = self.events.lock().unwrap();
        let health = |event: &LinkEvent| match event {
            LinkEvent::Health { offset_ms, round_trip_ms, .. } => Some((*offset_ms, *round_trip_ms)),
            _ => None,
        };
        events.iter().filter_map(health).collect()
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.door = None;
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }
}
