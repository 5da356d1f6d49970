//! Cameras and microphones: what is plugged in, what is open, what went away and is looked for.

pub mod controls;
mod missing;

use crate::core::device::{Device, DeviceChoice, DeviceEvent, What};
use crate::core::frame::{AudioFormat, VideoFormat};
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::time::Moment;

use missing::Missing;

use super::Action;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub cameras: Vec<Device>,
    pub microphones: Vec<Device>,
    pub camera: Port<VideoFormat>,
    pub microphone: Port<AudioFormat>,
    /// What can be set on the open camera.
    pub controls: controls::State,
    missing_camera: Option<Missing>,
    missing_microphone: Option<Missing>,
    /// Grows with each opening, so that late answers of an earlier one are refused.
    session: u64,
}

/// One device slot.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Port<F> {
    #[default]
    Closed,
    Opening,
    Open {
        device: Device,
        format: F,
        synthetic: bool,
        stalled: bool,
    },
    /// The person chose none.
    Off,
    Failed(Problem),
}

impl<F: Copy> Port<F> {
    pub fn is_open(&self) -> bool {
        matches!(self, Port::Open { .. })
    }

    fn is_failed(&self) -> bool {
        self.problem().is_some()
    }

    fn is_synthetic(&self) -> bool {
        matches!(self, Port::Open { synthetic: true, .. })
    }

    pub fn format(&self) -> Option<F> {
        match self {
            Port::Open { format, .. } => Some(*format),
            _ => None,
        }
    }
}

impl<F> Port<F> {
    fn problem(&self) -> Option<&Problem> {
        match self {
            Port::Failed(problem) => Some(problem),
            _ => None,
        }
    }
}

/// A device as it was opened; `None` when none was wanted.
pub type Opened<F> = Result<Option<(Device, F, bool)>, Problem>;

#[derive(Clone, Debug)]
pub enum Message {
    Listed {
        cameras: Vec<Device>,
        microphones: Vec<Device>,
    },
    /// Open (again) what the settings name.
    Open,
    Close,
    CameraOpened {
        session: u64,
        opened: Opened<VideoFormat>,
    },
    MicrophoneOpened {
        session: u64,
        opened: Opened<AudioFormat>,
    },
    Event {
        session: u64,
        event: DeviceEvent,
    },
    /// A camera that was looked for is open, or is not yet.
    CameraReopened {
        session: u64,
        opened: Opened<VideoFormat>,
    },
    MicrophoneReopened {
        session: u64,
        opened: Opened<AudioFormat>,
    },
    Controls(controls::Message),
    Refresh,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    List,
    /// Lists them now and whenever one is plugged in or pulled.
    Watch,
    Open {
        session: u64,
        camera: DeviceChoice,
        microphone: DeviceChoice,
        width: u32,
        height: u32,
        fps: u32,
    },
    /// Opens one of them again, beside the other and beside a running take.
    Reopen {
        session: u64,
        what: What,
        choice: DeviceChoice,
        width: u32,
        height: u32,
        fps: u32,
    },
    Controls {
        camera: String,
        order: controls::Order,
    },
    Close,
}

impl State {
    /// `busy`: a take or a rehearsal runs, which keeps the devices it has.
    pub fn update(&mut self, message: Message, settings: &Settings, busy: bool, now: Moment) -> Vec<Action> {
        match message {
            Message::Listed { cameras, microphones } => return self.listed(cameras, microphones, settings, busy, now),
            Message::Refresh => return vec![do_(Effect::List)],
            Message::Open => return self.open(settings),
            Message::Close => {
                self.session += 1;
                (self.camera, self.microphone) = (Port::Closed, Port::Closed);
                self.forget();
                return vec![do_(Effect::Close)];
            }
            Message::CameraOpened { session, opened } if session == self.session => {
                self.camera = port(opened);
                return self.control(settings);
            }
            Message::MicrophoneOpened { session, opened } if session == self.session => self.microphone = port(opened),
            Message::Event { session, event } if session == self.session => return self.event(event, settings, now),
            Message::CameraReopened { session, opened } if session == self.session => {
                let Some(passed) = came_back(&mut self.camera, &mut self.missing_camera, opened, now) else {
                    return Vec::new();
                };
                let mut actions = back(&self.camera, &passed);
                actions.extend(self.control(settings));
                return actions;
            }
            Message::MicrophoneReopened { session, opened } if session == self.session => {
                let passed = came_back(&mut self.microphone, &mut self.missing_microphone, opened, now);
                return passed.map_or_else(Vec::new, |passed| back(&self.microphone, &passed));
            }
            Message::Controls(message) => return self.controls.update(message, settings),
            Message::CameraOpened { .. }
            | Message::MicrophoneOpened { .. }
            | Message::CameraReopened { .. }
            | Message::MicrophoneReopened { .. }
            | Message::Event { .. } => {}
        }
        Vec::new()
    }

    /// What time brings: another try to open what went away.
    pub fn tick(&mut self, settings: &Settings, now: Moment) -> Vec<Action> {
        let session = self.session;
        let missing = [(What::Camera, &mut self.missing_camera), (What::Microphone, &mut self.missing_microphone)];
        let due = missing.into_iter().filter_map(|(what, missing)| Some((what, missing.as_mut()?)));
        let due = due.filter_map(|(what, missing)| missing.is_due(now).then(|| (what, missing.choice.clone())));
        due.map(|(what, choice)| reopen(session, what, choice, settings)).collect()
    }

    /// When `tick` has something to do next.
    pub fn next_try(&self) -> Option<Moment> {
        [&self.missing_camera, &self.missing_microphone].into_iter().flatten().map(Missing::next).min()
    }

    /// True when both devices have answered and there is at least one to record from.
    pub fn ready(&self) -> bool {
        let settled = |opening: bool| !opening;
        settled(matches!(self.camera, Port::Opening | Port::Closed))
            && settled(matches!(self.microphone, Port::Opening | Port::Closed))
            && (self.camera.is_open() || self.microphone.is_open())
    }

    fn open(&mut self, settings: &Settings) -> Vec<Action> {
        self.session += 1;
        // What is still wrong will be said again.
        let passed = [self.camera.problem(), self.microphone.problem()].into_iter().flatten().map(Action::retract);
        let mut actions: Vec<Action> = passed.collect();
        (self.camera, self.microphone) = (Port::Opening, Port::Opening);
        self.forget();
        actions.push(do_(Effect::Open {
            session: self.session,
            camera: settings.camera.clone(),
            microphone: settings.microphone.clone(),
            width: settings.width,
            height: settings.height,
            fps: settings.fps,
        }));
        actions
    }

    fn forget(&mut self) {
        (self.missing_camera, self.missing_microphone) = (None, None);
        self.controls = controls::State::default();
    }

    /// A device that was plugged in: what was looked for is tried at once; what could not be opened, or was stood in for, is
    /// opened now, unless that would be in the way.
    fn listed(
        &mut self,
        cameras: Vec<Device>,
        microphones: Vec<Device>,
        settings: &Settings,
        busy: bool,
        now: Moment,
    ) -> Vec<Action> {
        for (missing, listed) in [(&mut self.missing_camera, &cameras), (&mut self.missing_microphone, &microphones)] {
            missing.iter_mut().for_each(|missing| missing.seen(listed, now));
        }
        let camera = wanted_now(&settings.camera, &self.camera, self.missing_camera.is_some(), &self.cameras, &cameras);
        let microphone = wanted_now(
            &settings.microphone,
            &self.microphone,
            self.missing_microphone.is_some(),
            &self.microphones,
            &microphones,
        );
        (self.cameras, self.microphones) = (cameras, microphones);
        match (camera, microphone) {
            _ if busy => Vec::new(),
            // The synthetic microphone goes with the synthetic camera, so both are opened anew.
            (true, _) if self.microphone.is_synthetic() => self.open(settings),
            (camera, microphone) => {
                let camera = camera.then(|| reopen(self.session, What::Camera, settings.camera.clone(), settings));
                let choice = || settings.microphone.clone();
                let microphone = microphone.then(|| reopen(self.session, What::Microphone, choice(), settings));
                camera.into_iter().chain(microphone).collect()
            }
        }
    }

    /// The camera that has just been opened is set as it was left.
    fn control(&mut self, settings: &Settings) -> Vec<Action> {
        match &self.camera {
            Port::Open { device, synthetic, .. } => self.controls.opened(device, *synthetic, settings),
            _ => Vec::new(),
        }
    }

    fn event(&mut self, event: DeviceEvent, settings: &Settings, now: Moment) -> Vec<Action> {
        match event {
            DeviceEvent::Lost { device, detail } => {
                let problem = Problem::missing(
                    format!("“{device}” is gone: {detail}."),
                    "Plug it in again: it is opened by itself. A running take goes on with what is left.",
                );
                if holds(&self.camera, &device) {
                    self.missing_camera = lose(&mut self.camera, &problem, &settings.camera, now);
                    self.controls = controls::State::default();
                } else {
                    self.missing_microphone = lose(&mut self.microphone, &problem, &settings.microphone, now);
                }
                let lost = super::record::Message::DeviceLost { device, detail };
                vec![Action::show(&problem), Action::Tell(super::Message::Record(lost)), do_(Effect::List)]
            }
            DeviceEvent::Stalled { device } => self.stalled(&device, true),
            DeviceEvent::Back { device } => self.stalled(&device, false),
        }
    }

    fn stalled(&mut self, name: &str, now_stalled: bool) -> Vec<Action> {
        let set = |stalled: &mut bool| *stalled = now_stalled;
        match (&mut self.camera, &mut self.microphone) {
            (Port::Open { device, stalled, .. }, _) if device.name == name || device.label == name => set(stalled),
            (_, Port::Open { device, stalled, .. }) if device.name == name || device.label == name => set(stalled),
            _ => {}
        }
        Vec::new()
    }
}

fn holds<F>(port: &Port<F>, name: &str) -> bool {
    matches!(port, Port::Open { device, .. } if device.name == name || device.label == name)
}

/// The port fails; what is to be looked for now.
fn lose<F>(port: &mut Port<F>, problem: &Problem, choice: &DeviceChoice, now: Moment) -> Option<Missing> {
    match std::mem::replace(port, Port::Failed(problem.clone())) {
        Port::Open { device, synthetic, .. } => Missing::of(&device, synthetic, choice, now),
        _ => None,
    }
}

/// Takes the answer about a device that was looked for; when it is open again, the port as it was. Until then that says why
/// it failed.
fn came_back<F>(port: &mut Port<F>, missing: &mut Option<Missing>, opened: Opened<F>, now: Moment) -> Option<Port<F>> {
    match opened {
        Ok(Some((device, format, synthetic))) => {
            *missing = None;
            Some(std::mem::replace(port, Port::Open { device, format, synthetic, stalled: false }))
        }
        Ok(None) => None,
        Err(_) => {
            missing.iter_mut().for_each(|missing| missing.failed(now));
            None
        }
    }
}

/// Says that a device is open again, and no longer that it is gone.
fn back<F>(port: &Port<F>, passed: &Port<F>) -> Vec<Action> {
    let Port::Open { device, .. } = port else { return Vec::new() };
    let back = super::record::Message::DeviceBack { device: device.label.clone() };
    let said = [Action::say(format!("“{}” is in use.", device.label)), Action::Tell(super::Message::Record(back))];
    passed.problem().map(Action::retract).into_iter().chain(said).collect()
}

/// Whether a list that has changed is a reason to open: the chosen device is there and could not be opened before, or
/// automatic choice has had to do without and there is a new one.
fn wanted_now<F: Copy>(choice: &DeviceChoice, port: &Port<F>, looked_for: bool, before: &[Device], now: &[Device]) -> bool {
    let new = || now.iter().any(|device| !before.contains(device));
    match choice {
        DeviceChoice::Named(name) => port.is_failed() && !looked_for && now.iter().any(|device| device.name == *name),
        DeviceChoice::Auto => (port.is_synthetic() || (port.is_failed() && !looked_for)) && new(),
        DeviceChoice::Synthetic | DeviceChoice::None => false,
    }
}

fn reopen(session: u64, what: What, choice: DeviceChoice, settings: &Settings) -> Action {
    let (width, height, fps) = (settings.width, settings.height, settings.fps);
    do_(Effect::Reopen { session, what, choice, width, height, fps })
}

fn port<F>(opened: Opened<F>) -> Port<F> {
    match opened {
        Ok(Some((device, format, synthetic))) => Port::Open { device, format, synthetic, stalled: false },
        Ok(None) => Port::Off,
        Err(problem) => Port::Failed(problem),
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Devices(effect))
}
