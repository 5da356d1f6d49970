//! A picture painted from a prompt's words.

use std::path::Path;

use serde_json::Value;

use super::{Bench, DRAWN, cancelled, failure, png, seed_of};
use crate::core::generate::{Failure, Made, Piece, Wish};
use crate::core::paint::colour::{Lab, hex};
use crate::core::paint::palette::Style;
use crate::core::paint::{Brief, paint as decide};
use crate::core::proportions;
use crate::gpu::context::Offscreen;
use crate::gpu::painter;

pub(super) fn paint(bench: &Bench<'_>) -> Result<Made, Failure> {
    let (order, seed) = (bench.order, bench.seed());
    bench.progress(0.1);
    let path = bench.landing.folder.join("picture.png");
    // What a crash left half-way is made again.
    let _ = std::fs::remove_file(&path);
    let own = colours(order.wish.extra.get("palette"));
    write(&path, &brief(&order.prompt, &order.wish, &own, seed))?;
    if bench.cancelled() {
        return Err(cancelled());
    }
    Ok(Made { files: vec![Piece { path, mime: "image/png" }], seed: Some(seed), ..Made::default() })
}

/// What of an order's words is in the picture that it made, for people.
pub(in crate::jobs) fn account(job: &str, prompt: &str, seed: Option<i64>, wish: &Wish) -> String {
    let own = colours(wish.extra.get("palette"));
    decide(&brief(prompt, wish, &own, seed.unwrap_or_else(|| seed_of(job)))).account.words()
}

fn brief<'a>(prompt: &'a str, wish: &Wish, own: &'a [Lab], seed: i64) -> Brief<'a> {
    let [width, height] = proportions::size(wish.aspect.as_deref(), wish.resolution.as_deref());
    let style = Style::named(wish.style.as_deref().unwrap_or_default());
    Brief { prompt, style, own, seed: seed as u64, width, height }
}

/// Paints a picture into a PNG file that is not there yet.
pub(in crate::jobs) fn write(path: &Path, brief: &Brief<'_>) -> Result<(), Failure> {
    let (painting, size) = (decide(brief), [brief.width, brief.height]);
    let gpu = Offscreen::open().map_err(failure)?;
    let rgba = painter::paint(&gpu, &painting, size).map_err(failure)?;
    let texts =
        [("Software", "Onetake"), ("Comment", DRAWN), ("Description", brief.prompt), ("Title", painting.about.as_str())];
    png::write(path, &rgba, size, &texts)
}

/// The project's colours: `palette` among what is sent along, a list of `#rrggbb`.
fn colours(palette: Option<&Value>) -> Vec<Lab> {
    let list = palette.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).filter_map(hex).take(5).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_colours_count_as_colours() {
        assert_eq!(colours(Some(&json!(["#102030", "red", 4, "#ffffff"]))).len(), 2);
        assert!(colours(None).is_empty() && colours(Some(&json!("#102030"))).is_empty());
    }
}
