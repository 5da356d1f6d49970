//! Tags: words that people put on assets. The case of A to Z does not tell two apart; the first way of writing stays. One that nothing has any
//! more is gone.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::assets::unknown;
use super::error::{Error, Fault};
use super::open::Db;
use crate::core::asset::AssetId;
use crate::core::library::{Seq, TagCount};

/// The longest tag, as the table has it.
const MAX_CHARS: usize = 100;

impl Db {
    /// Puts a tag on assets that do not have it yet, on all or on none.
    pub fn tag(&self, assets: &[AssetId], tag: &str) -> Result<(), Error> {
        let name = cleaned(tag).ok_or_else(|| Error::Value {
            what: "tag",
            id: shown(tag),
            detail: "it is empty or too long".into(),
        })?;
        self.write("tag", &name, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for id in assets {
                add(&transaction, seq(&transaction, id)?, &name)?;
            }
            Ok(transaction.commit()?)
        })
    }

    /// Takes a tag off assets; no error when one does not have it.
    pub fn untag(&self, assets: &[AssetId], tag: &str) -> Result<(), Error> {
        self.write("tag", &shown(tag), |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for id in assets {
                transaction
                    .prepare_cached(
                        "DELETE FROM asset_tags WHERE asset = ?1 AND tag = (SELECT id FROM tags WHERE name = trim(?2))",
                    )?
                    .execute((seq(&transaction, id)?, tag))?;
            }
            sweep(&transaction)?;
            Ok(transaction.commit()?)
        })
    }

    /// All tags in alphabetical order, and how many assets outside the bin have each. (The bin is small; asking each asset whether it
    /// lies there would take a hundred times as long.)
    pub fn tags(&self) -> Result<Vec<TagCount>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name,
                        (SELECT count(*) FROM asset_tags WHERE tag = tags.id)
                        - (SELECT count(*) FROM assets AS binned CROSS JOIN asset_tags ON asset = seq AND tag = tags.id
                           WHERE binned_at IS NOT NULL) AS assets
                 FROM tags ORDER BY name, id",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(TagCount { name: row.get("name")?, assets: row.get::<_, i64>("assets")?.unsigned_abs() })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// An asset's tags, in alphabetical order.
pub(super) fn of(connection: &Connection, asset: Seq) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached("SELECT name FROM asset_tags JOIN tags ON id = tag WHERE asset = ?1 ORDER BY name, id")?
        .query_map([asset], |row| row.get(0))?
        .collect()
}

/// Gives an asset these tags and no others. Those that are none are passed over: they may come from a file.
pub(super) fn replace(connection: &Connection, asset: Seq, tags: &[String]) -> Result<(), Fault> {
    let had = of(connection, asset)?;
    let wanted: Vec<String> = tags.iter().filter_map(|tag| cleaned(tag)).collect();
    if had == wanted {
        return Ok(());
    }
    connection.prepare_cached("DELETE FROM asset_tags WHERE asset = ?1")?.execute([asset])?;
    for tag in &wanted {
        add(connection, asset, tag)?;
    }
    if had.is_empty() { Ok(()) } else { sweep(connection) }
}

/// The id of a tag, which is made when there is none.
pub(super) fn id_of(connection: &Connection, name: &str) -> Result<i64, Fault> {
    connection.prepare_cached("INSERT INTO tags (name) VALUES (?1) ON CONFLICT (name) DO NOTHING")?.execute([name])?;
    Ok(connection.prepare_cached("SELECT id FROM tags WHERE name = ?1")?.query_row([name], |row| row.get(0))?)
}

/// What may be kept of a tag: on one line, without blanks around it.
pub(super) fn cleaned(tag: &str) -> Option<String> {
    let tag: String = tag.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    (!tag.is_empty() && tag.chars().count() <= MAX_CHARS).then_some(tag)
}

/// Forgets tags that nothing has.
pub(super) fn sweep(connection: &Connection) -> Result<(), Fault> {
    let unused = "DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM asset_tags WHERE tag = id)
                  AND NOT EXISTS (SELECT 1 FROM project_tags WHERE tag = id)";
    connection.prepare_cached(unused)?.execute([])?;
    Ok(())
}

fn add(connection: &Connection, asset: Seq, name: &str) -> Result<(), Fault> {
    let tag = id_of(connection, name)?;
    connection
        .prepare_cached("INSERT INTO asset_tags (tag, asset) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((tag, asset))?;
    Ok(())
}

fn seq(connection: &Connection, id: &AssetId) -> Result<Seq, Fault> {
    let mut statement = connection.prepare_cached("SELECT seq FROM assets WHERE id = ?1")?;
    statement.query_row([&id.0], |row| row.get(0)).optional()?.ok_or_else(|| unknown(id).into())
}

/// A tag in a sentence about it.
fn shown(tag: &str) -> String {
    tag.chars().take(MAX_CHARS).collect()
}
