//! Displays other than the operator's window: the talent's, phones, other machines. What they show is one value, `Show`; it is
//! published when a part of it changes, and each display finds its place by itself from there.

use std::sync::Arc;

use crate::core::live::{Guest, LinkEvent, Mirrors, Mode, Motion, Order, Scenes, Show, Smoothness, Status};
use crate::core::monitor::Monitor;
use crate::core::problem::Problem;
use crate::core::prompter::Mirror;
use crate::core::settings::Settings;
use crate::core::time::Moment;

use super::{Action, prepare, prompter, record};

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Screens of this machine, the operator's among them.
    pub monitors: Vec<Monitor>,
    pub talent: Talent,
    /// Everyone connected, in the order they came.
    pub connected: Vec<Connected>,
    show: Show,
    scenes: Arc<Scenes>,
    /// `prepare::State::revision` that `scenes` was made from.
    scenes_of: Option<u64>,
}

/// The talent's own window, a process of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Talent {
    #[default]
    Off,
    Starting {
        monitor: String,
    },
    Running {
        monitor: String,
        /// Where it really is, when the monitor it belongs on is not there.
        instead: Option<String>,
    },
    Failed(Problem),
}

/// A display or remote at the other end of a link, and how it fares.
#[derive(Clone, Debug, PartialEq)]
pub struct Connected {
    pub guest: Guest,
    /// Studio's clock minus its own, and the round trip it was measured with, in milliseconds.
    pub clock: Option<(f64, f64)>,
    pub smoothness: Option<Smoothness>,
}

#[derive(Clone, Debug)]
pub enum Message {
    Link(LinkEvent),
    Monitors(Vec<Monitor>),
    /// The talent's window goes to this monitor, or is closed.
    Choose(Option<String>),
    Talent(TalentEvent),
    Mirror {
        display: String,
        mirror: Mirror,
    },
    /// Looks for monitors.
    Look,
}

/// What the talent's process says of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum TalentEvent {
    /// It shows; `on` is the monitor it is on, `None` for a plain window.
    Shown { on: Option<String> },
    /// It ended and is being started again.
    Restarting,
    /// It can't be kept running.
    Failed(Problem),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Displays show this from now on.
    Publish(Box<Show>),
    ListMonitors,
    /// Starts the talent's window on a monitor and keeps it running; moves the one that runs.
    OpenTalent {
        monitor: String,
    },
    CloseTalent,
}

/// The rest of the studio, as displays see it.
pub struct Studio<'a> {
    pub settings: &'a Settings,
    pub prepare: &'a prepare::State,
    pub prompter: &'a prompter::State,
    pub mode: Mode,
    /// How sure the voice's place is, 0 to 1, when the voice is followed.
    pub voice: Option<f32>,
}

impl State {
    pub fn update(&mut self, message: Message, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Link(event) => self.link(event),
            Message::Monitors(monitors) => {
                self.monitors = monitors;
                Vec::new()
            }
            Message::Choose(monitor) => self.choose(monitor, settings),
            Message::Talent(event) => self.talent(event, settings),
            Message::Mirror { display, mirror } => {
                let mut mirrors = settings.mirrors.clone();
                mirrors.0.insert(display, mirror);
                vec![remember(Settings { mirrors, ..settings.clone() })]
            }
            Message::Look => vec![do_(Effect::ListMonitors)],
        }
    }

    /// What has to be published because it changed.
    pub fn publish(&mut self, studio: &Studio<'_>, now: Moment) -> Option<Effect> {
        let show = self.shown(studio, now);
        if show.same(&self.show) {
            return None;
        }
        self.show = show.clone();
        Some(Effect::Publish(Box::new(show)))
    }

    /// Phones and windows that show the text now.
    pub fn showing(&self) -> usize {
        use crate::core::live::DisplayKind;
        self.connected.iter().filter(|one| one.guest.kind != DisplayKind::Remote).count()
    }

    /// What displays show; parts that are as they were stay the same allocation, so that nothing is sent twice.
    fn shown(&mut self, studio: &Studio<'_>, now: Moment) -> Show {
        let prompter = studio.prompter;
        if self.scenes_of != Some(studio.prepare.revision) {
            self.scenes_of = Some(studio.prepare.revision);
            let script = &studio.prepare.script;
            let scenes = script.scenes.iter().enumerate().map(|(at, scene)| scene.title(at)).collect();
            keep(&mut self.scenes, Scenes { title: script.title().to_owned(), scenes });
        }
        let mut show = self.show.clone();
        show.scenes = Arc::clone(&self.scenes);
        show.text = Arc::clone(&prompter.laid.text);
        let motion = &show.motion;
        let revision = prompter.laid.revision;
        if motion.course != prompter.course || motion.plan != prompter.plan || motion.revision != revision {
            show.motion = Arc::new(Motion { course: prompter.course.clone(), plan: prompter.plan.clone(), revision });
        }
        if *show.look != prompter.look {
            show.look = Arc::new(prompter.look.clone());
        }
        let words_per_minute = prompter.words_per_minute(&studio.prepare.script, now);
        // To the percent: the figure is for people, and each change of it crosses every link.
        let voice = studio.voice.map(|sure| (sure * 100.0).round() / 100.0);
        keep(&mut show.status, Status { mode: studio.mode, words_per_minute, voice });
        keep(&mut show.mirrors, Mirrors::clone(&studio.settings.mirrors));
        show
    }

    fn link(&mut self, event: LinkEvent) -> Vec<Action> {
        match event {
            LinkEvent::Joined(guest) => {
                self.connected.retain(|one| one.guest.display != guest.display);
                self.connected.push(Connected { guest, clock: None, smoothness: None });
            }
            LinkEvent::Left { display } => self.connected.retain(|one| one.guest.display != display),
            LinkEvent::Health { display, offset_ms, round_trip_ms, smoothness } => {
                let Some(one) = self.connected.iter_mut().find(|one| one.guest.display == display) else { return Vec::new() };
                one.clock = Some((offset_ms, round_trip_ms));
                if let Some(figures) = smoothness {
                    one.smoothness = Some(figures);
                    let display = one.guest.name.clone();
                    let told = record::Message::Smoothness { display, figures };
                    return vec![Action::Tell(super::Message::Record(told))];
                }
            }
            LinkEvent::Order(order) => return vec![obey(order)],
        }
        Vec::new()
    }

    fn choose(&mut self, monitor: Option<String>, settings: &Settings) -> Vec<Action> {
        let changed = Settings { talent_monitor: monitor.clone(), ..settings.clone() };
        let effect = match monitor {
            Some(monitor) => {
                self.talent = Talent::Starting { monitor: monitor.clone() };
                Effect::OpenTalent { monitor }
            }
            None => {
                self.talent = Talent::Off;
                Effect::CloseTalent
            }
        };
        vec![remember(changed), do_(effect)]
    }

    fn talent(&mut self, event: TalentEvent, settings: &Settings) -> Vec<Action> {
        // A late word of a window that was closed meanwhile.
        let Some(monitor) = settings.talent_monitor.clone() else { return Vec::new() };
        match event {
            TalentEvent::Shown { on } => {
                let instead = match on {
                    Some(on) if on == monitor => None,
                    Some(on) => Some(on),
                    None => Some("a window".to_owned()),
                };
                self.talent = Talent::Running { monitor, instead };
                Vec::new()
            }
            TalentEvent::Restarting => {
                self.talent = Talent::Starting { monitor };
                Vec::new()
            }
            TalentEvent::Failed(problem) => {
                self.talent = Talent::Failed(problem.clone());
                vec![Action::show(&problem)]
            }
        }
    }
}

/// What a studio does for its displays when it starts.
pub fn start(settings: &Settings, state: &mut State) -> Option<Effect> {
    let monitor = settings.talent_monitor.clone()?;
    state.talent = Talent::Starting { monitor: monitor.clone() };
    Some(Effect::OpenTalent { monitor })
}

/// Replaces a part only when it differs.
fn keep<T: PartialEq>(part: &mut Arc<T>, value: T) {
    if **part != value {
        *part = Arc::new(value);
    }
}

fn obey(order: Order) -> Action {
    Action::Tell(super::Message::Order(order))
}

fn remember(settings: Settings) -> Action {
    Action::Tell(super::Message::Settings(Box::new(settings)))
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Displays(effect))
}

#[cfg(test)]
mod tests;
