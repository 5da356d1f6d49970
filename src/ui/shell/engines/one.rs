//! One engine: a row that says how it stands, and under it, when it is opened, its key, its address, a test and its models.

use egui::{Margin, Rect, Response, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::engine::{Engine, Form, KeyNeed};
use crate::core::generate::Class;
use crate::studio::engines::{KeyFrom, Known, Message as Engines, Standing, Test};
use crate::studio::{Message, Model};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, text};

use super::key::key_ui;
use super::{Clock, FIELD, warn_ui};

/// The row; a click opens it and closes it again.
pub fn head_ui(ui: &mut Ui, model: &Model, engine: &Engine, clock: &Clock, open: bool) -> Response {
    let c = colours();
    let size = vec2(ui.available_width(), theme::theme().space.control);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if open || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::radius(), if open { c.raised.0 } else { c.hovered.0 });
    }
    let standing = model.engines.standing(engine);
    let word = state(model, engine, standing, clock);
    let (sign, colour) = match standing {
        Standing::Ours | Standing::Works => (Icon::Check, c.text.0),
        Standing::Refused | Standing::Silent | Standing::Fails(_) => (Icon::TriangleAlert, c.accent.0),
        _ => (Icon::CircleDashed, c.muted.0),
    };
    let y = rect.center().y;
    icon(ui.painter(), pos2(rect.left() + space(1.75), y), sign, 15.0, colour);
    let fold = if open { Icon::ChevronUp } else { Icon::ChevronDown };
    icon(ui.painter(), pos2(rect.right() - space(1.75), y), fold, 15.0, c.muted.0);
    let words = text::truncated(ui, &word, theme::small(), c.muted.0, rect.width() * 0.5);
    let right = rect.right() - space(3.5);
    let left = rect.left() + space(3.5);
    let label = text::truncated(ui, &engine.label, theme::body(), c.text.0, right - words.size().x - space(1.5) - left);
    ui.painter().galley(pos2(left, y - label.size().y / 2.0), label, c.text.0);
    ui.painter().galley(pos2(right - words.size().x, y - words.size().y / 2.0), words, c.muted.0);
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(1.0));
    }
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Button, true, format!("{}: {word}", engine.label));
        info.selected = Some(open);
        info
    });
    response
}

/// How it stands, in a few words.
fn state(model: &Model, engine: &Engine, standing: Standing, clock: &Clock) -> String {
    let since = model.engines.known.get(&engine.name).and_then(|known| clock.at(known.since));
    let timed =
        |words: &str, between: &str| since.as_ref().map_or_else(|| words.to_owned(), |at| format!("{words}{between}{at}"));
    match standing {
        Standing::Ours => match engine.models.len() {
            1 => "Ready  ·  1 model".to_owned(),
            made => format!("Ready  ·  {made} models"),
        },
        Standing::NeedsKey => "Needs a key".to_owned(),
        Standing::NeedsAddress => "Needs an address".to_owned(),
        Standing::Testing => "Testing…".to_owned(),
        Standing::KeyUntested => "Key not tested".to_owned(),
        Standing::Untested => "Not tested".to_owned(),
        Standing::NotLookedFor if model.engines.probing => "Looking…".to_owned(),
        Standing::NotLookedFor => "Not looked for yet".to_owned(),
        Standing::Works => timed("Works", "  ·  "),
        Standing::Refused => timed("Refused the key", "  ·  "),
        Standing::Silent => timed("Doesn’t answer", " since "),
        Standing::Fails(class) => timed(class.label(), "  ·  "),
        Standing::Off => "Not running".to_owned(),
    }
}

/// What can be set and tried. `asked`: somebody came for it, so the caret goes to the key.
pub fn body_ui(ui: &mut Ui, model: &Model, engine: &Engine, clock: &Clock, asked: bool, out: &mut Vec<Message>) {
    let known = model.engines.known.get(&engine.name).cloned().unwrap_or_default();
    let inner = Rect::from_min_max(
        ui.cursor().min + vec2(space(1.5), space(0.5)),
        pos2(ui.max_rect().right() - space(1.5), f32::INFINITY),
    );
    let builder = egui::UiBuilder::new().max_rect(inner).id_salt(("engine", &engine.name));
    let shown = ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = space(0.75);
        if engine.key != KeyNeed::None {
            key_ui(ui, engine, &known, asked, out);
        }
        if engine.form == Form::Offline {
            text::small(ui, "Drawn, moved and spoken by Onetake itself. It needs no key and no network, and is no AI.");
        } else {
            address_ui(ui, model, engine, &known, out);
            test_ui(ui, engine, &known, clock, out);
        }
        if !engine.home.is_empty() {
            let words = engine.home.split_once("://").map_or(engine.home.as_str(), |(_, rest)| rest);
            ui.hyperlink_to(RichText::new(words).font(theme::small()), &engine.home);
        }
        ui.add_space(space(1.0));
    });
    ui.advance_cursor_after_rect(shown.response.rect);
}

/// Where it is; taken over when the person leaves the field, so that no half address is ever in force.
fn address_ui(ui: &mut Ui, model: &Model, engine: &Engine, known: &Known, out: &mut Vec<Message>) {
    if let Some(variable) = &known.base_variable {
        row(ui, "Address", FIELD, |ui, _| {
            text::small(ui, format!("{} (from {variable})", known.base));
        });
        return;
    }
    let own = model.settings.engines.bases.get(&engine.name).cloned().unwrap_or_default();
    row(ui, "Address", FIELD, |ui, width| {
        let place = egui::Id::unique("engine address").with(&engine.name);
        let mut draft = ui.data(|data| data.get_temp::<String>(place)).unwrap_or_else(|| own.clone());
        let hint = if engine.base.is_empty() { "http://127.0.0.1:8080" } else { engine.base.as_str() };
        let field = TextEdit::singleline(&mut draft)
            .hint_text(RichText::new(hint).color(colours().muted))
            .margin(Margin::symmetric(8, 6))
            .background_color(colours().background.0)
            .desired_width(width - space(2.0));
        let response = ui.add(field).accessible_name(format!("Address of {}", engine.label));
        if response.changed() {
            ui.data_mut(|data| data.insert_temp(place, draft.clone()));
        }
        if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(place));
            let mut choices = model.settings.engines.clone();
            let draft = draft.trim().to_owned();
            // The usual one needs no entry.
            if draft.is_empty() || draft == engine.base {
                choices.bases.remove(&engine.name);
            } else {
                choices.bases.insert(engine.name.clone(), draft);
            }
            out.push(Message::Engines(Engines::Choose(Box::new(choices))));
        }
    });
}

fn test_ui(ui: &mut Ui, engine: &Engine, known: &Known, clock: &Clock, out: &mut Vec<Message>) {
    let lacks = engine.key == KeyNeed::Required && known.key == KeyFrom::Nowhere;
    ui.horizontal(|ui| {
        let running = known.test == Test::Running;
        let (name, label) = (format!("Test {}", engine.label), if running { "Testing…" } else { "Test" });
        if Button::quiet(label).icon(Icon::PlugZap).name(&name).enabled(!running && !lacks).show(ui).clicked() {
            out.push(Message::Engines(Engines::Test(engine.name.clone())));
        }
        let name = format!("Read the models of {}", engine.label);
        let label = if known.refreshing { "Reading…" } else { "Read its models" };
        let button = Button::plain(label).icon(Icon::RefreshCw).name(&name).tooltip("Ask the engine which models it has");
        if button.enabled(!known.refreshing && !lacks).show(ui).clicked() {
            out.push(Message::Engines(Engines::Refresh(engine.name.clone())));
        }
    });
    said_ui(ui, known, clock);
}

/// What a test, an order or the last click has shown.
fn said_ui(ui: &mut Ui, known: &Known, clock: &Clock) {
    match &known.said {
        Some(Ok(words)) => _ = text::small(ui, words),
        Some(Err(problem)) => warn_ui(ui, &problem.to_string()),
        None => {}
    }
    let at = clock.at(known.since);
    match &known.test {
        Test::Works(account) => {
            let balance = account.balance.as_ref().map_or_else(String::new, |left| format!("  {} left.", left.words()));
            let words = if account.words.is_empty() { "It answers." } else { account.words.as_str() };
            let at = at.map_or_else(String::new, |at| format!("  At {at}."));
            ui.label(RichText::new(format!("{words}{balance}{at}")).font(theme::small()).color(colours().text));
        }
        Test::Fails(failure) => {
            warn_ui(ui, &format!("{}: {}", failure.class.label(), failure.words));
            let fix = match &known.key {
                KeyFrom::Environment(variable) if failure.class == Class::Auth => {
                    format!("Correct {variable}, then start Onetake again.")
                }
                _ => failure.class.fix().to_owned(),
            };
            let at = at.map_or_else(String::new, |at| format!("Since {at}. "));
            let said = format!("{at}{fix}");
            if !said.is_empty() {
                text::small(ui, said);
            }
        }
        Test::Absent => {
            let place = if known.base.is_empty() { "its usual address" } else { &known.base };
            text::small(ui, format!("Nothing answers at {place}. Start it, or enter where it is."));
        }
        Test::None | Test::Running => {}
    }
}
