//! `onetake library export` and `import-project`: a project with all that belongs to it as one folder, out and in.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use crate::cli::{Common, print_json, print_line};
use crate::core::bundle::{Progress, Takes};
use crate::core::problem::{Kind, Problem};
use crate::core::project::Project;
use crate::jobs::bundle;
use crate::jobs::house::House;
use crate::jobs::signals::Asked;

#[derive(Clone, Debug, clap::Args)]
pub struct Export {
    /// Id or title of the project.
    pub project: String,
    /// Folder in which the project's own is made.
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// Which takes go along.
    #[arg(long, value_enum, default_value_t)]
    pub takes: Wanted,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Wanted {
    /// All that are not in the bin.
    #[default]
    All,
    /// Those in which something is kept.
    Kept,
    None,
}

#[derive(Clone, Debug, clap::Args)]
pub struct Import {
    /// The folder of an exported project.
    pub folder: PathBuf,
}

/// The answer of an export.
#[derive(Debug, Serialize)]
struct Exported {
    project: String,
    folder: String,
    files: usize,
    bytes: u64,
}

pub fn export(house: &House, arguments: &Export, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let project = find(house, &arguments.project)?;
    let takes = match arguments.takes {
        Wanted::All => Takes::All,
        Wanted::Kept => Takes::Kept,
        Wanted::None => Takes::None,
    };
    let packed = watched(common, &asked, |progress| bundle::pack(house, &project, takes, &arguments.to, progress))?;
    let (folder, manifest) = packed.ok_or_else(Problem::cancelled)?;
    let (folder, files, bytes) = (folder.to_string_lossy().into_owned(), manifest.files.len(), manifest.bytes());
    if common.json {
        print_json(&Exported { project: project.id, folder, files, bytes });
    } else {
        print_line(format_args!("{folder}  {files} files, {:.1} MB", bytes as f64 / 1e6));
    }
    Ok(0)
}

pub fn import(house: &House, arguments: &Import, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let arrived = watched(common, &asked, |progress| bundle::unpack(house, &arguments.folder, progress))?;
    let arrived = arrived.ok_or_else(Problem::cancelled)?;
    if common.json {
        print_json(&arrived);
    } else {
        print_line(bundle::sentence(&arrived));
        print_line(&arrived.folder);
    }
    Ok(0)
}

/// Does it while a terminal shows how far it is, until it is done or somebody asks to end.
fn watched<T>(
    common: &Common,
    asked: &Asked,
    work: impl FnOnce(&mut dyn FnMut(Progress) -> bool) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let show = !common.json && std::io::stderr().is_terminal();
    let done = work(&mut |progress| {
        if show {
            let _ = write!(std::io::stderr(), "\r{:3.0} % ", progress.part() * 100.0);
        }
        !asked.to_end()
    });
    if show {
        let _ = writeln!(std::io::stderr());
    }
    done
}

/// The project with this id, or the only one of this title.
fn find(house: &House, name: &str) -> Result<Project, Problem> {
    let projects = house.db.projects()?;
    if let Some(project) = projects.iter().find(|project| project.id == name) {
        return Ok(project.clone());
    }
    let mut titled = projects.iter().filter(|project| project.title == name);
    match (titled.next(), titled.next()) {
        (Some(project), None) => Ok(project.clone()),
        (Some(project), Some(other)) => {
            let what = format!("More than one project is called “{name}”.");
            Err(Problem::usage(what, format!("Name its id, such as {} or {}.", project.id, other.id)))
        }
        (None, _) => Err(Problem::new(Kind::Usage, format!("There is no project “{name}”."), "Name its id or its title.")),
    }
}
