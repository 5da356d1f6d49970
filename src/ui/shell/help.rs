//! The sheet that shows how the studio is controlled: keys on one side, MIDI and OSC on the other. Everything on it can be
//! changed where it stands.

use egui::{Context, Frame, Id, Margin, Modal, Stroke, TextEdit, Ui, vec2};
use lucide_icons::Icon;

use crate::studio::command::Command;
use crate::studio::{Message, Model};
use crate::ui::View;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::text;

use super::controls::controls_ui;
use super::key_list::{Tab, key_list_ui};

/// The sheet at its largest: three columns of keys.
const WIDTH: f32 = 1200.0;
const HEIGHT: f32 = 784.0;
const SEARCH: f32 = 208.0;

/// Draws the sheet while it is wanted.
pub fn help_ui(ctx: &Context, model: &Model, view: &mut View, out: &mut Vec<Message>) {
    if !model.notice.help {
        view.keys.put_away();
        return;
    }
    let c = colours();
    let room = ctx.content_rect().size();
    let frame = Frame::NONE
        .fill(c.surface.0)
        .stroke(Stroke::new(1.0, c.outline.0))
        .corner_radius(theme::radius())
        .inner_margin(Margin::same(theme::space(2.0) as i8));
    let modal = Modal::new(Id::unique("keys")).frame(frame).backdrop_color(c.scrim.0).show(ctx, |ui| {
        // The same size whatever is shown, so that nothing jumps while one searches.
        let size = vec2(WIDTH.min(room.x - theme::space(8.0)), HEIGHT.min(room.y - theme::space(8.0)));
        ui.set_min_size(size);
        ui.set_max_size(size);
        let close = head_ui(ui, model, view);
        ui.add_space(theme::space(0.5));
        match view.keys.tab {
            Tab::Keys => key_list_ui(ui, model, &mut view.keys, out),
            Tab::Controllers => controls_ui(ui, model, &mut view.controls, out),
        }
        close
    });
    if modal.inner || modal.should_close() {
        out.push(Message::Command(Command::Help));
    }
}

/// What is shown, a search, and the way out; true when that was taken.
fn head_ui(ui: &mut Ui, model: &Model, view: &mut View) -> bool {
    let mut close = false;
    ui.horizontal(|ui| {
        if ui.available_width() > 560.0 {
            text::title(ui, "Control");
            ui.add_space(theme::space(1.0));
        }
        let segments = [Segment::plain("Keys"), Segment::plain("Controllers")];
        match segmented(ui, &segments, usize::from(view.keys.tab == Tab::Controllers)) {
            Some(0) => view.keys.tab = Tab::Keys,
            Some(_) => {
                view.keys.put_away();
                view.keys.tab = Tab::Controllers;
            }
            None => {}
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            close = Button::icon_only(Icon::X, "Close").show(ui).clicked();
            if view.keys.tab == Tab::Keys {
                search_ui(ui, model, view);
            }
        });
    });
    close
}

fn search_ui(ui: &mut Ui, model: &Model, view: &mut View) {
    let width = SEARCH.min(ui.available_width() - theme::space(1.0));
    let field = TextEdit::singleline(&mut view.keys.query)
        .hint_text("Search")
        .font(theme::body())
        .background_color(colours().background.0)
        .align(egui::Align2::LEFT_CENTER)
        .margin(Margin::symmetric(theme::space(1.0) as i8, 0));
    let field = ui.add_sized([width, theme::theme().space.control], field);
    field.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search keys");
        info.current_text_value = Some(view.keys.query.clone());
        info
    });
    // While a take runs, a pedal must not type into the field.
    if view.keys.opened() && !model.record.busy() {
        field.request_focus();
    }
}
