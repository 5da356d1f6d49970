//! Rows come back as they went in, in their order, and moves that are not allowed are refused.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{Db, Error, Incoming, Upload};
use super::{ids, library, take};
use crate::core::problem::{Kind, Problem};
use crate::core::project::Project;
use crate::core::take::{ScreenTrack, Take, TakeId, TakeState};
use crate::core::upload::{Recording, SceneTimes, SecondFile, Status, StudioMetadata};

const ALL: [Status; 4] = [Status::Pending, Status::Uploading, Status::Uploaded, Status::Failed];

fn recording(id: &str, status: Status) -> Recording {
    Recording {
        id: id.into(),
        take: Some("0193".into()),
        user_id: Some("u1".into()),
        title: "\"Why\"; DROP TABLE takes; --".into(),
        file_path: String::new(),
        duration_seconds: 142.25,
        status,
        bytes: 0,
        sha256: String::new(),
        scenes: vec![SceneTimes { id: "1".into(), title: "Öffnung".into(), start: 0.0, end: 12.5 }],
        created_at: format!("2026-11-20T12:00:00.{id:0>3}Z"),
        studio_metadata: StudioMetadata { track_type: Some("screen".into()), ..StudioMetadata::default() },
    }
}

fn incoming(id: &str, recording: &str) -> Incoming {
    Incoming {
        id: id.into(),
        recording: recording.into(),
        length: Some(5_000_000_000),
        offset: 0,
        metadata: "filename d2h5Lm1rdg==".into(),
        created_at: "2026-11-20T12:00:00.000Z".into(),
    }
}

fn upload(take: &str, server: &str, status: Status, updated_at: &str) -> Upload {
    Upload {
        take: TakeId(take.into()),
        server: server.into(),
        location: Some(format!("{server}/uploads/7")),
        recording: Some("r".into()),
        sha256: Some("ab".into()),
        bytes: 9,
        status,
        growing: server.starts_with("http:"),
        attempt: 3,
        problem: Some("The server is busy.".into()),
        updated_at: updated_at.into(),
        screen: server.starts_with("http:").then(|| SecondFile { bytes: 7, ..SecondFile::default() }),
    }
}

#[test]
fn a_take_with_a_screen_and_one_without_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let track = ScreenTrack { file: "screen.mkv".into(), offset: -5, nanos: 7, bytes: 9 };
    let with = Take { screen: Some(track), ..take("0193-a", "p", 1) };
    let without = take("0193-b", "p", 2);
    for known in [&with, &without] {
        db.save_take(known).unwrap();
        assert_eq!(db.take(&known.id).unwrap().as_ref(), Some(known));
    }
    let gone = Take { screen: None, ..with };
    db.save_take(&gone).unwrap();
    assert_eq!(db.take(&gone.id).unwrap(), Some(gone));
}

#[test]
fn lists_are_newest_first_and_the_bin_is_apart() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    for (id, project, number) in [("a", "p", 1), ("c", "p", 3), ("b", "p", 2), ("d", "q", 4)] {
        db.save_take(&take(id, project, number)).unwrap();
    }
    assert_eq!(ids(&db.takes("p").unwrap()), ["c", "b", "a"]);
    assert_eq!(ids(&db.all_takes().unwrap()), ["d", "c", "b", "a"]);
    db.bin_take(&TakeId("c".into()), "2026-11-20T13:00:00.000Z").unwrap();
    // Saving a binned take (its folder moved) does not bring it back.
    let moved = Take { folder: "/data/bin/c".into(), ..take("c", "p", 3) };
    db.save_take(&moved).unwrap();
    assert_eq!(ids(&db.takes("p").unwrap()), ["b", "a"]);
    assert_eq!(db.binned_takes().unwrap(), [(moved.clone(), "2026-11-20T13:00:00.000Z".into())]);
    assert_eq!(db.take(&moved.id).unwrap(), Some(moved.clone()));
    assert_eq!(db.next_take_number("p").unwrap(), 4);
    db.restore_take(&moved.id).unwrap();
    assert_eq!(ids(&db.takes("p").unwrap()), ["c", "b", "a"]);
    assert_eq!(db.next_take_number("nothing yet").unwrap(), 1);
    assert!(matches!(db.bin_take(&TakeId("none".into()), "now"), Err(Error::Unknown { what: "take", .. })));
}

#[test]
fn extreme_values_come_back_or_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let largest = Take { nanos: i64::MAX as u64, number: u32::MAX, title: String::new(), scenes: vec![], ..take("a", "", 1) };
    db.save_take(&largest).unwrap();
    assert_eq!(db.take(&largest.id).unwrap(), Some(largest));
    assert_eq!(db.next_take_number("").unwrap(), u32::MAX);
    let error = db.save_take(&Take { bytes: u64::MAX, ..take("b", "p", 1) }).unwrap_err();
    assert!(matches!(&error, Error::Value { id, .. } if id == "b"), "{error}");
    assert_eq!(db.take(&TakeId("b".into())).unwrap(), None);
    let nan = Recording { duration_seconds: f64::NAN, ..recording("1", Status::Pending) };
    assert!(matches!(db.create_recording(&nan), Err(Error::Value { .. })));
}

#[test]
fn a_finished_recording_has_everything_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let (first, second) = (recording("1", Status::Pending), recording("2", Status::Uploading));
    db.create_recording(&first).unwrap();
    db.create_recording(&second).unwrap();
    assert_eq!(db.recordings().unwrap(), [second.clone(), first.clone()]);
    assert!(matches!(db.create_recording(&first), Err(Error::Exists { what: "recording", .. })));

    assert!(matches!(db.finish_recording("1", "data/videos/1.mkv", 7, "AB"), Err(Error::StatusMove { .. })));
    assert_eq!(db.recording("1").unwrap(), Some(first));
    assert_eq!(db.recording_by_sha256("ab").unwrap(), None);

    db.finish_recording("2", "data/videos/2.mkv", 7, "AB").unwrap();
    let finished =
        Recording { file_path: "data/videos/2.mkv".into(), bytes: 7, sha256: "ab".into(), status: Status::Uploaded, ..second };
    assert_eq!(db.recording("2").unwrap(), Some(finished.clone()));
    assert_eq!(db.recording_by_sha256("AB").unwrap(), Some(finished));
    assert_eq!(db.recording_by_sha256("").unwrap(), None);
    assert!(matches!(db.finish_recording("9", "", 0, ""), Err(Error::Unknown { .. })));
}

#[test]
fn every_move_of_a_status_is_judged_by_the_nouns() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    for (number, (from, to)) in ALL.into_iter().flat_map(|from| ALL.map(|to| (from, to))).enumerate() {
        let id = number.to_string();
        db.create_recording(&recording(&id, from)).unwrap();
        let moved = db.set_recording_status(&id, to);
        let allowed = from == to || from.may_become(to);
        assert_eq!(moved.is_ok(), allowed, "{from:?} to {to:?}");
        if let Err(error) = moved {
            assert!(matches!(error, Error::StatusMove { .. }), "{error}");
            assert_eq!(Problem::from(error).kind, Kind::Refused);
        }
        assert_eq!(db.recording(&id).unwrap().unwrap().status, if allowed { to } else { from });
    }
}

#[test]
fn an_upload_being_received_lives_by_its_offset() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    assert!(matches!(db.create_incoming(&incoming("i", "none")), Err(Error::Orphan { .. })));
    db.create_recording(&recording("1", Status::Pending)).unwrap();
    for id in ["i", "j"] {
        db.create_incoming(&incoming(id, "1")).unwrap();
    }
    db.set_incoming_offset("i", 4_999_999_999).unwrap();
    assert_eq!(db.incoming("i").unwrap(), Some(Incoming { offset: 4_999_999_999, ..incoming("i", "1") }));
    assert!(matches!(db.set_incoming_offset("i", 5_000_000_001), Err(Error::Value { .. })));
    assert!(matches!(db.set_incoming_offset("none", 1), Err(Error::Unknown { .. })));
    // One that grows has no length until it has stopped; what came beyond that no longer counts.
    let grows = Incoming { length: None, ..incoming("k", "1") };
    db.create_incoming(&grows).unwrap();
    db.set_incoming_offset("k", 6_000_000_000).unwrap();
    assert_eq!(db.incoming("k").unwrap(), Some(Incoming { offset: 6_000_000_000, ..grows.clone() }));
    db.end_incoming("k", 5_500_000_000, "sha256 YWI=").unwrap();
    let ended = Incoming { length: Some(5_500_000_000), offset: 5_500_000_000, metadata: "sha256 YWI=".into(), ..grows };
    assert_eq!(db.incoming("k").unwrap(), Some(ended));
    assert!(matches!(db.end_incoming("none", 1, ""), Err(Error::Unknown { .. })));
    db.delete_incoming("k").unwrap();
    // "i" has moved just now, "j" has not since its creation.
    let stale: Vec<String> = db.stale_incoming("2026-11-20T12:00:00.001Z").unwrap().into_iter().map(|i| i.id).collect();
    assert_eq!(stale, ["j"]);
    assert_eq!(db.stale_incoming("2026-11-20T12:00:00.000Z").unwrap(), []);
    db.delete_incoming("i").unwrap();
    db.delete_incoming("i").unwrap();
    assert_eq!(db.incoming("i").unwrap(), None);
}

#[test]
fn uploads_are_one_a_take_and_server_and_go_with_their_take() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let (near, far) = ("http://127.0.0.1:7777", "https://studio.example");
    assert!(matches!(db.save_upload(&upload("a", near, Status::Pending, "1")), Err(Error::Orphan { .. })));
    db.save_take(&take("a", "p", 1)).unwrap();
    db.save_upload(&upload("a", near, Status::Pending, "1")).unwrap();
    db.save_upload(&upload("a", far, Status::Failed, "2")).unwrap();
    let sent = Upload { location: None, problem: None, ..upload("a", near, Status::Uploaded, "3") };
    db.save_upload(&sent).unwrap();
    let a = TakeId("a".into());
    assert_eq!(db.upload(&a, near).unwrap(), Some(sent.clone()));
    assert_eq!(db.uploads_of(&a).unwrap(), [sent, upload("a", far, Status::Failed, "2")]);
    assert_eq!(db.unfinished_uploads().unwrap(), [upload("a", far, Status::Failed, "2")]);
    db.save_take(&Take { state: TakeState::Interrupted, ..take("a", "p", 1) }).unwrap();
    assert_eq!(db.uploads_of(&a).unwrap().len(), 2, "saving the take again keeps its uploads");
    for _ in 0..2 {
        db.forget_upload(&a, far).unwrap();
    }
    assert_eq!(db.uploads_of(&a).unwrap().len(), 1);
    db.forget_take(&a).unwrap();
    assert_eq!(db.uploads_of(&a).unwrap(), []);
    db.forget_take(&a).unwrap();
}

#[test]
fn a_login_in_a_servers_address_is_never_kept_or_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_take(&take("a", "p", 1)).unwrap();
    let error = db.save_upload(&upload("a", "https://me:hunter2@studio.example", Status::Pending, "1")).unwrap_err();
    assert!(matches!(error, Error::Value { .. }));
    assert!(!format!("{error:?}{error}").contains("hunter2"));
    db.save_upload(&upload("a", "https://studio.example/@me", Status::Pending, "1")).unwrap();
}

#[test]
fn settings_and_projects_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    assert_eq!(db.settings().unwrap(), None);
    for json in ["{\"pace\":140}", "{}"] {
        db.save_settings(json).unwrap();
        assert_eq!(db.settings().unwrap().as_deref(), Some(json));
    }
    assert!(matches!(db.save_settings("{pace"), Err(Error::Value { .. })));
    db.save_value("window", "1280x800").unwrap();
    assert_eq!(db.value("window").unwrap().as_deref(), Some("1280x800"));
    let project = |id: &str, title: &str| Project { id: id.into(), title: title.into(), folder: format!("/p/{id}") };
    for (id, title) in [("b", "First"), ("a", "Second"), ("b", "First, renamed")] {
        db.save_project(&project(id, title)).unwrap();
    }
    assert_eq!(db.projects().unwrap(), [project("a", "Second"), project("b", "First, renamed")]);
}

#[derive(Clone, Debug)]
enum Op {
    Save(u8, u32),
    Bin(u8),
    Restore(u8),
    Forget(u8),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (0..5u8, 1..60u32).prop_map(|(id, number)| Op::Save(id, number)),
        2 => (0..5u8).prop_map(Op::Bin),
        1 => (0..5u8).prop_map(Op::Restore),
        1 => (0..5u8).prop_map(Op::Forget),
    ]
}

/// What the rows should be: each take, and when it went to the bin.
type Model = BTreeMap<u8, (Take, Option<String>)>;

fn apply(db: &Db, model: &mut Model, step: usize, op: &Op) {
    let id = |id: &u8| TakeId(id.to_string());
    let at = format!("2026-11-21T00:00:{step:02}.000Z");
    match op {
        Op::Save(key, number) => {
            let saved = take(&key.to_string(), "p", *number);
            db.save_take(&saved).unwrap();
            model.entry(*key).and_modify(|(take, _)| *take = saved.clone()).or_insert((saved, None));
        }
        Op::Bin(key) => {
            let known = model.get_mut(key).map(|(_, binned)| *binned = Some(at.clone()));
            assert_eq!(db.bin_take(&id(key), &at).is_ok(), known.is_some());
        }
        Op::Restore(key) => {
            let known = model.get_mut(key).map(|(_, binned)| *binned = None);
            assert_eq!(db.restore_take(&id(key)).is_ok(), known.is_some());
        }
        Op::Forget(key) => {
            db.forget_take(&id(key)).unwrap();
            model.remove(key);
        }
    }
}

proptest! {
    // Each step is a synced write.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn takes_are_what_was_done_to_them(ops in proptest::collection::vec(op(), 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let mut db = library(folder.path());
        let mut model = Model::new();
        for (step, op) in ops.iter().enumerate() {
            apply(&db, &mut model, step, op);
            if step % 8 == 7 {
                drop(db);
                db = library(folder.path());
            }
            let mut listed: Vec<Take> = model.values().filter(|(_, binned)| binned.is_none()).map(|(take, _)| take.clone()).collect();
            listed.sort_by(|a, b| (&b.started_at, &b.id).cmp(&(&a.started_at, &a.id)));
            prop_assert_eq!(db.all_takes().unwrap(), listed);
            let mut binned: Vec<(Take, String)> =
                model.values().filter_map(|(take, at)| Some((take.clone(), at.clone()?))).collect();
            binned.sort_by(|a, b| (&b.1, &b.0.id).cmp(&(&a.1, &a.0.id)));
            prop_assert_eq!(db.binned_takes().unwrap(), binned);
            let highest = model.values().map(|(take, _)| take.number).max().unwrap_or(0);
            prop_assert_eq!(db.next_take_number("p").unwrap(), highest + 1);
        }
    }
}
