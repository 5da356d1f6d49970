//! What the studio wants of the queue. What asks engines or reads files has a thread of its own for as long as it takes; what only
//! writes a row is done by the library's thread, in order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::core::job::State;
use crate::core::problem::Problem;
use crate::core::queue::Budget;
use crate::studio::queue::{Again, Answer, Effect, Message, Question};

use super::super::house::House;
use super::super::worker::Worker;
use super::place::{self, Outcome, Wanted};
use super::tell::Studio;
use super::{Hand, Queue, Word, retry};

/// The studio's way to the queue.
#[derive(Clone)]
pub(in crate::jobs) struct Desk {
    hand: Hand,
    studio: Arc<Studio>,
    asks: Arc<Mutex<Asks>>,
}

/// Orders that wait for an answer.
#[derive(Default)]
struct Asks {
    last: u64,
    waiting: HashMap<u64, Vec<Wanted>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    pub fn new(queue: &Queue, studio: Arc<Studio>) -> Desk {
        Desk { hand: queue.hand.clone(), studio, asks: Arc::default() }
    }

    /// An engine may be asked again. For the network's threads.
    pub fn wake(&self, engine: &str) {
        let (words, engine) = (self.hand.words.clone(), engine.to_owned());
        self.hand.house.runtime.spawn(async move { words.send(Word::Wake(engine)).await });
    }

    pub fn run(&self, library: &Worker, effect: Effect) {
        let desk = self.clone();
        let long = matches!(effect, Effect::Place(_) | Effect::Quote { .. } | Effect::Answer { .. } | Effect::Retry(_));
        if long {
            self.hand.house.runtime.spawn_blocking(move || desk.order(effect));
        } else if !library.submit(move || desk.change(effect)) {
            self.studio.say(Message::Listed(Err(super::super::overloaded())));
        }
    }

    /// What may take a while.
    fn order(&self, effect: Effect) {
        match effect {
            Effect::Place(drafts) => {
                let wanted = drafts.into_iter().map(|draft| Wanted { draft, retry_of: None }).collect();
                self.place(wanted, false);
            }
            Effect::Retry(tries) => match self.wanted(&tries) {
                Ok(wanted) => self.place(wanted, false),
                Err(problem) => self.studio.say(Message::Placed(Err(problem))),
            },
            Effect::Answer { question, answer } => {
                let wanted = self.asks.lock().unwrap_or_else(PoisonError::into_inner).waiting.remove(&question);
                match (answer, wanted) {
                    (Answer::No, _) => {}
                    (_, None) => self.studio.say(Message::Placed(Ok(0))),
                    (Answer::Once, Some(wanted)) => self.place(wanted, true),
                    (Answer::Raise(budget), Some(wanted)) => {
                        // The settings say so in a moment; the orders need it now.
                        let choices = self.hand.shop.choices();
                        self.hand.shop.choose(crate::core::engine::Choices { budget, ..choices });
                        self.place(wanted, false);
                    }
                }
            }
            Effect::Quote { key, draft } => {
                let quoted = self.hand.house.runtime.block_on(place::quote(&self.hand.shop, &draft));
                self.studio.say(Message::Quoted { key, result: quoted.map(Some) });
            }
            _ => {}
        }
    }

    /// What is written at once.
    fn change(&self, effect: Effect) {
        let done = match effect {
            Effect::List => {
                self.studio.list();
                self.hand.look(&[]);
                Ok(())
            }
            Effect::Read(asked) => {
                let result = self.hand.house.db.queue_rows_of(&asked).map_err(Problem::from);
                self.studio.say(Message::Read { asked, result });
                Ok(())
            }
            Effect::Project(project) => {
                self.hand.say(Word::Project(project));
                Ok(())
            }
            Effect::Cancel(jobs) => super::cancel(&self.hand.house, &jobs).map(|_| self.hand.look(&jobs)),
            Effect::Move { job, before } => {
                self.hand.house.db.move_job(&job, before.as_deref()).map_err(Problem::from).map(|_| {
                    self.hand.look(&[]);
                    // The places behind it are others too.
                    self.studio.list();
                })
            }
            Effect::Pause(paused) => super::pause(&self.hand.house, paused).map(|()| self.hand.look(&[])),
            Effect::Clear(jobs) => self.clear(&jobs),
            _ => Ok(()),
        };
        if let Err(problem) = done {
            super::Watch::problem(&*self.studio, problem);
            self.studio.list();
        }
    }

    fn clear(&self, jobs: &[String]) -> Result<(), Problem> {
        let over: Vec<State> = State::ALL.into_iter().filter(|state| state.over()).collect();
        self.hand.house.db.clear_jobs(&over, Some(jobs))?;
        self.hand.say(Word::Look(Vec::new()));
        Ok(())
    }

    fn wanted(&self, tries: &[Again]) -> Result<Vec<Wanted>, Problem> {
        tries.iter().map(|again| retry::wanted(&self.hand.house, &self.hand.shop, again)).collect()
    }

    fn place(&self, wanted: Vec<Wanted>, free: bool) {
        let retried: Vec<String> = wanted.iter().filter_map(|wanted| wanted.retry_of.clone()).collect();
        match place::place_all(&self.hand, &wanted, free) {
            Ok(Outcome::Asks(why)) => {
                let budget: Budget = self.hand.shop.choices().budget;
                let project = title(&self.hand.house, &wanted);
                let id = {
                    let mut asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
                    asks.last += 1;
                    let id = asks.last;
                    asks.waiting.insert(id, wanted);
                    id
                };
                self.studio.say(Message::Ask(Question { id, why, budget, project }));
            }
            Ok(placed) => {
                if let Outcome::Placed(waiting) = &placed {
                    self.studio.say(Message::Placed(Ok(waiting.len())));
                }
                if !retried.is_empty() {
                    wanted.iter().for_each(|wanted| self.hand.say(Word::Wake(wanted.draft.engine.clone())));
                    self.studio.list();
                }
                self.hand.announce(&placed);
            }
            Err(problem) => self.studio.say(Message::Placed(Err(problem))),
        }
    }
}

/// What people call the project that orders are for.
fn title(house: &House, wanted: &[Wanted]) -> Option<String> {
    let project = wanted.iter().find_map(|wanted| wanted.draft.project.as_deref())?;
    house.db.project(project).ok().flatten().map(|project| project.title)
}
