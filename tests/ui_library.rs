//! The Library page driven by what people see and screen readers read.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;
#[path = "ui_parts/shelf.rs"]
mod shelf;

use std::sync::Arc;

use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use onetake::core::asset::{AssetId, Kind};
use onetake::core::glance::Glance;
use onetake::core::import::{ImportId, Item, Phase, Progress, Report};
use onetake::core::library::{Query, Sort};
use onetake::core::problem::Problem;
use onetake::core::time::{Moment, Rate, SECOND};
use onetake::studio::library::{Effect, Message as Library};
use onetake::studio::{self, Message, Page, glance, import, review};
use rig::{Rig, camera_frame, look, window};
use shelf::{Window, answer, choose, click, item, open, speech, usual};

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
    look(&mut window, "library-100000");
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
    click(&mut window, "Job Venice, flux");
    assert_eq!(window.state().model.page, Page::Queue);
    let find = studio::Effect::Queue(studio::queue::Effect::Find("job-7".into()));
    assert!(window.state().has(|e| *e == find), "at its row, also when that was cleared away");
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
