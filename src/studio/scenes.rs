//! Scenes: what engines have made for the open project's scenes, what is being made, and what is ordered next. The script says which
//! of the versions is shown (`core::scene_parts`); this topic puts a new one there, by its heading when the scene has moved meanwhile,
//! and never over a picture that a person gave.

pub mod board;
pub mod film;
mod order;
mod price;
mod put;
pub mod shown;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::core::asset::{Asset, AssetId};
use crate::core::engine::Money;
use crate::core::generate::{InputRole, Place, Role};
use crate::core::problem::Problem;
use crate::core::queue::Row;
use crate::core::scene_length::{self, Length};
use crate::core::script::Script;
use crate::core::settings::Settings;
use crate::core::take::Take;
use crate::core::time::secs;
use crate::core::variation::Variation;

use super::{Action, engines, prepare, queue, rehearse};
use board::{Board, Key, Part};
use order::Order;
use shown::Sheet;

/// The line of the front matter that says that each clip begins as the one before it ended.
pub const CONTINUITY: &str = "continuity";

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Id of the project all of this is about.
    project: Option<String>,
    /// What was made was read, so that what comes now is new.
    looked: bool,
    /// All that engines made for its scenes and that is still there, the oldest first.
    pub made: Vec<Arc<Version>>,
    /// The newest job of each part.
    rows: HashMap<Key, Arc<Row>>,
    /// Orders that wait for another part.
    waiting: Vec<Order>,
    /// Parts that were ordered and that the queue has not told of yet.
    placed: HashSet<Key>,
    /// Parts whose file is on its way into the project.
    keeping: HashSet<Key>,
    /// Last pictures of clips, by the clip's file in the project.
    frames: HashMap<String, Frame>,
    /// One for each scene of the script.
    boards: Vec<Board>,
    headings: Vec<String>,
    /// What scenes were called before they were renamed.
    renamed: HashMap<String, String>,
    /// Orders since the project was opened, so that each has a seed of its own.
    tries: u64,
    /// A scene's versions, large.
    pub sheet: Option<Sheet>,
    pub film: film::State,
    /// The part that was made last, for who is told of it.
    latest: Option<(usize, Role)>,
}

/// The last picture of a clip, as a file.
#[derive(Clone, Debug, PartialEq)]
enum Frame {
    Asked,
    There(String),
    Failed,
}

/// Something that was made for a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub asset: Arc<Asset>,
    pub place: Place,
    pub job: String,
    pub engine: String,
    pub model: String,
    /// What the engine was told.
    pub prompt: String,
    pub prompt_version: Option<String>,
    pub seed: Option<i64>,
    pub cost: Option<Money>,
    /// The files that it was made with.
    pub inputs: Vec<(InputRole, AssetId)>,
}

impl Version {
    /// What of its prompt our own painter has drawn; `None` for all others.
    pub fn drawn(&self) -> Option<&str> {
        self.asset.metadata.pointer("/generated/drawn")?.as_str()
    }
}

/// What the hands found of a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub made: Vec<Version>,
    /// The newest job of each place, over or not.
    pub rows: Vec<Row>,
    /// The newest film of its scenes.
    pub film: Option<Arc<Asset>>,
}

/// What of the studio an order depends on.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub settings: &'a Settings,
    pub prepare: &'a prepare::State,
    pub engines: &'a engines::State,
    /// The project's takes, the newest first.
    pub takes: &'a [Take],
    pub rehearse: &'a rehearse::State,
    /// The queue is taking orders: more would be lost.
    pub placing: bool,
}

impl Seen<'_> {
    pub fn script(&self) -> &Script {
        &self.prepare.script
    }

    /// How long a scene really takes.
    pub fn length(&self, scene: usize) -> Option<Length> {
        let scenes = self.rehearse.measured().map_or(&[][..], |measured| &measured.scenes);
        let rehearsed = scenes.iter().find(|measured| measured.scene == scene).map(|measured| measured.secs);
        scene_length::of(self.script(), scene, self.takes, rehearsed)
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    /// What was made for the project may have changed.
    Look,
    Looked {
        project: String,
        result: Result<Box<Found>, Problem>,
    },
    /// These jobs of the queue are new, or something about them is.
    Changed(Vec<Row>),
    /// A job is over.
    Over(Box<Row>),
    /// The queue has taken what was ordered, or not.
    Placed(bool),
    /// Make a part of a scene.
    Make {
        scene: usize,
        role: Role,
    },
    /// Make this part of every scene that lacks it.
    MakeMissing(Role),
    /// Make it once more in another way; of the version with this asset, or as the script says.
    Vary {
        scene: usize,
        role: Role,
        variation: Variation,
        of: Option<AssetId>,
    },
    /// Try again what failed.
    Retry {
        scene: usize,
        role: Role,
    },
    /// Stop what is made, or is still to be ordered.
    Cancel {
        scene: usize,
        role: Role,
    },
    /// Whether each clip begins as the one before it ended.
    Continuity(bool),
    /// Show this version in the script.
    Use(AssetId),
    /// A part's file is in the project, under this path.
    Kept {
        project: String,
        place: Place,
        asset: AssetId,
        result: Result<String, Problem>,
    },
    /// The last picture of a clip is in this file.
    Ended {
        project: String,
        film: String,
        result: Result<String, Problem>,
    },
    Sheet(shown::Message),
    Film(film::Message),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Find what was made for a project.
    Look {
        project: String,
    },
    /// Copy an asset's file into the project.
    Keep {
        project: String,
        folder: String,
        place: Place,
        asset: AssetId,
    },
    /// Put an asset into a project that is not open, where its scene lacks it.
    Put {
        project: String,
        place: Place,
        asset: AssetId,
    },
    /// Make a file of a clip's last picture.
    End {
        project: String,
        folder: String,
        film: String,
    },
    /// Ask where to, and copy an asset's file there.
    Save(Arc<Asset>),
    /// Move it to the bin.
    Bin(AssetId),
    Film(film::Effect),
}

impl State {
    /// A part of a scene, as it is now.
    pub fn part(&self, scene: usize, role: Role) -> Part<'_> {
        let empty = Part { row: None, waits: false, versions: 0, shown: None };
        self.boards.get(scene).map_or(empty, |board| board.part(role, self))
    }

    /// Seconds of the voice that a scene has; `None` where it has none, or one that a person gave.
    pub fn voice_secs(&self, scene: usize) -> Option<f64> {
        let version = self.version(self.part(scene, Role::Voice).shown?)?;
        Some(secs(version.asset.facts.nanos)).filter(|secs| *secs > 0.0)
    }

    /// How long a scene takes in a film: its length, and its voice is never cut off.
    pub fn length(&self, scene: usize, seen: &Seen<'_>) -> Option<Length> {
        Some(seen.length(scene)?.with_voice(self.voice_secs(scene), seen.settings.film.fit_words))
    }

    /// What was made for a part, the oldest first.
    pub fn versions(&self, scene: usize, role: Role) -> impl Iterator<Item = &Arc<Version>> {
        let numbers = self.boards.get(scene).map_or(&[][..], |board| board.versions(role));
        numbers.iter().filter_map(|number| self.made.get(*number))
    }

    /// The version with this asset.
    pub fn version(&self, asset: &AssetId) -> Option<&Arc<Version>> {
        self.made.iter().find(|version| version.asset.id == *asset)
    }

    /// The scene of the open script that a version was made for.
    pub fn place_of_version(&self, asset: &AssetId) -> Option<(usize, Role)> {
        let number = self.made.iter().position(|version| version.asset.id == *asset)?;
        let role = self.made[number].place.role;
        let scene = self.boards.iter().position(|board| board.versions(role).contains(&number))?;
        Some((scene, role))
    }

    /// Whether each clip begins as the one before it ended.
    pub fn continuity(script: &Script) -> bool {
        let said = script.front.entries.iter().rev().find(|entry| entry.key == CONTINUITY);
        said.is_some_and(|entry| matches!(entry.value.trim_matches(['"', '\'']), "yes" | "true" | "on"))
    }

    /// Scenes that lack a part which nobody makes yet.
    pub fn missing(&self, script: &Script, role: Role) -> Vec<usize> {
        let lacks = |scene: &usize| script.scenes[*scene].lacks(role) && !self.part(*scene, role).comes();
        (0..script.scenes.len()).filter(lacks).collect()
    }

    /// The project was looked through, and nothing more is on its way but what the queue has.
    pub fn is_settled(&self) -> bool {
        self.looked && self.waiting.is_empty() && self.placed.is_empty() && self.keeping.is_empty()
    }

    pub fn update(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Look => self.look(),
            Message::Looked { project, result } if self.project.as_ref() == Some(&project) => self.found(result, seen),
            Message::Looked { .. } => Vec::new(),
            Message::Changed(rows) => self.changed(rows, seen),
            Message::Over(row) => self.over(&row, seen),
            Message::Placed(taken) => {
                if !taken {
                    self.placed.clear();
                }
                self.advance(seen)
            }
            Message::Make { scene, role } => self.make(&[(scene, role)], seen),
            Message::MakeMissing(role) => {
                let missing: Vec<_> = self.missing(seen.script(), role).into_iter().map(|scene| (scene, role)).collect();
                self.make(&missing, seen)
            }
            Message::Vary { scene, role, variation, of } => self.vary(scene, role, variation, of.as_ref(), seen),
            Message::Retry { scene, role } => self.retry(scene, role, seen),
            Message::Cancel { scene, role } => self.cancel(scene, role, seen),
            Message::Continuity(on) => {
                let value = on.then(|| "yes".to_owned());
                vec![tell(prepare::Message::SetFront { key: CONTINUITY.into(), value })]
            }
            Message::Use(asset) => self.use_version(&asset, seen),
            Message::Kept { project, place, asset, result } => self.kept(&project, &place, &asset, result, seen),
            Message::Ended { project, film, result } if self.project.as_ref() == Some(&project) => {
                self.frames.insert(film, result.map_or(Frame::Failed, Frame::There));
                self.advance(seen)
            }
            Message::Ended { .. } => Vec::new(),
            Message::Sheet(message) => self.show(message, seen),
            Message::Film(message) => self.film(message, seen),
        }
    }

    /// The script has another text, or is another project's.
    pub(super) fn script_changed(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let project = seen.prepare.project.as_ref().map(|project| &project.id);
        let mut actions = Vec::new();
        if self.project.as_ref() != project {
            let close = self.show(shown::Message::Close, seen);
            *self = State { project: project.cloned(), film: self.film.of_another(), ..State::default() };
            actions.extend(close);
            actions.extend(self.look());
        }
        self.rebuild(seen.script());
        actions.extend(self.check_seams(seen));
        if !self.waiting.is_empty() {
            actions.extend(self.advance(seen));
        }
        actions
    }

    fn look(&self) -> Vec<Action> {
        self.project.iter().map(|project| do_(Effect::Look { project: project.clone() })).collect()
    }

    fn found(&mut self, result: Result<Box<Found>, Problem>, seen: &Seen<'_>) -> Vec<Action> {
        let found = match result {
            Ok(found) => *found,
            Err(problem) => return vec![Action::show(&problem)],
        };
        let first = !std::mem::replace(&mut self.looked, true);
        self.made = found.made.into_iter().map(Arc::new).collect();
        self.film.joined = found.film;
        if first {
            self.remember(found.rows, seen);
        }
        self.rebuild(seen.script());
        let mut actions: Vec<Action> = self.check_seams(seen).into_iter().collect();
        actions.extend(self.shown_again(seen));
        if first && seen.settings.engines.pictures_on_open {
            actions.extend(self.make_on_open(seen));
        }
        actions
    }

    /// Pictures that the script asks for and that were never tried: what failed once costs nothing again by itself.
    fn make_on_open(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let untried = |scene: &usize| {
            let part = self.part(*scene, Role::Picture);
            part.row.is_none() && part.versions == 0
        };
        let missing: Vec<_> = self.missing(seen.script(), Role::Picture).into_iter().filter(untried).collect();
        let wanted: Vec<_> = missing.into_iter().map(|scene| (scene, Role::Picture)).collect();
        self.make(&wanted, seen)
    }

    /// Keeps the newest row of each part.
    fn remember(&mut self, rows: Vec<Row>, seen: &Seen<'_>) {
        for row in rows {
            let Some(key) = self.place_of(&row).and_then(|place| self.key(seen.script(), &place)) else { continue };
            self.placed.remove(&key);
            let newer = |known: &Arc<Row>| {
                known.job.id == row.job.id || (&known.job.created_at, &known.job.id) < (&row.job.created_at, &row.job.id)
            };
            if self.rows.get(&key).is_none_or(newer) {
                self.rows.insert(key, Arc::new(row));
            }
        }
    }

    fn changed(&mut self, rows: Vec<Row>, seen: &Seen<'_>) -> Vec<Action> {
        self.remember(rows, seen);
        Vec::new()
    }

    fn place_of(&self, row: &Row) -> Option<Place> {
        let ours = row.job.project.is_some() && row.job.project == self.project;
        ours.then(|| board::place_of(&row.job)).flatten()
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Scenes(effect))
}

fn tell(message: prepare::Message) -> Action {
    Action::Tell(super::Message::Prepare(message))
}

fn ask(message: queue::Message) -> Action {
    Action::Tell(super::Message::Queue(message))
}

#[cfg(test)]
mod tests;
