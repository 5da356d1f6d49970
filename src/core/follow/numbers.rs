//! Figures as English speaks them: years in pairs, ordinals, decimals, everything else as a plain number.

#[rustfmt::skip]
const ONES: [&str; 20] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const POWERS: [(u64, &str); 3] = [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")];

/// The words of a figure; `None` for anything else, and for what is longer than people read as one number.
pub fn spoken(word: &str) -> Option<Vec<String>> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits = word.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(word.len());
    let (figure, ending) = word.split_at(digits);
    let grouped = figure.contains(',');
    let figure = figure.replace(',', "");
    let (whole, decimals) = figure.split_once('.').map_or((figure.as_str(), None), |(w, d)| (w, Some(d)));
    let number: u64 = whole.parse().ok().filter(|n| *n < 1_000_000_000_000)?;
    let mut words = match whole.len() {
        4 if !grouped && decimals.is_none() => year(number),
        _ => cardinal(number),
    };
    if let Some(decimals) = decimals {
        words.push("point");
        words.extend(decimals.bytes().filter(u8::is_ascii_digit).map(|digit| ONES[usize::from(digit - b'0')]));
    }
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    match ending.to_ascii_lowercase().as_str() {
        "" => {}
        "st" | "nd" | "rd" | "th" => {
            let last = words.pop()?;
            words.push(ordinal(&last));
        }
        "s" => {
            let last = words.pop()?;
            words.push(last.strip_suffix('y').map_or_else(|| format!("{last}s"), |stem| format!("{stem}ies")));
        }
        other => words.push(other.to_owned()),
    }
    Some(words)
}

fn cardinal(number: u64) -> Vec<&'static str> {
    for (power, name) in POWERS {
        if number >= power {
            let mut words = cardinal(number / power);
            words.push(name);
            return join(words, number % power);
        }
    }
    match number as usize {
        n @ 0..20 => vec![ONES[n]],
        n @ 20..100 => join(vec![TENS[n / 10]], number % 10),
        n => join(vec![ONES[n / 100], "hundred"], number % 100),
    }
}

fn join(mut words: Vec<&'static str>, rest: u64) -> Vec<&'static str> {
    if rest > 0 {
        words.extend(cardinal(rest));
    }
    words
}

/// “nineteen eighty four”, “nineteen oh five”, “two thousand seven”.
fn year(number: u64) -> Vec<&'static str> {
    let (century, rest) = (number / 100, number % 100);
    match (century, rest) {
        (11..=19 | 21..=99, 0) => join(vec![], century).into_iter().chain(["hundred"]).collect(),
        (11.., 10..) => cardinal(century).into_iter().chain(cardinal(rest)).collect(),
        (11..=19, 1..10) => cardinal(century).into_iter().chain(["oh"]).chain(cardinal(rest)).collect(),
        _ => cardinal(number),
    }
}

fn ordinal(cardinal: &str) -> String {
    match cardinal {
        "one" => "first".into(),
        "two" => "second".into(),
        "three" => "third".into(),
        "five" => "fifth".into(),
        "eight" => "eighth".into(),
        "nine" => "ninth".into(),
        "twelve" => "twelfth".into(),
        other => other.strip_suffix('y').map_or_else(|| format!("{other}th"), |stem| format!("{stem}ieth")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_people_read_them() {
        for (figure, words) in [
            ("0", "zero"),
            ("42", "forty two"),
            ("119", "one hundred nineteen"),
            ("1,200", "one thousand two hundred"),
            ("1984", "nineteen eighty four"),
            ("1905", "nineteen oh five"),
            ("2007", "two thousand seven"),
            ("2026", "twenty twenty six"),
            ("1900", "nineteen hundred"),
            ("3.14", "three point one four"),
            ("1st", "first"),
            ("20th", "twentieth"),
            ("21st", "twenty first"),
            ("80s", "eighties"),
            ("720p", "seven hundred twenty p"),
            ("2000000", "two million"),
        ] {
            assert_eq!(spoken(figure).unwrap_or_default().join(" "), words, "{figure}");
        }
        assert_eq!(spoken("word"), None);
        assert_eq!(spoken("12345678901234567890"), None);
    }
}
