//! The price before the click: from the list where it stands there, else what the engine itself says, asked for once and kept for
//! some minutes.

use std::collections::HashMap;

use crate::core::engine::{Catalogue, Price};
use crate::core::generate::{Failure, Wish};
use crate::core::queue::{Draft, Quote};
use crate::core::time::Moment;

use super::Effect;

/// Seconds after which an engine is asked again: prices change.
const KEPT_SECS: f64 = 600.0;
/// Seconds after which it is asked again when it gave no answer.
const RETRY_SECS: f64 = 60.0;
/// So many prices are kept.
const MOST: usize = 1000;

/// What is known of a price.
#[derive(Clone, Debug, PartialEq)]
pub enum Priced {
    Said(Quote),
    /// The engine is being asked.
    Asking,
    /// The engine has to be asked: `Message::Price`.
    Wanted,
    /// It did not say.
    Failed(Failure),
}

/// What engines said.
#[derive(Clone, Debug, Default)]
pub struct Quotes {
    said: HashMap<String, Said>,
    now: Moment,
}

#[derive(Clone, Debug)]
enum Said {
    Asking,
    Heard { result: Result<Quote, Failure>, at: Moment },
}

impl Quotes {
    /// What is known of an order's price.
    pub fn of(&self, list: &Catalogue, draft: &Draft) -> Priced {
        let Some(engine) = list.engine(&draft.engine) else { return Priced::Said(Quote { cost: None, by_engine: false }) };
        if engine.model(&draft.model).is_none_or(|model| model.price != Price::Quoted) {
            return Priced::Said(Quote::listed(engine, draft));
        }
        match self.said.get(&key(draft)) {
            None => Priced::Wanted,
            Some(Said::Asking) => Priced::Asking,
            Some(Said::Heard { result: Ok(quote), at }) if self.now.secs_from(*at) < KEPT_SECS => Priced::Said(quote.clone()),
            Some(Said::Heard { result: Err(failure), at }) if self.now.secs_from(*at) < RETRY_SECS => {
                Priced::Failed(failure.clone())
            }
            Some(Said::Heard { .. }) => Priced::Wanted,
        }
    }

    /// Asks, unless it is being asked.
    pub(super) fn want(&mut self, draft: Draft) -> Option<Effect> {
        if self.said.len() >= MOST {
            self.said.retain(|_, said| matches!(said, Said::Asking));
        }
        let key = key(&draft);
        if matches!(self.said.insert(key.clone(), Said::Asking), Some(Said::Asking)) {
            return None;
        }
        Some(Effect::Quote { key, draft: Box::new(draft) })
    }

    pub(super) fn tick(&mut self, now: Moment) {
        self.now = now;
    }

    pub(super) fn said(&mut self, key: String, result: Result<Option<Quote>, Failure>) {
        let result = result.map(|quote| quote.unwrap_or(Quote { cost: None, by_engine: true }));
        self.said.insert(key, Said::Heard { result, at: self.now });
    }
}

/// Orders with the same key cost the same: engine, model and wish, whatever the words and wherever they are for.
fn key(draft: &Draft) -> String {
    let wish = Wish { scene: None, negative: String::new(), consent: None, ..draft.wish.clone() };
    let wish = serde_json::to_string(&wish).unwrap_or_default();
    format!("{} {} {wish}", draft.engine, draft.model)
}
