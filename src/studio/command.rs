//! The one list of commands: buttons, keys, presenters and help all read it, so they never disagree. Keys are written here
//! and nowhere else.

use crate::core::live::Order;
use crate::core::prompter::pace::{MAX_WPM, MIN_WPM};
use crate::core::prompter::{Align, Look, Pace};
use crate::core::settings::Settings;

use super::{
    Action, Effect, Message, Model, Page, Sheet, control, follow, history, library, prepare, prompter, record, rehearse,
    review, scenes, settings, upload, words,
};

/// Everything a person can do with one key or button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    GoPrepare,
    GoRecord,
    GoReview,
    NewScript,
    Theme,
    Style,
    OpenScript,
    Save,
    Undo,
    Redo,
    Record,
    Rehearse,
    Stop,
    PauseTake,
    TogglePrompter,
    FollowVoice,
    LineUp,
    LineDown,
    PreviousScene,
    NextScene,
    Rewind,
    Faster,
    Slower,
    Larger,
    Smaller,
    MirrorPrompter,
    FlipPrompter,
    CenterText,
    NextLayout,
    MirrorCamera,
    Again,
    Mark,
    EditScene,
    Immersive,
    LeaveFullScreen,
    PlayPause,
    StepBack,
    StepOn,
    SkipBack,
    SkipOn,
    SpeedDown,
    SpeedUp,
    PreviousMark,
    NextMark,
    SkipRejected,
    Denoise,
    ToggleScreen,
    Captions,
    CaptionsSheet,
    Upload,
    DeleteTake,
    PutBack,
    Displays,
    Share,
    History,
    Publish,
    Help,
    Settings,
    Engines,
    Messages,
    ScaleUp,
    ScaleDown,
    ScaleUsual,
    GoLibrary,
    GoQueue,
    SeeMade,
    Film,
    SeeFilm,
    Find,
    ChooseAll,
    Look,
    RenameAsset,
    BinAssets,
}

/// A key, named apart from any window system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Char(char),
    Space,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Insert,
    Delete,
    Backspace,
    Enter,
    Tab,
    Escape,
    F(u8),
    Media(Media),
}

/// Keys of remotes and headsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    PlayPause,
    Stop,
    Next,
    Previous,
}

/// A key with its modifiers; `command` is Ctrl, or ⌘ on a Mac.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shortcut {
    pub command: bool,
    pub shift: bool,
    pub key: Key,
}

/// How a command is presented.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub command: Command,
    /// What remotes, button boxes and settings call it.
    pub name: &'static str,
    pub label: &'static str,
    /// Its usual keys, the first of which is shown; `keys::Keys` knows those in force.
    pub keys: &'static [Shortcut],
    /// Where the keys work; empty is everywhere.
    pub pages: &'static [Page],
}

const fn key(key: Key) -> Shortcut {
    Shortcut { command: false, shift: false, key }
}

const fn ctrl(key: Key) -> Shortcut {
    Shortcut { command: true, shift: false, key }
}

const fn entry(
    command: Command,
    name: &'static str,
    label: &'static str,
    keys: &'static [Shortcut],
    pages: &'static [Page],
) -> Entry {
    Entry { command, name, label, keys, pages }
}

const RECORD: &[Page] = &[Page::Record];
const REVIEW: &[Page] = &[Page::Review];
const PREPARE: &[Page] = &[Page::Prepare];
const LIBRARY: &[Page] = &[Page::Library];
/// Where things go to the bin.
const BINS: &[Page] = &[Page::Review, Page::Library];

/// A presenter's button for a black screen sends a full stop or B, its button for the show F5.
const TOGGLE: &[Shortcut] = &[key(Key::Space), key(Key::Char('.')), key(Key::Char('B')), key(Key::F(5))];

/// All commands, in the order help shows them.
pub const COMMANDS: &[Entry] = &[
    entry(Command::GoPrepare, "go-prepare", "Prepare", &[ctrl(Key::Char('1'))], &[]),
    entry(Command::GoRecord, "go-record", "Record page", &[ctrl(Key::Char('2'))], &[]),
    entry(Command::GoReview, "go-review", "Review", &[ctrl(Key::Char('3'))], &[]),
    entry(Command::GoLibrary, "go-library", "Library", &[ctrl(Key::Char('5'))], &[]),
    entry(Command::GoQueue, "go-queue", "Queue", &[ctrl(Key::Char('6'))], &[]),
    entry(Command::SeeMade, "see-made", "Show versions", &[], &[]),
    entry(Command::Film, "film", "Film, voices and captions…", &[ctrl(Key::Char('J'))], &[]),
    entry(Command::SeeFilm, "see-film", "Show the film", &[], &[]),
    entry(Command::NewScript, "new-script", "New script", &[ctrl(Key::Char('N'))], &[]),
    entry(Command::Theme, "theme", "From a theme…", &[ctrl(Key::Char('T'))], &[]),
    entry(Command::Style, "style", "Style and characters…", &[], PREPARE),
    entry(Command::OpenScript, "open-script", "Open a script…", &[ctrl(Key::Char('O'))], &[]),
    entry(Command::Displays, "displays", "Displays", &[ctrl(Key::Char('D'))], &[]),
    entry(Command::Share, "share", "Phones", &[ctrl(Key::Char('P'))], &[]),
    entry(Command::History, "history", "Version history", &[ctrl(Key::Char('H'))], &[]),
    entry(Command::Publish, "publish", "Publish this version…", &[], &[]),
    entry(Command::Help, "help", "Keys and controllers", &[key(Key::F(1))], &[]),
    entry(Command::Settings, "settings", "Settings", &[ctrl(Key::Char(','))], &[]),
    entry(Command::Engines, "engines", "Engines, keys and budget", &[], &[]),
    entry(Command::Messages, "messages", "Messages", &[], &[]),
    entry(Command::ScaleUp, "scale-up", "Larger interface", &[ctrl(Key::Char('+')), ctrl(Key::Char('='))], &[]),
    entry(Command::ScaleDown, "scale-down", "Smaller interface", &[ctrl(Key::Char('-'))], &[]),
    entry(Command::ScaleUsual, "scale-usual", "Interface as it comes", &[ctrl(Key::Char('0'))], &[]),
    entry(Command::Immersive, "immersive", "Full screen", &[key(Key::F(11))], &[]),
    entry(Command::LeaveFullScreen, "leave-full-screen", "Leave full screen", &[key(Key::Escape)], &[]),
    entry(Command::Save, "save", "Save now", &[ctrl(Key::Char('S'))], PREPARE),
    entry(Command::Undo, "undo", "Undo", &[ctrl(Key::Char('Z'))], PREPARE),
    entry(
        Command::Redo,
        "redo",
        "Redo",
        &[Shortcut { command: true, shift: true, key: Key::Char('Z') }, ctrl(Key::Char('Y'))],
        PREPARE,
    ),
    entry(Command::Record, "record", "Record a take", &[key(Key::F(9)), ctrl(Key::Char('R'))], &[]),
    entry(Command::Rehearse, "rehearse", "Rehearse", &[key(Key::F(8))], &[]),
    entry(Command::Stop, "stop", "Stop the take", &[key(Key::F(10)), ctrl(Key::Char('.'))], RECORD),
    entry(Command::PauseTake, "pause-take", "Pause the take, or go on", &[key(Key::Char('P')), key(Key::F(7))], RECORD),
    entry(Command::FollowVoice, "follow-voice", "Follow the voice", &[key(Key::Char('F'))], RECORD),
    entry(Command::TogglePrompter, "toggle-prompter", "Start or pause the prompter", TOGGLE, RECORD),
    entry(Command::LineUp, "line-up", "A line back", &[key(Key::Up)], RECORD),
    entry(Command::LineDown, "line-down", "A line on", &[key(Key::Down)], RECORD),
    entry(Command::PreviousScene, "previous-scene", "Previous scene", &[key(Key::PageUp)], RECORD),
    entry(Command::NextScene, "next-scene", "Next scene", &[key(Key::PageDown)], RECORD),
    entry(Command::Rewind, "rewind", "Back to the top", &[key(Key::Home)], RECORD),
    entry(Command::Faster, "faster", "Faster", &[key(Key::Right), key(Key::Char(']'))], RECORD),
    entry(Command::Slower, "slower", "Slower", &[key(Key::Left), key(Key::Char('['))], RECORD),
    entry(Command::Larger, "larger", "Larger type", &[key(Key::Char('+')), key(Key::Char('='))], RECORD),
    entry(Command::Smaller, "smaller", "Smaller type", &[key(Key::Char('-'))], RECORD),
    entry(Command::MirrorPrompter, "mirror-prompter", "Mirror the prompter", &[key(Key::Char('M'))], RECORD),
    entry(Command::FlipPrompter, "flip-prompter", "Turn the prompter upside down", &[key(Key::Char('V'))], RECORD),
    entry(Command::CenterText, "center-text", "Centre the text", &[key(Key::Char('C'))], RECORD),
    entry(Command::NextLayout, "next-layout", "Next layout", &[key(Key::Char('L'))], RECORD),
    entry(Command::MirrorCamera, "mirror-camera", "Mirror the camera picture", &[key(Key::Char('H'))], RECORD),
    entry(Command::Again, "again", "Again from this sentence", &[key(Key::Char('A'))], RECORD),
    entry(Command::EditScene, "edit-scene", "Edit this scene's words", &[key(Key::Char('E'))], RECORD),
    entry(Command::Mark, "mark", "Mark this place", &[key(Key::Char('K'))], RECORD),
    entry(Command::PlayPause, "play-pause", "Play or pause", &[key(Key::Space)], REVIEW),
    entry(Command::StepBack, "step-back", "A frame back", &[key(Key::Char(','))], REVIEW),
    entry(Command::StepOn, "step-on", "A frame on", &[key(Key::Char('.'))], REVIEW),
    entry(Command::SkipBack, "skip-back", "5 s back", &[key(Key::Left)], REVIEW),
    entry(Command::SkipOn, "skip-on", "5 s on", &[key(Key::Right)], REVIEW),
    entry(Command::SpeedDown, "speed-down", "Slower playback", &[key(Key::Char('['))], REVIEW),
    entry(Command::SpeedUp, "speed-up", "Faster playback", &[key(Key::Char(']'))], REVIEW),
    entry(Command::PreviousMark, "previous-mark", "Previous scene or mark", &[key(Key::Up), key(Key::PageUp)], REVIEW),
    entry(Command::NextMark, "next-mark", "Next scene or mark", &[key(Key::Down), key(Key::PageDown)], REVIEW),
    entry(Command::SkipRejected, "skip-rejected", "Skip rejected", &[key(Key::Char('J'))], REVIEW),
    entry(Command::Denoise, "denoise", "Take out noise", &[key(Key::Char('N'))], REVIEW),
    entry(Command::ToggleScreen, "toggle-screen", "Screen or camera", &[key(Key::Char('S'))], REVIEW),
    entry(Command::Captions, "captions", "Captions over the picture", &[key(Key::Char('C'))], REVIEW),
    entry(Command::CaptionsSheet, "captions-sheet", "Captions…", &[], REVIEW),
    entry(Command::Upload, "upload", "Upload the take", &[ctrl(Key::Char('U'))], REVIEW),
    entry(Command::DeleteTake, "delete-take", "Move the take to the bin", &[key(Key::Delete)], REVIEW),
    entry(Command::PutBack, "put-back", "Put it back", &[ctrl(Key::Char('Z'))], BINS),
    entry(Command::Find, "find", "Search the library", &[ctrl(Key::Char('F')), key(Key::Char('/'))], LIBRARY),
    entry(Command::ChooseAll, "choose-all", "Select all", &[ctrl(Key::Char('A'))], LIBRARY),
    entry(Command::Look, "look", "Look at it; play or pause", &[key(Key::Space), key(Key::Enter)], LIBRARY),
    entry(Command::RenameAsset, "rename-asset", "Rename", &[key(Key::F(2))], LIBRARY),
    entry(Command::BinAssets, "bin-assets", "Move to the bin", &[key(Key::Delete)], LIBRARY),
];

impl Command {
    pub fn entry(self) -> &'static Entry {
        // Every command stands in the list; a test holds it.
        COMMANDS.iter().find(|entry| entry.command == self).unwrap_or(&COMMANDS[0])
    }

    /// The command that remotes, button boxes and settings call by this name.
    pub fn named(name: &str) -> Option<Command> {
        COMMANDS.iter().find(|entry| entry.name == name).map(|entry| entry.command)
    }

    /// True when it may be given from afar, whatever page the operator looks at: all that steers the prompter and the take.
    pub fn is_remote(self) -> bool {
        matches!(self, Command::Record | Command::Rehearse) || self.entry().pages == RECORD
    }

    /// True where it means something.
    pub fn works_on(self, page: Page) -> bool {
        let pages = self.entry().pages;
        pages.is_empty() || pages.contains(&page)
    }

    pub fn label(self) -> &'static str {
        self.entry().label
    }

    /// What people also look for when they mean it.
    pub fn also(self) -> &'static str {
        match self {
            Command::Settings => {
                "preferences devices camera microphone screen countdown noise server upload storage scale zoom"
            }
            Command::Engines => "api key price cost money models ai openai venice luma runway ollama comfyui local",
            Command::Messages => "notifications toasts errors log what happened",
            Command::ScaleUp | Command::ScaleDown | Command::ScaleUsual => "zoom scale size",
            Command::GoQueue => "jobs orders generated failed retry",
            Command::GoLibrary => "media files assets gallery",
            Command::SeeMade => "generated variants pictures clips",
            Command::SeeFilm => "join joined movie export",
            Command::Theme => "write script generate outline words ai",
            Command::Style => "look characters",
            Command::History => "versions earlier undo compare",
            Command::Displays => "monitor second screen talent kiosk",
            Command::Share => "phone tablet remote wifi",
            Command::Upload => "server send cloud",
            _ => "",
        }
    }
}

/// Does it, on the pages where it means something.
pub(super) fn perform(model: &mut Model, command: Command) -> Vec<Action> {
    if command.works_on(model.page) { carry_out(model, command) } else { Vec::new() }
}

/// Does what somebody at a distance wants, whatever page the operator looks at. What may not be done from afar is not.
pub(super) fn obey(model: &mut Model, order: &Order) -> Vec<Action> {
    use prompter::Message as P;
    let message = match order {
        Order::Command { name } => {
            let command = Command::named(name).filter(|command| command.is_remote());
            return command.map_or_else(Vec::new, |command| carry_out(model, command));
        }
        Order::Scene { scene } => P::GoToScene(*scene),
        Order::Line { scene, line } => P::GoToLine { scene: *scene, line: *line },
        Order::Scroll { ems } if ems.is_finite() => P::Scroll(ems.clamp(-1000.0, 1000.0)),
        Order::Pace { words_per_minute } if words_per_minute.is_finite() => {
            P::SetPace(Pace::WordsPerMinute(words_per_minute.clamp(MIN_WPM, MAX_WPM)))
        }
        Order::Scroll { .. } | Order::Pace { .. } => return Vec::new(),
    };
    vec![Action::Tell(Message::Prompter(message))]
}

fn carry_out(model: &mut Model, command: Command) -> Vec<Action> {
    let tell = |message: Message| vec![Action::Tell(message)];
    match command {
        Command::GoPrepare => tell(Message::Go(Page::Prepare)),
        Command::GoRecord => tell(Message::Go(Page::Record)),
        Command::GoReview => tell(Message::Go(Page::Review)),
        Command::GoLibrary => tell(Message::Go(Page::Library)),
        Command::GoQueue => tell(Message::Go(Page::Queue)),
        Command::SeeMade => vec![
            Action::Tell(Message::Go(Page::Prepare)),
            Action::Tell(Message::Scenes(scenes::Message::Sheet(scenes::shown::Message::OpenLatest))),
        ],
        Command::Film => film(model),
        Command::SeeFilm => match &model.scenes.film.joined {
            Some(film) => {
                let show = library::Message::Show(film.id.clone());
                vec![Action::Tell(Message::Go(Page::Library)), Action::Tell(Message::Library(show))]
            }
            None => Vec::new(),
        },
        // There is something to write, so the page for writing is shown.
        Command::NewScript if !model.record.busy() => {
            vec![Action::Tell(Message::Prepare(prepare::Message::New)), Action::Tell(Message::Go(Page::Prepare))]
        }
        Command::NewScript => tell(Message::Prepare(prepare::Message::New)),
        Command::Theme => tell(Message::Words(words::Message::Open(words::Target::New))),
        Command::Style if model.prepare.project.is_some() => tell(Message::Sheet(Sheet::Style)),
        Command::Style => vec![Action::say("No script is open.")],
        Command::OpenScript => tell(Message::Prepare(prepare::Message::PickScript)),
        Command::Save => tell(Message::Prepare(prepare::Message::SaveNow)),
        Command::Undo => tell(Message::Prepare(prepare::Message::Undo)),
        Command::Redo => tell(Message::Prepare(prepare::Message::Redo)),
        Command::Record => tell(Message::Record(record::Message::Record)),
        Command::Rehearse => tell(Message::Rehearse(rehearse::Message::Begin)),
        Command::Stop if model.rehearse.busy() => tell(Message::Rehearse(rehearse::Message::Stop)),
        Command::Stop => tell(Message::Record(record::Message::Stop)),
        Command::PauseTake => tell(Message::Record(record::Message::Pause)),
        Command::Again => tell(Message::Record(record::Message::Again)),
        // From afar there is nobody at the field.
        Command::EditScene if model.page == Page::Record => tell(Message::Record(record::Message::Edit)),
        Command::EditScene => Vec::new(),
        Command::NextLayout => tell(Message::Record(record::Message::NextLayout)),
        Command::MirrorCamera => tell(Message::Record(record::Message::MirrorCamera)),
        Command::Mark => tell(Message::Record(record::Message::Mark)),
        Command::Immersive => {
            model.immersive = !model.immersive;
            vec![Action::Do(Effect::Fullscreen(model.immersive))]
        }
        Command::LeaveFullScreen if model.immersive => {
            model.immersive = false;
            vec![Action::Do(Effect::Fullscreen(false))]
        }
        Command::LeaveFullScreen => Vec::new(),
        Command::Settings => tell(Message::Sheet(Sheet::Settings)),
        Command::Engines => tell(Message::Sheet(Sheet::Engines)),
        Command::Messages => tell(Message::Sheet(Sheet::Messages)),
        Command::ScaleUp => settings::scale(model, Some(1)),
        Command::ScaleDown => settings::scale(model, Some(-1)),
        Command::ScaleUsual => settings::scale(model, None),
        Command::Displays => tell(Message::Sheet(Sheet::Displays)),
        Command::Share => tell(Message::Sheet(Sheet::Phones)),
        Command::History | Command::Publish => versions(model, command),
        Command::Help => {
            model.notice.help = !model.notice.help;
            // Nobody waits for a controller's button any more.
            if model.notice.help { Vec::new() } else { tell(Message::Control(control::Message::Learn(None))) }
        }
        Command::CaptionsSheet if model.review.open.is_some() => tell(Message::Sheet(Sheet::Captions)),
        Command::CaptionsSheet => vec![Action::say("No take is open.")],
        Command::Upload => match model.review.open_take() {
            Some(take) => tell(Message::Upload(upload::Message::Start(Box::new(take.clone())))),
            None => Vec::new(),
        },
        Command::DeleteTake => match model.review.open_take() {
            Some(take) => tell(Message::Review(review::Message::Delete(take.id.clone()))),
            None => Vec::new(),
        },
        Command::PutBack if model.page == Page::Library => tell(Message::Library(library::Message::PutBack)),
        Command::PutBack => tell(Message::Review(review::Message::PutBack)),
        Command::Find => tell(Message::Library(library::Message::Caret(Some(library::Caret::Search)))),
        Command::RenameAsset => tell(Message::Library(library::Message::Caret(Some(library::Caret::Name)))),
        Command::ChooseAll => tell(Message::Library(library::Message::ChooseAll)),
        Command::Look => tell(Message::Library(library::Message::Viewer(library::viewer::Message::LookOrPlay))),
        Command::BinAssets => tell(Message::Library(library::Message::Bin)),
        command => prompter_or_player(model, command),
    }
}

/// Opens the sheet of the film, on the page of its scenes, or closes it there.
fn film(model: &Model) -> Vec<Action> {
    if model.busy().is_some() {
        return Vec::new();
    }
    if model.prepare.project.is_none() {
        return vec![Action::say("No script is open.")];
    }
    let mut actions = Vec::new();
    if model.page != Page::Prepare {
        actions.push(Action::Tell(Message::Go(Page::Prepare)));
    }
    actions.push(Action::Tell(Message::Sheet(Sheet::Film)));
    actions
}

/// Opens the sheet of versions, on the page of what they are versions of.
fn versions(model: &Model, command: Command) -> Vec<Action> {
    let mut actions = vec![Action::Tell(Message::Go(Page::Prepare))];
    if model.busy().is_some() {
        return actions;
    }
    if model.prepare.project.is_none() {
        return vec![Action::say("No script is open.")];
    }
    let asks = command == Command::Publish;
    if !asks || model.sheet != Some(Sheet::History) {
        actions.push(Action::Tell(Message::Sheet(Sheet::History)));
    }
    actions.extend(asks.then_some(Action::Tell(Message::History(history::Message::Ask(Some(history::Form::Publish))))));
    actions
}

fn prompter_or_player(model: &Model, command: Command) -> Vec<Action> {
    use prompter::Message as P;
    use review::Message as R;
    let speed = |steps: i32| -> Option<R> {
        let Some(review::Open { player: review::Player::Ready { speed, .. }, .. }) = &model.review.open else { return None };
        let at = review::SPEEDS.iter().position(|s| (s - speed).abs() < 0.01).unwrap_or(2) as i32;
        let to = (at + steps).clamp(0, review::SPEEDS.len() as i32 - 1);
        Some(R::Speed(review::SPEEDS[to as usize]))
    };
    let message = match command {
        Command::TogglePrompter => Message::Prompter(P::Toggle),
        Command::FollowVoice => Message::Follow(follow::Message::Toggle),
        Command::LineUp => Message::Prompter(P::Nudge(-1)),
        Command::LineDown => Message::Prompter(P::Nudge(1)),
        Command::PreviousScene => Message::Prompter(P::SkipScene(-1)),
        Command::NextScene => Message::Prompter(P::SkipScene(1)),
        Command::Rewind => Message::Prompter(P::Rewind),
        Command::Faster => Message::Prompter(P::Faster(5.0)),
        Command::Slower => Message::Prompter(P::Faster(-5.0)),
        Command::PlayPause => Message::Review(R::TogglePlay),
        Command::SkipRejected => Message::Review(R::ToggleSkip),
        Command::Denoise => {
            let now = &model.settings;
            Message::Settings(Box::new(Settings { noise_suppression: !now.noise_suppression, ..now.clone() }))
        }
        Command::ToggleScreen => Message::Review(R::ToggleScreen),
        Command::Captions => Message::Review(R::Captions(review::captions::Message::Toggle)),
        Command::StepBack => Message::Review(R::Step(-1)),
        Command::StepOn => Message::Review(R::Step(1)),
        Command::SkipBack => Message::Review(R::Skip(-5.0)),
        Command::SkipOn => Message::Review(R::Skip(5.0)),
        Command::PreviousMark => Message::Review(R::SkipScene(-1)),
        Command::NextMark => Message::Review(R::SkipScene(1)),
        Command::SpeedDown | Command::SpeedUp => match speed(if command == Command::SpeedUp { 1 } else { -1 }) {
            Some(message) => Message::Review(message),
            None => return Vec::new(),
        },
        command => return look(model, command),
    };
    vec![Action::Tell(message)]
}

/// Changes of the prompter's look are remembered.
fn look(model: &Model, command: Command) -> Vec<Action> {
    let mut look: Look = model.prompter.look.clone();
    match command {
        Command::Larger => look.column_ems -= 1.0,
        Command::Smaller => look.column_ems += 1.0,
        Command::MirrorPrompter => look.mirror.horizontal = !look.mirror.horizontal,
        Command::FlipPrompter => look.mirror.vertical = !look.mirror.vertical,
        Command::CenterText => look.align = if look.align == Align::Start { Align::Center } else { Align::Start },
        _ => return Vec::new(),
    }
    vec![Action::Tell(Message::Prompter(prompter::Message::SetLook(look)))]
}
