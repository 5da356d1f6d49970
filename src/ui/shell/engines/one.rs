//! One engine: a row that says how it stands, and under it, when it is opened, its key, its address, a test and its models.

use egui::{Margin, Rect, Response, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::engine::{Engine, Form, KeyNeed};
use crate::core::generate::Class;
use crate::core::secret::Secret;
use crate::studio::engines::{KeyFrom, Known, Message as Engines, Readiness, Test};
use crate::studio::{Message, Model};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, text};

use super::{FIELD, warn_ui};

/// The row; a click opens it and closes it again.
pub fn head_ui(ui: &mut Ui, model: &Model, engine: &Engine, open: bool) -> Response {
    let c = colours();
    let size = vec2(ui.available_width(), theme::theme().space.control);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if open || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::radius(), if open { c.raised.0 } else { c.hovered.0 });
    }
    let (word, attention) = state(model, engine);
    let (sign, colour) = match (attention, model.engines.readiness(engine)) {
        (true, Readiness::Fails) => (Icon::TriangleAlert, c.accent.0),
        (true, _) => (Icon::CircleDashed, c.muted.0),
        (false, _) => (Icon::Check, c.text.0),
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

/// How it stands, in a few words, and whether something has to be done.
fn state(model: &Model, engine: &Engine) -> (String, bool) {
    let known = model.engines.known.get(&engine.name);
    let made = engine.models.len();
    match (model.engines.readiness(engine), known.map(|known| &known.test)) {
        (_, Some(Test::Running)) => ("Testing…".to_owned(), false),
        (Readiness::NeedsKey, _) => ("Needs a key".to_owned(), true),
        (Readiness::NeedsAddress, _) => ("Needs an address".to_owned(), true),
        (Readiness::Fails, Some(Test::Fails(failure))) => (failure.class.label().to_owned(), true),
        (_, Some(Test::Works(_))) => ("Works".to_owned(), false),
        // What runs on this machine may not run now.
        _ if engine.local && engine.form != Form::Offline => ("Not tried yet".to_owned(), true),
        _ if made == 0 => ("Ready, models not read yet".to_owned(), false),
        _ if made == 1 => ("Ready  ·  1 model".to_owned(), false),
        _ => (format!("Ready  ·  {made} models"), false),
    }
}

/// What can be set and tried. `asked`: somebody came for it, so the caret goes to the key.
pub fn body_ui(ui: &mut Ui, model: &Model, engine: &Engine, asked: bool, out: &mut Vec<Message>) {
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
            test_ui(ui, engine, &known, out);
        }
        if !engine.home.is_empty() {
            let words = engine.home.split_once("://").map_or(engine.home.as_str(), |(_, rest)| rest);
            ui.hyperlink_to(RichText::new(words).font(theme::small()), &engine.home);
        }
        ui.add_space(space(1.0));
    });
    ui.advance_cursor_after_rect(shown.response.rect);
}

/// Where its key is from; a field for one where there is none.
fn key_ui(ui: &mut Ui, engine: &Engine, known: &Known, asked: bool, out: &mut Vec<Message>) {
    match &known.key {
        KeyFrom::Environment(variable) => {
            row(ui, "Key", FIELD, |ui, _| {
                text::small(ui, format!("from {variable}"));
            });
        }
        KeyFrom::Keyring => row(ui, "Key", FIELD, |ui, _| {
            let name = format!("Forget the key of {}", engine.label);
            if Button::plain("Forget").name(&name).enabled(!known.keeping).show(ui).clicked() {
                out.push(Message::Engines(Engines::Forget(engine.name.clone())));
            }
            text::small(ui, "in the keyring");
        }),
        KeyFrom::Nowhere => field_ui(ui, engine, known, asked, out),
    }
}

fn field_ui(ui: &mut Ui, engine: &Engine, known: &Known, asked: bool, out: &mut Vec<Message>) {
    let place = egui::Id::unique("engine key").with(&engine.name);
    let mut key = ui.data(|data| data.get_temp::<String>(place)).unwrap_or_default();
    let label = if engine.key == KeyNeed::Optional { "Key, if it wants one" } else { "Key" };
    row(ui, label, FIELD, |ui, width| {
        let save = Button::quiet(if known.keeping { "Saving…" } else { "Save" });
        let ready = !key.trim().is_empty() && !known.keeping;
        let name = format!("Save the key of {} in the keyring", engine.label);
        let clicked = save.name(&name).tooltip("Into the desktop’s keyring").enabled(ready).show(ui).clicked();
        let field = TextEdit::singleline(&mut key)
            .password(true)
            .hint_text("Paste it here")
            .margin(Margin::symmetric(8, 6))
            .background_color(colours().background.0)
            .desired_width((width - space(10.0)).min(ui.available_width() - space(2.0)));
        let response = ui.add(field);
        if asked {
            response.request_focus();
            response.scroll_to_me(None);
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        response.widget_info(|| {
            // A secret is not read out.
            let mut info = WidgetInfo::text_edit(true, "", "", "");
            info.role = Role::PasswordInput;
            info.label = Some(format!("Key of {}", engine.label));
            info
        });
        if ready && (clicked || entered) {
            let kept = Secret::new(std::mem::take(&mut key).trim());
            out.push(Message::Engines(Engines::Keep { engine: engine.name.clone(), key: kept }));
        }
    });
    ui.data_mut(|data| data.insert_temp(place, key));
    if let Some(variable) = engine.key_variables.first() {
        text::small(ui, format!("Or set {variable} before Onetake starts."));
    }
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

fn test_ui(ui: &mut Ui, engine: &Engine, known: &Known, out: &mut Vec<Message>) {
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
    match &known.test {
        Test::Works(account) => {
            let balance = account.balance.as_ref().map_or_else(String::new, |left| format!("  {} left.", left.words()));
            let words = if account.words.is_empty() { "It answers." } else { account.words.as_str() };
            ui.label(RichText::new(format!("{words}{balance}")).font(theme::small()).color(colours().text));
        }
        Test::Fails(failure) => {
            warn_ui(ui, &format!("{}: {}", failure.class.label(), failure.words));
            let fix = match &known.key {
                KeyFrom::Environment(variable) if failure.class == Class::Auth => {
                    format!("Correct {variable}, then start Onetake again.")
                }
                _ => failure.class.fix().to_owned(),
            };
            if !fix.is_empty() {
                text::small(ui, fix);
            }
        }
        Test::None | Test::Running => {}
    }
}
