//! `Range: bytes=…` (RFC 9110, section 14): one range, as players ask for it when they seek. A request for several is
//! answered with the whole file, which the RFC allows.

use std::ops::Range;

/// What part of a file to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Bytes from `start` to before `end`; never empty.
    Some(Range<u64>),
    /// No byte of the file is in it.
    Beyond,
}

/// The part of a file of `length` bytes that the header asks for.
pub(super) fn part(header: Option<&str>, length: u64) -> Part {
    let Some(spec) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Part::Whole };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(first) || !digits(last) || (first.is_empty() && last.is_empty()) {
        return Part::Whole;
    }
    // Digits only, so what does not fit is larger than any file.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let range = if first.is_empty() {
        length.saturating_sub(number(last))..length
    } else {
        let end = if last.is_empty() { length } else { number(last).saturating_add(1).min(length) };
        if !last.is_empty() && number(last) < number(first) {
            return Part::Whole;
        }
        number(first)..end
    };
    if range.start < range.end { Part::Some(range) } else { Part::Beyond }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_clamped_to_the_file() {
        for (header, expected) in [
            ("bytes=0-0", Part::Some(0..1)),
            ("bytes=5-", Part::Some(5..10)),
            ("bytes=5-99999999999999999999", Part::Some(5..10)),
            ("bytes=-3", Part::Some(7..10)),
            ("bytes=-30", Part::Some(0..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=4-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=-", Part::Whole),
            ("items=0-1", Part::Whole),
        ] {
            assert_eq!(part(Some(header), 10), expected, "{header}");
        }
        assert_eq!((part(None, 10), part(Some("bytes=0-"), 0)), (Part::Whole, Part::Beyond));
    }
}
