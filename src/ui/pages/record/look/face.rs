//! The choice of a face: those made for readers with dyslexia first, then every family of the machine, found by typing. Only
//! the rows in sight are drawn, because some machines have thousands.

use egui::{RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::gpu::text::Fonts;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{menu, text};

use super::field;

const MENU_WIDTH: f32 = 264.0;
const LIST_HEIGHT: f32 = 224.0;
/// What no face is called in the list.
const USUAL: &str = "Usual";

/// A row of the list.
enum Entry<'a> {
    Usual,
    Heading(&'static str),
    Face(&'a str),
}

/// The button, its list, and a line when the chosen face is not there.
pub fn face_ui(ui: &mut Ui, find: &mut String, fonts: Option<&Fonts>, face: &mut Option<String>) {
    let usual = fonts.map_or_else(|| USUAL.to_owned(), |fonts| format!("{USUAL} ({})", fonts.face(None).family));
    let shown = face.clone().unwrap_or_else(|| usual.clone());
    let mut wanted = None;
    field(ui, "Face", |ui, width| {
        let name = format!("Face: {shown}");
        let button = Button::quiet(&shown).name(&name).trailing(Icon::ChevronDown).spread().min_width(width).max_width(width);
        let button = button.show(ui);
        if button.clicked() {
            find.clear();
        }
        menu::panel(&button, MENU_WIDTH, |ui| wanted = list_ui(ui, find, fonts, face.as_deref(), &usual, button.clicked()));
    });
    if let Some(wanted) = wanted {
        *face = wanted;
    }
    if let (Some(face), Some(fonts)) = (face, fonts)
        && !fonts.has(face)
    {
        let words = format!("“{face}” is not installed. {} is shown instead.", fonts.face(None).family);
        ui.label(RichText::new(words).font(theme::small()).color(colours().accent));
    }
}

/// The search and the list; answers with a choice, `Some(None)` for the usual face.
fn list_ui(
    ui: &mut Ui,
    find: &mut String,
    fonts: Option<&Fonts>,
    face: Option<&str>,
    usual: &str,
    opened: bool,
) -> Option<Option<String>> {
    let Some(fonts) = fonts else {
        text::small(ui, "The fonts of this machine are listed as soon as a script is open.");
        return None;
    };
    let field = TextEdit::singleline(find).hint_text("Find a face").desired_width(f32::INFINITY);
    let field = ui.add(field.margin(space(1.0)));
    field.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, "Find a face");
        info.current_text_value = Some(find.clone());
        info
    });
    if opened {
        field.request_focus();
    }
    let entries = entries(fonts, find);
    if entries.is_empty() {
        text::small(ui, "No face of this name is installed.");
    }
    let mut wanted = None;
    let row = theme::theme().space.control;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().max_height(LIST_HEIGHT).show_rows(ui, row, entries.len(), |ui, rows| {
        for entry in &entries[rows] {
            match entry {
                Entry::Usual if menu::option(ui, face.is_none(), usual) => wanted = Some(None),
                Entry::Face(name) if menu::option(ui, face == Some(*name), name) => wanted = Some(Some((*name).to_owned())),
                Entry::Heading(words) => heading_ui(ui, words, row),
                Entry::Usual | Entry::Face(_) => {}
            }
        }
    });
    if wanted.is_some() {
        ui.close();
    }
    wanted
}

fn heading_ui(ui: &mut Ui, words: &str, height: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let c = colours();
    let galley = text::truncated(ui, words, theme::small(), c.muted.0, rect.width() - space(2.0));
    ui.painter().galley(pos2(rect.left() + space(1.0), rect.bottom() - galley.size().y - space(0.5)), galley, c.muted.0);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response.on_hover_text(words);
}

fn entries<'a>(fonts: &'a Fonts, find: &str) -> Vec<Entry<'a>> {
    let find = find.trim().to_lowercase();
    if !find.is_empty() {
        return fonts.families().filter(|name| name.to_lowercase().contains(&find)).map(Entry::Face).collect();
    }
    let mut entries = vec![Entry::Usual];
    let readable: Vec<&str> = fonts.readable().collect();
    if readable.is_empty() {
        entries.push(Entry::Heading("For dyslexia: install OpenDyslexic"));
    } else {
        entries.push(Entry::Heading("Easier to read with dyslexia"));
        entries.extend(readable.into_iter().map(Entry::Face));
    }
    entries.push(Entry::Heading("All faces"));
    entries.extend(fonts.families().map(Entry::Face));
    entries
}
