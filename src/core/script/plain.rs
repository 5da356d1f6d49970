//! Plain text becomes Markdown once, when it is brought in: blank lines make scenes, each named by its first words. The file
//! that was brought is left as it is.

use unicode_segmentation::UnicodeSegmentation;

/// Words of a paragraph that make its heading.
const HEADING_WORDS: usize = 4;

/// True when a text file is Markdown in fact: it has a scene heading or front matter.
pub fn looks_like_markdown(text: &str) -> bool {
    text.starts_with("---\n") || text.starts_with("---\r\n") || text.lines().any(|line| line.starts_with("## "))
}

/// The script as Markdown, titled by the file's name without its ending.
pub fn to_markdown(name: &str, text: &str) -> String {
    let title = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let title = title.rsplit_once('.').map_or(title, |(stem, _)| stem);
    let mut out = format!("---\ntitle: {}\n---\n", one_line(title));
    for paragraph in paragraphs(text) {
        out.push_str(&format!("\n## {}\n\n", heading(&paragraph)));
        for line in paragraph.lines() {
            out.push_str(&escape(line.trim()));
            out.push('\n');
        }
    }
    out
}

fn paragraphs(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    all.retain(|p| !p.is_empty());
    all
}

fn heading(paragraph: &str) -> String {
    let words: Vec<&str> = paragraph.unicode_words().take(HEADING_WORDS + 1).collect();
    let more = if words.len() > HEADING_WORDS { " …" } else { "" };
    match words.is_empty() {
        true => one_line(paragraph).chars().take(24).collect(),
        false => format!("{}{more}", words[..words.len().min(HEADING_WORDS)].join(" ")),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Guards what Markdown would take for markup: at the start of a line `#`, `>`, `-`, `+`, `=`, `|`, a fence or a list
/// number; anywhere `*`, `_`, a back quote, `<`, `&`, a backslash. Brackets stay: they are cues in plain text too.
fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    for (i, c) in line.char_indices() {
        let at_start = i == 0 && matches!(c, '#' | '>' | '-' | '+' | '=' | '|' | '~');
        let list_dot = digits > 0 && i == digits && matches!(c, '.' | ')');
        if at_start || list_dot || matches!(c, '*' | '_' | '`' | '<' | '&' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
