//! What can be set on a camera itself: exposure, white balance, focus and the like, with their ranges. Which of them are
//! worth a person's while, what they are called and in which order they are set stands here, in one table; how a camera is
//! told is `capture`'s.

use std::collections::BTreeMap;

/// One control as a camera has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraControl {
    pub known: &'static Known,
    pub shape: Shape,
    pub value: i64,
    pub default: i64,
    /// It has no effect now, because the camera does it by itself.
    pub idle: bool,
}

/// What values a control takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// 0 or 1.
    Switch,
    Number {
        low: i64,
        high: i64,
        step: i64,
    },
    /// Values and what people read.
    Menu(Vec<(i64, String)>),
}

/// What is the same for every camera.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// What settings remember.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    pub unit: Unit,
    /// The switch that, when on, lets the camera do it.
    pub governed_by: Option<&'static str>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The camera's own scale.
    Own,
    /// Tenths of a millisecond.
    TenthMillis,
    Kelvin,
}

/// Values by control name, as settings remember them for one camera.
pub type Values = BTreeMap<String, i64>;

/// All that are shown, in the order in which they are shown and set: what lets the camera decide comes before what it then
/// decides, because a camera refuses the latter while the former is on.
pub const KNOWN: [Known; 17] = [
    known("auto_exposure", "Automatic exposure", Unit::Own, None),
    known("exposure_time", "Exposure time", Unit::TenthMillis, Some("auto_exposure")),
    known("steady_rate", "Keep the frame rate in the dark", Unit::Own, None),
    known("auto_gain", "Automatic gain", Unit::Own, None),
    known("gain", "Gain", Unit::Own, Some("auto_gain")),
    known("auto_white_balance", "Automatic white balance", Unit::Own, None),
    known("white_balance", "White balance", Unit::Kelvin, Some("auto_white_balance")),
    known("auto_focus", "Automatic focus", Unit::Own, None),
    known("focus", "Focus", Unit::Own, Some("auto_focus")),
    known("brightness", "Brightness", Unit::Own, None),
    known("contrast", "Contrast", Unit::Own, None),
    known("saturation", "Saturation", Unit::Own, None),
    known("hue", "Hue", Unit::Own, None),
    known("sharpness", "Sharpness", Unit::Own, None),
    known("backlight", "Backlight compensation", Unit::Own, None),
    known("zoom", "Zoom", Unit::Own, None),
    known("power_line", "Flicker of lamps", Unit::Own, None),
];

const fn known(name: &'static str, label: &'static str, unit: Unit, governed_by: Option<&'static str>) -> Known {
    Known { name, label, unit, governed_by }
}

/// The control of that name.
pub fn named(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The values that a camera can be given, in the order in which it takes them. Names of another program version are left out.
pub fn in_order(values: &Values) -> impl Iterator<Item = (&'static Known, i64)> {
    KNOWN.iter().filter_map(|known| values.get(known.name).map(|&value| (known, value)))
}

impl CameraControl {
    /// The nearest value it takes.
    pub fn fitting(&self, value: i64) -> i64 {
        match &self.shape {
            Shape::Switch => i64::from(value != 0),
            Shape::Menu(items) if items.iter().any(|(item, _)| *item == value) => value,
            Shape::Menu(_) => self.value,
            &Shape::Number { low, high, step } => {
                let (high, step) = (high.max(low), step.max(1));
                let value = value.clamp(low, high);
                // From the lowest value in whole steps, as drivers count them.
                let steps = (i128::from(value) - i128::from(low) + i128::from(step) / 2) / i128::from(step);
                let fitting = i128::from(low) + steps * i128::from(step);
                i64::try_from(fitting).unwrap_or(high).min(high)
            }
        }
    }

    /// Whether the camera decides it by itself now, as far as its other controls tell.
    pub fn is_governed(&self, all: &[CameraControl]) -> bool {
        let governor = self.known.governed_by.and_then(|name| all.iter().find(|other| other.known.name == name));
        self.idle || governor.is_some_and(|governor| governor.value != 0)
    }
}

impl Unit {
    /// A value as people read it.
    pub fn write(self, value: i64) -> String {
        match self {
            Unit::Own => value.to_string(),
            Unit::TenthMillis if value < 100 => format!("{}.{} ms", value / 10, (value % 10).abs()),
            Unit::TenthMillis => format!("{} ms", (value + 5) / 10),
            Unit::Kelvin => format!("{value} K"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(low: i64, high: i64, step: i64) -> CameraControl {
        let shape = Shape::Number { low, high, step };
        CameraControl { known: named("gain").unwrap(), shape, value: low, default: low, idle: false }
    }

    #[test]
    fn names_are_unique_and_what_governs_comes_first() {
        for (at, known) in KNOWN.iter().enumerate() {
            assert_eq!(KNOWN.iter().filter(|other| other.name == known.name).count(), 1, "{}", known.name);
            let governor = known.governed_by.map(|name| KNOWN.iter().position(|other| other.name == name).unwrap());
            assert!(governor.is_none_or(|governor| governor < at), "{}", known.name);
        }
    }

    #[test]
    fn values_are_set_in_the_order_a_camera_takes_them() {
        let values = Values::from([("focus".to_owned(), 30), ("auto_focus".to_owned(), 0), ("hologram".to_owned(), 1)]);
        let order: Vec<_> = in_order(&values).map(|(known, value)| (known.name, value)).collect();
        assert_eq!(order, [("auto_focus", 0), ("focus", 30)]);
    }

    #[test]
    fn a_number_is_brought_onto_its_steps() {
        let control = number(2800, 6500, 10);
        assert_eq!([0, 2804, 2806, 9999].map(|value| control.fitting(value)), [2800, 2800, 2810, 6500]);
        assert_eq!(number(0, 250, 100).fitting(250), 250, "the end is reached although it is no whole step");
        assert_eq!(number(5, 1, 0).fitting(9), 5, "a range the wrong way round");
    }

    #[test]
    fn exposure_is_written_in_milliseconds() {
        assert_eq!([3, 99, 157, 312].map(|value| Unit::TenthMillis.write(value)), ["0.3 ms", "9.9 ms", "16 ms", "31 ms"]);
    }

    proptest! {
        #[test]
        fn a_fitting_value_is_always_in_range(low: i64, high: i64, step: i64, value: i64) {
            let fitting = number(low, high, step).fitting(value);
            prop_assert!(fitting >= low && fitting <= high.max(low));
        }
    }
}
