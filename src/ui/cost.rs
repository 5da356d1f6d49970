//! What orders cost, in the words of a button: with all that has to be made first, by the list or as the engine says, which is asked when
//! somebody looks.

use crate::core::generate::Role;
use crate::core::queue::{Draft, Quote, Sum};
use crate::studio::queue::{Message as Queue, Priced};
use crate::studio::{Message, Model};

/// Prices that are asked for in a frame.
const ASKED: usize = 8;

/// The price of something, and what is to be known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// `$0.40`, `free`, `price unknown`; three dots while an engine is asked; nothing where there is nothing to order.
    pub words: String,
    /// A sentence or none.
    pub more: String,
}

impl Cost {
    /// Behind a label: `Generate  ·  $0.40`.
    pub fn behind(&self, label: &str) -> String {
        if self.words.is_empty() { label.to_owned() } else { format!("{label}  ·  {}", self.words) }
    }
}

/// What these parts cost together, with what has to be made first.
pub fn of(model: &Model, parts: &[(usize, Role)], out: &mut Vec<Message>) -> Cost {
    let drafts = model.scenes.priced(parts, &model.scenes_seen());
    let cost = of_drafts(model, &drafts, out);
    if cost.more.is_empty() { Cost { more: first(parts, &drafts), ..cost } } else { cost }
}

/// What these orders cost together.
pub fn of_drafts(model: &Model, drafts: &[Draft], out: &mut Vec<Message>) -> Cost {
    if drafts.is_empty() {
        return Cost::default();
    }
    let mut quotes: Vec<Quote> = Vec::with_capacity(drafts.len());
    let (mut asking, mut more) = (0, String::new());
    for draft in drafts {
        match model.queue.price(&model.engines.list, draft) {
            Priced::Said(quote) => quotes.push(quote),
            Priced::Failed(failure) => {
                more = format!("No price: {}", failure.words);
                quotes.push(Quote { cost: None, by_engine: true });
            }
            Priced::Asking => asking += 1,
            Priced::Wanted => {
                asking += 1;
                if asking <= ASKED {
                    out.push(Message::Queue(Queue::Price(Box::new(draft.clone()))));
                }
            }
        }
    }
    if asking > 0 {
        return Cost { words: "…".to_owned(), more: "The engine is asked what it costs.".to_owned() };
    }
    Cost { words: words(&Sum::of(&quotes)), more }
}

fn words(sum: &Sum) -> String {
    match sum.unknown {
        0 if sum.micros == 0 => "free".to_owned(),
        all if all == sum.orders => "price unknown".to_owned(),
        _ => sum.words(),
    }
}

/// What is made first, because one of the parts needs it.
fn first(parts: &[(usize, Role)], drafts: &[Draft]) -> String {
    let role_of = |draft: &Draft| draft.wish.scene.as_ref().map(|place| (place.scene, place.role));
    let also: Vec<Role> = drafts.iter().filter_map(role_of).filter(|part| !parts.contains(part)).map(|part| part.1).collect();
    let counted = |role: Role| match also.iter().filter(|of| **of == role).count() {
        0 => None,
        1 => Some(format!("1 {}", role.words())),
        many => Some(format!("{many} {}s", role.words())),
    };
    let counts: Vec<String> = [Role::Picture, Role::End, Role::Clip].into_iter().filter_map(counted).collect();
    if counts.is_empty() { String::new() } else { format!("With {}, made first.", counts.join(" and ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_said_as_people_read_it() {
        let sum = |micros, orders, unknown| words(&Sum { micros, orders, unknown });
        assert_eq!([sum(0, 2, 0), sum(80_000, 2, 0), sum(0, 2, 2)], ["free", "$0.08", "price unknown"]);
        assert_eq!(sum(80_000, 3, 1), "$0.08 and 1 unknown");
    }

    #[test]
    fn what_is_made_first_is_counted() {
        use crate::core::generate::{Place, Wish};
        let draft = |scene, role| Draft {
            wish: Wish { scene: Some(Place { scene, heading: String::new(), role }), ..Wish::default() },
            ..Draft::new("e", "m", crate::core::job::Kind::Image, "x")
        };
        let drafts =
            [draft(0, Role::Clip), draft(1, Role::Clip), draft(0, Role::Picture), draft(1, Role::Picture), draft(1, Role::End)];
        assert_eq!(first(&[(0, Role::Clip), (1, Role::Clip)], &drafts), "With 2 pictures and 1 end picture, made first.");
        assert_eq!(first(&[(0, Role::Clip)], &drafts[..1]), "");
    }
}
