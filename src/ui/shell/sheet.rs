//! A sheet: a panel that hangs under the top bar from the side of what opened it, over the page. Its ✕, a click outside or Escape
//! closes it.

use egui::{Align, Align2, Area, Context, Frame, Id, Key, Layout, Margin, Order, Rect, ScrollArea, Stroke, Ui, vec2};
use lucide_icons::Icon;

use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

/// The side of the window it hangs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Draws a sheet that is open, `width` points wide where there is room; long content scrolls. `content` answers with whether its own
/// ✕ was taken. True when the person closed it.
pub fn sheet(ctx: &Context, side: Side, name: &str, width: f32, content: impl FnOnce(&mut Ui) -> bool) -> bool {
    let c = colours();
    let room = ctx.content_rect();
    let (anchor, margin) = match side {
        Side::Left => (Align2::LEFT_TOP, theme::space(1.0)),
        Side::Right => (Align2::RIGHT_TOP, -theme::space(1.0)),
    };
    let area = Area::new(Id::unique(name)).order(Order::Middle).anchor(anchor, vec2(margin, theme::theme().space.bar));
    let mut closed = false;
    let sheet = area.show(ctx, |ui| {
        let frame = Frame::NONE
            .fill(c.surface.0)
            .stroke(Stroke::new(1.0, c.outline.0))
            .corner_radius(theme::radius())
            .inner_margin(Margin::same(theme::space(2.0) as i8));
        frame.show(ui, |ui| {
            ui.set_width(width.min(room.width() - theme::space(6.0)));
            // Without a least height a sheet that grows keeps to the size it first had.
            let height = room.height() - theme::space(12.0);
            let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
            closed = scroll.show(ui, content).inner;
        });
    });
    let now = (ctx.cumulative_frame_nr(), sheet.response.rect);
    ctx.data_mut(|data| data.insert_temp(place(), now));
    // A list that falls from the sheet lies outside it.
    let popup = ctx.any_popup_open();
    let outside = ctx.input(|input| {
        let bar = theme::theme().space.bar;
        let press = input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten();
        press.is_some_and(|at| !sheet.response.rect.contains(at) && at.y > bar)
    });
    closed || (!popup && (outside || ctx.input(|input| input.key_pressed(Key::Escape))))
}

/// Where the open sheet is, for what must not lie over it.
pub fn open_at(ctx: &Context) -> Option<Rect> {
    let (frame, rect): (u64, Rect) = ctx.data(|data| data.get_temp(place()))?;
    (frame + 1 >= ctx.cumulative_frame_nr()).then_some(rect)
}

fn place() -> Id {
    Id::unique("open sheet")
}

/// The first row of a sheet: its title, at the right end ✕, and before that what `more` has. True when ✕ was taken.
pub fn head(ui: &mut Ui, title: &str, more: impl FnOnce(&mut Ui)) -> bool {
    ui.horizontal(|ui| head_after(ui, title, more)).inner
}

/// The rest of such a row that began with something else.
pub fn head_after(ui: &mut Ui, title: &str, more: impl FnOnce(&mut Ui)) -> bool {
    text::title(ui, title);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let closed = Button::icon_only(Icon::X, "Close").show(ui).clicked();
        more(ui);
        closed
    })
    .inner
}

/// A labelled row: the label on the left, the control at the right edge, `field` points wide at most.
pub fn row(ui: &mut Ui, label: &str, field: f32, content: impl FnOnce(&mut Ui, f32)) {
    ui.horizontal(|ui| {
        let field = field.min(ui.available_width() * 0.65);
        text::body(ui, label);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| content(ui, field));
    });
}
