//! AUTOMATIC1111's web interface and Forge, started with `--api`. Its one call answers when the picture is made, so that it runs on a
//! task of its own while `/progress` is asked beside it; the picture lands where the ticket will look for it. A key is `NAME:WORD`.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::fetch::{Fetcher, Spot, sniff};
use super::fitted::{self, Fitted};
use super::http::{Auth, Client, Refusal};
use super::wire::Wire;
use super::{Asked, Engine, Landing, input, size};
use crate::core::engine::{self, Limits, Model, Price};
use crate::core::generate::{Account, Class, Failure, Made, Order, Piece, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

/// How long a picture may take on a slow machine.
const LIMIT: Duration = Duration::from_secs(3600);
/// What is refused is refused within this; longer nobody waits for the ticket.
const AT_ONCE: Duration = Duration::from_secs(1);
const ANSWER_BYTES: usize = 128 << 20;
const PICTURE_BYTES: u64 = 32 << 20;
/// The model that is loaded there, whichever it is.
const LOADED: &str = "loaded";

/// An AUTOMATIC1111 or Forge.
#[derive(Debug)]
pub struct Automatic {
    wire: Wire,
}

/// The calls that run, by address and job; of the whole program, since an engine may be opened anew while one runs.
static DRAWING: LazyLock<Mutex<HashMap<(String, String), Drawing>>> = LazyLock::new(Mutex::default);

type Drawn = Option<Result<Made, Failure>>;

/// A call that has not been asked for its end yet.
#[derive(Debug)]
struct Drawing {
    drawn: watch::Receiver<Drawn>,
    task: AbortHandle,
}

impl Automatic {
    /// # Errors
    /// An address or a key that can't be used.
    pub fn open(entry: &engine::Engine, base: &str, key: Option<Secret>) -> Result<Automatic, Failure> {
        let wire = Wire::new(entry, base, key.map_or(Auth::None, Auth::Basic), &[], judge)?;
        Ok(Automatic { wire })
    }

    async fn draw(&self, order: &Order, landing: &Landing) -> Result<Submission, Failure> {
        if order.kind != Kind::Image {
            return Err(Failure::new(Class::Invalid, "AUTOMATIC1111 makes pictures only."));
        }
        let fitted = fitted::fitted(&self.wire.entry, order)?;
        let body = self.body(order, &fitted).await?;
        let road = if body.contains_key("init_images") { "sdapi/v1/img2img" } else { "sdapi/v1/txt2img" };
        let (tell, mut drawn) = watch::channel(None);
        let (client, fetcher, place) = (self.wire.client.clone(), self.wire.files.clone(), landing.clone());
        let task = tokio::spawn(async move {
            let result = drawn_picture(&client, &fetcher, road, &body, &place).await;
            tell.send_replace(Some(result));
        });
        lock().insert(self.name(&order.job), Drawing { drawn: drawn.clone(), task: task.abort_handle() });
        // What is refused, or drawn in no time, is answered here.
        let soon = tokio::time::timeout(AT_ONCE, drawn.wait_for(Option::is_some)).await;
        let soon = soon.ok().and_then(Result::ok).and_then(|result| result.clone());
        match soon {
            Some(result) => {
                lock().remove(&self.name(&order.job));
                result.map(Submission::Made)
            }
            None => {
                let ticket = Ticket { id: order.job.clone(), model: order.model.clone(), links: Map::new() };
                Ok(Submission::Ticket { ticket, cost: None })
            }
        }
    }

    async fn body(&self, order: &Order, fitted: &Fitted<'_>) -> Result<Map<String, Value>, Failure> {
        let limits = self.wire.entry.model(&order.model).map(|model| model.limits.clone()).unwrap_or_default();
        let (width, height) = size::pixels(&order.wish, &limits, "512", 8);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("prompt", json!(fitted.prompt));
        put("negative_prompt", json!(fitted.negative.unwrap_or_default()));
        put("seed", json!(order.seed.unwrap_or(-1)));
        put("width", json!(width));
        put("height", json!(height));
        put("steps", json!(28));
        put("force_task_id", json!(order.job));
        put("send_images", json!(true));
        put("save_images", json!(false));
        if let Some(style) = fitted.style {
            put("styles", json!([style]));
        }
        if order.model != LOADED && !order.model.is_empty() {
            put("override_settings", json!({ "sd_model_checkpoint": order.model }));
            // Loading it back would take as long again.
            put("override_settings_restore_afterwards", json!(false));
        }
        if let Some(first) = fitted.first.or(fitted.references.first().copied()) {
            put("init_images", json!([input::base64(first, PICTURE_BYTES).await?]));
        }
        // Here a person may say all otherwise: steps, sampler, strength.
        body.extend(order.wish.extra.clone());
        Ok(body)
    }

    async fn standing(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let known = lock().get(&self.name(&ticket.id)).map(|drawing| drawing.drawn.borrow().clone());
        match known {
            Some(Some(result)) => {
                lock().remove(&self.name(&ticket.id));
                Ok(result.map_or_else(Standing::Failed, Standing::Done))
            }
            Some(None) => Ok(Standing::Running { progress: self.progress().await }),
            None => Ok(landed(landing).await.map_or_else(
                || {
                    Standing::Failed(Failure::new(
                        Class::Expired,
                        "Onetake ended while this was being drawn, and it is not kept there.",
                    ))
                },
                |piece| Standing::Done(Made { files: vec![piece], ..Made::default() }),
            )),
        }
    }

    /// How far it is; an answer that doesn't come is no failure of the picture.
    async fn progress(&self) -> Option<f32> {
        let answer: Value = self.wire.client.get("sdapi/v1/progress?skip_current_image=true").read().await.ok()?;
        answer["progress"].as_f64().filter(|share| share.is_finite()).map(|share| share.clamp(0.0, 0.99) as f32)
    }

    async fn list(&self) -> Result<Vec<Model>, Failure> {
        let answer: Value = self.wire.client.get("sdapi/v1/sd-models").read().await?;
        let Some(items) = answer.as_array() else {
            return Err(self.wire.client.odd(false, "it lists no models"));
        };
        let known = self.wire.entry.model(LOADED).map(|model| model.limits.clone());
        let limits = known.unwrap_or_else(|| Limits { seed: true, negative: true, first_frame: true, ..Limits::default() });
        let model = |name: &str, label: &str| Model {
            name: name.to_owned(),
            label: label.to_owned(),
            kind: Kind::Image,
            limits: limits.clone(),
            price: Price::Free,
        };
        let named = items.iter().filter_map(|item| {
            let title = item["title"].as_str()?;
            Some(model(title, item["model_name"].as_str().unwrap_or(title)))
        });
        Ok([model(LOADED, "The one that is loaded")].into_iter().chain(named).collect())
    }

    fn name(&self, job: &str) -> (String, String) {
        (self.wire.client.base().to_string(), job.to_owned())
    }
}

fn lock() -> MutexGuard<'static, HashMap<(String, String), Drawing>> {
    DRAWING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine for Automatic {
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.draw(order, landing))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(self.standing(ticket, landing))
    }

    fn find<'a>(&'a self, _: &'a Order, _: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        // What was lost has cost nothing and may be drawn again.
        Box::pin(async { Ok(None) })
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async {
            let Some(drawing) = lock().remove(&self.name(&ticket.id)) else { return Ok(false) };
            let ran = drawing.drawn.borrow().is_none();
            if ran {
                // First there, so that the answer to it is still listened to.
                self.wire.client.post("sdapi/v1/interrupt").json(&json!({})).done().await?;
            }
            drawing.task.abort();
            Ok(ran)
        })
    }

    fn models(&self) -> Asked<'_, Option<Vec<Model>>> {
        Box::pin(async { self.list().await.map(Some) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(async {
            let models = self.list().await?.len();
            Ok(Account { words: format!("{} answers.", self.wire.client.host()), balance: None, models })
        })
    }
}

async fn drawn_picture(
    client: &Client,
    fetcher: &Fetcher,
    road: &str,
    body: &Map<String, Value>,
    landing: &Landing,
) -> Result<Made, Failure> {
    let answer: Value = client.post(road).json(body).limit(LIMIT).most(ANSWER_BYTES).read().await?;
    // Behind the picture there may be others that a script made on its way.
    let Some(picture) = answer["images"][0].as_str().filter(|text| !text.is_empty()) else {
        return Err(client.odd(false, "its answer holds no picture"));
    };
    let piece = fetcher.inline(picture, Spot { landing, name: NAME, kind: Kind::Image }).await?;
    Ok(Made { files: vec![piece], seed: seed(&answer["info"]), ..Made::default() })
}

/// What the picture is called where it lands.
const NAME: &str = "made-1";

/// The seed it took: `info` is JSON in a text.
fn seed(info: &Value) -> Option<i64> {
    let inner: Value = serde_json::from_str(info.as_str()?).ok()?;
    inner["seed"].as_i64()
}

/// A picture that came before this program ended.
async fn landed(landing: &Landing) -> Option<Piece> {
    let mut items = tokio::fs::read_dir(&landing.folder).await.ok()?;
    while let Ok(Some(item)) = items.next_entry().await {
        let path = item.path();
        let whole = path.file_stem().is_some_and(|stem| stem == NAME) && path.extension().is_some_and(|end| end != "part");
        if whole {
            let bytes = tokio::fs::read(&path).await.ok()?;
            return Some(Piece { mime: sniff(&bytes)?, path });
        }
    }
    None
}

/// `{"error": "HTTPException", "detail": "Sampler not found", "errors": ""}`: what happened stands behind what kind it is of.
fn judge(refusal: &Refusal) -> Failure {
    let plain = refusal.plainly();
    let text = |name: &str| refusal.json[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let code = text("error").map(str::to_owned);
    match text("detail").or(text("errors")) {
        Some(words) => Failure { words: words.to_owned(), code, ..plain },
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    #[test]
    fn what_happened_goes_before_its_kind() {
        let words = |status, body: &str| {
            let json = serde_json::from_str(body).unwrap_or(Value::Null);
            let failure = judge(&Refusal { status, headers: HeaderMap::new(), json, text: body.to_owned() });
            (failure.class, failure.words)
        };
        let no_sampler = r#"{"error":"HTTPException","detail":"Sampler not found","body":"","errors":""}"#;
        assert_eq!(words(404, no_sampler), (Class::Invalid, "Sampler not found".to_owned()));
        let memory = r#"{"error":"OutOfMemoryError","detail":"","body":"","errors":"CUDA out of memory"}"#;
        assert_eq!(words(500, memory), (Class::Server, "CUDA out of memory".to_owned()));
        let shape = r#"{"detail":[{"loc":["body","width"],"msg":"value is not a valid integer","type":"type_error"}]}"#;
        assert_eq!(words(422, shape), (Class::Invalid, "width: value is not a valid integer".to_owned()));
        assert_eq!(words(401, r#"{"detail":"Incorrect username or password"}"#).0, Class::Auth);
    }

    #[test]
    fn the_seed_stands_in_json_inside_json() {
        assert_eq!(seed(&json!("{\"seed\": 123}")), Some(123));
        assert_eq!([json!({"seed": 1}), json!("no"), json!(null)].map(|info| seed(&info)), [None, None, None]);
    }
}
