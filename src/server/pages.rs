//! The pages for phones: a prompter, a remote, and the one where the code is typed. Plain files that are part of the program,
//! served only while sharing is switched on. They ask nothing of any other host, and a policy in their headers holds them to
//! that. Before pairing a device sees the code's page and the files that make it up, nothing of the script.

use std::net::SocketAddr;
use std::sync::LazyLock;

use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::App;
use super::caller::Caller;
use super::pairing::Pairing;
use super::refusal::{Refusal, blocking};
use crate::db::KEEP_DAYS;

/// Where the code is typed.
pub(super) const PAIR: &str = "/pair";
/// Says who the caller is to this studio, so that a page knows whether it lost the line or its right.
pub(super) const ME: &str = "/api/v1/me";
const WEB: &str = "/web/";
const COOKIE: &str = "onetake";
/// A code and a name; nothing longer is read.
const PAIR_BYTES: usize = 1024;

/// Address, and the page there.
const PAGES: [(&str, &str); 3] = [
    ("/", include_str!("../../assets/web/home.html")),
    ("/prompter", include_str!("../../assets/web/prompter.html")),
    ("/remote", include_str!("../../assets/web/remote.html")),
];
const PAIR_PAGE: &str = include_str!("../../assets/web/pair.html");
const THEME: &str = include_str!("../../assets/theme.toml");

/// A file under `/web/`.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    etag: String,
}

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let theme: &'static str = Box::leak(theme_css().into_boxed_str());
    let files: [(&str, &str, &[u8]); 15] = [
        ("theme.css", CSS, theme.as_bytes()),
        ("page.css", CSS, include_bytes!("../../assets/web/page.css")),
        ("prompter.css", CSS, include_bytes!("../../assets/web/prompter.css")),
        ("remote.css", CSS, include_bytes!("../../assets/web/remote.css")),
        ("pair.js", JS, include_bytes!("../../assets/web/pair.js")),
        ("home.js", JS, include_bytes!("../../assets/web/home.js")),
        ("prompter.js", JS, include_bytes!("../../assets/web/prompter.js")),
        ("remote.js", JS, include_bytes!("../../assets/web/remote.js")),
        ("link.js", JS, include_bytes!("../../assets/web/link.js")),
        ("offset.js", JS, include_bytes!("../../assets/web/offset.js")),
        ("course.js", JS, include_bytes!("../../assets/web/course.js")),
        ("sheet.js", JS, include_bytes!("../../assets/web/sheet.js")),
        ("awake.js", JS, include_bytes!("../../assets/web/awake.js")),
        ("awake.mp4", "video/mp4", include_bytes!("../../assets/web/awake.mp4")),
        ("icon.png", "image/png", include_bytes!("../../assets/icon.png")),
    ];
    let asset = |(name, kind, bytes): (&'static str, &'static str, &'static [u8])| {
        let hash = Sha256::digest(bytes);
        Asset { name, kind, bytes, etag: format!("\"{}\"", crate::blobs::files::hex(&hash[..8])) }
    };
    files.map(asset).into()
});

/// Needs a paired device.
pub(super) fn is_page(path: &str) -> bool {
    PAGES.iter().any(|(at, _)| *at == path)
}

/// Needs nothing while sharing is on.
pub(super) fn is_open(path: &str) -> bool {
    path == PAIR || path == "/favicon.ico" || path.starts_with(WEB)
}

/// The token a browser brings.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE).map(|(_, token)| token)
}

pub(super) fn router(app: &App) -> Router<App> {
    let mut router = Router::new()
        .route(PAIR, get(|| async { html(PAIR_PAGE) }).post(pair).layer(DefaultBodyLimit::max(PAIR_BYTES)))
        .route(&format!("{WEB}{{name}}"), get(asset))
        .route("/favicon.ico", get(async |headers: HeaderMap| asset(Path("icon.png".to_owned()), headers).await))
        .route(ME, get(me));
    for (at, page) in PAGES {
        router = router.route(at, get(async move |headers: HeaderMap| renewed(html(page), &headers)));
    }
    router.layer(from_fn_with_state(app.clone(), protect))
}

/// Nothing is here unless sharing is on; and what is here asks no other host, can't be framed, and tells nobody where it was.
async fn protect(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.config.sharing.as_ref().is_some_and(Pairing::is_on) {
        return Refusal::new(StatusCode::NOT_FOUND, "There is nothing at this address.").into_response();
    }
    // The guard let only addresses and our own names through; older browsers don't count the link as 'self'.
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The browser's own bar takes the theme's colour, which CSS does not reach.
fn html(page: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, page.replace("var(--background)", &colour("background"))).into_response()
}

/// Files change with the program only: kept by the browser, asked for again by their tag.
async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Refusal::unknown("page").into_response();
    };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes());
    let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let tags = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "no-cache"), (header::ETAG, asset.etag.as_str())];
    (status, tags, if known { &[][..] } else { asset.bytes }).into_response()
}

async fn me(State(app): State<App>, Extension(caller): Extension<Caller>) -> Json<Value> {
    let studio = app.config.sharing.as_ref().map(Pairing::studio).unwrap_or_default();
    Json(json!({ "studio": studio, "name": caller.name }))
}

#[derive(Deserialize)]
struct Asked {
    code: String,
    #[serde(default)]
    name: String,
}

/// A token of its own for who brings the code.
async fn pair(
    State(app): State<App>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    asked: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, Refusal> {
    // Only JSON is read, which a form of another host's page can't send.
    let Json(asked) = asked.map_err(|_| Refusal::malformed("This needs {\"code\": …, \"name\": …} as JSON."))?;
    let Some(pairing) = app.config.sharing.clone() else { return Err(Refusal::unknown("page")) };
    let studio = pairing.studio().to_owned();
    let token = blocking(move || pairing.redeem(&asked.code, &asked.name, peer.ip())).await?;
    let cookie = set_cookie(token.expose())?;
    Ok(([(header::SET_COOKIE, cookie)], Json(json!({ "studio": studio }))).into_response())
}

/// The browser keeps the token as long as the studio does: from each visit on.
fn renewed(mut response: Response, headers: &HeaderMap) -> Response {
    if let Some(cookie) = cookie(headers).and_then(|token| set_cookie(token).ok()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Out of reach of scripts and of other sites' requests. Not `Secure`: the pages come by plain HTTP.
fn set_cookie(token: &str) -> Result<HeaderValue, Refusal> {
    let secs = u64::from(KEEP_DAYS) * 24 * 60 * 60;
    let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={secs}");
    HeaderValue::try_from(cookie).map_err(Refusal::internal)
}

/// The theme's colours as variables: `--accent`.
fn theme_css() -> String {
    let lines: String =
        colours().iter().map(|(name, value)| format!("  --{}: {value};\n", name.replace('_', "-"))).collect();
    format!(":root {{\n{lines}}}\n")
}

fn colour(name: &str) -> String {
    colours().into_iter().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value)
}

fn colours() -> Vec<(String, String)> {
    let mut theme: toml::Table = toml::from_str(THEME).unwrap_or_default();
    let Some(toml::Value::Table(colours)) = theme.remove("colour") else { return Vec::new() };
    colours.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_reaches_the_pages() {
        let css = theme_css();
        assert!(css.contains("--background: #") && css.contains("--recording-text: #"), "{css}");
    }

    #[test]
    fn pages_load_only_what_is_served() {
        let pages = PAGES.iter().map(|(_, page)| *page).chain([PAIR_PAGE]);
        let scripts = ASSETS.iter().filter(|asset| asset.kind != "image/png" && asset.kind != "video/mp4");
        let scripts = scripts.map(|asset| std::str::from_utf8(asset.bytes).unwrap());
        for text in pages.chain(scripts) {
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("style=\""), "{text}");
            for (at, _) in text.match_indices(WEB) {
                let rest = &text[at + WEB.len()..];
                let name = &rest[..rest.find(['"', '\'', ')']).unwrap()];
                assert!(ASSETS.iter().any(|asset| asset.name == name), "{name} is not served");
            }
        }
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(cookie(&headers), None);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; onetakex=1; onetake=abc; c=d"));
        assert_eq!(cookie(&headers), Some("abc"));
    }
}
