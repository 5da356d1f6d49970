//! The recogniser at work: takes the microphone's sound, brings it to the recogniser's rate, feeds `onetake listen` in a process
//! of its own, and tells the studio what was heard. The process is started again when it dies, and knows its window at once.
//!
//! ```text
//! microphone ──> Ear (bounded, oldest dropped) ──> thread "follow" ──> stdin   onetake listen
//!                                           studio <── thread "heard" <── stdout
//! ```

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock;
use crate::core::follow::{Answer, Frame, Heard, Mono, RATE, Window};
use crate::core::frame::AudioBlock;
use crate::core::problem::Problem;
use crate::core::time::Moment;
use crate::studio::{Message, follow};
use crate::voice;

use super::house::Ways;

/// Seconds of sound that may wait: what a restart takes, and some.
const WAITING_SECS: f64 = 4.0;
/// Samples the recogniser is given at a time: a twentieth of a second.
const BLOCK: usize = RATE as usize / 20;
/// How often the thread looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);
/// A process that dies before it has heard this much was no use.
const USEFUL_SECS: f64 = 3.0;
/// Useless processes in a row after which it is given up.
const ATTEMPTS: u32 = 5;
/// Wait before the next attempt after a useless one.
const PAUSE: Duration = Duration::from_millis(200);

/// The recogniser's process from the inside: serves standard input until it ends.
pub fn listen(input: impl Read, output: impl Write, model: Option<&str>) -> Result<(), Problem> {
    // The library may abort, and what it has heard must not lie about in a core file.
    #[cfg(unix)]
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Core,
        rustix::process::Rlimit { current: Some(0), maximum: Some(0) },
    );
    voice::listen(input, output, model)
}

/// Where the microphone's sound goes to be recognised. Costs a glance while nobody listens.
#[derive(Clone, Debug, Default)]
pub struct Ear {
    shared: Arc<(Mutex<Waiting>, Condvar)>,
}

#[derive(Debug, Default)]
struct Waiting {
    open: bool,
    blocks: VecDeque<AudioBlock>,
    secs: f64,
}

impl Ear {
    /// Never waits. When nobody fetches, the oldest sound goes.
    pub fn hear(&self, block: &AudioBlock) {
        let mut waiting = self.lock();
        if !waiting.open {
            return;
        }
        waiting.secs += block_secs(block);
        waiting.blocks.push_back(block.clone());
        while waiting.secs > WAITING_SECS
            && let Some(oldest) = waiting.blocks.pop_front()
        {
            waiting.secs -= block_secs(&oldest);
        }
        drop(waiting);
        self.shared.1.notify_one();
    }

    /// Seconds of sound that wait.
    pub fn waiting_secs(&self) -> f64 {
        self.lock().secs
    }

    fn open(&self, open: bool) {
        *self.lock() = Waiting { open, ..Waiting::default() };
        self.shared.1.notify_all();
    }

    fn fetch(&self) -> Option<AudioBlock> {
        let waiting = self.lock();
        let empty = |waiting: &mut Waiting| waiting.blocks.is_empty();
        let (mut waiting, _) = self.shared.1.wait_timeout_while(waiting, LOOK, empty).unwrap_or_else(PoisonError::into_inner);
        let block = waiting.blocks.pop_front()?;
        waiting.secs -= block_secs(&block);
        Some(block)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn block_secs(block: &AudioBlock) -> f64 {
    block.frames() as f64 / f64::from(block.format.sample_rate.max(1))
}

/// Runs the studio's wishes about voices.
#[derive(Debug)]
pub struct Voices {
    ways: Ways,
    ear: Ear,
    running: Option<Recogniser>,
    /// Those that were told to end.
    ending: Vec<JoinHandle<()>>,
}

impl Voices {
    pub fn new(ear: Ear, ways: Ways) -> Voices {
        Voices { ways, ear, running: None, ending: Vec::new() }
    }

    pub fn run(&mut self, effect: follow::Effect) {
        match effect {
            follow::Effect::Start { session, window, model } => self.start(session, window, model),
            follow::Effect::Listen(window) => {
                if let Some(running) = &self.running {
                    running.listen_for(window);
                }
            }
            follow::Effect::Stop => self.stop(),
        }
    }

    pub fn finish(mut self) {
        self.stop();
        for thread in self.ending {
            if thread.join().is_err() {
                tracing::error!("the follow thread had died");
            }
        }
    }

    fn start(&mut self, session: u64, window: Window, model: Option<String>) {
        self.stop();
        let outbox = self.ways.outbox.clone();
        let tell = move |told: Told| {
            let message = match told {
                Told::Ready => follow::Message::Ready { session },
                Told::Heard { heard, at } => follow::Message::Heard { session, heard, at },
                Told::Failed(problem) => follow::Message::Failed { session, problem },
            };
            outbox.try_send(Message::Follow(message));
        };
        let program = std::env::current_exe().unwrap_or_else(|_| "onetake".into());
        match Recogniser::start(program, model, window, self.ear.clone(), tell.clone()) {
            Ok(recogniser) => self.running = Some(recogniser),
            Err(error) => tell(Told::Failed(cannot_start(&error))),
        }
    }

    fn stop(&mut self) {
        self.ending.retain(|thread| !thread.is_finished());
        self.ending.extend(self.running.take().map(Recogniser::stop));
    }
}

/// What a recogniser says.
#[derive(Clone, Debug)]
pub enum Told {
    /// A process is ready to hear; again after each restart.
    Ready,
    /// Times count from the first sound; `at` is when the newest sound of it was taken.
    Heard { heard: Heard, at: Moment },
    /// It will not come back.
    Failed(Problem),
}

/// A supervised process that listens.
#[derive(Debug)]
pub struct Recogniser {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    wanted: bool,
    window: Window,
    /// The window is newer than what the process knows.
    fresh: bool,
    child: Option<Child>,
    /// A moment of the stream: seconds from its beginning, and when that was.
    mark: (f64, Moment),
    /// The process has heard this much of the stream, in seconds.
    heard: f64,
    /// It said that it can't go on.
    failed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recogniser {
    /// Starts `program listen` and feeds it what the ear hears.
    pub fn start(
        program: PathBuf,
        model: Option<String>,
        window: Window,
        ear: Ear,
        tell: impl Fn(Told) + Clone + Send + 'static,
    ) -> std::io::Result<Recogniser> {
        let state =
            State { wanted: true, window, fresh: true, child: None, mark: (0.0, clock::now()), heard: 0.0, failed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state) });
        let feeder = Feeder { program, model, shared: Arc::clone(&shared), ear, mono: None, samples: Vec::new(), fed: 0 };
        let thread = std::thread::Builder::new().name("follow".into()).spawn(move || feeder.run(&tell))?;
        Ok(Recogniser { shared, thread })
    }

    /// From the next silence on.
    pub fn listen_for(&self, window: Window) {
        let mut state = self.shared.lock();
        (state.window, state.fresh) = (window, true);
    }

    /// The process that listens now.
    pub fn process(&self) -> Option<u32> {
        self.shared.lock().child.as_ref().map(Child::id)
    }

    /// Ends it; the thread is done a moment later.
    pub fn stop(self) -> JoinHandle<()> {
        let mut state = self.shared.lock();
        state.wanted = false;
        if let Some(child) = &mut state.child {
            let _ = child.kill();
        }
        drop(state);
        self.thread
    }
}

/// The thread that feeds.
struct Feeder {
    program: PathBuf,
    model: Option<String>,
    shared: Arc<Shared>,
    ear: Ear,
    mono: Option<Mono>,
    /// Sound at the recogniser's rate that is not yet given.
    samples: Vec<i16>,
    /// Samples given since the beginning, to whichever process.
    fed: u64,
}

impl Feeder {
    fn run(mut self, tell: &(impl Fn(Told) + Clone + Send + 'static)) {
        self.ear.open(true);
        let mut useless = 0;
        while self.shared.lock().wanted {
            let begun = self.secs();
            let result = self.session(tell);
            let state = self.shared.lock();
            if !state.wanted || state.failed {
                break;
            }
            let useful = state.heard > begun + USEFUL_SECS;
            drop(state);
            useless = if useful { 0 } else { useless + 1 };
            if let Err(error) = &result {
                tracing::info!(%error, useless, "the recogniser ended; it is started again");
            }
            if useless >= ATTEMPTS {
                let fix = "Switch voice-follow on again; “onetake doctor” says whether the recogniser is there.";
                tell(Told::Failed(Problem::failed("The speech recogniser ends as soon as it is started.", fix)));
                break;
            }
            if !useful {
                std::thread::sleep(PAUSE);
            }
        }
        self.ear.open(false);
    }

    /// One process from its start to its end.
    fn session(&mut self, tell: &(impl Fn(Told) + Clone + Send + 'static)) -> std::io::Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("listen").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(model) = &self.model {
            command.args(["--model", model]);
        }
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = pipes else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
        let base = self.secs();
        {
            let mut state = self.shared.lock();
            // It was told to end while it started.
            if !state.wanted {
                let _ = child.kill();
            }
            (state.child, state.fresh) = (Some(child), true);
        }
        let reader = Reader { shared: Arc::clone(&self.shared), base, tell: tell.clone() };
        let reader = std::thread::Builder::new().name("heard".into()).spawn(move || reader.run(BufReader::new(output)))?;
        let result = self.feed(&mut input, &reader);
        drop(input);
        let child = self.shared.lock().child.take();
        if let Some(mut child) = child {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = reader.join();
        result
    }

    fn feed(&mut self, input: &mut impl Write, reader: &JoinHandle<()>) -> std::io::Result<()> {
        loop {
            let window = {
                let mut state = self.shared.lock();
                if !state.wanted || reader.is_finished() {
                    return Ok(());
                }
                std::mem::take(&mut state.fresh).then(|| state.window.clone())
            };
            if let Some(window) = window {
                input.write_all(&Frame::Window(window).bytes())?;
            }
            let Some(block) = self.ear.fetch() else { continue };
            self.take_in(&block);
            let whole = self.samples.len() - self.samples.len() % BLOCK;
            for part in self.samples.drain(..whole).collect::<Vec<i16>>().chunks(BLOCK) {
                self.fed += part.len() as u64;
                input.write_all(&Frame::Sound(part.to_vec()).bytes())?;
            }
            input.flush()?;
        }
    }

    fn take_in(&mut self, block: &AudioBlock) {
        if self.mono.as_ref().is_none_or(|mono| mono.format() != block.format) {
            self.mono = Mono::new(block.format);
        }
        if let Some(mono) = &mut self.mono {
            mono.push(block, &mut self.samples);
        }
        let end = Moment(block.stamp.0 + crate::core::time::nanos(block_secs(block)));
        let secs = (self.fed + self.samples.len() as u64) as f64 / f64::from(RATE);
        self.shared.lock().mark = (secs, end);
    }

    fn secs(&self) -> f64 {
        self.fed as f64 / f64::from(RATE)
    }
}

/// The thread that reads one process's answers.
struct Reader<T> {
    shared: Arc<Shared>,
    /// Where in the stream this process began to hear.
    base: f64,
    tell: T,
}

impl<T: Fn(Told)> Reader<T> {
    fn run(&self, output: impl BufRead) {
        for line in output.lines() {
            let Ok(line) = line else { return };
            match serde_json::from_str(&line) {
                Ok(Answer::Ready) => (self.tell)(Told::Ready),
                Ok(Answer::Heard(heard)) => self.heard(heard),
                Ok(Answer::Problem(problem)) => {
                    self.shared.lock().failed = true;
                    (self.tell)(Told::Failed(problem));
                    return;
                }
                Ok(Answer::Unknown) => {}
                Err(error) => {
                    tracing::warn!(%error, "the recogniser said something that can't be read");
                    return;
                }
            }
        }
    }

    fn heard(&self, heard: Heard) {
        let heard = heard.later(self.base);
        let at = {
            let mut state = self.shared.lock();
            state.heard = heard.at;
            state.mark.1.plus_secs(heard.at - state.mark.0)
        };
        (self.tell)(Told::Heard { heard, at });
    }
}

fn cannot_start(error: &std::io::Error) -> Problem {
    Problem::failed(format!("The speech recogniser could not be started: {error}."), "Close other programs and try again.")
}
