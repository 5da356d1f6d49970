//! Phones and other devices that were let in: a name, the hash of a token, and when each was last seen. A token that was
//! revoked, or not used for `KEEP_DAYS`, opens nothing.

use rusqlite::{OptionalExtension, Row, params};

use super::error::Error;
use super::open::Db;
use crate::clock;

/// Days after its last use for which a device stays paired.
pub const KEEP_DAYS: u32 = 30;

/// A device that may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairedDevice {
    pub id: String,
    /// What people call it.
    pub name: String,
    /// RFC 3339 UTC, as is the next.
    pub created_at: String,
    pub last_seen_at: String,
}

impl Db {
    /// Adds a device; `token_hash` is the SHA-256 of its token in lower-case hex. Rows that open nothing any more are cleared.
    pub fn add_paired_device(&self, device: &PairedDevice, token_hash: &str) -> Result<(), Error> {
        self.write("device", &device.id, |connection| {
            connection
                .execute("DELETE FROM paired_devices WHERE revoked_at IS NOT NULL OR last_seen_at < ?1", [unused_since()])?;
            connection.execute(
                "INSERT INTO paired_devices (id, name, token_hash, created_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![device.id, device.name, token_hash, device.created_at, device.last_seen_at],
            )?;
            Ok(())
        })
    }

    /// The device whose token has this hash, if it may still come in.
    pub fn paired_device(&self, token_hash: &str) -> Result<Option<PairedDevice>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM paired_devices WHERE token_hash = ?1 AND revoked_at IS NULL AND last_seen_at >= ?2",
            )?;
            Ok(statement.query_row(params![token_hash, unused_since()], device_of).optional()?)
        })
    }

    /// All that may come in, the one seen last first.
    pub fn paired_devices(&self) -> Result<Vec<PairedDevice>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM paired_devices WHERE revoked_at IS NULL AND last_seen_at >= ?1
                 ORDER BY last_seen_at DESC, id DESC",
            )?;
            Ok(statement.query_map([unused_since()], device_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// Notes that a device was seen now. No error when it is gone.
    pub fn see_paired_device(&self, id: &str) -> Result<(), Error> {
        self.write("device", id, |connection| {
            connection.execute("UPDATE paired_devices SET last_seen_at = ?2 WHERE id = ?1", [id, &clock::wall()])?;
            Ok(())
        })
    }

    /// From now on its token opens nothing. No error when it is gone.
    pub fn revoke_paired_device(&self, id: &str) -> Result<(), Error> {
        self.write("device", id, |connection| {
            connection.execute(
                "UPDATE paired_devices SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
                [id, &clock::wall()],
            )?;
            Ok(())
        })
    }
}

/// Devices last seen before this have lapsed; in the form of `clock::wall`, in which text compares as time does.
fn unused_since() -> String {
    let age = jiff::SignedDuration::from_hours(24 * i64::from(KEEP_DAYS));
    let then = jiff::Timestamp::now().checked_sub(age).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    then.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn device_of(row: &Row<'_>) -> rusqlite::Result<PairedDevice> {
    Ok(PairedDevice {
        id: row.get("id")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        last_seen_at: row.get("last_seen_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, seen: &str) -> PairedDevice {
        PairedDevice { id: id.into(), name: "Téléphone".into(), created_at: seen.into(), last_seen_at: seen.into() }
    }

    #[test]
    fn a_token_opens_until_it_is_revoked_or_lapses() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("library.db")).unwrap();
        let (fresh, other) = ("a".repeat(64), "b".repeat(64));
        db.add_paired_device(&device("one", &clock::wall()), &fresh).unwrap();
        db.add_paired_device(&device("two", "2020-01-01T00:00:00.000Z"), &other).unwrap();
        assert_eq!(db.paired_device(&fresh).unwrap().unwrap().id, "one");
        assert_eq!(db.paired_device(&other).unwrap(), None, "not seen for years");
        assert_eq!(db.paired_device(&"c".repeat(64)).unwrap(), None);
        assert_eq!(db.paired_devices().unwrap().len(), 1);
        db.revoke_paired_device("one").unwrap();
        assert_eq!(db.paired_device(&fresh).unwrap(), None);
        assert!(db.paired_devices().unwrap().is_empty());
        // Seen again or not: revoked stays revoked.
        db.see_paired_device("one").unwrap();
        assert_eq!(db.paired_device(&fresh).unwrap(), None);
        assert!(db.add_paired_device(&device("three", &clock::wall()), "short").is_err());
    }
}
