//! What is set on the open camera itself. What a person sets is shown at once, sent to the camera, and remembered for it; what
//! the camera then says it has is shown where it decides by itself.

use crate::core::camera_controls::{CameraControl, Known, Values};
use crate::core::device::Device;
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::studio::Action;

use super::{Effect, do_};

/// The open camera's controls; none while no real camera is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The camera's stable name.
    pub camera: String,
    pub controls: Vec<CameraControl>,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// What a camera can be set to, and is set to now.
    Listed { camera: String, controls: Vec<CameraControl> },
    /// The person wants this value.
    Set { known: &'static Known, value: i64 },
    /// The person wants the camera as it comes.
    Reset,
    /// A camera did not take a value.
    Refused { camera: String, known: &'static Known, problem: Problem },
}

/// What to do with a camera's controls; each is answered with `Listed`.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Set these; none is a question.
    Set(Values),
    Reset,
}

impl State {
    /// A camera was opened: it is set as it was left, and asked what it has.
    pub(super) fn opened(&mut self, device: &Device, synthetic: bool, settings: &Settings) -> Vec<Action> {
        if synthetic {
            *self = State::default();
            return Vec::new();
        }
        if self.camera != device.name {
            *self = State { camera: device.name.clone(), controls: Vec::new() };
        }
        let values = settings.camera_controls.get(&device.name).cloned().unwrap_or_default();
        vec![self.order(Order::Set(values))]
    }

    pub(super) fn update(&mut self, message: Message, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Listed { camera, controls } if camera == self.camera => {
                self.controls = controls;
                // An older answer may come while the person goes on.
                self.show_wanted(settings);
                Vec::new()
            }
            Message::Set { known, value } => self.set(known, value, settings),
            Message::Reset => {
                let mut settings = settings.clone();
                settings.camera_controls.remove(&self.camera);
                vec![self.order(Order::Reset), remember(settings)]
            }
            Message::Refused { camera, known, problem } => {
                let mut actions = vec![Action::say(format!("{} {}", problem.what, problem.fix))];
                let mut settings = settings.clone();
                // What a camera refuses today it would refuse each time it is opened.
                if settings.camera_controls.get_mut(&camera).is_some_and(|values| values.remove(known.name).is_some()) {
                    actions.push(remember(settings));
                }
                actions
            }
            Message::Listed { .. } => Vec::new(),
        }
    }

    fn set(&mut self, known: &'static Known, value: i64, settings: &Settings) -> Vec<Action> {
        let Some(control) = self.controls.iter_mut().find(|control| control.known == known) else { return Vec::new() };
        let value = control.fitting(value);
        control.value = value;
        let mut settings = settings.clone();
        let name = known.name.to_owned();
        settings.camera_controls.entry(self.camera.clone()).or_default().insert(name.clone(), value);
        vec![self.order(Order::Set(Values::from([(name, value)]))), remember(settings)]
    }

    fn show_wanted(&mut self, settings: &Settings) {
        let Some(wanted) = settings.camera_controls.get(&self.camera) else { return };
        let listed = self.controls.clone();
        for control in self.controls.iter_mut().filter(|control| !control.is_governed(&listed)) {
            if let Some(&value) = wanted.get(control.known.name) {
                control.value = control.fitting(value);
            }
        }
    }

    fn order(&self, order: Order) -> Action {
        do_(Effect::Controls { camera: self.camera.clone(), order })
    }
}

fn remember(settings: Settings) -> Action {
    Action::Tell(crate::studio::Message::Settings(Box::new(settings)))
}
