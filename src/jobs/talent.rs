//! Keeps the talent's window running: a process of its own, so that neither window can slow or freeze the other. When it ends
//! without being told to, it is started again at once; when it keeps ending, the studio is told why.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::core::problem::Problem;
use crate::server::Secret;
use crate::studio::Message;
use crate::studio::displays::{self, TalentEvent};

use super::inbox::Outbox;

/// How long a window that is closed may take to end by itself.
const GRACE: Duration = Duration::from_secs(2);
/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// A window that ends so soon after its start counts as one that can't run.
const SOON: Duration = Duration::from_secs(5);
/// So many of those in a row, and it is given up.
const MOST: u32 = 4;

/// What the window is started with.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub studio: String,
    pub token: Secret,
    pub monitor: String,
}

/// A window that is kept running until this is dropped.
#[derive(Debug)]
pub struct Talent {
    orders: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Talent {
    pub fn start(wanted: Wanted, outbox: Outbox) -> std::io::Result<Talent> {
        let (orders, ordered) = channel();
        let thread = std::thread::Builder::new().name("talent".into()).spawn(move || keep(&wanted, &outbox, &ordered))?;
        Ok(Talent { orders: Some(orders), thread: Some(thread) })
    }
}

impl Drop for Talent {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that keeps the talent's window had died");
        }
    }
}

/// Starts it again and again, until the studio closes it.
fn keep(wanted: &Wanted, outbox: &Outbox, ordered: &Receiver<()>) {
    let mut failures = 0;
    loop {
        let begin = Instant::now();
        let why = match Running::start(wanted, outbox) {
            Ok(mut running) => match running.until_closed_or_gone(ordered) {
                End::Closed => return,
                End::Gone(why) => why,
            },
            Err(error) => error.to_string(),
        };
        failures = if begin.elapsed() < SOON { failures + 1 } else { 1 };
        tracing::warn!(why, failures, "the talent's window ended by itself");
        if failures >= MOST {
            let what = format!("The talent’s window does not stay open: {why}");
            let fix = "Run “onetake prompter --list-monitors” to see what it can use, then choose the monitor again.";
            tell(outbox, TalentEvent::Failed(Problem::failed(what, fix)));
            // Nothing more to do but to wait for being closed.
            let _ = ordered.recv();
            return;
        }
        tell(outbox, TalentEvent::Restarting);
    }
}

/// How a window ended.
enum End {
    /// As it was told to.
    Closed,
    /// By itself, with its last words.
    Gone(String),
}

struct Running {
    child: Child,
    /// The window ends when this is closed, whatever becomes of the studio.
    leash: Option<ChildStdin>,
    words: Option<JoinHandle<String>>,
}

impl Running {
    fn start(wanted: &Wanted, outbox: &Outbox) -> std::io::Result<Running> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["prompter", "--supervised", "--json", "--studio", &wanted.studio, "--monitor", &wanted.monitor])
            .env("ONETAKE_TOKEN", wanted.token.expose())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let leash = child.stdin.take();
        if let Some(out) = child.stdout.take() {
            let outbox = outbox.clone();
            std::thread::Builder::new().name("talent events".into()).spawn(move || listen(out, &outbox))?;
        }
        let err = child.stderr.take();
        let words = std::thread::Builder::new().name("talent words".into()).spawn(move || last_words(err))?;
        Ok(Running { child, leash, words: Some(words) })
    }

    fn until_closed_or_gone(&mut self, ordered: &Receiver<()>) -> End {
        loop {
            match self.child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => return End::Gone(self.said().unwrap_or_else(|| format!("it ended with {status}."))),
                Err(error) => return End::Gone(error.to_string()),
            }
            if let Err(RecvTimeoutError::Disconnected) = ordered.recv_timeout(LOOK) {
                self.close();
                return End::Closed;
            }
        }
    }

    /// What it complained of last, once it has ended and so closed its end.
    fn said(&mut self) -> Option<String> {
        self.words.take()?.join().ok().filter(|words| !words.is_empty())
    }

    fn close(&mut self) {
        self.leash = None;
        let begin = Instant::now();
        while begin.elapsed() < GRACE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(LOOK / 5);
        }
        // It may have ended this very moment.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes on what the window tells, line by line.
fn listen(out: impl Read, outbox: &Outbox) {
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        let Ok(event) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        // Said whenever the window has found its place: at the start, and when monitors come and go.
        if let Some(place) = event.get("monitor") {
            let full = event.get("full_screen").and_then(serde_json::Value::as_bool).unwrap_or(false);
            let on = place.as_str().filter(|_| full).map(str::to_owned);
            tell(outbox, TalentEvent::Shown { on });
        }
    }
}

/// The last line that it complained, without the program's name in front.
fn last_words(err: Option<impl Read>) -> String {
    let Some(err) = err else { return String::new() };
    let mut last = String::new();
    for line in BufReader::new(err).lines().map_while(Result::ok) {
        tracing::debug!(target: "talent", "{line}");
        if let Some(words) = line.strip_prefix("onetake: ") {
            words.clone_into(&mut last);
        }
    }
    last
}

fn tell(outbox: &Outbox, event: TalentEvent) {
    outbox.send(Message::Displays(displays::Message::Talent(event)));
}
