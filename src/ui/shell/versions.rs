//! Two versions of a script side by side (`widgets::comparison`), and which to keep. Closing the sheet chooses nothing.

use std::sync::Arc;

use egui::{Align, Context, Id, Layout, RichText, Ui, vec2};
use lucide_icons::Icon;

use crate::core::history::compare::{Comparison, compare};
use crate::core::script::Script;
use crate::core::sync::Conflict;
use crate::core::time::when;
use crate::studio::sync::{Choice, Message as Sync};
use crate::studio::{Message, Model, Sheet};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::comparison::{Heights, Sides, rows_ui};
use crate::ui::widgets::text;

use super::sheet::{Side, head, sheet};

const WIDTH: f32 = 904.0;
const SIDES: Sides = Sides { alone: ["Only here", "Only on the server"], changed: ["Here", "On the server"] };

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn versions_ui(ctx: &Context, model: &Model, screen: &Screen, out: &mut Vec<Message>) {
    let Some(conflict) = model.sync.conflict.as_ref().filter(|_| model.sheet == Some(Sheet::Versions)) else { return };
    let compared = compared(ctx, conflict);
    if sheet(ctx, Side::Right, "versions", WIDTH, |ui| sheet_ui(ui, model, &compared, screen.today.as_deref(), out)) {
        out.push(Message::CloseSheet);
    }
}

/// Two versions compared: that takes a moment for long scripts, so it is done once.
struct Compared {
    conflict: Arc<Conflict>,
    /// Words and scenes of mine and theirs.
    sizes: [(u64, u64); 2],
    comparison: Arc<Comparison>,
}

fn compared(ctx: &Context, conflict: &Arc<Conflict>) -> Arc<Compared> {
    let id = Id::unique("compared versions");
    let known = ctx.data(|data| data.get_temp::<Arc<Compared>>(id));
    if let Some(known) = known.filter(|known| Arc::ptr_eq(&known.conflict, conflict)) {
        return known;
    }
    let size = |(_, words, scenes): (String, u64, u64)| (words, scenes);
    let script = |text: &str| Script::markdown(text);
    let fresh = Arc::new(Compared {
        conflict: Arc::clone(conflict),
        sizes: [size(conflict.mine.reading()), size(conflict.theirs.reading())],
        comparison: Arc::new(compare(&script(&conflict.mine.script), &script(&conflict.theirs.script))),
    });
    ctx.data_mut(|data| data.insert_temp(id, Arc::clone(&fresh)));
    fresh
}

/// True when its ✕ was taken.
fn sheet_ui(ui: &mut Ui, model: &Model, compared: &Compared, today: Option<&str>, out: &mut Vec<Message>) -> bool {
    let conflict = &compared.conflict;
    let choose = |out: &mut Vec<Message>, choice| out.push(Message::Sync(Sync::Choose(choice)));
    let closed = head(ui, &format!("Two versions of “{}”", model.prepare.script.title()), |_| {});
    note(
        ui,
        "It was changed here and on the server since both were the same. Nothing is lost: the version that gives way stays as a project of its own.",
    );
    ui.add_space(space(1.0));
    let (facts, parts) = (&conflict.facts, conflict.other_parts());
    let by = facts.author.as_ref().map_or_else(String::new, |author| format!(" by {author}"));
    let device = if facts.device.is_empty() { String::new() } else { format!(" on {}", facts.device) };
    columns(ui, |left, right| {
        let at = |stamp: &str| when(stamp, today).map_or_else(String::new, |when| format!(" {when}"));
        head_ui(left, "Here", compared.sizes[0], &format!("Changed{} on {}", at(&conflict.written_at), conflict.device));
        head_ui(right, "On the server", compared.sizes[1], &format!("Changed{}{device}{by}", at(&facts.made_at)));
        if Button::quiet("Keep this one").icon(Icon::Check).show(left).clicked() {
            choose(out, Choice::Mine);
        }
        if Button::quiet("Keep the server's").icon(Icon::Check).show(right).clicked() {
            choose(out, Choice::Theirs);
        }
    });
    ui.horizontal(|ui| {
        if Button::quiet("Keep both").icon(Icon::Columns2).show(ui).clicked() {
            choose(out, Choice::Both);
        }
        text::small(ui, "The server's stays in this project; this one becomes a project of its own.");
    });
    ui.add_space(space(1.0));
    if !parts.is_empty() {
        note(ui, &format!("Beside the script they differ in: {}.", parts.join(", ")));
    }
    difference_ui(ui, &compared.comparison);
    closed
}

fn head_ui(ui: &mut Ui, name: &str, (words, scenes): (u64, u64), about: &str) {
    text::body(ui, name);
    text::small(ui, about);
    let counted = |count: u64, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    text::small(ui, format!("{}  ·  {}", counted(words, "word"), counted(scenes, "scene")));
}

fn difference_ui(ui: &mut Ui, comparison: &Arc<Comparison>) {
    let id = Id::unique("compared versions' heights");
    let mut heights: Heights = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let top = ui.cursor().min;
    let seen = ui.clip_rect().translate(-top.to_vec2());
    rows_ui(ui, comparison, &mut heights, ui.available_width(), seen, &SIDES);
    ui.data_mut(|data| data.insert_temp(id, heights));
}

/// Two columns of the same width.
fn columns(ui: &mut Ui, content: impl FnOnce(&mut Ui, &mut Ui)) {
    let gap = space(2.0);
    let width = (ui.available_width() - gap) / 2.0;
    let top = ui.cursor().min;
    let mut side = |at: f32| {
        let rect = egui::Rect::from_min_size(top + vec2(at, 0.0), vec2(width, f32::INFINITY));
        ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)))
    };
    let (mut left, mut right) = (side(0.0), side(width + gap));
    content(&mut left, &mut right);
    let height = left.min_rect().height().max(right.min_rect().height());
    ui.allocate_space(vec2(2.0 * width + gap, height));
}

fn note(ui: &mut Ui, words: &str) {
    ui.label(RichText::new(words).font(theme::small()).color(colours().muted));
}
