//! The sheet of keys and controllers driven by what people see and screen readers read.

// The rig serves other pages too.
#[allow(dead_code)]
mod rig;

use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use onetake::core::problem::Problem;
use onetake::core::settings::{MidiAction, MidiBinding, MidiTrigger, Settings};
use onetake::studio::command::Command;
use onetake::studio::control::{Effect as Control, Input, Message as ControlMessage, Midi, OSC_PORT, Osc};
use onetake::studio::{Effect, Message, Page};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

fn opened(width: f32, height: f32) -> Window {
    let mut rig = Rig::new();
    rig.tell(Message::Command(Command::Help));
    let mut window = window(rig, vec2(width, height), 1.0);
    window.run_steps(3);
    window
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

/// Clicks as the keyboard does: on what has the name.
fn choose(window: &mut Window, name: &str) {
    window.get_by_label(name).focus();
    window.run_steps(2);
    press(window, Key::Enter);
}

fn text(window: &Window, command: Command) -> String {
    let keys = window.state().model.keys.of_command(command);
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

#[test]
fn a_key_is_changed_by_keyboard_alone_and_works() {
    let mut window = opened(1280.0, 800.0);
    choose(&mut window, "Mark this place: K");
    window.get_by_label("Mark this place: Press a key…");
    look(&mut window, "keys-asks");
    press(&mut window, Key::F13);
    window.get_by_label("Mark this place: F13");
    assert_eq!(text(&window, Command::Mark), "F13");
    let saved = |effect: &Effect| matches!(effect, Effect::SaveSettings(settings) if settings.keys.get("mark").is_some_and(|keys| keys == &["F13"]));
    assert!(window.state().has(saved), "it is remembered");

    // A second key, with a modifier; and keys that otherwise move the focus or close the sheet.
    choose(&mut window, "Add a key for Mark this place");
    window.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::J);
    window.run_steps(3);
    assert_eq!(text(&window, Command::Mark), "F13 or Ctrl+Shift+J");
    for key in [Key::Tab, Key::Enter] {
        let first = format!("Mark this place: {}", window.state().model.keys.text(Command::Mark));
        choose(&mut window, &first);
        press(&mut window, key);
        assert!(window.state().model.keys.text(Command::Mark).eq_ignore_ascii_case(&format!("{key:?}")));
    }
    press(&mut window, Key::F1);
    assert!(!window.state().model.notice.help);
    window.state_mut().tell(Message::Go(Page::Record));
    window.run_steps(3);
    let marks = |window: &Window| window.state().said.iter().filter(|m| matches!(m, Message::Command(Command::Mark))).count();
    press(&mut window, Key::K);
    assert_eq!(marks(&window), 0, "the old key does nothing");
    window.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::J);
    window.run_steps(3);
    assert_eq!(marks(&window), 1);
}

#[test]
fn escape_leaves_a_key_and_backspace_takes_it_away() {
    let mut window = opened(1280.0, 800.0);
    choose(&mut window, "Mark this place: K");
    press(&mut window, Key::Escape);
    assert!(window.state().model.notice.help, "only the asking ends");
    assert_eq!(text(&window, Command::Mark), "K");
    choose(&mut window, "Mark this place: K");
    press(&mut window, Key::Backspace);
    assert_eq!(text(&window, Command::Mark), "");
    choose(&mut window, "Reset Mark this place");
    assert_eq!(text(&window, Command::Mark), "K");
    assert!(window.state().model.settings.keys.is_empty());
    press(&mut window, Key::Escape);
    assert!(!window.state().model.notice.help, "now it closes the sheet");
}

#[test]
fn a_key_of_another_command_is_taken_over_only_when_that_is_said() {
    let mut window = opened(1280.0, 800.0);
    let ask = |window: &mut Window| {
        choose(window, "Next layout: L");
        press(window, Key::K);
        window.get_by_label("K is also: Mark this place");
    };
    ask(&mut window);
    look(&mut window, "keys-conflict");
    choose(&mut window, "Leave it");
    assert!(window.state().model.settings.keys.is_empty());
    ask(&mut window);
    assert!(window.get_by_label("Take it over").accesskit_node().is_focused());
    press(&mut window, Key::Enter);
    assert_eq!((text(&window, Command::NextLayout), text(&window, Command::Mark)), ("K".into(), String::new()));
    choose(&mut window, "Reset all");
    assert_eq!((text(&window, Command::NextLayout), text(&window, Command::Mark)), ("L".into(), "K".into()));
    // The same key on another page is nobody's business.
    choose(&mut window, "Upload the take: Ctrl+U");
    press(&mut window, Key::K);
    assert_eq!((text(&window, Command::Upload), text(&window, Command::Mark)), ("K".into(), "K".into()));
}

#[test]
fn while_a_key_is_asked_for_it_gives_no_command() {
    let mut window = opened(1280.0, 800.0);
    choose(&mut window, "Mark this place: K");
    let before = window.state().said.len();
    press(&mut window, Key::F11);
    let said = &window.state().said[before..];
    assert!(!said.iter().any(|message| matches!(message, Message::Command(_))), "{said:?}");
    window.get_by_label("F11 is also: Full screen");
    assert!(window.query_by_label("Keep both").is_none());
}

#[test]
fn a_search_finds_commands_by_name_and_by_key() {
    let mut window = opened(1280.0, 800.0);
    let field = window.get_by_label("Search keys");
    assert!(field.accesskit_node().is_focused());
    field.type_text("mark");
    window.run_steps(3);
    window.get_by_label("Mark this place");
    assert!(window.query_by_label("Full screen").is_none());
    look(&mut window, "keys-search");
    for _ in 0..4 {
        press(&mut window, Key::Backspace);
    }
    window.get_by_label("Search keys").type_text("page down");
    window.run_steps(3);
    window.get_by_label("Next scene");
    window.get_by_label("Search keys").type_text("zzz");
    window.run_steps(3);
    window.get_by_label_contains("No command and no key");
}

#[test]
fn what_shows_a_key_shows_the_one_in_force() {
    let mut rig = Rig::new();
    let keys = [("open-script".to_owned(), vec!["F8".to_owned()])].into();
    rig.tell(Message::Settings(Box::new(Settings { keys, ..rig.model.settings.clone() })));
    let mut window = window(rig, vec2(1280.0, 800.0), 1.0);
    window.get_by_label("Project: Why we write").click();
    window.run_steps(3);
    look(&mut window, "keys-menu");
    press(&mut window, Key::Escape);
    press(&mut window, Key::F8);
    let picks = window.state().said.iter().filter(|m| matches!(m, Message::Command(Command::OpenScript))).count();
    assert_eq!(picks, 1);
}

fn tell(window: &mut Window, message: ControlMessage) {
    window.state_mut().tell(Message::Control(message));
    window.run_steps(3);
}

fn controllers(width: f32, height: f32) -> Window {
    let mut window = opened(width, height);
    window.get_by_label("Controllers").click();
    window.run_steps(3);
    window
}

fn is_on(window: &Window, name: &str) -> bool {
    window.get_by_label(name).accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

#[test]
fn osc_is_switched_on_and_says_what_became_of_it() {
    let mut window = controllers(1280.0, 800.0);
    choose(&mut window, "Listen to OSC");
    assert_eq!(window.state().model.settings.osc_port, Some(OSC_PORT));
    let listens =
        |effect: &Effect| matches!(effect, Effect::Control(Control::Listen(setup)) if setup.osc_port == Some(OSC_PORT));
    assert!(window.state().has(listens));
    assert!(is_on(&window, "Listen to OSC"));
    tell(&mut window, ControlMessage::Osc(Osc::Listening { address: "127.0.0.1:7430".into(), taken: 1, ignored: 3 }));
    window.get_by_label("Listening at 127.0.0.1:7430");
    window.get_by_label("1 order carried out, 3 ignored");
    let problem = Problem::refused("Another program already listens on UDP port 7430.", "Choose another port.");
    tell(&mut window, ControlMessage::Osc(Osc::Failed(problem)));
    window.get_by_label_contains("Another program already listens");
    choose(&mut window, "OSC port: more");
    assert_eq!(window.state().model.settings.osc_port, Some(OSC_PORT + 1));
    choose(&mut window, "Listen to OSC");
    assert_eq!(window.state().model.settings.osc_port, None);
}

#[test]
fn a_midi_button_is_taught_by_pressing_it() {
    let mut window = controllers(1280.0, 800.0);
    choose(&mut window, "Listen to MIDI");
    let problem = Problem::missing("This system has no MIDI sequencer (/dev/snd/seq).", "Load the kernel module snd-seq.");
    tell(&mut window, ControlMessage::Midi(Midi::Failed(problem)));
    window.get_by_label_contains("no MIDI sequencer");
    look(&mut window, "controllers-problem");
    let inputs = ["nanoKONTROL2 MIDI 1", "Pedal MIDI 1"].map(|name| Input { name: name.into(), open: true });
    tell(&mut window, ControlMessage::Midi(Midi::Listening(inputs.to_vec())));
    choose(&mut window, "Teach a button");
    choose(&mut window, "Mark this place");
    window.get_by_label_contains("Press a button on your controller for “Mark this place”");
    look(&mut window, "controllers-learn");
    let trigger = MidiTrigger::Note { channel: 0, note: 36 };
    tell(&mut window, ControlMessage::Learnt(trigger));
    let action = MidiAction::Command("mark".into());
    assert_eq!(window.state().model.settings.midi_bindings, [MidiBinding { trigger, action }]);
    choose(&mut window, "Teach a button");
    choose(&mut window, "Pace, by fader or knob");
    tell(&mut window, ControlMessage::Learnt(MidiTrigger::Control { channel: 0, controller: 7 }));
    tell(&mut window, ControlMessage::Osc(Osc::Off));
    look(&mut window, "controllers");
    choose(&mut window, "Listen to Pedal MIDI 1");
    assert_eq!(window.state().model.settings.midi_muted, ["Pedal MIDI 1"]);
    choose(&mut window, "Forget Note 36, channel 1");
    assert_eq!(window.state().model.settings.midi_bindings.len(), 1);
}

/// What must be in reach at the smallest window and the largest scale.
#[test]
fn everything_can_be_reached_at_every_size() {
    for (width, height) in [(1024.0, 640.0), (512.0, 320.0), (1920.0, 1080.0)] {
        let mut window = opened(width, height);
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, vec2(width, height));
        for name in ["Keys", "Controllers", "Search keys", "Close", "Reset all"] {
            let rect = window.get_by_label(name).rect();
            assert!(screen.contains_rect(rect), "{name} at {width}×{height}: {rect:?}");
        }
        look(&mut window, &format!("keys-{width}x{height}"));
        window.get_by_label("Controllers").click();
        window.run_steps(3);
        for name in ["Listen to MIDI", "Close"] {
            let rect = window.get_by_label(name).rect();
            assert!(screen.contains_rect(rect), "{name} at {width}×{height}: {rect:?}");
        }
        look(&mut window, &format!("controllers-{width}x{height}"));
    }
}
