//! The socket that tells progress. It is listened to while the order runs and somebody wants to know; when it breaks or never was,
//! nothing is lost but the number. Pictures and whatever else comes as bytes are left alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::engines::http::Client;

/// For the socket to stand; the order doesn't wait longer for its progress.
const CONNECT: Duration = Duration::from_secs(5);
/// How often it is asked whether anybody still wants to know.
const LOOK: Duration = Duration::from_secs(2);

/// What was told of one order.
#[derive(Debug)]
pub(super) struct Told {
    /// The nodes that take the time; where there are none, all count.
    slow: BTreeSet<String>,
    done: BTreeSet<String>,
    progress: Option<f32>,
}

impl Told {
    pub fn new(slow: BTreeSet<String>) -> Told {
        Told { slow, done: BTreeSet::new(), progress: None }
    }

    pub fn progress(&self) -> Option<f32> {
        self.progress
    }

    /// Takes a message in; true when nothing more comes.
    pub fn hear(&mut self, message: &Value) -> bool {
        let data = &message["data"];
        match message["type"].as_str().unwrap_or_default() {
            "execution_start" => self.reach(0.0),
            "progress" => {
                let node = name(&data["node"]).unwrap_or_default();
                if let Some(share) = share(data) {
                    self.step(&node, share);
                }
            }
            "progress_state" => {
                for (node, state) in data["nodes"].as_object().into_iter().flatten() {
                    if let Some(share) = share(state) {
                        self.step(node, share);
                    }
                }
            }
            "execution_success" | "execution_error" | "execution_interrupted" => return true,
            // The older word for the end.
            "executing" if data["node"].is_null() => return true,
            _ => {}
        }
        false
    }

    fn step(&mut self, node: &str, share: f32) {
        if !self.slow.is_empty() && !self.slow.contains(node) {
            return;
        }
        let all = self.slow.len().max(1) as f32;
        let before = self.done.iter().filter(|done| done.as_str() != node).count() as f32;
        self.reach((before + share) / all);
        if share >= 1.0 {
            self.done.insert(node.to_owned());
        }
    }

    /// It never goes back.
    fn reach(&mut self, progress: f32) {
        self.progress = Some(progress.clamp(self.progress.unwrap_or(0.0), 0.99));
    }
}

fn share(of: &Value) -> Option<f32> {
    let (value, most) = (of["value"].as_f64()?, of["max"].as_f64()?);
    (most > 0.0).then(|| (value / most).clamp(0.0, 1.0) as f32)
}

/// Numbers of nodes are texts, but not everywhere.
fn name(node: &Value) -> Option<String> {
    node.as_str().map(str::to_owned).or_else(|| Some(node.as_u64()?.to_string()))
}

/// Listens to what is told of `job`, once the socket stands, until the order is over or `told` is let go.
pub(super) async fn listen(client: &Client, job: &str, told: &Arc<Mutex<Told>>) {
    let mut url = client.url(&format!("ws?clientId={job}"));
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    if url.set_scheme(scheme).is_err() {
        return;
    }
    // No `Origin` goes along: ComfyUI refuses one that is not its own.
    let socket = match timeout(CONNECT, connect_async(url.as_str())).await {
        Ok(Ok((socket, _))) => socket,
        Ok(Err(error)) => return tracing::debug!(%error, "no progress will be told"),
        Err(_) => return tracing::debug!("no progress will be told: the socket does not answer"),
    };
    tokio::spawn(hear(socket, Arc::downgrade(told), job.to_owned()));
}

async fn hear<S>(mut socket: S, told: Weak<Mutex<Told>>, job: String)
where
    S: StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    loop {
        let next = timeout(LOOK, socket.next()).await;
        let Some(told) = told.upgrade() else { return };
        let text = match next {
            Ok(Some(Ok(Message::Text(text)))) => text,
            Ok(Some(Ok(_))) | Err(_) => continue,
            Ok(Some(Err(_)) | None) => return,
        };
        let Ok(message) = serde_json::from_str::<Value>(&text) else { continue };
        // What it tells of somebody else's order is no business of this one. An older ComfyUI names orders by itself, but tells this
        // socket of its own only.
        let of = message.pointer("/data/prompt_id").and_then(Value::as_str);
        tracing::trace!(job, of, "told");
        if told.lock().unwrap_or_else(PoisonError::into_inner).hear(&message) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn progress_is_that_of_the_slow_nodes_and_never_goes_back() {
        let mut told = Told::new(["12", "13"].map(String::from).into());
        let mut step = |node: Value, value: u32| {
            told.hear(&json!({"type": "progress", "data": {"node": node, "value": value, "max": 20, "prompt_id": "x"}}));
            told.progress()
        };
        assert_eq!(step(json!("12"), 10), Some(0.25));
        assert_eq!(step(json!(12), 20), Some(0.5));
        assert_eq!(step(json!("14"), 20), Some(0.5));
        assert_eq!(step(json!("13"), 2), Some(0.55));
        assert_eq!(step(json!("13"), 1), Some(0.55));
        assert_eq!(step(json!("13"), 20), Some(0.99));
    }

    #[test]
    fn the_newer_message_and_every_end_are_understood() {
        let mut told = Told::new(BTreeSet::new());
        assert!(
            !told
                .hear(&json!({"type": "progress_state", "data": {"nodes": {"1": {"value": 1, "max": 4, "state": "running"}}}}))
        );
        assert_eq!(told.progress(), Some(0.25));
        for odd in [
            json!({}),
            json!(7),
            json!({"type": "progress", "data": {"value": 1, "max": 0}}),
            json!({"type": "executing", "data": {"node": "3"}}),
        ] {
            assert!(!told.hear(&odd), "{odd}");
        }
        for end in ["execution_success", "execution_error", "execution_interrupted"] {
            assert!(told.hear(&json!({"type": end, "data": {}})), "{end}");
        }
        assert!(told.hear(&json!({"type": "executing", "data": {"node": null, "prompt_id": "x"}})));
    }
}
