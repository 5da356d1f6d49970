//! Displays: the hub that tells them what to show, and the talent's window. Starting and ending processes takes its time, so
//! it happens on a thread of its own, in order.

use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::live::LinkEvent;
use crate::core::monitor::Monitor;
use crate::core::problem::Problem;
use crate::server::link::Hub;
use crate::studio::displays::{self, Effect, TalentEvent};
use crate::studio::{Message, command};

use super::house::Ways;
use super::server::Embedded;
use super::talent::{Talent, Wanted};
use super::worker::Worker;

#[derive(Debug)]
pub struct Displays {
    ways: Ways,
    hub: Hub,
    embedded: Arc<Embedded>,
    talent: Arc<Mutex<Option<Talent>>>,
    worker: Worker,
}

/// The hub of a studio: displays hear of it what to show, the studio what they want.
pub fn hub(ways: &Ways) -> Hub {
    let commands = command::COMMANDS.iter().filter(|entry| entry.command.is_remote());
    let commands = commands.map(|entry| (entry.name.to_owned(), entry.label.to_owned())).collect();
    let outbox = ways.outbox.clone();
    Hub::new(commands, move |event: LinkEvent| {
        // Never waits: this is a network thread. A full inbox is a studio that stands still, and it will get the next order.
        if !outbox.try_send(Message::Displays(displays::Message::Link(event))) {
            tracing::warn!("the studio does not keep up with its displays");
        }
    })
}

impl Displays {
    pub fn start(ways: Ways, hub: Hub, embedded: Arc<Embedded>) -> std::io::Result<Displays> {
        Ok(Displays { ways, hub, embedded, talent: Arc::default(), worker: Worker::start("displays")? })
    }

    pub fn run(&self, effect: Effect) {
        let (outbox, talent) = (self.ways.outbox.clone(), Arc::clone(&self.talent));
        match effect {
            Effect::Publish(show) => self.hub.publish(*show),
            Effect::ListMonitors => {
                self.worker.submit(move || match monitors() {
                    Ok(monitors) => outbox.send(Message::Displays(displays::Message::Monitors(monitors))),
                    Err(problem) => outbox.problem(problem),
                });
            }
            Effect::OpenTalent { monitor } => {
                let embedded = Arc::clone(&self.embedded);
                self.worker.submit(move || {
                    let mut slot = talent.lock().unwrap_or_else(PoisonError::into_inner);
                    *slot = None;
                    let started = embedded.reach_as_owner().and_then(|(studio, token)| {
                        let wanted = Wanted { studio, token, monitor };
                        Talent::start(wanted, outbox.clone()).map_err(|error| {
                            Problem::failed(format!("A thread could not be started: {error}."), "Close other programs.")
                        })
                    });
                    match started {
                        Ok(talent) => *slot = Some(talent),
                        Err(problem) => {
                            outbox.send(Message::Displays(displays::Message::Talent(TalentEvent::Failed(problem))));
                        }
                    }
                });
            }
            Effect::CloseTalent => {
                self.worker.submit(move || *talent.lock().unwrap_or_else(PoisonError::into_inner) = None);
            }
        }
    }

    /// Closes the talent's window.
    pub fn finish(self) {
        let talent = Arc::clone(&self.talent);
        self.worker.submit(move || *talent.lock().unwrap_or_else(PoisonError::into_inner) = None);
        self.worker.finish();
    }
}

/// What `onetake prompter --list-monitors --json` says.
#[derive(serde::Deserialize)]
struct Listed {
    monitors: Vec<Monitor>,
}

/// The screens of this machine. A process of its own asks, because only one event loop may live in a process.
fn monitors() -> Result<Vec<Monitor>, Problem> {
    let failed = |detail: String| {
        let fix = "Run “onetake prompter --list-monitors” to see what is wrong.";
        Problem::failed(format!("The monitors could not be listed: {detail}"), fix)
    };
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let out = Command::new(program)
        .args(["prompter", "--list-monitors", "--json"])
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !out.status.success() {
        return Err(failed(String::from_utf8_lossy(&out.stderr).trim().to_owned()));
    }
    let listed: Listed = serde_json::from_slice(&out.stdout).map_err(|error| failed(error.to_string()))?;
    Ok(listed.monitors)
}
