//! Recording the screen beside the camera: which part of it, how large its picture becomes, and when each picture is shown.

use serde::{Deserialize, Serialize};

use super::monitor::Monitor;
use super::time::Moment;

/// Which part of the screen is recorded where the program may choose (X11). On Wayland the desktop asks the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenChoice {
    /// The main monitor.
    #[default]
    Primary,
    /// All monitors in one picture.
    Whole,
    /// A monitor by its name.
    Named(String),
}

impl ScreenChoice {
    /// As the command line writes it: `primary`, `whole`, or a monitor's name.
    pub fn parse(text: &str) -> ScreenChoice {
        match text {
            "primary" | "" => ScreenChoice::Primary,
            "whole" => ScreenChoice::Whole,
            name => ScreenChoice::Named(name.to_owned()),
        }
    }
}

/// A part of the desktop in pixels, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub label: String,
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

/// The chosen part of a desktop of `whole` pixels with these monitors; `None` when the monitor is not there. Sides are even, as
/// encoders want them, and nothing outside the desktop is asked for.
pub fn region(choice: &ScreenChoice, monitors: &[Monitor], whole: (u32, u32)) -> Option<Region> {
    let all = || Region { label: "Whole screen".to_owned(), x: 0, y: 0, width: whole.0, height: whole.1 };
    let of = |monitor: &Monitor| Region {
        label: monitor.name.clone(),
        x: monitor.x,
        y: monitor.y,
        width: monitor.width,
        height: monitor.height,
    };
    let found = match choice {
        ScreenChoice::Whole => all(),
        ScreenChoice::Primary => monitors.iter().find(|monitor| monitor.primary).or(monitors.first()).map_or_else(all, of),
        ScreenChoice::Named(name) => monitors.iter().find(|monitor| monitor.name == *name).map(of)?,
    };
    let (left, top) = (found.x.max(0), found.y.max(0));
    let side = |from: i32, length: u32, start: i32, limit: u32| {
        let end = (i64::from(from) + i64::from(length)).min(i64::from(limit));
        u32::try_from(end - i64::from(start)).unwrap_or(0) / 2 * 2
    };
    let (width, height) = (side(found.x, found.width, left, whole.0), side(found.y, found.height, top, whole.1));
    (width > 0 && height > 0).then_some(Region { x: left, y: top, width, height, ..found })
}

/// The largest picture that is recorded; a larger screen is made smaller, keeping its shape.
const MOST: (u32, u32) = (3840, 2160);

/// The size a screen of this size is recorded at: even, and at most 4K.
pub fn recorded_size(width: u32, height: u32) -> (u32, u32) {
    let part = (f64::from(MOST.0) / f64::from(width.max(1))).min(f64::from(MOST.1) / f64::from(height.max(1))).min(1.0);
    let even = |side: u32| ((f64::from(side) * part) as u32 / 2 * 2).max(2);
    (even(width), even(height))
}

/// A picture that does not change is shown again after this time, so that the file grows with the take and a kill loses little.
const AGAIN_NANOS: u64 = 100_000_000;

/// And that far behind the present, so that a picture on its way from the screen still finds its place.
const LAG_NANOS: u64 = 200_000_000;

/// Two pictures never have the same time; the file's clock ticks ten times in this.
const STEP_NANOS: u64 = 1_000_000;

/// When the pictures of a screen are shown. Screens give a picture when something changes, early, late, or not for minutes;
/// a file wants times that only grow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    last: Option<Moment>,
}

impl Pace {
    /// When a picture that came with this stamp is shown, in a take that began at `zero`.
    pub fn fresh(&mut self, stamp: Moment, zero: Moment) -> Moment {
        let after = self.last.map_or(zero, |last| Moment(last.0.saturating_add(STEP_NANOS)));
        self.show(stamp.max(after))
    }

    /// When the newest picture is shown again because none has come since; `None` while it is not time for that.
    pub fn again(&mut self, now: Moment, zero: Moment) -> Option<Moment> {
        let Some(last) = self.last else { return Some(self.show(zero)) };
        let at = Moment(now.0.saturating_sub(LAG_NANOS));
        (at.since(last) >= AGAIN_NANOS).then(|| self.show(at))
    }

    /// The same at the end of the take, so that both files end together.
    pub fn end(&mut self, now: Moment) -> Option<Moment> {
        let last = self.last?;
        (now.since(last) >= STEP_NANOS).then(|| self.show(now))
    }

    fn show(&mut self, at: Moment) -> Moment {
        self.last = Some(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn monitor(name: &str, x: i32, width: u32, height: u32, primary: bool) -> Monitor {
        Monitor { name: name.into(), x, y: 0, width, height, scale: 1.0, refresh_millihertz: None, primary }
    }

    #[test]
    fn the_chosen_part_is_even_and_inside() {
        let monitors = [monitor("LVDS-1", 1920, 1367, 769, false), monitor("HDMI-1", 0, 1920, 1080, true)];
        let of = |choice: ScreenChoice| region(&choice, &monitors, (3287, 1080));
        let primary = of(ScreenChoice::Primary).unwrap();
        assert_eq!((primary.label.as_str(), primary.x, primary.width, primary.height), ("HDMI-1", 0, 1920, 1080));
        let lens = of(ScreenChoice::Named("LVDS-1".into())).unwrap();
        assert_eq!((lens.x, lens.width, lens.height), (1920, 1366, 768));
        let whole = of(ScreenChoice::Whole).unwrap();
        assert_eq!((whole.x, whole.width, whole.height), (0, 3286, 1080));
        assert_eq!(of(ScreenChoice::Named("DP-9".into())), None);
    }

    #[test]
    fn what_stands_over_the_desktops_edge_is_cut_and_what_lies_outside_is_nothing() {
        let of = |x, width| region(&ScreenChoice::Primary, &[monitor("A", x, width, 800, true)], (1280, 800));
        assert_eq!(of(1000, 1920).map(|region| (region.x, region.width)), Some((1000, 280)));
        assert_eq!(of(-100, 500).map(|region| (region.x, region.width)), Some((0, 400)));
        assert_eq!(of(5000, 100), None);
        assert_eq!(of(i32::MIN, u32::MAX).map(|region| (region.x, region.width)), Some((0, 1280)), "no overflow");
        assert_eq!(region(&ScreenChoice::Primary, &[], (1280, 800)).map(|region| region.width), Some(1280));
    }

    #[test]
    fn larger_than_4k_is_made_smaller_in_shape() {
        assert_eq!(recorded_size(1280, 800), (1280, 800));
        assert_eq!(recorded_size(7680, 4320), (3840, 2160));
        assert_eq!(recorded_size(5120, 1440), (3840, 1080));
        assert_eq!(recorded_size(1367, 769), (1366, 768));
    }

    #[test]
    fn a_still_screen_is_shown_again_and_a_late_picture_still_counts() {
        let zero = Moment(1_000_000_000);
        let at = |millis: u64| Moment(zero.0 + millis * 1_000_000);
        let mut pace = Pace::default();
        assert_eq!(pace.again(at(30), zero), Some(zero), "what was there before the take is its first picture");
        assert_eq!(pace.again(at(250), zero), None);
        assert_eq!(pace.again(at(400), zero), Some(at(200)));
        assert_eq!(pace.fresh(at(390), zero), at(390));
        assert_eq!(pace.fresh(at(100), zero), at(391), "late, but not lost");
        assert_eq!(pace.end(at(500)), Some(at(500)));
        assert_eq!(pace.end(at(500)), None);
    }

    proptest! {
        #[test]
        fn times_only_grow(moves in proptest::collection::vec((0u64..3_000, 0u64..400, any::<bool>()), 1..60)) {
            let zero = Moment(5_000_000_000);
            let (mut pace, mut now, mut shown) = (Pace::default(), zero.0 - 500_000_000, None);
            for (passed, late, fresh) in moves {
                now += passed * 1_000_000;
                let at = if fresh {
                    Some(pace.fresh(Moment(now - late * 1_000_000), zero))
                } else {
                    pace.again(Moment(now), zero)
                };
                let Some(at) = at else { continue };
                prop_assert!(at >= zero && shown.is_none_or(|shown| at > shown), "{at:?} after {shown:?}");
                shown = Some(at);
            }
        }
    }
}
