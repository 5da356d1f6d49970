//! One link from its greeting to its end: what the display says is judged, what changes is sent, and a quiet line is asked
//! whether anybody is there. It ends in order (RFC 6455, section 7), with a code that says why, wherever that is possible.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use super::shelf::{Sent, Shelf, json};
use super::{Hub, Seat};
use crate::clock;
use crate::core::live::{CLOSE_VERSION, DisplayKind, Guest, LinkEvent, Order, Report, Update, VERSION};
use crate::server::limit::LinkLimit;

/// How long an end in order may take; then the connection is dropped.
const FAREWELL: Duration = Duration::from_millis(800);
/// Refusals for too many orders are told this often.
const REFUSALS: Duration = Duration::from_secs(1);
/// Longest name of a display, in characters.
const NAME_CHARS: usize = 60;

/// How a link ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The other side is not there any more.
    Gone,
    /// We end it: a close code and why.
    Close(u16, &'static str),
}

impl End {
    const SERVER_STOPS: End = End::Close(1001, "The studio's server ends.");
    const BROKEN_FRAME: End = End::Close(1002, "That is not WebSocket.");
    const BINARY: End = End::Close(1003, "Messages are text.");
    const GARBAGE: End = End::Close(1007, "That is not a message of the live link.");
    const FLOOD: End = End::Close(1008, "Too many messages.");
    const NO_HELLO: End = End::Close(1008, "The first message says who it is, within a few seconds.");
    const TOO_LONG: End = End::Close(1009, "The message is too long.");
    const VERSION: End = End::Close(CLOSE_VERSION, "The two programs speak different versions.");
}

/// Serves a link until either side, or `stop`, ends it.
pub(super) async fn run(mut socket: WebSocket, hub: Hub, address: IpAddr, stop: CancellationToken) {
    let end = tokio::select! {
        ended = talk(&mut socket, &hub, address) => ended.err().unwrap_or(End::Gone),
        () = stop.cancelled() => End::SERVER_STOPS,
    };
    // The guest has left by now: its seat went with the talk.
    tracing::debug!(?end, "a live link ended");
    let End::Close(code, reason) = end else { return };
    let farewell = async {
        let frame = CloseFrame { code, reason: reason.into() };
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // Who does not answer is not waited for.
    let _ = timeout(FAREWELL, farewell).await;
}

/// Ends with an `Err` only; `Ok` means that the other side closed.
async fn talk(socket: &mut WebSocket, hub: &Hub, address: IpAddr) -> Result<(), End> {
    let limit = LinkLimit::new();
    let hello = timeout(hub.inner.rules.hello, greeting(socket, &limit));
    let (name, kind) = hello.await.map_err(|_| End::NO_HELLO)??;
    let seat = hub.sit_down(|display| Guest { display, name, kind, address: address.to_string() });
    let mut link = Link { socket, hub, seat, limit, refused: None };
    link.send(&Update::Welcome { version: VERSION, display: link.seat.display }).await?;
    link.serve().await
}

/// Waits for `Hello`.
async fn greeting(socket: &mut WebSocket, limit: &LinkLimit) -> Result<(String, DisplayKind), End> {
    loop {
        let Some(message) = next(socket).await? else { return Err(End::Gone) };
        if !limit.bears() {
            return Err(End::FLOOD);
        }
        // Read on its own: the rest of another version's greeting may look different.
        if let Some(version) = version(&message).filter(|version| *version != VERSION) {
            let older = if version < VERSION { "display" } else { "studio" };
            let reason =
                format!("The display speaks version {version} of the live link, the studio {VERSION}: update the {older}.");
            send(socket, &Update::Refused { reason }).await?;
            return Err(End::VERSION);
        }
        match read(&message)? {
            None => {}
            Some(Report::Hello { name, kind, .. }) => return Ok((tidy(&name, kind), kind)),
            Some(_) => return Err(End::NO_HELLO),
        }
    }
}

/// The version that a greeting names, whatever else it says.
fn version(message: &Message) -> Option<u32> {
    let Message::Text(text) = message else { return None };
    let greeting: serde_json::Value = serde_json::from_str(text).ok()?;
    let version = greeting.get("version").filter(|_| greeting["type"] == "hello")?.as_u64()?;
    Some(u32::try_from(version).unwrap_or(u32::MAX))
}

/// A link with a guest at its end.
struct Link<'a> {
    socket: &'a mut WebSocket,
    hub: &'a Hub,
    seat: Seat,
    limit: LinkLimit,
    /// When it was last told that it orders too much.
    refused: Option<Instant>,
}

impl Link<'_> {
    async fn serve(&mut self) -> Result<(), End> {
        let rules = self.hub.inner.rules;
        let mut shelf: watch::Receiver<Shelf> = self.hub.inner.shelf.subscribe();
        shelf.mark_changed();
        let mut sent = Sent::default();
        let mut ping = interval(rules.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                // What is asked is answered first: a clock's answer is worth more the sooner it goes. A flood ends the link
                // before it can keep the rest waiting.
                biased;
                message = next(self.socket) => {
                    let Some(message) = message? else { return Ok(()) };
                    heard = Instant::now();
                    self.hear(message).await?;
                }
                // The hub keeps the sender, so this fails never.
                _ = shelf.changed() => {
                    let missing = sent.missing(&shelf.borrow_and_update());
                    for part in missing {
                        let Some(wire) = part.wire() else { continue };
                        self.socket.send(Message::Text(wire)).await.map_err(|_| End::Gone)?;
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() >= rules.silence {
                        return Err(End::Gone);
                    }
                    self.socket.send(Message::Ping(Vec::new().into())).await.map_err(|_| End::Gone)?;
                }
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        if !self.limit.bears() {
            return Err(End::FLOOD);
        }
        let report = match read(&message) {
            Err(End::GARBAGE) if is_order(&message) => {
                let told = self.limit.allows();
                return if told { self.refuse("This studio does not know that order.").await } else { Ok(()) };
            }
            report => report?,
        };
        let Some(report) = report else { return Ok(()) };
        match report {
            Report::Clock { sent } => self.send(&Update::Clock { sent, now: clock::now() }).await,
            Report::Order { order } => self.order(order).await,
            Report::Health { offset_ms, round_trip_ms, smoothness } => {
                if self.limit.allows() {
                    let display = self.seat.display;
                    self.hub.tell(LinkEvent::Health { display, offset_ms, round_trip_ms, smoothness });
                }
                Ok(())
            }
            Report::Hello { .. } | Report::Unknown => Ok(()),
        }
    }

    async fn order(&mut self, order: Order) -> Result<(), End> {
        if self.limit.allows() {
            return match self.hub.order(order) {
                Ok(()) => Ok(()),
                Err(reason) => self.refuse(&reason).await,
            };
        }
        if self.refused.is_some_and(|at| at.elapsed() < REFUSALS) {
            return Ok(());
        }
        self.refused = Some(Instant::now());
        self.refuse("Too many orders at once; some were left out.").await
    }

    async fn refuse(&mut self, reason: &str) -> Result<(), End> {
        self.send(&Update::Refused { reason: reason.to_owned() }).await
    }

    async fn send(&mut self, update: &Update) -> Result<(), End> {
        send(self.socket, update).await
    }
}

async fn send(socket: &mut WebSocket, update: &Update) -> Result<(), End> {
    let wire = json(update).ok_or(End::Gone)?;
    socket.send(Message::Text(wire)).await.map_err(|_| End::Gone)
}

/// The next message; `None` when the other side has closed.
async fn next(socket: &mut WebSocket) -> Result<Option<Message>, End> {
    match socket.recv().await {
        None => Ok(None),
        Some(Ok(message)) => Ok(Some(message)),
        Some(Err(error)) => Err(broken(error)),
    }
}

fn broken(error: axum::Error) -> End {
    use tungstenite::Error as Ws;
    use tungstenite::error::ProtocolError;
    match error.into_inner().downcast::<Ws>().map(|error| *error) {
        Ok(Ws::Capacity(_)) => End::TOO_LONG,
        Ok(Ws::Utf8(_)) => End::GARBAGE,
        Ok(Ws::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::Gone,
        Ok(Ws::Protocol(_)) => End::BROKEN_FRAME,
        _ => End::Gone,
    }
}

/// What a message reports; `None` for those that only keep the line alive or end it.
fn read(message: &Message) -> Result<Option<Report>, End> {
    match message {
        Message::Text(text) => serde_json::from_str(text).map(Some).map_err(|_| End::GARBAGE),
        Message::Binary(_) => Err(End::BINARY),
        // The answers are the WebSocket layer's.
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
    }
}

/// True for an order of whatever kind: a newer page may give some that this studio has not learnt.
fn is_order(message: &Message) -> bool {
    let Message::Text(text) = message else { return false };
    serde_json::from_str::<serde_json::Value>(text)
        .is_ok_and(|value| value["type"] == "order" && value["order"]["do"].is_string())
}

/// A name fit for a list: one line, not empty, not long.
fn tidy(name: &str, kind: DisplayKind) -> String {
    let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(NAME_CHARS).collect();
    match (line.trim(), kind) {
        ("", DisplayKind::Remote) => "Remote".to_owned(),
        ("", _) => "Display".to_owned(),
        (name, _) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_fit_for_a_list() {
        assert_eq!(tidy("  HDMI-1\n", DisplayKind::Window), "HDMI-1");
        assert_eq!(tidy("\u{0}\t ", DisplayKind::Page), "Display");
        assert_eq!(tidy("", DisplayKind::Remote), "Remote");
        assert_eq!(tidy(&"ä".repeat(500), DisplayKind::Page).chars().count(), NAME_CHARS);
    }

    #[test]
    fn close_reasons_fit_their_frame() {
        // RFC 6455, section 5.5: 125 bytes, two of them the code.
        for end in [
            End::SERVER_STOPS,
            End::BROKEN_FRAME,
            End::BINARY,
            End::GARBAGE,
            End::FLOOD,
            End::NO_HELLO,
            End::TOO_LONG,
            End::VERSION,
        ] {
            assert!(matches!(end, End::Close(code, reason) if code >= 1000 && reason.len() <= 123));
        }
    }
}
