//! The engines and models that make something, in a list that falls from a button: each with its price, and why one can't be used yet.

use egui::{Align, Layout, Rect, Response, RichText, ScrollArea, TextEdit, Ui, vec2};
use lucide_icons::Icon;

use crate::core::engine::{Engine, Model as Of, Price};
use crate::core::job::Kind;
use crate::core::queue::{Draft, Quote};
use crate::studio::Model;
use crate::studio::engines::Readiness;

use super::shell::engines as sheet;
use super::theme::{self, colours, space};
use super::widgets::menu;

const WIDTH: f32 = 344.0;
const HEIGHT: f32 = 400.0;
/// From so many models on there is a field to find one.
const MANY: usize = 14;
/// Height of an engine's name over its models.
const HEAD: f32 = 26.0;
/// Frames in which a list that has just fallen puts its field and its choice in place: a first one only measures it.
const FRESH: u8 = 3;

/// The list under `button`, in which what can be used now is chosen; `choose` hears engine and model.
pub fn menu_ui(button: &Response, model: &Model, kind: Kind, choose: impl FnMut(&str, &str)) {
    fall_ui(button, model, kind, false, choose);
}

/// As `menu_ui`, but a model whose engine lacks its key may be chosen too, to see what it allows and costs.
pub fn choice_ui(button: &Response, model: &Model, kind: Kind, choose: impl FnMut(&str, &str)) {
    fall_ui(button, model, kind, true, choose);
}

fn fall_ui(button: &Response, model: &Model, kind: Kind, any: bool, mut choose: impl FnMut(&str, &str)) {
    let list = List { model, kind, any, find: egui::Id::unique("find a model").with(button.id) };
    if button.clicked() {
        button.ctx.data_mut(|data| {
            data.remove::<String>(list.find);
            data.insert_temp(list.find, FRESH);
        });
    }
    menu::panel(button, WIDTH, |ui| {
        if let Some((engine, of)) = list.show(ui) {
            choose(&engine, &of);
            ui.close();
        }
    });
}

struct List<'a> {
    model: &'a Model,
    kind: Kind,
    /// Also what lacks a key or an address.
    any: bool,
    /// Where it is kept what is looked for, and in how many frames it is still to be put in place.
    find: egui::Id,
}

impl List<'_> {
    fn show(&self, ui: &mut Ui) -> Option<(String, String)> {
        let fresh = ui.data(|data| data.get_temp::<u8>(self.find)).unwrap_or(0);
        ui.data_mut(|data| data.insert_temp(self.find, fresh.saturating_sub(1)));
        let (wanted, entered) = self.find_ui(ui, fresh > 0);
        let engines = self.engines();
        // As high as all of it, whatever is looked for, so that nothing jumps.
        let control = theme::theme().space.control;
        let rows: usize = engines.iter().map(|(engine, _)| engine.models_for(self.kind).count()).sum();
        let whole = engines.len() as f32 * HEAD + rows as f32 * control;
        let height = whole.min(HEIGHT).min(ui.ctx().content_rect().height() * 0.6);
        let chosen = self.model.engines.chosen(&self.model.settings.engines, self.kind);
        let current = chosen.map(|(engine, of)| (&engine.name, &of.name));
        let (mut picked, mut first) = (None, None);
        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, false]);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (engine, readiness) in engines {
                let models: Vec<&Of> = engine.models_for(self.kind).filter(|of| matches(engine, of, &wanted)).collect();
                if models.is_empty() {
                    continue;
                }
                head_ui(ui, engine, readiness);
                let usable = self.any || !lacking(readiness);
                for of in models {
                    let here = current == Some((&engine.name, &of.name));
                    let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), control));
                    if here && fresh > 0 {
                        ui.scroll_to_rect(place, Some(Align::Center));
                    }
                    let name = || (engine.name.clone(), of.name.clone());
                    if usable && first.is_none() {
                        first = Some(name());
                    }
                    if menu::choose(ui, usable, here.then_some(Icon::Check), of.title(), &price(engine, of)) {
                        picked = Some(name());
                    }
                }
            }
            if first.is_none() {
                ui.add_space(space(1.0));
                ui.label(RichText::new("No model is called so.").font(theme::small()).color(colours().muted));
            }
        });
        picked.or(first.filter(|_| entered))
    }

    /// The field where there are many; what is looked for, and whether Enter takes the first that is found.
    fn find_ui(&self, ui: &mut Ui, fresh: bool) -> (String, bool) {
        if self.model.engines.list.models_for(self.kind).count() < MANY {
            return (String::new(), false);
        }
        let mut wanted = ui.data(|data| data.get_temp::<String>(self.find)).unwrap_or_default();
        let field = TextEdit::singleline(&mut wanted).hint_text("Find a model").margin(egui::Margin::symmetric(8, 6));
        let response = ui.add(field.desired_width(ui.available_width()).background_color(colours().surface.0));
        if fresh {
            response.request_focus();
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if response.accessible_name("Find a model").changed() {
            ui.data_mut(|data| data.insert_temp(self.find, wanted.clone()));
        }
        (wanted.trim().to_lowercase(), entered)
    }

    /// Those that make this; what can be used comes first.
    fn engines(&self) -> Vec<(&Engine, Readiness)> {
        let engines = &self.model.engines;
        let makes = engines.list.engines.iter().filter(|engine| engine.models_for(self.kind).next().is_some());
        let mut all: Vec<_> = makes.map(|engine| (engine, engines.readiness(engine))).collect();
        all.sort_by_key(|(_, readiness)| lacking(*readiness));
        all
    }
}

fn matches(engine: &Engine, of: &Of, wanted: &str) -> bool {
    wanted.is_empty() || [&engine.label, &of.name, &of.label].iter().any(|text| text.to_lowercase().contains(wanted))
}

fn lacking(readiness: Readiness) -> bool {
    matches!(readiness, Readiness::NeedsKey | Readiness::NeedsAddress)
}

/// The engine's name, and what it lacks, which leads to where it is entered.
fn head_ui(ui: &mut Ui, engine: &Engine, readiness: Readiness) {
    let c = colours();
    ui.allocate_ui_with_layout(vec2(ui.available_width(), HEAD), Layout::left_to_right(Align::Max), |ui| {
        ui.set_min_height(HEAD);
        ui.spacing_mut().interact_size.y = 18.0;
        ui.add_space(space(1.0));
        ui.label(RichText::new(&engine.label).font(theme::small()).color(c.muted));
        let Some(word) = lacks(readiness) else { return };
        let words = RichText::new(format!("·  {word}")).font(theme::small()).color(c.accent);
        if !lacking(readiness) {
            ui.label(words);
        } else if ui.link(words).on_hover_text("Enter it in Settings, Engines").clicked() {
            sheet::open_at(ui.ctx(), &engine.name);
            ui.close();
        }
    });
}

/// What keeps an engine from being used.
pub fn lacks(readiness: Readiness) -> Option<&'static str> {
    match readiness {
        Readiness::Ready => None,
        Readiness::NeedsKey => Some("needs a key"),
        Readiness::NeedsAddress => Some("needs an address"),
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
