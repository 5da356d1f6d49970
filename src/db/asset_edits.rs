//! What a person does to an asset in the library: its name, its words, the bin. Files are not touched here.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::assets::{change, unknown};
use super::error::{Error, Fault};
use super::open::Db;
use crate::core::asset::AssetId;

/// The longest name; what a list can't show helps nobody.
const MAX_NAME_CHARS: usize = 500;

impl Db {
    /// Gives the asset another name; blanks around it are dropped. `Error::Value` when nothing is left.
    pub fn rename(&self, id: &AssetId, name: &str) -> Result<(), Error> {
        let name: String = name.trim().chars().take(MAX_NAME_CHARS).collect();
        if name.is_empty() {
            let detail = "its name would be empty".into();
            return Err(Error::Value { what: "asset", id: id.0.clone(), detail });
        }
        self.write("asset", &id.0, |connection| change(connection, id, "name", Some(&name)))
    }

    /// Replaces the asset's description.
    pub fn describe(&self, id: &AssetId, description: &str) -> Result<(), Error> {
        self.write("asset", &id.0, |connection| change(connection, id, "description", Some(description.trim())))
    }

    /// Replaces the asset's category.
    pub fn categorise(&self, id: &AssetId, category: &str) -> Result<(), Error> {
        self.write("asset", &id.0, |connection| change(connection, id, "category", Some(category.trim())))
    }

    /// Notes that the asset went to the bin `at` (RFC 3339 UTC); no error when it is there already. `Error::Used` while a project
    /// plays it, `Error::OfTake` for a take's, which goes there with its folder (`bin_take`).
    pub fn bin(&self, id: &AssetId, at: &str) -> Result<(), Error> {
        self.write("asset", &id.0, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let binned = its_own(&transaction, id)?;
            if binned.is_none() {
                unused(&transaction, id)?;
                change(&transaction, id, "binned_at", Some(at))?;
            }
            Ok(transaction.commit()?)
        })
    }

    /// Notes that the asset came back from the bin.
    pub fn restore(&self, id: &AssetId) -> Result<(), Error> {
        self.write("asset", &id.0, |connection| {
            its_own(connection, id)?;
            change(connection, id, "binned_at", None)
        })
    }

    /// Removes the asset's row; no error when it is gone already. The file is not touched. `Error::Used` while something refers to it.
    pub fn forget(&self, id: &AssetId) -> Result<(), Error> {
        self.write("asset", &id.0, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            match its_own(&transaction, id) {
                Err(Fault::Typed(Error::Unknown { .. })) => return Ok(()),
                other => other?,
            };
            unused(&transaction, id)?;
            transaction.execute("DELETE FROM assets WHERE id = ?1", [&id.0])?;
            Ok(transaction.commit()?)
        })
    }

    /// What plays or needs the asset, in words; nothing that is named here may be deleted.
    pub fn users_of(&self, id: &AssetId) -> Result<Vec<String>, Error> {
        self.with(|connection| users(connection, id))
    }
}

/// When the asset went to the bin, if it is not a take's.
fn its_own(connection: &Connection, id: &AssetId) -> Result<Option<String>, Fault> {
    let found: Option<(Option<String>, Option<String>)> = connection
        .prepare_cached("SELECT take, binned_at FROM assets WHERE id = ?1")?
        .query_row([&id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        None => Err(unknown(id).into()),
        Some((Some(_), _)) => Err(Error::OfTake { id: id.0.clone() }.into()),
        Some((None, binned)) => Ok(binned),
    }
}

fn unused(connection: &Connection, id: &AssetId) -> Result<(), Fault> {
    match users(connection, id)?.into_iter().next() {
        Some(by) => Err(Error::Used { what: "asset", id: id.0.clone(), by }.into()),
        None => Ok(()),
    }
}

fn users(connection: &Connection, id: &AssetId) -> Result<Vec<String>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT 'the project “' || title || '”' FROM project_assets JOIN projects ON projects.id = project WHERE asset = ?1
         UNION ALL
         SELECT 'a job of ' || engine || ' ' || model FROM job_inputs JOIN jobs ON jobs.id = job WHERE asset = ?1",
    )?;
    Ok(statement.query_map([&id.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
