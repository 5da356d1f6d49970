//! What a person sees of writers: the form for a theme, the proposal beside the script, the style of a project, a better prompt.
//! Driven by what people see and screen readers read.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable};
use onetake::core::engine::Money;
use onetake::core::problem::Problem;
use onetake::core::prompt::Version;
use onetake::core::queue::{Sum, Why};
use onetake::studio::words::prompts::{Message as Prompts, Offer, Phase as Better};
use onetake::studio::words::{Effect as Words, End, Message as Told, Phase, Target};
use onetake::studio::{Effect, Message, Sheet};
use rig::{Rig, SCRIPT, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

const ANSWER: &str = "---\ntitle: Lamps\n---\n\n## The lamp in the window\n\n> image: a lamp in a tall window at dusk, hills outside, one lit bus far away on the road\n> clip: the lamp flickers, slow push in toward the window\n> seconds: 14\n\nEvery evening somebody lights a lamp in the window across the street. [look up]\n\nI have never seen who.\n\n## Who it is for\n\n> image: a quiet street in a small town, one lit window\n> seconds: 20\n\nFor a long time I thought that it was for me.\n\n## What stays\n\n> seconds: 10\n\nLeave a light on.\n";

fn open(rig: Rig, width: f32, height: f32) -> Window {
    window(rig, vec2(width, height), 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run_steps(3);
}

fn words(rig: &mut Rig, message: Told) {
    rig.tell(Message::Words(message));
}

/// The number of what was asked last.
fn asked(rig: &Rig) -> u64 {
    let id = |effect: &Effect| match effect {
        Effect::Words(Words::Write { id, .. }) => Some(*id),
        Effect::Words(Words::Prompts(onetake::studio::words::prompts::Effect::Improve { id, .. })) => Some(*id),
        _ => None,
    };
    rig.effects.iter().rev().find_map(id).expect("something was asked")
}

/// A studio in which so much of the answer has come.
fn proposed(part: usize, ended: bool) -> Rig {
    let mut rig = Rig::new();
    let brief = onetake::core::writing::Brief { theme: "Lamps".into(), ..Default::default() };
    words(&mut rig, Told::Brief(Box::new(brief)));
    words(&mut rig, Told::Target(Target::Here));
    words(&mut rig, Told::Write);
    let id = asked(&rig);
    words(&mut rig, Told::Piece { id, text: ANSWER[..part].to_owned() });
    if ended {
        words(&mut rig, Told::Ended { id, result: Ok(End { cut: false, cost: Some(Money::usd(0.0031)) }) });
    }
    rig
}

fn source(window: &Window) -> String {
    window.state().model.prepare.script.source().to_owned()
}

#[test]
fn a_theme_is_asked_for_by_its_key_and_written() {
    let mut rig = Rig::new();
    rig.tell(Message::Command(onetake::studio::command::Command::Theme));
    let mut window = open(rig, 1280.0, 800.0);
    assert_eq!(window.state().model.sheet, Some(Sheet::Theme));
    let write = window.get_by_role_and_label(Role::Button, "Write");
    assert!(write.accesskit_node().is_disabled(), "without a theme there is nothing to write");
    look(&mut window, "theme-empty");
    window.get_by_role_and_label(Role::MultilineTextInput, "Theme").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::MultilineTextInput, "Theme").type_text("Why lamps stay lit");
    window.run_steps(3);
    look(&mut window, "theme");
    click(&mut window, "This script");
    assert_eq!(window.state().model.words.target, Target::Here);
    click(&mut window, "Write");
    let state = window.state();
    assert_eq!((state.model.sheet, state.model.words.brief.theme.as_str()), (None, "Why lamps stay lit"));
    assert!(state.has(|effect| matches!(effect, Effect::Words(Words::Write { ask, .. }) if ask.engine == "offline")));
    assert_eq!(source(&window), SCRIPT);
}

#[test]
fn words_appear_as_they_come_and_can_be_stopped() {
    let mut window = open(proposed(ANSWER.find("For a long").unwrap() + 20, false), 1280.0, 800.0);
    assert!(window.query_by_role_and_label(Role::ProgressIndicator, "A script is being written").is_some());
    assert!(!window.get_by_label("Accept scene 1").accesskit_node().is_disabled());
    assert!(window.get_by_label("Accept scene 2").accesskit_node().is_disabled(), "its words still come");
    look(&mut window, "proposal-writing");
    click(&mut window, "Stop");
    assert_eq!(window.state().model.words.proposal.as_ref().unwrap().phase, Phase::Stopped);
    assert!(!window.get_by_label("Accept scene 2").accesskit_node().is_disabled());
    assert_eq!(source(&window), SCRIPT);
}

#[test]
fn scenes_are_accepted_rejected_and_changed_one_by_one() {
    let mut window = open(proposed(ANSWER.len(), true), 1280.0, 800.0);
    look(&mut window, "proposal");
    click(&mut window, "Accept scene 1");
    assert!(source(&window).contains("## The lamp in the window"));
    click(&mut window, "Reject scene 2");
    look(&mut window, "proposal-decided");
    click(&mut window, "Bring it back: scene 2");
    click(&mut window, "Edit scene 2");
    look(&mut window, "proposal-edit");
    let field = window.get_by_role_and_label(Role::MultilineTextInput, "Text of proposed scene 2");
    field.focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::MultilineTextInput, "Text of proposed scene 2").type_text("And mine. ");
    window.run_steps(3);
    click(&mut window, "Done");
    click(&mut window, "Accept all 2");
    assert!(source(&window).contains("And mine.") && source(&window).contains("## What stays"), "{}", source(&window));
    assert!(source(&window).starts_with(SCRIPT.trim_end()), "the person's own scenes stay as they are");
    assert!(window.state().model.words.proposal.is_none());
}

#[test]
fn a_proposal_has_its_room_in_every_window() {
    for (width, height, scale, name) in
        [(1024.0, 640.0, 1.0, "small"), (1280.0, 800.0, 1.5, "large-type"), (700.0, 640.0, 1.0, "narrow")]
    {
        let mut window = window(proposed(ANSWER.len(), true), vec2(width / scale, height / scale), scale);
        window.run_steps(3);
        look(&mut window, &format!("proposal-{name}"));
        let accept = window.get_by_label("Accept all 3").rect();
        assert!(accept.right() <= width / scale && accept.bottom() <= height / scale, "{name}: {accept:?}");
    }
}

#[test]
fn a_budget_and_a_failure_are_said_where_the_proposal_would_be() {
    let mut rig = proposed(0, false);
    let why =
        Why::Month { spent_micros: 4_900_000, budget_micros: 5_000_000, sum: Sum { micros: 310_000, orders: 1, unknown: 0 } };
    let id = asked(&rig);
    words(&mut rig, Told::Stopped { id, why });
    let mut window = open(rig, 1280.0, 800.0);
    look(&mut window, "proposal-budget");
    click(&mut window, "Write it this once");
    let id = asked(window.state());
    let problem =
        Problem::refused("OpenAI: “You exceeded your current quota.”", "Top up the account there, or choose another engine.");
    words(window.state_mut(), Told::Ended { id, result: Err(problem) });
    window.run_steps(3);
    look(&mut window, "proposal-failed");
    assert!(window.query_by_label_contains("You exceeded your current quota.").is_some());
    click(&mut window, "Put the proposal away");
    assert!(window.state().model.words.proposal.is_none());
}

#[test]
fn a_style_stands_in_the_script_as_it_is_typed() {
    let mut rig = Rig::new();
    rig.tell(Message::Sheet(Sheet::Style));
    let mut window = open(rig, 1280.0, 800.0);
    window.get_by_role_and_label(Role::MultilineTextInput, "Style").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::MultilineTextInput, "Style").type_text("ink, one accent colour");
    window.run_steps(3);
    click(&mut window, "Add a character");
    window.get_by_label("Name of character 1").focus();
    window.run_steps(2);
    window.get_by_label("Name of character 1").type_text("Ada");
    window.run_steps(3);
    window.get_by_label("Looks of character 1").focus();
    window.run_steps(2);
    window.get_by_label("Looks of character 1").type_text("a keeper of sixty");
    window.run_steps(3);
    look(&mut window, "style");
    let text = source(&window);
    assert!(
        text.contains("style: ink, one accent colour\n") && text.contains("characters: Ada = a keeper of sixty\n"),
        "{text}"
    );
    click(&mut window, "Take the character out");
    assert!(!source(&window).contains("characters:"));
}

#[test]
fn a_prompt_is_made_better_and_an_older_one_had_again() {
    let mut rig = Rig::new();
    rig.screen.today = Some("2026-11-21".into());
    let set = onetake::studio::prepare::Message::SetDirective { scene: 0, key: "image".into(), value: Some("a desk".into()) };
    rig.tell(Message::Prepare(set));
    let mut window = open(rig, 1280.0, 800.0);
    click(&mut window, "Improve the picture prompt");
    click(&mut window, "Improve");
    let id = asked(window.state());
    look(&mut window, "prompt-asking");
    let offer = Offer { text: "a desk before dawn, a lamp burning".into(), version: "v2".into(), cost: None };
    words(window.state_mut(), Told::Prompts(Prompts::Answered { id, result: Ok(Some(offer)) }));
    let subject = window.state().model.words.prompts.subject.clone().unwrap();
    let version = |number: u32, text: &str| Version {
        id: format!("v{number}"),
        prompt: "p".into(),
        number,
        text: text.into(),
        parent: None,
        sentence: None,
        made_at: format!("2026-11-21T14:0{number}:00Z"),
    };
    let versions = vec![version(2, "a desk before dawn, a lamp burning"), version(1, "a desk")];
    words(window.state_mut(), Told::Prompts(Prompts::Listed { subject, result: Ok(versions) }));
    window.run_steps(3);
    look(&mut window, "prompt-offer");
    click(&mut window, "Use it");
    let prompt = |window: &Window| window.state().model.prepare.script.scenes[0].image_prompt().map(str::to_owned);
    assert_eq!(prompt(&window).as_deref(), Some("a desk before dawn, a lamp burning"));
    assert_eq!(window.state().model.words.prompts.phase, Better::Idle);
    click(&mut window, "Use the version “a desk”");
    assert_eq!(prompt(&window).as_deref(), Some("a desk"));
}
