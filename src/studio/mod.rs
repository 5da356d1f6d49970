//! Verbs: what the studio does. One `Model`, changed only by `update`, which answers with `Effect`s for the hands to run.
//! Pure: time comes in as an argument, results come back as messages, so the whole studio can be driven by a test, by the
//! command line and by the window alike.
//!
//! Each topic has its state, its messages and its own `update`. A topic never reaches into another: what it wants from
//! outside it returns as an `Action`, and only this file sees them all.

pub mod bundle;
pub mod command;
pub mod control;
pub mod devices;
pub mod disk;
pub mod displays;
pub mod follow;
pub mod glance;
pub mod heal;
pub mod history;
pub mod import;
pub mod keys;
pub mod library;
pub mod machine;
pub mod notice;
pub mod prepare;
pub mod prompter;
pub mod record;
pub mod rehearse;
pub mod rescue;
pub mod review;
pub mod screen;
pub mod share;
pub mod sound;
pub mod storage;
pub mod sync;
pub mod upload;

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
}

impl Page {
    pub const ALL: [Page; 4] = [Page::Prepare, Page::Record, Page::Review, Page::Library];
    /// The way of every take, each page one click from the other.
    pub const ROAD: [Page; 3] = [Page::Prepare, Page::Record, Page::Review];

    pub fn name(self) -> &'static str {
        match self {
            Page::Prepare => "Prepare",
            Page::Record => "Record",
            Page::Review => "Review",
            Page::Library => "Library",
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
    /// What is on the studio server.
    Server,
    /// Two versions of which one is to be chosen.
    Versions,
}

/// Everything the studio knows. Owned by one thread; the eyes see it as `&Model`.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub page: Page,
    pub settings: Settings,
    pub prepare: prepare::State,
    pub prompter: prompter::State,
    pub follow: follow::State,
    pub devices: devices::State,
    pub displays: displays::State,
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
    Follow(follow::Message),
    Devices(devices::Message),
    Displays(displays::Message),
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
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Prepare(prepare::Effect),
    Prompter(prompter::Effect),
    Follow(follow::Effect),
    Devices(devices::Effect),
    Displays(displays::Effect),
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
        Message::Tick => tick(model, now),
        Message::Command(command) => command::perform(model, command),
        Message::Order(order) => command::obey(model, &order),
        Message::Go(page) => go(model, page),
        Message::Sheet(sheet) => show_sheet(model, sheet),
        Message::CloseSheet => {
            model.sheet = None;
            Vec::new()
        }
        Message::Settings(settings) => change_settings(model, *settings),
        Message::Prepare(message) => prepare(model, message, now),
        Message::Prompter(message) => prompter(model, message, now),
        Message::Follow(message) => follow(model, Some(message), now),
        Message::Devices(message) => model.devices.update(message, &model.settings, model.busy().is_some(), now),
        Message::Displays(message) => model.displays.update(message, &model.settings),
        Message::Record(message) => record(model, message, now),
        Message::Screen(message) => model.screen.update(message, &model.settings),
        Message::Rehearse(message) => rehearse(model, message, now),
        Message::Review(message) => review(model, message),
        Message::Library(message) => library(model, message),
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
        Message::Sync(message) => sync(model, Some(message), now),
        Message::Control(message) => model.control.update(message, &model.settings),
        Message::Machine(message) => model.machine.update(message, model.busy().is_some(), &model.settings),
        Message::Import(message) => import(model, message),
        Message::Glance(message) => model.glance.update(message),
        Message::Notice(message) => {
            model.notice.update(message, now);
            Vec::new()
        }
    }
}

fn tick(model: &mut Model, now: Moment) -> Vec<Action> {
    model.notice.tick(now);
    model.rescue.tick(now);
    let mut actions = model.prepare.tick(now);
    actions.extend(model.history.tick(&model.prepare, now));
    actions.extend(model.disk.tick(model.page == Page::Record && !model.record.busy(), now));
    let camera = model.devices.camera.format().map(|format| format.pixels);
    actions.extend(model.machine.tick(model.busy().is_some(), camera));
    actions.extend(model.import.tick(model.record.busy()));
    actions.extend(model.share.tick(model.sheet == Some(Sheet::Phones), now));
    actions.extend(model.prompter.put_on_air(model.busy().is_some(), &model.prepare.script));
    actions.extend(model.devices.tick(&model.settings, now));
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
        sound: &model.sound,
    };
    actions.extend(model.record.tick(&studio, now));
    actions.extend(model.rehearse.tick(&studio, now));
    actions.extend(follow(model, None, now));
    actions.extend(sync(model, None, now));
    actions
}

/// A message to what keeps the project in step with a server, or the passing of time. Two versions are shown as soon as nothing
/// else is; when one was chosen, or another project is open, they are put away.
fn sync(model: &mut Model, message: Option<sync::Message>, now: Moment) -> Vec<Action> {
    let asked = model.sync.conflict.is_some();
    let busy = model.busy().is_some();
    let seen = sync::Seen { settings: &model.settings, prepare: &model.prepare, busy };
    let actions = match message {
        Some(message) => model.sync.update(message, &seen, now),
        None => model.sync.tick(&seen, now),
    };
    match (asked, model.sync.conflict.is_some()) {
        (false, true) if !busy && model.sheet.is_none() => model.sheet = Some(Sheet::Versions),
        (true, false) if model.sheet == Some(Sheet::Versions) => model.sheet = None,
        _ => {}
    }
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
    let busy = model.busy().is_some();
    let warning = if let record::Message::Health(health) = &message { model.disk.health(health) } else { Vec::new() };
    let sent = upload::of_recording(&message, model.settings.upload_while_recording);
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
        sound: &model.sound,
    };
    let mut actions = model.record.update(message, &studio, now);
    actions.extend(warning);
    actions.extend(sent.map(|message| Action::Tell(Message::Upload(message))));
    put_sheet_away(model, busy);
    actions
}

fn rehearse(model: &mut Model, message: rehearse::Message, now: Moment) -> Vec<Action> {
    if matches!(message, rehearse::Message::Begin) && model.record.busy() {
        return vec![Action::say("The take is still running. Stop it before you rehearse.")];
    }
    let busy = model.busy().is_some();
    let studio = record::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
        sound: &model.sound,
    };
    let actions = model.rehearse.update(message, &studio, now);
    put_sheet_away(model, busy);
    actions
}

/// What becomes of takes in the list concerns those that are offered, and the other way round. There is one player: what it
/// says of an asset is the library's.
fn review(model: &mut Model, message: review::Message) -> Vec<Action> {
    if model.library.viewer.as_ref().is_some_and(|viewer| viewer.heard(&message)) {
        return model.library.update(library::Message::Viewer(library::viewer::Message::Player(message)));
    }
    match message {
        // Entering the page opens it; who is there already has to be shown it.
        review::Message::Show(take) if model.page == Page::Review => model.review.update(review::Message::OpenTake(take)),
        review::Message::Deleted { take, result: Ok(()) } => {
            model.rescue.gone(&take);
            model.review.update(review::Message::Deleted { take, result: Ok(()) })
        }
        message => {
            let listed = matches!(message, review::Message::Listed(Ok(_)));
            let mut actions = model.review.update(message);
            if listed {
                actions.extend(model.rescue.listed(&model.review.takes));
            }
            actions
        }
    }
}

/// A take that is on its way to the server is not taken from under the upload.
fn library(model: &mut Model, message: library::Message) -> Vec<Action> {
    let sent = |take: &crate::core::take::TakeId| model.upload.uploads.get(take).is_some_and(|upload| upload.phase.active());
    if matches!(message, library::Message::Bin)
        && model.library.chosen_rows().any(|asset| asset.take.as_ref().is_some_and(sent))
    {
        return vec![Action::say("A take among these is being uploaded. Cancel its upload before you move it to the bin.")];
    }
    // Who is there already sees it.
    if let (library::Message::Given { scene, path, .. }, Page::Prepare) = (&message, model.page) {
        let give = prepare::Message::GivePicture { scene: *scene, path: path.clone() };
        return vec![Action::Tell(Message::Prepare(give))];
    }
    model.library.update(message)
}

/// What comes into the library is seen there.
fn import(model: &mut Model, message: import::Message) -> Vec<Action> {
    let revision = model.import.revision;
    let mut actions = model.import.update(message);
    if model.import.revision != revision && model.page == Page::Library {
        actions.push(Action::Tell(Message::Library(library::Message::Changed)));
    }
    actions
}

/// Nothing lies over a take or a rehearsal that begins.
fn put_sheet_away(model: &mut Model, was_busy: bool) {
    if model.busy().is_some() && !was_busy {
        model.sheet = None;
    }
}

/// A message to the follower, or the passing of time.
fn follow(model: &mut Model, message: Option<follow::Message>, now: Moment) -> Vec<Action> {
    let studio = follow::Studio {
        settings: &model.settings,
        prepare: &model.prepare,
        prompter: &model.prompter,
        devices: &model.devices,
    };
    match message {
        Some(message) => model.follow.update(message, &studio, now),
        None => model.follow.tick(&studio, now),
    }
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
    let opening = matches!(message, P::Opened(Ok(_)));
    // The project that is left keeps its last text.
    let mut actions = if opening { model.history.keep_now(&model.prepare) } else { Vec::new() };
    actions.extend(model.prepare.update(message, now));
    if model.prepare.revision != revision {
        if opening {
            actions.extend(model.history.opened(&model.prepare));
            model.sheet = model.sheet.filter(|sheet| *sheet != Sheet::History);
        } else {
            model.history.changed(now);
        }
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
    // What moves the prompter by hand moves the place where the voice is expected.
    let told = match message {
        prompter::Message::Heard { .. } | prompter::Message::SetLook(_) => None,
        prompter::Message::ScriptChanged { .. } => Some(follow::Message::ScriptChanged),
        _ => Some(follow::Message::Moved),
    };
    model.prompter.on_air = model.busy().is_some();
    let mut actions = model.prompter.update(message, &model.prepare.script, now);
    let (pace, look) = (model.prompter.pace, &model.prompter.look);
    if (pace, look) != (model.settings.pace, &model.settings.look) {
        let settings = Settings { pace, look: look.clone(), ..model.settings.clone() };
        actions.push(Action::Tell(Message::Settings(Box::new(settings))));
    }
    actions.extend(told.filter(|_| model.follow.on.is_some()).map(|message| Action::Tell(Message::Follow(message))));
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
    model.sheet = None;
    let mut actions = Vec::new();
    if from == Page::Record {
        model.record.editing = None;
        model.record.mute.question = None;
        actions.push(Action::Tell(Message::Devices(devices::Message::Close)));
        actions.push(Action::Tell(Message::Screen(screen::Message::Close)));
        actions.push(Action::Tell(Message::Prompter(prompter::Message::Pause)));
        if std::mem::take(&mut model.immersive) {
            actions.push(Action::Do(Effect::Fullscreen(false)));
        }
    }
    if from == Page::Review {
        actions.push(Action::Tell(Message::Review(review::Message::Leave)));
    }
    if from == Page::Library {
        actions.push(Action::Tell(Message::Library(library::Message::Leave)));
    }
    match page {
        Page::Record => actions.extend([
            Action::Tell(Message::Devices(devices::Message::Open)),
            Action::Tell(Message::Screen(screen::Message::Open)),
        ]),
        Page::Review => actions.push(Action::Tell(Message::Review(review::Message::Enter))),
        Page::Library => actions.push(Action::Tell(Message::Library(library::Message::Enter))),
        Page::Prepare => {}
    }
    actions
}

fn show_sheet(model: &mut Model, sheet: Sheet) -> Vec<Action> {
    model.sheet = if model.sheet == Some(sheet) { None } else { Some(sheet) };
    match model.sheet {
        Some(Sheet::Displays) => vec![Action::Tell(Message::Displays(displays::Message::Look))],
        Some(Sheet::Settings) => {
            vec![Action::Tell(Message::Screen(screen::Message::List)), Action::Tell(Message::Storage(storage::Message::Look))]
        }
        Some(Sheet::History) => {
            model.history.form = None;
            vec![Action::Tell(Message::History(history::Message::Show))]
        }
        // What it needs it asks for while it is shown.
        Some(Sheet::Server) => vec![Action::Tell(Message::Sync(sync::Message::List))],
        Some(Sheet::Phones | Sheet::Versions) | None => Vec::new(),
    }
}

fn change_settings(model: &mut Model, settings: Settings) -> Vec<Action> {
    let mut settings = settings.bounded();
    let size = |settings: &Settings| (settings.width, settings.height, settings.fps);
    settings.size_chosen |= size(&model.settings) != size(&settings);
    let devices_changed = |a: &Settings, b: &Settings| {
        (&a.camera, &a.microphone, a.width, a.height, a.fps) != (&b.camera, &b.microphone, b.width, b.height, b.fps)
    };
    let reopen = devices_changed(&model.settings, &settings) && model.page == Page::Record && !model.record.busy();
    let screen = screen::changed(&model.settings, &settings) && model.page == Page::Record && !model.record.busy();
    let controls = control::changed(&model.settings, &settings);
    let storage = model.settings.storage != settings.storage;
    let denoise = model.settings.noise_suppression != settings.noise_suppression;
    if model.settings.keys != settings.keys {
        model.keys = Arc::new(keys::Keys::of(&settings.keys));
    }
    model.settings = settings;
    let mut actions = vec![Action::Do(Effect::SaveSettings(Box::new(model.settings.clone())))];
    actions.extend(controls.map(|effect| Action::Do(Effect::Control(effect))));
    if denoise {
        actions.push(Action::Do(Effect::Review(review::Effect::Denoise(model.settings.noise_suppression))));
    }
    if storage {
        actions.extend([
            Action::Tell(Message::Storage(storage::Message::Look)),
            Action::Tell(Message::Upload(upload::Message::Redirected)),
            Action::Tell(Message::Review(review::Message::Relist)),
        ]);
    }
    if reopen {
        actions.push(Action::Tell(Message::Devices(devices::Message::Open)));
    }
    if screen {
        actions.push(Action::Tell(Message::Screen(screen::Message::Change)));
    }
    actions
}

#[cfg(test)]
mod tests;
