//! Promise P10, its second half: what a frame of the library's page costs the processor, with a hundred assets and with a hundred
//! thousand. The two are measured in alternating blocks, in the thread's own time. Each block scrolls forth and back over the same
//! number of rows at the end of its list, so that both draw the same.
//!
//! `measure grid BLOCKS` prints one JSON object; times are microseconds a frame, laying out and tessellating included.

use egui::{Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};
use onetake::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use onetake::core::frame::Still;
use onetake::core::library::{Entry, Seq};
use onetake::core::settings::Settings;
use onetake::core::time::{Moment, Rate, SECOND};
use onetake::studio::library::{Effect as Wanted, Message as Library};
use onetake::studio::{Effect, Message, Model, Page, glance, start, update};
use onetake::ui::{Screen, View, draw, setup};
use rustix::time::{ClockId, clock_gettime};

const SIZE: [f32; 2] = [1280.0, 800.0];
const FEW: usize = 100;
const MANY: usize = 100_000;
/// A block: so many frames down and as many up again, so many points each.
const FRAMES: usize = 60;
const POINTS: f32 = 40.0;
/// Frames until what came on the screen has its picture and nothing eases any more.
const SETTLE_FRAMES: usize = 120;
/// What a tile shows at twice the pixel density.
const THUMB: (u32, u32) = (480, 270);

/// One library in one window.
struct Window {
    ctx: Context,
    model: Model,
    view: View,
    screen: Screen,
    still: Still,
    frame: u64,
    frame_us: Vec<f64>,
}

pub fn run(blocks: usize) {
    let mut windows = [FEW, MANY].map(Window::new);
    for _ in 0..blocks {
        windows.iter_mut().for_each(Window::block);
    }
    let [few, many] = windows;
    let answer = serde_json::json!({
        "few_us": p50(few.frame_us), "many_us": p50(many.frame_us), "few": FEW, "many": MANY, "blocks": blocks, "frames": 2 * FRAMES,
    });
    println!("{answer}");
}

impl Window {
    fn new(count: usize) -> Window {
        let ctx = Context::default();
        setup(&ctx);
        let mut model = Model::default();
        start(&mut model, Settings::default(), Moment(0));
        let (width, height) = THUMB;
        let still = Still { width, height, rgba: vec![90; (width * height * 4) as usize].into() };
        let (view, screen) = (View::default(), Screen::default());
        let mut window = Window { ctx, model, view, screen, still, frame: 0, frame_us: Vec::new() };
        window.tell(Message::Go(Page::Library));
        window.tell(Message::Library(Library::Found(Ok((0..count as Seq).collect()))));
        window.settle();
        window.frame(vec![key(Key::End)]);
        window.settle();
        window
    }

    fn settle(&mut self) {
        for _ in 0..SETTLE_FRAMES {
            self.frame(Vec::new());
        }
    }

    fn block(&mut self) {
        let mut nanos = 0;
        for way in [1.0, -1.0] {
            for _ in 0..FRAMES {
                let delta = vec2(0.0, way * POINTS);
                let (unit, source, phase) = (MouseWheelUnit::Point, MouseWheelSource::Wheel, TouchPhase::Move);
                nanos += self.frame(vec![Event::MouseWheel { unit, source, delta, phase, modifiers: Modifiers::NONE }]);
            }
        }
        self.frame_us.push(nanos as f64 / 1e3 / (2 * FRAMES) as f64);
        self.settle();
    }

    /// Draws a frame with the pointer over the list; what it cost in nanoseconds. What it asked for is answered outside the count.
    fn frame(&mut self, mut events: Vec<Event>) -> u64 {
        events.insert(0, Event::PointerMoved(pos2(400.0, 400.0)));
        let time = self.frame as f64 / 60.0;
        self.frame += 1;
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, SIZE.into()));
        let input = RawInput { screen_rect, events, time: Some(time), ..RawInput::default() };
        let now = Moment((time * SECOND as f64) as u64);
        let mut said = Vec::new();
        let before = thread_nanos();
        let mut output = self.ctx.run_ui(input, |ui| {
            said.extend(draw(ui, &self.model, &mut self.view, &self.screen, now));
        });
        let shapes = self.ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        let cost = thread_nanos() - before;
        // There is no graphics card to give them to.
        output.textures_delta.clear();
        assert!(!shapes.is_empty(), "something is drawn");
        said.into_iter().for_each(|message| self.tell(message));
        cost
    }

    /// Tells the studio, and answers what it asks for as the hands would.
    fn tell(&mut self, message: Message) {
        for effect in update(&mut self.model, message, Moment(0)) {
            match effect {
                Effect::Library(Wanted::Read(asked)) => {
                    let entries = asked.iter().map(|seq| Entry { seq: *seq, asset: asset(*seq) }).collect();
                    self.tell(Message::Library(Library::Read { asked, result: Ok(entries) }));
                }
                Effect::Glance(glance::Effect::Make { asset, glance }) => {
                    self.screen.feeds.glances.thumbs.put(asset.id.0.clone(), self.still.clone());
                    self.tell(Message::Glance(glance::Message::Made { asset: asset.id, glance, result: Ok(()) }));
                }
                _ => {}
            }
        }
    }
}

fn key(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
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

/// Time this thread has had on a processor.
fn thread_nanos() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

fn p50(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
