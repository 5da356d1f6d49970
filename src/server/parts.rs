//! A large file of a project in parts: each `PUT` carries the next stretch (`Content-Range: bytes 0-4194303/73400320`), and what has
//! arrived when the line breaks is kept. The last one is answered when the whole is what its SHA-256 says. An empty part
//! (`bytes */73400320`) asks for that alone.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::caller::Caller;
use super::objects::{QUEUE, other_bytes, room};
use super::receive::drain;
use super::refusal::{Refusal, blocking};
use super::{App, body};
use crate::blobs::partial::Partial;
use crate::core::shared::{ARRIVED_HEADER, MAX_MEDIA_BYTES};

/// Which stretch of how long a file comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    /// `None` where nothing comes.
    start: Option<u64>,
    bytes: u64,
    total: u64,
}

/// `PUT …/objects/{sha256}` with a `Content-Range`.
pub(super) async fn take(
    app: &App,
    caller: Caller,
    sha256: String,
    range: &HeaderValue,
    body: Body,
) -> Result<Response, Refusal> {
    let mut pieces = body.into_data_stream();
    let begun = begin(app, &caller, &sha256, range).await;
    let (mut partial, stretch) = match begun {
        Ok(begun) => begun,
        Err(refusal) => {
            drain(pieces).await;
            return Err(refusal);
        }
    };
    let (feed, mut written) = mpsc::channel::<Bytes>(QUEUE);
    let writing = tokio::spawn(blocking(move || {
        while let Some(bytes) = written.blocking_recv() {
            partial.write(&bytes)?;
        }
        Ok(partial)
    }));
    let mut left = stretch.bytes;
    let read = loop {
        match body::next(app, &mut pieces).await {
            Ok(Some(bytes)) if bytes.len() as u64 > left => {
                break Err(Refusal::malformed("More came than the Content-Range says."));
            }
            Ok(Some(bytes)) => {
                left -= bytes.len() as u64;
                if feed.send(bytes).await.is_err() {
                    // The disk gave up; its own error says why.
                    break Ok(());
                }
            }
            Ok(None) => break Ok(()),
            Err(refusal) => break Err(refusal),
        }
    };
    drop(feed);
    // What has come is kept, however it ended.
    let partial = writing.await.map_err(Refusal::internal)?;
    if read.is_err() || partial.is_err() {
        drain(pieces).await;
    }
    let partial = read.and(partial)?;
    if partial.bytes < stretch.total {
        return Ok((StatusCode::ACCEPTED, [(ARRIVED_HEADER, partial.bytes.to_string())]).into_response());
    }
    let work = app.clone();
    let kept = tokio::spawn(blocking(move || keep(&work, &caller, &sha256, partial)));
    kept.await.map_err(Refusal::internal)?
}

/// All that is checked before the first byte is taken.
async fn begin(app: &App, caller: &Caller, sha256: &str, range: &HeaderValue) -> Result<(Partial, Stretch), Refusal> {
    let stretch = range.to_str().ok().and_then(stretch);
    let stretch = stretch.ok_or_else(|| Refusal::malformed("The Content-Range can't be read."))?;
    if stretch.total > MAX_MEDIA_BYTES {
        let sentence = format!("A file may have {MAX_MEDIA_BYTES} bytes.");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence));
    }
    room(app, stretch.bytes).await?;
    let path = app.config.folder.shared_arriving(sha256, caller.user_id())?;
    let partial = blocking(move || {
        let Some(mut partial) = Partial::open(&path)? else {
            let sentence = "This file is coming by another line already.";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, sentence));
        };
        if partial.bytes > stretch.total {
            partial.restart()?;
        }
        Ok(partial)
    });
    let partial = partial.await?;
    if stretch.start.is_some_and(|start| start != partial.bytes) {
        let refusal = Refusal::new(StatusCode::CONFLICT, "Another stretch is missing.");
        return Err(refusal.with(ARRIVED_HEADER, HeaderValue::from(partial.bytes)));
    }
    Ok((partial, stretch))
}

/// The whole is there: it gets its name if it is what it was said to be.
fn keep(app: &App, caller: &Caller, sha256: &str, mut partial: Partial) -> Result<Response, Refusal> {
    let (folder, db, bytes) = (&app.config.folder, &app.config.db, partial.bytes);
    match partial.is(sha256, || !app.stop.is_cancelled())? {
        Some(true) => {}
        Some(false) => return Err(other_bytes()),
        None => return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.")),
    }
    // The sweep takes no file between these two steps.
    let _objects = app.objects.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    partial.name(&folder.shared_object(sha256)?)?;
    db.give_object(sha256, bytes, caller.user_id())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Removes what has not been gone on with for so long.
pub(super) fn sweep(app: &App, age: Duration) -> Result<(), Refusal> {
    let Ok(items) = std::fs::read_dir(app.config.folder.shared_parts()) else { return Ok(()) };
    for item in items.flatten() {
        let changed = item.metadata().and_then(|facts| facts.modified());
        let old = changed.ok().and_then(|then| SystemTime::now().duration_since(then).ok()).is_some_and(|old| old > age);
        if old {
            std::fs::remove_file(item.path())?;
        }
    }
    Ok(())
}

fn stretch(text: &str) -> Option<Stretch> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let total = number(total)?;
    if range == "*" {
        return Some(Stretch { start: None, bytes: 0, total });
    }
    let (start, last) = range.split_once('-')?;
    let (start, last) = (number(start)?, number(last)?);
    (start <= last && last < total).then(|| Stretch { start: Some(start), bytes: last - start + 1, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_read_or_refused() {
        assert_eq!(stretch("bytes 5-9/10"), Some(Stretch { start: Some(5), bytes: 5, total: 10 }));
        assert_eq!(stretch("bytes */10"), Some(Stretch { start: None, bytes: 0, total: 10 }));
        for bad in [
            "",
            "bytes",
            "bytes 5-9/*",
            "bytes 5-10/10",
            "bytes 6-5/10",
            "bytes -5/10",
            "items 0-1/2",
            "bytes 0-99999999999999999999/10",
        ] {
            assert_eq!(stretch(bad), None, "{bad}");
        }
    }
}
