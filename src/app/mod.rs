//! The window: drain the inbox, update, run the effects, draw. Nothing else happens here.

mod hands;
mod smoothness;
mod window;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock;
use crate::core::latest::{Feeds, Latest};
use crate::core::problem::Problem;
use crate::core::time::{Moment, SECOND};
use crate::jobs::house::{House, Ways};
use crate::jobs::inbox::{Inbox, inbox};
use crate::jobs::signals::Asked;
use crate::studio::prepare::Saved;
use crate::studio::record::Phase;
use crate::studio::{self, Effect, Message, Model, history, notice, prepare, record, sync};
use crate::ui::{self, Screen, View};

use hands::Hands;
pub use window::open;

/// Why there is no window, or none any more; eframe wants errors of its own kind.
type Failed = Arc<Mutex<Option<Problem>>>;

/// How long after the start the hands begin where no frame is drawn, in nanoseconds.
const BEGIN_BY: u64 = SECOND;

/// The studio in a window.
struct App {
    model: Model,
    hands: Hands,
    inbox: Inbox,
    view: View,
    screen: Screen,
    asked: Asked,
    leaving: Leaving,
    smoothness: smoothness::Watch,
    /// When the hands begin at the latest.
    begin_by: Moment,
    /// Why the window closes by itself.
    failed: Failed,
}

/// Where the closing of the window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    No,
    /// The script is being saved; the window closes after it.
    WhenSaved,
    /// It could not be saved; closing again gives it up.
    Unsaved,
    Now,
}

impl App {
    fn new(ctx: &egui::Context, house: House, script: Option<PathBuf>, failed: Failed) -> App {
        ui::setup(ctx);
        let waker = ctx.clone();
        let wake = move || waker.request_repaint();
        let (outbox, inbox) = inbox(wake.clone());
        let ways = Ways { outbox, feeds: Feeds::waking(wake), text: Latest::default() };
        let (settings, complaint) = house.settings();
        let screen = Screen { feeds: ways.feeds.clone(), prompter: ways.text.clone(), ..Screen::default() };
        let first = match (script, &settings.last_project) {
            (Some(script), _) => prepare::Message::Import(script.to_string_lossy().into_owned()),
            (None, Some(folder)) if PathBuf::from(folder).is_dir() => prepare::Message::OpenFolder(folder.clone()),
            (None, _) => prepare::Message::OpenDemo,
        };
        let waker = ctx.clone();
        let asked = Asked::listen(house.runtime.handle(), move || waker.request_repaint());
        let now = clock::now();
        let mut app = App {
            model: Model::default(),
            hands: Hands::new(house, ways),
            inbox,
            view: View::default(),
            screen,
            asked,
            leaving: Leaving::No,
            smoothness: smoothness::Watch::default(),
            // A window that is opened hidden draws nothing.
            begin_by: Moment(now.0 + BEGIN_BY),
            failed,
        };
        ctx.request_repaint_after(Duration::from_nanos(BEGIN_BY));
        let effects = studio::start(&mut app.model, settings, now);
        app.run(ctx, effects);
        app.take(ctx, Message::Prepare(first), now);
        if let Some(problem) = complaint {
            app.take(ctx, Message::Notice(notice::Message::Problem(problem)), now);
        }
        app
    }

    /// Once a frame has been seen: what draws moving pictures, and everybody at work.
    fn begin(&mut self, ctx: &egui::Context, frame: &eframe::Frame) {
        if let Some(render) = frame.wgpu_render_state() {
            ui::preview::install(render);
        }
        if let Err(problem) = self.hands.begin() {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            self.leaving = Leaving::Now;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    fn take(&mut self, ctx: &egui::Context, message: Message, now: Moment) {
        let effects = studio::update(&mut self.model, message, now);
        self.run(ctx, effects);
    }

    fn run(&mut self, ctx: &egui::Context, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Fullscreen(on) => ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(on)),
                Effect::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
                effect => self.hands.run(effect),
            }
        }
    }

    /// What must not be lost before the window closes: a take that runs is stopped and kept, a script that can't be saved is
    /// held once. Whoever ends the process by a signal can't be asked; `on_exit` then closes and saves what it can.
    fn hold_close(&mut self, ctx: &egui::Context, now: Moment) {
        if self.asked.to_end() && self.leaving != Leaving::Now {
            self.leaving = Leaving::Now;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if self.leaving == Leaving::Now || !ctx.input(|input| input.viewport().close_requested()) {
            return self.close_when_saved(ctx, now);
        }
        let recording = matches!(self.model.record.phase, Phase::Starting | Phase::Rolling(_) | Phase::Stopping);
        if recording {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.take(ctx, Message::Record(record::Message::Stop), now);
            let text = "The take was stopped and kept. Close the window again to leave.";
            self.take(ctx, Message::Notice(notice::Message::Say(text.to_owned())), now);
        } else if self.leaving == Leaving::No && self.model.prepare.saved != Saved::Clean {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.leaving = Leaving::WhenSaved;
            self.take(ctx, Message::Prepare(prepare::Message::SaveNow), now);
        } else {
            self.vanish(ctx);
        }
    }

    /// The last words may take a moment to reach the server; nobody has to watch that.
    fn vanish(&self, ctx: &egui::Context) {
        if self.model.has_unsent() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Visible(false));
        }
    }

    /// Closes once the script is on the disk. When it can't be, its notice says why, and closing again leaves without it.
    fn close_when_saved(&mut self, ctx: &egui::Context, now: Moment) {
        match (self.leaving, &self.model.prepare.saved) {
            (Leaving::WhenSaved, Saved::Clean) => {
                self.leaving = Leaving::Now;
                self.vanish(ctx);
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
            (Leaving::WhenSaved, Saved::Failed(_)) => {
                self.leaving = Leaving::Unsaved;
                let text = "The script is not saved. Close the window again to leave without it.";
                self.take(ctx, Message::Notice(notice::Message::Say(text.to_owned())), now);
            }
            // Typed on, or saved after all: the window is wanted.
            (Leaving::WhenSaved, Saved::Dirty { .. }) | (Leaving::Unsaved, Saved::Dirty { .. } | Saved::Clean) => {
                self.leaving = Leaving::No;
            }
            _ => {}
        }
    }

    /// Time passes for a save and for notices even when nothing else happens.
    fn wake_later(&self, ctx: &egui::Context, now: Moment) {
        let due = [self.model.prepare.save_due_secs(now), self.model.history.due_secs(now)];
        for secs in due.into_iter().flatten() {
            ctx.request_repaint_after(Duration::from_secs_f64(secs + 0.01));
        }
        if let Some(next) = self.model.notice.notices.iter().map(|notice| notice.until).min() {
            ctx.request_repaint_after(Duration::from_nanos(next.since(now) + 1));
        }
        if let Some(next) = self.model.devices.next_try() {
            ctx.request_repaint_after(Duration::from_nanos(next.since(now) + 1));
        }
        if let Some(secs) = self.model.sync_due_secs(now) {
            ctx.request_repaint_after(Duration::from_secs_f64(secs + 0.01));
        }
        if self.model.busy().is_some() {
            ctx.request_repaint_after(Duration::from_millis(50));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let now = clock::now();
        if now >= self.begin_by && self.hands.are_waiting() {
            self.begin(ctx, frame);
        }
        self.take(ctx, Message::Tick, now);
        let arrived: Vec<Message> = self.inbox.drain().collect();
        for message in arrived {
            self.take(ctx, message, now);
        }
        self.hold_close(ctx, now);
        self.wake_later(ctx, now);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let now = clock::now();
        let ctx = ui.ctx().clone();
        self.screen.time_of_day = Some(clock::time_of_day());
        self.screen.today = Some(clock::today());
        self.screen.wall = Some(clock::wall());
        for message in ui::draw(ui, &self.model, &mut self.view, &self.screen, now) {
            self.take(&ctx, message, now);
            // What was just changed is seen in the next frame.
            ctx.request_repaint();
        }
        if let Some(told) = self.smoothness.frame(&self.model, now) {
            self.take(&ctx, told, now);
        }
        if self.hands.are_waiting() {
            self.begin_by = now;
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self) {
        let last = [
            Message::Prepare(prepare::Message::SaveNow),
            Message::History(history::Message::KeepNow),
            Message::Sync(sync::Message::Leave),
        ];
        let unsaved = last.map(|message| studio::update(&mut self.model, message, clock::now()));
        self.hands.finish(unsaved.into_iter().flatten());
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        ui::theme::clear_colour()
    }
}
