//! What was sent to buckets: uploads under way with the parts that arrived, and receipts for what is there whole.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::value::{Uint, named};
use crate::core::storage::{Checked, Provider};

/// What can be sent: a row of the library with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Take(String),
    Asset(String),
}

/// An upload that is not whole yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectUpload {
    /// The row's own number.
    pub id: i64,
    pub item: Item,
    pub place: String,
    pub object: String,
    /// The provider's id; may be empty.
    pub upload: String,
    pub bytes: u64,
    pub part_bytes: u64,
    /// The file's last change, in nanoseconds since 1970.
    pub changed: i64,
    /// It waits for the person to go on.
    pub waits: bool,
    /// RFC 3339 UTC.
    pub begun_at: String,
    pub updated_at: String,
    /// Number and the provider's id of each part that arrived, by number.
    pub parts: Vec<(u64, String)>,
}

/// An object that is in a bucket, whole and compared.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ObjectReceipt {
    pub item: String,
    /// The item is a take.
    pub is_take: bool,
    pub place: String,
    pub object: String,
    pub provider: Provider,
    pub bucket: String,
    pub etag: Option<String>,
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
    pub checked: Checked,
    /// RFC 3339 UTC.
    pub at: String,
}

impl Item {
    pub fn id(&self) -> &str {
        match self {
            Item::Take(id) | Item::Asset(id) => id,
        }
    }

    /// The columns `take` and `asset`.
    fn columns(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Item::Take(id) => (Some(id), None),
            Item::Asset(id) => (None, Some(id)),
        }
    }
}

impl Db {
    /// Begins an upload, in the place of an earlier one of the same object. Gives the row's number.
    pub fn begin_object(&self, upload: &ObjectUpload) -> Result<i64, Error> {
        self.write("upload of", upload.item.id(), |connection| {
            let transaction = connection.transaction()?;
            transaction
                .execute("DELETE FROM object_uploads WHERE place = ?1 AND object = ?2", [&upload.place, &upload.object])?;
            let (take, asset) = upload.item.columns();
            transaction.execute(
                "INSERT INTO object_uploads
                    (item, take, asset, place, object, upload, bytes, part_bytes, changed, waits, begun_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    upload.item.id(),
                    take,
                    asset,
                    upload.place,
                    upload.object,
                    upload.upload,
                    Uint(upload.bytes),
                    Uint(upload.part_bytes),
                    upload.changed,
                    upload.waits,
                    upload.begun_at,
                    upload.updated_at,
                ],
            )?;
            let id = transaction.last_insert_rowid();
            transaction.commit()?;
            Ok(id)
        })
    }

    /// A part arrived.
    pub fn save_part(&self, upload: i64, number: u64, content: &str, at: &str) -> Result<(), Error> {
        self.write("part of upload", &upload.to_string(), |connection| {
            let transaction = connection.transaction()?;
            transaction
                .prepare_cached(
                    "INSERT INTO object_parts (upload, number, content) VALUES (?1, ?2, ?3)
                     ON CONFLICT (upload, number) DO UPDATE SET content = excluded.content",
                )?
                .execute(params![upload, Uint(number), content])?;
            transaction
                .prepare_cached("UPDATE object_uploads SET updated_at = ?2 WHERE id = ?1")?
                .execute(params![upload, at])?;
            Ok(transaction.commit()?)
        })
    }

    /// The upload waits for the person from now on, or does not any more.
    pub fn set_object_waits(&self, place: &str, object: &str, waits: bool) -> Result<(), Error> {
        self.write("upload of", object, |connection| {
            let sql = "UPDATE object_uploads SET waits = ?3 WHERE place = ?1 AND object = ?2";
            connection.execute(sql, params![place, object, waits])?;
            Ok(())
        })
    }

    /// The unfinished upload of an object.
    pub fn object_upload(&self, place: &str, object: &str) -> Result<Option<ObjectUpload>, Error> {
        self.with(|connection| {
            let sql = "SELECT * FROM object_uploads WHERE place = ?1 AND object = ?2";
            let found = connection.prepare_cached(sql)?.query_row([place, object], upload_of).optional()?;
            found.map(|upload| with_parts(connection, upload)).transpose()
        })
    }

    /// All unfinished ones that moved last before `before` (RFC 3339), the oldest first.
    pub fn object_uploads(&self, before: &str) -> Result<Vec<ObjectUpload>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM object_uploads WHERE updated_at < ?1 ORDER BY updated_at, id")?;
            let found: Vec<ObjectUpload> = statement.query_map([before], upload_of)?.collect::<Result<_, _>>()?;
            found.into_iter().map(|upload| with_parts(connection, upload)).collect()
        })
    }

    /// Forgets an upload and its parts; no error when there is none.
    pub fn forget_object_upload(&self, place: &str, object: &str) -> Result<(), Error> {
        self.write("upload of", object, |connection| {
            connection.execute("DELETE FROM object_uploads WHERE place = ?1 AND object = ?2", [place, object])?;
            Ok(())
        })
    }

    /// The object is there: its receipt takes the upload's place, in one step.
    pub fn finish_object(&self, receipt: &ObjectReceipt) -> Result<(), Error> {
        self.write("receipt of", &receipt.item, |connection| {
            let transaction = connection.transaction()?;
            transaction
                .execute("DELETE FROM object_uploads WHERE place = ?1 AND object = ?2", [&receipt.place, &receipt.object])?;
            // The item may have gone from the library while it was sent.
            let there = |sql: &str| transaction.prepare(sql)?.exists([&receipt.item]);
            let take = receipt.is_take && there("SELECT 1 FROM takes WHERE id = ?1")?;
            let asset = !receipt.is_take && there("SELECT 1 FROM assets WHERE id = ?1")?;
            transaction.execute(
                "INSERT OR REPLACE INTO object_receipts
                    (place, object, item, take, asset, provider, bucket, etag, bytes, sha256, checked, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    receipt.place,
                    receipt.object,
                    receipt.item,
                    take.then_some(&receipt.item),
                    asset.then_some(&receipt.item),
                    receipt.provider.name(),
                    receipt.bucket,
                    receipt.etag,
                    Uint(receipt.bytes),
                    receipt.sha256,
                    receipt.checked.name(),
                    receipt.at,
                ],
            )?;
            Ok(transaction.commit()?)
        })
    }

    /// Receipts of one item, or of all; the newest first.
    pub fn object_receipts(&self, item: Option<&str>) -> Result<Vec<ObjectReceipt>, Error> {
        self.with(|connection| {
            let sql = "SELECT * FROM object_receipts WHERE ?1 IS NULL OR item = ?1 ORDER BY at DESC, place, object";
            Ok(connection.prepare_cached(sql)?.query_map([item], receipt_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// The object is there no more.
    pub fn forget_receipt(&self, place: &str, object: &str) -> Result<(), Error> {
        self.write("receipt of", object, |connection| {
            connection.execute("DELETE FROM object_receipts WHERE place = ?1 AND object = ?2", [place, object])?;
            Ok(())
        })
    }

    /// Assets that are no takes and whose id begins so, with their names and paths; the newest first.
    pub fn files_of_assets(&self, begins: &str) -> Result<Vec<AssetFile>, Error> {
        self.with(|connection| {
            let sql = "SELECT id, name, path, bytes, status FROM assets
                       WHERE take IS NULL AND binned_at IS NULL AND substr(id, 1, length(?1)) = ?1 ORDER BY seq DESC LIMIT 2";
            let found = connection
                .prepare_cached(sql)?
                .query_map([begins], |row| {
                    Ok(AssetFile {
                        id: row.get("id")?,
                        name: row.get("name")?,
                        path: row.get("path")?,
                        bytes: row.get::<_, Uint>("bytes")?.0,
                        ready: row.get::<_, String>("status")? == "ready",
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }
}

/// What is needed of an asset to send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetFile {
    pub id: String,
    pub name: String,
    /// Relative to the data folder, or absolute.
    pub path: String,
    pub bytes: u64,
    pub ready: bool,
}

fn with_parts(connection: &Connection, upload: ObjectUpload) -> Result<ObjectUpload, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT number, content FROM object_parts WHERE upload = ?1 ORDER BY number")?;
    let parts = statement.query_map([upload.id], |row| Ok((row.get::<_, Uint>("number")?.0, row.get("content")?)))?;
    let parts = parts.collect::<rusqlite::Result<_>>()?;
    Ok(ObjectUpload { parts, ..upload })
}

fn upload_of(row: &Row<'_>) -> rusqlite::Result<ObjectUpload> {
    // A take that is gone leaves its id in `item` alone; what kind it was no longer matters.
    let item: String = row.get("item")?;
    let take: Option<String> = row.get("take")?;
    Ok(ObjectUpload {
        id: row.get("id")?,
        item: if take.is_some() { Item::Take(item) } else { Item::Asset(item) },
        place: row.get("place")?,
        object: row.get("object")?,
        upload: row.get("upload")?,
        bytes: row.get::<_, Uint>("bytes")?.0,
        part_bytes: row.get::<_, Uint>("part_bytes")?.0,
        changed: row.get("changed")?,
        waits: row.get("waits")?,
        begun_at: row.get("begun_at")?,
        updated_at: row.get("updated_at")?,
        parts: Vec::new(),
    })
}

fn receipt_of(row: &Row<'_>) -> rusqlite::Result<ObjectReceipt> {
    let take: Option<String> = row.get("take")?;
    Ok(ObjectReceipt {
        item: row.get("item")?,
        is_take: take.is_some(),
        place: row.get("place")?,
        object: row.get("object")?,
        provider: named(row, "provider", Provider::named)?,
        bucket: row.get("bucket")?,
        etag: row.get("etag")?,
        bytes: row.get::<_, Uint>("bytes")?.0,
        sha256: row.get("sha256")?,
        checked: named(row, "checked", Checked::named)?,
        at: row.get("at")?,
    })
}
