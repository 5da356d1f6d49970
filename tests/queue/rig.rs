//! The binary with a data folder of its own, and what it answers.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::engine::{Engine, KEY, PATIENCE};

pub struct House {
    folder: tempfile::TempDir,
}

impl House {
    /// A data folder whose list of engines has this one, at four cents a picture.
    pub fn with(engine: &Engine) -> House {
        House::listing(&engine.entry("{rates = [{each = 0.04}]}", true))
    }

    pub fn listing(engines: &str) -> House {
        let house = House { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(house.data()).unwrap();
        std::fs::write(house.data().join("engines.toml"), engines).unwrap();
        house
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--json").env("ONETAKE_DATA", self.data()).env("FAKE_KEY", KEY);
        command.env("ONETAKE_LOG", "debug").env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.output(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let value = serde_json::from_str(text.trim()).unwrap_or_else(|_| {
            panic!("{arguments:?} answered {text:?}\n{}", String::from_utf8_lossy(&output.stderr));
        });
        (output.status.code().unwrap_or(-1), value)
    }

    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Begins to run it.
    pub fn begin(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        // What nobody reads must not fill a pipe.
        Running { child: command.stderr(Stdio::null()).spawn().unwrap() }
    }

    pub fn generate(&self, more: &[&str]) -> (i32, Value) {
        self.run(&[&["generate", "--engine", "fake", "--model", "pic", "--prompt", "a lamp in fog"], more].concat())
    }

    /// What may be spent from now on, millionths of a dollar; none is no line.
    pub fn budget(&self, month: Option<u64>) {
        let data = onetake::blobs::layout::DataFolder::open(&self.data()).unwrap();
        let db = onetake::db::Db::open(&data.database()).unwrap();
        db.save_settings(&serde_json::json!({"engines": {"budget": {"month_micros": month}}}).to_string()).unwrap();
    }

    /// Everything in the queue.
    pub fn jobs(&self) -> Vec<Value> {
        let (code, answer) = self.run(&["queue", "list", "--all"]);
        assert_eq!(code, 0, "{answer}");
        answer["jobs"].as_array().unwrap().clone()
    }

    /// Works until nothing waits, and gives all jobs.
    pub fn finish(&self) -> Vec<Value> {
        self.run(&["queue", "run"]);
        self.jobs()
    }

    /// Names of the files among the media.
    pub fn media(&self) -> Vec<String> {
        let items = std::fs::read_dir(self.data().join("media")).unwrap().flatten();
        items.map(|item| item.file_name().to_string_lossy().into_owned()).filter(|name| name.ends_with(".png")).collect()
    }

    /// Folders of jobs that something may still come from.
    pub fn landings(&self) -> usize {
        std::fs::read_dir(self.data().join("cache/landing")).map_or(0, Iterator::count)
    }
}

/// A process that runs.
pub struct Running {
    child: Child,
}

impl Running {
    /// As the kernel does it when memory is short.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a person does it with Ctrl-C.
    pub fn interrupt(&self) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::INT).unwrap();
    }

    pub fn end(mut self) -> (i32, String) {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut text = String::new();
                self.child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
                return (status.code().unwrap_or(-1), text);
            }
            assert!(begin.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Mostly over by now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn states(jobs: &[Value]) -> Vec<&str> {
    jobs.iter().map(|job| job["state"].as_str().unwrap()).collect()
}
