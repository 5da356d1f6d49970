//! The real binary, a real take and a real server: sent while it is recorded, with either side killed, and healed afterwards.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use onetake::blobs::healing::{self, BLOCKS_FILE};
use onetake::blobs::journal::JournalWriter;
use onetake::blobs::layout::DataFolder;
use onetake::blobs::takes;
use onetake::core::frame::{Matrix, Pixels, VideoFormat};
use onetake::core::journal::{self, Entry, Event, Opened};
use onetake::core::take::{TakeId, TakeState};
use onetake::core::time::Rate;
use onetake::core::upload::Status;
use serde_json::Value;

use crate::answer::answered;
use crate::guard::Guard;
use crate::rig::{Site, sha256, video};
use crate::waiting::wait_for;

const SCRIPT: &str = "---\ntitle: Sent\n---\n\n## One\n\nThe first scene is short.\n\n## Two\n\nThe second is a bit longer.\n";
const MB: usize = 1 << 20;

struct Place {
    folder: tempfile::TempDir,
}

impl Guard {
    /// Ends a take as a person does; what it answers.
    fn ended(mut self) -> Value {
        assert!(Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().unwrap().success());
        let mut output = Output { status: self.0.wait().unwrap(), stdout: Vec::new(), stderr: Vec::new() };
        self.0.stdout.take().unwrap().read_to_end(&mut output.stdout).unwrap();
        self.0.stderr.take().unwrap().read_to_end(&mut output.stderr).unwrap();
        answered(&output, 0)
    }
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("sent.md"), SCRIPT).unwrap();
        Place { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(arguments).arg("--data").arg(self.data()).arg("--json").env_remove("ONETAKE_TOKEN").env_remove("DISPLAY");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end; the last object it wrote.
    fn run(&self, arguments: &[&str], code: i32) -> Value {
        answered(&self.command(arguments).output().unwrap(), code)
    }

    /// Starts a small take that is sent to a server while it is recorded.
    fn start(&self, to: &[&str]) -> Guard {
        let script = self.folder.path().join("sent.md").to_string_lossy().into_owned();
        let devices = ["--camera", "synthetic", "--microphone", "synthetic", "--size", "640x360", "--upload"];
        let arguments: Vec<&str> =
            ["take", &script, "--seconds", "300"].into_iter().chain(devices).chain(to.iter().copied()).collect();
        Guard(self.command(&arguments).spawn().unwrap())
    }
}

/// Bytes of what a server is receiving.
fn arriving(incoming: &Path) -> u64 {
    let parts = fs::read_dir(incoming).into_iter().flatten().flatten();
    parts.filter_map(|part| part.metadata().ok()).map(|facts| facts.len()).sum()
}

/// Waits for the end of a take that was started, and checks that here and there are the same bytes, sent once.
fn assert_arrived(site: &Site, answer: &Value, media: &Path) {
    let here = fs::read(media).unwrap();
    let sent = answer.get("upload").unwrap_or(answer);
    assert_eq!((sent["status"].as_str(), sent["sha256"].as_str()), (Some("uploaded"), Some(sha256(&here).as_str())));
    let rows = site.db.recordings().unwrap();
    let states: Vec<Status> = rows.iter().map(|row| row.status).collect();
    assert_eq!(states, [Status::Uploaded], "one upload from first to last");
    assert!(site.stored(sent["recording"].as_str().unwrap()) == here);
    let kept = healing::load(media.parent().unwrap()).unwrap();
    assert_eq!((kept.blocks.sha256, kept.recording.as_deref()), (sha256(&here), sent["recording"].as_str()));
}

#[test]
fn a_take_is_on_the_server_when_it_ends() {
    let (place, site) = (Place::new(), Site::new());
    let child = place.start(&["--server", &site.url(), "--token", site.token()]);
    wait_for("some of the take", || (arriving(&site.data.incoming()) > 100_000).then_some(()));
    let answer = child.ended();
    assert_arrived(&site, &answer, Path::new(answer["media"].as_str().unwrap()));
    let row = site.db.recordings().unwrap().remove(0);
    let off = row.duration_seconds - answer["seconds"].as_f64().unwrap();
    assert!(off.abs() < 1e-6 && row.title == "Sent" && !row.scenes.is_empty(), "{row:?}");
}

#[test]
fn a_killed_studio_goes_on_with_what_the_server_has() {
    let (place, site) = (Place::new(), Site::new());
    let to = ["--server", &site.url(), "--token", site.token()];
    let mut child = place.start(&to);
    wait_for("some of the take", || (arriving(&site.data.incoming()) > 100_000).then_some(()));
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    let before = arriving(&site.data.incoming());
    let [upload, last] = ["upload", "last"];
    let answer = place.run(&[&[upload, last], &to[..]].concat(), 0);
    let takes = onetake::db::Db::open(&place.data().join("library.db")).unwrap().all_takes().unwrap();
    assert_eq!(takes[0].state, TakeState::Interrupted);
    assert!(before > 100_000 && takes[0].bytes > before);
    assert_arrived(&site, &answer, Path::new(&takes[0].media));
}

#[test]
fn a_killed_server_is_waited_for() {
    let (place, server) = (Place::new(), Place::new());
    let serve = |listen: &str| {
        let token = ["--token", "the-token-of-this-one-test"];
        let mut child = Guard(server.command(&[&["serve", "--listen", listen], &token[..]].concat()).spawn().unwrap());
        let mut first = String::new();
        BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let url = serde_json::from_str::<Value>(&first).unwrap()["listening"].as_str().unwrap().to_owned();
        (child, url)
    };
    let (mut first, url) = serve("127.0.0.1:0");
    let incoming = server.data().join("incoming");
    let to = ["--server", &url, "--token", "the-token-of-this-one-test"];
    let child = place.start(&to);
    wait_for("some of the take", || (arriving(&incoming) > 100_000).then_some(()));
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let had = arriving(&incoming);
    let (_second, again) = serve(url.strip_prefix("http://").unwrap());
    assert_eq!(again, url);
    wait_for("more of the take", || (arriving(&incoming) > had + 50_000).then_some(()));
    let answer = child.ended();
    let media = answer["media"].as_str().unwrap();
    let here = sha256(&fs::read(media).unwrap());
    assert_eq!(
        (answer["upload"]["status"].as_str(), answer["upload"]["sha256"].as_str()),
        (Some("uploaded"), Some(here.as_str()))
    );
    let rows = onetake::db::Db::open(&server.data().join("library.db")).unwrap().recordings().unwrap();
    assert_eq!((rows.len(), rows[0].status, rows[0].sha256.as_str()), (1, Status::Uploaded, here.as_str()));
    let there = fs::read(server.data().join("videos").join(format!("{}.mkv", rows[0].id))).unwrap();
    assert_eq!(sha256(&there), here);
}

/// A take that was recorded some time ago, made without recording it.
fn old_take(place: &Place, bytes: &[u8]) -> PathBuf {
    let data = DataFolder::open(&place.data()).unwrap();
    let video = VideoFormat {
        width: 1280,
        height: 720,
        rate: Rate::whole(30),
        pixels: Pixels::Nv12,
        matrix: Matrix::Bt709,
        full_range: false,
    };
    let opened = Opened {
        version: journal::VERSION,
        take: TakeId(uuid::Uuid::now_v7().to_string()),
        project: "p".into(),
        number: 1,
        title: "Old".into(),
        started_at: onetake::clock::wall(),
        camera: String::new(),
        microphone: None,
        video: Some(video),
        audio: None,
        profile: String::new(),
        script: String::new(),
    };
    let folder = takes::create(&data, &opened).unwrap();
    fs::write(&folder.media, bytes).unwrap();
    let writer = JournalWriter::open(&folder.journal).unwrap();
    let stopped = Event::Stopped { nanos: 1_000_000_000, frames: 30, dropped: 0, bytes: bytes.len() as u64 };
    writer.append(Entry { t: 1_000_000_000, event: stopped });
    writer.close().unwrap();
    folder.media
}

#[test]
fn a_damaged_take_is_found_and_healed() {
    let place = Place::new();
    let good = video(5 * MB + 123, 91);
    let media = old_take(&place, &good);
    let before = place.run(&["library", "check"], 0);
    assert_eq!(before["takes"][0]["status"], "not uploaded");
    let refused = place.run(&["heal", "last"], 2);
    assert!(refused["error"].as_str().unwrap().contains("never uploaded"), "{refused}");
    place.run(&["upload", "last"], 0);
    assert_eq!(place.run(&["library", "check", "last"], 0)["takes"][0]["status"], "whole");
    assert_eq!(place.run(&["heal", "last"], 0)["status"], "whole");
    let mut flipped = good.clone();
    (flipped[MB + 7], flipped[4 * MB]) = (flipped[MB + 7] ^ 1, flipped[4 * MB] ^ 0x10);
    let longer = [&good[..], b"something else"].concat();
    for (what, bad, healed) in [
        ("flipped", Some(&flipped[..]), 2 * MB as u64),
        ("cut", Some(&good[..3 * MB + 5]), 2 * MB as u64 + 123),
        ("longer", Some(&longer[..]), 123),
        ("empty", Some(&[][..]), good.len() as u64),
        ("gone", None, good.len() as u64),
    ] {
        match bad {
            Some(bytes) => fs::write(&media, bytes).unwrap(),
            None => fs::remove_file(&media).unwrap(),
        }
        let found = place.run(&["library", "check"], 1);
        assert_eq!((found["ok"].as_bool(), found["takes"][0]["status"].as_str()), (Some(false), Some("damaged")), "{what}");
        assert_eq!(found["takes"][0]["damaged_bytes"].as_u64(), Some(healed), "{what}: {found}");
        let answer = place.run(&["heal", "last"], 0);
        assert_eq!((answer["status"].as_str(), answer["healed_bytes"].as_u64()), (Some("healed"), Some(healed)), "{what}");
        assert!(fs::read(&media).unwrap() == good, "{what}");
    }
    // Without the fingerprint the whole comes back, by the hash the library knows.
    fs::remove_file(media.parent().unwrap().join(BLOCKS_FILE)).unwrap();
    fs::write(&media, &flipped).unwrap();
    assert_eq!(place.run(&["heal", "last"], 0)["healed_bytes"].as_u64(), Some(good.len() as u64));
    assert!(fs::read(&media).unwrap() == good);
}

#[test]
fn what_the_server_does_not_have_either_changes_nothing() {
    let place = Place::new();
    let good = video(2 * MB, 92);
    let media = old_take(&place, &good);
    place.run(&["upload", "last"], 0);
    let stored = fs::read_dir(place.data().join("videos")).unwrap().next().unwrap().unwrap().path();
    let mut bad = good.clone();
    bad[MB + 1] ^= 1;
    fs::write(&media, &bad).unwrap();
    fs::write(&stored, &bad).unwrap();
    let refused = place.run(&["heal", "last"], 1);
    assert!(refused["error"].as_str().unwrap().contains("not what was uploaded either"), "{refused}");
    assert!(fs::read(&media).unwrap() == bad);
    fs::remove_file(&stored).unwrap();
    place.run(&["heal", "last"], 5);
    assert!(fs::read(&media).unwrap() == bad);
    assert_eq!(fs::read_dir(place.data().join("takes")).unwrap().count(), 1, "nothing is left over");
}
