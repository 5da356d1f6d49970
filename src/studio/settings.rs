//! Changed settings: they are remembered, and whoever works by them hears of it.

use std::sync::Arc;

use crate::core::settings::Settings;

use super::{Action, Effect, Message, Model, Page, control, devices, engines, keys, review, screen, storage, upload};

/// Interface scales that keys and lists offer, in percent.
pub const SCALES: [u32; 5] = [100, 125, 150, 175, 200];

/// The next larger or smaller scale, or the usual one.
pub(super) fn scale(model: &Model, step: Option<i32>) -> Vec<Action> {
    let now = (model.settings.zoom * 100.0).round() as u32;
    let percent = match step {
        Some(step) if step > 0 => SCALES.into_iter().find(|scale| *scale > now),
        Some(_) => SCALES.into_iter().rev().find(|scale| *scale < now),
        None => Some(SCALES[0]),
    };
    let Some(percent) = percent.filter(|percent| *percent != now) else { return Vec::new() };
    let settings = Settings { zoom: percent as f32 / 100.0, ..model.settings.clone() };
    vec![Action::Tell(Message::Settings(Box::new(settings)))]
}

pub(super) fn change_settings(model: &mut Model, settings: Settings) -> Vec<Action> {
    let mut settings = settings.bounded();
    let size = |settings: &Settings| (settings.width, settings.height, settings.fps);
    settings.size_chosen |= size(&model.settings) != size(&settings);
    let devices_changed = |a: &Settings, b: &Settings| {
        (&a.camera, &a.microphone, a.width, a.height, a.fps) != (&b.camera, &b.microphone, b.width, b.height, b.fps)
    };
    let reopen = devices_changed(&model.settings, &settings) && model.page == Page::Record && !model.record.busy();
    let screen = screen::changed(&model.settings, &settings) && model.page == Page::Record && !model.record.busy();
    let controls = control::changed(&model.settings, &settings);
    let storage = model.settings.storage != settings.storage;
    let engines = engines::changed(&model.settings.engines, &settings.engines);
    let denoise = model.settings.noise_suppression != settings.noise_suppression;
    if model.settings.keys != settings.keys {
        model.keys = Arc::new(keys::Keys::of(&settings.keys));
    }
    model.settings = settings;
    let mut actions = vec![Action::Do(Effect::SaveSettings(Box::new(model.settings.clone())))];
    actions.extend(controls.map(|effect| Action::Do(Effect::Control(effect))));
    actions.extend(engines);
    if denoise {
        actions.push(Action::Do(Effect::Review(review::Effect::Denoise(model.settings.noise_suppression))));
    }
    if storage {
        actions.extend([
            Action::Tell(Message::Storage(storage::Message::Look)),
            Action::Tell(Message::Upload(upload::Message::Redirected)),
            upload::ask_where(&model.settings),
            Action::Tell(Message::Review(review::Message::Relist)),
        ]);
    }
    if reopen {
        actions.push(Action::Tell(Message::Devices(devices::Message::Open)));
    }
    if screen {
        actions.push(Action::Tell(Message::Screen(screen::Message::Change)));
    }
    actions
}
