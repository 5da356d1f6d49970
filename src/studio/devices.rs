//! Cameras and microphones: what is plugged in, what is open, what went away.

use crate::core::device::{Device, DeviceChoice, DeviceEvent};
use crate::core::frame::{AudioFormat, VideoFormat};
use crate::core::problem::Problem;
use crate::core::settings::Settings;

use super::Action;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub cameras: Vec<Device>,
    pub microphones: Vec<Device>,
    pub camera: Port<VideoFormat>,
    pub microphone: Port<AudioFormat>,
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

    pub fn format(&self) -> Option<F> {
        match self {
            Port::Open { format, .. } => Some(*format),
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
    Refresh,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    List,
    Open { session: u64, camera: DeviceChoice, microphone: DeviceChoice, width: u32, height: u32, fps: u32 },
    Close,
}

impl State {
    pub fn update(&mut self, message: Message, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Listed { cameras, microphones } => (self.cameras, self.microphones) = (cameras, microphones),
            Message::Refresh => return vec![do_(Effect::List)],
            Message::Open => return self.open(settings),
            Message::Close => {
                self.session += 1;
                (self.camera, self.microphone) = (Port::Closed, Port::Closed);
                return vec![do_(Effect::Close)];
            }
            Message::CameraOpened { session, opened } if session == self.session => self.camera = port(opened),
            Message::MicrophoneOpened { session, opened } if session == self.session => self.microphone = port(opened),
            Message::Event { session, event } if session == self.session => return self.event(event),
            Message::CameraOpened { .. } | Message::MicrophoneOpened { .. } | Message::Event { .. } => {}
        }
        Vec::new()
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
        (self.camera, self.microphone) = (Port::Opening, Port::Opening);
        vec![do_(Effect::Open {
            session: self.session,
            camera: settings.camera.clone(),
            microphone: settings.microphone.clone(),
            width: settings.width,
            height: settings.height,
            fps: settings.fps,
        })]
    }

    fn event(&mut self, event: DeviceEvent) -> Vec<Action> {
        match event {
            DeviceEvent::Lost { device, detail } => {
                let problem = Problem::missing(
                    format!("“{device}” is gone: {detail}."),
                    "Plug it in again, or choose another under Devices. A running take goes on with what is left.",
                );
                if holds(&self.camera, &device) {
                    self.camera = Port::Failed(problem.clone());
                } else {
                    self.microphone = Port::Failed(problem.clone());
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
