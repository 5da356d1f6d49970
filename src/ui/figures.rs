//! Figures as people read them: sizes, rates, waiting times, days.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::core::time::Moment;

/// Bytes in decimal units, as file managers show them: `37 MB`, `1.2 GB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    // 999.5 would be written as 1000.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let text = if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    format!("{} {}", text.strip_suffix(".0").unwrap_or(&text), UNITS[unit])
}

/// A rough time to wait: `8 s`, `3 min`, `2 h 5 min`.
pub fn wait(secs: f64) -> String {
    let secs = if secs.is_finite() { secs.max(0.0).ceil() as u64 } else { return "—".to_owned() };
    match (secs / 3600, secs / 60 % 60) {
        (0, 0) => format!("{secs} s"),
        (0, 1) if secs < 90 => format!("{secs} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The hour at which something ends that lasts `secs` more, at `now` (seconds since midnight): `14:32`.
pub fn ends(now: f64, secs: f64) -> String {
    let minutes = ((now + secs.max(0.0)) / 60.0).round() as u64 % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The hour of a moment that has passed: `14:32`. `time_of_day` is that of `now`, in seconds since midnight.
pub fn at(moment: Moment, now: Moment, time_of_day: Option<f64>) -> Option<String> {
    const DAY: f64 = 24.0 * 3600.0;
    let minutes = ((time_of_day? - now.secs_from(moment)).rem_euclid(DAY) / 60.0) as u64;
    Some(format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// Minutes of recording that are left: `312 min`, and days where minutes mean nothing any more.
pub fn minutes(count: u64) -> String {
    match count {
        0 => "under 1 min".to_owned(),
        1..=999 => format!("{count} min"),
        1000..=5999 => format!("{} h", count / 60),
        _ => "over 4 days".to_owned(),
    }
}

/// Day and time of an RFC 3339 stamp in the machine's zone; the year where it is not `this_year`. An unreadable stamp is
/// shown as it is.
pub fn day(stamp: &str, this_year: Option<i16>) -> String {
    let Ok(at) = stamp.parse::<Timestamp>() else { return stamp.to_owned() };
    let at = at.to_zoned(TimeZone::system());
    let form = if this_year.is_none_or(|year| year == at.year()) { "%-d %b, %H:%M" } else { "%-d %b %Y, %H:%M" };
    at.strftime(form).to_string()
}

/// The day of an RFC 3339 stamp in the machine's zone, as a heading: `Today`, `Yesterday`, `Thu, 19 Nov`, with the year where it is
/// not this one. `today` is `2026-11-21`; without it every day has its date.
pub fn heading(stamp: &str, today: Option<&str>) -> String {
    let Ok(at) = stamp.parse::<Timestamp>() else { return stamp.to_owned() };
    let day = at.to_zoned(TimeZone::system()).date();
    let today = today.and_then(|today| today.parse::<jiff::civil::Date>().ok());
    match today {
        Some(today) if day == today => "Today".to_owned(),
        Some(today) if today.yesterday().is_ok_and(|before| before == day) => "Yesterday".to_owned(),
        Some(today) if today.year() == day.year() => day.strftime("%a, %-d %b").to_string(),
        _ => day.strftime("%a, %-d %b %Y").to_string(),
    }
}

/// The time of an RFC 3339 stamp in the machine's zone: `14:32`, or `14:32:05` where the minute is not enough.
pub fn time(stamp: &str, seconds: bool) -> String {
    let Ok(at) = stamp.parse::<Timestamp>() else { return stamp.to_owned() };
    at.to_zoned(TimeZone::system()).strftime(if seconds { "%H:%M:%S" } else { "%H:%M" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_an_hour_of_the_day() {
        assert_eq!(ends(14.0 * 3600.0 + 29.0 * 60.0 + 40.0, 142.0), "14:32");
        assert_eq!(ends(23.9 * 3600.0, 900.0), "00:09");
    }

    #[test]
    fn what_has_passed_has_its_hour() {
        let now = Moment(0).plus_secs(10_000.0);
        let at = |secs| at(Moment(0).plus_secs(secs), now, Some(14.0 * 3600.0 + 32.0 * 60.0 + 10.0));
        assert_eq!(at(10_000.0).as_deref(), Some("14:32"));
        assert_eq!(at(9_980.0).as_deref(), Some("14:31"));
        assert_eq!(super::at(Moment(0), now, Some(60.0)).as_deref(), Some("21:14"), "before midnight");
        assert_eq!(super::at(now, now, None), None);
    }

    #[test]
    fn sizes_are_short() {
        let sizes =
            [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (37_200_000, "37 MB"), (999_600, "1 MB"), (1_240_000_000, "1.2 GB")];
        for (count, text) in sizes {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn waits_are_rough() {
        let waits = [(0.2, "1 s"), (75.0, "75 s"), (180.0, "3 min"), (7_500.0, "2 h 5 min"), (f64::INFINITY, "—")];
        for (secs, text) in waits {
            assert_eq!(wait(secs), text);
        }
    }

    #[test]
    fn days_are_named_as_people_name_them() {
        // At noon of any zone it is the same day or a neighbour; the zone decides which.
        let at = "2026-11-19T12:00:00Z";
        let day = at.parse::<Timestamp>().unwrap().to_zoned(TimeZone::system()).date();
        let after = |days: i32| day.checked_add(jiff::Span::new().days(days)).unwrap().to_string();
        assert_eq!(heading(at, Some(&after(0))), "Today");
        assert_eq!(heading(at, Some(&after(1))), "Yesterday");
        assert_eq!(heading(at, Some(&after(3))), day.strftime("%a, %-d %b").to_string());
        assert!(heading(at, Some(&after(90))).ends_with("2026") && heading(at, None).ends_with("2026"));
        assert_eq!((heading("never", None), time("never", false)), ("never".to_owned(), "never".to_owned()));
    }

    #[test]
    fn a_stamp_that_is_none_is_shown_as_it_is() {
        assert_eq!(day("yesterday", None), "yesterday");
        assert!(day("2026-11-21T12:00:00Z", Some(1999)).contains("2026"));
        assert!(!day("2026-11-21T12:00:00Z", Some(2026)).contains("2026"));
    }
}
