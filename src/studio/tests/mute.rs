//! Asking before a take is recorded without sound.

use super::*;
use crate::core::device::DeviceChoice;
use crate::core::frame::AudioFormat;
use crate::studio::devices::Port;
use crate::studio::record::mute::{Answer, Cause};
use crate::studio::record::{Message as Record, Phase};

/// What the microphone answers when it is opened.
#[derive(Clone, Copy)]
enum Mic {
    Works,
    Fails,
    /// None was chosen.
    Off,
}

/// Answers the newest opening.
fn answer_devices(model: &mut Model, effects: &[Effect], mic: Mic, now: Moment) {
    open_devices(model, effects, now);
    let session = effects.iter().find_map(|effect| match effect {
        Effect::Devices(devices::Effect::Open { session, .. }) => Some(*session),
        _ => None,
    });
    let format = AudioFormat { sample_rate: 48_000, channels: 1 };
    let opened = match mic {
        Mic::Works => Ok(Some((Device { name: "desk".into(), label: "Desk".into() }, format, false))),
        Mic::Fails => Err(Problem::missing("No microphone was found.", "Plug one in.")),
        Mic::Off => Ok(None),
    };
    if let Some(session) = session {
        update(model, Message::Devices(devices::Message::MicrophoneOpened { session, opened }), now);
    }
}

/// Presses Record and answers the devices, and lets a moment pass.
fn press(model: &mut Model, mic: Mic, secs: f64) -> Vec<Effect> {
    let effects = update(model, Message::Command(command::Command::Record), at(secs));
    answer_devices(model, &effects, mic, at(secs));
    update(model, Message::Tick, at(secs + 0.1))
}

fn answer(model: &mut Model, answer: Answer, secs: f64) {
    update(model, Message::Record(Record::Mute(answer)), at(secs));
}

fn counting(model: &Model) -> bool {
    matches!(model.record.phase, Phase::Countdown { .. })
}

fn asks(model: &Model) -> bool {
    model.record.mute.question.is_some() && model.record.phase == Phase::Idle
}

#[test]
fn a_microphone_that_fails_is_asked_about_once() {
    let mut model = studio();
    press(&mut model, Mic::Fails, 1.0);
    assert!(asks(&model));
    answer(&mut model, Answer::Record, 2.0);
    assert!(counting(&model));
    update(&mut model, Message::Command(command::Command::Stop), at(2.1));
    press(&mut model, Mic::Fails, 3.0);
    assert!(counting(&model), "the answer holds");
    update(&mut model, Message::Command(command::Command::Stop), at(3.2));
    press(&mut model, Mic::Works, 4.0);
    assert!(counting(&model));
    update(&mut model, Message::Command(command::Command::Stop), at(4.2));
    let session = 99;
    update(&mut model, Message::Devices(devices::Message::MicrophoneOpened { session, opened: Ok(None) }), at(4.3));
    model.devices.microphone = Port::Failed(Problem::missing("It is gone.", ""));
    press(&mut model, Mic::Fails, 5.0);
    assert!(asks(&model), "it worked in between");
}

#[test]
fn whoever_chose_none_is_not_asked() {
    let mut model = studio();
    model.settings.microphone = DeviceChoice::None;
    press(&mut model, Mic::Off, 1.0);
    assert!(counting(&model) && model.record.mute.question.is_none());
}

#[test]
fn no_is_no() {
    let mut model = studio();
    press(&mut model, Mic::Fails, 1.0);
    answer(&mut model, Answer::Cancel, 2.0);
    update(&mut model, Message::Tick, at(3.0));
    assert_eq!((&model.record.phase, &model.record.mute.question), (&Phase::Idle, &None));
    answer(&mut model, Answer::Record, 3.1);
    assert_eq!(model.record.phase, Phase::Idle, "an answer without a question");
    press(&mut model, Mic::Fails, 4.0);
    answer(&mut model, Answer::Choose, 5.0);
    assert_eq!((model.sheet, &model.record.mute.question), (Some(Sheet::Settings), &None));
}

#[test]
fn a_pedal_says_yes_by_recording_again() {
    let mut model = studio();
    press(&mut model, Mic::Fails, 1.0);
    update(&mut model, Message::Command(command::Command::Record), at(1.4));
    assert!(asks(&model), "pressed twice by mistake");
    update(&mut model, Message::Command(command::Command::Record), at(2.5));
    assert!(counting(&model));
}

#[test]
fn a_silent_microphone_is_asked_about_until_it_is_heard() {
    let mut model = studio();
    let effects = update(&mut model, Message::Go(Page::Record), at(0.0));
    answer_devices(&mut model, &effects, Mic::Works, at(0.1));
    update(&mut model, Message::Sound(sound::Message { silent_since: Some(at(0.1)), only: None }), at(6.0));
    assert!(model.notice.notices.is_empty(), "only a take is worth a word");
    press(&mut model, Mic::Works, 7.0);
    let cause = model.record.mute.question.as_ref().map(|question| question.cause.clone());
    assert_eq!(cause, Some(Cause::Silent("Desk".into())));
    update(&mut model, Message::Sound(sound::Message::default()), at(8.0));
    update(&mut model, Message::Tick, at(8.1));
    assert!(model.record.mute.question.is_none());
    press(&mut model, Mic::Works, 9.0);
    assert!(counting(&model));
}

#[test]
fn the_question_does_not_outlive_the_page() {
    let mut model = studio();
    press(&mut model, Mic::Fails, 1.0);
    update(&mut model, Message::Go(Page::Prepare), at(2.0));
    assert_eq!((model.page, &model.record.mute.question), (Page::Prepare, &None));
}

#[test]
fn where_nobody_can_be_asked_a_failing_microphone_refuses_the_take() {
    let mut model = studio();
    model.record.mute.unattended = true;
    press(&mut model, Mic::Fails, 1.0);
    assert_eq!((&model.record.phase, &model.record.mute.question), (&Phase::Idle, &None));
    assert_eq!(model.notice.notices[0].text, "No microphone was found.");
    update(&mut model, Message::Sound(sound::Message { silent_since: Some(at(1.0)), only: None }), at(2.0));
    press(&mut model, Mic::Works, 3.0);
    assert!(counting(&model), "what is open is recorded");
}

#[test]
fn clips_reach_the_journal() {
    let mut model = studio();
    press(&mut model, Mic::Works, 1.0);
    update(&mut model, Message::Tick, at(5.0));
    let rolling = Record::Rolling { take: TakeId("t".into()), number: 1, started: at(5.0) };
    update(&mut model, Message::Record(rolling), at(5.0));
    let health = crate::core::health::Health { clips: 2, ..Default::default() };
    let effects = update(&mut model, Message::Record(Record::Health(health)), at(6.0));
    let clipped = crate::core::journal::Event::Clipped { times: 2 };
    assert!(has(&effects, |e| matches!(e, Effect::Record(record::Effect::Journal(lines)) if lines[0].event == clipped)));
}

#[test]
fn without_a_camera_a_microphone_that_fails_leaves_nothing_to_ask_about() {
    let mut model = studio();
    update(&mut model, Message::Command(command::Command::Record), at(1.0));
    let (session, failed) = (1, Problem::missing("No microphone was found.", "Plug one in."));
    update(&mut model, Message::Devices(devices::Message::CameraOpened { session, opened: Ok(None) }), at(1.1));
    update(&mut model, Message::Devices(devices::Message::MicrophoneOpened { session, opened: Err(failed) }), at(1.1));
    update(&mut model, Message::Tick, at(1.2));
    assert_eq!((&model.record.phase, &model.record.mute.question), (&Phase::Idle, &None));
    assert_eq!(model.notice.notices[0].text, "No microphone was found.");
}
