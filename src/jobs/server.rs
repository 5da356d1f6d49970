//! The studio's own server: started on loopback when the first upload or a phone needs it, with a token that is made for this run
//! and kept nowhere. An unfinished upload goes on after a restart, because it is known by its id, not by port or token.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::core::problem::Problem;
use crate::remote::Token;
use crate::server::link::Hub;
use crate::server::pairing::Pairing;
use crate::server::{self, Config, Door, Running, Secret, Server};
use crate::studio::{Message, share};

use super::house::{House, Ways};

/// How uploads to the embedded server are named in the library.
pub const EMBEDDED: &str = "embedded";

/// Ports tried one after the other when the wanted one is taken; then any.
const PORTS: u16 = 20;

/// The server of this studio, once it is needed.
#[derive(Debug)]
pub struct Embedded {
    house: Arc<House>,
    /// What displays connected to it are told.
    hub: Hub,
    pairing: Pairing,
    running: Mutex<Option<At>>,
}

#[derive(Debug)]
struct At {
    server: Running,
    secret: Secret,
    /// Open on the local network while it is shared.
    door: Option<Door>,
}

impl Embedded {
    pub fn new(house: Arc<House>, ways: &Ways, hub: Hub) -> Embedded {
        let outbox = ways.outbox.clone();
        let pairing = Pairing::new(house.db.clone(), studio_name(), move |name| {
            outbox.try_send(Message::Share(share::Message::Paired(name)));
        });
        Embedded { house, hub, pairing, running: Mutex::new(None) }
    }

    /// Who may come in from the network.
    pub fn pairing(&self) -> &Pairing {
        &self.pairing
    }

    /// Its address and token, for an upload; starts it if it does not run.
    pub fn reach(&self) -> Result<(String, Token), Problem> {
        let (url, secret) = self.reach_as_owner()?;
        Ok((url, Token::new(secret.expose())?))
    }

    /// Its address and secret, for a process of our own.
    pub fn reach_as_owner(&self) -> Result<(String, Secret), Problem> {
        let mut running = self.lock();
        let at = self.started(&mut running)?;
        Ok((at.server.url(), at.secret.clone()))
    }

    /// Listens on the local network too, at `port` or the next free one, and lets paired devices in. Answers with the port.
    pub fn share(&self, port: u16) -> Result<u16, Problem> {
        let mut running = self.lock();
        let at = self.started(&mut running)?;
        if at.door.is_none() {
            at.door = Some(open_door(&at.server, port, self.house.runtime.handle())?);
        }
        self.pairing.switch(true);
        Ok(at.door.as_ref().map_or(port, |door| door.address.port()))
    }

    /// Closes the door on the network; whoever came in by it is cut.
    pub fn unshare(&self) {
        self.pairing.switch(false);
        if let Some(at) = self.lock().as_mut() {
            at.door = None;
        }
    }

    /// The port on the local network, while it is shared.
    pub fn shared_port(&self) -> Option<u16> {
        self.lock().as_ref()?.door.as_ref().map(|door| door.address.port())
    }

    fn started<'a>(&self, running: &'a mut Option<At>) -> Result<&'a mut At, Problem> {
        if let Some(at) = running {
            return Ok(at);
        }
        let secret = Secret::generate()?;
        let usual = Config::new(secret.clone(), self.house.db.clone(), self.house.folder.clone());
        let config = Config { hub: Some(self.hub.clone()), sharing: Some(self.pairing.clone()), ..usual };
        let server = Server::start(config, self.house.runtime.handle())?;
        Ok(running.insert(At { server, secret, door: None }))
    }

    /// Stops it, letting what runs end or save.
    pub fn stop(&self) {
        self.unshare();
        let running = self.lock().take();
        if let Some(at) = running {
            self.house.runtime.block_on(at.server.stop());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<At>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another program, or another studio, may have the port: then the next ones are tried.
fn open_door(server: &Running, port: u16, runtime: &tokio::runtime::Handle) -> Result<Door, Problem> {
    let ports = (0..PORTS).filter_map(|step| port.checked_add(step)).chain([0]);
    let mut taken = None;
    for port in ports {
        match server.open_door(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)), runtime) {
            Ok(door) => return Ok(door),
            Err(error @ (server::Error::InUse(_) | server::Error::NotAllowed(_))) => taken = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    Err(taken.map_or_else(|| Problem::failed("No port is free on this machine.", "Close other programs."), Problem::from))
}

/// What phones call this studio: the machine's name.
fn studio_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() || name == "localhost" { "Studio".to_owned() } else { name }
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
