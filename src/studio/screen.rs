//! Recording the screen beside the camera: whether it is wanted, which part of it, and how that goes. A screen that fails never
//! touches the take of the camera; it is said.

use crate::core::health::Health;
use crate::core::monitor::Monitor;
use crate::core::problem::Problem;
use crate::core::screen::ScreenChoice;
use crate::core::settings::Settings;

use super::{Action, notice};

#[derive(Clone, Debug, Default)]
pub struct State {
    pub port: Port,
    /// What one can choose from; empty where the desktop asks.
    pub monitors: Vec<Monitor>,
    /// The desktop asks the person which screen.
    pub asks: bool,
    /// How the running take's second file is doing; `None` while none is written.
    pub health: Option<Health>,
    /// Grows with each opening, so that late answers of an earlier one are refused.
    session: u64,
}

/// The screen as a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Port {
    /// It is not recorded, or nobody is on the page where it would be.
    #[default]
    Closed,
    /// It is being looked for, or the person is being asked.
    Opening,
    Open(Found),
    Failed(Problem),
}

/// A screen that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub label: String,
    /// Of the recorded picture.
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Open what the settings name, unless it is open.
    Open,
    /// The settings name another.
    Change,
    Close,
    /// Look for monitors.
    List,
    Listed {
        monitors: Vec<Monitor>,
        asks: bool,
    },
    Opened {
        session: u64,
        result: Result<Found, Problem>,
    },
    /// What the desktop remembers the person's choice by, from now on.
    Token(Option<String>),
    /// Forget the person's choice, and ask again.
    ChooseAgain,
    /// How the running take's second file is doing.
    Health(Health),
    /// The take of the screen has ended, with the take or before it.
    Ended(Option<Problem>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    List,
    Open {
        session: u64,
        choice: ScreenChoice,
        /// By this the desktop knows what the person chose before.
        token: Option<String>,
        fps: u32,
    },
    /// A take that runs without the screen is joined by it.
    Join,
    Close,
}

impl State {
    pub fn update(&mut self, message: Message, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Open if matches!(self.port, Port::Opening | Port::Open(_)) => {}
            Message::Open | Message::Change if settings.screen => return self.open(settings),
            Message::Open | Message::Change | Message::Close => return self.close(),
            Message::List => return vec![do_(Effect::List)],
            Message::Listed { monitors, asks } => (self.monitors, self.asks) = (monitors, asks),
            Message::Opened { session, result } if session == self.session => return self.opened(result),
            Message::Opened { .. } => {}
            Message::Token(token) if settings.screen_token != token => {
                let settings = Settings { screen_token: token, ..settings.clone() };
                return vec![Action::Tell(super::Message::Settings(Box::new(settings)))];
            }
            Message::Token(_) => {}
            Message::ChooseAgain => {
                let settings = Settings { screen_token: None, ..settings.clone() };
                let saved = Action::Tell(super::Message::Settings(Box::new(settings.clone())));
                return [saved].into_iter().chain(self.open(&settings)).collect();
            }
            Message::Health(health) => self.health = Some(health),
            Message::Ended(problem) => {
                self.health = None;
                // It is looked for again when the page is opened again.
                if let (Some(problem), Port::Open(_)) = (&problem, &self.port) {
                    self.port = Port::Failed(problem.clone());
                }
                return problem.iter().map(Action::show).collect();
            }
        }
        Vec::new()
    }

    /// Both files of a running take in one set of figures.
    pub fn with(&self, health: Health) -> Health {
        let Some(screen) = self.health else { return health };
        Health {
            dropped: health.dropped + screen.dropped,
            bytes: health.bytes + screen.bytes,
            synced_bytes: health.synced_bytes + screen.synced_bytes,
            ..health
        }
    }

    fn open(&mut self, settings: &Settings) -> Vec<Action> {
        self.session += 1;
        self.port = Port::Opening;
        let (choice, token) = (settings.screen_choice.clone(), settings.screen_token.clone());
        vec![do_(Effect::Open { session: self.session, choice, token, fps: settings.fps })]
    }

    fn close(&mut self) -> Vec<Action> {
        self.session += 1;
        match std::mem::take(&mut self.port) {
            Port::Closed => Vec::new(),
            Port::Opening | Port::Open(_) | Port::Failed(_) => vec![do_(Effect::Close)],
        }
    }

    fn opened(&mut self, result: Result<Found, Problem>) -> Vec<Action> {
        match result {
            Ok(found) => {
                self.port = Port::Open(found);
                // The person may have answered in the middle of a take.
                vec![do_(Effect::Join)]
            }
            Err(problem) => {
                self.port = Port::Failed(problem.clone());
                vec![Action::Tell(super::Message::Notice(notice::Message::Problem(problem)))]
            }
        }
    }
}

/// Whether a change of settings asks for the screen to be opened anew.
pub fn changed(before: &Settings, after: &Settings) -> bool {
    (before.screen, &before.screen_choice, before.fps) != (after.screen, &after.screen_choice, after.fps)
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Screen(effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Settings {
        Settings { screen: true, ..Settings::default() }
    }

    fn effects(actions: Vec<Action>) -> Vec<Effect> {
        let effect = |action| match action {
            Action::Do(super::super::Effect::Screen(effect)) => Some(effect),
            _ => None,
        };
        actions.into_iter().filter_map(effect).collect()
    }

    #[test]
    fn it_is_opened_only_when_wanted_and_a_late_answer_is_refused() {
        let mut state = State::default();
        assert_eq!(effects(state.update(Message::Open, &Settings::default())), []);
        let opened = effects(state.update(Message::Open, &wanted()));
        let [Effect::Open { session, .. }] = opened[..] else { panic!("{opened:?}") };
        let found = Found { label: "HDMI-1".into(), width: 1920, height: 1080 };
        state.update(Message::Opened { session: session - 1, result: Ok(found.clone()) }, &wanted());
        assert_eq!(state.port, Port::Opening);
        state.update(Message::Opened { session, result: Ok(found.clone()) }, &wanted());
        assert_eq!(state.port, Port::Open(found));
        assert_eq!(effects(state.update(Message::Close, &wanted())), [Effect::Close]);
        assert_eq!(effects(state.update(Message::Close, &wanted())), []);
    }

    #[test]
    fn a_new_token_is_remembered_and_choosing_again_forgets_it() {
        let mut state = State::default();
        let saved = |actions: Vec<Action>| {
            actions.into_iter().find_map(|action| match action {
                Action::Tell(super::super::Message::Settings(settings)) => Some(settings.screen_token),
                _ => None,
            })
        };
        assert_eq!(saved(state.update(Message::Token(Some("t".into())), &wanted())), Some(Some("t".into())));
        let known = Settings { screen_token: Some("t".into()), ..wanted() };
        assert_eq!(saved(state.update(Message::Token(Some("t".into())), &known)), None, "nothing to save");
        let actions = state.update(Message::ChooseAgain, &known);
        assert!(matches!(effects(actions.clone())[..], [Effect::Open { token: None, .. }]));
        assert_eq!(saved(actions), Some(None));
    }

    #[test]
    fn both_files_count_while_both_are_written() {
        let mut state = State::default();
        let camera = Health { bytes: 10, synced_bytes: 8, dropped: 1, frames: 30, ..Health::default() };
        assert_eq!(state.with(camera), camera);
        state.update(Message::Health(Health { bytes: 5, synced_bytes: 4, dropped: 2, ..Health::default() }), &wanted());
        let both = state.with(camera);
        assert_eq!((both.bytes, both.synced_bytes, both.dropped, both.frames), (15, 12, 3, 30));
        let problem = Problem::missing("Gone.", "");
        assert_eq!(state.update(Message::Ended(Some(problem)), &wanted()).len(), 1);
        assert_eq!(state.with(camera), camera);
    }
}
