//! Eyes: draws the studio and says what the person did. `&Model` in, `Vec<Message>` out; it never changes the model, never
//! waits, and knows no device, file or network. Backgrounds come from the window's clear colour (`theme::clear_colour`), not
//! from rectangles, because those are what costs most without a fast GPU.

pub mod cost;
pub mod figures;
pub mod keys;
pub mod models;
pub mod pages;
pub mod preview;
pub mod shell;
pub mod theme;
pub mod thumbs;
pub mod view;
pub mod widgets;

use egui::Ui;

use crate::core::latest::{Feeds, Latest};
use crate::core::time::Moment;
use crate::gpu::text::TextLayout;
use crate::studio::{Message, Model};

pub use view::View;

/// What reaches the screen beside the model.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    pub feeds: Feeds,
    /// The prompter's text, as `Effect::LayOut` had it laid out.
    pub prompter: Latest<TextLayout>,
    /// The wall clock of this place: seconds since midnight. `None` where nobody keeps it.
    pub time_of_day: Option<f64>,
    /// The date at this place, `2026-11-21`; likewise.
    pub today: Option<String>,
    /// The wall clock as RFC 3339 in UTC, for how long ago something was; likewise.
    pub wall: Option<String>,
}

/// The interface scale that is offered; text fits from one end to the other.
pub const ZOOM: std::ops::RangeInclusive<f32> = 1.0..=2.0;

/// Fonts, style and colours; once for each window.
pub fn setup(ctx: &egui::Context) {
    theme::install(ctx);
}

/// Draws a frame and answers with what the person did in it, in order.
pub fn draw(ui: &mut Ui, model: &Model, view: &mut View, screen: &Screen, now: Moment) -> Vec<Message> {
    let mut out = Vec::new();
    shell::zoom(ui.ctx(), model);
    keys::read(ui.ctx(), model, view, &mut out);
    if !model.immersive {
        shell::bar::top_bar_ui(ui, model, &mut out);
    }
    shell::rescue::rescue_ui(ui, model, screen, now, &mut out);
    view.drop_scene = None;
    view.foot = theme::space(9.0);
    view.said = None;
    view.lane = None;
    pages::page_ui(ui, model, view, screen, now, &mut out);
    shell::drops::drops_ui(ui, model, view, &mut out);
    pages::library::carry::carry_ui(ui, model, view, &mut out);
    shell::settings::settings_ui(ui.ctx(), model, &mut out);
    shell::engines::engines_ui(ui.ctx(), model, screen, now, &mut out);
    shell::captions::captions_ui(ui.ctx(), model, screen, &mut out);
    shell::displays::displays_ui(ui.ctx(), model, &mut out);
    shell::messages::messages_ui(ui.ctx(), model, screen, now, &mut out);
    shell::server::server_ui(ui.ctx(), model, screen, &mut out);
    shell::versions::versions_ui(ui.ctx(), model, screen, &mut out);
    shell::share::share_ui(ui.ctx(), model, now, &mut out);
    shell::theme_form::theme_form_ui(ui.ctx(), model, view, &mut out);
    shell::style::style_ui(ui.ctx(), model, view, &mut out);
    shell::film::film_ui(ui.ctx(), model, &mut out);
    shell::prompt::prompt_ui(ui.ctx(), model, view, screen, &mut out);
    shell::history::history_ui(ui.ctx(), model, view, screen, &mut out);
    shell::toast::toasts_ui(ui.ctx(), model, view, now, &mut out);
    shell::help::help_ui(ui.ctx(), model, view, &mut out);
    shell::budget::budget_ui(ui.ctx(), model, &mut out);
    shell::stop::stop_ui(ui.ctx(), model, &mut out);
    out
}
