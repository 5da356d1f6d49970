//! Prompts of a scene made better: what was there is kept as a version, what is proposed is shown beside it, and any version can be
//! had again.

use crate::core::engine::Money;
use crate::core::generate::{Place, Role};
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::prompt::Version;
use crate::core::queue::{Budget, Why};
use crate::core::script::Scene;
use crate::core::style::Style;
use crate::core::writing::improve::Wanted;

use super::{Seen, prepare};
use crate::studio::{Action, Sheet};

#[derive(Clone, Debug, Default)]
pub struct State {
    /// The prompt the sheet is about.
    pub subject: Option<Subject>,
    pub phase: Phase,
    /// The newest first; `None` until they are known.
    pub versions: Option<Vec<Version>>,
    /// The version that is in the script, as far as it was asked for or chosen here: what the next one is improved from.
    version: Option<String>,
    /// Grows with each improvement, so that rules alone say something new.
    turn: usize,
}

/// One of a scene's prompts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub scene: usize,
    pub heading: String,
    pub part: Part,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Image,
    Keyframe,
    Clip,
}

impl Subject {
    /// The part of the scene, as jobs name it.
    pub fn place(&self) -> Place {
        Place { scene: self.scene, heading: self.heading.clone(), role: self.part.role() }
    }
}

impl Part {
    /// The prompt of a part of a scene; a voice has none.
    pub fn of(role: Role) -> Option<Part> {
        [Part::Image, Part::Keyframe, Part::Clip].into_iter().find(|part| part.role() == role)
    }

    /// What is made from it.
    pub fn role(self) -> Role {
        match self {
            Part::Image => Role::Picture,
            Part::Keyframe => Role::End,
            Part::Clip => Role::Clip,
        }
    }

    /// Its directive.
    pub fn key(self) -> &'static str {
        match self {
            Part::Image => "image",
            Part::Keyframe => "keyframe",
            Part::Clip => "clip",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Part::Image => "Picture prompt",
            Part::Keyframe => "End picture prompt",
            Part::Clip => "Clip prompt",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Idle,
    Asking {
        id: u64,
    },
    /// A budget is in the way.
    Asks(Why),
    Offered(Offer),
    /// Rules find nothing to add.
    Nothing,
    Failed(Problem),
}

/// A better prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub text: String,
    /// Its version, once it is kept.
    pub version: String,
    pub cost: Option<Money>,
}

#[derive(Clone, Debug)]
pub enum Message {
    Open {
        scene: usize,
        part: Part,
    },
    /// `agreed`: in spite of the budget.
    Improve {
        remark: String,
        agreed: bool,
    },
    Answered {
        id: u64,
        result: Result<Option<Offer>, Problem>,
    },
    Stopped {
        id: u64,
        why: Why,
    },
    Stop,
    /// Puts this text into the script.
    Use {
        text: String,
        version: Option<String>,
    },
    /// The proposal is not wanted.
    Drop,
    Listed {
        subject: Subject,
        result: Result<Vec<Version>, Problem>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Improve { id: u64, order: Box<Order>, budget: Option<Budget> },
    List { project: String, subject: Subject, text: String, version: Option<String> },
}

/// One order for a better prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub project: String,
    pub engine: String,
    pub model: String,
    pub place: Place,
    pub wanted: Wanted,
    /// The version that is in the script, where that is known; else it is the last one of this part.
    pub version: Option<String>,
    /// The script's text, and the bytes of it that the prompt is for.
    pub sentence: (String, std::ops::Range<usize>),
    pub turn: usize,
}

impl State {
    pub(super) fn update(&mut self, message: Message, id: u64, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Open { scene, part } => self.open(scene, part, seen),
            Message::Improve { remark, agreed } => self.improve(&remark, agreed, id, seen),
            Message::Answered { id, result } if self.phase == (Phase::Asking { id }) => self.answered(result, seen),
            Message::Stopped { id, why } if self.phase == (Phase::Asking { id }) => {
                self.phase = Phase::Asks(why);
                Vec::new()
            }
            Message::Answered { .. } | Message::Stopped { .. } => Vec::new(),
            Message::Stop => match std::mem::take(&mut self.phase) {
                Phase::Asking { id } => vec![super::do_(super::Effect::Stop(id))],
                _ => Vec::new(),
            },
            Message::Use { text, version } => self.put(text, version, seen),
            Message::Drop => {
                self.phase = Phase::Idle;
                Vec::new()
            }
            Message::Listed { subject, result } if self.subject.as_ref() == Some(&subject) => match result {
                Ok(versions) => {
                    self.versions = Some(shown(versions, &Style::of(&seen.prepare.script.front)));
                    Vec::new()
                }
                Err(problem) => vec![Action::show(&problem)],
            },
            Message::Listed { .. } => Vec::new(),
        }
    }

    /// The scene it is about, wherever it stands now, and its prompt.
    pub fn now<'a>(&self, prepare: &'a prepare::State) -> Option<(usize, &'a Scene, &'a str)> {
        let subject = self.subject.as_ref()?;
        let scenes = &prepare.script.scenes;
        let same = |at: usize| scenes.get(at).is_some_and(|scene| scene.heading == subject.heading);
        let at = if same(subject.scene) { subject.scene } else { (0..scenes.len()).find(|at| same(*at))? };
        let scene = &scenes[at];
        Some((at, scene, scene.directive(subject.part.key()).unwrap_or_default()))
    }

    /// Another project is open.
    pub(super) fn put_away(&mut self) {
        *self = State { turn: self.turn, ..State::default() };
    }

    fn open(&mut self, scene: usize, part: Part, seen: &Seen<'_>) -> Vec<Action> {
        let Some(content) = seen.prepare.script.scenes.get(scene) else { return Vec::new() };
        let subject = Subject { scene, heading: content.heading.clone(), part };
        if self.subject.as_ref() != Some(&subject) {
            self.put_away();
            self.subject = Some(subject);
        }
        let mut actions = vec![Action::Tell(super::super::Message::Sheet(Sheet::Prompt))];
        actions.extend(self.list(seen));
        actions
    }

    fn list(&self, seen: &Seen<'_>) -> Option<Action> {
        let (project, subject) = (seen.prepare.project.as_ref()?, self.subject.clone()?);
        let (_, _, text) = self.now(seen.prepare)?;
        let list = Effect::List { project: project.id.clone(), subject, text: text.to_owned(), version: self.version.clone() };
        Some(super::do_(super::Effect::Prompts(list)))
    }

    fn improve(&mut self, remark: &str, agreed: bool, id: u64, seen: &Seen<'_>) -> Vec<Action> {
        let (Some(project), Some(subject)) = (&seen.prepare.project, self.subject.clone()) else { return Vec::new() };
        let Some((at, scene, text)) = self.now(seen.prepare).filter(|_| !matches!(self.phase, Phase::Asking { .. })) else {
            return Vec::new();
        };
        let Some((engine, model)) = seen.engines.chosen(&seen.settings.engines, Kind::Text) else { return Vec::new() };
        // What was offered is worked on further.
        let (text, version) = match &self.phase {
            Phase::Offered(offer) => (offer.text.as_str(), Some(offer.version.clone())),
            _ => (text, self.version.clone()),
        };
        let directive = scene.directives.iter().rev().find(|directive| directive.key == subject.part.key());
        let range = directive.map_or(scene.range.clone(), |directive| directive.value_range.clone());
        let look = Style::of(&seen.prepare.script.front).look;
        let order = Order {
            project: project.id.clone(),
            engine: engine.name.clone(),
            model: model.name.clone(),
            place: Place { scene: at, ..subject.place() },
            wanted: Wanted::of(scene, subject.part.role(), text, remark, &look),
            version,
            sentence: (seen.prepare.script.source().to_owned(), range),
            turn: self.turn,
        };
        self.turn += 1;
        self.phase = Phase::Asking { id };
        let budget = (!agreed).then_some(seen.settings.engines.budget);
        vec![super::do_(super::Effect::Prompts(Effect::Improve { id, order: Box::new(order), budget }))]
    }

    fn answered(&mut self, result: Result<Option<Offer>, Problem>, seen: &Seen<'_>) -> Vec<Action> {
        self.phase = match result {
            Ok(Some(offer)) => Phase::Offered(offer),
            Ok(None) => Phase::Nothing,
            Err(problem) => Phase::Failed(problem),
        };
        self.list(seen).into_iter().collect()
    }

    fn put(&mut self, text: String, version: Option<String>, seen: &Seen<'_>) -> Vec<Action> {
        let (Some(subject), Some((scene, ..))) = (&self.subject, self.now(seen.prepare)) else {
            return vec![Action::say("The scene of this prompt is not in the script any more.")];
        };
        self.phase = Phase::Idle;
        self.version = version.or(self.version.take());
        let set = prepare::Message::SetDirective { scene, key: subject.part.key().to_owned(), value: Some(text) };
        vec![Action::Tell(super::super::Message::Prepare(set))]
    }
}

/// Without those that are another one with the project's style behind it, as an engine was asked.
fn shown(mut versions: Vec<Version>, style: &Style) -> Vec<Version> {
    let sent: Vec<String> = versions.iter().map(|version| style.carry(&version.text, 0).text).collect();
    let texts: Vec<String> = versions.iter().map(|version| version.text.clone()).collect();
    let mut seen = std::collections::HashSet::new();
    versions.retain(|version| {
        let carried = sent.iter().zip(&texts).any(|(sent, text)| *sent == version.text && *text != version.text);
        !carried && seen.insert(version.text.clone())
    });
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u32, text: &str) -> Version {
        let (id, prompt) = (number.to_string(), "p".into());
        Version { id, prompt, number, text: text.into(), parent: None, sentence: None, made_at: String::new() }
    }

    #[test]
    fn the_same_words_with_the_style_behind_them_are_no_version_of_their_own() {
        let style = Style { look: "ink".into(), ..Style::default() };
        let list = vec![version(3, "a blue door"), version(2, "a door. ink"), version(1, "a door"), version(0, "a door")];
        let texts: Vec<String> = shown(list, &style).into_iter().map(|version| version.text).collect();
        assert_eq!(texts, ["a blue door", "a door"]);
    }
}
