//! Pictures and waveforms for whoever looks: what was asked for last is made first, because it is what is on the screen now. Of
//! those that wait the oldest are left out, so that scrolling past ten thousand assets does not decode them all.

pub mod maker;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::core::asset::{Asset, AssetId};
use crate::core::glance::Glance;
use crate::core::problem::{Kind, Problem};
use crate::studio::Message;
use crate::studio::glance::{self, Effect};

use super::assets;
use super::house::{House, Ways};
use maker::{Made, Maker};

/// A large screen full of small tiles.
const WAITING: usize = 128;

/// One may hang in a broken file while the other goes on.
const WORKERS: usize = 2;

/// The threads that make glances.
#[derive(Debug)]
pub struct Glances {
    desk: Arc<Desk>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Desk {
    house: Arc<House>,
    ways: Ways,
    maker: Arc<Maker>,
    asked: Mutex<VecDeque<(Box<Asset>, Glance)>>,
    more: Condvar,
    ended: AtomicBool,
}

impl Glances {
    pub fn start(house: Arc<House>, ways: Ways, maker: Arc<Maker>) -> std::io::Result<Glances> {
        let desk = Desk { house, ways, maker, asked: Mutex::default(), more: Condvar::new(), ended: AtomicBool::new(false) };
        let desk = Arc::new(desk);
        let mut threads = Vec::new();
        for _ in 0..WORKERS {
            let desk = Arc::clone(&desk);
            threads.push(std::thread::Builder::new().name("glances".into()).spawn(move || desk.work())?);
        }
        Ok(Glances { desk, threads })
    }

    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Make { asset, glance } => self.desk.ask(asset, glance),
            Effect::Forget(asset) => self.desk.ways.feeds.glances.remove(&asset.0),
        }
    }

    /// Ends what is being made; what waits is not begun.
    pub fn finish(self) {
        self.desk.ended.store(true, Ordering::Relaxed);
        self.desk.more.notify_all();
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of glances had died");
            }
        }
    }
}

impl Desk {
    fn ask(&self, asset: Box<Asset>, glance: Glance) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push_back((asset, glance));
        let left_out = if asked.len() > WAITING { asked.pop_front() } else { None };
        drop(asked);
        self.more.notify_one();
        if let Some((asset, glance)) = left_out {
            self.ways.outbox.try_send(Message::Glance(glance::Message::LeftOut { asset: asset.id, glance }));
        }
    }

    fn work(&self) {
        while let Some((asset, glance)) = self.next() {
            let id = asset.id.clone();
            // A panic in a decoder is a bug; it must not take the others with it.
            let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.make(*asset, glance)));
            let broken = || Err(Problem::failed("This file could not be shown: looking at it failed inside the program.", ""));
            let result = made.unwrap_or_else(|_| broken());
            self.tell(id, glance, result);
        }
    }

    fn next(&self) -> Option<(Box<Asset>, Glance)> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.ended.load(Ordering::Relaxed) {
                return None;
            }
            match asked.pop_back() {
                Some(one) => return Some(one),
                None => asked = self.more.wait(asked).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn make(&self, asset: Asset, glance: Glance) -> Result<(), Problem> {
        let asset = assets::looked_for(&self.house, asset);
        if let Some(problem) = assets::missing(&asset) {
            return Err(problem);
        }
        let (id, feeds) = (asset.id.0.clone(), &self.ways.feeds.glances);
        match (self.maker.make(self.house.folder.root(), &asset, glance, &self.ended)?, glance) {
            (Made::Wave(peaks), _) => feeds.waves.put(id, peaks),
            (Made::Still(still), Glance::Preview) => feeds.previews.put(id, still),
            (Made::Still(still), Glance::Strip) => feeds.strips.put(id, still),
            (Made::Still(still), _) => feeds.thumbs.put(id, still),
        }
        Ok(())
    }

    fn tell(&self, asset: AssetId, glance: Glance, result: Result<(), Problem>) {
        if result.as_ref().is_err_and(|problem| problem.kind == Kind::Cancelled) {
            return;
        }
        // Nobody listens any more once it ends, and then a full queue must not hold it up.
        let message = Message::Glance(glance::Message::Made { asset, glance, result });
        if self.ended.load(Ordering::Relaxed) {
            self.ways.outbox.try_send(message);
        } else {
            self.ways.outbox.send(message);
        }
    }
}
