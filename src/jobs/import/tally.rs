//! Counts an import: what is found, read and done, how fast, and who is at what. Tells it on, but not more often than somebody can
//! read.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::blobs::walk::Seen;
use crate::clock;
use crate::core::asset::AssetId;
use crate::core::import::{Became, Item, Outcome, Phase, Progress, Report};
use crate::core::problem::Problem;
use crate::core::time::Moment;

use super::{Orders, WORKERS, Watch};

/// Between two tellings.
const EVERY_SECS: f64 = 0.1;

/// The rate is that of the last seconds.
const WINDOW_SECS: f64 = 3.0;

pub(super) struct Tally<'a> {
    watch: &'a dyn Watch,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    progress: Progress,
    report: Report,
    /// What each worker is at.
    slots: [Option<Item>; WORKERS],
    told: Option<Moment>,
    /// Bytes done at some moments of the last seconds.
    window: VecDeque<(Moment, u64)>,
}

impl<'a> Tally<'a> {
    pub fn new(watch: &'a dyn Watch) -> Tally<'a> {
        let counts = Counts { progress: Progress { looking: true, ..Progress::default() }, ..Counts::default() };
        Tally { watch, counts: Mutex::new(counts) }
    }

    pub fn found(&self, seen: &Seen) {
        let mut counts = self.counts();
        counts.progress.files += 1;
        counts.progress.bytes += seen.bytes;
        self.tell(counts, false);
    }

    pub fn found_all(&self) {
        let mut counts = self.counts();
        counts.progress.looking = false;
        self.tell(counts, true);
    }

    /// Something that was met and is no file to work on.
    pub fn refuse(&self, path: &Path, problem: Problem) {
        let mut counts = self.counts();
        counts.progress.refused += 1;
        let outcome = Outcome { file: path.to_string_lossy().into_owned(), became: super::refused(problem) };
        counts.report.note(&outcome);
        self.tell(counts, false);
        self.watch.became(&outcome);
    }

    pub fn begin(&self, slot: usize, seen: &Seen) {
        let name = seen.path.file_name().unwrap_or(seen.path.as_os_str()).to_string_lossy().into_owned();
        let mut counts = self.counts();
        counts.slots[slot] = Some(Item { file: name, phase: Phase::Examining, done: 0, total: seen.bytes });
        self.tell(counts, false);
    }

    pub fn item(&self, slot: usize, name: &str, phase: Phase) {
        let mut counts = self.counts();
        counts.slots[slot] = Some(Item { file: name.to_owned(), phase, done: 0, total: 0 });
        self.tell(counts, false);
    }

    /// So many bytes of a worker's file are read.
    pub fn read(&self, slot: usize, done: u64) {
        let mut counts = self.counts();
        let Some(item) = &mut counts.slots[slot] else { return };
        item.phase = Phase::Copying;
        let more = done.saturating_sub(item.done);
        item.done = done;
        counts.progress.bytes_done += more;
        counts.report.bytes += more;
        self.tell(counts, false);
    }

    /// A worker has read its file, or will not.
    pub fn end(&self, slot: usize, seen: &Seen) {
        let mut counts = self.counts();
        let read = counts.slots[slot].take().map_or(0, |item| item.done);
        // What was refused unread is done with too.
        counts.progress.bytes_done = (counts.progress.bytes_done + seen.bytes).saturating_sub(read);
        self.tell(counts, false);
    }

    /// What has become of a file is known.
    pub fn became(&self, seen: &Seen, became: Became) {
        let mut counts = self.counts();
        counts.progress.files_done += 1;
        match &became {
            Became::Added(_) => counts.progress.added += 1,
            Became::Known(_) => counts.progress.known += 1,
            Became::Refused(_) => counts.progress.refused += 1,
        }
        let outcome = Outcome { file: super::shown(&seen.path), became };
        counts.report.note(&outcome);
        self.tell(counts, false);
        self.watch.became(&outcome);
    }

    pub fn described(&self, slot: usize) {
        let mut counts = self.counts();
        counts.slots[slot] = None;
        counts.progress.described += 1;
        self.tell(counts, false);
    }

    pub fn added(&self) -> Vec<AssetId> {
        self.counts().report.added.clone()
    }

    /// Waits while a take is recorded, and says so. False when it was cancelled.
    pub fn pass(&self, orders: &Orders) -> bool {
        if orders.gate.is_shut() && !orders.cancel.load(Ordering::Relaxed) {
            self.hold(true);
            orders.gate.pass(&orders.cancel);
            self.hold(false);
        }
        !orders.cancel.load(Ordering::Relaxed)
    }

    pub fn report(&self, stopped: Option<Problem>, secs: f64) -> Report {
        let mut counts = self.counts();
        let report = Report { stopped, secs, ..std::mem::take(&mut counts.report) };
        self.tell(counts, true);
        report
    }

    fn hold(&self, held: bool) {
        let mut counts = self.counts();
        counts.progress.held = held;
        // Time that stood still says nothing about the rate.
        counts.window.clear();
        self.tell(counts, true);
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, mut counts: MutexGuard<'_, Counts>, at_once: bool) {
        let now = clock::now();
        if !at_once && counts.told.is_some_and(|told| now.secs_from(told) < EVERY_SECS) {
            return;
        }
        counts.told = Some(now);
        counts.progress.bytes_per_sec = counts.rate(now);
        counts.progress.items = counts.slots.iter().flatten().cloned().collect();
        let progress = counts.progress.clone();
        drop(counts);
        self.watch.progress(&progress);
    }
}

impl Counts {
    fn rate(&mut self, now: Moment) -> f64 {
        let done = self.progress.bytes_done;
        self.window.push_back((now, done));
        while self.window.len() > 2 && self.window.front().is_some_and(|(then, _)| now.secs_from(*then) > WINDOW_SECS) {
            self.window.pop_front();
        }
        let Some((then, before)) = self.window.front() else { return 0.0 };
        let passed = now.secs_from(*then);
        if passed > 0.0 { done.saturating_sub(*before) as f64 / passed } else { 0.0 }
    }
}
