//! What can be set on the camera itself, folded away under its name until it is wanted. A change is seen in the picture at
//! once, also while a take runs; it is remembered for this camera.

use egui::{Align, Layout, Ui};
use lucide_icons::Icon;

use crate::core::camera_controls::{CameraControl, Shape};
use crate::studio::devices::controls;
use crate::studio::{Message, devices};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::menu;
use crate::ui::widgets::slider::slider;
use crate::ui::widgets::switch::switch;

/// Room for a control at the right edge.
const FIELD: f32 = 200.0;

/// Draws the line that unfolds them, and them; nothing for a camera that has none.
pub fn controls_ui(ui: &mut Ui, state: &controls::State, out: &mut Vec<Message>) {
    if state.controls.is_empty() {
        return;
    }
    let id = ui.scope_id().with("camera controls");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    ui.horizontal(|ui| {
        let (arrow, name) =
            if open { (Icon::ChevronUp, "Fewer camera controls") } else { (Icon::ChevronDown, "Camera controls") };
        if Button::quiet("Camera controls").name(name).trailing(arrow).show(ui).clicked() {
            open = !open;
            ui.data_mut(|data| data.insert_temp(id, open));
        }
        if open {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::icon_only(Icon::RotateCcw, "Set the camera as it comes").show(ui).clicked() {
                    tell(out, controls::Message::Reset);
                }
            });
        }
    });
    if open {
        state.controls.iter().for_each(|control| control_ui(ui, control, &state.controls, out));
        ui.add_space(theme::space(1.0));
    }
}

fn control_ui(ui: &mut Ui, control: &CameraControl, all: &[CameraControl], out: &mut Vec<Message>) {
    let (known, governed) = (control.known, control.is_governed(all));
    let mut wanted = None;
    ui.add_enabled_ui(!governed, |ui| {
        row(ui, known.label, FIELD, |ui, width| match &control.shape {
            Shape::Switch => {
                let on = control.value != 0;
                wanted = switch(ui, known.label, on).clicked().then_some(i64::from(!on));
            }
            Shape::Menu(items) => {
                let current = items.iter().position(|(value, _)| *value == control.value);
                let labels: Vec<String> = items.iter().map(|(_, label)| label.clone()).collect();
                wanted = menu::choice(ui, known.label, width, current, &labels).map(|chosen| items[chosen].0);
            }
            Shape::Number { .. } if governed => {
                ui.label(egui::RichText::new("automatic").font(theme::small()).color(colours().muted));
            }
            Shape::Number { low, high, step } => {
                // Fractions of a range that may be wider than a slider's figures are exact.
                let range = *low as f32..=*high as f32;
                let figure = |value: f32| known.unit.write(control.fitting(value.round() as i64));
                let moved = slider(ui, known.label, width, control.value as f32, range, *step as f32, figure);
                wanted = moved.map(|value| control.fitting(value.round() as i64)).filter(|&value| value != control.value);
            }
        });
    });
    if let Some(value) = wanted {
        tell(out, controls::Message::Set { known, value });
    }
}

fn tell(out: &mut Vec<Message>, message: controls::Message) {
    out.push(Message::Devices(devices::Message::Controls(message)));
}
