//! `onetake users`: who may keep projects on this machine's server, and with which role.

use super::{Common, print_json, print_line};
use crate::core::problem::Problem;
use crate::core::shared::{Access, Membership};
use crate::jobs::house::House;
use crate::jobs::users::{self, Made};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Add a user; the token is shown once.
    Add {
        name: String,
        /// Team to join; it is made when there is none of that name.
        #[arg(long)]
        team: Option<String>,
        /// What the user may do with the team's projects.
        #[arg(long, default_value = "editor", requires = "team")]
        role: Role,
    },
    /// List users and their teams.
    List,
    /// Make a new token; the one before opens nothing any more.
    Token { name: String },
    /// Give a user a role in a team.
    Join {
        name: String,
        #[arg(long)]
        team: String,
        #[arg(long, default_value = "editor")]
        role: Role,
    },
    /// Take a user out of a team.
    Leave {
        name: String,
        #[arg(long)]
        team: String,
    },
    /// Remove a user; their projects stay, with who runs the server.
    Remove { name: String },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and writes.
    Editor,
    /// Also says whose a project is.
    Owner,
}

impl From<Role> for Access {
    fn from(role: Role) -> Access {
        match role {
            Role::Viewer => Access::Viewer,
            Role::Editor => Access::Editor,
            Role::Owner => Access::Owner,
        }
    }
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    match &arguments.what {
        What::Add { name, team, role } => {
            let team = team.as_deref().map(|team| (team, Access::from(*role)));
            show(&users::add(house, name, team)?, common);
        }
        What::Token { name } => show(&users::renew(house, name)?, common),
        What::Join { name, team, role } => listed(&[users::place(house, name, team, Some((*role).into()))?], common),
        What::Leave { name, team } => listed(&[users::place(house, name, team, None)?], common),
        What::List => listed(&users::list(house)?, common),
        What::Remove { name } => {
            let name = users::remove(house, name)?;
            if common.json {
                print_json(&serde_json::json!({ "removed": name }));
            } else {
                print_line(format_args!("Removed {name}."));
            }
        }
    }
    Ok(0)
}

fn show(made: &Made, common: &Common) {
    if common.json {
        print_json(made);
        return;
    }
    print_line(format_args!("{}{}", made.user, in_teams(&made.teams)));
    print_line(format_args!("Token: {}", made.token));
    print_line("Keep it; it is not shown again.");
}

fn listed(users: &[users::Listed], common: &Common) {
    if common.json {
        print_json(&serde_json::json!({ "users": users }));
        return;
    }
    for user in users {
        print_line(format_args!("{}{}", user.user, in_teams(&user.teams)));
    }
}

fn in_teams(teams: &[Membership]) -> String {
    let named: Vec<String> = teams.iter().map(|of| format!("{} ({})", of.team, of.role.name())).collect();
    if named.is_empty() { String::new() } else { format!(" – {}", named.join(", ")) }
}
