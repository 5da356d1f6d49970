//! The microphone's level at the right edge, with the figure people compare: falls slowly enough to be read, and remembers that
//! it clipped until it is clicked.

use egui::{Align2, Ui, UiBuilder, pos2, vec2};

use crate::core::levels::{FLOOR_DB, Levels};
use crate::core::time::Moment;
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets;

use super::places::Places;

/// How fast the bar falls, dB a second: as the peak programme meters of broadcasting (IEC 60268-10 type I, 20 dB in 1.7 s).
const FALL_DB_PER_SEC: f64 = 11.8;
const WIDTH: f32 = 10.0;

/// What the meter shows now.
#[derive(Default)]
pub struct Meter {
    shown: Levels,
    version: u64,
    at: Moment,
    clipped: bool,
}

impl Meter {
    /// Takes over what is new and lets the rest fall.
    pub fn follow(&mut self, screen: &Screen, now: Moment) {
        let (newest, version) = screen.feeds.levels.versioned();
        let fall = now.secs_from(self.at).clamp(0.0, 10.0) * FALL_DB_PER_SEC;
        let fresh = version != self.version;
        let newest = newest.filter(|_| fresh).map_or_else(Levels::default, |levels| *levels);
        self.clipped |= newest.clipped;
        self.shown = self.shown.fall(newest, fall as f32);
        (self.version, self.at) = (version, now);
    }
}

/// Draws the meter where it has a place.
pub fn meter_ui(ui: &mut Ui, meter: &mut Meter, places: &Places) {
    let Some(rect) = places.meter.map(|rect| rect.shrink2(vec2(0.0, space(1.0)))) else { return };
    let c = colours();
    let figure = space(2.5);
    let bar = egui::Rect::from_min_max(
        pos2(rect.center().x - WIDTH / 2.0, rect.top()),
        pos2(rect.center().x + WIDTH / 2.0, rect.bottom() - figure),
    );
    let clicked = ui
        .scope_builder(UiBuilder::new().max_rect(bar), |ui| {
            widgets::meter::meter(ui, bar.size(), meter.shown, meter.clipped).clicked()
        })
        .inner;
    if clicked {
        meter.clipped = false;
    }
    let peak = meter.shown.peak_db;
    let text = if peak <= FLOOR_DB + 1.0 { "−∞".to_owned() } else { format!("−{:.0}", (-peak).max(0.0)) };
    let colour = if meter.clipped { c.accent } else { c.text };
    ui.painter().text(pos2(rect.center().x, rect.bottom()), Align2::CENTER_BOTTOM, text, theme::small(), colour.0);
}
