//! Who comes in and who does not: by code, by a token of its own, not after it was revoked, not while sharing is off.

use std::sync::Arc;

use onetake::core::live::Show;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use serde_json::json;

use crate::browser::Browser;
use crate::rig::{Studio, until};

/// Roads that are not a phone's business.
const CLOSED: [&str; 2] = ["/api/v1/studio/recordings", "/api/v1/studio/tus"];

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn try_code(studio: &str, code: &str) -> reqwest::Response {
    client().post(format!("{studio}/pair")).json(&json!({ "code": code, "name": "Test" })).send().await.unwrap()
}

/// One browser for all: it is what takes longest to start.
#[test]
fn pages_open_to_who_was_let_in_and_to_nobody_else() {
    let browser = Browser::start();
    a_code_lets_one_device_in_until_it_is_revoked(&browser);
    a_picture_code_lets_in_by_itself_and_leaves_no_trace(&browser);
    without_sharing_there_are_no_pages(&browser);
}

fn a_code_lets_one_device_in_until_it_is_revoked(browser: &Browser) {
    let studio = Studio::new();
    // Every page leads to where the code is typed, and says nothing of the script.
    for page in ["/", "/prompter", "/remote"] {
        browser.go(&format!("{}{page}", studio.url()));
        browser.until("the code is asked for", "location.pathname === '/pair'");
    }
    let seen = browser.value("document.documentElement.outerHTML").to_string();
    assert!(!seen.contains("quiet room") && !seen.contains("Why we write"), "{seen}");
    for road in ["/api/v1/me", "/api/v1/live", "/api/v1/control"] {
        assert_eq!(browser.value(&format!("(await fetch('{road}')).status")), json!(401), "{road}");
    }

    browser.type_into("#code", "wrong2");
    browser.click("#go");
    browser.until("a wrong code is said", "document.getElementById('problem').textContent.includes('not right')");
    let (code, _) = studio.pairing.new_code().unwrap();
    browser.type_into("#code", &format!("{}-{}", code[..3].to_lowercase(), &code[3..]));
    browser.type_into("#name", "Anna’s phone");
    browser.click("#go");
    browser.until("it is let in", "document.getElementById('studio')?.textContent === 'Studio One'");
    assert!(browser.text("device").contains("Anna’s phone"));
    assert_eq!(browser.value("document.cookie"), json!(""), "the token is out of a script's reach");
    for road in CLOSED {
        assert_eq!(browser.value(&format!("(await fetch('{road}', {{method: 'POST'}})).status")), json!(403), "{road}");
    }

    browser.click("#remote");
    browser.until("the link is up", "location.pathname === '/remote' && !document.getElementById('pad').disabled");
    assert_eq!(studio.hub.guests()[0].name, "Anna’s phone");
    let device = studio.pairing.devices().unwrap().remove(0);
    assert!(device.connected && device.known.name == "Anna’s phone");
    studio.pairing.revoke(&device.known.id).unwrap();
    until("its link is closed", || studio.hub.guests().is_empty());
    browser.until("it is locked out", "location.pathname === '/pair'");
    assert_eq!(browser.value("(await fetch('/api/v1/me')).status"), json!(401));
    // The code was used up with the first device.
    browser.type_into("#code", &code);
    browser.click("#go");
    browser.until("the old code is refused", "document.getElementById('problem').textContent.includes('not right')");
    assert!(studio.pairing.devices().unwrap().is_empty());
}

fn a_picture_code_lets_in_by_itself_and_leaves_no_trace(browser: &Browser) {
    let studio = Studio::new();
    studio.pair(browser);
    assert!(!browser.url().contains('#'));
    // Who is in already does not use up another code.
    let (code, _) = studio.pairing.new_code().unwrap();
    browser.go(&format!("{}/pair#{code}", studio.url()));
    browser.until("it goes on to the pages", "location.pathname === '/'");
    assert_eq!(studio.pairing.devices().unwrap().len(), 1);
    let lasts = studio.runtime.block_on(try_code(&studio.url(), &code));
    assert_eq!(lasts.status(), StatusCode::OK);
}

#[test]
fn wrong_codes_are_few() {
    let studio = Studio::new();
    let (code, _) = studio.pairing.new_code().unwrap();
    studio.runtime.block_on(async {
        let mut statuses = Vec::new();
        for _ in 0..12 {
            statuses.push(try_code(&studio.url(), "AAAAAA").await.status());
        }
        assert!(statuses[..5].iter().all(|status| *status == StatusCode::FORBIDDEN), "{statuses:?}");
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
        // Also the right one has to wait now.
        let late = try_code(&studio.url(), &code).await;
        assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(late.headers()["retry-after"], "60");
    });
    assert!(studio.pairing.devices().unwrap().is_empty());
}

#[test]
fn other_hosts_and_other_pages_are_refused_as_ever() {
    let studio = Studio::new();
    let (code, _) = studio.pairing.new_code().unwrap();
    let body = json!({ "code": code }).to_string();
    studio.runtime.block_on(async {
        let bare = || client().post(format!("{}/pair", studio.url())).body(body.clone());
        let post = || bare().header(CONTENT_TYPE, "application/json");
        let foreign = post().header(ORIGIN, "http://evil.example").send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        let rebound = post().header(HOST, "rebound.example").send().await.unwrap();
        assert_eq!(rebound.status(), StatusCode::FORBIDDEN);
        // What a form of another page can send without asking first.
        let form = bare().header(CONTENT_TYPE, "text/plain").send().await.unwrap();
        assert_eq!(form.status(), StatusCode::BAD_REQUEST);
        let long = post().body("x".repeat(5_000)).send().await.unwrap();
        assert_eq!(long.status(), StatusCode::BAD_REQUEST);
        let cookie = client().get(studio.url()).header(COOKIE, "onetake=made-up-token").send().await.unwrap();
        assert_eq!((cookie.status(), cookie.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/pair"));
        let right = post().send().await.unwrap();
        assert_eq!(right.status(), StatusCode::OK);
        let kept = right.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(kept.contains("HttpOnly; SameSite=Strict; Path=/"), "{kept}");
    });
}

fn without_sharing_there_are_no_pages(browser: &Browser) {
    let mut studio = Studio::new();
    studio.pair(browser);
    browser.click("#prompter");
    browser.until("the text is there", "document.querySelectorAll('.row').length > 3");
    studio.pairing.switch(false);
    until("the link is cut", || studio.hub.guests().is_empty());
    browser.until("the page says it", "document.getElementById('sign').textContent.length > 3 && !sign.hidden");
    assert_ne!(browser.value("document.querySelectorAll('.row').length"), json!(0), "the words stay");
    studio.publish(|show: &mut Show| show.text = Arc::default());
    let loopback = studio.server.as_ref().unwrap().url();
    let runtime = studio.runtime.handle().clone();
    runtime.block_on(async {
        for page in ["/", "/prompter", "/remote", "/pair", "/web/link.js", "/api/v1/me"] {
            let bare = client().get(format!("{loopback}{page}")).send().await.unwrap();
            assert_eq!(bare.status(), StatusCode::UNAUTHORIZED, "{page}");
            let owner = client().get(format!("{loopback}{page}")).bearer_auth(studio.secret.expose());
            assert_eq!(owner.send().await.unwrap().status(), StatusCode::NOT_FOUND, "{page}");
        }
        // The rest is as it was.
        let owner = client().get(format!("{loopback}{}", CLOSED[0])).bearer_auth(studio.secret.expose());
        assert_eq!(owner.send().await.unwrap().status(), StatusCode::OK);
        let address = studio.url();
        studio.door = None;
        // The port is given back once the loop has seen it.
        for _ in 0..2_000 {
            if client().get(format!("{address}/pair")).send().await.is_err() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("the door is still open");
    });
}
