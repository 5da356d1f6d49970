//! The Settings sheet's row about uploads.

use egui::Ui;

use crate::core::settings::Settings;
use crate::core::storage::Destination;
use crate::core::upload::Goal;
use crate::studio::Model;
use crate::ui::shell::sheet::row;
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::text;

const LABEL: &str = "Upload while recording";

/// The switch, and what it does in a line.
pub fn while_recording_ui(ui: &mut Ui, model: &Model, wanted: &mut Settings) {
    let here = model.upload.goal.as_ref().is_some_and(Goal::is_here);
    row(ui, LABEL, super::FIELD, |ui, _| {
        if switch(ui, LABEL, wanted.upload_while_recording).clicked() {
            wanted.upload_while_recording = !wanted.upload_while_recording;
        }
    });
    text::small(
        ui,
        match wanted.storage.destination {
            Destination::Server if here => "Each take is in this computer’s own server moments after you stop it.",
            Destination::Server => "Each take is on the server moments after you stop it.",
            Destination::Storage => "A storage takes only what is whole: each take is sent when you stop it.",
        },
    );
}
