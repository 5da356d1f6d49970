//! The film of all scenes: whether each clip goes over into the next, and the one file that they are joined into.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::asset::Asset;
use crate::core::generate::Role;
use crate::core::joining::outlook::{self, Outlook, named};
use crate::core::joining::{Choice, Transition};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::seam::Seam;
use crate::core::settings::Settings;

use super::super::command::Command;
use super::{Action, Seen};

#[derive(Clone, Debug, Default)]
pub struct State {
    /// By the files of both clips; `None` while it is looked at, and where it can't be told.
    seams: HashMap<(String, String), Option<Seam>>,
    /// A film on its way.
    pub joining: Option<Joining>,
    /// The newest film of the project.
    pub joined: Option<Arc<Asset>>,
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
    /// Join films so from now on.
    Choose(Choice),
    /// Join all scenes into one film, as it was chosen.
    Join,
    Progress(f32),
    Cancel,
    /// The film is in the library; `None` when it was cancelled.
    Joined(Result<Option<Arc<Asset>>, Problem>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Compare the last picture of each first clip with the first of the second.
    Seams {
        project: String,
        folder: String,
        pairs: Vec<(String, String)>,
    },
    /// Join a project's scenes under this title, each shown for so many seconds before its voice is thought of.
    Join {
        project: Project,
        title: String,
        choice: Choice,
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
}

/// The title that the film gets: the script's, as the top bar shows it, else the project's.
pub fn title(script: &Script, project: &Project) -> String {
    let written = script.front.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    written.map_or_else(|| project.title.clone(), str::to_owned)
}

/// How a choice goes from scene to scene.
pub fn transition(choice: Choice) -> Transition {
    if choice.fades { USUAL_FADE } else { Transition::Cut }
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
            Message::Choose(film) => {
                let settings = Settings { film, ..seen.settings.clone() };
                vec![Action::Tell(super::super::Message::Settings(Box::new(settings)))]
            }
            Message::Join => self.join(seen),
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

    /// What a film of the open script would be like.
    pub fn outlook(&self, seen: &Seen<'_>) -> Outlook {
        let secs = |scene: usize| self.length(scene, seen).map_or(0.0, |length| length.secs);
        outlook::of(seen.script(), secs, |scene| self.voice_secs(scene))
    }

    fn join(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let Some(project) = seen.prepare.project.clone() else { return Vec::new() };
        if self.film.joining.is_some() {
            return vec![Action::say("A film is being joined already.")];
        }
        let outlook = self.outlook(seen);
        if outlook.bare.is_empty() && outlook.secs == 0.0 {
            return vec![Action::say("There are no scenes to join yet.")];
        }
        if let Some(why) = bare_words(&outlook) {
            return vec![Action::say(why)];
        }
        let secs = (0..seen.script().scenes.len()).map(|scene| seen.length(scene).map_or(0.0, |length| length.secs)).collect();
        let title = title(seen.script(), &project);
        self.film.joining = Some(Joining { title: title.clone(), part: 0.0, cancelled: false });
        // The file on the disk is what is joined.
        let save = super::tell(super::prepare::Message::SaveNow);
        let video = &seen.settings.engines.video;
        let (aspect, resolution) = (video.aspect.clone(), video.resolution.clone());
        vec![save, do_(Effect::Join { project, title, choice: seen.settings.film, aspect, resolution, secs })]
    }

    fn joined(&mut self, result: Result<Option<Arc<Asset>>, Problem>) -> Vec<Action> {
        let joining = self.film.joining.take();
        match result {
            Ok(Some(asset)) => {
                let ours = asset.project.is_some() && asset.project == self.project;
                let title = joining.map_or_else(|| "The film".to_owned(), |joining| format!("The film of “{}”", joining.title));
                let said = Action::offer(format!("{title} is in the library."), Command::SeeFilm);
                self.film.joined = Some(asset).filter(|_| ours).or(self.film.joined.take());
                vec![if ours { said } else { Action::say(format!("{title} is in the library.")) }]
            }
            Ok(None) => vec![Action::say("Joining was cancelled. Nothing is left of it.")],
            Err(problem) => vec![Action::show(&problem)],
        }
    }
}

/// Why a film can't be joined yet; `None` when it can.
pub fn bare_words(outlook: &Outlook) -> Option<String> {
    let (has, its) = if outlook.bare.len() == 1 { ("has", "its picture") } else { ("have", "their pictures") };
    (!outlook.bare.is_empty()).then(|| format!("{} {has} neither clip nor picture. Make {its} first.", named(&outlook.bare)))
}

/// What of it will be a picture that moves; `None` where every scene has a clip.
pub fn moving_words(outlook: &Outlook) -> Option<String> {
    let (has, moves) = if outlook.moving.len() == 1 { ("has", "its picture moves") } else { ("have", "their pictures move") };
    (!outlook.moving.is_empty()).then(|| format!("{} {has} no clip: {moves} instead.", named(&outlook.moving)))
}

/// Whom nobody speaks for yet.
pub fn unspoken_words(outlook: &Outlook) -> Option<String> {
    let has = if outlook.unspoken.len() == 1 { "has" } else { "have" };
    (!outlook.unspoken.is_empty()).then(|| format!("{} {has} words and no voice.", named(&outlook.unspoken)))
}

fn do_(effect: Effect) -> Action {
    super::do_(super::Effect::Film(effect))
}
