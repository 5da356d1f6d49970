//! Promise P10: how long a search of a large library takes, in each order and with words, tags and a project, and reading the rows
//! of a screen.
//!
//! `measure library FOLDER COUNT ROUNDS` makes `library.db` there, unless there is one, with so many made-up assets in a thousand
//! projects, and prints one JSON object a question, in milliseconds, with what a peer needs to ask the same.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use onetake::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use onetake::core::library::{Query, Sort};
use onetake::core::project::Project;
use onetake::core::time::Rate;
use onetake::db::{Db, Error};

/// Assets saved in one go.
const BATCH: usize = 10_000;
const PROJECTS: u64 = 1_000;
/// So many words, of which the first are common and the last rare, as in any language.
const VOCABULARY: u64 = 20_000;
const TAGS: [&str; 12] =
    ["interview", "b-roll", "dawn", "city", "river", "portrait", "night", "music", "title", "draft", "selected", "archive"];
/// Nothing of the order is in memory then, and the change is indexed first.
const AFTER_A_CHANGE: &str = "one usual word, right after an asset was changed";
/// Rows that fit on a screen.
const SCREEN: usize = 60;

pub fn run(folder: &Path, count: usize, rounds: usize) -> Result<(), Error> {
    let path = folder.join("library.db");
    let there = path.exists();
    let began = Instant::now();
    let db = Db::open(&path)?;
    if !there {
        fill(&db, count)?;
        let seconds = began.elapsed().as_secs_f64();
        println!("{}", serde_json::json!({ "what": "fill", "assets": count, "seconds": seconds, "path": path }));
        drop(db);
        let began = Instant::now();
        let db = Db::open(&path)?;
        println!("{}", serde_json::json!({ "what": "open", "ms": millis(began) }));
        return ask(&db, rounds);
    }
    println!("{}", serde_json::json!({ "what": "open", "ms": millis(began) }));
    ask(&db, rounds)
}

fn ask(db: &Db, rounds: usize) -> Result<(), Error> {
    let (common, usual, rare) = (word(3), word(60), word(3_000));
    let query = |words: &str| Query { words: words.into(), ..Query::default() };
    let mut questions = vec![
        ("one rare word", query(&rare)),
        ("one usual word", query(&usual)),
        ("one common word", query(&common)),
        ("two words", query(&format!("{usual} {common}"))),
        ("three letters of a word", query(&usual[..3])),
        ("one letter", query(&common[..1])),
        ("a tag", Query { tags: vec![TAGS[0].into()], ..Query::default() }),
        ("two tags and a word", Query { tags: vec![TAGS[0].into(), TAGS[1].into()], ..query(&usual) }),
        ("a project", Query { project: Some("project-7".into()), ..Query::default() }),
        ("pictures", Query { kind: Some(Kind::Image), ..Query::default() }),
        ("the bin, one word", Query { binned: true, ..query(&usual) }),
    ];
    for (what, sort) in [
        ("all, newest first", Sort::Created),
        ("all, by name", Sort::Name),
        ("all, by length", Sort::Length),
        ("all, by size", Sort::Size),
    ] {
        questions.push((what, Query { sort, ..Query::default() }));
    }
    let changed = AssetId(id(0));
    questions.push((AFTER_A_CHANGE, query(&usual)));
    for (what, query) in &questions {
        let (mut took, mut worked) = (Vec::new(), Vec::new());
        let mut found = 0;
        for round in 0..rounds {
            if *what == AFTER_A_CHANGE {
                db.describe(&changed, &format!("Round {round}"))?;
            }
            let (began, before) = (Instant::now(), cpu_millis());
            found = db.find(query)?.len();
            took.push(millis(began));
            worked.push(cpu_millis() - before);
        }
        println!("{}", told(what, query, found, took, worked));
    }
    let places = db.find(&Query::default())?;
    let began = Instant::now();
    let rows = db.entries(&places[..places.len().min(SCREEN)])?.len();
    println!("{}", serde_json::json!({ "what": "rows", "rows": rows, "ms": millis(began) }));
    let began = Instant::now();
    let tags = db.tags()?.len();
    println!("{}", serde_json::json!({ "what": "tags", "rows": tags, "ms": millis(began) }));
    Ok(())
}

fn told(what: &str, query: &Query, found: usize, mut took: Vec<f64>, mut worked: Vec<f64>) -> serde_json::Value {
    took.sort_by(f64::total_cmp);
    worked.sort_by(f64::total_cmp);
    serde_json::json!({
        "what": what, "found": found, "p50_ms": took.get(took.len() / 2), "worst_ms": took.last(),
        "cpu_ms": worked.get(worked.len() / 2), "words": query.words,
        "plain": what != AFTER_A_CHANGE && query.tags.is_empty() && query.project.is_none() && query.kind.is_none() && !query.binned,
    })
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// What this thread has worked: a machine that is busy with other things adds nothing to it.
fn cpu_millis() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn fill(db: &Db, count: usize) -> Result<(), Error> {
    for n in 0..PROJECTS {
        let id = format!("project-{n}");
        db.save_project(&Project { folder: format!("/projects/{id}"), title: format!("{} {n}", word(n)), id })?;
    }
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut made = 0;
    while made < count {
        let batch: Vec<Asset> = (made..count.min(made + BATCH)).map(|n| asset(n, &mut random)).collect();
        made += batch.len();
        db.save_assets(&batch)?;
    }
    Ok(())
}

fn id(n: usize) -> String {
    format!("0193f0a0-0000-7000-8000-{n:012}")
}

fn asset(n: usize, random: &mut Random) -> Asset {
    let kind = Kind::ALL[random.below(4) as usize];
    let source = [Source::Upload, Source::Generated, Source::Export][random.below(3) as usize];
    let mut words = |count: u64| (0..count).map(|_| word(random.rank())).collect::<Vec<_>>().join(" ");
    let (name, description) = (words(3), words(10));
    let day = random.below(28) + 1;
    let created_at =
        format!("2026-{:02}-{day:02}T{:02}:{:02}:00.000Z", random.below(12) + 1, random.below(24), random.below(60));
    let tags: BTreeSet<&str> = (0..random.below(4)).map(|_| TAGS[random.below(12) as usize]).collect();
    Asset {
        id: AssetId(id(n)),
        project: Some(format!("project-{}", random.below(PROJECTS))),
        owner: None,
        team: None,
        take: None,
        name: format!("{name} {n}"),
        description,
        category: "made up".into(),
        kind,
        source,
        status: Status::Ready,
        problem: None,
        path: format!("media/{n:012}.mp4"),
        linked: false,
        bytes: random.below(5_000_000_000),
        sha256: Some(format!("{n:064x}")),
        facts: Facts {
            nanos: random.below(600_000_000_000),
            width: 1920,
            height: 1080,
            rate: Rate::whole(30),
            ..Facts::default()
        },
        metadata: serde_json::json!({}),
        updated_at: created_at.clone(),
        created_at,
        binned_at: (random.below(100) == 0).then(|| "2026-11-20T00:00:00.000Z".to_owned()),
        tags: tags.into_iter().map(str::to_owned).collect(),
    }
}

/// The word of a rank: two to four syllables, no two words alike.
fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 24] = [
        "ka", "no", "ri", "mel", "tu", "san", "vo", "pe", "lin", "dor", "ba", "shi", "gar", "wen", "ol", "fi", "ze", "mu",
        "har", "ti", "jo", "quen", "xa", "yl",
    ];
    let mut word = String::new();
    let mut left = rank + 24;
    while left > 0 {
        word += SYLLABLES[(left % 24) as usize];
        left /= 24;
    }
    word
}

/// Xorshift: the same library at each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A word's rank: the chance of one is about the inverse of its rank (Zipf's law).
    fn rank(&mut self) -> u64 {
        let part = self.below(1 << 20) as f64 / f64::from(1 << 20);
        ((VOCABULARY as f64).powf(part) - 1.0) as u64
    }
}
