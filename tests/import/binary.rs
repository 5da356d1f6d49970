//! `onetake library import` from the outside: its lines, its exit codes, and a `kill -9` in the middle.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use onetake::jobs::assets;
use serde_json::Value;

use super::rig::{Place, beep, beep_bytes, picture};

fn command(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
    command.args(["library", "import"]).args(arguments).arg("--data").arg(place.house.folder.root()).env_remove("DISPLAY");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn lines(output: &Output, code: i32) -> Vec<Value> {
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{out}\n{}", String::from_utf8_lossy(&output.stderr));
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn path(place: &Place) -> String {
    place.folder.path().join("in").to_string_lossy().into_owned()
}

#[test]
fn it_answers_line_by_line_and_at_the_end() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    beep(&place.file("b.wav"), 1);
    picture(&place.file("c.png"), 30, 20, false);
    place.write("d.mp4", b"");
    let output = command(&place, &[&path(&place), "--json", "--tag", "dawn"]).output().unwrap();
    let told = lines(&output, 1);
    let events = |name: &str| told.iter().filter(|line| line["event"] == name).count();
    assert_eq!((events("added"), events("known"), events("refused")), (2, 1, 1), "{told:#?}");
    assert!(events("progress") >= 1);
    let last = told.last().unwrap();
    assert_eq!((last["added"].as_u64(), last["known"].as_u64(), last["refused"].as_u64()), (Some(2), Some(1), Some(1)));
    assert_eq!((last["cancelled"].as_bool(), last["assets"].as_array().map(Vec::len)), (Some(false), Some(2)));
    assert!(last["seconds"].as_f64().unwrap() > 0.0 && last["error"].is_null());
    let refused = told.iter().find(|line| line["event"] == "refused").unwrap();
    assert!(refused["file"].as_str().unwrap().ends_with("d.mp4") && refused["error"].as_str().unwrap().contains("is empty"));
    place.assert_in_order();
    assert!(place.assets().iter().all(|asset| asset.tags == ["dawn"]));
    // For people.
    let output = command(&place, &[&path(&place)]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "3 files were there already, 1 could not be imported.\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("d.mp4 is empty."));
}

#[test]
fn exit_codes_tell_what_was_wrong() {
    let place = Place::new();
    place.write("empty.mp4", b"");
    let empty = place.file("empty.mp4").to_string_lossy().into_owned();
    let told = lines(&command(&place, &[&empty, "--json"]).output().unwrap(), 2);
    assert_eq!(told.last().unwrap()["refused"], 1);
    let told = lines(&command(&place, &[&empty, "--json", "--project", "nothing"]).output().unwrap(), 2);
    assert!(told[0]["error"].as_str().unwrap().contains("There is no project “nothing”"));
    assert_eq!(command(&place, &["--json"]).output().unwrap().status.code(), Some(2), "no path");
    assert!(place.assets().is_empty());
}

#[test]
fn linking_leaves_files_where_they_are() {
    let place = Place::new();
    beep(&place.file("a.wav"), 1);
    let told = lines(&command(&place, &[&path(&place), "--link", "--json"]).output().unwrap(), 0);
    assert_eq!(told.last().unwrap()["added"], 1);
    let [asset] = &place.assets()[..] else { panic!("{:?}", place.assets()) };
    assert!(asset.linked && asset.path.ends_with("in/a.wav"));
}

/// Killed while files come in: what is listed is whole, what is not listed is nowhere but in a leftover that is swept, and doing it
/// again brings the rest.
#[test]
fn a_kill_in_the_middle_loses_nothing_that_was_in() {
    let place = Place::new();
    for n in 0..60u32 {
        // A megabyte each, so that there is a middle.
        let mut sound = beep_bytes(n);
        sound[40..44].copy_from_slice(&1_000_000u32.to_le_bytes());
        sound[4..8].copy_from_slice(&1_000_036u32.to_le_bytes());
        sound.resize(1_000_044, n as u8);
        place.write(&format!("{n:02}.wav"), &sound);
    }
    for round in 1..4 {
        let mut child = command(&place, &[&path(&place), "--json"]).spawn().unwrap();
        let mut added = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let event: Value = serde_json::from_str(&line).unwrap();
            added += u32::from(event["event"] == "added");
            if added == 3 * round {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let rows = place.assets();
        assert!(rows.len() as u32 >= added, "what was said to be in is in: {} of {added}", rows.len());
        for asset in rows {
            let sha256 = onetake::blobs::files::sha256_file(&asset.file(place.house.folder.root()), |_| {}).unwrap();
            assert_eq!(Some(sha256), asset.sha256);
        }
    }
    lines(&command(&place, &[&path(&place), "--json"]).output().unwrap(), 0);
    // A file that was whole in the moment of the kill, but not yet listed, is listed at the studio's next start.
    assets::reconcile(&place.house).unwrap();
    let lock = place.house.folder.lock().unwrap();
    place.house.folder.sweep(&lock, "2036-01-01T00:00:00Z").unwrap();
    let mut hashes: Vec<_> = place.assets().into_iter().map(|asset| asset.sha256).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 60);
    place.assert_in_order();
    assert_eq!(fs::read_dir(place.file("")).unwrap().count(), 60);
}
