//! The engines in a sheet: each with what it lacks, its key and address, a test; and what all of them may cost. A key that is typed in
//! goes into the desktop's keyring and is forgotten by the window at once.

mod money;
mod one;

use egui::{Align, Context, Layout, Ui};
use lucide_icons::Icon;

use crate::core::engine::{Engine, Form};
use crate::studio::engines::{Message as Engines, Readiness, Test};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::sheet::sheet;

const WIDTH: f32 = 440.0;
const FIELD: f32 = 256.0;

/// The sheet is to open at this engine, with the caret where its key is entered.
pub fn open_at(ctx: &Context, engine: &str) {
    ctx.data_mut(|data| {
        data.insert_temp(wanted(), engine.to_owned());
        data.insert_temp(open_engine(), engine.to_owned());
    });
    ctx.request_repaint();
}

fn wanted() -> egui::Id {
    egui::Id::unique("engine that is to be set up")
}

fn open_engine() -> egui::Id {
    egui::Id::unique("open engine")
}

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn engines_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Engines) && ctx.data(|data| data.get_temp::<String>(wanted()).is_some()) {
        out.push(Message::Sheet(Sheet::Engines));
    }
    if model.sheet == Some(Sheet::Engines) && sheet(ctx, "engines", WIDTH, |ui| fields_ui(ui, model, out)) {
        out.push(Message::CloseSheet);
    }
}

fn fields_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        if Button::icon_only(Icon::ArrowLeft, "Back to the settings").show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Settings));
        }
        text::title(ui, "Engines");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (label, idle) = if model.engines.probing { ("Looking…", false) } else { ("Find local ones", true) };
            let tip = "Look on this machine for Ollama, ComfyUI and other servers that run";
            if Button::quiet(label).icon(Icon::ScanSearch).tooltip(tip).enabled(idle).show(ui).clicked() {
                out.push(Message::Engines(Engines::Probe));
            }
        });
    });
    if let Some(problem) = &model.engines.problem {
        warn_ui(ui, &problem.to_string());
    }
    let open = open_engine();
    let shown = ui.data(|data| data.get_temp::<String>(open)).unwrap_or_default();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = space(0.25);
        for engine in sorted(model) {
            let is_open = shown == engine.name;
            if one::head_ui(ui, model, engine, is_open).clicked() {
                let next = if is_open { String::new() } else { engine.name.clone() };
                if !is_open && engine.local && untried(model, engine) {
                    out.push(Message::Engines(Engines::Test(engine.name.clone())));
                }
                ui.data_mut(|data| data.insert_temp(open, next));
            }
            if is_open {
                let asked = ui.data(|data| data.get_temp::<String>(wanted())).is_some_and(|wanted| wanted == engine.name);
                one::body_ui(ui, model, engine, asked, out);
                if asked {
                    ui.data_mut(|data| data.remove::<String>(wanted()));
                }
            }
        }
    });
    if !model.engines.list.dated.is_empty() {
        text::small(ui, format!("Models and prices as of {}", model.engines.list.dated));
    }
    ui.add_space(space(0.5));
    money::money_ui(ui, model, out);
}

/// One on this machine costs nothing to ask, and only then is it known whether it runs.
fn untried(model: &Model, engine: &Engine) -> bool {
    let test = model.engines.known.get(&engine.name).map(|known| &known.test);
    engine.form != Form::Offline && matches!(test, None | Some(Test::None))
}

/// Those that can be used first, each group in the list's own order.
fn sorted(model: &Model) -> Vec<&Engine> {
    let mut engines: Vec<&Engine> = model.engines.list.engines.iter().collect();
    engines.sort_by_key(|engine| matches!(model.engines.readiness(engine), Readiness::NeedsKey | Readiness::NeedsAddress));
    engines
}

fn warn_ui(ui: &mut Ui, words: &str) {
    ui.label(egui::RichText::new(words).font(theme::small()).color(colours().accent));
}
