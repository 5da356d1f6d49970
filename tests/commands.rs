//! The real binary from the outside: what it answers, what it leaves on the disk, how it takes bad input and a `kill -9`.

#[path = "rig/answer.rs"]
mod answer;
#[path = "rig/guard.rs"]
mod guard;
#[path = "rig/waiting.rs"]
mod waiting;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use onetake::blobs::takes;
use onetake::core::take::{JOURNAL_FILE, MEDIA_FILE, TakeState};
use onetake::jobs::proof;
use serde_json::Value;

use answer::answered;
use guard::Guard;
use waiting::wait_for;

const SCRIPT: &str = "---\ntitle: Two scenes\n---\n\n## One\n\n> seconds: 1\n\nThe first scene is short.\n\n## Two\n\n> seconds: 5\n\nThe second one goes on for a while longer.\n";

/// A token may begin with anything base64 has.
const LEADING_HYPHEN: &str = "-4A7kTz0Qe_9s1VbXw3YpLm5NcR8uJh2DfGiKoM6tEa";
/// What a kill may cost by promise P4, in seconds.
const KILL_LOSS_SECS: f64 = 0.25;
/// How late this test may notice that the take had begun, in seconds: polling, the journal's batch, a busy machine.
const NOTICE_SECS: f64 = 0.35;
/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// Frames a late camera skips at a time: lost at the very end of a take they can't be counted.
const LATE_FRAMES: u64 = 6;

struct Place {
    folder: tempfile::TempDir,
    script: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("two.md");
        fs::write(&script, SCRIPT).unwrap();
        Place { folder, script }
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

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn take(&self, seconds: &str) -> Value {
        let script = self.script.to_string_lossy();
        let output = self.run(&["take", &script, "--seconds", seconds, "--camera", "synthetic", "--microphone", "synthetic"]);
        answered(&output, 0)
    }
}

fn take_folders(data: &Path) -> Vec<PathBuf> {
    fs::read_dir(data.join("takes")).into_iter().flatten().flatten().map(|item| item.path()).filter(|p| p.is_dir()).collect()
}

#[test]
fn a_take_answers_with_what_is_on_the_disk() {
    let place = Place::new();
    let answer = place.take("2");
    // A busy machine may lose frames; then it says so, and the count is right all the same.
    let (frames, dropped) = (answer["frames"].as_u64().unwrap(), answer["dropped"].as_u64().unwrap());
    assert!((60 - LATE_FRAMES..=60).contains(&(frames + dropped)), "{answer}");
    assert_eq!(
        (answer["width"].as_u64(), answer["height"].as_u64(), answer["rate"].as_str()),
        (Some(1280), Some(720), Some("30/1"))
    );
    assert!((answer["seconds"].as_f64().unwrap() - 2.0).abs() < 0.04, "{answer}");
    let media = PathBuf::from(answer["media"].as_str().unwrap());
    let proof = proof::check(&media).unwrap();
    assert_eq!((proof.frames, proof.unreadable_frames, proof.misplaced_frames), (frames, 0, 0), "{proof:?}");
    // What is missing at either end can't be seen in the file.
    assert!(proof.missing_frames <= dropped, "{proof:?}");
    // Half of what people notice; what is promised (P3) is 10 ms.
    assert!(proof.pairs >= 1 && proof.worst_offset_ms.abs() <= 10.0, "{proof:?}");
    let take = takes::read_take_folder(Path::new(answer["folder"].as_str().unwrap())).unwrap();
    assert_eq!((take.state, take.frames, take.title.as_str()), (TakeState::Finished, frames, "Two scenes"));
    assert_eq!(take.scenes.iter().map(|s| s.heading.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
    let entered = take.scenes[1].start as f64 / 1e9;
    // The first scene's second and the prompter's ease-in.
    assert!((0.9..1.7).contains(&entered), "the second scene was entered at {entered} s");
    assert!(PathBuf::from(answer["journal"].as_str().unwrap()).is_file());
}

#[test]
fn a_killed_take_keeps_all_but_a_quarter_of_a_second() {
    let place = Place::new();
    let script = place.script.to_string_lossy().into_owned();
    let arguments = ["take", &script, "--seconds", "60", "--camera", "synthetic", "--microphone", "synthetic"];
    let mut child = Guard(place.command(&arguments).spawn().unwrap());
    let folder = wait_for("a take's folder", || take_folders(&place.data()).pop());
    let rolling = || fs::read_to_string(folder.join(JOURNAL_FILE)).is_ok_and(|text| text.contains("\"rolling\""));
    wait_for("the first frame", || rolling().then_some(()));
    let seen = Instant::now();
    wait_for("three seconds of take", || (seen.elapsed() > Duration::from_secs(3)).then_some(()));
    child.0.kill().unwrap();
    let recorded = seen.elapsed().as_secs_f64();
    child.0.wait().unwrap();
    let proof = proof::check(&folder.join(MEDIA_FILE)).unwrap();
    // What a busy machine could not deliver is not lost by the kill.
    let lost = recorded - (proof.frames + proof.missing_frames) as f64 / 30.0;
    assert_eq!((proof.unreadable_frames, proof.misplaced_frames), (0, 0), "what is left is whole: {proof:?}");
    assert!(lost <= KILL_LOSS_SECS + NOTICE_SECS, "{lost:.2} s lost of {recorded:.2} s: {proof:?}");
    // A second take right after works, and the library then knows the first as interrupted, with its real length.
    let answer = place.take("1");
    let told = answer["frames"].as_u64().unwrap() + answer["dropped"].as_u64().unwrap();
    assert!((30 - LATE_FRAMES..=30).contains(&told), "{answer}");
    let db = onetake::db::Db::open(&place.data().join("library.db")).unwrap();
    let all = db.all_takes().unwrap();
    let killed = all.iter().find(|take| Path::new(&take.folder) == folder.canonicalize().unwrap()).unwrap();
    assert_eq!((killed.state, killed.frames), (TakeState::Interrupted, proof.frames));
    assert_eq!(all.iter().map(|take| take.number).max(), Some(2));
}

#[test]
fn a_take_that_is_told_to_stop_is_kept() {
    let place = Place::new();
    let script = place.script.to_string_lossy().into_owned();
    let mut child =
        place.command(&["take", &script, "--seconds", "60", "--camera", "synthetic", "--microphone", "none"]).spawn().unwrap();
    let folder = wait_for("a take's folder", || take_folders(&place.data()).pop());
    wait_for("some picture in the file", || {
        fs::metadata(folder.join(MEDIA_FILE)).is_ok_and(|m| m.len() > 20_000).then_some(())
    });
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    wait_for("the process to end", || child.try_wait().unwrap());
    let output = child.wait_with_output().unwrap();
    let answer = answered(&output, 0);
    assert!(answer["frames"].as_u64().unwrap() > 0);
    assert_eq!(takes::read_take_folder(&folder).unwrap().state, TakeState::Finished);
}

#[test]
fn a_take_is_uploaded_to_another_server_and_the_hashes_agree() {
    let (studio, other) = (Place::new(), Place::new());
    let take = studio.take("1");
    let mut server = Guard(other.command(&["serve", "--listen", "127.0.0.1:0", "--token", LEADING_HYPHEN]).spawn().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(server.0.stdout.as_mut().unwrap()), &mut line).unwrap();
    let hello: Value = serde_json::from_str(&line).unwrap();
    let (url, token) = (hello["listening"].as_str().unwrap(), hello["token"].as_str().unwrap());
    let id = take["take"].as_str().unwrap();
    let answer = answered(&studio.run(&["upload", id, "--server", url, "--token", token]), 0);
    assert_eq!(answer["status"], "uploaded");
    let stored: Vec<PathBuf> = fs::read_dir(other.data().join("videos")).unwrap().flatten().map(|f| f.path()).collect();
    assert_eq!(stored.len(), 1);
    assert_eq!(fs::read(&stored[0]).unwrap(), fs::read(take["media"].as_str().unwrap()).unwrap());
    let sha256 = onetake::blobs::files::sha256_file(&stored[0], |_| {}).unwrap();
    assert_eq!(answer["sha256"].as_str(), Some(sha256.as_str()));
    // A wrong token is refused in a sentence, and appears nowhere on the studio's disk.
    let wrong = "wrong-token-0123456789-abcdefghijklmnopqrstuv";
    let refused = answered(&studio.run(&["upload", id, "--server", url, "--token", wrong]), 5);
    assert!(refused["error"].as_str().is_some_and(|text| text.contains("token")), "{refused}");
    for secret in [wrong, token] {
        assert_eq!(files_with(&studio.data(), secret.as_bytes()), Vec::<PathBuf>::new());
    }
    assert_eq!(files_with(&other.data(), token.as_bytes()), Vec::<PathBuf>::new());
    let ended = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(ended.success());
    let status = wait_for("the server to end", || server.0.try_wait().unwrap());
    assert_eq!(status.code(), Some(0), "a server that is told to end closes in order");
}

fn files_with(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut waiting = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for path in fs::read_dir(folder).unwrap().flatten().map(|item| item.path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn the_selftest_passes_and_proves_it_step_by_step() {
    let place = Place::new();
    let answer = answered(&place.run(&["selftest", "--seconds", "2"]), 0);
    assert_eq!(answer["ok"], true, "{answer}");
    let steps: Vec<&str> = answer["steps"].as_array().unwrap().iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(steps, ["record", "length", "frames", "sync", "upload", "compare"]);
}

#[test]
fn the_doctor_finds_encoders_that_encode() {
    let place = Place::new();
    let answer = answered(&place.run(&["doctor"]), 0);
    let check = |name: &str| answer["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).cloned().unwrap();
    assert_eq!(check("picture encoder")["ok"], true);
    assert_eq!(check("sound encoder")["ok"], true);
    for check in answer["checks"].as_array().unwrap() {
        assert!(check["ok"] == true || !check["fix"].as_str().unwrap().is_empty(), "{check}");
    }
}

#[test]
fn a_take_is_exported_with_its_sound_as_it_was_or_free_of_noise() {
    let place = Place::new();
    let take = place.take("1.5");
    let folder = place.folder.path();
    let export = |name: &str, more: &[&str], code: i32| {
        let to = folder.join(name);
        let to = to.to_string_lossy();
        let arguments: Vec<&str> = ["export", "last", "--to", &to].into_iter().chain(more.iter().copied()).collect();
        answered(&place.run(&arguments), code)
    };
    let copied = export("copied.mp4", &[], 0);
    let clean = export("clean.mp4", &["--denoise"], 0);
    assert_eq!((&copied["take"], &copied["denoised"], &clean["denoised"]), (&take["take"], &false.into(), &true.into()));
    for answer in [&copied, &clean] {
        let file = Path::new(answer["file"].as_str().unwrap());
        assert_eq!(fs::metadata(file).unwrap().len(), answer["bytes"].as_u64().unwrap());
    }
    let again = export("clean.mp4", &["--denoise=false"], 2);
    assert!(again["error"].as_str().unwrap().contains("already"), "{again}");
    assert_eq!(export("clean.mp4", &["--denoise=false", "--force"], 0)["bytes"], copied["bytes"]);
    let left = fs::read_dir(folder).unwrap().flatten().filter(|item| item.file_name().to_string_lossy().ends_with(".mp4"));
    assert_eq!(left.count(), 2);
}

#[test]
fn the_library_finds_takes_and_films_and_knows_what_came_from_what() {
    let place = Place::new();
    let take = place.take("1");
    let id = take["take"].as_str().unwrap();
    let library = |arguments: &[&str], code: i32| answered(&place.run(&[&["library"], arguments].concat()), code);
    let film = answered(&place.run(&["export", "last"]), 0);
    let (file, asset) = (film["file"].as_str().unwrap(), film["asset"].as_str().unwrap());
    assert!(Path::new(file).starts_with(fs::canonicalize(place.data()).unwrap().join("exports")), "{file}");
    assert_eq!(library(&["list"], 0)["found"], 2);
    let found = library(&["list", "two", "scen", "--source", "export"], 0);
    assert_eq!((&found["found"], &found["assets"][0]["id"]), (&1.into(), &asset.into()));

    let shown = library(&["show", asset], 0);
    assert_eq!((shown["file"].as_str(), shown["linked"].as_bool()), (Some(file), Some(false)));
    assert_eq!(shown["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(shown["metadata"]["export_settings"]["resolution"], "1280x720");
    let origins: Vec<&str> =
        shown["comes_from"]["nodes"].as_array().unwrap().iter().map(|node| node["what"].as_str().unwrap()).collect();
    assert_eq!(origins, ["asset", "script", "project"], "{shown}");
    assert_eq!(library(&["show", id], 0)["became"]["nodes"][0]["id"], asset);
    // Replacing the file is no second film.
    answered(&place.run(&["export", "last", "--force"]), 0);
    let elsewhere = place.folder.path().join("elsewhere.mp4");
    let other = answered(&place.run(&["export", "last", "--to", &elsewhere.to_string_lossy()]), 0);
    assert_eq!(library(&["list", "--kind", "video"], 0)["found"], 3);
    assert_eq!(library(&["show", other["asset"].as_str().unwrap()], 0)["linked"], true);

    library(&["tag", "Best of all", id, asset], 0);
    assert_eq!(library(&["rename", asset, "Premiere"], 0)["assets"][0]["name"], "Premiere");
    assert_eq!(library(&["list", "prem", "--tag", "best of all"], 0)["found"], 1);
    library(&["untag", "best of all", id], 0);
    assert_eq!(library(&["list", "--tag", "Best of all"], 0)["found"], 1);
    library(&["bin", id, id], 0);
    assert!(!place.data().join("takes").join(id).exists(), "a take goes there with its folder");
    assert_eq!((&library(&["list"], 0)["found"], &library(&["list", "--binned"], 0)["found"]), (&2.into(), &1.into()));
    library(&["restore", id], 0);
    assert_eq!(library(&["list"], 0)["found"], 3);
    for wrong in
        [&["show", "no-such-asset"][..], &["bin", "zz"], &["rename", id, " "], &["tag", "", id], &["list", "--kind", "song"]]
    {
        let output = place.run(&[&["library"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {output:?}");
    }
}

#[test]
fn bad_input_gives_one_sentence_and_its_exit_code() {
    let place = Place::new();
    let file = |name: &str, bytes: &[u8]| {
        let path = place.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    let binary = file("binary.md", b"## A\n\nfine\n\xff\xfe\x00");
    let empty = file("empty.md", b"");
    let cases: [(&[&str], i32, &str); 8] = [
        (&["take", "/no/such/script.md", "--camera", "synthetic"], 2, "script.md"),
        (&["take", &binary, "--camera", "synthetic"], 2, "line 4"),
        (&["take", &empty, "--camera", "synthetic"], 2, "no spoken words"),
        (&["take", &place.script.to_string_lossy(), "--camera", "No such camera"], 3, "No such camera"),
        (&["upload", "no-such-take"], 2, "no take"),
        (&["upload", "last", "--server", "http://127.0.0.1:1", "--token", "x"], 2, "no take"),
        (&["export", "no-such-take"], 2, "no take"),
        (&["serve", "--listen", "192.0.2.1:80"], 2, "192.0.2.1"),
    ];
    for (arguments, code, part) in cases {
        let answer = answered(&place.run(arguments), code);
        let sentence = answer["error"].as_str().unwrap();
        assert!(sentence.contains(part), "{arguments:?}: {sentence}");
        assert!(!answer["fix"].as_str().unwrap().is_empty(), "{arguments:?}: what to do?");
    }
    assert_eq!(place.run(&["take"]).status.code(), Some(2));
    assert!(take_folders(&place.data()).is_empty(), "nothing is left of takes that never began");
}

#[test]
fn a_newer_library_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.run(&["doctor"]);
    let path = place.data().join("library.db");
    // The header's user_version, bytes 60 to 63: a number no program of today writes.
    for name in ["library.db-wal", "library.db-shm"] {
        let _ = fs::remove_file(place.data().join(name));
    }
    let mut bytes = fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&9_999u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let answer = answered(&place.run(&["doctor"]), 2);
    assert!(answer["error"].as_str().unwrap().contains("newer"), "{answer}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn without_a_display_the_window_says_so() {
    let place = Place::new();
    let mut command = place.command(&[]);
    let output = command.env_remove("WAYLAND_DISPLAY").output().unwrap();
    let answer = answered(&output, 3);
    assert!(answer["error"].as_str().unwrap().contains("display"), "{answer}");
}

#[test]
fn a_scripts_versions_are_listed_shown_brought_back_and_published() {
    let place = Place::new();
    place.take("1");
    let ask = |arguments: &[&str]| answered(&place.run(&[&["project"], arguments].concat()), 0);
    let listed = ask(&["versions", "two-scenes"]);
    assert_eq!((listed["published"].as_bool(), listed["versions"].as_array().map(Vec::len)), (Some(false), Some(1)));
    let (first, kind) = (listed["versions"][0]["seq"].to_string(), listed["versions"][0]["kind"].as_str());
    assert_eq!(kind, Some("imported"));
    let published = ask(&["publish", "two", "--name", "First cut"]);
    assert_eq!(published["version"]["kind"].as_str(), Some("published"));
    let file = place.data().join("projects/two-scenes/script.md");
    fs::write(&file, "## Other\n\nWords of another program.\n").unwrap();
    ask(&["restore", "two-scenes", "First cut"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), SCRIPT);
    let listed = ask(&["versions", "two-scenes"]);
    let kinds: Vec<&str> = listed["versions"].as_array().unwrap().iter().filter_map(|v| v["kind"].as_str()).collect();
    assert_eq!((kinds, listed["published"].as_bool()), (vec!["draft", "before_restore", "published"], Some(true)));
    let before = listed["versions"][1]["seq"].to_string();
    assert_eq!(ask(&["show", "two-scenes", &before])["text"].as_str(), Some("## Other\n\nWords of another program.\n"));
    assert_eq!(ask(&["show", "two-scenes", "published"])["version"]["seq"].to_string(), first, "publishing made no second row");
    for wrong in [["show", "no-such-project", "last"], ["show", "two-scenes", "4711"], ["restore", "two-scenes", "nothing"]] {
        let refused = answered(&place.run(&[&["project"][..], &wrong].concat()), 2);
        assert!(refused["error"].as_str().is_some_and(|error| error.contains('“')), "{refused}");
    }
}
