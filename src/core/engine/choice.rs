//! What a person chose for each thing that is made: engine, model, form; and what holds for all of them: addresses, budget. A choice
//! becomes a wish only as far as the model allows it, so that nothing is ordered that can't be made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Catalogue, Engine, Model};
use crate::core::generate::{Role, Wish};
use crate::core::job::Kind;
use crate::core::queue::Budget;

/// Everything about engines that is remembered; the part `engines` of the settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    pub text: Choice,
    pub image: Choice,
    pub video: Choice,
    pub speech: Choice,
    pub transcription: Choice,
    pub music: Choice,
    /// Addresses that go before the list's, by the engine's name.
    pub bases: BTreeMap<String, String>,
    pub budget: Budget,
    /// Pictures that a script asks for and has not are made when it is opened.
    pub pictures_on_open: bool,
    /// The part of a scene that the prompt bar makes.
    pub part: Role,
}

/// What is chosen for one kind of thing. What is empty was never chosen, and the first that is allowed is taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub engine: String,
    pub model: String,
    pub aspect: String,
    pub resolution: String,
    pub style: String,
    pub voice: String,
    /// A clip without sound, where that may be chosen.
    pub silent: bool,
    /// Seconds of a clip; 0 is as long as its scene.
    pub seconds: f64,
}

impl Choices {
    pub fn of(&self, kind: Kind) -> &Choice {
        match kind {
            Kind::Text => &self.text,
            Kind::Image => &self.image,
            Kind::Video => &self.video,
            Kind::Speech => &self.speech,
            Kind::Transcription => &self.transcription,
            Kind::Music => &self.music,
        }
    }

    pub fn of_mut(&mut self, kind: Kind) -> &mut Choice {
        match kind {
            Kind::Text => &mut self.text,
            Kind::Image => &mut self.image,
            Kind::Video => &mut self.video,
            Kind::Speech => &mut self.speech,
            Kind::Transcription => &mut self.transcription,
            Kind::Music => &mut self.music,
        }
    }

    /// The engine and model that make this: the chosen ones while they are in the list, else the first there is. Our own engine comes
    /// first in the list, so what was never chosen costs nothing.
    pub fn resolve<'a>(&self, list: &'a Catalogue, kind: Kind) -> Option<(&'a Engine, &'a Model)> {
        let choice = self.of(kind);
        let of = |engine: &'a Engine| {
            let model = engine.models_for(kind).find(|model| model.name == choice.model);
            model.or(engine.models_for(kind).next()).map(|model| (engine, model))
        };
        list.engine(&choice.engine).and_then(of).or_else(|| list.models_for(kind).next())
    }

    /// Without what can't be an address.
    pub fn tidy(mut self) -> Choices {
        self.bases = self.bases.into_iter().map(|(name, base)| (name, base.trim().to_owned())).collect();
        self.bases.retain(|_, base| !base.is_empty());
        self
    }
}

impl Choice {
    /// What is ordered of this model besides the prompt. `seconds` is what the scene takes.
    pub fn wish(&self, model: &Model, seconds: f64) -> Wish {
        let limits = &model.limits;
        let fixed = limits.seconds.iter().copied().find(|secs| (secs - self.seconds).abs() < 0.05);
        let chosen = |allowed: &[String], wanted: &str| allowed.iter().find(|name| *name == wanted).cloned();
        Wish {
            aspect: limits.aspect_for(if self.aspect.is_empty() { "16:9" } else { &self.aspect }).map(str::to_owned),
            resolution: limits.resolution_for(&self.resolution).map(str::to_owned),
            seconds: fixed.or_else(|| limits.seconds_for(seconds)),
            sound: limits.sound.then_some(!self.silent),
            style: chosen(&limits.styles, &self.style),
            voice: chosen(&limits.voices, &self.voice).or_else(|| limits.voices.first().cloned()),
            ..Wish::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::{Limits, Price};

    #[test]
    fn what_was_never_chosen_costs_nothing() {
        let (list, choices) = (Catalogue::ours(), Choices::default());
        for kind in [Kind::Text, Kind::Image, Kind::Video, Kind::Speech] {
            let (engine, model) = choices.resolve(&list, kind).unwrap();
            assert_eq!((engine.name.as_str(), model.kind), ("offline", kind));
        }
        let gone = Choices { image: Choice { engine: "closed".into(), ..Choice::default() }, ..Choices::default() };
        assert_eq!(gone.resolve(&list, Kind::Image).unwrap().0.name, "offline", "an engine that is gone");
        assert!(choices.resolve(&Catalogue::default(), Kind::Image).is_none());
    }

    #[test]
    fn a_wish_holds_only_what_the_model_allows() {
        let limits = Limits {
            seconds: vec![5.0, 10.0],
            aspects: vec!["1:1".into(), "16:9".into()],
            styles: vec!["ink".into()],
            sound: true,
            ..Limits::default()
        };
        let model = Model { name: "m".into(), label: String::new(), kind: Kind::Video, limits, price: Price::Free };
        let choice = Choice { aspect: "2:1".into(), resolution: "720p".into(), style: "oil".into(), ..Choice::default() };
        let wish = choice.wish(&model, 7.0);
        assert_eq!((wish.aspect.as_deref(), wish.resolution, wish.style), (Some("1:1"), None, None));
        assert_eq!((wish.seconds, wish.sound), (Some(10.0), Some(true)));
        assert_eq!(Choice { seconds: 5.0, ..choice.clone() }.wish(&model, 7.0).seconds, Some(5.0), "whatever the scene takes");
        assert_eq!(
            Choice { seconds: 6.0, ..choice }.wish(&model, 3.0).seconds,
            Some(5.0),
            "of a model that has no such length"
        );
        assert_eq!(Choice::default().wish(&model, 1.0).aspect.as_deref(), Some("16:9"), "the usual one where it may be");
    }

    #[test]
    fn an_address_of_blanks_is_none() {
        let choices =
            Choices { bases: [("a".into(), " ".into()), ("b".into(), " http://x ".into())].into(), ..Choices::default() };
        assert_eq!(choices.tidy().bases, [("b".to_owned(), "http://x".to_owned())].into());
    }
}
