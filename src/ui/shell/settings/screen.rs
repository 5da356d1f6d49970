//! Recording the screen: whether, and which part of it. Where the desktop asks the person, there is a button to be asked again.

use egui::Ui;
use lucide_icons::Icon;

use crate::core::screen::ScreenChoice;
use crate::core::settings::Settings;
use crate::studio::screen::{Message as ScreenMessage, Port};
use crate::studio::{Message, Model};
use crate::ui::shell::sheet::row;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::switch::switch;
use crate::ui::widgets::{menu, text};

use super::FIELD;

/// Draws the rows.
pub fn screen_ui(ui: &mut Ui, model: &Model, wanted: &mut Settings, out: &mut Vec<Message>) {
    row(ui, "Record the screen", FIELD, |ui, _| {
        let told = "Into a second file of each take, on the same clock";
        if switch(ui, "Record the screen", wanted.screen).on_hover_text(told).clicked() {
            wanted.screen = !wanted.screen;
        }
    });
    if !model.settings.screen {
        return;
    }
    if model.screen.asks {
        row(ui, "Screen", FIELD, |ui, _| {
            if Button::quiet("Choose again").icon(Icon::Monitor).show(ui).clicked() {
                out.push(Message::Screen(ScreenMessage::ChooseAgain));
            }
        });
    } else {
        monitor_ui(ui, model, &mut wanted.screen_choice);
    }
    match &model.screen.port {
        Port::Failed(problem) => {
            let words = format!("{} {}", problem.what, problem.fix);
            ui.label(egui::RichText::new(words).font(theme::small()).color(colours().accent));
        }
        Port::Opening if model.screen.asks => {
            text::small(ui, "Your desktop asks which screen to record.");
        }
        Port::Open(found) => {
            text::small(ui, format!("{}  ·  {} × {}", found.label, found.width, found.height));
        }
        Port::Opening | Port::Closed => {}
    }
}

/// The main monitor, each by name, all of them; and the one that was chosen and is not there now.
fn monitor_ui(ui: &mut Ui, model: &Model, chosen: &mut ScreenChoice) {
    let mut choices = vec![(ScreenChoice::Primary, "Main monitor".to_owned())];
    choices.extend(model.screen.monitors.iter().map(|monitor| {
        let label = format!("{} ({} × {})", monitor.name, monitor.width, monitor.height);
        (ScreenChoice::Named(monitor.name.clone()), label)
    }));
    choices.push((ScreenChoice::Whole, "All monitors in one picture".to_owned()));
    if let ScreenChoice::Named(name) = &*chosen
        && !choices.iter().any(|(choice, _)| *choice == *chosen)
    {
        choices.push((chosen.clone(), format!("{name} (not connected)")));
    }
    let current = choices.iter().position(|(choice, _)| choice == chosen);
    let labels: Vec<String> = choices.iter().map(|(_, label)| label.clone()).collect();
    row(ui, "Monitor", FIELD, |ui, width| {
        if let Some(at) = menu::choice(ui, "Monitor", width, current, &labels) {
            *chosen = choices.swap_remove(at).0;
        }
    });
}
