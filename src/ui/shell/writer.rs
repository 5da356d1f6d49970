//! Which writer is asked, and what that costs: the same row wherever words are wanted.

use egui::Ui;

use crate::core::engine::{Choices, Engine, Model as EngineModel};
use crate::core::job::Kind;
use crate::studio::engines::{Message as Engines, Readiness};
use crate::studio::{Message, Model, Sheet};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::sheet::row;

/// The choice of a writer; answers with why the chosen one can't write yet.
pub fn writer_ui(ui: &mut Ui, model: &Model, field: f32, out: &mut Vec<Message>) -> Option<String> {
    let all: Vec<(&Engine, &EngineModel)> = model.engines.list.models_for(Kind::Text).collect();
    let chosen = model.engines.chosen(&model.settings.engines, Kind::Text);
    let current = chosen.and_then(|(engine, of)| all.iter().position(|(e, m)| e.name == engine.name && m.name == of.name));
    let label = |(engine, of): &(&Engine, &EngineModel)| match of.price {
        _ if engine.form == crate::core::engine::Form::Offline => of.title().to_owned(),
        _ => format!("{} · {}", of.title(), engine.label),
    };
    let labels: Vec<String> = all.iter().map(label).collect();
    row(ui, "Writer", field, |ui, width| {
        if let Some((engine, of)) = menu::choice(ui, "Writer", width, current, &labels).and_then(|at| all.get(at)) {
            let mut choices: Choices = model.settings.engines.clone();
            let choice = choices.of_mut(Kind::Text);
            (choice.engine, choice.model) = (engine.name.clone(), of.name.clone());
            out.push(Message::Engines(Engines::Choose(Box::new(choices))));
        }
    });
    let (engine, _) = chosen?;
    let lacking = match model.engines.readiness(engine) {
        Readiness::Ready | Readiness::Fails => return None,
        Readiness::NeedsKey => format!("{} needs a key.", engine.label),
        Readiness::NeedsAddress => format!("Nobody said where {} is.", engine.label),
    };
    ui.horizontal(|ui| {
        text::small(ui, &lacking);
        if Button::plain("Set it up…").name(&format!("Set {} up", engine.label)).show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Engines));
        }
    });
    Some(lacking)
}
