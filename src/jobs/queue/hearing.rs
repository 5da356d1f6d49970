//! What is to be written down goes to its engine as sound alone: a film's pictures would cost its upload and most engines refuse them.
//! The sound lies in a folder of its own in the job's, so that a start after a crash does not take it for what was made.

use crate::core::generate::{Class, Failure, InputRole, Order};
use crate::core::job::Kind;
use crate::engines::Landing;
use crate::media::hearing;

/// The order with the sound of its film.
pub(super) async fn with_sound(mut order: Order, landing: &Landing) -> Result<Order, Failure> {
    let sound = order.inputs.iter_mut().find(|input| input.role == InputRole::Sound);
    let Some(input) = sound.filter(|_| order.kind == Kind::Transcription) else { return Ok(order) };
    let folder = landing.folder.join("hearing");
    let (from, to) = (input.path.clone(), folder.join("sound.flac"));
    let extracted = to.clone();
    let work = tokio::task::spawn_blocking(move || {
        let here = |error: String| Failure::new(Class::Here, error);
        std::fs::create_dir_all(&folder).map_err(|error| here(format!("The folder for the sound can't be made: {error}.")))?;
        let never = std::sync::atomic::AtomicBool::new(false);
        hearing::extract(&from, &to, &never).map_err(|error| here(error.to_string()))
    });
    work.await.unwrap_or_else(|_| Err(Failure::new(Class::Here, "The sound could not be taken out of the file.")))?;
    (input.path, input.mime) = (extracted, "audio/flac".to_owned());
    Ok(order)
}
