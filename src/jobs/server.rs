//! The studio's own server: started on loopback when the first upload needs it, with a token that is made for this run and
//! kept nowhere. An unfinished upload goes on after a restart, because it is known by its id, not by port or token.

use std::sync::{Arc, Mutex, PoisonError};

use crate::core::problem::Problem;
use crate::remote::Token;
use crate::server::link::Hub;
use crate::server::{Config, Running, Secret, Server};

use super::house::House;

/// How uploads to the embedded server are named in the library.
pub const EMBEDDED: &str = "embedded";

/// The server of this studio, once it is needed.
#[derive(Debug)]
pub struct Embedded {
    house: Arc<House>,
    /// What displays connected to it are told.
    hub: Hub,
    running: Mutex<Option<(Running, Secret)>>,
}

impl Embedded {
    pub fn new(house: Arc<House>, hub: Hub) -> Embedded {
        Embedded { house, hub, running: Mutex::new(None) }
    }

    /// Its address and token, for an upload; starts it if it does not run.
    pub fn reach(&self) -> Result<(String, Token), Problem> {
        let (url, secret) = self.reach_as_owner()?;
        Ok((url, Token::new(secret.expose())?))
    }

    /// Its address and secret, for a process of our own.
    pub fn reach_as_owner(&self) -> Result<(String, Secret), Problem> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((server, secret)) = running.as_ref() {
            return Ok((server.url(), secret.clone()));
        }
        let secret = Secret::generate()?;
        let usual = Config::new(secret.clone(), self.house.db.clone(), self.house.folder.clone());
        let config = Config { hub: Some(self.hub.clone()), ..usual };
        let server = Server::start(config, self.house.runtime.handle())?;
        let url = server.url();
        *running = Some((server, secret.clone()));
        Ok((url, secret))
    }

    /// Stops it, letting what runs end or save.
    pub fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((server, _)) = running {
            self.house.runtime.block_on(server.stop());
        }
    }
}

/// A server that runs for its own sake (`onetake serve`).
#[derive(Debug)]
pub struct Serving {
    running: Running,
    secret: Secret,
    pub url: String,
}

/// Starts a server at `listen`; `token` is the one given by the person, or a fresh one.
pub fn serve(house: &House, listen: std::net::SocketAddr, token: Option<&str>) -> Result<Serving, Problem> {
    let secret = match token {
        Some(text) => Secret::new(text)?,
        None => Secret::generate()?,
    };
    let config = Config { listen, ..Config::new(secret.clone(), house.db.clone(), house.folder.clone()) };
    let running = Server::start(config, house.runtime.handle())?;
    let url = running.url();
    Ok(Serving { running, secret, url })
}

impl Serving {
    /// What clients must bring; shown once to who started it.
    pub fn secret(&self) -> &str {
        self.secret.expose()
    }

    /// Lets requests under way end or save, and closes.
    pub fn stop(self, house: &House) {
        house.runtime.block_on(self.running.stop());
    }
}
