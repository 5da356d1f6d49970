//! What becomes of each picture of the screen: its time in the take, and the picture that stands while nothing changes.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Journal;
use crate::core::frame::Frame;
use crate::core::journal::{Entry, Event};
use crate::core::screen::Pace;
use crate::core::take::SCREEN_FILE;
use crate::core::take_clock::TakeClock;
use crate::core::time::Moment;
use crate::jobs::stage::Tap;
use crate::media::record::Inlet;

/// What the screen is called in the journal.
const DEVICE: &str = "Screen";

/// Takes pictures from the screen's thread and gives them to the recorder. Never waits.
pub struct Sink {
    /// Knows when the take's first frame was.
    tap: Arc<Tap>,
    inlet: Inlet,
    journal: Journal,
    pace: Pace,
    zero: Option<Moment>,
    /// The take's clock, as far as it is known; it outlasts the roll.
    clock: Option<TakeClock>,
    /// The time of the first picture and of the newest.
    first: Option<Moment>,
    last: Option<Moment>,
    newest: Option<Frame>,
    number: u64,
    /// The journal knows of the file.
    told: bool,
    closed: Arc<AtomicBool>,
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Sink {
    pub fn new(tap: Arc<Tap>, inlet: Inlet, journal: Journal, closed: Arc<AtomicBool>) -> Sink {
        let (zero, clock, first, last, newest) = (None, None, None, None, None);
        Sink { tap, inlet, journal, pace: Pace::default(), zero, clock, first, last, newest, number: 0, told: false, closed }
    }

    /// A picture came from the screen.
    pub fn fresh(&mut self, frame: Frame) {
        let placed = self.place(frame.stamp);
        // What stood when the take began is its first picture.
        if let (Some((zero, _)), None, Some(_)) = (placed, self.last, &self.newest)
            && let Some(at) = self.pace.again(zero, zero)
        {
            self.show(at);
        }
        self.newest = Some(frame);
        if let Some((zero, at)) = placed {
            let at = self.pace.fresh(at, zero);
            self.show(at);
        }
    }

    /// Time has passed.
    pub fn again(&mut self, now: Moment) {
        let Some((zero, now)) = self.place(now).filter(|_| self.newest.is_some()) else { return };
        if let Some(at) = self.pace.again(now, zero) {
            self.show(at);
        }
        self.tell();
    }

    /// The take ends.
    pub fn end(&mut self, now: Moment) {
        self.again(now);
        if let Some(at) = self.place(now).and_then(|(_, now)| self.pace.end(now)) {
            self.show(at);
        }
        self.closed.store(true, Ordering::Relaxed);
    }

    /// The screen gives nothing more; its file ends here, and the take goes on.
    pub fn lost(&mut self, detail: String) {
        self.closed.store(true, Ordering::Relaxed);
        let t = self.journal_time(self.inlet.health().recorded_nanos);
        self.write(Entry { t, event: Event::DeviceLost { device: DEVICE.to_owned(), detail } });
    }

    /// The line that names the file, when it is not in the journal yet.
    pub fn opening_line(&self) -> Option<Entry> {
        if self.told {
            return None;
        }
        let offset = self.first?.since(self.zero?);
        let event = Event::Screen { file: SCREEN_FILE.to_owned(), offset: i64::try_from(offset).unwrap_or(i64::MAX) };
        Some(Entry { t: offset, event })
    }

    /// Where the end of a file of this length is on the take's clock.
    pub fn journal_time(&self, nanos: u64) -> u64 {
        let offset = self.first.map_or(0, |first| first.since(self.zero.unwrap_or(first)));
        offset.saturating_add(nanos)
    }

    /// When the take began, and the moment as if it had never been paused; `None` before its first frame and while it is paused.
    fn place(&mut self, moment: Moment) -> Option<(Moment, Moment)> {
        if let Some(roll) = self.tap.roll().as_ref() {
            self.zero = self.zero.or(roll.started);
            self.clock = roll.inlet.clock().or(self.clock.take());
        }
        let zero = self.zero?;
        let Some(clock) = &self.clock else { return Some((zero, moment)) };
        if clock.paused_since().is_some_and(|since| moment >= since) {
            return None;
        }
        Some((zero, Moment(zero.0.saturating_add(clock.time(moment)))))
    }

    fn show(&mut self, at: Moment) {
        let Some(newest) = self.newest.as_ref().filter(|_| !self.closed.load(Ordering::Relaxed)) else { return };
        self.inlet.push_frame(&Frame { stamp: at, number: self.number, ..newest.clone() });
        self.number += 1;
        self.first.get_or_insert(at);
        self.last = Some(at);
        self.tell();
    }

    fn tell(&mut self) {
        if let Some(line) = self.opening_line() {
            self.told = self.write(line);
        }
    }

    fn write(&self, line: Entry) -> bool {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|writer| writer.append(line))
    }
}
