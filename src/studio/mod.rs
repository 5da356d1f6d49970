//! Verbs: what the studio does. One `Model`, changed only by `update`, which answers with `Effect`s for the hands to run.
//! Pure: time comes in as an argument, results come back as messages, so the whole studio can be driven by a test, by the
//! command line and by the window alike.
//!
//! Each topic has its state, its messages and its own `update`. A topic never reaches into another: what it wants from
//! outside it returns as an `Action`, and only this file, `between`, `pages` and `settings` see them all.

mod between;
pub mod bundle;
pub mod command;
pub mod control;
pub mod devices;
pub mod disk;
pub mod displays;
pub mod engines;
pub mod follow;
pub mod glance;
pub mod heal;
pub mod history;
pub mod import;
pub mod keys;
pub mod library;
pub mod machine;
pub mod notice;
mod pages;
pub mod prepare;
pub mod prompter;
pub mod queue;
pub mod record;
pub mod rehearse;
pub mod rescue;
pub mod review;
pub mod rows;
pub mod scenes;
pub mod screen;
pub mod settings;
pub mod share;
pub mod sound;
pub mod storage;
pub mod sync;
pub mod upload;
pub mod words;

use std::sync::Arc;

use crate::core::live::{Mode, Order};
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::time::Moment;

/// The pages: those of the main road, and what is beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Page {
    #[default]
    Prepare,
    Record,
    Review,
    Library,
    Queue,
}

impl Page {
    pub const ALL: [Page; 5] = [Page::Prepare, Page::Record, Page::Review, Page::Library, Page::Queue];
    /// The way of every take, each page one click from the other.
    pub const ROAD: [Page; 3] = [Page::Prepare, Page::Record, Page::Review];

    pub fn name(self) -> &'static str {
        match self {
            Page::Prepare => "Prepare",
            Page::Record => "Record",
            Page::Review => "Review",
            Page::Library => "Library",
            Page::Queue => "Queue",
        }
    }
}

/// What lies over a page, under the top bar's right end; one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// Devices and settings.
    Settings,
    /// The talent's monitor and everyone connected.
    Displays,
    /// Letting phones in.
    Phones,
    /// Earlier versions of the script.
    History,
    /// Engines, their keys, the budget.
    Engines,
    /// What was said.
    Messages,
    /// What is on the studio server.
    Server,
    /// Two versions of which one is to be chosen.
    Versions,
    /// From scenes to a film.
    Film,
    /// What a script is to be about.
    Theme,
    /// The look and the characters of the project.
    Style,
    /// A scene's prompt and its versions.
    Prompt,
    /// Captions of the take that is open.
    Captions,
}

/// Everything the studio knows. Owned by one thread; the eyes see it as `&Model`.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub page: Page,
    pub settings: Settings,
    pub prepare: prepare::State,
    pub prompter: prompter::State,
    pub queue: queue::State,
    pub scenes: scenes::State,
    pub follow: follow::State,
    pub devices: devices::State,
    pub displays: displays::State,
    pub engines: engines::State,
    pub record: record::State,
    pub screen: screen::State,
    pub rehearse: rehearse::State,
    pub review: review::State,
    pub library: library::State,
    pub rescue: rescue::State,
    pub disk: disk::State,
    pub upload: upload::State,
    pub heal: heal::State,
    pub history: history::State,
    pub bundle: bundle::State,
    pub share: share::State,
    pub sound: sound::State,
    pub storage: storage::State,
    pub sync: sync::State,
    pub control: control::State,
    pub machine: machine::State,
    pub import: import::State,
    pub glance: glance::State,
    /// The keys in force: the usual ones and what the settings say.
    pub keys: Arc<keys::Keys>,
    pub notice: notice::State,
    pub words: words::State,
    /// Chrome is hidden and the window fills the screen.
    pub immersive: bool,
    pub sheet: Option<Sheet>,
}

impl Model {
    /// What holds the Record page: a take or a rehearsal, from the moment it is wanted until it has ended.
    pub fn busy(&self) -> Option<&'static str> {
        match (self.record.busy(), self.rehearse.busy()) {
            (true, _) => Some("take"),
            (_, true) => Some("rehearsal"),
            _ => None,
        }
    }

    /// What goes on, for other displays.
    fn mode(&self) -> Mode {
        match (self.countdown(), self.record.rolling(), self.rehearse.running()) {
            (Some(ends), ..) => Mode::Countdown { ends },
            (_, Some(rolling), _) => {
                let since = rolling.clock.counts_from();
                rolling.paused_since().map_or(Mode::Recording { since }, |at| Mode::Paused { since, at })
            }
            (.., Some(running)) => Mode::Rehearsing { since: running.since },
            _ => Mode::Idle,
        }
    }

    /// Seconds until the server is looked at again.
    pub fn sync_due_secs(&self, now: Moment) -> Option<f64> {
        let seen = sync::Seen { settings: &self.settings, prepare: &self.prepare, busy: self.busy().is_some() };
        self.sync.due_secs(&seen, now)
    }

    /// True while the server answers and has not got all words of the open project.
    pub fn has_unsent(&self) -> bool {
        let seen = sync::Seen { settings: &self.settings, prepare: &self.prepare, busy: self.busy().is_some() };
        self.sync.unsent(&seen).is_some()
    }

    /// What orders for scenes depend on.
    pub fn scenes_seen(&self) -> scenes::Seen<'_> {
        scenes::Seen {
            settings: &self.settings,
            prepare: &self.prepare,
            engines: &self.engines,
            takes: &self.review.takes,
            rehearse: &self.rehearse,
            placing: self.queue.placing,
        }
    }

    /// What captions of takes depend on.
    pub fn captions_seen(&self) -> review::captions::Seen<'_> {
        let Model { settings, engines, prepare, queue, .. } = self;
        review::captions::Seen { settings, engines, prepare, placing: queue.placing }
    }

    /// When the countdown that is running ends.
    pub fn countdown(&self) -> Option<Moment> {
        match (&self.record.phase, &self.rehearse.phase) {
            (record::Phase::Countdown { ends }, _) | (_, rehearse::Phase::Countdown { ends }) => Some(*ends),
            _ => None,
        }
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// Once a frame, and before other messages of that frame.
    Tick,
    Command(command::Command),
    /// From a remote, a phone, a button box.
    Order(Order),
    Go(Page),
    /// Opens the sheet, or closes it when it is open.
    Sheet(Sheet),
    CloseSheet,
    Settings(Box<Settings>),
    Prepare(prepare::Message),
    Prompter(prompter::Message),
    Queue(queue::Message),
    Scenes(scenes::Message),
    Follow(follow::Message),
    Devices(devices::Message),
    Displays(displays::Message),
    Engines(engines::Message),
    Record(record::Message),
    Screen(screen::Message),
    Rehearse(rehearse::Message),
    Review(review::Message),
    Library(library::Message),
    Rescue(rescue::Message),
    Disk(disk::Message),
    Upload(upload::Message),
    Heal(heal::Message),
    History(history::Message),
    Bundle(bundle::Message),
    Share(share::Message),
    Sound(sound::Message),
    Storage(storage::Message),
    Sync(sync::Message),
    Control(control::Message),
    Machine(machine::Message),
    Import(import::Message),
    Glance(glance::Message),
    Notice(notice::Message),
    Words(words::Message),
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Prepare(prepare::Effect),
    Prompter(prompter::Effect),
    Queue(queue::Effect),
    Scenes(scenes::Effect),
    Follow(follow::Effect),
    Devices(devices::Effect),
    Displays(displays::Effect),
    Engines(engines::Effect),
    Record(record::Effect),
    Screen(screen::Effect),
    Review(review::Effect),
    Library(library::Effect),
    Rescue(rescue::Effect),
    Disk(disk::Effect),
    Upload(upload::Effect),
    Sync(sync::Effect),
    Heal(heal::Effect),
    History(history::Effect),
    Bundle(bundle::Effect),
    Share(share::Effect),
    Storage(storage::Effect),
    Control(control::Effect),
    Machine(machine::Effect),
    Import(import::Effect),
    Glance(glance::Effect),
    Words(words::Effect),
    SaveSettings(Box<Settings>),
    Fullscreen(bool),
    Quit,
}

/// What a topic asks for.
#[derive(Clone, Debug)]
pub enum Action {
    /// Of the outside.
    Do(Effect),
    /// Of another topic.
    Tell(Message),
}

impl Action {
    /// Shows a problem, unless the person caused it by cancelling.
    pub fn show(problem: &Problem) -> Action {
        Action::Tell(Message::Notice(notice::Message::Problem(problem.clone())))
    }

    /// Says what was done, with a button for what may follow.
    pub fn offer(text: impl Into<String>, command: command::Command) -> Action {
        Action::Tell(Message::Notice(notice::Message::Offer(text.into(), command)))
    }

    /// Takes a problem that was shown off the screen: it has passed.
    pub fn retract(problem: &Problem) -> Action {
        Action::Tell(Message::Notice(notice::Message::Retract(problem.what.clone())))
    }

    /// Says what was done.
    pub fn say(text: impl Into<String>) -> Action {
        Action::Tell(Message::Notice(notice::Message::Say(text.into())))
    }
}

/// The first effects of a studio: what it needs before the person does anything.
pub fn start(model: &mut Model, settings: Settings, now: Moment) -> Vec<Effect> {
    let settings = settings.bounded();
    model.settings = settings.clone();
    model.prompter = prompter::State::new(settings.look, settings.pace, now);
    model.keys = Arc::new(keys::Keys::of(&model.settings.keys));
    let mut effects = vec![Effect::Devices(devices::Effect::Watch), Effect::Upload(upload::Effect::Resume)];
    effects.extend(model.settings.noise_suppression.then_some(Effect::Review(review::Effect::Denoise(true))));
    effects.extend(displays::start(&model.settings, &mut model.displays).map(Effect::Displays));
    effects.extend(model.share.start(&model.settings));
    effects.extend(model.sync.start(&model.settings));
    effects.push(Effect::Upload(upload::Effect::Where { storage: Box::new(model.settings.storage.clone()) }));
    effects.extend(engines::State::start(&model.settings.engines));
    effects.push(Effect::Queue(queue::Effect::List));
    effects.extend(control::begin(&model.settings).map(Effect::Control));
    effects
}

/// Applies one message. `now` is the frame's time.
pub fn update(model: &mut Model, message: Message, now: Moment) -> Vec<Effect> {
    let mut effects = Vec::new();
    // Topics ask each other in short chains; a queue keeps them in order and off the call stack.
    let mut waiting = std::collections::VecDeque::from([message]);
    while let Some(message) = waiting.pop_front() {
        for action in dispatch(model, message, now) {
            match action {
                Action::Do(effect) => effects.push(effect),
                Action::Tell(message) => waiting.push_back(message),
            }
        }
    }
    effects.extend(publish(model, now).map(Effect::Displays));
    effects
}

/// Whatever changed, displays elsewhere hear of it in the same step.
fn publish(model: &mut Model, now: Moment) -> Option<displays::Effect> {
    let studio = displays::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        mode: model.mode(),
        voice: model.follow.confidence(),
    };
    model.displays.publish(&studio, now)
}

fn dispatch(model: &mut Model, message: Message, now: Moment) -> Vec<Action> {
    match message {
        Message::Tick => between::tick(model, now),
        Message::Command(command) => command::perform(model, command),
        Message::Order(order) => command::obey(model, &order),
        Message::Go(page) => pages::go(model, page),
        Message::Sheet(sheet) => pages::show_sheet(model, sheet),
        Message::CloseSheet => {
            model.sheet = None;
            Vec::new()
        }
        Message::Settings(settings) => settings::change_settings(model, *settings),
        Message::Prepare(message) => between::prepare(model, message, now),
        Message::Prompter(message) => between::prompter(model, message, now),
        Message::Queue(message) => between::queue(model, message, now),
        Message::Scenes(message) => between::scenes(model, message),
        Message::Follow(message) => between::follow(model, Some(message), now),
        Message::Devices(message) => model.devices.update(message, &model.settings, model.busy().is_some(), now),
        Message::Displays(message) => model.displays.update(message, &model.settings),
        Message::Engines(message) => model.engines.update(message, &model.settings, now),
        Message::Record(message) => between::record(model, message, now),
        Message::Screen(message) => model.screen.update(message, &model.settings),
        Message::Rehearse(message) => between::rehearse(model, message, now),
        Message::Review(message) => between::review(model, message),
        Message::Library(message) => between::library(model, message),
        Message::Rescue(message) => model.rescue.update(message, &model.prepare, now),
        Message::Disk(message) => {
            model.disk.update(message);
            Vec::new()
        }
        Message::Upload(message) => model.upload.update(message, now),
        Message::Heal(message) => model.heal.update(message),
        Message::History(message) => model.history.update(message, &model.prepare, now),
        Message::Bundle(message) => model.bundle.update(message, &model.prepare, model.busy().is_some()),
        Message::Share(message) => model.share.update(message, &model.settings, now),
        Message::Sound(message) => model.sound.update(message, model.record.rolling().is_some()),
        Message::Storage(message) => model.storage.update(message, &model.settings.storage),
        Message::Sync(message) => between::sync(model, Some(message), now),
        Message::Control(message) => model.control.update(message, &model.settings),
        Message::Machine(message) => model.machine.update(message, model.busy().is_some(), &model.settings),
        Message::Import(message) => between::import(model, message),
        Message::Glance(message) => model.glance.update(message),
        Message::Notice(message) => {
            model.notice.update(message, now);
            Vec::new()
        }
        Message::Words(message) => between::words(model, message),
    }
}

#[cfg(test)]
mod tests;
