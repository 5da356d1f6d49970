//! Captions on the Review page: over the picture, by script or as heard, ordered, saved.

#[path = "../rig/heard.rs"]
mod heard;
#[path = "../rig/job.rs"]
mod job;

use std::sync::Arc;

use egui_kittest::kittest::{NodeT, Queryable};
use heard::transcription;
use onetake::core::captions::{Caption, Form};
use onetake::core::engine::Catalogue;
use onetake::core::generate::{Class, Failure};
use onetake::core::job::{Kind, State};
use onetake::core::queue::Row;
use onetake::core::take::TakeId;
use onetake::core::time::SECOND;
use onetake::studio::engines::{KeyFrom, Looked, Message as Engines, Place};
use onetake::studio::queue::{Effect as Queue, Message as Told};
use onetake::studio::review::captions::{Effect as Captions, Message as Say, Read, Source};
use onetake::studio::{Effect, Message, Sheet, review};

use super::{Rig, Window, click, look, ready, window};

const SENTENCE: &str = "You sit down, you open the window,\nand you let the morning in.";
const OWN: &str = "[[engine]]\nname='own'\nlabel='Own server'\nform='open_ai'\nkey='required'\nbase='http://127.0.0.1:9/v1'\n[[engine.model]]\nname='whisper-1'\nlabel='Listener (word times)'\nkind='transcription'\nprice={ rates = [{ second = 0.0001 }] }\n";
const SIZES: [([f32; 2], f32, &str); 3] =
    [([1280.0, 800.0], 1.0, "1280"), ([1024.0, 640.0], 1.0, "1024"), ([853.0, 533.0], 1.5, "853")];

/// The newest take open, and engines with or without their keys.
fn studio(key: KeyFrom) -> Rig {
    let mut rig = ready();
    let place = |base: &str| Place { key: key.clone(), base: base.into(), base_variable: None };
    let list = Arc::new(Catalogue::ours().with(Catalogue::read(OWN).unwrap()));
    let places = [("own".to_owned(), place("http://127.0.0.1:9/v1"))].into();
    rig.tell(Message::Engines(Engines::Looked(Box::new(Looked { list, problem: None, places }))));
    rig
}

fn read(rig: &mut Rig, script: bool, heard: bool) {
    let captions = |text: &str| vec![Caption { start: 30 * SECOND, end: 41 * SECOND, text: text.into() }];
    let read = Read {
        script: Ok(if script { captions(SENTENCE) } else { Vec::new() }),
        heard: heard.then(|| Ok(captions("you sit down you open the window"))),
        job: None,
    };
    rig.tell(Message::Review(review::Message::Captions(Say::Read { take: TakeId("take-3".into()), read: Box::new(read) })));
}

fn changed(window: &mut Window, row: Row) {
    window.state_mut().tell(Message::Queue(Told::Changed(vec![row])));
    window.run_steps(4);
}

fn captions(window: &Window) -> Vec<Captions> {
    let of = |effect: &Effect| match effect {
        Effect::Review(review::Effect::Captions(effect)) => Some(effect.clone()),
        _ => None,
    };
    window.state().effects.iter().filter_map(of).collect()
}

#[test]
fn captions_of_the_script_lie_over_the_picture() {
    for (size, scale, name) in SIZES {
        let mut window = window(studio(KeyFrom::Nowhere), size.into(), scale);
        window.key_press(egui::Key::C);
        window.run_steps(3);
        assert!(matches!(&captions(&window)[..], [Captions::Read(take)] if take.number == 3));
        read(window.state_mut(), true, false);
        window.run_steps(3);
        window.get_by_label(&format!("Caption: {SENTENCE}"));
        look(&mut window, &format!("review-captions-{name}"));
        window.key_press(egui::Key::C);
        window.run_steps(3);
        assert!(window.query_by_label_contains("Caption: ").is_none());
    }
}

#[test]
fn the_panel_says_where_captions_are_from_and_saves_them() {
    for (size, scale, name) in SIZES {
        let mut window = window(studio(KeyFrom::Nowhere), size.into(), scale);
        click(&mut window, "Captions…");
        assert!(window.get_by_label("Save beside the take").accesskit_node().is_disabled(), "nothing is known yet");
        read(window.state_mut(), true, false);
        window.run_steps(3);
        look(&mut window, &format!("review-captions-panel-{name}"));
        window.get_by_label_contains("1 caption: the script’s sentences");
        click(&mut window, "Save beside the take");
        assert!(matches!(&captions(&window)[1..], [Captions::Keep { captions, .. }] if captions[0].text == SENTENCE));
    }
    let mut window = window(studio(KeyFrom::Nowhere), [1280.0, 800.0].into(), 1.0);
    click(&mut window, "Captions…");
    read(window.state_mut(), true, false);
    window.run_steps(3);
    click(&mut window, "Save as WebVTT (.vtt)…");
    assert!(matches!(&captions(&window)[1..], [Captions::SaveAs { form: Form::Vtt, .. }]));
}

#[test]
fn without_an_engine_that_transcribes_the_way_leads_to_the_settings() {
    let mut window = window(studio(KeyFrom::Nowhere), [1280.0, 800.0].into(), 1.0);
    click(&mut window, "Captions…");
    read(window.state_mut(), false, false);
    window.run_steps(3);
    window.get_by_label_contains("The take’s journal tells of no sentence.");
    click(&mut window, "As heard");
    window.get_by_label_contains("No engine that transcribes is ready");
    look(&mut window, "review-captions-no-engine");
    click(&mut window, "Set it up…");
    assert_eq!(window.state().model.sheet, Some(Sheet::Engines));
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    click(&mut window, "Captions…");
    // An engine may be chosen before it has its key, to see what it costs.
    window.get_by_label_contains("Transcribes: ").click();
    window.run_steps(4);
    look(&mut window, "review-captions-models");
    click(&mut window, "Listener (word times)");
    window.get_by_label_contains("Own server needs a key.");
}

#[test]
fn a_take_is_transcribed_with_its_price_in_the_button() {
    let mut window = window(studio(KeyFrom::Keyring), [1280.0, 800.0].into(), 1.0);
    click(&mut window, "Captions…");
    read(window.state_mut(), true, false);
    window.run_steps(3);
    click(&mut window, "As heard");
    look(&mut window, "review-captions-order");
    window.get_by_label("Transcribes: Own server, Listener (word times)");
    window.get_by_label_contains("The take’s sound is sent to Own server");
    click(&mut window, "Transcribe  ·  $0.0141");
    let ordered =
        |effect: &Effect| matches!(effect, Effect::Queue(Queue::Place(drafts)) if drafts[0].kind == Kind::Transcription);
    assert!(window.state().has(ordered));
    window.state_mut().tell(Message::Queue(Told::Placed(Ok(1))));
    changed(&mut window, Row { progress: Some(0.4), ..transcription(3, 1, State::Running) });
    window.get_by_label_contains("Transcribing: 40 %");
    look(&mut window, "review-captions-going");
    click(&mut window, "Stop the transcription");
    assert!(window.state().has(|effect| *effect == Effect::Queue(Queue::Cancel(vec!["heard-1".into()]))));
    let failure = Failure::new(Class::Payment, "You exceeded your current quota, please check your plan and billing details.");
    changed(&mut window, Row { failure: Some(failure), ..transcription(3, 1, State::Failed) });
    window.get_by_label_contains("You exceeded your current quota");
    look(&mut window, "review-captions-failed");
    click(&mut window, "Retry the transcription");
    assert!(window.state().has(|effect| matches!(effect, Effect::Queue(Queue::Retry(tries)) if tries[0].job == "heard-1")));
    let done = transcription(3, 2, State::Done);
    window.state_mut().tell(Message::Queue(Told::Placed(Ok(1))));
    changed(&mut window, done.clone());
    window.state_mut().tell(Message::Queue(Told::Ended(Box::new(done))));
    read(window.state_mut(), true, true);
    window.run_steps(4);
    assert_eq!(window.state().model.review.captions.source, Source::Heard);
    window.get_by_label("1 caption, as Own server, Listener heard it.");
    window.get_by_label("Caption: you sit down you open the window");
    look(&mut window, "review-captions-heard");
}
