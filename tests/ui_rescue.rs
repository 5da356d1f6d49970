//! The offer of interrupted takes driven by what people see and screen readers read: under the top bar of every page, until each
//! is answered, and never in the way of a take.

#[path = "ui_parts/delivering.rs"]
mod delivering;
#[path = "rig/take.rs"]
mod made_up;
mod rig;

use delivering::open_devices;
use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::problem::Problem;
use onetake::core::project::Project;
use onetake::core::rescue::Interrupted;
use onetake::core::take::{Take, TakeId, TakeState};
use onetake::core::time::{Rate, SECOND};
use onetake::studio::{Effect, Message, Page, prepare, rehearse, rescue, review};
use rig::{Rig, camera_frame, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

const TODAY: &str = "2026-11-21";

fn take(number: u32, project: &str, title: &str) -> Take {
    Take {
        project: project.into(),
        title: title.into(),
        state: TakeState::Interrupted,
        nanos: 760 * SECOND,
        frames: 22_800,
        bytes: 280_000_000,
        ..made_up::take(number)
    }
}

fn ours() -> Interrupted {
    Interrupted { take: take(3, "why-we-write", "Why we write"), at: format!("{TODAY}T14:32:05") }
}

fn others() -> Interrupted {
    Interrupted { take: take(2, "letters", "Letters from a small island"), at: "2026-11-19T08:05:00".into() }
}

fn empty() -> Interrupted {
    let take = Take { nanos: 0, frames: 0, ..take(1, "why-we-write", "Why we write") };
    Interrupted { take, at: format!("{TODAY}T09:01:00") }
}

fn found(waiting: Vec<Interrupted>) -> Message {
    Message::Rescue(rescue::Message::Found { waiting, fresh: Vec::new() })
}

/// A studio with the script open that has found these.
fn studio(waiting: Vec<Interrupted>) -> Rig {
    let mut rig = Rig::new();
    rig.screen.today = Some(TODAY.into());
    let project = |id: &str, title: &str| Project { id: id.into(), title: title.into(), folder: format!("/p/{id}") };
    let projects = vec![project("why-we-write", "Why we write"), project("letters", "Letters from a small island")];
    rig.tell(Message::Prepare(prepare::Message::Projects(projects)));
    let takes = waiting.iter().map(|found| found.take.clone()).filter(|take| take.project == "why-we-write").collect();
    rig.tell(Message::Review(review::Message::Listed(Ok(takes))));
    rig.tell(found(waiting));
    rig
}

fn small(rig: Rig) -> Window {
    window(rig, vec2(1024.0, 640.0), 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn tell(window: &mut Window, message: Message) {
    window.state_mut().tell(message);
    window.run_steps(3);
}

fn asked(window: &Window) -> Vec<rescue::Effect> {
    let of = |effect: &Effect| if let Effect::Rescue(effect) = effect { Some(effect.clone()) } else { None };
    window.state().effects.iter().filter_map(of).collect()
}

fn id(number: u32) -> TakeId {
    TakeId(format!("take-{number}"))
}

const OURS: &str = "Take 3 was interrupted at 14:32 — 12:40 is safe.";

#[test]
fn a_take_is_offered_on_every_page_until_it_is_kept() {
    let mut window = small(studio(vec![ours()]));
    window.get_by_label(OURS);
    look(&mut window, "rescue-prepare");
    for page in [Page::Record, Page::Review, Page::Prepare] {
        tell(&mut window, Message::Go(page));
        window.get_by_label(OURS);
    }
    window.state_mut().wait(3600.0);
    window.run_steps(2);
    click(&mut window, "Keep take 3");
    assert_eq!(asked(&window), [rescue::Effect::Keep { take: Box::new(ours().take) }]);
    // The answer is on its way; a second click, or a list that was made before, asks nothing anew.
    click(&mut window, "Keep take 3");
    tell(&mut window, found(vec![ours()]));
    click(&mut window, "Discard take 3");
    assert_eq!(asked(&window).len(), 1);
    tell(&mut window, Message::Rescue(rescue::Message::Kept { take: id(3), result: Ok(()) }));
    assert!(window.query_by_label(OURS).is_none());
    // The toast, and the words in it.
    assert_eq!(window.query_all_by_label("Take 3 is kept.").count(), 2);
}

#[test]
fn an_answer_that_can_not_be_written_leaves_the_question() {
    let mut window = small(studio(vec![ours()]));
    click(&mut window, "Keep take 3");
    let problem = Problem::disk("The journal can't be written.", "Make the folder writable.");
    tell(&mut window, Message::Rescue(rescue::Message::Kept { take: id(3), result: Err(problem) }));
    window.get_by_label(OURS);
    window.get_by_label("The journal can't be written.");
    click(&mut window, "Keep take 3");
    assert_eq!(asked(&window).len(), 2);
}

#[test]
fn what_is_discarded_can_be_called_back_for_a_while() {
    let mut window = small(studio(vec![ours()]));
    tell(&mut window, Message::Go(Page::Review));
    click(&mut window, "Discard take 3");
    assert_eq!(asked(&window), [rescue::Effect::Discard { take: Box::new(ours().take) }]);
    tell(&mut window, Message::Rescue(rescue::Message::Discarded { take: id(3), result: Ok(()) }));
    assert!(window.state().model.review.takes.is_empty() && window.state().model.review.open.is_none());
    // A list of what waits does not take the way back away.
    tell(&mut window, found(Vec::new()));
    window.get_by_label("Take 3 is in the bin for 30 days.");
    look(&mut window, "rescue-binned");
    let lists = |window: &Window| {
        let list = |effect: &&Effect| matches!(effect, Effect::Review(review::Effect::List { .. }));
        window.state().effects.iter().filter(list).count()
    };
    let before = lists(&window);
    click(&mut window, "Put take 3 back");
    assert_eq!(asked(&window).last(), Some(&rescue::Effect::PutBack { take: Box::new(ours().take) }));
    tell(&mut window, Message::Rescue(rescue::Message::Returned { take: id(3), result: Ok(()) }));
    window.get_by_label(OURS);
    assert_eq!(lists(&window), before + 1, "it is among the takes again");
    click(&mut window, "Discard take 3");
    tell(&mut window, Message::Rescue(rescue::Message::Discarded { take: id(3), result: Ok(()) }));
    window.state_mut().wait(11.0);
    window.run_steps(2);
    assert!(window.query_by_label("Put take 3 back").is_none());
}

#[test]
fn review_opens_the_take_and_the_question_stays() {
    let mut window = small(studio(vec![ours(), empty()]));
    click(&mut window, "Review take 3");
    assert_eq!(window.state().model.page, Page::Review);
    let opened =
        |effect: &Effect| matches!(effect, Effect::Review(review::Effect::Open { take, play: false, .. }) if *take == id(3));
    assert!(window.state().has(opened));
    let ready = review::Message::Opened { take: id(3), result: Ok((760 * SECOND, Rate::whole(30))) };
    tell(&mut window, Message::Review(ready));
    window.state().screen.feeds.player.publish(camera_frame(1280, 720, onetake::core::time::Moment(0)));
    window.run_steps(2);
    window.get_by_label(OURS);
    window.get_by_label("Play");
    look(&mut window, "rescue-review");
    click(&mut window, "Review take 3");
    let opens = window.state().effects.iter().filter(|effect| opened(effect)).count();
    assert_eq!(opens, 1, "it is open already");
    // Deleted by the usual way it is answered too.
    tell(&mut window, Message::Review(review::Message::Deleted { take: id(3), result: Ok(()) }));
    assert!(window.query_by_label(OURS).is_none());
}

#[test]
fn a_take_of_another_project_opens_its_project_first() {
    let mut window = small(studio(vec![ours(), others(), empty()]));
    window.get_by_label("Take 2 of “Letters from a small island” was interrupted on 19 Nov at 08:05 — 12:40 is safe.");
    look(&mut window, "rescue-list");
    click(&mut window, "Review take 2");
    let opens = |effect: &Effect| matches!(effect, Effect::Prepare(prepare::Effect::Open { folder }) if folder == "/p/letters");
    assert!(window.state().has(opens));
    assert_eq!(window.state().model.page, Page::Prepare, "not before its takes are there");
    let project = Project { id: "letters".into(), title: "Letters".into(), folder: "/p/letters".into() };
    tell(&mut window, Message::Prepare(prepare::Message::Opened(Ok((project, rig::SCRIPT.to_owned())))));
    tell(&mut window, Message::Review(review::Message::Listed(Ok(vec![others().take]))));
    assert_eq!(window.state().model.page, Page::Review);
    let shown = |effect: &Effect| matches!(effect, Effect::Review(review::Effect::Open { take, .. }) if *take == id(2));
    assert_eq!(window.state().effects.iter().filter(|effect| shown(effect)).count(), 1);
    // The other project's takes are named by their title now, this one's are not.
    window.get_by_label("Take 2 was interrupted on 19 Nov at 08:05 — 12:40 is safe.");
    window.get_by_label("Take 3 of “Why we write” was interrupted at 14:32 — 12:40 is safe.");
    // And back, on the page itself.
    click(&mut window, "Review take 3");
    let project = Project { id: "why-we-write".into(), title: "Why we write".into(), folder: "/p/why-we-write".into() };
    tell(&mut window, Message::Prepare(prepare::Message::Opened(Ok((project, rig::SCRIPT.to_owned())))));
    tell(&mut window, Message::Review(review::Message::Listed(Ok(vec![ours().take]))));
    assert_eq!(window.state().model.review.open.as_ref().map(|open| open.take.clone()), Some(id(3)));
}

#[test]
fn a_take_whose_project_is_gone_says_where_its_file_is() {
    let mut rig = studio(vec![others()]);
    rig.tell(Message::Prepare(prepare::Message::Projects(Vec::new())));
    let mut window = small(rig);
    click(&mut window, "Review take 2");
    window.get_by_label(
        "The script of take 2 is not in the library any more. Keep the take all the same, or look at its file in /t/take-2.",
    );
    window.get_by_label("Keep take 2");
}

#[test]
fn a_take_with_nothing_in_it_can_only_be_discarded() {
    let mut window = small(studio(vec![empty()]));
    window.get_by_label("Take 1 was interrupted at 09:01 — there is no picture in it.");
    assert!(window.query_by_label("Keep take 1").is_none() && window.query_by_label("Review take 1").is_none());
    look(&mut window, "rescue-empty");
    click(&mut window, "Discard take 1");
    assert_eq!(asked(&window), [rescue::Effect::Discard { take: Box::new(empty().take) }]);
}

#[test]
fn the_keyboard_reaches_every_answer() {
    let mut window = small(studio(vec![ours()]));
    window.get_by_label("Keep take 3").focus();
    window.run_steps(2);
    look(&mut window, "rescue-focus");
    for _ in 0..2 {
        window.key_press(egui::Key::Tab);
        window.run_steps(2);
    }
    window.key_press(egui::Key::Enter);
    window.run_steps(2);
    assert_eq!(asked(&window), [rescue::Effect::Discard { take: Box::new(ours().take) }], "from keep over review to discard");
}

/// On the Record page with devices open.
fn ready(waiting: Vec<Interrupted>) -> Rig {
    let mut rig = studio(waiting);
    rig.tell(Message::Go(Page::Record));
    open_devices(&mut rig);
    rig
}

#[test]
fn it_is_never_in_the_way_of_a_take_or_a_rehearsal() {
    let mut window = small(ready(vec![ours()]));
    window.get_by_label(OURS);
    look(&mut window, "rescue-record");
    click(&mut window, "Record a take");
    assert!(window.query_by_label(OURS).is_none(), "not from the moment a take is wanted");
    // What is found meanwhile waits too.
    tell(&mut window, found(vec![ours(), others()]));
    window.state_mut().wait(1.0);
    window.run_steps(2);
    assert!(window.query_by_label_contains("interrupted").is_none());
    click(&mut window, "Cancel");
    window.get_by_label(OURS);
    window.get_by_label("Keep take 2");
    tell(&mut window, Message::Rehearse(rehearse::Message::Begin));
    assert!(window.query_by_label(OURS).is_none());
    tell(&mut window, Message::Rehearse(rehearse::Message::Stop));
    window.get_by_label(OURS);
    window.key_press(egui::Key::F11);
    window.run_steps(3);
    assert!(window.query_by_label(OURS).is_none(), "full screen shows the picture alone");
}

/// Answers and the controls of a take stand side by side, whole, from a large window to a small one at double scale.
#[test]
fn the_strip_holds_at_every_size_and_covers_nothing() {
    for (name, size, scale) in [
        ("1280", vec2(1280.0, 800.0), 1.0),
        ("1280-150", vec2(853.0, 533.0), 1.5),
        ("1024-150", vec2(682.0, 426.0), 1.5),
        ("1024-200", vec2(512.0, 320.0), 2.0),
    ] {
        let many: Vec<Interrupted> =
            vec![ours(), others(), empty(), Interrupted { take: take(4, "letters", "Letters"), ..others() }];
        let count = if size.y < 500.0 { 1 } else { many.len() };
        let mut window = window(ready(many[..count].to_vec()), size, scale);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        let keep = window.get_by_label("Keep take 3").rect();
        for label in ["Keep take 3", "Review take 3", "Discard take 3", OURS, "Record a take", "Devices and settings"] {
            let rect = window.get_by_label(label).rect();
            assert!(whole.expand(0.5).contains_rect(rect), "{label} leaves the window at {name}: {rect:?}");
        }
        let sentence = window.get_by_label(OURS).rect();
        assert!(sentence.right() < keep.left(), "at {name} the sentence ends before the buttons: {sentence:?} {keep:?}");
        let record = window.get_by_label("Record a take").rect();
        assert!(!record.intersects(keep) && record.top() > keep.bottom(), "at {name}: {record:?} {keep:?}");
        look(&mut window, &format!("rescue-{name}"));
        tell(&mut window, Message::Go(Page::Prepare));
        look(&mut window, &format!("rescue-prepare-{name}"));
    }
}
