//! Who may come in. The token decides; before it, the names in the request do: a page in the user's own browser can reach
//! loopback, by its own script (its `Origin` gives it away) or under a name of its own that points here (its `Host` does).

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::refusal::Refusal;
use super::routes::HEALTH;

/// Runs before every route.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let checked = names(request.headers(), &app.config.names)
        .and_then(|()| if path == HEALTH { Ok(()) } else { token(request.headers(), &app.config.token) });
    if let Err(refusal) = checked {
        tracing::debug!(%method, path, "not let in");
        return refusal.into_response();
    }
    let response = next.run(request).await;
    tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
    response
}

fn token(headers: &HeaderMap, secret: &super::Secret) -> Result<(), Refusal> {
    let offered = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bearer = offered.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if bearer.is_some_and(|(_, token)| secret.matches(token.trim())) {
        return Ok(());
    }
    let sentence = if offered.is_empty() { "This needs the server's token." } else { "The token is not the server's." };
    Err(Refusal::new(StatusCode::UNAUTHORIZED, sentence).with("www-authenticate", HeaderValue::from_static("Bearer")))
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
