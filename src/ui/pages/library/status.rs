//! The line at the foot: how much was found, and how much of it is chosen.

use egui::{Label, Rect, RichText, Ui};
use lucide_icons::Icon;

use crate::core::time::clock;
use crate::studio::Model;
use crate::studio::library::Search;
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;

use super::{LibraryView, words};

/// Draws the line. Answers with the part of it that holds nothing but words.
pub fn status_ui(ui: &mut Ui, model: &Model, view: &mut LibraryView) -> Rect {
    let mut lane = ui.max_rect();
    let words = sentence(model);
    let text = RichText::new(&words).font(theme::small()).color(colours().muted);
    let room = ui.available_width();
    ui.add(Label::new(text).truncate());
    // In a narrow window what is selected is told elsewhere, one click away.
    let narrow = ui.ctx().content_rect().width() < super::WIDE;
    if narrow && model.library.selection.single().is_some() && room > space(50.0) {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let details = Button::plain("Details").trailing(Icon::ChevronRight).show(ui);
            lane.max.x = details.rect.left() - space(1.0);
            if details.clicked() {
                view.details = true;
            }
        });
    }
    lane
}

fn sentence(model: &Model) -> String {
    let library = &model.library;
    let found = library.found.len();
    let mut parts = vec![match &library.search {
        Search::Never | Search::Running { first: true, .. } => "Looking…".to_owned(),
        Search::Failed(_) => "The library can't be read".to_owned(),
        _ if library.query.binned => format!("{} in the bin", words::items(found)),
        _ if library.filtered() => format!("{} found", words::count(found)),
        _ => words::items(found),
    }];
    match (library.selection.len(), library.inspected(), library.weight) {
        (0, ..) => {}
        (1, Some((_, asset)), _) => {
            parts.push("1 selected".to_owned());
            parts.push(figures::bytes(asset.bytes));
            parts.extend(words::length(asset));
        }
        (many, _, weight) => {
            parts.push(format!("{} selected", words::count(many)));
            if let Some(weight) = weight {
                parts.push(figures::bytes(weight.bytes));
                parts.extend((weight.nanos > 0).then(|| clock(weight.nanos)));
            }
        }
    }
    parts.join("  ·  ")
}
