//! Pausing a take and going on with it. The recorder decides to the frame when that is, and tells it with its clock; until then the
//! take counts as what it was, so that nobody reads “paused” while something is still recorded, nor the other way round.

use super::{Action, Effect, Phase, State, Studio, do_, prompter, tell_prompter};
use crate::core::take_clock::TakeClock;
use crate::core::time::Moment;

impl State {
    /// Pauses, or goes on. The prompter stops at once, since the reader does.
    pub(super) fn pause(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let Phase::Rolling(rolling) = &mut self.phase else { return Vec::new() };
        let stands = rolling.pausing.is_some() || rolling.paused_since().is_some();
        if stands && !rolling.resuming {
            rolling.resuming = true;
            return vec![do_(Effect::Resume(now))];
        }
        let mut actions = vec![do_(Effect::Pause(now))];
        if !std::mem::take(&mut rolling.resuming) {
            rolling.pausing = Some(now);
            // At its end it stands and waits; to start it there would be to begin again.
            rolling.takes_prompter_on = studio.prompter.course.running() && !studio.prompter.ended(now);
        }
        if rolling.takes_prompter_on {
            actions.push(tell_prompter(prompter::Message::Pause));
        }
        actions
    }

    /// Takes over the recorder's clock, unless a newer one is known.
    pub(super) fn turned(&mut self, clock: TakeClock, studio: &Studio<'_>) -> Vec<Action> {
        let Phase::Rolling(rolling) = &mut self.phase else { return Vec::new() };
        if clock.turns() <= rolling.clock.turns() {
            return Vec::new();
        }
        rolling.clock = clock;
        rolling.pausing = None;
        let goes_on = rolling.paused_since().is_none() && std::mem::take(&mut rolling.resuming);
        if goes_on && rolling.takes_prompter_on && !studio.prompter.course.running() {
            return vec![tell_prompter(prompter::Message::Start)];
        }
        Vec::new()
    }
}
