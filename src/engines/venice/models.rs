//! Venice's own list of models, with what each allows. Nothing in it is relied upon: what is missing can't be chosen.

use serde_json::Value;

use crate::core::engine::{Limits, Model, Price, Rate};
use crate::core::generate::Failure;
use crate::core::job::Kind;
use crate::engines::http::Client;

/// The list may be long.
const LIST_BYTES: usize = 32 * 1024 * 1024;

pub(super) async fn list(client: &Client) -> Result<Vec<Model>, Failure> {
    let value: Value = client.get("models?type=all").most(LIST_BYTES).read().await?;
    let Some(items) = value.get("data").and_then(Value::as_array) else {
        return Err(client.odd(false, "its list of models is none"));
    };
    Ok(items.iter().filter_map(model).collect())
}

fn model(item: &Value) -> Option<Model> {
    let name = item.get("id")?.as_str()?;
    let kind = match item.get("type")?.as_str()? {
        "text" | "code" => Kind::Text,
        "image" => Kind::Image,
        "video" => Kind::Video,
        "tts" => Kind::Speech,
        "asr" => Kind::Transcription,
        "music" => Kind::Music,
        _ => return None,
    };
    let spec = item.get("model_spec").unwrap_or(&Value::Null);
    if spec.get("offline") == Some(&Value::Bool(true)) {
        return None;
    }
    let label = spec.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let limits = limits(name, kind, spec.get("constraints").unwrap_or(&Value::Null), spec);
    // What a clip costs to be made bigger hangs on the clip, which is not there yet when its price is asked for.
    let price = if limits.needs_clip { Price::Unknown } else { price(kind, spec) };
    Some(Model { name: name.to_owned(), label, kind, limits, price })
}

fn limits(name: &str, kind: Kind, about: &Value, spec: &Value) -> Limits {
    let words = |name: &str| -> Vec<String> {
        let list = about.get(name).and_then(Value::as_array);
        list.map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
    };
    let number = |name: &str| about.get(name).and_then(Value::as_u64).and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
    let is = |name: &str| about.get(name) == Some(&Value::Bool(true));
    let both = |one: Vec<String>, other: Vec<String>| if one.is_empty() { other } else { one };
    let from_picture = about.get("model_type").and_then(Value::as_str) == Some("image-to-video");
    let from_clip = kind == Kind::Video && about.get("model_type").and_then(Value::as_str) == Some("video");
    let bigger = kind == Kind::Video && name.contains("upscale");
    let mut seconds: Vec<f64> =
        words("durations").iter().filter_map(|text| text.strip_suffix('s')?.trim().parse().ok()).collect();
    seconds.retain(|secs: &f64| secs.is_finite() && *secs > 0.0);
    seconds.sort_by(f64::total_cmp);
    let voices = spec.get("voices").and_then(Value::as_array);
    let voices = voices.map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default();
    Limits {
        prompt_chars: number("prompt_character_limit").max(number("promptCharacterLimit")),
        seconds,
        seconds_between: None,
        aspects: both(words("aspect_ratios"), words("aspectRatios")).into_iter().filter(|text| text.contains(':')).collect(),
        resolutions: words("resolutions"),
        first_frame: kind == Kind::Video && !bigger && about.get("model_type").and_then(Value::as_str) != Some("text-to-video"),
        // It doesn't say; one that can't refuses, before anything is paid.
        last_frame: from_picture,
        needs_first_frame: from_picture,
        clip: from_clip || bigger,
        needs_clip: bigger,
        negative: matches!(kind, Kind::Video | Kind::Image),
        seed: kind == Kind::Image,
        sound: is("audio_configurable"),
        voices,
        styles: Vec::new(),
    }
}

fn price(kind: Kind, spec: &Value) -> Price {
    if matches!(kind, Kind::Video | Kind::Music) {
        return Price::Quoted;
    }
    let each = spec
        .pointer("/pricing/generation/usd")
        .and_then(Value::as_f64)
        .filter(|dollars| dollars.is_finite() && *dollars >= 0.0);
    match each {
        Some(each) if kind == Kind::Image => Price::Rates(vec![Rate { each, ..Rate::default() }]),
        _ => Price::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_read_as_they_are_said() {
        let item = json!({"id": "wan", "type": "video", "model_spec": {"name": "Wan", "constraints": {
            "aspect_ratios": ["16:9", "auto"], "resolutions": ["720p"], "durations": ["10s", "5s", "-1", "auto"],
            "model_type": "image-to-video", "audio_configurable": true, "prompt_character_limit": 2500, "new": {}}}});
        let model = model(&item).unwrap();
        assert_eq!((model.title(), model.kind, &model.price), ("Wan", Kind::Video, &Price::Quoted));
        assert_eq!((model.limits.seconds, model.limits.aspects), (vec![5.0, 10.0], vec!["16:9".to_owned()]));
        assert!(model.limits.needs_first_frame && model.limits.sound && model.limits.prompt_chars == 2500);
    }

    #[test]
    fn what_makes_clips_bigger_needs_one() {
        let item = json!({"id": "topaz-video-upscale", "type": "video", "model_spec": {"constraints": {"model_type": "video", "resolutions": ["2x"]}}});
        let model = model(&item).unwrap();
        assert!(model.limits.clip && model.limits.needs_clip && !model.limits.first_frame);
        assert_eq!(model.price, Price::Unknown, "it hangs on the clip");
    }

    #[test]
    fn what_is_odd_is_left_out() {
        for item in [json!({}), json!({"id": 7, "type": "video"}), json!({"id": "x", "type": "embedding"}), json!(null)] {
            assert!(model(&item).is_none(), "{item}");
        }
        assert!(model(&json!({"id": "x", "type": "image", "model_spec": {"offline": true}})).is_none());
        let bare = model(&json!({"id": "x", "type": "image"})).unwrap();
        assert_eq!((bare.title(), &bare.price), ("x", &Price::Unknown));
    }
}
