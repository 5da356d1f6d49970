//! The microphone at the right edge: a bar for each channel that falls slowly enough to be read and holds its highest peak for
//! a moment, the loudness people compare, and a lamp that remembers clipping until it is clicked or the next take begins.

use egui::{Align2, Rect, Ui, UiBuilder, pos2, vec2};

use crate::core::levels::Levels;
use crate::core::loudness::{Heard, TARGET_LUFS, figure};
use crate::core::take::TakeId;
use crate::core::time::Moment;
use crate::studio::Model;
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets;

use super::places::Places;

/// How fast the bar falls, dB a second: as the peak programme meters of broadcasting (IEC 60268-10 type I, 20 dB in 1.7 s).
const FALL_DB_PER_SEC: f64 = 11.8;
/// How long the highest peak stands before it falls.
const HOLD_SECS: f64 = 1.5;
/// Scale and bars.
const WIDTH: f32 = 28.0;

/// What the meter shows now.
#[derive(Default)]
pub struct Meter {
    heard: Heard,
    shown: [Levels; 2],
    /// When each channel's peak was reached.
    peaked: [Moment; 2],
    version: u64,
    at: Moment,
    /// Clips that were seen and put out, or belong to the take before.
    seen: u64,
    /// The take the lamp is of.
    take: Option<TakeId>,
}

impl Meter {
    /// Takes over what is new and lets the rest fall.
    pub fn follow(&mut self, model: &Model, screen: &Screen, now: Moment) {
        let (newest, version) = screen.feeds.levels.versioned();
        let secs = now.secs_from(self.at).clamp(0.0, 10.0);
        let fresh = version != self.version;
        if fresh {
            self.heard = newest.map_or_else(Heard::default, |heard| *heard);
        }
        for channel in 0..self.shown.len() {
            let levels = if fresh { self.heard.channels[channel] } else { Levels::default() };
            self.show(channel, levels, secs, now);
        }
        (self.version, self.at) = (version, now);
        let take = model.record.rolling().map(|rolling| &rolling.take);
        if take.is_some() && take != self.take.as_ref() {
            (self.seen, self.take) = (self.heard.clips, take.cloned());
        }
        // Another microphone counts from none.
        self.seen = self.seen.min(self.heard.clips);
    }

    fn show(&mut self, channel: usize, levels: Levels, secs: f64, now: Moment) {
        let shown = &mut self.shown[channel];
        let fall = (secs * FALL_DB_PER_SEC) as f32;
        shown.rms_db = levels.rms_db.max(shown.rms_db - fall);
        if levels.peak_db >= shown.peak_db {
            (shown.peak_db, self.peaked[channel]) = (levels.peak_db, now);
        } else if now.secs_from(self.peaked[channel]) > HOLD_SECS {
            shown.peak_db = levels.peak_db.max(shown.peak_db - fall);
        }
    }

    fn channels(&self) -> &[Levels] {
        if self.heard.stereo { &self.shown } else { &self.shown[..1] }
    }

    /// The level of the louder channel.
    pub fn loudest(&self) -> Levels {
        self.channels().iter().copied().max_by(|a, b| a.rms_db.total_cmp(&b.rms_db)).unwrap_or_default()
    }

    /// Clips nobody has put out yet.
    fn clips(&self) -> u64 {
        self.heard.clips - self.seen
    }

    /// As a screen reader says it.
    fn name(&self) -> String {
        let peak = self.channels().iter().map(|levels| levels.peak_db).fold(f32::MIN, f32::max);
        let mut name = format!("Microphone: peak {} decibels", figure(peak));
        if let Some(lufs) = self.heard.short_term {
            name.push_str(&format!(", loudness {}", figure(lufs)));
        }
        match self.clips() {
            0 => {}
            clips => name.push_str(&format!(", clipped {}", times(clips))),
        }
        name
    }

    fn tooltip(&self) -> String {
        if self.clips() > 0 {
            return format!("The sound clipped {}. Click to reset.", times(self.clips()));
        }
        let (from, to) = (figure(*TARGET_LUFS.start()), figure(*TARGET_LUFS.end()));
        let now = self.heard.short_term.map_or_else(String::new, |lufs| format!("Loudness {} LUFS. ", figure(lufs)));
        format!("{now}A voice is best between {from} and {to} LUFS.")
    }
}

/// `once`, `twice`, `3 times`.
pub fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// Draws the meter where it has a place.
pub fn meter_ui(ui: &mut Ui, meter: &mut Meter, places: &Places) {
    let Some(rect) = places.meter else { return };
    let c = colours();
    // Over a bright picture neither figures nor bars could be read.
    ui.painter().rect_filled(rect, theme::radius(), c.scrim);
    let inner = rect.shrink2(vec2(0.0, space(1.0)));
    let below = space(4.0);
    let bars = Rect::from_min_max(
        pos2(inner.center().x - WIDTH / 2.0, inner.top()),
        pos2(inner.center().x + WIDTH / 2.0, inner.bottom() - below),
    );
    let (name, tooltip) = (meter.name(), meter.tooltip());
    let shown = widgets::meter::Shown {
        channels: meter.channels(),
        loudness: meter.heard.momentary,
        clipped: meter.clips() > 0,
        name: &name,
        tooltip: &tooltip,
    };
    let clicked =
        ui.scope_builder(UiBuilder::new().max_rect(bars), |ui| widgets::meter::meter(ui, bars.size(), shown).clicked()).inner;
    if clicked {
        meter.seen = meter.heard.clips;
    }
    let lufs = meter.heard.short_term;
    let colour = if lufs.is_some_and(|lufs| lufs > *TARGET_LUFS.end()) { c.accent } else { c.text };
    let unit = pos2(inner.center().x, inner.bottom());
    ui.painter().text(unit, Align2::CENTER_BOTTOM, "LUFS", egui::FontId::proportional(10.0), c.muted.0);
    let text = lufs.map_or_else(|| "–".to_owned(), figure);
    ui.painter().text(unit - vec2(0.0, 12.0), Align2::CENTER_BOTTOM, text, theme::small(), colour.0);
}
