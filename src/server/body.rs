//! A request's body whole, within bounds of size and patience. What a refused client still sends is read on for a while, because
//! one that is sending would not see the answer.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::receive::drain;
use super::refusal::Refusal;
use super::{App, headers};

/// Reads JSON of at most `most` bytes.
pub(super) async fn json<T: DeserializeOwned>(app: &App, head: &HeaderMap, body: Body, most: usize) -> Result<T, Refusal> {
    let bytes = gather(app, head, body, most).await?;
    serde_json::from_slice(&bytes).map_err(|error| Refusal::malformed(format!("The request can't be read ({error}).")))
}

/// Reads at most `most` bytes.
pub(super) async fn gather(app: &App, head: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Refusal> {
    let mut pieces = body.into_data_stream();
    if headers::number(head, "content-length")?.is_some_and(|bytes| bytes > most as u64) {
        drain(pieces).await;
        return Err(too_long(most));
    }
    let mut all = BytesMut::new();
    while let Some(piece) = next(app, &mut pieces).await? {
        if all.len() + piece.len() > most {
            drain(pieces).await;
            return Err(too_long(most));
        }
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}

/// The next piece, unless nothing comes for long or the server stops.
pub(super) async fn next(app: &App, pieces: &mut axum::body::BodyDataStream) -> Result<Option<Bytes>, Refusal> {
    tokio::select! {
        biased;
        () = app.stop.cancelled() => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.")),
        next = tokio::time::timeout(app.config.limits.idle, pieces.next()) => match next {
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(_))) => Err(Refusal::malformed("The request broke off.")),
            Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "Nothing came for a while.")),
        },
    }
}

fn too_long(most: usize) -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The request has more than the {most} bytes that are taken."))
}
