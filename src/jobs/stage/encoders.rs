//! Which encoders a take is made with: the first of the profiles that really encode the camera's pictures here, found when the
//! devices are opened, so that a take starts at once.

use super::Owner;
use crate::core::frame::VideoFormat;
use crate::core::problem::Problem;
use crate::core::profile::Encoder;
use crate::media::probe;

/// Encoders that were found to work for a format.
pub(super) struct Encoders {
    video: Option<VideoFormat>,
    sound: bool,
    chosen: Coders,
}

/// What encodes the picture, what may take its place, and what encodes the sound, as far as there are such.
#[derive(Clone, Debug)]
pub(super) struct Coders {
    pub video: Option<Encoder>,
    pub spares: Vec<Encoder>,
    pub audio: Option<Encoder>,
}

impl Coders {
    /// Name of the encoder that the take is known by: the picture's, or the sound's where it is alone.
    pub fn name(&self) -> &str {
        self.video.as_ref().or(self.audio.as_ref()).map_or("", |encoder| encoder.name.as_str())
    }
}

impl Owner {
    /// Tries encoders for a format, unless that was done before.
    pub(super) fn choose_encoders(&mut self, video: Option<VideoFormat>, sound: bool) {
        if let Err(problem) = self.encoders_for(video, sound) {
            self.ways.outbox.problem(problem);
        }
    }

    pub(super) fn encoders_for(&mut self, video: Option<VideoFormat>, sound: bool) -> Result<Coders, Problem> {
        if let Some(known) = self.encoders.as_ref().filter(|known| known.video == video && known.sound == sound) {
            return Ok(known.chosen.clone());
        }
        let (profiles, complaint) = self.house.profiles();
        if let Some(problem) = complaint {
            self.ways.outbox.problem(problem);
        }
        let chosen = match &video {
            Some(video) => {
                let probe::Chosen { video, spares, audio } = probe::choose(&profiles, video, sound)?;
                Coders { video: Some(video), spares, audio }
            }
            None => Coders { video: None, spares: Vec::new(), audio: Some(probe::choose_sound(&profiles)?) },
        };
        tracing::info!(encoder = chosen.name(), spares = chosen.spares.len(), "encoder chosen");
        self.encoders = Some(Encoders { video, sound, chosen: chosen.clone() });
        Ok(chosen)
    }
}
