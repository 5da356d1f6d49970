//! Uploads in one form, as a browser, curl or another studio sends them, and what can then be fetched.

use std::io::Write as _;

use onetake::core::upload::Status;
use onetake::server::Limits;

use crate::raw::{Line, Reply, head, request};
use crate::rig::{Site, sha256, until, video};

const ROAD: &str = "POST /api/v1/studio/upload HTTP/1.1";
const KIND: &str = "Content-Type: multipart/form-data; boundary=BOUNDARY";
const TOLD: &str = r#"{"title":"Act one","duration_seconds":142.5,"scenes":[{"id":"a","title":"A","start":0,"end":50}]}"#;

/// Names and contents, in order.
type Fields<'a> = &'a [(&'a str, &'a [u8])];

fn body(fields: Fields<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in fields {
        let file = if *name == "video" { "; filename=\"a.webm\"" } else { "" };
        write!(body, "--BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").unwrap();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--BOUNDARY--\r\n");
    body
}

fn key(site: &Site) -> String {
    format!("Authorization: Bearer {}", site.token())
}

fn post(site: &Site, fields: Fields<'_>) -> Reply {
    request(site.address, &[ROAD, KIND, &key(site)], &body(fields))
}

fn get(site: &Site, path: &str, extra: &[&str]) -> Reply {
    let (line, key) = (format!("GET {path} HTTP/1.1"), key(site));
    let lines: Vec<&str> = [line.as_str(), &key].into_iter().chain(extra.iter().copied()).collect();
    request(site.address, &lines, b"")
}

#[test]
fn a_form_becomes_a_recording_whatever_the_order_of_its_fields() {
    let site = Site::new();
    let bytes = video(1_234_567, 41);
    let orders: [Fields<'_>; 3] = [
        &[("video", &bytes), ("metadata", TOLD.as_bytes())],
        &[("metadata", TOLD.as_bytes()), ("extra", b"ignored"), ("video", &bytes)],
        &[("video", &bytes)],
    ];
    for fields in orders {
        let reply = post(&site, fields);
        let told = reply.json();
        assert_eq!((reply.status, told["status"].as_str(), told["size_mb"].as_str()), (200, Some("uploaded"), Some("1.2")));
        let id = told["video_id"].as_str().unwrap();
        assert_eq!(told["file_path"].as_str().unwrap(), format!("data/videos/{id}.mkv"));
        assert_eq!(told["sha256"].as_str().unwrap(), sha256(&bytes));
        assert!(site.stored(id) == bytes);
        let row = site.db.recording(id).unwrap().unwrap();
        let has_told = fields.len() > 1;
        assert_eq!((row.title.as_str(), row.scenes.len()), if has_told { ("Act one", 1) } else { ("", 0) });
        assert_eq!(row.duration_seconds, if has_told { 142.5 } else { 0.0 });
    }
    // The same content three times is three recordings.
    assert_eq!(get(&site, "/api/v1/studio/recordings", &[]).json()["recordings"].as_array().unwrap().len(), 3);
}

#[test]
fn a_form_sent_by_an_http_library_arrives_too() {
    let site = Site::new();
    let bytes = video(300_000, 42);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let part = reqwest::multipart::Part::bytes(bytes.clone()).file_name("take.mkv");
    let form = reqwest::multipart::Form::new().part("video", part).text("metadata", TOLD);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/api/v1/studio/upload", site.url())).bearer_auth(site.token()).multipart(form);
    let told: serde_json::Value = runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() });
    assert!(site.stored(told["video_id"].as_str().unwrap()) == bytes);
}

#[test]
fn forms_that_can_not_be_kept_leave_nothing() {
    let site = Site::limited(Limits { form_bytes: 10_000, ..Limits::default() });
    let (good, large, text) = (video(100, 43), video(10_001, 43), b"<html>not a film</html>");
    let wrong = format!("{{\"sha256\":\"{}\"}}", sha256(b"other"));
    let cases: [(Fields<'_>, u16, &str); 9] = [
        (&[("metadata", TOLD.as_bytes())], 400, "no video field"),
        (&[], 400, "no video field"),
        (&[("video", b"")], 400, "empty"),
        (&[("video", &good), ("video", &good)], 400, "two video fields"),
        (&[("video", &good), ("metadata", b"{broken")], 400, "JSON"),
        (&[("video", &good), ("metadata", b"{\"duration_seconds\":-1}")], 400, "duration_seconds"),
        (&[("video", &large)], 413, "10000 bytes"),
        (&[("video", text)], 415, "no Matroska"),
        (&[("video", &good), ("metadata", wrong.as_bytes())], 422, "SHA-256"),
    ];
    for (fields, status, words) in cases {
        let reply = post(&site, fields);
        assert_eq!(reply.status, status, "{words}");
        assert!(reply.error().contains(words), "{}", reply.error());
    }
    let reply = request(site.address, &[ROAD, "Content-Type: text/plain", &key(&site)], b"video");
    assert_eq!(reply.status, 400);
    assert!(site.parts().is_empty());
    assert!(site.db.recordings().unwrap().iter().all(|row| row.status == Status::Failed && row.file_path.is_empty()));
    assert_eq!(std::fs::read_dir(site.data.videos()).unwrap().count(), 0);
}

#[test]
fn a_form_that_breaks_off_leaves_nothing() {
    let site = Site::new();
    let whole = body(&[("video", &video(500_000, 44))]);
    let mut line = Line::open(site.address);
    line.send(&head(site.address, &[ROAD, KIND, &key(&site)], whole.len()));
    line.send(&whole[..300_000]);
    until("the file is being written", || !site.parts().is_empty());
    drop(line);
    until("the file is gone", || site.parts().is_empty());
    assert!(site.db.recordings().unwrap().is_empty());
}

#[test]
fn files_are_served_in_parts() {
    let site = Site::new();
    let bytes = video(700_000, 45);
    let id = post(&site, &[("video", &bytes)]).json()["video_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/studio/recordings/{id}/file");
    let whole = get(&site, &path, &[]);
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("video/x-matroska")));
    assert_eq!((whole.header("accept-ranges"), whole.header("content-length")), (Some("bytes"), Some("700000")));
    assert!(whole.body == bytes);
    for (range, expected) in
        [("0-9", 0..10), ("699990-", 699_990..700_000), ("-5", 699_995..700_000), ("5-999999999", 5..700_000)]
    {
        let part = get(&site, &path, &[&format!("Range: bytes={range}")]);
        let content = format!("bytes {}-{}/700000", expected.start, expected.end - 1);
        assert_eq!((part.status, part.header("content-range")), (206, Some(content.as_str())));
        assert!(part.body == bytes[expected], "{range}");
    }
    let beyond = get(&site, &path, &["Range: bytes=700000-"]);
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */700000")));
    let tag = whole.header("etag").unwrap();
    assert_eq!(get(&site, &path, &["Range: bytes=0-1", "If-Range: \"old\""]).status, 200);
    assert_eq!(get(&site, &path, &["Range: bytes=0-1", &format!("If-Range: {tag}")]).status, 206);
    assert_eq!(get(&site, &path, &[&format!("If-None-Match: {tag}")]).status, 304);
    let one = get(&site, &format!("/api/v1/studio/recordings/{id}"), &[]).json();
    assert_eq!((one["id"].as_str(), one["status"].as_str()), (Some(id.as_str()), Some("uploaded")));
    for nothing in ["x", "%ff%fe", "..%2f..%2flibrary.db", "00000000-0000-0000-0000-000000000000"] {
        let reply = get(&site, &format!("/api/v1/studio/recordings/{nothing}"), &[]);
        assert!(reply.status == 404 && reply.error().ends_with('.'), "{nothing}");
    }
}
