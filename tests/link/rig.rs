//! What every test here needs: a studio's server that can be stopped, killed and started again at its address, the hub behind it
//! with all that it told, and displays.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use onetake::blobs::layout::DataFolder;
use onetake::core::live::{DisplayKind, LinkEvent, Motion, Scenes, Show};
use onetake::core::prompter::course::Course;
use onetake::core::prompter::pace::{Leg, Plan};
use onetake::core::prompter::text::{Run, RunStyle, Text, TextRow};
use onetake::core::time::Moment;
use onetake::db::Db;
use onetake::remote::Token;
use onetake::remote::live::Link;
use onetake::server::link::{Hub, Rules};
use onetake::server::{Config, Limits, Running, Secret, Server};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Nothing here takes anywhere near this long; it only keeps a broken server from hanging the tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for what another thread brings about.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

type Events = Arc<Mutex<Vec<LinkEvent>>>;

/// A studio as its displays see it.
pub struct Studio {
    pub hub: Hub,
    pub address: SocketAddr,
    pub secret: Secret,
    pub limits: Limits,
    events: Events,
    server: Option<(Runtime, Running)>,
    server_threads: Option<Runtime>,
    /// Where displays live.
    pub far: Runtime,
    data: DataFolder,
    db: Db,
    _folder: TempDir,
}

impl Studio {
    pub fn new() -> Studio {
        Studio::ruled(Rules::default(), Limits::default())
    }

    pub fn ruled(rules: Rules, limits: Limits) -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let db = Db::open(&data.database()).unwrap();
        let events = Events::default();
        let mut studio = Studio {
            hub: hub(&events, rules),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            secret: Secret::generate().unwrap(),
            limits,
            events,
            server: None,
            server_threads: None,
            far: runtime(),
            data,
            db,
            _folder: folder,
        };
        studio.start();
        studio
    }

    pub fn config(&self) -> Config {
        let mut config = Config::new(self.secret.clone(), self.db.clone(), self.data.clone());
        (config.listen, config.limits, config.hub) = (self.address, self.limits, Some(self.hub.clone()));
        config
    }

    /// Serves, at the address it had before.
    pub fn start(&mut self) {
        let runtime = runtime();
        let running = Server::start(self.config(), runtime.handle()).unwrap();
        self.address = running.address;
        self.server = Some((runtime, running));
    }

    /// Ends the server in order.
    pub fn stop(&mut self) {
        let (runtime, running) = self.server.take().unwrap();
        runtime.block_on(running.stop());
    }

    /// Drops the server's handle; its threads go on.
    pub fn drop_server(&mut self) {
        let (runtime, running) = self.server.take().unwrap();
        drop(running);
        self.server_threads = Some(runtime);
    }

    /// Ends it in the middle of whatever it does, and its hub with it: the next one knows nothing.
    pub fn kill(&mut self) {
        let (runtime, running) = self.server.take().unwrap();
        runtime.shutdown_timeout(PATIENCE);
        drop(running);
        self.hub = hub(&self.events, Rules::default());
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn display(&self, name: &str) -> Link {
        self.display_at(&self.url(), self.secret.expose(), name)
    }

    pub fn display_at(&self, url: &str, token: &str, name: &str) -> Link {
        let token = Token::new(token).unwrap();
        Link::open(self.far.handle(), url, token, name.to_owned(), DisplayKind::Window, || {})
    }

    /// All that the hub told so far.
    pub fn events(&self) -> Vec<LinkEvent> {
        self.events.lock().unwrap().clone()
    }

    /// How many joined and how many left.
    pub fn came_and_went(&self) -> (usize, usize) {
        let events = self.events();
        let count = |is: fn(&LinkEvent) -> bool| events.iter().filter(|event| is(event)).count();
        (count(|event| matches!(event, LinkEvent::Joined(_))), count(|event| matches!(event, LinkEvent::Left { .. })))
    }
}

fn hub(events: &Events, rules: Rules) -> Hub {
    let commands = [("again", "Again"), ("toggle-prompter", "Start or pause the prompter")];
    let commands = commands.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    let events = Arc::clone(events);
    Hub::with_rules(commands, move |event| events.lock().unwrap().push(event), rules)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A script of `rows` rows in two scenes, scrolling since `since`.
pub fn show(revision: u64, rows: usize, since: Moment) -> Show {
    let row = |i: usize| {
        let run = Run { text: format!("Row {i} of revision {revision}."), style: RunStyle::Spoken, line: i };
        TextRow { top: i as f64 * 1.4, height: 1.4, scene: usize::from(i > rows / 2), line: i, rtl: false, runs: vec![run] }
    };
    let height = rows as f64 * 1.4;
    let text = Text { rows: (0..rows).map(row).collect(), height, column_ems: 20.0, rtl: false, revision };
    let plan = Plan { legs: vec![Leg { scene: 0, from: 0.0, to: height.max(1.0), secs: 600.0 }] };
    let course = Course::resting(since, 0.0).start(&plan, since);
    Show {
        text: Arc::new(text),
        scenes: Arc::new(Scenes { title: "Script".into(), scenes: vec!["One".into(), "Two".into()] }),
        motion: Arc::new(Motion { course, plan, revision }),
        ..Show::default()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
