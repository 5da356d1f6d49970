//! What Venice is sent for a picture, a clip, music, and for their prices.

use serde_json::{Value, json};

use super::consent;
use crate::core::engine::Engine as Entry;
use crate::core::generate::{Failure, InputRole, Order};
use crate::engines::fitted::{Fitted, add, fitted, priced, said};
use crate::engines::input::{data_url, public};
use crate::engines::wire::{number, seconds_word};

/// A picture that goes along.
const PICTURE_BYTES: u64 = 20 * 1024 * 1024;
/// A song that goes along.
const SONG_BYTES: u64 = 15 * 1024 * 1024;
/// A clip that goes along.
const CLIP_BYTES: u64 = 48 * 1024 * 1024;
/// The longest edge that may be ordered in pixels.
const EDGE: u32 = 1280;
const SEED_MOST: i64 = 999_999_999;

pub(super) fn picture(entry: &Entry, order: &Order) -> Result<Value, Failure> {
    let fitted = fitted(entry, order)?;
    let pixels = pixels(entry, order, &fitted);
    let mut body = said(json!({
        "model": order.model,
        "prompt": fitted.prompt,
        "negative_prompt": fitted.negative,
        "seed": fitted.seed.map(seed),
        "style_preset": fitted.style,
        "format": "png",
        // Several come in JSON only.
        "return_binary": !several(order),
        "hide_watermark": true,
        "aspect_ratio": if pixels.is_none() { fitted.aspect } else { None },
        "resolution": if pixels.is_none() { fitted.resolution } else { None },
        "width": pixels.map(|(width, _)| width),
        "height": pixels.map(|(_, height)| height),
    }));
    add(&mut body, &order.wish.extra);
    Ok(body)
}

/// Whether more than one picture is ordered at a time.
fn several(order: &Order) -> bool {
    order.wish.extra.get("variants").and_then(Value::as_u64).is_some_and(|count| count > 1)
}

pub(super) async fn clip(entry: &Entry, order: &Order) -> Result<Value, Failure> {
    let fitted = fitted(entry, order)?;
    let mut references = Vec::new();
    for input in &fitted.references {
        references.push(picture_of(Some(input)).await?);
    }
    let song = match order.input(InputRole::Sound) {
        Some(song) => Some(match public(song) {
            Some(url) => url.to_owned(),
            None => data_url(song, SONG_BYTES).await?,
        }),
        None => None,
    };
    let mut body = said(json!({
        "model": order.model,
        "prompt": fitted.prompt,
        "negative_prompt": fitted.negative,
        "duration": fitted.seconds.map(seconds_word),
        "aspect_ratio": fitted.aspect,
        "resolution": fitted.resolution,
        "audio": fitted.sound,
        "image_url": picture_of(fitted.first).await?,
        "end_image_url": picture_of(fitted.last).await?,
        "reference_image_urls": (!references.is_empty()).then_some(references),
        "audio_url": song,
        "video_url": match fitted.clip {
            Some(clip) => Some(match public(clip) {
                Some(url) => url.to_owned(),
                None => data_url(clip, CLIP_BYTES).await?,
            }),
            None => None,
        },
        "consents": consent::given(order.wish.consent.as_ref())?,
    }));
    add(&mut body, &order.wish.extra);
    Ok(body)
}

/// Only what the price hangs on.
pub(super) fn clip_quote(entry: &Entry, order: &Order) -> Value {
    let priced = priced(entry, order);
    said(json!({
        "model": order.model,
        "duration": priced.seconds.map(seconds_word),
        "aspect_ratio": priced.aspect,
        "resolution": priced.resolution,
        "audio": priced.sound,
        "upscale_factor": order.wish.extra.get("upscale_factor"),
    }))
}

pub(super) fn music(entry: &Entry, order: &Order) -> Result<Value, Failure> {
    let fitted = fitted(entry, order)?;
    let mut body = said(json!({
        "model": order.model,
        "prompt": fitted.prompt,
        "duration_seconds": fitted.seconds.map(number),
        "voice": fitted.voice,
        "language_code": order.wish.language,
    }));
    add(&mut body, &order.wish.extra);
    Ok(body)
}

pub(super) fn music_quote(entry: &Entry, order: &Order) -> Result<Value, Failure> {
    let fitted = fitted(entry, order)?;
    Ok(said(json!({
        "model": order.model,
        "duration_seconds": fitted.seconds.map(number),
        "character_count": fitted.prompt.chars().count(),
    })))
}

async fn picture_of(input: Option<&crate::core::generate::Input>) -> Result<Option<String>, Failure> {
    match input {
        Some(input) => match public(input) {
            Some(url) => Ok(Some(url.to_owned())),
            None => data_url(input, PICTURE_BYTES).await.map(Some),
        },
        None => Ok(None),
    }
}

/// Width and height, when the model counts in pixels: chosen as `1024x576`, or from the proportions where it has no words for them.
fn pixels(entry: &Entry, order: &Order, fitted: &Fitted<'_>) -> Option<(u32, u32)> {
    let limits = entry.model(&order.model).map(|model| &model.limits);
    let parse = |text: &str| {
        let (width, height) = text.split_once('x')?;
        Some((width.parse().ok()?, height.parse().ok()?))
    };
    let wanted = order.wish.aspect.as_deref().and_then(ratio).unwrap_or(16.0 / 9.0);
    if let Some(limits) = limits {
        let sizes: Vec<(u32, u32)> = limits.resolutions.iter().filter_map(|text| parse(text)).collect();
        if let Some(chosen) = order.wish.resolution.as_deref().and_then(parse).filter(|size| sizes.contains(size)) {
            return Some(chosen);
        }
        let far = |size: &(u32, u32)| ((f64::from(size.0) / f64::from(size.1.max(1))).ln() - wanted.ln()).abs();
        if let Some(nearest) = sizes.iter().copied().min_by(|a, b| far(a).total_cmp(&far(b))) {
            return Some(nearest);
        }
        if limits.aspects.is_empty() && limits.resolutions.is_empty() {
            return Some(size(wanted));
        }
        return None;
    }
    fitted.resolution.and_then(parse)
}

/// The biggest of these proportions, in steps of 16.
fn size(ratio: f64) -> (u32, u32) {
    let step = |edge: f64| ((edge / 16.0).round() as u32 * 16).clamp(16, EDGE);
    let edge = f64::from(EDGE);
    if ratio >= 1.0 { (step(edge), step(edge / ratio)) } else { (step(edge * ratio), step(edge)) }
}

/// `16:9` as a number.
fn ratio(aspect: &str) -> Option<f64> {
    let (width, height) = aspect.split_once(':')?;
    let (width, height): (f64, f64) = (width.parse().ok()?, height.parse().ok()?);
    (width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()).then_some(width / height)
}

/// Within what Venice takes.
fn seed(seed: i64) -> i64 {
    seed % (SEED_MOST + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_keeps_proportions_and_bounds() {
        assert_eq!(size(16.0 / 9.0), (1280, 720));
        assert_eq!(size(9.0 / 16.0), (720, 1280));
        assert_eq!(size(1.0), (1280, 1280));
        assert_eq!(size(1e9), (1280, 16));
        assert_eq!(ratio("0:0").or(ratio("a:b")).or(ratio("16")), None);
    }

    #[test]
    fn a_seed_is_one_that_is_taken() {
        assert_eq!([7, -7, 1_000_000_000, i64::MIN].map(|value| seed(value).abs() <= SEED_MOST), [true; 4]);
        assert_eq!(seed(7), 7);
    }
}
