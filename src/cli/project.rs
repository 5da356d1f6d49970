//! `onetake project`: the versions of a project's script without the window. What changes the script's file asks for the studio's
//! lock, because a window that has the project open would write over it.

use serde::Serialize;

use super::{Common, print_json, print_line};
use crate::core::history::Version;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::jobs::house::{Claim, House};
use crate::jobs::{history, projects};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// List the kept versions of a project, the newest first.
    Versions {
        /// Id of a project, its title, the beginning of either, or its folder.
        project: String,
    },
    /// Print the script of a version.
    Show {
        /// Id of a project, its title, the beginning of either, or its folder.
        project: String,
        /// Number of a version, its name, “last”, or “published”.
        #[arg(default_value = "last")]
        version: String,
    },
    /// Put a version in the place of the script, which is kept as a version before.
    Restore {
        /// Id of a project, its title, the beginning of either, or its folder.
        project: String,
        /// Number of a version, its name, or “published”.
        version: String,
    },
    /// Publish the script as it is: the version is kept for ever.
    Publish {
        /// Id of a project, its title, the beginning of either, or its folder.
        project: String,
        /// What to call it.
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
    },
}

/// The answer of `versions`.
#[derive(Debug, Serialize)]
struct List<'a> {
    project: &'a str,
    published: bool,
    versions: &'a [Version],
}

/// The answers about one version.
#[derive(Debug, Serialize)]
struct One<'a> {
    project: &'a str,
    version: &'a Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

pub fn run(open: impl Fn(Claim) -> Result<House, Problem>, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    match &arguments.what {
        What::Versions { project } => {
            let house = open(Claim::Shared)?;
            let project = projects::find(&house, project)?;
            list(&house, &project, common)?;
        }
        What::Show { project, version } => {
            let house = open(Claim::Shared)?;
            let project = projects::find(&house, project)?;
            let version = find(&house, &project, version)?;
            let text = house.db.version_text(&project.id, version.seq)?;
            if common.json {
                print_json(&One { project: &project.id, version: &version, text: Some(text) });
            } else {
                print_line(text.trim_end_matches('\n'));
            }
        }
        What::Restore { project, version } => {
            let house = open(Claim::Alone)?;
            let project = projects::find(&house, project)?;
            let version = find(&house, &project, version)?;
            history::restore(&house, &project, version.seq)?;
            let said = format!("“{}” is back in “{}”; what it replaced is kept.", version.label(), project.title);
            tell(&project, &version, &said, common);
        }
        What::Publish { project, name } => {
            let house = open(Claim::Shared)?;
            let project = projects::find(&house, project)?;
            let version = history::publish(&house, &project, name.as_deref())?;
            let said = format!("“{}” is published as version {}.", project.title, version.seq);
            tell(&project, &version, &said, common);
        }
    }
    Ok(0)
}

fn tell(project: &Project, version: &Version, said: &str, common: &Common) {
    if common.json {
        print_json(&One { project: &project.id, version, text: None });
    } else {
        print_line(said);
    }
}

fn list(house: &House, project: &Project, common: &Common) -> Result<(), Problem> {
    let versions = history::versions(house, project)?;
    if common.json {
        let published = house.db.standing(&project.id)?.published;
        print_json(&List { project: &project.id, published, versions: &versions });
        return Ok(());
    }
    for version in &versions {
        let Version { seq, made_at, words, .. } = version;
        let change = version.change.map_or_else(String::new, |change| format!("  {}", change.sentence()));
        print_line(format!("{seq:>6}  {made_at}  {:<18}  {words:>6} words{change}", version.label()));
    }
    Ok(())
}

/// A version by what a person calls it.
fn find(house: &House, project: &Project, wanted: &str) -> Result<Version, Problem> {
    let versions = history::versions(house, project)?;
    let found = match wanted {
        "last" => versions.into_iter().next(),
        "published" => house.db.standing(&project.id)?.last,
        wanted => {
            let number = wanted.parse::<i64>().ok();
            let is = |version: &Version| Some(version.seq) == number || version.name.as_deref() == Some(wanted);
            versions.into_iter().find(is)
        }
    };
    found.ok_or_else(|| {
        let what = format!("“{}” has no version “{wanted}”.", project.title);
        Problem::usage(what, "“onetake project versions” lists those there are.")
    })
}
