//! Tells the caller how far things are, at most ten times a second, with a rate that does not count bytes sent before.

use super::Event;
use crate::clock;
use crate::core::time::{self, Moment};
use crate::core::upload::Progress;

/// Least time between two progress events.
const PERIOD_SECS: f64 = 0.1;

pub(super) struct Report<F> {
    on_event: F,
    progress: Progress,
    told: Option<Moment>,
}

impl<F: FnMut(Event)> Report<F> {
    pub fn new(on_event: F, total_bytes: u64) -> Report<F> {
        Report { on_event, progress: Progress { total_bytes, ..Progress::default() }, told: None }
    }

    pub fn tell(&mut self, event: Event) {
        (self.on_event)(event);
    }

    /// There is more to send than was known.
    pub fn total(&mut self, total_bytes: u64) {
        self.progress.total_bytes = total_bytes;
    }

    pub fn hashing(&mut self, done_bytes: u64) {
        if self.due().is_some() {
            let total_bytes = self.progress.total_bytes;
            self.tell(Event::Hashing { done_bytes, total_bytes });
        }
    }

    /// The server holds `offset` bytes from before; the rate counts from here.
    pub fn resumed(&mut self, offset: u64) {
        self.progress.sent_bytes = offset;
        self.told = Some(clock::now());
        self.tell(Event::Sending(self.progress));
    }

    pub fn sending(&mut self, sent_bytes: u64) {
        let Some(secs) = self.due() else { return };
        self.progress = self.progress.advance(sent_bytes, secs);
        self.tell(Event::Sending(self.progress));
    }

    /// All bytes are there; told whenever the last event was.
    pub fn sending_last(&mut self, sent_bytes: u64) {
        self.progress.sent_bytes = sent_bytes;
        self.tell(Event::Sending(self.progress));
    }

    /// Seconds since the last event, when the next may be told.
    fn due(&mut self) -> Option<f64> {
        let now = clock::now();
        let secs = self.told.map_or(PERIOD_SECS, |told| time::secs(now.since(told)));
        if secs < PERIOD_SECS {
            return None;
        }
        self.told = Some(now);
        Some(secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_progress_is_one_event_and_the_end_is_always_told() {
        let mut events = Vec::new();
        let mut report = Report::new(|event| events.push(event), 100);
        report.resumed(40);
        for sent in 41..=100 {
            report.sending(sent);
        }
        report.sending_last(100);
        let sent: Vec<u64> = events
            .iter()
            .filter_map(|event| match event {
                Event::Sending(progress) => Some(progress.sent_bytes),
                _ => None,
            })
            .collect();
        // Sixty calls in a row take far less than six periods on any machine that runs this.
        assert!(sent.len() < 10, "{sent:?}");
        assert_eq!((sent.first(), sent.last()), (Some(&40), Some(&100)));
    }
}
