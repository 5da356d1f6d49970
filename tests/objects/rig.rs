//! Files to send, places to send them to, and what happens on the way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use onetake::blobs::objects::{self, Begun, Error, Event, Job, Patience, Sent, Store};
use onetake::core::storage::environment::{Found, find};
use onetake::core::storage::{Access, Storage};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

pub const MIB: usize = 1 << 20;
/// Three parts: two whole ones and a rest.
pub const LARGE: usize = 20 * MIB + 123;

/// Short waits: the peers are on this machine.
pub const PATIENCE: Patience = Patience { tries: 4, pace: 0.02, request_secs: 60 };

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// What these variables lead to.
pub fn access(variables: &[(&str, &str)]) -> Access {
    let env = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    match find(&Storage::default(), &env).unwrap() {
        Found::Access(access) => access,
        Found::NoKeys(_, problem) => panic!("{problem}"),
    }
}

pub fn open(access: &Access) -> Store {
    Store::open(access, &PATIENCE).unwrap()
}

/// Bytes that do not repeat, the same for the same seed.
pub fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // Xorshift (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn job(file: &Path, key: &str) -> Job {
    Job { file: file.to_owned(), key: key.to_owned(), begun: None, patience: PATIENCE }
}

pub fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Sends on a runtime of its own; what happened, too.
pub fn send(store: &Store, job: Job) -> (Result<Sent, Error>, Vec<Event>) {
    send_until(store, job, |_, _| {})
}

/// As `send`; `watch` sees each event and may cancel.
pub fn send_until(
    store: &Store,
    job: Job,
    mut watch: impl FnMut(&Event, &CancellationToken),
) -> (Result<Sent, Error>, Vec<Event>) {
    let (mut events, cancel) = (Vec::new(), CancellationToken::new());
    let handle = cancel.clone();
    let on_event = |event: Event| {
        watch(&event, &handle);
        events.push(event);
    };
    let sent = runtime().block_on(async {
        let limit = Duration::from_secs(300);
        tokio::time::timeout(limit, objects::send(store, job, on_event, cancel)).await.expect("it ends")
    });
    (sent, events)
}

/// What the library would remember of these events.
pub fn remembered(events: &[Event]) -> Option<Begun> {
    let mut begun: Option<Begun> = None;
    for event in events {
        match event {
            Event::Begun(fresh) => begun = Some(fresh.clone()),
            Event::Part { number, content } => {
                let begun = begun.as_mut().expect("a part belongs to what was begun");
                begun.parts.push((*number, content.clone()));
            }
            _ => {}
        }
    }
    begun
}

/// How many parts were sent.
pub fn parts(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Part { .. })).count()
}

/// All of an object, read by ranges.
pub fn stored(store: &Store, key: &str) -> Vec<u8> {
    runtime().block_on(async {
        let (facts, mut all) = (store.facts(key).await.unwrap(), Vec::new());
        while (all.len() as u64) < facts.bytes {
            let at = all.len() as u64;
            all.extend_from_slice(&store.range(key, at..facts.bytes.min(at + (8 << 20))).await.unwrap());
        }
        all
    })
}
