//! What Runway is sent: each model has fields and proportions of its own, the latter as pixels.

use serde_json::{Value, json};

use super::uploads::uri;
use crate::core::generate::{Class, Failure, Order};
use crate::core::job::Kind;
use crate::engines::fitted::{Fitted, add, fitted, said};
use crate::engines::wire::{Wire, number};

/// What `promptText` may have, in UTF-16 units as Runway counts; models say more where they take more.
const PROMPT_UNITS: usize = 1000;

/// Road and body of an order.
pub(super) async fn body(wire: &Wire, order: &Order) -> Result<(&'static str, Value), Failure> {
    let fitted = fitted(&wire.entry, order)?;
    let known = wire.entry.model(&order.model).map_or(0, |model| model.limits.prompt_chars as usize);
    let (units, most) = (fitted.prompt.encode_utf16().count(), known.max(PROMPT_UNITS));
    if units > most {
        return Err(Failure::new(
            Class::Invalid,
            format!("The prompt has {units} characters as Runway counts; it takes {most}."),
        ));
    }
    let (road, body) = match order.kind {
        Kind::Video if fitted.clip.is_some() => again(wire, order, &fitted).await?,
        Kind::Video => clip(wire, order, &fitted).await?,
        Kind::Image => ("v1/text_to_image", picture(wire, order, &fitted).await?),
        Kind::Speech => ("v1/text_to_speech", speech(order, &fitted)),
        _ => return Err(Failure::new(Class::Invalid, "Runway makes clips, pictures and voices only.")),
    };
    let mut body = said(body);
    add(&mut body, &order.wish.extra);
    Ok((road, body))
}

/// A clip that is changed by words, or made bigger.
async fn again(wire: &Wire, order: &Order, fitted: &Fitted<'_>) -> Result<(&'static str, Value), Failure> {
    let Some(clip) = fitted.clip else { return Err(Failure::new(Class::Invalid, "There is no clip to work on.")) };
    let clip = uri(wire, clip).await?;
    if order.model.contains("upscale") {
        // It takes no words, and refuses fields that it does not know.
        return Ok(("v1/video_upscale", json!({ "model": order.model, "videoUri": clip, "resolution": fitted.resolution })));
    }
    let mut frames = Vec::new();
    for (at, input) in [(0.0, fitted.first), (1.0, fitted.last)] {
        if let Some(input) = input {
            frames.push(json!({ "at": at, "uri": uri(wire, input).await? }));
        }
    }
    let body = json!({
        "model": order.model,
        "videoUri": clip,
        "promptText": (!fitted.prompt.is_empty()).then_some(fitted.prompt),
        "keyframes": (!frames.is_empty()).then_some(frames),
        "targetAspectRatio": fitted.aspect,
        "seed": fitted.seed.and_then(seed),
    });
    Ok(("v1/video_to_video", body))
}

async fn clip(wire: &Wire, order: &Order, fitted: &Fitted<'_>) -> Result<(&'static str, Value), Failure> {
    let veo = order.model.starts_with("veo");
    let mut frames = Vec::new();
    for (position, input) in [("first", fitted.first), ("last", fitted.last)] {
        if let Some(input) = input {
            frames.push(json!({ "uri": uri(wire, input).await?, "position": position }));
        }
    }
    let from_pictures = !frames.is_empty();
    let ratio = clip_ratio(&order.model, from_pictures, fitted.aspect.unwrap_or("16:9"), fitted.resolution.unwrap_or("720p"));
    let body = json!({
        "model": order.model,
        "promptText": (!fitted.prompt.is_empty()).then_some(fitted.prompt),
        "promptImage": from_pictures.then_some(frames),
        "ratio": ratio,
        "duration": fitted.seconds.map(number),
        "seed": fitted.seed.and_then(seed),
        "audio": fitted.sound,
        "negativePrompt": if veo { fitted.negative } else { None },
    });
    Ok((if from_pictures { "v1/image_to_video" } else { "v1/text_to_video" }, body))
}

async fn picture(wire: &Wire, order: &Order, fitted: &Fitted<'_>) -> Result<Value, Failure> {
    let mut references = Vec::new();
    for (at, input) in fitted.references.iter().take(3).enumerate() {
        references.push(json!({ "uri": uri(wire, input).await?, "tag": format!("ref{}", at + 1) }));
    }
    Ok(json!({
        "model": order.model,
        "promptText": fitted.prompt,
        "ratio": picture_ratio(fitted.aspect.unwrap_or("16:9"), fitted.resolution.unwrap_or("1080p")),
        "referenceImages": (!references.is_empty()).then_some(references),
        "seed": fitted.seed.and_then(seed),
    }))
}

fn speech(order: &Order, fitted: &Fitted<'_>) -> Value {
    let voice = fitted.voice.unwrap_or("Maya");
    json!({ "model": order.model, "promptText": fitted.prompt, "voice": { "type": "runway-preset", "presetId": voice } })
}

/// Proportions of a clip, as this model names them.
fn clip_ratio(model: &str, from_pictures: bool, aspect: &str, resolution: &str) -> &'static str {
    let upright = matches!(aspect, "9:16" | "3:4" | "2:3" | "9:21");
    let full = resolution == "1080p";
    if model.starts_with("gen4") && from_pictures {
        return match aspect {
            "9:16" => "720:1280",
            "4:3" => "1104:832",
            "1:1" => "960:960",
            "3:4" => "832:1104",
            "21:9" => "1584:672",
            _ => "1280:720",
        };
    }
    let knows_full = model.starts_with("veo") || model.starts_with("seedance");
    match (upright, full && knows_full) {
        (false, false) => "1280:720",
        (true, false) => "720:1280",
        (false, true) => "1920:1080",
        (true, true) => "1080:1920",
    }
}

/// Proportions of a picture.
fn picture_ratio(aspect: &str, resolution: &str) -> &'static str {
    match (aspect, resolution == "720p") {
        ("9:16", true) => "720:1280",
        ("9:16", false) => "1080:1920",
        ("1:1", true) => "720:720",
        ("1:1", false) => "1080:1080",
        ("4:3", true) => "960:720",
        ("4:3", false) => "1440:1080",
        ("3:4", true) => "720:960",
        ("3:4", false) => "1080:1440",
        ("21:9", true) => "1680:720",
        ("21:9", false) => "2112:912",
        (_, true) => "1280:720",
        (_, false) => "1920:1080",
    }
}

/// One that is taken: 32 bits without a sign.
fn seed(seed: i64) -> Option<u32> {
    u32::try_from(seed.rem_euclid(1 << 32)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions_are_those_of_the_model() {
        assert_eq!(clip_ratio("gen4.5", true, "21:9", "720p"), "1584:672");
        assert_eq!(clip_ratio("gen4.5", false, "21:9", "1080p"), "1280:720");
        assert_eq!(clip_ratio("gen4.5", false, "9:16", "720p"), "720:1280");
        assert_eq!(clip_ratio("veo3.1", true, "16:9", "1080p"), "1920:1080");
        assert_eq!(picture_ratio("3:4", "1080p"), "1080:1440");
    }

    #[test]
    fn every_seed_becomes_one_that_is_taken() {
        assert_eq!([0, 7, -1, i64::MAX].map(seed), [Some(0), Some(7), Some(u32::MAX), Some(u32::MAX)]);
    }
}
