//! `onetake write`: what comes of answers good and bad, what stands in the books, what a budget and a kill do.

use std::time::{Duration, Instant};

use onetake::core::job::{Kind, State};
use onetake::core::script::Script;
use serde_json::json;

use super::fake::{Fault, Reply};
use super::rig::{KEY, MODEL, Place, SCRIPT, base, last, saying, slowly, stream, writer};

const ARGUMENTS: [&str; 9] = ["write", "--theme", "Why lamps", "--seconds", "32", "--engine", "openai", "--model", MODEL];
/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

fn with(more: &[&'static str]) -> Vec<&'static str> {
    ARGUMENTS.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn a_theme_becomes_a_project_and_stands_in_the_books() {
    let (place, fake) = (Place::new(), saying(SCRIPT));
    let answer = last(&place.run(&base(&fake), &ARGUMENTS), 0);
    let file = answer["file"].as_str().unwrap();
    let script = Script::markdown(std::fs::read_to_string(file).unwrap());
    assert_eq!((script.title(), script.scenes.len()), ("Why lamps", 2));
    assert_eq!(script.scenes[0].image_prompt(), Some("a lamp in a window, dusk"));
    assert_eq!((answer["scenes"].as_u64(), answer["seconds"].as_f64()), (Some(2), Some(32.0)));
    let db = place.db();
    let job = db.job(answer["job"].as_str().unwrap()).unwrap().unwrap();
    assert_eq!((job.kind, job.state, job.engine.as_str(), job.model.as_str()), (Kind::Text, State::Done, "openai", MODEL));
    // 1,000 tokens at the list's price for a thousand.
    assert_eq!((job.cost_micros, job.cost_micros), (answer["cost_micros"].as_u64(), Some(4_500)));
    let row = &db.queue_rows_of(std::slice::from_ref(&job.id)).unwrap()[0];
    assert_eq!((row.prompt.as_str(), row.text.as_deref()), ("Why lamps", Some(SCRIPT)));
    assert!(db.open_jobs().unwrap().is_empty());
    assert_eq!(fake.charges(), 1);
    let asked = fake.seen()[0].json();
    let system = asked["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("32 seconds") && system.contains("2 scenes"), "{system}");
    assert_eq!(place.holds(KEY), Vec::<std::path::PathBuf>::new());
}

#[test]
fn every_form_of_answer_is_read() {
    let scenes = json!([
        { "title": "The door", "narration": "Nobody waits at the door.", "visual": "a lamp in a window, dusk", "duration": 12 },
        { "title": "The road", "narration": "It goes on, and so do we.", "duration": "20 s" },
    ]);
    let whole = json!({ "title": "Why lamps", "scenes": scenes }).to_string();
    let fenced = format!("Sure! Here you are:\n\n```markdown\n{SCRIPT}```\n\nLet me know if you want it shorter.");
    let labelled = "**Scene 1: The door** (12 s)\n\n**Visual:** a lamp in a window, dusk\n\nNarrator: Nobody waits at the door.\n\n**Scene 2: The road** (20 s)\n\nNarrator: It goes on, and so do we.";
    for text in [whole, fenced, labelled.to_owned(), format!("<think>a lamp…</think>\n{SCRIPT}")] {
        let (place, said) = (Place::new(), text.clone());
        let fake = writer(move |_| stream(&said, "stop"));
        let answer = last(&place.run(&base(&fake), &ARGUMENTS), 0);
        assert_eq!((answer["scenes"].as_u64(), answer["seconds"].as_f64()), (Some(2), Some(32.0)), "{text}");
        let script = Script::markdown(std::fs::read_to_string(answer["file"].as_str().unwrap()).unwrap());
        assert_eq!(script.title(), "Why lamps");
        assert_eq!(script.scenes[0].image_prompt(), Some("a lamp in a window, dusk"), "{}", script.source());
    }
}

#[test]
fn what_is_no_script_is_said_in_the_writers_words() {
    let (place, fake) = (Place::new(), saying("I can't help with that."));
    let answer = last(&place.run(&base(&fake), &ARGUMENTS), 5);
    assert!(answer["error"].as_str().unwrap().contains("I can't help with that."), "{answer}");
    assert!(place.db().projects().unwrap().is_empty());
}

#[test]
fn a_refusal_is_told_and_a_broken_line_leaves_no_project() {
    let (place, fake) = (Place::new(), saying(SCRIPT));
    let error =
        json!({ "error": { "message": format!("Incorrect API key provided: {KEY}."), "type": "invalid_request_error" } });
    fake.fault("POST /v1/chat", Fault::Instead(Reply::json(401, &error)));
    let refused = last(&place.run(&base(&fake), &ARGUMENTS), 5);
    let words = refused["error"].as_str().unwrap();
    assert!(words.contains("Incorrect API key") && !words.contains(KEY), "{refused}");
    let failed = place.db().jobs_in(onetake::core::queue::Group::Failed).unwrap();
    let job = place.db().job(&failed[0]).unwrap().unwrap();
    assert_eq!((job.cost_micros, job.state), (Some(0), State::Failed), "a refusal costs nothing");
    fake.fault("POST /v1/chat", Fault::Cut);
    let cut = place.run(&base(&fake), &ARGUMENTS);
    assert_ne!(cut.status.code(), Some(0), "{}", String::from_utf8_lossy(&cut.stdout));
    assert!(place.db().projects().unwrap().is_empty());
    assert_eq!(place.db().jobs_in(onetake::core::queue::Group::Failed).unwrap().len(), 2);
    assert_eq!(fake.count("POST /v1/chat"), 2, "nothing is sent twice");
    assert!(place.holds(KEY).is_empty());
}

#[test]
fn a_script_that_breaks_off_is_kept_as_far_as_it_came() {
    let place = Place::new();
    let half = &SCRIPT[..SCRIPT.find("It goes on").unwrap() + 10];
    let fake = writer(move |_| stream(half, "length"));
    let answer = last(&place.run(&base(&fake), &ARGUMENTS), 0);
    assert_eq!((answer["cut"].as_bool(), answer["scenes"].as_u64()), (Some(true), Some(2)));
}

#[test]
fn a_budget_stops_it_before_anything_is_sent() {
    let (place, fake) = (Place::new(), saying(SCRIPT));
    place.budget(10);
    let stopped = last(&place.run(&base(&fake), &ARGUMENTS), 5);
    assert!(stopped["fix"].as_str().unwrap().contains("--yes"), "{stopped}");
    assert_eq!(fake.seen().len(), 0);
    last(&place.run(&base(&fake), &with(&["--yes"])), 0);
    assert_eq!(fake.charges(), 1);
}

#[test]
fn an_outline_needs_no_writer_and_says_what_it_is() {
    let place = Place::new();
    let file = place.folder.path().join("lamps.md");
    let to = file.to_string_lossy().into_owned();
    let arguments =
        ["write", "--theme", "Why lamps", "--seconds", "60", "--scenes", "4", "--engine", "offline", "--output", &to];
    let answer = last(&place.run("http://127.0.0.1:9", &arguments), 0);
    assert_eq!((answer["scenes"].as_u64(), answer["project"].is_null()), (Some(4), true));
    let script = Script::markdown(std::fs::read_to_string(&file).unwrap());
    assert!(script.source().contains("not by AI") && script.scenes.iter().all(|scene| scene.image_prompt().is_some()));
    let again = place.run("http://127.0.0.1:9", &arguments);
    assert_eq!(again.status.code(), Some(2), "a file that is there stays");
    let without = last(&place.run("http://127.0.0.1:9", &["write", "--theme", "Why lamps"]), 0);
    assert_eq!(without["engine"], "offline", "what was never chosen costs nothing");
}

#[test]
fn a_kill_in_the_middle_leaves_one_row_and_no_project() {
    let place = Place::new();
    let fake = writer(|_| slowly(stream(SCRIPT, "stop")));
    let mut child = place.command(&base(&fake), &ARGUMENTS).spawn().unwrap();
    let begun = Instant::now();
    while fake.charges() == 0 {
        assert!(begun.elapsed() < LIMIT, "it is never asked");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let going = place.db().jobs_in(onetake::core::queue::Group::Going).unwrap();
    assert_eq!(going.len(), 1, "the order stood in the books before it was sent");
    assert!(place.db().projects().unwrap().is_empty());
    let answer = last(&place.run(&base(&fake), &ARGUMENTS), 0);
    assert_eq!((answer["scenes"].as_u64(), fake.charges()), (Some(2), 2), "only a person asks again");
}
