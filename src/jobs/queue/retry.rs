//! Another try of a job that is over: the same words or better ones, at the same engine or another, with what that engine's model allows.

use crate::core::engine::Limits;
use crate::core::generate::{InputRole, Wish};
use crate::core::problem::Problem;
use crate::core::queue::may_retry;
use crate::studio::queue::Again;

use super::super::engines::Shop;
use super::super::house::House;
use super::order;
use super::place::Wanted;

/// The order that another try is.
pub(super) fn wanted(house: &House, shop: &Shop, again: &Again) -> Result<Wanted, Problem> {
    let rows = house.db.queue_rows_of(std::slice::from_ref(&again.job))?;
    let row = rows.into_iter().next().ok_or_else(|| {
        Problem::usage(format!("There is no job {} in the queue.", again.job), "“onetake queue list” shows all of them.")
    })?;
    if !may_retry(row.job.state) {
        let what = format!("The job {} has not failed, so there is nothing to try again.", again.job);
        return Err(Problem::usage(what, "Order it once more where it was ordered."));
    }
    let mut draft = order::draft(&row);
    if let Some((engine, model)) = &again.target {
        (draft.engine, draft.model) = (engine.clone(), model.clone());
        // What one engine alone knows means nothing to another.
        (draft.wish.extra, draft.wish.consent) = (serde_json::Map::new(), None);
        if let Some(limits) = shop.list().engine(engine).and_then(|entry| entry.model(model)).map(|model| &model.limits) {
            draft.wish = fitted(draft.wish, limits);
            draft.inputs.retain(|(role, _)| match role {
                InputRole::FirstFrame => limits.first_frame || limits.needs_first_frame,
                InputRole::LastFrame => limits.last_frame,
                InputRole::Clip => limits.clip || limits.needs_clip,
                InputRole::Reference | InputRole::Sound => true,
            });
        }
    }
    if again.agreed {
        draft.wish.consent = row.failure.as_ref().and_then(|failure| failure.proposal.clone());
    }
    draft.prompt = again.prompt.clone().unwrap_or(draft.prompt);
    Ok(Wanted { draft, retry_of: Some(again.job.clone()) })
}

/// As much of a wish as a model allows.
fn fitted(wish: Wish, limits: &Limits) -> Wish {
    let known = |value: Option<String>, allowed: &[String]| value.filter(|value| allowed.contains(value));
    Wish {
        negative: if limits.negative { wish.negative } else { String::new() },
        aspect: limits.aspect_for(wish.aspect.as_deref().unwrap_or_default()).map(str::to_owned),
        resolution: limits.resolution_for(wish.resolution.as_deref().unwrap_or_default()).map(str::to_owned),
        seconds: limits.seconds_for(wish.seconds.unwrap_or(0.0)),
        sound: wish.sound.filter(|_| limits.sound),
        style: known(wish.style, &limits.styles),
        voice: known(wish.voice, &limits.voices).or_else(|| limits.voices.first().cloned()),
        ..wish
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_engine_gets_only_what_it_allows() {
        let limits = Limits { aspects: vec!["1:1".into()], seconds: vec![4.0, 8.0], ..Limits::default() };
        let wish = Wish {
            negative: "text".into(),
            aspect: Some("16:9".into()),
            seconds: Some(5.0),
            sound: Some(true),
            style: Some("ink".into()),
            language: Some("hu".into()),
            ..Wish::default()
        };
        let fitted = fitted(wish, &limits);
        assert_eq!((fitted.aspect.as_deref(), fitted.seconds, fitted.sound), (Some("1:1"), Some(8.0), None));
        assert_eq!((fitted.negative.as_str(), fitted.style, fitted.language.as_deref()), ("", None, Some("hu")));
    }
}
