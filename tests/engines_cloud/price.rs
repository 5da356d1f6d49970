//! Our list of the clouds' models: what can be chosen, and that a price is what its maker publishes.

use onetake::core::engine::{Catalogue, Money, Price};
use onetake::core::job::Kind;

fn price(engine: &str, model: &str, resolution: &str, seconds: f64) -> Option<Money> {
    let ours = Catalogue::ours();
    ours.engine(engine).unwrap().model(model).unwrap().price.of(Some(resolution), seconds, false, 0)
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
