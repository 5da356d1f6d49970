//! A project as one film: each scene's chosen clip, or a camera move over its picture, fitted to the seconds the scene takes, with its
//! narration, joined into an MP4 that the library lists with what it was cut from; what is said in it is a track of it and a file beside it.

mod entry;
pub mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::house::House;
use super::offline::{camera_move, painting};
use crate::blobs::projects;
use crate::core::asset::AssetId;
use crate::core::captions::Form;
use crate::core::fit::Fit;
use crate::core::joining::{Course, Transition};
use crate::core::paint::Brief;
use crate::core::paint::palette::Style;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::proportions;
use crate::core::scene_length;
use crate::core::script::{Scene, Script};
use crate::core::seam::{Print, Seam};
use crate::core::time::{Rate, secs};
use crate::media::ends::ends;
use crate::media::join::{self, Joined, Plan};
use crate::studio::scenes;

/// Making camera moves is this part of the work where there are some; joining is the rest.
const MOVES: f32 = 0.6;

/// Frames a second of a film.
const RATE: Rate = Rate::whole(30);

/// A scene is never shorter than this, whatever it says.
const LEAST_SECS: f64 = 0.5;

/// What is wanted of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub to: PathBuf,
    pub transition: Transition,
    /// Such as `16:9` and `720p`.
    pub aspect: Option<String>,
    pub resolution: Option<String>,
    /// Scenes with neither clip nor picture are painted from their words.
    pub paint: bool,
    /// Seconds of each scene of the script, where they are known better than the script says; empty for none.
    pub seconds: Vec<f64>,
    /// A scene ends with its voice, however long it was wanted.
    pub fit_words: bool,
    /// What is said becomes a track of the film and a file of this form beside it.
    pub captions: Option<Form>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Made {
    /// The film's entry in the library.
    pub asset: Option<AssetId>,
    pub file: PathBuf,
    pub bytes: u64,
    pub seconds: f64,
    pub frames: u64,
    /// The file of captions; `None` where none were wanted or nothing is said.
    pub captions: Option<PathBuf>,
    pub scenes: Vec<Told>,
}

/// One scene of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    pub heading: String,
    pub seconds: f64,
    /// Seconds in which its voice does not speak; all of them where it has none.
    pub silent: f64,
    /// What was done to its clip so that it fits, and what it had to do without; empty for nothing.
    pub fitted: String,
    /// How it meets the next one; `None` for the last, or where it could not be looked at.
    pub seam: Option<Seam>,
}

/// What a scene is made of.
struct Source {
    heading: String,
    /// What can be painted.
    words: String,
    /// What is said.
    lines: Vec<String>,
    clip: Option<PathBuf>,
    picture: Option<PathBuf>,
    end: Option<PathBuf>,
    narration: Option<PathBuf>,
    /// What the camera does.
    motion: String,
    seconds: f64,
    /// Its end is the next scene's beginning.
    runs_on: bool,
    /// What the script names for it and this disk does not have.
    absent: Vec<&'static str>,
}

/// Makes the film. `progress` is told a fraction from 0 to 1; setting `cancel` ends it and leaves nothing.
pub fn film(
    house: &House,
    project: &Project,
    wanted: &Wanted,
    mut progress: impl FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Made, Problem> {
    let folder = Path::new(&project.folder);
    let script = Script::markdown(projects::read_script(folder)?);
    let sources = sources(&script, folder, wanted)?;
    let size = proportions::size(wanted.aspect.as_deref(), wanted.resolution.as_deref());
    let workshop = Workshop::open(house)?;
    let voice = |source: &Source| source.narration.as_ref().map(|path| length(path, cancel)).transpose();
    let voices = sources.iter().map(voice).collect::<Result<Vec<_>, _>>()?;
    let mut scenes = Vec::new();
    for (at, (source, voice)) in sources.iter().zip(&voices).enumerate() {
        let share = MOVES / sources.len() as f32;
        let part = |part: f32| progress((at as f32 + part) * share);
        let secs = scene_length::with_voice(source.seconds, *voice, wanted.fit_words);
        scenes.push(workshop.scene(house, source, secs, at, size, part, cancel)?);
    }
    let fits: Vec<Fit> = scenes.iter().map(|scene| scene.fit).collect();
    let course = Course::of(&fits, wanted.transition, RATE);
    let captions = wanted.captions.map_or_else(Vec::new, |_| words::captions(&sources, &voices, &course));
    let plan = Plan { size, rate: RATE, transition: wanted.transition, captions };
    let (profiles, _) = house.profiles();
    let joined = join::join(&scenes, &plan, &wanted.to, &profiles, |part| progress(MOVES + (1.0 - MOVES) * part), cancel)?;
    let told = told(&sources, &scenes, &voices, cancel);
    let captions = wanted.captions.and_then(|form| words::write(&wanted.to, form, &plan.captions));
    // The film is there, listed or not.
    let asset = entry::enter(house, project, wanted, &plan, &joined, entry::origins(house, &sources_of(&sources), &scenes));
    let asset = asset.inspect_err(|problem| tracing::warn!(%problem, "the film is not listed")).ok();
    let Joined { bytes, nanos, frames } = joined;
    Ok(Made { asset, file: wanted.to.clone(), bytes, seconds: secs(nanos), frames, captions, scenes: told })
}

/// Each scene's own file: the clip, or the picture its clip was made of.
fn sources_of(sources: &[Source]) -> Vec<Option<PathBuf>> {
    sources.iter().map(|source| source.clip.clone().or_else(|| source.picture.clone())).collect()
}

/// What there is for each scene that is said or shown; a problem that names those with nothing to show.
fn sources(script: &Script, folder: &Path, wanted: &Wanted) -> Result<Vec<Source>, Problem> {
    let paint = wanted.paint;
    let shown: Vec<(usize, &Scene)> = script.scenes.iter().enumerate().filter(|(_, scene)| scene.is_shown()).collect();
    let of = |(at, scene): &(usize, &Scene)| {
        let known = wanted.seconds.get(*at).copied().filter(|secs| *secs >= LEAST_SECS);
        let source = source(scene, *at, folder, script.pace());
        Source { seconds: known.unwrap_or(source.seconds), ..source }
    };
    let mut sources: Vec<Source> = shown.iter().map(of).collect();
    let continuity = scenes::State::continuity(script);
    let begins = |next: &Source| (next.picture.clone(), continuity && next.clip.is_some());
    let next: Vec<(Option<PathBuf>, bool)> = sources.iter().skip(1).map(begins).collect();
    for (source, (picture, with_my_end)) in sources.iter_mut().zip(next) {
        source.runs_on = with_my_end || (picture.is_some() && source.end == picture);
    }
    if sources.is_empty() {
        return Err(Problem::usage("The project has no scenes.", "Write one, then make the film."));
    }
    let bare: Vec<String> = sources
        .iter()
        .filter(|source| !paint && source.clip.is_none() && source.picture.is_none())
        .map(|source| format!("“{}”", source.heading))
        .collect();
    if bare.is_empty() {
        return Ok(sources);
    }
    let what = format!("There is neither a clip nor a picture for {}.", bare.join(", "));
    Err(Problem::usage(what, "Generate the missing ones, or have them painted with --paint."))
}

fn source(scene: &Scene, at: usize, folder: &Path, pace: f64) -> Source {
    let file = |key: &str| scene.directive(key).map(|path| folder.join(path)).filter(|path| path.is_file());
    let absent = [("film", "clip"), ("picture", "picture"), ("sound", "voice")].into_iter();
    let absent = absent.filter(|(key, _)| scene.directive(key).is_some() && file(key).is_none()).map(|(_, words)| words);
    Source {
        heading: scene.title(at),
        words: scene.image_prompt().map_or_else(|| scene.spoken(), str::to_owned),
        lines: scene.lines.iter().map(|line| line.text.clone()).collect(),
        clip: file("film"),
        picture: file("picture"),
        end: file("end"),
        narration: file("sound"),
        motion: scene.directive("clip").unwrap_or_default().to_owned(),
        seconds: scene.seconds(pace).max(LEAST_SECS),
        runs_on: false,
        absent: absent.collect(),
    }
}

/// Where camera moves are made; nothing of it stays.
struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    fn open(house: &House) -> Result<Workshop, Problem> {
        let folder = house.folder.cache().join(format!("film-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).map_err(|error| {
            Problem::disk(
                format!("The folder {} can't be made: {error}.", folder.display()),
                "Check that the data folder may be written.",
            )
        })?;
        Ok(Workshop { folder })
    }

    /// A scene's clip as it goes into the film, where it takes so many seconds.
    #[expect(clippy::too_many_arguments, reason = "a scene, its place and length, and whom to tell")]
    fn scene(
        &self,
        house: &House,
        source: &Source,
        seconds: f64,
        at: usize,
        size: [u32; 2],
        progress: impl FnMut(f32),
        cancel: &AtomicBool,
    ) -> Result<join::Scene, Problem> {
        let narration = source.narration.clone();
        if let Some(clip) = &source.clip {
            let fit = Fit::of(length(clip, cancel)?, seconds, source.runs_on);
            return Ok(join::Scene { clip: clip.clone(), fit, narration });
        }
        let picture = match &source.picture {
            Some(picture) => picture.clone(),
            None => self.painted(source, at, size)?,
        };
        let clip = self.folder.join(format!("{at:03}.mp4"));
        let shift = camera_move::Clip {
            first: &picture,
            second: source.end.as_deref(),
            size,
            rate: RATE,
            seconds,
            prompt: &source.motion,
            seed: at as i64,
        };
        let (profiles, _) = house.profiles();
        shift.write(&clip, &profiles, progress, cancel)?;
        Ok(join::Scene { clip, fit: Fit::of(seconds, seconds, false), narration })
    }

    fn painted(&self, source: &Source, at: usize, [width, height]: [u32; 2]) -> Result<PathBuf, Problem> {
        let path = self.folder.join(format!("{at:03}.png"));
        painting::write(
            &path,
            &Brief { prompt: &source.words, style: Style::Paper, own: &[], seed: at as u64, width, height },
        )?;
        Ok(path)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::debug!(%error, "a film's workshop stays until the cache is emptied");
        }
    }
}

/// Seconds of a clip or a sound.
fn length(path: &Path, cancel: &AtomicBool) -> Result<f64, Problem> {
    Ok(secs(crate::media::examine::examine(path, cancel)?.facts.nanos))
}

/// Each scene with its seam. A clip that can't be looked at has none.
fn told(sources: &[Source], scenes: &[join::Scene], voices: &[Option<f64>], cancel: &AtomicBool) -> Vec<Told> {
    let looked: Vec<_> = scenes.iter().map(|scene| ends(&scene.clip, cancel).ok()).collect();
    let prints: Vec<_> =
        looked.iter().map(|ends| ends.as_ref().and_then(|(first, last)| Print::of(first).zip(Print::of(last)))).collect();
    let seam = |at: usize| {
        let ((_, last), (first, _)) = (prints.get(at)?.as_ref()?, prints.get(at + 1)?.as_ref()?);
        Some(Seam::between(last, first))
    };
    let told = sources.iter().zip(scenes).zip(voices).enumerate().map(|(at, ((source, scene), voice))| Told {
        heading: source.heading.clone(),
        seconds: scene.fit.seconds(),
        silent: (scene.fit.seconds() - voice.unwrap_or(0.0)).max(0.0),
        fitted: fitted(source, scene),
        seam: seam(at),
    });
    told.collect()
}

/// What was done to a scene's clip, and what is missing that the script names: a clip of another machine may not have come yet.
fn fitted(source: &Source, scene: &join::Scene) -> String {
    let without =
        (!source.absent.is_empty()).then(|| format!("without its {}: not on this machine", source.absent.join(" and ")));
    let parts: Vec<String> =
        [Some(scene.fit.words()).filter(|words| !words.is_empty()), without].into_iter().flatten().collect();
    parts.join("; ")
}
