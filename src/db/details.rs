//! What a project is besides its script, as columns of its row; its arrangement is JSON text with the number of its schema. Which
//! assets that plays is kept as rows too, so that none of them can be deleted.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::tags;
use super::value::{json, named, to_json, unreadable};
use crate::clock;
use crate::core::project::details::{Details, Status, arrangement_text, read_arrangement};
use crate::core::time::Rate;

impl Db {
    /// The project's details.
    pub fn details(&self, project: &str) -> Result<Option<Details>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM projects WHERE id = ?1")?;
            let details = statement.query_row([project], details_of).optional()?;
            let Some(details) = details else { return Ok(None) };
            Ok(Some(Details { tags: tags_of(connection, project)?, ..details }))
        })
    }

    /// Replaces the project's details; when that was is noted, when it was made stays as it is unless it is given. An owner, a team
    /// or a parent that is not in this library is left out: the project may come from another one. So are assets.
    pub fn save_details(&self, project: &str, details: &Details) -> Result<(), Error> {
        self.write("project", project, |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            update(&transaction, project, details)?;
            replace_tags(&transaction, project, &details.tags)?;
            replace_assets(&transaction, project, details)?;
            Ok(transaction.commit()?)
        })
    }
}

fn update(transaction: &Transaction<'_>, project: &str, details: &Details) -> Result<(), Fault> {
    let value = |detail: serde_json::Error| Error::Value { what: "project", id: project.into(), detail: detail.to_string() };
    let changed = transaction
        .prepare_cached(
            "UPDATE projects SET
                description = ?2, category = ?3, status = ?4, is_public = ?5,
                owner = (SELECT id FROM users WHERE id = ?6), team = (SELECT id FROM teams WHERE id = ?7),
                parent = (SELECT id FROM projects AS parents WHERE id = ?8 AND id <> ?1),
                width = ?9, height = ?10, rate_num = ?11, rate_den = ?12, engine = ?13, engine_params = ?14, details = ?15,
                created_at = iif(?16 = '', created_at, ?16), updated_at = ?17
             WHERE id = ?1",
        )?
        .execute(params![
            project,
            details.description,
            details.category,
            details.status.name(),
            details.is_public,
            details.owner,
            details.team,
            details.parent,
            details.width,
            details.height,
            details.rate.num,
            details.rate.den.max(1),
            details.engine,
            to_json(&details.engine_params)?,
            arrangement_text(&details.arrangement).map_err(value)?,
            details.created_at,
            clock::wall(),
        ])?;
    match changed {
        0 => Err(Error::Unknown { what: "project", id: project.to_owned() }.into()),
        _ => Ok(()),
    }
}

fn replace_tags(transaction: &Transaction<'_>, project: &str, names: &[String]) -> Result<(), Fault> {
    let cleared = transaction.prepare_cached("DELETE FROM project_tags WHERE project = ?1")?.execute([project])?;
    for name in names.iter().filter_map(|name| tags::cleaned(name)) {
        let tag = tags::id_of(transaction, &name)?;
        transaction
            .prepare_cached("INSERT INTO project_tags (project, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute((project, tag))?;
    }
    if cleared == 0 { Ok(()) } else { tags::sweep(transaction) }
}

fn replace_assets(transaction: &Transaction<'_>, project: &str, details: &Details) -> Result<(), Fault> {
    transaction.prepare_cached("DELETE FROM project_assets WHERE project = ?1")?.execute([project])?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO project_assets (project, asset) SELECT ?1, id FROM assets WHERE id = ?2")?;
    for asset in details.arrangement.assets() {
        insert.execute((project, &asset.0))?;
    }
    Ok(())
}

fn tags_of(connection: &Connection, project: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached("SELECT name FROM project_tags JOIN tags ON id = tag WHERE project = ?1 ORDER BY name, id")?
        .query_map([project], |row| row.get(0))?
        .collect()
}

fn details_of(row: &Row<'_>) -> rusqlite::Result<Details> {
    let arrangement: String = row.get("details")?;
    Ok(Details {
        description: row.get("description")?,
        category: row.get("category")?,
        status: named(row, "status", Status::named)?,
        is_public: row.get("is_public")?,
        tags: Vec::new(),
        owner: row.get("owner")?,
        team: row.get("team")?,
        parent: row.get("parent")?,
        width: row.get("width")?,
        height: row.get("height")?,
        rate: Rate { num: row.get("rate_num")?, den: row.get("rate_den")? },
        engine: row.get("engine")?,
        engine_params: json(row, "engine_params")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        arrangement: read_arrangement(&arrangement).map_err(|error| unreadable(error.into()))?,
    })
}
