//! What the queue costs the window's thread: a frame of its page with a hundred jobs and with ten thousand, in alternating blocks as the
//! library's page is measured (`grid`); and a tenth of a second of a thousand changes a second, told to the studio and drawn, with ten
//! thousand jobs and a script open whose scenes they are for. A whole new list of ten thousand is told in between, as when another
//! process works on the queue too.
//!
//! `measure board BLOCKS` prints one JSON object; times are microseconds, of a frame or of what is told in one.

#[path = "../../tests/rig/job.rs"]
mod made_up;

use onetake::core::generate::{Place, Role, Wish};
use onetake::core::job::{Job, State};
use onetake::core::project::Project;
use onetake::core::queue::Row;
use onetake::studio::prepare::Message as Prepare;
use onetake::studio::queue::list::Listed;
use onetake::studio::queue::{Effect as Wanted, Message as Queue};
use onetake::studio::{Effect, Message, Page};

use crate::window::{Window, most, p50};

const FEW: usize = 100;
const MANY: usize = 10_000;
/// Changes that are told at a time, ten times a second.
const CHANGES: usize = 100;
const SCENES: usize = 100;

pub fn run(blocks: usize) {
    let mut windows = [FEW, MANY].map(open);
    for _ in 0..blocks {
        windows.iter_mut().for_each(Window::block);
    }
    let [few, mut many] = windows;
    let (mut told, mut drawn, mut listed) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..10 * blocks {
        let rows = (0..CHANGES).map(|n| changed((round * CHANGES + n) % MANY, round)).collect();
        let cost = many.tell(Message::Queue(Queue::Changed(rows)));
        told.push(cost as f64 / 1e3);
        drawn.push((cost + many.frame(Vec::new())) as f64 / 1e3);
        if round % 10 == 0 {
            let list = (0..MANY).map(|n| Listed::of(&changed(n, round))).collect();
            listed.push(many.tell(Message::Queue(Queue::Listed(Ok(list)))) as f64 / 1e3);
        }
    }
    let answer = serde_json::json!({
        "few_us": p50(&few.frame_us), "many_us": p50(&many.frame_us), "few": FEW, "many": MANY, "blocks": blocks,
        "frames": Window::frames_of_a_block(), "changes": CHANGES, "told": told.len(),
        "told_us": p50(&told), "told_most_us": most(&told), "drawn_us": p50(&drawn), "drawn_most_us": most(&drawn),
        "listed_us": p50(&listed), "listed_most_us": most(&listed),
    });
    println!("{answer}");
}

/// A queue of so many in a window, at its end.
fn open(count: usize) -> Window {
    let mut window = Window::new(Box::new(move |effect, _| match effect {
        Effect::Queue(Wanted::List) => {
            let list = (0..count).map(|n| Listed::of(&waiting(n))).collect();
            Some(Message::Queue(Queue::Listed(Ok(list))))
        }
        Effect::Queue(Wanted::Read(asked)) => {
            let rows = asked.iter().filter_map(|id| Some(waiting(id.parse().ok()?))).collect();
            Some(Message::Queue(Queue::Read { asked, result: Ok(rows) }))
        }
        _ => None,
    }));
    let project = Project { id: "why-we-write".into(), title: "Why we write".into(), folder: "/p/why-we-write".into() };
    let scenes: String = (0..SCENES).map(|n| format!("\n## Scene {n}\n\n> image: a lamp\n\nIt gets dark.\n")).collect();
    window.tell(Message::Prepare(Prepare::Opened(Ok((project, format!("---\ntitle: Why\n---\n{scenes}"))))));
    window.tell(Message::Go(Page::Queue));
    window.end();
    window
}

/// One that waits, for a scene of the open script.
fn waiting(number: usize) -> Row {
    of(number, State::Queued)
}

/// The same in its next state.
fn changed(number: usize, round: usize) -> Row {
    let states = [State::Submitted, State::Running, State::Done, State::Queued];
    Row { progress: Some(round as f32 % 100.0 / 100.0), ..of(number, states[round / (MANY / CHANGES) % states.len()]) }
}

fn of(number: usize, state: State) -> Row {
    let scene = Some(Place { scene: number % SCENES, heading: format!("Scene {}", number % SCENES), role: Role::Picture });
    let row = made_up::row(&format!("{number:05}"), state);
    let params = serde_json::to_value(Wish { scene, ..Wish::default() }).expect("a wish is plain data");
    Row { place: number as i64, prompt: format!("a lamp in fog, {number}"), job: Job { params, ..row.job }, ..row }
}
