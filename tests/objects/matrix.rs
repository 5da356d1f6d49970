//! Every provider does everything: the test of the connection, small and large files, ranges, lists, links, going on, deleting.

use onetake::blobs::objects::{Error, Event, Job, Store};
use onetake::core::storage::check::Found;
use onetake::core::storage::{Access, Checked, Provider};
use tempfile::TempDir;

use crate::peers::{AZURE_ACCOUNT, AZURE_KEY, Peer, azurite, fresh, make_bucket, make_container, moto, service_account};
use crate::rig::{LARGE, access, bytes, file, job, open, parts, remembered, runtime, send, send_until, sha256, stored};

/// A place that is there, and what keeps it there.
struct Place {
    access: Access,
    folder: TempDir,
    _peer: Option<Peer>,
}

fn local() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let storage = folder.path().join("films");
    std::fs::create_dir(&storage).unwrap();
    let named = [("VIDEO_STORAGE_PROVIDER", "local"), ("ONETAKE_STORAGE_FOLDER", storage.to_str().unwrap())];
    Place { access: access(&named), folder, _peer: None }
}

fn s3() -> Place {
    let (peer, bucket) = (moto(), fresh("films"));
    make_bucket(&peer.url(), &bucket);
    let named = [
        ("VIDEO_STORAGE_PROVIDER", "s3"),
        ("AWS_S3_BUCKET", &bucket),
        ("AWS_S3_ACCESS_KEY", "an-id"),
        ("AWS_S3_SECRET_KEY", "a-secret"),
        ("AWS_ENDPOINT_URL", &peer.url()),
    ];
    Place { access: access(&named), folder: tempfile::tempdir().unwrap(), _peer: Some(peer) }
}

fn gcs() -> Place {
    let (peer, bucket, folder) = (moto(), fresh("films"), tempfile::tempdir().unwrap());
    make_bucket(&peer.url(), &bucket);
    let account = service_account(folder.path());
    let named = [
        ("VIDEO_STORAGE_PROVIDER", "gcs"),
        ("GCS_BUCKET", &bucket),
        ("GCS_CREDENTIALS", account.to_str().unwrap()),
        ("STORAGE_EMULATOR_HOST", &peer.url()),
    ];
    Place { access: access(&named), folder, _peer: Some(peer) }
}

fn azure() -> Place {
    let (peer, container) = (azurite(), fresh("films"));
    make_container(&peer.url(), &container);
    let connection = format!("AccountName={AZURE_ACCOUNT};AccountKey={AZURE_KEY};BlobEndpoint={}/{AZURE_ACCOUNT}", peer.url());
    let named =
        [("VIDEO_STORAGE_PROVIDER", "azure"), ("AZURE_CONTAINER", &container), ("AZURE_CONNECTION_STRING", &connection)];
    Place { access: access(&named), folder: tempfile::tempdir().unwrap(), _peer: Some(peer) }
}

#[test]
fn a_folder_does_everything() {
    everything(&local());
}

#[test]
fn s3_does_everything() {
    everything(&s3());
}

#[test]
fn google_cloud_storage_does_everything() {
    everything(&gcs());
}

#[test]
fn azure_does_everything() {
    everything(&azure());
}

fn everything(place: &Place) {
    let store = open(&place.access);
    the_connection_is_tested(&place.access);
    a_small_file(place, &store);
    a_large_file_goes_on(place, &store);
    another_file_begins_anew(place, &store);
    lists_links_and_deletes(place, &store);
    assert_eq!(runtime().block_on(store.list("", 100)).unwrap(), Vec::<String>::new(), "nothing is left over");
}

fn the_connection_is_tested(access: &Access) {
    let checks = runtime().block_on(onetake::blobs::objects::test(access));
    assert!(checks.len() >= 6, "{checks:?}");
    for check in &checks {
        let skipped = access.place.provider == Provider::Local && matches!(check.found, Found::Skipped { .. });
        assert!(check.found == Found::Works || skipped, "{check:?}");
    }
}

fn a_small_file(place: &Place, store: &Store) {
    let small = bytes(70_000, 1);
    let path = file(place.folder.path(), "small.mkv", &small);
    let (sent, events) = send(store, job(&path, "takes/1/take.mkv"));
    let sent = sent.unwrap();
    assert_eq!((sent.bytes, sent.sha256.as_str()), (70_000, sha256(&small).as_str()));
    assert_eq!(parts(&events), 0, "one request");
    // Where the tag is an MD5 nothing is read back.
    let digest = matches!(place.access.place.provider, Provider::S3 | Provider::Gcs);
    assert_eq!(sent.checked, if digest { Checked::Digest } else { Checked::ReadBack });
    assert!(stored(store, "takes/1/take.mkv") == small);
}

fn a_large_file_goes_on(place: &Place, store: &Store) {
    let large = bytes(LARGE, 2);
    let path = file(place.folder.path(), "large.mkv", &large);
    let key = "takes/2/take.mkv";
    let (cancelled, events) = send_until(store, job(&path, key), |event, cancel| {
        if matches!(event, Event::Part { .. }) {
            cancel.cancel();
        }
    });
    assert!(matches!(cancelled, Err(Error::Cancelled)));
    // Others may have arrived in the same moment.
    let begun = remembered(&events).unwrap();
    let arrived = begun.parts.len();
    assert!((1..=3).contains(&arrived));
    assert!(matches!(runtime().block_on(store.facts(key)), Err(Error::NoObject { .. })), "half a file is no file");

    let (sent, events) = send(store, Job { begun: Some(begun), ..job(&path, key) });
    let sent = sent.unwrap();
    assert_eq!(parts(&events), 3 - arrived, "what arrived is not sent again");
    assert!(!events.iter().any(|event| matches!(event, Event::Begun(_))), "it went on with the same upload");
    assert_eq!(sent.sha256, sha256(&large));
    assert!(stored(store, key) == large);
}

fn another_file_begins_anew(place: &Place, store: &Store) {
    let path = file(place.folder.path(), "edited.mkv", &bytes(LARGE, 3));
    let key = "media/3.mkv";
    let (_, events) = send_until(store, job(&path, key), |event, cancel| {
        if matches!(event, Event::Part { .. }) {
            cancel.cancel();
        }
    });
    let begun = remembered(&events);
    let edited = bytes(LARGE, 4);
    file(place.folder.path(), "edited.mkv", &edited);
    let (sent, events) = send(store, Job { begun, ..job(&path, key) });
    assert_eq!((parts(&events), sent.unwrap().sha256), (3, sha256(&edited)));
    assert!(stored(store, key) == edited);
}

fn lists_links_and_deletes(place: &Place, store: &Store) {
    let runtime = runtime();
    let mut keys = runtime.block_on(store.list("takes", 100)).unwrap();
    keys.sort_unstable();
    assert_eq!(keys, ["takes/1/take.mkv", "takes/2/take.mkv"]);
    assert_eq!(runtime.block_on(store.list("takes", 1)).unwrap().len(), 1);
    let link = runtime.block_on(store.link("takes/1/take.mkv", std::time::Duration::from_secs(60))).unwrap();
    match link {
        Some(link) => {
            let read = runtime.block_on(store.follow(&link, 100_000)).unwrap();
            assert!(read == bytes(70_000, 1));
            // Anybody can, without our client.
            let anybody = runtime.block_on(async { reqwest::get(&link).await.unwrap().bytes().await.unwrap() });
            assert!(anybody == read);
        }
        None => assert_eq!(place.access.place.provider, Provider::Local),
    }
    for key in ["takes/1/take.mkv", "takes/2/take.mkv", "media/3.mkv"] {
        runtime.block_on(store.delete(key)).unwrap();
        runtime.block_on(store.delete(key)).expect("one that is gone is fine");
        assert!(matches!(runtime.block_on(store.facts(key)), Err(Error::NoObject { .. })));
    }
}

#[test]
fn azure_refuses_a_link_that_was_changed() {
    let place = azure();
    let store = open(&place.access);
    let path = file(place.folder.path(), "small.mkv", &bytes(1_000, 5));
    send(&store, job(&path, "takes/1/take.mkv")).0.unwrap();
    let link = runtime().block_on(store.link("takes/1/take.mkv", std::time::Duration::from_secs(60))).unwrap().unwrap();
    let changed = link.replace("sig=", "sig=A");
    let refused = runtime().block_on(store.follow(&changed, 100)).unwrap_err();
    assert!(matches!(refused, Error::WrongKey { .. } | Error::Denied { .. }), "{refused:?}");
}
