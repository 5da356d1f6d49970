//! Files in a bucket or in a folder elsewhere. The only module that names object_store.
//!
//! ```text
//! send ──> Store ──> reading, listing, deleting, links      object_store
//!                └─> parts of a large file                  object_store's multipart, or `folder` for a folder
//!                      └─> `witness` on the wire: what a provider answered, in its own words, for `error`'s sentences
//! ```
//!
//! An object under its name is whole: it was put in one request, or completed from parts that all arrived.

mod answer;
mod digest;
mod error;
mod folder;
mod open;
mod probe;
mod send;
mod source;
mod witness;

use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::signer::Signer;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::core::storage::{Access, Keys, Place};

pub use error::Error;
pub use probe::test;
pub use send::{Begun, Event, Job, Patience, Sent, send};

use error::Doing;
use folder::Folder;
use witness::Line;

/// An open place for files. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    keys: Keys,
    objects: Arc<dyn ObjectStore>,
    parts: Parts,
    /// Makes links; a folder has none.
    signer: Option<Arc<dyn Signer>>,
    /// For following a link like anybody else.
    line: Option<Line>,
}

/// Who takes the parts of a large file.
enum Parts {
    Cloud(Arc<dyn MultipartStore>),
    Folder(Folder),
}

/// What is known of an object without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub bytes: u64,
    /// As the provider writes it, without quotes.
    pub etag: Option<String>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.inner.place.name())
    }
}

impl Store {
    /// Opens a place. Nothing is asked of it yet, except of a folder, which must be there.
    pub fn open(access: &Access, patience: &Patience) -> Result<Store, Error> {
        Ok(Store { inner: Arc::new(open::open(access, patience)?) })
    }

    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// Size and tag of an object.
    pub async fn facts(&self, key: &str) -> Result<Facts, Error> {
        let found = self.inner.objects.head(&path(key)).await.map_err(self.sorted(Doing::Read, key))?;
        Ok(Facts { bytes: found.size, etag: found.e_tag.map(|tag| tag.trim_matches('"').to_owned()) })
    }

    /// A stretch of an object.
    pub async fn range(&self, key: &str, range: Range<u64>) -> Result<Bytes, Error> {
        let asked = range.end - range.start;
        let found = self.inner.objects.get_range(&path(key), range).await.map_err(self.sorted(Doing::Read, key))?;
        if found.len() as u64 != asked {
            return Err(self.nonsense(format!("it sent {} bytes of the {asked} that were asked for", found.len())));
        }
        Ok(found)
    }

    /// Puts a small file there in one request.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), Error> {
        match &self.inner.parts {
            Parts::Folder(folder) => folder.put(key, bytes).await,
            Parts::Cloud(_) => {
                let put = self.inner.objects.put(&path(key), bytes.into()).await;
                put.map(|_| ()).map_err(self.sorted(Doing::Write, key))
            }
        }
    }

    /// Keys under a prefix, at most `limit`.
    pub async fn list(&self, prefix: &str, limit: usize) -> Result<Vec<String>, Error> {
        let prefix = path(prefix);
        let mut found = self.inner.objects.list((!prefix.as_ref().is_empty()).then_some(&prefix));
        let mut keys = Vec::new();
        while keys.len() < limit
            && let Some(object) = found.next().await
        {
            keys.push(object.map_err(self.sorted(Doing::List, prefix.as_ref()))?.location.to_string());
        }
        Ok(keys)
    }

    /// Removes an object; one that is not there is fine.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.inner.objects.delete(&path(key)).await.map_err(self.sorted(Doing::Delete, key)) {
            Err(error) if error.is_missing_object() => Ok(()),
            other => other,
        }
    }

    /// An address under which anybody can read the object for so long. `None` for a folder.
    pub async fn link(&self, key: &str, lasts: Duration) -> Result<Option<String>, Error> {
        let Some(signer) = &self.inner.signer else { return Ok(None) };
        witness::sign(signer.as_ref(), &path(key), lasts).await.map(Some).map_err(self.sorted(Doing::Link, key))
    }

    /// Reads what a link leads to, like anybody who was given it: at most `limit` bytes.
    pub async fn follow(&self, link: &str, limit: usize) -> Result<Bytes, Error> {
        let Some(line) = &self.inner.line else { return Err(self.nonsense("a folder has no links".to_owned())) };
        let read = line.read(link, limit).await.ok_or_else(|| self.nonsense("its link is no address".to_owned()))?;
        read.map_err(|error| error::sort(&self.inner.place, &self.inner.keys, Doing::Link, "", &error))
    }

    /// Where the object lies, for people: a path for a folder, else an address that needs a key.
    pub fn address(&self, key: &str) -> String {
        match &self.inner.parts {
            Parts::Folder(folder) => folder.file(key).display().to_string(),
            Parts::Cloud(_) => {
                let name = self.inner.place.name();
                let name = name.split_once('@').map_or(name.as_str(), |(name, _)| name);
                format!("{name}/{key}")
            }
        }
    }

    /// Begins a file in parts of `part_bytes`; gives the provider's id of the upload, which may be empty.
    pub async fn begin(&self, key: &str, part_bytes: u64) -> Result<String, Error> {
        match &self.inner.parts {
            Parts::Folder(folder) => folder.begin(key, part_bytes).await,
            Parts::Cloud(cloud) => cloud.create_multipart(&path(key)).await.map_err(self.sorted(Doing::Write, key)),
        }
    }

    /// Sends a part; gives the provider's id of it.
    pub async fn part(&self, key: &str, upload: &str, number: u64, bytes: Bytes) -> Result<String, Error> {
        match &self.inner.parts {
            Parts::Folder(folder) => folder.part(key, upload, number, bytes).await,
            Parts::Cloud(cloud) => {
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                let sent = cloud.put_part(&path(key), &upload.to_owned(), number, bytes.into()).await;
                sent.map(|part| part.content_id).map_err(self.sorted(Doing::Write, key))
            }
        }
    }

    /// All parts are there: they become the object.
    pub async fn complete(&self, key: &str, upload: &str, parts: Vec<String>) -> Result<(), Error> {
        match &self.inner.parts {
            Parts::Folder(folder) => folder.complete(key, upload).await,
            Parts::Cloud(cloud) => {
                let parts = parts.into_iter().map(|content_id| PartId { content_id }).collect();
                let done = cloud.complete_multipart(&path(key), &upload.to_owned(), parts).await;
                done.map(|_| ()).map_err(self.sorted(Doing::Write, key))
            }
        }
    }

    /// Gives up a file in parts, so that the provider keeps none of it. One that it does not know any more is fine.
    pub async fn abort(&self, key: &str, upload: &str) -> Result<(), Error> {
        let gone = match &self.inner.parts {
            Parts::Folder(folder) => folder.abort(key, upload).await,
            Parts::Cloud(cloud) => {
                cloud.abort_multipart(&path(key), &upload.to_owned()).await.map_err(self.sorted(Doing::Delete, key))
            }
        };
        match gone {
            Err(error) if error.is_missing_upload() => Ok(()),
            other => other,
        }
    }

    /// Sorts what object_store says of something that was done to `key`.
    fn sorted<'a>(&'a self, doing: Doing, key: &'a str) -> impl FnOnce(object_store::Error) -> Error + 'a {
        move |error| error::sort(&self.inner.place, &self.inner.keys, doing, key, &error)
    }

    fn nonsense(&self, what: String) -> Error {
        Error::Nonsense { place: self.inner.place.words(), what }
    }
}

/// Our keys are made of ids and plain names; whatever else were in one would be written in percent signs.
fn path(key: &str) -> Path {
    Path::from(key)
}

/// The last change of a file, in nanoseconds since 1970.
pub fn changed(file: &FilePath) -> Result<(u64, i64), Error> {
    source::facts(file)
}
