//! The one way up: messages from every job, in one bounded queue that wakes whoever drains it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use crate::core::problem::Problem;
use crate::studio::{Message, notice};

/// Messages that may wait. A window drains them every frame; this many are seconds of the busiest take.
const MESSAGES: usize = 1024;

/// The end that jobs hold.
#[derive(Clone)]
pub struct Outbox {
    messages: SyncSender<Message>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// The end that is drained.
#[derive(Debug)]
pub struct Inbox {
    messages: Receiver<Message>,
}

/// Both ends; `wake` is called after each message, from any thread.
pub fn inbox(wake: impl Fn() + Send + Sync + 'static) -> (Outbox, Inbox) {
    let (sender, receiver) = sync_channel(MESSAGES);
    (Outbox { messages: sender, wake: Arc::new(wake) }, Inbox { messages: receiver })
}

impl Outbox {
    /// Waits when the queue is full; for job threads, which may wait. After the studio is gone it does nothing.
    pub fn send(&self, message: Message) {
        if self.messages.send(message).is_ok() {
            self.wake();
        }
    }

    /// Never waits; for device threads. False when the queue is full and the message is lost.
    pub fn try_send(&self, message: Message) -> bool {
        let sent = self.messages.try_send(message).is_ok();
        self.wake();
        sent
    }

    /// Shows a problem that belongs to no page.
    pub fn problem(&self, problem: impl Into<Problem>) {
        self.send(Message::Notice(notice::Message::Problem(problem.into())));
    }

    /// Wakes the window without a message: there is a new picture.
    pub fn wake(&self) {
        (self.wake)();
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outbox")
    }
}

impl Inbox {
    /// What has come, without waiting.
    pub fn drain(&self) -> impl Iterator<Item = Message> + '_ {
        self.messages.try_iter()
    }

    /// The next message, or `None` after `limit`.
    pub fn wait(&self, limit: Duration) -> Option<Message> {
        self.messages.recv_timeout(limit).ok()
    }
}
