//! A file that is sent while it is written: our client and our server, with a file whose growth the test decides.

use std::path::PathBuf;
use std::thread::JoinHandle;

use onetake::core::upload::{Metadata, SceneTimes, Status};
use onetake::remote::{self, End, Error, Event, Extent, Job, Token, Uploaded, upload_growing};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::fake::{Fake, able, response};
use crate::proxy::Proxy;
use crate::rig::{Site, sha256, until, video};

/// Bytes that are written anew when the file is complete.
const HEAD: usize = 600;
const MB: usize = 1 << 20;

/// A growing upload under way.
struct Growth {
    extents: watch::Sender<Extent>,
    cancel: CancellationToken,
    running: JoinHandle<(Result<Uploaded, Error>, Vec<Event>)>,
    file: PathBuf,
}

impl Growth {
    fn start(job: Job) -> Growth {
        let (extents, heard) = watch::channel(Extent::default());
        let (cancel, mine, file) = (CancellationToken::new(), CancellationToken::new(), job.file.clone());
        let ended = cancel.clone();
        let running = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let mut events = Vec::new();
            let result = runtime.block_on(async {
                tokio::select! {
                    () = ended.cancelled() => Err(Error::Cancelled),
                    result = upload_growing(job, heard, |event| events.push(event), mine) => result,
                }
            });
            (result, events)
        });
        Growth { extents, cancel, running, file }
    }

    fn settled(&self, bytes: usize) {
        self.extents.send_modify(|extent| extent.settled = bytes as u64);
    }

    /// The file is complete: these bytes.
    fn ends(&self, bytes: &[u8]) {
        std::fs::write(&self.file, bytes).unwrap();
        self.extents.send_replace(complete(bytes));
    }

    fn result(self) -> (Result<Uploaded, Error>, Vec<Event>) {
        self.running.join().unwrap()
    }
}

fn complete(bytes: &[u8]) -> Extent {
    let scenes = vec![SceneTimes { id: "scene-1".into(), title: "One".into(), start: 0.0, end: 3.5 }];
    let metadata = Metadata { title: "T".into(), duration_seconds: 3.5, scenes, ..Metadata::default() };
    let end = End { length: bytes.len() as u64, head: HEAD as u64, metadata };
    Extent { settled: bytes.len() as u64, busy: false, end: Some(end) }
}

/// A file as it is in the end, and as it is while it grows.
fn film(length: usize, seed: u64) -> (Vec<u8>, Vec<u8>) {
    let whole = video(length, seed);
    let mut growing = whole.clone();
    growing[40..HEAD].fill(0xff);
    (whole, growing)
}

/// Bytes of the only upload that is being received.
fn arrived(site: &Site) -> u64 {
    let parts = site.parts();
    parts.first().map_or(0, |name| std::fs::metadata(site.data.incoming().join(name)).map_or(0, |facts| facts.len()))
}

fn located(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Located { .. })).count()
}

#[test]
fn what_is_settled_goes_out_and_the_rest_at_the_end() {
    let site = Site::new();
    let (whole, growing) = film(5 * MB + 77, 71);
    let growth = Growth::start(site.job("take.mkv", &growing));
    for settled in [HEAD + 9, MB, 3 * MB + 1] {
        growth.settled(settled);
        until("what is settled has arrived", || arrived(&site) == settled as u64);
    }
    let row = site.db.recordings().unwrap().remove(0);
    assert_eq!((row.status, row.duration_seconds, row.bytes), (Status::Uploading, 142.0, 0));
    // Nothing goes out while whoever writes has its hands full.
    growth.extents.send_modify(|extent| (extent.settled, extent.busy) = (4 * MB as u64, true));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(arrived(&site), 3 * MB as u64 + 1);
    growth.extents.send_modify(|extent| extent.busy = false);
    until("it goes on", || arrived(&site) == 4 * MB as u64);
    growth.ends(&whole);
    let (result, events) = growth.result();
    let uploaded = result.unwrap();
    assert_eq!((uploaded.bytes, uploaded.sha256.as_str()), (whole.len() as u64, sha256(&whole).as_str()));
    let blocks = uploaded.blocks.unwrap();
    assert_eq!((blocks.hashes.len(), blocks.sha256), (6, sha256(&whole)));
    assert_eq!(uploaded.recording.as_deref(), Some(row.id.as_str()));
    assert!(site.stored(&row.id) == whole && site.parts().is_empty());
    let row = site.db.recording(&row.id).unwrap().unwrap();
    assert_eq!((row.status, row.duration_seconds, row.scenes[0].title.as_str()), (Status::Uploaded, 3.5, "One"));
    assert_eq!(located(&events), 1);
    let totals: Vec<u64> = events
        .iter()
        .filter_map(|event| match event {
            Event::Sending(progress) => Some(progress.total_bytes),
            _ => None,
        })
        .collect();
    assert!(totals.is_sorted() && totals.last() == Some(&(whole.len() as u64)), "{totals:?}");
}

#[test]
fn a_server_that_dies_meanwhile_and_a_bad_line_cost_nothing() {
    let mut site = Site::new();
    let (whole, growing) = film(6 * MB, 72);
    let line = Proxy::cutting(site.address, 5, 6, 2_000_000);
    let growth = Growth::start(Job { server: line.url(), ..site.job("take.mkv", &growing) });
    growth.settled(2 * MB);
    until("a part has arrived", || arrived(&site) >= MB as u64);
    site.kill();
    // The line is away for longer than the tries of an ordinary upload.
    growth.settled(4 * MB);
    std::thread::sleep(std::time::Duration::from_millis(500));
    site.start();
    until("it goes on", || arrived(&site) == 4 * MB as u64);
    site.stop();
    growth.ends(&whole);
    site.start();
    let (result, events) = growth.result();
    let uploaded = result.unwrap();
    assert!(site.stored(&uploaded.recording.unwrap()) == whole);
    assert_eq!(located(&events), 1, "one upload from first to last");
}

#[test]
fn another_process_goes_on_and_may_find_the_file_shorter() {
    let site = Site::new();
    let (whole, growing) = film(3 * MB, 73);
    let job = site.job("take.mkv", &growing);
    let growth = Growth::start(job.clone());
    growth.settled(2 * MB);
    until("a part has arrived", || arrived(&site) == 2 * MB as u64);
    growth.cancel.cancel();
    let (result, events) = growth.result();
    assert!(matches!(result, Err(Error::Cancelled)));
    let location = events.iter().find_map(|event| match event {
        Event::Located { location } => Some(location.clone()),
        _ => None,
    });
    // A recovery took back more than it should have been able to.
    let mended = &whole[..2 * MB - 5];
    let growth = Growth::start(Job { location, ..job });
    growth.ends(mended);
    let (result, events) = growth.result();
    let uploaded = result.unwrap();
    assert_eq!((uploaded.sha256, located(&events)), (sha256(mended), 0));
    assert!(site.stored(&uploaded.recording.unwrap()) == mended);
}

#[test]
fn a_file_that_changed_elsewhere_is_no_recording() {
    let site = Site::new();
    let (mut whole, growing) = film(2 * MB, 74);
    let growth = Growth::start(site.job("take.mkv", &growing));
    growth.settled(MB);
    until("a part has arrived", || arrived(&site) == MB as u64);
    whole[MB / 2] ^= 1;
    growth.ends(&whole);
    assert!(matches!(growth.result().0, Err(Error::Differs { .. })));
    assert_eq!(site.db.recordings().unwrap()[0].status, Status::Failed);
    assert!(site.parts().is_empty());
}

#[test]
fn any_other_server_is_sent_nothing() {
    const NONE: &[&str] = &[];
    const OLDER: &[&str] = &["Onetake-Version: 0.1.0"];
    for headers in [NONE, OLDER] {
        let fake = Fake::start(move |_| able(headers));
        let site = Site::new();
        let job = Job { server: format!("http://{}", fake.address), ..site.job("take.mkv", &film(MB, 75).1) };
        let growth = Growth::start(job);
        growth.settled(MB / 2);
        assert!(matches!(growth.result().0, Err(Error::Grows { .. })));
        assert!(fake.asked().iter().all(|asked| asked.method == "OPTIONS"));
    }
    let gone = Fake::start(|_| response("404 Not Found", &[], ""));
    let site = Site::new();
    let growth = Growth::start(Job { server: format!("http://{}", gone.address), ..site.job("take.mkv", &film(MB, 76).1) });
    assert!(matches!(growth.result().0, Err(Error::Refused { status: 404, .. })));
}

#[test]
fn a_recording_comes_back_in_parts() {
    let site = Site::new();
    let bytes = video(3 * MB, 77);
    let recording = crate::rig::upload(site.job("take.mkv", &bytes)).0.unwrap().recording.unwrap();
    let line = Proxy::cutting(site.address, 6, 0, 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ranges = [0..10, (MB as u64 - 1)..(2 * MB as u64), (3 * MB as u64 - 1)..(3 * MB as u64)];
    let mut got = vec![0u8; bytes.len()];
    let token = Token::new(site.token()).unwrap();
    let patience = site.job("x.mkv", b"x").patience;
    let take = |at: u64, piece: bytes::Bytes| {
        got[at as usize..at as usize + piece.len()].copy_from_slice(&piece);
        Ok(())
    };
    runtime.block_on(remote::fetch(&line.url(), token.clone(), &recording, &ranges, patience, take)).unwrap();
    for range in ranges {
        let range = range.start as usize..range.end as usize;
        assert!(got[range.clone()] == bytes[range]);
    }
    assert!(got[20] == 0 && got[2 * MB] == 0, "and nothing else");
    // Of a recording that has another length, or is none.
    let (first, beyond) = (0..1, 0..bytes.len() as u64 + 1);
    let beyond = std::slice::from_ref(&beyond);
    let result = runtime.block_on(remote::fetch(&site.url(), token.clone(), &recording, beyond, patience, |_, _| Ok(())));
    assert!(matches!(result, Err(Error::Nonsense { .. })), "{result:?}");
    let none = uuid::Uuid::now_v7().to_string();
    let result =
        runtime.block_on(remote::fetch(&site.url(), token, &none, std::slice::from_ref(&first), patience, |_, _| Ok(())));
    assert!(matches!(result, Err(Error::Refused { status: 404, .. })), "{result:?}");
}
