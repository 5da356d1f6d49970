//! The stage: camera and microphone, and the take that is recorded from them. One thread owns them all, because opening a
//! device and closing a file may take seconds and must not overlap.
//!
//! ```text
//! camera ────> Tap ──> feeds.camera (newest wins)        window
//!               └────> recorder's inlet (never blocks)   file
//! microphone ─> Tap ────────┘
//!                └───> meter ─> feeds.levels             window
//! ```

mod encoders;
mod meter;
mod open;
mod reopen;
mod screen;
mod take;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::blobs::journal::JournalWriter;
use crate::core::frame::{AudioBlock, Frame};
use crate::core::journal::Entry;
use crate::core::latest::Feeds;
use crate::core::problem::Problem;
use crate::core::take::TakeId;
use crate::core::time::Moment;
use crate::media::record::Inlet;
use crate::studio::{Message, devices, record};

use open::Wanted;
use reopen::Again;

use super::follow::Ear;
use super::house::{House, Ways};
use super::inbox::Outbox;

/// Orders that may wait; a person gives a few a second.
const ORDERS: usize = 32;

/// The handle that effects go to.
#[derive(Debug)]
pub struct Stage {
    orders: SyncSender<Order>,
    /// The running take's journal; appended to from the studio's thread, which never waits for it.
    journal: Arc<Mutex<Option<JournalWriter>>>,
    ways: Ways,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
enum Order {
    Open(u64, Wanted),
    Close,
    /// To open a device again; where the answer goes.
    Reopen(Again, SyncSender<Order>),
    /// A device that was looked for was opened, or not.
    Returned(Box<reopen::Returned>),
    Screen(crate::studio::screen::Effect),
    Start(Box<record::Plan>),
    Pause(Moment),
    Resume(Moment),
    Stop,
    End,
}

impl Stage {
    pub fn start(house: Arc<House>, ways: Ways, ear: Ear) -> std::io::Result<Stage> {
        let (orders, received) = sync_channel(ORDERS);
        let journal = Arc::new(Mutex::new(None));
        let owner = Owner {
            house,
            tap: Tap::new(&ways, ear),
            ways: ways.clone(),
            journal: Arc::clone(&journal),
            devices: None,
            screen: screen::Hand::default(),
            take: None,
            encoders: None,
        };
        let thread = std::thread::Builder::new().name("stage".into()).spawn(move || owner.run(&received))?;
        Ok(Stage { orders, journal, ways, thread })
    }

    /// Opens and closes; other effects of devices are not the stage's.
    pub fn devices(&self, effect: devices::Effect) {
        match effect {
            devices::Effect::Open { session, camera, microphone, width, height, fps } => {
                self.order(Order::Open(session, Wanted { camera, microphone, width, height, fps }));
            }
            devices::Effect::Reopen { session, what, choice, width, height, fps } => {
                let wanted = Wanted { camera: choice.clone(), microphone: choice, width, height, fps };
                // The answer comes back into the stage's own queue.
                self.order(Order::Reopen(Again { session, what, wanted }, self.orders.clone()));
            }
            devices::Effect::Close => self.order(Order::Close),
            devices::Effect::List | devices::Effect::Watch | devices::Effect::Controls { .. } => {}
        }
    }

    pub fn screen(&self, effect: crate::studio::screen::Effect) {
        self.order(Order::Screen(effect));
    }

    pub fn record(&self, effect: record::Effect) {
        match effect {
            record::Effect::Start(plan) => self.order(Order::Start(plan)),
            record::Effect::Pause(at) => self.order(Order::Pause(at)),
            record::Effect::Resume(at) => self.order(Order::Resume(at)),
            record::Effect::Stop => self.order(Order::Stop),
            record::Effect::Journal(entries) => self.journal(entries),
        }
    }

    /// Queues lines for the running take's journal.
    pub fn journal(&self, entries: Vec<Entry>) {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = journal.as_ref() else { return };
        for entry in entries {
            if !writer.append(entry) {
                tracing::warn!("the journal's queue is full; a line was lost");
            }
        }
    }

    /// Closes a running take and the devices.
    pub fn finish(self) {
        // Whoever still opens a device holds the queue as well, so it is not enough to drop it.
        let _ = self.orders.send(Order::End);
        if self.thread.join().is_err() {
            tracing::error!("the stage thread had died");
        }
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            let fix = "Wait a moment and try again; a running take goes on.";
            self.ways.outbox.problem(Problem::failed("The camera or microphone does not answer.", fix));
        }
    }
}

/// Owns devices and take.
struct Owner {
    house: Arc<House>,
    ways: Ways,
    tap: Arc<Tap>,
    journal: Arc<Mutex<Option<JournalWriter>>>,
    devices: Option<open::Devices>,
    screen: screen::Hand,
    take: Option<take::Running>,
    /// Encoders that were tried for a format.
    encoders: Option<encoders::Encoders>,
}

impl Owner {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            match order {
                Order::Open(session, wanted) => self.open(session, &wanted),
                Order::Close => self.close(),
                Order::Reopen(again, answer) => self.reopen(again, answer),
                Order::Returned(returned) => self.returned(*returned),
                Order::End => break,
                Order::Screen(effect) => self.screen(effect),
                Order::Start(plan) => self.start_take(&plan),
                Order::Pause(at) => self.pause_take(at),
                Order::Resume(at) => self.resume_take(at),
                Order::Stop => self.stop_take(),
            }
        }
        self.stop_take();
        self.close();
    }
}

/// Where a device's pictures and sound go. Lives in the device threads: locks for a pointer's time, never waits.
#[derive(Debug)]
struct Tap {
    feeds: Feeds,
    meter: meter::Meter,
    /// A voice may be followed, whether a take runs or not.
    ear: Ear,
    outbox: Outbox,
    roll: Mutex<Option<Roll>>,
}

/// The recorder's mouth while a take runs.
#[derive(Debug)]
struct Roll {
    inlet: Inlet,
    take: TakeId,
    number: u32,
    /// The pictures tell where the take is; in one of sound alone, the sound.
    pictures: bool,
    /// Stamp of the first frame, or of the first sound.
    started: Option<Moment>,
    /// The studio knows that it rolls; until its inbox had room for that, each frame tries again.
    told: bool,
    /// Nanoseconds of the take after which nothing more goes in.
    limit: Option<u64>,
}

impl Tap {
    fn new(ways: &Ways, ear: Ear) -> Arc<Tap> {
        let meter = meter::Meter::new(ways.feeds.levels.clone(), ways.outbox.clone());
        Arc::new(Tap { feeds: ways.feeds.clone(), meter, ear, outbox: ways.outbox.clone(), roll: Mutex::new(None) })
    }

    /// To the file; the picture for the screen goes its own way, since a JPEG must be decoded for it.
    fn record_frame(&self, frame: &Frame) {
        let mut slot = self.roll();
        if let Some(inlet) = self.lead(&mut slot, frame.stamp) {
            inlet.push_frame(frame);
        }
    }

    /// What tells the take's time goes by with this stamp: the take begins with it, or has its length.
    fn lead<'a>(&self, slot: &'a mut Option<Roll>, stamp: Moment) -> Option<&'a Inlet> {
        let roll = slot.as_mut()?;
        let started = *roll.started.get_or_insert(stamp);
        if !roll.told {
            let rolling = record::Message::Rolling { take: roll.take.clone(), number: roll.number, started };
            roll.told = self.outbox.try_send(Message::Record(rolling));
        }
        let taken = || roll.inlet.clock().map_or(0, |clock| clock.time(stamp));
        if roll.limit.is_some_and(|limit| taken() >= limit) {
            // Until the studio has heard it the next one tells it again; none of them is recorded.
            if self.outbox.try_send(Message::Record(record::Message::Stop)) {
                *slot = None;
            }
            return None;
        }
        slot.as_ref().map(|roll| &roll.inlet)
    }

    fn sound(&self, block: &AudioBlock) {
        // First what must not be late.
        let mut slot = self.roll();
        let leads = slot.as_ref().is_some_and(|roll| !roll.pictures);
        let inlet = if leads { self.lead(&mut slot, block.stamp) } else { slot.as_ref().map(|roll| &roll.inlet) };
        if let Some(inlet) = inlet {
            inlet.push_sound(block);
        }
        drop(slot);
        self.meter.hear(block);
        self.ear.hear(block);
    }

    fn connect(&self, roll: Roll) {
        *self.roll() = Some(roll);
    }

    fn disconnect(&self) {
        *self.roll() = None;
    }

    fn roll(&self) -> MutexGuard<'_, Option<Roll>> {
        self.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
