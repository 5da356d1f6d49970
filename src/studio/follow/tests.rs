//! The studio led by a voice: what it asks of the recogniser, and where the prompter goes.

use std::sync::Arc;

use super::super::command::Command;
use super::super::{Effect as Do, Model, Page, start, update};
use super::*;
use crate::core::device::Device;
use crate::core::follow::HeardWord;
use crate::core::frame::AudioFormat;
use crate::core::project::Project;
use crate::core::prompter::{Laid, Row};

const SCRIPT: &str = "## One\n\nEvery story starts with a quiet room.\n\n## Two\n\nNobody asked me for this question.\n\n## Three\n\nPaper turns yellow and files get lost.\n\n## Four\n\nSit down and open the window.\n";

fn at(secs: f64) -> Moment {
    Moment(0).plus_secs(secs)
}

fn send(model: &mut Model, message: super::super::Message, secs: f64) -> Vec<Do> {
    update(model, message, at(secs))
}

/// On the Record page with a script of four rows, two ems each, and a microphone.
fn studio(script: &str) -> Model {
    let mut model = Model::default();
    start(&mut model, Settings::default(), at(0.0));
    let project = Project { id: "p".into(), title: "P".into(), folder: "/p".into() };
    let effects = send(&mut model, super::super::Message::Prepare(prepare::Message::Opened(Ok((project, script.into())))), 0.0);
    let revision = effects.iter().find_map(|effect| match effect {
        Do::Prompter(prompter::Effect::LayOut { sheet, .. }) => Some(sheet.revision),
        _ => None,
    });
    let row = |scene: usize| Row { top: scene as f64 * 2.0, height: 2.0, scene, line: 0, last_line: 0, spoken: true };
    let laid = Laid { rows: (0..4).map(row).collect(), height: 8.0, revision: revision.unwrap(), ..Laid::default() };
    send(&mut model, super::super::Message::Prompter(prompter::Message::LaidOut(Arc::new(laid))), 0.0);
    send(&mut model, super::super::Message::Go(Page::Record), 0.0);
    microphone(&mut model, Ok(Some((device(), AudioFormat { sample_rate: 48_000, channels: 1 }, false))));
    model
}

fn device() -> Device {
    Device { name: "m".into(), label: "M".into() }
}

fn microphone(model: &mut Model, opened: devices::Opened<AudioFormat>) {
    let message = devices::Message::MicrophoneOpened { session: 1, opened };
    send(model, super::super::Message::Devices(message), 0.0);
}

fn toggle(model: &mut Model, secs: f64) -> Vec<Do> {
    send(model, super::super::Message::Command(Command::FollowVoice), secs)
}

/// Tells it the first `words` of a text as heard so far, each 0.4 s long, ending at `secs`.
fn hear(model: &mut Model, text: &str, secs: f64) -> Vec<Do> {
    let count = text.split_whitespace().count();
    let from = secs - 0.4 * count as f64;
    let word = |(i, text): (usize, &str)| {
        let start = from + 0.4 * i as f64;
        HeardWord { text: text.to_lowercase(), start, end: start + 0.4 }
    };
    let words = text.split_whitespace().enumerate().map(word).collect();
    let heard = Heard { at: secs, utterance: secs as u64, words };
    let session = model.follow.session;
    send(model, super::super::Message::Follow(Message::Heard { session, heard, at: at(secs) }), secs)
}

#[test]
fn it_listens_for_the_script_and_goes_where_the_voice_is() {
    let mut model = studio(SCRIPT);
    let effects = toggle(&mut model, 1.0);
    let started = effects.iter().find_map(|effect| match effect {
        Do::Follow(Effect::Start { window, .. }) => Some(window.clone()),
        _ => None,
    });
    assert_eq!(started.unwrap().sentences[3], ["sit", "down", "and", "open", "the", "window"]);
    hear(&mut model, "every story starts with", 3.0);
    assert_eq!(model.prompter.course.position(at(4.0)), 1.0, "a prompter that stands is left alone");
    send(&mut model, super::super::Message::Command(Command::TogglePrompter), 4.0);
    assert_eq!(model.prompter.course.position(at(9.0)), 1.0, "it waits for the first word");
    hear(&mut model, "every story starts with a quiet room", 12.0);
    hear(&mut model, "nobody asked me for", 14.0);
    let position = model.prompter.course.position(at(15.0));
    assert!((3.0..5.0).contains(&position), "in the second row: {position}");
    // Nothing more is said, nor heard: it rests.
    assert!(model.prompter.course.at_rest(at(20.0)) && model.prompter.course.running());
    assert!(model.follow.confidence().is_some_and(|sure| sure > 0.3));
    let effects = toggle(&mut model, 21.0);
    assert!(effects.contains(&Do::Follow(Effect::Stop)));
    assert!(model.prompter.course.velocity(at(22.0)) > 0.0, "the prompter goes on at its own pace");
}

#[test]
fn what_is_missing_is_said() {
    let mut model = studio(SCRIPT);
    microphone(&mut model, Ok(None));
    toggle(&mut model, 1.0);
    assert!(model.follow.on.is_none() && model.notice.notices[0].text.contains("microphone"));
    let mut model = studio(SCRIPT);
    microphone(&mut model, Err(Problem::missing("The microphone is gone.", "Plug it in.")));
    toggle(&mut model, 1.0);
    assert!(model.notice.notices[0].text.contains("gone"));
    let mut model = studio(&format!("---\nlanguage: de\n---\n\n{SCRIPT}"));
    toggle(&mut model, 1.0);
    assert!(model.follow.on.is_none() && model.notice.notices[0].text.contains("“de”"));
    let mut model = studio("## Empty\n");
    toggle(&mut model, 1.0);
    assert!(model.follow.on.is_none() && model.notice.notices[0].text.contains("no words"));
    // A recogniser that is not installed: once, and off.
    let mut model = studio(SCRIPT);
    toggle(&mut model, 1.0);
    let (session, problem) = (model.follow.session, Problem::missing("No recogniser.", "Install it."));
    let effects = send(&mut model, super::super::Message::Follow(Message::Failed { session, problem }), 2.0);
    assert!(model.follow.on.is_none() && effects.contains(&Do::Follow(Effect::Stop)));
    assert_eq!(model.notice.notices[0].text, "No recogniser.");
}

#[test]
fn a_voice_that_can_not_be_made_out_leaves_the_prompter_its_pace_until_it_can() {
    let mut model = studio(SCRIPT);
    toggle(&mut model, 0.0);
    send(&mut model, super::super::Message::Command(Command::TogglePrompter), 0.5);
    hear(&mut model, "every story starts", 2.0);
    let mut secs = 2.0;
    let on = |model: &Model| model.follow.on.clone().unwrap();
    while secs < 30.0 && !on(&model).steady {
        secs += 1.0;
        hear(&mut model, "football coffee people anyway okay", secs);
        let waits = model.prompter.course.velocity(at(secs)).abs() < 1.5;
        assert!(waits && model.prompter.course.running());
    }
    assert!(on(&model).steady && secs > LOST_SECS, "steady after {secs} s");
    assert!(model.prompter.course.velocity(at(secs + 2.0)) > 0.0);
    secs += 3.0;
    hear(&mut model, "paper turns yellow", secs);
    hear(&mut model, "paper turns yellow and files", secs + 0.8);
    hear(&mut model, "paper turns yellow and files get lost", secs + 1.6);
    assert!(!on(&model).steady, "{:?}", on(&model).belief);
    // A recogniser that says nothing at all.
    let mut model = studio(SCRIPT);
    toggle(&mut model, 0.0);
    send(&mut model, super::super::Message::Command(Command::TogglePrompter), 0.5);
    send(&mut model, super::super::Message::Tick, 2.0);
    assert!(!on(&model).steady);
    send(&mut model, super::super::Message::Tick, 5.0);
    assert!(on(&model).steady && model.prompter.course.velocity(at(6.0)) > 0.0);
}

#[test]
fn a_hand_at_the_prompter_moves_the_place_that_is_expected() {
    let mut model = studio(SCRIPT);
    toggle(&mut model, 0.0);
    send(&mut model, super::super::Message::Command(Command::TogglePrompter), 0.5);
    send(&mut model, super::super::Message::Prompter(prompter::Message::GoToScene(2)), 1.0);
    assert_eq!(model.prompter.course.position(at(9.0)), 5.0, "it goes there and waits");
    hear(&mut model, "paper turns yellow", 11.0);
    assert!(model.follow.on.as_ref().unwrap().belief.place > 14.0);
    // The devices close with the page; the recogniser goes and comes back with them.
    let effects = send(&mut model, super::super::Message::Go(Page::Prepare), 12.0);
    let stopped = |effects: &[Do]| effects.contains(&Do::Follow(Effect::Stop));
    assert!(stopped(&effects) || stopped(&send(&mut model, super::super::Message::Tick, 12.1)));
}
