//! The film at the page's foot: the button that opens its sheet, which says how far joining is, and the way to the film there is.

use egui::Ui;
use lucide_icons::Icon;

use crate::core::seam::Verdict;
use crate::studio::command::Command;
use crate::studio::scenes::State;
use crate::studio::{Message, Model, Sheet};
use crate::ui::pages::library::words::length;
use crate::ui::shell::film::{foot, seams};
use crate::ui::widgets::button::Button;

/// Draws them from right to left.
pub fn film_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let meant = State::continuity(&model.prepare.script);
    let jumps = seams(model).filter(|(_, seam)| meant && seam.verdict == Verdict::Jumps).count();
    let joining = model.scenes.film.joining.as_ref();
    let tip = match (joining, jumps) {
        (Some(joining), _) => foot::doing(joining),
        (None, 0) => "Clips, voices, captions and the joined film".to_owned(),
        (None, 1) => "One clip jumps to the next".to_owned(),
        (None, many) => format!("{many} clips jump to the next"),
    };
    let label = joining.map_or_else(|| "Film".to_owned(), |joining| format!("Film  ·  {}", foot::percent(joining)));
    let button = Button::quiet(&label).name("Film").icon(Icon::Clapperboard).tooltip(&tip).command(Command::Film);
    if button.selected(model.sheet == Some(Sheet::Film)).show(ui).clicked() {
        out.push(Message::Command(Command::Film));
    }
    if let Some(film) = model.scenes.film.joined.as_ref().filter(|_| joining.is_none()) {
        let length = length(film).unwrap_or_default();
        let name = format!("Show the film, {length}");
        if Button::quiet(&length).name(&name).icon(Icon::Play).tooltip(&name).show(ui).clicked() {
            out.push(Message::Command(Command::SeeFilm));
        }
    }
}
