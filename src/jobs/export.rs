//! Export of a take: a film that plays everywhere, made from the take's own file.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::blobs::names;
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::media::export::{Sound, to_mp4};

/// What a take's film is called when nobody says otherwise.
pub fn usual_name(take: &Take) -> PathBuf {
    let title = names::safe_name(&take.title, "Untitled");
    // The same container; players know by the name that there is nothing to see.
    let ending = if take.is_sound() { "m4a" } else { "mp4" };
    PathBuf::from(format!("{title} - take {}.{ending}", take.number))
}

/// The take's screen as a film; its size in bytes. Times in it are those of its own file (`ScreenTrack::offset`).
pub fn screen(take: &Take, to: &Path, progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<u64, Problem> {
    let media = take.screen_media().ok_or_else(|| {
        let what = format!("The screen was not recorded with take {} of “{}”.", take.number, take.title);
        Problem::usage(what, "Export it without its screen.")
    })?;
    Ok(to_mp4(Path::new(&media), to, Sound::AsRecorded, progress, cancel)?)
}

/// Where the screen's film goes, beside the take's.
pub fn screen_name(film: &Path) -> PathBuf {
    let stem = film.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    film.with_file_name(format!("{stem} (screen).mp4"))
}

/// Writes the film; its size in bytes. Pictures are copied, and so is the sound unless `denoise` takes its noise out.
/// `progress` is told a fraction from 0 to 1.
pub fn film(take: &Take, to: &Path, denoise: bool, progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<u64, Problem> {
    let sound = if denoise { Sound::Denoised } else { Sound::AsRecorded };
    Ok(to_mp4(Path::new(&take.media), to, sound, progress, cancel)?)
}
