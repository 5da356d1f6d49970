//! What an order would be before it is one: what it costs with all that has to be made first, and why it can't be placed.

use std::collections::HashSet;

use crate::core::generate::Role;
use crate::core::queue::Draft;

use super::order::{Built, still_clip};
use super::{Seen, State};

impl State {
    /// The orders that come of asking for these parts, those included that they need first; as far as their price depends on them.
    pub fn priced(&self, parts: &[(usize, Role)], seen: &Seen<'_>) -> Vec<Draft> {
        let mut all: Vec<(usize, Role)> = parts.to_vec();
        let mut known: HashSet<(usize, Role)> = all.iter().copied().collect();
        let mut at = 0;
        while let Some(&(scene, role)) = all.get(at) {
            at += 1;
            let needed = self.needs(scene, role, seen);
            all.extend(needed.into_iter().filter(|part| !self.part(part.0, part.1).comes() && known.insert(*part)));
        }
        all.into_iter().filter_map(|(scene, role)| self.outline(scene, role, seen)).collect()
    }

    /// Why a part can't be ordered, in one sentence.
    pub fn hindrance(&self, scene: usize, role: Role, seen: &Seen<'_>) -> Option<String> {
        match self.build(&self.trial(seen.script(), scene, role)?, seen) {
            Built::Ready(_) | Built::NeedsEnd(_) => None,
            Built::Not(why) => Some(why),
            Built::Needs(parts) => {
                let missing = parts.into_iter().filter(|(scene, role)| !self.part(*scene, *role).comes());
                missing.filter(|part| *part != (scene, role)).find_map(|(scene, role)| self.hindrance(scene, role, seen))
            }
        }
    }

    fn needs(&self, scene: usize, role: Role, seen: &Seen<'_>) -> Vec<(usize, Role)> {
        let script = seen.script();
        let chosen = seen.engines.chosen(&seen.settings.engines, role.kind());
        let (Some((_, model)), Some(project)) = (chosen, &seen.prepare.project) else { return Vec::new() };
        if scene >= script.scenes.len() {
            return Vec::new();
        }
        match self.inputs(scene, role, &model.limits, project, script) {
            Err(Built::Needs(parts)) => parts,
            _ => Vec::new(),
        }
    }

    /// Engine, model, form and the script's own words; without files and without the project's style.
    fn outline(&self, scene: usize, role: Role, seen: &Seen<'_>) -> Option<Draft> {
        let content = seen.script().scenes.get(scene)?;
        let (engine, model) = seen.engines.chosen(&seen.settings.engines, role.kind())?;
        let words = content.prompt(role).or_else(|| still_clip(role, content.picture().is_some()))?;
        let project = seen.prepare.project.as_ref().map(|project| project.id.clone());
        let draft = Draft::new(&engine.name, &model.name, role.kind(), &words);
        Some(Draft { project, purpose: role.purpose(), wish: self.wish(scene, role, model, seen), ..draft })
    }
}
