//! The fakes at work, and the binary with a data folder whose list of engines leads to them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fake::Fake;
use crate::ledger::Ledger;
use crate::{clips, voices};

/// Anything here that takes longer hangs; the machine may be building other things.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// How the fakes go about it.
#[derive(Debug, Default)]
pub struct Pace {
    slow: AtomicBool,
    hold: AtomicBool,
}

impl Pace {
    /// So slow that a person can watch.
    pub fn slow(&self) -> bool {
        self.slow.load(Ordering::SeqCst)
    }

    /// No clip gets ready.
    pub fn holds(&self) -> bool {
        self.hold.load(Ordering::SeqCst)
    }

    pub fn hold(&self, hold: bool) {
        self.hold.store(hold, Ordering::SeqCst);
    }
}

/// All engines.
pub struct Engines {
    pub ledger: Ledger,
    pub pace: Arc<Pace>,
    pub writer: Fake,
    pub painter: Fake,
    pub filmer: Fake,
}

impl Engines {
    pub fn start() -> Engines {
        let (ledger, pace) = (Ledger::default(), Arc::<Pace>::default());
        Engines {
            writer: voices::writer(&ledger, &pace),
            painter: voices::painter(&ledger, &pace),
            filmer: clips::filmer(&ledger, &pace),
            ledger,
            pace,
        }
    }

    /// Engines that somebody can watch.
    pub fn slow() -> Engines {
        let engines = Engines::start();
        engines.pace.slow.store(true, Ordering::SeqCst);
        engines
    }

    /// Entries of a list of engines that lead here.
    pub fn list(&self) -> String {
        let poll = if self.pace.slow() { 1.0 } else { 0.1 };
        format!(
            "[[engine]]\nname = 'openai'\nlabel = 'OpenAI'\nform = 'open_ai'\nbase = '{}/v1'\nkey_variables = ['OPENAI_API_KEY']\nparallel = 2\n\
             [[engine.model]]\nname = 'gpt-5.4-mini'\nkind = 'text'\nprice = {{ rates = [{{ thousand = 0.0045 }}] }}\n\
             [[engine.model]]\nname = 'tts-1'\nkind = 'speech'\nprompt_chars = 4096\nvoices = ['nova', 'onyx']\nprice = {{ rates = [{{ thousand = 0.015 }}] }}\n\
             [[engine]]\nname = 'stability'\nlabel = 'Stability'\nform = 'stability'\nbase = '{}'\nkey_variables = ['STABILITY_API_KEY']\nparallel = 4\n\
             [[engine.model]]\nname = 'core'\nlabel = 'Stable Image Core'\nkind = 'image'\nprompt_chars = 10000\naspects = ['16:9', '1:1']\nseed = true\nprice = {{ rates = [{{ each = 0.03 }}] }}\n\
             [[engine]]\nname = 'venice'\nlabel = 'Venice'\nform = 'venice'\nbase = '{}/api/v1'\nkey_variables = ['VENICE_API_KEY']\nparallel = 4\npoll_secs = {poll}\n\
             [[engine.model]]\nname = 'between-pictures'\nlabel = 'Between pictures'\nkind = 'video'\nprompt_chars = 2500\naspects = ['16:9']\nresolutions = ['480p']\n\
             seconds = [2.0, 3.0, 4.0]\nfirst_frame = true\nlast_frame = true\nneeds_first_frame = true\nprice = 'quoted'\n",
            self.writer.base(),
            self.painter.base(),
            self.filmer.base()
        )
    }

    /// The variables in which the binary finds the keys.
    pub fn keys() -> [(&'static str, &'static str); 3] {
        [("OPENAI_API_KEY", voices::WRITER_KEY), ("STABILITY_API_KEY", voices::PAINTER_KEY), ("VENICE_API_KEY", clips::KEY)]
    }
}

/// A data folder.
pub struct House {
    folder: tempfile::TempDir,
}

impl House {
    pub fn with(engines: &Engines) -> House {
        let house = House { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(house.data()).unwrap();
        std::fs::write(house.data().join("engines.toml"), engines.list()).unwrap();
        house
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.arg("--data").arg(self.data()).args(arguments).arg("--json").envs(Engines::keys());
        command.env("ONETAKE_LOG", "onetake=debug").env_remove("DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        command.env("XDG_RUNTIME_DIR", self.root()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end, which is to be a good one. No key is in what it says.
    pub fn run(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{err}");
        for (_, key) in Engines::keys() {
            assert!(!out.contains(key) && !err.contains(key), "{arguments:?} says a key: {out}{err}");
        }
        serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {out}{err}"))
    }

    /// Begins to run it; the caller ends it.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        // What nobody reads must not fill a pipe.
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Everything in the queue, the oldest first.
    pub fn jobs(&self) -> Vec<Value> {
        let mut jobs = self.run(&["queue", "list", "--all"])["jobs"].as_array().unwrap().clone();
        jobs.sort_by_key(|job| job["created_at"].to_string());
        jobs
    }
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
