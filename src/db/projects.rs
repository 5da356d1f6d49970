//! Projects as rows: where each one's folder is and what it is called.

use super::error::Error;
use super::open::Db;
use crate::core::project::Project;

impl Db {
    /// Adds the project or replaces its title and folder.
    pub fn save_project(&self, project: &Project) -> Result<(), Error> {
        self.write("project", &project.id, |connection| {
            connection.execute(
                "INSERT INTO projects (id, title, folder) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET title = excluded.title, folder = excluded.folder",
                [&project.id, &project.title, &project.folder],
            )?;
            Ok(())
        })
    }

    /// All projects, the last added first.
    pub fn projects(&self) -> Result<Vec<Project>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, title, folder FROM projects ORDER BY seq DESC")?;
            let rows = statement.query_map([], |row| {
                Ok(Project { id: row.get("id")?, title: row.get("title")?, folder: row.get("folder")? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
