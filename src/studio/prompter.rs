//! The prompter: what it shows, how it moves, and what the operator does to it.

use std::sync::Arc;

use crate::core::prompter::course::{Course, JUMP_SECS, NUDGE_SECS};
use crate::core::prompter::pace::{MAX_WPM, MIN_WPM, Plan};
use crate::core::prompter::place::Carry;
use crate::core::prompter::sheet::Sheet;
use crate::core::prompter::{Laid, Look, Pace};
use crate::core::script::Script;
use crate::core::script::same::{self, Sentence};
use crate::core::time::Moment;

use super::Action;

/// Seconds of text that come up before a sentence that is read again.
const PREROLL_SECS: f64 = 1.5;

#[derive(Clone, Debug)]
pub struct State {
    pub look: Look,
    pub pace: Pace,
    /// The layout that is shown; it may be one revision behind while a new one is made.
    pub laid: Arc<Laid>,
    /// The script `laid` was made from.
    pub shown: Arc<Shown>,
    pub plan: Plan,
    pub course: Course,
    /// Somebody reads from it: it must not go blank.
    pub on_air: bool,
    /// Revision of the newest sheet asked for.
    revision: u64,
    /// An empty sheet was held back while somebody read.
    held_back: bool,
}

/// What is on the displays: the script whose scenes and sentences the layout's rows name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    pub source: Arc<str>,
    /// The scenes' titles.
    pub titles: Vec<String>,
    pub sentences: Vec<Sentence>,
    /// The look that its rows were broken for.
    look: Look,
}

impl Shown {
    fn of(script: &Script, look: &Look) -> Shown {
        let titles = script.scenes.iter().enumerate().map(|(i, scene)| scene.title(i)).collect();
        Shown { source: script.source().into(), titles, sentences: same::sentences(script), look: look.clone() }
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    /// The script's text changed; `opened` when it is another script.
    ScriptChanged {
        opened: bool,
    },
    /// A layout is ready.
    LaidOut(Arc<Laid>),
    Start,
    Pause,
    Toggle,
    /// Back to the top, at rest.
    Rewind,
    /// Rows down (or up).
    Nudge(i32),
    /// Ems down (or up), as a wheel turns.
    Scroll(f64),
    /// Scenes on (or back).
    SkipScene(i32),
    GoToScene(usize),
    GoToLine {
        scene: usize,
        line: usize,
    },
    /// Back to a sentence that is read again, with a little before it; on from there when it runs.
    RollBack {
        scene: usize,
        line: usize,
    },
    SetPace(Pace),
    /// Words per minute more (or less) than now.
    Faster(f64),
    SetLook(Look),
    /// The voice that leads is at this position, in ems, and goes on at so many ems a second.
    Heard {
        position: f64,
        velocity: f64,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    LayOut { sheet: Arc<Sheet>, look: Look },
}

impl Default for State {
    fn default() -> Self {
        State::new(Look::default(), Pace::default(), Moment(0))
    }
}

impl State {
    pub fn new(look: Look, pace: Pace, now: Moment) -> State {
        State {
            look,
            pace,
            laid: Arc::default(),
            shown: Arc::default(),
            plan: Plan::default(),
            course: Course::resting(now, 0.0),
            on_air: false,
            revision: 0,
            held_back: false,
        }
    }

    pub fn update(&mut self, message: Message, script: &Script, now: Moment) -> Vec<Action> {
        match message {
            Message::ScriptChanged { opened } => {
                if opened {
                    self.laid = Arc::default();
                    self.course = Course::resting(now, 0.0);
                }
                return self.lay_out(script);
            }
            Message::LaidOut(laid) => self.laid_out(laid, script, now),
            Message::Start => self.start(now),
            Message::Pause if self.course.running() => self.course = self.course.pause(now),
            Message::Pause => {}
            Message::Toggle if self.course.running() => self.course = self.course.pause(now),
            Message::Toggle => self.start(now),
            Message::Rewind => {
                self.course = self.course.pause(now).go_to(&self.plan, now, self.laid.start(), JUMP_SECS);
            }
            Message::Nudge(rows) => {
                let to = self.laid.rows_away(self.course.heading(now), rows);
                self.course = self.course.go_to(&self.plan, now, to, NUDGE_SECS);
            }
            Message::Scroll(ems) => {
                let to = (self.course.heading(now) + ems).clamp(self.laid.start(), self.laid.end());
                self.course = self.course.go_to(&self.plan, now, to, NUDGE_SECS);
            }
            Message::SkipScene(scenes) => self.skip_scene(scenes, now),
            Message::GoToScene(scene) => self.jump(self.laid.scene_start(scene), now),
            Message::GoToLine { scene, line } => self.jump(self.laid.line_start(scene, line), now),
            Message::RollBack { scene, line } => {
                let to = self.laid.line_start(scene, line).and_then(|start| {
                    let velocity = self.plan.leg_at(start).map_or(0.0, |leg| self.plan.legs[leg].velocity());
                    self.laid.before_sentence(scene, line, velocity, PREROLL_SECS)
                });
                self.jump(to, now);
            }
            Message::SetPace(pace) => self.set_pace(pace, script, now),
            Message::Faster(wpm) => {
                let pace = ((self.words_per_minute(script, now) + wpm) / 5.0).round() * 5.0;
                self.set_pace(Pace::WordsPerMinute(pace.clamp(MIN_WPM, MAX_WPM)), script, now);
            }
            Message::Heard { position, velocity } if self.course.running() => {
                self.course = self.course.lead(now, position, velocity, self.laid.end());
            }
            Message::Heard { .. } => {}
            Message::SetLook(look) => return self.set_look(look, script),
        }
        Vec::new()
    }

    /// Scene at the eye line.
    pub fn scene(&self, now: Moment) -> Option<usize> {
        self.laid.row_at(self.course.position(now)).map(|row| self.laid.rows[row].scene)
    }

    /// Scene and line at the eye line.
    pub fn line(&self, now: Moment) -> Option<(usize, usize)> {
        self.laid.sentence_at(self.course.position(now))
    }

    /// True when the text has come to its end and stands there.
    pub fn ended(&self, now: Moment) -> bool {
        let at_end = self.course.position(now) >= self.laid.end() - 0.01;
        self.course.running() && self.course.at_rest(now) && at_end && !self.laid.rows.is_empty()
    }

    /// Whether somebody reads from it. What was held back for them is made good once they have ended.
    pub fn put_on_air(&mut self, on_air: bool, script: &Script) -> Vec<Action> {
        self.on_air = on_air;
        if on_air || !self.held_back { Vec::new() } else { self.lay_out(script) }
    }

    /// Seconds from here to the end at the present pace.
    pub fn secs_left(&self, now: Moment) -> f64 {
        self.plan.secs_left(self.course.position(now))
    }

    /// Words per minute of the scene at the eye line; the script's own pace when there is none.
    pub fn words_per_minute(&self, script: &Script, now: Moment) -> f64 {
        let leg = self.plan.leg_at(self.course.position(now)).or(self.plan.legs.len().checked_sub(1));
        let Some(leg) = leg.map(|i| self.plan.legs[i]) else { return script.pace() };
        let words = script.scenes.get(leg.scene).map_or(0, |scene| scene.words);
        if words == 0 { script.pace() } else { words as f64 * 60.0 / leg.secs }
    }

    fn start(&mut self, now: Moment) {
        // At the end there is nowhere to go: begin again.
        let position = self.course.position(now);
        let from =
            if position >= self.laid.end() - 0.01 { Course::resting(now, self.laid.start()) } else { self.course.clone() };
        self.course = from.start(&self.plan, now);
    }

    fn jump(&mut self, to: Option<f64>, now: Moment) {
        if let Some(to) = to {
            self.course = self.course.go_to(&self.plan, now, to, JUMP_SECS);
        }
    }

    fn skip_scene(&mut self, scenes: i32, now: Moment) {
        let Some(row) = self.laid.row_at(self.course.heading(now)) else { return };
        let last = self.laid.rows.last().map_or(0, |row| row.scene) as i64;
        let to = (self.laid.rows[row].scene as i64 + i64::from(scenes)).clamp(0, last);
        self.jump(self.laid.scene_start(to as usize), now);
    }

    fn set_pace(&mut self, pace: Pace, script: &Script, now: Moment) {
        self.pace = pace;
        self.plan = Plan::new(&self.laid, &pace.scene_secs(script));
        if self.course.running() {
            self.course = self.course.start(&self.plan, now);
        }
    }

    fn set_look(&mut self, look: Look, script: &Script) -> Vec<Action> {
        let look = look.bounded();
        let new_breaks = !look.breaks_like(&self.look);
        self.look = look;
        if new_breaks { self.lay_out(script) } else { Vec::new() }
    }

    /// Asks for a layout. A text that was taken away altogether leaves the last one standing for whoever reads it.
    fn lay_out(&mut self, script: &Script) -> Vec<Action> {
        let sheet = Sheet::of(script, self.look.upper_case, self.revision + 1);
        self.held_back = sheet.blocks.is_empty() && self.on_air && !self.laid.rows.is_empty();
        // A layout that is still on its way belongs to a text that is gone.
        self.revision += 1;
        if self.held_back {
            return Vec::new();
        }
        vec![Action::Do(super::Effect::Prompter(Effect::LayOut { sheet: Arc::new(sheet), look: self.look.clone() }))]
    }

    /// Takes over a layout, unless a newer one is on its way. What is being read stays before the reader's eyes and goes on moving.
    fn laid_out(&mut self, laid: Arc<Laid>, script: &Script, now: Moment) {
        if laid.revision != self.revision {
            return;
        }
        let shown = Arc::new(Shown::of(script, &self.look));
        let (mut position, mut heading) = (laid.start(), laid.start());
        if !self.laid.rows.is_empty() {
            let rewrapped = !self.shown.look.breaks_like(&shown.look);
            let carry = Carry::new((&self.laid, &self.shown.sentences), (&laid, &shown.sentences), rewrapped);
            position = carry.place(self.course.position(now));
            heading = carry.place(self.course.heading(now));
        }
        (self.laid, self.shown) = (laid, shown);
        self.plan = Plan::new(&self.laid, &self.pace.scene_secs(script));
        self.course = self.course.carried_over(&self.plan, now, position, heading);
    }
}
