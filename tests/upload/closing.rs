//! Uploads whose length is told late, and their closing with corrections, in requests written by hand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onetake::core::upload::Status;
use onetake::server::{Limits, TUS_ROAD};

use crate::raw::{Reply, request};
use crate::rig::{Site, sha256, video};

const TUS: &str = "Tus-Resumable: 1.0.0";
const CHUNK: &str = "Content-Type: application/offset+octet-stream";

fn key(site: &Site) -> String {
    format!("Authorization: Bearer {}", site.token())
}

fn create(site: &Site) -> String {
    let lines = [&format!("POST {TUS_ROAD} HTTP/1.1"), TUS, &key(site), "Upload-Defer-Length: 1"];
    let reply = request(site.address, &lines, b"");
    assert_eq!(reply.status, 201);
    reply.header("location").unwrap().to_owned()
}

fn patch(site: &Site, path: &str, offset: usize, extra: &[&str], body: &[u8]) -> Reply {
    let (line, offset, key) = (format!("PATCH {path} HTTP/1.1"), format!("Upload-Offset: {offset}"), key(site));
    let lines: Vec<&str> = [&line, TUS, &key, &offset, CHUNK].into_iter().chain(extra.iter().copied()).collect();
    request(site.address, &lines, body)
}

fn head(site: &Site, path: &str) -> Reply {
    request(site.address, &[&format!("HEAD {path} HTTP/1.1"), TUS, &key(site)], b"")
}

/// Closes with corrections: places and bytes.
fn close(site: &Site, path: &str, whole: &[u8], corrections: &[(usize, &[u8])]) -> Reply {
    let corrections: Vec<serde_json::Value> = corrections
        .iter()
        .map(|(offset, bytes)| serde_json::json!({ "offset": offset, "bytes": STANDARD.encode(bytes) }))
        .collect();
    let body = serde_json::json!({ "length": whole.len(), "sha256": sha256(whole), "corrections": corrections });
    post(site, path, body.to_string().as_bytes())
}

fn post(site: &Site, path: &str, body: &[u8]) -> Reply {
    let lines = [&format!("POST {path}/close HTTP/1.1"), TUS, &key(site), "Content-Type: application/json"];
    request(site.address, &lines, body)
}

#[test]
fn a_length_can_be_told_with_a_later_chunk() {
    let site = Site::new();
    let bytes = video(1_000, 81);
    let path = create(&site);
    assert_eq!(patch(&site, &path, 0, &[], &bytes[..400]).status, 204);
    let reply = head(&site, &path);
    assert_eq!((reply.header("upload-defer-length"), reply.header("upload-length")), (Some("1"), None));
    assert_eq!(patch(&site, &path, 400, &["Upload-Length: 399"], b"").status, 413);
    assert_eq!(patch(&site, &path, 400, &["Upload-Length: 1000"], &bytes[400..700]).status, 204);
    assert_eq!(head(&site, &path).header("upload-length"), Some("1000"));
    // It is told once; another length later is no one's.
    assert_eq!(patch(&site, &path, 700, &["Upload-Length: 5000"], &video(900, 1)).status, 413);
    let reply = patch(&site, &path, 700, &[], &bytes[700..]);
    assert_eq!((reply.status, reply.header("onetake-sha256")), (204, Some(sha256(&bytes).as_str())));
    assert_eq!(site.stored(&site.db.recordings().unwrap()[0].id), bytes);
}

#[test]
fn what_grows_has_a_limit_too() {
    let site = Site::limited(Limits { upload_bytes: 500, ..Limits::default() });
    let path = create(&site);
    assert_eq!(patch(&site, &path, 0, &[], &video(501, 82)).status, 413);
    assert_eq!(patch(&site, &path, 0, &[], &video(500, 82)).status, 204);
    assert_eq!(patch(&site, &path, 500, &[], b"x").status, 413);
    assert_eq!(patch(&site, &path, 500, &["Upload-Length: 501"], b"").status, 413);
}

#[test]
fn a_closing_corrects_and_checks() {
    let site = Site::new();
    let whole = video(1_000, 83);
    let path = create(&site);
    let sent = [&whole[..50], &[0; 30], &whole[80..], b"more than there will be"].concat();
    assert_eq!(patch(&site, &path, 0, &[], &sent[..900]).status, 204);
    let early = close(&site, &path, &whole, &[]);
    assert_eq!((early.status, early.header("upload-offset")), (409, Some("900")));
    assert_eq!(patch(&site, &path, 900, &[], &sent[900..]).status, 204);
    assert_eq!(close(&site, &path, &whole, &[(990, &whole[..11])]).status, 400);
    for rubbish in ["", "{}", "{\"length\":5}", "{\"length\":5,\"sha256\":\"ab\"}", "[1]"] {
        assert_eq!(post(&site, &path, rubbish.as_bytes()).status, 400, "{rubbish}");
    }
    let empty = format!("{{\"length\":0,\"sha256\":\"{}\"}}", sha256(b""));
    assert_eq!(post(&site, &path, empty.as_bytes()).status, 400);
    assert_eq!(post(&site, &path, &vec![b' '; (4 << 20) + 1]).status, 413);
    assert_eq!(head(&site, &path).header("upload-defer-length"), Some("1"), "all that changed nothing");
    for _ in 0..2 {
        // The second time its answer had been lost.
        let reply = close(&site, &path, &whole, &[(50, &whole[50..80])]);
        assert_eq!((reply.status, reply.header("onetake-sha256")), (204, Some(sha256(&whole).as_str())));
    }
    assert_eq!(close(&site, &path, &video(1_000, 1), &[]).status, 403);
    assert_eq!(site.stored(&site.db.recordings().unwrap()[0].id), whole);
    assert_eq!(head(&site, &path).header("upload-length"), Some("1000"));
    assert_eq!(post(&site, &format!("{TUS_ROAD}/{}", uuid::Uuid::now_v7()), empty.as_bytes()).status, 400);
    assert_eq!(close(&site, &format!("{TUS_ROAD}/{}", uuid::Uuid::now_v7()), &whole, &[]).status, 404);
}

#[test]
fn a_closing_that_does_not_agree_ends_the_upload() {
    let site = Site::new();
    let whole = video(1_000, 84);
    let path = create(&site);
    assert_eq!(patch(&site, &path, 0, &[], &whole).status, 204);
    assert_eq!(close(&site, &path, &whole, &[(60, b"wrong")]).status, 422);
    assert_eq!(head(&site, &path).status, 404);
    assert_eq!((site.db.recordings().unwrap()[0].status, site.parts().len()), (Status::Failed, 0));
}

#[test]
fn a_crash_right_after_the_closing_is_healed() {
    let mut site = Site::new();
    let whole = video(2_000, 85);
    let path = create(&site);
    assert_eq!(patch(&site, &path, 0, &[], &whole).status, 204);
    let id = path.rsplit('/').next().unwrap().to_owned();
    // As the closing leaves it before the file gets its name.
    site.stop();
    site.db.end_incoming(&id, 2_000, &format!("sha256 {}", STANDARD.encode(sha256(&whole)))).unwrap();
    site.start();
    assert_eq!(head(&site, &path).header("onetake-sha256"), Some(sha256(&whole).as_str()));
    assert_eq!(close(&site, &path, &whole, &[]).status, 204);
}
