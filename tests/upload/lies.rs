//! The client against servers that are broken, hostile or simply not ours: it ends with the right sentence, in good time, and
//! its token goes nowhere else.

use std::sync::Mutex;

use onetake::core::problem::{Kind, Problem};
use onetake::remote::{self, Error, Event, Job, Patience, Token};

use crate::fake::{Asked, Fake, able, response};
use crate::rig::{Site, sha256, upload, video};

const LENGTH: usize = 10_000;
const SECRET: &str = "token-of-the-liar-tests";

/// Uploads `LENGTH` bytes to `fake`.
fn send(fake: &Fake, change: impl FnOnce(&mut Job)) -> (Result<remote::Uploaded, Error>, Vec<Event>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("take.mkv");
    std::fs::write(&file, video(LENGTH, 31)).unwrap();
    let mut job = Job {
        file,
        server: format!("http://{}", fake.address),
        token: Token::new(SECRET).unwrap(),
        take: None,
        metadata: Default::default(),
        location: None,
        sha256: None,
        patience: Patience { tries: 3, pace: 0.001 },
    };
    change(&mut job);
    upload(job)
}

/// A fake that is honest until a request of `method` comes, and then says `lie`.
fn liar(method: &'static str, lie: impl Fn(&Asked) -> String + Send + 'static) -> Fake {
    Fake::start(move |asked| match asked.method.as_str() {
        here if here == method => lie(asked),
        "OPTIONS" => able(&[]),
        "POST" => response("201 Created", &["Location: /files/1"], ""),
        "HEAD" => response("200 OK", &["Upload-Offset: 0"], ""),
        _ => response("500 Unplanned", &[], ""),
    })
}

fn nonsense(method: &'static str, lie: &'static str) {
    let (result, _) = send(&liar(method, move |_| lie.to_owned()), |_| {});
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Nonsense { .. }), "{method} {lie:?}: {error:?}");
    assert_eq!(Problem::from(error).kind, Kind::Refused);
}

#[test]
fn what_is_no_upload_server_is_told_so_at_once() {
    nonsense("OPTIONS", "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/html\r\n\r\n<html></html>");
    nonsense("OPTIONS", "SSH-2.0-OpenSSH_9.2\r\n\r\n");
    nonsense("OPTIONS", "HTTP/1.1 200 OK\r\nTus-Version: 0.2.2\r\nTus-Extension: creation\r\nContent-Length: 0\r\n\r\n");
    nonsense("OPTIONS", "HTTP/1.1 204 No Content\r\nTus-Version: 1.0.0\r\n\r\n");
}

#[test]
fn answers_that_contradict_themselves_end_the_upload() {
    nonsense("POST", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    nonsense("POST", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    nonsense("PATCH", "HTTP/1.1 204 No Content\r\n\r\n");
    nonsense("PATCH", "HTTP/1.1 204 No Content\r\nUpload-Offset: 10001\r\n\r\n");
    nonsense("PATCH", "HTTP/1.1 204 No Content\r\nUpload-Offset: -5\r\n\r\n");
    nonsense("PATCH", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
}

#[test]
fn an_offset_that_goes_back_is_not_followed() {
    let heads = Mutex::new(0);
    let fake = Fake::start(move |asked| match asked.method.as_str() {
        "OPTIONS" => able(&[]),
        "POST" => response("201 Created", &["Location: /files/1"], ""),
        "HEAD" => {
            *heads.lock().unwrap() += 1;
            response("200 OK", &["Upload-Offset: 3000"], "")
        }
        _ if asked.number("upload-offset") == Some(0) => response("204 No Content", &["Upload-Offset: 5000"], ""),
        _ => response("503 Busy", &[], ""),
    });
    let error = send(&fake, |_| {}).0.unwrap_err();
    assert!(error.to_string().contains("it held 5000 bytes and now holds 3000"), "{error}");
}

#[test]
fn a_resumed_upload_beyond_its_end_is_nonsense() {
    let fake = liar("HEAD", |_| response("200 OK", &["Upload-Offset: 10001"], ""));
    let location = format!("http://{}/files/1", fake.address);
    let error = send(&fake, |job| job.location = Some(location)).0.unwrap_err();
    assert!(matches!(error, Error::Nonsense { .. }), "{error:?}");
}

#[test]
fn the_token_goes_to_no_other_host() {
    for method in ["OPTIONS", "POST", "HEAD", "PATCH"] {
        let thief = Fake::start(|_| able(&[]));
        let target = format!("Location: http://{}/files/9", thief.address);
        let fake = liar(method, move |_| response("307 Temporary Redirect", &[&target], ""));
        let location = format!("http://{}/files/1", fake.address);
        let (result, _) = send(&fake, |job| job.location = (method == "HEAD").then_some(location));
        assert!(matches!(result, Err(Error::Elsewhere { .. })), "{method}: {result:?}");
        assert!(thief.asked().is_empty());
    }
    let thief = Fake::start(|_| able(&[]));
    let target = format!("Location: http://{}/files/9", thief.address);
    let fake = liar("POST", move |_| response("201 Created", &[&target], ""));
    assert!(matches!(send(&fake, |_| {}).0, Err(Error::Elsewhere { .. })));
    // An address kept from another server is not asked either; a new upload is begun.
    let kept = format!("http://{}/files/9", thief.address);
    let (_, events) = send(&liar("PATCH", |_| response("403 No", &[], "")), |job| job.location = Some(kept.clone()));
    assert!(events.iter().any(|event| matches!(event, Event::Located { .. })));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(remote::terminate(&format!("http://{}", fake.address), &kept, Token::new(SECRET).unwrap()));
    assert!(matches!(ended, Err(Error::Elsewhere { .. })));
    assert!(thief.asked().is_empty());
}

#[test]
fn refusals_are_final_and_blank_the_token() {
    for (status, number) in [("401 No", 401), ("403 No", 403), ("413 No", 413), ("415 No", 415), ("422 No", 422)] {
        let fake = liar("PATCH", move |_| response(status, &[], &format!("{{\"error\":\"Not with {SECRET}.\"}}")));
        let (result, events) = send(&fake, |_| {});
        let error = result.unwrap_err();
        assert!(matches!(&error, Error::Refused { status, .. } if *status == number), "{error:?}");
        assert!(error.to_string().contains("Not with ….") && !format!("{error:?}").contains(SECRET));
        assert!(!events.iter().any(|event| matches!(event, Event::Waiting { .. })));
    }
}

#[test]
fn trouble_that_may_pass_is_tried_again_but_not_for_ever() {
    let fake = liar("PATCH", |_| response("503 Busy", &[], "{\"error\":\"In a moment.\"}"));
    let (result, events) = send(&fake, |_| {});
    assert!(matches!(result, Err(Error::GaveUp { tries: 3, ref last, .. }) if last == "In a moment."), "{result:?}");
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Waiting { .. })).count(), 2);
    assert_eq!(fake.asked().iter().filter(|asked| asked.method == "PATCH").count(), 3);
    // Nobody there at all.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (result, _) = send(&fake, |job| job.server = format!("http://{free}"));
    assert!(matches!(result, Err(Error::GaveUp { tries: 3, .. })), "{result:?}");
}

#[test]
fn a_server_that_stored_something_else_is_caught() {
    let end = format!("Upload-Offset: {LENGTH}");
    let fake = Fake::start(move |asked| match asked.method.as_str() {
        "OPTIONS" => able(&["Onetake-Version: 0.1.0"]),
        "POST" => response("201 Created", &["Location: 1", "Onetake-Recording: r"], ""),
        _ => response("204 No Content", &[&end, "Onetake-Recording: r", "Onetake-Sha256: 00"], ""),
    });
    assert!(matches!(send(&fake, |_| {}).0, Err(Error::Differs { .. })));
}

#[test]
fn a_limit_is_seen_before_the_first_byte() {
    let fake = Fake::start(|_| able(&["Tus-Max-Size: 9999"]));
    assert!(matches!(send(&fake, |_| {}).0, Err(Error::Refused { status: 413, .. })));
    assert_eq!(fake.asked().len(), 1);
}

#[test]
fn any_tus_server_will_do() {
    let fake = Fake::start(|asked| match asked.method.as_str() {
        "OPTIONS" => able(&[]),
        "POST" => response("201 Created", &["Location: files/1", "Tus-Resumable: 1.0.0"], ""),
        _ => {
            let offset = asked.number("upload-offset").unwrap() + asked.body.len() as u64;
            response("204 No Content", &["Tus-Resumable: 1.0.0", &format!("Upload-Offset: {offset}")], "")
        }
    });
    let (result, _) = send(&fake, |job| job.server.push_str("/files/"));
    let uploaded = result.unwrap();
    assert_eq!((uploaded.recording, uploaded.sha256), (None, sha256(&video(LENGTH, 31))));
    assert_eq!(uploaded.location, format!("http://{}/files/files/1", fake.address));
    let asked = fake.asked();
    let sent: Vec<u8> = asked.iter().filter(|asked| asked.method == "PATCH").flat_map(|asked| asked.body.clone()).collect();
    assert!(sent == video(LENGTH, 31));
    // No checksum for a server that did not say it checks one.
    assert!(!asked.iter().any(|asked| asked.head.to_ascii_lowercase().contains("upload-checksum")));
}

#[test]
fn a_wrong_token_is_said_once_and_never_repeated() {
    let site = Site::new();
    let mut job = site.job("take.mkv", &video(1_000, 32));
    job.token = Token::new("not-the-token-of-this-server").unwrap();
    let (result, events) = upload(job);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 401, .. }), "{error:?}");
    assert!(!format!("{error} {error:?} {events:?}").contains("not-the-token"));
    assert!(site.db.recordings().unwrap().is_empty());
}
