//! A display's side of the live link. It keeps what was shown when the line breaks, finds its way back by itself, and knows how
//! far the studio's clock is from ours. Whoever draws asks for the newest state and waits for nothing.

mod gather;
mod line;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Token;
use crate::core::live::{DisplayKind, Order, Show, Smoothness};
use crate::core::offset::Offset;
use crate::core::problem::Problem;

/// Orders that wait to be sent. More at once come from nobody's hand.
const WAITING: usize = 64;

/// What has come from the studio so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Received {
    /// Text and motion always belong together. Stays when the line breaks.
    pub show: Show,
    /// The studio has welcomed us on the line that stands now.
    pub connected: bool,
    /// It has at least once: what `show` says is the studio's.
    pub welcomed: bool,
    /// The studio's clock against ours (`crate::clock::now`). Stays when the line breaks.
    pub offset: Option<Offset>,
    /// Why there is no line. A link that can't get one (wrong token, another version) has stopped trying: `gave_up`.
    pub problem: Option<Problem>,
    pub gave_up: bool,
    /// Why the studio did not carry out the last order, until the next one.
    pub refused: Option<String>,
}

/// A link that holds itself up until it is dropped.
#[derive(Debug)]
pub struct Link {
    state: Arc<State>,
    orders: mpsc::Sender<Order>,
    _end: DropGuard,
}

impl Link {
    /// Begins to connect, on `runtime`; `server` is `http://host:port` or `https://host`. `on_change` is called from the
    /// runtime's threads after every change of `received`, and must not wait.
    pub fn open(
        runtime: &Handle,
        server: &str,
        token: Token,
        name: String,
        kind: DisplayKind,
        on_change: impl Fn() + Send + Sync + 'static,
    ) -> Link {
        let state =
            Arc::new(State { on_change: Box::new(on_change), received: Mutex::default(), smoothness: Mutex::default() });
        let (orders, waiting) = mpsc::channel(WAITING);
        let end = CancellationToken::new();
        let whom = line::Whom { server: server.to_owned(), token, name, kind };
        let (kept, ended) = (Arc::clone(&state), end.clone());
        runtime.spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = line::keep(&whom, &kept, waiting) => {}
            }
        });
        Link { state, orders, _end: end.drop_guard() }
    }

    /// The newest state. Cheap: meant to be asked for with every frame.
    pub fn received(&self) -> Arc<Received> {
        self.state.received()
    }

    /// Gives the studio an order; false when no studio is there to hear it. Orders are never kept for later: what was meant for
    /// one moment would be wrong in another.
    pub fn order(&self, order: Order) -> bool {
        self.received().connected && self.orders.try_send(order).is_ok()
    }

    /// How evenly frames came since the last call; told to the studio with the next report.
    pub fn smoothness(&self, stretch: Smoothness) {
        let mut waiting = self.state.smoothness.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = Some(waiting.map_or(stretch, |before| both(&before, &stretch)));
    }
}

/// What the link's task and its owner share.
struct State {
    on_change: Box<dyn Fn() + Send + Sync>,
    received: Mutex<Arc<Received>>,
    smoothness: Mutex<Option<Smoothness>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("received", &self.received()).finish_non_exhaustive()
    }
}

impl State {
    fn received(&self) -> Arc<Received> {
        Arc::clone(&self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is received; tells the owner if that made a difference.
    fn change(&self, change: impl FnOnce(&mut Received)) {
        let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        // A copy of pointers; who holds the old state keeps it.
        change(Arc::make_mut(&mut received));
        drop(received);
        (self.on_change)();
    }

    fn take_smoothness(&self) -> Option<Smoothness> {
        self.smoothness.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Two stretches as one. Of percentiles the worse counts: those of the whole can't be known from those of its parts.
fn both(one: &Smoothness, other: &Smoothness) -> Smoothness {
    Smoothness {
        frames: one.frames.saturating_add(other.frames),
        period_ms: other.period_ms,
        p50_ms: one.p50_ms.max(other.p50_ms),
        p99_ms: one.p99_ms.max(other.p99_ms),
        longest_ms: one.longest_ms.max(other.longest_ms),
        missed: one.missed.saturating_add(other.missed),
    }
}
