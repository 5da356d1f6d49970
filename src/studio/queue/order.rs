//! What orders for the pictures of the open script would be, to know their price: with the words that stand in it, and only what the
//! chosen model allows. They are placed by `scenes`, which knows where the words stand and what style they carry.

use crate::core::generate::{Place, Role};
use crate::core::job::Kind;
use crate::core::queue::Draft;
use crate::studio::Model;

/// The order for a scene's picture; `None` while the script says nothing about it, or no engine makes pictures.
pub fn picture(model: &Model, scene: usize) -> Option<Draft> {
    let prepare = &model.prepare;
    let (project, content) = (prepare.project.as_ref()?, prepare.script.scenes.get(scene)?);
    let words = content.image_prompt()?;
    let choices = &model.settings.engines;
    let (engine, of) = model.engines.chosen(choices, Kind::Image)?;
    let place = Place { scene, heading: content.heading.clone(), role: Role::Picture };
    let mut wish = choices.of(Kind::Image).wish(of, 0.0);
    wish.scene = Some(place);
    Some(Draft { project: Some(project.id.clone()), wish, ..Draft::new(&engine.name, &of.name, Kind::Image, words) })
}

/// Orders for all scenes that have words for a picture and none, and none on its way.
pub fn missing_pictures(model: &Model) -> Vec<Draft> {
    let Some(project) = &model.prepare.project else { return Vec::new() };
    let scenes = model.prepare.script.scenes.iter().enumerate();
    let missing = scenes.filter(|(_, scene)| scene.picture().is_none() && scene.image_prompt().is_some());
    let drafts = missing.filter_map(|(at, _)| picture(model, at));
    drafts.filter(|draft| !draft.wish.scene.as_ref().is_some_and(|place| model.queue.comes(&project.id, place))).collect()
}
