//! The queue of everything that engines are asked for: what is placed in it, what a row of it shows, what it all costs. The rules
//! that decide are pure and in files of their own: which job may run now (`line`), what a failure leads to (`after`), whether the
//! money is there (`budget`), how long it will take (`expect`).

mod after;
mod budget;
mod expect;
mod line;

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::asset::AssetId;
use super::engine::{Engine, Limits, Measure, Money};
use super::generate::{Class, Failure, InputRole, Order, Wish};
use super::job::{Job, Kind, State};
use super::prompt::Purpose;

#[cfg(test)]
#[path = "../../tests/rig/job.rs"]
pub mod made_up;

pub use after::{Next, Rest, after_look, after_submit, may_still_be_had};
pub use budget::{Budget, Held, Quote, Spent, Sum, Terms, Verdict, Why};
pub use expect::{expected, typical};
pub use line::{Line, Turn};

/// Most jobs that may wait at a time; more is a mistake, not a plan.
pub const MOST_WAITING: usize = 20_000;

/// An order as it is placed in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Id of the project it is for.
    pub project: Option<String>,
    pub engine: String,
    pub model: String,
    pub kind: Kind,
    /// The words as they are sent.
    pub prompt: String,
    pub purpose: Purpose,
    /// The version of a prompt it was improved from. With the same words it is asked for once more, and no new version is made.
    pub parent_version: Option<String>,
    /// The script's text, and the bytes of it that this is for.
    pub sentence: Option<(String, Range<usize>)>,
    pub wish: Wish,
    pub seed: Option<i64>,
    pub inputs: Vec<(InputRole, Given)>,
}

/// A file that goes with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Asset(AssetId),
    /// Becomes an asset when the order is placed, so that it is still there when its turn comes.
    File(PathBuf),
}

impl Draft {
    /// An order with nothing but its words.
    pub fn new(engine: &str, model: &str, kind: Kind, prompt: &str) -> Draft {
        Draft {
            project: None,
            engine: engine.to_owned(),
            model: model.to_owned(),
            kind,
            prompt: prompt.to_owned(),
            purpose: purpose_of(kind),
            parent_version: None,
            sentence: None,
            wish: Wish::default(),
            seed: None,
            inputs: Vec::new(),
        }
    }

    /// What can't work, before it costs anything: said in one sentence.
    pub fn fault(&self, engine: &Engine) -> Option<String> {
        let Some(model) = engine.model(&self.model) else {
            return Some(format!("{} has no model “{}”.", engine.label, self.model));
        };
        let limits = &model.limits;
        let chars = self.prompt.chars().count();
        let has = |role| self.inputs.iter().any(|(input, _)| *input == role);
        let shown = has(InputRole::FirstFrame) || has(InputRole::Clip);
        if model.kind != self.kind {
            Some(format!("{} makes {}, not {}.", model.title(), plural(model.kind), plural(self.kind)))
        } else if self.kind == Kind::Text {
            Some("Words are written beside the editor, not in the queue.".into())
        } else if self.prompt.trim().is_empty() && needs_words(self.kind) && !shown {
            Some("There is no prompt.".into())
        } else if limits.prompt_chars > 0 && chars > limits.prompt_chars as usize {
            Some(format!("The prompt has {chars} characters; {} takes {}.", model.title(), limits.prompt_chars))
        } else if limits.needs_first_frame && !has(InputRole::FirstFrame) {
            Some(format!("{} needs a picture to begin with.", model.title()))
        } else if has(InputRole::Clip) && !(limits.clip || limits.needs_clip) {
            Some(format!("{} takes no clip.", model.title()))
        } else if limits.needs_clip && !has(InputRole::Clip) {
            Some(format!("{} needs a clip to work on.", model.title()))
        } else if self.kind == Kind::Transcription && !has(InputRole::Sound) {
            Some("There is no sound to transcribe.".into())
        } else {
            None
        }
    }

    /// What its price hangs on: as it is sent, not as it was wished for. Nobody knows the length of a sound to transcribe unless the
    /// wish says it.
    fn measure<'a>(&'a self, limits: &'a Limits) -> Measure<'a> {
        let wish = &self.wish;
        let chosen = || limits.seconds_for(wish.seconds.unwrap_or(0.0)).or(wish.seconds);
        Measure {
            resolution: limits.resolution_for(wish.resolution.as_deref().unwrap_or_default()).or(wish.resolution.as_deref()),
            seconds: if matches!(self.kind, Kind::Video | Kind::Music) { chosen() } else { wish.seconds },
            sound: wish.sound.unwrap_or(limits.sound),
            units: self.prompt.chars().count() as u64,
            inputs: self.inputs.len(),
        }
    }

    /// As an engine is told, with no files: enough for a quote.
    pub fn order(&self) -> Order {
        Order {
            job: String::new(),
            kind: self.kind,
            model: self.model.clone(),
            prompt: self.prompt.clone(),
            seed: self.seed,
            wish: self.wish.clone(),
            inputs: Vec::new(),
        }
    }
}

/// One job as a page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub job: Job,
    /// The prompt's words.
    pub prompt: String,
    /// Who is waited for first: smaller is sooner, and a new job gets the largest.
    pub place: i64,
    /// How many are before it at the engine, when that says so.
    pub before: Option<u32>,
    /// 0 to 1, when the engine says how far it is.
    pub progress: Option<f32>,
    /// How long it takes from being sent to being done, by what such jobs have taken here.
    pub expected_secs: Option<f64>,
    pub failure: Option<Failure>,
    /// It failed on this side: what was ordered can still be had, without ordering it again.
    pub kept: bool,
    /// Why it was not sent when its turn came; it waits for an answer.
    pub held: Option<Held>,
    /// What it was thought to cost when it was placed, or when a person agreed to it.
    pub quote: Option<Money>,
    /// When it was sent, RFC 3339 UTC.
    pub sent_at: Option<String>,
    /// How often it was tried to send it.
    pub tries: u32,
    /// The job of which this is another try.
    pub retry_of: Option<String>,
    /// What it made and is still there.
    pub made: Vec<AssetId>,
    /// What it wrote or heard.
    pub text: Option<String>,
}

impl Row {
    pub fn group(&self) -> Group {
        Group::of(self.job.state)
    }

    /// How far it is, 0 to 1: as the engine says, else by the time such jobs take. Never quite 1 before it is done.
    pub fn fraction(&self, age_secs: f64) -> Option<f32> {
        match (self.job.state, self.progress, self.expected_secs) {
            (State::Done, ..) => Some(1.0),
            (State::Submitted | State::Running, Some(progress), _) => Some(progress.clamp(0.0, 0.99)),
            (State::Submitted | State::Running, None, Some(whole)) if whole > 0.0 => {
                Some((age_secs / whole).clamp(0.0, 0.99) as f32)
            }
            _ => None,
        }
    }

    /// Seconds until it is done, as far as that can be told; `age_secs` since it was sent.
    pub fn left_secs(&self, age_secs: f64) -> Option<f64> {
        if !matches!(self.job.state, State::Submitted | State::Running) {
            return None;
        }
        match (self.progress, self.expected_secs) {
            (Some(progress), _) if progress > 0.05 => Some(age_secs * f64::from(1.0 - progress.min(1.0)) / f64::from(progress)),
            (_, Some(whole)) => Some((whole - age_secs).max(0.0)),
            _ => None,
        }
    }
}

/// How a list of jobs is divided, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// At an engine.
    Going,
    /// By its place.
    Waiting,
    /// The newest first, as all that follow.
    Failed,
    Done,
    Cancelled,
}

impl Group {
    pub const ALL: [Group; 5] = [Group::Going, Group::Waiting, Group::Failed, Group::Done, Group::Cancelled];

    pub fn of(state: State) -> Group {
        match state {
            State::Submitted | State::Running => Group::Going,
            State::Queued => Group::Waiting,
            State::Failed => Group::Failed,
            State::Done => Group::Done,
            State::Cancelled => Group::Cancelled,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Group::Going => "Being made",
            Group::Waiting => "Waiting",
            Group::Failed => "Failed",
            Group::Done => "Done",
            Group::Cancelled => "Cancelled",
        }
    }
}

/// The whole queue in figures. Rows that were cleared away are not counted; their cost is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    pub going: usize,
    pub waiting: usize,
    pub failed: usize,
    pub done: usize,
    pub cancelled: usize,
    /// Nothing is sent until somebody goes on.
    pub paused: bool,
    pub spent: Spent,
    /// Engines that are left alone for now, and why.
    pub resting: Vec<Resting>,
}

impl Totals {
    pub fn of(&self, group: Group) -> usize {
        match group {
            Group::Going => self.going,
            Group::Waiting => self.waiting,
            Group::Failed => self.failed,
            Group::Done => self.done,
            Group::Cancelled => self.cancelled,
        }
    }

    pub fn all(&self) -> usize {
        Group::ALL.into_iter().map(|group| self.of(group)).sum()
    }
}

/// An engine that is left alone: its jobs wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Resting {
    pub engine: String,
    pub failure: Failure,
    /// Seconds from now; `None` until a person does something about it (`Class::Auth`, `Class::Payment`).
    pub secs: Option<f64>,
}

/// Whether a job may become that.
pub fn may_become(from: State, to: State) -> bool {
    use State::{Cancelled, Done, Failed, Queued, Running, Submitted};
    match (from, to) {
        // Refused before it was taken: it waits again.
        (Submitted, Queued) => true,
        // What can still be had is gone on with (`Row::kept`).
        (Failed, Running) => true,
        (Queued, Submitted | Failed | Cancelled) => true,
        (Submitted, Submitted | Running | Done | Failed | Cancelled) => true,
        (Running, Running | Submitted | Done | Failed | Cancelled) => true,
        (from, to) => from == to,
    }
}

/// What may be done with a failed job by one button.
pub fn may_retry(state: State) -> bool {
    matches!(state, State::Failed | State::Cancelled)
}

/// Whether a failure of this kind is counted as money spent, when nobody said what it cost: what never arrived did not cost anything.
pub fn may_have_cost(class: Class, taken: bool) -> bool {
    taken || class == Class::Unclear
}

fn purpose_of(kind: Kind) -> Purpose {
    match kind {
        Kind::Text => Purpose::Script,
        Kind::Image => Purpose::Image,
        Kind::Video => Purpose::Clip,
        Kind::Speech | Kind::Transcription => Purpose::Voice,
        Kind::Music => Purpose::Music,
    }
}

fn needs_words(kind: Kind) -> bool {
    kind != Kind::Transcription
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "words",
        Kind::Image => "pictures",
        Kind::Video => "clips",
        Kind::Speech => "speech",
        Kind::Transcription => "transcriptions",
        Kind::Music => "music",
    }
}

#[cfg(test)]
mod tests;
