//! A clip fitted to the seconds that its scene really takes. Engines make clips of the lengths they offer, readers take the time they
//! take: what is too long is shortened at its end, what is a little too short plays slower or rests on its last picture, and what is
//! much too short is said to want making again. Pure numbers; joining realises them (`media::join`).

use serde::{Deserialize, Serialize};

/// How much slower a clip may play before it looks slow: a quarter more time.
pub const SLOWEST: f64 = 0.8;

/// How much faster, where its end has to be seen because the next clip begins with it.
pub const FASTEST: f64 = 1.25;

/// A last picture that stands longer than this looks like a fault.
pub const LONGEST_HOLD_SECS: f64 = 1.5;

/// Less than this is nobody's difference: a frame at 24 a second.
const NEAR_SECS: f64 = 0.042;

/// How a clip fills its scene. What is shown, in order: `shown` seconds of the clip at `speed`, then its last picture for `hold` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    pub way: Way,
    /// Seconds of the clip, from its beginning.
    pub shown: f64,
    /// 1: as it was made; below: slower.
    pub speed: f64,
    /// Seconds that the last picture stands.
    pub hold: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is as long as its scene.
    Whole,
    Trimmed,
    Slower,
    Faster,
    Held,
    /// Too short for its scene. It is slowed down and held all the same; better is a new one of so many seconds.
    Again {
        seconds: f64,
    },
}

impl Fit {
    /// Fits a clip of `has` seconds to a scene of `wants` seconds. `keep_end`: its last picture has to be seen, because the next clip
    /// begins with it. A clip or scene without length is shown as it is.
    pub fn of(has: f64, wants: f64, keep_end: bool) -> Fit {
        let whole = Fit { way: Way::Whole, shown: has.max(0.0), speed: 1.0, hold: 0.0 };
        let usable = |secs: f64| secs.is_finite() && secs > 0.0;
        if !usable(has) || !usable(wants) || (has - wants).abs() < NEAR_SECS {
            return whole;
        }
        let speed = has / wants;
        if speed > 1.0 {
            return match keep_end && speed <= FASTEST {
                true => Fit { way: Way::Faster, speed, ..whole },
                false => Fit { way: Way::Trimmed, shown: wants, ..whole },
            };
        }
        if speed >= SLOWEST {
            return Fit { way: Way::Slower, speed, ..whole };
        }
        let hold = wants - has / SLOWEST;
        let way = if hold <= LONGEST_HOLD_SECS { Way::Held } else { Way::Again { seconds: wants } };
        Fit { way, speed: SLOWEST, hold, ..whole }
    }

    /// How long it is shown in all.
    pub fn seconds(&self) -> f64 {
        self.shown / self.speed + self.hold
    }

    /// For a person: what was done to it, and what would be better. Empty where nothing was.
    pub fn words(&self) -> String {
        match self.way {
            Way::Whole => String::new(),
            Way::Trimmed => format!("shortened to {:.1} s", self.shown),
            Way::Slower => format!("{:.0} % slower", (1.0 / self.speed - 1.0) * 100.0),
            Way::Faster => format!("{:.0} % faster", (self.speed - 1.0) * 100.0),
            Way::Held => format!("slower, and rests for {:.1} s", self.hold),
            Way::Again { seconds } => format!("too short; make it again at {seconds:.0} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_finds_its_way() {
        let way = |has, wants, keep_end| Fit::of(has, wants, keep_end).way;
        assert_eq!(way(5.0, 5.02, false), Way::Whole);
        assert_eq!(way(10.0, 9.0, false), Way::Trimmed);
        assert_eq!(way(10.0, 9.0, true), Way::Faster);
        assert_eq!(way(10.0, 4.0, true), Way::Trimmed);
        assert_eq!(way(5.0, 6.0, false), Way::Slower);
        assert_eq!(way(5.0, 7.0, false), Way::Held);
        assert_eq!(way(5.0, 12.0, false), Way::Again { seconds: 12.0 });
    }

    #[test]
    fn whatever_the_lengths_the_scene_is_filled() {
        for has in [0.5, 2.0, 5.0, 9.97, 60.0] {
            for wants in [0.4, 2.0, 5.0, 6.1, 6.25, 6.26, 30.0] {
                for keep_end in [false, true] {
                    let fit = Fit::of(has, wants, keep_end);
                    assert!((fit.seconds() - wants).abs() < NEAR_SECS, "{has} for {wants}: {fit:?}");
                    assert!((SLOWEST..=FASTEST).contains(&fit.speed) && fit.shown <= has && fit.hold >= 0.0, "{fit:?}");
                }
            }
        }
    }

    #[test]
    fn no_length_changes_nothing() {
        for (has, wants) in [(0.0, 5.0), (5.0, 0.0), (f64::NAN, 5.0), (5.0, f64::INFINITY), (-1.0, 5.0)] {
            let fit = Fit::of(has, wants, true);
            assert_eq!((fit.way, fit.speed, fit.hold), (Way::Whole, 1.0, 0.0), "{has} {wants}");
        }
    }

    #[test]
    fn a_person_reads_what_was_done() {
        assert_eq!(Fit::of(5.0, 6.0, false).words(), "20 % slower");
        assert_eq!(Fit::of(5.0, 30.0, false).words(), "too short; make it again at 30 s");
        assert_eq!(Fit::of(5.0, 5.0, false).words(), "");
    }
}
