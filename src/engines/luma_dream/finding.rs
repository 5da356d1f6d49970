//! Whether Luma took an order of which no answer came: its list says what each generation was ordered with. Ours carries no name of our
//! own there, so it is known by what it says, by its time, and by no other job having it. Being wrong in one direction pays twice, in
//! the other gives a scene somebody else's clip: where neither can be ruled out, a person decides.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Generation, LumaDream, ticket};
use crate::core::generate::{Class, Failure, Order, Ticket};

/// On one page of the list.
const PAGE: usize = 50;
/// More are not looked through.
const PAGES: usize = 10;
/// Two clocks may differ by so much, after what Luma's own clock says has been taken into account.
const SKEW_MILLIS: i64 = 10 * 60 * 1000;
/// A clock that stood in another time zone when the order was sent was no further off.
const DOUBT_MILLIS: i64 = 26 * 60 * 60 * 1000;

#[derive(Deserialize)]
struct List {
    /// Without it nobody knows what there is: an answer of another form is no empty list.
    generations: Vec<Generation>,
    #[serde(default)]
    has_more: bool,
}

/// Whether a generation was made by our order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    Same,
    /// The same words, and something else is not as it was ordered: Luma may have put it in its own form.
    Alike,
    Other,
}

impl LumaDream {
    pub(super) async fn search(&self, order: &Order, held: &HashSet<String>) -> Result<Option<Ticket>, Failure> {
        let unclear = |why: &str| Err(self.0.client.fail(Class::Unclear, why));
        let Some(begun) = made_at(&order.job) else {
            return unclear("Nobody knows when this was ordered, so it can't be told from others at Luma.");
        };
        // What can't be put into words now wasn't sent then.
        let Ok((_, body)) = self.body(order) else { return Ok(None) };
        let (mut ours, mut doubtful) = (Vec::new(), false);
        for page in 0..PAGES {
            let road = format!("generations?limit={PAGE}&offset={}", page * PAGE);
            let answer = self.0.client.get(&road).answer().await?;
            let ahead = answer.clock().map_or(0, |theirs| theirs.as_millisecond() - Timestamp::now().as_millisecond());
            let begun = begun + ahead;
            let list: List = answer.object().await?;
            let (last, falls) = (list.generations.is_empty() || !list.has_more, newest_first(&list.generations));
            let mut old = 0;
            let count = list.generations.len();
            for made in list.generations {
                let at = millis(&made);
                if at.is_some_and(|at| at < begun - DOUBT_MILLIS) {
                    old += 1;
                    continue;
                }
                if made.id.as_ref().is_some_and(|id| held.contains(id)) {
                    continue;
                }
                let Some(request) = made.request.as_ref().filter(|request| request.is_object()) else {
                    return unclear("Luma does not say what it was ordered with, so it can't be told whether it took this.");
                };
                match (likeness(request, &body), at, made.id) {
                    (Likeness::Same, Some(at), Some(id)) if at >= begun - SKEW_MILLIS => ours.push((at, id)),
                    (Likeness::Same | Likeness::Alike, ..) => doubtful = true,
                    (Likeness::Other, ..) => {}
                }
            }
            if last || (falls && old == count) {
                // Those that were ordered alike are alike: whichever of the jobs gets which, each gets one.
                let oldest = ours.into_iter().min_by_key(|(at, _)| *at);
                return match oldest {
                    Some((_, id)) => Ok(ticket(order, Some(id))),
                    None if doubtful => unclear(
                        "Luma has a generation with these words that may or may not be this order; look there which one it is.",
                    ),
                    None => Ok(None),
                };
            }
        }
        unclear("Luma's list is too long to find out whether it took this.")
    }
}

/// Whether a page begins with the newest, so that nothing newer comes behind it.
fn newest_first(page: &[Generation]) -> bool {
    let at = |made: Option<&Generation>| made.and_then(millis);
    matches!((at(page.first()), at(page.last())), (Some(first), Some(last)) if page.len() > 1 && first > last)
}

fn millis(made: &Generation) -> Option<i64> {
    Some(made.created_at.as_deref()?.parse::<Timestamp>().ok()?.as_millisecond())
}

/// How far what Luma says it was ordered with is what we order. What it leaves out says nothing.
fn likeness(request: &Value, ours: &Value) -> Likeness {
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned());
    let model = text(request, "model");
    if text(request, "prompt") != text(ours, "prompt") || model.is_some_and(|model| Some(model) != text(ours, "model")) {
        return Likeness::Other;
    }
    let mut parts = ours.as_object().into_iter().flatten();
    let all = parts.all(|(name, value)| request.get(name).is_none_or(|theirs| theirs.is_null() || agrees(theirs, value)));
    if all { Likeness::Same } else { Likeness::Alike }
}

fn agrees(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::String(theirs), Value::String(ours)) => theirs.trim() == ours.trim(),
        (Value::Object(theirs), Value::Object(ours)) => {
            ours.iter().all(|(name, value)| theirs.get(name).is_some_and(|theirs| agrees(theirs, value)))
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(theirs, ours)| agrees(theirs, ours))
        }
        (theirs, ours) => theirs == ours || theirs.as_f64().is_some_and(|theirs| ours.as_f64() == Some(theirs)),
    }
}

/// When a job was made, in milliseconds of Unix time: its name is a UUID of version 7, which begins with them (RFC 9562).
fn made_at(job: &str) -> Option<i64> {
    let id = uuid::Uuid::parse_str(job).ok()?;
    let (secs, nanos) = id.get_timestamp()?.to_unix();
    i64::try_from(secs).ok()?.checked_mul(1000)?.checked_add(i64::from(nanos / 1_000_000))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_jobs_name_tells_its_time() {
        assert_eq!(made_at("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), Some(1_645_557_742_000));
        assert_eq!(made_at("550e8400-e29b-41d4-a716-446655440000"), None);
        assert_eq!(made_at("job"), None);
    }

    #[test]
    fn the_same_order_is_told_from_one_that_is_only_alike() {
        let frame = |url: &str| json!({"frame0": {"type": "image", "url": url}});
        let ours = json!({"model": "ray-2", "prompt": "sea", "duration": "5s", "keyframes": frame("https://a.example/1.png")});
        let echo = |more: Value| {
            let mut all = json!({"prompt": " sea ", "model": "ray-2", "loop": false, "callback_url": null});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            likeness(&all, &ours)
        };
        assert_eq!(echo(json!({})), Likeness::Same);
        assert_eq!(echo(json!({"duration": "5s", "keyframes": frame("https://a.example/1.png")})), Likeness::Same);
        assert_eq!(echo(json!({"keyframes": frame("https://a.example/2.png")})), Likeness::Alike);
        assert_eq!(echo(json!({"duration": "9s"})), Likeness::Alike);
        assert_eq!(echo(json!({"prompt": "a sea"})), Likeness::Other);
        assert_eq!(echo(json!({"model": "ray-flash-2"})), Likeness::Other);
        assert_eq!(likeness(&json!({}), &ours), Likeness::Other);
    }
}
