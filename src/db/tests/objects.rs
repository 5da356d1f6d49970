//! What was sent to buckets: parts are kept until the receipt takes their place, and receipts outlive what was sent.

use super::super::{Item, ObjectReceipt, ObjectUpload};
use super::{library, take};
use crate::core::lineage::{Way, What};
use crate::core::storage::{Checked, Provider};
use crate::core::take::TakeId;

const PLACE: &str = "s3://films@http://127.0.0.1:9000";

fn upload(item: Item, object: &str, updated_at: &str) -> ObjectUpload {
    ObjectUpload {
        id: 0,
        item,
        place: PLACE.into(),
        object: object.into(),
        upload: "u".into(),
        bytes: 5_000_000_000,
        part_bytes: 8 << 20,
        changed: -7,
        waits: false,
        begun_at: "2026-11-21T12:00:00.000Z".into(),
        updated_at: updated_at.into(),
        parts: Vec::new(),
    }
}

fn receipt(item: &str, object: &str) -> ObjectReceipt {
    ObjectReceipt {
        item: item.into(),
        is_take: true,
        place: PLACE.into(),
        object: object.into(),
        provider: Provider::S3,
        bucket: "films".into(),
        etag: Some("abc-3".into()),
        bytes: 5_000_000_000,
        sha256: "ab".repeat(32),
        checked: Checked::ReadBack,
        at: "2026-11-21T12:30:00.000Z".into(),
    }
}

#[test]
fn parts_are_kept_until_the_receipt_takes_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_take(&take("a", "p", 1)).unwrap();
    let begun = upload(Item::Take("a".into()), "takes/a/take.mkv", "2026-11-21T12:00:00.000Z");
    let id = db.begin_object(&begun).unwrap();
    for (number, content) in [(2, "c"), (0, "a"), (0, "again")] {
        db.save_part(id, number, content, "2026-11-21T12:10:00.000Z").unwrap();
    }
    let known = db.object_upload(PLACE, "takes/a/take.mkv").unwrap().unwrap();
    let parts = vec![(0, "again".to_owned()), (2, "c".to_owned())];
    assert_eq!(known, ObjectUpload { id, parts, updated_at: "2026-11-21T12:10:00.000Z".into(), ..begun.clone() });
    db.set_object_waits(PLACE, "takes/a/take.mkv", true).unwrap();
    assert!(db.object_upload(PLACE, "takes/a/take.mkv").unwrap().unwrap().waits);
    assert_eq!(db.object_uploads("2026-11-21T12:10:00.000Z").unwrap(), []);
    assert_eq!(db.object_uploads("2026-11-21T12:10:00.001Z").unwrap().len(), 1);

    // Begun anew, the old parts are void.
    db.begin_object(&begun).unwrap();
    assert_eq!(db.object_upload(PLACE, "takes/a/take.mkv").unwrap().unwrap().parts, []);
    assert!(db.save_part(id, 1, "b", "now").is_err(), "a part of what is gone has no place");

    db.finish_object(&receipt("a", "takes/a/take.mkv")).unwrap();
    assert_eq!(db.object_upload(PLACE, "takes/a/take.mkv").unwrap(), None);
    assert_eq!(db.object_receipts(Some("a")).unwrap(), [receipt("a", "takes/a/take.mkv")]);
    db.finish_object(&receipt("a", "takes/a/take.mkv")).unwrap();
    assert_eq!(db.object_receipts(None).unwrap().len(), 1, "sent again, it is there once");
}

#[test]
fn what_lies_in_a_bucket_outlives_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_take(&take("a", "p", 1)).unwrap();
    db.begin_object(&upload(Item::Take("a".into()), "takes/a/screen.mkv", "2026-11-21T12:00:00.000Z")).unwrap();
    db.finish_object(&receipt("a", "takes/a/take.mkv")).unwrap();
    db.forget_take(&TakeId("a".into())).unwrap();
    let kept = db.object_receipts(Some("a")).unwrap();
    assert_eq!(kept, [ObjectReceipt { is_take: false, ..receipt("a", "takes/a/take.mkv") }]);
    assert_eq!(db.object_uploads("9999").unwrap().len(), 1, "its parts are still to be given up");
    // Sent while it went.
    db.finish_object(&receipt("gone", "takes/gone/take.mkv")).unwrap();
    db.forget_receipt(PLACE, "takes/a/take.mkv").unwrap();
    db.forget_object_upload(PLACE, "takes/a/screen.mkv").unwrap();
    assert_eq!((db.object_receipts(Some("a")).unwrap().len(), db.object_uploads("9999").unwrap().len()), (0, 0));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    let nobody = upload(Item::Take("none".into()), "x", "2026-11-21T12:00:00.000Z");
    assert!(db.begin_object(&nobody).is_err(), "there is no such take");
    let short = ObjectReceipt { sha256: "ab".into(), ..receipt("a", "x") };
    assert!(db.finish_object(&short).is_err());
    assert_eq!(db.object_receipts(None).unwrap(), []);
}

#[test]
fn a_receipt_is_where_an_asset_went() {
    let folder = tempfile::tempdir().unwrap();
    let db = library(folder.path());
    db.save_take(&take("a", "p", 1)).unwrap();
    for object in ["takes/a/take.mkv", "takes/a/take.mkv", "takes/a/again.mkv"] {
        db.finish_object(&receipt("a", object)).unwrap();
    }
    let down = |id: &str| db.lineage(What::Asset, id, Way::Down).unwrap().nodes;
    let mut went: Vec<(String, String, bool)> = down("a").into_iter().map(|node| (node.name, node.detail, node.gone)).collect();
    went.sort();
    let place = || PLACE.to_owned();
    assert_eq!(went, [(place(), "takes/a/again.mkv".into(), false), (place(), "takes/a/take.mkv".into(), false)]);
    db.forget_receipt(PLACE, "takes/a/again.mkv").unwrap();
    assert_eq!(down("a").len(), 1);
}
