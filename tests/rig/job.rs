//! A job that nobody placed, as a row of the queue, for tests here and in the crate: a picture of the demo project, that costs nothing.
//! What matters in a test is said in the test.

use onetake::core::job::{Job, Kind, State};
use onetake::core::queue::Row;

/// The job of this id, where it stands so.
pub fn row(id: &str, state: State) -> Row {
    Row {
        job: Job {
            id: id.into(),
            project: Some("why-we-write".into()),
            engine: "offline".into(),
            model: "painter".into(),
            kind: Kind::Image,
            params: serde_json::json!({}),
            seed: None,
            prompt_version: None,
            inputs: Vec::new(),
            state,
            provider_id: None,
            links: serde_json::json!({}),
            cost_micros: None,
            currency: String::new(),
            problem: None,
            created_at: "2026-11-21T10:00:00Z".into(),
            updated_at: "2026-11-21T10:01:00Z".into(),
            ended_at: state.over().then(|| "2026-11-21T10:01:00Z".into()),
        },
        prompt: "a desk".into(),
        place: 0,
        before: None,
        progress: None,
        expected_secs: None,
        failure: None,
        kept: false,
        held: None,
        quote: None,
        sent_at: None,
        tries: 0,
        retry_of: None,
        made: Vec::new(),
        text: None,
    }
}
