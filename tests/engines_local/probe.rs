//! Which servers answer, and which of two that share a door.

use std::time::Duration;

use onetake::engines::local::{Door, probe_at, usual};
use serde_json::{Value, json};

use crate::fake::{Fake, Reply, nobody};

fn door(engine: &'static str, fake: &Fake) -> Door {
    Door { engine, origin: fake.base() }
}

/// Answers these paths, and nothing else.
fn at(paths: Vec<(&'static str, u16, Value)>) -> Fake {
    Fake::start(move |seen, _| {
        assert!(seen.header("authorization").is_none(), "nobody is shown a key");
        paths
            .iter()
            .find(|(path, ..)| *path == seen.path)
            .map_or_else(|| Reply::bare(404), |(_, status, body)| Reply::json(*status, body))
    })
}

#[tokio::test]
async fn each_is_told_by_what_only_it_says() {
    let models = |owner: &str| json!({"object": "list", "data": [{"id": "m", "object": "model", "owned_by": owner}]});
    let ollama = at(vec![("/api/version", 200, json!({"version": "0.40.2"}))]);
    let llama = at(vec![("/v1/models", 200, models("llamacpp"))]);
    let loading =
        at(vec![("/v1/models", 503, json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}))]);
    let localai = at(vec![("/version", 200, json!({"version": "v3.7"})), ("/v1/models", 200, models(""))]);
    let vllm = at(vec![("/v1/models", 200, models("vllm"))]);
    let comfy = at(vec![("/system_stats", 200, json!({"system": {"comfyui_version": "0.9.1"}, "devices": []}))]);
    let webui = at(vec![("/sdapi/v1/sd-models", 200, json!([{"title": "a"}]))]);
    let locked = at(vec![("/sdapi/v1/sd-models", 401, json!({"detail": "Incorrect username or password"}))]);
    let doors = [
        door("ollama", &ollama),
        door("llama-cpp", &llama),
        door("llama-cpp", &loading),
        door("localai", &localai),
        door("vllm-omni", &vllm),
        door("comfyui", &comfy),
        door("automatic1111", &webui),
        door("automatic1111", &locked),
        // Somebody else behind the door, and nobody at all.
        door("localai", &llama),
        door("llama-cpp", &localai),
        door("vllm-omni", &llama),
        door("ollama", &comfy),
        door("comfyui", &webui),
        Door { engine: "ollama", origin: nobody() },
        Door { engine: "of-nobody", origin: comfy.base() },
    ];
    let found = probe_at(&doors, Duration::from_secs(60)).await;
    let told: Vec<_> = found.iter().map(|found| (found.engine, found.words.as_str())).collect();
    assert_eq!(
        told,
        [
            ("ollama", "Ollama 0.40.2"),
            ("llama-cpp", "llama.cpp"),
            ("llama-cpp", "llama.cpp, loading its model"),
            ("localai", "LocalAI v3.7"),
            ("vllm-omni", "vLLM with m"),
            ("comfyui", "ComfyUI 0.9.1"),
            ("automatic1111", "AUTOMATIC1111 or Forge with 1 models"),
            ("automatic1111", "AUTOMATIC1111 or Forge, behind a password"),
        ]
    );
    assert_eq!(
        (found[0].base.as_str(), found[5].base.as_str()),
        (format!("{}/v1", ollama.base()).as_str(), comfy.base().as_str())
    );
}

#[test]
fn every_door_is_an_engine_of_the_list_at_its_address() {
    let ours = onetake::core::engine::Catalogue::ours();
    for door in usual() {
        let entry = ours.engine(door.engine).unwrap_or_else(|| panic!("{} is not in the list", door.engine));
        assert!(entry.local && entry.base.starts_with(&door.origin), "{}", door.engine);
    }
}
