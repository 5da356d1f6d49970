//! Controllers: whether OSC and MIDI are listened to, what became of that, and the teaching of a controller's buttons. What
//! a controller wants done comes as `Message::Order`, like everything from afar.

use crate::core::control::Learning;
use crate::core::problem::Problem;
use crate::core::settings::{MidiAction, MidiBinding, MidiTrigger, Settings};

use super::{Action, Message as Studio};

/// The port that is offered for OSC.
pub const OSC_PORT: u16 = 7430;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub osc: Osc,
    pub midi: Midi,
    /// What the next button or fader will do.
    pub learning: Option<MidiAction>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Osc {
    #[default]
    Off,
    Listening {
        /// Where, as people write it.
        address: String,
        /// Orders carried out, and messages that were none or too many, since it was switched on.
        taken: u64,
        ignored: u64,
    },
    Failed(Problem),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Midi {
    #[default]
    Off,
    /// Inputs that are plugged in.
    Listening(Vec<Input>),
    Failed(Problem),
}

/// A MIDI input that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub name: String,
    /// `false` when it could not be opened; muted ones are not tried.
    pub open: bool,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// The next button or fader is to do this; `None` calls it off.
    Learn(Option<MidiAction>),
    /// A button or fader was moved while one was waited for.
    Learnt(MidiTrigger),
    Osc(Osc),
    Midi(Midi),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Listens to what is switched on, and to nothing else.
    Listen(Box<Setup>),
    Learn(Option<Learning>),
}

/// What is listened to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setup {
    /// UDP port for OSC.
    pub osc_port: Option<u16>,
    /// OSC from the whole network instead of this machine alone.
    pub lan: bool,
    pub midi: bool,
    pub bindings: Vec<MidiBinding>,
    pub muted: Vec<String>,
}

impl Setup {
    fn of(settings: &Settings) -> Setup {
        Setup {
            osc_port: settings.osc_port,
            lan: settings.lan,
            midi: settings.midi,
            bindings: settings.midi_bindings.clone(),
            muted: settings.midi_muted.clone(),
        }
    }
}

/// What is to be listened to from the start.
pub fn begin(settings: &Settings) -> Option<Effect> {
    let setup = Setup::of(settings);
    (setup.osc_port.is_some() || setup.midi).then(|| Effect::Listen(Box::new(setup)))
}

/// What a change of the settings means.
pub fn changed(before: &Settings, after: &Settings) -> Option<Effect> {
    let setup = Setup::of(after);
    (setup != Setup::of(before)).then(|| Effect::Listen(Box::new(setup)))
}

impl State {
    pub fn update(&mut self, message: Message, settings: &Settings) -> Vec<Action> {
        match message {
            Message::Learn(action) if action == self.learning => Vec::new(),
            Message::Learn(action) => {
                self.learning = action.filter(|_| settings.midi);
                vec![self.learn()]
            }
            Message::Learnt(trigger) => {
                let Some(action) = self.learning.take() else { return Vec::new() };
                let mut settings = settings.clone();
                // A button does one thing.
                settings.midi_bindings.retain(|binding| binding.trigger != trigger);
                settings.midi_bindings.push(MidiBinding { trigger, action });
                vec![self.learn(), Action::Tell(Studio::Settings(Box::new(settings)))]
            }
            // What comes late, after it was switched off, is refused.
            Message::Osc(osc) => {
                self.osc = if settings.osc_port.is_some() { osc } else { Osc::Off };
                Vec::new()
            }
            Message::Midi(midi) => {
                self.midi = if settings.midi { midi } else { Midi::Off };
                match (&self.midi, &self.learning) {
                    (Midi::Listening(_), _) | (_, None) => Vec::new(),
                    // Nothing can be pressed any more.
                    _ => {
                        self.learning = None;
                        vec![self.learn()]
                    }
                }
            }
        }
    }

    fn learn(&self) -> Action {
        let learning = self.learning.as_ref().map(|action| match action {
            MidiAction::Command(_) => Learning::Button,
            MidiAction::Pace => Learning::Fader,
        });
        Action::Do(super::Effect::Control(Effect::Learn(learning)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Moment;
    use crate::studio::{Effect as Do, Model, start, update};

    const NOTE: MidiTrigger = MidiTrigger::Note { channel: 0, note: 36 };

    fn tell(model: &mut Model, message: Message) -> Vec<Do> {
        update(model, Studio::Control(message), Moment(0))
    }

    fn with_midi() -> Model {
        let mut model = Model::default();
        let effects = start(&mut model, Settings { midi: true, ..Settings::default() }, Moment(0));
        assert!(effects.iter().any(|effect| matches!(effect, Do::Control(Effect::Listen(setup)) if setup.midi)));
        // Displays hear once of a studio that begins.
        update(&mut model, Studio::Tick, Moment(0));
        model
    }

    #[test]
    fn a_button_is_taught_and_taught_again() {
        let mut model = with_midi();
        for name in ["mark", "record"] {
            let action = MidiAction::Command(name.into());
            let effects = tell(&mut model, Message::Learn(Some(action.clone())));
            assert_eq!(effects, [Do::Control(Effect::Learn(Some(Learning::Button)))]);
            let effects = tell(&mut model, Message::Learnt(NOTE));
            assert!(effects.contains(&Do::Control(Effect::Learn(None))));
            assert!(effects.iter().any(|effect| matches!(effect, Do::SaveSettings(_))));
            assert_eq!(model.settings.midi_bindings, [MidiBinding { trigger: NOTE, action }]);
        }
        assert!(tell(&mut model, Message::Learnt(NOTE)).is_empty(), "nobody waits any more");
    }

    #[test]
    fn closing_the_sheet_calls_the_lesson_off() {
        use crate::studio::command::Command;
        let mut model = with_midi();
        update(&mut model, Studio::Command(Command::Help), Moment(0));
        tell(&mut model, Message::Learn(Some(MidiAction::Pace)));
        let effects = update(&mut model, Studio::Command(Command::Help), Moment(0));
        assert_eq!(effects, [Do::Control(Effect::Learn(None))]);
        assert_eq!(model.control.learning, None);
    }

    #[test]
    fn nothing_is_listened_to_unless_it_is_wanted() {
        let mut model = Model::default();
        let effects = start(&mut model, Settings::default(), Moment(0));
        assert!(!effects.iter().any(|effect| matches!(effect, Do::Control(_))));
        let wanted = Settings { osc_port: Some(OSC_PORT), ..Settings::default() };
        let effects = update(&mut model, Studio::Settings(Box::new(wanted)), Moment(0));
        assert!(effects.iter().any(|e| matches!(e, Do::Control(Effect::Listen(setup)) if setup.osc_port == Some(OSC_PORT))));
        let zoomed = Settings { zoom: 2.0, ..model.settings.clone() };
        let effects = update(&mut model, Studio::Settings(Box::new(zoomed)), Moment(0));
        assert!(!effects.iter().any(|effect| matches!(effect, Do::Control(_))), "the rest is no reason to listen anew");
    }

    #[test]
    fn what_comes_after_the_switch_is_refused() {
        let mut model = Model::default();
        let late = Osc::Listening { address: "127.0.0.1:7430".into(), taken: 1, ignored: 0 };
        tell(&mut model, Message::Osc(late));
        tell(&mut model, Message::Midi(Midi::Listening(Vec::new())));
        tell(&mut model, Message::Learn(Some(MidiAction::Pace)));
        assert_eq!((&model.control.osc, &model.control.midi, &model.control.learning), (&Osc::Off, &Midi::Off, &None));
    }

    #[test]
    fn a_sequencer_that_is_gone_ends_the_lesson() {
        let mut model = with_midi();
        tell(&mut model, Message::Learn(Some(MidiAction::Pace)));
        let problem = Problem::missing("This system has no MIDI sequencer.", "");
        let effects = tell(&mut model, Message::Midi(Midi::Failed(problem)));
        assert_eq!(effects, [Do::Control(Effect::Learn(None))]);
    }
}
