//! The pages. Each is a folder of its own and draws into what the top bar leaves.

pub mod library;
pub mod prepare;
pub mod queue;
pub mod record;
pub mod review;

use egui::Ui;

use crate::core::time::Moment;
use crate::studio::{Message, Model, Page};

use super::{Screen, View};

/// Draws the page that is open.
pub fn page_ui(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, now: Moment, out: &mut Vec<Message>) {
    match model.page {
        Page::Prepare => prepare::prepare_ui(ui, model, view, screen, out),
        Page::Record => {
            view.foot = record::record_ui(ui, model, &mut view.record, screen, now, out);
            view.said = view.record.says.take();
        }
        Page::Library => view.foot = library::library_ui(ui, model, view, screen, out),
        Page::Queue => view.foot = queue::queue_ui(ui, model, view, screen, out),
        Page::Review => view.foot = review::review_ui(ui, model, &mut view.review, screen, now, out),
    }
}
