//! A prompter without a studio: the same model, the same commands, the same motion, driven by the keys of its own window.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::{Common, print_json};
use super::{Arguments, close_with_input, options, shortcut, tell};
use crate::clock;
use crate::core::latest::{Feeds, Latest};
use crate::core::live::{Mode, Motion, Scenes, Status};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::prompter::{Look, Mirror};
use crate::core::script::Script;
use crate::core::settings::Settings;
use crate::core::time::Moment;
use crate::jobs::house::{House, Ways};
use crate::jobs::inbox::{Inbox, inbox};
use crate::jobs::kiosk::{self, Kiosk, Standing};
use crate::jobs::signals::Asked;
use crate::prompter::{Event, Press, Prompter, Remote, Scene};
use crate::studio::command::Command;
use crate::studio::{self, Effect, Message, Model, Page, prepare, prompter};

/// How often the place is kept while the text moves.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// How often the pace at the eye line is looked at while the text moves, and how often the script's file.
const GLANCE: Duration = Duration::from_millis(100);
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// Keys and messages that may wait.
const WAITING: usize = 256;

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let before = kiosk::remembered(&house);
    let path = arguments.script.clone().or_else(|| before.as_ref().map(|standing| standing.script.clone()));
    let path = path.ok_or_else(|| {
        Problem::usage("There is no script to show, and none was shown before.", "Name one: onetake prompter SCRIPT.")
    })?;
    let (path, script) = kiosk::read(&path)?;
    let window = Prompter::new()?;
    let remote = window.remote();
    let closer = remote.clone();
    let _asked = Asked::listen(house.runtime.handle(), move || closer.close());
    if arguments.supervised {
        let closer = remote.clone();
        close_with_input(move || closer.close());
    }
    let (sender, received) = sync_channel(WAITING);
    let waker = sender.clone();
    // A full queue is looked through anyway.
    let (outbox, inbox) = inbox(move || {
        let _ = waker.try_send(Input::Arrived);
    });
    let ways = Ways { outbox, feeds: Feeds::default(), text: Latest::default() };
    let hands = Kiosk::start(&house, ways.clone(), path.clone())?;
    let there = before.filter(|standing| standing.script == path);
    let (settings, _) = house.settings();
    let settings = match &there {
        Some(standing) => Settings { look: standing.look.clone(), pace: standing.pace, ..settings },
        // It has no other place to see where it is.
        None => {
            let look = Look { show_scene: true, show_time: true, show_pace: true, ..settings.look.clone() };
            Settings { look, ..settings }
        }
    };
    let settings = mirrored(settings, arguments);
    let mut stage = Stage::new(hands, ways, inbox, remote, there);
    stage.open(settings, &path.to_string_lossy(), &script, !arguments.window);
    let failed = |error: std::io::Error| {
        Problem::failed(format!("A thread could not be started: {error}."), "Close other programs and try again.")
    };
    let thread = std::thread::Builder::new().name("kiosk".into()).spawn(move || stage.run(&received)).map_err(failed)?;
    let told = arguments.clone();
    let shown = show(window, arguments, &sender, |event| tell(event, &told, common));
    // The loop ends with an order of its own, because the layout thread holds a sender too.
    let _ = sender.send(Input::End);
    if thread.join().is_err() {
        tracing::error!("the kiosk's thread had died");
    }
    let smoothness = shown?;
    if common.json {
        print_json(&json!({ "ended": { "smoothness": smoothness } }));
    }
    Ok(0)
}

/// What was asked for on the command line is how the prompter begins; keys change it from there.
fn mirrored(settings: Settings, arguments: &Arguments) -> Settings {
    let Some(mirror) = arguments.mirror.map(Mirror::from) else { return settings };
    Settings { look: Look { mirror, ..settings.look.clone() }, ..settings }
}

fn show(
    window: Prompter,
    arguments: &Arguments,
    sender: &SyncSender<Input>,
    mut tell: impl FnMut(&Event),
) -> Result<Option<crate::core::live::Smoothness>, Problem> {
    let options = crate::prompter::Options { mirror: None, ..options(arguments, true) };
    window.run(options, |event| {
        tell(&event);
        let input = match event {
            Event::Pressed(press) => Input::Pressed(press),
            Event::Scrolled(rows) => Input::Scrolled(rows),
            _ => return,
        };
        if sender.try_send(input).is_err() {
            tracing::warn!("a key was lost because the prompter is busy");
        }
    })
}

/// What reaches the kiosk's thread.
#[derive(Clone, Copy, Debug)]
enum Input {
    Pressed(Press),
    Scrolled(f64),
    /// Something is in the inbox.
    Arrived,
    End,
}

/// The studio's model on a thread of its own.
struct Stage {
    model: Model,
    hands: Kiosk,
    ways: Ways,
    inbox: Inbox,
    remote: Remote,
    scene: Scene,
    /// Revision of the layout in the scene, and the version of the slot it came from.
    revision: u64,
    version: u64,
    /// Where to begin once the text is laid out.
    there: Option<Standing>,
    kept: Option<Standing>,
    kept_at: Instant,
    watched: Instant,
}

impl Stage {
    fn new(hands: Kiosk, ways: Ways, inbox: Inbox, remote: Remote, there: Option<Standing>) -> Stage {
        let now = Instant::now();
        let (model, scene) = (Model::default(), Scene::default());
        let (revision, version, kept) = (0, 0, None);
        Stage { model, hands, ways, inbox, remote, scene, revision, version, there, kept, kept_at: now, watched: now }
    }

    fn open(&mut self, settings: Settings, path: &str, script: &Script, full_screen: bool) {
        // A kiosk has no devices to list and no uploads to resume.
        let _ = studio::start(&mut self.model, settings, clock::now());
        (self.model.page, self.model.immersive) = (Page::Record, full_screen);
        let project = Project { id: String::new(), title: script.title().to_owned(), folder: path.to_owned() };
        self.take(Message::Prepare(prepare::Message::Opened(Ok((project, script.source().to_owned())))));
    }

    /// Until the window is gone.
    fn run(mut self, inputs: &Receiver<Input>) {
        loop {
            let moving = !self.model.prompter.course.at_rest(clock::now());
            match inputs.recv_timeout(if moving { GLANCE } else { WATCH_EVERY }) {
                Ok(Input::Pressed(press)) => self.pressed(press),
                Ok(Input::Scrolled(rows)) => {
                    let ems = rows * f64::from(self.model.prompter.look.line_height);
                    self.take(Message::Prompter(prompter::Message::Scroll(ems)));
                }
                Ok(Input::Arrived) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Input::End) | Err(RecvTimeoutError::Disconnected) => break,
            }
            self.take(Message::Tick);
            let arrived: Vec<Message> = self.inbox.drain().collect();
            arrived.into_iter().for_each(|message| self.take(message));
            if self.watched.elapsed() >= WATCH_EVERY {
                self.watched = Instant::now();
                if let Some(script) = self.hands.changed_script() {
                    self.take(Message::Prepare(prepare::Message::Edited(script.source().to_owned())));
                }
            }
            self.publish();
            self.keep(moving);
        }
        let standing = self.standing();
        self.hands.finish(standing);
    }

    fn take(&mut self, message: Message) {
        for effect in studio::update(&mut self.model, message, clock::now()) {
            match effect {
                Effect::Fullscreen(on) => self.remote.full_screen(on),
                Effect::Quit => self.remote.close(),
                effect => self.hands.run(effect),
            }
        }
    }

    /// Escape leaves full screen, and from a window the program.
    fn pressed(&mut self, press: Press) {
        match self.model.keys.command(shortcut(press), Page::Record).filter(|command| is_for_kiosk(*command)) {
            Some(Command::LeaveFullScreen) if !self.model.immersive => self.remote.close(),
            Some(command) => self.take(Message::Command(command)),
            None => {}
        }
    }

    /// Gives the window what changed.
    fn publish(&mut self) {
        let now = clock::now();
        let (layout, version) = self.ways.text.versioned();
        if let Some(layout) = layout.filter(|_| version != self.version) {
            let revision = layout.revision();
            // The model hears of it a moment later; until then text and motion would not fit.
            if revision != self.model.prompter.laid.revision {
                return;
            }
            if self.scene.fonts.is_none() {
                self.scene.fonts = Some(layout.fonts().apart());
            }
            (self.scene.layout, self.revision, self.version) = (Some(layout), revision, version);
            self.go_there(now);
        }
        if self.scene.layout.is_none() || self.revision != self.model.prompter.laid.revision {
            return;
        }
        let state = &self.model.prompter;
        let old = &self.scene;
        let motion = Motion { course: state.course.clone(), plan: state.plan.clone(), revision: self.revision };
        let script = &self.model.prepare.script;
        let words_per_minute = state.words_per_minute(script, now).round();
        let status = Status { mode: Mode::Idle, words_per_minute, voice: None };
        let titles = script.scenes.iter().enumerate().map(|(i, scene)| scene.title(i)).collect();
        let scenes = Scenes { title: script.title().to_owned(), scenes: titles };
        let same = (*old.motion == motion) && *old.status == status && *old.look == state.look && *old.scenes == scenes;
        if same {
            return;
        }
        self.scene.motion = Arc::new(motion);
        self.scene.status = Arc::new(status);
        self.scene.look = Arc::new(state.look.clone());
        self.scene.scenes = Arc::new(scenes);
        self.remote.show(self.scene.clone());
    }

    /// Back to where it stood before it was switched off, at rest: who reads may not be there yet.
    fn go_there(&mut self, now: Moment) {
        let Some(there) = self.there.take() else { return };
        let laid = &self.model.prompter.laid;
        let same_text = there.bytes == self.model.prepare.script.source().len() && there.look == self.model.prompter.look;
        let by_line = laid.line_start(there.scene, there.line).map(|start| start + there.beyond);
        let position = if same_text { Some(there.position) } else { by_line };
        let Some(position) = position.filter(|position| position.is_finite()) else { return };
        let position = position.clamp(laid.start(), laid.end());
        self.model.prompter.course = crate::core::prompter::course::Course::resting(now, position);
    }

    fn keep(&mut self, moving: bool) {
        let Some(standing) = self.standing() else { return };
        if self.kept.as_ref() == Some(&standing) || (moving && self.kept_at.elapsed() < KEEP_EVERY) {
            return;
        }
        if self.hands.remember(standing.clone()) {
            (self.kept, self.kept_at) = (Some(standing), Instant::now());
        }
    }

    /// `None` before there is a place.
    fn standing(&self) -> Option<Standing> {
        let (state, prepare) = (&self.model.prompter, &self.model.prepare);
        let now = clock::now();
        if self.there.is_some() {
            return None;
        }
        let (scene, line) = state.line(now)?;
        let position = state.course.position(now);
        let start = state.laid.line_start(scene, line).unwrap_or(position);
        let script = prepare.project.as_ref()?.folder.clone().into();
        let (bytes, beyond) = (prepare.script.source().len(), position - start);
        let (look, pace) = (state.look.clone(), state.pace);
        Some(Standing { script, bytes, position, scene, line, beyond, look, pace })
    }
}

/// What makes sense without camera and take.
fn is_for_kiosk(command: Command) -> bool {
    matches!(
        command,
        Command::TogglePrompter
            | Command::LineUp
            | Command::LineDown
            | Command::PreviousScene
            | Command::NextScene
            | Command::Rewind
            | Command::Faster
            | Command::Slower
            | Command::Larger
            | Command::Smaller
            | Command::MirrorPrompter
            | Command::FlipPrompter
            | Command::CenterText
            | Command::Immersive
            | Command::LeaveFullScreen
    )
}
