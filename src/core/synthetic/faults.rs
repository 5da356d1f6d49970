//! What a synthetic device does wrong, and when: real ones are unplugged, freeze, change their format, slow down in the dark
//! and count by a crystal that is off, and a studio that says it survives that can be asked to show it. The way faults are
//! written is in `docs/SYNTHETIC.md`.

use crate::core::time::SECOND;

/// One fault of a synthetic camera or microphone; times are nanoseconds from the moment its time counts from, which is when it
/// was first opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is unplugged at `at`, and can be opened again from `until` on.
    Gone { at: u64, until: u64 },
    /// It delivers nothing from `at` to `until`, and says nothing about it.
    Frozen { at: u64, until: u64 },
    /// From then on a camera gives pictures of half the width and height, a microphone sound at 44.1 kHz.
    Changed { at: u64 },
    /// A camera gives every other picture only, as webcams do in the dark; a microphone does nothing of the kind.
    Dark { at: u64, until: u64 },
    /// A microphone's crystal is off by so many parts in a million, fast when above 0; a camera's does not matter.
    Drift { ppm: i32 },
}

/// No sound card is off by more than half a percent.
const MAX_PPM: i32 = 5_000;

impl Fault {
    /// Reads `synthetic:gone@3`, `synthetic:frozen@3` (both with `+2` for two seconds, without it for good), `synthetic:changed@3`,
    /// `synthetic:dark@3+2` and `synthetic:drift@-200`.
    pub fn of_name(name: &str) -> Option<Fault> {
        let (kind, times) = name.strip_prefix("synthetic:")?.split_once('@')?;
        if kind == "drift" {
            let ppm: i32 = times.parse().ok()?;
            return (-MAX_PPM..=MAX_PPM).contains(&ppm).then_some(Fault::Drift { ppm });
        }
        let (at, length) = times.split_once('+').map_or((times, None), |(at, length)| (at, Some(length)));
        let at = nanos(at)?;
        match (kind, length) {
            ("gone", length) => Some(Fault::Gone { at, until: end(at, length)? }),
            ("frozen", length) => Some(Fault::Frozen { at, until: end(at, length)? }),
            ("dark", length) => Some(Fault::Dark { at, until: end(at, length)? }),
            ("changed", None) => Some(Fault::Changed { at }),
            _ => None,
        }
    }

    pub fn gone(self, elapsed: u64) -> bool {
        matches!(self, Fault::Gone { at, until } if (at..until).contains(&elapsed))
    }

    pub fn frozen(self, elapsed: u64) -> bool {
        matches!(self, Fault::Frozen { at, until } if (at..until).contains(&elapsed))
    }

    pub fn changed(self, elapsed: u64) -> bool {
        matches!(self, Fault::Changed { at } if elapsed >= at)
    }

    pub fn dark(self, elapsed: u64) -> bool {
        matches!(self, Fault::Dark { at, until } if (at..until).contains(&elapsed))
    }

    /// How far the crystal is off, in parts in a million.
    pub fn drift_ppm(self) -> i32 {
        match self {
            Fault::Drift { ppm } => ppm,
            _ => 0,
        }
    }
}

/// When what began at `at` is over: never, without a length.
fn end(at: u64, length: Option<&str>) -> Option<u64> {
    length.map_or(Some(u64::MAX), |length| at.checked_add(nanos(length)?))
}

/// Seconds, at most a day.
fn nanos(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    (0.0..=86_400.0).contains(&seconds).then_some((seconds * SECOND as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_rubbish_is_a_device_of_that_name() {
        assert_eq!(Fault::of_name("synthetic:gone@3"), Some(Fault::Gone { at: 3 * SECOND, until: u64::MAX }));
        assert_eq!(Fault::of_name("synthetic:gone@3+1"), Some(Fault::Gone { at: 3 * SECOND, until: 4 * SECOND }));
        assert_eq!(Fault::of_name("synthetic:frozen@1.5+2"), Some(Fault::Frozen { at: 3 * SECOND / 2, until: 7 * SECOND / 2 }));
        assert_eq!(Fault::of_name("synthetic:changed@0"), Some(Fault::Changed { at: 0 }));
        assert_eq!(Fault::of_name("synthetic:dark@2"), Some(Fault::Dark { at: 2 * SECOND, until: u64::MAX }));
        assert_eq!(Fault::of_name("synthetic:drift@-200"), Some(Fault::Drift { ppm: -200 }));
        for name in ["synthetic", "synthetic:", "synthetic:gone", "synthetic:drift", "synthetic:day"] {
            assert_eq!(Fault::of_name(name), None, "{name}");
        }
        for wrong in ["gone@-1", "gone@nan", "changed@3+1", "drift@9999", "drift@1+1", "dark@1+"] {
            assert_eq!(Fault::of_name(&format!("synthetic:{wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn a_fault_begins_and_ends_at_its_times() {
        let frozen = Fault::Frozen { at: 10, until: 20 };
        assert!(!frozen.frozen(9) && frozen.frozen(10) && frozen.frozen(19) && !frozen.frozen(20));
        let gone = Fault::Gone { at: 10, until: 20 };
        assert!(!gone.gone(9) && gone.gone(10) && !gone.gone(20) && !gone.changed(10));
    }
}
