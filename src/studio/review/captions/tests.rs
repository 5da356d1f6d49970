//! Captions driven by messages alone: when they are looked for, what is ordered and when, what becomes of what was heard.

#[path = "../../../../tests/rig/heard.rs"]
mod heard;

use crate::core::queue::made_up as job;
use heard::transcription;

use super::*;
use crate::core::captions::Caption;
use crate::core::engine::Catalogue;
use crate::core::take::made_up;
use crate::core::time::{Moment, Rate, SECOND};
use crate::studio::command::Command;
use crate::studio::engines::{KeyFrom, Looked, Place};
use crate::studio::{self, Model as Studio, Page, review, start, update};

const OWN: &str = "[[engine]]\nname='own'\nlabel='Own'\nform='open_ai'\nkey='optional'\nbase='http://127.0.0.1:9/v1'\n[[engine.model]]\nname='whisper-1'\nkind='transcription'\nprice={ rates = [{ second = 0.0001 }] }\n";

struct Desk {
    model: Studio,
    effects: Vec<studio::Effect>,
}

impl Desk {
    /// On the page, with take 2 open of two.
    fn new() -> Desk {
        let mut desk = Desk { model: Studio::default(), effects: Vec::new() };
        start(&mut desk.model, Settings::default(), Moment(0));
        let place = Place { key: KeyFrom::Nowhere, base: "http://127.0.0.1:9/v1".into(), base_variable: None };
        let list = Arc::new(Catalogue::ours().with(Catalogue::read(OWN).unwrap()));
        let looked = Looked { list, problem: None, places: [("own".to_owned(), place)].into() };
        desk.tell(studio::Message::Engines(engines::Message::Looked(Box::new(looked))));
        desk.review(review::Message::Listed(Ok(vec![made_up::take(2), made_up::take(1)])));
        desk.tell(studio::Message::Go(Page::Review));
        desk.opened(2);
        desk.effects.clear();
        desk
    }

    fn opened(&mut self, number: u32) {
        let take = TakeId(format!("take-{number}"));
        self.review(review::Message::Opened { take, result: Ok((141 * SECOND, Rate::whole(30))) });
    }

    fn tell(&mut self, message: studio::Message) {
        self.effects.extend(update(&mut self.model, message, Moment(0).plus_secs(1.0)));
    }

    fn review(&mut self, message: review::Message) {
        self.tell(studio::Message::Review(message));
    }

    fn say(&mut self, message: Message) {
        self.review(review::Message::Captions(message));
    }

    fn queue(&mut self, message: queue::Message) {
        self.tell(studio::Message::Queue(message));
    }

    /// What the hands were asked since the last time.
    fn asked(&mut self) -> Vec<Effect> {
        let of = |effect| match effect {
            studio::Effect::Review(review::Effect::Captions(effect)) => Some(effect),
            _ => None,
        };
        std::mem::take(&mut self.effects).into_iter().filter_map(of).collect()
    }

    fn placed(&mut self) -> Vec<Draft> {
        let of = |effect| match effect {
            studio::Effect::Queue(queue::Effect::Place(drafts)) => Some(drafts),
            _ => None,
        };
        std::mem::take(&mut self.effects).into_iter().filter_map(of).flatten().collect()
    }

    fn found(&self) -> &Found {
        &self.model.review.open.as_ref().unwrap().captions
    }

    fn read(&mut self, number: u32, script: &[Caption], heard: Option<&[Caption]>) {
        let read = Read { script: Ok(script.to_vec()), heard: heard.map(|heard| Ok(heard.to_vec())), job: None };
        self.say(Message::Read { take: TakeId(format!("take-{number}")), read: Box::new(read) });
    }
}

fn caption(from: u64, to: u64, text: &str) -> Caption {
    Caption { start: from * SECOND, end: to * SECOND, text: text.into() }
}

#[test]
fn they_are_looked_for_once_when_somebody_wants_them() {
    let mut desk = Desk::new();
    desk.tell(studio::Message::Command(Command::Captions));
    let asked = desk.asked();
    assert!(matches!(&asked[..], [Effect::Read(take)] if take.number == 2), "{asked:?}");
    desk.say(Message::Want);
    assert!(desk.asked().is_empty(), "they are being looked for");
    desk.read(1, &[caption(0, 9, "of another take")], None);
    assert_eq!(desk.model.review.caption_at(SECOND), None);
    desk.read(2, &[caption(0, 9, "from the script")], None);
    assert_eq!(desk.model.review.caption_at(SECOND).unwrap().text, "from the script");
    desk.say(Message::From(Source::Heard));
    assert_eq!(desk.model.review.caption_at(SECOND), None, "nobody has listened");
    desk.say(Message::From(Source::Script));
    // The next take is looked through by itself while they are on.
    desk.review(review::Message::OpenTake(TakeId("take-1".into())));
    desk.opened(1);
    let asked = desk.asked();
    assert!(matches!(&asked[..], [Effect::Read(take)] if take.number == 1), "{asked:?}");
    desk.tell(studio::Message::Command(Command::Captions));
    desk.read(1, &[caption(0, 9, "hidden")], None);
    assert_eq!(desk.model.review.caption_at(SECOND), None);
}

#[test]
fn who_switches_them_on_hears_that_there_are_none() {
    let mut desk = Desk::new();
    desk.tell(studio::Message::Command(Command::Captions));
    assert!(desk.model.notice.notices.is_empty());
    desk.read(2, &[], None);
    assert!(desk.model.notice.notices[0].text.contains("tells of no sentence"));
    desk.read(2, &[], None);
    assert_eq!(desk.model.notice.notices.len(), 1, "once");
}

#[test]
fn a_take_is_ordered_once_and_priced_by_its_length() {
    let mut desk = Desk::new();
    desk.say(Message::Transcribe);
    desk.say(Message::Transcribe);
    let drafts = desk.placed();
    let [draft] = &drafts[..] else { panic!("{drafts:?}") };
    assert_eq!((draft.engine.as_str(), draft.kind, draft.wish.seconds), ("own", Kind::Transcription, Some(141.0)));
    assert_eq!(draft.inputs, [(InputRole::Sound, Given::Asset(AssetId("take-2".into())))]);
    assert_eq!(draft.fault(desk.model.engines.list.engine("own").unwrap()), None);
    // A budget stops it: it may be ordered again.
    desk.queue(queue::Message::Placed(Err(Problem::usage("No.", ""))));
    assert!(!desk.found().comes());
    desk.say(Message::Transcribe);
    assert_eq!(desk.placed().len(), 1);
    desk.queue(queue::Message::Placed(Ok(1)));
    assert!(desk.found().comes(), "until the queue tells of it");
    desk.queue(queue::Message::Changed(vec![transcription(1, 1, JobState::Queued)]));
    assert!(desk.found().job.is_none(), "of another take");
    desk.queue(queue::Message::Changed(vec![transcription(2, 1, JobState::Running)]));
    desk.say(Message::Transcribe);
    assert!(desk.placed().is_empty() && desk.found().comes());
    desk.say(Message::Stop);
    assert!(desk.effects.contains(&studio::Effect::Queue(queue::Effect::Cancel(vec!["heard-1".into()]))));
    desk.queue(queue::Message::Changed(vec![transcription(2, 1, JobState::Failed)]));
    assert_eq!(desk.found().failed().map(|row| row.job.id.as_str()), Some("heard-1"));
    desk.say(Message::Retry);
    let again = queue::Effect::Retry(vec![queue::Again::same("heard-1")]);
    assert!(desk.effects.contains(&studio::Effect::Queue(again)));
}

#[test]
fn what_was_heard_goes_beside_its_take_and_is_shown() {
    let mut desk = Desk::new();
    let done = |number| transcription(number, 1, JobState::Done);
    desk.queue(queue::Message::Changed(vec![done(2)]));
    desk.queue(queue::Message::Ended(Box::new(done(2))));
    let asked = desk.asked();
    assert!(matches!(&asked[..], [Effect::Heard(take)] if take.number == 2), "{asked:?}");
    desk.read(2, &[caption(0, 9, "written")], Some(&[caption(1, 3, "spoken")]));
    assert_eq!(desk.model.review.caption_at(SECOND).unwrap().text, "spoken");
    desk.say(Message::Keep);
    let asked = desk.asked();
    assert!(matches!(&asked[..], [Effect::Keep { captions, .. }] if captions[0].text == "spoken"), "{asked:?}");
    // One that is not open, and one that nobody here knows.
    desk.queue(queue::Message::Ended(Box::new(done(1))));
    desk.queue(queue::Message::Ended(Box::new(done(7))));
    let asked = desk.asked();
    assert!(matches!(&asked[..], [Effect::Heard(take)] if take.number == 1), "{asked:?}");
}

#[test]
fn what_never_was_chosen_is_the_first_that_is_ready() {
    let mut desk = Desk::new();
    let chosen = |desk: &Desk| target(&desk.model.captions_seen()).map(|(engine, _)| engine.name.clone());
    assert_eq!(chosen(&desk).as_deref(), Some("own"), "the others need a key");
    desk.model.settings.engines.transcription.engine = "venice".into();
    assert_eq!(chosen(&desk).as_deref(), Some("venice"));
}
