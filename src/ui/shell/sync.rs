//! How the script stands, in the top bar: saved here, on the server, kept here while the server is away, or in two versions. With a
//! server it is a button that leads to what is on it.

use egui::{Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::project::DEMO;
use crate::studio::prepare::{self, Saved};
use crate::studio::sync::{Files, Link};
use crate::studio::{Message, Model, Sheet};
use crate::ui::theme::{self, Colour, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon};

/// Draws it at the right end of the bar; in a narrow window as a sign alone.
pub fn saved_ui(ui: &mut Ui, model: &Model, narrow: bool, out: &mut Vec<Message>) {
    let Some(project) = &model.prepare.project else { return };
    let c = colours();
    let shown = |ui: &mut Ui, mark, word: &'static str, colour| {
        mark_ui(ui, mark, word, colour, narrow, Sense::hover()).on_hover_text(format!("{word}. The script saves itself."));
    };
    match &model.prepare.saved {
        // The demo is everyone's and goes nowhere.
        Saved::Clean if model.sync.link != Link::Off && project.id != DEMO => server_ui(ui, model, narrow, out),
        Saved::Clean => shown(ui, Icon::Check, "Saved", c.safe),
        Saved::Dirty { .. } => shown(ui, Icon::Pencil, "Edited", c.muted),
        Saved::Saving { .. } => shown(ui, Icon::Pencil, "Saving…", c.muted),
        Saved::Failed(problem) => {
            let tip = format!("{} {}", problem.what, problem.fix);
            let label = if narrow { "" } else { "Not saved" };
            let button = Button::plain(label).name("Not saved. Try again").icon(Icon::TriangleAlert).tooltip(&tip);
            if button.show(ui).clicked() {
                out.push(Message::Prepare(prepare::Message::SaveNow));
            }
        }
    }
}

fn server_ui(ui: &mut Ui, model: &Model, narrow: bool, out: &mut Vec<Message>) {
    let (c, link) = (colours(), &model.sync.link);
    let word = link.word().unwrap_or("Saved");
    let files = Some(&model.sync.files).filter(|_| *link == Link::InStep);
    // The words are there: what still moves is of more interest.
    let word = files.and_then(Files::word).unwrap_or_else(|| word.to_owned());
    let (mark, colour) = match link {
        Link::InStep => (Icon::CloudCheck, c.safe),
        Link::Differs | Link::SignedOut(_) | Link::Refused { .. } | Link::Gone => (Icon::TriangleAlert, c.accent),
        Link::Away { .. } | Link::Lost { .. } => (Icon::CloudOff, c.muted),
        Link::Off | Link::Connecting | Link::Waiting => (Icon::Check, c.safe),
    };
    let tip = match (link, link.problem()) {
        (_, Some(problem)) => format!("{} {}", problem.what, problem.fix),
        (Link::Differs, _) => "The script was changed here and on the server. Choose which to keep.".to_owned(),
        (Link::Gone, _) => "The server does not have this project any more. All of it is here.".to_owned(),
        _ => match files.and_then(Files::sentence) {
            Some(sentence) => sentence,
            None => format!("{word}. The script saves itself."),
        },
    };
    let sheet = if *link == Link::Differs { Sheet::Versions } else { Sheet::Server };
    if mark_ui(ui, mark, &word, colour, narrow, Sense::click()).on_hover_text(tip).clicked() {
        out.push(Message::Sheet(sheet));
    }
}

fn mark_ui(ui: &mut Ui, mark: Icon, word: &str, colour: Colour, narrow: bool, sense: Sense) -> Response {
    let label = ui.painter().layout_no_wrap(word.to_owned(), theme::small(), colour.0);
    let width = if narrow { theme::space(3.0) } else { theme::space(3.5) + label.size().x };
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::theme().space.control), sense);
    let button = sense.senses_click();
    if button && response.hovered() {
        ui.painter().rect_filled(rect, theme::radius(), colours().hovered.0);
    }
    icon(ui.painter(), pos2(rect.left() + theme::space(1.25), rect.center().y), mark, 14.0, colour.0);
    if !narrow {
        let at = pos2(rect.left() + theme::space(2.5), rect.center().y);
        ui.painter().galley(at - vec2(0.0, label.size().y / 2.0), label, colour.0);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    let role = if button { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, word));
    response
}
