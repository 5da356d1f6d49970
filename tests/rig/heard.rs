//! A transcription of a made-up take that nobody ordered, as a row of the queue, for tests here and in the crate. Stands beside `job`.

use onetake::core::asset::AssetId;
use onetake::core::job::{Job, Kind, State};
use onetake::core::queue::Row;

use super::job;

/// The `n`th order for take `number`, where it stands so.
pub fn transcription(number: u32, n: u32, state: State) -> Row {
    let row = job::row(&format!("heard-{n}"), state);
    Row {
        job: Job {
            engine: "own".into(),
            model: "whisper-1".into(),
            kind: Kind::Transcription,
            params: serde_json::json!({ "seconds": 141.0 }),
            inputs: vec![("sound".into(), AssetId(format!("take-{number}")))],
            problem: (state == State::Failed).then(|| "No.".into()),
            created_at: format!("2026-11-21T10:00:{n:02}Z"),
            ..row.job
        },
        prompt: String::new(),
        place: i64::from(n),
        tries: 1,
        ..row
    }
}
