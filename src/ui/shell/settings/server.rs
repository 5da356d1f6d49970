//! The studio server: signing in with its address and a token, and out again. The token is shown by dots and forgotten by the window
//! as soon as it is sent.

use egui::{Margin, TextEdit, Ui};
use lucide_icons::Icon;

use crate::studio::sync::{Key, Link, Message as Sync};
use crate::studio::{Message, Model, Sheet};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::text;

use super::FIELD;

/// Draws the rows.
pub fn server_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let link = &model.sync.link;
    if link.is_on() {
        return signed_in_ui(ui, model, out);
    }
    let (address, token) = (ui.scope_id().with("server address"), ui.scope_id().with("server token"));
    let kept = |ui: &Ui, id| ui.data(|data| data.get_temp::<String>(id));
    let mut url = kept(ui, address).or_else(|| model.settings.server_url.clone()).unwrap_or_default();
    let mut key = kept(ui, token).unwrap_or_default();
    let before = (url.clone(), key.clone());
    field_ui(ui, "Studio server", "https://studio.example", &mut url, false);
    field_ui(ui, "Token", "Paste it here", &mut key, true);
    if (&url, &key) != (&before.0, &before.1) {
        ui.data_mut(|data| {
            data.insert_temp(address, url.clone());
            data.insert_temp(token, key.clone());
        });
    }
    row(ui, "", FIELD, |ui, _| {
        let connecting = *link == Link::Connecting;
        let ready = !url.trim().is_empty() && !key.trim().is_empty() && !connecting;
        let label = if connecting { "Signing in…" } else { "Sign in" };
        if Button::quiet(label).icon(Icon::Cloud).enabled(ready).show(ui).clicked() {
            ui.data_mut(|data| data.remove::<String>(token));
            let key = Some(Key::new(key.trim()));
            out.push(Message::Sync(Sync::Connect { url: url.trim().to_owned(), key }));
        }
    });
    match link.problem() {
        Some(problem) if model.settings.server_url.is_some() => {
            let words = format!("{} {}", problem.what, problem.fix);
            ui.label(egui::RichText::new(words).font(theme::small()).color(colours().accent));
        }
        _ => {
            text::small(ui, "Projects are then the same on all your devices, and takes go there.");
        }
    }
}

fn signed_in_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    row(ui, "Studio server", FIELD, |ui, _| {
        if Button::quiet("Sign out").show(ui).clicked() {
            out.push(Message::Sync(Sync::Disconnect));
        }
        if Button::quiet("Projects…").show(ui).clicked() {
            out.push(Message::Sheet(Sheet::Server));
        }
    });
    let url = model.settings.server_url.as_deref().unwrap_or_default();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    let who = model.sync.account.as_ref().and_then(|account| account.user.as_deref());
    text::small(ui, who.map_or_else(|| format!("Signed in to {host}"), |who| format!("{who} at {host}")));
    if model.sync.kept == Some(false) {
        text::small(ui, "This desktop has no keyring: paste the token again at the next start, or set ONETAKE_TOKEN.");
    }
}

fn field_ui(ui: &mut Ui, label: &str, hint: &str, text: &mut String, secret: bool) {
    row(ui, label, FIELD, |ui, width| {
        let shown = text.clone();
        let edit = TextEdit::singleline(text)
            .margin(Margin::symmetric(theme::space(1.0) as i8, 6))
            .background_color(colours().raised.0)
            .desired_width(width - 2.0 * theme::space(1.0))
            .password(secret)
            .hint_text(hint);
        let response = ui.add(edit);
        response.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, label);
            // What is secret is read aloud to nobody.
            info.current_text_value = (!secret).then(|| shown.clone());
            info
        });
    });
}
