//! A take in progress: what its journal has been told, and what it is to be told next. The prompter's place decides: scenes and
//! sentences as they pass, what is read again, a script that is edited meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::passed::{Passed, Place, renumbered};
use crate::core::health::Health;
use crate::core::journal::{Entry, Event};
use crate::core::live::Smoothness;
use crate::core::prompter::course::{Course, JUMP_SECS};
use crate::core::script::same;
use crate::core::take::TakeId;
use crate::core::take_clock::TakeClock;
use crate::core::time::Moment;
use crate::studio::prompter::{self, Shown};

#[derive(Clone, Debug, PartialEq)]
pub struct Rolling {
    pub take: TakeId,
    pub number: u32,
    /// The take's own time, as the recorder keeps it.
    pub clock: TakeClock,
    /// When a pause was asked for that the recorder has not told of yet; nothing is dated later.
    pub(super) pausing: Option<Moment>,
    /// It was asked to go on, which it does with the next picture.
    pub(super) resuming: bool,
    /// The prompter ran when the take was paused, so it goes on with it.
    pub(super) takes_prompter_on: bool,
    pub health: Health,
    pub marks: u32,
    /// How often a sentence was read again.
    pub agains: u32,
    /// A device was lost; the take goes on.
    pub lost: Option<String>,
    /// Scene and line last written into the journal.
    place: Option<Place>,
    /// Course last written into the journal.
    course: Option<Course>,
    passed: Passed,
    /// Until when the text rolls back.
    rolls_back_until: Moment,
    /// The script the journal's scenes and lines are of.
    script: Arc<str>,
    /// The layout's reading of it; `None` until the first one was seen.
    shown: Option<Arc<Shown>>,
    /// What the displays reported, by their names.
    smoothness: BTreeMap<String, Smoothness>,
}

impl Rolling {
    /// `script` is what the journal opens with.
    pub fn new(take: TakeId, number: u32, started: Moment, script: Arc<str>) -> Rolling {
        Rolling {
            take,
            number,
            clock: TakeClock::starting(started),
            pausing: None,
            resuming: false,
            takes_prompter_on: false,
            health: Health::default(),
            marks: 0,
            agains: 0,
            lost: None,
            place: None,
            course: None,
            passed: Passed::default(),
            rolls_back_until: started,
            script,
            shown: None,
            smoothness: BTreeMap::new(),
        }
    }

    /// Nanoseconds of the take at `now`.
    pub fn taken(&self, now: Moment) -> u64 {
        self.clock.time(self.pausing.map_or(now, |since| since.min(now)))
    }

    /// Since when it has been paused.
    pub fn paused_since(&self) -> Option<Moment> {
        self.clock.paused_since()
    }

    /// What the journal is to be told of the prompter now; `None` when there is nothing new. Where the prompter is moved during a
    /// pause is told when the take goes on: what lies between was never read.
    pub(super) fn follow(&mut self, prompter: &prompter::State, now: Moment) -> Option<Vec<Entry>> {
        if self.pausing.is_some() || self.paused_since().is_some() {
            return None;
        }
        let t = self.taken(now);
        let mut entries = Vec::new();
        self.follow_script(prompter, t, &mut entries);
        if self.course.as_ref() != Some(&prompter.course) {
            let anchors = prompter.course.anchors_on(&self.clock);
            entries.push(Entry { t, event: Event::Prompter { anchors } });
            self.course = Some(prompter.course.clone());
        }
        if let Some(place) = self.place(prompter, now) {
            if self.place != Some(place) {
                self.passed.reached(if self.place.is_none() { 0 } else { t }, place);
            }
            self.tell_place(place, prompter, t, &mut entries);
        }
        (!entries.is_empty()).then_some(entries)
    }

    /// The sentence that is being read.
    pub(super) fn place(&mut self, prompter: &prompter::State, now: Moment) -> Option<Place> {
        let actual = prompter.line(now)?;
        let position = prompter.course.position(now);
        let rows_before = |(scene, line): Place| {
            let start = prompter.laid.line_start(scene, line)?;
            let row = prompter.laid.row_at(start).map(|at| prompter.laid.rows[at].height)?;
            Some((start - position) / row.max(1e-9))
        };
        Some(self.passed.counts(actual, now < self.rolls_back_until, rows_before))
    }

    /// The sentence is read again from now on.
    pub(super) fn again(&mut self, place: Place, prompter: &prompter::State, now: Moment) -> Vec<Entry> {
        let t = self.taken(now);
        let from = self.passed.again(t, place);
        self.agains += 1;
        self.rolls_back_until = now.plus_secs(JUMP_SECS);
        let mut entries = vec![Entry { t, event: Event::Again { from, scene: place.0, line: place.1 } }];
        // It begins anew, also where it was the last one told.
        self.place = self.place.map(|(scene, _)| (scene, usize::MAX));
        self.tell_place(place, prompter, t, &mut entries);
        entries
    }

    /// Reports of one display over the whole take: frames add up, the worst counts.
    pub(super) fn smoothness(&mut self, display: String, figures: Smoothness) {
        let known = self.smoothness.entry(display).or_default();
        *known = Smoothness {
            frames: known.frames.saturating_add(figures.frames),
            period_ms: figures.period_ms,
            p50_ms: figures.p50_ms,
            p99_ms: known.p99_ms.max(figures.p99_ms),
            longest_ms: known.longest_ms.max(figures.longest_ms),
            missed: known.missed.saturating_add(figures.missed),
        };
    }

    /// What is written when the take stops.
    pub(super) fn last_words(&self, now: Moment) -> Vec<Entry> {
        let t = self.taken(now);
        let line = |(display, figures): (&String, &Smoothness)| Entry {
            t,
            event: Event::Smoothness { display: display.clone(), figures: *figures },
        };
        self.smoothness.iter().map(line).collect()
    }

    fn tell_place(&mut self, place: Place, prompter: &prompter::State, t: u64, entries: &mut Vec<Entry>) {
        let (scene, line) = place;
        if self.place.is_none_or(|(last, _)| last != scene) {
            // The first scene begins with the take.
            let t = if self.place.is_none() { 0 } else { t };
            let heading = prompter.shown.titles.get(scene).cloned().unwrap_or_default();
            entries.push(Entry { t, event: Event::SceneEntered { scene, heading } });
        }
        if self.place != Some(place) {
            entries.push(Entry { t, event: Event::LinePassed { scene, line } });
            self.place = Some(place);
        }
    }

    /// An edit counts from when the displays show it: from then on the places are of that text.
    fn follow_script(&mut self, prompter: &prompter::State, t: u64, entries: &mut Vec<Entry>) {
        let shown = &prompter.shown;
        if self.shown.as_ref().is_some_and(|known| Arc::ptr_eq(known, shown)) {
            return;
        }
        let before = self.shown.replace(Arc::clone(shown));
        if self.script == shown.source {
            return;
        }
        self.script = Arc::clone(&shown.source);
        entries.push(Entry { t, event: Event::Edited { script: shown.source.to_string() } });
        let Some(before) = before else { return };
        let (old, new) = (&before.sentences, &shown.sentences);
        let found = same::matched(old, new);
        self.passed.renumber(old, new, &found);
        // The line is told anew under its new number; its scene goes on.
        let scene = self.place.map(|place| renumbered(place, old, new, &found).map_or(place.0, |(scene, _)| scene));
        self.place = scene.map(|scene| (scene, usize::MAX));
    }
}
