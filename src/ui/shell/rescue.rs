//! The offer of takes that were interrupted: a strip under the top bar, so that it covers nothing, with a row for each take. It
//! stays until each is answered, and gives way while something is recorded, rehearsed, or shown full screen.

use std::sync::Arc;
use std::time::Duration;

use egui::{
    Align, Frame, Galley, Layout, Margin, Panel, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, accesskit, pos2,
    vec2,
};
use lucide_icons::Icon;

use crate::core::time::{Moment, clock};
use crate::studio::rescue::{Message as Answer, Offer, Phase};
use crate::studio::{Message, Model, Page};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::{Button, Kind};
use crate::ui::widgets::{icon, text};

/// Rows that are seen at once; more are scrolled to.
const ROWS: f32 = 3.0;
/// The strip's most of the window's height, unless that is less than a row.
const MOST: f32 = 0.25;
/// A sentence takes at most two lines where the window is narrow.
const LINES: usize = 2;
const ICON: f32 = 18.0;

/// Draws the strip while something waits for an answer, and takes its height from `ui`.
pub fn rescue_ui(ui: &mut Ui, model: &Model, screen: &Screen, now: Moment, out: &mut Vec<Message>) {
    if model.busy().is_some() || model.immersive || model.rescue.offers.is_empty() {
        return;
    }
    let width = ui.available_width() - 2.0 * space(2.0);
    let rows: Vec<Row> = model.rescue.offers.iter().map(|offer| Row::of(ui, model, screen, offer, width)).collect();
    let all: f32 = rows.iter().map(|row| row.height).sum();
    let tallest = rows.iter().map(|row| row.height).fold(0.0, f32::max);
    let seen = all.min(ROWS * tallest).min((ui.available_height() * MOST).max(tallest));
    let margin = Margin::symmetric(space(2.0) as i8, space(0.5) as i8);
    let frame = Frame::NONE.fill(colours().surface.0).inner_margin(margin);
    let strip = Panel::top("rescue").exact_size(seen + space(1.0)).resizable(false).frame(frame).show_separator_line(false);
    let shown = strip.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().max_height(seen).auto_shrink(false).show(ui, |ui| {
            for (offer, row) in model.rescue.offers.iter().zip(rows) {
                row_ui(ui, model, offer, row, out);
            }
        });
    });
    let under = shown.response.rect.bottom() - 0.5;
    ui.painter().hline(ui.ctx().content_rect().x_range(), under, (1.0, colours().line.0));
    // The way back from the bin ends even when nothing else happens.
    let ends = model.rescue.offers.iter().filter_map(|offer| match offer.phase {
        Phase::Binned { until } => Some(until.secs_from(now)),
        _ => None,
    });
    if let Some(secs) = ends.reduce(f64::min) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(secs.clamp(0.0, 60.0) + 0.01));
    }
}

/// A row laid out before the strip's height is known.
struct Row {
    sentence: Arc<Galley>,
    said: String,
    actions: Vec<Act>,
    /// Width of the buttons with what is between them.
    actions_width: f32,
    height: f32,
}

/// A button of a row.
struct Act {
    label: &'static str,
    name: String,
    answer: Answer,
    enabled: bool,
    kind: Kind,
}

impl Row {
    fn of(ui: &Ui, model: &Model, screen: &Screen, offer: &Offer, width: f32) -> Row {
        let here = offer.is_of(&model.prepare);
        let said = match offer.phase {
            Phase::Binned { .. } => format!("{} is in the bin for 30 days.", offer.found.name(!here)),
            Phase::Asked | Phase::Answered => offer.found.sentence(screen.today.as_deref(), !here),
        };
        let actions = actions(model, offer);
        let gaps = space(1.0) * actions.len().saturating_sub(1) as f32;
        let actions_width = actions.iter().map(|act| button_width(ui, act.label)).sum::<f32>() + gaps;
        let room = width - ICON - space(1.5) - actions_width - space(2.0);
        let sentence = text::rows(ui, &said, theme::body(), colours().text.0, room, LINES);
        let height = sentence.size().y.max(theme::theme().space.control) + space(1.0);
        Row { sentence, said, actions, actions_width, height }
    }
}

/// As `Button` draws them.
fn button_width(ui: &Ui, label: &str) -> f32 {
    text::truncated(ui, label, theme::body(), colours().text.0, f32::INFINITY).size().x + 2.0 * space(1.5)
}

/// What can be answered. A take with nothing in it is not worth keeping.
fn actions(model: &Model, offer: &Offer) -> Vec<Act> {
    let take = &offer.found.take;
    let (id, number) = (&take.id, take.number);
    let free = offer.phase != Phase::Answered;
    let sent = model.upload.uploads.get(id).is_some_and(|upload| upload.phase.active());
    let act =
        |label: &'static str, name: String, answer, enabled, kind| Act { label, name, answer, enabled: enabled && free, kind };
    if let Phase::Binned { .. } = offer.phase {
        let back = act("Put it back", format!("Put take {number} back"), Answer::PutBack(id.clone()), true, Kind::Quiet);
        return vec![back];
    }
    let discard = act("Discard", format!("Discard take {number}"), Answer::Discard(id.clone()), !sent, Kind::Plain);
    if offer.found.is_empty() {
        return vec![Act { kind: Kind::Quiet, ..discard }];
    }
    let shown = model.page == Page::Review && model.review.open.as_ref().is_some_and(|open| open.take == *id);
    vec![
        act("Keep", format!("Keep take {number}"), Answer::Keep(id.clone()), true, Kind::Quiet),
        act("Review", format!("Review take {number}"), Answer::Review(id.clone()), !shown, Kind::Quiet),
        discard,
    ]
}

fn row_ui(ui: &mut Ui, model: &Model, offer: &Offer, row: Row, out: &mut Vec<Message>) {
    let c = colours();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), row.height), Sense::hover());
    let binned = matches!(offer.phase, Phase::Binned { .. });
    let (sign, colour) = if binned { (Icon::Trash2, c.muted) } else { (Icon::TriangleAlert, c.accent) };
    icon(ui.painter(), pos2(rect.left() + ICON / 2.0, rect.center().y), sign, ICON, colour.0);
    let at = pos2(rect.left() + ICON + space(1.5), rect.center().y - row.sentence.size().y / 2.0);
    let place = Rect::from_min_size(at, row.sentence.size());
    let elided = row.sentence.elided;
    ui.painter().galley(at, row.sentence, c.text.0);
    let label = ui.interact(place, ui.scope_id().with(("rescue", &offer.found.take.id)), Sense::hover());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &row.said));
    ui.ctx().accesskit_node_builder(label.id, |node| {
        node.set_role(accesskit::Role::Alert);
        node.set_live(accesskit::Live::Polite);
        node.set_label(row.said.as_str());
    });
    let more = about(model, offer);
    label.on_hover_text(if elided { format!("{}\n{more}", row.said) } else { more });
    let buttons = Rect::from_min_max(pos2(rect.right() - row.actions_width, rect.top()), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(buttons).layout(Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = space(1.0);
        for act in row.actions {
            let button = Button::new(act.kind, act.label).name(&act.name).tooltip(tip(&act.answer)).enabled(act.enabled);
            if button.show(ui).clicked() {
                out.push(Message::Rescue(act.answer));
            }
        }
    });
}

/// What else is known of it.
fn about(model: &Model, offer: &Offer) -> String {
    let take = &offer.found.take;
    let project = model.prepare.projects.iter().find(|project| project.id == take.project);
    let title = project.map_or(&take.title, |project| &project.title);
    format!("“{title}”, {}, {} × {}", clock(take.nanos), take.width, take.height)
}

/// What a button does, where its label says too little.
fn tip(answer: &Answer) -> &'static str {
    match answer {
        Answer::Keep(_) => "Keep it among the takes",
        Answer::Review(_) => "Look at it first; you can still keep or discard it then",
        Answer::Discard(_) => "Move it to the bin for 30 days",
        _ => "Bring it back from the bin",
    }
}
