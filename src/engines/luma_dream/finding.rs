//! Whether Luma took an order of which no answer came: its list says what each generation was ordered with. Ours carries no name of our
//! own there, so it is known by its words, its model and its time.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Generation, LumaDream, ticket};
use crate::core::generate::{Class, Failure, Order, Ticket};

/// On one page of the list.
const PAGE: usize = 50;
/// More are not looked through.
const PAGES: usize = 10;
/// Two clocks may differ by so much.
const SKEW_MILLIS: i64 = 10 * 60 * 1000;

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    generations: Vec<Generation>,
    #[serde(default)]
    has_more: bool,
}

impl LumaDream {
    pub(super) async fn search(&self, order: &Order) -> Result<Option<Ticket>, Failure> {
        let unclear = |why: &str| Err(self.0.client.fail(Class::Unclear, why));
        let Some(begun) = made_at(&order.job) else {
            return unclear("Nobody knows when this was ordered, so it can't be told from others at Luma.");
        };
        let mut found = Vec::new();
        for page in 0..PAGES {
            let list: List = self.0.client.get(&format!("generations?limit={PAGE}&offset={}", page * PAGE)).read().await?;
            let empty = list.generations.is_empty();
            let mut older = false;
            for made in list.generations {
                let at = made.created_at.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
                if at.is_some_and(|at| at.as_millisecond() < begun - SKEW_MILLIS) {
                    older = true;
                    continue;
                }
                match made.request.as_ref().filter(|request| request.is_object()).map(|request| same(request, order)) {
                    Some(true) => found.extend(ticket(order, made.id)),
                    Some(false) => {}
                    None => {
                        return unclear(
                            "Luma does not say what it was ordered with, so it can't be told whether it took this.",
                        );
                    }
                }
            }
            if empty || older || !list.has_more {
                return match found.len() {
                    0 | 1 => Ok(found.pop()),
                    _ => unclear("Luma has several generations with these words; look there which one it is."),
                };
            }
        }
        unclear("Luma's list is too long to find out whether it took this.")
    }
}

/// Whether this is what our order says.
fn same(request: &Value, order: &Order) -> bool {
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    text("prompt").map(str::trim) == Some(order.prompt.trim()) && text("model").is_none_or(|model| model == order.model)
}

/// When a job was made, in milliseconds of Unix time: its name is a UUID of version 7, which begins with them (RFC 9562).
fn made_at(job: &str) -> Option<i64> {
    let id = uuid::Uuid::parse_str(job).ok()?;
    let (secs, nanos) = id.get_timestamp()?.to_unix();
    i64::try_from(secs).ok()?.checked_mul(1000)?.checked_add(i64::from(nanos / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jobs_name_tells_its_time() {
        assert_eq!(made_at("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), Some(1_645_557_742_000));
        assert_eq!(made_at("550e8400-e29b-41d4-a716-446655440000"), None);
        assert_eq!(made_at("job"), None);
    }
}
