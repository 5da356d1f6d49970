//! The way to a part of a scene: which part, the words it is made from, the engine and model that make it, only the choices which that
//! model has, and the price in the very button that spends it.

mod buttons;
mod choices;

use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Ui};
use lucide_icons::Icon;

use crate::core::engine::{Choices, Engine, Model as Of};
use crate::core::generate::Role;
use crate::core::scene_parts::PARTS;
use crate::core::script::Scene;
use crate::studio::engines::Message as Engines;
use crate::studio::prepare::Message as Prepare;
use crate::studio::words::Message as Words;
use crate::studio::words::prompts::{Message as Prompts, Part};
use crate::studio::{Message, Model};
use crate::ui::models;
use crate::ui::pages::queue::words::short;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::field::{Field, Typing};
use super::making;

pub const HEIGHT: f32 = 48.0;
/// Below this width the buttons say less.
const COMPACT: f32 = 1120.0;
/// Below this width they say as little as they can.
const NARROW: f32 = 760.0;
const PARTS_MENU: f32 = 264.0;

/// What the bar may forget.
#[derive(Default)]
pub struct PromptBar {
    typing: Typing,
}

/// Draws the bar at the foot of `ui`.
pub fn prompt_bar_ui(ui: &mut Ui, model: &Model, view: &mut PromptBar, out: &mut Vec<Message>) {
    let frame = Frame::NONE.inner_margin(Margin::symmetric(space(2.0) as i8, space(1.0) as i8));
    let panel = Panel::bottom("prompt bar").exact_size(HEIGHT).frame(frame).show_separator_line(false);
    panel.show(ui, |ui| {
        let top = ui.max_rect().top() - space(1.0);
        ui.painter().hline(ui.ctx().content_rect().x_range(), top, (1.0, colours().line.0));
        let width = ui.available_width();
        let role = model.settings.engines.part;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            match model.engines.chosen(&model.settings.engines, role.kind()) {
                Some((engine, of)) => {
                    buttons::buttons_ui(ui, model, engine, role, width, out);
                    choices::choices_ui(ui, model, of, role, width, out);
                    model_ui(ui, model, engine, of, width, out);
                }
                None => text_ui(ui, &format!("No engine in the list makes a {}.", role.words())),
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                part_ui(ui, model, role, width, out);
                prompt_ui(ui, model, role, view, out);
            });
        });
    });
}

/// Which part of a scene is made, and of how many scenes it is missing.
fn part_ui(ui: &mut Ui, model: &Model, role: Role, width: f32, out: &mut Vec<Message>) {
    let label = making::sentence_case(role.words());
    let name = format!("What is made: {label}");
    let shown = if width < NARROW { "" } else { &label };
    let button = Button::quiet(shown).icon(sign(role)).trailing(Icon::ChevronDown).name(&name).tooltip(&name).show(ui);
    menu::under(&button, PARTS_MENU, |ui| {
        for part in PARTS {
            let script = &model.prepare.script;
            let missing = model.scenes.missing(script, part).len();
            let there = script.scenes.iter().filter(|scene| scene.part(part).is_some()).count();
            let words = match (missing, there) {
                (0, 0) => String::new(),
                (0, there) => format!("{there} there"),
                (missing, _) => format!("{missing} missing"),
            };
            let label = making::sentence_case(part.words());
            if menu::item_with(ui, true, Some(if part == role { Icon::Check } else { sign(part) }), &label, &words) {
                change(model, out, |choices| choices.part = part);
            }
        }
    });
}

pub(super) fn sign(role: Role) -> Icon {
    match role {
        Role::Picture => Icon::Image,
        Role::End => Icon::ImageDown,
        Role::Clip => Icon::Film,
        Role::Voice | Role::Music => Icon::AudioLines,
    }
}

/// The selected scene's words for the part: to be written over, and made better; a voice says what is written in the script.
fn prompt_ui(ui: &mut Ui, model: &Model, role: Role, view: &mut PromptBar, out: &mut Vec<Message>) {
    let scene = model.prepare.selected;
    let Some(content) = model.prepare.script.scenes.get(scene) else { return };
    if ui.available_width() > space(28.0) {
        text::small(ui, format!("Scene {}", scene + 1));
    }
    if ui.available_width() < space(8.0) {
        return;
    }
    let (Some(key), Some(part)) = (role.prompt_directive(), Part::of(role)) else { return spoken_ui(ui, content, role) };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space(0.5);
        if ui.available_width() > space(20.0) {
            let better = Button::icon_only(Icon::WandSparkles, "Improve this prompt").show(ui);
            if better.clicked() {
                out.push(Message::Words(Words::Prompts(Prompts::Open { scene, part })));
            }
        }
        let name = match role {
            Role::Picture => format!("Prompt of scene {}", scene + 1),
            _ => format!("Prompt of the {} of scene {}", role.words(), scene + 1),
        };
        // What it is made from where the script says nothing.
        let fallback = content.prompt(role).filter(|_| role != Role::Picture);
        let hint = fallback.unwrap_or_else(|| hint(role).to_owned());
        let now = content.directive(key).unwrap_or_default();
        let field = Field { hint: &hint, ..Field::of(scene, key, &name, now) };
        if let Some(words) = field.show(ui, &mut view.typing) {
            let value = Some(words).filter(|words| !words.trim().is_empty());
            out.push(Message::Prepare(Prepare::SetDirective { scene, key: key.to_owned(), value }));
        }
    });
}

fn hint(role: Role) -> &'static str {
    match role {
        Role::Clip => "Say what moves",
        Role::End => "Say how it looks at the end",
        _ => "Say what it shows",
    }
}

fn spoken_ui(ui: &mut Ui, content: &Scene, role: Role) {
    match content.wanted(role) {
        Some(words) => text_ui(ui, &words),
        None => text_ui(ui, "No words to speak"),
    }
}

/// One line; the whole of it under the pointer.
fn text_ui(ui: &mut Ui, words: &str) {
    let galley = text::truncated(ui, words, theme::body(), colours().muted.0, ui.available_width());
    let elided = galley.elided;
    let response = ui.label(galley);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    if elided {
        response.on_hover_ui(|ui| {
            ui.set_max_width(space(52.0));
            ui.add(Label::new(RichText::new(words).font(theme::small())).wrap());
        });
    }
}

/// Who makes it.
fn model_ui(ui: &mut Ui, model: &Model, engine: &Engine, of: &Of, width: f32, out: &mut Vec<Message>) {
    let label = format!("{}  ·  {}", short(&engine.label), short(of.title()));
    let name = format!("Engine and model: {}, {}", engine.label, of.title());
    let tip = format!("{}: {}", engine.label, of.title());
    let most = match width {
        wide if wide >= COMPACT => (width * 0.25).clamp(space(30.0), space(45.0)).round(),
        middle if middle >= NARROW => space(24.0),
        _ => (width * 0.18).clamp(space(10.0), space(19.0)).round(),
    };
    let button = Button::quiet(&label).name(&name).tooltip(&tip).trailing(Icon::ChevronDown).max_width(most).show(ui);
    let kind = of.kind;
    models::choice_ui(&button, model, kind, |engine, of| {
        change(model, out, |choices| {
            let choice = choices.of_mut(kind);
            choice.engine = engine.to_owned();
            choice.model = of.to_owned();
        });
    });
}

fn change(model: &Model, out: &mut Vec<Message>, how: impl FnOnce(&mut Choices)) {
    let mut choices = model.settings.engines.clone();
    how(&mut choices);
    out.push(Message::Engines(Engines::Choose(Box::new(choices))));
}
