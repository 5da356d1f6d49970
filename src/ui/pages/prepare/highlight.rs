//! How the script looks while it is written: headings stand out, what is not spoken steps back. It reads line by line and
//! keeps every byte; what the scenes really are, `core::script` decides.

use egui::text::{LayoutJob, LayoutSection, TextFormat};
use egui::{Color32, FontId};

use crate::ui::theme::{self, Colour, colours};

/// Points from base line to base line.
const LINE: f32 = 24.0;
const HEADING_LINE: f32 = 32.0;
const DIRECTIVE_LINE: f32 = 20.0;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Spoken,
    /// The `##` of a heading.
    Mark,
    Heading,
    /// Front matter, quote blocks with `key: value`, code.
    Aside,
    Cue,
}

/// The text with its colours and sizes, to be laid out at `width` points.
pub fn job(text: &str, width: f32) -> LayoutJob {
    let mut job = LayoutJob { text: text.to_owned(), keep_trailing_whitespace: true, ..LayoutJob::default() };
    job.wrap.max_width = width;
    for (range, part) in parts(text) {
        let byte_range = egui::text::ByteIndex(range.start)..egui::text::ByteIndex(range.end);
        job.sections.push(LayoutSection { leading_space: 0.0, byte_range, format: format(part) });
    }
    job
}

fn format(part: Part) -> TextFormat {
    let c = colours();
    let of = |font: FontId, colour: Colour, line: f32| TextFormat {
        font_id: font,
        color: Color32::from(colour),
        line_height: Some(line),
        valign: egui::Align::Center,
        ..TextFormat::default()
    };
    match part {
        Part::Spoken => of(theme::body(), c.text, LINE),
        Part::Mark => of(theme::title(), c.muted, HEADING_LINE),
        Part::Heading => of(theme::title(), c.text, HEADING_LINE),
        Part::Aside => of(theme::small(), c.muted, DIRECTIVE_LINE),
        Part::Cue => TextFormat { italics: true, ..of(theme::body(), c.muted, LINE) },
    }
}

/// The stretches in order, without a gap, covering all of the text; neighbours of one kind are one stretch.
fn parts(text: &str) -> Vec<(std::ops::Range<usize>, Part)> {
    let mut parts: Vec<(std::ops::Range<usize>, Part)> = Vec::new();
    let mut add = |range: std::ops::Range<usize>, part: Part| match parts.last_mut() {
        _ if range.is_empty() => {}
        Some((last, kind)) if *kind == part => last.end = range.end,
        _ => parts.push((range, part)),
    };
    let mut front = false;
    let mut code = false;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let range = at..at + line.len();
        at = range.end;
        let bare = line.trim_end();
        if bare == "---" && (number == 0 || front) {
            front = number == 0;
            add(range, Part::Aside);
        } else if bare.trim_start().starts_with("```") {
            code = !code;
            add(range, Part::Aside);
        } else if front || code || bare.trim_start().starts_with('>') || bare.trim_start().starts_with("<!--") {
            add(range, Part::Aside);
        } else if is_heading(bare) {
            let marks = bare.len() - bare.trim_start_matches('#').len();
            add(range.start..range.start + marks, Part::Mark);
            add(range.start + marks..range.end, Part::Heading);
        } else {
            spoken(line, range.start, &mut add);
        }
    }
    parts
}

fn is_heading(line: &str) -> bool {
    let marks = line.bytes().take_while(|b| *b == b'#').count();
    (1..=6).contains(&marks) && line[marks..].chars().next().is_none_or(char::is_whitespace)
}

/// A spoken line and its `[cues]`.
fn spoken(line: &str, start: usize, add: &mut impl FnMut(std::ops::Range<usize>, Part)) {
    let mut from = 0;
    while let Some(open) = line[from..].find('[').map(|i| i + from) {
        let Some(close) = line[open..].find(']').map(|i| i + open + 1) else { break };
        add(start + from..start + open, Part::Spoken);
        add(start + open..start + close, Part::Cue);
        from = close;
    }
    add(start + from..start + line.len(), Part::Spoken);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scripts_are_told_apart() {
        let text = "---\ntitle: T\n---\n\n## One\n> image: a desk\nHello [smile] you.\n#hash\n";
        let found: Vec<(&str, Part)> = parts(text).into_iter().map(|(range, part)| (&text[range], part)).collect();
        assert_eq!(
            found,
            [
                ("---\ntitle: T\n---\n", Part::Aside),
                ("\n", Part::Spoken),
                ("##", Part::Mark),
                (" One\n", Part::Heading),
                ("> image: a desk\n", Part::Aside),
                ("Hello ", Part::Spoken),
                ("[smile]", Part::Cue),
                (" you.\n#hash\n", Part::Spoken),
            ]
        );
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_part(text in "[\\[\\]#>`\\n a\u{e9}\u{5d0}-]{0,80}") {
            let mut at = 0;
            for (range, _) in parts(&text) {
                prop_assert_eq!(range.start, at);
                prop_assert!(text.get(range.clone()).is_some_and(|t| !t.is_empty()));
                at = range.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
