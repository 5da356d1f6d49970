//! What was made, put where it belongs: its file goes into the project, the scene's line in the script names it, one step that can be
//! undone. A file that a person gave stays; what was made is then a version beside it.

use crate::core::asset::AssetId;
use crate::core::generate::{Place, Role};
use crate::core::job;
use crate::core::problem::Problem;
use crate::core::queue::Row;
use crate::core::scene_parts;

use super::super::command::Command;
use super::super::prepare;
use super::{Action, Effect, Seen, State, board, do_, tell};

impl State {
    /// A job is over.
    pub(super) fn over(&mut self, row: &Row, seen: &Seen<'_>) -> Vec<Action> {
        self.remember(vec![row.clone()], seen);
        let Some(place) = board::place_of(&row.job) else { return Vec::new() };
        let made = row.made.first().filter(|_| row.job.state == job::State::Done);
        let ours = row.job.project.is_some() && row.job.project == self.project;
        match (made, &row.job.project) {
            (Some(asset), _) if ours => self.arrived(&place, asset, seen),
            (Some(asset), Some(project)) => {
                vec![do_(Effect::Put { project: project.clone(), place, asset: asset.clone() })]
            }
            // What waited for it is let go.
            _ if ours => self.advance(seen),
            _ => Vec::new(),
        }
    }

    fn arrived(&mut self, place: &Place, asset: &AssetId, seen: &Seen<'_>) -> Vec<Action> {
        let mut actions: Vec<Action> = self.look();
        let what = place.role.words();
        let Some(scene) = self.find(seen.script(), place) else {
            let said = format!("Scene “{}” is not in the script any more. Its {what} is in the library.", place.heading);
            actions.push(Action::offer(said, Command::GoLibrary));
            return actions;
        };
        self.latest = Some((scene, place.role));
        let there = seen.script().scenes[scene].part(place.role);
        if there.is_some_and(|path| scene_parts::tag_of(path).is_none()) {
            let said = format!("A {what} for scene {} is made. Yours stays; it lies beside it.", scene + 1);
            actions.push(Action::offer(said, Command::SeeMade));
            actions.extend(self.advance(seen));
            return actions;
        }
        actions.extend(self.keep(scene, place.role, asset, seen));
        actions
    }

    /// Shows a version in the script.
    pub(super) fn use_version(&mut self, asset: &AssetId, seen: &Seen<'_>) -> Vec<Action> {
        let Some(version) = self.version(asset) else { return Vec::new() };
        let role = version.place.role;
        match self.find(seen.script(), &version.place) {
            Some(scene) => self.keep(scene, role, asset, seen),
            None => Vec::new(),
        }
    }

    fn keep(&mut self, scene: usize, role: Role, asset: &AssetId, seen: &Seen<'_>) -> Vec<Action> {
        let (Some(project), Some(content)) = (&seen.prepare.project, seen.script().scenes.get(scene)) else {
            return Vec::new();
        };
        self.keeping.insert(board::key_of(seen.script(), scene, role));
        let place = Place { scene, heading: content.heading.clone(), role };
        let (project, folder) = (project.id.clone(), project.folder.clone());
        vec![do_(Effect::Keep { project, folder, place, asset: asset.clone() })]
    }

    pub(super) fn kept(
        &mut self,
        project: &str,
        place: &Place,
        asset: &AssetId,
        result: Result<String, Problem>,
        seen: &Seen<'_>,
    ) -> Vec<Action> {
        if self.project.as_deref() != Some(project) {
            return vec![do_(Effect::Put { project: project.to_owned(), place: place.clone(), asset: asset.clone() })];
        }
        if let Some(key) = self.key(seen.script(), place) {
            self.keeping.remove(&key);
        }
        let scene = self.find(seen.script(), place);
        match (result, scene) {
            (Ok(path), Some(scene)) if seen.script().scenes[scene].part(place.role) != Some(&path) => {
                let key = place.role.directive().to_owned();
                vec![tell(prepare::Message::SetPart { scene, key, value: path })]
            }
            (Ok(_), _) => self.advance(seen),
            (Err(problem), _) => {
                let mut actions = vec![Action::show(&problem)];
                actions.extend(self.advance(seen));
                actions
            }
        }
    }

    /// Shows what was made last.
    pub fn latest(&self) -> Option<(usize, Role)> {
        self.latest
    }
}
