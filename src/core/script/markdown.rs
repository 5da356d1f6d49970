//! Reads a script's Markdown. The CommonMark parser tells paragraphs from code, tables and comments; this file gives them
//! their meaning: `##` begins a scene, `[brackets]` are cues, a quote block of `key: value` lines carries directives.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation;

use super::{Directive, Front, Line, Paragraph, Piece, Scene, count_words};

/// A cue longer than this is taken for text in brackets.
const MAX_CUE_CHARS: usize = 200;

/// Reads front matter and scenes.
pub fn read(source: &str) -> (Front, Vec<Scene>) {
    let mut reader = Reader { source, front: Front::default(), scenes: Vec::new(), text: Text::default(), skip: 0 };
    reader.walk(0..source.len(), OPTIONS.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS));
    reader.finish()
}

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Text of one paragraph and where its parts come from.
#[derive(Default)]
struct Text {
    text: String,
    /// (offset in `text`, offset in the source), ascending.
    origins: Vec<(usize, usize)>,
}

impl Text {
    fn push(&mut self, text: &str, source: usize) {
        self.origins.push((self.text.len(), source));
        self.text.push_str(text);
    }

    fn origin(&self, at: usize) -> usize {
        match self.origins.partition_point(|(text, _)| *text <= at).checked_sub(1) {
            Some(i) => self.origins[i].1 + (at - self.origins[i].0),
            None => 0,
        }
    }
}

struct Reader<'a> {
    source: &'a str,
    front: Front,
    scenes: Vec<Scene>,
    text: Text,
    /// Depth inside blocks that are never spoken.
    skip: usize,
}

impl Reader<'_> {
    /// Reads a part of the source.
    fn walk(&mut self, part: Range<usize>, options: Options) {
        let source = self.source;
        let mut heading: Option<(HeadingLevel, Range<usize>, String)> = None;
        let mut quote_depth = 0usize;
        for (event, range) in Parser::new_ext(&source[part.clone()], options).into_offset_iter() {
            let range = part.start + range.start..part.start + range.end;
            match event {
                Event::Start(Tag::BlockQuote(_)) => {
                    quote_depth += 1;
                    if quote_depth == 1 {
                        self.flush();
                        self.quote(range);
                    }
                }
                Event::End(TagEnd::BlockQuote(_)) => quote_depth = quote_depth.saturating_sub(1),
                _ if quote_depth > 0 => {}
                Event::Start(Tag::MetadataBlock(_)) => {
                    self.flush();
                    self.fenced(range);
                    self.skip += 1;
                }
                Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Table(_) | Tag::Image { .. }) => {
                    self.flush_unless_inline(&event);
                    self.skip += 1;
                }
                Event::End(
                    TagEnd::MetadataBlock(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Table | TagEnd::Image,
                ) => {
                    self.skip = self.skip.saturating_sub(1);
                }
                _ if self.skip > 0 => {}
                Event::Start(Tag::Heading { level, .. }) => {
                    self.flush();
                    heading = Some((level, range, String::new()));
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((level, range, text)) = heading.take() {
                        self.heading(level, range, text);
                    }
                }
                Event::Text(ref text) | Event::Code(ref text) => match &mut heading {
                    Some((_, _, title)) => title.push_str(text),
                    // A code span's range has its back quotes.
                    None => self.text.push(text, range.start + source[range.clone()].find(text.as_ref()).unwrap_or(0)),
                },
                Event::SoftBreak => match &mut heading {
                    Some((_, _, title)) => title.push(' '),
                    None => self.text.push(" ", range.start),
                },
                Event::HardBreak => self.text.push("\n", range.start),
                Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_))
                | Event::End(TagEnd::Paragraph | TagEnd::Item)
                | Event::Rule => {
                    self.flush();
                }
                _ => {}
            }
        }
        self.flush();
    }

    /// What stands between two lines of `---`. At the beginning it is the front matter; further down it is none: lines of
    /// `key: value` alone, as another script's that was pasted in, are kept and not said, anything else is part of the script.
    fn fenced(&mut self, range: Range<usize>) {
        let source = self.source;
        if source[..range.start].trim().is_empty() {
            return self.front_matter(range);
        }
        let all: Vec<Range<usize>> = lines(source, range).collect();
        let [_, inner @ .., _] = all.as_slice() else { return };
        let says_nothing = |line: &Range<usize>| {
            source[line.clone()].trim().is_empty() || directive(source, line.clone(), line.clone()).is_some()
        };
        if let [first, .., last] | [first @ last] = inner
            && !inner.iter().all(says_nothing)
        {
            self.walk(first.start..last.end, OPTIONS);
        }
    }

    fn heading(&mut self, level: HeadingLevel, range: Range<usize>, text: String) {
        let text = text.trim().to_owned();
        match level {
            HeadingLevel::H1 if self.front.title.is_none() => self.front.title = Some(text),
            HeadingLevel::H2 => {
                if let Some(last) = self.scenes.last_mut() {
                    last.range.end = range.start;
                }
                let line_end = self.source[range.clone()].trim_end_matches(['\n', '\r']).len();
                self.scenes.push(Scene {
                    heading: text,
                    range: range.start..self.source.len(),
                    heading_range: Some(range.start..range.start + line_end),
                    ..Scene::empty()
                });
            }
            _ => {}
        }
    }

    /// The scene being read; text before the first heading opens one without a heading.
    fn scene(&mut self, start: usize) -> &mut Scene {
        if self.scenes.is_empty() {
            self.scenes.push(Scene { range: start..self.source.len(), ..Scene::empty() });
        }
        let last = self.scenes.len() - 1;
        &mut self.scenes[last]
    }

    fn flush_unless_inline(&mut self, event: &Event<'_>) {
        if !matches!(event, Event::Start(Tag::Image { .. })) {
            self.flush();
        }
    }

    /// Ends the paragraph being read.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.text.trim().is_empty() {
            return;
        }
        let start = text.origin(0);
        let source = self.source;
        let scene = self.scene(start);
        let known = scene.lines.len();
        let pieces = pieces(&text, &mut scene.lines);
        for line in &mut scene.lines[known..] {
            line.start = source.floor_char_boundary(line.start);
        }
        if !pieces.is_empty() {
            scene.paragraphs.push(Paragraph { pieces });
        }
    }

    /// A quote block: directives if it has any `key: value` line, else a spoken quotation.
    fn quote(&mut self, range: Range<usize>) {
        let source = self.source;
        let directives: Vec<Directive> =
            lines(source, range.clone()).filter_map(|line| quoted_directive(source, line)).collect();
        if !directives.is_empty() {
            self.scene(range.start).directives.extend(directives);
            return;
        }
        for line in lines(source, range) {
            let content = strip_quote(source, line);
            let text = source[content.clone()].trim_end();
            if text.is_empty() {
                self.flush();
            } else {
                if !self.text.text.is_empty() {
                    self.text.push(" ", content.start);
                }
                self.text.push(text, content.start);
            }
        }
        self.flush();
    }

    fn front_matter(&mut self, range: Range<usize>) {
        let source = self.source;
        self.front.entries = lines(source, range.clone()).filter_map(|line| directive(source, line.clone(), line)).collect();
        self.front.range = Some(range);
        for entry in &self.front.entries {
            let value = entry.value.trim_matches(['"', '\'']).to_owned();
            match entry.key.as_str() {
                "title" => self.front.title = Some(value),
                "pace" => self.front.pace = value.parse().ok().filter(|p| (10.0..=1000.0).contains(p)),
                "language" => self.front.language = Some(value),
                _ => {}
            }
        }
    }

    fn finish(mut self) -> (Front, Vec<Scene>) {
        for scene in &mut self.scenes {
            scene.words = scene.lines.iter().map(|line| line.words).sum();
        }
        (self.front, self.scenes)
    }
}

impl Scene {
    fn empty() -> Scene {
        Scene {
            heading: String::new(),
            range: 0..0,
            heading_range: None,
            paragraphs: Vec::new(),
            lines: Vec::new(),
            directives: Vec::new(),
            words: 0,
        }
    }
}

/// Splits a paragraph into spoken text and cues, and its spoken text into sentences, which are added to `lines`.
fn pieces(text: &Text, lines: &mut Vec<Line>) -> Vec<Piece> {
    let runs = cues(&text.text);
    let spoken: String = runs.iter().filter(|(_, cue)| !cue).map(|(range, _)| &text.text[range.clone()]).collect();
    // Where each sentence ends in the spoken text (with and without the space after it), and its index among the scene's lines.
    let mut places = Places { runs: &runs, run: 0, before: 0 };
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut worded_ends: Vec<(usize, usize)> = Vec::new();
    for (start, sentence) in spoken.split_sentence_bound_indices() {
        let words = count_words(sentence);
        if words > 0 || ends.is_empty() {
            let origin = text.origin(places.at(start + (sentence.len() - sentence.trim_start().len())));
            lines.push(Line { text: sentence.trim().to_owned(), words, start: origin });
        } else if let Some(last) = lines.last_mut() {
            // A stretch without words (an emoji, a dash) belongs to the sentence before it.
            last.text = format!("{} {}", last.text, sentence.trim()).trim().to_owned();
        }
        ends.push((start + sentence.len(), lines.len().saturating_sub(1)));
        worded_ends.push((start + sentence.trim_end().len(), lines.len().saturating_sub(1)));
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    // Both lists ascend and `at` only grows, so each is walked once.
    let (mut sentence, mut following) = (0, 0);
    for (range, cue) in runs {
        let run = &text.text[range];
        if cue {
            following += worded_ends[following..].iter().take_while(|(end, _)| *end <= at).count();
            let line =
                worded_ends.get(following).or(worded_ends.last()).map_or(lines.len().saturating_sub(1), |(_, line)| *line);
            pieces.push(Piece { text: run.to_owned(), cue: true, line });
            continue;
        }
        let mut rest = run;
        while !rest.is_empty() {
            sentence += ends[sentence..].iter().take_while(|(end, _)| *end <= at).count();
            let (end, line) = ends.get(sentence).copied().unwrap_or((at + rest.len(), lines.len().saturating_sub(1)));
            let take = (end - at).min(rest.len());
            pieces.push(Piece { text: rest[..take].to_owned(), cue: false, line });
            at += take;
            rest = &rest[take..];
        }
    }
    pieces
}

/// Finds offsets in the paragraph for ascending offsets in its spoken text.
struct Places<'a> {
    runs: &'a [(Range<usize>, bool)],
    run: usize,
    /// Spoken bytes before `run`.
    before: usize,
}

impl Places<'_> {
    fn at(&mut self, spoken: usize) -> usize {
        while let Some((range, cue)) = self.runs.get(self.run) {
            let length = if *cue { 0 } else { range.len() };
            if !cue && spoken < self.before + length {
                return range.start + spoken - self.before;
            }
            self.before += length;
            self.run += 1;
        }
        self.runs.last().map_or(0, |(range, _)| range.end)
    }
}

/// The stretches of a paragraph: spoken (false) and cues (true), in order, none empty.
fn cues(text: &str) -> Vec<(Range<usize>, bool)> {
    let mut runs = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(open) = text[at..].find('[').map(|i| i + at) {
        // Only as far as a cue may reach, so that a text of open brackets costs no more than another.
        let reach = text.floor_char_boundary(open + 1 + 4 * MAX_CUE_CHARS);
        let inner = text[open + 1..reach].split_once(']').map_or("", |(inner, _)| inner);
        let is_cue = !inner.trim().is_empty() && !inner.contains('[') && inner.chars().count() <= MAX_CUE_CHARS;
        if !is_cue {
            at = open + 1;
            continue;
        }
        let close = open + 1 + inner.len();
        if from < open {
            runs.push((from..open, false));
        }
        runs.push((open..close + 1, true));
        from = close + 1;
        at = from;
    }
    if from < text.len() {
        runs.push((from..text.len(), false));
    }
    runs
}

/// The lines of a stretch of the source, each with its line end.
fn lines(source: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    source[range].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..at
    })
}

fn quoted_directive(source: &str, line: Range<usize>) -> Option<Directive> {
    directive(source, strip_quote(source, line.clone()), line)
}

/// The line without `>` and the space after it.
fn strip_quote(source: &str, line: Range<usize>) -> Range<usize> {
    let text = &source[line.clone()];
    let inner = text.trim_start();
    let inner = inner.strip_prefix('>').unwrap_or(inner);
    let inner = inner.strip_prefix(' ').unwrap_or(inner);
    line.end - inner.len()..line.end
}

/// `key: value` within `content`, part of `line`. A key is a lower-case word at the start.
fn directive(source: &str, content: Range<usize>, line: Range<usize>) -> Option<Directive> {
    let text = &source[content.clone()];
    let colon = text.find(':')?;
    let key = text[..colon].trim();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    let spaced = text[colon + 1..].starts_with([' ', '\t', '\r', '\n']) || text.len() == colon + 1;
    if !is_key || !spaced {
        return None;
    }
    let after = &text[colon + 1..];
    let value = after.trim();
    let start = content.start + colon + 1 + (after.len() - after.trim_start_matches([' ', '\t']).len());
    Some(Directive { key: key.to_owned(), value: value.to_owned(), value_range: start..start + value.len(), line_range: line })
}
