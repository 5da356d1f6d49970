//! Devices and settings, in a sheet under the gear. Each change takes effect at once and is remembered.

mod camera;
mod screen;
mod server;
mod size;
mod sound;
mod storage;
mod upload;

use egui::{Context, Ui};
use lucide_icons::Icon;

use crate::core::device::{Device, DeviceChoice};
use crate::studio::devices::{self, Port};
use crate::studio::settings::SCALES;
use crate::studio::{Message, Model, Sheet};
use crate::ui::ZOOM;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::sheet::{Side, head, row, sheet};

const WIDTH: f32 = 344.0;
const FIELD: f32 = 200.0;

const COUNTDOWNS: [u32; 5] = [0, 3, 5, 10, 20];

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn settings_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    if model.sheet == Some(Sheet::Settings) && sheet(ctx, Side::Right, "settings", WIDTH, |ui| fields_ui(ui, model, out)) {
        out.push(Message::CloseSheet);
    }
}

/// True when the sheet's ✕ was taken.
fn fields_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) -> bool {
    let now = &model.settings;
    let mut wanted = now.clone();
    // A running take keeps the devices it began with.
    let free = !model.record.busy();
    let closed = head(ui, "Settings", |_| {});
    devices_head_ui(ui, out);
    ui.add_enabled_ui(free, |ui| {
        device_ui(ui, "Camera", &model.devices.cameras, &mut wanted.camera);
        port_ui(ui, &model.devices.camera);
        size::size_ui(ui, &model.machine, &mut wanted, out);
    });
    camera::controls_ui(ui, &model.devices.controls, out);
    ui.add_enabled_ui(free, |ui| {
        device_ui(ui, "Microphone", &model.devices.microphones, &mut wanted.microphone);
        port_ui(ui, &model.devices.microphone);
    });
    model_ui(ui, &mut wanted.voice_model);
    ui.add_enabled_ui(free, |ui| screen::screen_ui(ui, model, &mut wanted, out));
    section_ui(ui, "Studio");
    pick_ui(ui, "Countdown", &COUNTDOWNS, &mut wanted.countdown_secs, |secs| match secs {
        0 => "None".to_owned(),
        secs => format!("{secs} s"),
    });
    let shown = (now.zoom.clamp(*ZOOM.start(), *ZOOM.end()) * 100.0).round() as u32;
    let mut percent = shown;
    pick_ui(ui, "Interface scale", &SCALES, &mut percent, |percent| format!("{percent} %"));
    if percent != shown {
        wanted.zoom = percent as f32 / 100.0;
    }
    sound::sound_ui(ui, &mut wanted);
    section_ui(ui, "Engines");
    engines_ui(ui, out);
    section_ui(ui, "Server and uploads");
    server::server_ui(ui, model, out);
    storage::storage_ui(ui, model, &mut wanted.storage, out);
    upload::while_recording_ui(ui, model, &mut wanted);
    if wanted != *now {
        out.push(Message::Settings(Box::new(wanted)));
    }
    closed
}

fn devices_head_ui(ui: &mut Ui, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        text::small(ui, "Devices");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if Button::icon_only(Icon::RefreshCw, "Look for devices again").show(ui).clicked() {
                out.push(Message::Devices(devices::Message::Refresh));
            }
        });
    });
}

/// What the rows below are about.
fn section_ui(ui: &mut Ui, name: &str) {
    ui.add_space(theme::space(1.5));
    text::small(ui, name);
}

/// The way to the engines' own sheet.
fn engines_ui(ui: &mut Ui, out: &mut Vec<Message>) {
    row(ui, "Pictures, clips, voices", FIELD, |ui, _| {
        if Button::quiet("Keys and budget…").icon(Icon::KeyRound).show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Engines));
        }
    });
}

/// Automatic, what is plugged in, the synthetic one, none; and what was chosen and is not there now.
fn device_ui(ui: &mut Ui, label: &str, devices: &[Device], chosen: &mut DeviceChoice) {
    let mut choices = vec![(DeviceChoice::Auto, "Automatic".to_owned())];
    choices.extend(devices.iter().map(|device| (DeviceChoice::Named(device.name.clone()), device.label.clone())));
    choices.push((DeviceChoice::Synthetic, format!("Synthetic {}", label.to_lowercase())));
    choices.push((DeviceChoice::None, "None".to_owned()));
    if let DeviceChoice::Named(name) = &*chosen
        && !choices.iter().any(|(choice, _)| *choice == *chosen)
    {
        let absent = format!("{name} (not connected)");
        choices.push((chosen.clone(), absent));
    }
    let current = choices.iter().position(|(choice, _)| choice == chosen);
    let labels: Vec<String> = choices.iter().map(|(_, label)| label.clone()).collect();
    row(ui, label, FIELD, |ui, width| {
        if let Some(i) = menu::choice(ui, label, width, current, &labels) {
            *chosen = choices.swap_remove(i).0;
        }
    });
}

/// What became of the choice, where that is worth a line.
fn port_ui<F>(ui: &mut Ui, port: &Port<F>) {
    match port {
        Port::Failed(problem) => {
            let words = format!("{} {}", problem.what, problem.fix);
            ui.label(egui::RichText::new(words).font(theme::small()).color(colours().accent));
        }
        Port::Open { device, stalled: true, .. } => {
            let words = format!("“{}” has stopped delivering.", device.label);
            ui.label(egui::RichText::new(words).font(theme::small()).color(colours().accent));
        }
        Port::Open { device, .. } => {
            text::small(ui, format!("In use: {}", device.label));
        }
        Port::Closed | Port::Opening | Port::Off => {}
    }
}

/// The folder of a speech model for another language; empty is the one that is installed.
fn model_ui(ui: &mut Ui, folder: &mut Option<String>) {
    row(ui, "Speech model", FIELD, |ui, width| {
        let id = ui.scope_id().with("speech model");
        let mut text = ui.data(|data| data.get_temp::<String>(id)).or_else(|| folder.clone()).unwrap_or_default();
        let edit = egui::TextEdit::singleline(&mut text)
            .margin(egui::Margin::symmetric(theme::space(1.0) as i8, 6))
            .background_color(colours().raised.0)
            .desired_width(width)
            .hint_text("The installed one (English)");
        let response = ui.add(edit).on_hover_text("Folder of a PocketSphinx model, to follow a voice in another language");
        if response.changed() {
            ui.data_mut(|data| data.insert_temp(id, text.clone()));
        }
        if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(id));
            *folder = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    });
}

/// A list of common values; another one, set elsewhere, stays choosable.
fn pick_ui<T: Copy + PartialEq>(ui: &mut Ui, label: &str, common: &[T], value: &mut T, write: impl Fn(T) -> String) {
    let mut values = common.to_vec();
    if !values.contains(value) {
        values.push(*value);
    }
    let current = values.iter().position(|v| v == value);
    let labels: Vec<String> = values.iter().map(|v| write(*v)).collect();
    row(ui, label, FIELD, |ui, width| {
        if let Some(i) = menu::choice(ui, label, width, current, &labels) {
            *value = values[i];
        }
    });
}
