//! The Settings sheet's row about uploads.

use egui::Ui;

use crate::ui::shell::sheet::row;
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::text;

const LABEL: &str = "Upload while recording";

/// The switch, and what it does in a line.
pub fn while_recording_ui(ui: &mut Ui, on: &mut bool) {
    row(ui, LABEL, super::FIELD, |ui, _| {
        if switch(ui, LABEL, *on).clicked() {
            *on = !*on;
        }
    });
    text::small(ui, "Each take is on the server moments after you stop it.");
}
