//! A sheet: a panel under the top bar's right end, over the page. A click outside or Escape closes it.

use egui::{Align2, Area, Context, Frame, Id, Key, Margin, Order, ScrollArea, Stroke, Ui, vec2};

use crate::ui::theme::{self, colours};

/// Draws a sheet that is open, `width` points wide where there is room; long content scrolls. True when the person closed it.
pub fn sheet(ctx: &Context, name: &str, width: f32, content: impl FnOnce(&mut Ui)) -> bool {
    let c = colours();
    let room = ctx.content_rect();
    let sheet = Area::new(Id::unique(name))
        .order(Order::Middle)
        .anchor(Align2::RIGHT_TOP, vec2(-theme::space(1.0), theme::theme().space.bar))
        .show(ctx, |ui| {
            let frame = Frame::NONE
                .fill(c.surface.0)
                .stroke(Stroke::new(1.0, c.outline.0))
                .corner_radius(theme::radius())
                .inner_margin(Margin::same(theme::space(2.0) as i8));
            frame.show(ui, |ui| {
                ui.set_width(width.min(room.width() - theme::space(6.0)));
                // Without a least height a sheet that grows keeps to the size it first had.
                let height = room.height() - theme::space(12.0);
                ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, content);
            });
        });
    // A list that falls from the sheet lies outside it.
    let popup = ctx.any_popup_open();
    let outside = ctx.input(|input| {
        let bar = theme::theme().space.bar;
        let press = input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten();
        press.is_some_and(|at| !sheet.response.rect.contains(at) && at.y > bar)
    });
    !popup && (outside || ctx.input(|input| input.key_pressed(Key::Escape)))
}

/// A labelled row: the label on the left, the control at the right edge, `field` points wide at most.
pub fn row(ui: &mut Ui, label: &str, field: f32, content: impl FnOnce(&mut Ui, f32)) {
    ui.horizontal(|ui| {
        let field = field.min(ui.available_width() * 0.65);
        crate::ui::widgets::text::body(ui, label);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| content(ui, field));
    });
}
