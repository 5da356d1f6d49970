//! The words that assets are found by: made by `core::library::terms`, kept by FTS5, which only says which word is in which asset.
//! What changed is noted by the database itself (`words_due`), so it does not matter who changed it.

use rusqlite::{Connection, OptionalExtension};

use super::error::Fault;
use crate::core::library::terms::{self, Term};
use crate::core::library::{Query, Seq};

/// How many are indexed at a time, some ten milliseconds: others write in between.
pub(super) const BATCH: usize = 500;

/// True when something changed since it was indexed.
pub(super) fn due(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM words_due LIMIT 1")?.exists([])
}

/// Indexes at most so many of those that are due; true when more are. To be called inside a transaction.
pub(super) fn index_due(connection: &Connection, most: usize) -> Result<bool, Fault> {
    let due: Vec<Seq> = connection
        .prepare_cached("SELECT asset FROM words_due ORDER BY asset LIMIT ?1")?
        .query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for asset in &due {
        index(connection, *asset)?;
    }
    Ok(due.len() == most)
}

fn index(connection: &Connection, asset: Seq) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM asset_words WHERE rowid = ?1")?.execute([asset])?;
    if let Some(text) = text_of(connection, asset)? {
        connection
            .prepare_cached("INSERT INTO asset_words (rowid, words) VALUES (?1, ?2)")?
            .execute((asset, terms::kept(&text)))?;
    }
    connection.prepare_cached("DELETE FROM words_due WHERE asset = ?1")?.execute([asset])?;
    Ok(())
}

/// All that a person may remember of an asset; nothing when it is gone.
fn text_of(connection: &Connection, asset: Seq) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached(
            "SELECT concat_ws(char(10), name, description, category,
                    (SELECT group_concat(tags.name, char(10)) FROM asset_tags JOIN tags ON tags.id = tag WHERE asset = seq),
                    (SELECT title FROM projects WHERE projects.id = assets.project),
                    (SELECT text FROM jobs JOIN prompt_versions ON prompt_versions.id = prompt_version
                     WHERE jobs.id = assets.job))
             FROM assets WHERE seq = ?1",
        )?
        .query_row([asset], |row| row.get(0))
        .optional()
}

/// The places of all assets that have these words, in order; `None` when nothing is asked.
pub(super) fn matching(connection: &Connection, query: &Query) -> rusqlite::Result<Option<Vec<Seq>>> {
    let asked = terms::asked(&query.words);
    if asked.is_empty() {
        return Ok(None);
    }
    let all: Vec<String> = asked.iter().map(expression).collect();
    connection
        .prepare_cached("SELECT rowid FROM asset_words WHERE asset_words MATCH ?1 ORDER BY rowid")?
        .query_map([all.join(" AND ")], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map(Some)
}

/// A term in FTS5's language. It holds letters and digits alone, and quotes keep it from being a word of that language.
fn expression(term: &Term) -> String {
    let text = term.text.replace('"', "\"\"");
    if term.begun { format!("\"{text}\" *") } else { format!("\"{text}\"") }
}
