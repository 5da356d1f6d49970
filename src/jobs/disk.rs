//! How much room the disk has, looked up when the studio asks.

use crate::blobs::files;
use crate::studio::Message;
use crate::studio::disk::{self, Effect};

use super::house::{House, Ways};

pub fn run(house: &House, ways: &Ways, effect: Effect) {
    let Effect::Look = effect;
    match files::free_bytes(&house.folder.takes()) {
        Ok(free) => ways.outbox.send(Message::Disk(disk::Message::Free(free))),
        // Nobody waits for the figure.
        Err(error) => tracing::debug!(%error, "the free space is not known"),
    }
}
