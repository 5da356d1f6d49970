//! Exported projects that were damaged, cut, or made to do harm: each gives one sentence and changes nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::rig::{Place, assert_helpful, picture, tree};
use crate::take_folder::Like;

/// A bundle with everything in it, and where it lies.
fn bundle() -> (Place, PathBuf) {
    let (place, project) = Place::with_project();
    place.take(Like { project: &project, ..Like::default() });
    picture(&place.at("one.png"), 1);
    place.run(&["library", "import", place.at("one.png").to_str().unwrap(), "--project", &project], 0);
    fs::create_dir(place.at("out")).unwrap();
    let answer = place.run(&["library", "export", &project, "--to", place.at("out").to_str().unwrap()], 0);
    (place, PathBuf::from(answer["folder"].as_str().unwrap()))
}

/// The manifest, changed.
fn manifest(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(path, manifest.to_string()).unwrap();
}

/// Replaces a file and what the manifest says of it, as somebody would who means harm.
fn forge(folder: &Path, path: &str, bytes: &[u8]) {
    fs::write(folder.join(path), bytes).unwrap();
    let sha256 = onetake::blobs::files::sha256_file(&folder.join(path), |_| {}).unwrap();
    manifest(folder, |manifest| {
        let files = manifest["files"].as_array_mut().unwrap();
        let file = files.iter_mut().find(|file| file["path"] == path).unwrap();
        (file["bytes"], file["sha256"]) = (json!(bytes.len()), json!(sha256));
    });
}

/// The path in the bundle of the file that `matches`.
fn path_of(folder: &Path, matches: impl Fn(&str) -> bool) -> String {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap();
    files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).find(|path| matches(path)).unwrap()
}

fn add(manifest: &mut Value, path: &str) {
    let mut file = manifest["files"][0].clone();
    file["path"] = json!(path);
    manifest["files"].as_array_mut().unwrap().push(file);
}

#[test]
fn each_is_refused_in_a_sentence_and_nothing_changes() {
    let (place, good) = bundle();
    let there = Place::new();
    drop(there.house());
    let before = tree(&there.data());
    let secret = place.at("secret");
    fs::write(&secret, "nobody's business").unwrap();
    let media = path_of(&good, |path| path.starts_with("media/") && path.ends_with(".png"));
    let sidecar = path_of(&good, |path| path.starts_with("media/") && path.ends_with(".json"));
    let take = path_of(&good, |path| path.ends_with("take.mkv"));
    let journal = path_of(&good, |path| path.ends_with("journal.jsonl"));
    type Harm<'a> = Box<dyn Fn(&Path) + 'a>;
    let said = |text: &'static str| -> Harm<'_> { Box::new(move |f: &Path| manifest(f, |m| add(m, text))) };
    let harms: Vec<(&str, Harm<'_>)> = vec![
        ("no manifest", Box::new(|f| fs::remove_file(f.join("manifest.json")).unwrap())),
        ("half a manifest", Box::new(|f| fs::write(f.join("manifest.json"), "{\"schema\": 1, \"fil").unwrap())),
        ("a newer manifest", Box::new(|f| manifest(f, |m| m["schema"] = json!(9)))),
        ("binary for a manifest", Box::new(|f| fs::write(f.join("manifest.json"), [0u8, 255, 254]).unwrap())),
        ("a way out", said("../../library.db")),
        ("a way out further in", said("pictures/../../../x.png")),
        ("a place of the system", said("/etc/passwd")),
        ("a place that is none", said("library.db")),
        ("a hidden file", said("media/.hidden")),
        ("a backslash", said("media\\x.png")),
        ("twice the same", Box::new(|f| manifest(f, |m| add(m, "script.md")))),
        (
            "no script",
            Box::new(|f| {
                manifest(f, |m| m["files"].as_array_mut().unwrap().retain(|file| file["path"] != "script.md"));
            }),
        ),
        (
            "a link to a file",
            Box::new(|f| {
                fs::remove_file(f.join(&media)).unwrap();
                symlink(&secret, f.join(&media)).unwrap();
            }),
        ),
        (
            "a link to a folder",
            Box::new(|f| {
                fs::rename(f.join("media"), f.join("elsewhere")).unwrap();
                symlink("elsewhere", f.join("media")).unwrap();
            }),
        ),
        (
            "a pipe",
            Box::new(|f| {
                fs::remove_file(f.join(&take)).unwrap();
                assert!(std::process::Command::new("mkfifo").arg(f.join(&take)).status().unwrap().success());
            }),
        ),
        (
            "a folder for a file",
            Box::new(|f| {
                fs::remove_file(f.join(&take)).unwrap();
                fs::create_dir(f.join(&take)).unwrap();
            }),
        ),
        ("a file that is gone", Box::new(|f| fs::remove_file(f.join(&take)).unwrap())),
        (
            "a changed byte",
            Box::new(|f| {
                let mut bytes = fs::read(f.join(&media)).unwrap();
                bytes[40] ^= 1;
                fs::write(f.join(&media), bytes).unwrap();
            }),
        ),
        ("half a file", Box::new(|f| fs::write(f.join(&take), "pict").unwrap())),
        ("a longer file", Box::new(|f| fs::write(f.join(&take), vec![1u8; 4000]).unwrap())),
        ("an empty file", Box::new(|f| fs::write(f.join(&media), "").unwrap())),
        ("a script that is none", Box::new(|f| forge(f, "script.md", b"\0\xff\xfe"))),
        ("a journal that is none", Box::new(|f| forge(f, &journal, b"nothing\n"))),
        ("a sidecar that is none", Box::new(|f| forge(f, &sidecar, b"{}"))),
        (
            "another's sidecar",
            Box::new(|f| {
                let text = fs::read_to_string(f.join(&sidecar)).unwrap();
                let id = sidecar.trim_start_matches("media/").trim_end_matches(".json");
                forge(f, &sidecar, text.replace(id, "../../../etc/passwd").as_bytes());
            }),
        ),
        (
            "a recording that is no take",
            Box::new(|f| {
                let text = fs::read_to_string(f.join(&sidecar)).unwrap();
                forge(f, &sidecar, text.replace("\"upload\"", "\"recording\"").as_bytes());
            }),
        ),
        ("details that are none", Box::new(|f| forge(f, "project.json", b"[]"))),
        ("newer details", Box::new(|f| forge(f, "project.json", b"{\"schema\": 99}"))),
        ("a sum that overflows", Box::new(|f| manifest(f, |m| m["files"][0]["bytes"] = json!(u64::MAX)))),
    ];
    for (what, harm) in &harms {
        let copy = place.at("copy");
        let _ = fs::remove_dir_all(&copy);
        assert!(std::process::Command::new("cp").arg("-a").arg(&good).arg(&copy).status().unwrap().success());
        harm(&copy);
        let output = there.command(&["library", "import-project", copy.to_str().unwrap()]).output().unwrap();
        let code = output.status.code().unwrap();
        let answer = crate::answer::answered(&output, code);
        assert!(code == 2 || code == 4, "{what}: {answer}");
        assert_helpful(&answer);
        assert!(tree(&there.data()) == before, "{what} left something");
    }
    for (what, path) in [("nothing", place.at("none")), ("a file", good.join("script.md")), ("an empty name", PathBuf::new())] {
        let output = there.command(&["library", "import-project", path.to_str().unwrap()]).output().unwrap();
        assert!(matches!(output.status.code(), Some(2 | 4)), "{what}");
    }
    assert!(there.db().projects().unwrap().is_empty() && there.db().all_takes().unwrap().is_empty());
    // And the one that nobody has touched is fine.
    there.run(&["library", "import-project", good.to_str().unwrap()], 0);
    there.assert_sound();
}

/// What is not in the list is nobody's: it is left where it is.
#[test]
fn what_the_list_does_not_name_does_not_come() {
    let (_place, good) = bundle();
    fs::write(good.join("media/stranger.png"), "x").unwrap();
    fs::write(good.join("run.sh"), "x").unwrap();
    let there = Place::new();
    let arrived = there.run(&["library", "import-project", good.to_str().unwrap()], 0);
    assert!(!there.data().join("media/stranger.png").exists());
    assert!(!Path::new(arrived["folder"].as_str().unwrap()).join("run.sh").exists());
    there.assert_sound();
}
