//! The engines and models that make something, in a list that falls from a button: each with its price, and why one can't be used yet.

use egui::{Response, RichText, ScrollArea, TextEdit, Ui};
use lucide_icons::Icon;

use crate::core::engine::{Engine, Model as Of, Price};
use crate::core::job::Kind;
use crate::core::queue::{Draft, Quote};
use crate::studio::Model;
use crate::studio::engines::Readiness;

use super::theme::{self, colours, space};
use super::widgets::menu;

const WIDTH: f32 = 344.0;
const HEIGHT: f32 = 400.0;
/// From so many models on there is a field to find one.
const MANY: usize = 14;

/// The list under `button`; `choose` hears engine and model.
pub fn menu_ui(button: &Response, model: &Model, kind: Kind, mut choose: impl FnMut(&str, &str)) {
    let find = egui::Id::unique("find a model").with(button.id);
    if button.clicked() {
        button.ctx.data_mut(|data| data.remove::<String>(find));
    }
    menu::panel(button, WIDTH, |ui| {
        if let Some((engine, of)) = list_ui(ui, model, kind, find) {
            choose(&engine, &of);
            ui.close();
        }
    });
}

fn list_ui(ui: &mut Ui, model: &Model, kind: Kind, find: egui::Id) -> Option<(String, String)> {
    let list = &model.engines.list;
    let mut wanted = ui.data(|data| data.get_temp::<String>(find)).unwrap_or_default();
    if list.models_for(kind).count() >= MANY {
        let field = TextEdit::singleline(&mut wanted).hint_text("Find a model").margin(egui::Margin::symmetric(8, 6));
        let response = ui.add(field.desired_width(ui.available_width()).background_color(colours().surface.0));
        if response.accessible_name("Find a model").changed() {
            ui.data_mut(|data| data.insert_temp(find, wanted.clone()));
        }
    }
    let wanted = wanted.trim().to_lowercase();
    let mut engines: Vec<(&Engine, Readiness)> = list
        .engines
        .iter()
        .filter(|engine| engine.models_for(kind).next().is_some())
        .map(|engine| (engine, model.engines.readiness(engine)))
        .collect();
    // What can be used comes first.
    engines.sort_by_key(|(_, readiness)| matches!(readiness, Readiness::NeedsKey | Readiness::NeedsAddress));
    let current = model.engines.chosen(&model.settings.engines, kind).map(|(engine, of)| (&engine.name, &of.name));
    let mut chosen = None;
    // Without a least height the list keeps to the size it first had.
    let height = HEIGHT.min(ui.ctx().content_rect().height() * 0.6);
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut any = false;
        for (engine, readiness) in engines {
            let fits = |of: &&Of| {
                wanted.is_empty()
                    || [&engine.label, &of.name, &of.label].iter().any(|text| text.to_lowercase().contains(&wanted))
            };
            let models: Vec<&Of> = engine.models_for(kind).filter(fits).collect();
            if models.is_empty() {
                continue;
            }
            any = true;
            head_ui(ui, engine, readiness);
            for of in models {
                let here = current == Some((&engine.name, &of.name));
                let usable = !matches!(readiness, Readiness::NeedsKey | Readiness::NeedsAddress);
                let mark = here.then_some(Icon::Check);
                if menu::choose(ui, usable, mark, of.title(), &price(engine, of)) {
                    chosen = Some((engine.name.clone(), of.name.clone()));
                }
            }
        }
        if !any {
            ui.add_space(space(1.0));
            ui.label(RichText::new("No model is called so.").font(theme::small()).color(colours().muted));
        }
    });
    chosen
}

fn head_ui(ui: &mut Ui, engine: &Engine, readiness: Readiness) {
    let c = colours();
    ui.add_space(space(0.75));
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.add_space(space(1.0));
        ui.label(RichText::new(&engine.label).font(theme::small()).color(c.muted));
        if let Some(word) = lacks(readiness) {
            ui.label(RichText::new(format!("·  {word}")).font(theme::small()).color(c.accent));
        }
    });
}

/// What keeps an engine from being used.
pub fn lacks(readiness: Readiness) -> Option<&'static str> {
    match readiness {
        Readiness::Ready => None,
        Readiness::NeedsKey => Some("needs a key, in Settings"),
        Readiness::NeedsAddress => Some("needs an address, in Settings"),
        Readiness::Fails => Some("did not answer"),
    }
}

/// What an order costs at least.
pub fn price(engine: &Engine, of: &Of) -> String {
    let listed = Quote::listed(engine, &Draft::new(&engine.name, &of.name, of.kind, "")).cost;
    match (&of.price, listed) {
        (Price::Quoted, _) => "it says the price".to_owned(),
        (_, Some(cost)) if cost.micros == 0 && !matches!(of.price, Price::Rates(_)) => "free".to_owned(),
        (Price::Rates(rates), _) if rates.iter().all(|rate| rate.thousand > 0.0 && rate.each == 0.0 && rate.second == 0.0) => {
            let rate = rates.iter().map(|rate| rate.thousand).fold(f64::INFINITY, f64::min);
            format!("{} a thousand", crate::core::engine::Money::usd(rate).words())
        }
        (_, Some(cost)) if of.limits.seconds.len() > 1 || of.limits.resolutions.len() > 1 => format!("from {}", cost.words()),
        (_, Some(cost)) => cost.words(),
        (_, None) => "price unknown".to_owned(),
    }
}
