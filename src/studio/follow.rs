//! Following the voice: the talent reads, the prompter goes along. Decides when the recogniser listens and for what, and turns
//! believed places into positions of the prompter. It never moves a prompter that stands by somebody's wish, waits while
//! nothing is said, and leaves the prompter to its own pace when the voice can't be made out for long.

use std::sync::Arc;

use crate::core::follow::{Belief, Follower, Heard, Hearing, Places, Window, Words};
use crate::core::problem::Problem;
use crate::core::script::Script;
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::{Action, devices, prepare, prompter};

/// Seconds of speech that fits nowhere after which the prompter goes at its own pace. Longer than an aside.
const LOST_SECS: f64 = 15.0;
/// Seconds without an answer from the recogniser after which the same happens. Longer than a restart takes.
const MUTE_SECS: f64 = 3.0;
/// The prompter is told again when it would stray this far from the voice, in ems, or differs by this part of its speed.
const STRAY_EMS: f64 = 0.2;
const STRAY_SPEED: f64 = 0.25;
/// It is told at least this often while it moves, in seconds: without news it stops (`Course::lead`).
const TELL_SECS: f64 = 0.8;
/// In silence the text does not creep back this far, in ems.
const OVERSHOOT_EMS: f64 = 2.0;
/// Words the prompter may go on by itself before the voice is looked for around its new place.
const APART_WORDS: usize = 60;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// `None` while no voice is followed.
    pub on: Option<Box<On>>,
    /// Grows with each start, so that late answers are refused.
    session: u64,
}

/// A voice that is followed, or will be as soon as there is a microphone.
#[derive(Clone, Debug)]
pub struct On {
    pub belief: Belief,
    /// The recogniser has answered.
    pub ready: bool,
    /// The prompter goes at its own pace, because the voice can't be made out.
    pub steady: bool,
    follower: Follower,
    places: Places,
    /// Layout that `places` were counted out on.
    revision: u64,
    /// The recogniser was started.
    started: bool,
    /// When it last said something, or was started.
    answered: Moment,
    /// When the prompter was last told.
    told: Moment,
}

#[derive(Clone, Debug)]
pub enum Message {
    Toggle,
    /// The recogniser has loaded its model.
    Ready {
        session: u64,
    },
    /// What it heard; the newest sound of it was taken at `at`.
    Heard {
        session: u64,
        heard: Heard,
        at: Moment,
    },
    /// It will not come.
    Failed {
        session: u64,
        problem: Problem,
    },
    /// Somebody moved the prompter, or it was laid out anew.
    Moved,
    /// The words are others.
    ScriptChanged,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Starts a recogniser with the microphone that is open.
    Start {
        session: u64,
        window: Window,
        model: Option<String>,
    },
    /// What it is to listen for from now on.
    Listen(Window),
    Stop,
}

/// The rest of the studio, as a follower sees it.
pub struct Studio<'a> {
    pub settings: &'a Settings,
    pub prepare: &'a prepare::State,
    pub prompter: &'a prompter::State,
    pub devices: &'a devices::State,
}

impl State {
    /// How sure the place is, 0 to 1; `None` while no voice is followed.
    pub fn confidence(&self) -> Option<f32> {
        self.on.as_ref().map(|on| if on.steady { 0.0 } else { on.belief.confidence })
    }

    pub fn update(&mut self, message: Message, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let current = self.session;
        match (message, &mut self.on) {
            (Message::Toggle, None) => self.switch_on(studio, now),
            (Message::Toggle, Some(_)) => self.switch_off(studio),
            (Message::Ready { session }, Some(on)) if session == current => {
                (on.ready, on.answered) = (true, now);
                Vec::new()
            }
            (Message::Heard { session, heard, at }, Some(on)) if session == current => on.hear(&heard, at, studio, now),
            (Message::Failed { session, problem }, Some(_)) if session == current => {
                let mut actions = self.switch_off(studio);
                actions.push(Action::show(&problem));
                actions
            }
            (Message::Moved, Some(on)) => on.moved(studio, now),
            (Message::ScriptChanged, Some(on)) => {
                on.read(&studio.prepare.script, studio.prompter, now);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The recogniser runs while a voice is followed and a microphone is open. When it is mute for long, the prompter goes on
    /// by itself.
    pub fn tick(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let Some(on) = &mut self.on else { return Vec::new() };
        let open = matches!(studio.devices.microphone, devices::Port::Open { .. });
        if open && !on.started {
            self.session += 1;
            (on.started, on.ready, on.answered) = (true, false, now);
            on.follower.new_window();
            let (session, window) = (self.session, on.follower.window());
            return vec![do_(Effect::Start { session, window, model: studio.settings.voice_model.clone() })];
        }
        if !open && on.started {
            on.started = false;
            on.belief = Belief::default();
            return vec![do_(Effect::Stop)];
        }
        let mute = now.secs_from(on.answered) > MUTE_SECS;
        if mute && studio.prompter.course.running() && !on.steady {
            return on.go_steady();
        }
        Vec::new()
    }

    fn switch_on(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        if let Err(problem) = possible(studio) {
            return vec![Action::show(&problem)];
        }
        let mut on = On {
            belief: Belief::default(),
            ready: false,
            steady: false,
            follower: Follower::new(Arc::default(), 0),
            places: Places::default(),
            revision: 0,
            started: false,
            answered: now,
            told: now,
        };
        on.read(&studio.prepare.script, studio.prompter, now);
        let mut actions = on.moved(studio, now);
        self.on = Some(Box::new(on));
        actions.extend(self.tick(studio, now));
        actions
    }

    /// A prompter that was led goes on at its own pace.
    fn switch_off(&mut self, studio: &Studio<'_>) -> Vec<Action> {
        self.on = None;
        self.session += 1;
        let mut actions = vec![do_(Effect::Stop)];
        if studio.prompter.course.running() {
            actions.push(Action::Tell(super::Message::Prompter(prompter::Message::Start)));
        }
        actions
    }
}

/// What is missing, if anything.
fn possible(studio: &Studio<'_>) -> Result<(), Problem> {
    match &studio.devices.microphone {
        devices::Port::Off => {
            let fix = "Choose a microphone under Devices.";
            return Err(Problem::usage("A voice is followed through a microphone, and none is chosen.", fix));
        }
        devices::Port::Failed(problem) => return Err(problem.clone()),
        devices::Port::Closed | devices::Port::Opening | devices::Port::Open { .. } => {}
    }
    let script = &studio.prepare.script;
    if script.words() == 0 {
        return Err(Problem::usage("There are no words to follow.", "Write or open a script first."));
    }
    let language = script.front.language.as_deref().unwrap_or("en");
    if studio.settings.voice_model.is_none() && !language.to_lowercase().starts_with("en") {
        let what = format!("The installed speech model knows English only, and this script is in “{language}”.");
        return Err(Problem::usage(what, "Name a model for that language under Devices, “Speech model”."));
    }
    Ok(())
}

impl On {
    /// Takes over the script's words; the place stays with the prompter.
    fn read(&mut self, script: &Script, prompter: &prompter::State, now: Moment) {
        let words = Arc::new(Words::of(script));
        self.places = Places::of(&words, &prompter.laid);
        self.revision = prompter.laid.revision;
        let place = self.places.word(prompter.course.position(now));
        self.follower.reread(words, place);
    }

    fn hear(&mut self, heard: &Heard, at: Moment, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        self.answered = now;
        let prompter = studio.prompter;
        if self.revision != prompter.laid.revision {
            self.places = Places::of(self.follower.words(), &prompter.laid);
            self.revision = prompter.laid.revision;
        }
        let before = self.follower.place();
        self.belief = self.follower.hear(heard);
        if !prompter.course.running() {
            // It is heard, and that may be shown; but the place is the operator's.
            self.follower.move_to(before);
            return self.window();
        }
        let mut actions = self.window();
        if self.steady {
            actions.extend(self.look_for_voice(prompter, now));
        } else if self.belief.lost_secs > LOST_SECS {
            actions.extend(self.go_steady());
        }
        if !self.steady {
            actions.extend(self.lead(prompter, at, now));
        }
        actions
    }

    fn window(&mut self) -> Vec<Action> {
        self.follower.new_window().map(|window| do_(Effect::Listen(window))).into_iter().collect()
    }

    fn go_steady(&mut self) -> Vec<Action> {
        self.steady = true;
        let text = "The voice can't be made out; the prompter goes on at its own pace until it can.";
        vec![Action::Tell(super::Message::Prompter(prompter::Message::Start)), Action::say(text)]
    }

    /// The prompter goes by itself; is the voice back?
    fn look_for_voice(&mut self, prompter: &prompter::State, now: Moment) -> Vec<Action> {
        if self.belief.hearing == Hearing::Following && self.belief.confidence > 0.5 {
            self.steady = false;
            return Vec::new();
        }
        let place = self.places.word(prompter.course.position(now));
        if place.abs_diff(self.follower.place()) > APART_WORDS {
            self.follower.move_to(place);
        }
        Vec::new()
    }

    /// Tells the prompter where the voice is, unless it is on its way there already.
    fn lead(&mut self, prompter: &prompter::State, at: Moment, now: Moment) -> Vec<Action> {
        let course = &prompter.course;
        let velocity = self.places.velocity(self.belief.place, self.belief.pace);
        // What was heard lies a moment back.
        let age = now.secs_from(at).clamp(0.0, 1.0);
        let mut position = self.places.position(self.belief.place) + velocity * age;
        let here = course.position(now);
        if velocity == 0.0 && here > position && here - position < OVERSHOOT_EMS {
            position = here;
        }
        let moving = course.velocity(now).abs() > 1e-6 || velocity > 0.0;
        let strays = (course.heading(now) - position).abs() > STRAY_EMS;
        let speed = course.speed(now);
        let other_speed = (speed - velocity).abs() > STRAY_SPEED * velocity.max(speed) + 0.02;
        let overdue = moving && now.secs_from(self.told) > TELL_SECS;
        if !(strays || other_speed || overdue) {
            return Vec::new();
        }
        self.told = now;
        vec![Action::Tell(super::Message::Prompter(prompter::Message::Heard { position, velocity }))]
    }

    /// The prompter was moved by hand, set off or stopped: the voice is expected where it is now, and leads it from there.
    fn moved(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let course = &studio.prompter.course;
        if self.revision != studio.prompter.laid.revision {
            self.places = Places::of(self.follower.words(), &studio.prompter.laid);
            self.revision = studio.prompter.laid.revision;
        }
        // At a start the line lags behind by half an ease; the text has not been moved.
        let (here, heading) = (course.position(now), course.heading(now));
        let position = if (here - heading).abs() < 1.0 { here } else { heading };
        self.follower.move_to(self.places.word(position));
        let mut actions = self.window();
        if course.running() && !self.steady {
            self.told = now;
            let heard = prompter::Message::Heard { position, velocity: 0.0 };
            actions.push(Action::Tell(super::Message::Prompter(heard)));
        }
        actions
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Follow(effect))
}

#[cfg(test)]
mod tests;
