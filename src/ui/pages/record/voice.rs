//! The voice beside the pace: whether it is followed, and how sure its place is. One button with a line under its sign, because
//! the operator asks one question of it: does it still know where we are?

use egui::{Rect, Ui, pos2};
use lucide_icons::Icon;

use crate::core::follow::Hearing;
use crate::studio::command::Command;
use crate::studio::follow::On;
use crate::studio::{Message, Model};
use crate::ui::theme::colours;
use crate::ui::widgets::button::Button;

/// Height of the line.
const LINE: f32 = 2.0;
/// Distance of the line from the button's edges.
const INSET: f32 = 7.0;
const FOOT: f32 = 4.0;

/// The button, and how sure the place is.
pub fn voice_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let on = model.follow.on.as_deref();
    let name = on.map_or_else(|| Command::FollowVoice.label().to_owned(), |on| format!("Follow the voice: {}", words(on)));
    let button = Button::icon_only(Icon::AudioLines, &name).command(Command::FollowVoice).selected(on.is_some());
    let response = button.show(ui);
    if response.clicked() {
        out.push(Message::Command(Command::FollowVoice));
    }
    let Some(on) = on else { return };
    let rect = response.rect;
    let (left, right, y) = (rect.left() + INSET, rect.right() - INSET, rect.bottom() - FOOT);
    let line = |to: f32| Rect::from_min_max(pos2(left, y - LINE), pos2(left + (right - left) * to, y));
    let c = colours();
    let lost = on.steady || on.belief.hearing == Hearing::Lost;
    ui.painter().rect_filled(line(1.0), LINE / 2.0, c.text.0.gamma_multiply(0.25));
    let sure = if on.steady { 1.0 } else { on.belief.confidence.clamp(0.0, 1.0) };
    ui.painter().rect_filled(line(sure), LINE / 2.0, if lost { c.accent } else { c.text });
}

/// How it goes, for the tooltip and for who does not see the line.
fn words(on: &On) -> String {
    if on.steady {
        return "it can't be made out, so the prompter keeps its own pace".to_owned();
    }
    let sure = (on.belief.confidence * 100.0).round();
    match on.belief.hearing {
        _ if !on.ready => "getting ready".to_owned(),
        Hearing::Waiting => "waiting for the first words".to_owned(),
        Hearing::Following => format!("{sure:.0} % sure of the place"),
        Hearing::Silent => "silence, so the text waits".to_owned(),
        Hearing::Lost => "these words are not in the script, so the text waits".to_owned(),
    }
}
