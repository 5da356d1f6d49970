//! The studio server: takes uploads in, keeps them under `videos/`, lists them and plays them back, and keeps the projects of
//! users and teams. The same program runs it on loopback beside the studio or on a network for a team.
//!
//! Two ways in, one way on: tus 1.0.0 for takes that must survive a bad line, a plain form for everything that can only post.
//! Both end in `finish`, where a file is checked as a whole before it gets its final name and its row.

mod accept;
mod body;
mod caller;
mod chunk;
mod closing;
mod control;
mod error;
mod finish;
mod form;
mod guard;
mod headers;
mod id;
mod kind;
mod limit;
mod line;
pub mod link;
mod live;
mod objects;
mod pages;
pub mod pairing;
mod parts;
mod patient;
mod projects;
mod range;
mod receive;
mod recordings;
mod refusal;
mod routes;
mod secret;
mod sweep;
mod theirs;
mod tus;
mod video_wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::blobs::layout::DataFolder;
use crate::db::Db;

pub use error::Error;
pub use secret::Secret;

/// Where the resumable uploads live; a client that knows the server's address finds them here.
pub const TUS_ROAD: &str = "/api/v1/studio/tus";

/// How long `stop` waits for requests under way before it cuts them.
const GRACE: Duration = Duration::from_secs(10);

/// What a server is made of.
#[derive(Clone, Debug)]
pub struct Config {
    /// Port 0 takes a free one; see `Running::address`.
    pub listen: SocketAddr,
    pub token: Secret,
    pub db: Db,
    pub folder: DataFolder,
    /// Host names under which people reach this server, besides `localhost` and any IP address. A request for another name
    /// is refused: it is how a web page points its own name at this machine.
    pub names: Vec<String>,
    pub limits: Limits,
    /// The live link of the studio that this server belongs to; without a studio there is none.
    pub hub: Option<link::Hub>,
    /// Lets phones in by a code, and serves them their pages while sharing is switched on.
    pub sharing: Option<pairing::Pairing>,
}

impl Config {
    /// On loopback, at a free port, with the usual limits.
    pub fn new(token: Secret, db: Db, folder: DataFolder) -> Config {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Config { listen, token, db, folder, names: Vec::new(), limits: Limits::default(), hub: None, sharing: None }
    }
}

/// What a client may ask of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest resumable upload, in bytes.
    pub upload_bytes: u64,
    /// Largest form upload, in bytes.
    pub form_bytes: u64,
    /// Space on the disk that uploads leave free, in bytes.
    pub reserve_bytes: u64,
    /// A client that neither sends nor takes a byte for so long is let go.
    pub idle: Duration,
    /// An unfinished upload is kept for so long after its last byte.
    pub keep: Duration,
    /// Connections at a time; more wait.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            upload_bytes: 256 << 30,
            form_bytes: 512 << 20,
            reserve_bytes: 256 << 20,
            idle: Duration::from_secs(30),
            keep: Duration::from_secs(7 * 24 * 60 * 60),
            connections: 256,
        }
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Binds and begins to serve on `runtime`. Returns when the port is open; nothing is served before.
    ///
    /// # Errors
    /// The port is in use or may not be opened, or the address is not this machine's.
    pub fn start(config: Config, runtime: &Handle) -> Result<Running, Error> {
        let (listener, address) = listen(config.listen, runtime)?;
        let app = Arc::new(Shared {
            config,
            live: live::Live::default(),
            objects: Mutex::default(),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        app.tasks.spawn_on(accept::run(listener, Arc::clone(&app), CancellationToken::new()), runtime);
        app.tasks.spawn_on(sweep::run(Arc::clone(&app)), runtime);
        tracing::info!(%address, "serving");
        Ok(Running { address, app })
    }
}

fn listen(address: SocketAddr, runtime: &Handle) -> Result<(tokio::net::TcpListener, SocketAddr), Error> {
    let failed = |source| Error::bind(address, source);
    let listener = std::net::TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let _entered = runtime.enter();
    Ok((tokio::net::TcpListener::from_std(listener).map_err(failed)?, bound))
}

/// A second way into a running server. Dropping it closes it and cuts whoever came in by it.
#[derive(Debug)]
pub struct Door {
    /// Where it listens, with the port it got.
    pub address: SocketAddr,
    open: CancellationToken,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.open.cancel();
    }
}

/// A server at work. Dropping it begins to stop it without waiting; `stop` waits.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, with the port it got.
    pub address: SocketAddr,
    app: App,
}

impl Running {
    /// `http://host:port`, as clients of this machine enter it.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }

    /// Listens at another address too: on the local network, beside loopback. The port is open when it returns.
    ///
    /// # Errors
    /// As for `Server::start`.
    pub fn open_door(&self, address: SocketAddr, runtime: &Handle) -> Result<Door, Error> {
        let (listener, address) = listen(address, runtime)?;
        let open = CancellationToken::new();
        self.app.tasks.spawn_on(accept::run(listener, Arc::clone(&self.app), open.clone()), runtime);
        tracing::info!(%address, "serving here too");
        Ok(Door { address, open })
    }

    /// Takes no more requests, lets those under way end or save what they have, and closes. Returns within some ten seconds.
    pub async fn stop(self) {
        self.app.stop.cancel();
        self.app.tasks.close();
        if tokio::time::timeout(GRACE, self.app.tasks.wait()).await.is_err() {
            tracing::warn!("some connections did not end in time and were cut");
            self.app.cut.cancel();
            self.app.tasks.wait().await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.app.stop.cancel();
    }
}

type App = Arc<Shared>;

/// What every request sees.
#[derive(Debug)]
struct Shared {
    config: Config,
    live: live::Live,
    /// Held while a picture gets its name and its row, or loses both.
    objects: Mutex<()>,
    /// No new requests; running ones save and end.
    stop: CancellationToken,
    /// Connections end now.
    cut: CancellationToken,
    /// Connections and the work that outlives them.
    tasks: TaskTracker,
}
