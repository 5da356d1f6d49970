//! Lays the prompter's text out on a thread of its own. Only the newest text counts: what was asked for while one layout was
//! being made replaces what was asked before.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::core::prompter::Look;
use crate::core::prompter::sheet::Sheet;
use crate::gpu::text::{self, Fonts};
use crate::studio::{Message, prompter};

use super::house::Ways;

/// The newest text that was asked for, until the thread takes it.
type Wanted = Mutex<Option<(Arc<Sheet>, Look)>>;

#[derive(Debug)]
pub struct Layouter {
    wanted: Arc<Wanted>,
    ring: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Layouter {
    pub fn start(ways: Ways) -> std::io::Result<Layouter> {
        let wanted: Arc<Wanted> = Arc::default();
        let (ring, rung) = sync_channel(1);
        let taken = Arc::clone(&wanted);
        let thread = std::thread::Builder::new().name("layout".into()).spawn(move || run(&ways, &taken, &rung))?;
        Ok(Layouter { wanted, ring, thread })
    }

    pub fn lay_out(&self, sheet: Arc<Sheet>, look: Look) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Some((sheet, look));
        // A full channel means that the thread will look anyway.
        let _ = self.ring.try_send(());
    }

    pub fn finish(self) {
        drop(self.ring);
        if self.thread.join().is_err() {
            tracing::error!("the layout thread had died");
        }
    }
}

fn run(ways: &Ways, wanted: &Wanted, rung: &Receiver<()>) {
    // Reading the system's fonts takes a while, so it happens here and once.
    let fonts = Fonts::system();
    while rung.recv().is_ok() {
        let Some((sheet, look)) = wanted.lock().unwrap_or_else(PoisonError::into_inner).take() else { continue };
        let layout = text::layout(&sheet, &look, &fonts);
        let laid = Arc::new(layout.laid());
        tracing::debug!(rows = laid.rows.len(), revision = laid.revision, "laid out");
        ways.text.publish(layout);
        ways.outbox.send(Message::Prompter(prompter::Message::LaidOut(laid)));
    }
}
