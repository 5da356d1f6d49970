//! MIDI inputs: all that are plugged in, found by themselves. One thread lists them and takes what they say, so that a flood
//! from a device meets one bounded queue and never the studio. The system's callbacks only put a message into that queue.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use midir::{Ignore, MidiInput, MidiInputConnection};

use crate::core::control::{Desk, Learning, Meaning, Midi as Said};
use crate::core::live::Order;
use crate::core::settings::{MidiBinding, MidiTrigger};

use super::error::Error;
use super::{Gate, Passed};

/// How often devices are looked for.
const LIST_EVERY: Duration = Duration::from_secs(2);
/// How soon a fader's last value follows.
const PULSE: Duration = Duration::from_millis(50);
/// Messages that may wait: seconds of the fastest fader.
const QUEUE: usize = 1024;
/// Inputs listened to at a time. Each takes one of ALSA's 32 queues, and midir panics when there is none left.
const MOST_OPEN: usize = 16;
/// How the program is called among MIDI clients.
const CLIENT: &str = "Onetake";

/// An input that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub name: String,
    pub open: bool,
}

/// What happened at the controllers.
#[derive(Debug)]
pub enum Event {
    Order(Order),
    /// What was waited for, `Midi::learn`.
    Learnt(MidiTrigger),
    /// The inputs there are; after each change.
    Inputs(Vec<Input>),
    /// There is no MIDI now. It is tried again by itself.
    Failed(Error),
}

/// MIDI while it is listened to.
#[derive(Debug)]
pub struct Midi {
    wanted: Arc<Mutex<Wanted>>,
    ring: SyncSender<Heard>,
    thread: JoinHandle<()>,
}

/// What the thread is to do. It looks here after everything it hears, so that whoever changes it never waits.
#[derive(Debug)]
struct Wanted {
    bindings: Vec<MidiBinding>,
    muted: Vec<String>,
    learning: Option<Learning>,
    stop: bool,
    changed: bool,
}

#[derive(Debug)]
enum Heard {
    Said(String, Said),
    /// `Wanted` has changed.
    Ring,
}

impl Midi {
    /// Starts to listen, but not to the inputs named in `muted`; `on` is called from the thread.
    pub fn start(
        bindings: Vec<MidiBinding>,
        muted: Vec<String>,
        on: impl FnMut(Event) + Send + 'static,
    ) -> Result<Midi, Error> {
        let (ring, heard) = sync_channel(QUEUE);
        let wanted = Wanted { bindings, muted, learning: None, stop: false, changed: true };
        let wanted = Arc::new(Mutex::new(wanted));
        let ears = Ears {
            on,
            wanted: Arc::clone(&wanted),
            queue: ring.clone(),
            desk: Desk::default(),
            muted: Vec::new(),
            gate: Gate::new(),
            lister: None,
            open: BTreeMap::new(),
            last: None,
        };
        let thread = std::thread::Builder::new().name("midi".to_owned()).spawn(move || ears.run(&heard));
        Ok(Midi { wanted, ring, thread: thread.map_err(Error::Thread)? })
    }

    pub fn bind(&self, bindings: Vec<MidiBinding>) {
        self.want(|wanted| wanted.bindings = bindings);
    }

    /// Names of inputs that are not listened to.
    pub fn mute(&self, muted: Vec<String>) {
        self.want(|wanted| wanted.muted = muted);
    }

    /// The next button or fader is told as `Event::Learnt` instead of giving its order.
    pub fn learn(&self, learning: Option<Learning>) {
        self.want(|wanted| wanted.learning = learning);
    }

    /// Stops listening; waits until it has.
    pub fn stop(self) {
        self.want(|wanted| wanted.stop = true);
        if self.thread.join().is_err() {
            tracing::error!("the thread for MIDI had died");
        }
    }

    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut wanted);
        wanted.changed = true;
        drop(wanted);
        // A full queue means that the thread is awake anyway.
        let _ = self.ring.try_send(Heard::Ring);
    }
}

/// The thread's own.
struct Ears<F> {
    on: F,
    wanted: Arc<Mutex<Wanted>>,
    queue: SyncSender<Heard>,
    desk: Desk,
    muted: Vec<String>,
    gate: Gate,
    lister: Option<MidiInput>,
    /// By the system's identifier and name of the input.
    open: BTreeMap<(String, String), Option<MidiInputConnection<()>>>,
    /// What was said last about the inputs; `None` when MIDI failed or nothing was said yet.
    last: Option<Result<Vec<Input>, ()>>,
}

impl<F: FnMut(Event)> Ears<F> {
    fn run(mut self, heard: &Receiver<Heard>) {
        let mut list_at = Instant::now();
        while self.follow(&mut list_at) {
            if Instant::now() >= list_at {
                self.list();
                list_at = Instant::now() + LIST_EVERY;
            }
            let rest = list_at.saturating_duration_since(Instant::now());
            match heard.recv_timeout(if self.gate.waiting() { rest.min(PULSE) } else { rest }) {
                Ok(Heard::Said(input, said)) => self.said(&input, said),
                Ok(Heard::Ring) | Err(_) => {}
            }
            if let Some(order) = self.gate.late() {
                (self.on)(Event::Order(order));
            }
        }
    }

    /// Takes over what is wanted; false when that is the end.
    fn follow(&mut self, list_at: &mut Instant) -> bool {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut wanted.changed) {
            self.desk.bindings.clone_from(&wanted.bindings);
            self.desk.learning = wanted.learning;
            if self.muted != wanted.muted {
                self.muted.clone_from(&wanted.muted);
                *list_at = Instant::now();
            }
        }
        !wanted.stop
    }

    fn said(&mut self, input: &str, said: Said) {
        match self.desk.take(input, said) {
            Some(Meaning::Learnt(trigger)) => {
                self.desk.learning = None;
                (self.on)(Event::Learnt(trigger));
            }
            Some(Meaning::Order(order)) => {
                if let Passed::Now(order) = self.gate.pass(order) {
                    (self.on)(Event::Order(order));
                }
            }
            None => {}
        }
    }

    /// Opens what was plugged in, lets go what was pulled out or muted, and says so when anything changed.
    fn list(&mut self) {
        if let Err(error) = self.look() {
            self.open.clear();
            self.lister = None;
            if self.last != Some(Err(())) {
                self.last = Some(Err(()));
                (self.on)(Event::Failed(error));
            }
        }
    }

    fn look(&mut self) -> Result<(), Error> {
        let lister = match self.lister.take() {
            Some(lister) => lister,
            None => client()?,
        };
        let there: Vec<_> =
            lister.ports().into_iter().filter_map(|port| Some(((port.id(), lister.port_name(&port).ok()?), port))).collect();
        self.lister = Some(lister);
        self.open.retain(|key, _| there.iter().any(|(other, _)| other == key) && !self.muted.contains(&label(&key.1)));
        let mut inputs = Vec::new();
        for (key, port) in there {
            let name = label(&key.1);
            let room = self.open.values().flatten().count() < MOST_OPEN;
            if room && !self.muted.contains(&name) && !matches!(self.open.get(&key), Some(Some(_))) {
                let connection = self.connect(&port, &name);
                self.open.insert(key.clone(), connection);
            }
            inputs.push(Input { name, open: matches!(self.open.get(&key), Some(Some(_))) });
        }
        if self.last.as_ref() != Some(&Ok(inputs.clone())) {
            self.last = Some(Ok(inputs.clone()));
            (self.on)(Event::Inputs(inputs));
        }
        Ok(())
    }

    /// `None` when the input can't be opened; it is tried again with the next list.
    fn connect(&self, port: &midir::MidiInputPort, name: &str) -> Option<MidiInputConnection<()>> {
        let (queue, input) = (self.queue.clone(), name.to_owned());
        let heard = move |_: u64, bytes: &[u8], (): &mut ()| {
            if let Some(said) = Said::read(bytes) {
                // A full queue means a flood: what does not fit is lost.
                let _ = queue.try_send(Heard::Said(input.clone(), said));
            }
        };
        let connection = client().ok()?.connect(port, "in", heard, ());
        connection.inspect_err(|error| tracing::warn!(input = name, %error, "a MIDI input can't be opened")).ok()
    }
}

/// A client of the system's MIDI. Where the sequencer's file is missing it is not tried: the library would complain on the
/// console every time.
fn client() -> Result<MidiInput, Error> {
    if cfg!(target_os = "linux") && !std::path::Path::new("/dev/snd/seq").exists() {
        return Err(Error::NoSequencer);
    }
    let mut client = MidiInput::new(CLIENT).map_err(|_| Error::Sequencer)?;
    client.ignore(Ignore::All);
    Ok(client)
}

/// An input's name without what ALSA adds: “nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0” is “nanoKONTROL2 MIDI 1”. It is the same
/// after the device was plugged into another place.
fn label(name: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let address = |end: &str| end.split_once(':').is_some_and(|(client, port)| digits(client) && digits(port));
    let name = match name.rsplit_once(' ') {
        Some((start, end)) if start.contains(':') && address(end) => start,
        _ => name,
    };
    match name.split_once(':') {
        Some((client, port)) if port.starts_with(client) => port.to_owned(),
        Some((client, port)) => format!("{client} {port}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_the_same_wherever_a_device_is_plugged_in() {
        assert_eq!(label("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"), "nanoKONTROL2 MIDI 1");
        assert_eq!(label("FootSwitch:MIDI 1 128:0"), "FootSwitch MIDI 1");
        assert_eq!(label("IAC Driver Bus 1"), "IAC Driver Bus 1");
        assert_eq!(label("Ratio 4:3"), "Ratio 4 3", "not from ALSA, still a name");
        assert_eq!(label(""), "");
    }
}
