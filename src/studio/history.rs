//! History: when the script's present state is kept as a version, which older ones there are, and bringing one back. The script's
//! file is saved by `prepare` within a second or two; a version is what can still be had after that file was changed.

use std::sync::Arc;

use crate::core::history::compare::Comparison;
use crate::core::history::{Kind, MAX_NAME, Standing, Version};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::time::Moment;
use crate::core::undo::Steps;

use super::{Action, prepare};

/// Seconds of quiet after which a changed script is kept.
const QUIET_SECS: f64 = 2.0;
/// Seconds of unbroken change after which it is kept all the same.
const AT_LEAST_SECS: f64 = 30.0;
/// Seconds until it is tried again where it failed.
const AGAIN_SECS: f64 = 30.0;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Of the open project, the newest first; `None` until they are known.
    pub versions: Option<Vec<Version>>,
    /// The version that is looked at.
    pub chosen: Option<Chosen>,
    pub standing: Standing,
    /// A name is asked for.
    pub form: Option<Form>,
    /// Something is on its way that a second click must not repeat.
    pub waiting: bool,
    /// The text that was kept last: its revision and SHA-256.
    kept: Option<(u64, String)>,
    unkept: Option<Unkept>,
    /// Counts what was opened, so that late answers are known.
    opening: u64,
    /// The script's revision then.
    opened_at: u64,
    /// The person was told that versions can't be kept.
    complained: bool,
}

/// A text that changed since it was kept.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unkept {
    first: Moment,
    last: Moment,
    /// Keeping it failed: not before this.
    again: Option<Moment>,
}

/// A version and how it differs from the present text.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub seq: i64,
    pub read: Read,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    Waiting,
    Ready(Compared),
    Failed(Problem),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    pub text: Arc<str>,
    pub comparison: Arc<Comparison>,
    /// Of the present text it was compared with.
    pub revision: u64,
}

/// For what a name is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Publish,
    Rename(i64),
}

#[derive(Clone, Debug)]
pub enum Message {
    /// The list is shown.
    Show,
    Listed {
        opening: u64,
        versions: Vec<Version>,
    },
    /// What is known of a project that was opened.
    Recalled {
        opening: u64,
        steps: Steps,
        standing: Standing,
        sha256: String,
    },
    Kept {
        opening: u64,
        revision: u64,
        result: Result<String, Problem>,
    },
    /// Keeps what is not kept, as when the window closes.
    KeepNow,
    /// Looks at a version.
    Choose(i64),
    /// At the one so many places further down the list.
    Step(i32),
    Compared {
        seq: i64,
        revision: u64,
        result: Result<(Arc<str>, Arc<Comparison>), Problem>,
    },
    /// Brings the chosen version back.
    Restore,
    /// Makes the chosen version a project of its own, and opens it.
    Fork,
    /// Asks for a name, or no longer.
    Ask(Option<Form>),
    Name {
        seq: i64,
        name: String,
    },
    /// Keeps the present text as a published version.
    Publish {
        name: String,
    },
    /// Makes it a draft again.
    Withdraw,
    Stands {
        opening: u64,
        standing: Standing,
    },
    /// What was asked for could not be done.
    Failed {
        opening: u64,
        problem: Problem,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A project was opened: keep what it begins with, and tell what is known of it.
    Recall {
        project: Project,
        text: String,
        opening: u64,
    },
    Keep {
        project: Project,
        text: String,
        kind: Kind,
        name: Option<String>,
        steps: Steps,
        opening: u64,
        revision: u64,
    },
    List {
        project: Project,
        opening: u64,
    },
    Compare {
        project: Project,
        seq: i64,
        text: String,
        revision: u64,
    },
    Fork {
        project: Project,
        seq: i64,
        opening: u64,
    },
    Name {
        project: Project,
        seq: i64,
        name: Option<String>,
        opening: u64,
    },
    Withdraw {
        project: Project,
        opening: u64,
    },
}

impl State {
    pub fn update(&mut self, message: Message, prepare: &prepare::State, now: Moment) -> Vec<Action> {
        match message {
            Message::Show => self.show(prepare),
            Message::Listed { opening, versions } => self.listed(opening, versions, prepare),
            Message::Recalled { opening, steps, standing, sha256 } if opening == self.opening => {
                self.standing = standing;
                self.kept.get_or_insert((self.opened_at, sha256));
                if prepare.revision != self.opened_at {
                    // What was kept meanwhile did not know of the older steps.
                    self.changed(now);
                }
                vec![Action::Tell(super::Message::Prepare(prepare::Message::Recall(steps)))]
            }
            Message::Kept { opening, revision, result } => self.kept(opening, revision, result, now),
            Message::KeepNow => self.keep_now(prepare),
            Message::Choose(seq) => self.choose(seq, prepare),
            Message::Step(places) => self.step(places, prepare),
            Message::Compared { seq, revision, result } => self.compared(seq, revision, result),
            Message::Restore => self.restore(prepare),
            Message::Fork => self.fork(prepare),
            Message::Ask(form) => {
                self.form = form;
                Vec::new()
            }
            Message::Name { seq, name } => self.name(seq, &name, prepare),
            Message::Publish { name } => self.publish(&name, prepare),
            Message::Withdraw => self.withdraw(prepare),
            Message::Stands { opening, standing } if opening == self.opening => {
                (self.waiting, self.standing) = (false, standing);
                Vec::new()
            }
            Message::Failed { opening, problem } => {
                self.waiting &= opening != self.opening;
                vec![Action::show(&problem)]
            }
            Message::Recalled { .. } | Message::Stands { .. } => Vec::new(),
        }
    }

    /// Another project, or the same one again, has been opened.
    pub(super) fn opened(&mut self, prepare: &prepare::State) -> Vec<Action> {
        let Some(project) = prepare.project.clone() else { return Vec::new() };
        let opening = self.opening + 1;
        *self = State { opening, opened_at: prepare.revision, ..State::default() };
        vec![do_(Effect::Recall { project, text: prepare.script.source().to_owned(), opening })]
    }

    /// The text changed.
    pub(super) fn changed(&mut self, now: Moment) {
        let unkept = self.unkept.get_or_insert(Unkept { first: now, last: now, again: None });
        unkept.last = now;
    }

    /// Keeps the text when it is time.
    pub(super) fn tick(&mut self, prepare: &prepare::State, now: Moment) -> Vec<Action> {
        match self.due(now) {
            Some(secs) if secs <= 0.0 => self.keep_now(prepare),
            _ => Vec::new(),
        }
    }

    /// Seconds until the text is kept, for whoever decides when to wake.
    pub fn due_secs(&self, now: Moment) -> Option<f64> {
        self.due(now).map(|secs| secs.max(0.0))
    }

    /// True when the present text is the one that was published last.
    pub fn is_as_published(&self, prepare: &prepare::State) -> bool {
        let sha256 = self.standing.last.as_ref().map(|version| version.sha256.as_str());
        sha256.is_some() && sha256 == self.present(prepare)
    }

    /// SHA-256 of the present text, where that is known.
    pub fn present(&self, prepare: &prepare::State) -> Option<&str> {
        self.kept.as_ref().filter(|(revision, _)| *revision == prepare.revision).map(|(_, sha256)| sha256.as_str())
    }

    /// The chosen version with its facts.
    pub fn chosen_version(&self) -> Option<&Version> {
        self.version(self.chosen.as_ref()?.seq)
    }

    pub fn version(&self, seq: i64) -> Option<&Version> {
        self.versions.as_ref()?.iter().find(|version| version.seq == seq)
    }

    fn due(&self, now: Moment) -> Option<f64> {
        let unkept = self.unkept?;
        Some(match unkept.again {
            Some(again) => again.secs_from(now),
            None => (QUIET_SECS - now.secs_from(unkept.last)).min(AT_LEAST_SECS - now.secs_from(unkept.first)),
        })
    }

    pub(super) fn keep_now(&mut self, prepare: &prepare::State) -> Vec<Action> {
        if self.unkept.is_none() { Vec::new() } else { self.keep(Kind::Draft, None, prepare) }
    }

    fn keep(&mut self, kind: Kind, name: Option<String>, prepare: &prepare::State) -> Vec<Action> {
        let Some(project) = prepare.project.clone() else { return Vec::new() };
        self.unkept = None;
        vec![do_(Effect::Keep {
            project,
            text: prepare.script.source().to_owned(),
            kind,
            name,
            steps: prepare.steps().clone(),
            opening: self.opening,
            revision: prepare.revision,
        })]
    }

    fn kept(&mut self, opening: u64, revision: u64, result: Result<String, Problem>, now: Moment) -> Vec<Action> {
        if opening != self.opening {
            // Of a project that was left; there is nobody to try again for.
            return result.err().iter().map(Action::show).collect();
        }
        match result {
            Ok(sha256) => {
                self.complained = false;
                self.kept = Some((revision, sha256));
                Vec::new()
            }
            Err(problem) => {
                let again = Some(now.plus_secs(AGAIN_SECS));
                let unkept = self.unkept.get_or_insert(Unkept { first: now, last: now, again: None });
                unkept.again = again;
                self.waiting = false;
                if std::mem::replace(&mut self.complained, true) { Vec::new() } else { vec![Action::show(&problem)] }
            }
        }
    }

    /// What was just written is to be in the list.
    fn show(&mut self, prepare: &prepare::State) -> Vec<Action> {
        let Some(project) = prepare.project.clone() else { return Vec::new() };
        let mut actions = self.keep_now(prepare);
        actions.push(do_(Effect::List { project, opening: self.opening }));
        actions
    }

    fn listed(&mut self, opening: u64, versions: Vec<Version>, prepare: &prepare::State) -> Vec<Action> {
        if opening != self.opening {
            return Vec::new();
        }
        let still = self.chosen.as_ref().is_some_and(|chosen| versions.iter().any(|version| version.seq == chosen.seq));
        // There is more to see in a version that differs.
        let present = self.present(prepare);
        let other = versions.iter().find(|version| Some(version.sha256.as_str()) != present).or(versions.first());
        let seq = other.map(|version| version.seq);
        self.versions = Some(versions);
        match (still, &self.chosen, seq) {
            (true, Some(chosen), _) => self.choose(chosen.seq, prepare),
            (_, _, Some(seq)) => self.choose(seq, prepare),
            _ => {
                self.chosen = None;
                Vec::new()
            }
        }
    }

    fn choose(&mut self, seq: i64, prepare: &prepare::State) -> Vec<Action> {
        let (Some(project), Some(_)) = (&prepare.project, self.version(seq)) else { return Vec::new() };
        let revision = prepare.revision;
        if let Some(Chosen { seq: now, read: Read::Ready(compared) }) = &self.chosen
            && (*now, compared.revision) == (seq, revision)
        {
            return Vec::new();
        }
        self.chosen = Some(Chosen { seq, read: Read::Waiting });
        let text = prepare.script.source().to_owned();
        vec![do_(Effect::Compare { project: project.clone(), seq, text, revision })]
    }

    fn step(&mut self, places: i32, prepare: &prepare::State) -> Vec<Action> {
        let versions = self.versions.as_deref().unwrap_or_default();
        let at = self.chosen.as_ref().and_then(|chosen| versions.iter().position(|version| version.seq == chosen.seq));
        let to = at.unwrap_or(0).saturating_add_signed(places as isize).min(versions.len().saturating_sub(1));
        let seq = versions.get(to).filter(|_| at != Some(to)).map(|version| version.seq);
        seq.map_or_else(Vec::new, |seq| self.choose(seq, prepare))
    }

    fn compared(&mut self, seq: i64, revision: u64, result: Result<(Arc<str>, Arc<Comparison>), Problem>) -> Vec<Action> {
        if let Some(chosen) = self.chosen.as_mut().filter(|chosen| chosen.seq == seq) {
            chosen.read = match result {
                Ok((text, comparison)) => Read::Ready(Compared { text, comparison, revision }),
                Err(problem) => Read::Failed(problem),
            };
        }
        Vec::new()
    }

    /// The present text is kept first; then the old one takes its place in one step.
    fn restore(&mut self, prepare: &prepare::State) -> Vec<Action> {
        let Some(Chosen { read: Read::Ready(compared), .. }) = &self.chosen else { return Vec::new() };
        let text = compared.text.to_string();
        if text == prepare.script.source() {
            return vec![Action::say("This version is the present text.")];
        }
        let when = self.chosen_version().map_or_else(String::new, |version| version.label().to_owned());
        let mut actions = self.keep(Kind::BeforeRestore, None, prepare);
        actions.push(Action::Tell(super::Message::Prepare(prepare::Message::TakeOver(text))));
        actions.push(Action::Tell(super::Message::CloseSheet));
        let said = format!("“{when}” is back. What it replaced is in the history.");
        actions.push(Action::offer(said, super::command::Command::Undo));
        actions
    }

    fn fork(&mut self, prepare: &prepare::State) -> Vec<Action> {
        let (Some(project), Some(chosen)) = (&prepare.project, &self.chosen) else { return Vec::new() };
        if std::mem::replace(&mut self.waiting, true) {
            return Vec::new();
        }
        vec![do_(Effect::Fork { project: project.clone(), seq: chosen.seq, opening: self.opening })]
    }

    fn name(&mut self, seq: i64, name: &str, prepare: &prepare::State) -> Vec<Action> {
        self.form = None;
        let Some(project) = prepare.project.clone() else { return Vec::new() };
        let name = checked(name);
        if self.version(seq).is_none_or(|version| version.name == name) {
            return Vec::new();
        }
        vec![do_(Effect::Name { project, seq, name, opening: self.opening })]
    }

    fn publish(&mut self, name: &str, prepare: &prepare::State) -> Vec<Action> {
        if prepare.script.words() == 0 {
            return vec![Action::show(&Problem::usage(
                "A script without a word can't be published.",
                "Write something first.",
            ))];
        }
        if std::mem::replace(&mut self.waiting, true) {
            return Vec::new();
        }
        self.form = None;
        let mut actions = vec![Action::Tell(super::Message::Prepare(prepare::Message::SaveNow))];
        actions.extend(self.keep(Kind::Published, checked(name), prepare));
        actions
    }

    fn withdraw(&mut self, prepare: &prepare::State) -> Vec<Action> {
        let Some(project) = prepare.project.clone() else { return Vec::new() };
        if std::mem::replace(&mut self.waiting, true) {
            return Vec::new();
        }
        vec![do_(Effect::Withdraw { project, opening: self.opening })]
    }
}

/// A name on one line and not too long; `None` when nothing is left.
fn checked(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(MAX_NAME).collect();
    Some(name).filter(|name| !name.is_empty())
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::History(effect))
}

#[cfg(test)]
mod tests;
