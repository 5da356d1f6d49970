//! Texts by what they are: each lies once under the SHA-256 of its bytes, however many rows name it.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::error::Fault;

/// Lower-case hex of a text's SHA-256.
pub fn digest(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps a text, unless it is there, and gives its name.
pub(super) fn put(connection: &Connection, body: &str) -> Result<String, Fault> {
    let sha256 = digest(body.as_bytes());
    connection
        .prepare_cached("INSERT INTO contents (sha256, body) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING")?
        .execute(params![sha256, body.as_bytes()])?;
    Ok(sha256)
}

/// The text of this name.
pub(super) fn get(connection: &Connection, sha256: &str) -> Result<Option<String>, Fault> {
    let mut statement = connection.prepare_cached("SELECT body FROM contents WHERE sha256 = ?1")?;
    let body: Option<Vec<u8>> = statement.query_row([sha256], |row| row.get(0)).optional()?;
    // Only text was put in, so nothing is lost where there is no damage.
    Ok(body.map(|body| String::from_utf8_lossy(&body).into_owned()))
}

/// Forgets those of `names` that no row of any table names any more. Who names a text says so by a foreign key, and so it is
/// asked of the database who does.
pub(super) fn sweep(connection: &Connection, names: &[String]) -> Result<(), Fault> {
    if names.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "SELECT tables.name, keys.\"from\" FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table' AND keys.\"table\" = 'contents'",
    )?;
    let users: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let unused: String =
        users.iter().map(|(table, column)| format!(" AND NOT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1)")).collect();
    let mut delete = connection.prepare_cached(&format!("DELETE FROM contents WHERE sha256 = ?1{unused}"))?;
    for name in names {
        delete.execute([name])?;
    }
    Ok(())
}
