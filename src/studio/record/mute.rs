//! Asking before a take is recorded without sound: found out afterwards it is too late. Whoever chose no microphone has
//! answered already, and one answer holds until the microphone gives sound again or another one is chosen.

use crate::core::device::DeviceChoice;
use crate::core::problem::Problem;
use crate::core::time::Moment;
use crate::studio::devices::Port;

use super::Studio;

/// “Record” given again this long after the question came up means yes: a pedal has no other word for it. Sooner it was
/// pressed twice by mistake.
const AGAIN_SECS: f64 = 1.0;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the person is being asked; nothing is recorded meanwhile.
    pub question: Option<Question>,
    /// The choice of microphone that was accepted as mute.
    accepted: Option<DeviceChoice>,
    /// Nobody is there to be asked: a microphone that fails refuses the take, and one that gives nothing is recorded.
    pub unattended: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub cause: Cause,
    /// When it was first put.
    asked: Moment,
}

/// Why a take would have no sound.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The microphone does not open, or is gone, or there is none.
    Failed(Problem),
    /// It is open and gives nothing; its name.
    Silent(String),
}

/// What the person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Record all the same.
    Record,
    /// Look for another microphone first.
    Choose,
    Cancel,
}

/// What is to be done with a wish to record, once the devices have answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    Record,
    /// The question is put.
    Ask,
    Refuse(Problem),
}

impl Cause {
    /// Why the take that is to begin now would be mute, if it would.
    fn of(studio: &Studio<'_>) -> Option<Cause> {
        match &studio.devices.microphone {
            Port::Failed(problem) => Some(Cause::Failed(problem.clone())),
            Port::Open { device, .. } if studio.sound.silent_since.is_some() => Some(Cause::Silent(device.label.clone())),
            _ => None,
        }
    }

    /// Both are the same question, however it is worded.
    fn is_like(&self, other: &Cause) -> bool {
        matches!((self, other), (Cause::Failed(_), Cause::Failed(_)) | (Cause::Silent(_), Cause::Silent(_)))
    }
}

impl State {
    /// Judges a wish to record.
    pub(super) fn judge(&mut self, studio: &Studio<'_>, now: Moment) -> Verdict {
        let Some(cause) = Cause::of(studio) else {
            // It can be heard, so a later failure is news.
            (self.accepted, self.question) = (None, None);
            return Verdict::Record;
        };
        if self.accepted.as_ref() == Some(&studio.settings.microphone) {
            self.question = None;
            return Verdict::Record;
        }
        if self.unattended {
            return match cause {
                Cause::Failed(problem) => Verdict::Refuse(problem),
                Cause::Silent(_) => Verdict::Record,
            };
        }
        self.question = Some(Question { cause, asked: now });
        Verdict::Ask
    }

    /// “Record” while the question is up: whether that means yes.
    pub(super) fn means_yes(&self, now: Moment) -> bool {
        self.question.as_ref().is_some_and(|question| now.secs_from(question.asked) >= AGAIN_SECS)
    }

    /// Takes the person's yes.
    pub(super) fn accept(&mut self, studio: &Studio<'_>) {
        self.question = None;
        self.accepted = Some(studio.settings.microphone.clone());
    }

    /// Takes the question back once its cause is gone: the microphone was switched on while it was up.
    pub(super) fn look_again(&mut self, studio: &Studio<'_>) {
        let stands = |question: &Question| Cause::of(studio).is_some_and(|cause| cause.is_like(&question.cause));
        self.question = self.question.take().filter(stands);
    }
}
