//! What is known of engines, and what becomes of it.

use super::*;
use crate::core::generate::Class;
use crate::studio;

const NOW: Moment = Moment(5 * crate::core::time::SECOND);
const LATER: Moment = Moment(9 * crate::core::time::SECOND);

fn place(key: KeyFrom, base: &str) -> Place {
    Place { key, base: base.into(), base_variable: None }
}

/// One engine beside ours, with this key and address.
fn state(key: KeyFrom, base: &str) -> State {
    let more = "[[engine]]\nname = 'venice'\nlabel = 'Venice'\nform = 'venice'\n";
    let list = Arc::new(Catalogue::ours().with(Catalogue::read(more).unwrap()));
    let mut state = State::default();
    let places = [("venice".to_owned(), place(key, base))].into();
    state.update(Message::Looked(Box::new(Looked { list, problem: None, places })), &Settings::default(), NOW);
    state
}

fn readiness(state: &State, name: &str) -> Readiness {
    state.readiness(state.list.engine(name).unwrap())
}

fn standing(state: &State, name: &str) -> Standing {
    state.standing(state.list.engine(name).unwrap())
}

#[test]
fn what_an_engine_lacks_is_told() {
    assert_eq!(readiness(&State::default(), "offline"), Readiness::Ready);
    assert_eq!(readiness(&state(KeyFrom::Nowhere, "https://v"), "venice"), Readiness::NeedsKey);
    assert_eq!(readiness(&state(KeyFrom::Keyring, ""), "venice"), Readiness::NeedsAddress);
    let mut state = state(KeyFrom::Keyring, "https://v");
    assert_eq!((readiness(&state, "venice"), readiness(&state, "offline")), (Readiness::Ready, Readiness::Ready));
    let settings = Settings::default();
    assert_eq!(state.update(Message::Test("venice".into()), &settings, NOW).len(), 1);
    assert!(state.update(Message::Test("venice".into()), &settings, NOW).is_empty(), "one at a time");
    let result = Err(Failure::new(Class::Auth, "no"));
    state.update(Message::Tested { engine: "venice".into(), result }, &settings, NOW);
    assert_eq!(readiness(&state, "venice"), Readiness::Fails);
}

#[test]
fn another_key_puts_the_last_test_away() {
    let mut state = state(KeyFrom::Nowhere, "https://v");
    let settings = Settings::default();
    let result = Err(Failure::new(Class::Auth, "no"));
    state.update(Message::Tested { engine: "venice".into(), result }, &settings, NOW);
    let actions = state.update(Message::Keep { engine: "venice".into(), key: Secret::new("abcd") }, &settings, NOW);
    assert!(matches!(&actions[..], [Action::Do(studio::Effect::Engines(Effect::Keep { .. }))]));
    assert!(!format!("{actions:?}").contains("abcd"), "a key shows nowhere");
    assert!(state.known["venice"].keeping);
    assert_eq!(state.update(Message::Kept { engine: "venice".into(), result: Ok(()) }, &settings, NOW).len(), 1);
    assert_eq!((state.known["venice"].keeping, &state.known["venice"].test), (false, &Test::None));
}

#[test]
fn a_local_server_that_runs_is_used_where_it_is() {
    let more = "[[engine]]\nname = 'comfy'\nlabel = 'Comfy'\nform = 'comfy_ui'\nlocal = true\nkey = 'none'\nbase = 'http://127.0.0.1:1'\n";
    let mut state = State { list: Arc::new(Catalogue::read(more).unwrap()), ..State::default() };
    let settings = Settings::default();
    assert_eq!(standing(&state, "comfy"), Standing::NotLookedFor);
    assert_eq!(state.update(Message::Probe { aloud: true }, &settings, NOW).len(), 1);
    assert!(state.probing && state.update(Message::Probe { aloud: false }, &settings, NOW).is_empty());
    let found = vec![("comfy".to_owned(), "http://127.0.0.1:2".to_owned())];
    let actions = state.update(Message::Probed(found), &settings, NOW);
    let [Action::Tell(studio::Message::Settings(wanted))] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(wanted.engines.bases["comfy"], "http://127.0.0.1:2");
    assert_eq!((standing(&state, "comfy"), state.known["comfy"].since), (Standing::Works, Some(NOW)), "it has just answered");
    assert_eq!(state.found.as_deref(), Some("Running on this machine: Comfy."));
    assert!(matches!(changed(&settings.engines, &wanted.engines)[..], [Action::Do(_), Action::Do(_)]));
    assert!(changed(&wanted.engines, &wanted.engines).is_empty());
    // Where the person says that it is, it is asked itself.
    let moved = Settings { engines: wanted.engines.clone(), ..settings };
    let actions = state.update(Message::Probe { aloud: false }, &moved, NOW);
    assert!(matches!(&actions[1..], [Action::Do(studio::Effect::Engines(Effect::Test(engine)))] if engine == "comfy"));
}

#[test]
fn a_local_server_that_does_not_run_is_off_and_nothing_is_said_unasked() {
    let mut state = State::default();
    let settings = Settings::default();
    state.update(Message::Probe { aloud: false }, &settings, NOW);
    state.update(Message::Probed(Vec::new()), &settings, NOW);
    assert_eq!((standing(&state, "comfyui"), &state.found), (Standing::Off, &None));
    assert_eq!(standing(&state, "offline"), Standing::Ours, "what is no server is not looked for");
    assert_ne!(standing(&state, "venice"), Standing::Off);
    state.update(Message::Probe { aloud: false }, &settings, LATER);
    state.update(Message::Probed(Vec::new()), &settings, LATER);
    assert_eq!(state.known["comfyui"].since, Some(NOW), "since it was first missed");
}

#[test]
fn a_key_works_when_something_has_shown_that() {
    let mut state = state(KeyFrom::Keyring, "https://v");
    assert_eq!(standing(&state, "venice"), Standing::KeyUntested);
    let refused = Failure::new(Class::Content, "not this");
    state.learned("venice", Err(&refused), NOW);
    assert_eq!(standing(&state, "venice"), Standing::KeyUntested, "a refused prompt says nothing of the key");
    state.learned("venice", Ok(()), NOW);
    assert_eq!((standing(&state, "venice"), state.known["venice"].since), (Standing::Works, Some(NOW)));
    let silent = Failure::new(Class::Transport, "reset");
    state.learned("venice", Err(&silent), NOW);
    state.learned("venice", Err(&silent), LATER);
    assert_eq!((standing(&state, "venice"), state.known["venice"].since), (Standing::Silent, Some(NOW)), "since the first");
    state.learned("venice", Err(&Failure::new(Class::Auth, "401")), LATER);
    assert_eq!((standing(&state, "venice"), state.known["venice"].since), (Standing::Refused, Some(LATER)));
    state.learned("offline", Err(&silent), NOW);
    assert_eq!(standing(&state, "offline"), Standing::Ours);
    // The answer of a test that runs is the newer one.
    state.update(Message::Test("venice".into()), &Settings::default(), NOW);
    state.learned("venice", Err(&silent), NOW);
    assert_eq!(standing(&state, "venice"), Standing::Testing);
}

#[test]
fn what_the_form_was_told_stands_in_the_form() {
    let mut state = state(KeyFrom::Keyring, "https://v");
    let settings = Settings::default();
    let problem = Problem::usage("This is no key.", "Copy it once more.");
    state.update(Message::Keep { engine: "venice".into(), key: Secret::new("a b") }, &settings, NOW);
    let actions = state.update(Message::Kept { engine: "venice".into(), result: Err(problem.clone()) }, &settings, NOW);
    assert!(actions.iter().all(|action| matches!(action, Action::Do(_))), "no toast over the form");
    assert_eq!(state.known["venice"].said, Some(Err(problem)));
    state.update(Message::Refresh("venice".into()), &settings, NOW);
    assert_eq!(state.known["venice"].said, None);
    state.update(Message::Refreshed { engine: "venice".into(), result: Ok(3) }, &settings, NOW);
    assert_eq!(state.known["venice"].said, Some(Ok("It has 3 models.".into())));
}
