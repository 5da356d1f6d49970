//! What the studio wants of the queue. What asks engines or reads files has a thread of its own for as long as it takes; what only
//! writes a row is done by the library's thread, in order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock;
use crate::core::job::State;
use crate::core::problem::Problem;
use crate::core::queue::Why;
use crate::studio::notice;
use crate::studio::queue::{Again, Answer, Effect, Message, Question};

use super::super::engines::Shop;
use super::super::gate::Gate;
use super::super::house::{House, Ways};
use super::super::worker::Worker;
use super::place::{self, Outcome, Wanted};
use super::tell::Studio;
use super::{Hand, Queue, Word, retry};

/// The queue of a studio: it begins to run when somebody first looks at it. A command that records or uploads in a studio without a
/// window must not send orders besides.
pub(in crate::jobs) struct Orders {
    house: Arc<House>,
    shop: Arc<Shop>,
    ways: Ways,
    gate: Arc<Gate>,
    running: Option<(Queue, Desk)>,
    project: Option<String>,
}

/// The studio's way to the queue.
#[derive(Clone)]
struct Desk {
    hand: Hand,
    studio: Arc<Studio>,
    asks: Arc<Mutex<Asks>>,
}

/// What waits for an answer.
#[derive(Default)]
struct Asks {
    last: u64,
    waiting: HashMap<u64, Waits>,
}

enum Waits {
    /// Orders that are not placed.
    Orders(Vec<Wanted>),
    /// Jobs that were not sent.
    Held(Vec<String>),
}

impl std::fmt::Debug for Orders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Orders")
    }
}

impl Orders {
    pub fn new(house: Arc<House>, shop: Arc<Shop>, ways: Ways, gate: Arc<Gate>) -> Orders {
        Orders { house, shop, ways, gate, running: None, project: None }
    }

    pub fn run(&mut self, library: &Worker, effect: Effect) {
        if let Effect::Project(project) = &effect {
            self.project.clone_from(project);
        }
        match self.desk(matches!(effect, Effect::Project(_))) {
            Ok(Some(desk)) => desk.run(library, effect),
            Ok(None) => {}
            Err(problem) => {
                self.ways.outbox.try_send(crate::studio::Message::Notice(notice::Message::Problem(problem)));
            }
        }
    }

    /// What wakes an engine that was left alone, from the network's threads.
    pub fn waker(&self) -> impl Fn(&str) + Send + 'static {
        let hand = self.running.as_ref().map(|(_, desk)| desk.hand.clone());
        move |engine| {
            if let Some(hand) = hand.clone() {
                let engine = engine.to_owned();
                let runtime = hand.house.runtime.handle().clone();
                runtime.spawn(async move { hand.words.send(Word::Wake(engine)).await });
            }
        }
    }

    pub fn finish(self) {
        if let Some((queue, _)) = self.running {
            queue.finish();
        }
    }

    /// The way to the queue, which begins to run now unless `only` who runs already is meant.
    fn desk(&mut self, only: bool) -> Result<Option<&Desk>, Problem> {
        if self.running.is_none() && !only {
            let studio = Arc::new(Studio::new(Arc::clone(&self.house), self.ways.clone()));
            let queue = Queue::start(Arc::clone(&self.house), Arc::clone(&self.shop), Arc::clone(&self.gate), studio.clone())?;
            let desk = Desk { hand: queue.hand.clone(), studio, asks: Arc::default() };
            if self.project.is_some() {
                desk.hand.say(Word::Project(self.project.clone()));
            }
            self.running = Some((queue, desk));
        }
        Ok(self.running.as_ref().map(|(_, desk)| desk))
    }
}

impl Desk {
    fn run(&self, library: &Worker, effect: Effect) {
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
            Effect::Retry(tries) => {
                if let Err(problem) = self.retry(tries) {
                    self.studio.say(Message::Placed(Err(problem)));
                }
            }
            Effect::Answer { question, answer } => self.answered(question, answer),
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
                self.hand.say(Word::List);
                self.hand.look(&[]);
                Ok(())
            }
            Effect::Find(job) => self.find(job),
            Effect::Weigh => self.hand.house.db.cost_of_going().map_err(Problem::from).map(|sum| {
                self.studio.say(Message::Weighed(sum));
            }),
            Effect::Decide(only) => self.decide(only.as_deref()),
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
                    self.hand.say(Word::List);
                })
            }
            Effect::Pause(paused) => super::pause(&self.hand.house, paused).map(|()| self.hand.look(&[])),
            Effect::Clear(jobs) => self.clear(&jobs),
            _ => Ok(()),
        };
        if let Err(problem) = done {
            super::Watch::problem(&*self.studio, problem);
            self.hand.say(Word::List);
        }
    }

    fn answered(&self, question: u64, answer: Answer) {
        let waits = self.asks.lock().unwrap_or_else(PoisonError::into_inner).waiting.remove(&question);
        if let (Answer::Raise(budget), Some(_)) = (answer, &waits) {
            // The settings say so in a moment; the orders need it now, and what is held is asked about again.
            let choices = self.hand.shop.choices();
            self.hand.shop.choose(crate::core::engine::Choices { budget, ..choices });
        }
        match (answer, waits) {
            (Answer::No, _) => {}
            (_, None) => self.studio.say(Message::Placed(Ok(0))),
            (answer, Some(Waits::Orders(wanted))) => self.place(wanted, answer == Answer::Once),
            (Answer::Once, Some(Waits::Held(jobs))) => match self.hand.house.db.agree_jobs(&jobs, &clock::wall()) {
                Ok(_) => self.hand.look(&jobs),
                Err(error) => super::Watch::problem(&*self.studio, error.into()),
            },
            (Answer::Raise(_), Some(Waits::Held(_))) => self.hand.say(Word::AskAgain),
        }
    }

    /// A job that is wanted on the page, wherever it was left.
    fn find(&self, job: String) -> Result<(), Problem> {
        let there = self.hand.house.db.list_job(&job)?;
        if there {
            self.hand.say(Word::List);
        }
        self.studio.say(Message::Found { job, there });
        Ok(())
    }

    /// The question of what is held: of all together, or of one.
    fn decide(&self, only: Option<&str>) -> Result<(), Problem> {
        let db = &self.hand.house.db;
        let held = db.held_jobs(only)?;
        match db.judge_held(&held, &self.hand.shop.budget(), &clock::wall())? {
            Some(why) => {
                let rows = db.queue_rows_of(&held)?;
                let project = rows.iter().find_map(|row| row.job.project.as_deref());
                let count = held.len();
                self.ask(Waits::Held(held), why, project, count);
            }
            None => self.hand.say(Word::AskAgain),
        }
        Ok(())
    }

    fn ask(&self, waits: Waits, why: Why, project: Option<&str>, held: usize) {
        let budget = self.hand.shop.budget();
        let project = project.and_then(|id| self.hand.house.db.project(id).ok().flatten()).map(|project| project.title);
        let id = {
            let mut asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
            asks.last += 1;
            let id = asks.last;
            asks.waiting.insert(id, waits);
            id
        };
        self.studio.say(Message::Ask(Question { id, why, budget, project, held }));
    }

    /// What can still be had is gone on with; the rest is ordered again.
    fn retry(&self, mut tries: Vec<Again>) -> Result<(), Problem> {
        let resumed = super::resume(&self.hand, &tries)?;
        tries.retain(|again| !resumed.contains(&again.job));
        let wanted = self.wanted(&tries)?;
        if wanted.is_empty() {
            self.studio.say(Message::Placed(Ok(resumed.len())));
        } else {
            self.place(wanted, false);
        }
        Ok(())
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
        match place::place_all(&self.hand, &wanted, free) {
            Ok(Outcome::Asks(why)) => {
                let project = wanted.iter().find_map(|wanted| wanted.draft.project.clone());
                self.ask(Waits::Orders(wanted), why, project.as_deref(), 0);
            }
            Ok(placed) => {
                if let Outcome::Placed { waiting, .. } = &placed {
                    self.studio.say(Message::Placed(Ok(waiting.len())));
                }
                wanted.iter().filter(|wanted| wanted.retry_of.is_some()).for_each(|wanted| {
                    self.hand.say(Word::Wake(wanted.draft.engine.clone()));
                });
                self.hand.announce(&placed);
                if wanted.iter().any(|wanted| wanted.retry_of.is_some()) {
                    // Those that they take the place of are gone.
                    self.hand.say(Word::List);
                }
            }
            Err(problem) => self.studio.say(Message::Placed(Err(problem))),
        }
    }
}
