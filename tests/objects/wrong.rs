//! Places that are described wrongly: each is one sentence that says exactly what.

use onetake::blobs::objects;
use onetake::core::storage::Access;
use onetake::core::storage::check::Report;

use crate::peers::{AZURE_ACCOUNT, AZURE_KEY, azurite, free_port, fresh, make_container, moto, s3s, service_account};
use crate::rig::{access, runtime};

/// The first thing that is wrong.
fn wrong(access: &Access) -> String {
    let checks = runtime().block_on(objects::test(access));
    let report = Report { place: String::new(), keys: String::new(), checks };
    let problem = report.problem().unwrap_or_else(|| panic!("nothing is wrong: {report:?}")).clone();
    assert!(!problem.fix.is_empty());
    for secret in [AZURE_KEY, "wrong-secret-of-mine"] {
        assert!(!format!("{report:?}").contains(secret));
    }
    problem.what
}

fn s3(endpoint: &str, bucket: &str, id: &str, secret: &str) -> Access {
    access(&[
        ("VIDEO_STORAGE_PROVIDER", "s3"),
        ("AWS_S3_BUCKET", bucket),
        ("AWS_S3_ACCESS_KEY", id),
        ("AWS_S3_SECRET_KEY", secret),
        ("AWS_ENDPOINT_URL", endpoint),
    ])
}

fn azure(endpoint: &str, container: &str, key: &str) -> Access {
    let connection = format!("AccountName={AZURE_ACCOUNT};AccountKey={key};BlobEndpoint={endpoint}/{AZURE_ACCOUNT}");
    let named = [("VIDEO_STORAGE_PROVIDER", "azure"), ("AZURE_CONTAINER", container), ("AZURE_CONNECTION_STRING", &connection)];
    access(&named)
}

#[test]
fn a_bucket_that_is_not_there() {
    let (peer, azurite) = (moto(), azurite());
    assert!(wrong(&s3(&peer.url(), &fresh("none"), "i", "wrong-secret-of-mine")).starts_with("There is no bucket “none-"));
    assert!(wrong(&azure(&azurite.url(), &fresh("none"), AZURE_KEY)).starts_with("There is no container “none-"));
}

#[test]
fn nobody_answers() {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let says = format!("Nothing answers at {}.", nobody.trim_start_matches("http://"));
    assert!(wrong(&s3(&nobody, "films", "i", "wrong-secret-of-mine")).starts_with(says.trim_end_matches('.')));
    assert!(wrong(&azure(&nobody, "films", AZURE_KEY)).starts_with(says.trim_end_matches('.')));
    let nowhere = wrong(&s3("http://no-such-host.invalid", "films", "i", "wrong-secret-of-mine"));
    assert!(nowhere.starts_with("There is no computer named no-such-host.invalid"), "{nowhere}");
}

#[test]
fn tls_where_there_is_none() {
    let peer = moto();
    let says = wrong(&s3(&peer.url().replace("http://", "https://"), "films", "i", "wrong-secret-of-mine"));
    assert!(says.starts_with("No secure connection to 127.0.0.1"), "{says}");
}

#[test]
fn azure_knows_a_wrong_key() {
    let (peer, container) = (azurite(), fresh("films"));
    make_container(&peer.url(), &container);
    let other = AZURE_KEY.replace("Eby8", "Abc8");
    let says = wrong(&azure(&peer.url(), &container, &other));
    assert!(says.contains("does not accept the secret key"), "{says}");
    let no_key = wrong(&azure(&peer.url(), &container, "not-base64!"));
    assert!(!no_key.is_empty());
}

#[test]
fn signatures_are_verified_where_somebody_does() {
    let Some(peer) = s3s("the-id", "the-right-secret", "films") else {
        println!("skipped: s3s-fs is not installed (cargo install --locked s3s-fs --features binary)");
        return;
    };
    let checks = runtime().block_on(objects::test(&s3(&peer.url(), "films", "the-id", "the-right-secret")));
    let report = Report { place: String::new(), keys: String::new(), checks };
    assert!(report.ok(), "{report:?}");
    let says = wrong(&s3(&peer.url(), "films", "the-id", "wrong-secret-of-mine"));
    assert!(says.contains("does not accept the secret key"), "{says}");
    let says = wrong(&s3(&peer.url(), "films", "another-id", "the-right-secret"));
    assert!(says.contains("does not know the access key") || says.contains("does not accept"), "{says}");
}

#[test]
fn a_key_file_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let gcs = |file: &str| {
        let named = [
            ("VIDEO_STORAGE_PROVIDER", "gcs"),
            ("GCS_BUCKET", "films"),
            ("GCS_CREDENTIALS", file),
            ("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1"),
        ];
        access(&named)
    };
    let missing = folder.path().join("none.json");
    assert!(wrong(&gcs(missing.to_str().unwrap())).contains("none.json"));
    let text = folder.path().join("text.json");
    std::fs::write(&text, "wrong-secret-of-mine").unwrap();
    assert!(wrong(&gcs(text.to_str().unwrap())).contains("it is not JSON"));
    std::fs::write(&text, "{\"private_key\":\"wrong-secret-of-mine\"}").unwrap();
    assert!(wrong(&gcs(text.to_str().unwrap())).contains("it has no client_email"));
    let good = service_account(folder.path());
    assert!(wrong(&gcs(good.to_str().unwrap())).starts_with("Nothing answers"));
}

#[test]
fn a_folder_that_is_not_there_or_can_not_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let local = |path: &std::path::Path| {
        access(&[("VIDEO_STORAGE_PROVIDER", "local"), ("ONETAKE_STORAGE_FOLDER", path.to_str().unwrap())])
    };
    let missing = folder.path().join("not mounted");
    assert!(wrong(&local(&missing)).contains("can't be used"));
    assert!(!missing.exists(), "a drive that is not there is not made");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(wrong(&local(&file)).contains("can't be used"));
    // Nobody may write there, not even the one who may do everything.
    assert!(wrong(&local(std::path::Path::new("/proc"))).contains("can't be used"));
}
