//! News travel, so what a display showed and what it is told differ a little when an order or a better measurement of the
//! clock arrives late. The difference fades instead of being jumped over.

use crate::core::time::Moment;

/// Seconds in which a difference fades.
const FADE_SECS: f64 = 0.35;

/// A difference in ems that fades from a moment on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glide {
    from: Moment,
    ems: f64,
}

impl Glide {
    /// The text stood at `shown` and would now jump to `told`.
    pub fn between(shown: f64, told: f64, now: Moment) -> Glide {
        let ems = shown - told;
        if ems.is_finite() { Glide { from: now, ems } } else { Glide::default() }
    }

    /// What is left of it.
    pub fn at(&self, now: Moment) -> f64 {
        let x = (now.secs_from(self.from) / FADE_SECS).clamp(0.0, 1.0);
        // Flat at both ends, so that neither position nor velocity jumps.
        self.ems * (1.0 - x * x * x * (10.0 - 15.0 * x + 6.0 * x * x))
    }

    pub fn over(&self, now: Moment) -> bool {
        self.ems == 0.0 || now.secs_from(self.from) >= FADE_SECS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_where_the_text_stood_and_ends_where_it_should() {
        let at = |secs: f64| Moment(1 << 40).plus_secs(secs);
        let glide = Glide::between(10.0, 12.0, at(0.0));
        assert_eq!((glide.at(at(0.0)), glide.at(at(FADE_SECS))), (-2.0, 0.0));
        let steps: Vec<f64> = (0..=100).map(|i| glide.at(at(FADE_SECS * f64::from(i) / 100.0))).collect();
        assert!(steps.is_sorted() && steps.windows(2).all(|pair| pair[1] - pair[0] < 0.04));
        assert!(!glide.over(at(0.1)) && glide.over(at(FADE_SECS)));
    }
}
