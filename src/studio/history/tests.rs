//! When a text is kept, what a restore does, and that answers of a project that was left change nothing. Time is an argument.

use std::sync::Arc;

use super::*;
use crate::core::history::Outline;
use crate::core::script::Script;
use crate::core::settings::Settings;
use crate::studio::{Effect as Any, Message as Anything, Model, Page, Sheet, command, start, update};

const SCRIPT: &str = "## One\n\nFirst words.\n";

fn project(id: &str) -> Project {
    Project { id: id.into(), title: "P".into(), folder: format!("/{id}") }
}

fn at(secs: f64) -> Moment {
    Moment(0).plus_secs(secs)
}

fn tell(model: &mut Model, message: Message, secs: f64) -> Vec<Effect> {
    history(update(model, Anything::History(message), at(secs)))
}

fn prepare(model: &mut Model, message: prepare::Message, secs: f64) -> Vec<Effect> {
    history(update(model, Anything::Prepare(message), at(secs)))
}

fn edit(model: &mut Model, text: &str, secs: f64) {
    assert_eq!(prepare(model, prepare::Message::Edited(text.into()), secs), []);
}

fn tick(model: &mut Model, secs: f64) -> Vec<Effect> {
    history(update(model, Anything::Tick, at(secs)))
}

fn history(effects: Vec<Any>) -> Vec<Effect> {
    effects.into_iter().filter_map(|effect| if let Any::History(effect) = effect { Some(effect) } else { None }).collect()
}

fn open(model: &mut Model, id: &str, secs: f64) -> Vec<Effect> {
    prepare(model, prepare::Message::Opened(Ok((project(id), SCRIPT.into()))), secs)
}

fn studio() -> Model {
    let mut model = Model::default();
    start(&mut model, Settings::default(), at(0.0));
    let effects = open(&mut model, "p", 0.0);
    assert!(matches!(&effects[..], [Effect::Recall { text, opening: 1, .. }] if text == SCRIPT), "{effects:?}");
    model
}

fn version(seq: i64, text: &str) -> Version {
    let outline = Outline::of(&Script::markdown(text));
    Version {
        seq,
        kind: Kind::Draft,
        name: None,
        made_at: "2026-11-21T12:00:00.000Z".into(),
        title: outline.title,
        words: outline.words,
        secs: outline.secs,
        sha256: text.into(),
        change: None,
    }
}

/// The list is there and `seq`, which holds `text`, is chosen and compared.
fn look_at(model: &mut Model, seq: i64, text: &str, secs: f64) {
    let versions = vec![version(9, SCRIPT), version(seq, text)];
    tell(model, Message::Listed { opening: 1, versions }, secs);
    tell(model, Message::Choose(seq), secs);
    let result = Ok((Arc::from(text), Arc::new(Comparison::default())));
    let revision = model.prepare.revision;
    tell(model, Message::Compared { seq, revision, result }, secs);
}

fn kept(effects: &[Effect]) -> Option<(&str, Kind)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Keep { text, kind, .. } => Some((text.as_str(), *kind)),
        _ => None,
    })
}

#[test]
fn a_text_is_kept_after_two_seconds_of_quiet() {
    let mut model = studio();
    assert_eq!(tick(&mut model, 100.0), [], "nothing changed");
    edit(&mut model, "## A\n\nb\n", 100.0);
    edit(&mut model, "## A\n\nbc\n", 101.5);
    assert_eq!(tick(&mut model, 103.4), []);
    assert_eq!(model.history.due_secs(at(103.4)).map(|secs| (secs * 10.0).round()), Some(1.0));
    let effects = tick(&mut model, 103.6);
    assert_eq!(kept(&effects), Some(("## A\n\nbc\n", Kind::Draft)));
    assert!(matches!(&effects[..], [Effect::Keep { steps, .. }] if steps.can_undo()), "{effects:?}");
    assert_eq!((tick(&mut model, 200.0), model.history.due_secs(at(200.0))), (vec![], None));
}

/// The promise of the kill tests: who types on and on loses at most half a minute.
#[test]
fn unbroken_typing_is_kept_every_half_minute() {
    let mut model = studio();
    let mut moments = Vec::new();
    for step in 0..1000 {
        let secs = 10.0 + f64::from(step) * 0.1;
        edit(&mut model, &format!("## A\n\n{step}\n"), secs);
        if let Some((text, _)) = kept(&tick(&mut model, secs)) {
            assert_eq!(text, format!("## A\n\n{step}\n"));
            moments.push(secs);
        }
    }
    assert_eq!(moments.len(), 3, "{moments:?}");
    let gaps = [10.0].iter().chain(&moments).zip(&moments).map(|(a, b)| b - a);
    assert!(gaps.into_iter().all(|gap| (29.9..=30.2).contains(&gap)), "{moments:?}");
}

#[test]
fn what_could_not_be_kept_is_tried_again_and_said_once() {
    let mut model = studio();
    edit(&mut model, "## A\n\nb\n", 10.0);
    assert!(kept(&tick(&mut model, 13.0)).is_some());
    let revision = model.prepare.revision;
    let problem = || Problem::disk("The disk is full.", "Free some space.");
    let failed = || Message::Kept { opening: 1, revision, result: Err(problem()) };
    tell(&mut model, failed(), 13.1);
    assert_eq!(model.notice.notices.len(), 1);
    assert_eq!(tick(&mut model, 43.0), []);
    assert!(kept(&tick(&mut model, 43.2)).is_some());
    model.notice.notices.clear();
    tell(&mut model, failed(), 43.3);
    assert!(model.notice.notices.is_empty(), "once is enough");
    assert!(kept(&tick(&mut model, 74.0)).is_some());
    tell(&mut model, Message::Kept { opening: 1, revision, result: Ok("x".into()) }, 74.1);
    assert_eq!(tick(&mut model, 200.0), []);
    assert_eq!(model.history.present(&model.prepare), Some("x"));
}

#[test]
fn a_project_that_is_left_keeps_its_last_text() {
    let mut model = studio();
    edit(&mut model, "## A\n\nlast words\n", 10.0);
    let effects = open(&mut model, "q", 10.1);
    assert_eq!(kept(&effects), Some(("## A\n\nlast words\n", Kind::Draft)));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Recall { project, opening: 2, .. } if project.id == "q")));
    // Answers that were meant for the other one.
    let revision = model.prepare.revision;
    tell(&mut model, Message::Kept { opening: 1, revision, result: Ok("old".into()) }, 10.2);
    assert_eq!(model.history.present(&model.prepare), None);
    tell(&mut model, Message::Listed { opening: 1, versions: vec![version(1, "x")] }, 10.3);
    assert_eq!(model.history.versions, None);
    let mut steps = Steps::default();
    steps.record("x", SCRIPT, false);
    let recalled =
        |opening| Message::Recalled { opening, steps: steps.clone(), standing: Standing::default(), sha256: "s".into() };
    tell(&mut model, recalled(1), 10.4);
    assert!(!model.prepare.can_undo());
    tell(&mut model, recalled(2), 10.5);
    assert!(model.prepare.can_undo());
    assert_eq!(model.history.present(&model.prepare), Some("s"));
}

#[test]
fn steps_of_the_last_time_come_before_what_was_typed_meanwhile() {
    let mut model = studio();
    edit(&mut model, "## One\n\nFirst words and more.\n", 1.0);
    let mut steps = Steps::default();
    steps.record("## One\n\nFirst.\n", SCRIPT, false);
    assert!(kept(&tick(&mut model, 4.0)).is_some(), "a slow disk: kept before they are known");
    tell(&mut model, Message::Recalled { opening: 1, steps, standing: Standing::default(), sha256: "s".into() }, 5.0);
    assert!(kept(&tick(&mut model, 7.1)).is_some(), "and again with them");
    let undo = |model: &mut Model| {
        prepare(model, prepare::Message::Undo, 8.0);
        model.prepare.script.source().to_owned()
    };
    assert_eq!(undo(&mut model), SCRIPT);
    assert_eq!(undo(&mut model), "## One\n\nFirst.\n");
    assert!(!model.prepare.can_undo());
}

#[test]
fn a_restore_keeps_what_it_replaces_and_is_one_step() {
    let mut model = studio();
    edit(&mut model, "## New\n\nUnkept words.\n", 10.0);
    look_at(&mut model, 3, "## Old\n\nBack again.\n", 10.2);
    let effects = tell(&mut model, Message::Restore, 10.5);
    assert_eq!(kept(&effects), Some(("## New\n\nUnkept words.\n", Kind::BeforeRestore)));
    assert_eq!(model.prepare.script.source(), "## Old\n\nBack again.\n");
    // Typing right after it is another step.
    edit(&mut model, "## Old\n\nBack again!\n", 10.6);
    prepare(&mut model, prepare::Message::Undo, 11.0);
    prepare(&mut model, prepare::Message::Undo, 11.0);
    assert_eq!(model.prepare.script.source(), "## New\n\nUnkept words.\n");
    assert_eq!(kept(&tick(&mut model, 14.0)).map(|kept| kept.1), Some(Kind::Draft), "the way back is kept, too");
}

#[test]
fn the_version_that_differs_is_looked_at_first_and_the_keys_lead_on() {
    let mut model = studio();
    tell(
        &mut model,
        Message::Recalled { opening: 1, steps: Steps::default(), standing: Standing::default(), sha256: "now".into() },
        0.1,
    );
    let versions = vec![version(9, "now"), version(8, "before"), version(7, "long ago")];
    let effects = tell(&mut model, Message::Listed { opening: 1, versions }, 1.0);
    assert!(matches!(&effects[..], [Effect::Compare { seq: 8, .. }]), "{effects:?}");
    let seqs: Vec<Option<i64>> = [1, 1, -2, -1]
        .map(|places| {
            tell(&mut model, Message::Step(places), 1.1);
            model.history.chosen.as_ref().map(|chosen| chosen.seq)
        })
        .to_vec();
    assert_eq!(seqs, [Some(7), Some(7), Some(9), Some(9)]);
    // An answer about one that is not looked at any more.
    let late = Message::Compared { seq: 7, revision: 1, result: Ok((Arc::from("x"), Arc::new(Comparison::default()))) };
    tell(&mut model, late, 1.2);
    assert_eq!(model.history.chosen.as_ref().map(|chosen| &chosen.read), Some(&Read::Waiting));
}

#[test]
fn publishing_saves_keeps_and_says_where_the_project_stands() {
    let mut model = studio();
    edit(&mut model, "## A\n\nFinal words.\n", 10.0);
    let effects = update(&mut model, Anything::History(Message::Publish { name: "  First \n cut ".into() }), at(10.1));
    assert!(effects.iter().any(|effect| matches!(effect, Any::Prepare(prepare::Effect::Save { .. }))));
    let effects = history(effects);
    let named =
        |effect: &Effect| matches!(effect, Effect::Keep { kind: Kind::Published, name: Some(name), .. } if name == "First cut");
    assert!(effects.iter().any(named), "{effects:?}");
    assert_eq!(tell(&mut model, Message::Publish { name: String::new() }, 10.2), [], "a second click waits");
    let revision = model.prepare.revision;
    tell(&mut model, Message::Kept { opening: 1, revision, result: Ok("f".into()) }, 10.3);
    let last = Version { kind: Kind::Published, sha256: "f".into(), ..version(4, "f") };
    tell(&mut model, Message::Stands { opening: 1, standing: Standing { published: true, last: Some(last) } }, 10.4);
    assert!(model.history.is_as_published(&model.prepare));
    edit(&mut model, "## A\n\nFinal words, really.\n", 20.0);
    assert!(!model.history.is_as_published(&model.prepare));
    edit(&mut model, "# No words\n", 21.0);
    assert_eq!(tell(&mut model, Message::Publish { name: String::new() }, 21.1), []);
    assert!(model.notice.notices.iter().any(|notice| notice.text.contains("without a word")));
}

#[test]
fn the_sheet_opens_on_the_page_of_the_script_and_not_over_a_take() {
    let mut model = studio();
    update(&mut model, Anything::Go(Page::Review), at(1.0));
    edit(&mut model, "## A\n\nb\n", 1.1);
    let effects = history(update(&mut model, Anything::Command(command::Command::History), at(1.2)));
    assert_eq!((model.page, model.sheet), (Page::Prepare, Some(Sheet::History)));
    assert!(
        matches!(&effects[..], [Effect::Keep { .. }, Effect::List { .. }]),
        "what was just written is in the list: {effects:?}"
    );
    update(&mut model, Anything::Command(command::Command::Publish), at(1.3));
    assert_eq!((model.sheet, model.history.form), (Some(Sheet::History), Some(Form::Publish)));
    open(&mut model, "q", 2.0);
    assert_eq!((model.sheet, model.history.form), (None, None), "another project has other versions");
    update(&mut model, Anything::Command(command::Command::Record), at(3.0));
    update(&mut model, Anything::Command(command::Command::History), at(3.1));
    assert_eq!((model.page, model.sheet), (Page::Record, None));
}
