//! The real program with a real take and a real peer: shown, tested, sent, killed in the middle, linked, deleted; and never a secret.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use onetake::blobs::journal::JournalWriter;
use onetake::blobs::layout::DataFolder;
use onetake::blobs::takes;
use onetake::core::frame::{Matrix, Pixels, VideoFormat};
use onetake::core::journal::{self, Entry, Event, Opened};
use onetake::core::take::TakeId;
use onetake::core::time::Rate;
use onetake::db::Db;
use serde_json::Value;
use tempfile::TempDir;

use crate::peers::{Peer, fresh, make_bucket, moto};
use crate::proxy::Proxy;
use crate::rig::{MIB, bytes, sha256};

const SECRET: &str = "a-secret-that-shows-nowhere";
/// Six parts, of which four are on their way at once.
const LARGE: usize = 44 * MIB + 5;
/// Enough for one of any four parts, too little for all six.
const BUDGET: u64 = 33 << 20;
const LIMIT: Duration = Duration::from_secs(180);

struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
    peer: Peer,
    bucket: String,
}

impl Place {
    /// A data folder, a peer and the variables that lead to it.
    fn new() -> Place {
        let (folder, peer, bucket) = (tempfile::tempdir().unwrap(), moto(), fresh("films"));
        make_bucket(&peer.url(), &bucket);
        let variables = [
            ("VIDEO_STORAGE_PROVIDER", "s3"),
            ("AWS_S3_BUCKET", &bucket),
            ("AWS_S3_ACCESS_KEY", "an-id"),
            ("AWS_S3_SECRET_KEY", SECRET),
            ("AWS_ENDPOINT_URL", &peer.url()),
            ("ONETAKE_LOG", "debug"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Place { folder, variables, peer, bucket }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(self.data()).arg("--json").env_remove("DISPLAY");
        command.envs(self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Runs to the end; the last object it wrote.
    fn run(&self, arguments: &[&str], code: i32) -> Value {
        answer(&self.command(arguments).output().unwrap(), code)
    }

    /// A take that was recorded some time ago, made without recording it.
    fn take(&self, content: &[u8]) -> String {
        let data = DataFolder::open(&self.data()).unwrap();
        let rate = Rate::whole(30);
        let video =
            VideoFormat { width: 640, height: 360, rate, pixels: Pixels::Nv12, matrix: Matrix::Bt709, full_range: false };
        let opened = Opened {
            version: journal::VERSION,
            take: TakeId(uuid::Uuid::now_v7().to_string()),
            project: "p".into(),
            number: 1,
            title: "Sent".into(),
            started_at: onetake::clock::wall(),
            camera: String::new(),
            microphone: None,
            video: Some(video),
            audio: None,
            profile: String::new(),
            script: String::new(),
        };
        let folder = takes::create(&data, &opened).unwrap();
        std::fs::write(&folder.media, content).unwrap();
        let writer = JournalWriter::open(&folder.journal).unwrap();
        let stopped = Event::Stopped { nanos: 1_000_000_000, frames: 30, dropped: 0, bytes: content.len() as u64 };
        writer.append(Entry { t: 1_000_000_000, event: stopped });
        writer.close().unwrap();
        opened.take.0
    }

    fn db(&self) -> Db {
        Db::open(&self.data().join("library.db")).unwrap()
    }
}

fn answer(output: &Output, code: i32) -> Value {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    assert!(!out.contains(SECRET) && !err.contains(SECRET), "a secret shows: {out}\n{err}");
    serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {out}"))
}

#[test]
fn a_take_is_sent_linked_and_deleted() {
    let place = Place::new();
    let content = bytes(200_000, 31);
    let take = place.take(&content);
    let shown = place.run(&["storage", "show"], 0);
    assert_eq!((shown["provider"].as_str(), shown["keys_from"].as_str()), (Some("s3"), Some("AWS_S3_ACCESS_KEY")));
    assert_eq!(place.run(&["storage", "test"], 0)["ok"], true);
    let refused = place.run(&["storage", "link", "last"], 2);
    assert!(refused["error"].as_str().unwrap().contains("was not uploaded"), "{refused}");

    let sent = place.run(&["storage", "upload", "last"], 0);
    assert_eq!((sent["sha256"].as_str(), sent["status"].as_str()), (Some(sha256(&content).as_str()), Some("uploaded")));
    assert_eq!(sent["object"], format!("takes/{take}/take.mkv"));
    // The ordinary command goes there too, because the environment names it.
    assert_eq!(place.run(&["upload", "last"], 0)["sha256"], sha256(&content));
    let listed = place.run(&["storage", "list"], 0);
    assert_eq!(listed["objects"].as_array().unwrap().len(), 1);
    assert_eq!(listed["objects"][0]["checked"], "digest");

    let link = place.run(&["storage", "link", &take[..20], "--hours", "1"], 0);
    let url = link["url"].as_str().unwrap().to_owned();
    let read = crate::rig::runtime().block_on(async { reqwest::get(&url).await.unwrap().bytes().await.unwrap() });
    assert!(read == content);

    place.run(&["storage", "delete", "last"], 0);
    assert_eq!(place.run(&["storage", "list"], 0)["objects"].as_array().unwrap().len(), 0);
    assert!(place.data().join("takes").join(&take).join("take.mkv").exists(), "the file here stays");
    place.run(&["storage", "delete", "last"], 2);
}

#[test]
fn a_killed_program_goes_on_without_sending_again_what_arrived() {
    let mut place = Place::new();
    let content = bytes(LARGE, 32);
    let take = place.take(&content);
    let proxy = Proxy::start(place.peer.port, BUDGET);
    place.set("AWS_ENDPOINT_URL", &proxy.url());
    let mut child = place.command(&["storage", "upload", "last"]).spawn().unwrap();
    let (begin, key) = (Instant::now(), format!("takes/{take}/take.mkv"));
    let name = format!("s3://{}@{}", place.bucket, proxy.url());
    let arrived = loop {
        let known =
            if place.data().join("library.db").exists() { place.db().object_upload(&name, &key).unwrap() } else { None };
        match known.map_or(0, |known| known.parts.len()) {
            0 => {}
            arrived => break arrived,
        }
        assert!(begin.elapsed() < LIMIT, "no part arrives");
        if let Some(status) = child.try_wait().unwrap() {
            let mut err = String::new();
            child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
            panic!("it ended: {status}: {err}");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(arrived < 6, "it was killed in the middle");
    // What may have come in between is in the rows.
    let arrived = place.db().object_upload(&name, &key).unwrap().unwrap().parts.len();
    proxy.open();
    proxy.parts();
    let sent = place.run(&["storage", "upload", "last"], 0);
    assert_eq!(sent["sha256"], sha256(&content));
    assert_eq!(proxy.parts(), 6 - arrived, "only what was missing");
    assert_eq!(place.db().object_upload(&name, &key).unwrap(), None, "the receipt took its place");
    assert_eq!(place.db().object_receipts(Some(&take)).unwrap().len(), 1);
}

#[test]
fn unfinished_uploads_are_given_up() {
    let mut place = Place::new();
    place.take(&bytes(LARGE, 33));
    let proxy = Proxy::start(place.peer.port, BUDGET);
    place.set("AWS_ENDPOINT_URL", &proxy.url());
    let mut child = place.command(&["storage", "upload", "last"]).spawn().unwrap();
    let begin = Instant::now();
    while !place.data().join("library.db").exists() || place.db().object_uploads("9999").unwrap().is_empty() {
        assert!(begin.elapsed() < LIMIT, "nothing begins");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    proxy.open();
    assert_eq!(place.run(&["storage", "abort"], 0)["aborted"].as_array().unwrap().len(), 0, "it is young");
    assert_eq!(place.run(&["storage", "abort", "--older-than", "0"], 0)["aborted"].as_array().unwrap().len(), 1);
    assert!(place.db().object_uploads("9999").unwrap().is_empty());
}

#[test]
fn what_is_wrong_is_one_sentence() {
    let mut place = Place::new();
    place.take(&bytes(1_000, 34));
    place.set("AWS_S3_BUCKET", "no-such-bucket");
    let refused = place.run(&["storage", "upload", "last"], 2);
    assert!(refused["error"].as_str().unwrap().starts_with("There is no bucket “no-such-bucket”"), "{refused}");
    let tested = place.run(&["storage", "test"], 2);
    assert_eq!(tested["ok"], false);
    assert_eq!(tested["checks"][0]["status"], "fails");
    place.set("VIDEO_STORAGE_PROVIDER", "ftp");
    let refused = place.run(&["storage", "show"], 2);
    assert!(refused["error"].as_str().unwrap().contains("“ftp”, which is no storage"), "{refused}");
    place.run(&["storage", "link", "nothing-like-it"], 2);
}
