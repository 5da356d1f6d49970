//! What every test here needs: a site (data folder, library, token, server) that can be stopped, killed and started again, and
//! files to send. The server has a runtime of its own, so that dropping it is as sudden as a test can be.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use onetake::blobs::files;
use onetake::blobs::layout::DataFolder;
use onetake::core::upload::{Metadata, SceneTimes};
use onetake::db::Db;
use onetake::remote::{self, Event, Job, Patience, Token, Uploaded};
use onetake::server::{Config, Limits, Running, Secret, Server};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// Nothing here takes anywhere near this long; it only keeps a broken server from hanging the tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for what another thread brings about.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A server and all it has.
pub struct Site {
    pub data: DataFolder,
    pub db: Db,
    pub secret: Secret,
    pub limits: Limits,
    pub address: SocketAddr,
    server: Option<(Runtime, Running)>,
    pub folder: TempDir,
}

impl Site {
    pub fn new() -> Site {
        Site::limited(Limits::default())
    }

    pub fn limited(limits: Limits) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let db = Db::open(&data.database()).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let secret = Secret::generate().unwrap();
        let mut site = Site { data, db, secret, limits, address, server: None, folder };
        site.start();
        site
    }

    /// Serves, at the address it had before.
    pub fn start(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut config = Config::new(self.secret.clone(), self.db.clone(), self.data.clone());
        (config.listen, config.limits) = (self.address, self.limits);
        let running = Server::start(config, runtime.handle()).unwrap();
        self.address = running.address;
        self.server = Some((runtime, running));
    }

    /// Ends the server in order.
    pub fn stop(&mut self) {
        let (runtime, running) = self.server.take().unwrap();
        runtime.block_on(running.stop());
    }

    /// Ends it in the middle of whatever it does: tasks are dropped where they stand.
    pub fn kill(&mut self) {
        let (runtime, running) = self.server.take().unwrap();
        // Threads that write are waited for, so that the next server does not meet them; their tasks are gone. On a thread,
        // because the caller may itself be inside a runtime.
        let ending = std::thread::spawn(move || runtime.shutdown_timeout(PATIENCE));
        ending.join().unwrap();
        drop(running);
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn token(&self) -> &str {
        self.secret.expose()
    }

    /// A job for a file of this name and content, lying beside the data folder.
    pub fn job(&self, name: &str, bytes: &[u8]) -> Job {
        let file: PathBuf = self.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let scenes = vec![SceneTimes { id: "s1".into(), title: "Opening – ä".into(), start: 0.0, end: 12.5 }];
        Job {
            file,
            server: self.url(),
            token: Token::new(self.token()).unwrap(),
            take: None,
            metadata: Metadata { title: "Why we write".into(), duration_seconds: 142.0, scenes, ..Metadata::default() },
            location: None,
            sha256: None,
            patience: Patience { pace: 0.02, ..Patience::default() },
        }
    }

    /// The only recording's stored bytes, after checking that its row says the same of them.
    pub fn stored(&self, recording: &str) -> Vec<u8> {
        let row = self.db.recording(recording).unwrap().unwrap();
        let bytes = std::fs::read(self.data.video_file(&row.file_path).unwrap()).unwrap();
        assert_eq!((row.bytes, row.sha256.as_str()), (bytes.len() as u64, sha256(&bytes).as_str()));
        bytes
    }

    /// Names of what lies in `incoming`.
    pub fn parts(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.data.incoming()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// Uploads on a runtime of its own and returns what happened, too.
pub fn upload(job: Job) -> (Result<Uploaded, remote::Error>, Vec<Event>) {
    upload_until(job, |_, _| {})
}

/// As `upload`; `watch` sees each event and may cancel.
pub fn upload_until(
    job: Job,
    mut watch: impl FnMut(&Event, &CancellationToken),
) -> (Result<Uploaded, remote::Error>, Vec<Event>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut events = Vec::new();
    let cancel = CancellationToken::new();
    let handle = cancel.clone();
    let on_event = |event: Event| {
        watch(&event, &handle);
        events.push(event);
    };
    let result = runtime.block_on(remote::upload(job, on_event, cancel));
    (result, events)
}

/// A file that begins as Matroska does, then goes on with bytes that do not repeat.
pub fn video(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x14\x42\x86\x81\x01\x42\x82\x88matroska".to_vec();
    let mut random = Random(seed);
    while bytes.len() < length {
        bytes.extend_from_slice(&random.next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    files::hex(&Sha256::digest(bytes))
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
