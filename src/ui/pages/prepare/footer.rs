//! The foot of Prepare: how long it is, and the button that records.

use egui::{Align, Frame, Layout, Margin, Panel, Rect, Ui};

use crate::core::prompter::Pace;
use crate::core::script::Script;
use crate::studio::command::Command;
use crate::studio::{Message, Model};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;
use crate::ui::{Screen, figures};

use super::film;

const HEIGHT: f32 = 48.0;

/// Draws it. Answers with the part of it that holds nothing but words.
pub fn footer_ui(ui: &mut Ui, model: &Model, screen: &Screen, out: &mut Vec<Message>) -> Rect {
    let frame = Frame::NONE.inner_margin(Margin::symmetric(theme::space(2.0) as i8, theme::space(1.0) as i8));
    let panel = Panel::bottom("prepare foot").exact_size(HEIGHT).frame(frame).show_separator_line(false);
    let shown = panel.show(ui, |ui| {
        let top = ui.max_rect().top() - theme::space(1.0);
        ui.painter().hline(ui.ctx().content_rect().x_range(), top, (1.0, colours().line.0));
        let row = ui.max_rect();
        let free = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if Button::record("Record").command(Command::Record).show(ui).clicked() {
                out.push(Message::Command(Command::Record));
            }
            let enabled = model.prepare.script.words() > 0;
            let tip = "Read it without recording, and learn how long you take for each scene";
            if Button::quiet("Rehearse").command(Command::Rehearse).tooltip(tip).enabled(enabled).show(ui).clicked() {
                out.push(Message::Command(Command::Rehearse));
            }
            if enabled || !model.prepare.script.scenes.is_empty() {
                film::film_ui(ui, model, out);
            }
            let free = ui.available_rect_before_wrap();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let words = totals(&model.prepare.script, model.prompter.pace, screen.time_of_day);
                let galley = text::truncated(ui, &words, theme::small(), colours().muted.0, ui.available_width());
                let response = ui.label(galley);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
            });
            free
        });
        Rect::from_x_y_ranges(free.inner.x_range(), row.y_range().expand(theme::space(0.75)))
    });
    shown.inner
}

/// The whole script in figures, at the pace that is chosen; `now` is the time of day in seconds.
pub fn totals(script: &Script, pace: Pace, now: Option<f64>) -> String {
    let scenes = script.scenes.len();
    let s = if scenes == 1 { "" } else { "s" };
    let secs: f64 = pace.scene_secs(script).iter().sum();
    let words = script.words();
    let rate = if words > 0 && secs > 0.0 { words as f64 * 60.0 / secs } else { script.pace() };
    let ends = now.filter(|_| secs > 0.0).map_or_else(String::new, |now| format!(" · ends {}", figures::ends(now, secs)));
    format!("{}{ends} · {words} words · {scenes} scene{s} · {rate:.0} words a minute", seconds(secs))
}

/// Seconds as people say them: `48 s` up to four minutes, then `5 min 10 s`.
pub fn seconds(secs: f64) -> String {
    let whole = secs.round() as u64;
    if whole < 240 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}
