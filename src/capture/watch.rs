//! Telling that a camera stalled, came back or is lost, once each. The camera's own thread may be stuck in a driver that
//! waits without limit, so a second thread looks at the clock; both speak through one `Reporter`.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::OnEvent;
use super::stop::StopSignal;
use crate::clock;
use crate::core::device::DeviceEvent;
use crate::core::time::{Moment, SECOND};

/// Without a picture for this long a device is lost, whatever its rate.
const LOST_NANOS: u64 = 10 * SECOND;
const WATCH_NANOS: u64 = SECOND / 10;

const RUNNING: u8 = 0;
const STALLED: u8 = 1;
const ENDED: u8 = 2;

/// What the device's thread and its watchdog agree on.
pub struct Reporter {
    device: String,
    on_event: OnEvent,
    /// Moment of the newest frame.
    newest: AtomicU64,
    state: AtomicU8,
}

impl Reporter {
    /// Counts silence from now on. `device` is what people read.
    pub fn new(device: String, on_event: OnEvent) -> Reporter {
        Reporter { device, on_event, newest: AtomicU64::new(clock::now().0), state: AtomicU8::new(RUNNING) }
    }

    /// A frame came; `false` when the device has been given up and the frame must not be delivered.
    pub fn alive(&self, now: Moment) -> bool {
        self.newest.store(now.0, Ordering::Relaxed);
        match self.state.compare_exchange(STALLED, RUNNING, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                (self.on_event)(DeviceEvent::Back { device: self.device.clone() });
                true
            }
            Err(state) => state == RUNNING,
        }
    }

    pub fn lost(&self, detail: &str) {
        if self.state.swap(ENDED, Ordering::AcqRel) != ENDED {
            (self.on_event)(DeviceEvent::Lost { device: self.device.clone(), detail: detail.to_owned() });
        }
    }

    /// The life of the watchdog's thread. Stops the device when it is lost.
    pub fn watch(&self, signal: &StopSignal, stall_nanos: u64) {
        while !signal.wait_until(Moment(clock::now().0 + WATCH_NANOS.min(stall_nanos))) {
            let silent = clock::now().since(Moment(self.newest.load(Ordering::Relaxed)));
            if silent > stall_nanos {
                self.stalled();
            }
            if silent > LOST_NANOS.max(stall_nanos) {
                self.lost("it sent no picture for ten seconds");
                signal.stop();
            }
        }
    }

    fn stalled(&self) {
        if self.state.compare_exchange(RUNNING, STALLED, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            (self.on_event)(DeviceEvent::Stalled { device: self.device.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::stop::Stop;
    use super::*;
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[test]
    fn a_stall_is_told_once_then_the_return_then_the_end() {
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let reporter = Arc::new(Reporter::new("Cam".to_owned(), Arc::new(move |event| heard.lock().unwrap().push(event))));
        let stop = Stop::new();
        let (watched, signal) = (Arc::clone(&reporter), stop.signal());
        let watching = thread::spawn(move || watched.watch(&signal, SECOND / 100));
        while events.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        assert!(reporter.alive(clock::now()));
        drop(stop);
        watching.join().unwrap();
        reporter.lost("gone");
        reporter.lost("gone again");
        assert!(!reporter.alive(clock::now()), "a device given up delivers nothing more");
        let device = || "Cam".to_owned();
        let told = events.lock().unwrap();
        assert_eq!(told[..2], [DeviceEvent::Stalled { device: device() }, DeviceEvent::Back { device: device() }]);
        let lost = DeviceEvent::Lost { device: device(), detail: "gone".to_owned() };
        assert_eq!(told.iter().filter(|event| matches!(event, DeviceEvent::Lost { .. })).collect::<Vec<_>>(), [&lost]);
    }
}
