//! Devices that are plugged in and pulled, while nothing runs and during a take.

use super::*;
use crate::core::camera_controls::{CameraControl, Shape, Values, named};
use crate::core::device::{DeviceChoice, DeviceEvent, What};
use crate::core::frame::AudioFormat;
use crate::core::journal;

const SOUND: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 2 };

fn device(name: &str) -> Device {
    Device { name: name.into(), label: format!("{name}'s label") }
}

fn tell(model: &mut Model, message: devices::Message, secs: f64) -> Vec<Effect> {
    update(model, Message::Devices(message), at(secs))
}

fn listed(model: &mut Model, cameras: &[&str], microphones: &[&str], secs: f64) -> Vec<Effect> {
    let [cameras, microphones] = [cameras, microphones].map(|names| names.iter().map(|name| device(name)).collect());
    tell(model, devices::Message::Listed { cameras, microphones }, secs)
}

/// What is opened again.
fn reopened(effects: &[Effect]) -> Vec<(What, DeviceChoice)> {
    let again = effects.iter().filter_map(|effect| match effect {
        Effect::Devices(devices::Effect::Reopen { what, choice, .. }) => Some((*what, choice.clone())),
        _ => None,
    });
    again.collect()
}

fn session(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Devices(devices::Effect::Open { session, .. }) => Some(*session),
        _ => None,
    })
}

fn named_choice(name: &str) -> DeviceChoice {
    DeviceChoice::Named(name.into())
}

/// On the Record page with these settings and real devices open.
fn open(settings: Settings) -> (Model, u64) {
    let mut model = studio();
    update(&mut model, Message::Settings(Box::new(settings)), at(0.0));
    listed(&mut model, &["cam"], &["mic"], 0.1);
    let effects = update(&mut model, Message::Go(Page::Record), at(0.2));
    let session = session(&effects).expect("entering the page opens devices");
    let camera = Ok(Some((device("cam"), video(), false)));
    tell(&mut model, devices::Message::CameraOpened { session, opened: camera }, 0.3);
    let microphone = Ok(Some((device("mic"), SOUND, false)));
    tell(&mut model, devices::Message::MicrophoneOpened { session, opened: microphone }, 0.3);
    (model, session)
}

fn rolling() -> (Model, u64) {
    let (mut model, session) = open(Settings { countdown_secs: 0, ..Settings::default() });
    update(&mut model, Message::Command(command::Command::Record), at(1.0));
    let rolling = record::Message::Rolling { take: TakeId("t".into()), number: 1, started: at(1.1) };
    update(&mut model, Message::Record(rolling), at(1.1));
    assert!(model.record.rolling().is_some());
    (model, session)
}

fn lose(model: &mut Model, session: u64, name: &str, secs: f64) -> Vec<Effect> {
    let event = DeviceEvent::Lost { device: format!("{name}'s label"), detail: "it was unplugged".into() };
    tell(model, devices::Message::Event { session, event }, secs)
}

/// Whether it stands on the screen that something is gone.
fn said_gone(model: &Model) -> bool {
    model.notice.notices.iter().any(|notice| notice.text.contains("is gone"))
}

fn absent() -> Problem {
    Problem::missing("The camera is not plugged in.", "Plug it in.")
}

fn journalled(effects: &[Effect], wanted: impl Fn(&journal::Event) -> bool) -> bool {
    has(
        effects,
        |effect| matches!(effect, Effect::Record(record::Effect::Journal(entries)) if entries.iter().any(|entry| wanted(&entry.event))),
    )
}

#[test]
fn the_studio_watches_what_is_plugged_in_from_its_start() {
    let effects = start(&mut Model::default(), Settings::default(), at(0.0));
    assert!(effects.contains(&Effect::Devices(devices::Effect::Watch)));
}

#[test]
fn a_camera_that_returns_during_a_take_is_recorded_on() {
    let (mut model, session) = rolling();
    let effects = lose(&mut model, session, "cam", 5.0);
    assert!(journalled(&effects, |event| matches!(event, journal::Event::DeviceLost { .. })));
    assert!(model.record.rolling().unwrap().lost.is_some(), "the microphone is left, so the take goes on");
    assert!(said_gone(&model));
    // It is looked for, by its own name although the choice was automatic; the first try comes too early.
    let effects = update(&mut model, Message::Tick, at(6.1));
    assert_eq!(reopened(&effects), [(What::Camera, named_choice("cam"))]);
    tell(&mut model, devices::Message::CameraReopened { session, opened: Err(absent()) }, 6.2);
    assert!(matches!(&model.devices.camera, devices::Port::Failed(problem) if problem.what.contains("is gone")));
    assert_eq!(reopened(&update(&mut model, Message::Tick, at(6.3))), []);
    // Plugged in again.
    listed(&mut model, &["cam"], &["mic"], 6.5);
    assert_eq!(reopened(&update(&mut model, Message::Tick, at(6.5))).len(), 1);
    let opened = Ok(Some((device("cam"), video(), false)));
    let effects = tell(&mut model, devices::Message::CameraReopened { session, opened }, 7.0);
    assert!(journalled(&effects, |event| *event == journal::Event::DeviceBack { device: "cam's label".into() }));
    assert!(matches!(model.devices.camera, devices::Port::Open { .. }));
    assert_eq!(model.record.rolling().unwrap().lost, None);
    assert_eq!(model.devices.next_try(), None);
    assert!(model.notice.notices.iter().any(|notice| notice.text.contains("cam's label")), "it is said");
    assert!(!said_gone(&model), "and no longer that it is gone");
}

#[test]
fn a_microphone_is_looked_for_as_well_and_not_the_camera() {
    let (mut model, session) = rolling();
    lose(&mut model, session, "mic", 5.0);
    let effects = update(&mut model, Message::Tick, at(6.1));
    assert_eq!(reopened(&effects), [(What::Microphone, named_choice("mic"))]);
    let opened = Ok(Some((device("mic"), SOUND, false)));
    let effects = tell(&mut model, devices::Message::MicrophoneReopened { session, opened }, 6.5);
    assert!(journalled(&effects, |event| matches!(event, journal::Event::DeviceBack { .. })));
}

#[test]
fn an_answer_of_an_earlier_opening_is_refused() {
    let (mut model, session) = open(Settings::default());
    lose(&mut model, session, "cam", 5.0);
    update(&mut model, Message::Tick, at(6.1));
    update(&mut model, Message::Go(Page::Prepare), at(6.2));
    let opened = Ok(Some((device("cam"), video(), false)));
    tell(&mut model, devices::Message::CameraReopened { session, opened }, 6.5);
    assert_eq!(model.devices.camera, devices::Port::Closed);
    assert_eq!(reopened(&update(&mut model, Message::Tick, at(60.0))), [], "nothing is looked for on other pages");
}

#[test]
fn a_chosen_camera_that_was_not_there_is_opened_when_it_comes() {
    let mut model = studio();
    let settings = Settings { camera: named_choice("chosen"), ..Settings::default() };
    update(&mut model, Message::Settings(Box::new(settings)), at(0.0));
    let effects = update(&mut model, Message::Go(Page::Record), at(0.2));
    let session = session(&effects).unwrap();
    tell(&mut model, devices::Message::CameraOpened { session, opened: Err(absent()) }, 0.3);
    tell(&mut model, devices::Message::MicrophoneOpened { session, opened: Ok(None) }, 0.3);
    assert_eq!(reopened(&listed(&mut model, &["other"], &[], 1.0)), [], "another one is not what was chosen");
    let effects = listed(&mut model, &["other", "chosen"], &[], 2.0);
    assert_eq!(reopened(&effects), [(What::Camera, named_choice("chosen"))]);
}

#[test]
fn automatic_choice_takes_a_camera_that_comes_instead_of_the_synthetic_pair() {
    let mut model = studio();
    let effects = update(&mut model, Message::Go(Page::Record), at(0.2));
    let first = session(&effects).unwrap();
    let camera = Ok(Some((device("synthetic"), video(), true)));
    tell(&mut model, devices::Message::CameraOpened { session: first, opened: camera }, 0.3);
    let microphone = Ok(Some((device("synthetic"), SOUND, true)));
    tell(&mut model, devices::Message::MicrophoneOpened { session: first, opened: microphone }, 0.3);
    let effects = listed(&mut model, &["cam"], &[], 1.0);
    assert!(session(&effects).is_some_and(|second| second != first), "both are opened anew: {effects:?}");
    // One that could not be opened is not tried again for being listed again.
    let second = session(&effects).unwrap();
    let camera = Ok(Some((device("synthetic"), video(), true)));
    tell(&mut model, devices::Message::CameraOpened { session: second, opened: camera }, 1.3);
    assert_eq!(session(&listed(&mut model, &["cam"], &[], 2.0)), None);
}

#[test]
fn a_running_take_keeps_the_devices_it_has() {
    let (mut model, _) = rolling();
    let effects = listed(&mut model, &["cam", "new"], &["mic", "new mic"], 3.0);
    assert_eq!((reopened(&effects), session(&effects)), (Vec::new(), None));
}

fn gain(value: i64) -> CameraControl {
    let shape = Shape::Number { low: 0, high: 100, step: 5 };
    CameraControl { known: named("gain").unwrap(), shape, value, default: 50, idle: false }
}

fn controls(model: &mut Model, message: devices::controls::Message, secs: f64) -> Vec<Effect> {
    tell(model, devices::Message::Controls(message), secs)
}

fn orders(effects: &[Effect]) -> Vec<(String, devices::controls::Order)> {
    let orders = effects.iter().filter_map(|effect| match effect {
        Effect::Devices(devices::Effect::Controls { camera, order }) => Some((camera.clone(), order.clone())),
        _ => None,
    });
    orders.collect()
}

#[test]
fn what_is_set_on_a_camera_is_remembered_for_it_and_set_again() {
    use devices::controls::{Message as C, Order};
    let (mut model, opening) = open(Settings::default());
    controls(&mut model, C::Listed { camera: "cam".into(), controls: vec![gain(50)] }, 1.0);
    let effects = controls(&mut model, C::Set { known: named("gain").unwrap(), value: 22 }, 1.1);
    let set = || Order::Set(Values::from([("gain".to_owned(), 20)]));
    assert_eq!(orders(&effects), [("cam".to_owned(), set())]);
    assert_eq!(model.settings.camera_controls["cam"]["gain"], 20);
    assert!(has(&effects, |effect| matches!(effect, Effect::SaveSettings(_))));
    assert_eq!(session(&effects), None, "the camera goes on");
    // An answer that is older than what the person did since.
    controls(&mut model, C::Listed { camera: "cam".into(), controls: vec![gain(50)] }, 1.2);
    assert_eq!(model.devices.controls.controls[0].value, 20);
    // Pulled and plugged in again.
    lose(&mut model, opening, "cam", 5.0);
    assert!(model.devices.controls.controls.is_empty());
    let opened = Ok(Some((device("cam"), video(), false)));
    let effects = tell(&mut model, devices::Message::CameraReopened { session: opening, opened }, 6.0);
    assert_eq!(orders(&effects), [("cam".to_owned(), set())]);
    let effects = controls(&mut model, C::Reset, 7.0);
    assert_eq!(orders(&effects), [("cam".to_owned(), Order::Reset)]);
    assert!(!model.settings.camera_controls.contains_key("cam"));
}

#[test]
fn a_value_that_is_refused_is_said_and_forgotten() {
    use devices::controls::Message as C;
    let remembered = [("cam".to_owned(), Values::from([("gain".to_owned(), 20)]))].into();
    let (mut model, _) = open(Settings { camera_controls: remembered, ..Settings::default() });
    let problem = Problem::missing("The camera “cam” did not take “Gain”: it has no such control any more.", "It goes on.");
    controls(&mut model, C::Refused { camera: "cam".into(), known: named("gain").unwrap(), problem }, 1.0);
    assert!(model.settings.camera_controls["cam"].is_empty());
    assert!(model.notice.notices.iter().any(|notice| notice.text.contains("“Gain”")));
    // A camera whose control has gone meanwhile.
    controls(&mut model, C::Listed { camera: "cam".into(), controls: Vec::new() }, 1.1);
    assert_eq!(orders(&controls(&mut model, C::Set { known: named("gain").unwrap(), value: 1 }, 1.2)), []);
    controls(&mut model, C::Listed { camera: "another".into(), controls: vec![gain(1)] }, 1.3);
    assert!(model.devices.controls.controls.is_empty(), "an answer about a camera that is not open");
}

#[test]
fn what_is_opened_anew_is_no_longer_said_to_be_gone() {
    let (mut model, session) = open(Settings::default());
    lose(&mut model, session, "mic", 1.0);
    assert!(said_gone(&model));
    assert!(has(&tell(&mut model, devices::Message::Open, 2.0), |effect| matches!(effect, Effect::Devices(_))));
    assert!(!said_gone(&model));
}
