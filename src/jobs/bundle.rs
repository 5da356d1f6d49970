//! Projects out of this library as one folder and into it again: the rows' side of `blobs::bundle`, and the window's orders for
//! both. Commands call `pack` and `unpack` themselves.

mod bring;
mod gather;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::blobs::bundle;
use crate::clock;
use crate::core::bundle::{Arrived, MANIFEST_SCHEMA, Manifest, Progress, Takes};
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::time::{Moment, SECOND};
use crate::studio::Message;
use crate::studio::bundle::{Effect, Message as Bundle};

pub use bring::{land_rest, unpack};

use super::gate::Gate;
use super::house::{House, Ways};
use super::overloaded;
use super::worker::Worker;

/// The window hears so often how far it is.
const TELL_NANOS: u64 = SECOND / 10;

/// Copies a project with its media and the takes that are wanted into a folder of its own in `to`. Gives that folder; `None`
/// when `progress` said to stop, and then nothing is left.
pub fn pack(
    house: &House,
    project: &Project,
    takes: Takes,
    to: &Path,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<Option<(PathBuf, Manifest)>, Problem> {
    let pieces = gather::pieces(house, project, takes)?;
    let manifest = Manifest {
        schema: MANIFEST_SCHEMA,
        made_by: concat!("onetake ", env!("CARGO_PKG_VERSION")).into(),
        made_at: clock::wall(),
        project: project.id.clone(),
        title: project.title.clone(),
        files: Vec::new(),
    };
    Ok(bundle::pack(manifest, &pieces, to, progress)?)
}

/// The one that is on its way for the window; a second waits for it.
#[derive(Debug)]
pub struct Bundles {
    worker: Worker,
    /// Shut while a take is recorded.
    gate: Arc<Gate>,
    /// Nothing more of what runs is wanted.
    cancel: Mutex<Arc<AtomicBool>>,
}

impl Bundles {
    pub fn start(gate: Arc<Gate>) -> std::io::Result<Bundles> {
        Ok(Bundles { worker: Worker::start("bundles")?, gate, cancel: Mutex::default() })
    }

    pub fn run(&self, house: &Arc<House>, ways: &Ways, effect: Effect) {
        let (house, ways) = (Arc::clone(house), ways.clone());
        match effect {
            Effect::PickExport { takes } => {
                pick(&house, ways, "Choose where to put the project", move |to| Bundle::Export { takes, to })
            }
            Effect::PickImport => pick(&house, ways, "Choose an exported project", Bundle::Import),
            Effect::Cancel => self.cancel(),
            Effect::Export { project, takes, to } => self.submit(ways.clone(), move |progress| {
                let packed = pack(&house, &project, takes, Path::new(&to), progress)?;
                Ok(packed.map(|(folder, _)| Bundle::Exported(folder.display().to_string())))
            }),
            Effect::Import { from } => self.submit(ways.clone(), move |progress| {
                Ok(unpack(&house, Path::new(&from), progress)?.map(|arrived| Bundle::Imported(Box::new(arrived))))
            }),
        }
    }

    /// Nothing more of what runs is wanted.
    pub fn cancel(&self) {
        self.lock().store(true, Ordering::Relaxed);
    }

    /// Waits for the end of what runs.
    pub fn finish(self) {
        self.cancel();
        self.worker.finish();
    }

    fn submit(
        &self,
        ways: Ways,
        work: impl FnOnce(&mut dyn FnMut(Progress) -> bool) -> Result<Option<Bundle>, Problem> + Send + 'static,
    ) {
        let cancel = Arc::new(AtomicBool::new(false));
        *self.cancel.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&cancel);
        let (outbox, gate) = (ways.outbox.clone(), Arc::clone(&self.gate));
        let queued = self.worker.submit(move || {
            let mut told: Option<Moment> = None;
            let mut progress = |progress: Progress| {
                let now = clock::now();
                if told.is_none_or(|told| now.since(told) >= TELL_NANOS) {
                    told = Some(now);
                    ways.outbox.try_send(Message::Bundle(Bundle::Progress(progress)));
                }
                gate.pass(&cancel)
            };
            let message = match work(&mut progress) {
                Ok(Some(message)) => message,
                Ok(None) => Bundle::Cancelled,
                Err(problem) => Bundle::Failed(problem),
            };
            ways.outbox.send(Message::Bundle(message));
        });
        if !queued {
            outbox.try_send(Message::Bundle(Bundle::Failed(overloaded())));
        }
    }

    fn lock(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancel.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What was chosen, or that nothing was.
fn pick(house: &House, ways: Ways, title: &str, message: impl Fn(String) -> Bundle + Send + 'static) {
    super::projects::pick_folder(house, ways, title, move |path| Message::Bundle(message(path)));
}

/// For people: what came.
pub fn sentence(arrived: &Arrived) -> String {
    let takes = match arrived.takes.len() {
        0 => String::new(),
        1 => ", one take".into(),
        takes => format!(", {takes} takes"),
    };
    let assets = match arrived.assets.len() + arrived.known {
        0 => String::new(),
        1 => ", one file of media".into(),
        assets => format!(", {assets} files of media"),
    };
    format!("“{}” is here: its script{takes}{assets}.", arrived.title)
}
