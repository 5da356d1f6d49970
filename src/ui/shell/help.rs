//! The list of keys, made from the one list of commands.

use egui::{Context, Frame, Id, Margin, Modal, RichText, ScrollArea, Stroke, Ui};
use lucide_icons::Icon;

use crate::studio::command::{COMMANDS, Command, Entry, Shortcut};
use crate::studio::{Message, Model, Page};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

const WIDTH: f32 = 816.0;
const KEYS_WIDTH: f32 = 176.0;
const ROW: f32 = 20.0;

/// Draws the list while it is wanted.
pub fn help_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    if !model.notice.help {
        return;
    }
    let c = colours();
    let room = ctx.content_rect().size();
    let frame = Frame::NONE
        .fill(c.surface.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(theme::radius())
        .inner_margin(Margin::same(theme::space(2.0) as i8));
    let modal = Modal::new(Id::unique("keys")).frame(frame).backdrop_color(c.scrim.0).show(ctx, |ui| {
        ui.set_width(WIDTH.min(room.x - theme::space(8.0)));
        let mut close = false;
        ui.horizontal(|ui| {
            text::title(ui, "Keys");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                close = Button::icon_only(Icon::X, "Close the list of keys").show(ui).clicked();
            });
        });
        // Without a least height the list keeps to a window's first guess of its size.
        let height = room.y - theme::space(14.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, groups_ui);
        close
    });
    if modal.inner || modal.should_close() {
        out.push(Message::Command(Command::Help));
    }
}

fn groups_ui(ui: &mut Ui) {
    ui.spacing_mut().interact_size.y = ROW;
    let groups = [
        ("Everywhere", None),
        ("Prepare", Some(Page::Prepare)),
        ("Record", Some(Page::Record)),
        ("Review", Some(Page::Review)),
    ];
    let columns = if ui.available_width() >= 720.0 { 2 } else { 1 };
    ui.columns(columns, |columns| {
        for (i, (name, page)) in groups.into_iter().enumerate() {
            // Record has the most keys: a column of its own.
            let column = if columns.len() == 2 && i == 2 { 1 } else { 0 };
            let entries = COMMANDS.iter().filter(|entry| entry.pages.first().copied() == page && !entry.keys.is_empty());
            group_ui(&mut columns[column], name, entries);
        }
    });
}

fn group_ui<'a>(ui: &mut Ui, name: &str, entries: impl Iterator<Item = &'a Entry>) {
    let c = colours();
    ui.add_space(theme::space(1.0));
    ui.label(RichText::new(name).font(theme::small()).color(c.muted));
    ui.spacing_mut().item_spacing.y = theme::space(0.5);
    for entry in entries {
        let keys: Vec<String> = entry.keys.iter().map(Shortcut::to_string).collect();
        ui.horizontal(|ui| {
            let (place, _) = ui.allocate_exact_size(egui::vec2(KEYS_WIDTH, ROW), egui::Sense::hover());
            let keys = text::truncated(ui, &keys.join("  or  "), theme::body(), c.accent.0, KEYS_WIDTH);
            ui.painter().galley(egui::pos2(place.left(), place.center().y - keys.size().y / 2.0), keys, c.accent.0);
            ui.label(RichText::new(entry.label).font(theme::body()).color(c.text));
        });
    }
}
