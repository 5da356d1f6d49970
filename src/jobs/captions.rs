//! Captions of a take: from its script and journal, which needs nothing and nobody, or from what an engine heard in it.

use std::path::Path;

use super::house::House;
use crate::blobs::{files, takes};
use crate::core::asset::AssetId;
use crate::core::captions::{self, Caption};
use crate::core::generate::InputRole;
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::take::Take;

/// By the script and the moments at which its sentences stood at the eye line.
pub fn by_script(take: &Take) -> Result<Vec<Caption>, Problem> {
    let found = captions::of_take(&takes::journal(Path::new(&take.folder))?, take.nanos);
    if found.is_empty() {
        let what = format!("The journal of take {} of “{}” does not tell of any sentence.", take.number, take.title);
        return Err(Problem::usage(what, "Its captions can be made from a transcription: --from transcription."));
    }
    Ok(found)
}

/// By the newest transcription of a take, or of another asset, and the job that made it; `None` when there is none.
pub fn by_transcription(house: &House, asset: &AssetId) -> Result<Option<(String, Vec<Caption>)>, Problem> {
    let Some(job) = house.db.newest_job_of(Kind::Transcription, InputRole::Sound.name(), asset)? else { return Ok(None) };
    let words = house.db.job_words(&job)?;
    if words.is_empty() {
        let what = "The engine wrote down what it heard, but not when.";
        return Err(Problem::refused(what, "Transcribe it with a model that knows the times of words, such as whisper-1."));
    }
    Ok(Some((job, captions::of_words(&words))))
}

/// Writes a caption file, whole or not at all.
pub fn write(to: &Path, text: &str) -> Result<(), Problem> {
    Ok(files::write_atomic(to, text.as_bytes())?)
}
