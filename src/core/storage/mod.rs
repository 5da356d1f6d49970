//! Storage of takes and media outside the data folder: another folder, or a bucket at a cloud. Where that is stands in the settings
//! or in the environment; the keys to it stand in the environment or in the desktop's keyring, and nowhere else (docs/STORAGE.md).

mod azure;
pub mod check;
pub mod environment;
mod kept;
mod parcel;
pub mod parts;

use serde::{Deserialize, Serialize};

use super::problem::Problem;

pub use super::secret::Secret;
pub use environment::{Access, Keys};
pub use kept::Kept;
pub use parcel::Parcel;

/// Who keeps the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// A folder of this machine: another disk, a network drive.
    #[default]
    Local,
    S3,
    Gcs,
    Azure,
}

impl Provider {
    pub const ALL: [Provider; 4] = [Provider::Local, Provider::S3, Provider::Gcs, Provider::Azure];

    pub fn name(self) -> &'static str {
        match self {
            Provider::Local => "local",
            Provider::S3 => "s3",
            Provider::Gcs => "gcs",
            Provider::Azure => "azure",
        }
    }

    /// By our name, or by the one that other programs use.
    pub fn named(name: &str) -> Option<Provider> {
        match name.trim().to_ascii_lowercase().as_str() {
            "azure_blob" => Some(Provider::Azure),
            "gs" => Some(Provider::Gcs),
            name => Provider::ALL.into_iter().find(|provider| provider.name() == name),
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Provider::Local => "A folder",
            Provider::S3 => "S3 or compatible",
            Provider::Gcs => "Google Cloud Storage",
            Provider::Azure => "Azure Blob Storage",
        }
    }

    /// What it calls the thing that files are put into.
    pub fn bucket(self) -> &'static str {
        match self {
            Provider::Local => "folder",
            Provider::S3 | Provider::Gcs => "bucket",
            Provider::Azure => "container",
        }
    }
}

/// How an object was compared with its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// By the provider's digest of what it stored.
    Digest,
    /// All of it was read back.
    ReadBack,
}

impl Checked {
    pub fn name(self) -> &'static str {
        match self {
            Checked::Digest => "digest",
            Checked::ReadBack => "read_back",
        }
    }

    pub fn named(name: &str) -> Option<Checked> {
        [Checked::Digest, Checked::ReadBack].into_iter().find(|checked| checked.name() == name)
    }
}

/// Where the person wants takes to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    #[default]
    Server,
    Storage,
}

/// The settings' part. Every field may be empty; none is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Storage {
    pub destination: Destination,
    pub provider: Provider,
    /// Bucket or container; for `Local` the folder.
    pub bucket: String,
    /// Base address of a service that is not the provider's own.
    pub endpoint: String,
    pub region: String,
    /// Azure's storage account.
    pub account: String,
    /// Put before every name in the bucket, without slashes at its ends.
    pub prefix: String,
}

/// One place for files, complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    pub provider: Provider,
    pub bucket: String,
    /// Empty for the provider's own.
    pub endpoint: String,
    pub region: String,
    pub account: String,
    pub prefix: String,
}

impl Place {
    /// What rows call it; the same for the same bucket, whatever the prefix.
    pub fn name(&self) -> String {
        let at = if self.endpoint.is_empty() { String::new() } else { format!("@{}", self.endpoint) };
        match self.provider {
            Provider::Local => format!("file://{}", self.bucket),
            Provider::S3 => format!("s3://{}{at}", self.bucket),
            Provider::Gcs => format!("gs://{}{at}", self.bucket),
            Provider::Azure => format!("az://{}/{}{at}", self.account, self.bucket),
        }
    }

    /// For people: “bucket “films” at 127.0.0.1:9000”.
    pub fn words(&self) -> String {
        let bucket = format!("{} “{}”", self.provider.bucket(), self.bucket);
        match self.host() {
            Some(host) => format!("{bucket} at {host}"),
            None => bucket,
        }
    }

    /// The endpoint's host and port.
    pub fn host(&self) -> Option<&str> {
        let rest = self.endpoint.split_once("://").map_or(self.endpoint.as_str(), |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())
    }

    /// The name in the bucket of a file that is `path` in the data folder, or elsewhere and called `fallback`.
    pub fn key(&self, path: &str, fallback: &str) -> String {
        let inside = !path.starts_with('/') && !path.split('/').any(|part| matches!(part, "" | "." | ".."));
        let name = if inside { path } else { fallback };
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }
}

impl Storage {
    /// The same with blanks, stray slashes and logins in the address taken away: what is saved holds no secret.
    pub fn tidy(self) -> Storage {
        let trim = |text: String| text.trim().to_owned();
        Storage {
            bucket: trim(self.bucket),
            endpoint: without_login(self.endpoint.trim().trim_end_matches('/')),
            region: trim(self.region),
            account: trim(self.account),
            prefix: trim(self.prefix).trim_matches('/').to_owned(),
            ..self
        }
    }
}

/// `scheme://host…` of `scheme://user:password@host…`.
fn without_login(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// A place that can't be one, said before anything is asked of it.
pub(crate) fn checked(place: Place) -> Result<Place, Problem> {
    let kind = place.provider.bucket();
    if place.bucket.is_empty() {
        let fix = match place.provider {
            Provider::Local => "Choose one in Settings, or set ONETAKE_STORAGE_FOLDER.",
            Provider::S3 => "Enter it in Settings, or set AWS_S3_BUCKET.",
            Provider::Gcs => "Enter it in Settings, or set GCS_BUCKET.",
            Provider::Azure => "Enter it in Settings, or set AZURE_CONTAINER.",
        };
        return Err(Problem::usage(format!("No {kind} is named for the storage."), fix));
    }
    if place.provider == Provider::Local {
        if !place.bucket.starts_with('/') {
            let what = format!("The storage folder “{}” is not a whole path.", place.bucket);
            return Err(Problem::usage(what, "Write it from the root on, as in /mnt/films."));
        }
    } else if place.bucket.contains(['/', ' ', '?', '#', '@']) {
        return Err(Problem::usage(
            format!("“{}” can't be the name of a {kind}.", place.bucket),
            "Enter the name alone, without an address or a path.",
        ));
    }
    let scheme = place.endpoint.split_once("://").map(|(scheme, _)| scheme);
    if !place.endpoint.is_empty() && (!matches!(scheme, Some("http" | "https")) || place.host().is_none()) {
        return Err(Problem::usage(
            "The storage's address is not one.",
            "Enter it as https://host or http://host:port, or leave it empty for the provider's own.",
        ));
    }
    if place.prefix.split('/').any(|part| matches!(part, "." | "..")) {
        return Err(Problem::usage(format!("The folder “{}” can't be used in a bucket.", place.prefix), "Leave the dots out."));
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(provider: Provider, bucket: &str, endpoint: &str) -> Place {
        let empty = String::new;
        let (bucket, endpoint) = (bucket.to_owned(), endpoint.to_owned());
        Place { provider, bucket, endpoint, region: empty(), account: "films".into(), prefix: empty() }
    }

    #[test]
    fn providers_are_found_by_every_name() {
        for provider in Provider::ALL {
            assert_eq!(Provider::named(provider.name()), Some(provider));
        }
        assert_eq!(Provider::named(" AZURE_BLOB "), Some(Provider::Azure));
        assert_eq!(Provider::named("ftp"), None);
    }

    #[test]
    fn a_key_is_the_path_in_the_data_folder_and_never_leaves_the_prefix() {
        let place = Place { prefix: "studio".into(), ..place(Provider::S3, "films", "") };
        assert_eq!(place.key("takes/1/take.mkv", "media/1.mkv"), "studio/takes/1/take.mkv");
        for path in ["/home/me/film.mp4", "../film.mp4", "media/../../x", "media//x"] {
            assert_eq!(place.key(path, "media/1.mp4"), "studio/media/1.mp4", "{path}");
        }
    }

    #[test]
    fn names_tell_places_apart() {
        let names = [
            place(Provider::Local, "/mnt/films", "").name(),
            place(Provider::S3, "films", "").name(),
            place(Provider::S3, "films", "http://127.0.0.1:9000").name(),
            place(Provider::Gcs, "films", "").name(),
            place(Provider::Azure, "films", "").name(),
        ];
        let unique: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        assert_eq!(place(Provider::S3, "films", "http://127.0.0.1:9000/x").words(), "bucket “films” at 127.0.0.1:9000");
    }

    #[test]
    fn what_is_saved_holds_no_login() {
        for (typed, saved) in [
            (" https://me:hunter2@minio.example:9000/ ", "https://minio.example:9000"),
            ("https://minio.example/@me", "https://minio.example/@me"),
            ("minio.example", "minio.example"),
            ("", ""),
        ] {
            let storage = Storage { endpoint: typed.into(), prefix: "/studio/".into(), ..Storage::default() }.tidy();
            assert_eq!((storage.endpoint.as_str(), storage.prefix.as_str()), (saved, "studio"));
        }
    }

    #[test]
    fn what_can_not_be_a_place_is_said() {
        for (bad, says) in [
            (place(Provider::S3, "", ""), "No bucket is named"),
            (place(Provider::Azure, "", ""), "No container is named"),
            (place(Provider::Local, "films", ""), "not a whole path"),
            (place(Provider::S3, "s3://films", ""), "can't be the name of a bucket"),
            (place(Provider::S3, "films", "minio.example"), "address is not one"),
            (place(Provider::S3, "films", "ftp://minio.example"), "address is not one"),
        ] {
            let problem = checked(bad).unwrap_err();
            assert!(problem.what.contains(says), "{problem}");
        }
        assert!(checked(place(Provider::S3, "films", "http://127.0.0.1:9000")).is_ok());
    }
}
