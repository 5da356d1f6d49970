//! How long a job will take, by what such jobs have taken here before: the median, since one that hung for an hour must not count
//! for sixty.

/// Jobs that are looked back at.
const MOST: usize = 25;

/// The median of the newest durations, in seconds; `None` without any. The newest come first.
pub fn typical(newest_first: &[f64]) -> Option<f64> {
    let mut secs: Vec<f64> = newest_first.iter().copied().filter(|secs| secs.is_finite() && *secs >= 0.0).take(MOST).collect();
    secs.sort_by(f64::total_cmp);
    let half = secs.len() / 2;
    match secs.len() {
        0 => None,
        even if even % 2 == 0 => Some((secs[half - 1] + secs[half]) / 2.0),
        _ => Some(secs[half]),
    }
}

/// How long one of `wanted` seconds takes, when such of `made` seconds took `took`: longer clips take longer, but not all of the time
/// depends on it.
pub fn expected(took: f64, made: Option<f64>, wanted: Option<f64>) -> f64 {
    match (made, wanted) {
        (Some(made), Some(wanted)) if made > 0.0 && wanted > 0.0 => took * (0.3 + 0.7 * (wanted / made).clamp(0.1, 10.0)),
        _ => took,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_hung_does_not_count_for_sixty() {
        assert_eq!(typical(&[]), None);
        assert_eq!(typical(&[60.0, 50.0, 3600.0]), Some(60.0));
        assert_eq!(typical(&[10.0, 20.0]), Some(15.0));
        assert_eq!(typical(&[f64::NAN, -1.0, 4.0]), Some(4.0));
    }

    #[test]
    fn longer_clips_take_longer() {
        assert_eq!(expected(100.0, Some(5.0), Some(5.0)), 100.0);
        assert!(expected(100.0, Some(5.0), Some(10.0)) > 150.0);
        assert_eq!(expected(100.0, None, Some(10.0)), 100.0);
    }
}
