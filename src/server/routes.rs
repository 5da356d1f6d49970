//! Every door of the server, on one screen.

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, options, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::theirs::{self, RECORDINGS};
use super::{App, TUS_ROAD, closing, control, form, guard, link, pages, projects, recordings, tus, video_wire};
use crate::core::live::{CONTROL_ROAD, ROAD};

/// The one door without a token.
pub(super) const HEALTH: &str = "/api/health";

pub(super) fn router(app: App) -> Router {
    let upload = format!("{TUS_ROAD}/{{id}}");
    let tus = Router::new()
        .route(TUS_ROAD, options(tus::discover).post(tus::create))
        .route(&upload, options(tus::discover).head(tus::head).patch(tus::patch).delete(tus::delete).post(tus::disguised))
        .route(&format!("{upload}/{}", closing::ROAD), post(closing::close))
        .layer(from_fn(tus::speak));
    Router::new()
        .route(HEALTH, get(health))
        .route("/api/v1/studio/upload", post(form::upload))
        .route(RECORDINGS, get(recordings::list))
        .route(&format!("{RECORDINGS}/{{id}}"), get(recordings::one))
        .route(&format!("{RECORDINGS}/{{id}}/file"), get(recordings::file))
        .route(ROAD, get(link::open))
        .route(CONTROL_ROAD, get(control::list))
        .route(&format!("{CONTROL_ROAD}/{{command}}"), post(control::command))
        .merge(tus)
        .merge(projects::router())
        .merge(video_wire::router())
        .merge(pages::router(&app))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "There is nothing at this address."))
        .method_not_allowed_fallback(async || Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not do that."))
        // Each route bounds its own body while streaming it.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), theirs::only))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "name": "onetake", "version": env!("CARGO_PKG_VERSION") }))
}
