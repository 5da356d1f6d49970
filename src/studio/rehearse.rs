//! A rehearsal: the prompter runs as in a take and nothing is recorded. It measures how long this reader takes for each scene,
//! and offers that as the scenes' target seconds.
//!
//! What counts is the time from a scene's first words to the next scene's, however the reader brings the text along: at the
//! prompter's pace, faster or slower, line by line, by voice. A stop of the prompter that is longer than a breath and ends with
//! a start was an interruption and does not count; stillness between steps by hand is reading. A sentence read again counts
//! once. A scene that was left in its middle, or that went by faster than anyone reads, was not rehearsed and is not offered.

use std::sync::Arc;

use crate::core::problem::Problem;
use crate::core::prompter::Pace;
use crate::core::prompter::pace::MAX_WPM;
use crate::core::script::Script;
use crate::core::script::same;
use crate::core::time::Moment;

use super::prompter::Shown;
use super::record::Studio;
use super::record::passed::{Place, renumbered};
use super::{Action, Page, prepare, prompter};

/// The longest stop of the prompter that counts as reading.
const BREATH_SECS: f64 = 2.0;
/// The part of a scene's time that may be left when it was read to its end: readers are often a little ahead.
const END_PART: f64 = 0.2;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub phase: Phase,
}

/// Where the rehearsal stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Idle,
    Countdown {
        ends: Moment,
    },
    Running(Box<Running>),
    /// It has ended; what was measured is offered.
    Measured(Box<Measured>),
}

/// A rehearsal in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    pub since: Moment,
    /// What each scene has taken so far.
    clocks: Vec<Clock>,
    /// Time up to here is shared out.
    until: Moment,
    /// The sentence the text was heading for then.
    place: Option<Place>,
    /// Its scene had been read to its end then, or as good as.
    at_end: bool,
    /// Seconds the text has stood still; whether they count shows when it moves on.
    still_secs: f64,
    /// Each sentence with its scene's clock when it began, so that what is read again counts once.
    begun: Vec<(Place, f64)>,
    shown: Arc<Shown>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Clock {
    secs: f64,
    /// Read from its first words to its last.
    whole: bool,
}

/// What a rehearsal found out.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub scenes: Vec<SceneTime>,
    /// Scenes with words that were not read from beginning to end.
    pub missing: usize,
    shown: Arc<Shown>,
}

/// One scene that was read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneTime {
    pub scene: usize,
    pub title: String,
    /// Seconds it was to take, and took.
    pub target_secs: f64,
    pub secs: f64,
    /// As it was read.
    pub words_per_minute: f64,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Countdown, then the prompter.
    Begin,
    /// Ends it, or calls off the countdown.
    Stop,
    /// A sentence is read again.
    Again {
        scene: usize,
        line: usize,
    },
    /// Take what was measured for the scenes' target seconds.
    Use,
    Discard,
}

impl State {
    /// True from the moment it is wanted until it has ended.
    pub fn busy(&self) -> bool {
        matches!(self.phase, Phase::Countdown { .. } | Phase::Running(_))
    }

    pub fn running(&self) -> Option<&Running> {
        match &self.phase {
            Phase::Running(running) => Some(running),
            _ => None,
        }
    }

    pub fn measured(&self) -> Option<&Measured> {
        match &self.phase {
            Phase::Measured(measured) => Some(measured),
            _ => None,
        }
    }

    /// A result nobody asked for any more.
    pub fn put_away(&mut self) {
        if self.measured().is_some() {
            self.phase = Phase::Idle;
        }
    }

    pub fn update(&mut self, message: Message, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match message {
            Message::Begin => self.begin(studio, now),
            Message::Stop => self.stop(studio, now),
            Message::Again { scene, line } => {
                if let Phase::Running(running) = &mut self.phase {
                    running.again((scene, line));
                }
                Vec::new()
            }
            Message::Use => self.take_over(studio),
            Message::Discard => {
                self.put_away();
                Vec::new()
            }
        }
    }

    pub fn tick(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match &mut self.phase {
            Phase::Countdown { ends } if now >= *ends => self.start(studio, now),
            Phase::Running(running) => {
                running.follow(studio.prompter, now);
                if studio.prompter.ended(now) { self.stop(studio, now) } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    fn begin(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        if self.busy() {
            return Vec::new();
        }
        if studio.prepare.script.words() == 0 {
            let fix = "Open a script, or write what you will say.";
            return vec![Action::show(&Problem::usage("There are no words to rehearse.", fix))];
        }
        self.phase = Phase::Countdown { ends: now.plus_secs(f64::from(studio.settings.countdown_secs)) };
        vec![Action::Tell(super::Message::Go(Page::Record)), tell_prompter(prompter::Message::Rewind)]
    }

    fn start(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let shown = Arc::clone(&studio.prompter.shown);
        self.phase = Phase::Running(Box::new(Running {
            since: now,
            clocks: vec![Clock::default(); shown.titles.len()],
            until: now,
            place: None,
            at_end: false,
            still_secs: 0.0,
            begun: Vec::new(),
            shown,
        }));
        vec![tell_prompter(prompter::Message::Start)]
    }

    fn stop(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let pause = tell_prompter(prompter::Message::Pause);
        match std::mem::take(&mut self.phase) {
            Phase::Running(mut running) => {
                running.follow(studio.prompter, now);
                let measured = running.finish(&studio.prepare.script);
                if measured.scenes.is_empty() {
                    let text = "No scene was read from its beginning to its end, so nothing was measured.";
                    return vec![pause, Action::say(text)];
                }
                self.phase = Phase::Measured(Box::new(measured));
                vec![pause]
            }
            Phase::Countdown { .. } => vec![pause],
            other => {
                self.phase = other;
                Vec::new()
            }
        }
    }

    /// The script may have been edited since: each time goes where its scene is now.
    fn take_over(&mut self, studio: &Studio<'_>) -> Vec<Action> {
        let Phase::Measured(measured) = std::mem::take(&mut self.phase) else { return Vec::new() };
        let script = &studio.prepare.script;
        let (old, new) = (&measured.shown.sentences, same::sentences(script));
        let scenes = same::scenes(old, &new, &same::matched(old, &new), measured.shown.titles.len());
        let target = |time: &SceneTime| Some((scenes.get(time.scene).copied().flatten()?, time.secs));
        let targets: Vec<(usize, f64)> = measured.scenes.iter().filter_map(target).collect();
        let count = targets.len();
        let s = if count == 1 { "" } else { "s" };
        vec![
            Action::Tell(super::Message::Prepare(prepare::Message::SetSeconds(targets))),
            // Any other pace would pass over the seconds just written.
            tell_prompter(prompter::Message::SetPace(Pace::SceneTargets)),
            Action::say(format!("{count} scene{s} now last as long as you took. Undo on Prepare takes it back.")),
        ]
    }
}

impl Running {
    /// Shares out the time since the last look.
    fn follow(&mut self, prompter: &prompter::State, now: Moment) {
        self.follow_script(&prompter.shown);
        let secs = now.secs_from(self.until).max(0.0);
        self.until = now;
        let laid = &prompter.laid;
        // Where the text is heading for: a jump does not pass through what lies between.
        let heading = prompter.course.heading(now);
        let still = !prompter.course.running() && prompter.course.at_rest(now);
        if still {
            self.still_secs += secs;
        } else {
            let stood = std::mem::take(&mut self.still_secs);
            let interrupted = prompter.course.running() && stood > BREATH_SECS;
            self.count(secs + if interrupted { 0.0 } else { stood });
        }
        let Some(mut place) = laid.sentence_at(heading) else { return };
        // A scene begins where its leg does, so that whoever reads at the prompter's pace is measured at it.
        let leg = prompter.plan.leg_at(heading).map(|leg| prompter.plan.legs[leg].scene);
        place = self.place.filter(|read| read.0 != place.0 && leg == Some(read.0)).unwrap_or(place);
        self.enter(place);
        let after = laid.row_at(heading).map_or(&[][..], |at| &laid.rows[at + 1..]);
        let last_row = !after.iter().take_while(|row| row.scene == place.0).any(|row| row.spoken);
        let leg = prompter.plan.legs.iter().find(|leg| leg.scene == place.0);
        let left = leg.map_or(0.0, |leg| (leg.to - heading) / (leg.to - leg.from));
        // By hand the last row is the end: the next step leads out of it.
        self.at_end = last_row && (!prompter.course.running() || left <= END_PART);
    }

    /// Adds to the clock of the scene that is read.
    fn count(&mut self, secs: f64) {
        if let Some(clock) = self.place.and_then(|(scene, _)| self.clocks.get_mut(scene)) {
            clock.secs += secs;
        }
    }

    fn enter(&mut self, place: Place) {
        if self.place == Some(place) {
            return;
        }
        let (scene, line) = place;
        let from = self.place.map(|(scene, _)| scene);
        if from != Some(scene) {
            self.leave();
            let Some(clock) = self.clocks.get_mut(scene) else { return };
            // From its first words it is a new reading; otherwise the earlier one goes on.
            if line == 0 {
                *clock = Clock::default();
            }
            clock.whole = false;
        }
        let secs = self.clocks.get(scene).map_or(0.0, |clock| clock.secs);
        self.begun.push((place, secs));
        self.place = Some(place);
    }

    /// The scene that is read is over; whole, when it was read from its first sentence to its end.
    fn leave(&mut self) {
        let Some((scene, _)) = self.place else { return };
        let from_the_top = self.begun.iter().any(|(place, _)| *place == (scene, 0));
        if let Some(clock) = self.clocks.get_mut(scene) {
            clock.whole = from_the_top && self.at_end;
        }
    }

    /// What was read of the sentence does not count.
    fn again(&mut self, place: Place) {
        let Some(at) = self.begun.iter().rposition(|(begun, _)| *begun == place) else { return };
        let secs = self.begun[at].1;
        self.begun.truncate(at + 1);
        if let Some(clock) = self.clocks.get_mut(place.0) {
            *clock = Clock { secs, whole: false };
        }
        self.place = Some(place);
        self.still_secs = 0.0;
    }

    fn follow_script(&mut self, shown: &Arc<Shown>) {
        if Arc::ptr_eq(&self.shown, shown) {
            return;
        }
        let (old, new) = (&self.shown.sentences, &shown.sentences);
        let found = same::matched(old, new);
        let mut clocks = vec![Clock::default(); shown.titles.len()];
        for (clock, to) in self.clocks.iter().zip(same::scenes(old, new, &found, self.clocks.len())) {
            if let Some(kept) = to.and_then(|scene| clocks.get_mut(scene)) {
                *kept = *clock;
            }
        }
        let place = |place: Place| renumbered(place, old, new, &found);
        self.begun = self.begun.iter().filter_map(|(begun, secs)| Some((place(*begun)?, *secs))).collect();
        self.place = self.place.and_then(place);
        self.clocks = clocks;
        self.shown = Arc::clone(shown);
    }

    fn finish(mut self, script: &Script) -> Measured {
        if self.still_secs <= BREATH_SECS {
            self.count(self.still_secs);
        }
        self.leave();
        let targets = Pace::SceneTargets.scene_secs(script);
        let time = |(scene, clock): (usize, &Clock)| {
            let words = script.scenes.get(scene)?.words as f64;
            let words_per_minute = words * 60.0 / clock.secs;
            let read = clock.whole && words > 0.0 && words_per_minute <= MAX_WPM;
            read.then(|| SceneTime {
                scene,
                title: script.scenes[scene].title(scene),
                target_secs: targets[scene],
                secs: clock.secs,
                words_per_minute,
            })
        };
        let scenes: Vec<SceneTime> = self.clocks.iter().enumerate().filter_map(time).collect();
        let spoken = script.scenes.iter().filter(|scene| scene.words > 0).count();
        Measured { missing: spoken.saturating_sub(scenes.len()), scenes, shown: self.shown }
    }
}

fn tell_prompter(message: prompter::Message) -> Action {
    Action::Tell(super::Message::Prompter(message))
}
