//! Who may come in. The token decides; before it, the names in the request do: a page in the user's own browser can reach
//! loopback, by its own script (its `Origin` gives it away) or under a name of its own that points here (its `Host` does).
//! The server's own token opens everything, a user's what users share, a paired phone's the pages and what they need.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::caller::Caller;
use super::line::Line;
use super::pairing::Pairing;
use super::refusal::{Refusal, blocking};
use super::routes::HEALTH;
use super::secret::token_hash;
use super::{App, TUS_ROAD, pages, video_wire};
use crate::core::live::{CONTROL_ROAD, ROAD};
use crate::core::shared::{ACCOUNT_ROAD, OBJECTS_ROAD, PROJECTS_ROAD};

/// Runs before every route, and says in the request's extensions who the caller is.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let caller = match names(&parts.headers, &app.config.names) {
        Ok(()) if path == HEALTH => Ok(Caller::default()),
        Ok(()) => caller(&app, &parts).await,
        Err(refusal) => Err(refusal),
    };
    let response = match caller {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        // A person who types the address is shown where to type the code.
        Err(refusal) if refusal.status == StatusCode::UNAUTHORIZED && pages::is_page(&path) && is_shared(&app) => {
            Redirect::to(pages::PAIR).into_response()
        }
        Err(refusal) => {
            tracing::debug!(%method, path, "not let in");
            refusal.into_response()
        }
    };
    tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
    response
}

async fn caller(app: &App, request: &Parts) -> Result<Caller, Refusal> {
    let (headers, path) = (&request.headers, request.uri.path());
    let offered = bearer(headers).or_else(|| pages::cookie(headers));
    if offered.is_some_and(|token| app.config.token.matches(token)) {
        return Ok(Caller { full: true, ..Caller::default() });
    }
    if let (Some(pairing), Some(token)) = (&app.config.sharing, offered) {
        let (pairing, token) = (pairing.clone(), token.to_owned());
        let (held, line) = (pairing.clone(), request.extensions.get::<Line>());
        // Known, and its connection noted, so that both end together.
        let known = blocking(move || pairing.device(&token)).await?;
        if let Some(device) = known.filter(|device| line.is_none_or(|line| held.hold(&device.id, line))) {
            if !open_to_devices(path) {
                let sentence = "A paired phone may look at the prompter and steer it, and nothing else.";
                return Err(Refusal::new(StatusCode::FORBIDDEN, sentence));
            }
            return Ok(Caller { name: Some(device.name), device: Some(device.id), ..Caller::default() });
        }
    }
    if let Some(token) = offered {
        let (db, hash) = (app.config.db.clone(), token_hash(token));
        if let Some(user) = blocking(move || Ok(db.user_by_token(&hash)?)).await? {
            if !open_to_users(path) {
                let sentence = "A user's token opens projects and uploads, and nothing of the studio itself.";
                return Err(Refusal::new(StatusCode::FORBIDDEN, sentence));
            }
            return Ok(Caller { name: Some(user.name.clone()), user: Some(user), ..Caller::default() });
        }
    }
    if pages::is_open(path) && is_shared(app) {
        return Ok(Caller::default());
    }
    let nothing = headers.get(header::AUTHORIZATION).is_none();
    let sentence = if nothing { "This needs the server's token." } else { "The token is not the server's." };
    Err(Refusal::new(StatusCode::UNAUTHORIZED, sentence).with("www-authenticate", HeaderValue::from_static("Bearer")))
}

fn is_shared(app: &App) -> bool {
    app.config.sharing.as_ref().is_some_and(Pairing::is_on)
}

/// What a paired device may ask for, by any method.
fn open_to_devices(path: &str) -> bool {
    let under = |road: &str| path.strip_prefix(road).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    pages::is_page(path) || pages::is_open(path) || path == pages::ME || path == ROAD || under(CONTROL_ROAD)
}

/// What a user with a token of their own may ask for, by any method.
fn open_to_users(path: &str) -> bool {
    let roads = [ACCOUNT_ROAD, PROJECTS_ROAD, OBJECTS_ROAD, TUS_ROAD, video_wire::ROAD, video_wire::LIBRARY, "/api/v1/studio"];
    roads.iter().any(|road| path.strip_prefix(road).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn names(headers: &HeaderMap, names: &[String]) -> Result<(), Refusal> {
    let host: Option<Authority> = headers.get(header::HOST).and_then(|value| value.to_str().ok()?.parse().ok());
    let Some(host) = host else {
        return Err(Refusal::malformed("The request names no host."));
    };
    if !ours(host.host(), names) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This server is not known under that name."));
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|text| text.parse().ok());
    match origin.as_ref().and_then(Uri::authority) {
        Some(page) if page.as_str().eq_ignore_ascii_case(host.as_str()) => Ok(()),
        _ => Err(Refusal::new(StatusCode::FORBIDDEN, "Pages of other hosts may not use this server.")),
    }
}

/// An IP address can't be pointed elsewhere by a name server, `localhost` neither; other names must be told to the server.
fn ours(host: &str, names: &[String]) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare.parse::<std::net::IpAddr>().is_ok()
        || bare.eq_ignore_ascii_case("localhost")
        || names.iter().any(|name| name.eq_ignore_ascii_case(bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(pairs: &[(&str, &str)]) -> Option<u16> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
        }
        names(&headers, &["studio.lan".to_owned()]).err().map(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn devices_have_the_pages_the_link_and_control() {
        for path in ["/", "/prompter", "/remote", "/pair", "/web/link.js", "/api/v1/me", "/api/v1/live"] {
            assert!(open_to_devices(path), "{path}");
        }
        assert!(open_to_devices("/api/v1/control") && open_to_devices("/api/v1/control/again"));
        for path in ["/api/v1/controlled", "/api/v1/studio/upload", "/api/v1/studio/tus", "/api/v1/live/x", "//", "/x"] {
            assert!(!open_to_devices(path), "{path}");
        }
    }

    #[test]
    fn only_our_own_names_and_pages_come_through() {
        for host in ["127.0.0.1:80", "localhost:1", "[::1]:9", "192.168.1.4", "Studio.lan:80"] {
            assert_eq!(status(&[("host", host)]), None, "{host}");
        }
        assert_eq!(status(&[("host", "127.0.0.1:80"), ("origin", "http://127.0.0.1:80")]), None);
        assert_eq!(status(&[]), Some(400));
        assert_eq!(status(&[("host", "rebound.example:80")]), Some(403));
        for page in ["http://evil.example", "null", "http://127.0.0.1:81", "http://127.0.0.1.evil.example:80"] {
            assert_eq!(status(&[("host", "127.0.0.1:80"), ("origin", page)]), Some(403), "{page}");
        }
    }
}
