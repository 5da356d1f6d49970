//! Two versions of a script side by side, and which to keep. What is the same in both is left out but for a line around each
//! change; what differs within a line stands out. Closing the sheet chooses nothing.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Context, Frame, Id, Label, Layout, Margin, RichText, Ui, vec2};
use lucide_icons::Icon;

use crate::core::lines::{self, shared_ends, side_by_side};
use crate::core::sync::Conflict;
use crate::core::time::when;
use crate::studio::sync::{Choice, Message as Sync};
use crate::studio::{Message, Model, Sheet};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::sheet::sheet;

const WIDTH: f32 = 904.0;
/// Changes beyond these are counted, not shown.
const MOST_ROWS: usize = 200;

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn versions_ui(ctx: &Context, model: &Model, screen: &Screen, out: &mut Vec<Message>) {
    let Some(conflict) = model.sync.conflict.as_ref().filter(|_| model.sheet == Some(Sheet::Versions)) else { return };
    let compared = compared(ctx, conflict);
    if sheet(ctx, "versions", WIDTH, |ui| sheet_ui(ui, model, &compared, screen.today.as_deref(), out)) {
        out.push(Message::CloseSheet);
    }
}

/// Two versions compared: that takes a moment for long scripts, so it is done once.
struct Compared {
    conflict: Arc<Conflict>,
    /// Words and scenes of mine and theirs.
    sizes: [(u64, u64); 2],
    /// What is shown, and how many more lines there are.
    rows: Vec<Row>,
    more: usize,
}

struct Row {
    left: Option<String>,
    right: Option<String>,
    /// Something that is the same on both sides was left out before it.
    gap: bool,
}

fn compared(ctx: &Context, conflict: &Arc<Conflict>) -> Arc<Compared> {
    let id = Id::unique("compared versions");
    let known = ctx.data(|data| data.get_temp::<Arc<Compared>>(id));
    if let Some(known) = known.filter(|known| Arc::ptr_eq(&known.conflict, conflict)) {
        return known;
    }
    let rows = side_by_side(&conflict.mine.script, &conflict.theirs.script);
    let places = shown(&rows);
    let own = |line: Option<&str>| line.map(str::to_owned);
    let mut before = None;
    let row = |at: &usize| {
        let since = before.replace(*at).map_or(*at, |before: usize| before + 1);
        let gap = since > 0 && rows[since..*at].iter().any(|row| !blank(row));
        Row { left: own(rows[*at].left), right: own(rows[*at].right), gap }
    };
    let size = |(_, words, scenes): (String, u64, u64)| (words, scenes);
    let fresh = Arc::new(Compared {
        conflict: Arc::clone(conflict),
        sizes: [size(conflict.mine.reading()), size(conflict.theirs.reading())],
        rows: places.iter().take(MOST_ROWS).map(row).collect(),
        more: places.len().saturating_sub(MOST_ROWS),
    });
    ctx.data_mut(|data| data.insert_temp(id, Arc::clone(&fresh)));
    fresh
}

fn sheet_ui(ui: &mut Ui, model: &Model, compared: &Compared, today: Option<&str>, out: &mut Vec<Message>) {
    let conflict = &compared.conflict;
    let choose = |out: &mut Vec<Message>, choice| out.push(Message::Sync(Sync::Choose(choice)));
    text::title(ui, format!("Two versions of “{}”", model.prepare.script.title()));
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
    difference_ui(ui, compared);
}

fn head_ui(ui: &mut Ui, name: &str, (words, scenes): (u64, u64), about: &str) {
    text::body(ui, name);
    text::small(ui, about);
    let counted = |count: u64, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    text::small(ui, format!("{}  ·  {}", counted(words, "word"), counted(scenes, "scene")));
}

fn difference_ui(ui: &mut Ui, compared: &Compared) {
    for row in &compared.rows {
        if row.gap {
            text::small(ui, "⋯");
        }
        row_ui(ui, row);
    }
    if compared.more > 0 {
        note(ui, &format!("And {} more lines.", compared.more));
    }
}

/// Rows that differ, with a line of what is the same around them; blank lines say nothing.
fn shown(rows: &[lines::Row<'_>]) -> Vec<usize> {
    let differs: Vec<usize> = (0..rows.len()).filter(|at| !rows[*at].same() && !blank(&rows[*at])).collect();
    let beside = |at: usize, step: fn(usize) -> Option<usize>| {
        let mut place = step(at);
        while let Some(at) = place.filter(|at| *at < rows.len()) {
            if !blank(&rows[at]) {
                return Some(at);
            }
            place = step(at);
        }
        None
    };
    let around = differs.iter().flat_map(|at| {
        [beside(*at, |at| at.checked_sub(1)), Some(*at), beside(*at, |at| at.checked_add(1))].into_iter().flatten()
    });
    let all: std::collections::BTreeSet<usize> = around.collect();
    all.into_iter().collect()
}

fn blank(row: &lines::Row<'_>) -> bool {
    [row.left, row.right].into_iter().flatten().all(|line| line.trim().is_empty())
}

fn row_ui(ui: &mut Ui, row: &Row) {
    let same = row.left == row.right;
    let (front, back) = match (&row.left, &row.right) {
        (Some(left), Some(right)) if !same => shared_ends(left, right),
        _ => (0, 0),
    };
    columns(ui, |one, other| {
        side_ui(one, row.left.as_deref(), same, front, back);
        side_ui(other, row.right.as_deref(), same, front, back);
    });
}

fn side_ui(ui: &mut Ui, line: Option<&str>, same: bool, front: usize, back: usize) {
    let c = colours();
    let Some(line) = line else { return };
    let ground = if same { Color32::TRANSPARENT } else { c.raised.0 };
    let frame = Frame::NONE.fill(ground).corner_radius(theme::radius()).inner_margin(Margin::symmetric(space(1.0) as i8, 3));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        if same {
            ui.add(Label::new(RichText::new(line).font(theme::body()).color(c.muted)).truncate());
            return;
        }
        let mut job = LayoutJob::default();
        job.wrap.max_width = ui.available_width();
        let format = |colour: Color32| TextFormat::simple(theme::body(), colour);
        let end = line.len() - back;
        job.append(&line[..front], 0.0, format(c.text.0));
        job.append(&line[front..end], 0.0, format(c.accent.0));
        job.append(&line[end..], 0.0, format(c.text.0));
        ui.add(Label::new(job));
    });
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
