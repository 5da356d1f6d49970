//! What is in a file and where it lies, one thing a row.

use egui::{Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::asset::Asset;
use crate::studio::library::is_picture;
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::{focus_ring, icon, text};

use super::inspector::{fact_ui, heading_ui};
use super::words;

/// So much of a hash tells two files apart.
const HASH: usize = 16;

/// Draws the rows that this asset has.
pub fn facts_ui(ui: &mut Ui, asset: &Asset) {
    heading_ui(ui, "Details");
    ui.spacing_mut().item_spacing.y = 0.0;
    for (label, value) in facts(asset) {
        fact_ui(ui, label, &value);
    }
    if let Some(sha256) = &asset.sha256 {
        hash_ui(ui, sha256);
    }
    ui.spacing_mut().item_spacing.y = space(1.0);
}

fn facts(asset: &Asset) -> Vec<(&'static str, String)> {
    let known = &asset.facts;
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let rate = (known.rate.num > 0).then(|| figure(known.rate.fps()) + " a second");
    let lies = if asset.linked { format!("Linked: {}", asset.path) } else { asset.path.clone() };
    let all = [
        ("Length", words::length(asset)),
        ("Picture", words::size(asset)),
        ("Frames", rate),
        (if is_picture(asset.kind) { "Format" } else { "Video" }, said(&known.video_codec)),
        ("Sound", said(&known.audio_codec)),
        ("", (known.sample_rate > 0).then(|| words::sound(asset))),
        ("Type", said(&known.mime)),
        ("Size", Some(figures::bytes(asset.bytes))),
        ("Category", said(&asset.category)),
        ("File", Some(lies)),
    ];
    all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

/// `30`, `29.97`.
fn figure(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The beginning of the hash; a click copies the whole.
fn hash_ui(ui: &mut Ui, sha256: &str) {
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::click());
    let bright = response.hovered() || response.has_focus();
    let head = text::truncated(ui, "SHA-256", theme::small(), c.muted.0, rect.width());
    let short = sha256.get(..HASH).unwrap_or(sha256);
    let tail = text::truncated(ui, &format!("{short}…"), theme::small(), c.text.0, rect.width() * 0.6);
    let y = |height: f32| rect.center().y - height / 2.0;
    let left = rect.right() - tail.size().x;
    ui.painter().galley(pos2(rect.left(), y(head.size().y)), head, c.muted.0);
    ui.painter().galley(pos2(left, y(tail.size().y)), tail, if bright { c.accent.0 } else { c.text.0 });
    if bright {
        icon(ui.painter(), pos2(left - 12.0, rect.center().y), Icon::Copy, 12.0, c.text.0);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Copy the SHA-256: {sha256}")));
    if response.clicked() {
        ui.ctx().copy_text(sha256.to_owned());
    }
    response.on_hover_text(format!("{sha256}\nClick to copy"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::asset::tests::asset;
    use crate::core::time::Rate;

    #[test]
    fn only_what_is_known_has_a_row() {
        let labels = |asset: &Asset| facts(asset).into_iter().map(|(label, _)| label).collect::<Vec<_>>();
        let mut asset = asset("a");
        assert_eq!(labels(&asset), ["Picture", "Type", "Size", "File"]);
        (asset.facts.rate, asset.facts.nanos, asset.linked) = (Rate { num: 30_000, den: 1001 }, 1, true);
        assert_eq!(labels(&asset), ["Length", "Picture", "Frames", "Type", "Size", "File"]);
        assert_eq!(facts(&asset)[2].1, "29.97 a second");
        assert!(facts(&asset)[5].1.starts_with("Linked: "));
    }
}
