//! How long a scene really takes, so that a clip is ordered and fitted to it: as it was spoken in the newest take, else as it was
//! rehearsed, else as the script wants it, else as its words take at the script's pace.

use super::script::Script;
use super::take::{SceneMark, Take, TakeState};
use super::time::secs;

/// What is shorter was not spoken but passed by.
const LEAST_SECS: f64 = 0.5;

/// A breath behind a voice, before the next scene begins.
pub const BREATH_SECS: f64 = 0.4;

/// A length and where it is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    pub secs: f64,
    pub by: Measure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The take with this number.
    Take(u32),
    Rehearsal,
    Target,
    Words,
    /// The voice that was made for it.
    Voice,
}

impl Measure {
    /// Behind a figure of seconds: “12 s, as spoken in take 3”.
    pub fn words(self) -> String {
        match self {
            Measure::Take(number) => format!("as spoken in take {number}"),
            Measure::Rehearsal => "as rehearsed".into(),
            Measure::Target => "as the script wants it".into(),
            Measure::Words => "by its words".into(),
            Measure::Voice => "as its voice takes".into(),
        }
    }
}

/// Seconds of a scene in a film, whose voice of so many seconds is never cut off. `fit`: the scene ends with its voice, however long it
/// was wanted.
pub fn with_voice(secs: f64, voice: Option<f64>, fit: bool) -> f64 {
    match voice.filter(|voice| voice.is_finite() && *voice > 0.0).map(|voice| voice + BREATH_SECS) {
        Some(needs) if fit || needs > secs => needs,
        _ => secs,
    }
}

impl Length {
    /// The same with the scene's voice in mind (`with_voice`).
    pub fn with_voice(self, voice: Option<f64>, fit: bool) -> Length {
        let secs = with_voice(self.secs, voice, fit);
        if secs == self.secs { self } else { Length { secs, by: Measure::Voice } }
    }
}

/// The length of a scene. `takes` are the project's, the newest first; `rehearsed` what a rehearsal found for this scene.
pub fn of(script: &Script, scene: usize, takes: &[Take], rehearsed: Option<f64>) -> Option<Length> {
    let content = script.scenes.get(scene)?;
    let spoken = takes.iter().filter(|take| take.state != TakeState::Recording).find_map(|take| {
        let secs = spoken(take, scene, &content.heading);
        (secs >= LEAST_SECS).then_some(Length { secs, by: Measure::Take(take.number) })
    });
    let rehearsed = rehearsed.filter(|secs| *secs >= LEAST_SECS).map(|secs| Length { secs, by: Measure::Rehearsal });
    let target = content.target_secs().map(|secs| Length { secs, by: Measure::Target });
    let words = Length { secs: content.seconds(script.pace()), by: Measure::Words };
    Some(spoken.or(rehearsed).or(target).unwrap_or(words))
}

/// Seconds of a take in which a scene was spoken and kept.
fn spoken(take: &Take, scene: usize, heading: &str) -> f64 {
    let same = |mark: &&SceneMark| mark.heading == heading;
    // Of several scenes of one heading, the one that stood there.
    let there = |mark: &&SceneMark| mark.scene == scene;
    let exact = heading.is_empty() || take.scenes.iter().filter(same).any(|mark| there(&mark));
    let marks = take.scenes.iter().filter(same).filter(|mark| !exact || there(mark));
    let kept = |mark: &SceneMark| {
        let spoilt = take.spans.iter().filter(|span| span.rejected());
        let lost: u64 = spoilt.map(|span| span.end.min(mark.end).saturating_sub(span.start.max(mark.start))).sum();
        mark.end.saturating_sub(mark.start).saturating_sub(lost)
    };
    secs(marks.map(kept).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::span::{Span, Verdict};
    use crate::core::take::made_up;
    use crate::core::time::SECOND;

    const TEXT: &str = "---\npace: 120\n---\n\n## One\n\n> seconds: 7\n\nHello there.\n\n## Two\n\nOne two three four.\n";

    fn take(number: u32, heading: &str, from: u64, to: u64, state: TakeState) -> Take {
        let mark = SceneMark { scene: 0, heading: heading.into(), start: from * SECOND, end: to * SECOND };
        Take { number, state, scenes: vec![mark], spans: Vec::new(), ..made_up::take(number) }
    }

    fn secs_by(takes: &[Take], scene: usize, rehearsed: Option<f64>) -> (f64, Measure) {
        let length = of(&Script::markdown(TEXT), scene, takes, rehearsed).unwrap();
        (length.secs, length.by)
    }

    #[test]
    fn what_was_spoken_counts_more_than_what_was_planned() {
        assert_eq!(secs_by(&[], 0, None), (7.0, Measure::Target));
        assert_eq!(secs_by(&[], 1, None), (2.0, Measure::Words));
        assert_eq!(secs_by(&[], 0, Some(9.5)), (9.5, Measure::Rehearsal));
        let takes = [take(3, "One", 0, 30, TakeState::Recording), take(2, "One", 2, 14, TakeState::Finished)];
        assert_eq!(secs_by(&takes, 0, Some(9.5)), (12.0, Measure::Take(2)), "one that runs is not over");
        assert_eq!(secs_by(&takes, 1, None), (2.0, Measure::Words));
        assert!(of(&Script::markdown(TEXT), 9, &takes, None).is_none());
    }

    #[test]
    fn a_voice_is_never_cut_off_and_may_decide() {
        let wanted = Length { secs: 16.0, by: Measure::Target };
        assert_eq!(wanted.with_voice(Some(5.6), false), wanted);
        assert_eq!(wanted.with_voice(Some(5.6), true), Length { secs: 6.0, by: Measure::Voice });
        assert_eq!(wanted.with_voice(Some(20.0), false), Length { secs: 20.4, by: Measure::Voice });
        for none in [None, Some(0.0), Some(f64::NAN)] {
            assert_eq!(wanted.with_voice(none, true), wanted);
        }
    }

    #[test]
    fn what_was_read_again_is_not_counted_twice() {
        let mut takes = [take(1, "One", 0, 20, TakeState::Finished)];
        takes[0].spans = vec![
            Span { start: 0, end: 5 * SECOND, verdict: Verdict::Kept },
            Span { start: 5 * SECOND, end: 9 * SECOND, verdict: Verdict::Rejected },
            Span { start: 9 * SECOND, end: 30 * SECOND, verdict: Verdict::Kept },
        ];
        assert_eq!(secs_by(&takes, 0, None), (16.0, Measure::Take(1)));
    }
}
