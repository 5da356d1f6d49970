//! A library of made-up assets behind the window, with hands that answer what the page asks for.

use egui_kittest::kittest::Queryable;
use onetake::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use onetake::core::frame::Still;
use onetake::core::glance::{Glance, STRIP_FRAMES};
use onetake::core::library::{Entry, Seq, TagCount};
use onetake::core::peaks::Peaks;
use onetake::core::project::Project;
use onetake::core::time::{Rate, SECOND};
use onetake::studio::library::{Effect, Goes, Lineage, Message as Library, Relation, Weight};
use onetake::studio::{self, Message, Page, glance};

use super::rig::{Rig, window};

pub type Window = egui_kittest::Harness<'static, Rig>;

pub const KINDS: [Kind; 7] = [Kind::Video, Kind::Image, Kind::Video, Kind::Audio, Kind::Image, Kind::Overlay, Kind::Video];
pub const NAMES: [&str; 7] = [
    "Harbour at dawn",
    "Lantern on the desk",
    "Walk through the old town, second try",
    "Room tone",
    "Žluťoučký kůň",
    "Lower third",
    "B-roll",
];

pub fn asset(seq: Seq) -> Asset {
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
pub fn still(seq: Seq, width: u32, height: u32) -> Still {
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
pub struct Shelf {
    pub all: Vec<Seq>,
    answered: usize,
}

/// Answers what the page asked for since the last time, as the hands would.
pub fn answer(window: &mut Window, shelf: &mut Shelf) {
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

pub fn answer_one(window: &mut Window, shelf: &Shelf, effect: studio::Effect) {
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
                relation(1, "Job", "venice flux", Goes::Job("job-7".into())),
                relation(2, "Project", "Why we write", Goes::Project(project)),
            ];
            let to = vec![relation(1, "Item", "Film of November", Goes::Asset(AssetId("asset-4".into())))];
            rig.tell(tell(Library::Related { asset: of, lineage: Lineage { from, to } }));
        }
        studio::Effect::Glance(glance::Effect::Make { asset, glance }) => {
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
pub fn speech() -> Peaks {
    let value = |i: usize| {
        let t = i as f32 / 50.0;
        (20.0 + 200.0 * (t * 2.6).sin().abs() * (t * 0.7).cos().abs() * (0.6 + 0.4 * (t * 31.0).sin().abs())) as u8
    };
    Peaks((0..30 * 50).map(value).collect())
}

pub fn open(count: usize, size: [f32; 2], scale: f32) -> (Window, Shelf) {
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

pub fn usual(count: usize) -> (Window, Shelf) {
    open(count, [1280.0, 800.0], 1.0)
}

pub fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

/// The item whose name begins like this.
pub fn item<'w>(window: &'w Window, name: &'w str) -> egui_kittest::Node<'w> {
    window.get_by(move |node| node.label().is_some_and(|label| label.starts_with(&format!("{name}, "))))
}

pub fn choose(window: &mut Window, shelf: &mut Shelf, name: &str) {
    item(window, name).click();
    window.run_steps(3);
    answer(window, shelf);
}
