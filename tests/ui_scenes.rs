//! What is made of scenes, as a person sees it: tiles, menus, the sheet of versions, the panel of the film. A real model and the real
//! window code; set `ONETAKE_LOOK` to a folder to have each state drawn into it.

#[path = "rig/job.rs"]
mod made_up;
#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use onetake::core::asset::{Asset, AssetId, Facts, Kind as AssetKind, Source, Status};
use onetake::core::engine::Money;
use onetake::core::frame::Still;
use onetake::core::generate::{Class, Failure, InputRole, Place, Role, Wish};
use onetake::core::job::{Job, Kind, State};
use onetake::core::queue::Row;
use onetake::core::seam::{Seam, Verdict};
use onetake::studio::queue::Effect as Queue;
use onetake::studio::scenes::{Effect as Effects, Found, Message as Scenes, Version, film, shown};
use onetake::studio::{Effect, Message, prepare};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

const SIZES: [([f32; 2], f32, &str); 3] =
    [([1280.0, 800.0], 1.0, "1280"), ([1024.0, 640.0], 1.0, "1024"), ([853.0, 533.0], 1.5, "853")];

fn id(number: u32) -> String {
    format!("0193a5b2-7c11-7abc-8def-{number:012x}")
}

fn place(scene: usize, heading: &str, role: Role) -> Place {
    Place { scene, heading: heading.into(), role }
}

fn version(number: u32, place: Place, prompt: &str) -> Version {
    let film = place.role == Role::Clip;
    let facts = Facts {
        nanos: if film { 5_000_000_000 } else { 0 },
        width: 1280,
        height: 720,
        mime: if film { "video/mp4" } else { "image/png" }.into(),
        ..Facts::default()
    };
    let asset = Asset {
        id: AssetId(id(number)),
        project: Some("why-we-write".into()),
        owner: None,
        team: None,
        take: None,
        name: format!("Made {number}"),
        description: String::new(),
        category: String::new(),
        kind: if film { AssetKind::Video } else { AssetKind::Image },
        source: Source::Generated,
        status: Status::Ready,
        problem: None,
        path: format!("media/{}.png", id(number)),
        linked: false,
        bytes: 120_000,
        sha256: None,
        facts,
        metadata: serde_json::json!({}),
        created_at: "2026-11-21T10:00:00Z".into(),
        updated_at: "2026-11-21T10:00:00Z".into(),
        binned_at: None,
        tags: Vec::new(),
    };
    Version {
        asset: Arc::new(asset),
        place,
        job: format!("job-of-{number}"),
        engine: "offline".into(),
        model: if film { "camera-move" } else { "painter" }.into(),
        prompt: prompt.into(),
        prompt_version: None,
        seed: Some(47_110_815),
        cost: Some(Money::usd(0.04)),
        inputs: Vec::new(),
    }
}

fn row(number: u32, place: Place, state: State) -> Row {
    let row = made_up::row(&format!("job-{number}"), state);
    Row {
        job: Job {
            kind: if place.role == Role::Clip { Kind::Video } else { Kind::Image },
            params: serde_json::to_value(Wish { scene: Some(place), ..Wish::default() }).unwrap(),
            problem: (state == State::Failed).then(|| "No.".into()),
            created_at: format!("2026-11-21T10:00:{number:02}Z"),
            ..row.job
        },
        place: i64::from(number),
        tries: 1,
        ..row
    }
}

fn still(hue: u32) -> Still {
    let (width, height) = (320u32, 180u32);
    let pixel = |i: u32| {
        let (x, y) = (i % width * 255 / width, i / width * 255 / height);
        [((40 + hue * 50) % 256) as u8 / 2 + (x / 3) as u8, (60 + y / 3) as u8, (200 - hue * 30 % 150) as u8, 255]
    };
    Still { width, height, rgba: (0..width * height).flat_map(pixel).collect::<Vec<u8>>().into() }
}

/// Five scenes: one shows a version of three and a clip, one is being made, one has failed, one waits.
fn busy() -> Rig {
    let mut rig = Rig::new();
    let tag = |number: u32| format!("{number:012x}");
    for (scene, key, value) in [
        (0, "picture", format!("pictures/opening-{}.png", tag(2))),
        (0, "film", format!("clips/opening-{}.mp4", tag(5))),
        (0, "image", "A writing desk in a dark room before dawn, an oil lantern burning beside an open notebook".into()),
        (0, "clip", "Slow push in toward the desk".into()),
        (1, "film", format!("clips/habit-{}.mp4", tag(6))),
        (2, "image", "Eight rings of cut paper".into()),
        (3, "image", "Pages of a notebook rising into snowy hills".into()),
        (4, "image", "The same room in full morning, the arched window wide open, a curtain lifting".into()),
    ] {
        rig.tell(Message::Prepare(prepare::Message::SetDirective { scene, key: key.into(), value: Some(value) }));
    }
    let own = format!("pictures/opening-{}.png", tag(2));
    rig.screen.feeds.pictures.put(own.clone(), still(2));
    rig.tell(Message::Prepare(prepare::Message::PictureLoaded { picture: own, result: Ok(()) }));
    let prompt = "A writing desk in a dark room before dawn; calm mood, soft even light, muted colours";
    let mut made: Vec<Version> = (1..=3).map(|number| version(number, place(0, "Opening", Role::Picture), prompt)).collect();
    made.push(version(4, place(1, "The habit", Role::Picture), "A night bus"));
    // It was made when the scene showed the first picture.
    let inputs = vec![(InputRole::FirstFrame, AssetId(id(1)))];
    made.push(Version { inputs, ..version(5, place(0, "Opening", Role::Clip), "Slow push in toward the desk") });
    made.push(version(6, place(1, "The habit", Role::Clip), "Rain"));
    for number in 1..=6 {
        for cache in [&rig.screen.feeds.glances.thumbs, &rig.screen.feeds.glances.previews] {
            cache.put(id(number), still(number));
        }
    }
    let failure = Failure::new(Class::Content, "Your request was rejected by the safety system. It may show a real person.");
    let rows = vec![
        Row {
            progress: Some(0.4),
            ..row(1, place(2, "Eight minutes before the others wake up", Role::Picture), State::Running)
        },
        Row { failure: Some(failure), ..row(2, place(3, "What stays", Role::Picture), State::Failed) },
        row(3, place(4, "Your turn", Role::Picture), State::Queued),
    ];
    let project = "why-we-write".to_owned();
    rig.tell(Message::Scenes(Scenes::Looked { project, result: Ok(Box::new(Found { made, rows, film: None })) }));
    let pair = (format!("clips/opening-{}.mp4", tag(5)), format!("clips/habit-{}.mp4", tag(6)));
    let seam = Seam { difference: 0.6, verdict: Verdict::Jumps };
    let seams = vec![(pair, Some(seam))];
    rig.tell(Message::Scenes(Scenes::Film(film::Message::Seams { project: "why-we-write".into(), seams })));
    rig.effects.clear();
    rig
}

fn open(rig: Rig, size: [f32; 2], scale: f32) -> Window {
    window(rig, size.into(), scale)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

fn asked(window: &Window) -> Vec<(usize, Role)> {
    let of = |effect: &Effect| match effect {
        Effect::Queue(Queue::Place(drafts)) => Some(drafts.clone()),
        _ => None,
    };
    let drafts = window.state().effects.iter().filter_map(of).flatten();
    drafts.filter_map(|draft| draft.wish.scene).map(|place| (place.scene, place.role)).collect()
}

#[test]
fn tiles_tell_what_is_made_and_what_failed() {
    for (size, scale, name) in SIZES {
        let mut window = open(busy(), size, scale);
        if window.query_by_label("Pictures").is_some() {
            click(&mut window, "Pictures");
        }
        look(&mut window, &format!("scenes-tiles-{name}"));
    }
    let mut window = open(busy(), [1280.0, 800.0], 1.0);
    window.get_by_label_contains("Picture of scene 3: 40 %");
    window.get_by_label_contains("Picture of scene 4: Refused content. Your request was rejected");
    window.get_by_label_contains("Picture of scene 5: Waits for its turn");
    click(&mut window, "Stop making the picture of scene 3");
    assert!(window.state().has(|effect| *effect == Effect::Queue(Queue::Cancel(vec!["job-1".into()]))));
    click(&mut window, "Try the picture of scene 4 again");
    assert!(window.state().has(|effect| matches!(effect, Effect::Queue(Queue::Retry(tries)) if tries[0].job == "job-2")));
}

#[test]
fn a_scenes_menu_makes_its_parts() {
    let mut window = open(busy(), [1280.0, 800.0], 1.0);
    window.get_by_label_contains("Scene 1: Opening").click_secondary();
    window.run_steps(4);
    look(&mut window, "scenes-menu");
    click(&mut window, "Generate another clip");
    assert_eq!(asked(&window), [(0, Role::Clip)]);
    window.get_by_label_contains("Scene 5: Your turn").click_secondary();
    window.run_steps(4);
    window.get_by_label("Stop making the picture");
    look(&mut window, "scenes-menu-low");
}

#[test]
fn versions_stand_side_by_side_and_one_is_chosen() {
    for (size, scale, name) in SIZES {
        let mut rig = busy();
        rig.tell(Message::Scenes(Scenes::Sheet(shown::Message::Open { scene: 0, role: Role::Picture })));
        let mut window = open(rig, size, scale);
        look(&mut window, &format!("scenes-versions-{name}"));
        click(&mut window, "Version 3");
        click(&mut window, "Beside the one that the scene shows");
        look(&mut window, &format!("scenes-beside-{name}"));
    }
    let mut window = open(busy(), [1280.0, 800.0], 1.0);
    click(&mut window, "Versions of the picture of scene 1: 3");
    window.get_by_label("Version 2, shown in the scene");
    click(&mut window, "Version 3");
    click(&mut window, "Use this");
    let kept = |effect: &Effect| matches!(effect, Effect::Scenes(Effects::Keep { asset, .. }) if asset.0 == id(3));
    assert!(window.state().has(kept));
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.state().model.scenes.sheet.is_none(), "Escape leads back to the script");
}

#[test]
fn another_mood_is_ordered_at_once() {
    let mut rig = busy();
    rig.tell(Message::Scenes(Scenes::Sheet(shown::Message::Open { scene: 0, role: Role::Picture })));
    let mut window = open(rig, [1280.0, 800.0], 1.0);
    click(&mut window, "Other mood");
    look(&mut window, "scenes-moods");
    window.key_press(egui::Key::Escape);
    window.run_steps(4);
    assert!(window.query_by_label("Tense").is_none(), "Escape closes the menu");
    assert!(window.state().model.scenes.sheet.is_some(), "and nothing behind it");
    click(&mut window, "Other mood");
    click(&mut window, "Tense");
    assert_eq!(asked(&window), [(0, Role::Picture)]);
    assert!(window.state().model.scenes.part(0, Role::Picture).comes());
    look(&mut window, "scenes-versions-coming");
}

#[test]
fn a_clip_is_played_against_its_scenes_seconds() {
    for (size, scale, name) in SIZES {
        let mut rig = busy();
        rig.tell(Message::Scenes(Scenes::Sheet(shown::Message::Open { scene: 0, role: Role::Clip })));
        let mut window = open(rig, size, scale);
        look(&mut window, &format!("scenes-clip-{name}"));
        window.get_by_label("Length: 5.0 s");
        window.get_by_label("The scene: 12.0 s, as the script wants it");
        window.get_by_label_contains("too short");
        window.get_by_label("Made from an older picture");
    }
    let mut rig = busy();
    rig.tell(Message::Scenes(Scenes::Sheet(shown::Message::Open { scene: 2, role: Role::Clip })));
    let mut window = open(rig, [1280.0, 800.0], 1.0);
    look(&mut window, "scenes-no-clip");
    window.get_by_label("No clip yet");
    window.get_by_label("Prompt of the clip").focus();
    window.run_steps(2);
    window.get_by_label("Prompt of the clip").type_text("the rings light up");
    window.run_steps(3);
    assert_eq!(window.state().model.prepare.script.scenes[2].directive("clip"), Some("the rings light up"));
}

#[test]
fn the_film_tells_what_is_missing_and_where_it_jumps() {
    for (size, scale, name) in SIZES {
        let mut window = open(busy(), size, scale);
        click(&mut window, "Film");
        look(&mut window, &format!("scenes-film-{name}"));
    }
    let mut window = open(busy(), [1280.0, 800.0], 1.0);
    click(&mut window, "Film");
    window.get_by_label_contains("Generate 5 missing voices");
    window.get_by_label("5 scenes have words and no voice.");
    window.get_by_label("Scenes 4 and 5 have neither clip nor picture. Make their pictures first.");
    window.get_by_label("Join film").click();
    window.run_steps(3);
    assert!(window.state().model.scenes.film.joining.is_none(), "there is nothing to show for two scenes");
    window.get_by_label("Make the clip of scene 2 again").click();
    window.run_steps(3);
    assert_eq!(asked(&window), [(1, Role::Clip)]);
    click(&mut window, "Let clips run on");
    assert!(window.state().model.prepare.script.source().contains("continuity: yes"));
}

/// The same with a picture for each scene, and a voice of six seconds for the second.
fn complete() -> Rig {
    let mut rig = busy();
    for scene in [3, 4] {
        let value = Some("pictures/03-eight-minutes.jpg".to_owned());
        rig.tell(Message::Prepare(prepare::Message::SetDirective { scene, key: "picture".into(), value }));
    }
    let voice = version(7, place(1, "The habit", Role::Voice), "You sit down");
    let facts = Facts { nanos: 6_000_000_000, mime: "audio/wav".into(), ..Facts::default() };
    let asset = Arc::new(Asset { kind: AssetKind::Audio, facts, ..(*voice.asset).clone() });
    let value = Some(format!("sounds/habit-{:012x}.wav", 7));
    rig.tell(Message::Prepare(prepare::Message::SetDirective { scene: 1, key: "sound".into(), value }));
    let found = Found { made: vec![Version { asset, ..voice }], ..Found::default() };
    rig.tell(Message::Scenes(Scenes::Looked { project: "why-we-write".into(), result: Ok(Box::new(found)) }));
    rig.effects.clear();
    rig
}

fn join_of(effect: &Effect) -> Option<(String, onetake::core::joining::Choice)> {
    match effect {
        Effect::Scenes(Effects::Film(film::Effect::Join { title, choice, .. })) => Some((title.clone(), *choice)),
        _ => None,
    }
}

#[test]
fn a_film_is_joined_as_it_was_chosen_and_shown_afterwards() {
    for (size, scale, name) in SIZES {
        let mut window = open(complete(), size, scale);
        click(&mut window, "Film");
        look(&mut window, &format!("scenes-film-complete-{name}"));
    }
    let mut window = open(complete(), [1280.0, 800.0], 1.0);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::J);
    window.run_steps(4);
    window.get_by_label("Scene 2: 32 s without words");
    window.get_by_label("3 scenes have no clip: their pictures move instead.");
    click(&mut window, "Let scenes end with their voices");
    assert!(window.query_by_label_contains("s without words").is_none(), "a scene ends with its voice now");
    click(&mut window, "Cross-fade");
    click(&mut window, "Make captions");
    click(&mut window, "Join film");
    let choice = onetake::core::joining::Choice { fades: true, captions: false, fit_words: true };
    let joins: Vec<_> = window.state().effects.iter().filter_map(join_of).collect();
    assert_eq!(joins, [("Why we write".to_owned(), choice)]);
    assert_eq!(window.state().model.settings.film, choice, "and it is remembered");
    window.state_mut().tell(Message::Scenes(Scenes::Film(film::Message::Progress(0.4))));
    window.run_steps(3);
    look(&mut window, "scenes-joining");
    click(&mut window, "Cancel the film");
    assert!(window.state().has(|effect| *effect == Effect::Scenes(Effects::Film(film::Effect::Cancel))));
    let film = version(9, place(0, "Opening", Role::Clip), "");
    let facts = Facts { nanos: 120_000_000_000, ..film.asset.facts.clone() };
    let film = Arc::new(Asset { name: "Why we write".into(), source: Source::Export, facts, ..(*film.asset).clone() });
    window.state_mut().tell(Message::Scenes(Scenes::Film(film::Message::Joined(Ok(Some(film))))));
    window.run_steps(3);
    look(&mut window, "scenes-joined");
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    click(&mut window, "Show the film, 2:00");
    assert_eq!(window.state().model.page, onetake::studio::Page::Library);
}

#[test]
fn a_film_on_its_way_stands_in_the_queue_and_not_over_the_page() {
    for (size, scale, name) in SIZES {
        let mut rig = complete();
        rig.tell(Message::Scenes(Scenes::Film(film::Message::Join)));
        rig.tell(Message::Scenes(Scenes::Film(film::Message::Progress(0.36))));
        let mut window = open(rig, size, scale);
        window.get_by_label("Film");
        assert!(window.query_by_label("Cancel the film").is_none(), "nothing lies over the page");
        look(&mut window, &format!("scenes-joining-quiet-{name}"));
        window.state_mut().tell(Message::Go(onetake::studio::Page::Queue));
        window
            .state_mut()
            .tell(Message::Queue(onetake::studio::queue::Message::Listed(Ok(onetake::studio::queue::list::List::default()))));
        window.run_steps(3);
        look(&mut window, &format!("queue-joining-{name}"));
        window.get_by_label_contains("“Why we write” is being joined  ·  36 %");
        click(&mut window, "Cancel the film");
        assert!(window.state().has(|effect| *effect == Effect::Scenes(Effects::Film(film::Effect::Cancel))));
    }
}

#[test]
fn a_seam_that_jumps_stands_between_the_cards() {
    let mut window = open(busy(), [1280.0, 800.0], 1.0);
    click(&mut window, "Where clips meet: 01 → 02 jumps");
    look(&mut window, "scenes-seam");
    click(&mut window, "Look at clip 02");
    assert_eq!(window.state().model.scenes.sheet.as_ref().map(|sheet| (sheet.scene, sheet.role)), Some((1, Role::Clip)));
}
