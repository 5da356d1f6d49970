//! What writers call things: the many names for a picture's prompt, for the narrator, for seconds. Answers say `**Visual:**` or
//! `Duration (sec)` where we say `image` and `seconds`.

/// What a label says about the words behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A directive of ours.
    Directive(&'static str),
    /// They are spoken.
    Spoken,
    /// They are nothing for a script.
    Dropped,
}

/// What the words before a colon mean; `None` when they are no label we know.
pub fn label(text: &str) -> Option<Label> {
    let bare: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = bare.split_whitespace().collect();
    let words = words.strip_suffix(&["prompt"]).or(words.strip_suffix(&["description"])).unwrap_or(&words);
    Some(match words.join(" ").as_str() {
        "image" | "picture" | "visual" | "visuals" | "shot" | "still" | "start frame" | "first frame" | "bild" => {
            Label::Directive("image")
        }
        "clip" | "video" | "motion" | "movement" | "camera" | "camera move" | "camera movement" | "animation" => {
            Label::Directive("clip")
        }
        "keyframe" | "end keyframe" | "end frame" | "last frame" => Label::Directive("keyframe"),
        "seconds" | "second" | "sec" | "secs" | "duration" | "length" | "target seconds" | "duration sec"
        | "duration seconds" | "runtime" | "timing" | "dauer" => Label::Directive("seconds"),
        "layout" => Label::Directive("layout"),
        "narrator" | "narration" | "voice" | "voiceover" | "voice over" | "vo" | "v o" | "speaker" | "host" | "presenter"
        | "spoken" | "spoken lines" | "spoken text" | "script" | "text" | "dialogue" | "lines" | "audio" | "sprecher" => {
            Label::Spoken
        }
        "music" | "sound" | "sfx" | "sound effects" | "transition" | "on screen text" | "onscreen text" | "text on screen"
        | "caption" | "notes" | "note" | "total" | "word count" | "total words" | "total length" | "total duration" => {
            Label::Dropped
        }
        _ => return None,
    })
}

/// A field of JSON by its name.
pub fn field(name: &str) -> Option<Label> {
    let spaced = name.replace(['_', '-'], " ");
    match spaced.to_lowercase().as_str() {
        "content" | "body" | "words" | "says" | "speech" => Some(Label::Spoken),
        _ => label(&spaced),
    }
}

/// Seconds as writers put them: `12`, `12s`, `~12 seconds`, `0:12`, `0:10–0:22`, `1 min 5 s`.
pub fn seconds(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches(['~', '≈', '(', '[']).trim_end_matches([')', ']', '.']).trim();
    let text = text.strip_prefix("about ").unwrap_or(text);
    if let Some((from, to)) = text.split_once(['-', '–', '—']).or(text.split_once(" to ")) {
        return match (clock(from.trim()), clock(to.trim())) {
            (Some(from), Some(to)) if to > from => Some(to - from),
            // “10-12 seconds”: the greater.
            _ => seconds(to),
        };
    }
    if let Some(secs) = clock(text) {
        return Some(secs).filter(|secs| *secs > 0.0);
    }
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let unit = text[digits..].trim();
    let secs = if unit.is_empty() || unit.starts_with('s') {
        number
    } else if let Some(rest) = unit.strip_prefix('m') {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == ',');
        number * 60.0 + seconds(rest).unwrap_or(0.0)
    } else {
        return None;
    };
    (secs > 0.0 && secs <= 86_400.0).then_some(secs)
}

/// `m:ss` or `h:mm:ss`.
fn clock(text: &str) -> Option<f64> {
    text.contains(':').then_some(())?;
    let text = text.trim_end_matches(['s', ' ']);
    text.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.trim().parse::<f64>().ok().filter(|part| *part >= 0.0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_mean_one_thing() {
        for name in ["Image", "**Image prompt**", "Visual:", "picture description"] {
            assert_eq!(label(name), Some(Label::Directive("image")), "{name}");
        }
        assert_eq!(label("Voice-over"), Some(Label::Spoken));
        assert_eq!(label("Here is the thing"), None);
        assert_eq!(field("image_prompt"), Some(Label::Directive("image")));
    }

    #[test]
    fn seconds_are_read_in_every_form() {
        let read =
            ["12", "12s", "~12 seconds", "0:12", "0:10–0:22", "10-12 seconds", "1 min 5 s", "10 to 12 sec", "1m"].map(seconds);
        assert_eq!(read, [12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 65.0, 12.0, 60.0].map(Some));
        for none in ["", "soon", "0", "-", "12 parsecs", "1:2:x", "999999"] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }
}
