//! The devices that are plugged in, now and from now on. Listing asks drivers and sound servers, which may hang; it therefore
//! runs on threads of its own with a limit, one at a time for each kind of device.

use std::io;
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::stop::{Stop, StopSignal};
use super::{camera, microphone};
use crate::core::device::Device;

/// How long one listing may take.
const LIMIT: Duration = Duration::from_secs(2);

/// How often it is looked whether nobody listens any more.
#[cfg(target_os = "linux")]
const WATCH: Duration = Duration::from_secs(1);

static CAMERA_QUERY: Query = Query::new();
static MICROPHONE_QUERY: Query = Query::new();

/// The real devices, in the order in which `Auto` tries them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    pub cameras: Vec<Device>,
    pub microphones: Vec<Device>,
}

/// Lists the real devices. Takes some milliseconds, at most two seconds for each kind; never fails: a system that can't be
/// asked has none.
pub fn list() -> Devices {
    thread::scope(|scope| {
        let cameras = scope.spawn(found_cameras);
        let microphones = found_microphones();
        let cameras = cameras.join().unwrap_or_default();
        Devices { cameras: cameras.into_iter().map(|found| found.device).collect(), microphones }
    })
}

/// Tells what is plugged in: at once, and whenever that changes, on a thread of its own until the handle is dropped.
pub fn watch(told: impl Fn(Devices) + Send + 'static) -> io::Result<Watch> {
    let stop = Stop::new();
    let signal = stop.signal();
    thread::Builder::new().name("devices".to_owned()).spawn(move || {
        told(list());
        each_change(&signal, || told(list()));
    })?;
    Ok(Watch { _stop: stop })
}

/// Dropping it ends the watch, without waiting.
#[derive(Debug)]
pub struct Watch {
    _stop: Stop,
}

/// The same list may mean a change: a node that has just got its group can be opened from now on.
#[cfg(target_os = "linux")]
fn each_change(signal: &StopSignal, changed: impl Fn()) {
    let mut changes = match super::hotplug::Changes::under(std::path::Path::new("/dev")) {
        Ok(changes) => changes,
        Err(error) => return tracing::warn!(%error, "devices that are plugged in later are not seen by themselves"),
    };
    while !signal.is_stopped() {
        if changes.wait(WATCH) && !signal.is_stopped() {
            changed();
        }
    }
}

/// Systems whose news are not listened to are looked through now and then.
#[cfg(not(target_os = "linux"))]
fn each_change(signal: &StopSignal, changed: impl Fn()) {
    const EVERY_NANOS: u64 = 3 * crate::core::time::SECOND;
    let mut known = list();
    while !signal.wait_until(crate::core::time::Moment(crate::clock::now().0 + EVERY_NANOS)) {
        let now = list();
        if now != known {
            known = now;
            changed();
        }
    }
}

pub(super) fn found_cameras() -> Vec<camera::Found> {
    CAMERA_QUERY.bounded("camera-list", LIMIT, camera::list)
}

pub(super) fn found_microphones() -> Vec<Device> {
    MICROPHONE_QUERY.bounded("microphone-list", LIMIT, microphone::list)
}

/// One kind of question, asked by one thread at a time.
struct Query {
    under_way: Mutex<bool>,
    ended: Condvar,
}

/// Ends the question, also when it panics.
struct UnderWay(&'static Query);

impl Query {
    const fn new() -> Query {
        Query { under_way: Mutex::new(false), ended: Condvar::new() }
    }

    /// Runs `query` on a thread of its own, after an earlier one; nothing when either takes longer than `limit`, or on panic.
    fn bounded<T: Send + 'static>(&'static self, thread: &str, limit: Duration, query: fn() -> Vec<T>) -> Vec<T> {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ended.wait_timeout_while(under_way, limit, |under_way| *under_way);
        let (mut under_way, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            tracing::warn!(thread, "an earlier listing of devices still hangs");
            return Vec::new();
        }
        *under_way = true;
        drop(under_way);
        let guard = UnderWay(self);
        let (sender, receiver) = sync_channel(1);
        let spawned = thread::Builder::new().name(thread.to_owned()).spawn(move || {
            let _guard = guard;
            drop(sender.try_send(query()));
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, thread, "no thread to list devices");
        }
        receiver.recv_timeout(limit).unwrap_or_else(|error| {
            tracing::warn!(%error, thread, "devices can't be listed");
            Vec::new()
        })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        *self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn a_watch_tells_what_is_there_at_once() {
        let (sender, told) = sync_channel(8);
        let watch = watch(move |devices| drop(sender.try_send(devices))).unwrap();
        assert!(told.recv_timeout(Duration::from_secs(30)).is_ok());
        drop(watch);
    }

    #[test]
    fn a_query_that_panics_is_empty_and_the_next_one_runs() {
        static QUERY: Query = Query::new();
        let broken = || -> Vec<u8> { std::panic::resume_unwind(Box::new("driver")) };
        assert!(QUERY.bounded("broken", LIMIT, broken).is_empty());
        assert_eq!(QUERY.bounded("whole", LIMIT, || vec![1]), [1]);
    }

    #[test]
    fn a_query_that_hangs_is_left_and_not_asked_twice() {
        static QUERY: Query = Query::new();
        let park = || -> Vec<u8> {
            loop {
                thread::park();
            }
        };
        assert!(QUERY.bounded("hanging", SHORT, park).is_empty());
        assert!(QUERY.bounded("second", SHORT, || vec![1]).is_empty());
    }

    #[test]
    fn queries_at_the_same_time_all_get_an_answer() {
        static QUERY: Query = Query::new();
        let askers: Vec<_> = (0..4).map(|_| thread::spawn(|| QUERY.bounded("many", LIMIT, || vec![1]))).collect();
        assert!(askers.into_iter().all(|asker| asker.join().unwrap() == [1]));
    }
}
