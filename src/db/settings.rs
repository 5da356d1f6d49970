//! Settings: one JSON text under a fixed key, and small values of other nouns beside it. The text's shape belongs to
//! `core::settings`; the database keeps it whole, so that a new setting needs no migration.

use rusqlite::OptionalExtension;

use super::error::Error;
use super::open::Db;

const SETTINGS: &str = "settings";

impl Db {
    /// The settings' JSON text, once saved.
    pub fn settings(&self) -> Result<Option<String>, Error> {
        self.value(SETTINGS)
    }

    /// Replaces the settings. `Error::Value` when the text is not JSON.
    pub fn save_settings(&self, json: &str) -> Result<(), Error> {
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(json) {
            return Err(Error::Value { what: "list of", id: SETTINGS.into(), detail: error.to_string() });
        }
        self.save_value(SETTINGS, json)
    }

    /// A value by its key.
    pub fn value(&self, key: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Adds or replaces a value.
    pub fn save_value(&self, key: &str, value: &str) -> Result<(), Error> {
        self.write("value", key, |connection| {
            connection.execute(
                "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, value],
            )?;
            Ok(())
        })
    }
}
