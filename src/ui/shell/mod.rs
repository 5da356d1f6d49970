//! What is around every page: the top bar, settings, toasts, the sheet of keys and controllers, and files dropped from outside.

pub mod ask;
pub mod bar;
pub mod budget;
pub mod bundle;
pub mod captions;
pub mod controls;
pub mod displays;
pub mod drops;
pub mod engines;
pub mod film;
pub mod help;
pub mod history;
pub mod key_list;
pub mod messages;
pub mod prompt;
pub mod rescue;
pub mod server;
pub mod settings;
pub mod share;
pub mod sheet;
pub mod stop;
pub mod style;
pub mod sync;
pub mod theme_form;
pub mod toast;
pub mod versions;
pub mod writer;

use egui::Context;

use crate::studio::Model;

use super::ZOOM;

/// Brings the window to the chosen interface scale.
pub fn zoom(ctx: &Context, model: &Model) {
    let wanted = model.settings.zoom;
    let wanted = if wanted.is_finite() { wanted.clamp(*ZOOM.start(), *ZOOM.end()) } else { *ZOOM.start() };
    if (ctx.zoom_factor() - wanted).abs() > 1e-3 {
        ctx.set_zoom_factor(wanted);
    }
}
