//! The microphone on the Record page: its meter, silence, and the question before a mute take.

use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::health::Health;
use onetake::core::levels::Levels;
use onetake::core::loudness::{self, Side};
use onetake::core::problem::Problem;
use onetake::studio::command::Command;
use onetake::studio::record::Phase;
use onetake::studio::sound::Message as Sound;
use onetake::studio::{Message, Page, devices, record};

use super::rig::{Rig, look, window};
use super::{Window, click, health, heard, open_devices, ready, roll, session, small};

#[test]
fn the_meter_falls_slowly_and_remembers_that_it_clipped() {
    let rig = ready();
    rig.screen.feeds.levels.publish(heard(0.0, -6.0, 2));
    let mut window = small(rig);
    let clipped = "Microphone: peak 0 decibels, loudness −19, clipped twice";
    window.get_by_label(clipped);
    look(&mut window, "record-clipped");
    // The peak stands for a moment, then falls.
    window.state_mut().wait(1.0);
    window.run_steps(2);
    window.get_by_label(clipped);
    window.state_mut().wait(1.0);
    window.run_steps(2);
    window.get_by_label("Microphone: peak −12 decibels, loudness −19, clipped twice").click();
    window.run_steps(2);
    window.get_by_label("Microphone: peak −12 decibels, loudness −19");
}

#[test]
fn the_lamp_of_the_meter_goes_out_with_the_next_take() {
    let mut rig = ready();
    rig.screen.feeds.levels.publish(heard(-3.0, -9.0, 1));
    roll(&mut rig, 2.0);
    let mut window = small(rig);
    window.get_by_label("Microphone: peak −3 decibels, loudness −19");
    window.state_mut().screen.feeds.levels.publish(heard(-1.0, -9.0, 4));
    window.run_steps(2);
    window.get_by_label("Microphone: peak −1 decibels, loudness −19, clipped 3 times");
    let clipped = Health { clips: 3, ..health(2.0) };
    window.state_mut().tell(Message::Record(record::Message::Health(clipped)));
    window.run_steps(2);
    window.get_by_label("clipped 3×");
}

#[test]
fn two_channels_have_two_bars_and_one_that_is_dead_is_named() {
    let mut rig = ready();
    let dead = Levels::default();
    let lone = loudness::Heard { channels: [heard(-11.0, -18.0, 0).channels[0], dead], stereo: true, ..heard(-11.0, -18.0, 0) };
    rig.screen.feeds.levels.publish(lone);
    rig.tell(Message::Sound(Sound { silent_since: None, only: Some(Side::Left) }));
    let mut window = window(rig, vec2(1280.0, 800.0), 1.0);
    window.get_by_label("Sound on the left only");
    look(&mut window, "record-one-side");
}

#[test]
fn silence_while_a_take_runs_is_said() {
    let mut rig = ready();
    roll(&mut rig, 12.0);
    let since = rig.now;
    rig.wait(5.0);
    rig.tell(Message::Sound(Sound { silent_since: Some(since), only: None }));
    let mut window = small(rig);
    window.get_by_label("No sound for 5 s");
    window.get_by_label(
        "The microphone gives no sound. Look whether the microphone is switched off or unplugged. The take goes on.",
    );
    look(&mut window, "record-silent");
    window.state_mut().tell(Message::Sound(Sound::default()));
    window.run_steps(2);
    window.get_by_label("Desk microphone");
    assert!(window.query_by_label_contains("No sound for").is_none());
}

/// A page whose microphone does not open.
fn without_microphone() -> Rig {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    refuse_microphone(&mut rig);
    rig
}

/// Answers the newest opening: the camera is there, the microphone is not.
fn refuse_microphone(rig: &mut Rig) {
    open_devices(rig);
    let session = session(rig).unwrap();
    let opened = Err(Problem::missing("No microphone was found.", "Plug one in."));
    rig.tell(Message::Devices(devices::Message::MicrophoneOpened { session, opened }));
}

/// The question, with Record pressed and the devices opened again in vain.
fn asked() -> Window {
    let mut rig = without_microphone();
    rig.tell(Message::Command(Command::Record));
    refuse_microphone(&mut rig);
    let mut window = small(rig);
    window.run_steps(2);
    window.get_by_label("Record without sound?");
    window
}

#[test]
fn a_take_without_sound_is_asked_about_and_enter_means_yes() {
    let mut window = asked();
    window.get_by_label("No microphone was found.");
    look(&mut window, "record-mute-question");
    assert_eq!(window.state().model.record.phase, Phase::Idle);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    assert!(window.query_by_label("Record without sound?").is_none());
    assert!(matches!(window.state().model.record.phase, Phase::Countdown { .. }), "{:?}", window.state().model.record.phase);
}

#[test]
fn escape_calls_it_off_and_the_settings_are_one_click_away() {
    let mut window = asked();
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.query_by_label("Record without sound?").is_none());
    assert_eq!(window.state().model.record.phase, Phase::Idle);
    let mut window = asked();
    click(&mut window, "Choose microphone…");
    window.get_by_label("Look for devices again");
    assert!(window.query_by_label("Record without sound?").is_none());
}

#[test]
fn tab_leads_from_answer_to_answer() {
    let mut window = asked();
    window.key_press(egui::Key::Tab);
    window.run_steps(2);
    window.key_press(egui::Key::Tab);
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    assert!(window.query_by_label("Record without sound?").is_none());
    assert_eq!(window.state().model.record.phase, Phase::Idle, "the third one is Cancel");
}

#[test]
fn a_microphone_that_is_open_and_silent_is_asked_about_too() {
    let mut rig = ready();
    let since = rig.now;
    rig.wait(6.0);
    rig.tell(Message::Sound(Sound { silent_since: Some(since), only: None }));
    rig.tell(Message::Command(Command::Record));
    let mut window = window(rig, vec2(1280.0, 800.0), 1.0);
    window.get_by_label("“Desk microphone” is open, but gives no sound. It may be switched off.");
    look(&mut window, "record-silent-question");
    // Switched on: nothing is left to ask.
    window.state_mut().tell(Message::Sound(Sound::default()));
    window.run_steps(3);
    assert!(window.query_by_label("Record without sound?").is_none());
}
