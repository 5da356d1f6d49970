//! Signing in: an address and a token, tried before they are believed. A token comes from the person's hands or from the
//! environment and is kept in memory, never on the disk.

use super::{Fault, Hand, Server};
use crate::core::problem::Problem;
use crate::core::shared::Account;
use crate::remote::Token;
use crate::remote::projects::Projects;
use crate::jobs::upload::Target;
use crate::studio::sync::Key;

/// Where a token is looked for that nobody typed.
const VARIABLE: &str = "ONETAKE_TOKEN";

impl Hand {
    /// Signs in to the server at `url`. When it can't be reached it is used all the same, as soon as it can.
    pub(super) fn connect(&self, url: &str, key: Option<Key>) -> Result<Account, Fault> {
        let url = url.trim().trim_end_matches('/').to_owned();
        let known = self.server().clone().filter(|server| server.url == url).map(|server| server.token);
        let token = match (key, known, std::env::var(VARIABLE)) {
            (Some(key), ..) => Token::new(key.expose())?,
            (None, Some(token), _) => token,
            (None, None, Ok(text)) => Token::new(&text)?,
            (None, None, Err(_)) => {
                let what = "This studio is not signed in to its server.";
                let fix = format!("Paste the token in the settings, or start the studio with {VARIABLE}.");
                return Err(Problem::usage(what, fix).into());
            }
        };
        let projects = Projects::new(&url, token.clone())?;
        let account = self.wait(projects.account());
        if account.is_ok() || matches!(&account, Err(fault) if fault.is_away()) {
            self.given().clear();
            *self.server() = Some(Server { url: url.clone(), token: token.clone(), projects });
            self.send_takes_to(Target::Other { url, token });
        }
        account
    }
}
