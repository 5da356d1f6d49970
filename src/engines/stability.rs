//! Stability: pictures, each in one call. A form in parts even without a file; the picture comes as itself, or in JSON where a gateway
//! stands before it. A blurred one comes under status 200 and is a refusal. Its clips ended on 2025-07-24.

use std::time::Duration;

use reqwest::multipart::Form;
use serde_json::Value;

use super::fetch::{self, Spot};
use super::fitted::{self, Fitted};
use super::http::{Answer, Auth, Refusal};
use super::wire::Wire;
use super::{Asked, Engine, Landing, input};
use crate::core::engine::{self, Money};
use crate::core::generate::{Account, Class, Failure, Made, Order, Standing, Submission, Ticket};
use crate::core::job::Kind;
use crate::core::secret::Secret;

/// A picture takes seconds; a busy day makes it minutes.
const LIMIT: Duration = Duration::from_secs(300);
const ANSWER_BYTES: usize = 64 << 20;
/// A hundred credits are a dollar.
const DOLLARS_A_CREDIT: f64 = 0.01;
const RESTS_SECS: f64 = 60.0;
/// Seeds end here.
const SEEDS: i64 = 4_294_967_295;

/// Stability's own interface.
#[derive(Debug)]
pub struct Stability {
    wire: Wire,
}

impl Stability {
    /// # Errors
    /// An address or a key that can't be used.
    pub fn open(entry: &engine::Engine, base: &str, key: Option<Secret>) -> Result<Stability, Failure> {
        Ok(Stability { wire: Wire::new(entry, base, Auth::bearer(key), &[("stability-client-id", "onetake")], judge)? })
    }

    async fn make(&self, order: &Order, landing: &Landing) -> Result<Made, Failure> {
        match order.kind {
            Kind::Image => {}
            Kind::Video => {
                return Err(Failure::new(Class::Invalid, "Stability ended its clips on 2025-07-24: choose another engine."));
            }
            _ => return Err(Failure::new(Class::Invalid, "Stability makes pictures only.")),
        }
        let fitted = fitted::fitted(&self.wire.entry, order)?;
        let form = form(order, &fitted).await?;
        let road = format!("v2beta/stable-image/generate/{}", road(&order.model));
        let call = self.wire.client.order(&road).header("accept", "image/*").multipart(form);
        let mut answer = call.limit(LIMIT).most(ANSWER_BYTES).answer().await?;
        let spot = Spot { landing, name: "made-1", kind: Kind::Image };
        if answer.is_json().await? {
            return self.in_json(answer, spot).await;
        }
        self.passed(answer.header("finish-reason"))?;
        let seed = answer.header("seed").and_then(|seed| seed.parse().ok());
        let piece = self.wire.files.answer(answer, spot).await?;
        Ok(Made { files: vec![piece], seed, ..Made::default() })
    }

    async fn in_json(&self, answer: Answer<'_>, spot: Spot<'_>) -> Result<Made, Failure> {
        let answer: Value = answer.read().await?;
        self.passed(answer["finish_reason"].as_str())?;
        let Some(picture) = answer["image"].as_str() else {
            return Err(self.wire.client.odd(true, "its answer holds no picture"));
        };
        let piece = self.wire.files.inline(picture, spot).await.map_err(fetch::paid)?;
        Ok(Made { files: vec![piece], seed: answer["seed"].as_i64(), ..Made::default() })
    }

    /// A picture that its filter has blurred is none.
    fn passed(&self, reason: Option<&str>) -> Result<(), Failure> {
        match reason {
            Some(reason) if reason.eq_ignore_ascii_case("CONTENT_FILTERED") => {
                let why = "Its filter refuses what would be seen, and blurred the picture.";
                // It was made, and status 200 says that it was a success.
                Err(Failure { code: Some(reason.to_owned()), charged: true, ..Failure::new(Class::Content, why) })
            }
            Some(reason) if reason.eq_ignore_ascii_case("ERROR") => {
                Err(self.wire.client.fail(Class::Server, "It says that it failed, and not why."))
            }
            _ => Ok(()),
        }
    }
}

impl Engine for Stability {
    fn submit<'a>(&'a self, order: &'a Order, landing: &'a Landing) -> Asked<'a, Submission> {
        Box::pin(async { self.make(order, landing).await.map(Submission::Made) })
    }

    fn look<'a>(&'a self, _: &'a Ticket, _: &'a Landing) -> Asked<'a, Standing> {
        Box::pin(async {
            // Nothing of this engine is made later; such a ticket is another program's.
            Ok(Standing::Failed(Failure::new(Class::Expired, "Stability keeps no orders that can be asked for.")))
        })
    }

    fn cancel<'a>(&'a self, _: &'a Ticket) -> Asked<'a, bool> {
        Box::pin(async { Ok(false) })
    }

    fn check(&self) -> Asked<'_, Account> {
        Box::pin(async {
            let answer: Value = self.wire.client.get("v1/user/balance").read().await?;
            let credits = answer["credits"].as_f64().filter(|credits| credits.is_finite());
            let balance = credits.map(|credits| Money::usd(credits * DOLLARS_A_CREDIT));
            let words = match credits {
                Some(credits) => format!("The key is right; {credits:.1} credits are left."),
                None => "The key is right.".to_owned(),
            };
            Ok(Account { words, balance, models: self.wire.entry.models.len() })
        })
    }
}

/// The last part of a model's address: `core` and `ultra` have their own, the others share one.
fn road(model: &str) -> &str {
    if matches!(model, "core" | "ultra") { model } else { "sd3" }
}

async fn form(order: &Order, fitted: &Fitted<'_>) -> Result<Form, Failure> {
    let mut form = Form::new().text("prompt", fitted.prompt.to_owned()).text("output_format", "png");
    if let Some(negative) = fitted.negative {
        form = form.text("negative_prompt", negative.to_owned());
    }
    if let Some(seed) = fitted.seed {
        form = form.text("seed", seed.rem_euclid(SEEDS).to_string());
    }
    if let Some(style) = fitted.style {
        form = form.text("style_preset", style.to_owned());
    }
    let sd3 = road(&order.model) == "sd3";
    if sd3 {
        form = form.text("model", order.model.clone());
    }
    match fitted.first.or(fitted.references.first().copied()) {
        // Made from a picture it has that one's proportion.
        Some(first) if order.model != "core" => {
            form = form.part("image", input::part(first, "picture").await?);
            if !order.wish.extra.contains_key("strength") {
                form = form.text("strength", "0.6");
            }
            if sd3 {
                form = form.text("mode", "image-to-image");
            }
        }
        _ => {
            if let Some(aspect) = fitted.aspect {
                form = form.text("aspect_ratio", aspect.to_owned());
            }
        }
    }
    for (name, value) in &order.wish.extra {
        form = form.text(name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    Ok(form)
}

/// `{"id", "name", "errors": []}`; 403 is what it says when it refuses what was asked for.
fn judge(refusal: &Refusal) -> Failure {
    let plain = refusal.plainly();
    let name = refusal.json["name"].as_str().unwrap_or_default();
    let class = match refusal.status {
        403 if !["permission", "unauthorized", "forbidden"].iter().any(|word| name.contains(word)) => Class::Content,
        _ if name.contains("moderation") || name.contains("content_policy") => Class::Content,
        _ => plain.class,
    };
    // Beyond its count it rests a minute, and no header says so.
    let wait_secs = plain.wait_secs.or((refusal.status == 429).then_some(RESTS_SECS));
    Failure { class, wait_secs, ..plain }
}
