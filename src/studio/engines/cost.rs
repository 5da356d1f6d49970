//! What the open film would cost with each engine, from nothing: every picture, clip and voice that the script has words for, by the
//! price list. No key is needed to know that.

use crate::core::engine::{Engine, Model, Price};
use crate::core::generate::Role;
use crate::core::job::Kind;
use crate::core::queue::{Draft, Quote, Sum};
use crate::studio::scenes::Seen;

/// What is made for a film, in the order of the columns.
pub const KINDS: [Kind; 3] = [Kind::Image, Kind::Video, Kind::Speech];

/// What one engine would cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The engine's label.
    pub engine: String,
    /// For each of `KINDS`; `None` for what it does not make.
    pub parts: [Option<Part>; KINDS.len()],
}

/// All of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The model that is reckoned with: the chosen one, else the engine's first.
    pub model: String,
    /// The engine says its prices when it is asked, not before.
    pub asks: bool,
    pub sum: Sum,
}

/// Every engine that makes any of it, in the list's order.
pub fn film(seen: &Seen<'_>) -> Vec<Line> {
    let orders = orders(seen);
    let engines = seen.engines.list.engines.iter();
    let lines = engines.map(|engine| Line {
        engine: engine.label.clone(),
        parts: KINDS.map(|kind| model(engine, kind, seen).map(|of| part(engine, of, &orders, seen))),
    });
    lines.filter(|line| line.parts.iter().any(Option::is_some)).collect()
}

impl Line {
    /// All that it makes; nothing when it makes nothing of this film.
    pub fn sum(&self) -> Sum {
        let mut sum = Sum::default();
        for part in self.parts.iter().flatten() {
            sum.micros = sum.micros.saturating_add(part.sum.micros);
            sum.orders += part.sum.orders;
            sum.unknown += part.sum.unknown;
        }
        sum
    }
}

/// One thing to be made: its kind, its words, the seconds of its scene.
struct Order {
    kind: Kind,
    words: String,
    secs: f64,
}

fn orders(seen: &Seen<'_>) -> Vec<Order> {
    let mut orders = Vec::new();
    for (at, scene) in seen.prepare.script.scenes.iter().enumerate() {
        let secs = seen.length(at).map_or(0.0, |length| length.secs);
        for role in [Role::Picture, Role::End, Role::Clip, Role::Voice] {
            // An end picture is made where the script describes one.
            let words = if role == Role::End { scene.wanted(role) } else { scene.prompt(role) };
            orders.extend(words.map(|words| Order { kind: role.kind(), words, secs }));
        }
    }
    orders
}

fn model<'a>(engine: &'a Engine, kind: Kind, seen: &Seen<'_>) -> Option<&'a Model> {
    let choice = seen.settings.engines.of(kind);
    let chosen = engine.models_for(kind).find(|model| choice.engine == engine.name && choice.model == model.name);
    chosen.or_else(|| engine.models_for(kind).next())
}

fn part(engine: &Engine, model: &Model, orders: &[Order], seen: &Seen<'_>) -> Part {
    let choice = seen.settings.engines.of(model.kind);
    let quotes = orders.iter().filter(|order| order.kind == model.kind).map(|order| {
        let wish = choice.wish(model, order.secs);
        Quote::listed(engine, &Draft { wish, ..Draft::new(&engine.name, &model.name, model.kind, &order.words) })
    });
    let quotes: Vec<Quote> = quotes.collect();
    Part { model: model.title().to_owned(), asks: model.price == Price::Quoted, sum: Sum::of(&quotes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::core::engine::Catalogue;
    use crate::core::script::Script;
    use crate::studio::Model as Studio;

    const LIST: &str = r#"
[[engine]]
name = "own"
label = "Own"
form = "offline"
key = "none"
local = true
[[engine.model]]
name = "p"
kind = "image"
price = "free"

[[engine]]
name = "cloud"
label = "Cloud"
form = "venice"
[[engine.model]]
name = "p"
kind = "image"
price = { rates = [{ each = 0.04 }] }
[[engine.model]]
name = "dear"
kind = "image"
price = { rates = [{ each = 1.0 }] }
[[engine.model]]
name = "c"
kind = "video"
seconds = [5.0, 10.0]
price = { rates = [{ second = 0.1 }] }
[[engine.model]]
name = "v"
kind = "speech"

[[engine]]
name = "words"
label = "Words"
form = "open_ai"
[[engine.model]]
name = "w"
kind = "text"
"#;

    const SCRIPT: &str = "## One\n\n> image: a lamp\n> keyframe: a lamp, out\n> seconds: 4\n\nHello there.\n\n## Two\n\n> image: a door\n> seconds: 8\n\nGood bye.\n\n## Three\n\nNothing to see.\n";

    fn studio() -> Studio {
        let mut studio = Studio::default();
        studio.prepare.script = Script::markdown(SCRIPT);
        studio.engines.list = Arc::new(Catalogue::read(LIST).unwrap());
        studio
    }

    #[test]
    fn each_engine_is_reckoned_with_what_it_makes() {
        let studio = studio();
        let lines = film(&studio.scenes_seen());
        let names: Vec<&str> = lines.iter().map(|line| line.engine.as_str()).collect();
        assert_eq!(names, ["Own", "Cloud"], "a writer makes no film");
        let [Some(pictures), Some(clips), Some(voices)] = &lines[1].parts else { panic!("{lines:?}") };
        assert_eq!((pictures.sum.orders, pictures.sum.micros), (3, 120_000), "two pictures and an end");
        assert_eq!((clips.sum.orders, clips.sum.micros), (2, 1_500_000), "5 s and 10 s");
        assert_eq!((voices.sum.orders, voices.sum.unknown), (3, 3), "nobody says what a voice costs");
        assert_eq!((lines[1].sum().micros, lines[1].sum().unknown), (1_620_000, 3));
        assert_eq!((lines[0].sum().micros, lines[0].sum().unknown, &lines[0].parts[1]), (0, 0, &None));
    }

    #[test]
    fn the_chosen_model_counts() {
        let mut studio = studio();
        studio.settings.engines.image.engine = "cloud".into();
        studio.settings.engines.image.model = "dear".into();
        let lines = film(&studio.scenes_seen());
        let pictures = lines[1].parts[0].as_ref().unwrap();
        assert_eq!((pictures.model.as_str(), pictures.sum.micros), ("dear", 3_000_000));
    }
}
