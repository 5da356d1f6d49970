//! A bucket that answers 403, 404, 429, 500, slowly, half, or wrongly: one clear sentence, or it goes on; nothing lost, nothing half.

use onetake::blobs::objects::{Error, Event, Job, Patience, Store};
use onetake::core::problem::Problem;
use onetake::core::storage::Checked;
use onetake::core::storage::check::Found;

use crate::bucket::{Bucket, Fault};
use crate::rig::{LARGE, PATIENCE, bytes, file, job, open, parts, runtime, send, sha256};

const KEY: &str = "takes/1/take.mkv";

/// Sends a file of three parts into a bucket with faults.
fn sent_into(bucket: &Bucket) -> (Result<onetake::blobs::objects::Sent, Error>, Vec<Event>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let whole = bytes(LARGE, 11);
    let path = file(folder.path(), "take.mkv", &whole);
    let (sent, events) = send(&open(&bucket.access()), job(&path, KEY));
    (sent, events, whole)
}

fn waits(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Waiting { .. })).count()
}

#[test]
fn what_passes_is_waited_for() {
    for (status, code) in [(500, "InternalError"), (503, "SlowDown"), (429, "TooManyRequests"), (408, "RequestTimeout")] {
        // Each part is refused three times: object_store's own try and one more, then ours.
        let bucket =
            Bucket::start(move |asked, before| (asked.is_part() && before < 3).then_some(Fault::Status(status, code, &[])));
        let (sent, events, whole) = sent_into(&bucket);
        assert_eq!(sent.unwrap().sha256, sha256(&whole), "{status}");
        assert!(waits(&events) >= 3, "{status}: each part waited");
        assert_eq!(parts(&events), 3);
        assert!(bucket.object(KEY).unwrap() == whole);
    }
}

#[test]
fn a_wait_that_is_asked_for_is_kept() {
    let bucket = Bucket::start(|asked, before| {
        (asked.is_part() && before < 2).then_some(Fault::Status(503, "SlowDown", &[("retry-after", "30")]))
    });
    let (sent, events, _) = sent_into(&bucket);
    sent.unwrap();
    let longest = events.iter().filter_map(|event| match event {
        Event::Waiting { secs, .. } => Some(*secs),
        _ => None,
    });
    let asked_for = 30.0 * PATIENCE.pace;
    assert!(longest.fold(0.0, f64::max) >= asked_for, "{events:?}");
}

#[test]
fn what_stays_is_said_once_and_at_once() {
    for (status, code, says) in [
        (403, "AccessDenied", "may not write"),
        (403, "SignatureDoesNotMatch", "does not accept the secret key"),
        (403, "InvalidAccessKeyId", "does not know the access key"),
        (404, "NoSuchBucket", "There is no bucket “films”"),
        (400, "EntityTooSmall", "refused (400, EntityTooSmall): It is so"),
    ] {
        let bucket = Bucket::start(move |asked, _| asked.is_part().then_some(Fault::Status(status, code, &[])));
        let (sent, events, _) = sent_into(&bucket);
        let problem = Problem::from(sent.unwrap_err());
        assert!(problem.what.contains(says), "{problem}");
        assert!(!problem.to_string().contains("of-mine"), "{problem}");
        assert_eq!(waits(&events), 0, "{code} does not pass");
        assert!(bucket.object(KEY).is_none());
    }
}

#[test]
fn a_bucket_that_stays_ill_is_given_up() {
    let bucket = Bucket::start(|asked, _| asked.is_part().then_some(Fault::Status(500, "InternalError", &[])));
    let (sent, events, _) = sent_into(&bucket);
    let problem = Problem::from(sent.unwrap_err());
    assert!(problem.what.contains("500") && problem.what.contains("4 times in a row"), "{problem}");
    assert!(waits(&events) >= 3 && bucket.object(KEY).is_none());
}

#[test]
fn the_wrong_region_and_a_wrong_clock_are_named() {
    let bucket =
        Bucket::start(|_, _| Some(Fault::Status(301, "PermanentRedirect", &[("x-amz-bucket-region", "eu-central-1")])));
    let problem = Problem::from(sent_into(&bucket).0.unwrap_err());
    assert!(problem.what.contains("is in the region eu-central-1"), "{problem}");
    let bucket =
        Bucket::start(|_, _| Some(Fault::Status(403, "RequestTimeTooSkewed", &[("date", "Sat, 21 Nov 2020 12:00:00 GMT")])));
    let problem = Problem::from(sent_into(&bucket).0.unwrap_err());
    assert!(problem.what.contains("clock of this computer") && problem.what.contains("ahead of"), "{problem}");
}

#[test]
fn half_an_answer_is_asked_for_again() {
    let bucket = Bucket::start(|asked, before| ((asked.begins() || asked.is_complete()) && before < 1).then_some(Fault::Half));
    let (sent, _, whole) = sent_into(&bucket);
    assert_eq!(sent.unwrap().sha256, sha256(&whole));
    assert!(bucket.object(KEY).unwrap() == whole);
}

#[test]
fn an_answer_that_was_lost_does_not_lose_the_file() {
    // The object is there, and nobody was told.
    let bucket = Bucket::start(|asked, before| (asked.is_complete() && before < 1).then_some(Fault::Mute));
    let (sent, _, whole) = sent_into(&bucket);
    let sent = sent.unwrap();
    assert_eq!((sent.sha256, sent.checked), (sha256(&whole), Checked::Digest));
    let completed = bucket.asked().iter().filter(|asked| asked.is_complete()).count();
    assert!(completed <= 2 && parts_asked(&bucket) == 3, "what was complete is not sent again: {:?}", bucket.asked());
}

fn parts_asked(bucket: &Bucket) -> usize {
    bucket.asked().iter().filter(|asked| asked.is_part()).count()
}

#[test]
fn silence_ends() {
    let bucket = Bucket::start(|asked, _| asked.is_part().then_some(Fault::Silence));
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "take.mkv", &bytes(LARGE, 12));
    let patience = Patience { tries: 2, pace: 0.01, request_secs: 1 };
    let store = Store::open(&bucket.access(), &patience).unwrap();
    let (sent, _) = send(&store, Job { patience, ..job(&path, KEY) });
    let problem = Problem::from(sent.unwrap_err());
    assert!(problem.what.contains("did not answer in time"), "{problem}");
}

#[test]
fn a_bucket_that_keeps_something_else_is_found_out() {
    // A small file: the tag of what is stored is honest.
    let bucket = Bucket::start(|asked, _| (asked.method == "PUT").then_some(Fault::Garble));
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "take.mkv", &bytes(9_000, 13));
    let (sent, _) = send(&open(&bucket.access()), job(&path, KEY));
    let problem = Problem::from(sent.unwrap_err());
    assert!(problem.what.contains("differs from the file"), "{problem}");
    assert!(bucket.object(KEY).is_none(), "nothing may take it for the file");
    // In parts.
    let bucket = Bucket::start(|asked, _| (asked.is_part() && asked.query.contains("partNumber=2")).then_some(Fault::Garble));
    let (sent, ..) = sent_into(&bucket);
    assert!(matches!(sent.unwrap_err(), Error::Differs { .. }));
    assert!(bucket.object(KEY).is_none());
}

#[test]
fn the_test_of_the_connection_names_what_fails() {
    for (fault, judge, says) in [
        (
            "Write",
            Box::new(|method: &str, _: &str| method == "PUT") as Box<dyn Fn(&str, &str) -> bool + Send + Sync>,
            "may not write",
        ),
        ("List", Box::new(|_: &str, query: &str| query.contains("list-type")), "may not list"),
        ("Delete", Box::new(|method: &str, query: &str| method == "DELETE" && query.is_empty()), "may not delete"),
        ("Large files", Box::new(|method: &str, query: &str| method == "POST" && query.contains("uploads")), "may not write"),
    ] {
        let bucket = Bucket::start(move |asked, _| {
            judge(&asked.method, &asked.query).then_some(Fault::Status(403, "AccessDenied", &[]))
        });
        let checks = runtime().block_on(onetake::blobs::objects::test(&bucket.access()));
        let failed: Vec<_> = checks
            .iter()
            .filter_map(|check| match &check.found {
                Found::Fails { problem } => Some((check.name, problem.what.clone())),
                _ => None,
            })
            .collect();
        assert_eq!(failed.len(), 1, "{checks:?}");
        assert!(failed[0].0 == fault && failed[0].1.contains(says), "{failed:?}");
    }
    let honest = Bucket::start(|_, _| None);
    let checks = runtime().block_on(onetake::blobs::objects::test(&honest.access()));
    assert!(checks.iter().all(|check| check.found == Found::Works), "{checks:?}");
    assert_eq!(honest.asked().iter().filter(|asked| asked.method == "DELETE").count(), 2, "the probe and its parts are gone");
}
