//! An engine's key: where it is from, or a field for one. What was typed is shown by dots, goes to the keyring and is forgotten by the
//! window; where no keyring takes it, it holds until the program ends, and that is said here.

use egui::{Id, Margin, Role, TextEdit, Ui, WidgetInfo};

use crate::core::engine::{Engine, KeyNeed};
use crate::core::secret::{Secret, no_key};
use crate::studio::Message;
use crate::studio::engines::{KeyFrom, Known, Message as Engines};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::{FIELD, warn_ui};

/// Draws the row. `asked`: somebody came for it, so the caret goes to the field.
pub fn key_ui(ui: &mut Ui, engine: &Engine, known: &Known, asked: bool, out: &mut Vec<Message>) {
    match &known.key {
        KeyFrom::Environment(variable) => {
            row(ui, "Key", FIELD, |ui, _| {
                text::small(ui, format!("from {variable}"));
            });
        }
        KeyFrom::Keyring => kept_ui(ui, engine, known, "in the keyring", out),
        KeyFrom::Session(why) => {
            kept_ui(ui, engine, known, "until Onetake closes", out);
            text::small(ui, format!("{why} The key is kept in memory until Onetake closes.{}", or_variable(engine)));
        }
        KeyFrom::Nowhere => field_ui(ui, engine, known, asked, out),
    }
}

fn kept_ui(ui: &mut Ui, engine: &Engine, known: &Known, place: &str, out: &mut Vec<Message>) {
    row(ui, "Key", FIELD, |ui, _| {
        let name = format!("Forget the key of {}", engine.label);
        if Button::plain("Forget").name(&name).enabled(!known.keeping).show(ui).clicked() {
            out.push(Message::Engines(Engines::Forget(engine.name.clone())));
        }
        text::small(ui, place);
    });
}

fn field_ui(ui: &mut Ui, engine: &Engine, known: &Known, asked: bool, out: &mut Vec<Message>) {
    let place = Id::unique("engine key").with(&engine.name);
    let mut key = ui.data(|data| data.get_temp::<String>(place)).unwrap_or_default();
    let label = if engine.key == KeyNeed::Optional { "Key, if it wants one" } else { "Key" };
    let typed = !key.trim().is_empty();
    let fault = typed.then(|| no_key(&key)).flatten();
    row(ui, label, FIELD, |ui, width| {
        let save = Button::quiet(if known.keeping { "Saving…" } else { "Save" });
        let ready = typed && fault.is_none() && !known.keeping;
        let name = format!("Save the key of {}", engine.label);
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
    match fault {
        Some(fault) => warn_ui(ui, &format!("{fault} Copy it once more from where the engine gives it out, on one line.")),
        None if engine.key_variables.is_empty() => {}
        None => _ = text::small(ui, or_variable(engine).trim_start()),
    }
}

fn or_variable(engine: &Engine) -> String {
    engine.key_variables.first().map_or_else(String::new, |name| format!(" Or set {name} before Onetake starts."))
}
