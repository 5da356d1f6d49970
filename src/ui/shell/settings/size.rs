//! Size and rate of the picture, and what this machine holds of them: the lists mark what it does not, a sentence says why.

use egui::{Align, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::pick_ui;
use crate::core::machine::{Machine, RATES};
use crate::core::settings::Settings;
use crate::studio::{Message, machine};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

/// Sizes cameras commonly have.
const SIZES: [(u32, u32); 6] = [(640, 360), (640, 480), (960, 540), (1280, 720), (1920, 1080), (3840, 2160)];

/// What stands behind a choice that does not hold.
const TOO_MUCH: &str = "too much here";

pub fn size_ui(ui: &mut Ui, machine: &machine::State, wanted: &mut Settings, out: &mut Vec<Message>) {
    let known = machine.known.as_ref();
    let marked = |text: String, holds: bool| if holds { text } else { format!("{text} · {TOO_MUCH}") };
    let holds = |w: u32, h: u32, fps: u32| known.is_none_or(|machine| machine.holds(w, h, fps));
    let mut size = (wanted.width, wanted.height);
    let rate = wanted.fps;
    pick_ui(ui, "Picture size", &SIZES, &mut size, |(w, h)| marked(format!("{w} × {h}"), holds(w, h, rate)));
    (wanted.width, wanted.height) = size;
    pick_ui(ui, "Frames a second", &RATES, &mut wanted.fps, |fps| marked(format!("{fps}"), holds(size.0, size.1, fps)));
    match known {
        Some(known) => says_ui(ui, known, machine.measuring(), wanted, out),
        None => {
            text::small(ui, "What this machine holds is measured while nothing else goes on.");
        }
    }
}

/// What it holds, or why what is chosen does not; with a button to measure again.
fn says_ui(ui: &mut Ui, known: &Machine, measuring: bool, wanted: &Settings, out: &mut Vec<Message>) {
    let (words, colour) = match known.warns(wanted.width, wanted.height, wanted.fps) {
        Some(warning) => (warning, colours().accent),
        None => (known.says(), colours().muted),
    };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = if measuring { "Measuring…" } else { "Measure again what this machine holds" };
            let button = ui.add_enabled_ui(!measuring, |ui| Button::icon_only(Icon::Gauge, name).show(ui));
            if button.inner.clicked() {
                out.push(Message::Machine(machine::Message::Again));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(words).font(theme::small()).color(colour)).wrap());
            });
        });
    });
}
