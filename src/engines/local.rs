//! Which servers of one's own answer where they usually do. Each is told by something only it says; two that share a port are told
//! apart. Nothing is ordered, no key is sent, and nobody is waited for.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use super::http::{Auth, Client, Refusal};
use crate::core::generate::Failure;

/// All of it is on this machine.
const LIMIT: Duration = Duration::from_millis(1500);

/// A server that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The catalogue's name for it, such as `ollama`.
    pub engine: &'static str,
    /// The address to use.
    pub base: String,
    /// What it said of itself.
    pub words: String,
}

/// A place to knock at.
#[derive(Clone, Debug)]
pub struct Door {
    pub engine: &'static str,
    /// Without what the engine's own base has behind it.
    pub origin: String,
}

/// The doors where each usually is.
pub fn usual() -> Vec<Door> {
    let at = |engine, port: u16| Door { engine, origin: format!("http://127.0.0.1:{port}") };
    [("ollama", 11434), ("llama-cpp", 8080), ("localai", 8080), ("vllm-omni", 8091), ("comfyui", 8188), ("automatic1111", 7860)]
        .map(|(engine, port)| at(engine, port))
        .to_vec()
}

/// Asks at all usual doors at once.
pub async fn probe() -> Vec<Found> {
    probe_at(&usual(), LIMIT).await
}

/// Asks at these doors at once; nobody is waited for longer than `limit`.
pub async fn probe_at(doors: &[Door], limit: Duration) -> Vec<Found> {
    join_all(doors.iter().map(|door| knock(door, limit))).await.into_iter().flatten().collect()
}

async fn knock(door: &Door, limit: Duration) -> Option<Found> {
    let client = Client::new(&door.origin, Auth::None, &[], Refusal::plainly).ok()?;
    let ask = |road: &'static str| ask(&client, road, limit);
    let words = match door.engine {
        "ollama" => {
            let version = ask("api/version").await.ok()?["version"].as_str()?.to_owned();
            format!("Ollama {version}")
        }
        "llama-cpp" => {
            let loading = |failure: &Failure| failure.words.contains("Loading model");
            match ask("v1/models").await {
                Ok(models) if owned_by(&models, "llamacpp") => "llama.cpp".to_owned(),
                Err(failure) if loading(&failure) => "llama.cpp, loading its model".to_owned(),
                _ => return None,
            }
        }
        "localai" => {
            let version = ask("version").await.ok()?["version"].as_str()?.to_owned();
            // llama.cpp has no such address; others that do, do not list models so.
            ask("v1/models").await.ok().filter(|models| models["data"].is_array() && !owned_by(models, "llamacpp"))?;
            format!("LocalAI {version}")
        }
        "vllm-omni" => {
            let models = ask("v1/models").await.ok().filter(|models| owned_by(models, "vllm"))?;
            let name = models.pointer("/data/0/id").and_then(Value::as_str).unwrap_or("a model").to_owned();
            format!("vLLM with {name}")
        }
        "comfyui" => {
            let stats = ask("system_stats").await.ok().filter(|stats| stats["system"].is_object())?;
            let version = stats.pointer("/system/comfyui_version").and_then(Value::as_str).unwrap_or_default().to_owned();
            format!("ComfyUI {version}").trim_end().to_owned()
        }
        "automatic1111" => match ask("sdapi/v1/sd-models").await {
            Ok(models) => format!("AUTOMATIC1111 or Forge with {} models", models.as_array()?.len()),
            Err(failure) if failure.class == crate::core::generate::Class::Auth => {
                "AUTOMATIC1111 or Forge, behind a password".to_owned()
            }
            Err(_) => return None,
        },
        _ => return None,
    };
    let behind = if matches!(door.engine, "comfyui" | "automatic1111") { "" } else { "/v1" };
    Some(Found { engine: door.engine, base: format!("{}{behind}", door.origin), words })
}

async fn ask(client: &Client, road: &str, limit: Duration) -> Result<Value, Failure> {
    client.get(road).limit(limit).most(4 << 20).read().await
}

fn owned_by(models: &Value, who: &str) -> bool {
    models["data"].as_array().is_some_and(|list| list.iter().any(|model| model["owned_by"] == who))
}
