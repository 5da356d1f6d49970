//! A voice: `POST /audio/speech` answers with the sound itself.

use serde_json::{Map, Value, json};

use super::OpenAi;
use crate::core::generate::{Failure, Made, Order};
use crate::core::job::Kind;
use crate::engines::Landing;
use crate::engines::fetch::Spot;

impl OpenAi {
    pub(super) async fn speech(&self, order: &Order, landing: &Landing) -> Result<Made, Failure> {
        let limits = self.limits(&order.model);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("model", json!(order.model));
        put("input", json!(order.prompt));
        let voice = order.wish.voice.as_ref().or(limits.voices.first());
        if let Some(voice) = voice {
            put("voice", json!(voice));
        }
        // An answer that is streamed tells no length in a WAV's head; this form has none to tell.
        put("response_format", json!("mp3"));
        body.extend(order.wish.extra.clone());
        let answer = self.order("audio/speech").json(&body).flowing().answer().await?;
        let spot = Spot { landing, name: "made-1", kind: Kind::Speech };
        let piece = self.wire.files.answer(answer, spot).await?;
        Ok(Made { files: vec![piece], ..Made::default() })
    }
}
