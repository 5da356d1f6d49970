//! What the microphone gives, as far as it is the studio's business: that there is no sound, and that it comes from one side.
//! The levels themselves go to the screen past the model.

use crate::core::loudness::{Heard, Side};
use crate::core::problem::Problem;
use crate::core::time::Moment;

use super::Action;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Since when the microphone has given no sound; `None` while it does, and while none is open.
    pub silent_since: Option<Moment>,
    /// The one channel of two that gives sound.
    pub only: Option<Side>,
}

/// How things stand with the microphone that is open, told when it changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    pub silent_since: Option<Moment>,
    pub only: Option<Side>,
}

impl Message {
    /// What was `heard` up to `now`.
    pub fn of(heard: &Heard, now: Moment) -> Message {
        let since = Moment(now.0.saturating_sub(crate::core::time::nanos(heard.quiet_secs)));
        Message { silent_since: heard.is_mute().then_some(since), only: heard.only }
    }

    /// Nothing new: a silence goes on, whenever exactly it began.
    pub fn says_the_same(&self, other: &Message) -> bool {
        (self.silent_since.is_some(), self.only) == (other.silent_since.is_some(), other.only)
    }
}

impl State {
    /// `rolling` while a take runs: then silence is worth a word, because nobody looks at the meter.
    pub fn update(&mut self, message: Message, rolling: bool) -> Vec<Action> {
        let fell_silent = message.silent_since.is_some() && self.silent_since.is_none();
        *self = State { silent_since: message.silent_since, only: message.only };
        if !(fell_silent && rolling) {
            return Vec::new();
        }
        let fix = "Look whether the microphone is switched off or unplugged. The take goes on.";
        vec![Action::show(&Problem::failed("The microphone gives no sound.", fix))]
    }

    /// For how long there has been no sound, seconds.
    pub fn silent_secs(&self, now: Moment) -> Option<f64> {
        self.silent_since.map(|since| now.secs_from(since))
    }
}
