//! Taking over what another library file holds, for a library that is made anew: table by table, the columns both know. What the
//! folders tell is written over it afterwards, so whatever here is wrong or old loses to them.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{Error, Fault, sorted};
use super::migrate::MIGRATIONS;
use super::open::{APPLICATION_ID, Db};

/// Rounds in which rows whose reference is gone are looked for: each may leave others behind.
const ROUNDS: u32 = 32;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Rows by table.
    pub rows: BTreeMap<String, usize>,
    /// Tables that could not be read, and why.
    pub unreadable: Vec<(String, String)>,
    /// Rows that named another one that is not there.
    pub dangling: usize,
}

/// Whether an old library may be replaced: `Error::Newer` and `Error::Foreign` when it is not ours to; what can't be read at all is
/// told by the other errors.
pub fn replaceable(path: &Path) -> Result<(), Error> {
    open(path).map(drop)
}

/// Readies an old library for making way: its log goes into the file, so that it is one file. Beside the errors of `replaceable`
/// `Error::Busy`, when another process has it open.
pub fn retire(path: &Path) -> Result<(), Error> {
    // Leaving the write-ahead log needs the file for oneself.
    let mode: String = open(path)?
        .pragma_update_and_check(None, "journal_mode", "delete", |row| row.get(0))
        .map_err(|error| sorted(path, error))?;
    if mode == "delete" { Ok(()) } else { Err(Error::Busy(path.to_owned())) }
}

fn open(path: &Path) -> Result<Connection, Error> {
    let failed = |error| sorted(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let pragma = |name: &str| connection.pragma_query_value::<i64, _>(None, name, |row| row.get(0)).map_err(failed);
    let (version, application) = (pragma("user_version")?, pragma("application_id")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    // One that nobody has written anything to yet is nobody's.
    if application != i64::from(APPLICATION_ID) && (application, tables) != (0, 0) {
        return Err(Error::Foreign(path.to_owned()));
    }
    if version > MIGRATIONS.len() as i64 {
        return Err(Error::Newer { path: path.to_owned(), file: version, program: MIGRATIONS.len() as i64 });
    }
    Ok(connection)
}

impl Db {
    /// For a file that nobody depends on yet: nothing is synced until it is closed, and then by whoever gives it its name.
    pub fn sync_at_the_end(&self) -> Result<(), Error> {
        self.with(|connection| Ok(connection.pragma_update(None, "synchronous", "off")?))
    }

    /// No project, no take and no other asset is listed: the file is new, or was lost.
    pub fn lists_nothing(&self) -> Result<bool, Error> {
        self.with(|connection| {
            let sql = "SELECT NOT EXISTS (SELECT 1 FROM projects) AND NOT EXISTS (SELECT 1 FROM assets)";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
    }

    /// Takes over what the library at `old` holds into this one, which must be fresh.
    pub fn carry_over(&self, old: &Path) -> Result<Carried, Error> {
        self.with(|connection| {
            connection.execute("ATTACH DATABASE ?1 AS old", [old.to_string_lossy()])?;
            // Rows come as they are: what triggers made of them is among them.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
            connection.pragma_update(None, "foreign_keys", false)?;
            let carried = carry(connection);
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
            connection.execute("DETACH DATABASE old", [])?;
            carried
        })
    }

    /// Every page and every reference, read to the last; one sentence each for what is wrong.
    pub fn integrity(&self) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
            let pages: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut statement =
                connection.prepare("SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2")?;
            let references = statement.query_map([], |row| {
                let (table, parent, rows): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(format!("{rows} rows of {table} name one of {parent} that is not there"))
            })?;
            let references: Vec<String> = references.collect::<Result<_, _>>()?;
            Ok(pages.into_iter().filter(|line| line != "ok").chain(references).collect())
        })
    }
}

fn carry(connection: &mut Connection) -> Result<Carried, Fault> {
    let transaction = connection.transaction()?;
    let mut carried = Carried::default();
    for table in tables(&transaction)? {
        match copy(&transaction, &table) {
            Ok(0) => {}
            Ok(rows) => _ = carried.rows.insert(table, rows),
            Err(error) => carried.unreadable.push((table, error.to_string())),
        }
    }
    carried.dangling = mend_references(&transaction)?;
    // The words that assets are found by are no table of their own: they are made of the rows at the next search.
    transaction.execute("INSERT INTO words_due SELECT seq FROM assets WHERE true ON CONFLICT DO NOTHING", [])?;
    transaction.commit()?;
    Ok(carried)
}

/// Ordinary tables that both have. What belongs to a search index is made anew, and the steps are the new file's own.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             AND name <> 'migrations'
             AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'old' AND type = 'table')
         ORDER BY name",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// Rows copied. All of a table or nothing of it.
fn copy(connection: &Connection, table: &str) -> rusqlite::Result<usize> {
    let ours = columns(connection, "main", table)?;
    let theirs = columns(connection, "old", table)?;
    let both: Vec<String> = ours.into_iter().filter(|column| theirs.contains(column)).map(|name| quoted(&name)).collect();
    let (table, columns) = (quoted(table), both.join(", "));
    connection.execute(&format!("DELETE FROM main.{table}"), [])?;
    connection.execute(&format!("INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM old.{table}"), [])
}

/// A table's columns, but those that are computed.
fn columns(connection: &Connection, schema: &str, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE hidden = 0")?;
    statement.query_map([table, schema], |row| row.get(0))?.collect()
}

/// Rows that name one that is not there: the name is taken out where the table allows it, else the row goes. Gives how many.
fn mend_references(connection: &Connection) -> rusqlite::Result<usize> {
    let mut mended = 0;
    for _ in 0..ROUNDS {
        let mut round = 0;
        for reference in references(connection)? {
            round += connection.execute(&reference, [])?;
        }
        if round == 0 {
            return Ok(mended);
        }
        mended += round;
    }
    Ok(mended)
}

/// One statement a reference of the schema.
fn references(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT t.name, f.\"from\", f.\"table\", coalesce(f.\"to\", (SELECT name FROM pragma_table_info(f.\"table\") WHERE pk = 1)),
                f.on_delete = 'SET NULL'
         FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS f
         WHERE t.schema = 'main' AND t.type = 'table'",
    )?;
    let rows = statement.query_map([], |row| {
        let (table, from, parent, to): (String, String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let (table, from, parent, to) = (quoted(&table), quoted(&from), quoted(&parent), quoted(&to));
        let gone =
            format!("{table}.{from} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE p.{to} = {table}.{from})");
        Ok(match row.get(4)? {
            true => format!("UPDATE {table} SET {from} = NULL WHERE {gone}"),
            false => format!("DELETE FROM {table} WHERE {gone}"),
        })
    })?;
    rows.collect()
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
