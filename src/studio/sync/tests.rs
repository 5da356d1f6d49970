//! When the server is looked at, what becomes of what comes from it, and that nothing is put over words that were just written.

use super::*;
use crate::core::problem::Kind;
use crate::core::script::Script;
use crate::core::shared::{Access, Document, Stage};
use crate::core::time::SECOND;
use crate::studio::Message as Whole;

struct Studio {
    sync: State,
    prepare: prepare::State,
    settings: Settings,
    busy: bool,
    now: Moment,
}

fn document(script: &str) -> Document {
    Document::new(script.to_owned(), serde_json::Map::new(), Stage::Draft, Vec::new())
}

fn arrival(over: &str, wanted: &str) -> Outcome {
    let theirs = document(wanted);
    Outcome::Arrived(Box::new(Arrival { wanted: theirs.clone(), theirs, revision: 2, over: over.into() }))
}

fn trouble(away: bool) -> Trouble {
    Trouble { away, problem: Problem::new(Kind::Refused, "No.", "") }
}

fn conflict(mine: &str) -> Outcome {
    let facts = Facts {
        id: "r".into(),
        revision: 3,
        sha256: String::new(),
        title: "T".into(),
        stage: Stage::Draft,
        words: 1,
        scenes: 1,
        device: "other".into(),
        author: None,
        made_at: String::new(),
        owner: None,
        team: None,
        access: Access::Owner,
    };
    let (mine, theirs) = (document(mine), document("theirs"));
    Outcome::Differs(Box::new(Conflict { mine, theirs, facts, written_at: String::new(), device: "desk".into() }))
}

impl Studio {
    /// With a script open and signed in.
    fn new() -> Studio {
        let mut prepare = prepare::State::default();
        let project = Project { id: "p".into(), title: "P".into(), folder: "/p".into() };
        prepare.update(prepare::Message::Opened(Ok((project, "one".into()))), Moment(0));
        let settings = Settings { server_url: Some("http://studio".into()), ..Settings::default() };
        let mut studio = Studio { sync: State::default(), prepare, settings, busy: false, now: Moment(1000 * SECOND) };
        assert!(studio.sync.start(&studio.settings).is_some());
        studio.tell(Message::Connected(Ok(Account::default())));
        studio
    }

    fn tell(&mut self, message: Message) -> Vec<Action> {
        let seen = Seen { settings: &self.settings, prepare: &self.prepare, busy: self.busy };
        self.sync.update(message, &seen, self.now)
    }

    fn stepped(&mut self, result: Result<Outcome, Trouble>) -> Vec<Action> {
        self.tell(Message::Stepped { project: "p".into(), result })
    }

    /// Time passes; true when the server is looked at.
    fn wait(&mut self, secs: f64) -> bool {
        self.now = self.now.plus_secs(secs);
        let seen = Seen { settings: &self.settings, prepare: &self.prepare, busy: self.busy };
        let actions = self.sync.tick(&seen, self.now);
        actions.iter().any(|action| matches!(action, Action::Do(super::super::Effect::Sync(Effect::Step { .. }))))
    }

    /// Types, and the disk has it.
    fn edit(&mut self, text: &str) {
        self.prepare.update(prepare::Message::Edited(text.into()), self.now);
        self.prepare.saved = Saved::Clean;
    }
}

fn takes_over(actions: &[Action]) -> Option<&str> {
    actions.iter().find_map(|action| match action {
        Action::Tell(Whole::Prepare(prepare::Message::TakeOver(text))) => Some(text.as_str()),
        _ => None,
    })
}

#[test]
fn the_server_is_looked_at_each_half_minute_and_at_each_pause() {
    let mut studio = Studio::new();
    assert!(studio.wait(0.0), "at once when it is there");
    assert!(!studio.wait(100.0), "one look at a time");
    studio.stepped(Ok(Outcome::Same));
    assert_eq!(studio.sync.link, Link::InStep);
    assert!(!studio.wait(29.0) && studio.wait(1.5));
    studio.stepped(Ok(Outcome::Same));
    studio.edit("one two");
    assert!(!studio.wait(0.1), "the pause has only begun");
    assert!(!studio.wait(1.0) && studio.wait(1.1));
    studio.stepped(Ok(Outcome::Sent));
    assert!(!studio.wait(5.0), "nothing has changed since");
    // Unbroken writing: half a minute all the same.
    let mut looked = 0;
    for word in 0..40 {
        studio.edit(&format!("one two {word}"));
        looked += u32::from(studio.wait(1.0));
    }
    assert_eq!(looked, 1);
}

#[test]
fn what_is_not_on_the_disk_and_what_is_being_recorded_waits() {
    let mut studio = Studio::new();
    studio.prepare.update(prepare::Message::Edited("two".into()), studio.now);
    assert!(!studio.wait(60.0), "it is not saved yet");
    studio.prepare.saved = Saved::Clean;
    studio.busy = true;
    assert!(!studio.wait(60.0));
    studio.busy = false;
    assert!(studio.wait(0.0));
}

#[test]
fn what_comes_goes_in_as_an_undoable_step_then_to_the_disk_then_is_agreed_on() {
    let mut studio = Studio::new();
    studio.wait(0.0);
    let actions = studio.stepped(Ok(arrival("one", "one, theirs")));
    assert_eq!(takes_over(&actions), Some("one, theirs"));
    let order: Vec<&str> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Tell(Whole::Prepare(prepare::Message::TakeOver(_))) => Some("text"),
            Action::Tell(Whole::Prepare(prepare::Message::SaveNow)) => Some("save"),
            Action::Tell(Whole::Sync(Message::TakenOver { .. })) => Some("agree"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["text", "save", "agree"]);
    studio.prepare.update(prepare::Message::TakeOver("one, theirs".into()), studio.now);
    assert!(studio.prepare.can_undo());
    studio.prepare.update(prepare::Message::Undo, studio.now);
    assert_eq!(studio.prepare.script, Script::markdown("one"));
}

#[test]
fn nothing_is_put_over_words_that_were_just_written_or_are_being_read() {
    let mut studio = Studio::new();
    studio.wait(0.0);
    studio.edit("one, and more");
    assert_eq!(takes_over(&studio.stepped(Ok(arrival("one", "theirs")))), None);
    studio.wait(0.1);
    assert!(studio.wait(2.5), "both are judged anew");
    studio.busy = true;
    assert_eq!(takes_over(&studio.stepped(Ok(arrival("one, and more", "theirs")))), None);
    studio.busy = false;
    assert!(studio.wait(0.0));
    assert!(takes_over(&studio.stepped(Ok(arrival("one, and more", "theirs")))).is_some());
    // Another project is open by the time something comes.
    let mut studio = Studio::new();
    studio.wait(0.0);
    let other = Project { id: "q".into(), title: "Q".into(), folder: "/q".into() };
    studio.prepare.update(prepare::Message::Opened(Ok((other, "one".into()))), studio.now);
    assert_eq!(takes_over(&studio.stepped(Ok(arrival("one", "theirs")))), None);
}

#[test]
fn a_server_that_is_away_is_looked_for_ever_more_patiently() {
    let mut studio = Studio::new();
    studio.wait(0.0);
    let mut waits = Vec::new();
    for _ in 0..8 {
        studio.stepped(Err(trouble(true)));
        assert!(matches!(studio.sync.link, Link::Away { .. }));
        let mut waited = 0;
        while !studio.wait(1.0) {
            waited += 1;
        }
        waits.push(waited + 1);
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
    let actions = studio.stepped(Ok(Outcome::Sent));
    assert!(actions.iter().any(|action| matches!(action, Action::Do(super::super::Effect::Sync(Effect::StepOthers { .. })))));
    assert_eq!(studio.sync.link.word(), Some("Saved · on server"));
}

#[test]
fn a_no_is_not_asked_for_again_until_something_changes() {
    let mut studio = Studio::new();
    studio.wait(0.0);
    studio.stepped(Err(trouble(false)));
    assert!(!studio.wait(1.0));
    studio.edit("other words");
    studio.wait(0.1);
    assert!(studio.wait(2.1));
}

#[test]
fn two_versions_wait_for_a_choice_and_a_changed_script_is_compared_anew() {
    let mut studio = Studio::new();
    studio.wait(0.0);
    studio.stepped(Ok(conflict("one")));
    assert!(studio.sync.conflict.is_some() && !studio.wait(100.0));
    let actions = studio.tell(Message::Choose(Choice::Theirs));
    assert!(matches!(&actions[..], [Action::Do(super::super::Effect::Sync(Effect::Resolve { choice: Choice::Theirs, .. }))]));
    assert!(studio.sync.conflict.is_none());
    studio.stepped(Ok(conflict("one")));
    studio.edit("one, and more");
    let actions = studio.tell(Message::Choose(Choice::Mine));
    assert!(!actions.iter().any(|action| matches!(action, Action::Do(_))) && studio.sync.conflict.is_none());
    assert!(studio.wait(0.0));
}

#[test]
fn the_demo_goes_nowhere_and_a_token_shows_nowhere() {
    let mut studio = Studio::new();
    let demo = Project { id: DEMO.into(), title: "Demo".into(), folder: "/demo".into() };
    studio.prepare.update(prepare::Message::Opened(Ok((demo, "one".into()))), studio.now);
    assert!(!studio.wait(100.0));
    let message = Message::Connect { url: "http://studio".into(), key: Some(Key::new("very secret")) };
    assert!(!format!("{message:?}").contains("secret"));
    assert!(!format!("{:?}", studio.tell(message)).contains("secret"));
}
