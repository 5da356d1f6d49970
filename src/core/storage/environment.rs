//! From settings and environment to a place and its keys; where the environment has none, they may be kept in the keyring (`kept`). Each value is looked for in the environment first, because it is set for
//! one run, then in the settings. Of the keys the first complete set counts; half a set is said, never mixed with another.

use super::{Place, Provider, Secret, Storage, azure, checked};
use crate::core::problem::Problem;

/// A place and the keys to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub place: Place,
    pub keys: Keys,
    /// Where the keys were found, for people: the name of a variable.
    pub keys_from: &'static str,
}

/// What opens a place. Holds secrets, each in its own blank `Debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// A folder asks for none; an emulator takes any.
    None,
    S3 {
        id: String,
        secret: Secret,
        session: Option<Secret>,
    },
    /// The machine's own role: the cloud is asked for keys that pass.
    Role,
    /// A service account, as JSON.
    GcsJson(Secret),
    /// The file it is in.
    GcsFile(String),
    AzureKey(Secret),
    AzureSas(Secret),
    AzureApp {
        id: String,
        secret: Secret,
        tenant: String,
    },
}

impl Keys {
    /// `text` without any of the secrets.
    pub fn blank(&self, text: &str) -> String {
        match self {
            Keys::None | Keys::Role | Keys::GcsFile(_) => text.to_owned(),
            Keys::S3 { secret, session, .. } => {
                let text = secret.blank(text);
                session.as_ref().map_or(text.clone(), |session| session.blank(&text))
            }
            Keys::GcsJson(secret) | Keys::AzureKey(secret) | Keys::AzureSas(secret) | Keys::AzureApp { secret, .. } => {
                secret.blank(text)
            }
        }
    }
}

/// Reads a variable; an empty one counts as not set.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variable that names the provider.
pub const PROVIDER: &str = "VIDEO_STORAGE_PROVIDER";

/// The provider that the environment names.
pub fn provider(env: Environment<'_>) -> Result<Option<Provider>, Problem> {
    let Some(name) = env(PROVIDER) else { return Ok(None) };
    Provider::named(&name).map(Some).ok_or_else(|| {
        Problem::usage(
            format!("{PROVIDER} is “{name}”, which is no storage."),
            "Set it to local, s3, gcs or azure, or unset it.",
        )
    })
}

/// What settings and environment come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Access(Access),
    /// A place without keys in the environment; they may be kept elsewhere. The problem says so if they are not.
    NoKeys(Place, Problem),
}

/// The place, and its keys where the environment has them.
///
/// # Errors
/// A sentence about what is missing or can't be so; it names variables and never their values.
pub fn find(settings: &Storage, env: Environment<'_>) -> Result<Found, Problem> {
    let named = provider(env)?;
    // Another provider's bucket is nothing to this one.
    let empty = Storage::default();
    let provider = named.unwrap_or(settings.provider);
    let settings = if provider == settings.provider { settings } else { &empty };
    let settings = settings.clone().tidy();
    match provider {
        Provider::Local => folder(settings, env),
        Provider::S3 => s3(settings, env),
        Provider::Gcs => gcs(settings, env),
        Provider::Azure => azure_blob(settings, env),
    }
}

/// The first of these variables that is set, with its name.
fn first(env: Environment<'_>, names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| env(name).map(|value| (*name, value)))
}

fn or(env: Environment<'_>, names: &[&'static str], otherwise: String) -> String {
    first(env, names).map_or(otherwise, |(_, value)| value.trim().to_owned())
}

fn place(provider: Provider, settings: Storage) -> Result<Place, Problem> {
    let Storage { bucket, endpoint, region, account, prefix, .. } = settings.tidy();
    checked(Place { provider, bucket, endpoint, region, account, prefix })
}

fn folder(settings: Storage, env: Environment<'_>) -> Result<Found, Problem> {
    let bucket = or(env, &["ONETAKE_STORAGE_FOLDER"], settings.bucket);
    let place = place(Provider::Local, Storage { bucket, endpoint: String::new(), ..settings })?;
    access(place, Keys::None, "none needed")
}

fn s3(settings: Storage, env: Environment<'_>) -> Result<Found, Problem> {
    let bucket = or(env, &["AWS_S3_BUCKET"], settings.bucket.clone());
    let endpoint = or(env, &["AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], settings.endpoint.clone());
    let region = or(env, &["AWS_S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"], settings.region.clone());
    // What other services than Amazon's call theirs if they have none.
    let region = if region.is_empty() { "us-east-1".to_owned() } else { region };
    let place = place(Provider::S3, Storage { bucket, endpoint, region, ..settings })?;
    let pairs = [
        ("AWS_S3_ACCESS_KEY", "AWS_S3_SECRET_KEY", None),
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", Some("AWS_SESSION_TOKEN")),
    ];
    for (id_name, secret_name, session) in pairs {
        let (id, secret) = match (env(id_name), env(secret_name)) {
            (Some(id), Some(secret)) => (id.trim().to_owned(), Secret::new(secret.trim())),
            (None, None) => continue,
            (Some(_), None) => return Err(half(id_name, secret_name)),
            (None, Some(_)) => return Err(half(secret_name, id_name)),
        };
        let session = session.and_then(env).map(Secret::new);
        return access(place, Keys::S3 { id, secret, session }, id_name);
    }
    let roles = [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_METADATA_ENDPOINT",
    ];
    match first(env, &roles) {
        Some((name, _)) => access(place, Keys::Role, name),
        None => Ok(no_keys(place, "S3", "AWS_S3_ACCESS_KEY and AWS_S3_SECRET_KEY")),
    }
}

fn gcs(settings: Storage, env: Environment<'_>) -> Result<Found, Problem> {
    let bucket = or(env, &["GCS_BUCKET", "GOOGLE_BUCKET"], settings.bucket.clone());
    let emulator = first(env, &["STORAGE_EMULATOR_HOST"]);
    let endpoint = match &emulator {
        // Google's own libraries take it with and without the scheme.
        Some((_, host)) if !host.contains("://") => format!("http://{host}"),
        Some((_, url)) => url.clone(),
        None => settings.endpoint.clone(),
    };
    let place = place(Provider::Gcs, Storage { bucket, endpoint, ..settings })?;
    let names = [
        "GCS_CREDENTIALS",
        "GOOGLE_SERVICE_ACCOUNT_KEY",
        "GOOGLE_SERVICE_ACCOUNT",
        "GOOGLE_SERVICE_ACCOUNT_PATH",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ];
    match first(env, &names) {
        Some((keys_from, value)) if value.trim_start().starts_with('{') => {
            access(place, Keys::GcsJson(Secret::new(value)), keys_from)
        }
        Some((keys_from, file)) => access(place, Keys::GcsFile(file.trim().to_owned()), keys_from),
        None if emulator.is_some() => access(place, Keys::None, "none needed"),
        None if env("GCE_METADATA_HOST").is_some() => access(place, Keys::Role, "GCE_METADATA_HOST"),
        None => Ok(no_keys(place, "Google Cloud Storage", "GCS_CREDENTIALS to a service account's JSON file")),
    }
}

fn azure_blob(settings: Storage, env: Environment<'_>) -> Result<Found, Problem> {
    let bucket = or(env, &["AZURE_CONTAINER", "AZURE_STORAGE_CONTAINER"], settings.bucket.clone());
    if let Some((keys_from, text)) = first(env, &["AZURE_CONNECTION_STRING", "AZURE_STORAGE_CONNECTION_STRING"]) {
        let azure::Connection { account, key, sas, endpoint } = azure::read(&text, keys_from)?;
        let keys = key.map(Keys::AzureKey).or(sas.map(Keys::AzureSas)).unwrap_or(Keys::None);
        let place = place(Provider::Azure, Storage { bucket, account, endpoint, ..settings })?;
        return access(place, keys, keys_from);
    }
    let account = or(env, &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"], settings.account.clone());
    let endpoint = or(env, &["AZURE_STORAGE_ENDPOINT"], settings.endpoint.clone());
    let place = place(Provider::Azure, Storage { bucket, account, endpoint, ..settings })?;
    if place.account.is_empty() {
        let fix = "Set AZURE_CONNECTION_STRING, or enter the account's name in Settings.";
        return Err(Problem::usage("No storage account is named for Azure.", fix));
    }
    if let Some((name, key)) = first(env, &["AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_KEY"]) {
        return access(place, Keys::AzureKey(Secret::new(key.trim())), name);
    }
    if let Some((name, sas)) = first(env, &["AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"]) {
        return access(place, Keys::AzureSas(Secret::new(sas.trim().trim_start_matches('?'))), name);
    }
    let app = ["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"];
    match app.map(env) {
        [Some(id), Some(secret), Some(tenant)] => {
            access(place, Keys::AzureApp { id, secret: Secret::new(secret), tenant }, "AZURE_CLIENT_ID")
        }
        [None, None, None] | [None, None, Some(_)] => Ok(no_keys(place, "Azure", "AZURE_CONNECTION_STRING")),
        found => {
            let missing = app.iter().zip(&found).find(|(_, value)| value.is_none()).map_or(app[0], |(name, _)| *name);
            let there = app.iter().zip(&found).find(|(_, value)| value.is_some()).map_or(app[0], |(name, _)| *name);
            Err(half(there, missing))
        }
    }
}

fn half(there: &str, missing: &str) -> Problem {
    Problem::usage(format!("{there} is set, but {missing} is not."), format!("Set {missing} too, or unset {there}."))
}

fn access(place: Place, keys: Keys, keys_from: &'static str) -> Result<Found, Problem> {
    Ok(Found::Access(Access { place, keys, keys_from }))
}

fn no_keys(place: Place, whose: &str, variables: &str) -> Found {
    let fix = format!("Enter them in Settings, or set {variables} in the environment the studio is started from.");
    Found::NoKeys(place, Problem::usage(format!("There are no keys for {whose}."), fix))
}

#[cfg(test)]
#[path = "environment/tests.rs"]
mod tests;
