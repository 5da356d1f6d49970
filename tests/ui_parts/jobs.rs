//! A queue of made-up jobs behind the window, with hands that answer what the page asks for.

#[path = "../rig/job.rs"]
mod made_up;

use egui_kittest::kittest::Queryable;
use onetake::core::engine::Money;
use onetake::core::generate::{Class, Failure, Place, Role, Wish};
use onetake::core::job::{Job, Kind, State};
use onetake::core::queue::Row;
use onetake::studio::queue::list::Listed;
use onetake::studio::queue::{Effect, Message as Queue};
use onetake::studio::{self, Message, Page};

use super::rig::{Rig, window};

pub type Window = egui_kittest::Harness<'static, Rig>;

/// The wall clock of these tests.
pub const NOW: &str = "2026-11-21T12:00:00Z";

pub const PROMPTS: [&str; 5] = [
    "a lantern-lit desk, dawn outside the window",
    "hands opening shutters, morning light on paper",
    "an egg timer on a kitchen table, children asleep in the next room",
    "an empty page and a full hour",
    "Žluťoučký kůň úpěl ďábelské ódy",
];

/// A job whose number decides what it is for.
pub fn job(number: usize, state: State) -> Row {
    let kind = [Kind::Image, Kind::Video, Kind::Image, Kind::Speech, Kind::Image][number % 5];
    let (engine, model) = match kind {
        Kind::Video => ("offline", "camera-move"),
        Kind::Speech => ("offline", "espeak-ng"),
        _ => ("offline", "painter"),
    };
    let role = match kind {
        Kind::Video => Role::Clip,
        Kind::Speech => Role::Voice,
        _ => Role::Picture,
    };
    let scene = Place { scene: number % 5, heading: "The habit".into(), role };
    let params = serde_json::to_value(Wish { scene: Some(scene), ..Wish::default() }).unwrap();
    let minute = number % 50;
    let row = made_up::row(&format!("job-{number:05}"), state);
    Row {
        job: Job {
            engine: engine.into(),
            model: model.into(),
            kind,
            params,
            seed: Some(number as i64),
            cost_micros: (state == State::Done).then_some(420_000),
            currency: if state == State::Done { "USD".into() } else { String::new() },
            created_at: "2026-11-21T11:00:00Z".into(),
            updated_at: "2026-11-21T11:59:00Z".into(),
            ended_at: state.over().then(|| format!("2026-11-21T11:{minute:02}:00Z")),
            ..row.job
        },
        prompt: PROMPTS[number % PROMPTS.len()].into(),
        place: number as i64,
        progress: (state == State::Running).then_some(0.4),
        expected_secs: Some(60.0),
        failure: (state == State::Failed).then(|| failure(number)),
        quote: Some(Money::usd(0.40)),
        sent_at: (state != State::Queued).then(|| "2026-11-21T11:59:30Z".into()),
        tries: 1,
        ..row
    }
}

/// What an engine said, in the manner of several.
pub fn failure(number: usize) -> Failure {
    match number % 4 {
        0 => Failure::new(
            Class::Content,
            "Your prompt was flagged by our moderation: “lantern-lit” resembles the name of a protected person.",
        ),
        1 => Failure::new(Class::Auth, "Invalid API key."),
        2 => Failure {
            proposal: Some(serde_json::json!({"policy": "I own the rights to the face in this picture."})),
            ..Failure::new(Class::Consent, "This model needs your consent to its face policy.")
        },
        _ => Failure {
            refunded: true,
            ..Failure::new(Class::Server, "INTERNAL.BAD_OUTPUT.CODE01: An unexpected error occurred.")
        },
    }
}

/// The jobs of a window, and what of its effects was answered.
pub struct Jobs {
    pub rows: Vec<Row>,
    answered: usize,
}

impl Jobs {
    /// So many of each, in the order of the states' list: queued, submitted, running, done, failed, cancelled.
    pub fn of(counts: [usize; 6]) -> Jobs {
        let mut rows = Vec::new();
        for (state, count) in State::ALL.into_iter().zip(counts) {
            for _ in 0..count {
                rows.push(job(rows.len(), state));
            }
        }
        Jobs { rows, answered: 0 }
    }
}

/// Answers what the page asked for since the last time.
pub fn answer(window: &mut Window, jobs: &mut Jobs) {
    for _ in 0..12 {
        let effects: Vec<studio::Effect> = window.state().effects[jobs.answered..].to_vec();
        jobs.answered = window.state().effects.len();
        if effects.is_empty() {
            return;
        }
        for effect in effects {
            let told = match effect {
                studio::Effect::Queue(Effect::List) => Queue::Listed(Ok(jobs.rows.iter().map(Listed::of).collect())),
                studio::Effect::Queue(Effect::Read(asked)) => {
                    let rows = jobs.rows.iter().filter(|row| asked.contains(&row.job.id)).cloned().collect();
                    Queue::Read { asked, result: Ok(rows) }
                }
                _ => continue,
            };
            window.state_mut().tell(Message::Queue(told));
        }
        window.run_steps(2);
    }
}

/// The page with these jobs.
pub fn open(mut jobs: Jobs, size: [f32; 2], scale: f32) -> (Window, Jobs) {
    let mut rig = Rig::new();
    rig.screen.wall = Some(NOW.into());
    rig.tell(Message::Go(Page::Queue));
    let mut window = window(rig, size.into(), scale);
    answer(&mut window, &mut jobs);
    window.run_steps(6);
    answer(&mut window, &mut jobs);
    window.run_steps(6);
    (window, jobs)
}

pub fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

/// The orders the page gave since `from`.
pub fn orders(window: &Window, from: usize) -> Vec<Effect> {
    let given = |effect: &studio::Effect| match effect {
        studio::Effect::Queue(effect) if !matches!(effect, Effect::Read(_) | Effect::List) => Some(effect.clone()),
        _ => None,
    };
    window.state().effects[from..].iter().filter_map(given).collect()
}
