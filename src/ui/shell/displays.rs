//! The sheet of displays: the talent's monitor, and everyone who is connected with how well they keep time and pace.

use egui::{Context, RichText, Ui, vec2};
use lucide_icons::Icon;

use crate::core::live::{DisplayKind, Smoothness};
use crate::core::monitor::Monitor;
use crate::core::prompter::Mirror;
use crate::studio::command::Command;
use crate::studio::displays::{self, Connected, Talent};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, menu, text};

use super::sheet::{Side, head, row, sheet};

const WIDTH: f32 = 376.0;
const FIELD: f32 = 264.0;
const MIRRORS: [(&str, Mirror); 4] = [
    ("Not mirrored", Mirror { horizontal: false, vertical: false }),
    ("Left and right", Mirror { horizontal: true, vertical: false }),
    ("Upside down", Mirror { horizontal: false, vertical: true }),
    ("Both", Mirror { horizontal: true, vertical: true }),
];

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn displays_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Displays) {
        return;
    }
    let closed = sheet(ctx, Side::Right, "displays", WIDTH, |ui| {
        let closed = talent_ui(ui, model, out);
        ui.add_space(theme::space(1.0));
        connected_ui(ui, &model.displays.connected);
        closed
    });
    if closed {
        out.push(Message::CloseSheet);
    }
}

/// True when the sheet's ✕ was taken.
fn talent_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) -> bool {
    let closed = head(ui, "Talent’s display", |ui| {
        if Button::icon_only(Icon::RefreshCw, "Look for monitors again").show(ui).clicked() {
            out.push(Message::Displays(displays::Message::Look));
        }
    });
    let chosen = &model.settings.talent_monitor;
    let mut choices = vec![(None, "None".to_owned())];
    choices.extend(model.displays.monitors.iter().map(|monitor| (Some(monitor.name.clone()), label(monitor))));
    if let Some(name) = chosen
        && !model.displays.monitors.iter().any(|monitor| monitor.name == *name)
    {
        choices.push((chosen.clone(), format!("{name} (not connected)")));
    }
    let current = choices.iter().position(|(choice, _)| choice == chosen);
    let labels: Vec<String> = choices.iter().map(|(_, label)| label.clone()).collect();
    row(ui, "Monitor", FIELD, |ui, width| {
        if let Some(i) = menu::choice(ui, "Monitor of the talent’s display", width, current, &labels) {
            out.push(Message::Displays(displays::Message::Choose(choices.swap_remove(i).0)));
        }
    });
    if let Some(name) = chosen {
        mirror_ui(ui, model, name, out);
    }
    state_ui(ui, &model.displays.talent);
    closed
}

fn mirror_ui(ui: &mut Ui, model: &Model, display: &str, out: &mut Vec<Message>) {
    let mirror = model.settings.mirrors.0.get(display).copied().unwrap_or_default();
    let current = MIRRORS.iter().position(|(_, known)| *known == mirror);
    let labels = MIRRORS.map(|(label, _)| label.to_owned());
    row(ui, "Mirrored", FIELD, |ui, width| {
        if let Some(i) = menu::choice(ui, "Mirroring of the talent’s display", width, current, &labels) {
            let (display, mirror) = (display.to_owned(), MIRRORS[i].1);
            out.push(Message::Displays(displays::Message::Mirror { display, mirror }));
        }
    });
}

fn state_ui(ui: &mut Ui, talent: &Talent) {
    let words = match talent {
        Talent::Off => "A window of its own for who reads: full screen on the monitor you choose.".to_owned(),
        Talent::Starting { .. } => "Starting…".to_owned(),
        Talent::Running { monitor, instead: None } => format!("Showing on {monitor}."),
        Talent::Running { monitor, instead: Some(place) } => {
            format!("{monitor} is not connected. Shown in {place} until it is back.")
        }
        Talent::Failed(problem) => {
            let words = format!("{} {}", problem.what, problem.fix);
            ui.label(RichText::new(words).font(theme::small()).color(colours().accent));
            return;
        }
    };
    text::small(ui, words);
}

fn connected_ui(ui: &mut Ui, connected: &[Connected]) {
    text::title(ui, "Connected");
    if connected.is_empty() {
        text::small(ui, "Nobody yet. Phones and other machines on this network join under “Phones”.");
        return;
    }
    for one in connected {
        ui.horizontal(|ui| {
            let (place, _) = ui.allocate_exact_size(vec2(theme::space(3.0), theme::space(4.5)), egui::Sense::hover());
            let mark = match one.guest.kind {
                DisplayKind::Window => Icon::Monitor,
                DisplayKind::Page => Icon::Smartphone,
                DisplayKind::Remote => Icon::Gamepad2,
            };
            icon(ui.painter(), place.center(), mark, 18.0, colours().muted.0);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                text::body(ui, format!("{} · {}", one.guest.name, one.guest.address));
                text::small(ui, figures(one));
            });
        });
    }
}

/// Clock and smoothness in a line.
fn figures(one: &Connected) -> String {
    let clock = one.clock.map(|(offset, trip)| format!("clock {offset:+.1} ± {:.1} ms", trip / 2.0));
    let smooth = one.smoothness.map(|Smoothness { p50_ms, p99_ms, missed, .. }| {
        format!("frames {p50_ms:.1} ms, slowest hundredth {p99_ms:.1} ms, {missed} missed")
    });
    let parts: Vec<String> = [clock, smooth].into_iter().flatten().collect();
    if parts.is_empty() { "Connected".to_owned() } else { parts.join(" · ") }
}

fn label(monitor: &Monitor) -> String {
    let Monitor { name, width, height, .. } = monitor;
    let primary = if monitor.primary { ", primary" } else { "" };
    format!("{name} ({width} × {height}{primary})")
}

/// The button in the top bar.
pub fn button_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let button = Button::icon_only(Icon::MonitorUp, Command::Displays.label()).command(Command::Displays);
    if button.selected(model.sheet == Some(Sheet::Displays)).show(ui).clicked() {
        out.push(Message::Command(Command::Displays));
    }
}
