//! Promise P10, its second half: what a frame of the library's page costs the processor, with a hundred assets and with a hundred
//! thousand. The two are measured in alternating blocks, in the thread's own time. Each block scrolls forth and back over the same
//! number of rows at the end of its list, so that both draw the same.
//!
//! `measure grid BLOCKS` prints one JSON object; times are microseconds a frame, laying out and tessellating included.

use onetake::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use onetake::core::frame::Still;
use onetake::core::library::{Entry, Seq};
use onetake::core::time::{Rate, SECOND};
use onetake::studio::library::{Effect as Wanted, Message as Library};
use onetake::studio::{Effect, Message, Page, glance};

use crate::window::{Window, p50};

const FEW: usize = 100;
const MANY: usize = 100_000;
/// What a tile shows at twice the pixel density.
const THUMB: (u32, u32) = (480, 270);

pub fn run(blocks: usize) {
    let mut windows = [FEW, MANY].map(open);
    for _ in 0..blocks {
        windows.iter_mut().for_each(Window::block);
    }
    let [few, many] = windows;
    let answer = serde_json::json!({
        "few_us": p50(&few.frame_us), "many_us": p50(&many.frame_us), "few": FEW, "many": MANY, "blocks": blocks,
        "frames": Window::frames_of_a_block(),
    });
    println!("{answer}");
}

/// A library of so many in a window, at its end.
fn open(count: usize) -> Window {
    let (width, height) = THUMB;
    let still = Still { width, height, rgba: vec![90; (width * height * 4) as usize].into() };
    let mut window = Window::new(Box::new(move |effect, screen| match effect {
        Effect::Library(Wanted::Read(asked)) => {
            let entries = asked.iter().map(|seq| Entry { seq: *seq, asset: asset(*seq) }).collect();
            Some(Message::Library(Library::Read { asked, result: Ok(entries) }))
        }
        Effect::Glance(glance::Effect::Make { asset, glance }) => {
            screen.feeds.glances.thumbs.put(asset.id.0.clone(), still.clone());
            Some(Message::Glance(glance::Message::Made { asset: asset.id, glance, result: Ok(()) }))
        }
        _ => None,
    }));
    window.tell(Message::Go(Page::Library));
    window.tell(Message::Library(Library::Found(Ok((0..count as Seq).collect()))));
    window.end();
    window
}

fn asset(seq: Seq) -> Asset {
    Asset {
        id: AssetId(format!("asset-{seq}")),
        project: None,
        owner: None,
        team: None,
        take: None,
        name: format!("Number {seq:06}"),
        description: String::new(),
        category: String::new(),
        kind: Kind::Video,
        source: Source::Upload,
        status: Status::Ready,
        problem: None,
        path: format!("media/asset-{seq}.mp4"),
        linked: false,
        bytes: 1_000_000,
        sha256: None,
        facts: Facts { nanos: 12 * SECOND, width: 1920, height: 1080, rate: Rate::whole(30), ..Facts::default() },
        metadata: serde_json::json!({}),
        created_at: "2026-11-20T12:00:00Z".into(),
        updated_at: "2026-11-20T12:00:00Z".into(),
        binned_at: None,
        tags: vec!["dawn".into()],
    }
}
