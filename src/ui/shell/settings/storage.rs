//! Where uploads go: the studio's server, or a bucket or folder elsewhere, and whether that works. Its fields are folded away until
//! the storage is wanted. Keys that are not in the environment are typed in once and go into the desktop's keyring, never into the settings.

use egui::{Align, Layout, RichText, Ui};
use lucide_icons::Icon;

use crate::core::problem::Problem;
use crate::core::storage::check::{Check, Found, Report};
use crate::core::storage::{Destination, Kept, Provider, Storage};
use crate::core::upload::Goal;
use crate::studio::storage::{FROM_KEYRING, FROM_SESSION, InForce, Message as StorageMessage, State, Test};
use crate::studio::{Message, Model};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, menu, text};

use super::FIELD;

const ICON: f32 = 14.0;
/// What `jobs` says of the keys where there need be none.
const NO_KEYS: &str = "none needed";

/// Draws the rows.
pub fn storage_ui(ui: &mut Ui, model: &Model, wanted: &mut Storage, out: &mut Vec<Message>) {
    let state = &model.storage;
    let by_environment = in_force(state).is_some_and(|found| found.by_environment);
    ui.add_enabled_ui(!by_environment, |ui| {
        let now = if by_environment { Destination::Storage } else { wanted.destination };
        let choices = [Destination::Server, Destination::Storage];
        let labels = [server_label(model), "Storage".to_owned()];
        let current = choices.iter().position(|choice| *choice == now);
        row(ui, "Uploads go to", FIELD, |ui, width| {
            if let Some(at) = menu::choice(ui, "Uploads go to", width, current, &labels) {
                wanted.destination = choices[at];
            }
        });
    });
    if by_environment {
        text::small(ui, "VIDEO_STORAGE_PROVIDER is set: the environment decides.");
    } else if wanted.destination == Destination::Storage {
        fields_ui(ui, wanted);
    } else {
        return here_ui(ui, model);
    }
    keys_ui(ui, state);
    if !by_environment {
        secret_ui(ui, wanted.provider, state, out);
    }
    test_ui(ui, state, out);
}

/// The server that takes go to.
fn server_label(model: &Model) -> String {
    match (&model.upload.goal, &model.settings.server_url) {
        (Some(Goal::Here { .. }), _) | (_, None) => "This computer".to_owned(),
        (_, Some(url)) => Goal::Server { url: url.clone() }.words(),
    }
}

/// What going to this computer's own server means.
fn here_ui(ui: &mut Ui, model: &Model) {
    let Some(Goal::Here { folder }) = &model.upload.goal else { return };
    let more = match &model.settings.server_url {
        Some(_) => "Sign in above to send takes to the studio server.",
        None => "Sign in to a studio server above, or choose a storage, to send takes further.",
    };
    text::small(ui, format!("Onetake’s own server, in {folder}. Nobody else has what lies there. {more}"));
}

fn in_force(state: &State) -> Option<&InForce> {
    state.in_force.as_ref()?.as_ref().ok()
}

fn fields_ui(ui: &mut Ui, wanted: &mut Storage) {
    let labels: Vec<String> = Provider::ALL.iter().map(|provider| provider.label().to_owned()).collect();
    let current = Provider::ALL.iter().position(|provider| *provider == wanted.provider);
    row(ui, "Storage", FIELD, |ui, width| {
        if let Some(at) = menu::choice(ui, "Storage", width, current, &labels) {
            wanted.provider = Provider::ALL[at];
        }
    });
    let Storage { provider, bucket, endpoint, region, account, prefix, .. } = wanted;
    match provider {
        Provider::Local => field_ui(ui, "Folder", "/mnt/films", bucket),
        Provider::S3 => {
            field_ui(ui, "Bucket", "Its name", bucket);
            field_ui(ui, "Region", "us-east-1", region);
            field_ui(ui, "Address", "Amazon’s own", endpoint);
        }
        Provider::Gcs => field_ui(ui, "Bucket", "Its name", bucket),
        Provider::Azure => {
            field_ui(ui, "Container", "Its name", bucket);
            field_ui(ui, "Account", "From the connection string", account);
        }
    }
    // A folder is named as deep as is wanted.
    if *provider != Provider::Local {
        field_ui(ui, "Folder in it", "None", prefix);
    }
}

/// A line of text that is taken over when the person leaves it, so that no half name is ever in force.
fn field_ui(ui: &mut Ui, label: &str, hint: &str, value: &mut String) {
    row(ui, label, FIELD, |ui, width| {
        let id = ui.scope_id().with(("storage", label));
        let mut draft = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| value.clone());
        let response = ui.add(edit(&mut draft, width).hint_text(hint));
        named(&response, egui::Role::TextInput, &draft, label);
        if response.changed() {
            ui.data_mut(|data| data.insert_temp(id, draft.clone()));
        }
        if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(id));
            *value = draft.trim().to_owned();
        }
    });
}

fn edit(text: &mut String, width: f32) -> egui::TextEdit<'_> {
    let margin = egui::Margin::symmetric(space(1.0) as i8, 6);
    egui::TextEdit::singleline(text).margin(margin).background_color(colours().raised.0).desired_width(width)
}

/// Its name for screen readers; the label beside it is only seen.
fn named(response: &egui::Response, role: egui::Role, text: &str, label: &str) {
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::text_edit(true, text, text, "");
        info.role = role;
        info.label = Some(label.to_owned());
        info
    });
}

/// Where the keys come from, or what is missing.
fn keys_ui(ui: &mut Ui, state: &State) {
    match &state.in_force {
        Some(Ok(found)) => {
            let keys = if found.keys == NO_KEYS { "no keys needed".to_owned() } else { format!("keys from {}", found.keys) };
            text::small(ui, format!("{}  ·  {keys}", capital(&found.place)));
            if found.keys == FROM_SESSION {
                text::small(
                    ui,
                    "This machine’s keyring did not take them. Enter them again at the next start, or set them in the environment.",
                );
            }
        }
        Some(Err(problem)) => problem_ui(ui, problem),
        None => {}
    }
}

/// Keys that the environment does not have are typed in, and kept in the desktop's keyring.
fn secret_ui(ui: &mut Ui, provider: Provider, state: &State, out: &mut Vec<Message>) {
    let kept = in_force(state).is_some_and(|found| found.keys == FROM_KEYRING || found.keys == FROM_SESSION);
    if kept && Button::plain("Forget the keys").icon(Icon::KeyRound).show(ui).clicked() {
        out.push(Message::Storage(StorageMessage::Forget));
    }
    // What the place lacks besides keys is said first.
    if let Some(Err(problem)) = &state.in_force
        && problem.what.starts_with("There are no keys")
    {
        form_ui(ui, provider, out);
    }
}

fn form_ui(ui: &mut Ui, provider: Provider, out: &mut Vec<Message>) {
    let place = ui.scope_id().with("storage keys");
    let (mut id, mut secret) = ui.data(|data| data.get_temp::<(String, String)>(place)).unwrap_or_default();
    if provider == Provider::S3 {
        key_ui(ui, "Access key", &mut id, false);
    }
    let label = match provider {
        Provider::Azure => "Account key",
        Provider::Gcs => "Key file’s JSON",
        Provider::S3 | Provider::Local => "Secret key",
    };
    key_ui(ui, label, &mut secret, true);
    let kept = Kept::new(&id, &secret);
    let whole = kept.is_whole(provider);
    if Button::quiet("Keep in the keyring").icon(Icon::KeyRound).enabled(whole).show(ui).clicked() {
        out.push(Message::Storage(StorageMessage::Keep(Box::new(kept))));
        (id, secret) = (String::new(), String::new());
    }
    ui.data_mut(|data| data.insert_temp(place, (id, secret)));
}

fn key_ui(ui: &mut Ui, label: &str, value: &mut String, hidden: bool) {
    row(ui, label, FIELD, |ui, width| {
        let response = ui.add(edit(value, width).password(hidden));
        // A secret is not read out.
        let (role, text) = if hidden { (egui::Role::PasswordInput, "") } else { (egui::Role::TextInput, value.as_str()) };
        named(&response, role, text, label);
    });
}

fn test_ui(ui: &mut Ui, state: &State, out: &mut Vec<Message>) {
    let running = state.test == Test::Running;
    ui.horizontal(|ui| {
        let ready = matches!(state.in_force, Some(Ok(_))) && !running;
        let label = if running { "Testing…" } else { "Test connection" };
        if Button::quiet(label).icon(Icon::PlugZap).enabled(ready).show(ui).clicked() {
            out.push(Message::Storage(StorageMessage::Test));
        }
        if let Test::Done(Ok(report)) = &state.test
            && report.ok()
        {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new("Everything works").font(theme::small()).color(colours().safe));
            });
        }
    });
    match &state.test {
        Test::Done(Ok(report)) => report_ui(ui, report),
        Test::Done(Err(problem)) => problem_ui(ui, problem),
        Test::None | Test::Running => {}
    }
}

/// A line for each thing that was tried, when not all of them work; what is wrong is said once, under the first that failed.
fn report_ui(ui: &mut Ui, report: &Report) {
    if report.ok() {
        return;
    }
    let mut said = false;
    for check in &report.checks {
        check_ui(ui, check);
        if let Found::Fails { problem } = &check.found
            && !std::mem::replace(&mut said, true)
        {
            problem_ui(ui, problem);
        }
    }
}

fn check_ui(ui: &mut Ui, check: &Check) {
    let (mark, colour, more) = match &check.found {
        Found::Works => (Icon::Check, colours().safe.0, String::new()),
        Found::Fails { .. } => (Icon::TriangleAlert, colours().accent.0, String::new()),
        Found::Skipped { why } => (Icon::Minus, colours().muted.0, format!("  ·  {why}")),
    };
    ui.scope(|ui| {
        // A list to be read, not buttons to be hit.
        ui.spacing_mut().interact_size.y = ICON;
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(ICON, ICON), egui::Sense::hover());
            icon(ui.painter(), rect.center(), mark, ICON, colour);
            text::small(ui, format!("{}{more}", check.name));
        });
    });
}

fn problem_ui(ui: &mut Ui, problem: &Problem) {
    ui.label(RichText::new(problem.to_string()).font(theme::small()).color(colours().accent));
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
