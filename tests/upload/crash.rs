//! The server ends where it should not: stopped or killed in the middle, and every place between the last byte and the row.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onetake::core::upload::Status;
use onetake::remote::{Event, Job};
use onetake::server::{Config, Error, Limits, Server, TUS_ROAD};

use crate::proxy::Proxy;
use crate::raw::{Line, head, request};
use crate::rig::{Site, sha256, until, upload, upload_until, video};

/// An upload whose bytes are all on the disk and in its row, as it is just before it is filed.
fn complete_but_for_filing(site: &mut Site, bytes: &[u8]) -> (String, String) {
    site.stop();
    let id = uuid::Uuid::now_v7().to_string();
    let recording = uuid::Uuid::now_v7().to_string();
    site.db
        .create_recording(&onetake::core::upload::Recording {
            id: recording.clone(),
            take: None,
            user_id: None,
            title: String::new(),
            file_path: String::new(),
            duration_seconds: 0.0,
            status: Status::Uploading,
            bytes: bytes.len() as u64,
            sha256: String::new(),
            scenes: Vec::new(),
            created_at: onetake::clock::wall(),
            studio_metadata: Default::default(),
        })
        .unwrap();
    site.db
        .create_incoming(&onetake::db::Incoming {
            id: id.clone(),
            recording: recording.clone(),
            length: Some(bytes.len() as u64),
            offset: bytes.len() as u64,
            metadata: format!("sha256 {}", STANDARD.encode(sha256(bytes))),
            created_at: onetake::clock::wall(),
        })
        .unwrap();
    std::fs::write(site.data.incoming().join(format!("{id}.part")), bytes).unwrap();
    (id, recording)
}

fn uploaded(site: &Site, id: &str) -> bool {
    let (line, key) = (format!("HEAD {TUS_ROAD}/{id} HTTP/1.1"), format!("Authorization: Bearer {}", site.token()));
    let reply = request(site.address, &[&line, "Tus-Resumable: 1.0.0", &key], b"");
    reply.status == 200 && reply.header("onetake-sha256").is_some()
}

#[test]
fn a_crash_before_or_after_the_last_rename_is_healed() {
    let mut site = Site::new();
    let bytes = video(5_000, 21);
    for renamed in [false, true] {
        let (id, recording) = complete_but_for_filing(&mut site, &bytes);
        if renamed {
            let part = site.data.incoming().join(format!("{id}.part"));
            std::fs::rename(part, site.data.videos().join(format!("{recording}.mkv"))).unwrap();
        }
        site.start();
        assert!(uploaded(&site, &id), "renamed: {renamed}");
        assert_eq!(site.stored(&recording), bytes);
        assert!(site.parts().is_empty());
    }
}

#[test]
fn bytes_beyond_the_row_are_cut_off_before_the_next_chunk() {
    let mut site = Site::new();
    let bytes = video(5_000, 22);
    let (id, recording) = complete_but_for_filing(&mut site, &bytes);
    site.db.set_incoming_offset(&id, 2_000).unwrap();
    let part = site.data.incoming().join(format!("{id}.part"));
    std::fs::write(&part, [&bytes[..2_000], &[0u8; 1_500]].concat()).unwrap();
    site.start();
    let mut job = site.job("take.mkv", &bytes);
    job.location = Some(format!("{}{TUS_ROAD}/{id}", site.url()));
    let (result, events) = upload(job);
    assert_eq!(result.unwrap().recording.as_deref(), Some(recording.as_str()));
    assert!(!events.iter().any(|event| matches!(event, Event::Located { .. })), "it went on with the old upload");
    assert_eq!(site.stored(&recording), bytes);
}

#[test]
fn a_server_killed_in_the_middle_goes_on_after_its_restart() {
    let mut site = Site::new();
    let bytes = video(40 << 20, 23);
    let line = Proxy::slow(site.address);
    let job = Job { server: line.url(), ..site.job("take.mkv", &bytes) };
    let mut killed = false;
    let (result, events) = upload_until(job, |event, _| match event {
        Event::Sending(progress) if !killed && progress.sent_bytes > 10 << 20 => {
            killed = true;
            site.kill();
        }
        // The client has met the dead server at least once.
        Event::Waiting { attempt: 2, .. } => site.start(),
        _ => {}
    });
    let uploaded = result.unwrap();
    assert!(killed && events.iter().any(|event| matches!(event, Event::Waiting { .. })));
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Located { .. })).count(), 1);
    assert_eq!(uploaded.sha256, sha256(&bytes));
    assert!(site.stored(&uploaded.recording.unwrap()) == bytes);
}

#[test]
fn a_stop_saves_the_chunk_under_way() {
    let mut site = Site::new();
    let bytes = video(100_000, 24);
    let key = format!("Authorization: Bearer {}", site.token());
    let tus = "Tus-Resumable: 1.0.0";
    let create = [&format!("POST {TUS_ROAD} HTTP/1.1"), tus, &key, "Upload-Length: 100000"];
    let path = request(site.address, &create, b"").header("location").unwrap().to_owned();
    let lines =
        [&format!("PATCH {path} HTTP/1.1"), tus, &key, "Upload-Offset: 0", "Content-Type: application/offset+octet-stream"];
    let mut line = Line::open(site.address);
    line.send(&head(site.address, &lines, bytes.len()));
    line.send(&bytes[..60_000]);
    let part = site.data.incoming().join(format!("{}.part", path.rsplit('/').next().unwrap()));
    until("the bytes are in the file", || std::fs::metadata(&part).unwrap().len() == 60_000);
    site.stop();
    assert_eq!(line.reply().status, 503);
    site.start();
    let reply = request(site.address, &[&format!("HEAD {path} HTTP/1.1"), tus, &key], b"");
    assert_eq!(reply.header("upload-offset"), Some("60000"));
}

#[test]
fn stale_uploads_are_swept_and_recordings_stay() {
    let mut site = Site::new();
    let (result, _) = upload(site.job("take.mkv", &video(3_000, 25)));
    let kept = result.unwrap().recording.unwrap();
    let key = format!("Authorization: Bearer {}", site.token());
    let create = [&format!("POST {TUS_ROAD} HTTP/1.1"), "Tus-Resumable: 1.0.0", &key, "Upload-Length: 9"];
    let stale = request(site.address, &create, b"").header("location").unwrap().to_owned();
    site.stop();
    site.limits = Limits { keep: std::time::Duration::ZERO, ..Limits::default() };
    site.start();
    let gone = || request(site.address, &[&format!("HEAD {stale} HTTP/1.1"), "Tus-Resumable: 1.0.0", &key], b"").status == 404;
    until("the stale upload is gone", gone);
    assert!(site.parts().is_empty());
    assert_eq!(site.stored(&kept).len(), 3_000);
    let failed = site.db.recordings().unwrap().into_iter().filter(|row| row.status == Status::Failed);
    assert_eq!(failed.count(), 1);
}

#[test]
fn a_port_in_use_is_a_sentence() {
    let site = Site::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut config = Config::new(site.secret.clone(), site.db.clone(), site.data.clone());
    config.listen = site.address;
    let error = Server::start(config, runtime.handle()).unwrap_err();
    assert!(matches!(error, Error::InUse(_)));
    assert_eq!(error.to_string(), format!("Port {} on 127.0.0.1 is in use by another program.", site.address.port()));
}
