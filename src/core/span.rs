//! Spans: a take as one row of stretches, each kept or rejected. A stretch is spoilt when somebody said “again” while it rolled;
//! afterwards the person may keep it all the same. Nothing is ever cut from the file: a span is what players and exports obey.

use serde::{Deserialize, Serialize};

use super::journal::{Entry, Event};

/// A stretch of a take, in nanoseconds from its first frame; `start` < `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: u64,
    pub end: u64,
    pub verdict: Verdict,
}

/// What becomes of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    #[default]
    Kept,
    /// Spoilt: left out unless somebody says otherwise.
    Rejected,
    /// Spoilt when it was recorded, kept after all.
    Restored,
}

impl Span {
    pub fn rejected(&self) -> bool {
        self.verdict == Verdict::Rejected
    }

    /// True for a stretch that was read again.
    pub fn spoilt(&self) -> bool {
        self.verdict != Verdict::Kept
    }
}

/// The spans of a take that is `nanos` long, from its journal: sorted, without gap or overlap, from 0 to `nanos`. Stretches that
/// were spoilt one after the other are one, because the person repeated the same words until they were right.
pub fn spans(entries: &[Entry], nanos: u64) -> Vec<Span> {
    let mut spoilt: Vec<(u64, u64)> = Vec::new();
    for entry in entries {
        if let Event::Again { from, .. } = entry.event {
            spoilt.push((from.min(nanos), entry.t.min(nanos)));
        }
    }
    let mut spans = row_of(&merged(spoilt), nanos);
    for entry in entries {
        if let Event::Judged { start, end, kept } = entry.event {
            judge(&mut spans, start, end, kept);
        }
    }
    spans
}

/// Keeps or rejects every spoilt span that lies in the stretch for its greater part.
pub fn judge(spans: &mut [Span], start: u64, end: u64, kept: bool) {
    for span in spans.iter_mut().filter(|span| span.spoilt()) {
        let common = span.end.min(end).saturating_sub(span.start.max(start));
        if common.saturating_mul(2) > span.end - span.start {
            span.verdict = if kept { Verdict::Restored } else { Verdict::Rejected };
        }
    }
}

/// The same spans for a take that turned out to be `nanos` long, as one whose process died does.
pub fn fitted(spans: &[Span], nanos: u64) -> Vec<Span> {
    let mut fitted: Vec<Span> = spans
        .iter()
        .map(|span| Span { start: span.start.min(nanos), end: span.end.min(nanos), ..*span })
        .filter(|span| span.start < span.end)
        .collect();
    let reached = fitted.last().map_or(0, |span| span.end);
    match fitted.last_mut() {
        Some(last) if !last.spoilt() => last.end = nanos,
        _ if reached < nanos => fitted.push(Span { start: reached, end: nanos, verdict: Verdict::Kept }),
        _ => {}
    }
    fitted
}

/// Where the next kept stretch begins, for a place in a rejected one; `None` where the place is kept. A take that ends with a
/// rejected stretch leads to its end.
pub fn past_rejected(spans: &[Span], at: u64) -> Option<u64> {
    let here = spans.iter().find(|span| (span.start..span.end).contains(&at))?;
    here.rejected().then_some(here.end)
}

/// Overlapping and touching stretches made one, ascending, none empty.
fn merged(mut stretches: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    stretches.retain(|(start, end)| start < end);
    stretches.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::new();
    for (start, end) in stretches {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

fn row_of(spoilt: &[(u64, u64)], nanos: u64) -> Vec<Span> {
    let mut row = Vec::new();
    let mut at = 0;
    for &(start, end) in spoilt {
        if at < start {
            row.push(Span { start: at, end: start, verdict: Verdict::Kept });
        }
        row.push(Span { start, end, verdict: Verdict::Rejected });
        at = end;
    }
    if at < nanos {
        row.push(Span { start: at, end: nanos, verdict: Verdict::Kept });
    }
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(from: u64, t: u64) -> Entry {
        Entry { t, event: Event::Again { from, scene: 0, line: 0 } }
    }

    fn judged(start: u64, end: u64, kept: bool) -> Entry {
        Entry { t: end, event: Event::Judged { start, end, kept } }
    }

    fn seen(spans: &[Span]) -> Vec<(u64, u64, Verdict)> {
        spans.iter().map(|span| (span.start, span.end, span.verdict)).collect()
    }

    #[test]
    fn what_was_read_again_is_rejected() {
        use Verdict::{Kept, Rejected};
        let row = spans(&[again(20, 30), again(60, 70)], 100);
        assert_eq!(seen(&row), [(0, 20, Kept), (20, 30, Rejected), (30, 60, Kept), (60, 70, Rejected), (70, 100, Kept)]);
    }

    #[test]
    fn three_tries_at_one_sentence_are_one_span() {
        use Verdict::{Kept, Rejected};
        let row = spans(&[again(20, 30), again(30, 41), again(12, 44)], 100);
        assert_eq!(seen(&row), [(0, 12, Kept), (12, 44, Rejected), (44, 100, Kept)]);
    }

    #[test]
    fn a_span_is_kept_after_all_and_rejected_again() {
        let entries = [again(20, 30), judged(20, 30, true)];
        assert_eq!(spans(&entries, 100)[1].verdict, Verdict::Restored);
        let [first, second] = entries;
        assert_eq!(spans(&[first, second, judged(20, 30, false)], 100)[1].verdict, Verdict::Rejected);
    }

    #[test]
    fn playing_leads_past_what_is_rejected() {
        let row = spans(&[again(20, 30), again(90, 100)], 100);
        assert_eq!([19, 20, 29, 30, 95].map(|at| past_rejected(&row, at)), [None, Some(30), Some(30), None, Some(100)]);
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let event = prop_oneof![
            3 => (0..1_000u64, 0..300u64).prop_map(|(from, length)| again(from, from + length)),
            1 => (0..1_000u64, 0..300u64, any::<bool>()).prop_map(|(at, length, kept)| judged(at, at + length, kept)),
            1 => (0..1_000u64).prop_map(|t| Entry { t, event: Event::Mark { label: String::new() } }),
        ];
        proptest::collection::vec(event, 0..20)
    }

    fn whole(spans: &[Span], nanos: u64) -> Result<(), TestCaseError> {
        let mut at = 0;
        for span in spans {
            prop_assert_eq!(span.start, at);
            prop_assert!(span.start < span.end);
            at = span.end;
        }
        prop_assert_eq!(at, nanos);
        Ok(())
    }

    proptest! {
        #[test]
        fn spans_are_sorted_and_cover_the_take(entries in entries(), nanos in 0..1_500u64) {
            let row = spans(&entries, nanos);
            whole(&row, nanos)?;
            // Every spoilt moment is known as such, and no other.
            for at in (0..nanos).step_by(7) {
                let spoilt = entries.iter().any(|entry| matches!(entry.event, Event::Again { from, .. } if (from..entry.t).contains(&at)));
                let span = row.iter().find(|span| (span.start..span.end).contains(&at)).unwrap();
                prop_assert_eq!(span.spoilt(), spoilt, "at {}", at);
            }
        }

        #[test]
        fn spans_fit_any_length(entries in entries(), nanos in 0..1_500u64, real in 0..1_500u64) {
            whole(&fitted(&spans(&entries, nanos), real), real)?;
        }
    }
}
