//! Finding: what is found is what a plain look at every asset would find, in the same order; any text may be typed; and the indexes
//! do the work.

use proptest::prelude::*;
use rusqlite::Connection;

use super::super::Db;
use super::super::find::in_order;
use super::{asset, asset_id, library, project, take};
use crate::core::asset::{Asset, Facts, Kind, Source};
use crate::core::library::{Query, Seq, Sort};
use crate::core::project::Project;

/// What is found, by id.
fn found(db: &Db, query: &Query) -> Vec<String> {
    let places = db.find(query).unwrap();
    let entries = db.entries(&places).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<Seq>>(), places);
    entries.into_iter().map(|entry| entry.asset.id.0).collect()
}

fn words(text: &str) -> Query {
    Query { words: text.into(), sort: Sort::Name, ascending: true, ..Query::default() }
}

#[test]
fn names_descriptions_tags_and_projects_are_searched_whoever_changed_them() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "Why we write")).unwrap();
    let fog = Asset { description: "Nebel über der Förde".into(), project: Some("p".into()), ..asset("a", "IMG_0042.mov") };
    let tea = Asset { tags: vec!["お茶の時間".into()], category: "B-Roll".into(), ..asset("b", "🍵 matcha") };
    db.save_assets(&[fog, tea]).unwrap();
    db.save_take(&take("t", "p", 12)).unwrap();
    for (typed, ids) in [
        ("img 42", &[] as &[&str]),
        ("img 0042", &["a"]),
        ("forde NEB", &["a"]),
        ("茶の", &["b"]),
        ("時", &["b"]),
        ("🍵", &["b"]),
        ("roll", &["b"]),
        ("write", &["a", "t"]),
        ("write take 12", &["t"]),
        ("なぜ", &["t"]),
        ("nothing like it", &[]),
        ("", &["b", "a", "t"]),
        (" -- \" * ( ", &["b", "a", "t"]),
    ] {
        let mut expected: Vec<&str> = ids.to_vec();
        let mut told = found(&db, &words(typed));
        expected.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, expected, "{typed:?}");
    }
    // Each change is found at once.
    db.save_project(&Project { title: "Zwölf Wege".into(), ..project("p", "") }).unwrap();
    assert_eq!(found(&db, &words("write")), ["t"], "the take keeps the title it was recorded under");
    assert_eq!(found(&db, &words("zwolf")).len(), 2);
    db.rename(&asset_id("a"), "Morning").unwrap();
    db.tag(&[asset_id("a")], "harbour").unwrap();
    assert_eq!((found(&db, &words("morning harb")), found(&db, &words("0042"))), (vec!["a".to_owned()], vec![]));
    db.untag(&[asset_id("a")], "harbour").unwrap();
    db.forget(&asset_id("b")).unwrap();
    assert_eq!((found(&db, &words("harb")), found(&db, &words("matcha"))), (vec![], vec![]));
    // Another program's hand does not matter either.
    let other = Connection::open(folder.path().join("library.db")).unwrap();
    other.execute("UPDATE assets SET description = 'Leuchtturm' WHERE id = 'a'", []).unwrap();
    assert_eq!(found(&db, &words("leuchtturm")), ["a"]);
}

#[test]
fn a_prompt_finds_what_was_made_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    super::lineage::chain(&db);
    assert_eq!(found(&db, &words("lantern-lit desk")), ["picture"]);
}

#[test]
fn the_order_comes_from_an_index_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(library(folder.path()));
    let connection = Connection::open(folder.path().join("library.db")).unwrap();
    for sort in Sort::ALL {
        for (kind, source, ascending) in
            [(None, None, true), (Some(Kind::Image), None, false), (Some(Kind::Audio), Some(Source::Upload), true)]
        {
            let (sql, values) = in_order(&Query { kind, source, ascending, sort, ..Query::default() });
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let plan: Vec<String> = statement
                .query_map(rusqlite::params_from_iter(values), |row| row.get("detail"))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert!(matches!(&plan[..], [one] if one.contains("USING COVERING INDEX assets_by_")), "{sort:?}: {plan:?}");
        }
    }
}

#[test]
fn few_and_many_of_many_are_told_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_project(&project("p", "Film")).unwrap();
    let all: Vec<Asset> = (0..3_500u32)
        .map(|n| Asset {
            project: Some("p".into()),
            bytes: u64::from(n * 7 % 1_000),
            tags: vec![format!("t{}", n % 2)],
            ..asset(&format!("{n:05}"), "Common name")
        })
        .collect();
    db.save_assets(&all).unwrap();
    let query = Query { sort: Sort::Size, ascending: true, ..words("common") };
    let mut expected: Vec<&Asset> = all.iter().collect();
    expected.sort_by_key(|asset| (asset.bytes, asset.id.clone()));
    assert_eq!(found(&db, &query), expected.iter().map(|asset| asset.id.0.clone()).collect::<Vec<_>>());
    let half = Query { tags: vec!["T1".into()], ..query };
    assert_eq!(found(&db, &half).len(), 1_750);
    let few = Query { sort: Sort::Size, words: "few".into(), ..half };
    db.tag(&[asset_id("00001"), asset_id("00143"), asset_id("01001"), asset_id("01002")], "few").unwrap();
    assert_eq!(found(&db, &few), ["00143", "00001", "01001"]);
    // All of them are due at once, which is more than is indexed in one go.
    db.save_project(&project("p", "Zebra")).unwrap();
    assert_eq!(found(&db, &words("zeb com")).len(), 3_500);
}

#[derive(Clone, Debug)]
struct Made {
    name: String,
    kind: Kind,
    source: Source,
    tag: Option<&'static str>,
    project: bool,
    binned: bool,
    figures: (u64, u64, u8),
}

fn made() -> impl Strategy<Value = Made> {
    let name = prop_oneof!["[a-cA-C]{1,3}( [a-cA-C]{1,3})?", Just("É".to_owned()), Just("日本語".to_owned())];
    let source = prop_oneof![Just(Source::Upload), Just(Source::Export), Just(Source::Generated)];
    let tag = proptest::option::of(prop_oneof![Just("red"), Just("blue")]);
    (name, proptest::sample::select(&Kind::ALL[..]), source, tag, any::<bool>(), any::<bool>(), (0..4u64, 0..4u64, 0..4u8))
        .prop_map(|(name, kind, source, tag, project, binned, figures)| Made {
            name,
            kind,
            source,
            tag,
            project,
            binned,
            figures,
        })
}

fn query() -> impl Strategy<Value = Query> {
    let words =
        prop_oneof![3 => Just(String::new()), 2 => "[a-cA-C]{1,2}", 1 => Just("e".to_owned()), 1 => Just("本語".to_owned())];
    let tags =
        prop_oneof![2 => Just(vec![]), 1 => Just(vec!["red".to_owned()]), 1 => Just(vec!["blue".to_owned(), "red".to_owned()])];
    let sort = proptest::sample::select(&Sort::ALL[..]);
    let kind = proptest::option::of(proptest::sample::select(&Kind::ALL[..]));
    let source = proptest::option::of(Just(Source::Export));
    let project = proptest::option::of(Just("p".to_owned()));
    (words, tags, sort, kind, source, project, any::<bool>(), any::<bool>()).prop_map(
        |(words, tags, sort, kind, source, project, binned, ascending)| Query {
            words,
            kind,
            source,
            project,
            tags,
            binned,
            sort,
            ascending,
        },
    )
}

/// What a look at every asset finds.
fn plainly(all: &[Asset], query: &Query) -> Vec<String> {
    let begun = |asset: &Asset, word: &str| {
        let text = format!("{} {} {}", asset.name, asset.tags.join(" "), if asset.project.is_some() { "Film" } else { "" });
        let text = text.to_lowercase().replace('é', "e");
        if word.is_ascii() { text.split(' ').any(|other| other.starts_with(word)) } else { text.contains(word) }
    };
    let mut left: Vec<(usize, &Asset)> = all
        .iter()
        .enumerate()
        .filter(|(_, asset)| asset.binned_at.is_some() == query.binned)
        .filter(|(_, asset)| query.kind.is_none_or(|kind| kind == asset.kind))
        .filter(|(_, asset)| query.source.is_none_or(|source| source == asset.source))
        .filter(|(_, asset)| query.project.is_none() || query.project == asset.project)
        .filter(|(_, asset)| query.tags.iter().all(|tag| asset.tags.contains(tag)))
        .filter(|(_, asset)| query.words.to_lowercase().split(' ').all(|word| begun(asset, word)))
        .collect();
    left.sort_by(|(a_seq, a), (b_seq, b)| {
        let by = match query.sort {
            Sort::Created => a.created_at.cmp(&b.created_at),
            Sort::Name => a.name.to_ascii_lowercase().cmp(&b.name.to_ascii_lowercase()),
            Sort::Length => a.facts.nanos.cmp(&b.facts.nanos),
            Sort::Size => a.bytes.cmp(&b.bytes),
        };
        by.then(a_seq.cmp(b_seq))
    });
    if !query.ascending {
        left.reverse();
    }
    left.into_iter().map(|(_, asset)| asset.id.0.clone()).collect()
}

proptest! {
    // Each case writes real files with full syncs.
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_a_plain_look_finds(
        made in proptest::collection::vec(made(), 0..25),
        queries in proptest::collection::vec(query(), 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let db = library(folder.path());
        db.save_project(&project("p", "Film")).unwrap();
        let all: Vec<Asset> = made.iter().enumerate().map(|(n, made)| {
            let (nanos, bytes, day) = made.figures;
            Asset {
                kind: made.kind,
                source: made.source,
                tags: made.tag.iter().map(|tag| (*tag).to_owned()).collect(),
                project: made.project.then(|| "p".to_owned()),
                binned_at: made.binned.then(|| "2026-11-21T00:00:00.000Z".to_owned()),
                facts: Facts { nanos, ..Facts::default() },
                bytes,
                created_at: format!("2026-11-0{}T00:00:00.000Z", day + 1),
                ..asset(&format!("{n:02}"), &made.name)
            }
        }).collect();
        db.save_assets(&all).unwrap();
        for query in &queries {
            prop_assert_eq!(found(&db, query), plainly(&all, query), "{:?}", query);
        }
    }

    #[test]
    fn any_text_may_be_typed(typed in proptest::collection::vec("\\PC{0,40}|.{0,20}|[\"*^(){}:+-ANDORTNEAR ]{0,20}", 1..20)) {
        let folder = tempfile::tempdir().unwrap();
        let db = library(folder.path());
        for (n, text) in typed.iter().enumerate() {
            db.save_asset(&Asset { description: text.clone(), ..asset(&n.to_string(), "x") }).unwrap();
        }
        for (n, text) in typed.iter().enumerate() {
            let told = found(&db, &words(text));
            prop_assert!(told.contains(&n.to_string()), "{text:?} does not find itself");
        }
    }
}
