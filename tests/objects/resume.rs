//! Going on where an earlier run stopped, when the bucket is not as it was left.

use onetake::blobs::objects::{Begun, Event, Job};

use crate::bucket::{Bucket, Fault};
use crate::rig::{LARGE, bytes, file, job, open, parts, remembered, send, send_until, sha256};

const KEY: &str = "takes/1/take.mkv";

/// A run that ends when `enough` parts have arrived; what is remembered of it.
fn begun(bucket: &Bucket, path: &std::path::Path, enough: usize) -> Begun {
    let mut arrived = 0;
    let (sent, events) = send_until(&open(&bucket.access()), job(path, KEY), |event, cancel| {
        arrived += usize::from(matches!(event, Event::Part { .. }));
        if arrived == enough {
            cancel.cancel();
        }
    });
    assert!(sent.is_err());
    remembered(&events).unwrap()
}

#[test]
fn a_bucket_that_forgot_the_upload_gets_it_anew() {
    let (bucket, folder) = (Bucket::start(|_, _| None), tempfile::tempdir().unwrap());
    let whole = bytes(LARGE, 21);
    let path = file(folder.path(), "take.mkv", &whole);
    let begun = begun(&bucket, &path, 1);
    bucket.forget_uploads();
    let (sent, events) = send(&open(&bucket.access()), Job { begun: Some(begun), ..job(&path, KEY) });
    assert_eq!(sent.unwrap().sha256, sha256(&whole));
    assert!(events.iter().any(|event| matches!(event, Event::Begun(_))));
    assert!(bucket.object(KEY).unwrap() == whole);
}

#[test]
fn a_run_that_was_killed_after_the_last_request_is_done() {
    let (bucket, folder) = (Bucket::start(|_, _| None), tempfile::tempdir().unwrap());
    let whole = bytes(LARGE, 22);
    let path = file(folder.path(), "take.mkv", &whole);
    let (sent, events) = send(&open(&bucket.access()), job(&path, KEY));
    let first = sent.unwrap();
    let asked = bucket.asked().len();
    let begun = remembered(&events);
    let (sent, events) = send(&open(&bucket.access()), Job { begun, ..job(&path, KEY) });
    assert_eq!((sent.unwrap(), parts(&events)), (first, 0));
    assert!(bucket.asked()[asked..].iter().all(|asked| !asked.is_part()), "nothing was sent a second time");
}

#[test]
fn a_part_that_is_not_the_files_is_sent_again() {
    let (bucket, folder) = (Bucket::start(|_, _| None), tempfile::tempdir().unwrap());
    let whole = bytes(LARGE, 23);
    let path = file(folder.path(), "take.mkv", &whole);
    let mut begun = begun(&bucket, &path, 2);
    let arrived = begun.parts.len();
    // As after a disk that lost what was written last: the row speaks of other bytes.
    begun.parts[0].1 = "\"00000000000000000000000000000000\"".into();
    let (sent, events) = send(&open(&bucket.access()), Job { begun: Some(begun), ..job(&path, KEY) });
    assert_eq!((sent.unwrap().sha256, parts(&events)), (sha256(&whole), 3 - arrived + 1));
    assert!(bucket.object(KEY).unwrap() == whole);
}

#[test]
fn a_file_that_changes_meanwhile_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "take.mkv", &bytes(LARGE, 24));
    let touched = path.clone();
    let bucket = Bucket::start(move |asked, _| {
        if asked.is_part() && asked.query.contains("partNumber=3") {
            std::fs::write(&touched, bytes(LARGE, 25)).unwrap();
        }
        None::<Fault>
    });
    let (sent, _) = send(&open(&bucket.access()), job(&path, KEY));
    let problem = onetake::core::problem::Problem::from(sent.unwrap_err());
    assert!(problem.what.contains("changed while it was being sent"), "{problem}");
    assert!(bucket.object(KEY).is_none());
}

#[test]
fn a_file_that_is_empty_or_gone_is_said() {
    let (bucket, folder) = (Bucket::start(|_, _| None), tempfile::tempdir().unwrap());
    let empty = file(folder.path(), "empty.mkv", b"");
    for (path, says) in
        [(empty, "is empty"), (folder.path().join("none.mkv"), "can't be read"), (folder.path().into(), "can't be read")]
    {
        let (sent, _) = send(&open(&bucket.access()), job(&path, KEY));
        let problem = onetake::core::problem::Problem::from(sent.unwrap_err());
        assert!(problem.what.contains(says), "{problem}");
    }
    assert!(bucket.asked().is_empty());
}
