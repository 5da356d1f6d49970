//! Projects of users and teams. `GET` gives what the caller may see with its revision as `ETag`; `PUT` names the revision it was
//! made from (`If-Match`, or `If-None-Match: *` for a new project), and one that is not the newest any more is refused with what is
//! (412). So nothing is ever overwritten unseen; `docs/SYNC.md` has the wire.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::Caller;
use super::refusal::{Refusal, blocking};
use super::{App, body, headers, objects};
use crate::core::project::MAX_SCRIPT_BYTES;
use crate::core::shared::{
    ACCOUNT_ROAD, Access, Account, Facts, MAX_DETAILS_BYTES, OBJECTS_ROAD, Offer, PROJECTS_ROAD, Version,
};
use crate::db::{Kept, Put};

/// A script may be longer as JSON than as text, though hardly twice as long.
const MOST: usize = 2 * MAX_SCRIPT_BYTES as usize + MAX_DETAILS_BYTES + (4 << 20);
/// A team's name and little else.
const SMALL: usize = 4096;

pub(super) fn router() -> Router<App> {
    let one = format!("{PROJECTS_ROAD}/{{id}}");
    Router::new()
        .route(ACCOUNT_ROAD, get(account))
        .route(PROJECTS_ROAD, get(list))
        .route(&one, get(newest).put(keep))
        .route(&format!("{one}/team"), put(share))
        .route(&format!("{one}/versions"), get(versions))
        .route(&format!("{one}/versions/{{revision}}"), get(version))
        .route(&format!("{OBJECTS_ROAD}/{{sha256}}"), get(objects::give).put(objects::take))
}

async fn account(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Json<Account>, Refusal> {
    let db = app.config.db.clone();
    blocking(move || {
        let teams = db.memberships(caller.user_id())?;
        Ok(Json(Account { user: caller.user.map(|user| user.name), teams }))
    })
    .await
}

async fn list(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Json<Value>, Refusal> {
    let db = app.config.db.clone();
    let projects = blocking(move || Ok(db.shared_projects(caller.user_id())?)).await?;
    Ok(Json(json!({ "projects": projects })))
}

/// What the client has, so that it is told how the server's version relates to it.
#[derive(Debug, Deserialize)]
struct Known {
    /// Fingerprint of the client's document.
    known: Option<String>,
    /// The revision both agreed on last.
    #[serde(default)]
    base: u64,
}

async fn newest(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(known): Query<Known>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id = project(&id)?;
    let tag = revision(&headers, header::IF_NONE_MATCH)?;
    let db = app.config.db.clone();
    blocking(move || {
        let facts = db.shared(&id, caller.user_id())?.ok_or_else(unknown)?;
        if tag == Some(facts.revision) {
            return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), facts.revision));
        }
        let document = db.shared_document(&id, facts.revision)?.ok_or_else(unknown)?;
        let contains = match &known.known {
            Some(sha256) => db.shared_contains(&id, sha256, known.base)?,
            None => false,
        };
        let revision = facts.revision;
        Ok(tagged(Json(Version { facts, document, contains }).into_response(), revision))
    })
    .await
}

async fn keep(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let offer = body::json(&app, &head.headers, body, MOST).await;
    let id = project(&id)?;
    let base = base(&head.headers)?;
    let Offer { device, document } = offer?;
    document.check().map_err(Refusal::malformed)?;
    let db = app.config.db.clone();
    // A task of its own: a client that goes away in the middle has either given a version or none.
    let work = app.tasks.spawn(blocking(move || {
        let device = headers::title(&device);
        let put = Put { id: &id, user: caller.user_id(), device: &device, base, document: &document };
        Ok(answer(db.put_shared(&put)?))
    }));
    work.await.map_err(Refusal::internal)?
}

fn answer(kept: Kept) -> Response {
    let refused = |status, sentence: &str| Refusal::new(status, sentence).into_response();
    match kept {
        Kept::Added { facts, new } => found(if new { StatusCode::CREATED } else { StatusCode::OK }, &facts),
        Kept::Same(facts) => found(StatusCode::OK, &facts),
        Kept::Stale(None) => refused(StatusCode::PRECONDITION_FAILED, "There is a project under this id already."),
        Kept::Stale(Some(facts)) => {
            let error = format!("There is a newer version on the server: revision {}.", facts.revision);
            let body = Json(json!({ "error": error, "facts": facts }));
            tagged((StatusCode::PRECONDITION_FAILED, body).into_response(), facts.revision)
        }
        Kept::Forbidden => refused(StatusCode::FORBIDDEN, "You may read this project and not change it."),
        Kept::Unknown => unknown().into_response(),
        Kept::Missing(missing) => {
            let error = "Pictures of this project have to be given first.";
            (StatusCode::CONFLICT, Json(json!({ "error": error, "missing": missing }))).into_response()
        }
    }
}

#[derive(Debug, Deserialize)]
struct Team {
    /// By name; none makes it its owner's alone.
    team: Option<String>,
}

async fn share(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Facts>, Refusal> {
    let (head, body) = request.into_parts();
    let asked: Team = body::json(&app, &head.headers, body, SMALL).await?;
    let (id, db) = (project(&id)?, app.config.db.clone());
    blocking(move || {
        let user = caller.user_id();
        let facts = db.shared(&id, user)?.ok_or_else(unknown)?;
        if facts.access != Access::Owner {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "Only its owner may say whose a project is."));
        }
        if !db.share_with(&id, asked.team.as_deref(), user)? {
            return Err(Refusal::new(StatusCode::NOT_FOUND, "You are in no team of this name."));
        }
        Ok(Json(db.shared(&id, user)?.ok_or_else(unknown)?))
    })
    .await
}

async fn versions(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let (id, db) = (project(&id)?, app.config.db.clone());
    let versions = blocking(move || Ok(db.shared_versions(&id, caller.user_id())?)).await?;
    if versions.is_empty() { Err(unknown()) } else { Ok(Json(json!({ "versions": versions }))) }
}

async fn version(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((id, revision)): Path<(String, u64)>,
) -> Result<Response, Refusal> {
    let (id, db) = (project(&id)?, Arc::new(app.config.db.clone()));
    blocking(move || {
        let seen = db.shared_versions(&id, caller.user_id())?;
        let facts = seen.into_iter().find(|facts| facts.revision == revision).ok_or_else(unknown)?;
        let document = db.shared_document(&id, revision)?.ok_or_else(unknown)?;
        Ok(tagged(Json(Version { facts, document, contains: false }).into_response(), revision))
    })
    .await
}

/// An id as clients make them; anything else names nothing.
pub(super) fn project(id: &str) -> Result<String, Refusal> {
    Uuid::parse_str(id).map(|id| id.to_string()).map_err(|_| unknown())
}

pub(super) fn unknown() -> Refusal {
    Refusal::unknown("project")
}

fn found(status: StatusCode, facts: &Facts) -> Response {
    tagged((status, Json(facts)).into_response(), facts.revision)
}

fn tagged(mut response: Response, revision: u64) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // Each caller sees something else, and all of it changes.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// The revision a version was made from.
fn base(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    match (revision(headers, header::IF_MATCH)?, headers.get(header::IF_NONE_MATCH)) {
        (Some(revision), None) => Ok(Some(revision)),
        (None, Some(any)) if any == "*" => Ok(None),
        (None, None) => {
            let sentence = "Say which revision this was made from (If-Match), or that it is new (If-None-Match: *).";
            Err(Refusal::new(StatusCode::PRECONDITION_REQUIRED, sentence))
        }
        _ => Err(Refusal::malformed("A version is new or made from one revision (If-Match: \"7\").")),
    }
}

fn revision(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(&name).filter(|value| *value != "*") else { return Ok(None) };
    let text = value.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"'));
    match text.and_then(|digits| digits.parse().ok()) {
        Some(revision) => Ok(Some(revision)),
        None => Err(Refusal::malformed(format!("The header {name} is no revision in quotes."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_version_says_what_it_was_made_from() {
        assert_eq!(base(&of(&[("if-match", "\"7\"")])).unwrap(), Some(7));
        assert_eq!(base(&of(&[("if-none-match", "*")])).unwrap(), None);
        assert_eq!(base(&of(&[])).unwrap_err().status, StatusCode::PRECONDITION_REQUIRED);
        for bad in [&[("if-match", "7")][..], &[("if-match", "*")], &[("if-match", "\"x\"")], &[("if-none-match", "\"7\"")]] {
            assert!(base(&of(bad)).is_err(), "{bad:?}");
        }
        let both = of(&[("if-match", "\"7\""), ("if-none-match", "*")]);
        assert_eq!(base(&both).unwrap_err().status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn an_id_is_a_uuid_and_nothing_else() {
        assert!(project("0193F0A0-0000-7000-8000-000000000000").unwrap().starts_with("0193f0a0"));
        for bad in ["", "demo", "../x", "1"] {
            assert_eq!(project(bad).unwrap_err().status, StatusCode::NOT_FOUND, "{bad}");
        }
    }
}
