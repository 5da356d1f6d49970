//! The studio driven by messages alone: what it asks for, and what must hold after anything.

mod mute;
mod pausing;
mod plugging;
mod reading;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::core::device::Device;
use crate::core::frame::{Matrix, Pixels, VideoFormat};
use crate::core::project::Project;
use crate::core::prompter::{Laid, Row};
use crate::core::take::TakeId;
use crate::core::time::Rate;

const SCRIPT: &str = "## One\n\nFirst words of the first scene.\n\n## Two\n\n> seconds: 4\n\nSecond scene speaks here.\n";

fn project() -> Project {
    Project { id: "p".into(), title: "P".into(), folder: "/p".into() }
}

fn at(secs: f64) -> Moment {
    Moment(0).plus_secs(secs)
}

/// A studio with the script open and laid out, one row a scene.
fn studio() -> Model {
    let mut model = Model::default();
    start(&mut model, Settings::default(), at(0.0));
    let effects = update(&mut model, Message::Prepare(prepare::Message::Opened(Ok((project(), SCRIPT.into())))), at(0.0));
    let revision = effects.iter().find_map(|effect| match effect {
        Effect::Prompter(prompter::Effect::LayOut { sheet, .. }) => Some(sheet.revision),
        _ => None,
    });
    lay_out(&mut model, revision.expect("opening a script asks for its layout"), at(0.0));
    model
}

fn lay_out(model: &mut Model, revision: u64, now: Moment) {
    let rows = (0..model.prepare.script.scenes.len()).map(|scene| Row {
        top: scene as f64 * 2.0,
        height: 1.4,
        scene,
        line: 0,
        last_line: 0,
        spoken: true,
    });
    let laid =
        Laid { rows: rows.collect(), height: 2.0 * model.prepare.script.scenes.len() as f64, revision, ..Laid::default() };
    update(model, Message::Prompter(prompter::Message::LaidOut(Arc::new(laid))), now);
}

fn video() -> VideoFormat {
    VideoFormat {
        width: 1280,
        height: 720,
        rate: Rate::whole(30),
        pixels: Pixels::Nv12,
        matrix: Matrix::Bt709,
        full_range: false,
    }
}

/// Answers the devices as an adapter would.
fn open_devices(model: &mut Model, effects: &[Effect], now: Moment) -> Vec<Effect> {
    let session = effects.iter().find_map(|effect| match effect {
        Effect::Devices(devices::Effect::Open { session, .. }) => Some(*session),
        _ => None,
    });
    let Some(session) = session else { return Vec::new() };
    let device = Device { name: "synthetic".into(), label: "Synthetic camera".into() };
    let opened = Ok(Some((device, video(), true)));
    let mut out = update(model, Message::Devices(devices::Message::CameraOpened { session, opened }), now);
    out.extend(update(model, Message::Devices(devices::Message::MicrophoneOpened { session, opened: Ok(None) }), now));
    out
}

fn has(effects: &[Effect], wanted: impl Fn(&Effect) -> bool) -> bool {
    effects.iter().any(wanted)
}

#[test]
fn one_click_leads_to_a_take_and_its_review() {
    let mut model = studio();
    let effects = update(&mut model, Message::Command(command::Command::Record), at(1.0));
    assert_eq!((model.page, &model.record.phase), (Page::Record, &record::Phase::Waiting));
    open_devices(&mut model, &effects, at(1.1));
    update(&mut model, Message::Tick, at(1.2));
    assert!(matches!(model.record.phase, record::Phase::Countdown { .. }));
    assert!(update(&mut model, Message::Tick, at(4.1)).is_empty(), "nothing starts before the countdown is over");
    let effects = update(&mut model, Message::Tick, at(4.3));
    assert!(has(&effects, |e| matches!(e, Effect::Record(record::Effect::Start(plan)) if plan.script == SCRIPT)));
    let rolling = record::Message::Rolling { take: TakeId("t".into()), number: 1, started: at(4.4) };
    update(&mut model, Message::Record(rolling), at(4.4));
    assert!(model.prompter.course.running(), "the prompter starts with the take");
    let effects = update(&mut model, Message::Tick, at(4.5));
    assert!(has(&effects, |e| matches!(e, Effect::Record(record::Effect::Journal(entries)) if entries.len() == 3)));
    update(&mut model, Message::Go(Page::Prepare), at(5.0));
    assert_eq!(model.page, Page::Record, "a running take holds its page");
    let effects = update(&mut model, Message::Command(command::Command::Stop), at(9.0));
    assert!(has(&effects, |e| *e == Effect::Record(record::Effect::Stop)));
    let take = crate::core::take::Take {
        id: TakeId("t".into()),
        project: "p".into(),
        number: 1,
        title: "T".into(),
        folder: "/t".into(),
        media: "/t/take.mkv".into(),
        started_at: String::new(),
        state: crate::core::take::TakeState::Finished,
        nanos: 4_600_000_000,
        frames: 138,
        dropped: 0,
        width: 1280,
        height: 720,
        rate: Rate::whole(30),
        bytes: 1,
        scenes: Vec::new(),
        spans: Vec::new(),
        screen: None,
    };
    let effects = update(&mut model, Message::Record(record::Message::Finished(Ok(Box::new(take)))), at(9.1));
    assert_eq!(model.page, Page::Review);
    assert!(has(&effects, |e| matches!(e, Effect::Review(review::Effect::Open { play: true, .. }))));
    assert!(has(&effects, |e| *e == Effect::Devices(devices::Effect::Close)), "the camera is let go");
}

#[test]
fn a_countdown_can_be_called_off() {
    let mut model = studio();
    let effects = update(&mut model, Message::Command(command::Command::Record), at(0.0));
    open_devices(&mut model, &effects, at(0.1));
    update(&mut model, Message::Tick, at(0.2));
    update(&mut model, Message::Command(command::Command::Stop), at(1.0));
    assert_eq!(model.record.phase, record::Phase::Idle);
    // Nothing but what goes on beside takes.
    let after = update(&mut model, Message::Tick, at(9.0));
    assert!(after.iter().all(|effect| matches!(effect, Effect::Machine(_) | Effect::Disk(_) | Effect::Import(_))), "{after:?}");
}

#[test]
fn a_camera_that_fails_says_so_and_records_nothing() {
    let mut model = studio();
    update(&mut model, Message::Command(command::Command::Record), at(0.0));
    let problem = Problem::missing("No camera.", "Plug one in.");
    let session = 1;
    update(&mut model, Message::Devices(devices::Message::CameraOpened { session, opened: Err(problem) }), at(0.1));
    update(&mut model, Message::Devices(devices::Message::MicrophoneOpened { session, opened: Ok(None) }), at(0.1));
    let effects = update(&mut model, Message::Tick, at(0.2));
    assert_eq!(model.record.phase, record::Phase::Idle);
    assert!(!has(&effects, |e| matches!(e, Effect::Record(_))));
    assert_eq!(model.notice.notices[0].text, "No camera.");
}

#[test]
fn late_answers_of_an_earlier_session_are_refused() {
    let mut model = studio();
    update(&mut model, Message::Go(Page::Record), at(0.0));
    update(&mut model, Message::Go(Page::Prepare), at(0.1));
    let device = Device { name: "x".into(), label: "x".into() };
    let opened = Ok(Some((device, video(), false)));
    update(&mut model, Message::Devices(devices::Message::CameraOpened { session: 1, opened }), at(0.2));
    assert_eq!(model.devices.camera, devices::Port::Closed);
}

#[test]
fn edits_are_saved_after_a_pause_and_can_be_undone() {
    let mut model = studio();
    let edited = SCRIPT.replace("First", "Fresh");
    update(&mut model, Message::Prepare(prepare::Message::Edited(edited.clone())), at(1.0));
    assert!(!has(&update(&mut model, Message::Tick, at(1.5)), |e| matches!(e, Effect::Prepare(prepare::Effect::Save { .. }))));
    let effects = update(&mut model, Message::Tick, at(2.1));
    assert!(has(&effects, |e| matches!(e, Effect::Prepare(prepare::Effect::Save { text, .. }) if *text == edited)));
    let revision = model.prepare.revision;
    update(&mut model, Message::Prepare(prepare::Message::Saved { revision, result: Ok(()) }), at(2.2));
    assert_eq!(model.prepare.saved, prepare::Saved::Clean);
    update(&mut model, Message::Command(command::Command::Undo), at(3.0));
    assert_eq!(model.prepare.script.source(), SCRIPT);
    update(&mut model, Message::Command(command::Command::Redo), at(3.1));
    assert_eq!(model.prepare.script.source(), edited);
}

#[test]
fn every_command_is_listed_once_and_no_key_means_two_things() {
    let mut seen = std::collections::HashSet::new();
    for entry in command::COMMANDS {
        assert!(seen.insert(entry.command), "{:?} is listed twice", entry.command);
        assert!(!entry.label.is_empty());
    }
    for page in Page::ALL {
        let mut keys = std::collections::HashMap::new();
        for entry in command::COMMANDS.iter().filter(|e| e.pages.is_empty() || e.pages.contains(&page)) {
            for key in entry.keys {
                let other = keys.insert(*key, entry.command);
                assert_eq!(other, None, "{key} on {}", page.name());
            }
        }
    }
}

fn messages() -> impl Strategy<Value = Message> {
    let command = (0..command::COMMANDS.len()).prop_map(|i| Message::Command(command::COMMANDS[i].command));
    let scene = 0..4usize;
    prop_oneof![
        4 => command,
        4 => Just(Message::Tick),
        1 => prop_oneof![Just(Page::Prepare), Just(Page::Record), Just(Page::Review)].prop_map(Message::Go),
        1 => "[a-z#>: \\n\\[\\]]{0,60}".prop_map(|text| Message::Prepare(prepare::Message::Edited(text))),
        1 => (scene.clone(), scene.clone()).prop_map(|(from, to)| Message::Prepare(prepare::Message::MoveScene { from, to })),
        1 => scene.clone().prop_map(|s| Message::Prepare(prepare::Message::RemoveScene(s))),
        1 => Just(Message::Prepare(prepare::Message::AddScene)),
        1 => scene.clone().prop_map(|s| Message::Prepare(prepare::Message::GivePicture { scene: s, path: "/x.png".into() })),
        1 => (scene.clone()).prop_map(|s| Message::Prepare(prepare::Message::PictureGiven { scene: s, result: Ok("pictures/x.png".into()) })),
        1 => scene.prop_map(|s| Message::Prompter(prompter::Message::GoToScene(s))),
        1 => Just(Message::Record(record::Message::Rolling { take: TakeId("t".into()), number: 1, started: at(0.0) })),
        1 => Just(Message::Record(record::Message::Refused(Problem::cancelled()))),
    ]
}

proptest! {
    /// Any order of messages leaves a studio that makes sense, and its text is never lost without an undo step.
    #[test]
    fn invariants_hold_after_anything(messages in proptest::collection::vec((messages(), 0.0..2.0f64), 1..60)) {
        let mut model = studio();
        let mut now = 1.0;
        for (message, wait) in messages {
            now += wait;
            let had_text = !model.prompter.laid.rows.is_empty();
            for effect in update(&mut model, message, at(now)) {
                match effect {
                    Effect::Prompter(prompter::Effect::LayOut { sheet, .. }) => lay_out(&mut model, sheet.revision, at(now)),
                    Effect::Devices(open @ devices::Effect::Open { .. }) => {
                        open_devices(&mut model, &[Effect::Devices(open)], at(now));
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(model.prepare.tiles.len(), model.prepare.script.scenes.len());
            prop_assert!(model.prepare.selected < model.prepare.script.scenes.len().max(1));
            prop_assert!(model.page == Page::Record || model.busy().is_none());
            prop_assert!(!(model.record.busy() && model.rehearse.busy()));
            prop_assert!(model.busy().is_none() || !had_text || !model.prompter.laid.rows.is_empty());
            prop_assert!(model.page == Page::Record || !model.prompter.course.running());
            let position = model.prompter.course.position(at(now));
            prop_assert!(position.is_finite());
            prop_assert!(model.notice.notices.len() <= 4);
        }
    }
}

/// A studio whose take has begun, without a microphone; the first frame has come when `rolling`.
fn recording(rolling: bool) -> (Model, u64) {
    let mut model = studio();
    let effects = update(&mut model, Message::Command(command::Command::Record), at(1.0));
    let session = effects.iter().find_map(|effect| match effect {
        Effect::Devices(devices::Effect::Open { session, .. }) => Some(*session),
        _ => None,
    });
    open_devices(&mut model, &effects, at(1.1));
    update(&mut model, Message::Tick, at(1.2));
    update(&mut model, Message::Tick, at(6.0));
    assert_eq!(model.record.phase, record::Phase::Starting);
    if rolling {
        let rolling = record::Message::Rolling { take: TakeId("t".into()), number: 1, started: at(6.1) };
        update(&mut model, Message::Record(rolling), at(6.1));
    }
    (model, session.expect("recording opens the devices"))
}

#[test]
fn a_camera_that_vanishes_leaves_no_take_waiting_for_its_frames() {
    for rolling in [false, true] {
        let (mut model, session) = recording(rolling);
        let event = crate::core::device::DeviceEvent::Lost { device: "synthetic".into(), detail: "unplugged".into() };
        let effects = update(&mut model, Message::Devices(devices::Message::Event { session, event }), at(7.0));
        assert!(has(&effects, |e| *e == Effect::Record(record::Effect::Stop)), "rolling {rolling}: {effects:?}");
        assert_eq!(model.record.phase, record::Phase::Stopping);
    }
}

#[test]
fn a_script_that_cannot_be_saved_is_given_up_only_when_asked_twice() {
    let mut model = studio();
    let edit = |model: &mut Model, text: &str| update(model, Message::Prepare(prepare::Message::Edited(text.into())), at(1.0));
    edit(&mut model, "## Kept\n\nWords that must not go.\n");
    let revision = model.prepare.revision;
    update(&mut model, Message::Prepare(prepare::Message::SaveNow), at(1.1));
    let result = Err(Problem::disk("The disk is full.", "Free some space."));
    update(&mut model, Message::Prepare(prepare::Message::Saved { revision, result }), at(1.2));
    let other = || Message::Prepare(prepare::Message::Opened(Ok((project(), "## Other\n".into()))));
    update(&mut model, other(), at(2.0));
    assert!(model.prepare.script.source().contains("must not go"));
    update(&mut model, other(), at(3.0));
    assert!(model.prepare.script.source().contains("Other"));
    // What was typed while another script was being read is saved before it goes.
    edit(&mut model, "## Typed\n\nIn between.\n");
    let effects = update(&mut model, other(), at(4.0));
    assert!(has(&effects, |e| matches!(e, Effect::Prepare(prepare::Effect::Save { text, .. }) if text.contains("In between"))));
}
