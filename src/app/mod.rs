//! The window: drain the inbox, update, run the effects, draw. Nothing else happens here.

mod smoothness;
mod window;

use std::path::PathBuf;
use std::time::Duration;

use crate::clock;
use crate::core::latest::{Feeds, Latest};
use crate::core::problem::Problem;
use crate::core::time::Moment;
use crate::jobs::Jobs;
use crate::jobs::house::{House, Ways};
use crate::jobs::inbox::{Inbox, inbox};
use crate::jobs::signals::Asked;
use crate::studio::prepare::Saved;
use crate::studio::record::Phase;
use crate::studio::{self, Effect, Message, Model, history, notice, prepare, record, sync};
use crate::ui::{self, Screen, View};

pub use window::open;

/// The studio in a window.
struct App {
    model: Model,
    /// `None` once the window has closed.
    jobs: Option<Jobs>,
    inbox: Inbox,
    view: View,
    screen: Screen,
    asked: Asked,
    leaving: Leaving,
    smoothness: smoothness::Watch,
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
    fn new(cc: &eframe::CreationContext<'_>, house: House, script: Option<PathBuf>) -> Result<App, Problem> {
        let ctx = &cc.egui_ctx;
        ui::setup(ctx);
        if let Some(render) = &cc.wgpu_render_state {
            ui::preview::install(render);
        }
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
        let jobs = Some(Jobs::start(house, ways)?);
        let mut app = App {
            model: Model::default(),
            jobs,
            inbox,
            view: View::default(),
            screen,
            asked,
            leaving: Leaving::No,
            smoothness: smoothness::Watch::default(),
        };
        let now = clock::now();
        let effects = studio::start(&mut app.model, settings, now);
        app.run(ctx, effects);
        app.take(ctx, Message::Prepare(first), now);
        if let Some(problem) = complaint {
            app.take(ctx, Message::Notice(notice::Message::Problem(problem)), now);
        }
        Ok(app)
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
                effect => {
                    if let Some(jobs) = &mut self.jobs {
                        jobs.run(effect);
                    }
                }
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
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let now = clock::now();
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
    }

    fn on_exit(&mut self) {
        let last = [
            Message::Prepare(prepare::Message::SaveNow),
            Message::History(history::Message::KeepNow),
            Message::Sync(sync::Message::Leave),
        ];
        let unsaved = last.map(|message| studio::update(&mut self.model, message, clock::now()));
        if let Some(mut jobs) = self.jobs.take() {
            unsaved.into_iter().flatten().for_each(|effect| jobs.run(effect));
            jobs.finish();
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        ui::theme::clear_colour()
    }
}
