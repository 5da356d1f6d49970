//! The end of the film's sheet: what kind of film it would be, the button that joins it, how far that is, and the one there is.

use egui::{Align, Label, Layout, RichText, Ui};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::core::joining::outlook::Outlook;
use crate::studio::command::Command;
use crate::studio::scenes::Message as Scenes;
use crate::studio::scenes::film::{self, Joining, Message as Film};
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::pages::library::words::length;
use crate::ui::pages::prepare::footer::seconds;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{progress, text};

use super::note_ui;

pub fn foot_ui(ui: &mut Ui, model: &Model, outlook: &Outlook, out: &mut Vec<Message>) {
    let film = &model.scenes.film;
    if let Some(asset) = &film.joined {
        joined_ui(ui, asset, out);
    }
    if let Some(joining) = &film.joining {
        joining_ui(ui, joining, out);
        return;
    }
    let bare = film::bare_words(outlook);
    if let Some(why) = &bare {
        note_ui(ui, Icon::TriangleAlert, why);
    }
    if let Some(moving) = film::moving_words(outlook) {
        note_ui(ui, Icon::Info, &moving);
    }
    ui.horizontal(|ui| {
        text::small(ui, format!("{} together", seconds(outlook.secs)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = if film.joined.is_some() { "Join it again" } else { "Join film" };
            let tip = bare.as_deref().unwrap_or("All scenes in one file, with their voices");
            let can = bare.is_none() && outlook.secs > 0.0;
            let button = Button::primary(label).name("Join film").icon(Icon::Clapperboard).tooltip(tip).enabled(can);
            if button.show(ui).clicked() {
                out.push(Message::Scenes(Scenes::Film(Film::Join)));
            }
        });
    });
}

/// The newest film, and the way to it.
fn joined_ui(ui: &mut Ui, asset: &Asset, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            text::body(ui, format!("{}  ·  {}", asset.name, length(asset).unwrap_or_default()));
            text::small(ui, format!("Joined {}", figures::day(&asset.created_at, None)));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if Button::quiet("Show").name("Show the film").icon(Icon::Play).show(ui).clicked() {
                out.push(Message::Command(Command::SeeFilm));
            }
        });
    });
}

/// How far it is, and the way to stop it.
fn joining_ui(ui: &mut Ui, joining: &Joining, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let room = ui.available_width() - space(12.0);
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = space(0.75);
            let words = RichText::new(doing(joining)).font(theme::body()).color(colours().text);
            ui.add(Label::new(words).truncate());
            bar_ui(ui, joining, room);
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| cancel_ui(ui, joining, out));
    });
}

/// What is being done, in words.
pub fn doing(joining: &Joining) -> String {
    match joining.cancelled {
        true => "The film is being put away".to_owned(),
        false => format!("“{}” is being joined  ·  {}", joining.title, percent(joining)),
    }
}

/// Until it has begun, the bar only says that something goes on.
pub fn bar_ui(ui: &mut Ui, joining: &Joining, width: f32) {
    progress::bar(ui, width, (joining.part > 0.0).then_some(joining.part), "How far the film is");
}

pub fn cancel_ui(ui: &mut Ui, joining: &Joining, out: &mut Vec<Message>) {
    if Button::quiet("Cancel").name("Cancel the film").enabled(!joining.cancelled).show(ui).clicked() {
        out.push(Message::Scenes(Scenes::Film(Film::Cancel)));
    }
}

/// How much of it is done, for people.
pub fn percent(joining: &Joining) -> String {
    format!("{:.0} %", joining.part * 100.0)
}
