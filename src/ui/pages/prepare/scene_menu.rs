//! What can be done with a scene: the same rows on a card, a tile and in the inspector.

use egui::Ui;
use lucide_icons::Icon;

use crate::studio::prepare::{Message as Prepare, Tile};
use crate::studio::{Message, Model};
use crate::ui::widgets::menu;

use super::inspector::Inspector;

pub const WIDTH: f32 = 216.0;

/// Adds a scene at the end, with the caret in its heading.
pub fn add(model: &Model, inspector: &mut Inspector, out: &mut Vec<Message>) {
    inspector.rename = Some(model.prepare.script.scenes.len());
    out.push(Message::Prepare(Prepare::AddScene));
}

/// The rows; renaming puts the caret into the inspector's heading.
pub fn rows_ui(ui: &mut Ui, model: &Model, scene: usize, inspector: &mut Inspector, out: &mut Vec<Message>) {
    let count = model.prepare.script.scenes.len();
    let mut say = |message: Prepare| out.push(Message::Prepare(message));
    if menu::item(ui, Some(Icon::Pencil), "Rename", None) {
        say(Prepare::Select(scene));
        inspector.rename = Some(scene);
    }
    if menu::item_if(ui, scene > 0, Some(Icon::ArrowUp), "Move up") {
        say(Prepare::MoveScene { from: scene, to: scene - 1 });
    }
    if menu::item_if(ui, scene + 1 < count, Some(Icon::ArrowDown), "Move down") {
        say(Prepare::MoveScene { from: scene, to: scene + 1 });
    }
    menu::divider(ui);
    let has = !matches!(model.prepare.tiles.get(scene), None | Some(Tile::Empty));
    if menu::item(ui, Some(Icon::ImagePlus), if has { "Replace the picture…" } else { "Choose a picture…" }, None) {
        say(Prepare::PickPicture(scene));
    }
    if menu::item_if(ui, has, Some(Icon::X), "Take the picture off") {
        say(Prepare::SetDirective { scene, key: "picture".to_owned(), value: None });
    }
    menu::divider(ui);
    if menu::item(ui, Some(Icon::Trash2), "Remove the scene", None) {
        say(Prepare::RemoveScene(scene));
    }
}
