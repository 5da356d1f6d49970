//! Our list of the clouds' models: what can be chosen, and that a price is what its maker publishes.

use onetake::core::engine::{Catalogue, Measure, Money, Price};
use onetake::core::generate::{InputRole, Wish};
use onetake::core::job::Kind;
use onetake::core::queue::{Draft, Given, Quote};

fn price(engine: &str, model: &str, resolution: &str, seconds: f64) -> Option<Money> {
    let ours = Catalogue::ours();
    let order = Measure { resolution: Some(resolution), seconds: Some(seconds), ..Measure::default() };
    ours.engine(engine).unwrap().model(model).unwrap().price.of(&order)
}

#[test]
fn prices_are_those_that_were_published() {
    for (resolution, short, long) in [("540p", 0.15, 0.45), ("720p", 0.30, 0.90), ("1080p", 1.20, 3.60)] {
        assert_eq!(price("luma", "ray-3.2", resolution, 5.0), Some(Money::usd(short)));
        assert_eq!(price("luma", "ray-3.2", resolution, 10.0), Some(Money::usd(long)));
    }
    assert_eq!(price("runway", "gen4.5", "", 10.0), Some(Money::usd(1.20)));
    assert_eq!(price("runway", "gen4_turbo", "", 5.0), Some(Money::usd(0.25)));
    assert_eq!(price("pika", "fal-ai/pika/v2.2/image-to-video", "1080p", 5.0), Some(Money::usd(0.45)));
    assert_eq!(price("pika", "fal-ai/pika/v2.2/image-to-video", "1080p", 10.0), None);
    assert_eq!(price("pika", "fal-ai/pika/v2.2/pikaframes", "720p", 8.0), Some(Money::usd(0.32)));
    assert_eq!(price("pika", "fal-ai/pika/v2.2/text-to-video", "720p", 5.0), Some(Money::usd(0.20)));
    assert_eq!(price("runway", "veo3.1", "1080p", 5.0), Some(Money::usd(1.00)), "without sound");
    assert_eq!(price("runway", "aleph2", "", 1.0), Some(Money::usd(0.56)), "two seconds at least");
    assert_eq!(price("runway", "magnific_video_upscaler_creative", "2k", 5.0), None, "by pictures that nobody has counted");
    assert_eq!(price("venice", "nvidia/parakeet-tdt-0.6b-v3", "", 3600.0), Some(Money::usd(0.36)));
}

#[test]
fn what_is_quoted_is_what_is_sent() {
    let ours = Catalogue::ours();
    let quote = |engine: &str, model: &str, kind, wish: Wish, inputs: usize| {
        let mut draft = Draft { wish, ..Draft::new(engine, model, kind, "x".repeat(1000).as_str()) };
        draft.inputs = vec![(InputRole::Reference, Given::File("/a.png".into())); inputs];
        Quote::listed(ours.engine(engine).unwrap(), &draft).cost
    };
    let lasting = |seconds| Wish { seconds: Some(seconds), ..Wish::default() };
    assert_eq!(quote("runway", "gen4.5", Kind::Video, lasting(3.4), 0), Some(Money::usd(0.48)), "four seconds are sent");
    assert_eq!(quote("runway", "veo3.1", Kind::Video, Wish::default(), 0), Some(Money::usd(1.60)), "the shortest, with sound");
    let silent = Wish { sound: Some(false), ..lasting(4.0) };
    assert_eq!(quote("runway", "veo3.1", Kind::Video, silent, 0), Some(Money::usd(0.80)));
    assert_eq!(quote("luma", "uni-1", Kind::Image, Wish::default(), 2), Some(Money::usd(0.0464)));
    assert_eq!(quote("runway", "eleven_multilingual_v2", Kind::Speech, Wish::default(), 0), Some(Money::usd(0.20)));
    assert_eq!(quote("openai", "whisper-1", Kind::Transcription, Wish::default(), 1), None, "nobody knows how long it is");
    assert_eq!(quote("openai", "whisper-1", Kind::Transcription, lasting(600.0), 1), Some(Money::usd(0.06)));
}

#[test]
fn every_clip_has_a_length_and_a_shape() {
    let ours = Catalogue::ours();
    for name in ["venice", "luma", "luma-dream", "runway", "pika"] {
        let engine = ours.engine(name).unwrap();
        assert!(engine.base.starts_with("https://") && !engine.key_variables.is_empty() && engine.poll_secs >= 3.0, "{name}");
        for model in engine.models_for(Kind::Video) {
            let limits = &model.limits;
            assert!(!limits.seconds.is_empty() && limits.seconds.is_sorted(), "{name} {}", model.name);
            assert!(!limits.aspects.is_empty() || limits.needs_first_frame, "{name} {}", model.name);
            assert!(!limits.needs_first_frame || limits.first_frame, "{name} {}", model.name);
        }
    }
    assert_eq!(ours.engine("venice").unwrap().models_for(Kind::Video).next().unwrap().price, Price::Quoted);
}
