//! What this machine can record: measured once in the background, never beside a take, and told where a size is chosen.

use crate::core::frame::Pixels;
use crate::core::machine::Machine;
use crate::core::problem::Problem;
use crate::core::settings::Settings;

use super::Action;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// `None` until it was measured.
    pub known: Option<Machine>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// It is to be measured when nothing else goes on.
    #[default]
    Wanted,
    Running {
        afresh: bool,
    },
    Done,
}

#[derive(Clone, Debug)]
pub enum Message {
    Measured(Result<Machine, Problem>),
    /// Again, whatever was measured before.
    Again,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// `afresh` asks for new figures, at once.
    Measure { pixels: Pixels, afresh: bool },
    /// A take is near.
    CallOff,
}

impl State {
    /// It is being measured.
    pub fn measuring(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }

    /// A take or a rehearsal comes first, and what it interrupted begins again after it.
    pub fn tick(&mut self, busy: bool, camera: Option<Pixels>) -> Vec<Action> {
        let pixels = camera.or(self.known.as_ref().map(|machine| machine.pixels)).unwrap_or(Pixels::Nv12);
        if self.phase == Phase::Done && self.known.as_ref().is_some_and(|machine| machine.pixels != pixels) {
            // A webcam's JPEG costs more than what was measured.
            self.phase = Phase::Wanted;
        }
        match (self.phase, busy) {
            (Phase::Wanted, false) => {
                self.phase = Phase::Running { afresh: false };
                vec![do_(Effect::Measure { pixels, afresh: false })]
            }
            (Phase::Running { .. }, true) => {
                self.phase = Phase::Wanted;
                vec![do_(Effect::CallOff)]
            }
            _ => Vec::new(),
        }
    }

    pub fn update(&mut self, message: Message, busy: bool, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Again if busy => vec![Action::say("Stop first: what runs would be measured too.")],
            Message::Again => {
                let pixels = self.known.as_ref().map_or(Pixels::Nv12, |machine| machine.pixels);
                self.phase = Phase::Running { afresh: true };
                vec![do_(Effect::Measure { pixels, afresh: true })]
            }
            // Called off meanwhile.
            Message::Measured(_) if !self.measuring() => Vec::new(),
            Message::Measured(Ok(machine)) => {
                self.phase = Phase::Done;
                let first = first(&machine, settings);
                self.known = Some(machine);
                first
            }
            Message::Measured(Err(problem)) => {
                let asked = self.phase == Phase::Running { afresh: true };
                self.phase = Phase::Done;
                // Without an encoder the Record page says so; only who asked wants to hear it here.
                if asked { vec![Action::show(&problem)] } else { Vec::new() }
            }
        }
    }
}

/// A studio whose size nobody has chosen yet gets one that this machine holds.
fn first(machine: &Machine, settings: &Settings) -> Vec<Action> {
    if settings.size_chosen {
        return Vec::new();
    }
    let asked = (settings.width, settings.height, settings.fps);
    let proposed = machine.first().filter(|_| asked == usual()).unwrap_or(asked);
    let (width, height, fps) = proposed;
    let settings = Settings { width, height, fps, size_chosen: true, ..settings.clone() };
    let mut actions = vec![Action::Tell(super::Message::Settings(Box::new(settings)))];
    if proposed != asked {
        actions.push(Action::say(format!(
            "Takes are recorded at {width} × {height} and {fps} a second, which this machine holds."
        )));
    }
    actions
}

fn usual() -> (u32, u32, u32) {
    let usual = Settings::default();
    (usual.width, usual.height, usual.fps)
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Machine(effect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::machine::Speed;

    fn machine(fps: f64) -> Machine {
        let speeds = vec![Speed { width: 640, height: 360, fps: fps * 4.0 }, Speed { width: 1280, height: 720, fps }];
        Machine { encoder: "x264".into(), hardware: false, pixels: Pixels::Nv12, speeds }
    }

    fn effects(actions: Vec<Action>) -> Vec<Effect> {
        let effects = actions.into_iter().filter_map(|action| match action {
            Action::Do(super::super::Effect::Machine(effect)) => Some(effect),
            _ => None,
        });
        effects.collect()
    }

    fn chosen(actions: &[Action]) -> Option<(u32, u32, u32)> {
        actions.iter().find_map(|action| match action {
            Action::Tell(super::super::Message::Settings(settings)) => Some((settings.width, settings.height, settings.fps)),
            _ => None,
        })
    }

    const ONCE: Effect = Effect::Measure { pixels: Pixels::Nv12, afresh: false };

    #[test]
    fn it_is_measured_once_and_never_beside_a_take() {
        let mut state = State::default();
        assert_eq!(effects(state.tick(true, None)), []);
        assert_eq!(effects(state.tick(false, None)), [ONCE]);
        assert_eq!(effects(state.tick(false, None)), []);
        assert_eq!(effects(state.tick(true, None)), [Effect::CallOff]);
        // What comes late from a measurement that a take disturbed is not believed.
        state.update(Message::Measured(Ok(machine(1.0))), true, &Settings::default());
        assert!(state.known.is_none());
        assert_eq!(effects(state.tick(false, None)), [ONCE]);
        state.update(Message::Measured(Ok(machine(100.0))), false, &Settings::default());
        assert!(state.known.is_some() && effects(state.tick(false, None)).is_empty());
        let camera = effects(state.tick(false, Some(Pixels::Mjpeg)));
        assert_eq!(camera, [Effect::Measure { pixels: Pixels::Mjpeg, afresh: false }]);
    }

    #[test]
    fn a_first_start_takes_what_holds_and_a_choice_is_never_touched() {
        let propose = |fps: f64, settings: &Settings| {
            let mut state = State::default();
            state.tick(false, None);
            chosen(&state.update(Message::Measured(Ok(machine(fps))), false, settings))
        };
        assert_eq!(propose(100.0, &Settings::default()), Some((1280, 720, 30)));
        assert_eq!(propose(40.0, &Settings::default()), Some((960, 540, 30)));
        assert_eq!(propose(0.1, &Settings::default()), Some((1280, 720, 30)));
        assert_eq!(propose(40.0, &Settings { width: 1920, height: 1080, ..Settings::default() }), Some((1920, 1080, 30)));
        assert_eq!(propose(40.0, &Settings { size_chosen: true, ..Settings::default() }), None);
    }

    #[test]
    fn a_failure_is_told_to_who_asked() {
        let mut state = State::default();
        state.tick(false, None);
        let problem = Problem::failed("It failed.", "");
        assert!(state.update(Message::Measured(Err(problem.clone())), false, &Settings::default()).is_empty());
        assert_eq!(effects(state.update(Message::Again, false, &Settings::default())).len(), 1);
        assert_eq!(state.update(Message::Measured(Err(problem)), false, &Settings::default()).len(), 1);
    }
}
