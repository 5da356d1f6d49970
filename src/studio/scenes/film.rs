//! The film of all scenes: whether each clip goes over into the next, and the one file that they are joined into.

use std::collections::HashMap;

use crate::core::asset::AssetId;
use crate::core::generate::Role;
use crate::core::joining::Transition;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::seam::Seam;

use super::super::command::Command;
use super::{Action, Seen};

#[derive(Clone, Debug, Default)]
pub struct State {
    /// By the files of both clips; `None` while it is looked at, and where it can't be told.
    seams: HashMap<(String, String), Option<Seam>>,
    /// A film on its way.
    pub joining: Option<Joining>,
    /// The last one that was joined.
    pub joined: Option<AssetId>,
}

/// A film on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Joining {
    /// Title of the project.
    pub title: String,
    /// 0 to 1.
    pub part: f32,
    /// The person does not want it any more.
    pub cancelled: bool,
}

/// A cross-fade as long as it takes to be seen and no longer.
pub const USUAL_FADE: Transition = Transition::CrossFade { ms: 500 };

#[derive(Clone, Debug)]
pub enum Message {
    /// What was found between clips of a project, by their files.
    Seams {
        project: String,
        seams: Vec<((String, String), Option<Seam>)>,
    },
    /// Join all scenes into one film.
    Join(Transition),
    Progress(f32),
    Cancel,
    /// The film is in the library; `None` when it was cancelled.
    Joined(Result<Option<AssetId>, Problem>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Compare the last picture of each first clip with the first of the second.
    Seams {
        project: String,
        folder: String,
        pairs: Vec<(String, String)>,
    },
    /// Join a project's scenes, each shown for so many seconds.
    Join {
        project: Project,
        transition: Transition,
        aspect: String,
        resolution: String,
        secs: Vec<f64>,
    },
    Cancel,
}

impl State {
    /// What goes on when another project is opened.
    pub(super) fn of_another(&mut self) -> State {
        State { joining: self.joining.take(), ..State::default() }
    }

    /// How the clip of this scene meets the next one's.
    pub fn seam(&self, script: &Script, scene: usize) -> Option<Seam> {
        let pair = pair(script, scene)?;
        *self.seams.get(&pair)?
    }

    /// True when there is something to join: a clip or a picture.
    pub fn can_join(script: &Script) -> bool {
        script.scenes.iter().any(|scene| scene.part(Role::Clip).is_some() || scene.picture().is_some())
    }
}

/// The clips of a scene and the next.
fn pair(script: &Script, scene: usize) -> Option<(String, String)> {
    let clip = |at: usize| Some(script.scenes.get(at)?.part(Role::Clip)?.to_owned());
    Some((clip(scene)?, clip(scene + 1)?))
}

impl super::State {
    /// Asks about seams that nobody has looked at.
    pub(super) fn check_seams(&mut self, seen: &Seen<'_>) -> Option<Action> {
        let project = seen.prepare.project.as_ref()?;
        let script = seen.script();
        let pairs = (0..script.scenes.len()).filter_map(|scene| pair(script, scene));
        let pairs: Vec<_> = pairs.filter(|pair| !self.film.seams.contains_key(pair)).collect();
        if pairs.is_empty() {
            return None;
        }
        self.film.seams.extend(pairs.iter().cloned().map(|pair| (pair, None)));
        Some(do_(Effect::Seams { project: project.id.clone(), folder: project.folder.clone(), pairs }))
    }

    pub(super) fn film(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Seams { project, seams } => {
                if self.project.as_ref() == Some(&project) {
                    self.film.seams.extend(seams);
                }
                Vec::new()
            }
            Message::Join(transition) => self.join(transition, seen),
            Message::Progress(part) => {
                if let Some(joining) = &mut self.film.joining {
                    joining.part = part.clamp(0.0, 1.0);
                }
                Vec::new()
            }
            Message::Cancel => match &mut self.film.joining {
                Some(joining) if !joining.cancelled => {
                    joining.cancelled = true;
                    vec![do_(Effect::Cancel)]
                }
                _ => Vec::new(),
            },
            Message::Joined(result) => self.joined(result),
        }
    }

    fn join(&mut self, transition: Transition, seen: &Seen<'_>) -> Vec<Action> {
        let Some(project) = seen.prepare.project.clone() else { return Vec::new() };
        if self.film.joining.is_some() {
            return vec![Action::say("A film is being joined already.")];
        }
        if !State::can_join(seen.script()) {
            return vec![Action::say("No scene has a clip or a picture yet, so there is nothing to join.")];
        }
        let secs = (0..seen.script().scenes.len()).map(|scene| seen.length(scene).map_or(0.0, |length| length.secs)).collect();
        self.film.joining = Some(Joining { title: project.title.clone(), part: 0.0, cancelled: false });
        // The file on the disk is what is joined.
        let save = super::tell(super::prepare::Message::SaveNow);
        let video = &seen.settings.engines.video;
        let (aspect, resolution) = (video.aspect.clone(), video.resolution.clone());
        vec![save, do_(Effect::Join { project, transition, aspect, resolution, secs })]
    }

    fn joined(&mut self, result: Result<Option<AssetId>, Problem>) -> Vec<Action> {
        let joining = self.film.joining.take();
        match result {
            Ok(Some(asset)) => {
                self.film.joined = Some(asset);
                let title = joining.map_or_else(|| "The film".to_owned(), |joining| format!("The film of “{}”", joining.title));
                vec![Action::offer(format!("{title} is in the library."), Command::SeeFilm)]
            }
            Ok(None) => vec![Action::say("Joining was cancelled. Nothing is left of it.")],
            Err(problem) => vec![Action::show(&problem)],
        }
    }
}

fn do_(effect: Effect) -> Action {
    super::do_(super::Effect::Film(effect))
}
