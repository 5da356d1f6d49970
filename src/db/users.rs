//! People who use this machine as a server: a name, their teams, and the hash of each token. A token itself is shown once and
//! kept nowhere.

use rusqlite::{OptionalExtension, Row, params};

use super::error::{Error, Fault};
use super::open::Db;
use super::value::named;
use crate::clock;
use crate::core::shared::{Access, Membership};

/// Who a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: String,
    pub name: String,
}

/// A user as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    pub user: User,
    pub teams: Vec<Membership>,
    /// Tokens that open something.
    pub tokens: u32,
    /// RFC 3339 UTC.
    pub created_at: String,
}

impl Db {
    /// Adds a user with a token; `token_hash` is its SHA-256 in lower-case hex. `Error::Exists` when the name is taken, whatever
    /// its capitals.
    pub fn add_user(&self, user: &User, token_hash: &str) -> Result<(), Error> {
        self.write("user", &user.name, |connection| {
            let transaction = connection.transaction()?;
            let now = clock::wall();
            transaction
                .execute("INSERT INTO users (id, name, created_at) VALUES (?1, ?2, ?3)", [&user.id, &user.name, &now])?;
            transaction.execute(
                "INSERT INTO user_tokens (token_hash, user, created_at) VALUES (?1, ?2, ?3)",
                [token_hash, &user.id, &now],
            )?;
            Ok(transaction.commit()?)
        })
    }

    /// A new token for a user; those before open nothing any more.
    pub fn renew_token(&self, user: &str, token_hash: &str) -> Result<(), Error> {
        self.write("user", user, |connection| {
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM user_tokens WHERE user = ?1", [user])?;
            transaction.execute(
                "INSERT INTO user_tokens (token_hash, user, created_at) VALUES (?1, ?2, ?3)",
                [token_hash, user, &clock::wall()],
            )?;
            Ok(transaction.commit()?)
        })
    }

    /// Removes a user with all tokens. What was theirs is from then on of who runs the server.
    pub fn remove_user(&self, user: &str) -> Result<(), Error> {
        self.write("user", user, |connection| {
            connection.execute("DELETE FROM users WHERE id = ?1", [user])?;
            Ok(())
        })
    }

    /// Gives a user a role in a team, which is made when there is none of that name (`fresh` is its id then).
    pub fn join_team(&self, user: &str, team: &str, fresh: &str, role: Access) -> Result<(), Error> {
        self.write("user", user, |connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "INSERT INTO teams (id, name, created_at) SELECT ?1, ?2, ?3
                 WHERE NOT EXISTS (SELECT 1 FROM teams WHERE name = ?2 COLLATE NOCASE)",
                [fresh, team, &clock::wall()],
            )?;
            transaction.execute(
                "INSERT INTO team_members (team, user, role)
                 SELECT id, ?1, ?3 FROM teams WHERE name = ?2 COLLATE NOCASE
                 ON CONFLICT (team, user) DO UPDATE SET role = excluded.role",
                [user, team, role.name()],
            )?;
            Ok(transaction.commit()?)
        })
    }

    /// Takes a user out of a team; no error when they are not in it.
    pub fn leave_team(&self, user: &str, team: &str) -> Result<(), Error> {
        self.write("user", user, |connection| {
            connection.execute(
                "DELETE FROM team_members WHERE user = ?1
                 AND team = (SELECT id FROM teams WHERE name = ?2 COLLATE NOCASE)",
                [user, team],
            )?;
            Ok(())
        })
    }

    /// The user whose token has this hash.
    pub fn user_by_token(&self, token_hash: &str) -> Result<Option<User>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT users.id, users.name FROM user_tokens JOIN users ON users.id = user_tokens.user WHERE token_hash = ?1",
            )?;
            Ok(statement.query_row([token_hash], user_of).optional()?)
        })
    }

    /// The user of this name, whatever its capitals.
    pub fn user_named(&self, name: &str) -> Result<Option<User>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, name FROM users WHERE name = ?1 COLLATE NOCASE")?;
            Ok(statement.query_row([name], user_of).optional()?)
        })
    }

    /// The teams of a user, by name.
    pub fn teams_of(&self, user: &str) -> Result<Vec<Membership>, Error> {
        self.with(|connection| teams(connection, user))
    }

    /// All users, by name.
    pub fn users(&self) -> Result<Vec<UserRow>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, created_at, (SELECT count(*) FROM user_tokens WHERE user = users.id) AS tokens
                 FROM users ORDER BY name COLLATE NOCASE",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(UserRow {
                    user: user_of(row)?,
                    teams: Vec::new(),
                    tokens: row.get("tokens")?,
                    created_at: row.get("created_at")?,
                })
            })?;
            let rows: Vec<UserRow> = rows.collect::<Result<_, _>>()?;
            rows.into_iter().map(|row| Ok(UserRow { teams: teams(connection, &row.user.id)?, ..row })).collect()
        })
    }
}

fn teams(connection: &rusqlite::Connection, user: &str) -> Result<Vec<Membership>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT teams.name, role FROM team_members JOIN teams ON teams.id = team WHERE user = ?1 ORDER BY teams.name COLLATE NOCASE",
    )?;
    let rows = statement
        .query_map(params![user], |row| Ok(Membership { team: row.get("name")?, role: named(row, "role", Access::role)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn user_of(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get("id")?, name: row.get("name")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, name: &str) -> User {
        User { id: id.into(), name: name.into() }
    }

    #[test]
    fn a_token_opens_until_it_is_renewed_or_its_user_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("library.db")).unwrap();
        let (first, second) = ("a".repeat(64), "b".repeat(64));
        db.add_user(&user("u1", "Anna"), &first).unwrap();
        assert!(matches!(db.add_user(&user("u2", "ANNA"), &second), Err(Error::Exists { .. })));
        assert_eq!(db.user_by_token(&first).unwrap(), Some(user("u1", "Anna")));
        db.renew_token("u1", &second).unwrap();
        assert_eq!(db.user_by_token(&first).unwrap(), None);
        assert_eq!(db.user_by_token(&second).unwrap(), Some(user("u1", "Anna")));
        db.remove_user("u1").unwrap();
        assert_eq!(db.user_by_token(&second).unwrap(), None);
        assert_eq!(db.users().unwrap(), []);
    }

    #[test]
    fn a_user_has_one_role_in_a_team() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("library.db")).unwrap();
        db.add_user(&user("u1", "Anna"), &"a".repeat(64)).unwrap();
        db.join_team("u1", "Films", "t1", Access::Viewer).unwrap();
        db.join_team("u1", "FILMS", "t2", Access::Editor).unwrap();
        let teams = vec![Membership { team: "Films".into(), role: Access::Editor }];
        assert_eq!(db.teams_of("u1").unwrap(), teams);
        assert_eq!(db.users().unwrap()[0].teams, teams);
        db.leave_team("u1", "films").unwrap();
        assert_eq!(db.teams_of("u1").unwrap(), []);
        assert!(matches!(db.join_team("nobody", "Films", "t3", Access::Owner), Err(Error::Orphan { .. })));
    }
}
