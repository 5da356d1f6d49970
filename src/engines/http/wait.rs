//! How long an engine wants to be left alone, as its headers say it: `retry-after` first, else when its count begins anew.

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// Nobody is waited for longer by what a header says.
const MOST_SECS: f64 = 3600.0;

/// Of headers that say when the count begins anew, those that are known; as a moment in Unix time, as seconds, or as `6m0s`.
const RESETS: [&str; 4] = ["x-ratelimit-reset-requests", "x-ratelimit-reset", "ratelimit-reset", "x-ratelimit-reset-tokens"];

/// What the engine's own clock showed when it answered.
pub(super) fn clock(headers: &HeaderMap) -> Option<Timestamp> {
    moment(text(headers, "date")?)
}

/// Seconds to wait. `counted`: it refused because of a count, so that the count's end matters too.
pub(super) fn secs(headers: &HeaderMap, counted: bool) -> Option<f64> {
    // The engine's own clock, where it tells it: this machine's may be wrong.
    let now = clock(headers).unwrap_or_else(Timestamp::now).as_second() as f64;
    // A moment that is over says nothing: a clock is wrong, and it would be asked again at once.
    let ahead = |at: f64| Some(at - now).filter(|secs| *secs > 0.0);
    let millis = text(headers, "retry-after-ms").and_then(number).map(|millis| millis / 1000.0);
    let after = || {
        let text = text(headers, "retry-after")?;
        number(text).or_else(|| ahead(moment(text)?.as_second() as f64))
    };
    let reset = || {
        let first = RESETS.iter().find_map(|name| text(headers, name)).filter(|_| counted)?;
        match number(first) {
            // Seconds since 1970, or from now.
            Some(at) if at > 1e9 => ahead(at),
            Some(secs) => Some(secs),
            None => span(first),
        }
    };
    let wanted = millis.or_else(after).or_else(reset)?;
    wanted.is_finite().then(|| wanted.clamp(0.0, MOST_SECS))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)
}

/// `Wed, 21 Oct 2026 07:28:00 GMT`.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix("GMT").map_or_else(|| text.to_owned(), |front| format!("{front}+0000"));
    Some(jiff::fmt::rfc2822::parse(&text).ok()?.timestamp())
}

/// `1s`, `6m0s`, `1h2m`, `120ms`.
fn span(text: &str) -> Option<f64> {
    let (mut secs, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, factor) =
            [("ms", 1e-3), ("h", 3600.0), ("m", 60.0), ("s", 1.0)].into_iter().find(|(unit, _)| rest.starts_with(unit))?;
        secs += value * factor;
        rest = &rest[unit.len()..];
    }
    (!text.is_empty()).then_some(secs)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn wait(lines: &[(&'static str, &str)], counted: bool) -> Option<f64> {
        let headers = lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        secs(&headers.collect(), counted)
    }

    #[test]
    fn what_it_says_first_counts() {
        assert_eq!(wait(&[("retry-after", "7"), ("x-ratelimit-reset", "90")], true), Some(7.0));
        assert_eq!(wait(&[("retry-after", "7"), ("retry-after-ms", "250")], false), Some(0.25));
        assert_eq!(wait(&[("x-ratelimit-reset", "90")], true), Some(90.0));
        assert_eq!(wait(&[("x-ratelimit-reset", "90")], false), None);
        assert_eq!(wait(&[("x-ratelimit-reset-requests", "6m0.5s")], true), Some(360.5));
        assert_eq!(wait(&[], true), None);
    }

    #[test]
    fn moments_are_told_by_its_own_clock() {
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(wait(&[date, ("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")], false), Some(30.0));
        assert_eq!(wait(&[date, ("x-ratelimit-reset-requests", "1792567700")], true), Some(20.0));
        assert_eq!(wait(&[date, ("retry-after", "Wed, 21 Oct 2020 07:28:30 GMT")], false), None);
        assert_eq!(wait(&[date, ("x-ratelimit-reset-requests", "1792567600")], true), None, "a moment that is over");
        assert_eq!(wait(&[("retry-after", "0")], false), Some(0.0));
    }

    #[test]
    fn what_is_no_time_is_no_wait() {
        for bad in ["soon", "-3", "NaN", "1e999", "6x", ""] {
            assert_eq!(wait(&[("retry-after", bad), ("x-ratelimit-reset", bad)], true), None, "{bad}");
        }
        assert_eq!(wait(&[("retry-after", "999999")], true), Some(3600.0));
    }
}
