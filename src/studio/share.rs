//! Phones and displays on the local network: whether they may come in, the code that lets one in, and which ones are known. The
//! studio only knows what the server told; it never holds a token.

use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::{Action, Message as Studio};

/// The list is looked at again after so many seconds while it is shown.
const LIST_SECS: f64 = 4.0;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub phase: Phase,
    /// What a phone brings to be let in; only while the sheet is shown.
    pub code: Option<Code>,
    /// Those connected first.
    pub devices: Vec<Device>,
    /// Why the list or a code could not be had.
    pub problem: Option<Problem>,
    /// The sheet is shown.
    open: bool,
    listed: Option<Moment>,
    code_asked: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Off,
    Starting,
    On(Place),
    Failed(Problem),
}

/// Where phones find the studio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub port: u16,
    /// `http://address:port`, the likeliest first; empty while this machine is on no network.
    pub urls: Vec<String>,
}

/// A code and how long it holds. `Debug` is blank.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    pub text: String,
    pub until: Moment,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// A device that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub name: String,
    pub connected: bool,
    /// Seconds since it was last seen.
    pub unseen_secs: u64,
}

#[derive(Clone, Debug)]
pub enum Message {
    Switch(bool),
    Started(Result<Place, Problem>),
    NewCode,
    CodeMade(Result<Code, Problem>),
    /// A device of this name was let in.
    Paired(String),
    Listed(Result<(Vec<String>, Vec<Device>), Problem>),
    Revoke(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Listen on the network, at this port or the next free one.
    Start {
        port: u16,
    },
    Stop,
    NewCode,
    /// No code holds any more.
    DropCode,
    /// Addresses and devices.
    List,
    /// The list follows by itself.
    Revoke {
        id: String,
    },
}

impl State {
    /// The effects of a studio that was sharing when it was last closed.
    pub(super) fn start(&mut self, settings: &Settings) -> Option<super::Effect> {
        settings.lan.then(|| {
            self.phase = Phase::Starting;
            super::Effect::Share(Effect::Start { port: settings.lan_port })
        })
    }

    pub fn is_on(&self) -> bool {
        matches!(self.phase, Phase::On(_))
    }

    /// Devices that are connected.
    pub fn connected(&self) -> usize {
        self.devices.iter().filter(|device| device.connected).count()
    }

    pub fn update(&mut self, message: Message, settings: &Settings, now: Moment) -> Vec<Action> {
        match message {
            Message::Switch(on) => self.switch(on, settings),
            Message::Started(result) => self.started(result, settings, now),
            Message::NewCode => self.ask_code(),
            Message::CodeMade(result) => {
                self.code_asked = false;
                match result {
                    Ok(code) if self.open && self.is_on() => self.code = Some(code),
                    Ok(_) => return vec![do_(Effect::DropCode)],
                    Err(problem) => self.problem = Some(problem),
                }
                Vec::new()
            }
            Message::Paired(name) => {
                // It is used up.
                self.code = None;
                let mut actions = vec![Action::say(format!("“{name}” is paired."))];
                actions.extend(self.look(now));
                actions
            }
            Message::Listed(Ok((urls, devices))) => {
                self.problem = None;
                self.devices = devices;
                if let Phase::On(place) = &mut self.phase {
                    place.urls = urls;
                }
                Vec::new()
            }
            Message::Listed(Err(problem)) => {
                self.problem = Some(problem);
                Vec::new()
            }
            Message::Revoke(id) => {
                self.devices.retain(|device| device.id != id);
                vec![do_(Effect::Revoke { id })]
            }
        }
    }

    /// While the sheet is shown there is a code that holds, and the list is fresh.
    pub(super) fn tick(&mut self, shown: bool, now: Moment) -> Vec<Action> {
        if std::mem::replace(&mut self.open, shown) != shown {
            return if shown { self.look(now) } else { self.forget_code() };
        }
        if !self.open || !self.is_on() {
            return Vec::new();
        }
        let mut actions = Vec::new();
        if self.code.as_ref().is_some_and(|code| code.until <= now) {
            self.code = None;
            actions.extend(self.ask_code());
        }
        if self.listed.is_none_or(|last| now.secs_from(last) >= LIST_SECS) {
            self.listed = Some(now);
            actions.push(do_(Effect::List));
        }
        actions
    }

    fn switch(&mut self, on: bool, settings: &Settings) -> Vec<Action> {
        let mut actions = Vec::new();
        if settings.lan != on {
            let settings = Settings { lan: on, ..settings.clone() };
            actions.push(Action::Tell(Studio::Settings(Box::new(settings))));
        }
        match (on, &self.phase) {
            (true, Phase::Off | Phase::Failed(_)) => {
                self.phase = Phase::Starting;
                actions.push(do_(Effect::Start { port: settings.lan_port }));
            }
            (true, _) => {}
            (false, _) => {
                let open = self.open;
                *self = State { open, ..State::default() };
                actions.push(do_(Effect::Stop));
            }
        }
        actions
    }

    fn started(&mut self, result: Result<Place, Problem>, settings: &Settings, now: Moment) -> Vec<Action> {
        if self.phase == Phase::Off {
            // Switched off while it was starting; the stop is on its way.
            return Vec::new();
        }
        match result {
            Ok(place) => {
                let mut actions = Vec::new();
                if place.port != settings.lan_port {
                    let text = format!(
                        "Port {} is taken by another program, so phones use {} this time.",
                        settings.lan_port, place.port
                    );
                    actions.push(Action::say(text));
                }
                self.phase = Phase::On(place);
                actions.extend(self.look(now));
                actions
            }
            Err(problem) => {
                self.phase = Phase::Failed(problem.clone());
                // On its sheet it stands already.
                if self.open { Vec::new() } else { vec![Action::show(&problem)] }
            }
        }
    }

    /// What the sheet needs when it opens.
    fn look(&mut self, now: Moment) -> Vec<Action> {
        if !self.open || !self.is_on() {
            return Vec::new();
        }
        self.listed = Some(now);
        let mut actions = self.ask_code();
        actions.push(do_(Effect::List));
        actions
    }

    fn ask_code(&mut self) -> Vec<Action> {
        if std::mem::replace(&mut self.code_asked, true) { Vec::new() } else { vec![do_(Effect::NewCode)] }
    }

    fn forget_code(&mut self) -> Vec<Action> {
        match self.code.take() {
            Some(_) => vec![do_(Effect::DropCode)],
            None => Vec::new(),
        }
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Share(effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(actions: &[Action]) -> Vec<&Effect> {
        let effect = |action| match action {
            &Action::Do(super::super::Effect::Share(ref effect)) => Some(effect),
            _ => None,
        };
        actions.iter().filter_map(effect).collect()
    }

    fn at(secs: f64) -> Moment {
        Moment(0).plus_secs(secs)
    }

    fn on(state: &mut State, settings: &Settings) {
        state.update(Message::Switch(true), settings, at(0.0));
        let place = Place { port: settings.lan_port, urls: vec!["http://10.0.0.2:7420".into()] };
        state.update(Message::Started(Ok(place)), settings, at(0.0));
    }

    #[test]
    fn a_code_is_there_while_the_sheet_is_shown_and_only_then() {
        let (mut state, settings) = (State::default(), Settings::default());
        on(&mut state, &settings);
        assert!(state.is_on() && state.tick(false, at(9.0)).is_empty());
        let opened = state.tick(true, at(10.0));
        assert_eq!(effects(&opened), [&Effect::NewCode, &Effect::List]);
        // Asked for once, whatever is clicked meanwhile.
        assert!(state.update(Message::NewCode, &settings, at(10.0)).is_empty());
        let code = Code { text: "ABC234".into(), until: at(130.0) };
        state.update(Message::CodeMade(Ok(code.clone())), &settings, at(10.1));
        assert_eq!(state.code, Some(code.clone()));
        assert_eq!(effects(&state.tick(true, at(15.0))), [&Effect::List]);
        assert_eq!(effects(&state.tick(true, at(131.0))), [&Effect::NewCode, &Effect::List]);
        assert_eq!(state.code, None);
        state.update(Message::CodeMade(Ok(code.clone())), &settings, at(131.0));
        let closed = state.tick(false, at(132.0));
        assert_eq!(effects(&closed), [&Effect::DropCode]);
        // One that comes too late does not stay.
        let late = state.update(Message::CodeMade(Ok(code)), &settings, at(133.0));
        assert_eq!(effects(&late), [&Effect::DropCode]);
        assert_eq!(state.code, None);
    }

    #[test]
    fn the_switch_is_remembered_and_a_taken_port_is_said() {
        let (mut state, settings) = (State::default(), Settings::default());
        let actions = state.update(Message::Switch(true), &settings, at(0.0));
        let remembered = |action: &Action| matches!(action, Action::Tell(Studio::Settings(settings)) if settings.lan);
        assert!(actions.iter().any(remembered) && effects(&actions) == [&Effect::Start { port: 7420 }]);
        let elsewhere = state.update(Message::Started(Ok(Place { port: 7421, urls: Vec::new() })), &settings, at(1.0));
        assert!(matches!(&elsewhere[..], [Action::Tell(Studio::Notice(_))]));
        let sharing = Settings { lan: true, ..settings };
        let off = state.update(Message::Switch(false), &sharing, at(2.0));
        assert!(effects(&off) == [&Effect::Stop] && state.phase == Phase::Off);
        // An answer from before.
        state.update(Message::Started(Ok(Place::default())), &sharing, at(3.0));
        assert_eq!(state.phase, Phase::Off);
        assert!(State::default().start(&sharing).is_some() && State::default().start(&Settings::default()).is_none());
    }

    #[test]
    fn a_failure_stands_on_the_sheet_and_can_be_tried_again() {
        let (mut state, settings) = (State::default(), Settings::default());
        state.update(Message::Switch(true), &settings, at(0.0));
        let problem = Problem::failed("No.", "Wait.");
        assert_eq!(state.update(Message::Started(Err(problem.clone())), &settings, at(0.0)).len(), 1);
        assert_eq!(state.phase, Phase::Failed(problem));
        assert_eq!(effects(&state.update(Message::Switch(true), &settings, at(1.0))), [&Effect::Start { port: 7420 }]);
    }

    #[test]
    fn a_revoked_device_leaves_the_list_at_once() {
        let (mut state, settings) = (State::default(), Settings::default());
        on(&mut state, &settings);
        let device = |id: &str| Device { id: id.into(), name: id.into(), connected: true, unseen_secs: 0 };
        state.update(Message::Listed(Ok((Vec::new(), vec![device("a"), device("b")]))), &settings, at(1.0));
        assert_eq!(state.connected(), 2);
        let revoked = state.update(Message::Revoke("a".into()), &settings, at(2.0));
        assert_eq!(effects(&revoked), [&Effect::Revoke { id: "a".into() }]);
        assert_eq!(state.devices.len(), 1);
    }
}
