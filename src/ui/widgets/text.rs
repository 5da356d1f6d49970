//! Text that fits: one row that ends in an ellipsis, and labels in the theme's sizes.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align, Color32, FontId, Galley, Label, Rect, Response, RichText, Role, Sense, Ui, WidgetInfo};

use crate::ui::theme::{self, colours};

/// Lays out one row, cut with an ellipsis at `width` points.
pub fn truncated(ui: &Ui, text: &str, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    rows(ui, text, font, colour, width, 1)
}

/// Lays out at most `rows` rows of `width` points; the last ends in an ellipsis when there is more.
pub fn rows(ui: &Ui, text: &str, font: FontId, colour: Color32, width: f32, rows: usize) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping { max_width: width.max(1.0), max_rows: rows, break_anywhere: rows == 1, ..TextWrapping::default() };
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// A label in the body size.
pub fn body(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text).font(theme::body()).color(colours().text)))
}

/// A label in the small size, for second things.
pub fn small(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(colours().muted)))
}

/// A label in the title size.
pub fn title(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text).font(theme::title()).color(colours().text)))
}

/// A sentence whose rows stand in the middle, laid out to be painted by `Sentence::show`.
pub struct Sentence {
    galley: Arc<Galley>,
}

impl Sentence {
    /// At most three rows of `width` points.
    pub fn new(ui: &Ui, text: &str, colour: Color32, width: f32) -> Sentence {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), theme::body(), colour);
        job.wrap = TextWrapping { max_width: width.max(1.0), max_rows: 3, ..TextWrapping::default() };
        job.halign = Align::Center;
        Sentence { galley: ui.fonts_mut(|fonts| fonts.layout_job(job)) }
    }

    pub fn height(&self) -> f32 {
        self.galley.size().y
    }

    /// Paints it under `top_middle`, with its name for screen readers.
    pub fn show(self, ui: &Ui, top_middle: egui::Pos2) -> Response {
        let name = self.galley.text().to_owned();
        let rect = Rect::from_min_size(top_middle + self.galley.rect.min.to_vec2(), self.galley.size());
        let response = ui.interact(rect, ui.scope_id().with(&name), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
        ui.painter().galley(top_middle, self.galley, colours().text.0);
        response
    }
}
