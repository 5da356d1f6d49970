//! Verbs: what the studio does. One `Model`, changed only by `update`, which answers with `Effect`s for the hands to run.
//! Pure: time comes in as an argument, results come back as messages, so the whole studio can be driven by a test, by the
//! command line and by the window alike.
//!
//! Each topic has its state, its messages and its own `update`. A topic never reaches into another: what it wants from
//! outside it returns as an `Action`, and only this file sees them all.

pub mod command;
pub mod devices;
pub mod notice;
pub mod prepare;
pub mod prompter;
pub mod record;
pub mod rehearse;
pub mod review;
pub mod upload;

use crate::core::live::Order;
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::time::Moment;

/// The pages of the main road.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Page {
    #[default]
    Prepare,
    Record,
    Review,
}

impl Page {
    pub const ALL: [Page; 3] = [Page::Prepare, Page::Record, Page::Review];

    pub fn name(self) -> &'static str {
        match self {
            Page::Prepare => "Prepare",
            Page::Record => "Record",
            Page::Review => "Review",
        }
    }
}

/// Everything the studio knows. Owned by one thread; the eyes see it as `&Model`.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub page: Page,
    pub settings: Settings,
    pub prepare: prepare::State,
    pub prompter: prompter::State,
    pub devices: devices::State,
    pub record: record::State,
    pub rehearse: rehearse::State,
    pub review: review::State,
    pub upload: upload::State,
    pub notice: notice::State,
    /// Chrome is hidden and the window fills the screen.
    pub immersive: bool,
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
    Settings(Box<Settings>),
    Prepare(prepare::Message),
    Prompter(prompter::Message),
    Devices(devices::Message),
    Record(record::Message),
    Rehearse(rehearse::Message),
    Review(review::Message),
    Upload(upload::Message),
    Notice(notice::Message),
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Prepare(prepare::Effect),
    Prompter(prompter::Effect),
    Devices(devices::Effect),
    Record(record::Effect),
    Review(review::Effect),
    Upload(upload::Effect),
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
    vec![Effect::Devices(devices::Effect::List), Effect::Upload(upload::Effect::Resume)]
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
    effects
}

fn dispatch(model: &mut Model, message: Message, now: Moment) -> Vec<Action> {
    match message {
        Message::Tick => tick(model, now),
        Message::Command(command) => command::perform(model, command),
        Message::Order(order) => command::obey(model, &order),
        Message::Go(page) => go(model, page),
        Message::Settings(settings) => change_settings(model, *settings),
        Message::Prepare(message) => prepare(model, message, now),
        Message::Prompter(message) => prompter(model, message, now),
        Message::Devices(message) => model.devices.update(message, &model.settings),
        Message::Record(message) => record(model, message, now),
        Message::Rehearse(message) => rehearse(model, message, now),
        Message::Review(message) => model.review.update(message),
        Message::Upload(message) => model.upload.update(message, now),
        Message::Notice(message) => {
            model.notice.update(message, now);
            Vec::new()
        }
    }
}

fn tick(model: &mut Model, now: Moment) -> Vec<Action> {
    model.notice.tick(now);
    let mut actions = model.prepare.tick(now);
    actions.extend(model.prompter.put_on_air(model.busy().is_some(), &model.prepare.script));
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
    };
    actions.extend(model.record.tick(&studio, now));
    actions.extend(model.rehearse.tick(&studio, now));
    actions
}

/// A take and a rehearsal exclude each other.
fn record(model: &mut Model, message: record::Message, now: Moment) -> Vec<Action> {
    if matches!(message, record::Message::Record) {
        if model.rehearse.busy() {
            return vec![Action::say("The rehearsal is still running. Stop it before you record.")];
        }
        model.rehearse.put_away();
    }
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
    };
    model.record.update(message, &studio, now)
}

fn rehearse(model: &mut Model, message: rehearse::Message, now: Moment) -> Vec<Action> {
    if matches!(message, rehearse::Message::Begin) && model.record.busy() {
        return vec![Action::say("The take is still running. Stop it before you rehearse.")];
    }
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
    };
    model.rehearse.update(message, &studio, now)
}

/// The script drives everything: a new text reaches the prompter in the same step.
fn prepare(model: &mut Model, message: prepare::Message, now: Moment) -> Vec<Action> {
    use prepare::Message as P;
    if let Some(what) = model.busy()
        && matches!(message, P::PickScript | P::Import(_) | P::OpenFolder(_) | P::OpenDemo | P::New)
    {
        return vec![Action::say(format!("The {what} is still running. Stop it before you open another script."))];
    }
    let revision = model.prepare.revision;
    let project = model.prepare.project.as_ref().map(|p| p.id.clone());
    let mut actions = model.prepare.update(message, now);
    if model.prepare.revision != revision {
        let opened = project != model.prepare.project.as_ref().map(|p| p.id.clone());
        actions.push(Action::Tell(Message::Prompter(prompter::Message::ScriptChanged { opened })));
        if let (true, Some(project)) = (opened, &model.prepare.project) {
            actions.push(Action::Tell(Message::Review(review::Message::ProjectOpened(project.id.clone()))));
            let settings = Settings { last_project: Some(project.folder.clone()), ..model.settings.clone() };
            if settings != model.settings {
                actions.push(Action::Tell(Message::Settings(Box::new(settings))));
            }
        }
    }
    actions
}

/// Pace and look are the reader's, so they are remembered.
fn prompter(model: &mut Model, message: prompter::Message, now: Moment) -> Vec<Action> {
    model.prompter.on_air = model.busy().is_some();
    let mut actions = model.prompter.update(message, &model.prepare.script, now);
    let (pace, look) = (model.prompter.pace, &model.prompter.look);
    if (pace, look) != (model.settings.pace, &model.settings.look) {
        let settings = Settings { pace, look: look.clone(), ..model.settings.clone() };
        actions.push(Action::Tell(Message::Settings(Box::new(settings))));
    }
    actions
}

/// A take or a rehearsal holds the Record page until it is stopped.
fn go(model: &mut Model, page: Page) -> Vec<Action> {
    if model.page == page {
        return Vec::new();
    }
    if let Some(what) = model.busy().filter(|_| page != Page::Record) {
        return vec![Action::say(format!("The {what} is still running. Stop it before you leave this page."))];
    }
    let from = std::mem::replace(&mut model.page, page);
    let mut actions = Vec::new();
    if from == Page::Record {
        model.record.editing = None;
        actions.push(Action::Tell(Message::Devices(devices::Message::Close)));
        actions.push(Action::Tell(Message::Prompter(prompter::Message::Pause)));
        if std::mem::take(&mut model.immersive) {
            actions.push(Action::Do(Effect::Fullscreen(false)));
        }
    }
    if from == Page::Review {
        actions.push(Action::Tell(Message::Review(review::Message::Leave)));
    }
    match page {
        Page::Record => actions.push(Action::Tell(Message::Devices(devices::Message::Open))),
        Page::Review => actions.push(Action::Tell(Message::Review(review::Message::Enter))),
        Page::Prepare => {}
    }
    actions
}

fn change_settings(model: &mut Model, settings: Settings) -> Vec<Action> {
    let settings = settings.bounded();
    let devices_changed = |a: &Settings, b: &Settings| {
        (&a.camera, &a.microphone, a.width, a.height, a.fps) != (&b.camera, &b.microphone, b.width, b.height, b.fps)
    };
    let reopen = devices_changed(&model.settings, &settings) && model.page == Page::Record && !model.record.busy();
    model.settings = settings;
    let mut actions = vec![Action::Do(Effect::SaveSettings(Box::new(model.settings.clone())))];
    if reopen {
        actions.push(Action::Tell(Message::Devices(devices::Message::Open)));
    }
    actions
}

#[cfg(test)]
mod tests;
