//! Engines as the person meets them: the prompt bar under the pictures, with its prices, and the sheet of keys and budgets.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use onetake::core::engine::{Catalogue, Money};
use onetake::core::generate::{Account, Class, Failure, Role as Part};
use onetake::core::job::Kind;
use onetake::core::queue::{Draft, Quote};
use onetake::core::secret::Secret;
use onetake::studio::engines::{Effect as EnginesEffect, KeyFrom, Looked, Message as Engines, Place};
use onetake::studio::prepare::Message as Prepare;
use onetake::studio::queue::{Effect as QueueEffect, Message as Queue};
use onetake::studio::{Effect, Message, Sheet};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

/// A cloud engine with a price list and one that says its prices, and a local one.
const MORE: &str = r#"
[[engine]]
name = "venice"
label = "Venice"
form = "venice"
base = "https://api.venice.ai/api/v1"
home = "https://venice.ai/settings/api"
key_variables = ["VENICE_API_KEY"]
[[engine.model]]
name = "flux"
label = "Flux"
kind = "image"
aspects = ["1:1", "16:9"]
resolutions = ["1K", "2K"]
price = { rates = [{ each = 0.04 }] }
[[engine.model]]
name = "asks"
label = "Asks first"
kind = "image"
price = "quoted"

[[engine.model]]
name = "wan"
label = "Wan with a rather long name for a model"
kind = "video"
aspects = ["16:9", "9:16"]
resolutions = ["720p", "1080p"]
seconds = [5.0, 10.0]
sound = true
first_frame = true
price = "quoted"
[[engine.model]]
name = "kokoro"
label = "Kokoro"
kind = "speech"
voices = ["af_sky", "bm_lewis"]
price = { rates = [{ thousand = 0.015 }] }

[[engine]]
name = "comfy"
label = "ComfyUI"
form = "comfy_ui"
base = "http://127.0.0.1:8188"
key = "optional"
local = true
"#;

fn looked(key: KeyFrom) -> Message {
    let place = |key: &KeyFrom, base: &str| Place { key: key.clone(), base: base.into(), base_variable: None };
    let places = [
        ("venice".to_owned(), place(&key, "https://api.venice.ai/api/v1")),
        ("comfy".to_owned(), place(&KeyFrom::Nowhere, "http://127.0.0.1:8188")),
        ("ollama".to_owned(), place(&KeyFrom::Nowhere, "http://127.0.0.1:11434/v1")),
    ];
    let list = Arc::new(Catalogue::ours().with(Catalogue::read(MORE).unwrap()));
    Message::Engines(Engines::Looked(Box::new(Looked { list, problem: None, places: places.into() })))
}

/// The open script with words for three pictures, two of which are missing.
fn prepared(key: KeyFrom) -> Rig {
    let mut rig = Rig::new();
    rig.tell(looked(key));
    for (scene, words) in [(0, "a lantern-lit desk"), (3, "an empty page"), (4, "an open window")] {
        let value = Some(words.to_owned());
        rig.tell(Message::Prepare(Prepare::SetDirective { scene, key: "image".into(), value }));
    }
    rig.tell(Message::Prepare(Prepare::Select(3)));
    rig
}

fn prepare(key: KeyFrom, size: [f32; 2], scale: f32) -> Window {
    window(prepared(key), size.into(), scale)
}

fn sheet(key: KeyFrom) -> Window {
    let mut rig = prepared(key);
    rig.tell(Message::Sheet(Sheet::Engines));
    window(rig, [1280.0, 800.0].into(), 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).scroll_to_me();
    window.run_steps(6);
    window.get_by_label(label).click();
    window.run_steps(4);
}

fn placed(window: &Window) -> Option<Vec<Draft>> {
    window.state().effects.iter().rev().find_map(|effect| match effect {
        Effect::Queue(QueueEffect::Place(drafts)) => Some(drafts.clone()),
        _ => None,
    })
}

fn engines(window: &Window) -> Vec<EnginesEffect> {
    let of = |effect: &Effect| match effect {
        Effect::Engines(effect) => Some(effect.clone()),
        _ => None,
    };
    window.state().effects.iter().filter_map(of).collect()
}

/// Chooses one of Venice's models in the bar.
fn choose(window: &mut Window, model: &str) {
    window.get_by_label_contains("Engine and model: ").click();
    window.run_steps(4);
    click(window, model);
}

#[test]
fn the_bar_fits_every_window() {
    for (name, size, scale) in [
        ("prompt-1024", [1024.0, 640.0], 1.0),
        ("prompt-1280", [1280.0, 800.0], 1.0),
        ("prompt-1920", [1920.0, 1080.0], 1.0),
        ("prompt-150", [1280.0 / 1.5, 800.0 / 1.5], 1.5),
    ] {
        let mut window = prepare(KeyFrom::Keyring, size, scale);
        if size[0] < 880.0 {
            assert!(window.query_by_label_contains("Generate").is_none(), "the script has the whole window");
            click(&mut window, "Pictures");
        }
        look(&mut window, name);
        choose(&mut window, "Flux");
        window.get_by_label_contains("$0.04");
        look(&mut window, &format!("{name}-flux"));
    }
}

#[test]
fn a_picture_is_ordered_with_its_price_in_the_button() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    window.get_by_label("Generate  ·  free");
    choose(&mut window, "Flux");
    click(&mut window, "Generate  ·  $0.04");
    let drafts = placed(&window).unwrap();
    let [draft] = &drafts[..] else { panic!("{drafts:?}") };
    assert_eq!((draft.engine.as_str(), draft.model.as_str(), draft.kind), ("venice", "flux", Kind::Image));
    assert_eq!((draft.prompt.as_str(), draft.wish.aspect.as_deref()), ("an empty page", Some("16:9")));
    let (text, range) = draft.sentence.as_ref().unwrap();
    assert_eq!(&text[range.clone()], "an empty page", "it knows where its words stand");
    window.get_by_label("Placing…");
    window.state_mut().tell(Message::Queue(Queue::Placed(Ok(1))));
    window.run_steps(3);
    click(&mut window, "Being made");
    assert_eq!(placed(&window).as_ref(), Some(&drafts), "nothing is ordered twice");
}

#[test]
fn all_that_are_missing_are_ordered_together() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    choose(&mut window, "Flux");
    click(&mut window, "Generate 2 missing pictures, $0.08");
    let scenes: Vec<usize> = placed(&window).unwrap().iter().map(|draft| draft.wish.scene.as_ref().unwrap().scene).collect();
    assert_eq!(scenes, [3, 4], "the first has its picture");
}

#[test]
fn an_engine_that_says_its_prices_is_asked_once() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    choose(&mut window, "Asks first");
    window.get_by_label("Generate  ·  …");
    let asked: Vec<String> = window
        .state()
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Queue(QueueEffect::Quote { key, .. }) => Some(key.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(asked.len(), 1, "the same for both pictures");
    let quote = Quote { cost: Some(Money::usd(0.25)), by_engine: true };
    window.state_mut().tell(Message::Queue(Queue::Quoted { key: asked[0].clone(), result: Ok(Some(quote)) }));
    window.run_steps(3);
    window.get_by_label("Generate  ·  $0.25");
    window.get_by_label("Generate 2 missing pictures, $0.50");
}

#[test]
fn only_what_the_model_allows_is_offered() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    click(&mut window, "How it is made: 16:9 · 720p");
    window.get_by_label("Style: Any");
    window.key_press(egui::Key::Escape);
    window.run_steps(4);
    choose(&mut window, "Flux");
    click(&mut window, "How it is made: 16:9 · 1K");
    look(&mut window, "prompt-form");
    assert!(window.query_by_label_contains("Style: ").is_none());
    assert!(window.query_by_label("Proportions: 21:9").is_none());
    click(&mut window, "Proportions: 1:1");
    assert_eq!(window.state().model.settings.engines.image.aspect, "1:1");
    assert!(window.state().has(|effect| matches!(effect, Effect::SaveSettings(saved) if saved.engines.image.aspect == "1:1")));
}

#[test]
fn without_words_or_key_nothing_is_ordered() {
    let mut rig = prepared(KeyFrom::Nowhere);
    rig.tell(Message::Prepare(Prepare::Select(1)));
    let mut window = window(rig, [1280.0, 800.0].into(), 1.0);
    click(&mut window, "Generate");
    assert_eq!(placed(&window), None);
    window.get_by_label_contains("Engine and model: ").click();
    window.run_steps(4);
    look(&mut window, "prompt-models");
    // What it would cost is known without a key; only making it asks for one.
    click(&mut window, "Flux");
    assert_eq!(window.state().model.settings.engines.image.engine, "venice");
    window.get_by_label("2 missing: $0.08");
    look(&mut window, "prompt-no-key");
    click(&mut window, "Set it up…");
    assert_eq!((window.state().model.sheet, placed(&window)), (Some(Sheet::Engines), None));
    let key = window.get_by_role_and_label(Role::PasswordInput, "Key of Venice");
    assert!(key.accesskit_node().is_focused(), "the caret is where the key goes");
}

/// Chooses what the bar makes.
fn make(window: &mut Window, part: &str) {
    window.get_by_label_contains("What is made: ").click();
    window.run_steps(4);
    window.get_by_role_and_label(Role::MenuItem, part).click();
    window.run_steps(4);
}

fn quoted(window: &mut Window, dollars: f64) {
    let key = |effect: &Effect| match effect {
        Effect::Queue(QueueEffect::Quote { key, .. }) => Some(key.clone()),
        _ => None,
    };
    let keys: Vec<String> = window.state().effects.iter().filter_map(key).collect();
    for key in keys {
        let quote = Quote { cost: Some(Money::usd(dollars)), by_engine: true };
        window.state_mut().tell(Message::Queue(Queue::Quoted { key, result: Ok(Some(quote)) }));
    }
    window.run_steps(3);
}

#[test]
fn each_part_has_its_words_its_models_and_what_they_allow() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    window.get_by_label_contains("What is made: Picture").click();
    window.run_steps(4);
    look(&mut window, "prompt-parts");
    window.key_press(egui::Key::Escape);
    window.run_steps(4);
    make(&mut window, "Clip");
    assert_eq!(window.state().model.settings.engines.part, Part::Clip);
    assert!(window.state().has(|effect| matches!(effect, Effect::SaveSettings(saved) if saved.engines.part == Part::Clip)));
    window.get_by_role_and_label(Role::TextInput, "Prompt of the clip of scene 4").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "Prompt of the clip of scene 4").type_text("it turns");
    window.run_steps(3);
    assert_eq!(window.state().model.prepare.script.scenes[3].directive("clip"), Some("it turns"));
    window.get_by_label_contains("Engine and model: Offline (drawn by Onetake), Camera move");
    choose(&mut window, "Wan with a rather long name for a model");
    click(&mut window, "How it is made: 16:9 · 720p · 10 s");
    window.get_by_label("The scene takes 28 s; the longest clip has 10 s.");
    look(&mut window, "prompt-clip-form");
    click(&mut window, "Sound of the clip");
    click(&mut window, "Length: 5 s");
    window.get_by_label("How it is made: 16:9 · 720p · 5 s · silent");
    let choice = &window.state().model.settings.engines.video;
    assert_eq!((choice.model.as_str(), choice.seconds, choice.silent), ("wan", 5.0, true));
    make(&mut window, "Voice");
    window.get_by_label_contains("What stays is not the page.");
    assert!(window.query_by_label("Improve this prompt").is_none(), "its words are the script's");
    choose(&mut window, "Kokoro");
    window.get_by_label("How it is made: af_sky");
    make(&mut window, "Picture");
    window.get_by_label_contains("Engine and model: Offline (drawn by Onetake), Drawn from words");
}

#[test]
fn a_model_is_found_by_typing_and_taken_by_enter() {
    let mut window = prepare(KeyFrom::Nowhere, [1280.0, 800.0], 1.0);
    window.get_by_label_contains("Engine and model: ").click();
    window.run_steps(6);
    let before = window.get_by_label("Find a model").rect();
    assert!(window.get_by_label("Find a model").accesskit_node().is_focused());
    window.get_by_label("Find a model").type_text("flu");
    window.run_steps(4);
    assert_eq!(window.get_by_label("Find a model").rect(), before, "nothing jumps");
    window.key_press(egui::Key::Enter);
    window.run_steps(4);
    window.get_by_label("Engine and model: Venice, Flux");
    // The engine's name leads to where its key is entered.
    window.get_by_label_contains("Engine and model: ").click();
    window.run_steps(6);
    window.get_by_label("Find a model").type_text("flu");
    window.run_steps(4);
    click(&mut window, "·  needs a key");
    assert_eq!(window.state().model.sheet, Some(Sheet::Engines));
}

#[test]
fn a_clip_costs_what_is_made_for_it_first_as_well() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    choose(&mut window, "Flux");
    make(&mut window, "Clip");
    choose(&mut window, "Wan with a rather long name for a model");
    window.get_by_label("Generate  ·  …");
    quoted(&mut window, 0.5);
    look(&mut window, "prompt-clip");
    window.get_by_label("Generate 5 missing clips, $2.58");
    click(&mut window, "Generate  ·  $0.54");
    let drafts = placed(&window).unwrap();
    let of = |draft: &Draft| draft.wish.scene.as_ref().map(|place| (place.scene, place.role));
    assert_eq!(drafts.iter().filter_map(of).collect::<Vec<_>>(), [(3, Part::Picture)], "the clip waits for its picture");
    window.state_mut().tell(Message::Queue(Queue::Placed(Ok(1))));
    window.run_steps(3);
    window.get_by_label("Being made");
    window.get_by_label("Generate 4 missing clips, $2.04");
}

#[test]
fn an_end_picture_is_made_from_its_own_words() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    make(&mut window, "End picture");
    look(&mut window, "prompt-end");
    click(&mut window, "Improve this prompt");
    let subject = window.state().model.words.prompts.subject.clone().unwrap();
    assert_eq!((window.state().model.sheet, subject.scene, subject.part.role()), (Some(Sheet::Prompt), 3, Part::End));
    window.key_press(egui::Key::Escape);
    window.run_steps(4);
    window.get_by_role_and_label(Role::TextInput, "Prompt of the end picture of scene 4").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "Prompt of the end picture of scene 4").type_text("a full page");
    window.run_steps(3);
    click(&mut window, "Generate  ·  free");
    let drafts = placed(&window).unwrap();
    let [draft] = &drafts[..] else { panic!("{drafts:?}") };
    assert_eq!((draft.prompt.as_str(), draft.wish.scene.as_ref().unwrap().role), ("a full page", Part::End));
}

#[test]
fn no_part_makes_the_bar_too_wide() {
    for (name, size, scale) in [
        ("512", [512.0, 320.0], 2.0),
        ("1024", [1024.0, 640.0], 1.0),
        ("1280", [1280.0, 800.0], 1.0),
        ("1920", [1920.0, 1080.0], 1.0),
        ("150", [1280.0 / 1.5, 800.0 / 1.5], 1.5),
    ] {
        for (part, kind) in [("Picture", "image"), ("End picture", "image"), ("Clip", "video"), ("Voice", "speech")] {
            let mut rig = prepared(KeyFrom::Keyring);
            let mut choices = rig.model.settings.engines.clone();
            (choices.image.engine, choices.image.model) = ("venice".into(), "flux".into());
            (choices.video.engine, choices.video.model) = ("venice".into(), "wan".into());
            (choices.speech.engine, choices.speech.model) = ("venice".into(), "kokoro".into());
            rig.tell(Message::Engines(Engines::Choose(Box::new(choices))));
            let mut window = window(rig, size.into(), scale);
            if size[0] < 880.0 {
                click(&mut window, "Pictures");
            }
            make(&mut window, part);
            quoted(&mut window, 1.25);
            look(&mut window, &format!("prompt-{kind}-{}-{name}", part.len()));
            let what = window.get_by_label_contains("What is made: ").rect();
            let model = window.get_by_label_contains("Engine and model: ").rect();
            assert!(what.left() >= 0.0 && what.right() <= model.left(), "{part} at {name}: {what:?} {model:?}");
            let field = window
                .query_all_by_role(Role::TextInput)
                .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with("Prompt of")));
            if size[0] >= 800.0 && part != "Voice" {
                let field = field.unwrap_or_else(|| panic!("{part} at {name}")).rect();
                assert!(field.left() >= what.right() && field.right() <= model.left(), "{part} at {name}: {field:?}");
                assert!(field.width() >= 96.0, "{part} at {name}: {field:?}");
            }
        }
    }
}

#[test]
fn words_typed_in_the_bar_are_the_scripts() {
    let mut window = prepare(KeyFrom::Keyring, [1280.0, 800.0], 1.0);
    window.get_by_role_and_label(Role::TextInput, "Prompt of scene 4").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "Prompt of scene 4").type_text(" at dawn");
    window.run_steps(3);
    assert!(window.state().model.prepare.script.scenes[3].image_prompt().unwrap().contains("at dawn"));
}

#[test]
fn a_key_goes_into_the_keyring_and_shows_nowhere() {
    let mut window = sheet(KeyFrom::Nowhere);
    look(&mut window, "engines");
    click(&mut window, "Venice: Needs a key");
    window.get_by_role_and_label(Role::PasswordInput, "Key of Venice").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::PasswordInput, "Key of Venice").type_text("vn-marker-key");
    window.run_steps(3);
    look(&mut window, "engines-key");
    click(&mut window, "Save the key of Venice");
    let key = Secret::new("vn-marker-key");
    assert!(engines(&window).contains(&EnginesEffect::Keep { engine: "venice".into(), key }));
    assert!(!format!("{:?}", window.state().effects).contains("vn-marker"));
    window.state_mut().tell(looked(KeyFrom::Keyring));
    window.state_mut().tell(Message::Engines(Engines::Kept { engine: "venice".into(), result: Ok(()) }));
    window.run_steps(4);
    click(&mut window, "Forget the key of Venice");
    assert!(engines(&window).contains(&EnginesEffect::Forget("venice".into())));
}

#[test]
fn a_key_that_no_keyring_takes_holds_until_the_end_and_that_is_said_in_the_form() {
    let mut window = sheet(KeyFrom::Nowhere);
    click(&mut window, "Venice: Needs a key");
    window.get_by_role_and_label(Role::PasswordInput, "Key of Venice").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::PasswordInput, "Key of Venice").type_text("two words");
    window.run_steps(3);
    window.get_by_label_contains("This is no key: it has blanks in it.");
    look(&mut window, "engines-no-key");
    click(&mut window, "Save the key of Venice");
    assert!(!engines(&window).iter().any(|effect| matches!(effect, EnginesEffect::Keep { .. })), "it is not sent away");
    window.state_mut().tell(looked(KeyFrom::Session("There is no keyring on this machine.".into())));
    window.state_mut().tell(Message::Engines(Engines::Kept { engine: "venice".into(), result: Ok(()) }));
    window.run_steps(4);
    window.get_by_label("Venice: Key not tested");
    window.get_by_label(
        "There is no keyring on this machine. The key is kept in memory until Onetake closes. Or set VENICE_API_KEY before Onetake starts.",
    );
    look(&mut window, "engines-session-key");
    click(&mut window, "Test Venice");
    assert!(engines(&window).contains(&EnginesEffect::Test("venice".into())));
    click(&mut window, "Forget the key of Venice");
    assert!(engines(&window).contains(&EnginesEffect::Forget("venice".into())));
    assert!(window.state().model.notice.notices.is_empty(), "nothing stands over the form");
}

#[test]
fn what_the_film_would_cost_is_told_without_keys() {
    let mut window = sheet(KeyFrom::Nowhere);
    click(&mut window, "What would this film cost?");
    // Three pictures at $0.04; what its clips cost it says itself, when somebody asks.
    let venice = "Venice: pictures $0.12, clips on request, voices $0.0067, all $0.13 + ?";
    window.get_by_label(venice);
    window.get_by_label("Offline (drawn by Onetake): pictures free, clips free, voices free, all free");
    window.get_by_label(venice).scroll_to_me();
    window.run_steps(6);
    look(&mut window, "engines-cost");
}

#[test]
fn an_engine_is_tested_and_says_what_is_wrong() {
    let mut window = sheet(KeyFrom::Environment("VENICE_API_KEY".into()));
    click(&mut window, "Venice: Key not tested");
    window.get_by_label("from VENICE_API_KEY");
    click(&mut window, "Test Venice");
    assert!(engines(&window).contains(&EnginesEffect::Test("venice".into())));
    let tell = |window: &mut Window, result| {
        window.state_mut().tell(Message::Engines(Engines::Tested { engine: "venice".into(), result }));
        window.run_steps(4);
    };
    tell(&mut window, Err(Failure::new(Class::Auth, "Authentication failed")));
    window.get_by_label("Venice: Refused the key");
    window.get_by_label("Key refused: Authentication failed");
    window.get_by_label("Correct VENICE_API_KEY, then start Onetake again.");
    look(&mut window, "engines-refused");
    let account = Account { words: "Key “films”, tier Pro.".into(), balance: Some(Money::usd(12.5)), models: 40 };
    tell(&mut window, Ok(account));
    window.get_by_label("Key “films”, tier Pro.  $12.50 left.");
    look(&mut window, "engines-works");
    click(&mut window, "Read the models of Venice");
    assert!(engines(&window).contains(&EnginesEffect::Refresh("venice".into())));
}

#[test]
fn a_local_engine_has_an_address() {
    let mut window = sheet(KeyFrom::Keyring);
    click(&mut window, "ComfyUI: Looking…");
    assert!(engines(&window).contains(&EnginesEffect::Test("comfy".into())), "whether it runs is asked at once");
    window.get_by_role_and_label(Role::TextInput, "Address of ComfyUI").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "Address of ComfyUI").type_text("http://studio:8188");
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(4);
    assert_eq!(window.state().model.settings.engines.bases["comfy"], "http://studio:8188");
    assert!(engines(&window).iter().any(|effect| matches!(effect, EnginesEffect::Choices(c) if c.bases.contains_key("comfy"))));
    let asked = engines(&window).iter().filter(|effect| **effect == EnginesEffect::Probe).count();
    assert_eq!(asked, 1, "what is shown is true when the sheet opens");
    let tell = |window: &mut Window, message| {
        window.state_mut().tell(Message::Engines(message));
        window.run_steps(4);
    };
    tell(&mut window, Engines::Probed(Vec::new()));
    window.get_by_label("Ollama: Not running");
    assert!(window.query_by_label_contains("No local engine answers").is_none(), "nobody asked aloud");
    click(&mut window, "Find local ones");
    tell(&mut window, Engines::Probed(vec![("ollama".into(), "http://127.0.0.1:11434/v1".into())]));
    window.get_by_label("Ollama: Works");
    window.get_by_label("Running on this machine: Ollama.");
    look(&mut window, "engines-local");
}

#[test]
fn budgets_are_drawn_and_taken_off() {
    let mut window = sheet(KeyFrom::Keyring);
    click(&mut window, "Set a budget: a month");
    assert_eq!(window.state().model.settings.engines.budget.month_micros, Some(20_000_000));
    click(&mut window, "Budget in dollars: a month: more");
    assert_eq!(window.state().model.settings.engines.budget.month_micros, Some(25_000_000));
    look(&mut window, "engines-budget");
    click(&mut window, "No budget: a month");
    assert_eq!(window.state().model.settings.engines.budget.month_micros, None);
    window.get_by_role_and_label(Role::Switch, "Make missing pictures when a project opens").click();
    window.run_steps(4);
    assert!(window.state().model.settings.engines.pictures_on_open);
}
