//! The library driven by messages alone, with answers as the hands would give them, early and late.

use super::*;
use crate::core::asset::tests::asset;
use crate::studio;

fn entry(seq: Seq) -> Entry {
    Entry { seq, asset: asset(&format!("a{seq}")) }
}

fn effects(actions: &[Action]) -> Vec<Effect> {
    let effect = |action: &Action| match action {
        Action::Do(studio::Effect::Library(effect)) => Some(effect.clone()),
        _ => None,
    };
    actions.iter().filter_map(effect).collect()
}

/// What is read is there at once.
fn tell(state: &mut State, message: Message) -> Vec<Effect> {
    let mut all = effects(&state.update(message));
    let reads: Vec<Vec<Seq>> = all
        .iter()
        .filter_map(|effect| match effect {
            Effect::Read(asked) => Some(asked.clone()),
            _ => None,
        })
        .collect();
    for asked in reads {
        let result = Ok(asked.iter().map(|seq| entry(*seq)).collect());
        all.extend(effects(&state.update(Message::Read { asked, result })));
    }
    all
}

/// On the page with these found and on the screen.
fn shelf(found: &[Seq]) -> State {
    let mut state = State::default();
    tell(&mut state, Message::Enter);
    tell(&mut state, Message::Found(Ok(found.into())));
    tell(&mut state, Message::Seen(0..found.len()));
    state
}

fn words(words: &str) -> Message {
    Message::Ask(Query { words: words.into(), ..Query::default() })
}

#[test]
fn one_search_runs_at_a_time_and_the_newest_words_win() {
    let mut state = State::default();
    assert!(matches!(tell(&mut state, Message::Enter)[..], [Effect::Find(_), Effect::Tags]));
    assert!(tell(&mut state, words("a")).is_empty() && tell(&mut state, words("ab")).is_empty());
    let next = tell(&mut state, Message::Found(Ok(vec![1, 2].into())));
    assert!(matches!(&next[..], [Effect::Find(query)] if query.words == "ab"));
    assert_eq!(state.found.len(), 2, "what there is is shown meanwhile");
    assert!(tell(&mut state, Message::Found(Ok(vec![2].into()))).is_empty());
    assert_eq!(state.search, Search::Done);
    assert!(tell(&mut state, words("ab")).is_empty(), "nothing else is asked for");
}

#[test]
fn what_fails_is_said_and_looked_for_again() {
    let mut state = shelf(&[1, 2]);
    tell(&mut state, words("x"));
    let problem = Problem::disk("The library can't be read.", "Check the disk.");
    tell(&mut state, Message::Found(Err(problem.clone())));
    assert_eq!((state.search.clone(), state.found.len()), (Search::Failed(problem), 0));
    assert!(matches!(tell(&mut state, Message::Changed)[0], Effect::Find(_)));
}

#[test]
fn the_one_that_is_chosen_is_read_and_its_lineage_asked_for_once() {
    let mut state = shelf(&[5, 6, 7]);
    let related = |all: &[Effect]| all.iter().filter(|effect| matches!(effect, Effect::Relate(_))).count();
    assert_eq!(related(&tell(&mut state, Message::Choose { place: 1, how: How::Only })), 1);
    assert_eq!(related(&tell(&mut state, Message::Choose { place: 1, how: How::Only })), 0);
    assert_eq!(state.inspected().map(|(seq, _)| seq), Some(6));
    let told = Lineage { from: Vec::new(), to: Vec::new() };
    state.update(Message::Related { asset: AssetId("a7".into()), lineage: told.clone() });
    assert_eq!(state.lineage.as_ref().map(|(of, _)| of.0.as_str()), Some("a6"), "an answer to an earlier question");
    let several = tell(&mut state, Message::Choose { place: 2, how: How::Range });
    assert!(matches!(&several[..], [Effect::Weigh { seqs, .. }] if *seqs == [6, 7]));
    assert!(state.lineage.is_none() && state.inspected().is_none());
}

#[test]
fn only_the_newest_weight_counts() {
    let mut state = shelf(&[1, 2, 3]);
    tell(&mut state, Message::ChooseAll);
    let first = state.weighing;
    tell(&mut state, Message::Choose { place: 0, how: How::Toggle });
    state.update(Message::Weighed { question: first, weight: Weight { bytes: 9, nanos: 9 } });
    assert_eq!(state.weight, None);
    state.update(Message::Weighed { question: first + 1, weight: Weight { bytes: 2, nanos: 0 } });
    assert_eq!(state.weight, Some(Weight { bytes: 2, nanos: 0 }));
}

#[test]
fn changes_are_seen_at_once_and_empty_ones_are_none() {
    let mut state = shelf(&[1, 2]);
    tell(&mut state, Message::ChooseAll);
    assert!(tell(&mut state, Message::Tag("   ".into())).is_empty());
    assert!(tell(&mut state, Message::Rename { seq: 1, name: " \n ".into() }).is_empty());
    let tagged = tell(&mut state, Message::Tag(" Night ".into()));
    assert_eq!(tagged, [Effect::Tag { seqs: vec![1, 2], tag: "Night".into() }]);
    tell(&mut state, Message::Tag("night".into()));
    assert_eq!(state.rows.get(&1).unwrap().tags, ["dawn", "Night"], "case does not tell tags apart");
    tell(&mut state, Message::Untag("Night".into()));
    assert_eq!(state.rows.get(&2).unwrap().tags, ["dawn"]);
    tell(&mut state, Message::Rename { seq: 2, name: "x".repeat(900) });
    assert_eq!(state.rows.get(&2).unwrap().name.len(), MAX_NAME);
}

#[test]
fn the_bin_is_a_way_with_a_return() {
    let mut state = shelf(&[1, 2, 3]);
    assert!(tell(&mut state, Message::Bin).is_empty(), "nothing is chosen");
    tell(&mut state, Message::Choose { place: 0, how: How::Only });
    assert_eq!(tell(&mut state, Message::Bin), [Effect::Bin(vec![1])]);
    assert!(tell(&mut state, Message::Restore).is_empty() && tell(&mut state, Message::EmptyBin).is_empty());
    let actions = state.update(Message::Binned(vec![1]));
    let offered = |action: &Action| {
        matches!(action, Action::Tell(studio::Message::Notice(studio::notice::Message::Offer(_, Command::PutBack))))
    };
    assert!(actions.iter().any(offered));
    tell(&mut state, Message::Found(Ok(vec![2, 3].into())));
    assert!(state.selection.is_empty(), "what is gone is not chosen");
    assert_eq!(tell(&mut state, Message::PutBack), [Effect::Restore(vec![1])]);
    assert!(tell(&mut state, Message::PutBack).is_empty(), "once");
}

#[test]
fn an_asset_is_shown_even_where_filters_hide_it() {
    let mut state = shelf(&[1, 2, 3]);
    tell(&mut state, Message::Show(AssetId("a3".into())));
    assert_eq!(state.selection.single(), Some(3));
    tell(&mut state, words("b"));
    tell(&mut state, Message::Found(Ok(vec![1].into())));
    assert_eq!(tell(&mut state, Message::Show(AssetId("a9".into()))), [Effect::Place(AssetId("a9".into()))]);
    let next = tell(&mut state, Message::Placed(Some(9)));
    assert!(matches!(&next[..], [Effect::Find(query)] if query.words.is_empty()));
    tell(&mut state, Message::Found(Ok(vec![8, 9, 10].into())));
    assert_eq!((state.selection.single(), state.selection.cursor()), (Some(9), Some(1)));
}

#[test]
fn the_viewer_follows_the_choice_and_lets_the_player_go() {
    let film = |seq: Seq| {
        let mut entry = entry(seq);
        entry.asset.kind = Kind::Video;
        entry
    };
    let mut state = shelf(&[1, 2]);
    state.update(Message::Read { asked: vec![1], result: Ok(vec![film(1)]) });
    let open = || Message::Viewer(viewer::Message::LookOrPlay);
    assert!(tell(&mut state, open()).is_empty(), "nothing is chosen");
    tell(&mut state, Message::Choose { place: 0, how: How::Only });
    assert!(matches!(&tell(&mut state, open())[..], [Effect::Viewer(viewer::Effect::Film(asset))] if asset.id.0 == "a1"));
    let actions = state.update(Message::Step { by: 1, how: How::Only });
    assert!(actions.iter().any(|action| matches!(action, Action::Do(studio::Effect::Review(studio::review::Effect::Close)))));
    assert!(matches!(effects(&actions)[..], [Effect::Relate(_), Effect::Viewer(viewer::Effect::Picture(_))]));
    let problem = Problem::failed("It is broken.", "");
    state.update(Message::Viewer(viewer::Message::PictureFailed { asset: AssetId("a1".into()), problem: problem.clone() }));
    assert_eq!(state.viewer.as_ref().unwrap().shows, viewer::Shows::Picture, "that was another one");
    state.update(Message::Viewer(viewer::Message::PictureFailed { asset: AssetId("a2".into()), problem: problem.clone() }));
    assert_eq!(state.viewer.as_ref().unwrap().shows, viewer::Shows::Failed(problem));
    tell(&mut state, Message::ChooseNone);
    assert!(state.viewer.is_none());
}

#[test]
fn only_pictures_are_given_to_a_scene() {
    let mut state = shelf(&[1]);
    let picture = Arc::new(asset("a1"));
    let given = tell(&mut state, Message::Give { asset: Arc::clone(&picture), scene: 2 });
    assert_eq!(given, [Effect::Give { asset: Arc::clone(&picture), scene: 2 }]);
    let film = Arc::new(Asset { kind: Kind::Video, ..(*picture).clone() });
    assert!(tell(&mut state, Message::Give { asset: film, scene: 2 }).is_empty());
    let actions = state.update(Message::Given { scene: 2, path: "/m/a1.png".into(), name: "Lantern".into() });
    let give = |action: &Action| matches!(action, Action::Tell(studio::Message::Prepare(studio::prepare::Message::GivePicture { scene: 2, path })) if path == "/m/a1.png");
    assert!(actions.iter().any(give));
}
