//! What fal's models are sent, told by the end of their road, and where their answers hold files.

use serde_json::{Map, Value, json};

use super::uploads::address;
use crate::core::engine::Money;
use crate::core::generate::{Class, Failure, Input, Order};
use crate::engines::fitted::{Fitted, add, fitted, listed, said};
use crate::engines::wire::{Wire, number};

/// Pikaframes takes so many pictures.
const FRAMES: usize = 5;

/// The body of an order, and what the price list says of it.
pub(super) async fn body(wire: &Wire, order: &Order) -> Result<(Value, Option<Money>), Failure> {
    let fitted = fitted(&wire.entry, order)?;
    let cost = listed(wire.entry.model(&order.model), &fitted);
    let mut body = Map::new();
    if order.model.ends_with("/pikaframes") {
        body.insert("image_urls".into(), addresses(wire, &frames(&fitted)?).await?.into());
        let ways = body["image_urls"].as_array().map_or(1, Vec::len).saturating_sub(1);
        let way = |secs: Option<u32>| said(json!({ "duration": secs, "prompt": fitted.prompt }));
        let all = match fitted.seconds {
            Some(seconds) => shares(seconds, ways).into_iter().map(|secs| way(Some(secs))).collect(),
            None => vec![way(None); ways],
        };
        body.insert("transitions".into(), all.into());
    } else if order.model.ends_with("/pikascenes") {
        let mut pictures: Vec<&Input> = fitted.first.into_iter().collect();
        pictures.extend(&fitted.references);
        if pictures.is_empty() {
            return Err(Failure::new(Class::Invalid, "Pikascenes needs pictures to make a scene of."));
        }
        body.insert("image_urls".into(), addresses(wire, &pictures).await?.into());
        body.insert("duration".into(), fitted.seconds.map(number).into());
    } else {
        if let Some(first) = fitted.first {
            body.insert("image_url".into(), address(wire, first).await?.into());
        }
        if let Some(last) = fitted.last {
            body.insert("end_image_url".into(), address(wire, last).await?.into());
        }
        if let Some(clip) = fitted.clip {
            body.insert("video_url".into(), address(wire, clip).await?.into());
        }
        body.insert("duration".into(), fitted.seconds.map(number).into());
    }
    body.insert("prompt".into(), fitted.prompt.into());
    body.insert("negative_prompt".into(), fitted.negative.into());
    body.insert("aspect_ratio".into(), fitted.aspect.into());
    body.insert("resolution".into(), fitted.resolution.into());
    body.insert("seed".into(), fitted.seed.into());
    body.insert("generate_audio".into(), fitted.sound.into());
    let mut body = said(Value::Object(body));
    add(&mut body, &order.wish.extra);
    Ok((body, cost))
}

/// Where a model's answer holds files, whatever it calls them.
pub(super) fn links(output: &Value) -> Vec<String> {
    let url = |file: &Value| file.as_str().or_else(|| file.get("url")?.as_str()).map(str::to_owned);
    for name in ["video", "image", "audio", "audio_file", "file"] {
        if let Some(link) = output.get(name).and_then(url) {
            return vec![link];
        }
    }
    let lists = ["videos", "images", "audios", "files"].iter().filter_map(|name| output.get(name)?.as_array());
    lists.flat_map(|list| list.iter().filter_map(url)).collect()
}

/// The pictures that a clip goes through: the first, those between, the last.
fn frames<'a>(fitted: &Fitted<'a>) -> Result<Vec<&'a Input>, Failure> {
    let (Some(first), Some(last)) = (fitted.first, fitted.last) else {
        return Err(Failure::new(Class::Invalid, "Pikaframes needs a picture to begin with and one to end with."));
    };
    let between = fitted.references.iter().copied().take(FRAMES - 2);
    Ok([first].into_iter().chain(between).chain([last]).collect())
}

/// A clip's length shared among the ways from each picture to the next, in whole seconds.
fn shares(seconds: f64, ways: usize) -> Vec<u32> {
    let (whole, ways) = (seconds.round().max(1.0) as u32, u32::try_from(ways.max(1)).unwrap_or(1));
    (0..ways).map(|at| (whole / ways + u32::from(at < whole % ways)).max(1)).collect()
}

async fn addresses(wire: &Wire, pictures: &[&Input]) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for picture in pictures {
        all.push(address(wire, picture).await?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_is_as_long_as_it_was_ordered() {
        assert_eq!(shares(5.0, 1), [5]);
        assert_eq!(shares(10.0, 4), [3, 3, 2, 2]);
        assert_eq!(shares(2.0, 3), [1, 1, 1], "a way takes a second");
    }

    #[test]
    fn files_are_found_whatever_they_are_called() {
        assert_eq!(links(&json!({"video": {"url": "a", "content_type": "video/mp4"}})), ["a"]);
        assert_eq!(links(&json!({"images": [{"url": "a"}, {"url": "b"}], "seed": 3})), ["a", "b"]);
        assert_eq!(links(&json!({"audio": "a"})), ["a"]);
        assert_eq!(links(&json!({"video": {"file": 1}, "text": "x"})), Vec::<String>::new());
    }
}
