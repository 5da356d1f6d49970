//! How the library says things: kinds, sources, figures and the state of a file, in the same words wherever they stand.

use lucide_icons::Icon;

use crate::core::asset::{Asset, Kind, Source, Status};
use crate::core::library::Sort;
use crate::core::time::clock;
use crate::ui::figures;

pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Video => "Video",
        Kind::Audio => "Audio",
        Kind::Image => "Image",
        Kind::Overlay => "Overlay",
    }
}

/// As the tabs have it.
pub fn kinds(kind: Kind) -> &'static str {
    match kind {
        Kind::Video => "Video",
        Kind::Audio => "Audio",
        Kind::Image => "Images",
        Kind::Overlay => "Overlays",
    }
}

pub fn kind_icon(kind: Kind) -> Icon {
    match kind {
        Kind::Video => Icon::Film,
        Kind::Audio => Icon::AudioLines,
        Kind::Image => Icon::Image,
        Kind::Overlay => Icon::Layers,
    }
}

/// As the filter has it.
pub fn sources(source: Source) -> &'static str {
    match source {
        Source::Upload => "Imported",
        Source::Recording => "Recorded",
        Source::Export => "Exported",
        Source::Generated => "Generated",
    }
}

pub fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Created => "Date added",
        Sort::Name => "Name",
        Sort::Length => "Length",
        Sort::Size => "Size",
    }
}

/// What the order is called in which the list stands: “Newest first”.
pub fn order(sort: Sort, ascending: bool) -> &'static str {
    match (sort, ascending) {
        (Sort::Created, false) => "Newest first",
        (Sort::Created, true) => "Oldest first",
        (Sort::Name, true) => "A to Z",
        (Sort::Name, false) => "Z to A",
        (Sort::Length, false) => "Longest first",
        (Sort::Length, true) => "Shortest first",
        (Sort::Size, false) => "Largest first",
        (Sort::Size, true) => "Smallest first",
    }
}

/// `12,345`.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 item`, `12,345 items`.
pub fn items(number: usize) -> String {
    if number == 1 { "1 item".to_owned() } else { format!("{} items", count(number)) }
}

/// Length, or nothing for what has none.
pub fn length(asset: &Asset) -> Option<String> {
    (asset.facts.nanos > 0).then(|| clock(asset.facts.nanos))
}

/// `1920 × 1080`.
pub fn size(asset: &Asset) -> Option<String> {
    (asset.facts.width > 0).then(|| format!("{} × {}", asset.facts.width, asset.facts.height))
}

/// The second line of a tile: `1920 × 1080  ·  37 MB`.
pub fn about(asset: &Asset) -> String {
    let sound = (asset.kind == Kind::Audio && asset.facts.sample_rate > 0).then(|| sound(asset));
    let parts = [size(asset), sound, Some(figures::bytes(asset.bytes))];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ·  ")
}

/// `48 kHz, stereo`.
pub fn sound(asset: &Asset) -> String {
    let kilohertz = f64::from(asset.facts.sample_rate) / 1000.0;
    let rate = if kilohertz.fract() < 0.05 { format!("{kilohertz:.0} kHz") } else { format!("{kilohertz:.1} kHz") };
    match asset.facts.channels {
        0 => rate,
        1 => format!("{rate}, mono"),
        2 => format!("{rate}, stereo"),
        more => format!("{rate}, {more} channels"),
    }
}

/// Why a file can't be used, and what to do; nothing for one that can.
pub fn trouble(asset: &Asset) -> Option<(&'static str, String)> {
    match asset.status {
        Status::Ready => None,
        Status::Importing if asset.take.is_some() => Some(("Recording…", "The take is still running.".to_owned())),
        Status::Importing => Some(("Importing…", "It is being brought in.".to_owned())),
        Status::Failed => {
            let why = asset.problem.clone().unwrap_or_else(|| "Its file can't be used.".to_owned());
            Some(("Can't be used", format!("{why} Import the file again, or move this to the bin.")))
        }
        Status::Missing => Some((
            "File missing",
            format!("It is not at {} any more. Put it back there, or connect the disk it is on.", asset.path),
        )),
    }
}

/// Everything a screen reader says of an item.
pub fn spoken(asset: &Asset) -> String {
    let trouble = trouble(asset).map(|(short, _)| short.to_lowercase());
    let tags = (!asset.tags.is_empty()).then(|| format!("tagged {}", asset.tags.join(", ")));
    let parts = [
        Some(asset.name.clone()),
        Some(kind(asset.kind).to_lowercase()),
        length(asset),
        size(asset),
        Some(figures::bytes(asset.bytes)),
        tags,
        trouble,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::asset::tests::asset;

    #[test]
    fn thousands_are_told_apart() {
        let counts = [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")];
        for (number, text) in counts {
            assert_eq!(count(number), text);
        }
        assert_eq!((items(1), items(2_000)), ("1 item".to_owned(), "2,000 items".to_owned()));
    }

    #[test]
    fn what_is_said_of_an_item_is_all_that_is_shown_of_it() {
        let mut asset = asset("a");
        (asset.facts.nanos, asset.status) = (12_000_000_000, Status::Missing);
        assert_eq!(spoken(&asset), "Lantern, image, 0:12, 4 × 3, 7 B, tagged dawn, file missing");
        assert!(trouble(&asset).is_some_and(|(_, whole)| whole.contains("media/a.png")));
        (asset.kind, asset.facts.width, asset.facts.sample_rate, asset.facts.channels) = (Kind::Audio, 0, 44_100, 1);
        assert_eq!(about(&asset), "44.1 kHz, mono  ·  7 B");
    }
}
