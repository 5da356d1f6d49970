//! Trying again: what may pass by itself is waited for, longer each time, or as long as the other side asks.

use std::time::Duration;

use super::{Event, Patience};
use crate::blobs::objects::Error;
use crate::core::upload::backoff_secs;

/// Does `ask` until it succeeds, fails for good, or has been tried often enough.
pub async fn patiently<T, F>(
    patience: &Patience,
    on_event: &mut impl FnMut(Event),
    mut ask: impl FnMut() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut attempt = 0;
    loop {
        let error = match ask().await {
            Err(error) if error.may_pass() => error,
            other => return other,
        };
        attempt += 1;
        if attempt >= patience.tries {
            return Err(if attempt > 1 { Error::GaveUp { tries: attempt, last: Box::new(error) } } else { error });
        }
        let asked = error.asked_secs().map_or(0.0, f64::from);
        let secs = backoff_secs(attempt, jitter()).max(asked) * patience.pace;
        tracing::debug!(%error, attempt, secs, "a request to the storage is tried again");
        on_event(Event::Waiting { attempt, secs, reason: error.to_string() });
        tokio::time::sleep(Duration::try_from_secs_f64(secs).unwrap_or_default()).await;
    }
}

/// 0 to 1; the middle when the system has no random numbers, which costs nothing but the spread.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
