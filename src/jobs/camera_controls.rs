//! Setting cameras, on a thread of its own: a driver may take its time. A slider that is dragged gives more values than a
//! camera takes; of those that wait only the newest of each control is set.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::capture::{self, controls};
use crate::core::camera_controls::{self as nouns, CameraControl, Known, Values};
use crate::studio::Message;
use crate::studio::devices::{self, controls::Order};

use super::house::Ways;
use super::inbox::Outbox;
use super::worker::Worker;

/// What waits, by camera.
type Waiting = Arc<Mutex<BTreeMap<String, Wanted>>>;

#[derive(Debug, Default)]
struct Wanted {
    reset: bool,
    values: Values,
}

#[derive(Debug)]
pub struct CameraControls {
    worker: Worker,
    waiting: Waiting,
    outbox: Outbox,
}

impl CameraControls {
    pub fn start(ways: &Ways) -> std::io::Result<CameraControls> {
        let worker = Worker::start("controls")?;
        Ok(CameraControls { worker, waiting: Waiting::default(), outbox: ways.outbox.clone() })
    }

    pub fn run(&self, camera: String, order: Order) {
        {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.entry(camera).or_default().add(order);
        }
        let (waiting, outbox) = (Arc::clone(&self.waiting), self.outbox.clone());
        self.worker.submit(move || {
            let taken = std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
            for (camera, wanted) in taken {
                carry_out(&camera, &wanted, &outbox);
            }
        });
    }
}

impl Wanted {
    fn add(&mut self, order: Order) {
        match order {
            Order::Set(values) => self.values.extend(values),
            Order::Reset => *self = Wanted { reset: true, values: Values::new() },
        }
    }
}

/// Sets what is wanted, then tells what the camera has.
fn carry_out(camera: &str, wanted: &Wanted, outbox: &Outbox) {
    let set = |known: &'static Known, value: i64| {
        let Err(error) = controls::set(camera, known, value) else { return };
        tracing::warn!(%error, "a camera did not take a value");
        let refused = devices::controls::Message::Refused { camera: camera.to_owned(), known, problem: error.into() };
        outbox.send(Message::Devices(devices::Message::Controls(refused)));
    };
    let listed = || controls::list(camera).unwrap_or_else(|error| nothing(&error));
    if wanted.reset {
        let before = listed();
        before
            .iter()
            .filter(|control| is_set_on_reset(control, &before))
            .for_each(|control| set(control.known, control.default));
    }
    // What lets the camera decide comes first, so what it then decides is known to be out of reach.
    let governed = |known: &Known| known.governed_by.is_some_and(|by| wanted.values.get(by).is_some_and(|&on| on != 0));
    nouns::in_order(&wanted.values).filter(|(known, _)| !governed(known)).for_each(|(known, value)| set(known, value));
    let message = devices::controls::Message::Listed { camera: camera.to_owned(), controls: listed() };
    outbox.send(Message::Devices(devices::Message::Controls(message)));
}

/// Not what the camera decides once its switch is back where it came from.
fn is_set_on_reset(control: &CameraControl, all: &[CameraControl]) -> bool {
    let governor = control.known.governed_by.and_then(|name| all.iter().find(|other| other.known.name == name));
    governor.is_none_or(|governor| governor.default == 0)
}

/// A camera that can't be asked has nothing to be set; it may just have been pulled.
fn nothing(error: &capture::Error) -> Vec<CameraControl> {
    tracing::debug!(%error, "a camera's controls can't be read");
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::camera_controls::{Shape, named};

    #[test]
    fn of_what_waits_the_newest_counts_and_a_reset_ends_it() {
        let mut wanted = Wanted::default();
        let set = |name: &str, value| Order::Set(Values::from([(name.to_owned(), value)]));
        wanted.add(set("gain", 1));
        wanted.add(set("gain", 2));
        wanted.add(set("focus", 3));
        assert_eq!(wanted.values, Values::from([("gain".to_owned(), 2), ("focus".to_owned(), 3)]));
        wanted.add(Order::Reset);
        wanted.add(set("zoom", 4));
        assert!(wanted.reset);
        assert_eq!(wanted.values, Values::from([("zoom".to_owned(), 4)]));
    }

    #[test]
    fn what_a_camera_decides_by_itself_is_left_to_it_on_reset() {
        let control = |name: &str, default: i64| CameraControl {
            known: named(name).unwrap(),
            shape: Shape::Number { low: 0, high: 9, step: 1 },
            value: 5,
            default,
            idle: false,
        };
        let all = [control("auto_exposure", 1), control("exposure_time", 3), control("auto_gain", 0), control("gain", 2)];
        let set: Vec<&str> = all.iter().filter(|control| is_set_on_reset(control, &all)).map(|c| c.known.name).collect();
        assert_eq!(set, ["auto_exposure", "auto_gain", "gain"]);
    }
}
