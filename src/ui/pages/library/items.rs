//! What can be done with what is chosen: the rows of the menu under the pointer. One item offers everything, several what can
//! be done with them together.

use std::sync::Arc;

use egui::Ui;
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::studio::command::Command;
use crate::studio::library::Message as Library;
use crate::studio::{Message, Model, library, review};
use crate::ui::widgets::menu;

use super::words;

pub const WIDTH: f32 = 264.0;

/// The rows for `asset`, or for everything that is chosen with it.
pub fn rows_ui(ui: &mut Ui, model: &Model, asset: &Arc<Asset>, out: &mut Vec<Message>) {
    let chosen = model.library.selection.len();
    if chosen <= 1 {
        one_ui(ui, model, asset, out);
        menu::divider(ui);
    }
    bin_ui(ui, model, chosen, out);
}

fn one_ui(ui: &mut Ui, model: &Model, asset: &Arc<Asset>, out: &mut Vec<Message>) {
    if menu::item(ui, Some(Icon::Maximize2), "Look at it", Some(Command::Look)) {
        out.push(Message::Library(Library::Viewer(library::viewer::Message::Open)));
    }
    if library::is_picture(asset.kind)
        && let Some(scene) = open_scene(model)
    {
        let label = format!("Give it to scene {}", scene + 1);
        if menu::item(ui, Some(Icon::ImagePlus), &label, None) {
            out.push(Message::Library(Library::Give { asset: Arc::clone(asset), scene }));
        }
    }
    if let Some(take) = reviewed(model, asset)
        && menu::item(ui, Some(Icon::Play), "Review the take", None)
    {
        out.push(Message::Review(review::Message::Show(take)));
    }
    if menu::item(ui, Some(Icon::Pencil), Command::RenameAsset.label(), Some(Command::RenameAsset)) {
        out.push(Message::Command(Command::RenameAsset));
    }
    if menu::item(ui, Some(Icon::FolderOpen), "Show in the file manager", None) {
        out.push(Message::Library(Library::Reveal(Arc::clone(asset))));
    }
}

fn bin_ui(ui: &mut Ui, model: &Model, chosen: usize, out: &mut Vec<Message>) {
    let many = |one: &str, some: &str| if chosen <= 1 { one.to_owned() } else { some.replace('#', &words::items(chosen)) };
    if model.library.query.binned {
        if menu::item(ui, Some(Icon::Undo2), &many("Put it back", "Put # back"), None) {
            out.push(Message::Library(Library::Restore));
        }
    } else if menu::item(ui, Some(Icon::Trash2), &many("Move to the bin", "Move # to the bin"), Some(Command::BinAssets)) {
        out.push(Message::Library(Library::Bin));
    }
}

/// The scene that is selected on the Prepare page.
pub fn open_scene(model: &Model) -> Option<usize> {
    let there = model.prepare.project.is_some() && model.prepare.selected < model.prepare.script.scenes.len();
    there.then_some(model.prepare.selected)
}

/// The take that an asset is, when it is among those of the open script.
pub fn reviewed(model: &Model, asset: &Asset) -> Option<crate::core::take::TakeId> {
    let take = asset.take.clone()?;
    model.review.takes.iter().any(|known| known.id == take).then_some(take)
}
