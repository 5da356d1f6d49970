//! The queue as the person sees it: rows, questions, tries, what is said at the end.

use super::*;
use crate::core::asset::AssetId;
use crate::core::engine::Money;
use crate::core::generate::{Class, Wish};
use crate::core::job::{Job, Kind, State as JobState};
use crate::core::queue::{Budget, Held, Why, made_up};
use crate::studio;

fn row(id: &str, state: JobState) -> Row {
    Row { place: id.bytes().map(i64::from).sum(), ..made_up::row(id, state) }
}

/// One that was not sent when its turn came.
fn held(id: &str) -> Row {
    let sum = Sum { micros: 500_000, orders: 1, unknown: 0 };
    let why = Why::Month { spent_micros: 900_000, budget_micros: 1_000_000, sum };
    Row { held: Some(Held { why, price: Some(Money::usd(0.5)) }), ..row(id, JobState::Queued) }
}

struct Desk {
    state: State,
    settings: Settings,
    page: Page,
    list: Catalogue,
}

impl Desk {
    fn new() -> Desk {
        Desk { state: State::default(), settings: Settings::default(), page: Page::Prepare, list: Catalogue::ours() }
    }

    fn tell(&mut self, message: Message) -> Vec<Action> {
        let seen = Seen { settings: &self.settings, list: &self.list, page: self.page };
        self.state.update(message, &seen)
    }

    fn effects(&mut self, message: Message) -> Vec<Effect> {
        let of = |action| match action {
            Action::Do(studio::Effect::Queue(effect)) => Some(effect),
            _ => None,
        };
        self.tell(message).into_iter().filter_map(of).collect()
    }
}

fn notices(actions: &[Action]) -> Vec<String> {
    let text = |action: &Action| match action {
        Action::Tell(studio::Message::Notice(studio::notice::Message::Offer(text, _))) => Some(text.clone()),
        _ => None,
    };
    actions.iter().filter_map(text).collect()
}

#[test]
fn rows_are_read_where_they_are_seen_and_change_in_place() {
    let mut desk = Desk::new();
    let listed = (0..500).map(|i| Listed::of(&row(&format!("{i:03}"), JobState::Queued))).collect();
    assert!(desk.effects(Message::Listed(Ok(listed))).is_empty(), "nothing is on the screen yet");
    let effects = desk.effects(Message::Seen(0..10));
    let [Effect::Read(asked)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(asked.len(), 20, "and a screen more");
    let rows = asked.iter().map(|id| row(id, JobState::Queued)).collect();
    desk.tell(Message::Read { asked: asked.clone(), result: Ok(rows) });
    let first = desk.state.shown()[0].id.clone();
    assert_eq!(desk.state.rows.get(&first).unwrap().job.state, JobState::Queued);
    // What begins stands first, wherever it stood, and needs no reading.
    let last = desk.state.shown()[499].id.clone();
    assert!(desk.effects(Message::Changed(vec![row(&last, JobState::Running)])).is_empty());
    assert_eq!(desk.state.shown()[0].id, last);
    assert_eq!(desk.state.rows.get(&last).unwrap().job.state, JobState::Running);
    desk.tell(Message::Show(Some(Group::Going)));
    assert_eq!(desk.state.shown().len(), 1);
}

#[test]
fn what_was_read_late_does_not_undo_what_was_told() {
    let mut desk = Desk::new();
    desk.tell(Message::Listed(Ok(List::from_iter([Listed::of(&row("a", JobState::Queued))]))));
    desk.tell(Message::Seen(0..1));
    let told = Row {
        job: Job { updated_at: "2026-11-21T11:00:00Z".into(), ..row("a", JobState::Running).job },
        ..row("a", JobState::Running)
    };
    desk.tell(Message::Changed(vec![told]));
    desk.tell(Message::Read { asked: vec!["a".into()], result: Ok(vec![row("a", JobState::Queued)]) });
    assert_eq!(desk.state.rows.get(&"a".to_owned()).unwrap().job.state, JobState::Running);
}

#[test]
fn a_second_click_orders_nothing() {
    let mut desk = Desk::new();
    let drafts = vec![Draft::new("offline", "painter", Kind::Image, "a desk")];
    assert_eq!(desk.effects(Message::Place(drafts.clone())), [Effect::Place(drafts.clone())]);
    assert!(desk.effects(Message::Place(drafts.clone())).is_empty());
    assert!(desk.effects(Message::Retry(vec![Again::same("a")])).is_empty());
    desk.tell(Message::Placed(Ok(1)));
    assert_eq!(desk.effects(Message::Place(drafts.clone())).len(), 1);
    let refused = Err(Problem::usage("There is no prompt.", "Write one."));
    assert_eq!(desk.tell(Message::Placed(refused)).len(), 1);
    assert!(desk.effects(Message::Place(Vec::new())).is_empty());
}

#[test]
fn a_budget_asks_and_may_be_raised() {
    let mut desk = Desk::new();
    let sum = Sum { micros: 500_000, orders: 1, unknown: 0 };
    let why = Why::Month { spent_micros: 900_000, budget_micros: 1_000_000, sum };
    let budget = Budget { month_micros: Some(1_000_000), project_micros: None };
    let question = Question { id: 7, why: why.clone(), budget, project: None, held: 0 };
    desk.tell(Message::Place(vec![Draft::new("offline", "painter", Kind::Image, "a desk")]));
    desk.tell(Message::Ask(question.clone()));
    assert!(!desk.state.placing);
    assert_eq!(desk.effects(Message::Answer(Answer::No)), [Effect::Answer { question: 7, answer: Answer::No }]);
    assert!(desk.state.question.is_none() && !desk.state.placing);
    assert!(desk.tell(Message::Answer(Answer::Once)).is_empty(), "it was answered");
    desk.tell(Message::Ask(question));
    let actions = desk.tell(Message::Answer(Answer::Raise(why.enough(budget))));
    let [Action::Do(_), Action::Tell(studio::Message::Settings(settings))] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(settings.engines.budget.month_micros, Some(1_400_000));
    assert!(desk.state.placing, "until they lie in the queue");
}

#[test]
fn the_end_of_a_batch_is_told_once_and_not_to_who_looks_on() {
    let failed = |id: &str| Row { failure: Some(Failure::new(Class::Content, "No lanterns.")), ..row(id, JobState::Failed) };
    for (page, expected) in [(Page::Prepare, vec!["1 picture made, 1 failed."]), (Page::Queue, vec![])] {
        let mut desk = Desk { page, ..Desk::new() };
        desk.tell(Message::Changed(vec![row("a", JobState::Running), row("b", JobState::Queued)]));
        let done = Row { made: vec![AssetId("x".into())], ..row("a", JobState::Done) };
        desk.tell(Message::Changed(vec![done.clone()]));
        assert!(notices(&desk.tell(Message::Ended(Box::new(done)))).is_empty(), "the other is still to come");
        desk.tell(Message::Changed(vec![failed("b")]));
        assert_eq!(notices(&desk.tell(Message::Ended(Box::new(failed("b"))))), expected);
    }
    let mut desk = Desk::new();
    desk.tell(Message::Changed(vec![row("c", JobState::Running)]));
    desk.tell(Message::Changed(vec![failed("c")]));
    let said = notices(&desk.tell(Message::Ended(Box::new(failed("c")))));
    assert_eq!(said, ["Offline (drawn by Onetake): No lanterns."], "the engine's own words");
}

#[test]
fn what_is_held_is_said_once_and_decided_when_the_person_wants() {
    let mut desk = Desk::new();
    desk.tell(Message::Changed(vec![row("a", JobState::Queued), row("b", JobState::Queued)]));
    let said = notices(&desk.tell(Message::Changed(vec![held("a")])));
    assert_eq!(said, ["An order was not sent. This costs $0.50. Of this month's budget of $1.00, $0.90 is spent or promised."]);
    assert!(notices(&desk.tell(Message::Changed(vec![held("a")]))).is_empty(), "it was said");
    assert_eq!((desk.state.list.held(), desk.state.list.moving(), desk.state.is_settled()), (1, 1, false));
    let two = notices(&desk.tell(Message::Changed(vec![held("b"), held("c")])));
    assert_eq!(two, ["2 orders were not sent: they no longer fit the budget."]);
    assert!(desk.state.is_settled(), "nothing goes on by itself");
    assert_eq!(desk.effects(Message::Decide(None)), [Effect::Decide(None)]);
    // Its answer says nothing of orders that are just being placed.
    let drafts = vec![Draft::new("offline", "painter", Kind::Image, "a desk")];
    desk.tell(Message::Place(drafts));
    let why = held("a").held.unwrap().why;
    desk.tell(Message::Ask(Question { id: 9, why: why.clone(), budget: Budget::default(), project: None, held: 3 }));
    assert!(desk.state.placing && desk.state.asks());
    assert_eq!(desk.effects(Message::Answer(Answer::No)), [Effect::Answer { question: 9, answer: Answer::No }]);
    assert!(desk.state.placing && !desk.state.asks());
    let question = |id, held| Question { id, why: why.clone(), budget: Budget::default(), project: None, held };
    desk.tell(Message::Ask(question(10, 0)));
    desk.tell(Message::Ask(question(11, 3)));
    assert_eq!(desk.state.question.as_ref().unwrap().id, 10, "orders that are not placed would be lost");
    // Who looks on sees it in the list.
    let mut desk = Desk { page: Page::Queue, ..Desk::new() };
    assert!(notices(&desk.tell(Message::Changed(vec![held("a")]))).is_empty());
}

#[test]
fn everything_is_stopped_only_after_a_yes_and_only_what_goes_on() {
    let mut desk = Desk::new();
    assert!(desk.effects(Message::AskStop { going: true }).is_empty() && !desk.state.asks(), "there is nothing to stop");
    desk.tell(Message::Changed(vec![row("a", JobState::Running), row("b", JobState::Queued), row("c", JobState::Queued)]));
    assert_eq!(desk.effects(Message::AskStop { going: true }), [Effect::Weigh]);
    desk.tell(Message::Weighed(Sum { micros: 400_000, orders: 1, unknown: 0 }));
    let stop = desk.state.stopping.clone().unwrap();
    assert_eq!((stop.jobs(), stop.waiting, stop.going, stop.cost.unwrap().micros), (3, 2, 1, 400_000));
    assert!(desk.effects(Message::Stop(false)).is_empty() && !desk.state.asks());
    assert!(desk.effects(Message::Stop(true)).is_empty(), "it was answered");
    desk.tell(Message::AskStop { going: true });
    desk.tell(Message::Changed(vec![row("a", JobState::Done)]));
    assert_eq!(desk.effects(Message::Stop(true)), [Effect::Cancel(vec!["b".into(), "c".into()])]);
    assert!(desk.effects(Message::AskStop { going: false }).is_empty(), "what waits costs nothing");
    assert_eq!(desk.state.stopping.clone().unwrap().jobs(), 2);
}

#[test]
fn a_job_that_is_called_for_is_shown_wherever_it_stands() {
    let mut desk = Desk::new();
    desk.tell(Message::Changed(vec![row("a", JobState::Queued), row("b", JobState::Done)]));
    desk.tell(Message::Show(Some(Group::Waiting)));
    assert!(desk.effects(Message::Find("b".into())).is_empty(), "it is known");
    assert_eq!((desk.state.called.as_deref(), desk.state.group), (Some("b"), None));
    desk.tell(Message::Called);
    assert_eq!(desk.state.called, None);
    // One that was cleared away is fetched back onto the list.
    assert_eq!(desk.effects(Message::Find("old".into())), [Effect::Find("old".into())]);
    assert_eq!(desk.state.called, None);
    desk.tell(Message::Found { job: "old".into(), there: true });
    assert_eq!(desk.state.called.as_deref(), Some("old"));
    assert_eq!(desk.tell(Message::Found { job: "gone".into(), there: false }).len(), 1, "says so");
}

#[test]
fn what_is_on_its_way_for_a_scene_is_not_missing() {
    let mut desk = Desk::new();
    let place = Place { scene: 3, heading: "What stays".into(), role: crate::core::generate::Role::Picture };
    let wish = Wish { scene: Some(place.clone()), ..Wish::default() };
    let params = serde_json::to_value(&wish).unwrap();
    let of = |state| Row { job: Job { params: params.clone(), ..row("a", state).job }, ..row("a", state) };
    desk.tell(Message::Changed(vec![of(JobState::Queued)]));
    let moved = Place { scene: 1, ..place.clone() };
    assert!(desk.state.comes("why-we-write", &moved), "by its heading, wherever the scene stands now");
    assert!(!desk.state.comes("another", &place));
    // Another try beside it: one of the two is still to come.
    let second = Row { job: Job { id: "b".into(), ..of(JobState::Running).job }, ..of(JobState::Running) };
    desk.tell(Message::Changed(vec![of(JobState::Done), second.clone()]));
    assert!(desk.state.comes("why-we-write", &place));
    let cancelled = Row { job: Job { state: JobState::Cancelled, ..second.job.clone() }, ..second.clone() };
    desk.tell(Message::Changed(vec![cancelled.clone()]));
    assert!(!desk.state.comes("why-we-write", &place));
    // Too many to be told one by one: the list alone says it.
    desk.tell(Message::Changed(vec![second]));
    assert!(desk.state.comes("why-we-write", &place));
    desk.tell(Message::Listed(Ok([Listed::of(&cancelled)].into_iter().collect())));
    assert!(!desk.state.comes("why-we-write", &place));
}

#[test]
fn a_price_is_from_the_list_or_asked_for_once() {
    let quoted = "[[engine]]\nname='v'\nlabel='V'\nform='venice'\n[[engine.model]]\nname='m'\nkind='video'\nprice='quoted'\n";
    let mut desk = Desk { list: Catalogue::ours().with(Catalogue::read(quoted).unwrap()), ..Desk::new() };
    let free = Draft::new("offline", "painter", Kind::Image, "a desk");
    let price = |desk: &Desk, draft: &Draft| desk.state.price(&desk.list, draft);
    assert!(matches!(price(&desk, &free), Priced::Said(Quote { cost: Some(cost), .. }) if cost.micros == 0));
    let draft = Draft::new("v", "m", Kind::Video, "a desk");
    assert_eq!(price(&desk, &draft), Priced::Wanted);
    let effects = desk.effects(Message::Price(Box::new(draft.clone())));
    let [Effect::Quote { key, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(price(&desk, &draft), Priced::Asking);
    assert!(desk.effects(Message::Price(Box::new(draft.clone()))).is_empty());
    let quote = Quote { cost: Some(Money::usd(0.42)), by_engine: true };
    desk.tell(Message::Quoted { key: key.clone(), result: Ok(Some(quote.clone())) });
    assert_eq!(price(&desk, &draft), Priced::Said(quote));
    let other_words = Draft { prompt: "a chair".into(), ..draft.clone() };
    assert!(matches!(price(&desk, &other_words), Priced::Said(_)));
    let longer = Draft { wish: Wish { seconds: Some(10.0), ..Wish::default() }, ..draft.clone() };
    assert_eq!(price(&desk, &longer), Priced::Wanted);
    desk.state.tick(Moment(0).plus_secs(3600.0));
    assert_eq!(price(&desk, &draft), Priced::Wanted, "prices change");
}
