//! A question over everything, which has to be answered before anything else is done: a card in the middle, dimmed ground around it.
//! Escape and a click outside are the answer that changes nothing.

use egui::{Context, Frame, Id, Margin, Modal, RichText, Stroke, Ui};

use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::text;

const WIDTH: f32 = 440.0;

/// Draws the card; `content` answers when a button of it was clicked, `no` is what going away means.
pub fn card<R>(ctx: &Context, name: &str, no: R, content: impl FnOnce(&mut Ui) -> Option<R>) -> Option<R> {
    let c = colours();
    let frame = Frame::NONE
        .fill(c.surface.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(theme::radius())
        .inner_margin(Margin::same(space(2.5) as i8));
    let modal = Modal::new(Id::unique(name)).frame(frame).backdrop_color(c.scrim.0).show(ctx, |ui| {
        ui.set_width(WIDTH.min(ctx.content_rect().width() - space(8.0)));
        content(ui)
    });
    let away = modal.should_close();
    modal.inner.or(away.then_some(no))
}

/// What is asked, and what is to be known for the answer.
pub fn said(ui: &mut Ui, head: &str, lines: &[String]) {
    text::title(ui, head);
    for line in lines {
        ui.label(RichText::new(line).font(theme::body()).color(colours().muted));
    }
    ui.add_space(space(1.0));
}

/// The keyboard stands at the answer that changes nothing, until the person takes it elsewhere.
pub fn rest_at(ui: &Ui, button: &egui::Response) {
    if ui.memory(|memory| memory.focused().is_none()) {
        button.request_focus();
    }
}
