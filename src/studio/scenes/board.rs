//! What each scene has of what was made: its newest jobs, its versions, which one the script shows. Put together anew when the script
//! or the list changes, so that a tile only looks it up.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::asset::AssetId;
use crate::core::generate::{InputRole, Place, Role, Wish};
use crate::core::job::{self, Job};
use crate::core::queue::Row;
use crate::core::scene_parts::{self, PARTS};
use crate::core::script::Script;

use super::State;

/// A part of a scene, whatever moves: the nth scene of that heading.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub role: Role,
    pub heading: String,
    pub nth: usize,
}

/// One scene.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    heading: String,
    nth: usize,
    /// Numbers into `State::made`, for each of `PARTS`.
    versions: [Vec<usize>; PARTS.len()],
    shown: [Option<AssetId>; PARTS.len()],
}

/// A part of a scene, as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Its newest job.
    pub row: Option<&'a Arc<Row>>,
    /// It is ordered as soon as what it needs is there.
    pub waits: bool,
    /// How many were made and are still there.
    pub versions: usize,
    /// The one that the script shows.
    pub shown: Option<&'a AssetId>,
}

impl Part<'_> {
    /// It is being made, or will be.
    pub fn comes(&self) -> bool {
        self.waits || self.row.is_some_and(|row| !row.job.state.over())
    }

    /// The newest try failed.
    pub fn failed(&self) -> Option<&Row> {
        self.row.filter(|row| row.job.state == job::State::Failed && !self.waits).map(|row| &**row)
    }

    /// The job that makes it now.
    pub fn going(&self) -> Option<&Row> {
        self.row.filter(|row| !row.job.state.over()).map(|row| &**row)
    }
}

impl Board {
    pub fn part<'a>(&'a self, role: Role, state: &'a State) -> Part<'a> {
        let key = Key { role, heading: self.heading.clone(), nth: self.nth };
        let waits = state.waits(&key);
        let shown = index(role).and_then(|at| self.shown[at].as_ref());
        Part { row: state.rows.get(&key), waits, versions: self.versions(role).len(), shown }
    }

    pub fn versions(&self, role: Role) -> &[usize] {
        index(role).map_or(&[], |at| &self.versions[at])
    }
}

fn index(role: Role) -> Option<usize> {
    PARTS.iter().position(|known| *known == role)
}

/// What a job is for.
pub fn place_of(job: &Job) -> Option<Place> {
    serde_json::from_value::<Wish>(job.params.clone()).ok()?.scene
}

impl State {
    /// The picture or end picture that the scene's clip was made from, when the scene shows another one by now.
    pub fn outdated(&self, script: &Script, scene: usize) -> Option<Role> {
        let content = script.scenes.get(scene)?;
        let clip = self.version(self.part(scene, Role::Clip).shown?)?;
        let other = |(input, role): &(InputRole, Role)| {
            let given = clip.inputs.iter().find(|(of, _)| of == input).map(|(_, asset)| asset);
            // A picture of another scene was meant to be that, as where clips run on.
            let own = given.filter(|given| self.versions(scene, *role).any(|version| version.asset.id == **given));
            own.is_some() && content.part(*role).is_some() && self.part(scene, *role).shown != own
        };
        let found = [(InputRole::FirstFrame, Role::Picture), (InputRole::LastFrame, Role::End)].into_iter().find(other);
        found.map(|(_, role)| role)
    }

    /// The scene that is meant, under the name it has now.
    pub(super) fn find(&self, script: &Script, place: &Place) -> Option<usize> {
        scene_parts::find(script, place).or_else(|| {
            let heading = self.renamed.get(&place.heading)?.clone();
            scene_parts::find(script, &Place { heading, ..place.clone() })
        })
    }

    pub(super) fn key(&self, script: &Script, place: &Place) -> Option<Key> {
        let scene = self.find(script, place)?;
        Some(key_of(script, scene, place.role))
    }

    /// Ordered, and nobody has told of it yet.
    pub(super) fn waits(&self, key: &Key) -> bool {
        self.placed.contains(key) || self.keeping.contains(key) || self.waiting.iter().any(|order| order.key == *key)
    }

    /// Brings all in line with the script.
    pub(super) fn rebuild(&mut self, script: &Script) {
        self.follow_names(script);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut boards: Vec<Board> = Vec::with_capacity(script.scenes.len());
        for scene in &script.scenes {
            let nth = seen.entry(&scene.heading).or_default();
            boards.push(Board { heading: scene.heading.clone(), nth: *nth, ..Board::default() });
            *nth += 1;
        }
        for (number, version) in self.made.iter().enumerate() {
            let Some(at) = index(version.place.role) else { continue };
            if let Some(board) = self.find(script, &version.place).and_then(|scene| boards.get_mut(scene)) {
                board.versions[at].push(number);
            }
        }
        for (scene, board) in script.scenes.iter().zip(&mut boards) {
            for (at, role) in PARTS.into_iter().enumerate() {
                let Some(tag) = scene.part(role).and_then(scene_parts::tag_of) else { continue };
                let of = board.versions[at].iter().filter_map(|number| self.made.get(*number));
                board.shown[at] = of.map(|version| &version.asset.id).find(|id| scene_parts::tag(id) == tag).cloned();
            }
        }
        self.boards = boards;
    }

    /// One scene that is called otherwise, while all others stand where they stood, was renamed.
    fn follow_names(&mut self, script: &Script) {
        let now = || script.scenes.iter().map(|scene| scene.heading.as_str());
        if self.headings.iter().map(String::as_str).eq(now()) {
            return;
        }
        let headings: Vec<String> = now().map(str::to_owned).collect();
        let before = std::mem::replace(&mut self.headings, headings);
        let mut other = before.iter().zip(&self.headings).filter(|(before, now)| before != now);
        let (Some((was, is)), None) = (other.next(), other.next()) else { return };
        if before.len() != self.headings.len() || was.is_empty() || self.headings.contains(was) {
            return;
        }
        let (was, is) = (was.clone(), is.clone());
        for name in self.renamed.values_mut().filter(|name| **name == was) {
            name.clone_from(&is);
        }
        for order in &mut self.waiting {
            order.renamed(&was, &is);
        }
        let rename = |key: Key| if key.heading == was { Key { heading: is.clone(), ..key } } else { key };
        self.rows = std::mem::take(&mut self.rows).into_iter().map(|(key, row)| (rename(key), row)).collect();
        self.placed = std::mem::take(&mut self.placed).into_iter().map(rename).collect();
        self.keeping = std::mem::take(&mut self.keeping).into_iter().map(rename).collect();
        self.renamed.insert(was, is);
    }
}

pub(super) fn key_of(script: &Script, scene: usize, role: Role) -> Key {
    let heading = script.scenes.get(scene).map_or(String::new(), |scene| scene.heading.clone());
    let nth = script.scenes.iter().take(scene).filter(|scene| scene.heading == heading).count();
    Key { role, heading, nth }
}
