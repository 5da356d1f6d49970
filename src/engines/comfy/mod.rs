//! ComfyUI: a workflow with its places filled goes to `POST /prompt` under our own id, `/history` says what came of it, `/view` gives
//! the files. Progress comes over a WebSocket while somebody listens and is never relied on. Nothing here costs money, so that all
//! may be asked again; an order is still sent once, because its id finds it again after a crash.

mod history;
mod line;
mod place;
mod refusal;
mod workflow;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Map, Value, json};

use self::history::{File, Outcome};
use self::line::Told;
use self::workflow::Workflow;
use super::fetch::Spot;
use super::http::{self, Auth};
use super::wire::{Wire, kind_of};
use super::{Asked, Engine, Landing, input, size};
use crate::core::engine::{self, Model};
use crate::core::generate::{Account, Class, Failure, Input, InputRole, Made, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

/// For a picture on its way there.
const UPLOAD: Duration = Duration::from_secs(120);
/// A clip's length where nobody chose one.
const SECONDS: f64 = 4.0;

/// A ComfyUI.
#[derive(Debug)]
pub struct Comfy {
    wire: Wire,
    /// Where a person's own workflows lie.
    folder: Option<PathBuf>,
    /// What the sockets told, by job.
    told: Mutex<HashMap<String, Arc<Mutex<Told>>>>,
}

impl Comfy {
    /// # Errors
    /// An address or a key that can't be used.
    pub fn open(entry: &engine::Engine, base: &str, key: Option<Secret>) -> Result<Comfy, Failure> {
        let wire = Wire::new(entry, base, Auth::bearer(key), &[], refusal::judge)?;
        let folder = entry.option("workflows").map(PathBuf::from);
        Ok(Comfy { wire, folder, told: Mutex::default() })
    }

    /// Looks through the workflows where it may take its time.
    async fn workflows<T: Send + 'static>(
        &self,
        look: impl FnOnce(Option<&std::path::Path>) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let folder = self.folder.clone();
        let found = tokio::task::spawn_blocking(move || look(folder.as_deref())).await;
        found.map_err(|_| Failure::new(Class::Here, "The workflows could not be looked through."))
    }

    async fn send(&self, order: &Order) -> Result<Submission, Failure> {
        let (name, checkpoint) =
            order.model.split_once('/').map_or((order.model.as_str(), None), |(name, of)| (name, Some(of)));
        let wanted = name.to_owned();
        let workflow = self.workflows(move |folder| workflow::named(&wanted, folder)).await??;
        let values = self.values(order, &workflow, checkpoint).await?;
        let nodes = place::filled(&workflow.nodes, &values).map_err(|missing| {
            let why = format!("The workflow “{}” can't do without: {}.", workflow.name, missing.join(", ").replace('_', " "));
            Failure::new(Class::Invalid, why)
        })?;
        let told = Arc::new(Mutex::new(Told::new(workflow.samplers())));
        line::listen(&self.wire.client, &order.job, &told).await;
        self.lock().insert(order.job.clone(), told);
        let body = json!({ "prompt": nodes, "client_id": order.job, "prompt_id": order.job });
        let answer: Value =
            self.wire.client.post("prompt").json(&body).read().await.inspect_err(|_| self.let_go(&order.job))?;
        // An older one doesn't take an id and gives its own.
        let Some(id) = answer["prompt_id"].as_str().and_then(|id| http::id(id).ok()) else {
            self.let_go(&order.job);
            return Err(self.wire.client.odd(false, "it gave the order no name"));
        };
        let ticket = ticket(order, id, values.get("seed"));
        Ok(Submission::Ticket { ticket, cost: None })
    }

    /// What the places of a workflow are filled with.
    async fn values(
        &self,
        order: &Order,
        workflow: &Workflow,
        checkpoint: Option<&str>,
    ) -> Result<Map<String, Value>, Failure> {
        let wish = &order.wish;
        let (width, height) = size::pixels(wish, &workflow.limits, "720p", workflow.pixel_step);
        let seconds = workflow.limits.seconds_for(wish.seconds.unwrap_or(SECONDS)).or(wish.seconds).unwrap_or(SECONDS);
        let mut values = wish.extra.clone();
        let mut put = |name: &str, value: Value| values.insert(name.to_owned(), value);
        put("job", json!(order.job));
        put("prompt", json!(order.prompt));
        put("width", json!(width));
        put("height", json!(height));
        put("seconds", json!(seconds));
        put("fps", json!(workflow.fps));
        put("frames", json!(workflow.frames(seconds)));
        put("seed", json!(order.seed.map_or_else(|| chance(&order.job), i64::unsigned_abs)));
        if !wish.negative.is_empty() {
            put("negative", json!(wish.negative));
        }
        match checkpoint {
            Some(checkpoint) => drop(put("checkpoint", json!(checkpoint))),
            None if workflow.wants_checkpoint() && !values.contains_key("checkpoint") => {
                let Some(first) = self.checkpoints().await?.into_iter().next() else {
                    return Err(Failure::new(
                        Class::Invalid,
                        "This ComfyUI has no checkpoint: put one into its folder models/checkpoints.",
                    ));
                };
                values.insert("checkpoint".to_owned(), json!(first));
            }
            None => {}
        }
        for (role, name) in [
            (InputRole::FirstFrame, "first_frame"),
            (InputRole::LastFrame, "last_frame"),
            (InputRole::Reference, "reference"),
            (InputRole::Sound, "sound"),
            (InputRole::Clip, "clip"),
        ] {
            if let Some(given) = order.input(role) {
                values.insert(name.to_owned(), json!(self.upload(given, &order.job, name).await?));
            }
        }
        Ok(values)
    }

    /// Puts a file among the inputs there and gives the name that a node loads it by.
    async fn upload(&self, given: &Input, job: &str, role: &str) -> Result<String, Failure> {
        let part = input::part(given, &format!("{job}-{role}")).await?;
        let form = Form::new().text("overwrite", "true").text("type", "input").text("subfolder", "onetake").part("image", part);
        let answer: Value = self.wire.client.post("upload/image").multipart(form).limit(UPLOAD).read().await?;
        match (answer["name"].as_str(), answer["subfolder"].as_str().unwrap_or_default()) {
            (Some(name), "") => Ok(name.to_owned()),
            (Some(name), folder) => Ok(format!("{folder}/{name}")),
            (None, _) => Err(self.wire.client.odd(false, "it does not say how it named the picture")),
        }
    }

    async fn checkpoints(&self) -> Result<Vec<String>, Failure> {
        let info: Value = self.wire.client.get("object_info/CheckpointLoaderSimple").read().await?;
        Ok(checkpoints(&info))
    }

    async fn standing(&self, ticket: &Ticket, landing: &Landing) -> Result<Standing, Failure> {
        let id = http::id(&ticket.id)?;
        if let Some(outcome) = self.outcome(id).await? {
            return self.over(ticket, outcome, landing).await;
        }
        let progress = self.progress(ticket);
        let queue: Value = self.wire.client.get("queue").read().await?;
        if history::running(&queue, id) {
            return Ok(Standing::Running { progress });
        }
        if let Some(before) = history::waits_behind(&queue, id) {
            return Ok(Standing::Queued { before: Some(before) });
        }
        // Between the two questions it may have ended.
        match self.outcome(id).await? {
            Some(outcome) => self.over(ticket, outcome, landing).await,
            None => {
                self.let_go(job_of(ticket));
                let why = "ComfyUI does not know this order any more: it was started anew, or its list was emptied.";
                Ok(Standing::Failed(Failure::new(Class::Expired, why)))
            }
        }
    }

    async fn outcome(&self, id: &str) -> Result<Option<Outcome>, Failure> {
        let history: Value = self.wire.client.get(&format!("history/{id}")).read().await?;
        Ok(history.get(id).map(history::outcome))
    }

    async fn over(&self, ticket: &Ticket, outcome: Outcome, landing: &Landing) -> Result<Standing, Failure> {
        let standing = match outcome {
            Outcome::Cancelled => Standing::Cancelled,
            Outcome::Failed(failure) => Standing::Failed(self.wire.client.clean(failure)),
            Outcome::Made(files) => {
                let kind = kind_of(&ticket.links);
                let wanted = history::wanted(&files, kind);
                if wanted.is_empty() {
                    let why =
                        format!("The workflow ended without a file that fits: it needs a node that saves {}.", what(kind));
                    Standing::Failed(Failure::new(Class::Nonsense, why))
                } else {
                    Standing::Done(self.made(ticket, &wanted, kind, landing).await?)
                }
            }
        };
        self.let_go(job_of(ticket));
        Ok(standing)
    }

    async fn made(&self, ticket: &Ticket, wanted: &[&File], kind: Kind, landing: &Landing) -> Result<Made, Failure> {
        let mut files = Vec::new();
        for (at, file) in wanted.iter().enumerate() {
            let mut url = self.wire.client.url("view");
            url.query_pairs_mut()
                .append_pair("filename", &file.name)
                .append_pair("subfolder", &file.folder)
                .append_pair("type", &file.place);
            let answer =
                self.wire.client.call(Method::GET, url).flowing().answer().await.map_err(|failure| match failure.class {
                    Class::Invalid | Class::Auth => Failure { class: Class::Expired, ..failure },
                    _ => failure,
                })?;
            let name = format!("made-{}", at + 1);
            files.push(self.wire.files.answer(answer, Spot { landing, name: &name, kind }).await?);
        }
        let seed = ticket.links.get("seed").and_then(Value::as_i64);
        Ok(Made { files, seed, ..Made::default() })
    }

    async fn stop(&self, ticket: &Ticket) -> Result<bool, Failure> {
        let id = http::id(&ticket.id)?;
        self.wire.client.post("queue").json(&json!({ "delete": [id] })).done().await?;
        let queue: Value = self.wire.client.get("queue").read().await?;
        if history::running(&queue, id) {
            // An older one stops whatever runs, and asks for no name.
            self.wire.client.post("interrupt").json(&json!({ "prompt_id": id })).done().await?;
        }
        self.let_go(job_of(ticket));
        Ok(true)
    }

    async fn look_for(&self, order: &Order) -> Result<Option<Ticket>, Failure> {
        let queue: Value = self.wire.client.get("queue").read().await?;
        let mut found = history::of_client(&queue, &order.job);
        if found.is_none() && self.outcome(&order.job).await?.is_some() {
            found = Some(order.job.clone());
        }
        if found.is_none() {
            let history: Value = self.wire.client.get("history?max_items=200").read().await?;
            found = history::of_client(&history, &order.job);
        }
        let id = found.as_deref().and_then(|id| http::id(id).ok());
        Ok(id.map(|id| ticket(order, id, None)))
    }

    async fn list(&self) -> Result<Vec<Model>, Failure> {
        let checkpoints = self.checkpoints().await?;
        let all = self.workflows(workflow::all).await?;
        let mut models = Vec::new();
        for (name, read) in all {
            match read {
                Ok(workflow) => models.extend(workflow.models(&checkpoints)),
                Err(failure) => tracing::warn!(name, %failure, "a workflow can't be offered"),
            }
        }
        Ok(models)
    }

    fn progress(&self, ticket: &Ticket) -> Option<f32> {
        let told = self.lock().get(job_of(ticket)).cloned()?;
        let told = told.lock().unwrap_or_else(PoisonError::into_inner);
        told.progress()
    }

    /// Nobody asks for it any more; who listens to its socket leaves.
    fn let_go(&self, job: &str) {
        self.lock().remove(job);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Mutex<Told>>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for Comfy {
    fn submit<'a>(&'a self, order: &'a Order, _: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(self.send(order))
    }

    fn look<'a>(&'a self, ticket: &'a Ticket, landing: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(self.standing(ticket, landing))
    }

    fn find<'a>(&'a self, order: &'a Order, _: &'a HashSet<String>) -> Asked<'a, Option<Ticket>> {
        Box::pin(self.look_for(order))
    }

    fn cancel<'a>(&'a self, ticket: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(self.stop(ticket))
    }

    fn models(&self) -> Asked<'_, Option<Vec<Model>>> {
        Box::pin(async { self.list().await.map(Some) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(async {
            let stats: Value = self.wire.client.get("system_stats").read().await?;
            if !stats["system"].is_object() {
                return Err(self.wire.client.odd(false, "it is no ComfyUI"));
            }
            let models = self.list().await?.len();
            let version = stats.pointer("/system/comfyui_version").and_then(Value::as_str).unwrap_or("of an unknown version");
            let device = stats.pointer("/devices/0/name").and_then(Value::as_str).unwrap_or("an unknown device");
            let words = format!("ComfyUI {version} answers, on {device}.");
            Ok(Account { words: self.wire.client.blank(&words), balance: None, models })
        })
    }
}

fn ticket(order: &Order, id: &str, seed: Option<&Value>) -> Ticket {
    let mut links = Map::new();
    links.insert("kind".to_owned(), json!(order.kind.name()));
    links.insert("job".to_owned(), json!(order.job));
    if let Some(seed) = seed {
        links.insert("seed".to_owned(), seed.clone());
    }
    Ticket { id: id.to_owned(), model: order.model.clone(), links }
}

/// Our own name for it, which its socket goes by.
fn job_of(ticket: &Ticket) -> &str {
    ticket.links.get("job").and_then(Value::as_str).unwrap_or(&ticket.id)
}

/// The names of checkpoints, in both forms a list of choices has.
fn checkpoints(info: &Value) -> Vec<String> {
    let Some(field) = info.pointer("/CheckpointLoaderSimple/input/required/ckpt_name") else { return Vec::new() };
    let places = ["/0", "/1/options", "/options"];
    let list = places.iter().find_map(|place| field.pointer(place)?.as_array());
    list.into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
}

/// A seed for an order that names none, always the same for the same job (FNV-1a, 32 bits).
fn chance(job: &str) -> u64 {
    u64::from(job.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Video => "a clip",
        Kind::Speech | Kind::Music => "sound",
        _ => "a picture",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_listed_in_two_forms() {
        let info = |field: Value| json!({"CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": field}}}});
        assert_eq!(checkpoints(&info(json!([["a.safetensors", "b.ckpt"], {"tooltip": "x"}]))), ["a.safetensors", "b.ckpt"]);
        assert_eq!(checkpoints(&info(json!(["COMBO", {"options": ["a.safetensors"]}]))), ["a.safetensors"]);
        assert_eq!(checkpoints(&info(json!({"options": ["c"]}))), ["c"]);
        assert!(checkpoints(&json!({})).is_empty());
    }
}
