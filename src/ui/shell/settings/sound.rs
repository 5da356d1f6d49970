//! What becomes of a take's sound when it is heard and exported.

use egui::Ui;

use crate::core::settings::Settings;
use crate::ui::shell::sheet::row;
use crate::ui::widgets::{switch::switch, text};

/// Draws the row.
pub fn sound_ui(ui: &mut Ui, wanted: &mut Settings) {
    row(ui, "Take out noise", super::FIELD, |ui, _| {
        if switch(ui, "Take out noise", wanted.noise_suppression).clicked() {
            wanted.noise_suppression = !wanted.noise_suppression;
        }
    });
    text::small(ui, "In review and in exported films. Takes keep the sound as it was.");
}
