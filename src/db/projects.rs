//! Projects as rows: where each one's folder is and what it is called. What more is known of one is in `details`.

use rusqlite::{OptionalExtension, Row, params};

use super::error::Error;
use super::open::Db;
use crate::clock;
use crate::core::project::Project;

impl Db {
    /// Adds the project or replaces its title and folder.
    pub fn save_project(&self, project: &Project) -> Result<(), Error> {
        self.write("project", &project.id, |connection| {
            connection.execute(
                "INSERT INTO projects (id, title, folder, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
                 ON CONFLICT (id) DO UPDATE SET title = excluded.title, folder = excluded.folder
                 WHERE title <> excluded.title OR folder <> excluded.folder",
                params![project.id, project.title, project.folder, clock::wall()],
            )?;
            Ok(())
        })
    }

    /// All projects, the last added first.
    pub fn projects(&self) -> Result<Vec<Project>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, title, folder FROM projects ORDER BY seq DESC")?;
            Ok(statement.query_map([], project_of)?.collect::<Result<_, _>>()?)
        })
    }

    /// The project with this id.
    pub fn project(&self, id: &str) -> Result<Option<Project>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, title, folder FROM projects WHERE id = ?1")?;
            Ok(statement.query_row([id], project_of).optional()?)
        })
    }
}

fn project_of(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project { id: row.get("id")?, title: row.get("title")?, folder: row.get("folder")? })
}
