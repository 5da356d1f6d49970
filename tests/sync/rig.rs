//! What every test here needs: the server as a process that can be killed, users on it, and studios on data folders of their own
//! that can be closed and opened again. Time is the test's: half a minute passes when it says so.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use onetake::clock;
use onetake::core::latest::{Feeds, Latest};
use onetake::core::project::Project;
use onetake::core::settings::Settings;
use onetake::jobs::Jobs;
use onetake::jobs::house::{Claim, House, Ways};
use onetake::jobs::inbox::{Inbox, inbox};
use onetake::remote::Token;
use onetake::remote::projects::Projects;
use onetake::studio::prepare::Saved;
use onetake::studio::sync::{Choice, Key, Link, Message as Sync, Outcome};
use onetake::studio::{self, Effect, Message, Model, Page, prepare};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Anything here that takes longer hangs; the machine may be building other things.
const LIMIT: Duration = Duration::from_secs(120);
/// Set where a test has a keyring of its own.
pub const KEYRING: &str = "ONETAKE_TEST_KEYRING";
pub const OWNER: &str = "owner-token-of-this-test";

/// The program as a server.
pub struct Site {
    pub data: PathBuf,
    pub address: SocketAddr,
    child: Option<Child>,
    _folder: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let mut site =
            Site { data: folder.path().join("server"), address: "127.0.0.1:0".parse().unwrap(), child: None, _folder: folder };
        site.start();
        site
    }

    /// Serves, at the address it had before.
    pub fn start(&mut self) {
        let mut command = self.command(&["serve", "--listen", &self.address.to_string(), "--token", OWNER]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.address = said["listening"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        self.child = Some(child);
    }

    /// As the power goes: no word, no waiting.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// As a machine that hangs: the line stands, and nobody answers. Or it goes on.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { Signal::STOP } else { Signal::CONT };
        let child = self.child.as_ref().expect("it serves");
        kill_process(Pid::from_child(child), signal).unwrap();
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs a command on the server's data folder; what it answers.
    pub fn run(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(out.lines().last().unwrap()).unwrap()
    }

    /// The exit code of a command that may fail.
    pub fn code(&self, arguments: &[&str]) -> Option<i32> {
        self.command(arguments).output().unwrap().status.code()
    }

    /// A user's token.
    pub fn user(&self, name: &str, team: Option<(&str, &str)>) -> String {
        let mut arguments = vec!["users", "add", name];
        arguments.extend(team.iter().flat_map(|(team, role)| ["--team", team, "--role", role]));
        self.run(&arguments)["token"].as_str().unwrap().to_owned()
    }

    /// Our client with a token.
    pub fn client(&self, token: &str) -> Projects {
        Projects::new(&self.url(), Token::new(token).unwrap()).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(&self.data).arg("--json").env_remove("ONETAKE_TOKEN").env_remove("DISPLAY");
        command.stderr(Stdio::piped());
        command
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs one thing of the client to its end.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A machine with a studio on it.
pub struct Device {
    pub data: PathBuf,
    url: String,
    token: String,
    _folder: tempfile::TempDir,
}

impl Device {
    pub fn new(url: &str, token: &str) -> Device {
        let folder = tempfile::tempdir().unwrap();
        Device { data: folder.path().join("data"), url: url.into(), token: token.into(), _folder: folder }
    }

    /// Opens the studio, signed in; nothing is waited for.
    pub fn open(&self) -> Studio {
        let mut studio = Studio::new(&self.data);
        let key = Some(Key::new(self.token.clone()));
        studio.send(Message::Sync(Sync::Connect { url: self.url.clone(), key }));
        studio
    }

    /// Opens it as it is opened each morning: signed in before, with whatever is kept of that.
    pub fn open_as_left(&self) -> Studio {
        let mut studio = Studio::new(&self.data);
        let settings = Settings { server_url: Some(self.url.clone()), ..Settings::default() };
        let effects = studio::start(&mut studio.model, settings, clock::now());
        studio.run(effects);
        studio
    }

    /// All texts that lie in this machine's projects.
    pub fn texts(&self) -> Vec<String> {
        let projects = fs::read_dir(self.data.join("projects")).unwrap().flatten();
        projects.filter_map(|item| fs::read_to_string(item.path().join("script.md")).ok()).collect()
    }
}

/// A studio that nobody looks at.
pub struct Studio {
    pub model: Model,
    jobs: Option<Jobs>,
    inbox: Inbox,
    /// Seconds that the test has let pass.
    skew: f64,
    /// Looks at the server that ended, and how the last did.
    looks: u32,
    last: Option<Result<Outcome, bool>>,
    /// Looks that found two versions, and looks that failed.
    pub conflicts: u32,
    pub failures: u32,
}

impl Studio {
    fn new(data: &Path) -> Studio {
        if std::env::var_os(KEYRING).is_none() {
            // The person's own keyring is no business of a test.
            // SAFETY: each test here is a process of its own, and reads this only after.
            unsafe { std::env::set_var("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus") };
        }
        let house = House::open(Some(data), Claim::Alone).unwrap();
        let (outbox, inbox) = inbox(|| {});
        let ways = Ways { outbox, feeds: Feeds::default(), text: Latest::default() };
        let jobs = Jobs::start(house, ways).unwrap();
        Studio { model: Model::default(), jobs: Some(jobs), inbox, skew: 0.0, looks: 0, last: None, conflicts: 0, failures: 0 }
    }

    pub fn send(&mut self, message: Message) {
        if let Message::Sync(Sync::Stepped { result, .. }) = &message {
            self.looks += 1;
            self.conflicts += u32::from(matches!(result, Ok(Outcome::Differs(_))));
            self.failures += u32::from(result.is_err());
            self.last = Some(result.clone().map_err(|trouble| trouble.away));
        }
        let now = clock::now().plus_secs(self.skew);
        let effects = studio::update(&mut self.model, message, now);
        self.run(effects);
    }

    /// What a test of projects has no use for is left out.
    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if matches!(effect, Effect::Prepare(_) | Effect::Sync(_))
                && let Some(jobs) = &mut self.jobs
            {
                jobs.run(effect);
            }
        }
    }

    pub fn turn(&mut self) {
        let first = self.inbox.wait(Duration::from_millis(5));
        self.send(Message::Tick);
        let rest: Vec<Message> = first.into_iter().chain(self.inbox.drain()).collect();
        rest.into_iter().for_each(|message| self.send(message));
    }

    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&Studio) -> bool) {
        let begin = Instant::now();
        while !holds(self) {
            let (link, said) = (&self.model.sync.link, &self.model.notice.notices);
            assert!(begin.elapsed() < LIMIT, "still not so: {what}; {link:?}, {:?}, {said:?}", self.last);
            self.turn();
        }
    }

    pub fn pass(&mut self, secs: f64) {
        self.skew += secs;
    }

    pub fn text(&self) -> &str {
        self.model.prepare.script.source()
    }

    pub fn project(&self) -> Project {
        self.model.prepare.project.clone().unwrap()
    }

    /// A new project with this text, on the disk.
    pub fn begin(&mut self, text: &str) {
        let before = self.model.prepare.revision;
        self.send(Message::Prepare(prepare::Message::New));
        self.until("the new project is open", |studio| studio.model.prepare.revision > before);
        self.write(text);
    }

    /// Writes a text, as typed at once, and waits until the disk has it.
    pub fn write(&mut self, text: &str) {
        self.send(Message::Prepare(prepare::Message::Edited(text.to_owned())));
        self.send(Message::Prepare(prepare::Message::SaveNow));
        self.until("the script is saved", |studio| studio.model.prepare.saved == Saved::Clean);
    }

    /// Lets half a minute pass and the look at the server end, whatever comes of it. While two versions wait for a choice there
    /// is none.
    pub fn look(&mut self) {
        self.until("the studio is signed in", |studio| studio.model.sync.link.is_on());
        let looks = self.looks;
        self.pass(61.0);
        self.until("the server was looked at", |studio| studio.looks > looks || studio.model.sync.conflict.is_some());
    }

    pub fn in_step(&self) -> bool {
        matches!(self.last, Some(Ok(Outcome::Same | Outcome::Sent))) && self.model.sync.link == Link::InStep
    }

    /// Looks until both sides are the same.
    pub fn settle(&mut self) {
        let begin = Instant::now();
        loop {
            self.look();
            if self.in_step() {
                return;
            }
            assert!(begin.elapsed() < LIMIT, "never in step: {:?}, {:?}", self.model.sync.link, self.last);
        }
    }

    /// Looks until there is something to choose.
    pub fn differ(&mut self) {
        let begin = Instant::now();
        while self.model.sync.conflict.is_none() {
            assert!(begin.elapsed() < LIMIT, "no conflict: {:?}, {:?}", self.model.sync.link, self.last);
            self.look();
        }
    }

    pub fn choose(&mut self, choice: Choice) {
        let looks = self.looks;
        self.send(Message::Sync(Sync::Choose(choice)));
        self.until("the choice was carried out", |studio| studio.looks > looks);
    }

    /// Opens a project of the server by its title.
    pub fn open_remote(&mut self, title: &str) {
        use onetake::studio::sync::Listing;
        self.until("the studio is signed in", |studio| studio.model.sync.link.is_on());
        self.send(Message::Sync(Sync::List));
        let mut remote = None;
        self.until("the project is listed", |studio| {
            let Listing::Listed(projects) = &studio.model.sync.listing else { return false };
            remote = projects.iter().find(|remote| remote.facts.title == title).map(|remote| remote.facts.id.clone());
            remote.is_some()
        });
        let before = self.model.prepare.revision;
        self.send(Message::Sync(Sync::Open { remote: remote.unwrap() }));
        self.until("the project is open", |studio| studio.model.prepare.revision > before);
    }

    /// Closes the window.
    pub fn leave(mut self) {
        self.send(Message::Sync(Sync::Leave));
    }

    pub fn away(&self) -> bool {
        matches!(self.model.sync.link, Link::Away { .. } | Link::Lost { .. })
    }

    /// Says what the top bar says.
    pub fn word(&self) -> &'static str {
        self.model.sync.link.word().unwrap_or_default()
    }

    pub fn on_record_page(&mut self) {
        self.model.page = Page::Record;
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        if let Some(jobs) = self.jobs.take() {
            jobs.finish();
        }
    }
}

/// A script with a title and these lines, each a paragraph.
pub fn script(title: &str, lines: &[&str]) -> String {
    format!("---\ntitle: {title}\n---\n\n## Opening\n\n{}\n", lines.join("\n\n"))
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
