//! The program under test, and what it tells.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use serde_json::Value;

use crate::LIMIT;
use crate::screen::{Guard, Screen, wait_for};

/// `onetake prompter …` on a screen.
pub struct Window {
    child: Guard,
    input: Option<ChildStdin>,
    events: Receiver<Value>,
}

impl Window {
    pub fn start(screen: &Screen, data: &Path, arguments: &[&str]) -> Window {
        Window::with_token(screen, data, arguments, "")
    }

    /// A display of a studio.
    pub fn with_token(screen: &Screen, data: &Path, arguments: &[&str], token: &str) -> Window {
        let mut command = program(data);
        command.args(arguments).arg("--json").env("DISPLAY", &screen.display).env("ONETAKE_TOKEN", token);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut child = Guard(child);
        let (lines, input) = (BufReader::new(child.0.stdout.take().unwrap()), child.0.stdin.take());
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap_or(Value::String(line)));
            }
        });
        Window { child, input, events }
    }

    /// The next event that has this field, and that the condition holds for.
    pub fn told(&self, field: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            let left = LIMIT.saturating_sub(begin.elapsed());
            let event = self.events.recv_timeout(left).unwrap_or_else(|_| panic!("waited in vain for “{field}”"));
            if event.get(field).is_some_and(&holds) {
                return event;
            }
        }
    }

    /// Waits until it covers this monitor.
    pub fn covers(&self, monitor: &str) {
        let event = self.told("monitor", |name| name == monitor);
        assert_eq!(event["full_screen"], true, "{event}");
    }

    pub fn kill(&mut self) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
    }

    pub fn close_input(&mut self) {
        self.input = None;
    }

    pub fn ended(&mut self) -> ExitStatus {
        wait_for("the program's end", || self.child.0.try_wait().unwrap())
    }
}

/// `onetake prompter` with nothing of this machine in it.
pub fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
    command.arg("prompter").env("ONETAKE_DATA", data).env_remove("WAYLAND_DISPLAY").env_remove("ONETAKE_TOKEN");
    command
}
