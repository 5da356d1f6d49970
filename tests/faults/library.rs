//! A library that is locked or lost, devices that are not there, outputs that are closed, a server that does not answer, lengths
//! that are none. Each time: one clear sentence, the right exit code, and nothing lost.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use onetake::core::take::TakeState;
use onetake::jobs::proof;
use serde_json::Value;

use super::place::{Guard, PROGRAM, Place, answered, take_folders, text, wait_for};

#[test]
fn a_library_that_is_locked_when_a_take_ends_costs_nothing() {
    let place = Place::new();
    let rolling = place.rolling("2");
    let folder = rolling.folder.clone();
    let other = rusqlite::Connection::open(place.data.join("library.db")).unwrap();
    other.busy_timeout(crate::LIMIT).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let answer = rolling.answer(1);
    assert!(text(&answer, "error").contains("locked") && text(&answer, "fix").contains("whole in"), "{answer}");
    assert_eq!(answer["frames"].as_u64(), Some(60), "{answer}");
    other.execute_batch("ROLLBACK").unwrap();
    assert!(proof::check(Path::new(text(&answer, "media"))).unwrap().complete());
    // The next command finds the row behind the folder and mends it.
    let sent = answered(&place.command(&["upload", "last"]).output().unwrap(), 0);
    assert_eq!(text(&sent, "status"), "uploaded");
    let row = place.library().all_takes().unwrap().remove(0);
    assert_eq!((row.state, row.frames), (TakeState::Finished, 60));
    assert_eq!(fs::canonicalize(folder).unwrap(), Path::new(&row.folder));
}

#[test]
fn a_lost_library_is_made_again_from_the_folders() {
    let place = Place::new();
    answered(&place.take("1").output().unwrap(), 0);
    let before = (place.library().all_takes().unwrap(), place.library().projects().unwrap());
    let path = place.data.join("library.db");
    fs::write(&path, vec![7u8; 9_000]).unwrap();
    for name in ["library.db-wal", "library.db-shm"] {
        let _ = fs::remove_file(place.data.join(name));
    }
    let refused = answered(&place.take("1").output().unwrap(), 2);
    assert!(text(&refused, "error").contains("not a database") && text(&refused, "fix").contains("Move"), "{refused}");
    fs::rename(&path, place.data.join("moved-away")).unwrap();
    answered(&place.take("1").output().unwrap(), 0);
    let (takes, projects) = (place.library().all_takes().unwrap(), place.library().projects().unwrap());
    assert!(takes.contains(&before.0[0]), "{takes:?}");
    assert_eq!(takes.iter().map(|take| take.number).max(), Some(2), "the take after it has the next number");
    assert_eq!(projects, before.1, "the script leads to the project it had");
}

#[test]
fn a_microphone_that_is_not_there_is_said_before_the_take() {
    let place = Place::new();
    let script = place.script();
    let arguments = ["take", &script, "--seconds", "1", "--camera", "synthetic", "--microphone", "No such microphone"];
    let refused = answered(&place.command(&arguments).output().unwrap(), 3);
    assert!(text(&refused, "error").contains("No such microphone"), "{refused}");
    assert!(take_folders(&place.data).is_empty());
}

#[test]
fn outputs_that_are_closed_or_full_are_no_reason_to_fail() {
    let place = Place::new();
    let mut command = Command::new(PROGRAM.as_os_str());
    command.arg("doctor").arg("--data").arg(&place.data).stderr(Stdio::null());
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let code = command.stdout(full).status().unwrap().code();
    // 3 where this machine lacks something; never a panic's 101.
    assert!(matches!(code, Some(0 | 3)), "{code:?}");
    let mut child = Guard(command.stdout(Stdio::piped()).spawn().unwrap());
    drop(child.0.stdout.take());
    let status = wait_for("the doctor to end", || child.0.try_wait().unwrap());
    assert_eq!(status.code(), code);
}

#[test]
fn an_upload_to_a_server_that_never_answers_can_be_cancelled_and_done_again() {
    let place = Place::new();
    answered(&place.take("1").output().unwrap(), 0);
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", deaf.local_addr().unwrap());
    let token = "faults-token-0123456789-abcdefgh";
    let child = Guard(place.command(&["upload", "last", "--server", &url, "--token", token]).spawn().unwrap());
    let _held = deaf.accept().unwrap();
    child.signal("-INT");
    let answer = answered(&child.output(), 130);
    assert!(text(&answer, "error").contains("cancelled") && !text(&answer, "fix").is_empty(), "{answer}");

    let other = Place::new();
    let mut server = Guard(other.command(&["serve", "--token", token]).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let hello: Value = serde_json::from_str(&line).unwrap();
    let sent = place.command(&["upload", "last", "--server", text(&hello, "listening"), "--token", token]).output().unwrap();
    assert_eq!(text(&answered(&sent, 0), "status"), "uploaded");
}

#[test]
fn a_length_that_is_no_number_is_refused() {
    let place = Place::new();
    for seconds in ["nan", "inf", "0", "1e9"] {
        assert_eq!(place.command(&["selftest", "--seconds", seconds]).output().unwrap().status.code(), Some(2), "{seconds}");
    }
}
