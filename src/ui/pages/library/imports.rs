//! Files on their way in, above the line at the foot: how far, how long still, and the way to stop it. When it has ended, the
//! files that could not be used stay listed, each with its reason, until that was read.

use egui::{Align, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::import::Report;
use crate::studio::import::{Message as Import, Running};
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{icon, menu, progress, text};

const HEIGHT: f32 = 56.0;
const LIST: f32 = 280.0;
const LIST_WIDTH: f32 = 440.0;

/// Height of the strip; nothing while nothing is brought in and nothing was refused.
pub fn height(model: &Model) -> f32 {
    if model.import.running.is_empty() && refused(model).is_none() { 0.0 } else { HEIGHT }
}

fn refused(model: &Model) -> Option<&Report> {
    model.import.last.as_deref().filter(|report| !report.refusals.is_empty())
}

/// Draws the strip into `ui`.
pub fn imports_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    match (model.import.running.first(), refused(model)) {
        (Some(running), _) => running_ui(ui, running, model.import.running.len() - 1, out),
        (None, Some(report)) => refused_ui(ui, report, out),
        (None, None) => {}
    }
}

fn running_ui(ui: &mut Ui, running: &Running, waiting: usize, out: &mut Vec<Message>) {
    let area = ui.available_rect_before_wrap();
    let c = colours();
    let row = UiBuilder::new().max_rect(area).layout(Layout::right_to_left(Align::Center));
    let left = ui
        .scope_builder(row, |ui| {
            let label = if running.cancelled { "Cancelling…" } else { "Cancel" };
            if Button::quiet(label).name("Cancel the import").enabled(!running.cancelled).show(ui).clicked() {
                out.push(Message::Import(Import::Cancel(running.id)));
            }
        })
        .response
        .rect
        .left();
    let words = Rect::from_min_max(area.min, pos2(left - space(2.0), area.bottom()));
    let looking = running.progress.looking || running.progress.files == 0;
    let said = said(running, waiting);
    let response = ui.interact(words, ui.scope_id().with("import"), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, format!("Importing: {said}"));
        info.value = (!looking).then_some(f64::from(running.progress.part()));
        info
    });
    let file = running.progress.items.first().map_or("", |item| item.file.as_str());
    let first = text::truncated(ui, &said, theme::small(), c.text.0, words.width());
    let room = words.width() - first.size().x - space(2.0);
    let top = words.center().y - space(1.5);
    let end = words.left() + first.size().x;
    let y = top - first.size().y / 2.0;
    ui.painter().galley(pos2(words.left(), y), first, c.text.0);
    if room > space(6.0) {
        let name = text::truncated(ui, file, theme::small(), c.muted.0, room);
        ui.painter().galley(pos2(end + space(2.0), y), name, c.muted.0);
    }
    let bar = Rect::from_min_size(pos2(words.left(), words.center().y + space(1.0)), vec2(words.width(), 4.0));
    progress::paint(ui, bar, if looking || running.progress.held { None } else { Some(running.progress.part()) });
    response.on_hover_text(if file.is_empty() { said } else { format!("{said}\n{file}") });
}

fn said(running: &Running, waiting: usize) -> String {
    let mut said = running.progress.sentence();
    if let Some(secs) = running.progress.secs_left() {
        said += &format!(" · {} left", figures::wait(secs));
    }
    if running.progress.refused > 0 {
        said += &format!(" · {} can’t be used", running.progress.refused);
    }
    if waiting > 0 {
        said += &format!(" · {waiting} more to follow");
    }
    said
}

fn refused_ui(ui: &mut Ui, report: &Report, out: &mut Vec<Message>) {
    let c = colours();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if Button::icon_only(Icon::X, "Dismiss the list of refused files").show(ui).clicked() {
            out.push(Message::Import(Import::PutAway));
        }
        let button = Button::quiet("Which ones").trailing(Icon::ChevronUp).name("Files that could not be imported").show(ui);
        menu::panel(&button, LIST_WIDTH, |ui| list_ui(ui, report));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            icon(ui.painter(), mark.center(), Icon::TriangleAlert, 18.0, c.accent.0);
            let words = match report.refused {
                1 => "1 file could not be imported.".to_owned(),
                many => format!("{many} files could not be imported."),
            };
            ui.add(Label::new(RichText::new(words).font(theme::body()).color(c.text)).truncate());
        });
    });
}

/// File after file with its reason; of very many only the first were kept.
fn list_ui(ui: &mut Ui, report: &Report) {
    let c = colours();
    ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space(0.25);
        for (file, problem) in &report.refusals {
            ui.add_space(space(0.5));
            ui.add(Label::new(RichText::new(file).font(theme::body()).color(c.text)).truncate());
            let why = format!("{} {}", problem.what, problem.fix);
            ui.add(Label::new(RichText::new(why.trim()).font(theme::small()).color(c.muted)).wrap());
            ui.add_space(space(0.5));
        }
        let more = report.refused.saturating_sub(report.refusals.len() as u64);
        if more > 0 {
            text::small(ui, format!("and {more} more"));
        }
    });
}
