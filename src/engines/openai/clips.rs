//! Clips. `POST /videos` and its job: OpenAI ended its own service on 2026-09-24, gateways and vLLM-Omni still speak it, some with
//! records of two fields, so that all but `id` is optional. LocalAI's `/video` answers with the clip. The engine's option `clips`
//! says which: `parts` (the usual one), `json`, or `localai`.

use serde_json::{Map, Value, json};

use super::pictures::texts;
use super::{OpenAi, Waiting, refusal};
use crate::core::engine::Engine;
use crate::core::generate::{Class, Failure, InputRole, Made, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::engines::fetch::Spot;
use crate::engines::http::Reached;
use crate::engines::{Landing, fitted, http, input, size};

/// Pictures a second where a server counts pictures.
const FPS: f64 = 24.0;
const ANSWER_BYTES: usize = 512 << 20;
/// The biggest picture that goes into JSON.
const PICTURE_BYTES: u64 = 32 << 20;

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// `/videos`, in parts of a form.
    Parts,
    /// `/videos`, in JSON.
    Json,
    /// `/video`, which answers when the clip is made.
    LocalAi,
}

impl Road {
    pub fn of(entry: &Engine) -> Result<Road, Failure> {
        match entry.option("clips") {
            None | Some("parts") => Ok(Road::Parts),
            Some("json") => Ok(Road::Json),
            Some("localai") => Ok(Road::LocalAi),
            Some(other) => {
                let why = format!(
                    "In engines.toml, the option clips of {} is “{other}”: it may be parts, json or localai.",
                    entry.name
                );
                Err(Failure::new(Class::Here, why))
            }
        }
    }
}

impl OpenAi {
    pub(super) async fn clip(&self, order: &Order) -> Result<Submission, Failure> {
        if self.clips == Road::LocalAi {
            return self.clip_at_once(order).await;
        }
        let body = self.clip_body(order)?;
        let roles = [InputRole::Clip, InputRole::FirstFrame, InputRole::Reference];
        let first = roles.into_iter().find_map(|role| order.input(role));
        let call = match (self.clips, first) {
            (Road::Json, Some(first)) => {
                let mut body = body;
                let url = input::data_url(first, PICTURE_BYTES).await?;
                body.insert("input_reference".to_owned(), json!({ "image_url": url }));
                self.order("videos").json(&body)
            }
            (Road::Json, None) => self.order("videos").json(&body),
            (_, first) => {
                let mut form = texts(&body);
                if let Some(first) = first {
                    form = form.part("input_reference", input::part(first, "first").await?);
                }
                self.order("videos").multipart(form)
            }
        };
        let record: Value = call.read().await?;
        let Some(id) = record["id"].as_str().and_then(|id| http::id(id).ok()) else {
            return Err(self.wire.client.odd(!self.local(), "it gave the order no name"));
        };
        if record["status"] == "failed" {
            return Err(self.wire.client.clean(refusal::within(&record["error"], Class::Server)));
        }
        let links = record.as_object().cloned().unwrap_or_default();
        let ticket = Ticket { id: id.to_owned(), model: order.model.clone(), links };
        Ok(Submission::Ticket { ticket, cost: None })
    }

    fn clip_body(&self, order: &Order) -> Result<Map<String, Value>, Failure> {
        let fitted = fitted::fitted(&self.wire.entry, order)?;
        let limits = self.limits(&order.model);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("prompt", json!(order.prompt));
        // A server with one model may have no name for it.
        if !order.model.is_empty() && order.model != "default" {
            put("model", json!(order.model));
        }
        if let Some(seconds) = fitted.seconds {
            // The form wants whole seconds, as a text.
            put("seconds", json!(format!("{}", seconds.round().max(1.0))));
        }
        if order.wish.resolution.is_some() || order.wish.aspect.is_some() || !limits.resolutions.is_empty() {
            let (width, height) = match size::listed(&order.wish, &limits).and_then(|size| size.split_once('x')) {
                Some((width, height)) => (width.to_owned(), height.to_owned()),
                None => {
                    let (width, height) = size::pixels(&order.wish, &limits, "720p", 16);
                    (width.to_string(), height.to_string())
                }
            };
            put("size", json!(format!("{width}x{height}")));
        }
        if limits.negative && !order.wish.negative.is_empty() {
            put("negative_prompt", json!(order.wish.negative));
        }
        if let Some(seed) = order.seed.filter(|_| limits.seed) {
            put("seed", json!(seed));
        }
        if let Some(sound) = order.wish.sound.filter(|_| limits.sound) {
            put("generate_sound", json!(sound));
        }
        body.extend(order.wish.extra.clone());
        Ok(body)
    }

    /// LocalAI: the answer comes when the clip is made.
    async fn clip_at_once(&self, order: &Order) -> Result<Submission, Failure> {
        let limits = self.limits(&order.model);
        let (width, height) = size::pixels(&order.wish, &limits, "512", 16);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("model", json!(order.model));
        put("prompt", json!(order.prompt));
        put("width", json!(width));
        put("height", json!(height));
        if let Some(seconds) = order.wish.seconds {
            put("num_frames", json!((seconds * FPS).round().max(1.0) as u64));
            put("fps", json!(FPS as u64));
        }
        if !order.wish.negative.is_empty() {
            put("negative_prompt", json!(order.wish.negative));
        }
        if let Some(seed) = order.seed {
            put("seed", json!(seed));
        }
        for (role, name) in [(InputRole::FirstFrame, "start_image"), (InputRole::LastFrame, "end_image")] {
            if let Some(picture) = order.input(role) {
                put(name, json!(input::base64(picture, PICTURE_BYTES).await?));
            }
        }
        put("response_format", json!("url"));
        body.extend(order.wish.extra.clone());
        // It lies beside /v1, not under it.
        let url = self.wire.client.own("video")?;
        let call = match self.local() {
            true => self.wire.client.call(reqwest::Method::POST, url),
            false => self.wire.client.order_at(reqwest::Method::POST, url),
        };
        let answer: Value = call.limit(super::LOCAL).json(&body).most(ANSWER_BYTES).read().await?;
        let item = &answer["data"][0];
        let inline =
            item["b64_json"].as_str().filter(|text| !text.is_empty()).map(|text| format!("data:video/mp4;base64,{text}"));
        let Some(link) = inline.or_else(|| item["url"].as_str().map(str::to_owned)) else {
            return Err(self.wire.client.odd(!self.local(), "its answer holds no clip"));
        };
        Ok(Submission::Ticket { ticket: Waiting { kind: Kind::Video, links: vec![link] }.ticket(order), cost: None })
    }

    pub(super) async fn clip_standing(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let id = http::id(&ticket.id)?;
        let record: Value = match self.wire.client.get(&format!("videos/{id}")).read().await {
            Ok(record) => record,
            // Right after the order it may not know of it itself: it is asked again, some times.
            Err(failure) if failure.class == Class::Invalid => return Err(Failure { class: Class::Expired, ..failure }),
            Err(failure) => return Err(failure),
        };
        match record["status"].as_str().unwrap_or_default() {
            "queued" | "pending" => Ok(Standing::Queued { before: None }),
            "completed" | "succeeded" => self.clip_content(id, &record, landing).await.map(Standing::Done),
            "failed" | "error" => {
                Ok(Standing::Failed(self.wire.client.clean(refusal::within(&record["error"], Class::Server))))
            }
            "cancelled" | "canceled" => Ok(Standing::Cancelled),
            "" => Err(self.wire.client.odd(false, "it does not say how far the clip is")),
            // Of a word that nobody knew when this was written, the next answer will say what it led to.
            _ => Ok(Standing::Running { progress: progress(&record["progress"]) }),
        }
    }

    /// The clip itself, from this engine's own address: the one place where a file wants the key. Where that only leads to where clips
    /// are kept, the key stays behind.
    async fn clip_content(&self, id: &str, record: &Value, landing: &Landing) -> Result<Made, Failure> {
        let spot = Spot { landing, name: "made-1", kind: Kind::Video };
        let piece = match self.wire.client.get(&format!("videos/{id}/content")).flowing().answer_or_place().await {
            Ok(Reached::Answer(answer)) => self.wire.files.answer(answer, spot).await?,
            Ok(Reached::Elsewhere(place)) => match self.wire.client.own(&place) {
                Ok(own) => {
                    let answer = self.wire.client.call(reqwest::Method::GET, own).flowing().answer().await?;
                    self.wire.files.answer(answer, spot).await?
                }
                Err(_) => self.wire.files.link(&place, spot).await?,
            },
            Err(failure) => match ["url", "video_url"].iter().find_map(|name| record[name].as_str()) {
                // Gateways that keep clips elsewhere say where.
                Some(link) if failure.class == Class::Invalid => self.wire.files.link(link, spot).await?,
                _ if failure.class == Class::Invalid => return Err(Failure { class: Class::Expired, ..failure }),
                _ => return Err(failure),
            },
        };
        Ok(Made { files: vec![piece], ..Made::default() })
    }

    /// Stops it, or takes it away there. `false`: it was gone already.
    pub(super) async fn delete_clip(&self, ticket: &Ticket) -> Result<bool, Failure> {
        match self.wire.client.delete(&format!("videos/{}", http::id(&ticket.id)?)).done().await {
            Ok(()) => Ok(true),
            Err(failure) if failure.class == Class::Invalid => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

/// 0 to 100, as a number or a text.
fn progress(value: &Value) -> Option<f32> {
    let percent = value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').parse().ok())?;
    percent.is_finite().then(|| (percent / 100.0).clamp(0.0, 0.99) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_a_share() {
        assert_eq!(progress(&json!(42)), Some(0.42));
        assert_eq!(progress(&json!("7%")), Some(0.07));
        assert_eq!([json!(100), json!(1e9)].map(|all| progress(&all)), [Some(0.99); 2]);
        assert_eq!([json!(null), json!("soon"), json!(-0.0)].map(|none| progress(&none)), [None, None, Some(0.0)]);
    }
}
