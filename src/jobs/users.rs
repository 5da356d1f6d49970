//! People who use this machine as a server: added, listed, removed; their tokens made and shown once.

use serde::Serialize;

use super::house::House;
use crate::core::problem::Problem;
use crate::core::shared::{Access, Membership};
use crate::db::{self, User};
use crate::server::Secret;

/// The longest name of a user or a team, in characters.
const NAME_CHARS: usize = 60;

/// A user with the token that was just made.
#[derive(Debug, Serialize)]
pub struct Made {
    pub user: String,
    pub token: String,
    pub teams: Vec<Membership>,
}

/// A user as lists show it.
#[derive(Debug, Serialize)]
pub struct Listed {
    pub user: String,
    pub teams: Vec<Membership>,
    pub tokens: u32,
    pub created_at: String,
}

/// Adds a user, into a team if one is named. The token is in the answer and nowhere else.
pub fn add(house: &House, name: &str, team: Option<(&str, Access)>) -> Result<Made, Problem> {
    let user = User { id: uuid::Uuid::now_v7().to_string(), name: named(name)? };
    let team = team.map(|(team, role)| Ok::<_, Problem>((named(team)?, role))).transpose()?;
    let token = Secret::generate()?;
    match house.db.add_user(&user, &token.hash()) {
        Err(db::Error::Exists { .. }) => {
            let what = format!("There is a user “{}” already.", user.name);
            return Err(Problem::refused(what, "Choose another name, or make a new token with “onetake users token”."));
        }
        other => other?,
    }
    if let Some((team, role)) = team {
        house.db.join_team(&user.id, &team, &uuid::Uuid::now_v7().to_string(), role)?;
    }
    Ok(Made { teams: house.db.teams_of(&user.id)?, user: user.name, token: token.expose().to_owned() })
}

/// A new token; the ones before open nothing any more.
pub fn renew(house: &House, name: &str) -> Result<Made, Problem> {
    let user = find(house, name)?;
    let token = Secret::generate()?;
    house.db.renew_token(&user.id, &token.hash())?;
    Ok(Made { teams: house.db.teams_of(&user.id)?, user: user.name, token: token.expose().to_owned() })
}

/// Gives a user a role in a team, or takes them out of it.
pub fn place(house: &House, name: &str, team: &str, role: Option<Access>) -> Result<Listed, Problem> {
    let (user, team) = (find(house, name)?, named(team)?);
    match role {
        Some(role) => house.db.join_team(&user.id, &team, &uuid::Uuid::now_v7().to_string(), role)?,
        None => house.db.leave_team(&user.id, &team)?,
    }
    let found = list(house)?.into_iter().find(|listed| listed.user == user.name);
    found.ok_or_else(|| unknown(name))
}

/// Removes a user; what was theirs is then of who runs the server.
pub fn remove(house: &House, name: &str) -> Result<String, Problem> {
    let user = find(house, name)?;
    house.db.remove_user(&user.id)?;
    Ok(user.name)
}

pub fn list(house: &House) -> Result<Vec<Listed>, Problem> {
    let listed =
        |row: db::UserRow| Listed { user: row.user.name, teams: row.teams, tokens: row.tokens, created_at: row.created_at };
    Ok(house.db.users()?.into_iter().map(listed).collect())
}

fn find(house: &House, name: &str) -> Result<User, Problem> {
    house.db.user_named(name.trim())?.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Problem {
    Problem::usage(format!("There is no user “{}”.", name.trim()), "See “onetake users list”.")
}

/// One line, not endless, with something in it.
fn named(text: &str) -> Result<String, Problem> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS && !name.chars().any(char::is_control);
    if fits {
        return Ok(name.to_owned());
    }
    Err(Problem::usage("That is no name for a user or a team.", format!("Use one line of at most {NAME_CHARS} characters.")))
}
