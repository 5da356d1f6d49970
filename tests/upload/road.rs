//! The whole road: our client, our server, and nothing in between.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use onetake::core::take::TakeId;
use onetake::core::upload::Status;
use onetake::remote::{self, Error, Event, Job, Token};
use onetake::server::{Secret, TUS_ROAD};

use crate::proxy::Proxy;
use crate::raw::request;
use crate::rig::{Site, sha256, upload, upload_until, video};

fn sent(events: &[Event]) -> Vec<u64> {
    let sent = |event: &Event| match event {
        Event::Sending(progress) => Some(progress.sent_bytes),
        _ => None,
    };
    events.iter().filter_map(sent).collect()
}

#[test]
fn a_take_arrives_whole_with_all_that_is_known_of_it() {
    let site = Site::new();
    let bytes = video((20 << 20) + 77, 51);
    let mut job = site.job("take.mkv", &bytes);
    job.take = Some(TakeId("0193-take".into()));
    let scenes = job.metadata.scenes.clone();
    let (result, events) = upload(job);
    let uploaded = result.unwrap();
    assert_eq!((uploaded.bytes, uploaded.sha256.as_str()), (bytes.len() as u64, sha256(&bytes).as_str()));
    let id = uploaded.recording.unwrap();
    assert!(site.stored(&id) == bytes);
    let row = site.db.recording(&id).unwrap().unwrap();
    assert_eq!((row.status, row.title.as_str(), row.take.as_deref()), (Status::Uploaded, "Why we write", Some("0193-take")));
    assert_eq!((row.duration_seconds, row.scenes), (142.0, scenes));
    let place = |wanted: fn(&Event) -> bool| events.iter().position(wanted).unwrap();
    let hashed = place(|event| matches!(event, Event::Hashed { .. }));
    let located = place(|event| matches!(event, Event::Located { .. }));
    let sending = place(|event| matches!(event, Event::Sending(_)));
    assert!(located < sending && sending < hashed, "hashed on its way: {events:?}");
    let sent = sent(&events);
    assert!(sent.is_sorted() && sent.last() == Some(&(bytes.len() as u64)), "{sent:?}");
}

#[test]
fn a_cancelled_upload_goes_on_where_it_stopped() {
    let site = Site::new();
    let bytes = video(40 << 20, 52);
    let line = Proxy::slow(site.address);
    let job = Job { server: line.url(), ..site.job("take.mkv", &bytes) };
    let mut location = None;
    let (result, _) = upload_until(job.clone(), |event, cancel| match event {
        Event::Located { location: at } => location = Some(at.clone()),
        Event::Sending(progress) if progress.sent_bytes > 10 << 20 => cancel.cancel(),
        _ => {}
    });
    assert!(matches!(result, Err(Error::Cancelled)));
    assert!(location.is_some());
    // As another process would: with what was kept, and nothing else.
    let (result, events) = upload(Job { location, sha256: Some(sha256(&bytes)), ..job });
    let uploaded = result.unwrap();
    assert!(site.stored(&uploaded.recording.unwrap()) == bytes);
    assert!(sent(&events)[0] > 0, "it began anew");
    assert!(!events.iter().any(|event| matches!(event, Event::Located { .. } | Event::Hashing { .. })));
    assert_eq!(site.db.recordings().unwrap().len(), 1);
}

#[test]
fn a_lost_last_answer_costs_nothing() {
    let site = Site::new();
    let bytes = video(100_000, 53);
    let job = site.job("take.mkv", &bytes);
    let first = upload(job.clone()).0.unwrap();
    let (again, events) = upload(Job { location: Some(first.location.clone()), ..job.clone() });
    assert_eq!(again.unwrap(), first);
    assert_eq!(sent(&events), [100_000, 100_000]);
    // Without the address it is a new recording of the same content.
    let other = upload(job).0.unwrap();
    assert!(other.recording != first.recording && other.sha256 == first.sha256);
}

#[test]
fn an_upload_of_another_file_or_a_forgotten_one_is_begun_anew() {
    let site = Site::new();
    let first = upload(site.job("take.mkv", &video(1_000, 54))).0.unwrap();
    let bytes = video(1_000, 55);
    let unknown = first.location.replace(first.location.rsplit('/').next().unwrap(), &uuid::Uuid::now_v7().to_string());
    for location in [first.location.clone(), unknown] {
        let job = site.job("take.mkv", &bytes);
        let uploaded = upload(Job { location: Some(location.clone()), ..job }).0.unwrap();
        assert_ne!(uploaded.location, location);
        assert_eq!(site.stored(&uploaded.recording.unwrap()), bytes);
    }
}

#[test]
fn an_unfinished_upload_of_another_file_is_begun_anew() {
    let site = Site::new();
    let (bytes, other) = (video(5_000, 59), video(5_000, 60));
    let key = format!("Authorization: Bearer {}", site.token());
    let tus = "Tus-Resumable: 1.0.0";
    let create = [&format!("POST {TUS_ROAD} HTTP/1.1"), tus, &key, "Upload-Length: 5000"];
    let path = request(site.address, &create, b"").header("location").unwrap().to_owned();
    let kind = "Content-Type: application/offset+octet-stream";
    let patch = [&format!("PATCH {path} HTTP/1.1"), tus, &key, "Upload-Offset: 0", kind];
    assert_eq!(request(site.address, &patch, &other[..2_000]).status, 204);
    let job = Job { location: Some(format!("{}{path}", site.url())), ..site.job("take.mkv", &bytes) };
    let (result, events) = upload(job);
    let uploaded = result.unwrap();
    assert!(!uploaded.location.ends_with(&path) && site.stored(&uploaded.recording.unwrap()) == bytes);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Waiting { .. })).count(), 1, "{events:?}");
    assert_eq!(site.db.incoming(path.rsplit('/').next().unwrap()).unwrap(), None, "the old one is forgotten");
}

#[test]
fn a_hash_that_is_not_the_files_is_refused_at_the_end() {
    let site = Site::new();
    let job = Job { sha256: Some(sha256(b"another file")), ..site.job("take.mkv", &video(1_000, 56)) };
    assert!(matches!(upload(job).0, Err(Error::Refused { status: 422, .. })));
    assert_eq!(site.db.recordings().unwrap()[0].status, Status::Failed);
}

#[test]
fn an_unfinished_upload_can_be_forgotten() {
    let site = Site::new();
    let mut location = String::new();
    let job = site.job("take.mkv", &video(30 << 20, 57));
    let (result, _) = upload_until(job.clone(), |event, cancel| {
        if let Event::Located { location: at } = event {
            location = at.clone();
            cancel.cancel();
        }
    });
    assert!(matches!(result, Err(Error::Cancelled)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for _ in 0..2 {
        runtime.block_on(remote::terminate(&site.url(), &location, job.token.clone())).unwrap();
    }
    assert!(site.parts().is_empty());
}

/// All that is logged in this process, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// True when a file below `folder` holds `needle`.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { holds(&path, needle) } else { contains(&std::fs::read(&path).unwrap(), needle) }
    })
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn the_token_is_in_no_log_no_file_no_event_and_no_error() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut site = Site::new();
    let job = site.job("take.mkv", &video(50_000, 58));
    let (result, events) = upload(job.clone());
    let said = format!("{job:?} {events:?} {:?} {:?} {:?}", result.unwrap(), site.secret, site.limits);
    let wrong = format!("{}-wrong", site.token());
    let (refused, _) = upload(Job { token: Token::new(&wrong).unwrap(), ..job });
    let said = format!("{said} {refused:?} {:?}", Secret::new("short").unwrap_err());
    site.stop();
    let token = site.token().as_bytes();
    let log = log.0.lock().unwrap().clone();
    assert!(contains(&log, b"uploaded") && contains(&log, b"not let in"), "the log was captured");
    assert!(!contains(&log, token) && !contains(said.as_bytes(), token));
    assert!(holds(site.data.root(), b"Why we write") && !holds(site.data.root(), token));
}
