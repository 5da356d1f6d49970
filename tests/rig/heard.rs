//! A transcription of a made-up take that nobody ordered, as a row of the queue, for tests here and in the crate.

use onetake::core::asset::AssetId;
use onetake::core::job::{Job, Kind, State};
use onetake::core::queue::Row;

/// The `n`th order for take `number`, where it stands so.
pub fn transcription(number: u32, n: u32, state: State) -> Row {
    Row {
        job: Job {
            id: format!("heard-{n}"),
            project: Some("why-we-write".into()),
            engine: "own".into(),
            model: "whisper-1".into(),
            kind: Kind::Transcription,
            params: serde_json::json!({ "seconds": 141.0 }),
            seed: None,
            prompt_version: None,
            inputs: vec![("sound".into(), AssetId(format!("take-{number}")))],
            state,
            provider_id: None,
            links: serde_json::json!({}),
            cost_micros: None,
            currency: String::new(),
            problem: (state == State::Failed).then(|| "No.".into()),
            created_at: format!("2026-11-21T10:00:{n:02}Z"),
            updated_at: "2026-11-21T10:01:00Z".into(),
            ended_at: state.over().then(|| "2026-11-21T10:01:00Z".into()),
        },
        prompt: String::new(),
        place: i64::from(n),
        before: None,
        progress: None,
        expected_secs: None,
        failure: None,
        quote: None,
        sent_at: None,
        tries: 1,
        retry_of: None,
        made: Vec::new(),
        text: None,
    }
}
