//! The studio's side of the live link: the newest of everything is kept here, each connection takes from it what it has not
//! sent yet. Nothing is queued for anybody: a display that reads slowly skips what lies between and gets what counts now.

mod judge;
mod session;
mod shelf;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, watch};

use super::App;
use super::limit::PostLimit;
use super::refusal::Refusal;
use crate::core::live::{Guest, LinkEvent, Order, Show};
use shelf::Shelf;

/// Largest message a display may send, in bytes.
const MESSAGE_BYTES: usize = 64 << 10;

/// What a link may take, in time and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Displays and remotes at a time.
    pub guests: usize,
    /// Who connects says who it is within this time.
    pub hello: Duration,
    /// How often a quiet link is asked for a sign of life.
    pub ping: Duration,
    /// A link without a sign of life for so long has ended.
    pub silence: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { guests: 32, hello: Duration::from_secs(5), ping: Duration::from_secs(10), silence: Duration::from_secs(30) }
    }
}

/// Where a studio tells its displays what to show, and hears from them. Clones are the same hub.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    commands: Vec<(String, String)>,
    on_event: Box<dyn Fn(LinkEvent) + Send + Sync>,
    rules: Rules,
    shelf: watch::Sender<Shelf>,
    guests: Mutex<BTreeMap<u64, Guest>>,
    seats: Arc<Semaphore>,
    next: AtomicU64,
    posts: PostLimit,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("guests", &self.guests()).finish_non_exhaustive()
    }
}

impl Hub {
    /// `commands` are the names that may be called from afar, with what people call them. `on_event` is called from the
    /// server's threads and must not wait.
    pub fn new(commands: Vec<(String, String)>, on_event: impl Fn(LinkEvent) + Send + Sync + 'static) -> Hub {
        Hub::with_rules(commands, on_event, Rules::default())
    }

    /// As `new`, with other limits.
    pub fn with_rules(
        commands: Vec<(String, String)>,
        on_event: impl Fn(LinkEvent) + Send + Sync + 'static,
        rules: Rules,
    ) -> Hub {
        Hub {
            inner: Arc::new(Inner {
                commands,
                on_event: Box::new(on_event),
                rules,
                shelf: watch::Sender::new(Shelf::default()),
                guests: Mutex::default(),
                seats: Arc::new(Semaphore::new(rules.guests)),
                next: AtomicU64::new(1),
                posts: PostLimit::new(),
            }),
        }
    }

    /// What is to be shown from now on, everywhere. Costs next to nothing for parts that are the same `Arc` as before; of the
    /// others only what differs goes out. Before the first call displays are told nothing and keep what they show.
    pub fn publish(&self, show: Show) {
        self.inner.shelf.send_if_modified(|shelf| shelf.put(show));
    }

    /// Who is connected, in the order they came.
    pub fn guests(&self) -> Vec<Guest> {
        self.inner.guests.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Names and labels of what may be called from afar.
    pub(super) fn commands(&self) -> &[(String, String)] {
        &self.inner.commands
    }

    /// Hands an order to the studio.
    ///
    /// # Errors
    /// A sentence for a person: it names something that is not there.
    pub(super) fn order(&self, order: Order) -> Result<(), String> {
        judge::judge(&order, &self.inner.commands, &self.inner.shelf.borrow())?;
        (self.inner.on_event)(LinkEvent::Order(order));
        Ok(())
    }

    pub(super) fn posts(&self) -> &PostLimit {
        &self.inner.posts
    }

    fn tell(&self, event: LinkEvent) {
        (self.inner.on_event)(event);
    }

    fn sit_down(&self, guest: impl FnOnce(u64) -> Guest) -> Seat {
        let guest = guest(self.inner.next.fetch_add(1, Ordering::Relaxed));
        let display = guest.display;
        self.inner.guests.lock().unwrap_or_else(PoisonError::into_inner).insert(display, guest.clone());
        self.tell(LinkEvent::Joined(guest));
        Seat { hub: self.clone(), display }
    }
}

/// A guest's place. Whoever joined has left when it is dropped, however the connection ended.
struct Seat {
    hub: Hub,
    display: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.inner.guests.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.display);
        self.hub.tell(LinkEvent::Left { display: self.display });
    }
}

/// `GET` of the link's road: the connection becomes a WebSocket.
pub(super) async fn open(
    State(app): State<App>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let hub = app.config.hub.clone().ok_or_else(no_studio)?;
    let upgrade = upgrade.map_err(|_| {
        Refusal::new(StatusCode::UPGRADE_REQUIRED, "The live link is a WebSocket; this request does not ask for one.")
            .with("upgrade", HeaderValue::from_static("websocket"))
    })?;
    let Ok(place) = Arc::clone(&hub.inner.seats).try_acquire_owned() else {
        let sentence = format!("{} displays and remotes are connected, which is the most.", hub.inner.rules.guests);
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, sentence).with("retry-after", HeaderValue::from_static("2")));
    };
    // The server waits for it from here on, also when the upgrade never comes about.
    let tracked = app.tasks.token();
    let stop = app.stop.clone();
    let answer = upgrade.max_message_size(MESSAGE_BYTES).max_frame_size(MESSAGE_BYTES).on_upgrade(async move |socket| {
        session::run(socket, hub, peer.ip().to_canonical(), stop).await;
        drop((place, tracked));
    });
    Ok(answer.into_response())
}

/// 404: a server for uploads alone.
pub(super) fn no_studio() -> Refusal {
    let sentence = "No studio stands behind this server, so there is nothing to show or to control.";
    Refusal::new(StatusCode::NOT_FOUND, sentence)
}
