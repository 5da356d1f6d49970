//! The sheet of versions: opened by its key, walked through by the keyboard, compared, restored, named, published.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use onetake::core::history::compare::compare;
use onetake::core::history::{Kind, Outline, Standing, Version};
use onetake::core::script::Script;
use onetake::core::undo::Steps;
use onetake::studio::history::{Effect as HistoryEffect, Message as History};
use onetake::studio::{Effect, Message, Sheet};

use super::{CTRL, SCRIPT, Studio, Window, look, sized, three_scenes, window};

const OPENING: &str = "Every story starts with a quiet room.";

/// What was, the oldest first; the last is the present script.
fn texts() -> [String; 4] {
    let first =
        SCRIPT.replace("\n## Eight minutes\n\n> picture: pictures/broken.jpg\n\nThe first minutes are slow. Stay.\n", "");
    let second = SCRIPT.replace(OPENING, "Most stories start in a noisy room, with the radio on.");
    let third = second.replace("you let the morning in", "you let the light in");
    [first, second, third, SCRIPT.to_owned()]
}

fn versions() -> Vec<Version> {
    let kinds = [Kind::Imported, Kind::Published, Kind::BeforeRestore, Kind::Draft];
    let days = ["2026-10-02T10:12:00Z", "2026-11-20T10:05:00Z", "2026-11-21T10:40:00Z", "2026-11-21T10:44:00Z"];
    let texts = texts();
    let outlines: Vec<Outline> = texts.iter().map(|text| Outline::of(&Script::markdown(text.as_str()))).collect();
    let version = |i: usize| Version {
        seq: 10 + i as i64,
        kind: kinds[i],
        name: (i == 1).then(|| "First cut".to_owned()),
        made_at: days[i].to_owned(),
        title: outlines[i].title.clone(),
        words: outlines[i].words,
        secs: outlines[i].secs,
        sha256: format!("sha {i}"),
        change: i.checked_sub(1).map(|before| outlines[i].since(&outlines[before])),
    };
    (0..texts.len()).rev().map(version).collect()
}

/// Answers what the sheet asks for, as the hands would.
fn answer(studio: &mut Studio) {
    for effect in std::mem::take(&mut studio.effects) {
        match effect {
            Effect::History(HistoryEffect::List { opening, .. }) => {
                studio.tell(Message::History(History::Listed { opening, versions: versions() }));
                answer(studio);
            }
            Effect::History(HistoryEffect::Compare { seq, revision, text, .. }) => {
                let old = texts()[(seq - 10) as usize].clone();
                let comparison = compare(&Script::markdown(old.as_str()), &Script::markdown(text));
                let result = Ok((old.into(), Arc::new(comparison)));
                studio.tell(Message::History(History::Compared { seq, revision, result }));
            }
            other => studio.effects.push(other),
        }
    }
}

fn turn(window: &mut Window) {
    for _ in 0..3 {
        answer(window.state_mut());
        window.run_ok();
    }
}

fn studio() -> Studio {
    let mut studio = three_scenes();
    let standing = Standing { published: true, last: versions().into_iter().find(|version| version.kind == Kind::Published) };
    let steps = Steps::default();
    studio.tell(Message::History(History::Recalled { opening: 1, steps, standing, sha256: "sha 3".into() }));
    studio.screen.today = Some("2026-11-21".into());
    studio
}

fn opened(mut window: Window) -> Window {
    window.key_press_modifiers(CTRL, egui::Key::H);
    window.run_ok();
    turn(&mut window);
    window
}

fn has(window: &Window, wanted: impl Fn(&HistoryEffect) -> bool) -> bool {
    window.state().effects.iter().any(|effect| matches!(effect, Effect::History(effect) if wanted(effect)))
}

fn chosen(window: &Window) -> Option<i64> {
    window.state().model.history.chosen.as_ref().map(|chosen| chosen.seq)
}

#[test]
fn versions_are_walked_through_compared_and_restored_by_the_keyboard() {
    let mut window = opened(window(studio()));
    assert_eq!(window.state().model.sheet, Some(Sheet::History));
    for day in ["Today", "Yesterday", "Fri, 2 Oct"] {
        window.get_by_label(day);
    }
    assert_eq!(chosen(&window), Some(12), "the newest that differs");
    look(&mut window, "history");
    window.key_press(egui::Key::ArrowDown);
    window.run_ok();
    turn(&mut window);
    assert_eq!(chosen(&window), Some(11));
    window.get_by_label("Scene Opening");
    window.get_by_label_contains("Was: Most stories start in a noisy room");
    window.get_by_label("2 scenes are the same");
    look(&mut window, "history-published");
    window.get_by_label("Restore").focus();
    window.run_ok();
    window.key_press(egui::Key::Enter);
    window.run_ok();
    assert_eq!(window.state().source(), texts()[1]);
    assert!(has(
        &window,
        |effect| matches!(effect, HistoryEffect::Keep { kind: Kind::BeforeRestore, text, .. } if text == SCRIPT)
    ));
    assert_eq!(window.state().model.sheet, None, "what came back is seen");
    window.key_press_modifiers(CTRL, egui::Key::Z);
    window.run_ok();
    assert_eq!(window.state().source(), SCRIPT);
}

#[test]
fn a_version_gets_a_name_and_escape_leaves_the_field_first() {
    let mut window = opened(window(studio()));
    window.get_by_label("Name…").click();
    window.run_ok();
    window.get_by_label("Name of the version").type_text("Lost");
    window.run_ok();
    window.key_press(egui::Key::Escape);
    window.run_ok();
    window.run_ok();
    assert_eq!((window.state().model.history.form, window.state().model.sheet), (None, Some(Sheet::History)));
    window.get_by_label("Name…").click();
    window.run_ok();
    window.run_ok();
    assert_eq!(window.get_by_label("Name of the version").value().as_deref(), Some(""), "the name that was left is gone");
    window.get_by_label("Name of the version").type_text("Rough");
    window.run_ok();
    window.key_press(egui::Key::Enter);
    window.run_ok();
    assert!(has(&window, |effect| matches!(effect, HistoryEffect::Name { seq: 12, name: Some(name), .. } if name == "Rough")));
    window.get_by_label("Open as a new project").click();
    window.run_ok();
    assert!(has(&window, |effect| matches!(effect, HistoryEffect::Fork { seq: 12, .. })));
    window.key_press(egui::Key::Escape);
    window.run_ok();
    assert_eq!(window.state().model.sheet, None);
}

#[test]
fn the_menu_says_where_the_project_stands_and_publishes() {
    let mut window = window(studio());
    window.get_by_label("Project: Why we write").click();
    window.run_ok();
    window.get_by_label_contains("edited since");
    look(&mut window, "history-menu");
    window.get_by_label("Publish this version…").click();
    window.run_ok();
    turn(&mut window);
    window.get_by_label("Name of the published version").type_text("For Ana");
    window.run_ok();
    look(&mut window, "history-publish");
    window.get_by_label("Publish").click();
    window.run_ok();
    let named = |effect: &HistoryEffect| matches!(effect, HistoryEffect::Keep { kind: Kind::Published, name: Some(name), .. } if name == "For Ana");
    assert!(has(&window, named));
}

#[test]
fn the_sheet_fits_every_window() {
    for (width, height, scale) in [(1024.0, 640.0, 1.0), (683.0, 427.0, 1.5), (512.0, 320.0, 2.0), (1920.0, 1080.0, 1.0)] {
        let mut window = opened(sized(studio(), width, height, scale));
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, height));
        for name in ["Close", "Publish…", "Restore", "Open as a new project", "Name…"] {
            let rect = window.get_by_label(name).rect();
            assert!(screen.contains_rect(rect), "{name} at {width}×{height}: {rect}");
        }
        look(&mut window, &format!("history-{width}x{height}"));
    }
}
