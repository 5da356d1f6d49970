//! What is said in a film: captions of its scenes' lines, and the file of them beside the film.

use std::path::{Path, PathBuf};

use super::Source;
use crate::core::captions::{self, Caption, Form, Passage};
use crate::core::joining::Course;
use crate::core::time::nanos;
use crate::jobs;

/// Captions of the scenes where they lie in the film. The words of a scene with a voice last as long as that; `voices` are seconds.
pub(super) fn captions(sources: &[Source], voices: &[Option<f64>], course: &Course) -> Vec<Caption> {
    let passage = |(at, (source, voice)): (usize, (&Source, &Option<f64>))| {
        let (start, end) = (course.begin(at), course.begin(at + 1));
        let end = voice.map_or(end, |secs| end.min(start + nanos(secs)));
        Passage { lines: source.lines.clone(), start, end }
    };
    let passages: Vec<Passage> = sources.iter().zip(voices).enumerate().map(passage).collect();
    captions::of_film(&passages)
}

/// Where the captions of a film go: beside it, under its name.
pub fn beside(film: &Path, form: Form) -> PathBuf {
    film.with_extension(form.ending())
}

/// Writes them. The film is there and has them as a track, so that a failure here only leaves the file out.
pub(super) fn write(film: &Path, form: Form, captions: &[Caption]) -> Option<PathBuf> {
    if captions.is_empty() {
        return None;
    }
    let to = beside(film, form);
    match jobs::captions::write(&to, &form.write(captions)) {
        Ok(()) => Some(to),
        Err(problem) => {
            tracing::warn!(%problem, "a film's captions are not beside it");
            None
        }
    }
}
