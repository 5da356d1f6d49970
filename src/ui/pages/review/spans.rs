//! Stretches that were read again, on the time bar: hatched where they are left out, outlined where they were kept after all.
//! The handle at the top of one asks what is to become of it.

use egui::{Color32, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::span::Span;
use crate::core::take::Take;
use crate::core::time::{clock, secs};
use crate::studio::review::{self, Player};
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{focus_ring, menu, text};

use super::{Ready, ReviewView};

/// Height of a handle, and the least width at which a pointer finds it.
const HANDLE: f32 = 12.0;
const NARROWEST: f32 = 18.0;
/// Points between the hatching's lines.
const HATCH: f32 = 7.0;
const MENU: f32 = 208.0;
/// Window time after which a skip that did not arrive is asked for again.
const PATIENCE_SECS: f64 = 1.0;

/// What the page may forget of spans.
#[derive(Default)]
pub struct Skipping {
    /// Where playing was last sent to, and when (window time).
    sent: Option<(u64, f64)>,
    /// The stretch the person wants to hear all the same, and whether the player has come to it.
    listening: Option<(Span, bool)>,
}

/// Hatches the wave where nothing of it will be seen.
pub fn hatch_ui(ui: &Ui, take: &Take, ready: &Ready, wave: Rect) {
    for span in take.spans.iter().filter(|span| span.spoilt()) {
        let rect = place(span, ready, wave);
        if span.rejected() {
            let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
            painter.rect_filled(rect, 0.0, colours().surface.0.gamma_multiply(0.62));
            let lines = ((rect.width() + rect.height()) / HATCH).ceil() as usize;
            for i in 0..=lines {
                let x = rect.left() + i as f32 * HATCH;
                let stroke = Stroke::new(1.0, colours().muted.0.gamma_multiply(0.7));
                painter.line_segment([pos2(x, rect.top()), pos2(x - rect.height(), rect.bottom())], stroke);
            }
        } else {
            ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, colours().outline.0), StrokeKind::Inside);
        }
    }
}

/// The handles, and what is chosen in their menus.
pub fn handles_ui(ui: &Ui, model: &Model, view: &mut ReviewView, ready: &Ready, wave: Rect, out: &mut Vec<Message>) {
    let Some(take) = model.review.open_take() else { return };
    for span in take.spans.iter().filter(|span| span.spoilt()) {
        let of = place(span, ready, wave);
        let width = of.width().max(NARROWEST);
        let left = (of.center().x - width / 2.0).clamp(wave.left(), (wave.right() - width).max(wave.left()));
        let handle = Rect::from_min_size(pos2(left, wave.top()), vec2(width, HANDLE));
        let response = ui.interact(handle, ui.scope_id().with(("span", span.start)), Sense::click());
        let state = if span.rejected() { "left out" } else { "kept" };
        let name = format!("Read again from {} to {}, {state}", clock(span.start), clock(span.end));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let c = colours();
        let fill = if span.rejected() { c.accent.0 } else { c.outline.0 };
        let fill = if response.hovered() || response.has_focus() { fill.lerp_to_gamma(c.text.0, 0.25) } else { fill };
        paint_handle(ui, handle, fill);
        if response.has_focus() {
            focus_ring(ui.painter(), handle);
        }
        let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(&name);
        menu::under(&response, MENU, |ui| menu_ui(ui, model, take, *span, view, out));
    }
}

/// A bar with room above and below, so that the handles of neighbours are told apart.
fn paint_handle(ui: &Ui, handle: Rect, fill: Color32) {
    let bar = Rect::from_min_max(handle.min + vec2(1.0, 1.0), pos2(handle.right() - 1.0, handle.top() + 5.0));
    ui.painter().rect_filled(bar, 2.0, fill);
}

fn menu_ui(ui: &mut Ui, model: &Model, take: &Take, span: Span, view: &mut ReviewView, out: &mut Vec<Message>) {
    let say = |message: review::Message| Message::Review(message);
    ui.add_space(space(0.5));
    ui.horizontal(|ui| {
        ui.add_space(space(1.0));
        text::small(ui, format!("Read again  ·  {:.1} s", secs(span.end - span.start)));
    });
    let judge = |kept| {
        let Span { start, end, .. } = span;
        say(review::Message::Judge { take: take.id.clone(), start, end, kept })
    };
    if menu::item(ui, span.rejected().then_some(Icon::Check), "Leave it out", None) && !span.rejected() {
        out.push(judge(false));
    }
    if menu::item(ui, (!span.rejected()).then_some(Icon::Check), "Keep it after all", None) && span.rejected() {
        out.push(judge(true));
    }
    menu::divider(ui);
    if menu::item(ui, Some(Icon::Play), "Listen to it", None) {
        view.skipping.listening = Some((span, false));
        out.push(say(review::Message::Seek { nanos: span.start, exact: true }));
        let playing = model.review.open.as_ref().is_some_and(|open| matches!(open.player, Player::Ready { playing: true, .. }));
        if !playing {
            out.push(say(review::Message::TogglePlay));
        }
    }
}

/// Sends the player on when it comes into what was rejected.
pub fn skip(ui: &Ui, model: &Model, skipping: &mut Skipping, ready: Option<Ready>, out: &mut Vec<Message>) {
    let Some(ready) = ready else {
        *skipping = Skipping::default();
        return;
    };
    if let Some((span, begun)) = &mut skipping.listening {
        // The picture of its beginning may begin a frame before it, and the seek there may still be on its way.
        let from = span.start.saturating_sub(ready.rate.frame_nanos());
        let inside = (from..span.end).contains(&ready.position);
        *begun |= inside;
        if *begun && !inside {
            skipping.listening = None;
        }
    }
    let Some(to) = model.review.skip_from(ready.position).filter(|_| skipping.listening.is_none()) else {
        skipping.sent = None;
        return;
    };
    let time = ui.input(|input| input.time);
    if skipping.sent.is_some_and(|(sent, at)| sent == to && time - at < PATIENCE_SECS) {
        return;
    }
    skipping.sent = Some((to, time));
    out.push(Message::Review(review::Message::Seek { nanos: to, exact: true }));
}

fn place(span: &Span, ready: &Ready, wave: Rect) -> Rect {
    let x = |nanos: u64| wave.left() + (nanos as f64 / ready.duration.max(1) as f64).min(1.0) as f32 * wave.width();
    let (left, right) = (x(span.start), x(span.end));
    Rect::from_min_max(pos2(left, wave.top()), pos2(right.max(left + theme::theme().space.unit / 4.0), wave.bottom()))
}
