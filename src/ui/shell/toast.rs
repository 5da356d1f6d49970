//! Toasts: what happened and what to do, until read, dismissed, or old. They stand where nothing is worked with: in the lane that the
//! page leaves free at its foot, else over the page's picture above its controls; never over a sheet or a menu. What does not fit is in
//! the list of messages (`messages`), one click away.

use egui::{Align, Area, Context, CornerRadius, Frame, Id, Key, Label, Layout, Margin, Order, Rect, RichText, Role, Sense};
use egui::{Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::time::Moment;
use crate::studio::notice::{self, Notice, Tone};
use crate::studio::{Message, Model, Page, Sheet};
use crate::ui::View;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, text};

use super::sheet;

/// The widest that a toast gets.
const WIDTH: f32 = 560.0;
/// A lane narrower than this holds no sentence.
const LEAST: f32 = 216.0;
/// From this height on a lane holds two lines.
const TWO_LINES: f32 = 38.0;
/// So much of Review's width is its player's at least.
const PLAYER_SHARE: f32 = 0.62;
/// Toasts over a picture.
const FLOATING: usize = 2;

/// Draws what stands, the weightiest first; not what the page says itself.
pub fn toasts_ui(ctx: &Context, model: &Model, view: &View, now: Moment, out: &mut Vec<Message>) {
    let next = model.notice.notices.iter().map(|notice| notice.until.secs_from(now)).reduce(f64::min);
    if let Some(next) = next {
        // The one that ends first has to be taken away even when nothing else happens.
        ctx.request_repaint_after(std::time::Duration::from_secs_f64(next.clamp(0.0, 60.0) + 0.01));
    }
    let notices = model.notice.by_weight();
    let said: Vec<&Notice> = notices.into_iter().filter(|notice| view.said.as_ref() != Some(&notice.text)).collect();
    put_away(ctx, model, said.first(), out);
    match lane(ctx, view.lane) {
        Some(lane) => docked_ui(ctx, model, lane, &said, out),
        None => floating_ui(ctx, model, view.foot, &said, out),
    }
}

/// The page's lane, as far as no sheet lies over it.
fn lane(ctx: &Context, lane: Option<Rect>) -> Option<Rect> {
    let mut lane = lane?;
    if let Some(sheet) = sheet::open_at(ctx).filter(|sheet| sheet.intersects(lane)) {
        // It hangs from the right or from the left.
        if sheet.center().x > lane.center().x {
            lane.max.x = lane.max.x.min(sheet.left() - space(1.0));
        } else {
            lane.min.x = lane.min.x.max(sheet.right() + space(1.0));
        }
    }
    (lane.width() >= LEAST).then_some(lane)
}

/// Escape puts the first one away, when nothing else wants it.
fn put_away(ctx: &Context, model: &Model, first: Option<&&Notice>, out: &mut Vec<Message>) {
    let asked = model.record.mute.question.is_some() || model.queue.asks();
    let covered = model.sheet.is_some() || model.notice.help || model.immersive || asked || ctx.any_popup_open();
    if let Some(notice) = first
        && !covered
        && ctx.input(|input| input.key_pressed(Key::Escape))
    {
        out.push(Message::Notice(notice::Message::Dismiss(notice.id)));
    }
}

/// One in the lane; how many more there are stands beside it. While there is none, a project that is on its way.
fn docked_ui(ctx: &Context, model: &Model, lane: Rect, said: &[&Notice], out: &mut Vec<Message>) {
    if said.is_empty() && model.bundle.running.is_none() {
        return;
    }
    let rect = Rect::from_min_size(lane.min, vec2(lane.width().min(WIDTH), lane.height()));
    // Under sheets and menus.
    Area::new(Id::unique("toasts")).order(Order::Middle).fixed_pos(rect.min).constrain(false).show(ctx, |ui| {
        let (rect, _) = ui.allocate_exact_size(rect.size(), Sense::hover());
        match said.first() {
            Some(notice) => card_ui(ui, rect, notice, said.len() - 1, model, out),
            None => super::bundle::card_ui(ui, rect, model, out),
        }
    });
}

/// Over the picture, the weightiest lowest.
fn floating_ui(ctx: &Context, model: &Model, foot: f32, said: &[&Notice], out: &mut Vec<Message>) {
    let bundle = model.bundle.running.is_some();
    let count = said.len().min(if bundle { FLOATING - 1 } else { FLOATING });
    if count == 0 && !bundle {
        return;
    }
    let mut room = ctx.content_rect();
    if let Some(sheet) = sheet::open_at(ctx) {
        let right = sheet.center().x > room.center().x;
        let (left, end) = if right { (room.left(), sheet.left()) } else { (sheet.right(), room.right()) };
        (room.min.x, room.max.x) = (left, end);
    }
    // Review has its takes at the right, beside the picture.
    let beside = model.page == Page::Review;
    let share = if beside { room.width() * PLAYER_SHARE } else { room.width() - space(4.0) };
    let width = WIDTH.min(share);
    // Beside a sheet that has the window to itself there is no room: what is said stays in the list.
    if width < LEAST {
        return;
    }
    let height = space(6.0);
    let rows = count + usize::from(bundle);
    let top = room.bottom() - foot - rows as f32 * (height + space(0.5));
    let left = if beside { room.left() + space(2.0) } else { room.center().x - width / 2.0 };
    let corner = pos2(left.round(), top.round());
    Area::new(Id::unique("toasts")).order(Order::Middle).fixed_pos(corner).constrain(false).show(ctx, |ui| {
        ui.spacing_mut().item_spacing.y = space(0.5);
        for (at, notice) in said[..count].iter().enumerate().rev() {
            let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            card_ui(ui, rect, notice, if at == 0 { said.len() - count } else { 0 }, model, out);
        }
        if bundle {
            let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            super::bundle::card_ui(ui, rect, model, out);
        }
    });
}

/// The ground of a card.
pub(super) fn ground(ui: &Ui, rect: Rect, loud: bool) {
    let c = colours();
    let edge = if loud { c.accent } else { c.outline };
    let frame = Frame::NONE.fill(c.raised.0).stroke(Stroke::new(1.0, edge.0)).corner_radius(CornerRadius::same(8));
    ui.painter().add(frame.inner_margin(Margin::ZERO).paint(rect.shrink(1.0)));
}

/// One notice: what happened, what to do, the way to do it, and out of the way.
fn card_ui(ui: &mut Ui, rect: Rect, notice: &Notice, more: usize, model: &Model, out: &mut Vec<Message>) {
    let c = colours();
    ground(ui, rect, notice.tone != Tone::Info);
    let (sign, colour) = match notice.tone {
        Tone::Info => (Icon::Info, c.muted),
        Tone::Warning | Tone::Problem => (Icon::TriangleAlert, c.accent),
    };
    let left = rect.left() + space(4.5);
    icon(ui.painter(), pos2(rect.left() + space(2.25), rect.center().y), sign, 18.0, colour.0);
    let inner = Rect::from_min_max(pos2(left, rect.top()), rect.max - vec2(space(0.5), 0.0));
    let row = UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)).id_salt(("toast", notice.id));
    let end = ui.scope_builder(row, |ui| {
        ui.spacing_mut().item_spacing.x = space(0.25);
        if Button::icon_only(Icon::X, "Dismiss").show(ui).clicked() {
            out.push(Message::Notice(notice::Message::Dismiss(notice.id)));
        }
        if more > 0 {
            let name = if more == 1 { "1 more message".to_owned() } else { format!("{more} more messages") };
            if Button::plain(&format!("+{more}")).name(&name).tooltip(&name).show(ui).clicked() {
                out.push(Message::Sheet(Sheet::Messages));
            }
        }
        if let Some(command) = notice.offer.filter(|command| command.works_on(model.page))
            && Button::quiet(command.label()).command(command).show(ui).clicked()
        {
            out.push(Message::Command(command));
        }
        ui.cursor().right()
    });
    let words = Rect::from_min_max(inner.min, pos2(end.inner - space(0.5), inner.bottom()));
    words_ui(ui, words, notice, out);
    let said = format!("{} {}", notice.text, notice.fix);
    let whole = ui.interact(rect, Id::unique("toast").with(notice.id), Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(Role::Alert, true, said.trim()));
    ui.ctx().accesskit_node_builder(whole.id, |node| node.set_live(egui::accesskit::Live::Polite));
}

/// The sentences, in as many lines as there is room for. A click puts them away, or shows them whole where they are cut.
fn words_ui(ui: &mut Ui, rect: Rect, notice: &Notice, out: &mut Vec<Message>) {
    let c = colours();
    let two = rect.height() >= TWO_LINES;
    let mut galleys = match (two, notice.fix.as_str()) {
        (true, "") => vec![text::rows(ui, &notice.text, theme::body(), c.text.0, rect.width(), 2)],
        (true, fix) => vec![
            text::truncated(ui, &notice.text, theme::body(), c.text.0, rect.width()),
            text::truncated(ui, fix, theme::small(), c.muted.0, rect.width()),
        ],
        (false, fix) => {
            let whole = format!("{} {fix}", notice.text);
            vec![text::truncated(ui, whole.trim(), theme::body(), c.text.0, rect.width())]
        }
    };
    let height: f32 = galleys.iter().map(|galley| galley.size().y).sum();
    let cut = galleys.iter().any(|galley| galley.elided);
    let mut y = rect.center().y - height / 2.0;
    for galley in galleys.drain(..) {
        let size = galley.size();
        ui.painter().galley(pos2(rect.left(), y), galley, c.text.0);
        y += size.y;
    }
    let response = ui.interact(rect, Id::unique("toast words").with(notice.id), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &notice.text));
    if response.clicked() {
        out.push(match cut {
            true => Message::Sheet(Sheet::Messages),
            false => Message::Notice(notice::Message::Dismiss(notice.id)),
        });
    }
    if cut {
        response.on_hover_ui(|ui| {
            ui.set_max_width(WIDTH);
            ui.add(Label::new(RichText::new(&notice.text).font(theme::body()).color(c.text)).wrap());
            if !notice.fix.is_empty() {
                ui.add(Label::new(RichText::new(&notice.fix).font(theme::small()).color(c.muted)).wrap());
            }
        });
    }
}
