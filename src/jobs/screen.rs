//! A take's second file, the screen, when its program died: measured, and its index written, like the first one's.

use std::path::Path;

use crate::blobs::hold::Hold;
use crate::blobs::{files, takes};
use crate::core::take::{ScreenTrack, Take};
use crate::media::repair;

/// The take with its screen's true length and size; one that was never closed is mended. One without a single picture is none.
/// The hold tells that nobody else writes it.
pub(super) fn measured(take: Take, _hold: &Hold) -> Take {
    let Some(track) = take.screen.as_ref().filter(|track| track.nanos == 0) else { return take };
    let media = Path::new(&take.folder).join(&track.file);
    let checkpoint = takes::screen_checkpoint(Path::new(&take.folder)).unwrap_or_default();
    let survey = match repair::survey(&media, checkpoint) {
        Ok(survey) if survey.frames > 0 => survey,
        Ok(_) => return Take { screen: None, ..take },
        Err(error) => {
            tracing::warn!(%error, take = %take.id, "the screen of an interrupted take has no readable picture");
            return Take { screen: None, ..take };
        }
    };
    let bytes = repair::mend(&media, &survey).unwrap_or_else(|error| {
        tracing::warn!(%error, take = %take.id, "the index of an interrupted take's screen could not be written");
        files::length(&media).unwrap_or(track.bytes)
    });
    let screen = Some(ScreenTrack { nanos: survey.nanos, bytes, ..track.clone() });
    Take { screen, ..take }
}
