//! Changed settings: they are remembered, and whoever works by them hears of it.

use std::sync::Arc;

use crate::core::settings::Settings;

use super::{Action, Effect, Message, Model, Page, control, devices, engines, keys, review, screen, storage, upload};

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
