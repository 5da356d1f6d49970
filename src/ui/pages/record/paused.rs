//! A take that stands: a frame around everything and a card in the middle, so that nobody believes that it records.

use egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::core::time::{Moment, clock};
use crate::studio::Model;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{text, time};

use super::big::pause_sign;
use super::places::Places;

const FRAME: f32 = 4.0;
const SIGN: f32 = 28.0;
const CARD: [f32; 2] = [264.0, 104.0];
/// Between the sign and the words.
const GAP: f32 = 20.0;

/// Since when the take is paused.
pub fn since(model: &Model) -> Option<Moment> {
    model.record.rolling().and_then(|rolling| rolling.paused_since())
}

/// Draws both over the picture.
pub fn paused_ui(ui: &mut Ui, model: &Model, places: &Places, now: Moment) {
    let Some(since) = since(model) else { return };
    let c = colours();
    ui.painter().rect_stroke(places.stage, 0.0, Stroke::new(FRAME, c.accent), StrokeKind::Inside);
    // What is edited lies where the card would.
    if model.record.editing.is_some() {
        return;
    }
    let below = places.bar.top() - places.prompter.bottom();
    // Where there is no room under the words it lies on them: they are not read now.
    let top = if below > CARD[1] + space(1.0) { places.prompter.bottom() } else { places.stage.top() };
    let room = Rect::from_min_max(pos2(places.stage.left(), top), pos2(places.stage.right(), places.bar.top()));
    let card = Rect::from_center_size(room.center(), CARD.into());
    ui.painter().rect(card, theme::radius(), c.surface, Stroke::new(1.0, c.accent), StrokeKind::Inside);
    let long = clock(now.since(since));
    let font = theme::title();
    let said = ui.painter().layout_no_wrap("PAUSED".to_owned(), font.clone(), c.accent.0);
    let below = text::truncated(ui, "Nothing is recorded.", theme::body(), c.text.0, card.width());
    let gap = space(1.5);
    let words = said.size().x + gap + time::size(ui.painter(), &long, &font).x;
    let left = card.center().x - (SIGN + GAP + words.max(below.size().x)) / 2.0;
    pause_sign(ui.painter(), pos2(left + SIGN / 2.0, card.center().y), SIGN, c.accent.0);
    let from = left + SIGN + GAP;
    let line = card.center().y - space(1.5);
    time::paint(ui.painter(), pos2(from + said.size().x + gap, line), &long, &font, c.text.0);
    ui.painter().galley(pos2(from, line - said.size().y / 2.0), said, c.accent.0);
    ui.painter().galley(pos2(from, card.center().y + space(1.5) - below.size().y / 2.0), below, c.text.0);
    let response = ui.interact(card, ui.scope_id().with("paused"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "The take is paused. Nothing is recorded."));
}
