//! Captions of the take that is open: by its script, which needs nothing and nobody, or as an engine heard them in it. They are shown over
//! the player, and saved beside the take or elsewhere. What an engine is asked goes through the queue like any other order.

use std::sync::Arc;

use crate::core::asset::AssetId;
use crate::core::captions::{Caption, Form};
use crate::core::engine::{Engine, Model};
use crate::core::generate::{InputRole, Wish};
use crate::core::job::{Kind, State as JobState};
use crate::core::problem::Problem;
use crate::core::queue::{Draft, Given, Row};
use crate::core::settings::Settings;
use crate::core::take::{Take, TakeId};
use crate::core::time::secs;

use super::super::engines::{self, Readiness};
use super::super::{prepare, queue};
use super::{Action, State, do_};

/// What a person chose; until the studio is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Over the player.
    pub on: bool,
    pub source: Source,
}

/// Where words and times are from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The script, at the moments at which its sentences stood at the eye line.
    #[default]
    Script,
    /// A transcription.
    Heard,
}

/// What is known of one take's captions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub script: Lines,
    pub heard: Lines,
    /// The newest order for a transcription, whatever became of it.
    pub job: Option<Arc<Row>>,
    /// They are being looked for.
    asked: bool,
    /// One was ordered, and the queue has not told of it yet.
    placed: bool,
    /// Somebody wanted to see them before they were known.
    wanted: bool,
}

/// Captions, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Lines {
    #[default]
    Unknown,
    /// At least one.
    There(Arc<Vec<Caption>>),
    None,
    Failed(Problem),
}

/// What the hands found.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub script: Result<Vec<Caption>, Problem>,
    /// `None` where nobody has written down what was said.
    pub heard: Option<Result<Vec<Caption>, Problem>>,
    pub job: Option<Row>,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Somebody looks at them.
    Want,
    /// Over the player, or not.
    Toggle,
    From(Source),
    Read {
        take: TakeId,
        read: Box<Read>,
    },
    /// Have it written down what is said in the take.
    Transcribe,
    Retry,
    Stop,
    /// Something about these jobs has changed.
    Changed(Vec<Row>),
    /// A job is over.
    Over(Box<Row>),
    /// The queue has taken what was ordered, or not.
    Placed(bool),
    /// Both forms beside the take.
    Keep,
    /// One of them, wherever the person says.
    SaveAs(Form),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Read(Box<Take>),
    /// Read again what was heard, and put it beside the take.
    Heard(Box<Take>),
    Keep {
        take: Box<Take>,
        captions: Arc<Vec<Caption>>,
    },
    SaveAs {
        take: Box<Take>,
        captions: Arc<Vec<Caption>>,
        form: Form,
    },
}

/// What it has to know of the rest.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub settings: &'a Settings,
    pub engines: &'a engines::State,
    pub prepare: &'a prepare::State,
    /// The queue is taking orders: more would be lost.
    pub placing: bool,
}

impl Lines {
    fn of(result: Result<Vec<Caption>, Problem>) -> Lines {
        match result {
            Ok(captions) if captions.is_empty() => Lines::None,
            Ok(captions) => Lines::There(Arc::new(captions)),
            Err(problem) => Lines::Failed(problem),
        }
    }

    pub fn there(&self) -> Option<&Arc<Vec<Caption>>> {
        match self {
            Lines::There(captions) => Some(captions),
            Lines::Unknown | Lines::None | Lines::Failed(_) => None,
        }
    }
}

impl Found {
    pub fn of(&self, source: Source) -> &Lines {
        match source {
            Source::Script => &self.script,
            Source::Heard => &self.heard,
        }
    }

    /// It is being written down, or will be.
    pub fn comes(&self) -> bool {
        self.placed || self.job.as_ref().is_some_and(|row| !row.job.state.over())
    }

    /// The newest order failed, and nothing newer is on its way.
    pub fn failed(&self) -> Option<&Row> {
        self.job.as_deref().filter(|row| row.job.state == JobState::Failed && !self.placed)
    }
}

/// The engine and model that write down what they hear: the chosen ones, else the first that is ready.
pub fn target<'a>(seen: &Seen<'a>) -> Option<(&'a Engine, &'a Model)> {
    let choices = &seen.settings.engines;
    let chosen = seen.engines.chosen(choices, Kind::Transcription);
    if !choices.transcription.engine.is_empty() {
        return chosen;
    }
    let ready = |(engine, _): &(&Engine, &Model)| seen.engines.readiness(engine) == Readiness::Ready;
    seen.engines.list.models_for(Kind::Transcription).find(ready).or(chosen)
}

impl State {
    /// What is shown over the player at a place of the open take, in nanoseconds.
    pub fn caption_at(&self, nanos: u64) -> Option<&Caption> {
        let found = &self.open.as_ref().filter(|_| self.captions.on)?.captions;
        crate::core::captions::at(found.of(self.captions.source).there()?, nanos)
    }

    /// What an order for a transcription of the open take would be.
    pub fn transcription(&self, seen: &Seen<'_>) -> Option<Draft> {
        let take = self.open_take()?;
        let (engine, model) = target(seen)?;
        let open = seen.prepare.project.as_ref().is_some_and(|project| project.id == take.project);
        let wish = Wish {
            // What it costs goes by its length.
            seconds: Some(secs(take.nanos)),
            language: seen.prepare.script.front.language.clone().filter(|_| open),
            ..seen.settings.engines.of(Kind::Transcription).wish(model, 0.0)
        };
        let inputs = vec![(InputRole::Sound, Given::Asset(AssetId(take.id.0.clone())))];
        let draft = Draft::new(&engine.name, &model.name, Kind::Transcription, "");
        Some(Draft { project: Some(take.project.clone()), wish, inputs, ..draft })
    }

    pub(in crate::studio) fn caption(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Want => self.read_captions(),
            Message::Toggle => self.toggle(),
            Message::From(source) => {
                self.captions.source = source;
                Vec::new()
            }
            Message::Read { take, read } => self.captions_read(&take, *read),
            Message::Transcribe => self.transcribe(seen),
            Message::Retry => {
                let failed = self.open.as_ref().and_then(|open| open.captions.failed());
                let again = failed.filter(|_| !seen.placing).map(|row| queue::Again::same(&row.job.id));
                again.into_iter().map(|again| ask(queue::Message::Retry(vec![again]))).collect()
            }
            Message::Stop => {
                let going = self.open.as_ref().and_then(|open| open.captions.job.as_ref());
                let going = going.filter(|row| !row.job.state.over()).map(|row| row.job.id.clone());
                going.into_iter().map(|job| ask(queue::Message::Cancel(vec![job]))).collect()
            }
            Message::Changed(rows) => {
                rows.into_iter().for_each(|row| self.note(row));
                Vec::new()
            }
            Message::Over(row) => self.transcribed(*row),
            Message::Placed(taken) => {
                if let Some(open) = self.open.as_mut().filter(|_| !taken) {
                    open.captions.placed = false;
                }
                Vec::new()
            }
            Message::Keep => self.save(|take, captions| Effect::Keep { take, captions }),
            Message::SaveAs(form) => self.save(|take, captions| Effect::SaveAs { take, captions, form }),
        }
    }

    /// Looks for them, once for each time the take is opened.
    pub(super) fn read_captions(&mut self) -> Vec<Action> {
        let Some(take) = self.open_take().cloned() else { return Vec::new() };
        let asked = self.open.as_mut().is_some_and(|open| std::mem::replace(&mut open.captions.asked, true));
        if asked { Vec::new() } else { vec![do_(super::Effect::Captions(Effect::Read(Box::new(take))))] }
    }

    fn toggle(&mut self) -> Vec<Action> {
        self.captions.on = !self.captions.on;
        let source = self.captions.source;
        match &mut self.open {
            Some(open) if self.captions.on => {
                open.captions.wanted = true;
                let mut actions = self.read_captions();
                actions.extend(self.nothing_to_show(source));
                actions
            }
            _ => Vec::new(),
        }
    }

    /// Said to who has just switched captions on, once it is known that there are none.
    fn nothing_to_show(&mut self, source: Source) -> Option<Action> {
        let found = &mut self.open.as_mut()?.captions;
        let lines = found.of(source).clone();
        if lines == Lines::Unknown || !std::mem::take(&mut found.wanted) {
            return None;
        }
        match (lines, source) {
            (Lines::There(_) | Lines::Unknown, _) => None,
            (Lines::Failed(problem), _) => Some(Action::show(&problem)),
            (Lines::None, Source::Script) => {
                Some(Action::say("The take’s journal tells of no sentence. “Captions” has it transcribed."))
            }
            (Lines::None, Source::Heard) => Some(Action::say("This take was not transcribed. “Captions” has it done.")),
        }
    }

    fn captions_read(&mut self, take: &TakeId, read: Read) -> Vec<Action> {
        if let Some(row) = read.job {
            self.note(row);
        }
        let Some(open) = self.open.as_mut().filter(|open| open.take == *take) else { return Vec::new() };
        open.captions.script = Lines::of(read.script);
        open.captions.heard = read.heard.map_or(Lines::None, Lines::of);
        let source = self.captions.source;
        self.nothing_to_show(source).into_iter().collect()
    }

    fn transcribe(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let going = self.open.as_ref().is_none_or(|open| open.captions.comes());
        let Some(draft) = self.transcription(seen).filter(|_| !going && !seen.placing) else { return Vec::new() };
        if let Some(open) = &mut self.open {
            open.captions.placed = true;
        }
        vec![ask(queue::Message::Place(vec![draft]))]
    }

    /// Keeps the newest job of the open take.
    fn note(&mut self, row: Row) {
        let Some(open) = self.open.as_mut().filter(|open| hears(&row, &open.take)) else { return };
        let at = |row: &Row| (row.job.created_at.clone(), row.job.id.clone());
        if open.captions.job.as_ref().is_none_or(|known| at(known) <= at(&row)) {
            open.captions.placed = false;
            open.captions.job = Some(Arc::new(row));
        }
    }

    /// What was heard goes beside its take, and is shown to who has it open.
    fn transcribed(&mut self, row: Row) -> Vec<Action> {
        let done = row.job.state == JobState::Done;
        let take = self.takes.iter().find(|take| hears(&row, &take.id)).cloned();
        let open = self.open.as_ref().is_some_and(|open| hears(&row, &open.take));
        self.note(row);
        if done && open {
            self.captions = Shown { on: true, source: Source::Heard };
        }
        let take = take.filter(|_| done).map(Box::new);
        take.into_iter().map(|take| do_(super::Effect::Captions(Effect::Heard(take)))).collect()
    }

    fn save(&self, effect: impl FnOnce(Box<Take>, Arc<Vec<Caption>>) -> Effect) -> Vec<Action> {
        let found = self.open.as_ref().map(|open| &open.captions);
        let captions = found.and_then(|found| found.of(self.captions.source).there());
        match self.open_take().zip(captions) {
            Some((take, captions)) => {
                vec![do_(super::Effect::Captions(effect(Box::new(take.clone()), Arc::clone(captions))))]
            }
            None => Vec::new(),
        }
    }
}

/// What of the queue's messages concerns transcriptions.
pub(in crate::studio) fn told(message: &queue::Message) -> Option<Message> {
    use queue::Message as Q;
    let transcribes = |row: &Row| row.job.kind == Kind::Transcription;
    match message {
        Q::Changed(rows) if rows.iter().any(transcribes) => {
            Some(Message::Changed(rows.iter().filter(|row| transcribes(row)).cloned().collect()))
        }
        Q::Ended(row) if transcribes(row) => Some(Message::Over(row.clone())),
        Q::Placed(result) => Some(Message::Placed(result.is_ok())),
        Q::Answer(queue::Answer::No) => Some(Message::Placed(false)),
        _ => None,
    }
}

/// The job writes down what is said in this take.
fn hears(row: &Row, take: &TakeId) -> bool {
    let sound = InputRole::Sound.name();
    row.job.kind == Kind::Transcription && row.job.inputs.iter().any(|(role, asset)| role == sound && asset.0 == take.0)
}

fn ask(message: queue::Message) -> Action {
    Action::Tell(super::super::Message::Queue(message))
}

#[cfg(test)]
mod tests;
