//! Captions as files: SubRip, which everything reads, and WebVTT (W3C, “WebVTT: The Web Video Text Tracks Format”), which browsers do.

use super::Caption;

/// SubRip. Times have a comma; a caption is text and rows, numbered from 1.
pub fn srt(captions: &[Caption]) -> String {
    let one = |(at, caption): (usize, &Caption)| {
        format!("{}\n{} --> {}\n{}\n\n", at + 1, clock(caption.start, ','), clock(caption.end, ','), plain(&caption.text))
    };
    captions.iter().enumerate().map(one).collect()
}

/// WebVTT. What it would take for markup is written as entities.
pub fn vtt(captions: &[Caption]) -> String {
    let one = |caption: &Caption| {
        let text = plain(&caption.text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("\n{} --> {}\n{text}\n", clock(caption.start, '.'), clock(caption.end, '.'))
    };
    ["WEBVTT\n".to_owned()].into_iter().chain(captions.iter().map(one)).collect()
}

/// `hh:mm:ss,mmm`, rounded down, so that captions which follow each other never overlap.
fn clock(nanos: u64, point: char) -> String {
    let millis = nanos / 1_000_000;
    format!("{:02}:{:02}:{:02}{point}{:03}", millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000)
}

/// Without empty rows, which would end the caption, and arrows, which would begin one.
fn plain(text: &str) -> String {
    let rows = text.lines().map(str::trim).filter(|row| !row.is_empty());
    rows.collect::<Vec<_>>().join("\n").replace("-->", "→")
}
