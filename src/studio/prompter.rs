//! The prompter: what it shows, how it moves, and what the operator does to it.

use std::sync::Arc;

use crate::core::prompter::course::{Course, JUMP_SECS, NUDGE_SECS};
use crate::core::prompter::pace::{MAX_WPM, MIN_WPM, Plan};
use crate::core::prompter::sheet::Sheet;
use crate::core::prompter::{Laid, Look, Pace};
use crate::core::script::Script;
use crate::core::time::Moment;

use super::Action;

#[derive(Clone, Debug)]
pub struct State {
    pub look: Look,
    pub pace: Pace,
    /// The layout that is shown; it may be one revision behind while a new one is made.
    pub laid: Arc<Laid>,
    pub plan: Plan,
    pub course: Course,
    /// Revision of the newest sheet asked for.
    revision: u64,
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
        State { look, pace, laid: Arc::default(), plan: Plan::default(), course: Course::resting(now, 0.0), revision: 0 }
    }

    pub fn update(&mut self, message: Message, script: &Script, now: Moment) -> Vec<Action> {
        match message {
            Message::ScriptChanged { opened } => {
                if opened {
                    self.laid = Arc::default();
                    self.course = Course::resting(now, 0.0);
                }
                return vec![self.lay_out(script)];
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
        self.laid.row_at(self.course.position(now)).map(|row| (self.laid.rows[row].scene, self.laid.rows[row].line))
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
        if new_breaks { vec![self.lay_out(script)] } else { Vec::new() }
    }

    fn lay_out(&mut self, script: &Script) -> Action {
        self.revision += 1;
        let sheet = Arc::new(Sheet::of(script, self.look.upper_case, self.revision));
        Action::Do(super::Effect::Prompter(Effect::LayOut { sheet, look: self.look.clone() }))
    }

    /// Takes over a layout, unless a newer one is on its way; the line at the eye line stays there.
    fn laid_out(&mut self, laid: Arc<Laid>, script: &Script, now: Moment) {
        if laid.revision != self.revision {
            return;
        }
        let here = self.course.position(now);
        let place = self.laid.row_at(here).map(|row| self.laid.rows[row]);
        let kept = place.and_then(|row| {
            let old = self.laid.line_start(row.scene, row.line)?;
            let new = laid.line_start(row.scene, row.line)?;
            Some((new + here - old).clamp(laid.start(), laid.end()))
        });
        let position = kept.unwrap_or_else(|| laid.start());
        let running = self.course.running();
        self.laid = laid;
        self.plan = Plan::new(&self.laid, &self.pace.scene_secs(script));
        self.course = Course::resting(now, position);
        if running {
            self.course = self.course.start(&self.plan, now);
        }
    }
}
