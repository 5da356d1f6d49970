//! Toasts: what happened and what to do, above the foot of the page until read, dismissed, or old. They never cover the
//! controls there, because a notice over the button that stops a take would lose time nobody gets back.

use egui::{Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, RichText, Sense, Stroke, Ui, vec2};
use lucide_icons::Icon;

use crate::core::time::Moment;
use crate::studio::notice::{self, Notice, Tone};
use crate::studio::{Message, Model, Page};
use crate::ui::View;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::icon;

const WIDTH: f32 = 480.0;

/// Draws the notices, newest lowest, above the foot of the page; not what the page says itself. Below them a project that is on
/// its way.
pub fn toasts_ui(ctx: &Context, model: &Model, view: &View, now: Moment, out: &mut Vec<Message>) {
    let next = model.notice.notices.iter().map(|notice| notice.until.secs_from(now)).reduce(f64::min);
    if let Some(next) = next {
        // The one that ends first has to be taken away even when nothing else happens.
        ctx.request_repaint_after(std::time::Duration::from_secs_f64(next.clamp(0.0, 60.0) + 0.01));
    } else if model.bundle.running.is_none() {
        return;
    }
    // A dialog that asks for attention stands above them.
    let order = if model.notice.help { Order::Middle } else { Order::Tooltip };
    Area::new(Id::unique("toasts")).order(order).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -view.foot)).show(ctx, |ui| {
        ui.spacing_mut().item_spacing.y = theme::space(1.0);
        for notice in model.notice.notices.iter().filter(|notice| view.said.as_ref() != Some(&notice.text)) {
            toast_ui(ui, notice, model.page, out);
        }
        super::bundle::card_ui(ui, model, width(ui), out);
    });
}

fn width(ui: &Ui) -> f32 {
    WIDTH.min(ui.ctx().content_rect().width() - theme::space(4.0))
}

fn toast_ui(ui: &mut Ui, notice: &Notice, page: Page, out: &mut Vec<Message>) {
    let c = colours();
    let width = width(ui);
    let edge = if notice.tone == Tone::Info { c.outline } else { c.accent };
    let frame = Frame::NONE
        .fill(c.raised.0)
        .stroke(Stroke::new(1.0, edge.0))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(theme::space(1.5) as i8, theme::space(1.0) as i8));
    let shown = frame.show(ui, |ui| {
        ui.set_width(width - theme::space(3.0));
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(theme::space(3.0), theme::theme().space.control), Sense::hover());
            let (sign, colour) = match notice.tone {
                Tone::Info => (Icon::Info, c.muted),
                Tone::Warning | Tone::Problem => (Icon::TriangleAlert, c.accent),
            };
            icon(ui.painter(), mark.center(), sign, 18.0, colour.0);
            let offer = notice.offer.filter(|command| command.works_on(page));
            let words = ui.available_width() - theme::space(if offer.is_some() { 20.0 } else { 5.0 });
            ui.vertical(|ui| {
                ui.set_width(words);
                ui.add_space(theme::space(0.75));
                ui.spacing_mut().item_spacing.y = theme::space(0.25);
                ui.add(egui::Label::new(RichText::new(&notice.text).font(theme::body()).color(c.text)).wrap());
                if !notice.fix.is_empty() {
                    ui.add(egui::Label::new(RichText::new(&notice.fix).font(theme::small()).color(c.muted)).wrap());
                }
                ui.add_space(theme::space(0.5));
            });
            if let Some(command) = offer
                && Button::quiet(command.label()).command(command).show(ui).clicked()
            {
                out.push(Message::Command(command));
            }
            if Button::icon_only(Icon::X, "Dismiss").show(ui).clicked() {
                out.push(Message::Notice(notice::Message::Dismiss(notice.id)));
            }
        });
    });
    let said = format!("{} {}", notice.text, notice.fix);
    ui.ctx().accesskit_node_builder(shown.response.id, |node| {
        node.set_role(egui::accesskit::Role::Alert);
        node.set_live(egui::accesskit::Live::Polite);
        node.set_label(said.trim());
    });
}
