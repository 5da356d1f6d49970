//! The engines in a sheet: each with how it stands, its key and address, a test; what the open film would cost with each; and what all
//! of them may cost. A key that is typed in goes into the desktop's keyring and is forgotten by the window at once.

mod cost;
mod key;
mod money;
mod one;

use egui::{Context, Label, RichText, Ui};
use lucide_icons::Icon;

use crate::core::engine::{Engine, Form};
use crate::core::time::Moment;
use crate::studio::engines::{Message as Engines, Readiness, Test};
use crate::studio::{Message, Model, Sheet};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::sheet::{Side, head_after, sheet};

const WIDTH: f32 = 464.0;
const FIELD: f32 = 264.0;

/// The clock on the wall, for what happened at some moment.
#[derive(Clone, Copy)]
struct Clock {
    now: Moment,
    /// Seconds since midnight.
    time_of_day: Option<f64>,
}

impl Clock {
    /// `14:32`; `None` where nobody knows the time.
    fn at(&self, moment: Option<Moment>) -> Option<String> {
        crate::ui::figures::at(moment?, self.now, self.time_of_day)
    }
}

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

/// Draws the sheet while it is open.
pub fn engines_ui(ctx: &Context, model: &Model, screen: &Screen, now: Moment, out: &mut Vec<Message>) {
    let clock = Clock { now, time_of_day: screen.time_of_day };
    if model.sheet != Some(Sheet::Engines) && ctx.data(|data| data.get_temp::<String>(wanted()).is_some()) {
        out.push(Message::Sheet(Sheet::Engines));
    }
    if model.sheet == Some(Sheet::Engines) && sheet(ctx, Side::Right, "engines", WIDTH, |ui| fields_ui(ui, model, &clock, out))
    {
        out.push(Message::CloseSheet);
    }
}

/// True when the sheet's ✕ was taken.
fn fields_ui(ui: &mut Ui, model: &Model, clock: &Clock, out: &mut Vec<Message>) -> bool {
    let closed = ui.horizontal(|ui| {
        if Button::icon_only(Icon::ArrowLeft, "Back to the settings").show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Settings));
        }
        head_after(ui, "Engines", |ui| {
            let (label, idle) = if model.engines.probing { ("Looking…", false) } else { ("Find local ones", true) };
            let tip = "Look on this machine for Ollama, ComfyUI and other servers that run";
            if Button::quiet(label).icon(Icon::ScanSearch).tooltip(tip).enabled(idle).show(ui).clicked() {
                out.push(Message::Engines(Engines::Probe { aloud: true }));
            }
        })
    });
    if let Some(problem) = &model.engines.problem {
        warn_ui(ui, &problem.to_string());
    }
    if let Some(found) = &model.engines.found {
        text::small(ui, found);
    }
    list_ui(ui, model, clock, out);
    if !model.engines.list.dated.is_empty() {
        text::small(ui, format!("Models and prices as of {}", model.engines.list.dated));
    }
    cost::cost_ui(ui, model);
    ui.add_space(space(0.5));
    money::money_ui(ui, model, out);
    closed.inner
}

fn list_ui(ui: &mut Ui, model: &Model, clock: &Clock, out: &mut Vec<Message>) {
    let open = open_engine();
    let shown = ui.data(|data| data.get_temp::<String>(open)).unwrap_or_default();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = space(0.25);
        for engine in sorted(model) {
            let is_open = shown == engine.name;
            if one::head_ui(ui, model, engine, clock, is_open).clicked() {
                let next = if is_open { String::new() } else { engine.name.clone() };
                if !is_open && engine.local && untried(model, engine) {
                    out.push(Message::Engines(Engines::Test(engine.name.clone())));
                }
                ui.data_mut(|data| data.insert_temp(open, next));
            }
            if is_open {
                let asked = ui.data(|data| data.get_temp::<String>(wanted())).is_some_and(|wanted| wanted == engine.name);
                one::body_ui(ui, model, engine, clock, asked, out);
                if asked {
                    ui.data_mut(|data| data.remove::<String>(wanted()));
                }
            }
        }
    });
}

/// One on this machine costs nothing to ask, and only then is it known whether it runs.
fn untried(model: &Model, engine: &Engine) -> bool {
    let test = model.engines.known.get(&engine.name).map(|known| &known.test);
    engine.form != Form::Offline && matches!(test, None | Some(Test::None | Test::Absent))
}

/// Those that can be used first, each group in the list's own order.
fn sorted(model: &Model) -> Vec<&Engine> {
    let mut engines: Vec<&Engine> = model.engines.list.engines.iter().collect();
    engines.sort_by_key(|engine| matches!(model.engines.readiness(engine), Readiness::NeedsKey | Readiness::NeedsAddress));
    engines
}

fn warn_ui(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().accent)).wrap());
}
