//! A part of a scene, large: its versions side by side, one of them played or looked at, chosen, saved, thrown away. There is one
//! player; the one of the library plays it (`library::viewer`).

use std::sync::Arc;

use crate::core::asset::AssetId;
use crate::core::fit::Fit;
use crate::core::generate::Role;
use crate::core::time::secs;

use super::super::library::{self, viewer};
use super::{Action, Effect, Seen, State, Version, do_};

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub scene: usize,
    pub role: Role,
    /// The version that is shown large; none where nothing was made.
    pub chosen: Option<AssetId>,
    /// Beside the one that the script shows.
    pub beside: bool,
}

#[derive(Clone, Debug)]
pub enum Message {
    Open {
        scene: usize,
        role: Role,
    },
    /// What was made last.
    OpenLatest,
    Close,
    Choose(AssetId),
    /// The next version, or the one before.
    Step(isize),
    /// The next scene, or the one before.
    Scene(isize),
    Beside(bool),
    /// Copy the chosen one's file somewhere else.
    Save,
    /// Move the chosen one to the bin.
    Bin,
}

impl State {
    pub(super) fn show(&mut self, message: Message, seen: &Seen<'_>) -> Vec<Action> {
        match message {
            Message::Open { scene, role } => self.open(scene, role, seen),
            Message::OpenLatest => match self.latest() {
                Some((scene, role)) => self.open(scene, role, seen),
                None => Vec::new(),
            },
            Message::Close => self.sheet.take().map(|_| view(viewer::Message::Close)).into_iter().collect(),
            Message::Choose(asset) => self.choose(Some(asset)),
            Message::Step(by) => self.step(by),
            Message::Scene(by) => {
                let Some(sheet) = &self.sheet else { return Vec::new() };
                let last = seen.script().scenes.len().saturating_sub(1);
                let scene = sheet.scene.saturating_add_signed(by).min(last);
                if scene == sheet.scene { Vec::new() } else { self.open(scene, sheet.role, seen) }
            }
            Message::Beside(beside) => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.beside = beside;
                }
                Vec::new()
            }
            Message::Save => self.chosen().map(|version| do_(Effect::Save(Arc::clone(&version.asset)))).into_iter().collect(),
            Message::Bin => self.bin(),
        }
    }

    /// The version that is shown large.
    pub fn chosen(&self) -> Option<&Arc<Version>> {
        self.version(self.sheet.as_ref()?.chosen.as_ref()?)
    }

    /// How a clip fills its scene: its own seconds, those of the scene, and what is done about it.
    pub fn fit(&self, version: &Version, scene: usize, seen: &Seen<'_>) -> Option<(f64, f64, Fit)> {
        let has = secs(version.asset.facts.nanos);
        let wants = self.length(scene, seen)?.secs;
        (has > 0.0 && wants > 0.0).then(|| (has, wants, Fit::of(has, wants, State::continuity(seen.script()))))
    }

    fn open(&mut self, scene: usize, role: Role, seen: &Seen<'_>) -> Vec<Action> {
        if scene >= seen.script().scenes.len() {
            return Vec::new();
        }
        let beside = self.sheet.as_ref().is_some_and(|sheet| sheet.beside);
        self.sheet = Some(Sheet { scene, role, chosen: None, beside });
        let chosen = self.part(scene, role).shown.cloned();
        let chosen = chosen.or_else(|| self.versions(scene, role).last().map(|version| version.asset.id.clone()));
        self.choose(chosen)
    }

    fn choose(&mut self, asset: Option<AssetId>) -> Vec<Action> {
        let Some(sheet) = &mut self.sheet else { return Vec::new() };
        sheet.chosen = asset;
        let message = match self.chosen() {
            Some(version) => viewer::Message::Show(Arc::clone(&version.asset)),
            None => viewer::Message::Close,
        };
        vec![view(message)]
    }

    fn step(&mut self, by: isize) -> Vec<Action> {
        let Some(sheet) = &self.sheet else { return Vec::new() };
        let all: Vec<AssetId> = self.versions(sheet.scene, sheet.role).map(|version| version.asset.id.clone()).collect();
        let Some(at) = all.iter().position(|asset| Some(asset) == sheet.chosen.as_ref()) else { return Vec::new() };
        let to = at.saturating_add_signed(by).min(all.len() - 1);
        if to == at { Vec::new() } else { self.choose(all.get(to).cloned()) }
    }

    fn bin(&mut self) -> Vec<Action> {
        let Some(sheet) = &self.sheet else { return Vec::new() };
        let Some(version) = self.chosen() else { return Vec::new() };
        if self.part(sheet.scene, sheet.role).shown == Some(&version.asset.id) {
            let what = sheet.role.words();
            return vec![Action::say(format!("The scene shows this {what}. Choose another one before you delete it."))];
        }
        let gone = version.asset.id.clone();
        let mut actions = vec![view(viewer::Message::Close), do_(Effect::Bin(gone.clone()))];
        // Its neighbour takes its place at once.
        let all: Vec<AssetId> = self.versions(sheet.scene, sheet.role).map(|version| version.asset.id.clone()).collect();
        let at = all.iter().position(|asset| *asset == gone).unwrap_or(0);
        let next = all.get(at + 1).or(at.checked_sub(1).and_then(|before| all.get(before))).cloned();
        actions.extend(self.choose(next));
        actions
    }

    /// The list of what was made is another one: what is shown may have gone, or something newer is there.
    pub(super) fn shown_again(&mut self, seen: &Seen<'_>) -> Vec<Action> {
        let Some(sheet) = self.sheet.clone() else { return Vec::new() };
        if sheet.scene >= seen.script().scenes.len() {
            return self.show(Message::Close, seen);
        }
        let newest = self.versions(sheet.scene, sheet.role).last().map(|version| version.asset.id.clone());
        let there = self.chosen().is_some();
        let fresh = self.latest() == Some((sheet.scene, sheet.role));
        match newest {
            Some(newest) if (fresh || !there) && sheet.chosen.as_ref() != Some(&newest) => {
                self.latest = None;
                self.choose(Some(newest))
            }
            _ => Vec::new(),
        }
    }
}

fn view(message: viewer::Message) -> Action {
    Action::Tell(super::super::Message::Library(library::Message::Viewer(message)))
}
