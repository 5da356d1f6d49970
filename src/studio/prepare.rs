//! Prepare: the project's script, its scenes and their pictures.

use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::time::Moment;
use crate::core::undo::Steps;

use super::Action;

/// Seconds of quiet after which an edit is saved.
const SAVE_AFTER_SECS: f64 = 1.0;
/// Seconds of unbroken typing after which it is saved all the same.
const SAVE_AT_LEAST_SECS: f64 = 10.0;
/// Edits of the text within this time are one step.
const UNDO_STEP_SECS: f64 = 1.5;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub project: Option<Project>,
    /// A script was asked for and is on its way.
    pub opening: bool,
    /// All projects there are, the one opened last first.
    pub projects: Vec<Project>,
    pub script: Script,
    /// Grows with each change of the script's text.
    pub revision: u64,
    pub saved: Saved,
    /// The scene that is shown and edited.
    pub selected: usize,
    /// One tile a scene.
    pub tiles: Vec<Tile>,
    steps: Steps,
    last_edit: Option<Moment>,
    /// The person was told that opening another script leaves this one unsaved.
    warned: bool,
}

/// Whether the script is on the disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Saved {
    #[default]
    Clean,
    Dirty {
        first: Moment,
        last: Moment,
    },
    Saving {
        revision: u64,
    },
    Failed(Problem),
}

/// A scene's picture in the grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tile {
    #[default]
    Empty,
    /// Being copied or decoded.
    Working,
    /// Decoded and on the shelf under its path relative to the project.
    Ready {
        picture: String,
    },
    Failed {
        picture: String,
        problem: Problem,
    },
}

#[derive(Clone, Debug)]
pub enum Message {
    Opened(Result<(Project, String), Problem>),
    /// The editor's whole text after a keystroke.
    Edited(String),
    /// A whole text from elsewhere, such as an older version; a step of its own.
    TakeOver(String),
    Select(usize),
    SetDirective {
        scene: usize,
        key: String,
        value: Option<String>,
    },
    Rename {
        scene: usize,
        heading: String,
    },
    /// New words for a scene; its heading and directives stay.
    SetBody {
        scene: usize,
        text: String,
    },
    /// What was made for a scene stands in its line; a step of its own.
    SetPart {
        scene: usize,
        key: String,
        value: String,
    },
    /// A line of the front matter.
    SetFront {
        key: String,
        value: Option<String>,
    },
    /// Target seconds of scenes, all in one step.
    SetSeconds(Vec<(usize, f64)>),
    SetTitle(String),
    AddScene,
    RemoveScene(usize),
    MoveScene {
        from: usize,
        to: usize,
    },
    /// A file was dropped or picked for a scene.
    GivePicture {
        scene: usize,
        path: String,
    },
    PictureGiven {
        scene: usize,
        result: Result<String, Problem>,
    },
    PictureLoaded {
        picture: String,
        result: Result<(), Problem>,
    },
    RetryPicture(usize),
    Saved {
        revision: u64,
        result: Result<(), Problem>,
    },
    /// Ask for a file to open, or for a picture.
    PickScript,
    PickPicture(usize),
    /// Begin a script of one's own.
    New,
    /// Open a script file by importing it into a project of its own.
    Import(String),
    OpenFolder(String),
    OpenDemo,
    /// The projects of the library, the one changed last first.
    Projects(Vec<Project>),
    Undo,
    Redo,
    /// The steps that led to the text that was opened, from the last time it was.
    Recall(Steps),
    SaveNow,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Opens the project in this folder.
    Open {
        folder: String,
    },
    /// Opens the demo, making it when it is not there.
    OpenDemo,
    ListProjects,
    /// Makes a project with a first scene to write over, and opens it.
    New,
    /// Copies a script file into a new project and opens it.
    Import {
        path: String,
    },
    Save {
        project: Project,
        text: String,
        revision: u64,
    },
    GivePicture {
        project: Project,
        scene: usize,
        path: String,
    },
    LoadPicture {
        project: Project,
        picture: String,
    },
    PickScript,
    PickPicture {
        scene: usize,
    },
}

impl State {
    pub fn update(&mut self, message: Message, now: Moment) -> Vec<Action> {
        match message {
            Message::Opened(result) => {
                self.opening = false;
                match result {
                    Ok((project, text)) => self.opened(project, text),
                    Err(problem) => vec![Action::show(&problem)],
                }
            }
            Message::Edited(text) => self.edited(text, now),
            Message::TakeOver(text) => self.change_apart(Script::markdown(text), now),
            Message::Select(scene) => {
                self.selected = scene.min(self.script.scenes.len().saturating_sub(1));
                Vec::new()
            }
            Message::SetDirective { scene, key, value } => {
                let script = self.script.with_directive(scene, &key, value.as_deref());
                self.change(script, now)
            }
            Message::SetPart { scene, key, value } => {
                self.change_apart(self.script.with_directive(scene, &key, Some(&value)), now)
            }
            Message::SetFront { key, value } => self.change_apart(self.script.with_front(&key, value.as_deref()), now),
            Message::Rename { scene, heading } => self.change(self.script.with_heading(scene, &heading), now),
            Message::SetBody { scene, text } => self.change(self.script.with_body(scene, &text), now),
            Message::SetSeconds(targets) => {
                let set = |script: Script, (scene, secs): &(usize, f64)| {
                    script.with_directive(*scene, "seconds", Some(&format!("{}", (secs * 10.0).round() / 10.0)))
                };
                let script = targets.iter().fold(self.script.clone(), set);
                self.change_apart(script, now)
            }
            Message::SetTitle(title) => self.change(self.script.with_title(&title), now),
            Message::AddScene => {
                let script = self.script.insert_scene(usize::MAX, "New scene");
                self.selected = script.scenes.len().saturating_sub(1);
                self.change(script, now)
            }
            Message::RemoveScene(scene) => {
                let script = self.script.remove_scene(scene);
                self.selected = self.selected.min(script.scenes.len().saturating_sub(1));
                self.change(script, now)
            }
            Message::MoveScene { from, to } => {
                let script = self.script.move_scene(from, to);
                if script.source() != self.script.source() {
                    self.selected = to;
                }
                self.change(script, now)
            }
            Message::GivePicture { scene, path } => self.give_picture(scene, path),
            Message::PictureGiven { scene, result } => self.picture_given(scene, result, now),
            Message::PictureLoaded { picture, result } => self.picture_loaded(&picture, result),
            Message::RetryPicture(scene) => self.retry_picture(scene),
            Message::Saved { revision, result } => self.save_ended(revision, result),
            Message::PickScript => vec![do_(Effect::PickScript)],
            Message::PickPicture(scene) => vec![do_(Effect::PickPicture { scene })],
            Message::New => self.leave_for(Effect::New),
            Message::Import(path) => self.leave_for(Effect::Import { path }),
            Message::OpenFolder(folder) => self.leave_for(Effect::Open { folder }),
            Message::OpenDemo => self.leave_for(Effect::OpenDemo),
            Message::Projects(projects) => {
                self.projects = projects;
                Vec::new()
            }
            Message::Undo => self.undo(now),
            Message::Redo => self.redo(now),
            Message::Recall(steps) => {
                self.steps = std::mem::take(&mut self.steps).after(steps);
                Vec::new()
            }
            Message::SaveNow => self.flush(),
        }
    }

    /// Saves, and has another script opened.
    fn leave_for(&mut self, other: Effect) -> Vec<Action> {
        self.opening = true;
        self.flush().into_iter().chain([do_(other)]).collect()
    }

    /// Saves when it is time.
    pub fn tick(&mut self, now: Moment) -> Vec<Action> {
        match self.saved {
            Saved::Dirty { first, last }
                if now.secs_from(last) >= SAVE_AFTER_SECS || now.secs_from(first) >= SAVE_AT_LEAST_SECS =>
            {
                self.flush()
            }
            _ => Vec::new(),
        }
    }

    pub fn can_undo(&self) -> bool {
        self.steps.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.steps.can_redo()
    }

    /// What can be undone and done again.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Seconds until the next save is due, for whoever decides when to wake.
    pub fn save_due_secs(&self, now: Moment) -> Option<f64> {
        match self.saved {
            Saved::Dirty { first, last } => {
                let quiet = SAVE_AFTER_SECS - now.secs_from(last);
                Some(quiet.min(SAVE_AT_LEAST_SECS - now.secs_from(first)).max(0.0))
            }
            _ => None,
        }
    }

    fn opened(&mut self, project: Project, text: String) -> Vec<Action> {
        if matches!(self.saved, Saved::Failed(_)) && !std::mem::replace(&mut self.warned, true) {
            let what = "The script that is open could not be saved, so it stays open.";
            let fix = "Save it (Ctrl+S), or open the other one again to give it up.";
            // The other one's opening has taken the pictures off the shelf.
            self.tiles.clear();
            let mut actions = self.refresh_tiles();
            actions.push(Action::show(&Problem::disk(what, fix)));
            return actions;
        }
        // What was typed while the other one was being read.
        let unsaved = self.flush();
        self.warned = false;
        self.project = Some(project);
        self.script = Script::markdown(text);
        self.revision += 1;
        (self.saved, self.selected, self.last_edit) = (Saved::Clean, 0, None);
        self.steps = Steps::default();
        self.tiles.clear();
        let mut actions = unsaved;
        actions.extend(self.refresh_tiles());
        actions.push(do_(Effect::ListProjects));
        actions
    }

    fn edited(&mut self, text: String, now: Moment) -> Vec<Action> {
        if text == self.script.source() {
            return Vec::new();
        }
        let (script, before) = std::mem::take(&mut self.script).retyped(text);
        self.record(&before, script.source(), now);
        self.put(script, now)
    }

    /// Takes over a changed script: undo, revision, tiles, saving.
    fn change(&mut self, script: Script, now: Moment) -> Vec<Action> {
        if script.source() == self.script.source() {
            return Vec::new();
        }
        let before = std::mem::take(&mut self.script);
        self.record(before.source(), script.source(), now);
        self.put(script, now)
    }

    /// Notes a step that can be undone; what is typed in one go is one.
    fn record(&mut self, before: &str, after: &str, now: Moment) {
        let joined = self.last_edit.is_some_and(|last| now.secs_from(last) <= UNDO_STEP_SECS);
        self.steps.record(before, after, joined);
        self.last_edit = Some(now);
    }

    /// A step of its own, whatever was typed just before and after.
    fn change_apart(&mut self, script: Script, now: Moment) -> Vec<Action> {
        self.last_edit = None;
        let actions = self.change(script, now);
        self.last_edit = None;
        actions
    }

    fn put(&mut self, script: Script, now: Moment) -> Vec<Action> {
        self.script = script;
        self.revision += 1;
        self.selected = self.selected.min(self.script.scenes.len().saturating_sub(1));
        let first = match self.saved {
            Saved::Dirty { first, .. } => first,
            _ => now,
        };
        self.saved = Saved::Dirty { first, last: now };
        self.refresh_tiles()
    }

    fn undo(&mut self, now: Moment) -> Vec<Action> {
        let text = self.steps.undo(self.script.source());
        self.stepped(text, now)
    }

    fn redo(&mut self, now: Moment) -> Vec<Action> {
        let text = self.steps.redo(self.script.source());
        self.stepped(text, now)
    }

    fn stepped(&mut self, text: Option<String>, now: Moment) -> Vec<Action> {
        self.last_edit = None;
        text.map_or_else(Vec::new, |text| self.put(Script::markdown(text), now))
    }

    /// Saves what is not saved.
    fn flush(&mut self) -> Vec<Action> {
        let unsaved = matches!(self.saved, Saved::Dirty { .. } | Saved::Failed(_));
        let (true, Some(project)) = (unsaved, &self.project) else { return Vec::new() };
        self.saved = Saved::Saving { revision: self.revision };
        let text = self.script.source().to_owned();
        vec![do_(Effect::Save { project: project.clone(), text, revision: self.revision })]
    }

    fn save_ended(&mut self, revision: u64, result: Result<(), Problem>) -> Vec<Action> {
        match result {
            Ok(()) => {
                if self.saved == (Saved::Saving { revision }) {
                    (self.saved, self.warned) = (Saved::Clean, false);
                }
                Vec::new()
            }
            Err(problem) => {
                // What was typed meanwhile is dirty and will be tried again; otherwise the person is told and asked.
                if self.saved == (Saved::Saving { revision }) {
                    self.saved = Saved::Failed(problem.clone());
                }
                vec![Action::show(&problem)]
            }
        }
    }

    fn give_picture(&mut self, scene: usize, path: String) -> Vec<Action> {
        let (Some(project), Some(tile)) = (&self.project, self.tiles.get_mut(scene)) else { return Vec::new() };
        *tile = Tile::Working;
        vec![do_(Effect::GivePicture { project: project.clone(), scene, path })]
    }

    fn picture_given(&mut self, scene: usize, result: Result<String, Problem>, now: Moment) -> Vec<Action> {
        match result {
            Ok(picture) => {
                let script = self.script.with_directive(scene, "picture", Some(&picture));
                if script.source() == self.script.source() {
                    return self.refresh_tiles();
                }
                self.change(script, now)
            }
            Err(problem) => {
                if let Some(tile) = self.tiles.get_mut(scene) {
                    *tile = Tile::Empty;
                }
                let mut actions = self.refresh_tiles();
                actions.push(Action::show(&problem));
                actions
            }
        }
    }

    fn picture_loaded(&mut self, picture: &str, result: Result<(), Problem>) -> Vec<Action> {
        for (scene, tile) in self.script.scenes.iter().zip(&mut self.tiles) {
            if scene.picture() == Some(picture) {
                *tile = match &result {
                    Ok(()) => Tile::Ready { picture: picture.to_owned() },
                    Err(problem) => Tile::Failed { picture: picture.to_owned(), problem: problem.clone() },
                };
            }
        }
        Vec::new()
    }

    fn retry_picture(&mut self, scene: usize) -> Vec<Action> {
        if let Some(tile) = self.tiles.get_mut(scene) {
            *tile = Tile::Empty;
        }
        self.refresh_tiles()
    }

    /// Brings the tiles in line with the script and loads what is new.
    fn refresh_tiles(&mut self) -> Vec<Action> {
        let Some(project) = &self.project else { return Vec::new() };
        self.tiles.resize(self.script.scenes.len(), Tile::Empty);
        let mut known: std::collections::HashMap<String, Tile> = std::collections::HashMap::new();
        for tile in &self.tiles {
            if let Tile::Ready { picture } | Tile::Failed { picture, .. } = tile {
                known.insert(picture.clone(), tile.clone());
            }
        }
        let mut actions = Vec::new();
        for (scene, tile) in self.script.scenes.iter().zip(&mut self.tiles) {
            let Some(picture) = scene.picture() else {
                if *tile != Tile::Working {
                    *tile = Tile::Empty;
                }
                continue;
            };
            *tile = match known.get(picture) {
                Some(tile) => tile.clone(),
                None => {
                    actions.push(do_(Effect::LoadPicture { project: project.clone(), picture: picture.to_owned() }));
                    Tile::Working
                }
            };
        }
        actions
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Prepare(effect))
}
