//! Projects in step with a studio server: one thread that asks and answers, one order at a time, so that no two of them ever work
//! on the same project. What is on the disk here is the truth of this machine; what both agreed on last is a row beside it.

mod adopt;
mod carry;
mod connect;
mod files;
mod local;
mod pictures;
mod place;
mod resolve;
mod step;

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::shared::Facts;
use crate::remote::Token;
use crate::remote::projects::Projects;
use crate::studio::sync::{Effect, Message, Outcome, Remote, Trouble};
use crate::studio::{self, prepare};
use crate::{blobs, db, remote};

use super::gate::Gate;
use super::house::{House, Ways};
use super::upload::Target;
use super::worker::Worker;
use super::{overloaded, projects};

/// Files that the server has, by their hash, as far as this run knows.
type Given = Arc<Mutex<HashSet<String>>>;

/// The work of one studio.
#[derive(Debug)]
pub struct Syncer {
    worker: Worker,
    hand: Arc<Hand>,
    /// A step was ordered that the end waits for.
    last: AtomicBool,
}

/// How long the end waits for the last words to arrive. The window is gone by then.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// What each order works with.
#[derive(Debug)]
pub struct Hand {
    house: Arc<House>,
    ways: Ways,
    server: Mutex<Option<Server>>,
    given: Given,
    hashes: Arc<local::Hashes>,
    carrier: carry::Carrier,
    /// What people call this machine.
    device: String,
    cancel: CancellationToken,
    /// Where takes go: to the server that was signed in to, else to the studio's own.
    takes: Arc<Mutex<Target>>,
}

/// A server that was signed in to.
#[derive(Clone, Debug)]
struct Server {
    /// As the rows name it.
    url: String,
    token: Token,
    projects: Projects,
}

/// Why an order was not carried out.
enum Fault {
    There(remote::Error),
    Here(Problem),
}

impl From<remote::Error> for Fault {
    fn from(error: remote::Error) -> Fault {
        Fault::There(error)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        Fault::Here(problem)
    }
}

impl From<db::Error> for Fault {
    fn from(error: db::Error) -> Fault {
        Fault::Here(error.into())
    }
}

impl From<blobs::Error> for Fault {
    fn from(error: blobs::Error) -> Fault {
        Fault::Here(error.into())
    }
}

impl Fault {
    fn is_away(&self) -> bool {
        matches!(self, Fault::There(remote::Error::Away { .. }))
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        let away = fault.is_away();
        match fault {
            Fault::There(error) => Trouble { away, problem: error.into() },
            Fault::Here(problem) => Trouble { away, problem },
        }
    }
}

impl Syncer {
    pub fn start(house: Arc<House>, ways: Ways, takes: Arc<Mutex<Target>>, gate: Arc<Gate>) -> std::io::Result<Syncer> {
        let device = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let (given, hashes, cancel) = (Given::default(), Arc::<local::Hashes>::default(), CancellationToken::new());
        let porter = carry::Porter {
            house: Arc::clone(&house),
            ways: ways.clone(),
            hashes: Arc::clone(&hashes),
            given: Arc::clone(&given),
            gate,
            cancel: cancel.clone(),
            stop: AtomicBool::new(false),
        };
        let carrier = carry::Carrier::start(porter)?;
        let hand = Hand { house, ways, server: Mutex::default(), given, hashes, carrier, device, cancel, takes };
        Ok(Syncer { worker: Worker::start("sync")?, hand: Arc::new(hand), last: AtomicBool::new(false) })
    }

    pub fn run(&self, effect: Effect) {
        if matches!(effect, Effect::Last { .. }) {
            self.last.store(true, Ordering::Relaxed);
        }
        let (hand, failed) = (Arc::clone(&self.hand), failed(&effect));
        let trouble = Trouble { away: true, problem: overloaded() };
        if !self.worker.submit(move || hand.run(effect))
            && let Some(message) = failed(trouble)
        {
            self.hand.ways.outbox.try_send(studio::Message::Sync(message));
        }
    }

    /// What the library's thread does in the order of its saves.
    pub fn hand(&self) -> Arc<Hand> {
        Arc::clone(&self.hand)
    }

    /// Ends what is under way; nothing of it is lost, and it is done again at the next start. Words that were just written get a
    /// moment to arrive.
    pub fn finish(self) {
        self.hand.carrier.stop();
        if self.last.load(Ordering::Relaxed) {
            let (done, arrived) = sync_channel::<()>(1);
            self.worker.submit(move || drop(done));
            // Whether they arrived or the moment is over: it ends here.
            let _ = arrived.recv_timeout(LAST_MOMENT);
        }
        self.hand.cancel.cancel();
        self.worker.finish();
        // Nobody else has it any more; what is left of it is only its thread.
        if let Some(hand) = Arc::into_inner(self.hand) {
            hand.carrier.finish();
        }
    }
}

impl Hand {
    fn run(&self, effect: Effect) {
        let failed = failed(&effect);
        let message = match self.obey(effect) {
            Ok(message) => message,
            Err(_) if self.cancel.is_cancelled() => return,
            Err(fault) => {
                let trouble = Trouble::from(fault);
                tracing::debug!(problem = %trouble.problem, "projects were not brought in step");
                failed(trouble)
            }
        };
        if let Some(message) = message {
            self.tell(message);
        }
    }

    fn obey(&self, effect: Effect) -> Result<Option<Message>, Fault> {
        Ok(match effect {
            Effect::Connect { url, key } => Some(Message::Connected(Ok(self.connect(&url, key)?))),
            Effect::Disconnect => {
                self.disconnect();
                None
            }
            Effect::Step { project } => {
                let server = self.reach()?;
                let outcome = self.wait(step::step(self, &server, &project))?;
                self.mind(&server, &project, &outcome);
                Some(Message::Stepped { project: project.id, result: Ok(outcome) })
            }
            Effect::Last { project } => {
                self.wait(step::step(self, &self.reach()?, &project))?;
                None
            }
            Effect::StepOthers { open } => {
                self.step_others(open.as_deref())?;
                None
            }
            Effect::Resolve { project, conflict, choice } => {
                let outcome = self.wait(resolve::resolve(self, &self.reach()?, &project, &conflict, choice))?;
                projects::list(&self.house, &self.ways);
                Some(Message::Stepped { project: project.id, result: Ok(outcome) })
            }
            Effect::List => {
                let server = self.reach()?;
                let (listed, known) = (self.wait(server.projects.list())?, self.house.db.synced(&server.url)?);
                let of = |remote: &str| known.iter().find(|(_, id)| id == remote).map(|(project, _)| project.clone());
                let remote = |facts: Facts| Remote { here: of(&facts.id), facts: here(facts) };
                Some(Message::Listed(Ok(listed.into_iter().map(remote).collect())))
            }
            Effect::Open { remote } => {
                let project = self.wait(place::open(self, &self.reach()?, &remote))?;
                let opened = projects::open(&self.house, &project.folder)?;
                self.ways.feeds.pictures.retain(|_| false);
                self.ways.outbox.send(studio::Message::Prepare(prepare::Message::Opened(Ok(opened))));
                Some(Message::Fetched(Ok(())))
            }
            Effect::Share { project, team } => {
                let server = self.reach()?;
                let Some(tie) = self.house.db.sync(&project.id, &server.url)?.filter(|tie| tie.revision > 0) else {
                    let problem =
                        Problem::usage("The project is not on the server yet.", "Wait until it is sent, then share it.");
                    return Err(problem.into());
                };
                let facts = self.wait(server.projects.share(&tie.remote, team.as_deref()))?;
                Some(Message::Shared { result: Ok(facts.team) })
            }
            Effect::Resend { project } => {
                let server = self.reach()?;
                self.house.db.forget_sync(&project.id, &server.url)?;
                let outcome = self.wait(step::step(self, &server, &project))?;
                Some(Message::Stepped { project: project.id, result: Ok(outcome) })
            }
            // The library's thread does it, behind the save.
            Effect::Adopt { .. } => None,
        })
    }

    /// Brings closed projects in step, of which this machine changed some while the server was away. What needs a person waits until
    /// the project is opened.
    fn step_others(&self, open: Option<&str>) -> Result<(), Fault> {
        let (server, known) = (self.reach()?, self.house.db.projects()?);
        for (id, _) in self.house.db.synced(&server.url)? {
            let Some(project) = known.iter().find(|project| project.id == id && open != Some(id.as_str())) else { continue };
            if !Path::new(&project.folder).is_dir() {
                continue;
            }
            match self.wait(step::step(self, &server, project)) {
                Ok(Outcome::Arrived(arrival)) => adopt::closed(self, &server, project, &arrival)?,
                Ok(outcome) => self.mind(&server, project, &outcome),
                Err(Fault::There(error @ remote::Error::Away { .. })) => return Err(error.into()),
                Err(fault) => {
                    tracing::warn!(problem = %Trouble::from(fault).problem, project = id, "a project was left as it is")
                }
            }
        }
        Ok(())
    }

    /// Sends a project's clips and sounds after its words.
    fn mind(&self, server: &Server, project: &Project, outcome: &Outcome) {
        if matches!(outcome, Outcome::Same | Outcome::Sent) {
            self.carrier.mind(server, project);
        }
    }

    /// Runs to its end, or to the studio's.
    fn wait<T, E: Into<Fault>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Fault> {
        self.house.runtime.block_on(async {
            tokio::select! {
                done = work => done.map_err(Into::into),
                () = self.cancel.cancelled() => Err(Fault::Here(Problem::cancelled())),
            }
        })
    }

    fn reach(&self) -> Result<Server, Fault> {
        let server = self.server().clone();
        server.ok_or_else(|| {
            Problem::usage("No studio server is signed in to.", "Enter its address and token in the settings.").into()
        })
    }

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn given(&self) -> MutexGuard<'_, HashSet<String>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send_takes_to(&self, target: Target) {
        *self.takes.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    fn tell(&self, message: Message) {
        self.ways.outbox.send(studio::Message::Sync(message));
    }
}

/// With the time of this place, as people are told it.
fn here(facts: Facts) -> Facts {
    Facts { made_at: clock::local(&facts.made_at).unwrap_or_default(), ..facts }
}

/// How the studio hears that an order came to nothing; of some it need not.
fn failed(effect: &Effect) -> impl Fn(Trouble) -> Option<Message> + Send + use<> {
    let effect = effect.clone();
    move |trouble| match &effect {
        Effect::Connect { .. } => Some(Message::Connected(Err(trouble))),
        Effect::List => Some(Message::Listed(Err(trouble.problem))),
        Effect::Open { .. } => Some(Message::Fetched(Err(trouble.problem))),
        Effect::Share { .. } => Some(Message::Shared { result: Err(trouble.problem) }),
        Effect::Step { project }
        | Effect::Resolve { project, .. }
        | Effect::Resend { project }
        | Effect::Adopt { project, .. } => Some(Message::Stepped { project: project.id.clone(), result: Err(trouble) }),
        Effect::StepOthers { .. } | Effect::Last { .. } | Effect::Disconnect => None,
    }
}
