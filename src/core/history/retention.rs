//! Which versions may go: all of the last hour stay, then one an hour for a day, one a day for a month, one a week for ever.
//! What was published, named or set aside stays for ever, what gave way to an older version as long as a bin keeps things. Of a
//! script so long that an hour's versions would fill the disk, one a minute stays beyond the newest.

use std::collections::HashSet;

use super::Kind;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
const MONTH: i64 = 30 * DAY;
/// The Unix epoch was a Thursday; weeks begin on Monday.
const TO_MONDAY: i64 = 3 * DAY;
/// What the last hour's versions may take before they are thinned: a talk of an hour makes some thousand of them.
const HOUR_BYTES: u64 = 64 << 20;

/// What is asked of a version to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub seq: i64,
    pub kind: Kind,
    pub named: bool,
    /// Seconds since the Unix epoch.
    pub made: i64,
    /// Of its text.
    pub bytes: u64,
}

/// The versions that may go, of all of one project's (in any order), at the second `now`. Of an hour, day or week the newest
/// stays, and the newest of all.
pub fn outlived(marks: &[Mark], now: i64) -> Vec<i64> {
    let mut newest_first = marks.to_vec();
    newest_first.sort_by_key(|mark| std::cmp::Reverse((mark.made, mark.seq)));
    let mut taken = HashSet::new();
    let mut bytes = 0;
    let latest = marks.iter().map(|mark| mark.seq).max();
    let goes = |mark: &&Mark| {
        bytes += mark.bytes;
        let crowded = (bytes > HOUR_BYTES).then(|| (MINUTE, mark.made.div_euclid(MINUTE)));
        // Also when it stays anyway: it is what its hour has.
        let has_place = place(mark.made, now).or(crowded).is_none_or(|place| taken.insert(place));
        !has_place && !stays(mark, now) && Some(mark.seq) != latest
    };
    newest_first.iter().filter(goes).map(|mark| mark.seq).collect()
}

/// True for what no number of later versions drives out.
fn stays(mark: &Mark, now: i64) -> bool {
    let age = now.saturating_sub(mark.made);
    match mark.kind {
        Kind::Published | Kind::SetAside => true,
        Kind::BeforeRestore if age < MONTH => true,
        Kind::Draft | Kind::Imported | Kind::BeforeRestore => mark.named,
    }
}

/// The hour, day or week of which one version stays; `None` while all do. A clock that was set back makes nothing older.
fn place(made: i64, now: i64) -> Option<(i64, i64)> {
    match now.saturating_sub(made) {
        ..HOUR => None,
        HOUR..DAY => Some((HOUR, made.div_euclid(HOUR))),
        DAY..MONTH => Some((DAY, made.div_euclid(DAY))),
        MONTH.. => Some((WEEK, (made + TO_MONDAY).div_euclid(WEEK))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Monday, 2 November 2026, 00:00 UTC.
    const NOW: i64 = 1_793_577_600;

    fn draft(seq: i64, made: i64) -> Mark {
        Mark { seq, kind: Kind::Draft, named: false, made, bytes: 0 }
    }

    #[test]
    fn the_last_hour_stays_whole_and_older_ones_are_thinned() {
        // One a minute for two days, the newest last.
        let marks: Vec<Mark> = (0..2 * 24 * 60).map(|i| draft(i, NOW - (2 * 24 * 60 - i) * 60)).collect();
        let gone = outlived(&marks, NOW);
        let left: Vec<&Mark> = marks.iter().filter(|mark| !gone.contains(&mark.seq)).collect();
        let aged = |from: i64, to: i64| left.iter().filter(|m| (from..to).contains(&(NOW - m.made))).count();
        assert_eq!((aged(0, HOUR), aged(HOUR, DAY), aged(DAY, 3 * DAY)), (59, 24, 2));
    }

    #[test]
    fn an_hour_of_a_very_long_script_does_not_fill_the_disk() {
        // One every three seconds, a megabyte each.
        let marks: Vec<Mark> = (0..1_200).map(|i| Mark { bytes: 1 << 20, ..draft(i, NOW - HOUR + 3 * i) }).collect();
        let gone = outlived(&marks, NOW);
        let left = marks.len() - gone.len();
        assert!((64 + 50..64 + 60).contains(&left), "{left}");
        assert!(gone.iter().all(|seq| *seq < 1_200 - 64), "the newest stay");
    }

    #[test]
    fn weeks_begin_on_monday() {
        let year = 365 * DAY;
        let monday = NOW - 364 * DAY;
        let marks = [draft(1, monday - 1), draft(2, monday), draft(3, monday + 6 * DAY), draft(4, NOW)];
        assert_eq!(outlived(&marks, NOW + year), [2]);
    }

    #[test]
    fn what_gave_way_to_an_older_version_stays_a_month() {
        let before = Mark { kind: Kind::BeforeRestore, ..draft(1, NOW) };
        let marks = [before, draft(2, NOW + 1), draft(3, NOW + 2)];
        assert_eq!(outlived(&marks, NOW + 2 * DAY), [2]);
        assert_eq!(outlived(&marks, NOW + 31 * DAY), [2, 1]);
    }

    fn marks() -> impl Strategy<Value = Vec<Mark>> {
        let kind = prop_oneof![8 => Just(Kind::Draft), 1 => Just(Kind::Published), 1 => Just(Kind::BeforeRestore),
            1 => Just(Kind::Imported), 1 => Just(Kind::SetAside)];
        // Close together and far apart.
        let age = prop_oneof![0..2 * HOUR, 0..3 * DAY, 0..3 * MONTH, 0..1_000 * DAY, -DAY..0];
        proptest::collection::vec((kind, proptest::bool::weighted(0.05), age), 0..200).prop_map(|all| {
            let mark = |(seq, (kind, named, age)): (usize, (Kind, bool, i64))| Mark {
                seq: seq as i64,
                kind,
                named,
                made: NOW - age,
                bytes: 10_000,
            };
            all.into_iter().enumerate().map(mark).collect()
        })
    }

    proptest! {
        /// Whatever goes and however often it is asked in between: what was published or named stays, everything of the last hour
        /// stays, and every hour of a day, day of a month and week that had a version has one.
        #[test]
        fn no_stretch_of_time_loses_its_last_version(all in marks(), later in proptest::collection::vec(0..40 * DAY, 0..6)) {
            let mut left = all.clone();
            let mut now = NOW;
            for step in std::iter::once(0).chain(later) {
                now += step;
                let gone = outlived(&left, now);
                left.retain(|mark| !gone.contains(&mark.seq));
                prop_assert!(outlived(&left, now).is_empty(), "asking twice takes nothing more");
            }
            for mark in &all {
                let there = left.contains(mark);
                let for_ever = mark.named || matches!(mark.kind, Kind::Published | Kind::SetAside);
                prop_assert!(there || !for_ever);
                match place(mark.made, now) {
                    None => prop_assert!(there),
                    // One that is younger than the border between two ages serves the stretch, too.
                    Some((unit, at)) => {
                        let shift = if unit == WEEK { TO_MONDAY } else { 0 };
                        prop_assert!(left.iter().any(|other| (other.made + shift).div_euclid(unit) == at));
                    }
                }
            }
            let latest = all.iter().map(|mark| mark.seq).max();
            prop_assert!(latest.is_none_or(|latest| left.iter().any(|mark| mark.seq == latest)));
        }
    }
}
