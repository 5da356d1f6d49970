//! A take that was interrupted, as the person is asked about it: what of it is safe, and when it broke off.

use super::take::Take;
use super::time::{SECOND, clock, when};

/// A take whose process died, mended as far as it can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Interrupted {
    pub take: Take,
    /// The place's wall clock at its last sign of life, `2026-11-21T14:32:05`; empty when it is not known.
    pub at: String,
}

impl Interrupted {
    /// Nothing of it can be seen or heard.
    pub fn is_empty(&self) -> bool {
        let without_picture = self.take.width == 0;
        if without_picture { self.take.nanos == 0 } else { self.take.frames == 0 }
    }

    /// `Take 3 was interrupted at 14:32 — 12:40 is safe.` The day is said unless it is `today` (`2026-11-21`).
    pub fn sentence(&self, today: Option<&str>, with_title: bool) -> String {
        let when = when(&self.at, today).map_or_else(String::new, |when| format!(" {when}"));
        format!("{} was interrupted{when} — {}.", self.name(with_title), self.safe())
    }

    /// `Take 3`, or `Take 3 of “Why we write”`.
    pub fn name(&self, with_title: bool) -> String {
        let title = if with_title { format!(" of “{}”", self.take.title) } else { String::new() };
        format!("Take {}{title}", self.take.number)
    }

    fn safe(&self) -> String {
        match (self.is_empty(), self.take.width) {
            (true, 0) => "there is no sound in it".to_owned(),
            (true, _) => "there is no picture in it".to_owned(),
            (false, _) if self.take.nanos < SECOND => "less than a second is safe".to_owned(),
            (false, _) => format!("{} is safe", clock(self.take.nanos)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::take::{TakeState, made_up};

    fn interrupted(at: &str, nanos: u64, frames: u64) -> Interrupted {
        let take = Take { state: TakeState::Interrupted, nanos, frames, ..made_up::take(3) };
        Interrupted { take, at: at.into() }
    }

    #[test]
    fn the_day_is_said_when_it_was_not_today() {
        let found = interrupted("2026-11-09T14:32:05", 760 * SECOND, 22_800);
        let said = |today| found.sentence(today, false);
        assert_eq!(said(Some("2026-11-09")), "Take 3 was interrupted at 14:32 — 12:40 is safe.");
        assert_eq!(said(Some("2026-11-21")), "Take 3 was interrupted on 9 Nov at 14:32 — 12:40 is safe.");
        assert_eq!(said(Some("2027-01-01")), "Take 3 was interrupted on 9 Nov 2026 at 14:32 — 12:40 is safe.");
        assert_eq!(said(None), said(Some("2026-11-21")));
        assert!(found.sentence(None, true).starts_with("Take 3 of “Why we write” was interrupted on 9 Nov"));
    }

    #[test]
    fn a_time_that_is_none_is_left_out() {
        for at in ["", "yesterday", "2026-13-01T10:00", "2026-00-01T10:00", "T", "–T–"] {
            assert_eq!(
                interrupted(at, 760 * SECOND, 9).sentence(None, false),
                "Take 3 was interrupted — 12:40 is safe.",
                "{at}"
            );
        }
    }

    #[test]
    fn what_holds_nothing_says_so() {
        let at = "2026-11-09T14:32:05";
        let said = |found: &Interrupted| found.sentence(Some("2026-11-09"), false);
        let empty = interrupted(at, 3 * SECOND, 0);
        assert!(empty.is_empty() && said(&empty).ends_with("— there is no picture in it."), "its journal is no picture");
        let short = interrupted(at, SECOND / 2, 15);
        assert!(!short.is_empty() && said(&short).ends_with("— less than a second is safe."));
        let mut voice = interrupted(at, 0, 0);
        voice.take.width = 0;
        assert!(voice.is_empty() && said(&voice).ends_with("— there is no sound in it."));
        voice.take.nanos = 5 * SECOND;
        assert!(!voice.is_empty(), "a take of sound alone has no pictures");
    }
}
