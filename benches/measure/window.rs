//! A window of the studio without a screen: frames are laid out and tessellated in this thread, whose own time is counted. What the
//! studio asks for is answered by the bench, outside the count.

use egui::{Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};
use onetake::core::settings::Settings;
use onetake::core::time::{Moment, SECOND};
use onetake::studio::{Effect, Message, Model, start, update};
use onetake::ui::{Screen, View, draw, setup};
use rustix::time::{ClockId, clock_gettime};

const SIZE: [f32; 2] = [1280.0, 800.0];
/// A block: so many frames down and as many up again, so many points each.
const FRAMES: usize = 60;
const POINTS: f32 = 40.0;
/// Frames until what came on the screen has its picture and nothing eases any more.
const SETTLE_FRAMES: usize = 120;

/// Answers an effect, as the hands would.
pub type Hands = Box<dyn FnMut(Effect, &Screen) -> Option<Message>>;

pub struct Window {
    ctx: Context,
    model: Model,
    view: View,
    pub screen: Screen,
    hands: Hands,
    frame: u64,
    /// Of each block, microseconds a frame.
    pub frame_us: Vec<f64>,
}

impl Window {
    pub fn new(hands: Hands) -> Window {
        let ctx = Context::default();
        setup(&ctx);
        let mut model = Model::default();
        start(&mut model, Settings::default(), Moment(0));
        Window { ctx, model, view: View::default(), screen: Screen::default(), hands, frame: 0, frame_us: Vec::new() }
    }

    pub fn settle(&mut self) {
        for _ in 0..SETTLE_FRAMES {
            self.frame(Vec::new());
        }
    }

    /// To the end of the list.
    pub fn end(&mut self) {
        self.settle();
        self.frame(vec![key(Key::End)]);
        self.settle();
    }

    /// How many frames a block counts.
    pub fn frames_of_a_block() -> usize {
        2 * FRAMES
    }

    /// Scrolls forth and back.
    pub fn block(&mut self) {
        let mut nanos = 0;
        for way in [1.0, -1.0] {
            for _ in 0..FRAMES {
                let delta = vec2(0.0, way * POINTS);
                let (unit, source, phase) = (MouseWheelUnit::Point, MouseWheelSource::Wheel, TouchPhase::Move);
                nanos += self.frame(vec![Event::MouseWheel { unit, source, delta, phase, modifiers: Modifiers::NONE }]);
            }
        }
        self.frame_us.push(nanos as f64 / 1e3 / Window::frames_of_a_block() as f64);
        self.settle();
    }

    /// Draws a frame with the pointer over the list; what it cost in nanoseconds.
    pub fn frame(&mut self, mut events: Vec<Event>) -> u64 {
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
        for message in said {
            self.tell(message);
        }
        cost
    }

    /// Tells the studio, and answers what it asks for; what the telling cost in nanoseconds, the answers not counted.
    pub fn tell(&mut self, message: Message) -> u64 {
        let before = thread_nanos();
        let effects = update(&mut self.model, message, Moment(0));
        let cost = thread_nanos() - before;
        for effect in effects {
            if let Some(answer) = (self.hands)(effect, &self.screen) {
                self.tell(answer);
            }
        }
        cost
    }
}

fn key(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
}

/// Time this thread has had on a processor.
fn thread_nanos() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The one in the middle.
pub fn p50(figures: &[f64]) -> f64 {
    sorted(figures)[figures.len() / 2]
}

/// The largest.
pub fn most(figures: &[f64]) -> f64 {
    sorted(figures)[figures.len() - 1]
}

fn sorted(figures: &[f64]) -> Vec<f64> {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    figures
}
