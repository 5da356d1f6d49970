//! Housekeeping: on start and once an hour. Uploads that nobody has gone on with are given up, uploads that a crash caught at
//! their last step are finished, and files that no row knows are removed.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::refusal::{Refusal, blocking};
use super::{App, finish, form, headers, objects};
use crate::core::upload::Status;
use crate::db::Incoming;

const PERIOD: Duration = Duration::from_secs(60 * 60);
/// Someone who only asks for the offset holds an upload this long at most; a writer longer, and then it is not stale.
const PATIENCE: Duration = Duration::from_secs(2);
/// A file without a row may be one that is just being made, here or by another server on the same folder; not after a day.
const ORPHAN: Duration = Duration::from_secs(24 * 60 * 60);

/// Sweeps until the server stops.
pub(super) async fn run(app: App) {
    let mut hours = tokio::time::interval(PERIOD);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = hours.tick() => {}
        }
        if let Err(refusal) = sweep(&app).await {
            tracing::warn!(reason = refusal.sentence, "the uploads could not be swept");
        }
    }
}

async fn sweep(app: &App) -> Result<(), Refusal> {
    for incoming in before(app, app.config.limits.keep).await? {
        let Some(claim) = app.live.claim_soon(&incoming.id, PATIENCE).await else { continue };
        tracing::info!(
            upload = incoming.id,
            offset = incoming.offset,
            length = incoming.length.unwrap_or(0),
            "an upload expired"
        );
        let work = Arc::clone(app);
        blocking(move || {
            let done = finish::discard(&work, &incoming);
            drop(claim);
            done
        })
        .await?;
    }
    for incoming in before(app, Duration::ZERO).await? {
        complete(app, incoming).await?;
    }
    let work = Arc::clone(app);
    blocking(move || orphans(&work).and_then(|()| objects::sweep(&work))).await
}

/// Uploads that nothing has come for in the last `age`.
async fn before(app: &App, age: Duration) -> Result<Vec<Incoming>, Refusal> {
    let db = app.config.db.clone();
    let age = jiff::SignedDuration::try_from(age).unwrap_or(jiff::SignedDuration::MAX);
    let Ok(then) = jiff::Timestamp::now().checked_sub(age) else { return Ok(Vec::new()) };
    // The form of `clock::wall`, which the rows hold: text compares as time does.
    let then = then.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    blocking(move || Ok(db.stale_incoming(&then)?)).await
}

/// Finishes an upload whose bytes are all here and whose row does not say so yet.
async fn complete(app: &App, incoming: Incoming) -> Result<(), Refusal> {
    if !incoming.complete() {
        return Ok(());
    }
    let Some(claim) = app.live.claim_soon(&incoming.id, PATIENCE).await else { return Ok(()) };
    let (db, id) = (app.config.db.clone(), incoming.recording.clone());
    let recording = blocking(move || Ok(db.recording(&id)?)).await?;
    if recording.is_none_or(|recording| recording.status != Status::Uploading) {
        return Ok(());
    }
    let expected = headers::facts(&incoming.metadata)?.sha256;
    let finished = finish::file(app, incoming, expected, None).await;
    drop(claim);
    match finished {
        Err(refusal) if !refusal.status.is_client_error() => Err(refusal),
        _ => Ok(()),
    }
}

/// Removes old files in `incoming` that no upload has.
fn orphans(app: &App) -> Result<(), Refusal> {
    for entry in fs::read_dir(app.config.folder.incoming())? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| Uuid::parse_str(stem).is_ok());
        let ending = path.extension().and_then(|ending| ending.to_str());
        let (Some(stem), Some(ending)) = (stem, ending) else { continue };
        let known = ending == "part" && app.config.db.incoming(stem)?.is_some();
        if known || !["part", form::ENDING].contains(&ending) {
            continue;
        }
        let changed = fs::metadata(&path).and_then(|facts| facts.modified());
        let age = changed.ok().and_then(|then| SystemTime::now().duration_since(then).ok());
        if age.is_some_and(|age| age > ORPHAN) {
            tracing::info!(file = stem, "removing the rest of an upload that broke off");
            finish::remove(&path)?;
        }
    }
    Ok(())
}
