//! Brings files into the library in the background: two at a time, one import after the other, and none while a take is recorded.
//!
//! First all files come in, each visible at once; then their pictures and waveforms are made. What can't be used is refused with a
//! sentence and costs only itself; a disk that can't be written ends the import, and what is in stays in.

mod landing;
mod one;
mod pick;
mod tally;
pub(super) mod told;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::blobs::walk::{Met, Seen, walk};
use crate::clock;
use crate::core::asset::AssetId;
use crate::core::glance::Glance;
use crate::core::import::{Became, ImportId, Outcome, Phase, Progress, Report, Wanted};
use crate::core::problem::{Kind, Problem};
use crate::core::time::secs;
use crate::studio::Message;
use crate::studio::import::{self, Effect};

use super::assets;
use super::gate::Gate;
use super::glance::maker::Maker;
use super::house::{House, Ways};
use super::worker::Worker;
use tally::Tally;

/// Files that are worked on at a time: one may wait for the disk while the other is looked at.
const WORKERS: usize = 2;

/// Who follows an import.
pub trait Watch: Sync {
    /// At most some ten times a second, and once at the end.
    fn progress(&self, progress: &Progress);
    /// A file is done with.
    fn became(&self, outcome: &Outcome);
}

/// What an import is told while it runs.
#[derive(Debug, Default)]
pub struct Orders {
    pub cancel: AtomicBool,
    pub gate: Arc<Gate>,
}

impl Orders {
    fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

/// The studio's importer.
#[derive(Debug)]
pub struct Importer {
    house: Arc<House>,
    ways: Ways,
    maker: Arc<Maker>,
    worker: Worker,
    gate: Arc<Gate>,
    orders: Arc<Mutex<HashMap<ImportId, Arc<Orders>>>>,
}

impl Importer {
    pub fn start(house: Arc<House>, ways: Ways, maker: Arc<Maker>) -> std::io::Result<Importer> {
        let worker = Worker::start("import")?;
        let look_after = Arc::clone(&house);
        worker.submit(move || {
            step_back();
            if let Err(problem) = assets::reconcile(&look_after) {
                tracing::warn!(%problem, "the library's files were not looked through");
            }
        });
        Ok(Importer { house, ways, maker, worker, gate: Arc::default(), orders: Arc::default() })
    }

    /// Shut while a take is recorded.
    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Import { id, wanted } => self.import(id, wanted),
            Effect::Pick { folder, link, project } => pick::show(&self.house, self.ways.clone(), folder, link, project),
            Effect::Cancel(id) => {
                if let Some(orders) = self.orders.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
                    orders.cancel.store(true, Ordering::Relaxed);
                }
            }
            Effect::Hold(hold) => self.gate.shut(hold),
        }
    }

    /// Ends what runs and what waits.
    pub fn finish(self) {
        for orders in self.orders.lock().unwrap_or_else(PoisonError::into_inner).values() {
            orders.cancel.store(true, Ordering::Relaxed);
        }
        self.worker.finish();
    }

    fn import(&self, id: ImportId, wanted: Wanted) {
        let orders = Arc::new(Orders { cancel: AtomicBool::new(false), gate: Arc::clone(&self.gate) });
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&orders));
        let (house, maker, known) = (Arc::clone(&self.house), Arc::clone(&self.maker), Arc::clone(&self.orders));
        let studio = Studio { id, ways: self.ways.clone() };
        let (outbox, queued) = (self.ways.outbox.clone(), Arc::clone(&self.orders));
        let work = move || {
            let run = || import(&house, &maker, &wanted, &orders, &studio);
            // Whatever happens, the studio is told that it has ended.
            let report = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| failed_inside());
            known.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            studio.ways.outbox.send(Message::Import(import::Message::Done { import: id, report: Arc::new(report) }));
        };
        if !self.worker.submit(work) {
            queued.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            let report = Report { stopped: Some(super::overloaded()), ..Report::default() };
            outbox.try_send(Message::Import(import::Message::Done { import: id, report: Arc::new(report) }));
        }
    }
}

fn failed_inside() -> Report {
    let problem =
        Problem::failed("The import failed inside the program.", "What is in the library stays there; import the rest again.");
    Report { stopped: Some(problem), ..Report::default() }
}

/// The window's way of following.
struct Studio {
    id: ImportId,
    ways: Ways,
}

impl Watch for Studio {
    fn progress(&self, progress: &Progress) {
        let message = import::Message::Progress { import: self.id, progress: Box::new(progress.clone()) };
        // The next one says it again.
        self.ways.outbox.try_send(Message::Import(message));
    }

    fn became(&self, _: &Outcome) {}
}

/// This thread and those it starts yield to everything else.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "importing runs as important as the rest");
    }
}

/// Brings files in, and makes their pictures and waveforms.
pub fn import(house: &House, maker: &Maker, wanted: &Wanted, orders: &Orders, watch: &dyn Watch) -> Report {
    let begin = clock::now();
    let tally = Tally::new(watch);
    let hall = one::Hall::new(house, wanted, orders, &tally);
    let files = look(house, wanted, orders, &tally);
    each(&files, &hall, |slot, seen| {
        tally.begin(slot, seen);
        let became = hall.bring_in(slot, seen);
        let ended = became.is_err();
        tally.end(slot, seen);
        if let Ok(Some(became)) = became {
            tally.became(seen, became);
        }
        !ended
    });
    // Also when it was cancelled: they are whole.
    hall.settle(true);
    let added = tally.added();
    each(&added, &hall, |slot, id| {
        let go_on = describe(house, maker, orders, &tally, slot, id);
        tally.described(slot);
        go_on
    });
    let stopped = hall.stopped().or_else(|| orders.cancelled().then(Problem::cancelled));
    tally.report(stopped, secs(clock::now().since(begin)))
}

/// All files that are meant, found before the first is read, so that it is known how much there is.
fn look(house: &House, wanted: &Wanted, orders: &Orders, tally: &Tally) -> Vec<Seen> {
    let mut files = Vec::new();
    for path in &wanted.paths {
        walk(path, house.folder.root(), &mut |met| {
            match met {
                Met::File(seen) => {
                    tally.found(&seen);
                    files.push(seen);
                }
                Met::Refused(path, refusal) => tally.refuse(&path, refusal.into()),
            }
            !orders.cancelled()
        });
    }
    tally.found_all();
    files
}

/// Has every item worked on, by some threads at once, until `work` gives false. `work` is told which of them it is on.
fn each<T: Sync>(items: &[T], hall: &one::Hall, work: impl Fn(usize, &T) -> bool + Sync) {
    let next = AtomicUsize::new(0);
    let run = |slot| {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            if hall.ended() || !work(slot, item) {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for slot in 1..WORKERS.min(items.len()) {
            let run = &run;
            // Without it there are fewer hands.
            if let Err(error) = std::thread::Builder::new().name("import".into()).spawn_scoped(scope, move || run(slot)) {
                tracing::warn!(%error, "an import has one thread only");
            }
        }
        run(0);
    });
}

/// Makes what a tile shows; what can't be made is no reason to refuse a file that is in. False when it was cancelled.
fn describe(house: &House, maker: &Maker, orders: &Orders, tally: &Tally, slot: usize, id: &AssetId) -> bool {
    let Ok(Some(asset)) = house.db.asset(id) else { return true };
    tally.item(slot, &asset.name, Phase::Describing);
    for glance in [Glance::Thumb, Glance::Wave].into_iter().filter(|glance| Maker::exists(&asset, *glance)) {
        if !tally.pass(orders) {
            return false;
        }
        match maker.prepare(house.folder.root(), &asset, glance, &orders.cancel) {
            Err(problem) if problem.kind == Kind::Cancelled => return false,
            Err(problem) => tracing::info!(%problem, asset = %id, "an asset has no {}", glance.name()),
            Ok(()) => {}
        }
    }
    true
}

/// What became of a file that could not be worked on.
fn refused(problem: impl Into<Problem>) -> Became {
    Became::Refused(problem.into())
}

/// A path as a person would write it.
fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
