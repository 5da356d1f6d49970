//! The way to a scene's picture: its prompt, the engine and model that make it, only the choices which that model has, and the price
//! in the very button that spends it.

use egui::{Align, Frame, Layout, Margin, Panel, Response, Ui};
use lucide_icons::Icon;

use crate::core::engine::{Choice, Engine, Model as Of};
use crate::core::generate::Role;
use crate::core::job::Kind;
use crate::core::queue::{Draft, Quote, Sum};
use crate::studio::engines::Message as Engines;
use crate::studio::prepare::Message as Prepare;
use crate::studio::queue::{Message as Queue, Priced, order};
use crate::studio::scenes::Message as Scenes;
use crate::studio::{Message, Model, Sheet};
use crate::ui::models;
use crate::ui::pages::queue::words::short;
use crate::ui::shell::sheet::row;
use crate::ui::theme::{colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::inspector::{self, Inspector};

pub const HEIGHT: f32 = 48.0;
/// From this width on each choice has a list of its own; below it they share a form.
const WIDE: f32 = 1180.0;
/// Below this width the buttons say less.
const NARROW: f32 = 760.0;
const FORM: f32 = 280.0;
/// Prices that are asked for in a frame.
const ASKED: usize = 8;

/// Draws the bar at the foot of `ui`.
pub fn prompt_bar_ui(ui: &mut Ui, model: &Model, field: &mut Inspector, out: &mut Vec<Message>) {
    let frame = Frame::NONE.inner_margin(Margin::symmetric(space(2.0) as i8, space(1.0) as i8));
    let panel = Panel::bottom("prompt bar").exact_size(HEIGHT).frame(frame).show_separator_line(false);
    panel.show(ui, |ui| {
        let top = ui.max_rect().top() - space(1.0);
        ui.painter().hline(ui.ctx().content_rect().x_range(), top, (1.0, colours().line.0));
        let width = ui.available_width();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some((engine, of)) = model.engines.chosen(&model.settings.engines, Kind::Image) {
                buttons_ui(ui, model, engine, width < NARROW, out);
                choices_ui(ui, model, of, width, out);
                model_ui(ui, model, engine, of, width, out);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| prompt_ui(ui, model, field, out));
        });
    });
}

/// The selected scene's words for its picture.
fn prompt_ui(ui: &mut Ui, model: &Model, field: &mut Inspector, out: &mut Vec<Message>) {
    let scene = model.prepare.selected;
    let Some(content) = model.prepare.script.scenes.get(scene) else { return };
    if ui.available_width() > space(28.0) {
        text::small(ui, format!("Scene {}", scene + 1));
    }
    if ui.available_width() < space(8.0) {
        return;
    }
    let name = format!("Prompt of scene {}", scene + 1);
    let now = content.image_prompt().unwrap_or_default();
    if let Some(words) = inspector::field_ui(ui, field, scene, "image", &name, now, false) {
        let value = Some(words).filter(|words| !words.trim().is_empty());
        out.push(Message::Prepare(Prepare::SetDirective { scene, key: "image".to_owned(), value }));
    }
}

/// Who makes it.
fn model_ui(ui: &mut Ui, model: &Model, engine: &Engine, of: &Of, width: f32, out: &mut Vec<Message>) {
    let label = format!("{}  ·  {}", short(&engine.label), short(of.title()));
    let name = format!("Engine and model: {}, {}", engine.label, of.title());
    let tip = format!("{}: {}", engine.label, of.title());
    let most = if width < NARROW { space(19.0) } else { space(30.0) };
    let button = Button::quiet(&label).name(&name).tooltip(&tip).trailing(Icon::ChevronDown).max_width(most).show(ui);
    models::menu_ui(&button, model, Kind::Image, |engine, of| {
        change(model, out, |choice| {
            choice.engine = engine.to_owned();
            choice.model = of.to_owned();
        });
    });
}

/// What the model lets one choose: lists side by side, or a form of them.
fn choices_ui(ui: &mut Ui, model: &Model, of: &Of, width: f32, out: &mut Vec<Message>) {
    let limits = &of.limits;
    if limits.aspects.is_empty() && limits.resolutions.is_empty() && limits.styles.is_empty() {
        return;
    }
    if width >= WIDE {
        // From the right.
        style_ui(ui, model, of, space(14.0), out);
        resolution_ui(ui, model, of, space(11.0), out);
        aspect_ui(ui, model, of, space(10.0), out);
        return;
    }
    let button = Button::icon_only(Icon::SlidersHorizontal, "Proportions, size and style").show(ui);
    menu::panel(&button, FORM, |ui| {
        type Draw = fn(&mut Ui, &Model, &Of, f32, &mut Vec<Message>);
        let parts: [(&str, bool, Draw); 3] = [
            ("Proportions", limits.aspects.is_empty(), aspect_ui),
            ("Size", limits.resolutions.is_empty(), resolution_ui),
            ("Style", limits.styles.is_empty(), style_ui),
        ];
        for (label, _, draw) in parts.into_iter().filter(|(_, nothing, _)| !nothing) {
            row(ui, label, 160.0, |ui, width| draw(ui, model, of, width, out));
        }
    });
}

fn aspect_ui(ui: &mut Ui, model: &Model, of: &Of, width: f32, out: &mut Vec<Message>) {
    let wish = model.settings.engines.image.wish(of, 0.0);
    list_ui(ui, model, ("Proportions", width), &of.limits.aspects, wish.aspect.as_deref(), out, |choice, it| {
        choice.aspect = it
    });
}

fn resolution_ui(ui: &mut Ui, model: &Model, of: &Of, width: f32, out: &mut Vec<Message>) {
    let wish = model.settings.engines.image.wish(of, 0.0);
    let sizes = &of.limits.resolutions;
    list_ui(ui, model, ("Size", width), sizes, wish.resolution.as_deref(), out, |choice, it| choice.resolution = it);
}

/// A style may be left to the engine.
fn style_ui(ui: &mut Ui, model: &Model, of: &Of, width: f32, out: &mut Vec<Message>) {
    if of.limits.styles.is_empty() {
        return;
    }
    let wish = model.settings.engines.image.wish(of, 0.0);
    let any = "Any style".to_owned();
    let styles: Vec<String> = std::iter::once(any.clone()).chain(of.limits.styles.iter().cloned()).collect();
    let current = wish.style.clone().unwrap_or_else(|| any.clone());
    list_ui(ui, model, ("Style", width), &styles, Some(&current), out, |choice, it| {
        choice.style = if it == "Any style" { String::new() } else { it };
    });
}

fn list_ui(
    ui: &mut Ui,
    model: &Model,
    (name, width): (&str, f32),
    allowed: &[String],
    current: Option<&str>,
    out: &mut Vec<Message>,
    set: impl FnOnce(&mut Choice, String),
) {
    if allowed.is_empty() {
        return;
    }
    let at = allowed.iter().position(|it| Some(it.as_str()) == current);
    if let Some(chosen) = menu::choice(ui, name, width, at, allowed).and_then(|at| allowed.get(at)) {
        change(model, out, |choice| set(choice, chosen.clone()));
    }
}

fn change(model: &Model, out: &mut Vec<Message>, how: impl FnOnce(&mut Choice)) {
    let mut choices = model.settings.engines.clone();
    how(&mut choices.image);
    out.push(Message::Engines(Engines::Choose(Box::new(choices))));
}

/// From the right: all that are missing, this one; each says what it costs.
fn buttons_ui(ui: &mut Ui, model: &Model, engine: &Engine, narrow: bool, out: &mut Vec<Message>) {
    let readiness = model.engines.readiness(engine);
    if let Some(lacks) = models::lacks(readiness).filter(|_| readiness != crate::studio::engines::Readiness::Fails) {
        let tip = format!("{} {lacks}", engine.label);
        if Button::quiet("Set it up…").icon(Icon::KeyRound).tooltip(&tip).show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Engines));
        }
        return;
    }
    let missing = order::missing_pictures(model);
    let one = order::picture(model, model.prepare.selected);
    let placing = model.queue.placing;
    if missing.len() > 1 || (missing.len() == 1 && one.as_ref() != missing.first()) {
        let (price, tip) = price(model, &missing, out);
        let label = if narrow {
            format!("Missing ({})", missing.len())
        } else {
            format!("Generate missing ({})  ·  {price}", missing.len())
        };
        let name = format!("Generate {} missing pictures, {price}", missing.len());
        let tip = if narrow { format!("{price}. {tip}") } else { tip };
        if click(ui, Button::quiet(&label).name(&name).enabled(!placing), &tip).clicked() {
            out.push(Message::Scenes(Scenes::MakeMissing(Role::Picture)));
        }
    }
    let fault = match &one {
        None => Some("Write a picture prompt first.".to_owned()),
        Some(draft) => draft.fault(engine),
    };
    let (price, tip) = one.as_ref().map_or_else(Default::default, |draft| price(model, std::slice::from_ref(draft), out));
    let label = match (placing, price.is_empty()) {
        (true, _) => "Placing…".to_owned(),
        (false, true) => "Generate".to_owned(),
        (false, false) => format!("Generate  ·  {price}"),
    };
    let button = Button::primary(&label).icon(Icon::Sparkles).enabled(!placing && fault.is_none());
    let clicked = click(ui, button, fault.as_ref().unwrap_or(&tip)).clicked();
    if clicked && one.is_some() {
        out.push(Message::Scenes(Scenes::Make { scene: model.prepare.selected, role: Role::Picture }));
    }
}

fn click(ui: &mut Ui, button: Button<'_>, tip: &str) -> Response {
    if tip.is_empty() { button.show(ui) } else { button.tooltip(tip).show(ui) }
}

/// What these cost together, and what more is to be said of it. What has to be asked for is.
fn price(model: &Model, drafts: &[Draft], out: &mut Vec<Message>) -> (String, String) {
    let mut quotes: Vec<Quote> = Vec::with_capacity(drafts.len());
    let (mut asking, mut why) = (0, String::new());
    for draft in drafts {
        match model.queue.price(&model.engines.list, draft) {
            Priced::Said(quote) => quotes.push(quote),
            Priced::Failed(failure) => {
                why = format!("No price: {}", failure.words);
                quotes.push(Quote { cost: None, by_engine: true });
            }
            Priced::Asking => asking += 1,
            Priced::Wanted => {
                asking += 1;
                if asking <= ASKED {
                    out.push(Message::Queue(Queue::Price(Box::new(draft.clone()))));
                }
            }
        }
    }
    if asking > 0 {
        return ("…".to_owned(), "The engine is asked what it costs.".to_owned());
    }
    let sum = Sum::of(&quotes);
    let free = sum.unknown == 0 && sum.micros == 0;
    let words = if free {
        "free".to_owned()
    } else if sum.unknown == sum.orders {
        "price unknown".to_owned()
    } else {
        sum.words()
    };
    (words, why)
}
