//! The second file of a take, its screen: a recording of its own on the same server, sent when the take's own file has arrived.
//! Where it stands is part of the take's upload, so that a killed studio goes on with whichever file was on its way.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::core::problem::Problem;
use crate::core::take::{ScreenTrack, Take};
use crate::core::upload::{Progress, SecondFile};
use crate::db;
use crate::remote::{self, Event, Job, Patience, Uploaded};
use crate::studio::{Message, upload};

use super::metadata;
use super::transfer::{At, Transfer, kept_location, located};

/// The take's own file as an earlier run, or this one, has sent it; `None` while it is still to be sent.
pub(super) fn first(row: &db::Upload) -> Option<Uploaded> {
    row.screen.as_ref()?;
    Some(Uploaded {
        recording: row.recording.clone(),
        bytes: row.bytes,
        sha256: row.sha256.clone()?,
        location: row.location.clone().unwrap_or_default(),
        blocks: None,
    })
}

/// Notes in the row that the take's own file has arrived, and that a second one follows.
pub(super) fn begin(row: &mut db::Upload, first: &Uploaded) {
    (row.recording, row.sha256, row.bytes) = (first.recording.clone(), Some(first.sha256.clone()), first.bytes);
    (row.growing, row.screen) = (false, Some(SecondFile::default()));
}

/// What a person sees of both files as one: `done` bytes of `all` lie before this file or after it.
pub(super) fn of_all(progress: Progress, before: u64, all: u64) -> Progress {
    Progress { sent_bytes: progress.sent_bytes + before, total_bytes: all.max(progress.total_bytes + before), ..progress }
}

impl Transfer {
    /// Sends the screen, or the rest of it.
    pub(super) async fn send_screen(
        &self,
        take: &Take,
        track: &ScreenTrack,
        at: &At,
        row: &mut db::Upload,
        cancel: &CancellationToken,
    ) -> Result<(), Problem> {
        let known = row.screen.clone().unwrap_or_default();
        let job = Job {
            file: PathBuf::from(&take.folder).join(&track.file),
            server: at.url.clone(),
            token: at.token.clone(),
            take: Some(take.id.clone()),
            metadata: metadata::of_screen(take, track),
            location: known.location.as_ref().map(|location| located(&at.url, location)),
            sha256: known.sha256.clone(),
            patience: Patience::default(),
        };
        let uploaded = remote::upload(job, |event| self.told_of_screen(take, event, row), cancel.clone()).await?;
        let second = row.screen.get_or_insert_default();
        second.recording = uploaded.recording;
        (second.sha256, second.bytes) = (Some(uploaded.sha256), uploaded.bytes);
        Ok(())
    }

    fn told_of_screen(&self, take: &Take, event: Event, row: &mut db::Upload) {
        let (id, before, all) = (take.id.clone(), row.bytes, take.bytes + screen_bytes(take));
        let second = row.screen.get_or_insert_default();
        let message = match event {
            Event::Hashing { done_bytes, total_bytes } => {
                upload::Message::Hashing { take: id, done: before + done_bytes, total: before + total_bytes }
            }
            Event::Sending(progress) => upload::Message::Sending { take: id, progress: of_all(progress, before, all) },
            Event::Waiting { attempt, secs, reason } => upload::Message::Retrying { take: id, attempt, secs, reason },
            Event::Hashed { sha256 } => {
                second.sha256 = Some(sha256);
                return;
            }
            Event::Located { location } => {
                second.location = Some(kept_location(&row.server, location));
                row.updated_at = clock::wall();
                return self.keep(row);
            }
        };
        self.tell(Message::Upload(message));
    }
}

/// Bytes of a take's second file; 0 when it has none.
pub(super) fn screen_bytes(take: &Take) -> u64 {
    take.screen.as_ref().map_or(0, |track| track.bytes)
}
