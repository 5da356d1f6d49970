//! Words by a writer: a theme becomes a script that is proposed beside the person's own. Nothing of the person's text changes before it
//! is accepted, and each acceptance is one step of undo. Better prompts for pictures and clips are in `prompts`.

pub mod prompts;
mod proposal;
#[cfg(test)]
mod tests;

use crate::core::engine::{Catalogue, Engine, Measure, Model, Money, Price};
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::queue::{Budget, Why};
use crate::core::settings::Settings;
use crate::core::style::Style;
use crate::core::writing::{Brief, Draft, adopt, ask};

use super::command::Command;
use super::{Action, Page, Sheet, engines, prepare};

pub use proposal::{Phase, Proposal, Proposed, Verdict};

#[derive(Clone, Debug, Default)]
pub struct State {
    /// What the form says.
    pub brief: Brief,
    pub target: Target,
    /// What was proposed, or is being.
    pub proposal: Option<Proposal>,
    /// A budget stops it: why, until it is written anyway or something else is asked for.
    pub question: Option<Why>,
    pub prompts: prompts::State,
    /// What is written as soon as its new project is open.
    pending: Option<Box<Ask>>,
    /// The last order, for whoever goes on in spite of a budget.
    held: Option<Box<Ask>>,
    /// Counts what was asked, so that late answers are known.
    asked: u64,
}

/// Where a new script goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Into a project of its own.
    #[default]
    New,
    /// To the script that is open.
    Here,
}

/// One order for a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub project: Option<String>,
    pub engine: String,
    pub model: String,
    pub brief: Brief,
    /// What was written before, what a person says about it, and the version of the prompt it was written from.
    pub before: Option<Before>,
}

/// What is to be written another way.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    pub draft: Draft,
    pub remark: String,
    pub version: Option<String>,
}

/// How an order ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    /// It broke off because the writer's limit was reached.
    pub cut: bool,
    pub cost: Option<Money>,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Shows the form.
    Open(Target),
    Brief(Box<Brief>),
    Target(Target),
    /// Writes what the form says.
    Write,
    /// In spite of the budget, this time.
    Agree,
    /// It stands in the books, and is being written.
    Begun {
        id: u64,
        version: String,
    },
    /// Words as they come.
    Piece {
        id: u64,
        text: String,
    },
    Ended {
        id: u64,
        result: Result<End, Problem>,
    },
    /// A budget stops it. Nothing was sent.
    Stopped {
        id: u64,
        why: Why,
    },
    Stop,
    /// Takes a proposed scene into the script.
    Accept(usize),
    AcceptAll,
    Reject(usize),
    /// A scene that was rejected, or taken and taken out again.
    BringBack(usize),
    /// A proposed scene's whole text, as the person changed it.
    Edit {
        scene: usize,
        text: String,
    },
    /// Writes it another way.
    Again(String),
    /// Puts the proposal away.
    Discard,
    /// The look and the characters of the open project.
    SetStyle(Style),
    Prompts(prompts::Message),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Write {
        id: u64,
        ask: Box<Ask>,
        /// `None` where a person has said that it is to go on.
        budget: Option<Budget>,
    },
    /// Of whatever was asked under this number.
    Stop(u64),
    Prompts(prompts::Effect),
}

/// What it has to know of the rest.
pub struct Seen<'a> {
    pub settings: &'a Settings,
    pub engines: &'a engines::State,
    pub prepare: &'a prepare::State,
    /// A take or a rehearsal holds the studio.
    pub busy: bool,
}

impl State {
    pub fn update(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Open(target) => self.open(target, seen),
            Message::Brief(brief) => {
                self.brief = *brief;
                self.question = None;
                Vec::new()
            }
            Message::Target(target) => {
                self.target = target;
                Vec::new()
            }
            Message::Write => self.write(seen),
            Message::Agree => self.agree(),
            Message::Begun { id, version } => {
                self.with(id, |proposal| proposal.version = Some(version));
                Vec::new()
            }
            Message::Piece { id, text } => {
                self.with(id, |proposal| proposal.heard(&text));
                Vec::new()
            }
            Message::Ended { id, result } => {
                self.with(id, |proposal| proposal.ended(result));
                Vec::new()
            }
            Message::Stopped { id, why } => self.stopped(id, why),
            Message::Stop => self.stop(),
            Message::Accept(scene) => self.accept(&[scene], seen),
            Message::AcceptAll => self.accept_all(seen),
            Message::Reject(scene) => {
                self.judge(scene, Verdict::Rejected);
                Vec::new()
            }
            Message::BringBack(scene) => {
                self.judge(scene, Verdict::Open);
                Vec::new()
            }
            Message::Edit { scene, text } => {
                if let Some(proposal) = &mut self.proposal {
                    proposal.edit(scene, &text);
                }
                Vec::new()
            }
            Message::Again(remark) => self.again(remark, seen),
            Message::Discard => {
                let actions = self.stop();
                self.proposal = None;
                actions
            }
            Message::SetStyle(style) => {
                let text = style.put(&seen.prepare.script).source().to_owned();
                vec![Action::Tell(super::Message::Prepare(prepare::Message::Edited(text)))]
            }
            Message::Prompts(message) => {
                self.asked += 1;
                self.prompts.update(message, self.asked, seen)
            }
        }
    }

    /// The proposal for the project that is open.
    pub fn shown(&self, prepare: &prepare::State) -> Option<&Proposal> {
        self.proposal.as_ref().filter(|proposal| proposal.project == prepare.project.as_ref().map(|project| project.id.clone()))
    }

    /// What writing by the form costs with a model: what is known of it.
    pub fn price(&self, model: &Model) -> Option<Money> {
        price(model, &self.brief)
    }

    /// A project was opened, perhaps for what is to be written.
    pub(super) fn opened(&mut self, project: Option<&str>, seen: &Seen<'_>) -> Vec<Action> {
        self.prompts.put_away();
        let Some(mut ask) = self.pending.take() else { return Vec::new() };
        ask.project = project.map(str::to_owned);
        self.begin(ask, Some(seen.settings.engines.budget), seen)
    }

    /// None could be opened.
    pub(super) fn not_opened(&mut self) {
        self.pending = None;
    }

    fn open(&mut self, target: Target, seen: &Seen<'_>) -> Vec<Action> {
        if seen.busy {
            return Vec::new();
        }
        let blank = adopt::is_blank(&seen.prepare.script);
        self.target =
            if seen.prepare.project.is_some() && (target == Target::Here || blank) { Target::Here } else { Target::New };
        self.question = None;
        vec![Action::Tell(super::Message::Go(Page::Prepare)), Action::Tell(super::Message::Sheet(Sheet::Theme))]
    }

    fn write(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let brief = Brief { style: self.style(seen), pace: self.pace(seen), ..self.brief.clone() }.bounded();
        let Some((engine, model)) = seen.engines.chosen(&seen.settings.engines, Kind::Text).filter(|_| !brief.theme.is_empty())
        else {
            return Vec::new();
        };
        let project = seen.prepare.project.as_ref().filter(|_| self.target == Target::Here).map(|project| project.id.clone());
        let ask = Box::new(Ask { project, engine: engine.name.clone(), model: model.name.clone(), brief, before: None });
        let mut actions = self.stop();
        actions.push(Action::Tell(super::Message::CloseSheet));
        if ask.project.is_none() {
            self.pending = Some(ask);
            actions.push(Action::Tell(super::Message::Prepare(prepare::Message::New)));
            return actions;
        }
        actions.extend(self.begin(ask, Some(seen.settings.engines.budget), seen));
        actions
    }

    /// The style of the script it is for.
    fn style(&self, seen: &Seen<'_>) -> Style {
        match self.target {
            Target::Here => Style::of(&seen.prepare.script.front),
            Target::New => Style::default(),
        }
    }

    fn pace(&self, seen: &Seen<'_>) -> f64 {
        match self.target {
            Target::Here => seen.prepare.script.pace(),
            Target::New => self.brief.pace,
        }
    }

    fn begin(&mut self, ask: Box<Ask>, budget: Option<Budget>, seen: &Seen<'_>) -> Vec<Action> {
        self.asked += 1;
        self.question = None;
        let title = seen.engines.model_title(&ask.engine, &ask.model).to_owned();
        self.proposal = Some(Proposal::begun(self.asked, &ask, title, made_here(&seen.engines.list, &ask.engine)));
        self.held = Some(ask.clone());
        vec![do_(Effect::Write { id: self.asked, ask, budget })]
    }

    /// Goes on with what a budget has stopped.
    fn agree(&mut self) -> Vec<Action> {
        let Some(ask) = self.held.clone().filter(|_| self.question.take().is_some()) else { return Vec::new() };
        self.asked += 1;
        if let Some(proposal) = &mut self.proposal {
            proposal.id = self.asked;
            proposal.phase = Phase::Writing;
        }
        vec![do_(Effect::Write { id: self.asked, ask, budget: None })]
    }

    fn stopped(&mut self, id: u64, why: Why) -> Vec<Action> {
        if self.proposal.as_ref().is_some_and(|proposal| proposal.id == id) {
            self.with(id, |proposal| proposal.phase = Phase::Asks);
            self.question = Some(why);
        }
        Vec::new()
    }

    fn stop(&mut self) -> Vec<Action> {
        match &mut self.proposal {
            Some(proposal) if proposal.phase == Phase::Writing => {
                proposal.phase = Phase::Stopped;
                vec![do_(Effect::Stop(proposal.id))]
            }
            _ => Vec::new(),
        }
    }

    fn again(&mut self, remark: String, seen: &Seen<'_>) -> Vec<Action> {
        let mut actions = self.stop();
        let (Some(proposal), Some(held)) = (self.proposal.take(), self.held.clone()) else { return actions };
        let Some((engine, model)) = seen.engines.chosen(&seen.settings.engines, Kind::Text) else { return actions };
        let before = Before { draft: proposal.now(), remark, version: proposal.version.clone() };
        let before = Some(before).filter(|before| !before.draft.scenes.is_empty());
        let ask = Ask { project: proposal.project, engine: engine.name.clone(), model: model.name.clone(), before, ..*held };
        actions.extend(self.begin(Box::new(ask), Some(seen.settings.engines.budget), seen));
        actions
    }

    fn accept_all(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let Some(proposal) = &self.proposal else { return Vec::new() };
        let open: Vec<usize> = (0..proposal.scenes.len()).filter(|at| proposal.may_accept(*at)).collect();
        self.accept(&open, seen)
    }

    fn accept(&mut self, take: &[usize], seen: &Seen<'_>) -> Vec<Action> {
        if self.shown(seen.prepare).is_none() {
            return Vec::new();
        }
        let Some(proposal) = &mut self.proposal else { return Vec::new() };
        let take: Vec<usize> = take.iter().copied().filter(|at| proposal.may_accept(*at)).collect();
        if take.is_empty() {
            return Vec::new();
        }
        let taken = proposal.taken();
        let scenes: Vec<_> = proposal.scenes.iter().map(|proposed| proposed.scene.clone()).collect();
        let script = adopt::adopt(&seen.prepare.script, &proposal.draft, &scenes, &take, &taken);
        for at in &take {
            proposal.scenes[*at].verdict = Verdict::Accepted;
        }
        let mut actions = vec![Action::Tell(super::Message::Prepare(prepare::Message::TakeOver(script.source().to_owned())))];
        if proposal.settled() {
            let count = proposal.taken().len();
            let said =
                if count == 1 { "1 scene is in the script.".to_owned() } else { format!("{count} scenes are in the script.") };
            self.proposal = None;
            actions.push(Action::offer(said, Command::Undo));
        }
        actions
    }

    fn judge(&mut self, scene: usize, verdict: Verdict) {
        let Some(proposal) = &mut self.proposal else { return };
        if let Some(proposed) = proposal.scenes.get_mut(scene) {
            proposed.verdict = verdict;
        }
        // All were refused or taken: there is nothing left to decide.
        if proposal.settled() && verdict == Verdict::Rejected && !proposal.taken().is_empty() {
            self.proposal = None;
        }
    }

    /// Changes the proposal that was asked under this number; late answers change nothing.
    fn with(&mut self, id: u64, change: impl FnOnce(&mut Proposal)) {
        if let Some(proposal) = self.proposal.as_mut().filter(|proposal| proposal.id == id) {
            change(proposal);
        }
    }
}

/// The engine is this program itself, which makes an outline by rules.
pub fn made_here(list: &Catalogue, engine: &str) -> bool {
    list.engine(engine).is_some_and(|engine| engine.form == crate::core::engine::Form::Offline)
}

/// About what a script by this brief costs; `None` where nobody can say.
pub fn price(model: &Model, brief: &Brief) -> Option<Money> {
    let brief = brief.clone().bounded();
    let units = ask::tokens(&ask::script(&brief), brief.words());
    model.price.of(&Measure { units, ..Measure::default() })
}

/// The price as people read it.
pub fn price_words(model: &Model, engine: &Engine, cost: Option<&Money>) -> String {
    match cost {
        _ if model.price == Price::Free || engine.local => "free".to_owned(),
        Some(cost) => format!("about {}", cost.words()),
        None => "price unknown".to_owned(),
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Words(effect))
}
