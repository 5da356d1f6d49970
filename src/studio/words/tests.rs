//! The way of a proposal: asked, streamed, accepted scene by scene, stopped, written again; and nothing of the person's text changes
//! before it is accepted.

use proptest::prelude::*;

use super::prompts::{Message as Prompts, Part};
use super::*;
use crate::core::project::{NEW_SCRIPT, Project};
use crate::core::queue::Sum;
use crate::core::time::Moment;
use crate::studio::{Effect as Out, Message as Said, Model as Studio, start, update};

const OWN: &str = "---\ntitle: Mine\n---\n\n## Before\n\n> image: a door\n\nMy own words.\n";
const ANSWER: &str = "---\ntitle: Lamps\n---\n\n## One\n\n> seconds: 5\n\nFirst.\n\n## Two\n\nSecond.\n\n## Three\n\nThird.\n";

struct Rig {
    model: Studio,
    out: Vec<Out>,
    now: Moment,
}

impl Rig {
    fn with(script: &str) -> Rig {
        let mut rig = Rig { model: Studio::default(), out: Vec::new(), now: Moment(0).plus_secs(10.0) };
        start(&mut rig.model, Settings::default(), Moment(0));
        rig.opened(script);
        rig.out.clear();
        rig
    }

    fn tell(&mut self, message: Said) {
        self.now = self.now.plus_secs(5.0);
        self.out.extend(update(&mut self.model, message, self.now));
    }

    fn words(&mut self, message: Message) {
        self.tell(Said::Words(message));
    }

    fn opened(&mut self, script: &str) {
        let project = Project { id: format!("p{}", script.len()), title: "T".into(), folder: "/p/t".into() };
        self.tell(Said::Prepare(prepare::Message::Opened(Ok((project, script.to_owned())))));
    }

    fn write(&mut self, target: Target) -> u64 {
        self.words(Message::Brief(Box::new(Brief { theme: "Lamps".into(), ..Brief::default() })));
        self.words(Message::Target(target));
        self.words(Message::Write);
        self.asked()
    }

    /// The number of what was asked last.
    fn asked(&self) -> u64 {
        let id = |effect: &Out| match effect {
            Out::Words(Effect::Write { id, .. }) => Some(*id),
            _ => None,
        };
        self.out.iter().rev().find_map(id).unwrap_or_default()
    }

    fn answer(&mut self, id: u64, text: &str) {
        for part in text.as_bytes().chunks(7) {
            self.words(Message::Piece { id, text: String::from_utf8_lossy(part).into_owned() });
        }
    }

    fn source(&self) -> &str {
        self.model.prepare.script.source()
    }

    fn headings(&self) -> Vec<&str> {
        self.model.prepare.script.scenes.iter().map(|scene| scene.heading.as_str()).collect()
    }

    fn proposal(&self) -> &Proposal {
        self.model.words.proposal.as_ref().expect("a proposal")
    }
}

#[test]
fn nothing_changes_before_it_is_accepted_and_one_undo_takes_it_back() {
    let mut rig = Rig::with(OWN);
    let id = rig.write(Target::Here);
    rig.answer(id, ANSWER);
    rig.words(Message::Ended { id, result: Ok(End::default()) });
    assert_eq!((rig.source(), rig.proposal().scenes.len()), (OWN, 3));
    rig.words(Message::AcceptAll);
    assert_eq!(rig.headings(), ["Before", "One", "Two", "Three"]);
    assert!(rig.model.words.proposal.is_none(), "all is decided");
    rig.tell(Said::Command(Command::Undo));
    assert_eq!(rig.source(), OWN);
    rig.tell(Said::Command(Command::Redo));
    assert_eq!(rig.headings(), ["Before", "One", "Two", "Three"]);
}

#[test]
fn a_theme_for_a_new_project_is_written_when_that_is_open() {
    let mut rig = Rig::with(OWN);
    let id = rig.write(Target::New);
    assert_eq!(id, 0, "nothing is asked for the script that is open");
    assert!(rig.out.contains(&Out::Prepare(prepare::Effect::New)));
    rig.opened(NEW_SCRIPT);
    let id = rig.asked();
    assert_ne!(id, 0);
    rig.answer(id, ANSWER);
    rig.words(Message::Ended { id, result: Ok(End::default()) });
    rig.words(Message::AcceptAll);
    assert_eq!((rig.model.prepare.script.title(), rig.headings()), ("Lamps", vec!["One", "Two", "Three"]));
}

#[test]
fn scenes_are_taken_while_the_rest_is_still_being_written() {
    let mut rig = Rig::with(OWN);
    let id = rig.write(Target::Here);
    let half = ANSWER.find("Second").unwrap();
    rig.answer(id, &ANSWER[..half]);
    rig.words(Message::Accept(1));
    assert_eq!(rig.source(), OWN, "its words still come");
    rig.words(Message::Accept(0));
    assert_eq!(rig.headings(), ["Before", "One"]);
    rig.words(Message::Edit { scene: 1, text: "## Two\n\nMine instead.\n".into() });
    rig.answer(id, &ANSWER[half..]);
    rig.words(Message::Ended { id, result: Ok(End { cut: true, cost: None }) });
    assert_eq!(rig.proposal().phase, Phase::Done { cut: true });
    rig.words(Message::Reject(2));
    rig.words(Message::AcceptAll);
    assert_eq!(rig.headings(), ["Before", "One", "Two"]);
    assert!(rig.source().contains("Mine instead.") && !rig.source().contains("Second."));
}

#[test]
fn what_was_stopped_stays_and_late_words_are_not_heard() {
    let mut rig = Rig::with(OWN);
    let id = rig.write(Target::Here);
    rig.answer(id, &ANSWER[..ANSWER.find("## Three").unwrap()]);
    rig.words(Message::Stop);
    assert!(rig.out.contains(&Out::Words(Effect::Stop(id))));
    rig.answer(id, "## Late\n\nNo.\n");
    rig.words(Message::Ended { id, result: Ok(End::default()) });
    assert_eq!((rig.proposal().phase.clone(), rig.proposal().scenes.len(), rig.proposal().open()), (Phase::Stopped, 2, 2));
    rig.words(Message::Again("Shorter.".into()));
    let again = rig.asked();
    assert_ne!(again, id);
    let Some(Out::Words(Effect::Write { ask, .. })) =
        rig.out.iter().rev().find(|out| matches!(out, Out::Words(Effect::Write { .. })))
    else {
        panic!("it is asked again")
    };
    let before = ask.before.as_ref().unwrap();
    assert_eq!((before.remark.as_str(), before.draft.scenes.len()), ("Shorter.", 2));
    rig.answer(id, "## Very late\n\nNo.\n");
    assert!(rig.proposal().scenes.is_empty());
}

#[test]
fn a_budget_asks_before_anything_is_sent() {
    let mut rig = Rig::with(OWN);
    let id = rig.write(Target::Here);
    let why = Why::Month { spent_micros: 5, budget_micros: 6, sum: Sum { micros: 7, orders: 1, unknown: 0 } };
    rig.words(Message::Stopped { id, why: why.clone() });
    assert_eq!((rig.model.words.question.clone(), &rig.proposal().phase), (Some(why), &Phase::Asks));
    rig.words(Message::Agree);
    assert!(matches!(rig.out.last(), Some(Out::Words(Effect::Write { budget: None, .. }))), "{:?}", rig.out.last());
    let id = rig.asked();
    rig.answer(id, ANSWER);
    assert_eq!(rig.proposal().scenes.len(), 3);
}

#[test]
fn an_answer_without_a_script_says_what_was_answered() {
    let mut rig = Rig::with(OWN);
    let id = rig.write(Target::Here);
    rig.answer(id, "I can't write about that.");
    rig.words(Message::Ended { id, result: Ok(End::default()) });
    let Phase::Failed(problem) = &rig.proposal().phase else { panic!("{:?}", rig.proposal().phase) };
    assert!(problem.what.contains("I can't write about that."), "{problem}");
}

#[test]
fn a_better_prompt_is_one_step_and_finds_its_scene() {
    let mut rig = Rig::with(OWN);
    rig.words(Message::Prompts(Prompts::Open { scene: 0, part: Part::Image }));
    rig.words(Message::Prompts(Prompts::Improve { remark: "at night".into(), agreed: false }));
    let Some(Out::Words(Effect::Prompts(prompts::Effect::Improve { id, order, .. }))) = rig.out.last().cloned() else {
        panic!("{:?}", rig.out.last())
    };
    assert_eq!((order.wanted.prompt.as_str(), &order.sentence.0[order.sentence.1.clone()]), ("a door", "a door"));
    // The scene moves while the writer thinks.
    rig.tell(Said::Prepare(prepare::Message::TakeOver(OWN.replace("## Before", "## Earlier\n\nNew.\n\n## Before"))));
    let offer = prompts::Offer { text: "a door at night".into(), version: "v2".into(), cost: None };
    rig.words(Message::Prompts(Prompts::Answered { id, result: Ok(Some(offer.clone())) }));
    assert_eq!(rig.model.words.prompts.phase, prompts::Phase::Offered(offer));
    rig.words(Message::Prompts(Prompts::Use { text: "a door at night".into(), version: Some("v2".into()) }));
    assert_eq!(rig.model.prepare.script.scenes[1].image_prompt(), Some("a door at night"));
    rig.tell(Said::Command(Command::Undo));
    assert_eq!(rig.model.prepare.script.scenes[1].image_prompt(), Some("a door"));
}

#[derive(Clone, Debug)]
enum Op {
    Piece(usize),
    Accept(usize),
    Reject(usize),
    Back(usize),
    Edit(usize),
    All,
    Stop,
    End,
    Again,
    Undo,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (1..60usize).prop_map(Op::Piece),
        2 => (0..5usize).prop_map(Op::Accept),
        1 => (0..5usize).prop_map(Op::Reject),
        1 => (0..5usize).prop_map(Op::Back),
        1 => (0..5usize).prop_map(Op::Edit),
        1 => Just(Op::All),
        1 => Just(Op::Stop),
        1 => Just(Op::End),
        1 => Just(Op::Again),
        1 => Just(Op::Undo),
    ]
}

proptest! {
    /// Whatever is done in whatever order: the person's own scene keeps every byte, and only an acceptance or an undo changes the text.
    #[test]
    fn the_persons_words_stay(ops in proptest::collection::vec(op(), 0..40)) {
        let mut rig = Rig::with(OWN);
        let mut id = rig.write(Target::Here);
        let mut at = 0;
        for op in ops {
            let before = rig.source().to_owned();
            let may_change = matches!(op, Op::Accept(_) | Op::All | Op::Undo);
            match op {
                Op::Piece(count) => {
                    let text = ANSWER.get(at..(at + count).min(ANSWER.len())).unwrap_or_default().to_owned();
                    at = (at + count).min(ANSWER.len());
                    rig.words(Message::Piece { id, text });
                }
                Op::Accept(scene) => rig.words(Message::Accept(scene)),
                Op::Reject(scene) => rig.words(Message::Reject(scene)),
                Op::Back(scene) => rig.words(Message::BringBack(scene)),
                Op::Edit(scene) => rig.words(Message::Edit { scene, text: "## Mine\n\nMine.\n".into() }),
                Op::All => rig.words(Message::AcceptAll),
                Op::Stop => rig.words(Message::Stop),
                Op::End => rig.words(Message::Ended { id, result: Ok(End::default()) }),
                Op::Again => {
                    rig.words(Message::Again(String::new()));
                    (id, at) = (rig.asked(), 0);
                }
                Op::Undo => rig.tell(Said::Command(Command::Undo)),
            }
            prop_assert!(rig.source().contains("## Before\n\n> image: a door\n\nMy own words.\n"), "{}", rig.source());
            prop_assert!(may_change || rig.source() == before);
        }
    }
}
