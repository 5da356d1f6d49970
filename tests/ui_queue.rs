//! The Queue page driven by what people see and screen readers read.

#[path = "ui_parts/jobs.rs"]
mod jobs;
#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use jobs::{Jobs, Window, answer, click, job, open, orders};
use onetake::core::asset::AssetId;
use onetake::core::engine::Money;
use onetake::core::generate::{Class, Failure};
use onetake::core::job::State;
use onetake::core::queue::{Budget, Group, Held, Resting, Row, Spent, Sum, Totals, Why};
use onetake::studio::queue::{Again, Answer, Effect, Message as Queue, Question};
use onetake::studio::{self, Message, Page, Sheet};
use rig::look;

const MIXED: [usize; 6] = [6, 1, 2, 5, 4, 1];

fn usual(counts: [usize; 6]) -> (Window, Jobs) {
    open(Jobs::of(counts), [1280.0, 800.0], 1.0)
}

fn given(window: &Window) -> usize {
    window.state().effects.len()
}

/// The button of this name in the row whose prompt begins so.
fn press(window: &mut Window, name: &str, which: usize) {
    window.get_all_by_label(name).nth(which).unwrap_or_else(|| panic!("{name} {which}")).click();
    window.run_steps(4);
}

fn totals() -> Totals {
    let failure = Failure::new(Class::RateLimited, "slow down");
    Totals {
        spent: Spent { month_micros: 12_400_000, project_micros: 3_000_000 },
        resting: vec![Resting { engine: "offline".into(), failure, secs: Some(40.0) }],
        ..Totals::default()
    }
}

#[test]
fn an_empty_queue_says_how_to_begin() {
    let (mut window, _) = usual([0; 6]);
    window.get_by_label("Nothing in the queue");
    look(&mut window, "queue-empty");
    click(&mut window, "Go to Prepare");
    assert_eq!(window.state().model.page, Page::Prepare);
}

#[test]
fn it_fits_every_window() {
    for (name, size, scale) in [
        ("queue-1024", [1024.0, 640.0], 1.0),
        ("queue-1280", [1280.0, 800.0], 1.0),
        ("queue-1920", [1920.0, 1080.0], 1.0),
        ("queue-150", [1280.0 / 1.5, 800.0 / 1.5], 1.5),
        ("queue-200", [512.0, 320.0], 2.0),
    ] {
        let (mut window, mut jobs) = open(Jobs::of(MIXED), size, scale);
        window.state_mut().tell(Message::Queue(Queue::Totals(totals())));
        look(&mut window, name);
        window.state_mut().tell(Message::Queue(Queue::Show(Some(Group::Failed))));
        window.run_steps(4);
        answer(&mut window, &mut jobs);
        window.get_by_label_contains("Refused content");
        look(&mut window, &format!("{name}-failed"));
        let long = "The upstream worker returned an unexpected payload while rendering segment 3 of 5: the safety classifier's verdict could not be parsed (expected one of ALLOW, BLOCK, REVIEW), so that the generation was stopped before its first frame was encoded; the request was not retried because its deadline of 120 seconds had passed, and credits for it will be returned within a day unless they were promotional ones.";
        let mut failed = job(7, State::Failed);
        failed.failure = Some(Failure::new(Class::Server, long));
        window.state_mut().tell(Message::Queue(Queue::Changed(vec![failed])));
        window.run_steps(4);
        look(&mut window, &format!("{name}-long"));
    }
}

#[test]
fn a_group_is_shown_alone() {
    let (mut window, mut jobs) = usual(MIXED);
    window.get_by_label("Being made  ·  3");
    click(&mut window, "Done 5");
    answer(&mut window, &mut jobs);
    assert_eq!(window.state().model.queue.group, Some(Group::Done));
    assert!(window.query_by_label("Being made  ·  3").is_none());
    click(&mut window, "All 19");
    window.get_by_label("Being made  ·  3");
}

#[test]
fn what_is_made_tells_how_far_it_is_and_can_be_cancelled() {
    let (mut window, _) = usual([0, 0, 1, 0, 0, 0]);
    let from = given(&window);
    press(&mut window, "Cancel", 0);
    assert_eq!(orders(&window, from), [Effect::Cancel(vec!["job-00000".into()])]);
    // What the hands tell is seen at once, and needs no reading.
    let (from, done) = (given(&window), job(0, State::Done));
    window.state_mut().tell(Message::Queue(Queue::Changed(vec![done])));
    window.run_steps(3);
    window.get_by_label("Done  ·  1");
    let read = |effect: &studio::Effect| matches!(effect, studio::Effect::Queue(Effect::Read(_)));
    assert!(!window.state().effects[from..].iter().any(read));
}

#[test]
fn what_waits_goes_elsewhere_by_buttons_keys_and_menu() {
    let (mut window, _) = usual([4, 0, 0, 0, 0, 0]);
    let order = |job: &str, before: Option<&str>| Effect::Move { job: job.into(), before: before.map(str::to_owned) };
    let from = given(&window);
    press(&mut window, "Later", 0);
    press(&mut window, "Sooner", 3);
    assert_eq!(orders(&window, from), [order("job-00000", Some("job-00002")), order("job-00003", Some("job-00002"))]);
    let from = given(&window);
    press(&mut window, "Later", 3);
    press(&mut window, "Sooner", 0);
    assert!(orders(&window, from).is_empty(), "there is nowhere to go");
    let from = given(&window);
    window.key_press(Key::ArrowDown);
    window.key_press(Key::ArrowDown);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::ALT, Key::End);
    window.run_steps(3);
    assert_eq!(orders(&window, from), [order("job-00001", None)]);
    let from = given(&window);
    window.key_press(Key::Delete);
    window.run_steps(3);
    assert_eq!(orders(&window, from), [Effect::Cancel(vec!["job-00001".into()])]);
}

#[test]
fn a_row_is_dragged_before_another() {
    let (mut window, _) = usual([5, 0, 0, 0, 0, 0]);
    let rows: Vec<egui::Rect> = window.get_all_by_role(egui::accesskit::Role::ListBoxOption).map(|node| node.rect()).collect();
    let from = given(&window);
    let (start, end) = (rows[0].center(), rows[3].center_top() + egui::vec2(0.0, 6.0));
    window.drag_at(start);
    window.run_steps(2);
    window.hover_at(start + egui::vec2(0.0, 40.0));
    window.run_steps(2);
    window.hover_at(end);
    window.run_steps(2);
    look(&mut window, "queue-drag");
    window.drop_at(end);
    window.run_steps(3);
    let moved = Effect::Move { job: "job-00000".into(), before: Some("job-00003".into()) };
    assert_eq!(orders(&window, from), [moved]);
}

#[test]
fn a_failure_says_why_in_the_engines_words_and_what_to_do() {
    let (mut window, _) = usual([0, 0, 0, 0, 4, 0]);
    look(&mut window, "queue-failed");
    window.get_by_label_contains("Your prompt was flagged by our moderation");
    let from = given(&window);
    press(&mut window, "Retry", 0);
    assert_eq!(orders(&window, from).len(), 1);
    window.state_mut().tell(Message::Queue(Queue::Placed(Ok(1))));
    click(&mut window, "Enter the key");
    assert_eq!(window.state().model.sheet, Some(Sheet::Engines));
}

#[test]
fn other_words_make_it_again() {
    let (mut window, _) = usual([0, 0, 0, 0, 1, 0]);
    click(&mut window, "Edit prompt");
    look(&mut window, "queue-edit");
    let field = window.get_by_label("Prompt");
    field.focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(2);
    window.get_by_label("Prompt").type_text("a desk at dawn");
    window.run_steps(3);
    let from = given(&window);
    click(&mut window, "Make again");
    let again = Again { prompt: Some("a desk at dawn".into()), ..Again::same("job-00000") };
    assert_eq!(orders(&window, from), [Effect::Retry(vec![again])]);
}

#[test]
fn another_engine_makes_it_instead() {
    let (mut window, _) = usual([0, 0, 0, 0, 1, 0]);
    click(&mut window, "Other engine");
    look(&mut window, "queue-other-engine");
    let from = given(&window);
    click(&mut window, "Drawn from words (no AI)");
    let target = Some(("offline".to_owned(), "painter".to_owned()));
    assert_eq!(orders(&window, from), [Effect::Retry(vec![Again { target, ..Again::same("job-00000") }])]);
}

#[test]
fn what_an_engine_wants_agreed_to_is_read_first() {
    let mut jobs = Jobs::of([0; 6]);
    jobs.rows.push(job(2, State::Failed));
    let (mut window, _) = open(jobs, [1280.0, 800.0], 1.0);
    click(&mut window, "Read and agree");
    look(&mut window, "queue-consent");
    window.get_by_label_contains("I own the rights to the face");
    let from = given(&window);
    click(&mut window, "I agree, make it");
    assert_eq!(orders(&window, from), [Effect::Retry(vec![Again { agreed: true, ..Again::same("job-00002") }])]);
}

#[test]
fn all_that_failed_are_tried_again_and_what_is_done_is_cleared() {
    let (mut window, _) = usual(MIXED);
    let from = given(&window);
    click(&mut window, "Retry all failed");
    let given_orders = orders(&window, from);
    let [Effect::Retry(tries)] = &given_orders[..] else { panic!("{given_orders:?}") };
    assert_eq!(tries.len(), 4);
    click(&mut window, "More for all jobs");
    look(&mut window, "queue-more");
    let from = given(&window);
    click(&mut window, "Clear what is done");
    let given_orders = orders(&window, from);
    let [Effect::Clear(cleared)] = &given_orders[..] else { panic!("{given_orders:?}") };
    assert_eq!(cleared.len(), 6, "done and cancelled");
    assert!(window.query_by_label("Done 5").is_none(), "they are gone at once");
}

#[test]
fn everything_is_paused_and_goes_on() {
    let (mut window, _) = usual([3, 0, 0, 0, 0, 0]);
    let from = given(&window);
    click(&mut window, "Pause all");
    window.get_by_label_contains("paused");
    click(&mut window, "Go on");
    assert_eq!(orders(&window, from), [Effect::Pause(true), Effect::Pause(false)]);
}

#[test]
fn only_what_is_near_the_screen_is_read_of_ten_thousand() {
    let (mut window, mut jobs) = usual([9_990, 2, 2, 0, 6, 0]);
    window.get_by_label("Waiting 9,990");
    let read = |window: &Window| -> usize {
        let read = window.state().effects.iter().filter_map(|effect| match effect {
            studio::Effect::Queue(Effect::Read(asked)) => Some(asked.len()),
            _ => None,
        });
        read.sum()
    };
    assert!(read(&window) < 100, "{}", read(&window));
    window.key_press(Key::End);
    window.run_steps(6);
    answer(&mut window, &mut jobs);
    window.run_steps(6);
    answer(&mut window, &mut jobs);
    let failed = window.get_all_by_label_contains("INTERNAL.BAD_OUTPUT").count();
    assert!(failed > 0, "the end of the list is shown");
    look(&mut window, "queue-10000");
    assert!(read(&window) < 300, "{}", read(&window));
}

#[test]
fn beyond_the_budget_the_person_is_asked() {
    let (mut window, _) = usual([1, 0, 0, 0, 0, 0]);
    let sum = Sum { micros: 4_200_000, orders: 3, unknown: 0 };
    let why = Why::Month { spent_micros: 18_500_000, budget_micros: 20_000_000, sum };
    let budget = Budget { month_micros: Some(20_000_000), project_micros: None };
    let ask = |window: &mut Window, id| {
        let question = Question { id, why: why.clone(), budget, project: None, held: 0 };
        window.state_mut().tell(Message::Queue(Queue::Ask(question)));
        window.run_steps(4);
    };
    ask(&mut window, 1);
    look(&mut window, "queue-budget");
    let from = given(&window);
    click(&mut window, "Make it this once");
    assert_eq!(orders(&window, from), [Effect::Answer { question: 1, answer: Answer::Once }]);
    ask(&mut window, 2);
    let from = given(&window);
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert_eq!(orders(&window, from), [Effect::Answer { question: 2, answer: Answer::No }], "money is not spent by mistake");
    ask(&mut window, 3);
    let from = given(&window);
    click(&mut window, "New budget in dollars: more");
    click(&mut window, "Raise the budget");
    let raised = Budget { month_micros: Some(28_000_000), ..budget };
    assert_eq!(orders(&window, from), [Effect::Answer { question: 3, answer: Answer::Raise(raised) }]);
    assert_eq!(window.state().model.settings.engines.budget, raised);
}

/// One that was not sent when its turn came.
fn held(number: usize) -> Row {
    let sum = Sum { micros: 600_000, orders: 1, unknown: 0 };
    let why = Why::Month { spent_micros: 19_800_000, budget_micros: 20_000_000, sum };
    Row { held: Some(Held { why, price: Some(Money::usd(0.6)) }), ..job(number, State::Queued) }
}

#[test]
fn what_no_longer_fits_the_budget_waits_for_an_answer() {
    for (name, size, scale) in [
        ("held-1280", [1280.0, 800.0], 1.0),
        ("held-1024", [1024.0, 640.0], 1.0),
        ("held-150", [1280.0 / 1.5, 800.0 / 1.5], 1.5),
    ] {
        let mut jobs = Jobs::of([2, 0, 1, 0, 0, 0]);
        jobs.rows.extend([held(3), held(4)]);
        let (mut window, _) = open(jobs, size, scale);
        window.get_by_label("2 orders were not sent: they no longer fit the budget.");
        look(&mut window, &format!("queue-{name}"));
        let from = given(&window);
        click(&mut window, "Decide about what is held");
        press(&mut window, "Decide", 0);
        assert_eq!(orders(&window, from), [Effect::Decide(None), Effect::Decide(Some("job-00003".into()))]);
        let (why, budget) = (held(3).held.unwrap().why, Budget { month_micros: Some(20_000_000), project_micros: None });
        let question = Question { id: 4, why, budget, project: None, held: 2 };
        window.state_mut().tell(Message::Queue(Queue::Ask(question)));
        window.run_steps(4);
        look(&mut window, &format!("queue-{name}-question"));
        let from = given(&window);
        click(&mut window, "Make them this once");
        assert_eq!(orders(&window, from), [Effect::Answer { question: 4, answer: Answer::Once }]);
    }
}

#[test]
fn everything_is_cancelled_only_after_a_question() {
    let (mut window, _) = usual([12, 1, 1, 2, 0, 0]);
    let cancel_all = |window: &mut Window| {
        click(window, "More for all jobs");
        click(window, "Cancel everything…");
    };
    let from = given(&window);
    cancel_all(&mut window);
    assert_eq!(orders(&window, from), [Effect::Weigh], "nothing is stopped yet");
    window.state_mut().tell(Message::Queue(Queue::Weighed(Sum { micros: 840_000, orders: 2, unknown: 0 })));
    window.run_steps(4);
    window.get_by_label("12 wait and have cost nothing.");
    window.get_by_label_contains("$0.84 together, which may be charged");
    window.get_by_label("This can’t be undone.");
    look(&mut window, "queue-stop");
    let from = given(&window);
    // Enter must not destroy anything by itself, nor Escape.
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert!(orders(&window, from).is_empty() && window.state().model.queue.stopping.is_none());
    cancel_all(&mut window);
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.state().model.queue.stopping.is_none());
    cancel_all(&mut window);
    let from = given(&window);
    click(&mut window, "Cancel 14 orders");
    let given_orders = orders(&window, from);
    let [Effect::Cancel(cancelled)] = &given_orders[..] else { panic!("{given_orders:?}") };
    assert_eq!(cancelled.len(), 14);
    click(&mut window, "More for all jobs");
    click(&mut window, "Cancel all that wait…");
    window.get_by_label("Cancel 12 orders?");
}

#[test]
fn what_is_paid_for_is_fetched_and_ordered_again_only_by_its_menu() {
    let mut jobs = Jobs::of([0; 6]);
    let failure = Failure::new(Class::Here, "The file could not be written: no space left on device.");
    jobs.rows.push(Row { kept: true, failure: Some(failure), ..job(0, State::Failed) });
    let (mut window, _) = open(jobs, [1280.0, 800.0], 1.0);
    assert!(window.query_by_label("Retry").is_none());
    look(&mut window, "queue-kept");
    let from = given(&window);
    click(&mut window, "Fetch");
    assert_eq!(orders(&window, from), [Effect::Retry(vec![Again::same("job-00000")])]);
    window.state_mut().tell(Message::Queue(Queue::Placed(Ok(1))));
    window.get_all_by_role(egui::accesskit::Role::ListBoxOption).next().unwrap().click_secondary();
    window.run_steps(4);
    let from = given(&window);
    click(&mut window, "Order it again");
    assert_eq!(orders(&window, from), [Effect::Retry(vec![Again { anew: true, ..Again::same("job-00000") }])]);
}

#[test]
fn a_job_called_for_from_elsewhere_is_scrolled_to_and_has_the_keyboard() {
    let (mut window, mut jobs) = usual([400, 0, 0, 9, 0, 0]);
    window.state_mut().tell(Message::Queue(Queue::Show(Some(Group::Done))));
    window.run_steps(2);
    window.state_mut().tell(Message::Queue(Queue::Find("job-00390".into())));
    for _ in 0..4 {
        window.run_steps(4);
        answer(&mut window, &mut jobs);
    }
    assert_eq!((window.state().model.queue.group, window.state().model.queue.called.clone()), (None, None));
    let row = window
        .get_all_by_role(egui::accesskit::Role::ListBoxOption)
        .find(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
        .expect("it is marked");
    let screen = window.ctx.content_rect();
    assert!(screen.contains_rect(row.rect()), "{:?} of {screen:?}", row.rect());
    look(&mut window, "queue-called");
    let from = given(&window);
    window.key_press(Key::Delete);
    window.run_steps(3);
    assert_eq!(orders(&window, from), [Effect::Cancel(vec!["job-00390".into()])], "the keyboard stands there");
    // Scrolled away and called for once more.
    window.key_press(Key::Home);
    window.run_steps(6);
    window.state_mut().tell(Message::Queue(Queue::Find("job-00390".into())));
    window.run_steps(6);
    answer(&mut window, &mut jobs);
    window.run_steps(4);
    let selected = |window: &Window| {
        let mut rows = window.get_all_by_role(egui::accesskit::Role::ListBoxOption);
        rows.any(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
    };
    assert!(selected(&window));
}

#[test]
fn what_a_job_made_is_shown_in_the_library() {
    let mut jobs = Jobs::of([0, 0, 0, 1, 0, 0]);
    jobs.rows[0].made = vec![AssetId("made-1".into())];
    let (mut window, _) = open(jobs, [1280.0, 800.0], 1.0);
    click(&mut window, "Show in the library");
    assert_eq!(window.state().model.page, Page::Library);
    window.state_mut().tell(Message::Go(Page::Queue));
    window.run_steps(4);
    // The row that was clicked has the keyboard.
    window.get_all_by_role(egui::accesskit::Role::ListBoxOption).next().unwrap().click();
    window.run_steps(4);
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert_eq!(window.state().model.page, Page::Library);
    let place = studio::Effect::Library(studio::library::Effect::Place(AssetId("made-1".into())));
    assert!(window.state().has(|effect| *effect == place), "it is looked for wherever it is");
}

#[test]
fn a_charge_that_differs_from_its_price_is_shown() {
    let mut jobs = Jobs::of([0, 0, 0, 1, 0, 0]);
    jobs.rows[0].quote = Some(Money::usd(0.40));
    let (mut window, _) = open(jobs, [1280.0, 800.0], 1.0);
    window.get_all_by_role(egui::accesskit::Role::ListBoxOption).next().unwrap().hover();
    window.run_steps(4);
    for _ in 0..40 {
        window.step();
    }
    window.get_by_label_contains("Thought to cost $0.40");
}
