//! What button boxes say, as orders: messages of MIDI controllers and of OSC, read without any device or socket. Whoever
//! listens brings the bytes; what can't be read is no order and does no harm.

use std::collections::BTreeMap;

use super::live::Order;
use super::settings::{MidiAction, MidiBinding, MidiTrigger};

/// The paces at both ends of a fader, in words per minute.
pub const FADER_WPM: std::ops::RangeInclusive<f64> = 60.0..=240.0;

/// Most of a MIDI data byte.
const MIDI_MAX: u8 = 127;
/// A controller counts as pressed from here: the upper half, MIDI 1.0 Detailed Specification, “switches”.
const PRESSED: u8 = 64;

/// A message of a MIDI device that can mean something here. Channels count from 0, as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Midi {
    /// Note-on with velocity above 0.
    Note {
        channel: u8,
        note: u8,
    },
    Control {
        channel: u8,
        controller: u8,
        value: u8,
    },
    Program {
        channel: u8,
        program: u8,
    },
}

impl Midi {
    /// Reads one whole message (MIDI 1.0: a status byte, then data bytes below 128). `None` for everything else, also for the
    /// release of a note and for the channel mode messages from controller 120 on.
    pub fn read(bytes: &[u8]) -> Option<Midi> {
        let (&status, data) = bytes.split_first()?;
        if data.iter().any(|byte| *byte > MIDI_MAX) {
            return None;
        }
        let channel = status & 0x0f;
        match (status & 0xf0, data) {
            (0x90, [note, velocity]) if *velocity > 0 => Some(Midi::Note { channel, note: *note }),
            (0xb0, [controller, value]) if *controller < 120 => {
                Some(Midi::Control { channel, controller: *controller, value: *value })
            }
            (0xc0, [program]) => Some(Midi::Program { channel, program: *program }),
            _ => None,
        }
    }
}

/// What is being waited for so that it can be given a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learning {
    /// Any button.
    Button,
    /// A fader or knob: a controller at any value.
    Fader,
}

/// What a message came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    Order(Order),
    /// The trigger that was waited for.
    Learnt(MidiTrigger),
}

/// All MIDI controllers together: what each button does, and where each fader stands.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    pub bindings: Vec<MidiBinding>,
    /// While this is set buttons do nothing else.
    pub learning: Option<Learning>,
    /// Values of controllers by input, channel and number.
    values: BTreeMap<(String, u8, u8), u8>,
}

/// More faders than any desk has; what lies beyond is forgotten, so that a flood can't fill the memory.
const MOST_VALUES: usize = 4096;

impl Desk {
    /// What a message from the named input means.
    pub fn take(&mut self, input: &str, message: Midi) -> Option<Meaning> {
        let pressed = self.pressed(input, message);
        match (self.learning, message) {
            (Some(Learning::Fader), Midi::Control { channel, controller, .. }) => {
                Some(Meaning::Learnt(MidiTrigger::Control { channel, controller }))
            }
            (Some(Learning::Fader), _) => None,
            (Some(Learning::Button), _) => pressed.map(Meaning::Learnt),
            (None, _) => self.order(message, pressed).map(Meaning::Order),
        }
    }

    fn order(&self, message: Midi, pressed: Option<MidiTrigger>) -> Option<Order> {
        if let Midi::Control { channel, controller, value } = message {
            let fader = MidiTrigger::Control { channel, controller };
            if self.action(fader) == Some(&MidiAction::Pace) {
                return Some(Order::Pace { words_per_minute: fader_pace(value) });
            }
        }
        match self.action(pressed?)? {
            MidiAction::Command(name) => Some(Order::Command { name: name.clone() }),
            MidiAction::Pace => None,
        }
    }

    fn action(&self, trigger: MidiTrigger) -> Option<&MidiAction> {
        self.bindings.iter().find(|binding| binding.trigger == trigger).map(|binding| &binding.action)
    }

    /// The trigger a message is, where it is one: a controller only when it comes from below the middle.
    fn pressed(&mut self, input: &str, message: Midi) -> Option<MidiTrigger> {
        match message {
            Midi::Note { channel, note } => Some(MidiTrigger::Note { channel, note }),
            Midi::Program { channel, program } => Some(MidiTrigger::Program { channel, program }),
            Midi::Control { channel, controller, value } => {
                if self.values.len() >= MOST_VALUES {
                    self.values.clear();
                }
                let before = self.values.insert((input.to_owned(), channel, controller), value).unwrap_or(0);
                (before < PRESSED && value >= PRESSED).then_some(MidiTrigger::Control { channel, controller })
            }
        }
    }
}

/// Words per minute at a fader's value, in whole words.
pub fn fader_pace(value: u8) -> f64 {
    let part = f64::from(value.min(MIDI_MAX)) / f64::from(MIDI_MAX);
    (FADER_WPM.start() + part * (FADER_WPM.end() - FADER_WPM.start())).round()
}

/// An argument of an OSC message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument {
    Number(f64),
    /// Text, a blob, a colour: nothing here takes it.
    Other,
}

/// What an OSC message came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Osc {
    Order(Order),
    /// A button that is let go.
    Release,
    /// Not for us, or with arguments that mean nothing.
    Unknown,
}

/// Where all addresses begin.
pub const OSC_ROOT: &str = "/onetake/";

/// Reads an OSC message. `commands` are the names that are taken. Scenes and lines count from 1, as people count them, so
/// that a button's release (0) is never a place.
pub fn read_osc(address: &str, arguments: &[Argument], commands: &[&str]) -> Osc {
    let Some(name) = address.strip_prefix(OSC_ROOT) else { return Osc::Unknown };
    let whole = |number: f64| number.is_finite() && (1.0..=1e6).contains(&number);
    match (name, arguments) {
        ("scene", [Argument::Number(scene)]) if whole(*scene) => Osc::Order(Order::Scene { scene: *scene as usize - 1 }),
        ("line", [Argument::Number(scene), Argument::Number(line)]) if whole(*scene) && whole(*line) => {
            Osc::Order(Order::Line { scene: *scene as usize - 1, line: *line as usize - 1 })
        }
        ("pace", [Argument::Number(pace)]) if pace.is_finite() && *pace > 0.0 => {
            Osc::Order(Order::Pace { words_per_minute: *pace })
        }
        ("scroll", [Argument::Number(ems)]) if ems.is_finite() && *ems != 0.0 => Osc::Order(Order::Scroll { ems: *ems }),
        ("scene" | "pace" | "scroll", [Argument::Number(0.0)]) => Osc::Release,
        ("scene" | "line" | "pace" | "scroll", _) => Osc::Unknown,
        (name, _) if !commands.contains(&name) => Osc::Unknown,
        (_, [Argument::Number(0.0), ..]) => Osc::Release,
        (name, _) => Osc::Order(Order::Command { name: name.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMANDS: [&str; 2] = ["mark", "next-scene"];

    fn number(value: f64) -> Vec<Argument> {
        vec![Argument::Number(value)]
    }

    #[test]
    fn midi_is_read_as_the_standard_has_it() {
        assert_eq!(Midi::read(&[0x90, 60, 100]), Some(Midi::Note { channel: 0, note: 60 }));
        assert_eq!(Midi::read(&[0x9f, 0, 1]), Some(Midi::Note { channel: 15, note: 0 }));
        assert_eq!(Midi::read(&[0x90, 60, 0]), None, "a note-on without velocity is a release");
        assert_eq!(Midi::read(&[0x80, 60, 64]), None);
        assert_eq!(Midi::read(&[0xb3, 64, 127]), Some(Midi::Control { channel: 3, controller: 64, value: 127 }));
        assert_eq!(Midi::read(&[0xb3, 123, 0]), None, "all notes off");
        assert_eq!(Midi::read(&[0xc1, 5]), Some(Midi::Program { channel: 1, program: 5 }));
        for junk in [&[][..], &[0x90], &[0x90, 200, 1], &[0xf8], &[0xf0, 1, 2, 0xf7], &[0x90, 1, 2, 3], &[60, 100]] {
            assert_eq!(Midi::read(junk), None, "{junk:?}");
        }
    }

    #[test]
    fn a_controller_gives_its_command_once_a_press() {
        let trigger = MidiTrigger::Control { channel: 0, controller: 20 };
        let action = MidiAction::Command("mark".into());
        let mut desk = Desk { bindings: vec![MidiBinding { trigger, action }], ..Desk::default() };
        let mut turn = |input: &str, value| desk.take(input, Midi::Control { channel: 0, controller: 20, value }).is_some();
        assert!(turn("Pedal", 127));
        assert!(!turn("Pedal", 120) && !turn("Pedal", 64) && !turn("Pedal", 0));
        assert!(turn("Pedal", 64));
        assert!(turn("Desk", 127), "another input has its own place");
        assert_eq!(desk.take("Pedal", Midi::Control { channel: 1, controller: 20, value: 127 }), None);
    }

    #[test]
    fn a_fader_sets_the_pace_over_its_whole_way() {
        let trigger = MidiTrigger::Control { channel: 2, controller: 7 };
        let mut desk = Desk { bindings: vec![MidiBinding { trigger, action: MidiAction::Pace }], ..Desk::default() };
        let mut pace = |value| desk.take("Desk", Midi::Control { channel: 2, controller: 7, value });
        for (value, wpm) in [(0, 60.0), (64, 151.0), (127, 240.0)] {
            assert_eq!(pace(value), Some(Meaning::Order(Order::Pace { words_per_minute: wpm })));
        }
    }

    #[test]
    fn what_is_learnt_does_nothing_else() {
        let trigger = MidiTrigger::Note { channel: 0, note: 36 };
        let action = MidiAction::Command("mark".into());
        let mut desk = Desk { bindings: vec![MidiBinding { trigger, action }], ..Desk::default() };
        desk.learning = Some(Learning::Button);
        assert_eq!(desk.take("Pads", Midi::Note { channel: 0, note: 36 }), Some(Meaning::Learnt(trigger)));
        desk.learning = Some(Learning::Fader);
        assert_eq!(desk.take("Pads", Midi::Note { channel: 0, note: 36 }), None, "a note is no fader");
        let low = desk.take("Pads", Midi::Control { channel: 0, controller: 1, value: 3 });
        assert_eq!(low, Some(Meaning::Learnt(MidiTrigger::Control { channel: 0, controller: 1 })));
    }

    #[test]
    fn osc_addresses_are_orders() {
        let command = |name: &str| Osc::Order(Order::Command { name: name.into() });
        assert_eq!(read_osc("/onetake/mark", &[], &COMMANDS), command("mark"));
        assert_eq!(read_osc("/onetake/mark", &number(1.0), &COMMANDS), command("mark"));
        assert_eq!(read_osc("/onetake/mark", &number(0.0), &COMMANDS), Osc::Release);
        assert_eq!(read_osc("/onetake/scene", &number(2.0), &COMMANDS), Osc::Order(Order::Scene { scene: 1 }));
        assert_eq!(read_osc("/onetake/scene", &number(0.0), &COMMANDS), Osc::Release);
        let line = read_osc("/onetake/line", &[Argument::Number(1.0), Argument::Number(3.0)], &COMMANDS);
        assert_eq!(line, Osc::Order(Order::Line { scene: 0, line: 2 }));
        let pace = Osc::Order(Order::Pace { words_per_minute: 140.5 });
        assert_eq!(read_osc("/onetake/pace", &number(140.5), &COMMANDS), pace);
        assert_eq!(read_osc("/onetake/scroll", &number(-2.0), &COMMANDS), Osc::Order(Order::Scroll { ems: -2.0 }));
        for (address, arguments) in [
            ("/onetake/delete-take", vec![]),
            ("/onetake/", vec![]),
            ("/other/mark", vec![]),
            ("/onetake/scene", vec![]),
            ("/onetake/scene", vec![Argument::Other]),
            ("/onetake/pace", number(f64::NAN)),
            ("/onetake/line", number(1.0)),
        ] {
            assert_eq!(read_osc(address, &arguments, &COMMANDS), Osc::Unknown, "{address} {arguments:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..5), 0..50)) {
            let trigger = MidiTrigger::Control { channel: 0, controller: 0 };
            let mut desk = Desk { bindings: vec![MidiBinding { trigger, action: MidiAction::Pace }], ..Desk::default() };
            for message in messages.iter().filter_map(|bytes| Midi::read(bytes)) {
                if let Some(Meaning::Order(Order::Pace { words_per_minute })) = desk.take("x", message) {
                    prop_assert!(FADER_WPM.contains(&words_per_minute));
                }
            }
        }

        #[test]
        fn any_figures_are_finite_orders(name in "scene|line|pace|scroll|mark|[a-z]{0,5}", figures in proptest::collection::vec(any::<f64>(), 0..3)) {
            let arguments: Vec<Argument> = figures.iter().map(|figure| Argument::Number(*figure)).collect();
            match read_osc(&format!("{OSC_ROOT}{name}"), &arguments, &COMMANDS) {
                Osc::Order(Order::Pace { words_per_minute }) => prop_assert!(words_per_minute.is_finite()),
                Osc::Order(Order::Scroll { ems }) => prop_assert!(ems.is_finite()),
                Osc::Order(Order::Scene { scene }) => prop_assert!(scene < 1_000_000),
                _ => {}
            }
        }
    }
}
