//! What the open film would cost with each engine: a small table, folded away until it is wanted. It needs no keys.

use egui::{Align, Align2, Id, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::engine::Money;
use crate::core::queue::Sum;
use crate::studio::Model;
use crate::studio::engines::cost::{Line, Part, film};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

const HEADS: [&str; 4] = ["Pictures", "Clips", "Voices", "All"];
const COLUMN: f32 = 72.0;
const ROW: f32 = 26.0;

/// Draws the line that unfolds the table, and the table; nothing without a script.
pub fn cost_ui(ui: &mut Ui, model: &Model) {
    if model.prepare.project.is_none() || model.prepare.script.scenes.is_empty() {
        return;
    }
    let id = Id::unique("what the film would cost");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let arrow = if open { Icon::ChevronUp } else { Icon::ChevronDown };
    if Button::quiet("What would this film cost?").trailing(arrow).show(ui).clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    if !open {
        return;
    }
    let lines = film(&model.scenes_seen());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        heads_ui(ui);
        lines.iter().for_each(|line| line_ui(ui, line));
    });
    let said = format!(
        "“{}” from nothing, by the price list: with the model that is chosen, else the engine’s first. Point at a figure for the model.",
        model.prepare.script.title()
    );
    text::small(ui, said);
}

fn heads_ui(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    for (at, head) in HEADS.iter().enumerate() {
        let place = pos2(cell(rect, at).right(), rect.center().y);
        ui.painter().text(place, Align2::RIGHT_CENTER, head, theme::small(), colours().muted.0);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, colours().line.0));
}

/// The column at the right, counted from the first figure.
fn cell(row: Rect, at: usize) -> Rect {
    let right = row.right() - COLUMN * (HEADS.len() - 1 - at) as f32;
    Rect::from_min_max(pos2(right - COLUMN, row.top()), pos2(right, row.bottom()))
}

fn line_ui(ui: &mut Ui, line: &Line) {
    let (rect, row) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let c = colours();
    let sum = line.sum();
    row.widget_info(|| WidgetInfo::labeled(Role::Label, true, sentence(line)));
    if row.hovered() {
        ui.painter().rect_filled(rect, theme::radius(), c.hovered.0);
    }
    let label = text::truncated(ui, &line.engine, theme::small(), c.text.0, cell(rect, 0).left() + space(1.0) - rect.left());
    ui.painter().galley(pos2(rect.left(), rect.center().y - label.size().y / 2.0), label, c.text.0);
    let asks = line.parts.iter().flatten().any(|part| part.asks);
    let figures = line.parts.iter().map(part_words).chain([figure(&sum, asks)]);
    for (at, words) in figures.enumerate() {
        let colour = if words.starts_with('$') || at + 1 == HEADS.len() { c.text.0 } else { c.muted.0 };
        let galley = ui.painter().layout_no_wrap(words, theme::small(), colour);
        let place =
            Align2([Align::Max, Align::Center]).anchor_size(pos2(cell(rect, at).right(), rect.center().y), galley.size());
        ui.painter().galley(place.min, galley, colour);
        if let Some(part) = line.parts.get(at).and_then(Option::as_ref) {
            let over = ui.interact(cell(rect, at), row.id.with(at), Sense::hover());
            over.on_hover_text(about(part));
        }
    }
}

fn part_words(part: &Option<Part>) -> String {
    part.as_ref().map_or_else(|| "–".to_owned(), |part| figure(&part.sum, part.asks))
}

/// `$0.42`, `$0.42 + ?`, `free`, `unknown`, `on request`.
fn figure(sum: &Sum, asks: bool) -> String {
    let usd = Money { micros: sum.micros, currency: "USD".into() }.words();
    match (sum.orders, sum.micros, sum.unknown) {
        (0, ..) => "–".to_owned(),
        (_, 0, 0) => "free".to_owned(),
        (_, _, 0) => usd,
        (_, 0, _) if asks => "on request".to_owned(),
        (_, 0, _) => "unknown".to_owned(),
        _ => format!("{usd} + ?"),
    }
}

/// `Flux: 5 pictures…` in words.
fn about(part: &Part) -> String {
    let orders = match part.sum.orders {
        1 => "1 order".to_owned(),
        orders => format!("{orders} orders"),
    };
    let unsaid = match (part.sum.unknown, part.asks) {
        (0, _) => "",
        (_, true) => "; it says its price when it is asked",
        (_, false) => "; price unknown",
    };
    format!("{}: {orders}{unsaid}", part.model)
}

/// All of a row, for who hears it.
fn sentence(line: &Line) -> String {
    let parts = line.parts.iter().zip(HEADS).filter_map(|(part, head)| {
        let part = part.as_ref()?;
        Some(format!("{} {}", head.to_lowercase(), figure(&part.sum, part.asks)))
    });
    let asks = line.parts.iter().flatten().any(|part| part.asks);
    format!("{}: {}, all {}", line.engine, parts.collect::<Vec<_>>().join(", "), figure(&line.sum(), asks))
}
