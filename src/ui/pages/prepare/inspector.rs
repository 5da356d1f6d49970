//! The selected scene's particulars. Each change is an edit of the script's text at once.

use egui::{Align, Layout, Ui};
use lucide_icons::Icon;

use crate::core::compose::Layout as Program;
use crate::core::script::Scene;
use crate::studio::prepare::Message as Prepare;
use crate::studio::words::Message as Words;
use crate::studio::words::prompts::{Message as Prompts, Part};
use crate::studio::{Message, Model};
use crate::ui::View;
use crate::ui::theme::{self, colours};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};
use crate::ui::widgets::{menu, text};

use super::field::{Field, Typing};
use super::scene_menu;

const LABEL: f32 = 64.0;
const SECONDS: Bounds = Bounds { low: 1.0, high: 86_400.0, step: 1.0, decimals: 1 };
/// From this width on, seconds and layout share a row.
const ONE_ROW: f32 = 560.0;

/// What the inspector may forget.
#[derive(Default)]
pub struct Inspector {
    typing: Typing,
    /// The heading of this scene is to get the caret.
    pub rename: Option<usize>,
}

/// What the fields take in a pane of this width.
pub fn height(width: f32) -> f32 {
    let control = theme::theme().space.control;
    let rows = if width >= ONE_ROW { 4.0 } else { 5.0 };
    rows * (control + theme::space(1.0)) + theme::space(2.0)
}

pub fn inspector_ui(ui: &mut Ui, model: &Model, view: &mut View, out: &mut Vec<Message>) {
    let scene = model.prepare.selected;
    let Some(data) = model.prepare.script.scenes.get(scene) else { return };
    let inspector = &mut view.prepare.inspector;
    row_ui(ui, &format!("Scene {}", scene + 1), |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let more = Button::icon_only(Icon::Ellipsis, "More for this scene").show(ui);
            menu::under(&more, scene_menu::WIDTH, |ui| scene_menu::rows_ui(ui, model, scene, inspector, out));
            let wanted = inspector.rename.take_if(|rename| *rename == scene).is_some();
            let field = Field { take_caret: wanted, ..Field::of(scene, "heading", "Heading", &data.heading) };
            let heading = field.show(ui, &mut inspector.typing);
            if let Some(heading) = heading.filter(|heading| !heading.trim().is_empty()) {
                out.push(Message::Prepare(Prepare::Rename { scene, heading }));
            }
        });
    });
    if ui.available_width() + theme::space(4.0) >= ONE_ROW {
        row_ui(ui, "Length", |ui| {
            seconds_ui(ui, scene, data, model.prepare.script.pace(), out);
            ui.add_space(theme::space(2.0));
            text::small(ui, "Layout");
            layout_ui(ui, scene, data, out);
        });
    } else {
        row_ui(ui, "Length", |ui| seconds_ui(ui, scene, data, model.prepare.script.pace(), out));
        row_ui(ui, "Layout", |ui| layout_ui(ui, scene, data, out));
    }
    for (part, label, better) in
        [(Part::Image, "Picture", "Improve the picture prompt"), (Part::Clip, "Clip", "Improve the clip prompt")]
    {
        row_ui(ui, label, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::icon_only(Icon::WandSparkles, better).show(ui).clicked() {
                    out.push(Message::Words(Words::Prompts(Prompts::Open { scene, part })));
                }
                let (key, now) = (part.key(), data.directive(part.key()).unwrap_or_default());
                if let Some(text) = Field::of(scene, key, part.label(), now).show(ui, &mut inspector.typing) {
                    let value = Some(text).filter(|text| !text.trim().is_empty());
                    out.push(Message::Prepare(Prepare::SetDirective { scene, key: key.to_owned(), value }));
                }
            });
        });
    }
}

fn row_ui(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let (place, _) = ui.allocate_exact_size(egui::vec2(LABEL, theme::theme().space.control), egui::Sense::hover());
        let galley = text::truncated(ui, label, theme::small(), colours().muted.0, LABEL);
        ui.painter().galley(egui::pos2(place.left(), place.center().y - galley.size().y / 2.0), galley, colours().muted.0);
        content(ui);
    });
}

/// Target seconds; without a target the words decide.
fn seconds_ui(ui: &mut Ui, scene: usize, data: &Scene, pace: f64, out: &mut Vec<Message>) {
    let target = data.target_secs();
    let shown = target.unwrap_or_else(|| data.seconds(pace).round().max(SECONDS.low));
    let set = |value: Option<String>| Message::Prepare(Prepare::SetDirective { scene, key: "seconds".to_owned(), value });
    if let Some(secs) = stepper(ui, "Seconds", shown, SECONDS, " s") {
        out.push(set(Some(format!("{}", (secs * 10.0).round() / 10.0))));
    }
    if target.is_some() {
        let button = Button::icon_only(Icon::X, "Let the words decide the length");
        if button.show(ui).clicked() {
            out.push(set(None));
        }
    } else {
        text::small(ui, "by its words");
    }
}

fn layout_ui(ui: &mut Ui, scene: usize, data: &Scene, out: &mut Vec<Message>) {
    let mut options = vec!["Standard (camera)".to_owned()];
    options.extend(Program::ALL.into_iter().map(|layout| label(layout).to_owned()));
    let current = data.layout().and_then(|layout| Program::ALL.iter().position(|l| *l == layout)).map_or(0, |i| i + 1);
    if let Some(i) = menu::choice(ui, "Layout", ui.available_width().min(224.0), Some(current), &options) {
        let value = i.checked_sub(1).and_then(|i| Program::ALL.get(i)).map(|layout| layout.name().to_owned());
        out.push(Message::Prepare(Prepare::SetDirective { scene, key: "layout".to_owned(), value }));
    }
}

/// As people say it.
fn label(layout: Program) -> &'static str {
    match layout {
        Program::Camera => "Camera alone",
        Program::PictureInPicture => "Picture, camera small",
        Program::SideBySide => "Side by side",
        Program::Picture => "Picture alone",
    }
}
