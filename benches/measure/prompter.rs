//! Promise P1: what a frame of the scrolling prompter costs the processor, for a short script and for a very long one.
//! The two are measured in alternating blocks, so that whatever else the machine does hits both, and in the thread's own
//! time, so that waiting does not count. Each block scrolls over the same number of paragraphs that look alike: both draw
//! the same number of rows.
//!
//! `measure prompter BLOCKS` prints one JSON object; times are microseconds a frame.

use std::sync::Arc;

use onetake::core::prompter::Look;
use onetake::core::prompter::sheet::Sheet;
use onetake::core::script::Script;
use onetake::gpu::context::{AdapterReport, Offscreen};
use onetake::gpu::passes::prompter::{Colours, PrompterInput};
use onetake::gpu::readback::Target;
use onetake::gpu::text::raster::Inks;
use onetake::gpu::text::{Fonts, TextLayout, layout};
use onetake::gpu::{Compositor, ViewId, ViewInput};
use rustix::time::{ClockId, clock_gettime};

const SIZE: [u32; 2] = [1280, 720];
const SHORT_WORDS: usize = 1_000;
const LONG_WORDS: usize = 100_000;
const WORDS_A_PARAGRAPH: usize = 12;
/// A block: so many frames over so many paragraphs, which at 60 frames a second is a fluent reader's pace.
const FRAMES: usize = 480;
const PARAGRAPHS: usize = 2;
/// Frames in which easing and drawing ahead are surely over.
const SETTLE_FRAMES: usize = 400;
const COLOURS: Colours = Colours {
    inks: Inks { text: [0.96, 0.96, 0.96, 1.0], cue: [1.0, 0.72, 0.3, 1.0], heading: [0.66, 0.66, 0.7, 1.0] },
    marker: [1.0, 0.72, 0.3, 1.0],
};

/// One script on one display.
struct Display {
    id: ViewId,
    text: Arc<TextLayout>,
    /// Height of a paragraph with the space after it, and of the text above the first block, in ems.
    paragraph: f64,
    middle: f64,
    paragraphs: usize,
    frame_us: Vec<f64>,
    rows_drawn: usize,
}

pub fn run(blocks: usize) {
    let gpu = Offscreen::open().expect("a Vulkan driver, if only Mesa's lavapipe");
    let mut compositor = Compositor::new(&gpu.device, Target::FORMAT);
    let look = Look::default();
    let fonts = Fonts::system();
    let mut displays = [(1, SHORT_WORDS), (2, LONG_WORDS)].map(|(id, words)| Display::new(ViewId(id), words, &look, &fonts));
    for block in 0..blocks {
        for display in &mut displays {
            display.block(&gpu, &mut compositor, &look, block);
        }
    }
    let [short, long] = displays;
    let adapter = AdapterReport::of(&gpu.adapter).to_string();
    let rows = [short.rows_drawn, long.rows_drawn];
    let answer = serde_json::json!({
        "short_us": p50(short.frame_us), "long_us": p50(long.frame_us), "blocks": blocks, "frames": FRAMES,
        "rows_drawn": rows, "adapter": adapter,
    });
    println!("{answer}");
}

impl Display {
    fn new(id: ViewId, words: usize, look: &Look, fonts: &Fonts) -> Display {
        // Each paragraph is its own, so that no two rows share a picture.
        let paragraph = |i: usize| format!("Number {i:06} starts with a quiet room and goes on from there.\n\n");
        let paragraphs = words / WORDS_A_PARAGRAPH;
        let markdown: String = (0..paragraphs).map(paragraph).collect();
        let text = Arc::new(layout(&Sheet::of(&Script::markdown(&markdown), false, 1), look, fonts));
        let middle = text.height() / 2.0;
        let paragraph = text.height() / paragraphs as f64;
        Display {
            id,
            text,
            paragraph,
            middle,
            paragraphs: paragraphs.min(SHORT_WORDS / WORDS_A_PARAGRAPH),
            frame_us: vec![],
            rows_drawn: 0,
        }
    }

    /// Scrolls on from where the block before ended, within the same distance of the middle for every script.
    fn block(&mut self, gpu: &Offscreen, compositor: &mut Compositor, look: &Look, number: usize) {
        let room = self.paragraphs / 2 / PARAGRAPHS;
        let start = self.middle + ((number % room) * PARAGRAPHS) as f64 * self.paragraph
            - self.paragraphs as f64 / 4.0 * self.paragraph;
        let step = PARAGRAPHS as f64 * self.paragraph / FRAMES as f64;
        for _ in 0..SETTLE_FRAMES {
            self.frame(gpu, compositor, look, start);
        }
        let mut nanos = 0;
        for frame in 0..FRAMES {
            let (cost, rows) = self.frame(gpu, compositor, look, start + frame as f64 * step);
            nanos += cost;
            self.rows_drawn += rows;
        }
        self.frame_us.push(nanos as f64 / 1e3 / FRAMES as f64);
    }

    /// Prepares one frame; what it cost in nanoseconds, and the rows it drew.
    fn frame(&self, gpu: &Offscreen, compositor: &mut Compositor, look: &Look, position: f64) -> (u64, usize) {
        let rect = [0.0, 0.0, SIZE[0] as f32, SIZE[1] as f32];
        let prompter = PrompterInput { layout: &self.text, position, rect, look, colours: COLOURS, opacity: 1.0, snap: false };
        let input = ViewInput { prompter: Some(prompter), ..ViewInput::sized(SIZE) };
        let before = thread_nanos();
        let work = compositor.prepare(&gpu.device, &gpu.queue, self.id, &input);
        let cost = thread_nanos() - before;
        // As at the end of each real frame; gives back what was staged.
        gpu.queue.submit([]);
        (cost, work.prompter.rows_drawn)
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
