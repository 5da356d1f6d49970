//! Signing in: an address and a token, tried before they are believed. A token comes from the person's hands, the environment or
//! the desktop's keyring; it is kept in memory and by that keyring, never on our disk.

use std::time::Duration;

use super::{Fault, Hand, Server};
use crate::core::problem::Problem;
use crate::core::shared::Account;
use crate::core::storage::Secret;
use crate::jobs::upload::Target;
use crate::keyring::{self, Ask};
use crate::remote::Token;
use crate::remote::projects::Projects;
use crate::studio::sync::{Key, Message};

/// Where a token is looked for that nobody typed.
const VARIABLE: &str = "ONETAKE_TOKEN";
/// How long signing out may wait for the keyring, which may have to be unlocked.
const FORGETTING: Duration = Duration::from_secs(10);

impl Hand {
    /// Signs in to the server at `url`. When it can't be reached it is used all the same, as soon as it can.
    pub(super) fn connect(&self, url: &str, key: Option<Key>) -> Result<Account, Fault> {
        let url = url.trim().trim_end_matches('/').to_owned();
        let known = self.server().clone().filter(|server| server.url == url).map(|server| server.token);
        let typed = key.is_some();
        let found = match (key, known, std::env::var(VARIABLE)) {
            (Some(key), ..) => Some(Token::new(key.expose())?),
            (None, Some(token), _) => Some(token),
            (None, None, Ok(text)) => Some(Token::new(&text)?),
            (None, None, Err(_)) => self.kept(&url),
        };
        let Some(token) = found else {
            let what = "This studio is not signed in to its server.";
            let fix = format!("Paste the token in the settings, or start the studio with {VARIABLE}.");
            return Err(Problem::usage(what, fix).into());
        };
        let projects = Projects::new(&url, token.clone())?;
        let account = self.wait(projects.account());
        if account.is_ok() || matches!(&account, Err(fault) if fault.is_away()) {
            self.given().clear();
            *self.server() = Some(Server { url: url.clone(), token: token.clone(), projects });
            if typed {
                self.keep(&url, &token);
            }
            self.send_takes_to(Target::Other { url, token });
        }
        account
    }

    /// Signs out, for good.
    pub(super) fn disconnect(&self) {
        let server = self.server().take();
        if let Some(server) = server {
            self.forget(&server.url);
        }
        self.send_takes_to(Target::Embedded);
    }

    /// The token that the keyring has for this server. The person who opens the studio may be asked to unlock it.
    fn kept(&self, url: &str) -> Option<Token> {
        let found = self.wait(async { Ok::<_, Fault>(keyring::load(&name(url), Ask::Person).await) }).ok()?;
        Token::new(found.ok()??.expose()).ok()
    }

    /// Keeps a token that was typed, and says whether the next start will know it.
    fn keep(&self, url: &str, token: &Token) {
        let (name, secret) = (name(url), Secret::new(token.expose()));
        let label = format!("Onetake: {name}");
        if let Ok(kept) = self.wait(async { Ok::<_, Fault>(keyring::keep(&name, &label, &secret).await) }) {
            self.tell(Message::Kept(kept.is_ok()));
        }
    }

    /// Also while the studio ends: who signed out must not find it signed in at the next start.
    fn forget(&self, url: &str) {
        let name = name(url);
        let forgotten = async { tokio::time::timeout(FORGETTING, keyring::forget(&name)).await };
        match self.house.runtime.block_on(forgotten) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(%error, "the keyring did not forget a token"),
            Err(_) => tracing::warn!("the keyring did not forget a token in time"),
        }
    }
}

/// What the keyring calls a server's token.
fn name(url: &str) -> String {
    format!("studio server {url}")
}
