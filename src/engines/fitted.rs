//! An order as a model can take it: what it doesn't allow is left out, what has to be chosen is chosen, and what can't work is said
//! before anything is sent. A model that is not in the catalogue gets what was wished for.

use serde_json::{Map, Value};

use crate::core::engine::{Engine, Limits, Measure, Model, Money};
use crate::core::generate::{Class, Failure, Input, InputRole, Order};
use crate::core::job::Kind;

/// What is sent of an order.
#[derive(Clone, Debug, Default)]
pub(super) struct Fitted<'a> {
    pub prompt: &'a str,
    pub negative: Option<&'a str>,
    pub aspect: Option<&'a str>,
    pub resolution: Option<&'a str>,
    pub seconds: Option<f64>,
    pub sound: Option<bool>,
    pub seed: Option<i64>,
    pub style: Option<&'a str>,
    pub voice: Option<&'a str>,
    pub first: Option<&'a Input>,
    pub last: Option<&'a Input>,
    pub clip: Option<&'a Input>,
    pub references: Vec<&'a Input>,
}

/// Fits an order to its model.
///
/// # Errors
/// `Class::Invalid` for what the model can't do anything with.
pub(super) fn fitted<'a>(entry: &'a Engine, order: &'a Order) -> Result<Fitted<'a>, Failure> {
    let refuse = |why: String| Err(Failure::new(Class::Invalid, why));
    let (prompt, wish) = (order.prompt.trim(), &order.wish);
    let input = |role| order.input(role);
    let references = order.inputs.iter().filter(|input| input.role == InputRole::Reference).collect();
    let negative = Some(wish.negative.trim()).filter(|text| !text.is_empty());
    let lasts = matches!(order.kind, Kind::Video | Kind::Music);
    let Some(model) = entry.model(&order.model) else {
        return Ok(Fitted {
            prompt,
            negative,
            aspect: wish.aspect.as_deref(),
            resolution: wish.resolution.as_deref(),
            seconds: wish.seconds.filter(|_| lasts),
            sound: wish.sound,
            seed: order.seed,
            style: wish.style.as_deref(),
            voice: wish.voice.as_deref(),
            first: input(InputRole::FirstFrame),
            last: input(InputRole::LastFrame),
            clip: input(InputRole::Clip),
            references,
        });
    };
    let limits = &model.limits;
    let length = prompt.chars().count();
    if limits.prompt_chars > 0 && length > limits.prompt_chars as usize {
        return refuse(format!("The prompt has {length} characters; {} takes {}.", model.title(), limits.prompt_chars));
    }
    if limits.needs_first_frame && input(InputRole::FirstFrame).is_none() {
        return refuse(format!("{} needs a picture to begin with.", model.title()));
    }
    if limits.needs_clip && input(InputRole::Clip).is_none() {
        return refuse(format!("{} needs a clip to work on.", model.title()));
    }
    Ok(Fitted {
        prompt,
        negative: negative.filter(|_| limits.negative),
        aspect: limits.aspect_for(wish.aspect.as_deref().unwrap_or("16:9")),
        resolution: limits.resolution_for(wish.resolution.as_deref().unwrap_or_default()),
        seconds: limits.seconds_for(wish.seconds.unwrap_or(0.0)).filter(|_| lasts),
        sound: wish.sound.filter(|_| limits.sound),
        seed: order.seed.filter(|_| limits.seed),
        style: wish.style.as_deref().filter(|style| limits.styles.iter().any(|known| known == style)),
        voice: voice(limits, wish.voice.as_deref()),
        first: input(InputRole::FirstFrame).filter(|_| limits.first_frame || limits.needs_first_frame),
        last: input(InputRole::LastFrame).filter(|_| limits.last_frame),
        clip: input(InputRole::Clip).filter(|_| limits.clip || limits.needs_clip),
        references,
    })
}

/// What the price list says of an order that is sent like this.
pub(super) fn listed(model: Option<&Model>, fitted: &Fitted<'_>) -> Option<Money> {
    let model = model?;
    model.price.of(&Measure {
        resolution: fitted.resolution,
        seconds: fitted.seconds,
        sound: fitted.sound.unwrap_or(model.limits.sound),
        units: fitted.prompt.chars().count() as u64,
        inputs: fitted.first.iter().chain(&fitted.last).chain(&fitted.clip).count() + fitted.references.len(),
    })
}

/// Puts what the engine alone knows into a body; nothing of ours gives way, but an object is added to.
pub(super) fn add(body: &mut Value, extra: &Map<String, Value>) {
    let Some(body) = body.as_object_mut() else { return };
    for (name, value) in extra {
        match (body.get_mut(name), value.as_object()) {
            (None, _) => {
                body.insert(name.clone(), value.clone());
            }
            (Some(known @ Value::Object(_)), Some(more)) => add(known, more),
            (Some(_), _) => {}
        }
    }
}

/// Takes the parts that were not said out of a body.
pub(super) fn said(body: Value) -> Value {
    match body {
        Value::Object(parts) => {
            Value::Object(parts.into_iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k, said(v))).collect())
        }
        other => other,
    }
}

fn voice<'a>(limits: &'a Limits, wanted: Option<&'a str>) -> Option<&'a str> {
    if limits.voices.is_empty() {
        return wanted;
    }
    limits.voices.iter().map(String::as_str).find(|voice| Some(*voice) == wanted).or(limits.voices.first().map(String::as_str))
}

/// What a price hangs on. An order has one before the files are there that go along with it.
pub(super) fn priced<'a>(entry: &'a Engine, order: &'a Order) -> Fitted<'a> {
    let (prompt, wish) = (order.prompt.trim(), &order.wish);
    let (aspect, resolution) = (wish.aspect.as_deref(), wish.resolution.as_deref());
    match entry.model(&order.model).map(|model| &model.limits) {
        Some(limits) => Fitted {
            prompt,
            aspect: limits.aspect_for(aspect.unwrap_or("16:9")),
            resolution: limits.resolution_for(resolution.unwrap_or_default()),
            seconds: limits.seconds_for(wish.seconds.unwrap_or(0.0)),
            sound: wish.sound.filter(|_| limits.sound),
            ..Fitted::default()
        },
        None => Fitted { prompt, aspect, resolution, seconds: wish.seconds, sound: wish.sound, ..Fitted::default() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::engine::Catalogue;
    use crate::core::generate::Wish;

    fn entry() -> Engine {
        let text = "[[engine]]\nname='x'\nlabel='X'\nform='fal'\n[[engine.model]]\nname='m'\nkind='video'\nprompt_chars=9\nseconds=[5.0,10.0]\naspects=['16:9']\nseed=true\n";
        Catalogue::read(text).unwrap().engines.remove(0)
    }

    fn order(model: &str, prompt: &str) -> Order {
        let wish = Wish {
            negative: "blur".into(),
            aspect: Some("1:1".into()),
            seconds: Some(7.0),
            sound: Some(true),
            ..Wish::default()
        };
        Order {
            job: "j".into(),
            kind: Kind::Video,
            model: model.into(),
            prompt: prompt.into(),
            seed: Some(3),
            wish,
            inputs: vec![],
        }
    }

    #[test]
    fn only_what_the_model_allows_is_sent() {
        let (entry, order) = (entry(), order("m", " sea "));
        let fitted = fitted(&entry, &order).unwrap();
        assert_eq!((fitted.prompt, fitted.negative, fitted.aspect, fitted.resolution), ("sea", None, Some("16:9"), None));
        assert_eq!((fitted.seconds, fitted.sound, fitted.seed), (Some(10.0), None, Some(3)));
    }

    #[test]
    fn a_price_needs_no_files() {
        let mut entry = entry();
        entry.models[0].limits.needs_first_frame = true;
        let order = order("m", "sea");
        assert!(fitted(&entry, &order).is_err());
        let priced = priced(&entry, &order);
        assert_eq!((priced.seconds, priced.aspect, priced.sound), (Some(10.0), Some("16:9"), None));
    }

    #[test]
    fn an_unknown_model_gets_all() {
        let (entry, order) = (entry(), order("other", "a long prompt of many characters"));
        let fitted = fitted(&entry, &order).unwrap();
        assert_eq!(
            (fitted.negative, fitted.aspect, fitted.seconds, fitted.sound),
            (Some("blur"), Some("1:1"), Some(7.0), Some(true))
        );
    }

    #[test]
    fn what_is_too_long_is_said_before() {
        let failure = fitted(&entry(), &order("m", "0123456789")).unwrap_err();
        assert_eq!(failure.class, Class::Invalid);
        assert!(failure.words.contains("10 characters"), "{}", failure.words);
    }

    #[test]
    fn extras_add_and_never_replace() {
        let mut body = said(json!({"model": "m", "seed": null, "video": {"duration": "5s", "loop": null}}));
        add(
            &mut body,
            json!({"model": "other", "video": {"duration": "9s", "hdr": true}, "user_id": "u"}).as_object().unwrap(),
        );
        assert_eq!(body, json!({"model": "m", "video": {"duration": "5s", "hdr": true}, "user_id": "u"}));
    }
}
