//! Who speaks in the film: engine and model, and which of its voices.

use egui::Ui;
use lucide_icons::Icon;

use crate::core::engine::Choice;
use crate::core::job::Kind;
use crate::studio::engines::{Message as Engines, Readiness};
use crate::studio::{Message, Model, Sheet};
use crate::ui::models;
use crate::ui::pages::queue::words::short;
use crate::ui::shell::sheet::row;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::menu;

const FIELD: f32 = 264.0;

pub fn voice_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let Some((engine, of)) = model.engines.chosen(&model.settings.engines, Kind::Speech) else { return };
    row(ui, "Voice", FIELD, |ui, width| {
        let label = format!("{}  ·  {}", short(&engine.label), short(of.title()));
        let name = format!("Engine of voices: {}, {}", engine.label, of.title());
        let button = Button::quiet(&label).name(&name).tooltip(&name).trailing(Icon::ChevronDown).spread();
        let button = button.min_width(width).max_width(width).show(ui);
        models::menu_ui(&button, model, Kind::Speech, |engine, of| {
            change(model, out, |choice| {
                engine.clone_into(&mut choice.engine);
                of.clone_into(&mut choice.model);
            });
        });
    });
    if matches!(model.engines.readiness(engine), Readiness::NeedsKey | Readiness::NeedsAddress) {
        row(ui, "", FIELD, |ui, _| {
            if Button::quiet("Set it up…").icon(Icon::KeyRound).name("Set up the engine of voices").show(ui).clicked() {
                out.push(Message::Sheet(Sheet::Engines));
            }
        });
    }
    let voices = &of.limits.voices;
    if voices.is_empty() {
        return;
    }
    row(ui, "", FIELD, |ui, width| {
        let current = model.settings.engines.speech.wish(of, 0.0).voice;
        let at = voices.iter().position(|voice| Some(voice) == current.as_ref());
        if let Some(chosen) = menu::choice(ui, "Voice", width, at, voices).and_then(|at| voices.get(at)) {
            change(model, out, |choice| choice.voice.clone_from(chosen));
        }
    });
}

fn change(model: &Model, out: &mut Vec<Message>, how: impl FnOnce(&mut Choice)) {
    let mut choices = model.settings.engines.clone();
    how(&mut choices.speech);
    out.push(Message::Engines(Engines::Choose(Box::new(choices))));
}
