//! The two buttons that order: the part of the selected scene, and all that are missing. Each says what it costs.

use egui::{Response, Ui};
use lucide_icons::Icon;

use crate::core::engine::Engine;
use crate::core::generate::Role;
use crate::studio::engines::Readiness;
use crate::studio::scenes::Message as Scenes;
use crate::studio::{Message, Model};
use crate::ui::cost::{self, Cost};
use crate::ui::models;
use crate::ui::shell::engines as sheet;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::{COMPACT, NARROW};

/// From the right: this one, all that are missing.
pub fn buttons_ui(ui: &mut Ui, model: &Model, engine: &Engine, role: Role, width: f32, out: &mut Vec<Message>) {
    let readiness = model.engines.readiness(engine);
    let scene = model.prepare.selected;
    let missing = model.scenes.missing(&model.prepare.script, role);
    if let Some(lacks) = models::lacks(readiness).filter(|_| readiness != Readiness::Fails) {
        return set_up_ui(ui, model, engine, lacks, (scene, &missing), role, width, out);
    }
    one_ui(ui, model, scene, role, out);
    if missing.len() > 1 || missing.first().is_some_and(|only| *only != scene) {
        missing_ui(ui, model, &missing, role, width, out);
    }
}

/// The engine can't be asked yet: what it would cost, and the way to what it lacks.
#[expect(clippy::too_many_arguments, reason = "the page's four, the bar's two, which engine and why not")]
fn set_up_ui(
    ui: &mut Ui,
    model: &Model,
    engine: &Engine,
    lacks: &str,
    (scene, missing): (usize, &[usize]),
    role: Role,
    width: f32,
    out: &mut Vec<Message>,
) {
    let tip = format!("{} {lacks}", engine.label);
    if Button::primary("Set it up…").icon(Icon::KeyRound).tooltip(&tip).show(ui).clicked() {
        sheet::open_at(ui.ctx(), &engine.name);
    }
    if width < NARROW {
        return;
    }
    let parts: Vec<(usize, Role)> = missing.iter().map(|scene| (*scene, role)).collect();
    let (one, all) = (cost::of(model, &[(scene, role)], out).words, cost::of(model, &parts, out).words);
    let mut said: Vec<String> = Some(one).filter(|one| !one.is_empty()).into_iter().collect();
    if missing.len() > 1 {
        said.push(format!("{} missing: {all}", missing.len()));
    }
    text::small(ui, said.join("  ·  "));
}

fn one_ui(ui: &mut Ui, model: &Model, scene: usize, role: Role, out: &mut Vec<Message>) {
    let comes = model.scenes.part(scene, role).comes();
    let hindrance = if model.prepare.script.scenes.is_empty() {
        Some("Write a scene first.".to_owned())
    } else if comes {
        Some(format!("The {} of scene {} is being made.", role.words(), scene + 1))
    } else {
        model.scenes.hindrance(scene, role, &model.scenes_seen())
    };
    let cost = if hindrance.is_some() { Cost::default() } else { cost::of(model, &[(scene, role)], out) };
    let label = match (model.queue.placing, comes) {
        (true, _) => "Placing…".to_owned(),
        (false, true) => "Being made".to_owned(),
        (false, false) => cost.behind("Generate"),
    };
    let button = Button::primary(&label).icon(Icon::Sparkles).enabled(!model.queue.placing && hindrance.is_none());
    if click(ui, button, hindrance.as_deref().unwrap_or(&cost.more)).clicked() && hindrance.is_none() {
        out.push(Message::Scenes(Scenes::Make { scene, role }));
    }
}

fn missing_ui(ui: &mut Ui, model: &Model, missing: &[usize], role: Role, width: f32, out: &mut Vec<Message>) {
    let parts: Vec<(usize, Role)> = missing.iter().map(|scene| (*scene, role)).collect();
    let cost = cost::of(model, &parts, out);
    let count = missing.len();
    let s = if count == 1 { "" } else { "s" };
    let name = format!("Generate {count} missing {}{s}, {}", role.words(), cost.words);
    let label = match width {
        wide if wide >= COMPACT => cost.behind(&format!("Generate missing ({count})")),
        middle if middle >= NARROW => cost.behind(&format!("Missing ({count})")),
        _ => format!("Missing ({count})"),
    };
    let tip = format!("{name}. {}", cost.more);
    let button = Button::quiet(&label).name(&name).enabled(!model.queue.placing);
    if click(ui, button, tip.trim()).clicked() {
        out.push(Message::Scenes(Scenes::MakeMissing(role)));
    }
}

fn click(ui: &mut Ui, button: Button<'_>, tip: &str) -> Response {
    if tip.is_empty() { button.show(ui) } else { button.tooltip(tip).show(ui) }
}
