//! The disk's room as the operator needs to know it: how long a take could last before one begins, and a word in time while
//! one runs. The end of a take that fills its disk is the recorder's own matter.

use crate::core::disk::{KEEP_FREE_BYTES, bytes_per_sec, secs_at};
use crate::core::frame::VideoFormat;
use crate::core::health::Health;
use crate::core::time::Moment;

use super::{Action, notice};

/// Seconds between two looks while nothing is recorded.
const LOOK_SECS: f64 = 5.0;
/// With less than this left, the operator is told.
const WARN_SECS: u64 = 5 * 60;
/// And told again only after there was more than this.
const CALM_SECS: u64 = 10 * 60;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Free space where takes are written, as it was last looked up.
    free: Option<u64>,
    asked: Option<Moment>,
    warned: bool,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Bytes.
    Free(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Look,
}

impl State {
    pub fn update(&mut self, message: Message) {
        let Message::Free(bytes) = message;
        self.free = Some(bytes);
    }

    /// Looks again now and then, where the figure is `shown`.
    pub fn tick(&mut self, shown: bool, now: Moment) -> Vec<Action> {
        let due = self.asked.is_none_or(|asked| now.secs_from(asked) >= LOOK_SECS);
        if !shown || !due {
            return Vec::new();
        }
        self.asked = Some(now);
        vec![Action::Do(super::Effect::Disk(Effect::Look))]
    }

    /// Seconds that a take in these formats could last; `None` while it is not known.
    pub fn secs_left(&self, video: Option<&VideoFormat>, sound: bool) -> Option<u64> {
        let rate = bytes_per_sec(video, sound);
        self.free.filter(|_| rate > 0).map(|free| secs_at(free, KEEP_FREE_BYTES, rate as f64))
    }

    /// A running take's health: warns once when the end comes near.
    pub fn health(&mut self, health: &Health) -> Vec<Action> {
        self.free = Some(health.disk_free_bytes);
        let Some(secs) = health.disk_secs_left else { return Vec::new() };
        if secs > CALM_SECS {
            self.warned = false;
        }
        if secs >= WARN_SECS || std::mem::replace(&mut self.warned, true) {
            return Vec::new();
        }
        let left = match secs / 60 {
            0 => "less than a minute".to_owned(),
            1 => "about a minute".to_owned(),
            minutes => format!("about {minutes} minutes"),
        };
        let text = format!("The disk has room for {left} of this take.");
        let fix = "Free some space, or come to an end: 30 s before the disk is full the take is ended and kept.".to_owned();
        vec![Action::Tell(super::Message::Notice(notice::Message::Warn { text, fix }))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(disk: &mut State, secs: u64) -> Option<String> {
        let health = Health { disk_secs_left: Some(secs), ..Health::default() };
        disk.health(&health).into_iter().find_map(|action| match action {
            Action::Tell(crate::studio::Message::Notice(notice::Message::Warn { text, .. })) => Some(text),
            _ => None,
        })
    }

    #[test]
    fn a_warning_comes_once_and_again_only_after_a_calm() {
        let mut disk = State::default();
        assert_eq!(disk.health(&Health::default()).len(), 0, "nothing is known yet");
        assert_eq!(told(&mut disk, 301), None);
        assert_eq!(told(&mut disk, 299).unwrap(), "The disk has room for about 4 minutes of this take.");
        for secs in [290, 310, 599, 250, 40] {
            assert_eq!(told(&mut disk, secs), None, "{secs}");
        }
        assert_eq!(told(&mut disk, 601), None);
        assert_eq!(told(&mut disk, 100).unwrap(), "The disk has room for about a minute of this take.");
        assert_eq!(told(&mut disk, 7000), None);
        assert_eq!(told(&mut disk, 45).unwrap(), "The disk has room for less than a minute of this take.");
    }

    #[test]
    fn it_looks_now_and_then_and_only_where_it_is_shown() {
        let mut disk = State::default();
        let at = |secs: f64| Moment(0).plus_secs(secs);
        let looks = |disk: &mut State, shown: bool, secs: f64| disk.tick(shown, at(secs)).len();
        assert_eq!(looks(&mut disk, false, 0.0), 0);
        assert_eq!((looks(&mut disk, true, 1.0), looks(&mut disk, true, 2.0), looks(&mut disk, true, 6.0)), (1, 0, 1));
        assert_eq!(disk.secs_left(None, true), None);
        disk.update(Message::Free(KEEP_FREE_BYTES + 20_000 * 90));
        assert_eq!((disk.secs_left(None, true), disk.secs_left(None, false)), (Some(90), None));
    }
}
