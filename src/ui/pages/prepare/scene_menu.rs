//! What can be done with a scene: the same rows on a card, a tile and in the inspector.

use egui::Ui;
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::scene_parts::PARTS;
use crate::core::variation::Variation;
use crate::studio::prepare::{Message as Prepare, Tile};
use crate::studio::scenes::Message as Scenes;
use crate::studio::{Message, Model};
use crate::ui::cost;
use crate::ui::widgets::menu;

use super::inspector::Inspector;
use super::making;
use super::prompt_bar::sign;

pub const WIDTH: f32 = 264.0;

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
    make_ui(ui, model, scene, out);
    menu::divider(ui);
    let mut say = |message: Prepare| out.push(Message::Prepare(message));
    if menu::item(ui, Some(Icon::Trash2), "Remove the scene", None) {
        say(Prepare::RemoveScene(scene));
    }
}

/// What can be made for the scene, with what it costs.
fn make_ui(ui: &mut Ui, model: &Model, scene: usize, out: &mut Vec<Message>) {
    let Some(content) = model.prepare.script.scenes.get(scene) else { return };
    for role in PARTS {
        let part = model.scenes.part(scene, role);
        if part.comes() {
            if menu::item(ui, Some(Icon::X), &format!("Stop making the {}", role.words()), None) {
                out.push(Message::Scenes(Scenes::Cancel { scene, role }));
            }
            continue;
        }
        let can = content.prompt(role).is_some() || (role == Role::Clip && content.picture().is_some());
        let again = if part.versions > 0 { "Generate another" } else { "Generate the" };
        let price = if can { cost::of(model, &[(scene, role)], out).words } else { String::new() };
        if menu::item_with(ui, can, Some(sign(role)), &format!("{again} {}", role.words()), &price) {
            out.push(Message::Scenes(Scenes::Make { scene, role }));
        }
    }
    let can = content.prompt(Role::Picture).is_some();
    let price = if can { cost::of(model, &[(scene, Role::Picture)], out).words } else { String::new() };
    if menu::item_with(ui, can, Some(Icon::Shuffle), "Variation of the picture", &price) {
        let of = model.scenes.part(scene, Role::Picture).shown.cloned();
        out.push(Message::Scenes(Scenes::Vary { scene, role: Role::Picture, variation: Variation::Seed, of }));
    }
    if menu::item_if(ui, can, Some(Icon::Palette), "Other mood or angle…") {
        out.push(making::open(scene, Role::Picture));
    }
}
