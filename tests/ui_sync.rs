//! What a person sees of a studio server: how it stands in the top bar, the projects on it, two versions side by side, and signing
//! in. Driven by what people see and screen readers read.

#[path = "ui_parts/delivering.rs"]
mod delivering;
mod rig;

use delivering::open_devices;
use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::problem::Problem;
use onetake::core::settings::Settings;
use onetake::core::shared::{Access, Account, Document, Facts, Membership, Stage};
use onetake::core::sync::Conflict;
use onetake::studio::sync::{Choice, Effect as Sync, Message as Told, Outcome, Remote, Trouble};
use onetake::studio::{Effect, Message, Page, Sheet};
use rig::{Rig, SCRIPT, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

const TODAY: &str = "2026-11-21";

fn facts(title: &str, access: Access) -> Facts {
    Facts {
        id: format!("id of {title}"),
        revision: 3,
        sha256: String::new(),
        title: title.into(),
        stage: if access == Access::Public { Stage::Published } else { Stage::Draft },
        words: 356,
        scenes: 5,
        device: "couch".into(),
        author: Some("Anna".into()),
        made_at: format!("{TODAY}T14:32:05"),
        owner: Some("Anna".into()),
        team: Some("Films".into()),
        access,
    }
}

/// A studio with the script open and signed in.
fn studio() -> Rig {
    let mut rig = Rig::new();
    rig.screen.today = Some(TODAY.into());
    let settings = Settings { server_url: Some("http://studio.example".into()), ..rig.model.settings.clone() };
    rig.tell(Message::Settings(Box::new(settings)));
    let teams = vec![Membership { team: "Films".into(), role: Access::Editor }];
    rig.tell(Message::Sync(Told::Connected(Ok(Account { user: Some("Ben".into()), teams }))));
    rig.wait(0.1);
    rig
}

fn stepped(rig: &mut Rig, result: Result<Outcome, Trouble>) {
    rig.tell(Message::Sync(Told::Stepped { project: "why-we-write".into(), result }));
}

fn in_step() -> Rig {
    let mut rig = studio();
    stepped(&mut rig, Ok(Outcome::Same));
    rig
}

fn differs() -> Outcome {
    let document = |script: String| Document::new(script, Default::default(), Stage::Draft, Vec::new());
    let theirs = SCRIPT.replace("a question nobody asked", "an answer that nobody waited for");
    let theirs = theirs.replace("## Your turn", "## One more scene\n\nIt was added on the couch.\n\n## Your turn");
    Outcome::Differs(Box::new(Conflict {
        mine: document(SCRIPT.to_owned()),
        theirs: document(theirs),
        facts: facts("Why we write", Access::Editor),
        written_at: "2026-11-20T09:05:00".into(),
        device: "desk".into(),
    }))
}

fn open(rig: Rig, width: f32, height: f32) -> Window {
    window(rig, vec2(width, height), 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn asked(window: &Window) -> Vec<Sync> {
    let of = |effect: &Effect| if let Effect::Sync(effect) = effect { Some(effect.clone()) } else { None };
    window.state().effects.iter().filter_map(of).collect()
}

#[test]
fn the_top_bar_says_how_it_stands() {
    let away =
        || Trouble { away: true, problem: Problem::refused("studio.example can't be reached: no answer.", "It is kept.") };
    let no = || Trouble { away: false, ..away() };
    for (result, word, name) in [
        (Ok(Outcome::Same), "Saved · on server", "sync-in-step"),
        (Err(away()), "Server not reached · kept here", "sync-away"),
        (Err(no()), "Not sent · kept here", "sync-refused"),
        (Ok(Outcome::Gone), "Not on the server", "sync-gone"),
    ] {
        for (width, height) in [(1024.0, 640.0), (1280.0, 800.0)] {
            let mut rig = studio();
            stepped(&mut rig, result.clone());
            let mut window = open(rig, width, height);
            window.get_by_label(word);
            look(&mut window, &format!("{name}-{width}"));
        }
    }
}

#[test]
fn without_a_server_it_is_as_it_was() {
    let mut window = open(Rig::new(), 1024.0, 640.0);
    window.get_by_label("Saved");
    click(&mut window, "Project: Why we write");
    assert!(window.query_by_label("On the server…").is_none());
}

#[test]
fn two_versions_are_shown_at_once_and_each_choice_is_one_click() {
    for (label, choice) in [("Keep this one", Choice::Mine), ("Keep the server's", Choice::Theirs), ("Keep both", Choice::Both)]
    {
        let mut rig = studio();
        stepped(&mut rig, Ok(differs()));
        assert_eq!(rig.model.sheet, Some(Sheet::Versions));
        let mut window = open(rig, 1024.0, 640.0);
        window.get_by_label("Changed on 20 Nov at 09:05 on desk");
        window.get_by_label("Changed at 14:32 on couch by Anna");
        look(&mut window, "sync-versions");
        click(&mut window, label);
        let chosen = asked(&window).into_iter().find_map(|effect| match effect {
            Sync::Resolve { choice, .. } => Some(choice),
            _ => None,
        });
        assert_eq!(chosen, Some(choice));
        assert!(window.state().model.sheet.is_none());
    }
}

#[test]
fn a_sheet_that_was_closed_comes_back_by_its_word_in_the_bar() {
    let mut rig = studio();
    stepped(&mut rig, Ok(differs()));
    let mut window = open(rig, 1280.0, 800.0);
    look(&mut window, "sync-versions-wide");
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.query_by_label("Keep both").is_none());
    click(&mut window, "Two versions");
    window.get_by_label("Keep both");
    // Nothing is out of reach in a small window at a large scale.
    let settings = Settings { zoom: 1.5, ..window.state().model.settings.clone() };
    window.state_mut().tell(Message::Settings(Box::new(settings)));
    window.set_size(vec2(1024.0, 640.0));
    window.run_steps(5);
    let room = window.ctx.content_rect();
    for label in ["Keep this one", "Keep the server's", "Keep both", "Two versions"] {
        assert!(room.contains_rect(window.get_by_label(label).rect()), "{label} is cut off");
    }
    look(&mut window, "sync-versions-large");
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    window.state_mut().tell(Message::Sheet(Sheet::Server));
    window.run_steps(3);
    look(&mut window, "sync-server-large");
    assert!(asked(&window).iter().all(|effect| !matches!(effect, Sync::Resolve { .. })), "closing chose nothing");
}

/// On the Record page, with a camera and a microphone that deliver.
fn ready(mut rig: Rig) -> Rig {
    rig.tell(Message::Go(Page::Record));
    open_devices(&mut rig);
    rig
}

#[test]
fn nothing_comes_over_a_take() {
    let mut window = open(ready(in_step()), 1024.0, 640.0);
    click(&mut window, "Record a take");
    assert!(window.state().model.busy().is_some());
    stepped(window.state_mut(), Ok(differs()));
    window.run_steps(3);
    assert!(window.query_by_label("Keep both").is_none());
    click(&mut window, "Cancel");
    assert!(!window.state().has(|effect| matches!(effect, Effect::Sync(Sync::Resolve { .. }))));
    click(&mut window, "Two versions");
    window.get_by_label("Keep both");
}

#[test]
fn projects_of_the_server_are_opened_from_a_list() {
    let mut rig = in_step();
    let mut window = {
        let long = "Letters from a small island that has a very long title indeed, longer than any row";
        let remote =
            |title: &str, access, here: Option<&str>| Remote { facts: facts(title, access), here: here.map(str::to_owned) };
        let projects = vec![
            remote("Why we write", Access::Owner, Some("why-we-write")),
            remote(long, Access::Viewer, Some("letters")),
            remote("A published film", Access::Public, None),
        ];
        rig.tell(Message::Sync(Told::Listed(Ok(projects))));
        open(rig, 1024.0, 640.0)
    };
    click(&mut window, "Saved · on server");
    look(&mut window, "sync-server");
    window.get_by_label("Who opens this project: The team Films");
    click(&mut window, "Open A published film from the server");
    assert!(asked(&window).contains(&Sync::Open { remote: "id of A published film".into() }));
}

#[test]
fn an_empty_server_and_one_that_does_not_answer_say_so() {
    let mut rig = in_step();
    rig.tell(Message::Sync(Told::Listed(Ok(Vec::new()))));
    let mut window = open(rig, 1024.0, 640.0);
    click(&mut window, "Saved · on server");
    window.get_by_label_contains("nothing on the server yet");
    look(&mut window, "sync-server-empty");
    let problem = Problem::refused("studio.example can't be reached.", "Try again.");
    window.state_mut().tell(Message::Sync(Told::Listed(Err(problem))));
    window.run_steps(3);
    window.get_by_label_contains("can't be reached");
}

#[test]
fn signing_in_needs_both_and_shows_no_token() {
    let mut rig = Rig::new();
    rig.tell(Message::Sheet(Sheet::Settings));
    let mut window = window(rig, vec2(1280.0, 1600.0), 1.0);
    click(&mut window, "Sign in");
    assert!(asked(&window).is_empty(), "nothing was entered");
    for (field, text) in [("Studio server", "http://studio.example"), ("Token", "a-secret-of-mine")] {
        window.get_by_role_and_label(Role::TextInput, field).click();
        window.run_steps(2);
        window.get_by_role_and_label(Role::TextInput, field).type_text(text);
        window.run_steps(3);
    }
    look(&mut window, "sync-sign-in");
    click(&mut window, "Sign in");
    let effects = asked(&window);
    let [Sync::Connect { url, key: Some(key) }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((url.as_str(), key.expose()), ("http://studio.example", "a-secret-of-mine"));
    assert!(!format!("{effects:?}").contains("secret"));
    let wrong = Problem::refused("studio.example said no (401): The token is not the server's.", "Enter the current token.");
    window.state_mut().tell(Message::Sync(Told::Connected(Err(Trouble { away: false, problem: wrong }))));
    window.run_steps(3);
    window.get_by_label_contains("said no (401)");
    look(&mut window, "sync-sign-in-refused");
}
