//! Devices that went away while they were open: they are tried again until they are back, in a running take as well. A list
//! that shows one of them is a reason to try at once; without that it is tried now and then, because a camera whose driver
//! gave up may never have left the list.

use crate::core::device::{Device, DeviceChoice};
use crate::core::time::{Moment, SECOND};

/// Tries a second apart, which a person who plugs a cable in again waits for; then fewer.
const SOON: u32 = 10;
const SOON_NANOS: u64 = SECOND;
const LATER_NANOS: u64 = 5 * SECOND;
/// When no answer has come by then, none will.
const ANSWER_NANOS: u64 = 30 * SECOND;

/// A device that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// By what it is opened again.
    pub choice: DeviceChoice,
    tries: u32,
    next: Moment,
    under_way: bool,
}

impl Missing {
    /// What to look for once `device`, opened by `choice`, is gone. A synthetic device that was not named goes for good.
    pub fn of(device: &Device, synthetic: bool, choice: &DeviceChoice, now: Moment) -> Option<Missing> {
        let choice = match choice {
            DeviceChoice::Named(_) => choice.clone(),
            _ if synthetic => return None,
            _ => DeviceChoice::Named(device.name.clone()),
        };
        Some(Missing { choice, tries: 0, next: Moment(now.0 + SOON_NANOS), under_way: false })
    }

    /// Whether it is to be tried now; then it is under way until `failed`.
    pub fn is_due(&mut self, now: Moment) -> bool {
        if now < self.next {
            return false;
        }
        self.under_way = true;
        self.next = Moment(now.0 + ANSWER_NANOS);
        true
    }

    pub fn failed(&mut self, now: Moment) {
        self.tries = self.tries.saturating_add(1);
        let wait = if self.tries < SOON { SOON_NANOS } else { LATER_NANOS };
        (self.under_way, self.next) = (false, Moment(now.0 + wait));
    }

    /// These are plugged in: when it is among them it is tried at once.
    pub fn seen(&mut self, devices: &[Device], now: Moment) {
        let is_it = |device: &Device| self.choice == DeviceChoice::Named(device.name.clone());
        if !self.under_way && devices.iter().any(is_it) {
            self.next = now;
        }
    }

    /// When it is tried next.
    pub fn next(&self) -> Moment {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: f64) -> Moment {
        Moment(0).plus_secs(secs)
    }

    fn device() -> Device {
        Device { name: "v4l:usb-1".into(), label: "Webcam".into() }
    }

    fn missing() -> Missing {
        Missing::of(&device(), false, &DeviceChoice::Auto, at(0.0)).unwrap()
    }

    #[test]
    fn the_same_device_is_looked_for_not_any() {
        assert_eq!(missing().choice, DeviceChoice::Named("v4l:usb-1".into()));
        let named = DeviceChoice::Named("synthetic:gone@3+2".into());
        assert_eq!(Missing::of(&device(), true, &named, at(0.0)).unwrap().choice, named);
        assert_eq!(Missing::of(&device(), true, &DeviceChoice::Synthetic, at(0.0)), None);
    }

    #[test]
    fn it_is_tried_every_second_then_every_five_and_once_at_a_time() {
        let mut missing = missing();
        let (mut tried, mut asked) = (Vec::new(), None);
        for tick in 0..3_000 {
            let now = at(f64::from(tick) / 100.0);
            if missing.is_due(now) {
                assert_eq!(asked, None, "an answer is waited for");
                tried.push(now.secs_from(at(0.0)).round() as u32);
                asked = Some(now);
            } else if asked.take_if(|asked| now.since(*asked) > SECOND / 10).is_some() {
                missing.failed(now);
            }
        }
        assert_eq!(tried[..4], [1, 2, 3, 4]);
        assert!(tried[11..].windows(2).all(|pair| (5..=6).contains(&(pair[1] - pair[0]))), "{tried:?}");
    }

    #[test]
    fn one_that_is_listed_is_tried_at_once() {
        let mut missing = missing();
        let other = Device { name: "v4l:usb-2".into(), label: "Webcam".into() };
        missing.seen(&[other], at(0.1));
        assert!(!missing.is_due(at(0.1)));
        missing.seen(&[device()], at(0.2));
        assert!(missing.is_due(at(0.2)));
        missing.seen(&[device()], at(0.3));
        assert!(!missing.is_due(at(0.3)), "it is being tried");
    }

    #[test]
    fn an_answer_that_never_comes_does_not_end_the_search() {
        let mut missing = missing();
        assert!(missing.is_due(at(1.0)) && !missing.is_due(at(20.0)) && missing.is_due(at(40.0)));
    }
}
