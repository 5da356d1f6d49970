//! Captions of a take: from its script and journal, which needs nothing and nobody, or from what an engine heard in it; as files beside the
//! take, or wherever a person says.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::house::{House, Ways};
use super::{export, projects};
use crate::blobs::{files, takes};
use crate::core::asset::AssetId;
use crate::core::captions::{self, Caption, Form};
use crate::core::generate::InputRole;
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::studio::review::captions::{Effect, Message as Told, Read};
use crate::studio::{Message, notice, review};

/// Runs one effect; dialogs are `save_as`'s.
pub fn run(house: &House, ways: &Ways, effect: Effect) {
    match effect {
        Effect::Read(take) => tell(ways, &take, read(house, &take)),
        Effect::Heard(take) => {
            let found = read(house, &take);
            if let Some(Ok(captions)) = &found.heard {
                say(ways, keep(&take, captions).map(|files| format!("Take {} is transcribed; {files}.", take.number)));
            }
            tell(ways, &take, found);
        }
        Effect::Keep { take, captions } => {
            say(ways, keep(&take, &captions).map(|files| format!("{files}, in {}.", take.folder)));
        }
        Effect::SaveAs { .. } => {}
    }
}

/// All captions that a take has.
pub fn read(house: &House, take: &Take) -> Read {
    let asset = AssetId(take.id.0.clone());
    let heard = by_transcription(house, &asset).map(|found| found.map(|(_, captions)| captions));
    let job = house.db.newest_job_on(Kind::Transcription, InputRole::Sound.name(), &asset);
    let job = job.unwrap_or_else(|error| {
        tracing::warn!(%error, "the transcription's job is not found");
        None
    });
    Read { script: by_script(take), heard: heard.transpose(), job }
}

/// By the script and the moments at which its sentences stood at the eye line; none where the journal tells of no sentence.
pub fn by_script(take: &Take) -> Result<Vec<Caption>, Problem> {
    Ok(captions::of_take(&takes::journal(Path::new(&take.folder))?, take.nanos))
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

/// Both forms beside the take's file and named like it, where players find them by themselves; answers with the files' names.
pub fn keep(take: &Take, captions: &[Caption]) -> Result<String, Problem> {
    let mut names = Vec::new();
    for form in [Form::Srt, Form::Vtt] {
        let file = Path::new(&take.media).with_extension(form.ending());
        write(&file, &form.write(captions))?;
        names.extend(file.file_name().map(|name| name.to_string_lossy().into_owned()));
    }
    Ok(format!("{} lie beside the take", names.join(" and ")))
}

/// Asks where to, and writes captions there.
pub fn save_as(house: &Arc<House>, ways: &Ways, take: &Take, captions: Arc<Vec<Caption>>, form: Form) {
    let usual = export::usual_place(house, take).with_extension(form.ending());
    let name = usual.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let dialog = rfd::AsyncFileDialog::new().set_title("Save the captions").set_file_name(name);
    let ways = ways.clone();
    let shown = Instant::now();
    house.runtime.spawn(async move {
        match dialog.save_file().await {
            Some(to) => {
                let to: PathBuf = to.path().to_owned();
                let written = tokio::task::spawn_blocking(move || {
                    write(&to, &form.write(&captions)).map(|()| format!("Saved as {}.", to.display()))
                });
                match written.await {
                    Ok(written) => say(&ways, written),
                    Err(error) => tracing::error!(%error, "saving captions ended early"),
                }
            }
            None if shown.elapsed() < projects::NO_DIALOG => {
                ways.outbox.problem(projects::no_dialog("Save them beside the take instead"));
            }
            None => {}
        }
    });
}

fn tell(ways: &Ways, take: &Take, read: Read) {
    let told = Told::Read { take: take.id.clone(), read: Box::new(read) };
    ways.outbox.send(Message::Review(review::Message::Captions(told)));
}

fn say(ways: &Ways, said: Result<String, Problem>) {
    match said {
        Ok(text) => ways.outbox.send(Message::Notice(notice::Message::Say(text))),
        Err(problem) => ways.outbox.problem(problem),
    }
}
