//! The Library page driven by what people see and screen readers read.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use std::sync::Arc;

use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use onetake::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use onetake::core::frame::Still;
use onetake::core::import::{ImportId, Item, Phase, Progress, Report};
use onetake::core::library::{Entry, Query, Seq, Sort, TagCount};
use onetake::core::peaks::Peaks;
use onetake::core::problem::Problem;
use onetake::core::project::Project;
use onetake::core::time::{Moment, Rate, SECOND};
use onetake::studio::library::{Effect, Goes, Lineage, Message as Library, Relation, Weight};
use onetake::studio::{self, Message, Page, glance, import, review};
use rig::{Rig, camera_frame, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

const KINDS: [Kind; 7] = [Kind::Video, Kind::Image, Kind::Video, Kind::Audio, Kind::Image, Kind::Overlay, Kind::Video];
const NAMES: [&str; 7] = [
    "Harbour at dawn",
    "Lantern on the desk",
    "Walk through the old town, second try",
    "Room tone",
    "写真 2026",
    "Lower third",
    "B-roll",
];

fn asset(seq: Seq) -> Asset {
    let at = (seq as usize) % KINDS.len();
    let kind = KINDS[at];
    let (width, height) = match kind {
        Kind::Audio => (0, 0),
        Kind::Image if at == 4 => (2160, 3840),
        Kind::Image => (6000, 4000),
        _ => (1920, 1080),
    };
    let moving = matches!(kind, Kind::Video | Kind::Audio);
    let status = match seq {
        9 => Status::Missing,
        12 => Status::Failed,
        _ => Status::Ready,
    };
    Asset {
        id: AssetId(format!("asset-{seq}")),
        project: None,
        owner: None,
        team: None,
        take: None,
        name: format!("{} {seq}", NAMES[at]),
        description: String::new(),
        category: String::new(),
        kind,
        source: Source::Upload,
        status,
        problem: (seq == 12).then(|| "The file ends in the middle.".to_owned()),
        path: format!("media/asset-{seq}.mp4"),
        linked: at == 6,
        bytes: 1_000_000 * (seq as u64 % 90 + 1),
        sha256: Some("5f2c".repeat(16)),
        facts: Facts {
            nanos: if moving { (7 * seq as u64 % 300 + 4) * SECOND } else { 0 },
            width,
            height,
            rate: Rate { num: if kind == Kind::Video { 30 } else { 0 }, den: 1 },
            video_codec: if kind == Kind::Video { "H.264".into() } else { String::new() },
            audio_codec: if moving { "AAC".into() } else { String::new() },
            channels: if moving { 2 } else { 0 },
            sample_rate: if moving { 48_000 } else { 0 },
            mime: "video/mp4".into(),
        },
        metadata: serde_json::json!({}),
        created_at: format!("2026-11-{:02}T09:30:00Z", seq % 20 + 1),
        updated_at: "2026-11-20T12:00:00Z".into(),
        binned_at: None,
        tags: if seq % 3 == 0 { vec!["dawn".into(), "outdoors".into()] } else { Vec::new() },
    }
}

/// A picture of its own for each asset.
fn still(seq: Seq, width: u32, height: u32) -> Still {
    let hue = (seq * 37 % 200) as u32;
    let pixel = |i: u32| {
        let (x, y) = (i % width, i / width);
        let glow = 220u32
            .saturating_sub(((x as i32 - width as i32 / 2).unsigned_abs() + (y as i32 - height as i32 / 3).unsigned_abs()) / 2);
        [(glow * (55 + hue) / 255) as u8, (glow * 150 / 255) as u8, (glow * (255 - hue) / 255) as u8, 255]
    };
    Still { width, height, rgba: (0..width * height).flat_map(pixel).collect::<Vec<u8>>().into() }
}

/// A library with so many assets: the page is open, and everything it asked for was answered.
struct Shelf {
    all: Vec<Seq>,
    answered: usize,
}

/// Answers what the page asked for since the last time, as the hands would.
fn answer(window: &mut Window, shelf: &mut Shelf) {
    for _ in 0..12 {
        let effects: Vec<studio::Effect> = window.state().effects[shelf.answered..].to_vec();
        shelf.answered = window.state().effects.len();
        if effects.is_empty() {
            return;
        }
        for effect in effects {
            answer_one(window, shelf, effect);
        }
        window.run_steps(2);
    }
}

fn answer_one(window: &mut Window, shelf: &Shelf, effect: studio::Effect) {
    let rig = window.state_mut();
    let tell = |message: Library| Message::Library(message);
    match effect {
        studio::Effect::Library(Effect::Find(query)) => {
            let fits = |seq: &&Seq| {
                let asset = asset(**seq);
                query.kind.is_none_or(|kind| asset.kind == kind)
                    && asset.name.to_lowercase().contains(&query.words.to_lowercase())
                    && query.tags.iter().all(|tag| asset.tags.contains(tag))
                    && !query.binned
            };
            let mut found: Vec<Seq> = shelf.all.iter().filter(fits).copied().collect();
            if query.ascending {
                found.reverse();
            }
            rig.tell(tell(Library::Found(Ok(found.into()))));
        }
        studio::Effect::Library(Effect::Read(asked)) => {
            let entries = asked.iter().map(|seq| Entry { seq: *seq, asset: asset(*seq) }).collect();
            rig.tell(tell(Library::Read { asked, result: Ok(entries) }));
        }
        studio::Effect::Library(Effect::Tags) => {
            let tag = |name: &str, assets| TagCount { name: name.into(), assets };
            rig.tell(tell(Library::Tags(vec![tag("dawn", 12), tag("outdoors", 9), tag("Trailer", 2)])));
        }
        studio::Effect::Library(Effect::Weigh { question, seqs }) => {
            let weight = Weight { bytes: seqs.len() as u64 * 12_000_000, nanos: 95 * SECOND };
            rig.tell(tell(Library::Weighed { question, weight }));
        }
        studio::Effect::Library(Effect::Relate(of)) => {
            let relation = |depth, what: &str, name: &str, goes| Relation {
                depth,
                what: what.into(),
                name: name.into(),
                detail: String::new(),
                goes,
            };
            let project = Project { id: "why-we-write".into(), title: "Why we write".into(), folder: "/p/why-we-write".into() };
            let from = vec![
                relation(1, "Script", "version 3", Goes::Nowhere),
                relation(2, "Project", "Why we write", Goes::Project(project)),
            ];
            let to = vec![relation(1, "Item", "Film of November", Goes::Asset(AssetId("asset-4".into())))];
            rig.tell(tell(Library::Related { asset: of, lineage: Lineage { from, to } }));
        }
        studio::Effect::Glance(glance::Effect::Make { asset, glance }) => {
            use onetake::core::glance::{Glance, STRIP_FRAMES};
            let seq: Seq = asset.id.0.trim_start_matches("asset-").parse().unwrap();
            let glances = &rig.screen.feeds.glances;
            let upright = asset.facts.height > asset.facts.width;
            let (w, h) = if upright {
                (152, 270)
            } else if asset.kind == Kind::Image {
                (405, 270)
            } else {
                (480, 270)
            };
            match glance {
                Glance::Thumb => glances.thumbs.put(asset.id.0.clone(), still(seq, w, h)),
                Glance::Preview => glances.previews.put(asset.id.0.clone(), still(seq, w * 2, h * 2)),
                Glance::Strip => glances.strips.put(asset.id.0.clone(), still(seq, 24 * STRIP_FRAMES, 14)),
                Glance::Wave => glances.waves.put(asset.id.0.clone(), speech()),
            }
            rig.tell(Message::Glance(glance::Message::Made { asset: asset.id, glance, result: Ok(()) }));
        }
        _ => {}
    }
}

/// Words and pauses, as far as a waveform shows.
fn speech() -> Peaks {
    let value = |i: usize| {
        let t = i as f32 / 50.0;
        (20.0 + 200.0 * (t * 2.6).sin().abs() * (t * 0.7).cos().abs() * (0.6 + 0.4 * (t * 31.0).sin().abs())) as u8
    };
    Peaks((0..30 * 50).map(value).collect())
}

fn open(count: usize, size: [f32; 2], scale: f32) -> (Window, Shelf) {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Library));
    let mut window = window(rig, size.into(), scale);
    let mut shelf = Shelf { all: (1..=count as Seq).rev().collect(), answered: 0 };
    answer(&mut window, &mut shelf);
    window.run_steps(8);
    answer(&mut window, &mut shelf);
    window.run_steps(12);
    (window, shelf)
}

fn usual(count: usize) -> (Window, Shelf) {
    open(count, [1280.0, 800.0], 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

/// The item whose name begins like this.
fn item<'w>(window: &'w Window, name: &str) -> egui_kittest::Node<'w> {
    window.get_by(|node| node.label().is_some_and(|label| label.starts_with(&format!("{name}, "))))
}

fn choose(window: &mut Window, shelf: &mut Shelf, name: &str) {
    item(window, name).click();
    window.run_steps(3);
    answer(window, shelf);
}

fn asked<T>(window: &Window, wanted: impl Fn(&Effect) -> Option<T>) -> Option<T> {
    window.state().effects.iter().rev().find_map(|effect| match effect {
        studio::Effect::Library(effect) => wanted(effect),
        _ => None,
    })
}

fn query(window: &Window) -> Query {
    window.state().model.library.query.clone()
}

#[test]
fn an_empty_library_says_how_to_begin() {
    let (mut window, _) = usual(0);
    window.get_by_label("Nothing in the library yet");
    look(&mut window, "library-empty");
    click(&mut window, "Import files…");
    let pick = |effect: &studio::Effect| {
        matches!(effect, studio::Effect::Import(import::Effect::Pick { folder: false, link: false, project: None }))
    };
    assert!(window.state().has(pick));
}

#[test]
fn it_fits_every_window() {
    for (name, size, scale) in [
        ("library-1024", [1024.0, 640.0], 1.0),
        ("library-1280", [1280.0, 800.0], 1.0),
        ("library-1920", [1920.0, 1080.0], 1.0),
        ("library-150", [1280.0 / 1.5, 800.0 / 1.5], 1.5),
        ("library-200", [512.0, 320.0], 2.0),
    ] {
        let (mut window, mut shelf) = open(60, size, scale);
        look(&mut window, name);
        choose(&mut window, &mut shelf, "Room tone 59");
        answer(&mut window, &mut shelf);
        look(&mut window, &format!("{name}-chosen"));
    }
}

#[test]
fn a_word_a_kind_and_a_tag_narrow_it() {
    let (mut window, mut shelf) = usual(60);
    window.get_by_label("60 items");
    window.key_press(Key::Slash);
    window.run_steps(3);
    window.get_by_label("Search the library").type_text("lantern");
    window.run_steps(3);
    answer(&mut window, &mut shelf);
    assert_eq!(query(&window).words, "lantern", "the key that leads there is not typed");
    window.get_by_label("9 found");
    click(&mut window, "Clear the search");
    click(&mut window, "Overlays");
    answer(&mut window, &mut shelf);
    assert_eq!(query(&window), Query { kind: Some(Kind::Overlay), ..Query::default() });
    window.get_by_label("8 found");
    click(&mut window, "All");
    click(&mut window, "Filter by a tag");
    look(&mut window, "library-tags");
    click(&mut window, "dawn  ·  12");
    answer(&mut window, &mut shelf);
    window.get_by_label("20 found");
    look(&mut window, "library-chips");
    click(&mut window, "Tag dawn: show others too");
    answer(&mut window, &mut shelf);
    window.get_by_label("60 items");
}

#[test]
fn nothing_found_leads_back_to_everything() {
    let (mut window, mut shelf) = usual(60);
    window.get_by_label("Search the library").focus();
    window.run_steps(2);
    window.get_by_label("Search the library").type_text("zebra");
    window.run_steps(3);
    answer(&mut window, &mut shelf);
    window.get_by_label("Nothing found");
    look(&mut window, "library-nothing");
    click(&mut window, "Show everything");
    answer(&mut window, &mut shelf);
    window.get_by_label("60 items");
}

#[test]
fn a_search_that_fails_says_so_and_is_tried_again() {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Library));
    let problem = Problem::disk("The library can't be read: the disk does not answer.", "Check the disk.");
    rig.tell(Message::Library(Library::Found(Err(problem))));
    let mut window = window(rig, vec2(1280.0, 800.0), 1.0);
    window.get_by_label("The library can't be read: the disk does not answer.");
    look(&mut window, "library-failed");
    click(&mut window, "Try again");
    assert_eq!(window.state().effects.iter().filter(|e| matches!(e, studio::Effect::Library(Effect::Find(_)))).count(), 2);
}

#[test]
fn the_order_is_chosen_and_turned_round() {
    let (mut window, _) = usual(60);
    click(&mut window, "Order: Newest first");
    look(&mut window, "library-order");
    click(&mut window, "A to Z");
    assert_eq!((query(&window).sort, query(&window).ascending), (Sort::Name, true));
    click(&mut window, "As a list");
    look(&mut window, "library-list");
    click(&mut window, "Sort by size");
    assert_eq!((query(&window).sort, query(&window).ascending), (Sort::Size, false));
    click(&mut window, "Sort by size, largest first");
    assert_eq!((query(&window).sort, query(&window).ascending), (Sort::Size, true));
}

#[test]
fn items_are_chosen_as_in_a_file_manager() {
    let (mut window, mut shelf) = usual(60);
    let chosen = |window: &Window| window.state().model.library.selection.len();
    choose(&mut window, &mut shelf, "Lantern on the desk 57");
    assert_eq!(chosen(&window), 1);
    item(&window, "Lower third 54").click_modifiers(Modifiers::SHIFT);
    window.run_steps(3);
    assert_eq!(chosen(&window), 4, "57 to 54");
    item(&window, "B-roll 55").click_modifiers(Modifiers::COMMAND);
    window.run_steps(3);
    answer(&mut window, &mut shelf);
    assert_eq!(chosen(&window), 3);
    window.get_by_label("60 items  ·  3 selected  ·  36 MB  ·  1:35");
    look(&mut window, "library-several");
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(3);
    assert_eq!(chosen(&window), 60);
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert_eq!(chosen(&window), 0);
}

#[test]
fn the_arrows_walk_through_the_list_and_it_follows() {
    let (mut window, mut shelf) = usual(600);
    let place = |window: &Window| window.state().model.library.selection.cursor();
    for (key, expected) in [(Key::ArrowRight, 0), (Key::ArrowRight, 1), (Key::ArrowLeft, 0), (Key::ArrowUp, 0)] {
        window.key_press(key);
        window.run_steps(3);
        assert_eq!(place(&window), Some(expected), "{key:?}");
    }
    window.key_press(Key::ArrowDown);
    window.run_steps(3);
    let columns = place(&window).unwrap();
    assert!((3..8).contains(&columns), "{columns}");
    window.key_press(Key::End);
    window.run_steps(6);
    answer(&mut window, &mut shelf);
    assert_eq!(place(&window), Some(599));
    item(&window, "Lantern on the desk 1");
    look(&mut window, "library-end");
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    window.run_steps(3);
    assert_eq!(window.state().model.library.selection.len(), 2);
}

#[test]
fn only_what_is_near_the_screen_is_read_of_a_hundred_thousand() {
    let (mut window, mut shelf) = usual(100_000);
    window.get_by_label("100,000 items");
    let read = |window: &Window| -> usize {
        let read = window.state().effects.iter().filter_map(|effect| match effect {
            studio::Effect::Library(Effect::Read(asked)) => Some(asked.len()),
            _ => None,
        });
        read.sum()
    };
    assert!(read(&window) < 200, "{}", read(&window));
    window.key_press(Key::End);
    window.run_steps(6);
    answer(&mut window, &mut shelf);
    window.run_steps(6);
    item(&window, "Lantern on the desk 1");
    assert!(read(&window) < 500, "{}", read(&window));
    look(&mut window, "library-100000");
}

#[test]
fn the_inspector_tells_all_and_changes_it() {
    let (mut window, mut shelf) = open(60, [1280.0, 1000.0], 1.0);
    choose(&mut window, &mut shelf, "B-roll 48");
    for fact in ["Length: 0:40", "Picture: 1920 × 1080", "Frames: 30 a second", "Video: H.264", "Size: 49 MB"] {
        window.get_by_label(fact);
    }
    window.get_by_label("Script version 3");
    look(&mut window, "library-inspector");
    window.key_press(Key::F2);
    window.run_steps(3);
    window.get_by_label("Name").type_text("Ferry");
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    let renamed = asked(&window, |effect| match effect {
        Effect::Rename { seq, name } => Some((*seq, name.clone())),
        _ => None,
    });
    assert_eq!(renamed, Some((48, "Ferry".to_owned())));
    item(&window, "Ferry");
    click(&mut window, "Take the tag dawn off");
    assert!(
        matches!(asked(&window, |e| matches!(e, Effect::Untag { .. }).then(|| e.clone())), Some(Effect::Untag { seqs, tag }) if seqs == [48] && tag == "dawn")
    );
    click(&mut window, "Add a tag");
    window.get_by_label("Find or name a tag").type_text("Ferries");
    window.run_steps(3);
    look(&mut window, "library-new-tag");
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(
        matches!(asked(&window, |e| matches!(e, Effect::Tag { .. }).then(|| e.clone())), Some(Effect::Tag { seqs, tag }) if seqs == [48] && tag == "Ferries")
    );
    window.get_by_label("Take the tag Ferries off");
    click(&mut window, "Item Film of November");
    answer(&mut window, &mut shelf);
    assert!(window.state().has(|e| matches!(e, studio::Effect::Library(Effect::Place(id)) if id.0 == "asset-4")));
    window.state_mut().tell(Message::Library(Library::Placed(Some(4))));
    window.run_steps(4);
    answer(&mut window, &mut shelf);
    assert_eq!(window.state().model.library.selection.single(), Some(4));
}

#[test]
fn what_cannot_be_used_says_why_and_what_to_do() {
    let (mut window, mut shelf) = usual(14);
    choose(&mut window, &mut shelf, "Walk through the old town, second try 9");
    window.get_by_label_contains("It is not at media/asset-9.mp4 any more.");
    look(&mut window, "library-missing");
    choose(&mut window, &mut shelf, "Lower third 12");
    window.get_by_label_contains("The file ends in the middle. Import the file again");
}

#[test]
fn the_bin_takes_gives_back_and_is_emptied_after_a_second_thought() {
    let (mut window, mut shelf) = usual(60);
    choose(&mut window, &mut shelf, "Room tone 59");
    window.key_press(Key::Delete);
    window.run_steps(3);
    assert_eq!(asked(&window, |e| if let Effect::Bin(seqs) = e { Some(seqs.clone()) } else { None }), Some(vec![59]));
    shelf.all.retain(|seq| *seq != 59);
    window.state_mut().tell(Message::Library(Library::Binned(vec![59])));
    window.run_steps(3);
    answer(&mut window, &mut shelf);
    window.get_by_label("59 items");
    look(&mut window, "library-binned");
    click(&mut window, "Put it back");
    assert_eq!(asked(&window, |e| if let Effect::Restore(seqs) = e { Some(seqs.clone()) } else { None }), Some(vec![59]));
    click(&mut window, "Show the bin");
    answer(&mut window, &mut shelf);
    window.get_by_label("The bin is empty");
    window.state_mut().tell(Message::Library(Library::Found(Ok(vec![59].into()))));
    window.run_steps(4);
    answer(&mut window, &mut shelf);
    choose(&mut window, &mut shelf, "Room tone 59");
    look(&mut window, "library-bin");
    click(&mut window, "Empty the bin…");
    look(&mut window, "library-empty-bin");
    click(&mut window, "Keep it");
    assert!(asked(&window, |e| (*e == Effect::EmptyBin).then_some(())).is_none());
    click(&mut window, "Empty the bin…");
    click(&mut window, "Delete for good");
    assert!(asked(&window, |e| (*e == Effect::EmptyBin).then_some(())).is_some());
}

#[test]
fn an_import_shows_how_far_it_is_and_what_it_refused() {
    let (mut window, _) = usual(60);
    let paths = ["a.mp4", "b.mov"].map(Into::into).to_vec();
    window.state_mut().tell(Message::Import(import::Message::copy(paths)));
    let items = vec![Item { file: "Ferry.mov".into(), phase: Phase::Copying, done: 10, total: 40 }];
    let progress = Progress {
        files: 1000,
        files_done: 120,
        bytes: 9_000_000_000,
        bytes_done: 1_000_000_000,
        bytes_per_sec: 100_000_000.0,
        refused: 2,
        items,
        ..Progress::default()
    };
    let id = ImportId(1);
    window.state_mut().tell(Message::Import(import::Message::Progress { import: id, progress: Box::new(progress) }));
    window.run_steps(3);
    window.get_by_label("Importing: 120 of 1000 files · 100.0 MB/s · 80 s left · 2 can’t be used");
    look(&mut window, "library-importing");
    click(&mut window, "Cancel the import");
    assert!(window.state().has(|e| matches!(e, studio::Effect::Import(import::Effect::Cancel(_)))));
    let why = Problem::usage("broken.mp4 ends in the middle.", "Copy it again from where it came from.");
    let report = Report {
        refusals: vec![("broken.mp4".into(), why)],
        refused: 1,
        added: vec![AssetId("x".into())],
        ..Report::default()
    };
    window.state_mut().tell(Message::Import(import::Message::Done { import: id, report: Arc::new(report) }));
    window.run_steps(3);
    window.get_by_label("1 file could not be imported.");
    click(&mut window, "Files that could not be imported");
    window.get_by_label("broken.mp4 ends in the middle. Copy it again from where it came from.");
    look(&mut window, "library-refused");
    window.key_press(Key::Escape);
    window.run_steps(3);
    click(&mut window, "Dismiss the list of refused files");
    assert!(window.query_by_label("1 file could not be imported.").is_none());
}

#[test]
fn a_film_is_looked_at_large_and_left_again() {
    let (mut window, mut shelf) = usual(60);
    choose(&mut window, &mut shelf, "Harbour at dawn 56");
    window.key_press(Key::Space);
    window.run_steps(3);
    let film = |e: &Effect| {
        matches!(e, Effect::Viewer(studio::library::viewer::Effect::Film(asset)) if asset.id.0 == "asset-56").then_some(())
    };
    assert!(asked(&window, film).is_some());
    let take = onetake::core::take::TakeId("asset-56".into());
    let opened = review::Message::Opened { take: take.clone(), result: Ok((40 * SECOND, Rate::whole(30))) };
    window.state_mut().tell(Message::Review(opened));
    window.state_mut().tell(Message::Review(review::Message::PeaksReady { take, peaks: Some(Arc::new(speech())) }));
    window.state().screen.feeds.player.publish(camera_frame(1280, 720, Moment(12 * SECOND)));
    window.run_steps(3);
    window.get_by_label("0:12 / 0:40");
    look(&mut window, "library-viewer");
    click(&mut window, "Pause");
    assert!(window.state().has(|e| *e == studio::Effect::Review(review::Effect::Pause)));
    window.key_press(Key::ArrowRight);
    window.run_steps(4);
    answer(&mut window, &mut shelf);
    assert_eq!(window.state().model.library.selection.single(), Some(55));
    assert!(window.state().has(|e| *e == studio::Effect::Review(review::Effect::Close)));
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.state().model.library.viewer.is_none());
    window.key_press(Key::ArrowRight);
    window.run_steps(4);
    assert_eq!(window.state().model.library.selection.single(), Some(54), "the keyboard is in the list again");
}

#[test]
fn a_picture_is_given_to_a_scene_by_menu_and_by_dragging() {
    let (mut window, mut shelf) = usual(60);
    choose(&mut window, &mut shelf, "Lantern on the desk 57");
    click(&mut window, "Give to a scene");
    look(&mut window, "library-give");
    click(&mut window, "4  What stays");
    let given = |window: &Window| {
        asked(window, |e| match e {
            Effect::Give { asset, scene } => Some((asset.id.0.clone(), *scene)),
            _ => None,
        })
    };
    assert_eq!(given(&window), Some(("asset-57".into(), 3)));
    let from = item(&window, "Lantern on the desk 57").rect().center();
    window.drag_at(from);
    window.step();
    for step in 1..=4 {
        window.hover_at(from + vec2(0.0, 12.0 * step as f32));
        window.step();
    }
    let to = window.get_by_label("Drop it on scene 2").rect().center();
    window.hover_at(to);
    window.run_steps(2);
    look(&mut window, "library-drag");
    window.drop_at(to);
    window.run_steps(3);
    assert_eq!(given(&window), Some(("asset-57".into(), 1)));
}

#[test]
fn a_drag_held_over_prepare_goes_on_there() {
    let (mut window, mut shelf) = usual(60);
    choose(&mut window, &mut shelf, "Lantern on the desk 57");
    let from = item(&window, "Lantern on the desk 57").rect().center();
    window.drag_at(from);
    window.step();
    window.hover_at(from + vec2(20.0, 30.0));
    window.run_steps(2);
    let prepare = window.get_by_label("Prepare").rect().center();
    window.hover_at(prepare);
    for _ in 0..60 {
        window.step();
    }
    assert_eq!(window.state().model.page, Page::Prepare);
    let to = window.get_by_label("Picture of scene 4: none yet").rect().center();
    window.hover_at(to);
    window.run_steps(2);
    look(&mut window, "library-drag-prepare");
    window.drop_at(to);
    window.run_steps(3);
    assert!(
        window
            .state()
            .has(|e| matches!(e, studio::Effect::Library(Effect::Give { asset, scene: 3 }) if asset.id.0 == "asset-57"))
    );
}

#[test]
fn the_pointer_looks_through_a_film() {
    let (mut window, mut shelf) = usual(60);
    let rect = item(&window, "Harbour at dawn 56").rect();
    window.hover_at(rect.min + vec2(rect.width() * 0.5, 30.0));
    window.run_steps(3);
    answer(&mut window, &mut shelf);
    window.run_steps(3);
    use onetake::core::glance::Glance;
    let strips = window.state().effects.iter().filter(|e| matches!(e, studio::Effect::Glance(glance::Effect::Make { asset, glance: Glance::Strip }) if asset.id.0 == "asset-56"));
    assert_eq!(strips.count(), 1, "asked for once");
    look(&mut window, "library-scrub");
}

#[test]
fn a_band_takes_what_it_touches() {
    let (mut window, _) = usual(7);
    let (first, last) = (item(&window, "Harbour at dawn 7").rect(), item(&window, "Lower third 5").rect());
    let from = first.left_bottom() + vec2(-4.0, 4.0);
    let below = egui::pos2(last.center().x, item(&window, "Lantern on the desk 1").rect().bottom() + 40.0);
    window.drag_at(below);
    window.step();
    window.hover_at(below - vec2(10.0, 10.0));
    window.step();
    window.hover_at(from);
    window.run_steps(2);
    look(&mut window, "library-band");
    window.drop_at(from);
    window.run_steps(3);
    assert!(window.state().model.library.selection.len() >= 2);
}
