//! Pictures: `POST /images/generations`, and `/images/edits` with pictures to begin with. The answer holds them in base64 or behind
//! links; `response_format` is only sent where the engine's option `picture_format` says so, because newer models refuse it and some
//! local servers can't do without.

use reqwest::multipart::Form;
use serde_json::{Map, Value, json};

use super::{OpenAi, Waiting};
use crate::core::generate::{Failure, Input, InputRole, Made, Order, Submission};
use crate::core::job::Kind;
use crate::engines::fetch::Spot;
use crate::engines::wire::FILES;
use crate::engines::{Landing, input, size};

/// The largest answer: a picture of 4K in base64, and there may be several.
const ANSWER_BYTES: usize = 128 << 20;

impl OpenAi {
    pub(super) async fn picture(&self, order: &Order, landing: &Landing) -> Result<Submission, Failure> {
        let body = self.picture_body(order);
        let inputs = pictures(order);
        let call = match inputs.is_empty() {
            true => self.order("images/generations").json(&body),
            false => self.order("images/edits").multipart(edit_form(&body, &inputs).await?),
        };
        let answer: Value = call.most(ANSWER_BYTES).read().await?;
        let items = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut made = Made::default();
        let mut links = Vec::new();
        for (at, item) in items.iter().take(FILES).enumerate() {
            let text = |name: &str| item[name].as_str().filter(|text| !text.is_empty());
            let inline = text("b64_json").or(text("url").filter(|url| url.starts_with("data:")));
            if let Some(inline) = inline {
                let name = format!("made-{}", at + 1);
                let piece = self.wire.files.inline(inline, Spot { landing, name: &name, kind: Kind::Image }).await;
                made.files.push(piece.map_err(|failure| self.after(failure))?);
            } else if let Some(link) = text("url") {
                links.push(link.to_owned());
            }
        }
        match (made.files.is_empty(), links.is_empty()) {
            (false, _) => Ok(Submission::Made(made)),
            (true, false) => Ok(Submission::Ticket { ticket: Waiting { kind: Kind::Image, links }.ticket(order), cost: None }),
            (true, true) => Err(self.wire.client.odd(!self.local(), "its answer holds no picture")),
        }
    }

    fn picture_body(&self, order: &Order) -> Map<String, Value> {
        let limits = self.limits(&order.model);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("model", json!(order.model));
        put("prompt", json!(order.prompt));
        put("n", json!(1));
        if let Some(size) = size::listed(&order.wish, &limits).filter(|size| size.contains('x') || *size == "auto") {
            put("size", json!(size));
        } else if !limits.aspects.is_empty() {
            let (width, height) = size::pixels(&order.wish, &limits, "1024", 16);
            put("size", json!(format!("{width}x{height}")));
        }
        if let Some(format) = self.wire.entry.option("picture_format") {
            put("response_format", json!(format));
        }
        if limits.negative && !order.wish.negative.is_empty() {
            put("negative_prompt", json!(order.wish.negative));
        }
        if let Some(seed) = order.seed.filter(|_| limits.seed) {
            put("seed", json!(seed));
        }
        if let Some(style) = order.wish.style.as_ref().filter(|style| limits.styles.contains(style)) {
            put("style", json!(style));
        }
        body.extend(order.wish.extra.clone());
        body
    }
}

/// The pictures of an order, those it begins and ends with first.
fn pictures(order: &Order) -> Vec<&Input> {
    let roles = [InputRole::FirstFrame, InputRole::LastFrame, InputRole::Reference];
    roles.iter().flat_map(|role| order.inputs.iter().filter(move |input| input.role == *role)).collect()
}

async fn edit_form(body: &Map<String, Value>, inputs: &[&Input]) -> Result<Form, Failure> {
    let mut form = texts(body);
    // One picture goes by the plain name, which every server knows; several by the one that says so.
    let name = if inputs.len() == 1 { "image" } else { "image[]" };
    for (at, picture) in inputs.iter().enumerate() {
        form = form.part(name, input::part(picture, &format!("picture-{}", at + 1)).await?);
    }
    Ok(form)
}

/// The fields of a body as parts of a form.
pub(super) fn texts(body: &Map<String, Value>) -> Form {
    body.iter().fold(Form::new(), |form, (name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form.text(name.clone(), text)
    })
}
