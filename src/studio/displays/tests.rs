//! What displays are told, and when.

use std::sync::Arc;

use super::*;
use crate::core::live::DisplayKind;
use crate::core::prompter::text::{Text, TextRow};
use crate::core::prompter::{Laid, Row};
use crate::studio::command::Command;
use crate::studio::{Effect as StudioEffect, Message as StudioMessage, Model, Page, prepare, prompter, start, update};

const SCRIPT: &str = "## One\n\nFirst words.\n\n## Two\n\nMore words.\n";

fn at(secs: f64) -> Moment {
    Moment(0).plus_secs(secs)
}

/// A studio with a script that is laid out, at 0 s.
fn studio() -> Model {
    let mut model = Model::default();
    start(&mut model, Settings::default(), at(0.0));
    let project = crate::core::project::Project { id: "p".into(), title: "P".into(), folder: "/p".into() };
    let effects = update(&mut model, StudioMessage::Prepare(prepare::Message::Opened(Ok((project, SCRIPT.into())))), at(0.0));
    let revision = effects.iter().find_map(|effect| match effect {
        StudioEffect::Prompter(prompter::Effect::LayOut { sheet, .. }) => Some(sheet.revision),
        _ => None,
    });
    let row = |scene: usize| Row { top: scene as f64 * 2.0, height: 1.4, scene, line: 0, last_line: 0, spoken: true };
    let text_row = |scene: usize| TextRow { top: scene as f64 * 2.0, height: 1.4, scene, ..TextRow::default() };
    let revision = revision.expect("a script that is opened is laid out");
    let text = Text { rows: (0..2).map(text_row).collect(), height: 4.0, column_ems: 20.0, rtl: false, revision };
    let laid = Laid { rows: (0..2).map(row).collect(), height: 4.0, revision, text: Arc::new(text) };
    let effects = update(&mut model, StudioMessage::Prompter(prompter::Message::LaidOut(Arc::new(laid))), at(0.0));
    let show = published(&effects).expect("a new text is published");
    assert_eq!((show.text.rows.len(), show.motion.revision, show.text.revision), (2, revision, revision));
    assert_eq!(show.scenes.scenes, ["One", "Two"]);
    model
}

fn published(effects: &[StudioEffect]) -> Option<&Show> {
    effects.iter().rev().find_map(|effect| match effect {
        StudioEffect::Displays(Effect::Publish(show)) => Some(show.as_ref()),
        _ => None,
    })
}

fn order(model: &mut Model, order: Order, now: Moment) -> Vec<StudioEffect> {
    update(model, StudioMessage::Displays(Message::Link(LinkEvent::Order(order))), now)
}

#[test]
fn nothing_is_published_while_nothing_changes() {
    let mut model = studio();
    update(&mut model, StudioMessage::Command(Command::GoRecord), at(0.5));
    let effects = update(&mut model, StudioMessage::Prompter(prompter::Message::Start), at(1.0));
    let text = Arc::clone(&published(&effects).expect("a start is published").text);
    assert!(Arc::ptr_eq(&text, &model.prompter.laid.text), "the text is shared, not copied");
    for step in 0..200 {
        let effects = update(&mut model, StudioMessage::Tick, at(1.0 + f64::from(step) * 0.01));
        assert_eq!(published(&effects), None, "steady scrolling needs no word, step {step}");
    }
}

#[test]
fn orders_from_afar_work_on_every_page() {
    let mut model = studio();
    assert_eq!(model.page, Page::Prepare);
    let effects = order(&mut model, Order::Command { name: "toggle-prompter".into() }, at(1.0));
    assert!(model.prompter.course.running() && published(&effects).is_some());
    order(&mut model, Order::Scene { scene: 1 }, at(2.0));
    assert_eq!(model.prompter.scene(at(3.0)), Some(1));
    order(&mut model, Order::Pace { words_per_minute: 1e9 }, at(3.0));
    assert_eq!(model.prompter.pace, prompter_pace(crate::core::prompter::pace::MAX_WPM));
}

fn prompter_pace(wpm: f64) -> crate::core::prompter::Pace {
    crate::core::prompter::Pace::WordsPerMinute(wpm)
}

#[test]
fn what_is_not_for_remotes_is_not_done() {
    let mut model = studio();
    let before = model.prepare.script.clone();
    for name in ["new-script", "delete-take", "go-review", "undo", "no such thing", ""] {
        let effects = order(&mut model, Order::Command { name: name.into() }, at(1.0));
        assert!(effects.is_empty(), "{name}: {effects:?}");
    }
    for wrong in [Order::Scroll { ems: f64::NAN }, Order::Pace { words_per_minute: f64::INFINITY }, Order::Scene { scene: 99 }]
    {
        order(&mut model, wrong, at(1.0));
    }
    assert_eq!((model.prepare.script.clone(), model.page), (before, Page::Prepare));
    assert!(model.prompter.course.position(at(2.0)).is_finite());
}

#[test]
fn the_talents_window_is_opened_moved_remembered_and_closed() {
    let mut model = studio();
    let choose = |model: &mut Model, monitor: Option<&str>| {
        update(model, StudioMessage::Displays(Message::Choose(monitor.map(str::to_owned))), at(1.0))
    };
    let effects = choose(&mut model, Some("HDMI-1"));
    assert!(effects.contains(&StudioEffect::Displays(Effect::OpenTalent { monitor: "HDMI-1".into() })));
    assert!(effects.iter().any(|effect| matches!(effect, StudioEffect::SaveSettings(_))));
    let say = |model: &mut Model, event| update(model, StudioMessage::Displays(Message::Talent(event)), at(2.0));
    say(&mut model, TalentEvent::Shown { on: Some("HDMI-1".into()) });
    assert_eq!(model.displays.talent, Talent::Running { monitor: "HDMI-1".into(), instead: None });
    say(&mut model, TalentEvent::Shown { on: None });
    assert_eq!(model.displays.talent, Talent::Running { monitor: "HDMI-1".into(), instead: Some("a window".into()) });
    assert!(choose(&mut model, None).contains(&StudioEffect::Displays(Effect::CloseTalent)));
    say(&mut model, TalentEvent::Shown { on: Some("HDMI-1".into()) });
    assert_eq!(model.displays.talent, Talent::Off, "a late word of a closed window");

    let settings = Settings { talent_monitor: Some("DP-2".into()), ..Settings::default() };
    let effects = start(&mut Model::default(), settings, at(0.0));
    assert!(effects.contains(&StudioEffect::Displays(Effect::OpenTalent { monitor: "DP-2".into() })));
}

#[test]
fn guests_come_report_and_go() {
    let mut model = studio();
    let guest = |display| Guest { display, name: "Phone".into(), kind: DisplayKind::Page, address: "10.0.0.7".into() };
    let link = |model: &mut Model, event| update(model, StudioMessage::Displays(Message::Link(event)), at(1.0));
    link(&mut model, LinkEvent::Joined(guest(1)));
    link(&mut model, LinkEvent::Joined(guest(2)));
    let figures = Smoothness { frames: 300, missed: 1, ..Smoothness::default() };
    let health = |smoothness| LinkEvent::Health { display: 2, offset_ms: 0.4, round_trip_ms: 1.0, smoothness };
    link(&mut model, health(Some(figures)));
    link(&mut model, health(None));
    assert_eq!(model.displays.connected[1].smoothness, Some(figures), "a report at rest keeps the last figures");
    link(&mut model, LinkEvent::Left { display: 1 });
    assert_eq!((model.displays.connected.len(), model.displays.showing()), (1, 1));
}
