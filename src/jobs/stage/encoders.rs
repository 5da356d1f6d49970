//! Which encoders a take is made with: the first of the profiles that really encode the camera's pictures here, found when the
//! devices are opened, so that a take starts at once.

use super::Owner;
use crate::core::frame::VideoFormat;
use crate::core::problem::Problem;
use crate::media::probe::{self, Chosen};

/// Encoders that were found to work for a format.
pub(super) struct Encoders {
    video: VideoFormat,
    sound: bool,
    chosen: Chosen,
}

impl Owner {
    /// Tries encoders for a format, unless that was done before.
    pub(super) fn choose_encoders(&mut self, video: VideoFormat, sound: bool) {
        if let Err(problem) = self.encoders_for(video, sound) {
            self.ways.outbox.problem(problem);
        }
    }

    pub(super) fn encoders_for(&mut self, video: VideoFormat, sound: bool) -> Result<Chosen, Problem> {
        if let Some(known) = self.encoders.as_ref().filter(|known| known.video == video && known.sound == sound) {
            return Ok(known.chosen.clone());
        }
        let (profiles, complaint) = self.house.profiles();
        if let Some(problem) = complaint {
            self.ways.outbox.problem(problem);
        }
        let chosen = probe::choose(&profiles, &video, sound)?;
        tracing::info!(video = chosen.video.name, spares = chosen.spares.len(), "encoder chosen");
        self.encoders = Some(Encoders { video, sound, chosen: chosen.clone() });
        Ok(chosen)
    }
}
