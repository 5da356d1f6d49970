//! tus 1.0.0 rule by rule (https://tus.io/protocols/resumable-upload), in requests written by hand.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onetake::core::upload::Status;
use onetake::server::{Limits, TUS_ROAD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::raw::{Line, Reply, head, request};
use crate::rig::{Site, sha256, until, video};

const TUS: &str = "Tus-Resumable: 1.0.0";
const CHUNK: &str = "Content-Type: application/offset+octet-stream";

fn key(site: &Site) -> String {
    format!("Authorization: Bearer {}", site.token())
}

/// Creates an upload and returns its path.
fn create(site: &Site, length: usize, metadata: &str) -> String {
    let metadata = format!("Upload-Metadata: {metadata}");
    let length = format!("Upload-Length: {length}");
    let reply = request(site.address, &[&format!("POST {TUS_ROAD} HTTP/1.1"), TUS, &key(site), &length, &metadata], b"");
    assert_eq!((reply.status, reply.header("tus-resumable")), (201, Some("1.0.0")));
    assert!(reply.header("upload-expires").is_some());
    reply.header("location").unwrap().to_owned()
}

fn patch(site: &Site, path: &str, offset: usize, extra: &[&str], body: &[u8]) -> Reply {
    let (line, offset, key) = (format!("PATCH {path} HTTP/1.1"), format!("Upload-Offset: {offset}"), key(site));
    let lines: Vec<&str> = [&line, TUS, &key, &offset, CHUNK].into_iter().chain(extra.iter().copied()).collect();
    request(site.address, &lines, body)
}

fn ask(site: &Site, method: &str, path: &str) -> Reply {
    request(site.address, &[&format!("{method} {path} HTTP/1.1"), TUS, &key(site)], b"")
}

fn offset(site: &Site, path: &str) -> u64 {
    let reply = ask(site, "HEAD", path);
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
    reply.header("upload-offset").unwrap().parse().unwrap()
}

fn checksum(algorithm: &str, bytes: &[u8]) -> String {
    let digest = match algorithm {
        "sha1" => STANDARD.encode(Sha1::digest(bytes)),
        _ => STANDARD.encode(Sha256::digest(bytes)),
    };
    format!("Upload-Checksum: {algorithm} {digest}")
}

#[test]
fn the_server_tells_what_it_can_do() {
    let site = Site::new();
    let reply = request(site.address, &[&format!("OPTIONS {TUS_ROAD} HTTP/1.1"), &key(&site)], b"");
    assert_eq!((reply.status, reply.header("tus-version")), (204, Some("1.0.0")));
    assert_eq!(reply.header("tus-extension"), Some("creation,creation-defer-length,checksum,termination,expiration"));
    assert_eq!(reply.header("tus-checksum-algorithm"), Some("sha1,sha256"));
    assert_eq!(reply.header("tus-max-size"), Some(site.limits.upload_bytes.to_string().as_str()));
}

#[test]
fn an_upload_in_three_chunks_becomes_a_recording() {
    let site = Site::new();
    let bytes = video(3_000, 1);
    let metadata = format!("title {},filename eC5ta3Y=", STANDARD.encode("Drei Stücke"));
    let path = create(&site, 3_000, &metadata);
    let row = site.db.recordings().unwrap().remove(0);
    assert_eq!((row.status, row.title.as_str()), (Status::Pending, "Drei Stücke"));
    for (start, end) in [(0, 1_000), (1_000, 2_500)] {
        let reply = patch(&site, &path, start, &[&checksum("sha1", &bytes[start..end])], &bytes[start..end]);
        assert_eq!((reply.status, reply.header("upload-offset")), (204, Some(end.to_string().as_str())));
        assert_eq!(offset(&site, &path), end as u64);
        assert_eq!(site.db.recording(&row.id).unwrap().unwrap().status, Status::Uploading);
    }
    let reply = patch(&site, &path, 2_500, &[&checksum("sha256", &bytes[2_500..])], &bytes[2_500..]);
    assert_eq!((reply.status, reply.header("onetake-sha256")), (204, Some(sha256(&bytes).as_str())));
    let reply = ask(&site, "HEAD", &path);
    assert_eq!((reply.header("upload-length"), reply.header("upload-metadata")), (Some("3000"), Some(metadata.as_str())));
    assert_eq!(reply.header("onetake-sha256"), Some(sha256(&bytes).as_str()));
    assert_eq!((site.stored(&row.id), site.parts().len()), (bytes, 0));
    assert_eq!(site.db.recording(&row.id).unwrap().unwrap().file_path, format!("data/videos/{}.mkv", row.id));
}

#[test]
fn the_version_is_held() {
    let site = Site::new();
    let path = create(&site, 10, "");
    for version in ["X-None: 1", "Tus-Resumable: 0.2.2"] {
        for line in [format!("HEAD {path} HTTP/1.1"), format!("POST {TUS_ROAD} HTTP/1.1")] {
            let reply = request(site.address, &[&line, version, &key(&site), "Upload-Length: 5"], b"");
            assert_eq!((reply.status, reply.header("tus-version")), (412, Some("1.0.0")), "{line} {version}");
        }
    }
}

#[test]
fn chunks_that_do_not_fit_change_nothing() {
    let site = Site::new();
    let bytes = video(1_000, 2);
    let path = create(&site, 1_000, "");
    assert_eq!(patch(&site, &path, 0, &[], &bytes[..400]).status, 204);
    let reply = patch(&site, &path, 100, &[], &bytes[100..200]);
    assert_eq!((reply.status, reply.header("upload-offset")), (409, Some("400")));
    assert_eq!(patch(&site, &path, 400, &[], &bytes[..601]).status, 413);
    assert_eq!(patch(&site, &path, 400, &["Upload-Checksum: crc32 AAAA"], &bytes[400..]).status, 400);
    assert_eq!(patch(&site, &path, 400, &[&checksum("sha256", b"other")], &bytes[400..]).status, 460);
    assert_eq!(patch(&site, &path, 400, &[&checksum("sha1", b"other")], &bytes[400..900]).status, 460);
    let file = |sum: String| format!("Onetake-Sha256: {sum}");
    assert_eq!(patch(&site, &path, 400, &[&file("0".into())], &bytes[400..900]).status, 400);
    assert_eq!(patch(&site, &path, 400, &[&file(sha256(&bytes[400..900]))], &bytes[400..900]).status, 460);
    let (line, key) = (format!("PATCH {path} HTTP/1.1"), key(&site));
    for (extra, status) in [("Upload-Offset: 400", 415), (CHUNK, 400)] {
        assert_eq!(request(site.address, &[&line, TUS, &key, extra], &bytes[400..]).status, status);
    }
    assert_eq!(request(site.address, &[&line, TUS, &key, CHUNK, "Upload-Offset: -1"], b"").status, 400);
    assert_eq!(offset(&site, &path), 400);
    assert_eq!(patch(&site, &path, 400, &[&file(sha256(&bytes[..900]))], &bytes[400..900]).status, 204);
    assert_eq!(patch(&site, &path, 900, &[&file(sha256(&bytes))], &bytes[900..]).status, 204);
    assert_eq!(site.stored(&site.db.recordings().unwrap()[0].id), bytes);
}

#[test]
fn a_chunk_of_unknown_length_is_taken_up_to_the_end() {
    let site = Site::new();
    let bytes = video(1_000, 3);
    let path = create(&site, 1_000, "");
    let chunked = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n0\r\n\r\n"].concat();
    let extra = ["Transfer-Encoding: chunked"];
    assert_eq!(patch(&site, &path, 0, &extra, &chunked(&[&bytes[..], b"x"].concat())).status, 413);
    assert_eq!(offset(&site, &path), 0);
    assert_eq!(patch(&site, &path, 0, &extra, &chunked(&bytes)).status, 204);
    assert_eq!(site.stored(&site.db.recordings().unwrap()[0].id), bytes);
}

#[test]
fn a_chunk_that_breaks_off_keeps_what_arrived_if_the_whole_is_guarded() {
    let site = Site::new();
    let bytes = video(2_000, 4);
    let guard = format!("sha256 {}", STANDARD.encode(sha256(&bytes)));
    // (metadata, checksum on the chunk, bytes kept of 700)
    for (metadata, checked, kept) in [("", false, 700), (&guard, true, 700), ("", true, 0)] {
        let path = create(&site, 2_000, metadata);
        let sum = if checked { checksum("sha256", &bytes) } else { "X-None: 1".to_owned() };
        let lines = [&format!("PATCH {path} HTTP/1.1"), TUS, &key(&site), CHUNK, "Upload-Offset: 0", &sum];
        let mut line = Line::open(site.address);
        line.send(&head(site.address, &lines, 2_000));
        line.send(&bytes[..700]);
        drop(line);
        let row = site.db.recordings().unwrap().remove(0);
        until("the chunk began", || site.db.recording(&row.id).unwrap().unwrap().status == Status::Uploading);
        // From here on a HEAD waits for the broken chunk to be saved.
        assert_eq!(offset(&site, &path), kept);
        let rest = &bytes[kept as usize..];
        assert_eq!(patch(&site, &path, kept as usize, &[], rest).status, 204);
        assert_eq!(site.stored(&row.id), bytes);
    }
}

#[test]
fn one_writer_at_a_time() {
    let site = Site::new();
    let bytes = video(1_000, 5);
    let path = create(&site, 1_000, "");
    let mut line = Line::open(site.address);
    let lines = [&format!("PATCH {path} HTTP/1.1"), TUS, &key(&site), CHUNK, "Upload-Offset: 0"];
    line.send(&head(site.address, &lines, 1_000));
    line.send(&bytes[..10]);
    // Only a writer that has begun moves the status.
    until("the writer began", || site.db.recordings().unwrap()[0].status == Status::Uploading);
    assert_eq!(patch(&site, &path, 0, &[], &bytes).status, 423);
    assert_eq!(ask(&site, "DELETE", &path).status, 423);
    // Another spelling of the same id is the same upload.
    let (road, id) = path.rsplit_once('/').unwrap();
    assert_eq!(patch(&site, &format!("{road}/{}", id.to_uppercase()), 0, &[], &bytes).status, 423);
    line.send(&bytes[10..]);
    assert_eq!(line.reply().status, 204);
}

#[test]
fn uploads_can_be_given_up() {
    let site = Site::new();
    let path = create(&site, 1_000, "");
    assert_eq!(patch(&site, &path, 0, &[], &video(500, 6)).status, 204);
    assert_eq!(ask(&site, "DELETE", &path).status, 204);
    for method in ["HEAD", "DELETE"] {
        assert_eq!(ask(&site, method, &path).status, 404);
    }
    assert_eq!(patch(&site, &path, 500, &[], b"x").status, 404);
    assert_eq!((site.db.recordings().unwrap()[0].status, site.parts().len()), (Status::Failed, 0));
}

#[test]
fn creations_that_can_not_end_well_are_refused() {
    let site = Site::limited(Limits { upload_bytes: 5_000, ..Limits::default() });
    let line = format!("POST {TUS_ROAD} HTTP/1.1");
    let key = key(&site);
    for (header, status) in [
        ("X-None: 1", 400),
        ("Upload-Length: 0", 400),
        ("Upload-Length: many", 400),
        ("Upload-Defer-Length: 2", 400),
        ("Upload-Length: 5001", 413),
        ("Upload-Length: 99999999999999999999", 400),
    ] {
        let reply = request(site.address, &[&line, TUS, &key, header], b"");
        assert_eq!(reply.status, status, "{header}");
        assert!(reply.error().ends_with('.'), "{header}");
    }
    let reply = request(site.address, &[&line, TUS, &key, "Upload-Length: 9", "Upload-Metadata: sha256 YWJj"], b"");
    assert_eq!(reply.status, 400);
    assert!(site.db.recordings().unwrap().is_empty() && site.parts().is_empty());
}

#[test]
fn a_file_that_is_not_what_was_announced_fails() {
    let site = Site::new();
    let bytes = video(500, 7);
    let other = format!("sha256 {}", STANDARD.encode(sha256(b"something else")));
    for (metadata, body, status) in [(other.as_str(), &bytes[..], 422), ("", &[b'<'; 500][..], 415)] {
        let path = create(&site, 500, metadata);
        assert_eq!(patch(&site, &path, 0, &[], body).status, status);
        assert_eq!(ask(&site, "HEAD", &path).status, 404);
        assert_eq!((site.db.recordings().unwrap()[0].status, site.parts().len()), (Status::Failed, 0));
    }
    assert_eq!(std::fs::read_dir(site.data.videos()).unwrap().count(), 0);
}

#[test]
fn methods_may_come_in_disguise() {
    let site = Site::new();
    let bytes = video(100, 8);
    let path = create(&site, 100, "");
    let (line, key) = (format!("POST {path} HTTP/1.1"), key(&site));
    let lines = [line.as_str(), TUS, &key, CHUNK, "Upload-Offset: 0", "X-HTTP-Method-Override: PATCH"];
    assert_eq!(request(site.address, &lines, &bytes).status, 204);
    assert_eq!(request(site.address, &[&line, TUS, &key], b"").status, 405);
}

#[test]
fn only_the_token_opens_and_only_from_here() {
    let site = Site::new();
    let path = create(&site, 100, "");
    let wrong = format!("Authorization: Bearer {}x", site.token());
    let basic = format!("Authorization: Basic {}", site.token());
    for (line, roads) in [("GET", "/api/v1/studio/recordings"), ("POST", TUS_ROAD), ("HEAD", &path), ("GET", "/nowhere")] {
        let line = format!("{line} {roads} HTTP/1.1");
        for key in ["X-None: 1", &wrong, &basic, "Authorization: Bearer", "Authorization: Bearer "] {
            assert_eq!(request(site.address, &[&line, TUS, key, "Upload-Length: 1"], b"").status, 401, "{line}");
        }
    }
    assert_eq!(request(site.address, &["GET /nowhere HTTP/1.1", &key(&site)], b"").status, 404);
    assert_eq!(request(site.address, &["GET /api/v1/studio/upload HTTP/1.1", &key(&site)], b"").status, 405);
    let health = request(site.address, &["GET /api/health HTTP/1.1"], b"");
    assert_eq!(
        (health.status, health.json()["name"].as_str(), health.json()["status"].as_str()),
        (200, Some("onetake"), Some("ok"))
    );
    let list = "GET /api/v1/studio/recordings HTTP/1.1";
    for page in ["Origin: http://evil.example", "Origin: null", "Host: rebound.example"] {
        assert_eq!(request(site.address, &[list, &key(&site), page], b"").status, 403, "{page}");
        assert_eq!(request(site.address, &["GET /api/health HTTP/1.1", page], b"").status, 403, "{page}");
    }
    let own = format!("Origin: http://{}", site.address);
    assert_eq!(request(site.address, &[list, &key(&site), &own], b"").status, 200);
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut site = Site::new();
    let bytes = video(1_000, 9);
    let path = create(&site, 1_000, "");
    assert_eq!(patch(&site, &path, 0, &[], &bytes[..300]).status, 204);
    // A reserve that no disk has is what a full disk looks like.
    site.stop();
    site.limits.reserve_bytes = u64::MAX;
    site.start();
    let reply = patch(&site, &path, 300, &[], &bytes[300..]);
    assert_eq!(reply.status, 507);
    assert!(reply.error().contains("disk is full"));
    let line = format!("POST {TUS_ROAD} HTTP/1.1");
    assert_eq!(request(site.address, &[&line, TUS, &key(&site), "Upload-Length: 5"], b"").status, 507);
    assert_eq!(offset(&site, &path), 300);
    site.stop();
    site.limits = Limits::default();
    site.start();
    assert_eq!(patch(&site, &path, 300, &[], &bytes[300..]).status, 204);
    assert_eq!(site.stored(&site.db.recordings().unwrap()[0].id), bytes);
}

#[test]
fn who_sends_nothing_more_is_let_go_and_loses_nothing() {
    let site = Site::limited(Limits { idle: Duration::from_millis(300), ..Limits::default() });
    let bytes = video(1_000, 10);
    let path = create(&site, 1_000, "");
    let mut line = Line::open(site.address);
    let lines = [&format!("PATCH {path} HTTP/1.1"), TUS, &key(&site), CHUNK, "Upload-Offset: 0"];
    line.send(&head(site.address, &lines, 1_000));
    line.send(&bytes[..600]);
    assert_eq!(line.reply().status, 408);
    assert_eq!(offset(&site, &path), 600);
    // Half a head, and a connection that never says anything: closed by the server, or `closed` would wait and fail.
    for beginning in ["GET /api/health HTTP/1.1\r\nHost:", ""] {
        let mut line = Line::open(site.address);
        line.send(beginning.as_bytes());
        line.closed();
    }
}
