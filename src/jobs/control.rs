//! Controllers at work: starts and stops OSC and MIDI as the settings want it, and passes on what they say.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::control::midi::{self, Midi};
use crate::control::osc::{Counts, Listener};
use crate::core::problem::Problem;
use crate::studio::Message;
use crate::studio::command::COMMANDS;
use crate::studio::control::{self, Effect, Setup};

use super::house::{House, Ways};
use super::inbox::Outbox;

/// What is listened to for one studio.
#[derive(Debug)]
pub struct Controls {
    house: Arc<House>,
    ways: Ways,
    setup: Setup,
    osc: Option<(CancellationToken, JoinHandle<()>)>,
    midi: Option<Midi>,
}

impl Controls {
    pub fn new(house: Arc<House>, ways: Ways) -> Controls {
        Controls { house, ways, setup: Setup::default(), osc: None, midi: None }
    }

    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::Listen(setup) => self.listen(*setup),
            Effect::Learn(learning) => {
                if let Some(midi) = &self.midi {
                    midi.learn(learning);
                }
            }
        }
    }

    /// Stops listening and waits until the port is free.
    pub fn finish(self) {
        if let Some((cancel, task)) = self.osc {
            cancel.cancel();
            if self.house.runtime.block_on(task).is_err() {
                tracing::warn!("OSC did not end in order");
            }
        }
        if let Some(midi) = self.midi {
            midi.stop();
        }
    }

    fn listen(&mut self, setup: Setup) {
        let before = std::mem::replace(&mut self.setup, setup);
        if (before.osc_port, before.lan) != (self.setup.osc_port, self.setup.lan) {
            self.osc_anew();
        }
        if !self.setup.midi {
            if let Some(midi) = self.midi.take() {
                // The system may take its time to let go of devices.
                self.house.runtime.spawn_blocking(move || midi.stop());
                self.ways.outbox.try_send(Message::Control(control::Message::Midi(control::Midi::Off)));
            }
            return;
        }
        match &self.midi {
            Some(midi) => {
                if before.bindings != self.setup.bindings {
                    midi.bind(self.setup.bindings.clone());
                }
                if before.muted != self.setup.muted {
                    midi.mute(self.setup.muted.clone());
                }
            }
            None => self.start_midi(),
        }
    }

    fn start_midi(&mut self) {
        let outbox = self.ways.outbox.clone();
        let (bindings, muted) = (self.setup.bindings.clone(), self.setup.muted.clone());
        match Midi::start(bindings, muted, move |event| midi_said(&outbox, event)) {
            Ok(midi) => self.midi = Some(midi),
            Err(error) => {
                let state = control::Midi::Failed(Problem::from(error));
                self.ways.outbox.try_send(Message::Control(control::Message::Midi(state)));
            }
        }
    }

    /// Ends what listens and, where it is wanted, listens anew. In a task, because the old port must be free first.
    fn osc_anew(&mut self) {
        let before = self.osc.take();
        let (port, lan, outbox) = (self.setup.osc_port, self.setup.lan, self.ways.outbox.clone());
        let cancel = CancellationToken::new();
        let mine = cancel.clone();
        let task = self.house.runtime.spawn(async move {
            if let Some((cancel, task)) = before {
                cancel.cancel();
                let _ = task.await;
            }
            if let Some(port) = port {
                osc(port, lan, mine, &outbox).await;
            }
            tell_osc(&outbox, control::Osc::Off);
        });
        self.osc = Some((cancel, task));
    }
}

/// Listens until it is cancelled.
async fn osc(port: u16, lan: bool, cancel: CancellationToken, outbox: &Outbox) {
    let commands = COMMANDS.iter().filter(|entry| entry.command.is_remote()).map(|entry| entry.name).collect();
    let listener = match Listener::open(port, lan, commands) {
        Ok(listener) => listener,
        Err(error) => {
            tell_osc(outbox, control::Osc::Failed(error.into()));
            return cancel.cancelled().await;
        }
    };
    let address = listener.address().map_or_else(|| format!("port {port}"), |address| address.to_string());
    let state =
        |counts: Counts| control::Osc::Listening { address: address.clone(), taken: counts.taken, ignored: counts.ignored };
    tell_osc(outbox, state(Counts::default()));
    let on_order = |order| {
        if !outbox.try_send(Message::Order(order)) {
            tracing::warn!("an order by OSC came while the studio was too busy for it");
        }
    };
    listener.listen(cancel, on_order, |counts| tell_osc(outbox, state(counts))).await;
}

fn tell_osc(outbox: &Outbox, state: control::Osc) {
    outbox.try_send(Message::Control(control::Message::Osc(state)));
}

fn midi_said(outbox: &Outbox, event: midi::Event) {
    let message = match event {
        midi::Event::Order(order) => Message::Order(order),
        midi::Event::Learnt(trigger) => Message::Control(control::Message::Learnt(trigger)),
        midi::Event::Inputs(inputs) => {
            let input = |input: midi::Input| control::Input { name: input.name, open: input.open };
            let inputs = inputs.into_iter().map(input).collect();
            Message::Control(control::Message::Midi(control::Midi::Listening(inputs)))
        }
        midi::Event::Failed(error) => Message::Control(control::Message::Midi(control::Midi::Failed(error.into()))),
    };
    if !outbox.try_send(message) {
        tracing::warn!("a controller's message came while the studio was too busy for it");
    }
}
