//! A named thread that does one thing after another: disk work in order, pictures one at a time.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Things that may wait: all pictures of the largest script, asked for at once. More than this means that the disk hangs.
const WAITING: usize = 4096;

type Work = Box<dyn FnOnce() + Send>;

/// Dropping it lets the thread do what waits and end; `finish` waits for that.
#[derive(Debug)]
pub struct Worker {
    name: &'static str,
    work: SyncSender<Work>,
    thread: JoinHandle<()>,
}

impl Worker {
    pub fn start(name: &'static str) -> std::io::Result<Worker> {
        let (sender, receiver) = sync_channel::<Work>(WAITING);
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            while let Ok(work) = receiver.recv() {
                // A panic in one piece of work is a bug; it must not take the rest with it.
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
                    tracing::error!("a job panicked");
                }
            }
        })?;
        Ok(Worker { name, work: sender, thread })
    }

    /// Queues work without waiting. False when the queue is full: it will not be done.
    pub fn submit(&self, work: impl FnOnce() + Send + 'static) -> bool {
        let queued = self.work.try_send(Box::new(work)).is_ok();
        if !queued {
            tracing::error!(worker = self.name, "the queue is full; work was refused");
        }
        queued
    }

    /// Waits until everything queued is done.
    pub fn finish(self) {
        drop(self.work);
        if self.thread.join().is_err() {
            tracing::error!(worker = self.name, "the worker had died");
        }
    }
}
