//! Words from writers: a script for a theme, streamed piece by piece; a better prompt. Each is a row among the jobs before it is sent,
//! with its price, and the row says how it ended. What a killed process left unended the queue ends later, as unclear (`queue::runner`):
//! nobody can ask a writer whether it had begun.

mod order;
mod outline;
mod stream;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock;
use crate::core::generate::Failure;
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::prompt::{ABOUT, Purpose};
use crate::core::queue::{Budget, Why};
use crate::core::writing::{Brief, ask, improve, outline as rules};
use crate::engines::{Talk, Writer};
use crate::studio::words::{Ask, Effect, End, Message, prompts};
use crate::studio::{self};

use super::engines::Shop;
use super::house::{House, Ways};
use order::{Books, Order};

/// Why nothing was written.
#[derive(Debug)]
pub enum Refused {
    /// A budget stops it; nothing was sent.
    Budget(Why),
    Problem(Problem),
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    pub text: String,
    pub end: End,
    /// Id of its job.
    pub job: String,
    /// Id of the version of the prompt that was asked.
    pub version: String,
}

/// Hears what is written, and may end it.
pub struct Ears<'a> {
    /// It stands in the books, under this version of the prompt.
    pub begun: &'a mut (dyn FnMut(&str) + Send),
    /// More text.
    pub piece: &'a mut (dyn FnMut(&str) + Send),
    /// Set by whoever wants it stopped.
    pub stop: &'a AtomicBool,
}

/// The writers of one studio.
#[derive(Debug)]
pub struct Desk {
    house: Arc<House>,
    ways: Ways,
    shop: Arc<Shop>,
    /// What is being written, by its number, and how it is stopped.
    running: Arc<Mutex<HashMap<u64, Arc<AtomicBool>>>>,
}

impl Desk {
    pub fn start(house: Arc<House>, ways: Ways, shop: Arc<Shop>) -> Desk {
        Desk { house, ways, shop, running: Arc::default() }
    }

    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Write { id, ask, budget } => self.write(id, *ask, budget),
            Effect::Stop(id) => {
                if let Some(stop) = lock(&self.running).get(&id) {
                    stop.store(true, Ordering::Relaxed);
                }
            }
            Effect::Prompts(prompts::Effect::Improve { id, order, budget }) => self.improve(id, *order, budget),
            Effect::Prompts(prompts::Effect::List { project, subject, text, version }) => {
                let (house, outbox) = (Arc::clone(&self.house), self.ways.outbox.clone());
                self.house.runtime.spawn_blocking(move || {
                    let found = house.db.prompt_history(&project, &subject.place(), &text, version.as_deref());
                    let told = prompts::Message::Listed { subject, result: found.map_err(Problem::from) };
                    outbox.send(studio::Message::Words(Message::Prompts(told)));
                });
            }
        }
    }

    /// What is being written is stopped; its rows are ended.
    pub fn finish(&self) {
        for stop in lock(&self.running).values() {
            stop.store(true, Ordering::Relaxed);
        }
    }

    fn write(&self, id: u64, ask: Ask, budget: Option<Budget>) {
        let (house, shop, outbox) = (Arc::clone(&self.house), Arc::clone(&self.shop), self.ways.outbox.clone());
        let (stop, running) = (self.listed(id), Arc::clone(&self.running));
        self.house.runtime.spawn(async move {
            let say = |message| outbox.send(studio::Message::Words(message));
            let mut gate =
                stream::Gate::new(|text: String| outbox.try_send(studio::Message::Words(Message::Piece { id, text })));
            let result = {
                let mut begun = |version: &str| say(Message::Begun { id, version: version.to_owned() });
                let mut piece = |text: &str| gate.hear(text);
                let mut ears = Ears { begun: &mut begun, piece: &mut piece, stop: &stop };
                script(&house, &shop, &ask, budget.as_ref(), &mut ears).await
            };
            if let Some(text) = gate.rest() {
                say(Message::Piece { id, text });
            }
            lock(&running).remove(&id);
            say(match result {
                Ok(written) => Message::Ended { id, result: Ok(written.end) },
                Err(Refused::Problem(problem)) => Message::Ended { id, result: Err(problem) },
                Err(Refused::Budget(why)) => Message::Stopped { id, why },
            });
        });
    }

    fn improve(&self, id: u64, order: prompts::Order, budget: Option<Budget>) {
        let (house, shop, outbox) = (Arc::clone(&self.house), Arc::clone(&self.shop), self.ways.outbox.clone());
        let (stop, running) = (self.listed(id), Arc::clone(&self.running));
        self.house.runtime.spawn(async move {
            let result = better(&house, &shop, &order, budget.as_ref(), &stop).await;
            lock(&running).remove(&id);
            let told = match result {
                Ok(offer) => prompts::Message::Answered { id, result: Ok(offer) },
                Err(Refused::Problem(problem)) => prompts::Message::Answered { id, result: Err(problem) },
                Err(Refused::Budget(why)) => prompts::Message::Stopped { id, why },
            };
            outbox.send(studio::Message::Words(Message::Prompts(told)));
        });
    }

    fn listed(&self, id: u64) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        lock(&self.running).insert(id, Arc::clone(&stop));
        stop
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a script by its order.
pub async fn script(
    house: &House,
    shop: &Shop,
    asked: &Ask,
    budget: Option<&Budget>,
    ears: &mut Ears<'_>,
) -> Result<Written, Refused> {
    let Brief { theme, seconds, scenes, tone, language, .. } = &asked.brief;
    let question = match &asked.before {
        Some(before) => ask::again(&asked.brief, &before.draft, &before.remark),
        None => ask::script(&asked.brief),
    };
    let order = Order {
        project: asked.project.clone(),
        engine: asked.engine.clone(),
        model: asked.model.clone(),
        prompt: match &asked.before {
            Some(before) if !before.remark.trim().is_empty() => format!("{theme}\n\n{}", before.remark.trim()),
            _ => theme.clone(),
        },
        purpose: Purpose::Theme,
        parent_version: asked.before.as_ref().and_then(|before| before.version.clone()),
        sentence: None,
        params: serde_json::json!({ "seconds": seconds, "scenes": scenes, "tone": tone.name(), "language": language }),
        tokens: ask::tokens(&question, asked.brief.words()),
    };
    let (writer, price) = writer(shop, &asked.engine, &asked.model, || rules::outline(&asked.brief).markdown()).await?;
    // Twice the words that are wanted, prompts and headings, and room for a model that thinks aloud.
    let most = 4000 + asked.brief.words() * 6;
    let talk = talk(&asked.model, question, 0.8, most);
    Books { house, price }.ask(&order, budget, writer.as_ref(), &talk, ears).await
}

/// Asks for a better prompt, and keeps it as the next version. `None` when there is nothing to say.
pub async fn better(
    house: &House,
    shop: &Shop,
    asked: &prompts::Order,
    budget: Option<&Budget>,
    stop: &AtomicBool,
) -> Result<Option<prompts::Offer>, Refused> {
    let question = improve::question(&asked.wanted);
    let prompt = if asked.wanted.prompt.is_empty() { &asked.wanted.heading } else { &asked.wanted.prompt };
    let order = Order {
        project: Some(asked.project.clone()),
        engine: asked.engine.clone(),
        model: asked.model.clone(),
        prompt: prompt.clone(),
        purpose: asked.place.role.purpose(),
        parent_version: asked.version.clone(),
        sentence: Some(asked.sentence.clone()),
        params: serde_json::json!({ "improve": true, "remark": asked.wanted.remark, ABOUT: asked.place }),
        tokens: ask::tokens(&question, 60),
    };
    let by_rules = || improve::by_rules(&asked.wanted, asked.turn).unwrap_or_default();
    let (writer, price) = writer(shop, &asked.engine, &asked.model, by_rules).await?;
    let talk = talk(&asked.model, question, 0.7, 2000);
    let mut ears = Ears { begun: &mut |_| {}, piece: &mut |_| {}, stop };
    let written = Books { house, price }.ask(&order, budget, writer.as_ref(), &talk, &mut ears).await?;
    let Some(text) = improve::answer(&written.text) else {
        let silent = written.text.trim().is_empty() && writer.by_rules();
        return if silent { Ok(None) } else { Err(no_prompt(&written.text)) };
    };
    let version =
        house.db.improve_prompt(&written.version, &text, &clock::wall()).map_err(|error| Refused::Problem(error.into()))?;
    Ok(Some(prompts::Offer { text, version: version.unwrap_or(written.version), cost: written.end.cost }))
}

fn no_prompt(answer: &str) -> Refused {
    let said: String = answer.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
    let what = if said.is_empty() {
        "The writer wrote nothing.".to_owned()
    } else {
        format!("The writer wrote no prompt: “{said}”")
    };
    Refused::Problem(Problem::refused(what, "Try again, or choose another writer."))
}

fn talk(model: &str, question: ask::Question, temperature: f64, most_tokens: u32) -> Talk {
    Talk {
        model: model.to_owned(),
        system: question.system,
        turns: question.turns,
        temperature: Some(temperature),
        most_tokens: Some(most_tokens),
        seed: None,
    }
}

/// A writer, ours or an engine's.
struct Hand {
    writer: Arc<dyn Writer>,
    ours: bool,
}

impl Hand {
    fn by_rules(&self) -> bool {
        self.ours
    }

    fn as_ref(&self) -> &dyn Writer {
        self.writer.as_ref()
    }
}

/// The writer of this name, and what its model costs. `ours` is what our own says.
async fn writer(
    shop: &Shop,
    engine: &str,
    model: &str,
    ours: impl FnOnce() -> String,
) -> Result<(Hand, crate::core::engine::Price), Refused> {
    let refused = |failure: Failure| Refused::Problem(failure.into());
    let entry = shop.entry(engine).map_err(refused)?;
    let Some(known) = entry.models_for(Kind::Text).find(|of| of.name == model) else {
        let what = format!("{} has no model “{model}” that writes.", entry.label);
        return Err(Refused::Problem(Problem::usage(what, "“onetake engines models” lists those it has.")));
    };
    if entry.form == crate::core::engine::Form::Offline {
        return Ok((Hand { writer: Arc::new(outline::Outline::new(ours())), ours: true }, known.price.clone()));
    }
    shop.ready(&entry).await.map_err(Refused::Problem)?;
    let writer = shop.writer(&entry).await.map_err(refused)?;
    Ok((Hand { writer, ours: false }, known.price.clone()))
}
