//! Holds a line to the studio: connect, say who we are, take in what comes, ask for the time, begin again when it breaks. What
//! will not get better by trying (a wrong token, another version) is said and left.

use std::collections::VecDeque;
use std::error::Error as _;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::Url;
use reqwest::header::AUTHORIZATION;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::State;
use super::gather::{Gather, Took};
use crate::clock;
use crate::core::live::{CLOSE_VERSION, DisplayKind, Order, Report, Update, VERSION};
use crate::core::offset::{Estimator, Sample, pause_nanos};
use crate::core::problem::Problem;
use crate::core::time::Moment;
use crate::remote::{Token, address};

/// First wait after a break; it doubles up to `LONGEST`.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// On this machine a try costs nothing.
const LONGEST_HERE: Duration = Duration::from_millis(250);
/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(5);
/// The studio answers a question for the time every two seconds; after so long without a word the line is dead.
const SILENCE: Duration = Duration::from_secs(8);
/// How often we tell the studio how we are.
const HEALTH: Duration = Duration::from_secs(5);
/// Longest message the studio may send, in bytes: a book of a script.
const MESSAGE_BYTES: usize = 64 << 20;
/// Questions for the time that may be open.
const OPEN: usize = 16;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// To whom, and who we are.
pub(super) struct Whom {
    pub server: String,
    pub token: Token,
    pub name: String,
    pub kind: DisplayKind,
}

/// Why a line ended.
enum End {
    /// It may come back.
    Broken(Problem),
    /// Trying again is useless.
    Final(Problem),
}

/// Keeps a line up; returns when trying is useless.
pub(super) async fn keep(whom: &Whom, state: &State, mut orders: mpsc::Receiver<Order>) {
    let url = match address::live(&whom.server) {
        Ok(url) => url,
        Err(error) => return give_up(state, error.into()),
    };
    let longest = if address::loopback(&url) { LONGEST_HERE } else { LONGEST };
    let mut estimator = Estimator::default();
    let mut wait = FIRST;
    loop {
        let Err(end) = once(whom, &url, state, &mut estimator, &mut orders).await else { return };
        let was_connected = state.received().connected;
        match end {
            End::Final(problem) => return give_up(state, problem),
            End::Broken(problem) => {
                tracing::debug!(%problem, "the live link broke");
                state.change(|received| {
                    received.connected = false;
                    received.problem = Some(problem);
                });
            }
        }
        // What was ordered into the broken line was ordered for then.
        while orders.try_recv().is_ok() {}
        wait = if was_connected { FIRST } else { wait };
        sleep(wait).await;
        wait = (wait * 2).min(longest);
    }
}

fn give_up(state: &State, problem: Problem) {
    state.change(|received| {
        received.connected = false;
        received.problem = Some(problem);
        received.gave_up = true;
    });
}

/// One line from its beginning to its end.
async fn once(
    whom: &Whom,
    url: &Url,
    state: &State,
    estimator: &mut Estimator,
    orders: &mut mpsc::Receiver<Order>,
) -> Result<(), End> {
    let host = address::host(url);
    let socket =
        timeout(CONNECT, connect(whom, url)).await.map_err(|_| End::Broken(unreachable(&host, "no answer in time")))??;
    let now = Instant::now();
    let line =
        Line { socket, host, whom, state, estimator, asked: VecDeque::new(), count: 0, heard: now, gather: Gather::default() };
    line.serve(orders).await
}

async fn connect(whom: &Whom, url: &Url) -> Result<Socket, End> {
    let host = address::host(url);
    let mut request = url.as_str().into_client_request().map_err(|error| judge(&host, &whom.token, &error))?;
    let header = whom.token.header().map_err(|error| End::Final(error.into()))?;
    request.headers_mut().insert(AUTHORIZATION, header);
    let config = WebSocketConfig::default().max_message_size(Some(MESSAGE_BYTES)).max_frame_size(Some(MESSAGE_BYTES));
    // Orders are small and waited for: no Nagle.
    let (socket, _) =
        connect_async_with_config(request, Some(config), true).await.map_err(|error| judge(&host, &whom.token, &error))?;
    Ok(socket)
}

/// A line that stands.
struct Line<'a> {
    socket: Socket,
    host: String,
    whom: &'a Whom,
    state: &'a State,
    estimator: &'a mut Estimator,
    /// When the questions left that are not answered yet.
    asked: VecDeque<Moment>,
    count: usize,
    heard: Instant,
    gather: Gather,
}

impl Line<'_> {
    async fn serve(mut self, orders: &mut mpsc::Receiver<Order>) -> Result<(), End> {
        let hello = Report::Hello { version: VERSION, name: self.whom.name.clone(), kind: self.whom.kind };
        self.send(&hello).await?;
        let mut ask = Instant::now();
        let mut health = Instant::now() + HEALTH;
        loop {
            let connected = self.state.received().connected;
            tokio::select! {
                message = self.socket.next() => match message {
                    Some(Ok(message)) => self.hear(message)?,
                    Some(Err(error)) => return Err(judge(&self.host, &self.whom.token, &error)),
                    None => return Err(self.ended()),
                },
                order = orders.recv() => match order {
                    Some(order) => {
                        self.state.change(|received| received.refused = None);
                        self.send(&Report::Order { order }).await?;
                    }
                    None => return Ok(()),
                },
                // Also before the welcome: the answer then comes before what it is needed for.
                () = sleep_until(ask) => {
                    self.ask().await?;
                    ask = Instant::now() + Duration::from_nanos(pause_nanos(self.count));
                }
                () = sleep_until(health), if connected => {
                    self.report().await?;
                    health = Instant::now() + HEALTH;
                }
                () = sleep_until(self.heard + SILENCE) => {
                    return Err(End::Broken(unreachable(&self.host, "it has fallen silent")));
                }
            }
        }
    }

    fn hear(&mut self, message: Message) -> Result<(), End> {
        let now = clock::now();
        self.heard = Instant::now();
        match message {
            Message::Text(text) => match serde_json::from_str::<Update>(&text) {
                Ok(update) => self.take(update, now),
                Err(_) => {
                    self.not_understood();
                    Ok(())
                }
            },
            Message::Close(Some(frame)) if u16::from(frame.code) == CLOSE_VERSION => {
                let problem = self.state.received().problem.clone();
                Err(End::Final(problem.unwrap_or_else(|| other_version(&self.host, &frame.reason))))
            }
            Message::Close(Some(frame)) => {
                let why = self.whom.token.blank(&frame.reason);
                Err(End::Broken(Problem::refused(format!("{} ended the live link: {why}", self.host), "It is tried again.")))
            }
            Message::Close(None) => Err(self.ended()),
            Message::Binary(_) => {
                self.not_understood();
                Ok(())
            }
            // The answers are the WebSocket layer's.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    fn take(&mut self, update: Update, now: Moment) -> Result<(), End> {
        match update {
            Update::Welcome { version, .. } if version != VERSION => {
                Err(End::Final(other_version(&self.host, &format!("It speaks version {version}, this program {VERSION}."))))
            }
            Update::Welcome { .. } => {
                self.state.change(|received| {
                    (received.connected, received.welcomed) = (true, true);
                    (received.problem, received.refused) = (None, None);
                });
                Ok(())
            }
            Update::Clock { sent, now: remote } => {
                self.answered(Sample { sent, remote, received: now });
                Ok(())
            }
            Update::Refused { reason } => {
                let reason = self.whom.token.blank(&reason);
                self.state.change(|received| match received.connected {
                    true => received.refused = Some(reason),
                    // Before the welcome there was no order yet: it is us that is refused. What follows is the end.
                    false => received.problem = Some(other_version(&self.host, &reason)),
                });
                Ok(())
            }
            update => {
                let mut show = self.state.received().show.clone();
                match self.gather.take(&mut show, update) {
                    Took::Changed => self.state.change(|received| received.show = show),
                    Took::Nothing => {}
                    Took::Broken => self.not_understood(),
                }
                Ok(())
            }
        }
    }

    async fn ask(&mut self) -> Result<(), End> {
        let sent = clock::now();
        self.asked.push_back(sent);
        if self.asked.len() > OPEN {
            self.asked.pop_front();
        }
        self.count += 1;
        self.send(&Report::Clock { sent }).await
    }

    /// Only answers to our own questions count.
    fn answered(&mut self, sample: Sample) {
        let Some(at) = self.asked.iter().position(|sent| *sent == sample.sent) else { return };
        self.asked.drain(..=at);
        let offset = self.estimator.hear(sample);
        self.state.change(|received| received.offset = offset);
    }

    async fn report(&mut self) -> Result<(), End> {
        let Some(offset) = self.estimator.offset() else { return Ok(()) };
        let smoothness = self.state.take_smoothness();
        let (offset_ms, round_trip_ms) = (offset.millis(), offset.round_trip_millis());
        self.send(&Report::Health { offset_ms, round_trip_ms, smoothness }).await
    }

    async fn send(&mut self, report: &Report) -> Result<(), End> {
        let Ok(text) = serde_json::to_string(report) else { return Ok(()) };
        // A line that takes nothing is dead, too.
        match timeout(SILENCE, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(judge(&self.host, &self.whom.token, &error)),
            Err(_) => Err(End::Broken(unreachable(&self.host, "it takes nothing any more"))),
        }
    }

    fn ended(&self) -> End {
        End::Broken(unreachable(&self.host, "the connection ended"))
    }

    fn not_understood(&self) {
        let what = format!("{} sent something that this program does not understand.", self.host);
        tracing::warn!("{what}");
        let problem = Problem::refused(what, "Update the older of the two programs.");
        self.state.change(|received| received.problem = Some(problem));
    }
}

fn unreachable(host: &str, why: &str) -> Problem {
    Problem::refused(
        format!("The studio at {host} can't be reached: {why}."),
        "Start it, or check the network; it is tried again.",
    )
}

fn other_version(host: &str, why: &str) -> Problem {
    Problem::refused(
        format!("The studio at {host} speaks another version of the live link. {why}"),
        "Update the older of the two programs.",
    )
}

/// What an error means for the next try.
fn judge(host: &str, token: &Token, error: &tungstenite::Error) -> End {
    use tungstenite::Error as Ws;
    match error {
        Ws::Http(answer) => {
            let status = answer.status().as_u16();
            let said = answer.body().as_deref().and_then(|body| serde_json::from_slice::<serde_json::Value>(body).ok());
            let said =
                said.as_ref().and_then(|value| value["error"].as_str()).map(|text| token.blank(text)).unwrap_or_default();
            let what = format!("{host} refused the live link ({status}). {said}");
            let what = what.trim_end().to_owned();
            match status {
                401 => End::Final(Problem::refused(what, "Pair this display again, or enter the studio's current token.")),
                403 => End::Final(Problem::refused(what, "Use the studio's address as the studio shows it.")),
                _ => End::Broken(Problem::refused(what, "It is tried again.")),
            }
        }
        Ws::Url(_) => End::Final(Problem::usage("The studio's address is not usable.", "Enter it as http://host:port.")),
        error => {
            let mut why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            why.truncate(why.trim_end_matches('.').len());
            End::Broken(unreachable(host, &token.blank(&why)))
        }
    }
}
