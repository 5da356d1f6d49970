//! Opens a place: the builder of each provider, with our connection, few retries of its own (the upload has its own, which tell the
//! person) and no keys but those that were found.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use super::error::Error;
use super::folder::Folder;
use super::send::Patience;
use super::witness::{self, Connector, Line};
use super::{Inner, Parts};
use crate::core::storage::{Access, Keys, Place, Provider, Secret};

const CONNECT: Duration = Duration::from_secs(10);
/// A service account's file has some two thousand bytes.
const KEY_FILE_BYTES: u64 = 64 << 10;

/// Media types by ending, so that a browser plays what a link leads to.
const TYPES: [(&str, &str); 14] = [
    ("mkv", "video/x-matroska"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("m4a", "audio/mp4"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("json", "application/json"),
];

pub(super) fn open(access: &Access, patience: &Patience) -> Result<Inner, Error> {
    let place = &access.place;
    match place.provider {
        Provider::Local => folder(access),
        Provider::S3 => s3(access, options(place, patience)),
        Provider::Gcs => gcs(access, options(place, patience)),
        Provider::Azure => azure(access, options(place, patience)),
    }
}

fn options(place: &Place, patience: &Patience) -> ClientOptions {
    let options = ClientOptions::new()
        .with_connect_timeout(CONNECT)
        .with_timeout(Duration::from_secs(patience.request_secs))
        .with_allow_http(place.endpoint.starts_with("http://"))
        .with_default_content_type("application/octet-stream");
    TYPES.iter().fold(options, |options, (ending, kind)| options.with_content_type_for_suffix(*ending, *kind))
}

/// One more try at once for what a connection that was kept too long costs.
fn retry() -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: Duration::from_millis(50), max_backoff: Duration::from_millis(500), base: 2.0 };
    RetryConfig { backoff, max_retries: 1, retry_timeout: Duration::from_secs(10) }
}

fn folder(access: &Access) -> Result<Inner, Error> {
    let root = PathBuf::from(&access.place.bucket);
    let failed = |source| Error::Folder { path: root.clone(), source };
    let root = std::fs::canonicalize(&root).map_err(failed)?;
    if !root.is_dir() {
        return Err(Error::Folder { path: root, source: std::io::ErrorKind::NotADirectory.into() });
    }
    let objects = LocalFileSystem::new_with_prefix(&root).map_err(|error| setup(access, &error))?.with_automatic_cleanup(true);
    Ok(Inner {
        place: access.place.clone(),
        keys: access.keys.clone(),
        objects: Arc::new(objects),
        parts: Parts::Folder(Folder::new(root)),
        signer: None,
        line: None,
    })
}

fn s3(access: &Access, options: ClientOptions) -> Result<Inner, Error> {
    let Access { place, keys, .. } = access;
    // A machine's role is described by a dozen variables of Amazon's own.
    let builder = if *keys == Keys::Role { AmazonS3Builder::from_env() } else { AmazonS3Builder::new() };
    let mut builder = builder
        .with_bucket_name(&place.bucket)
        .with_region(&place.region)
        // One file at a time is deleted; the call for many costs more and is missing at some.
        .with_disable_bulk_delete(true)
        .with_client_options(options.clone())
        .with_retry(retry())
        .with_http_connector(Connector::default());
    if !place.endpoint.is_empty() {
        builder = builder.with_endpoint(&place.endpoint);
    }
    if let Keys::S3 { id, secret, session } = keys {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose());
        if let Some(session) = session {
            builder = builder.with_token(session.expose());
        }
    }
    let store = Arc::new(builder.build().map_err(|error| setup(access, &error))?);
    let parts = Parts::Cloud(store.clone());
    let line = Some(line(access, &options)?);
    Ok(Inner { place: place.clone(), keys: keys.clone(), objects: store.clone(), parts, signer: Some(store), line })
}

fn gcs(access: &Access, options: ClientOptions) -> Result<Inner, Error> {
    let Access { place, keys, .. } = access;
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(&place.bucket)
        .with_client_options(options.clone())
        .with_retry(retry())
        .with_http_connector(Connector::default());
    if !place.endpoint.is_empty() {
        // An emulator has no accounts; a link is signed all the same if there is a key.
        builder = builder.with_base_url(&place.endpoint).with_skip_signature(true);
    }
    builder = match keys {
        Keys::GcsJson(json) => builder.with_service_account_key(checked_json(Path::new("GCS_CREDENTIALS"), json)?),
        Keys::GcsFile(file) => with_key_file(builder, Path::new(file))?,
        _ => builder,
    };
    let store = Arc::new(builder.build().map_err(|error| setup(access, &error))?);
    let parts = Parts::Cloud(store.clone());
    let line = Some(line(access, &options)?);
    Ok(Inner { place: place.clone(), keys: keys.clone(), objects: store.clone(), parts, signer: Some(store), line })
}

/// A service account's key, or what `gcloud auth application-default login` leaves.
fn with_key_file(builder: GoogleCloudStorageBuilder, file: &Path) -> Result<GoogleCloudStorageBuilder, Error> {
    let unusable = |why: String| Error::KeyFile { path: file.to_owned(), why };
    let bytes = std::fs::metadata(file).map_err(|error| unusable(error.to_string()))?.len();
    if bytes > KEY_FILE_BYTES {
        return Err(unusable(format!("it has {bytes} bytes")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| unusable("it is not JSON".to_owned()))?;
    if value["type"] == "authorized_user" {
        return Ok(builder.with_application_credentials(file.to_string_lossy()));
    }
    Ok(builder.with_service_account_key(checked_json(file, &Secret::new(text))?))
}

/// The text of a service account, if it is one: object_store's words about another one would repeat it.
fn checked_json<'a>(path: &Path, json: &'a Secret) -> Result<&'a str, Error> {
    let value: serde_json::Value = serde_json::from_str(json.expose()).unwrap_or_default();
    let missing = ["client_email", "private_key"].into_iter().find(|field| !value[field].is_string());
    match missing {
        None => Ok(json.expose()),
        Some(field) => Err(Error::KeyFile { path: path.to_owned(), why: format!("it has no {field}") }),
    }
}

fn azure(access: &Access, options: ClientOptions) -> Result<Inner, Error> {
    let Access { place, keys, .. } = access;
    let mut builder = MicrosoftAzureBuilder::new()
        .with_container_name(&place.bucket)
        .with_account(&place.account)
        .with_client_options(options.clone())
        .with_retry(retry())
        .with_http_connector(Connector::default());
    if !place.endpoint.is_empty() {
        builder = builder.with_endpoint(place.endpoint.clone());
    }
    builder = match keys {
        Keys::AzureKey(key) => builder.with_access_key(key.expose()),
        Keys::AzureSas(sas) => builder.with_config(object_store::azure::AzureConfigKey::SasKey, sas.expose()),
        Keys::AzureApp { id, secret, tenant } => builder.with_client_secret_authorization(id, secret.expose(), tenant),
        _ => builder,
    };
    let store = Arc::new(builder.build().map_err(|error| setup(access, &error))?);
    let parts = Parts::Cloud(store.clone());
    let line = Some(line(access, &options)?);
    Ok(Inner { place: place.clone(), keys: keys.clone(), objects: store.clone(), parts, signer: Some(store), line })
}

fn line(access: &Access, options: &ClientOptions) -> Result<Line, Error> {
    Line::open(options).map_err(|error| setup(access, &error))
}

/// A builder's complaint, without the keys it may repeat.
fn setup(access: &Access, error: &object_store::Error) -> Error {
    let text = access.keys.blank(&witness::text(error));
    let why: String = text.rsplit(" · ").next().unwrap_or_default().chars().take(200).collect();
    Error::Setup { why }
}
