//! The form for a script from a theme: what it is about, how long, in which tone, and who writes it. What comes of it is a proposal.

use egui::{Align, Context, Id, Key, Layout, TextEdit, Ui};

use crate::core::job::Kind;
use crate::core::writing::{Brief, SECONDS, Tone};
use crate::studio::words::{Message as Words, Target, price_words};
use crate::studio::{Message, Model, Sheet};
use crate::ui::View;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::{menu, text};

use super::sheet::{Side, head, row, sheet};
use super::writer::writer_ui;

const WIDTH: f32 = 464.0;
const FIELD: f32 = 304.0;
const MINUTES: Bounds = Bounds { low: *SECONDS.start(), high: *SECONDS.end(), step: 15.0, decimals: 0 };
/// Numbers of scenes that are offered; others come with the length.
const MOST_SCENES: u32 = 12;

/// What the form may forget.
#[derive(Default)]
pub struct ThemeView {
    /// The caret was put into the theme.
    ready: bool,
}

pub fn theme_form_ui(ctx: &Context, model: &Model, view: &mut View, out: &mut Vec<Message>) {
    if model.sheet != Some(Sheet::Theme) {
        view.theme = ThemeView::default();
        return;
    }
    if sheet(ctx, Side::Left, "theme", WIDTH, |ui| form_ui(ui, model, &mut view.theme, out)) {
        out.push(Message::CloseSheet);
    }
}

/// True when its ✕ was taken.
fn form_ui(ui: &mut Ui, model: &Model, view: &mut ThemeView, out: &mut Vec<Message>) -> bool {
    let before = &model.words.brief;
    let mut brief = before.clone();
    let closed = head(ui, "A script from a theme", |_| {});
    let hint = "What is it about? One sentence will do; more says more.";
    let field = TextEdit::multiline(&mut brief.theme)
        .id(Id::unique("theme of a script"))
        .hint_text(egui::RichText::new(hint).font(theme::body()).color(colours().muted))
        .background_color(colours().background.0)
        .desired_width(ui.available_width())
        .desired_rows(3)
        .margin(egui::Margin::same(space(1.0) as i8))
        .show(ui);
    let field = field.response.response.accessible_name("Theme");
    if !std::mem::replace(&mut view.ready, true) {
        field.request_focus();
    }
    ui.add_space(space(0.5));
    rows_ui(ui, model, &mut brief, out);
    if brief != *before {
        out.push(Message::Words(Words::Brief(Box::new(brief.clone()))));
    }
    let lacking = writer_ui(ui, model, FIELD, out);
    ui.add_space(space(1.0));
    let ready = lacking.is_none() && !brief.theme.trim().is_empty();
    // As it was when the key was pressed: in a slow frame Ctrl may be up again.
    let entered = |event: &egui::Event| matches!(event, egui::Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if modifiers.command);
    let by_key = field.has_focus() && ui.input(|input| input.events.iter().any(entered));
    let mut write = ready && by_key;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            write |= Button::primary("Write")
                .enabled(ready)
                .tooltip("It appears beside the script, to be accepted or not")
                .show(ui)
                .clicked();
            if let Some((engine, of)) = model.engines.chosen(&model.settings.engines, Kind::Text) {
                text::small(ui, price_words(of, engine, model.words.price(of).as_ref()));
            }
        });
    });
    if write {
        out.push(Message::Words(Words::Write));
    }
    closed
}

fn rows_ui(ui: &mut Ui, model: &Model, brief: &mut Brief, out: &mut Vec<Message>) {
    row(ui, "Length", FIELD, |ui, width| {
        let size = egui::vec2(width, theme::theme().space.control);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(width);
            if let Some(secs) = stepper(ui, "Length in seconds", brief.seconds, MINUTES, " s") {
                brief.seconds = secs;
            }
        });
    });
    let mut scenes = vec![format!("As it suits ({})", Brief { scenes: None, ..brief.clone() }.scene_count())];
    scenes.extend((1..=MOST_SCENES).map(|count| count.to_string()));
    row(ui, "Scenes", FIELD, |ui, width| {
        let current = brief.scenes.map_or(0, |count| count as usize);
        if let Some(at) = menu::choice(ui, "Scenes", width, Some(current), &scenes) {
            brief.scenes = (at > 0).then_some(at as u32);
        }
    });
    let tones: Vec<String> = Tone::ALL.iter().map(|tone| tone.label().to_owned()).collect();
    row(ui, "Tone", FIELD, |ui, width| {
        let current = Tone::ALL.iter().position(|tone| *tone == brief.tone);
        if let Some(tone) = menu::choice(ui, "Tone", width, current, &tones).and_then(|at| Tone::ALL.get(at)) {
            brief.tone = *tone;
        }
    });
    row(ui, "Language", FIELD, |ui, width| {
        let hint = egui::RichText::new("That of the theme").font(theme::body()).color(colours().muted);
        let field = TextEdit::singleline(&mut brief.language)
            .hint_text(hint)
            .margin(egui::Margin::symmetric(space(1.0) as i8, 6))
            .background_color(colours().background.0)
            .desired_width(width);
        let _ = field.show(ui).response.response.accessible_name("Language");
    });
    if model.prepare.project.is_some() {
        row(ui, "Into", FIELD, |ui, _| {
            let at = usize::from(model.words.target == Target::Here);
            let choices = [Segment::plain("A new project"), Segment::plain("This script")];
            if let Some(at) = segmented(ui, &choices, at) {
                out.push(Message::Words(Words::Target(if at == 1 { Target::Here } else { Target::New })));
            }
        });
    }
}
