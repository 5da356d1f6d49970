//! The look and the characters of a project, which go with every prompt. They are lines of the script's front matter; this sheet writes
//! them there as they are typed.

use egui::{Context, Id, Label, RichText, TextEdit, Ui};
use lucide_icons::Icon;

use crate::core::style::{Character, LOOKS, Style};
use crate::studio::words::Message as Words;
use crate::studio::{Message, Model, Sheet};
use crate::ui::View;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::sheet::{Side, head, sheet};

const WIDTH: f32 = 536.0;
const NAME: f32 = 128.0;

/// What the sheet may forget.
#[derive(Default)]
pub struct StyleView {
    /// What is being typed, which may have a character without a name yet; and what the script then says.
    draft: Option<(Style, Style)>,
}

pub fn style_ui(ctx: &Context, model: &Model, view: &mut View, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Style) {
        view.style = StyleView::default();
        return;
    }
    if sheet(ctx, Side::Left, "style", WIDTH, |ui| sheet_ui(ui, model, &mut view.style, out)) {
        out.push(Message::CloseSheet);
    }
}

/// True when its ✕ was taken.
fn sheet_ui(ui: &mut Ui, model: &Model, view: &mut StyleView, out: &mut Vec<Message>) -> bool {
    let script = Style::of(&model.prepare.script.front);
    // An undo, or an edit in the script itself, goes before what is held here.
    let held = view.draft.take().filter(|(_, said)| *said == script).map(|(draft, _)| draft);
    let before = held.unwrap_or_else(|| script.clone());
    let mut style = before.clone();
    let closed = head(ui, "Style and characters", |_| {});
    paragraph(ui, "Both go with every picture and clip of this project. They stand at the top of the script.");
    ui.add_space(space(1.0));
    ui.horizontal(|ui| {
        text::body(ui, "Style");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let examples = Button::plain("Examples").trailing(Icon::ChevronDown).show(ui);
            menu::under(&examples, 200.0, |ui| {
                for (name, look) in LOOKS {
                    if menu::item(ui, None, name, None) {
                        look.clone_into(&mut style.look);
                    }
                }
            });
        });
    });
    let hint = "layered paper-cut illustration, soft grain, teal and peach";
    let field = TextEdit::multiline(&mut style.look)
        .id(Id::unique("style of the project"))
        .hint_text(RichText::new(hint).font(theme::body()).color(colours().muted))
        .background_color(colours().background.0)
        .desired_width(ui.available_width())
        .desired_rows(2)
        .margin(egui::Margin::same(space(1.0) as i8));
    let _ = field.show(ui).response.response.accessible_name("Style");
    ui.add_space(space(1.0));
    text::body(ui, "Characters");
    characters_ui(ui, &mut style);
    ui.add_space(space(1.0));
    sent_ui(ui, model, &style);
    if style != before {
        out.push(Message::Words(Words::SetStyle(style.clone())));
    }
    // What the script will say of it: names that are not there yet are not in it.
    let said = Style::of(&style.put(&model.prepare.script).front);
    view.draft = Some((style, said));
    closed
}

fn characters_ui(ui: &mut Ui, style: &mut Style) {
    if style.characters.is_empty() {
        text::small(ui, "Whoever a prompt names looks the same in every picture.");
    }
    let mut gone = None;
    for (at, character) in style.characters.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            field(ui, &mut character.name, "Name", &format!("Name of character {}", at + 1), NAME);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if Button::icon_only(Icon::X, "Take the character out").show(ui).clicked() {
                    gone = Some(at);
                }
                let width = ui.available_width();
                field(ui, &mut character.description, "How they look", &format!("Looks of character {}", at + 1), width);
            });
        });
    }
    if let Some(at) = gone {
        style.characters.remove(at);
    }
    if Button::plain("Character").icon(Icon::Plus).name("Add a character").show(ui).clicked() {
        style.characters.push(Character::default());
    }
}

fn field(ui: &mut Ui, text: &mut String, hint: &str, name: &str, width: f32) {
    let field = TextEdit::singleline(text)
        .id_salt(name)
        .hint_text(RichText::new(hint).font(theme::body()).color(colours().muted))
        .margin(egui::Margin::symmetric(space(1.0) as i8, 6))
        .background_color(colours().background.0)
        .desired_width(width);
    let _ = field.show(ui).response.response.accessible_name(name);
}

/// The selected scene's prompt as an engine gets it.
fn sent_ui(ui: &mut Ui, model: &Model, style: &Style) {
    let scene = model.prepare.selected;
    let Some(prompt) = model.prepare.script.scenes.get(scene).and_then(|scene| scene.image_prompt()) else { return };
    text::small(ui, format!("The picture of scene {} is asked for with", scene + 1));
    paragraph(ui, &style.carry(prompt, 0).text);
}

fn paragraph(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::body()).color(colours().muted)).wrap());
}
