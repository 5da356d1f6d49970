//! A data folder, the binary in it, and a writer that says what the test wants, a piece at a time.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use onetake::core::engine::Choices;
use onetake::core::queue::Budget;
use onetake::core::settings::Settings;
use onetake::db::Db;
use onetake::jobs::engines::Shop;
use onetake::jobs::house::{Claim, House};
use serde_json::Value;

use super::fake::{Books, Fake, Reply, Seen, Way};
use super::{marker, sse};

/// The key that must show nowhere.
pub const KEY: &str = "sk-marker-4711-words";
/// A model of the list.
pub const MODEL: &str = "gpt-5.4-mini";

/// What a good writer answers.
pub const SCRIPT: &str = "---\ntitle: Why lamps\n---\n\n## The door\n\n> image: a lamp in a window, dusk\n> clip: the lamp flickers\n> seconds: 12\n\nNobody waits at the door. [smile] But I do.\n\n## The road\n\n> seconds: 20\n\nIt goes on, and so do we.\n";

pub struct Place {
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The binary, which finds the fake at `base` and the marker as its key.
    pub fn command(&self, base: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(self.data()).arg("--json").env_remove("DISPLAY");
        command.env("OPENAI_BASE_URL", base).env("OPENAI_API_KEY", KEY).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, base: &str, arguments: &[&str]) -> Output {
        self.command(base, arguments).output().unwrap()
    }

    pub fn house(&self) -> House {
        House::open(Some(&self.data()), Claim::Shared).unwrap()
    }

    pub fn db(&self) -> Db {
        Db::open(&self.data().join("library.db")).unwrap()
    }

    /// So much may be spent in a month.
    pub fn budget(&self, micros: u64) {
        let budget = Budget { month_micros: Some(micros), project_micros: None };
        let settings = Settings { engines: Choices { budget, ..Choices::default() }, ..Settings::default() };
        self.house().db.save_settings(&serde_json::to_string(&settings).unwrap()).unwrap();
    }

    /// Files of the data folder that hold this, for looking for what must not be there.
    pub fn holds(&self, what: &str) -> Vec<PathBuf> {
        marker::holding(&self.data(), what)
    }
}

/// The last line of the output as JSON, after checking the exit code.
pub fn last(output: &Output, code: i32) -> Value {
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{out}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {out}"))
}

/// A text as a stream of OpenAI's form.
pub fn stream(text: &str, finish: &str) -> Reply {
    sse::stream(MODEL, text, finish)
}

/// A writer that answers each question with what `say` says to it. It checks the form of what it is asked, and charges.
pub fn writer(say: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> Fake {
    Fake::start(move |seen: &Seen, books: &Books| {
        assert_eq!(seen.line(), "POST /v1/chat/completions");
        assert_eq!(seen.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        let asked = seen.json();
        assert_eq!((asked["model"].as_str(), asked["stream"].as_bool()), (Some(MODEL), Some(true)));
        let talk = asked["messages"].as_array().expect("messages");
        assert!(matches!(talk[0]["role"].as_str(), Some("system" | "developer")), "{asked}");
        assert_eq!(talk[1]["role"], "user");
        books.charge();
        say(&asked)
    })
}

/// A writer that says the same to everything.
pub fn saying(text: &'static str) -> Fake {
    writer(move |_| stream(text, "stop"))
}

pub fn base(fake: &Fake) -> String {
    format!("{}/v1", fake.base())
}

/// The same, slowly.
pub fn slowly(reply: Reply) -> Reply {
    reply.way(Way::Drip(120, Duration::from_millis(60)))
}

/// A house for jobs, and its engines.
pub fn shop(place: &Place) -> (Arc<House>, Arc<Shop>) {
    let house = Arc::new(place.house());
    let shop = Arc::new(Shop::new(Arc::clone(&house), Choices::default()));
    (house, shop)
}
