//! Review: the take that was just made plays at once, the waveform shows where, the list says which are safe, and from here
//! there are two ways on: record again, or upload.

mod actions;
mod captions;
mod heal;
mod player;
mod spans;
mod takes;
mod timebar;
mod transport;

use std::time::Duration;

use egui::{Rect, Ui, UiBuilder, pos2};
use lucide_icons::Icon;

use crate::core::time::{Moment, Rate};
use crate::studio::command::Command;
use crate::studio::review::{Open, Player};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::pages::library::words::length;
use crate::ui::theme::space;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::empty::{empty_state, empty_state_or};

/// Seconds after an input in which a new picture may still come (a seek answers late and without a message).
const WATCH_SECS: f64 = 1.0;
/// Below this width the list of takes narrows.
const NARROW: f32 = 920.0;

/// What this page may forget.
#[derive(Default)]
pub struct ReviewView {
    /// Where the bar was last dragged to, in nanoseconds, so that a still pointer asks for nothing.
    dragged_to: Option<u64>,
    /// Window time until which new pictures are looked for although nothing plays.
    watch_until: f64,
    skipping: spans::Skipping,
}

/// Draws the page into what is left of `ui`. Answers with the height of the controls at its foot.
pub fn review_ui(
    ui: &mut Ui,
    model: &Model,
    view: &mut ReviewView,
    screen: &Screen,
    now: Moment,
    out: &mut Vec<Message>,
) -> f32 {
    if model.review.takes.is_empty() {
        let button = Button::primary("Record a take").icon(Icon::Video).command(Command::Record);
        let sentence = "A take plays here the moment it is stopped.";
        let Some(film) = &model.scenes.film.joined else {
            if empty_state(ui, Icon::Film, "No takes yet", sentence, button).clicked() {
                out.push(Message::Command(Command::Record));
            }
            return space(2.0);
        };
        let show = format!("Show the film  ·  {}", length(film).unwrap_or_default());
        let sentence = "A take plays here the moment it is stopped. The film of your scenes is in the library.";
        let other = Button::quiet(&show).name("Show the film").icon(Icon::Play);
        let [record, show] = empty_state_or(ui, Icon::Film, "No takes yet", sentence, button, other);
        out.extend(record.clicked().then_some(Message::Command(Command::Record)));
        out.extend(show.clicked().then_some(Message::Command(Command::SeeFilm)));
        return space(2.0);
    }
    let places = Places::of(ui.available_rect_before_wrap());
    let within = |rect: Rect| UiBuilder::new().max_rect(rect);
    spans::skip(ui, model, &mut view.skipping, Ready::of(model, screen), out);
    player::player_ui(ui, model, screen, places.player, out);
    timebar::timebar_ui(ui, model, view, screen, places.timebar, out);
    transport::transport_ui(ui, model, screen, places.transport, places.player, out);
    ui.scope_builder(within(places.takes).id_salt("takes"), |ui| takes::takes_ui(ui, model, out));
    ui.scope_builder(within(places.actions).id_salt("actions"), |ui| actions::actions_ui(ui, model, now, out));
    keep_moving(ui, model, view);
    places.actions.bottom() - places.timebar.top() + space(1.0)
}

/// What the open player knows of its take; `None` while it opens and after it failed.
#[derive(Clone, Copy, Debug)]
struct Ready {
    duration: u64,
    rate: Rate,
    playing: bool,
    speed: f64,
    /// Nanoseconds into the take, by the stamp of the picture on the screen.
    position: u64,
}

impl Ready {
    fn of(model: &Model, screen: &Screen) -> Option<Ready> {
        let Some(Open { player: Player::Ready { duration, rate, playing, speed, ended }, .. }) = &model.review.open else {
            return None;
        };
        let shown = screen.feeds.player.get().map_or(0, |frame| frame.stamp.0.min(*duration));
        // The last picture begins one frame before the end.
        let position = if *ended { *duration } else { shown };
        Some(Ready { duration: *duration, rate: *rate, playing: *playing, speed: *speed, position })
    }

    /// The position as a part of the whole, 0 to 1.
    fn part(&self) -> f32 {
        if self.duration == 0 { 0.0 } else { (self.position as f64 / self.duration as f64) as f32 }
    }
}

/// Rectangles of the page.
#[derive(Clone, Copy, Debug)]
struct Places {
    player: Rect,
    timebar: Rect,
    transport: Rect,
    takes: Rect,
    actions: Rect,
}

impl Places {
    fn of(page: Rect) -> Places {
        let narrow = page.width() < NARROW;
        let margin = space(if narrow { 1.5 } else { 2.0 });
        let page =
            Rect::from_min_max(pos2(page.left() + margin, page.top() + margin), pos2(page.right() - margin, page.bottom()));
        let list = if narrow { space(24.0) } else { (page.width() * 0.24).clamp(space(34.0), space(44.0)) };
        let actions_top = page.bottom() - space(7.0);
        let left_right = page.right() - list - margin;
        let transport_top = actions_top - space(6.0);
        let timebar_top = transport_top - space(if page.height() < 420.0 { 7.0 } else { 11.0 });
        let row = |top: f32, bottom: f32| Rect::from_min_max(pos2(page.left(), top), pos2(left_right, bottom));
        Places {
            player: row(page.top(), timebar_top - space(1.0)),
            timebar: row(timebar_top, transport_top),
            transport: row(transport_top, actions_top),
            takes: Rect::from_min_max(pos2(left_right + margin, page.top()), pos2(page.right(), actions_top - space(1.0))),
            actions: Rect::from_min_max(pos2(page.left(), actions_top), page.max),
        }
    }
}

/// Asks for the next frame while it plays, and for a while after any input, because the picture of a seek comes later.
fn keep_moving(ui: &Ui, model: &Model, view: &mut ReviewView) {
    let time = ui.input(|input| input.time);
    let Some(open) = &model.review.open else { return };
    let (playing, fps) = match &open.player {
        Player::Ready { playing, rate, speed, .. } => (*playing, rate.fps() * speed),
        Player::Opening => (true, 30.0),
        Player::Failed(_) => return,
    };
    if ui.input(|input| !input.events.is_empty()) {
        view.watch_until = time + WATCH_SECS;
    }
    if playing || time < view.watch_until {
        ui.request_repaint_after(Duration::from_secs_f64(0.5 / fps.clamp(10.0, 120.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_player_is_the_largest_and_nothing_leaves_the_page() {
        for (w, h) in [(512.0, 272.0), (1024.0, 592.0), (1280.0, 752.0), (1920.0, 1032.0)] {
            let page = Rect::from_min_size(pos2(0.0, 48.0), egui::vec2(w, h));
            let places = Places::of(page);
            let parts = [places.timebar, places.transport, places.takes, places.actions];
            for part in parts.into_iter().chain([places.player]) {
                assert!(page.contains_rect(part) && part.is_positive(), "{part:?} in {page:?}");
            }
            if w >= 1024.0 {
                assert!(parts.iter().all(|part| part.area() < places.player.area()));
            }
        }
    }
}
