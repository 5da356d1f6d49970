//! The project that is open, in step with a studio server: looked at every half minute and at each pause of writing, server first;
//! when the server can't be reached all is kept here and sent later. What came from elsewhere goes through Prepare as a step that can
//! be undone, and never while a take runs. Where both sides changed the same, the person chooses.

mod files;
mod link;

use std::sync::Arc;

use crate::core::problem::Problem;
use crate::core::project::{DEMO, Project};
use crate::core::settings::Settings;
use crate::core::shared::{Account, Facts};
use crate::core::sync::{Arrival, Conflict};
use crate::core::time::Moment;

use super::prepare::Saved;
use super::{Action, Message as Studio, prepare};

pub use files::Files;
pub use link::{Key, Link, Trouble};

/// Seconds between two looks at the server.
const LOOK_SECS: f64 = 30.0;
/// Seconds without a change that are a pause.
const PAUSE_SECS: f64 = 2.0;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub link: Link,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Whether the next start knows the token that was typed in this one.
    pub kept: Option<bool>,
    pub listing: Listing,
    /// Two versions that wait for a choice.
    pub conflict: Option<Arc<Conflict>>,
    /// The open project's clips and sounds that are not on both sides.
    pub files: Files,
    /// What is being done for which project, and the script's revision it began with.
    running: Option<(String, u64)>,
    /// Project and revision of its script that are in step.
    agreed: Option<(String, u64)>,
    /// When the last look ended; the next may come at once when there was none.
    looked: Option<Moment>,
    /// The revision that was seen last, and since when.
    quiet: Option<(u64, Moment)>,
    /// Failures in a row.
    failures: u32,
}

/// The projects on the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Listing {
    #[default]
    Unknown,
    Asking,
    Listed(Vec<Remote>),
    Failed(Problem),
}

/// A project on the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// With the time of this place.
    pub facts: Facts,
    /// The project here that it is, when it was opened here before.
    pub here: Option<String>,
}

/// What a person does about two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Mine,
    Theirs,
    /// The server's here, mine as a project of its own.
    Both,
}

/// How a look ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Same,
    Sent,
    /// The server's version is to become the local one.
    Arrived(Box<Arrival>),
    /// It has.
    Adopted,
    Differs(Box<Conflict>),
    /// The server does not have it any more, or not for this token.
    Gone,
    /// Others were faster each time.
    Overtaken,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Sign in.
    Connect {
        url: String,
        key: Option<Key>,
    },
    Connected(Result<Account, Trouble>),
    /// Whether the desktop's keyring keeps the token that was typed.
    Kept(bool),
    Disconnect,
    /// Look now.
    Look,
    /// The window closes: what the server has not got is sent, as far as that takes no time.
    Leave,
    Stepped {
        project: String,
        result: Result<Outcome, Trouble>,
    },
    /// The text that came was put in and is on its way to the disk.
    TakenOver {
        project: Project,
        arrival: Box<Arrival>,
    },
    Choose(Choice),
    List,
    Listed(Result<Vec<Remote>, Problem>),
    /// A project of the server is wanted here.
    Open {
        remote: String,
    },
    Fetched(Result<(), Problem>),
    /// With this team, or with nobody.
    Share(Option<String>),
    Shared {
        result: Result<Option<String>, Problem>,
    },
    /// Send a project anew that the server has lost.
    Resend,
    /// How it stands with a project's clips and sounds.
    Files {
        project: String,
        files: Files,
    },
    /// Some of them were read through, and are not as the server knows them.
    FilesRead {
        project: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// `key` is what was typed; without it one is looked for.
    Connect {
        url: String,
        key: Option<Key>,
    },
    Disconnect,
    Step {
        project: Project,
    },
    /// A step that the end waits for a moment.
    Last {
        project: Project,
    },
    /// All but the one that is open.
    StepOthers {
        open: Option<String>,
    },
    /// Behind the save of its script.
    Adopt {
        project: Project,
        arrival: Box<Arrival>,
    },
    Resolve {
        project: Project,
        conflict: Arc<Conflict>,
        choice: Choice,
    },
    List,
    Open {
        remote: String,
    },
    Share {
        project: Project,
        team: Option<String>,
    },
    Resend {
        project: Project,
    },
}

/// What this topic sees of the studio.
pub struct Seen<'a> {
    pub settings: &'a Settings,
    pub prepare: &'a prepare::State,
    /// A take or a rehearsal runs.
    pub busy: bool,
}

impl Seen<'_> {
    /// The project that goes to a server: not the demo, which everyone has.
    fn project(&self) -> Option<&Project> {
        self.prepare.project.as_ref().filter(|project| project.id != DEMO)
    }

    /// The open project when it is this one.
    fn open(&self, id: &str) -> Option<&Project> {
        self.project().filter(|project| project.id == id)
    }
}

impl State {
    /// The first effect of a studio that was signed in when it was closed.
    pub(super) fn start(&mut self, settings: &Settings) -> Option<super::Effect> {
        let url = settings.server_url.clone()?;
        self.link = Link::Connecting;
        Some(super::Effect::Sync(Effect::Connect { url, key: None }))
    }

    pub fn update(&mut self, message: Message, seen: &Seen<'_>, now: Moment) -> Vec<Action> {
        match message {
            Message::Connect { url, key } => {
                let typed = Settings { server_url: Some(url.clone()), ..seen.settings.clone() };
                self.link = Link::Connecting;
                let mut actions = vec![do_(Effect::Connect { url, key })];
                if typed.server_url != seen.settings.server_url {
                    actions.push(Action::Tell(Studio::Settings(Box::new(typed))));
                }
                actions
            }
            Message::Connected(result) => self.connected(result, seen, now),
            Message::Kept(kept) => {
                self.kept = Some(kept);
                Vec::new()
            }
            Message::Disconnect => {
                *self = State::default();
                let settings = Settings { server_url: None, ..seen.settings.clone() };
                vec![do_(Effect::Disconnect), Action::Tell(Studio::Settings(Box::new(settings)))]
            }
            Message::Look => {
                self.looked = None;
                if let Link::Away { until, .. } | Link::Refused { until, .. } = &mut self.link {
                    *until = now;
                }
                self.tick(seen, now)
            }
            Message::Leave => {
                self.unsent(seen).map(|project| do_(Effect::Last { project: project.clone() })).into_iter().collect()
            }
            Message::Stepped { project, result } => self.stepped(&project, result, seen, now),
            Message::TakenOver { project, arrival } => vec![do_(Effect::Adopt { project, arrival })],
            Message::Choose(choice) => self.choose(choice, seen),
            Message::List => {
                if !self.link.is_on() {
                    return Vec::new();
                }
                if !matches!(self.listing, Listing::Listed(_)) {
                    self.listing = Listing::Asking;
                }
                vec![do_(Effect::List)]
            }
            Message::Listed(result) => {
                self.listing = result.map_or_else(Listing::Failed, Listing::Listed);
                Vec::new()
            }
            Message::Open { .. } if seen.busy => {
                vec![Action::say("Something is still being recorded or rehearsed. Stop it before you open another script.")]
            }
            Message::Open { remote } => {
                vec![Action::Tell(Studio::Prepare(prepare::Message::SaveNow)), do_(Effect::Open { remote })]
            }
            Message::Fetched(Ok(())) => vec![Action::Tell(Studio::CloseSheet)],
            Message::Fetched(Err(problem)) => vec![Action::show(&problem)],
            Message::Share(team) => match seen.project() {
                Some(project) => vec![do_(Effect::Share { project: project.clone(), team })],
                None => Vec::new(),
            },
            Message::Shared { result: Ok(team) } => {
                let said = match &team {
                    Some(team) => format!("The team {team} can open this project now."),
                    None => "Only you can open this project now.".to_owned(),
                };
                vec![Action::say(said), do_(Effect::List)]
            }
            Message::Shared { result: Err(problem) } => vec![Action::show(&problem)],
            Message::Files { project, files } => {
                if seen.open(&project).is_some() {
                    self.files = files;
                }
                Vec::new()
            }
            Message::FilesRead { project } => match seen.open(&project) {
                Some(_) => {
                    self.looked = None;
                    Vec::new()
                }
                None => vec![do_(Effect::StepOthers { open: seen.project().map(|project| project.id.clone()) })],
            },
            Message::Resend => match seen.project() {
                Some(project) => self.begin(project.clone(), seen, |project| Effect::Resend { project }),
                None => Vec::new(),
            },
        }
    }

    /// What the server says of a project here, as it was last listed.
    pub fn listed(&self, project: &str) -> Option<&Facts> {
        let Listing::Listed(all) = &self.listing else { return None };
        all.iter().find(|remote| remote.here.as_deref() == Some(project)).map(|remote| &remote.facts)
    }

    /// The open project when the server answers and has not got all its words yet.
    pub fn unsent<'a>(&self, seen: &Seen<'a>) -> Option<&'a Project> {
        let project = seen.prepare.project.as_ref().filter(|project| project.id != DEMO)?;
        let agreed = self.agreed.as_ref().is_some_and(|(id, at)| (id, *at) == (&project.id, seen.prepare.revision));
        let answers = matches!(self.link, Link::InStep | Link::Waiting) && self.conflict.is_none();
        (answers && !agreed).then_some(project)
    }

    /// Looks when it is time.
    pub fn tick(&mut self, seen: &Seen<'_>, now: Moment) -> Vec<Action> {
        self.watch(seen, now);
        if let Link::Lost { until, .. } = &self.link
            && *until <= now
            && let Some(url) = seen.settings.server_url.clone()
        {
            self.link = Link::Connecting;
            return vec![do_(Effect::Connect { url, key: None })];
        }
        match self.due_secs(seen, now) {
            Some(secs) if secs <= 0.0 => match seen.project().cloned() {
                Some(project) => self.begin(project, seen, |project| Effect::Step { project }),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Seconds until the next look, for whoever decides when to wake; `None` while there is nothing to look for.
    pub fn due_secs(&self, seen: &Seen<'_>, now: Moment) -> Option<f64> {
        if let Link::Lost { until, .. } = self.link {
            return Some(secs_until(until, now));
        }
        let project = seen.project()?;
        if !self.link.is_on() || self.running.is_some() || self.conflict.is_some() || seen.busy {
            return None;
        }
        // What is not on the disk yet is not looked at; its save wakes the studio.
        if seen.prepare.saved != Saved::Clean || matches!(self.link, Link::Gone) {
            return None;
        }
        let changed = self.agreed != Some((project.id.clone(), seen.prepare.revision));
        let waited = match &self.link {
            Link::Away { until, .. } => return Some(secs_until(*until, now)),
            // Asking the same again gets the same answer; a change may not.
            Link::Refused { until, revision, .. } if *revision == seen.prepare.revision => {
                return Some(secs_until(*until, now));
            }
            _ => self.looked.map(|looked| LOOK_SECS - now.secs_from(looked)),
        };
        let Some(waited) = waited else { return Some(0.0) };
        let pause = match self.quiet {
            Some((revision, since)) if changed && revision == seen.prepare.revision => PAUSE_SECS - now.secs_from(since),
            _ => f64::INFINITY,
        };
        Some(waited.min(pause).max(0.0))
    }

    /// Notes since when the script rests, and that what was written since the last look is only here.
    fn watch(&mut self, seen: &Seen<'_>, now: Moment) {
        if self.quiet.is_none_or(|(revision, _)| revision != seen.prepare.revision) {
            self.quiet = Some((seen.prepare.revision, now));
        }
        let other = |id: &str| seen.open(id).is_none();
        if self.agreed.as_ref().is_some_and(|(id, _)| other(id)) {
            // Another project is open: its own look comes at once, and what was asked about the one before waits there.
            (self.agreed, self.looked, self.conflict) = (None, None, None);
            self.files = Files::default();
            if self.link.is_on() {
                self.link = Link::Waiting;
            }
        }
        let written_on = self.agreed.as_ref().is_some_and(|(_, revision)| *revision != seen.prepare.revision);
        if self.link == Link::InStep && written_on {
            self.link = Link::Waiting;
        }
    }

    fn begin(&mut self, project: Project, seen: &Seen<'_>, effect: impl FnOnce(Project) -> Effect) -> Vec<Action> {
        self.running = Some((project.id.clone(), seen.prepare.revision));
        if !matches!(self.link, Link::InStep | Link::Away { .. } | Link::Refused { .. }) {
            self.link = Link::Waiting;
        }
        vec![do_(effect(project))]
    }

    fn connected(&mut self, result: Result<Account, Trouble>, seen: &Seen<'_>, now: Moment) -> Vec<Action> {
        match result {
            Ok(account) => {
                (self.account, self.link, self.looked, self.failures) = (Some(account), Link::Waiting, None, 0);
                let open = seen.project().map(|project| project.id.clone());
                vec![do_(Effect::StepOthers { open }), do_(Effect::List)]
            }
            Err(trouble) if trouble.away => {
                self.failures += 1;
                self.link = Link::Lost { problem: trouble.problem, until: now.plus_secs(link::wait_secs(self.failures)) };
                Vec::new()
            }
            Err(trouble) => {
                self.link = Link::SignedOut(trouble.problem);
                Vec::new()
            }
        }
    }

    fn stepped(&mut self, project: &str, result: Result<Outcome, Trouble>, seen: &Seen<'_>, now: Moment) -> Vec<Action> {
        let running = self.running.take_if(|(id, _)| id == project);
        let Some(open) = seen.open(project).cloned() else {
            self.looked = None;
            return Vec::new();
        };
        let revision = running.map_or(0, |(_, revision)| revision);
        self.looked = Some(now);
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(trouble) => {
                self.failures += 1;
                self.agreed = Some((project.to_owned(), 0));
                self.link = Link::after(trouble, self.failures, seen.prepare.revision, now);
                return Vec::new();
            }
        };
        let was_away = std::mem::take(&mut self.failures) > 0;
        let mut actions = Vec::new();
        if was_away {
            actions.push(do_(Effect::StepOthers { open: Some(project.to_owned()) }));
        }
        match outcome {
            Outcome::Same | Outcome::Sent => {
                self.agreed = Some((project.to_owned(), revision));
                // What was written while it was compared is not there yet.
                self.link = if revision == seen.prepare.revision { Link::InStep } else { Link::Waiting };
            }
            Outcome::Arrived(arrival) => {
                self.agreed = Some((project.to_owned(), 0));
                actions.extend(self.take_over(open, arrival, seen));
            }
            // Both together may still have to be sent.
            Outcome::Adopted | Outcome::Overtaken => {
                (self.looked, self.agreed) = (None, Some((project.to_owned(), 0)));
            }
            Outcome::Differs(conflict) => {
                self.agreed = Some((project.to_owned(), 0));
                (self.link, self.conflict) = (Link::Differs, Some(Arc::from(conflict)));
            }
            Outcome::Gone => {
                (self.link, self.agreed) = (Link::Gone, Some((project.to_owned(), 0)));
            }
        }
        actions
    }

    /// Puts in what came, unless the script has changed since it was compared, or is being read aloud.
    fn take_over(&mut self, project: Project, arrival: Box<Arrival>, seen: &Seen<'_>) -> Vec<Action> {
        if seen.busy || seen.prepare.script.source() != arrival.over {
            return Vec::new();
        }
        let text = arrival.wanted.script.clone();
        let changes = text != arrival.over;
        let mut actions = vec![
            Action::Tell(Studio::Prepare(prepare::Message::TakeOver(text))),
            Action::Tell(Studio::Prepare(prepare::Message::SaveNow)),
            Action::Tell(Studio::Sync(Message::TakenOver { project: project.clone(), arrival })),
        ];
        if changes {
            actions.push(Action::say("A newer version came from the server. Undo brings back what was here."));
        }
        // Until it is adopted there is nothing to look for.
        self.running = Some((project.id, seen.prepare.revision));
        actions
    }

    fn choose(&mut self, choice: Choice, seen: &Seen<'_>) -> Vec<Action> {
        if seen.busy {
            return vec![Action::say("Something is still being recorded or rehearsed. Choose when it has ended.")];
        }
        let (Some(project), Some(conflict)) = (seen.project().cloned(), self.conflict.take()) else { return Vec::new() };
        if seen.prepare.script.source() != conflict.mine.script {
            // Written on meanwhile: it is compared anew.
            (self.looked, self.link) = (None, Link::Waiting);
            return vec![Action::say("The script has changed since the two were compared; they are compared again.")];
        }
        self.begin(project, seen, |project| Effect::Resolve { project, conflict, choice })
    }
}

fn secs_until(until: Moment, now: Moment) -> f64 {
    if until > now { until.secs_from(now) } else { 0.0 }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Sync(effect))
}

#[cfg(test)]
#[path = "sync/tests.rs"]
mod tests;
