//! What every job needs: the data folder and its database, the way up, and the slots that lead to the screen.

use std::path::Path;

use tokio::runtime::{Builder, Runtime};

use crate::blobs::layout::{DataFolder, Lock};
use crate::clock;
use crate::core::latest::{Feeds, Latest};
use crate::core::problem::Problem;
use crate::core::profile::Profiles;
use crate::core::settings::Settings;
use crate::db::Db;
use crate::gpu::text::TextLayout;
use crate::media::profile;

use super::inbox::Outbox;
use super::session::Session;
use super::{bundle, rebuild};

/// The folder and the database, opened before anything else, because nothing can be done without them.
#[derive(Debug)]
pub struct House {
    pub folder: DataFolder,
    pub db: Db,
    pub runtime: Runtime,
    /// Keys that no keyring keeps.
    pub session: Session,
    /// Held by the studio, not by commands.
    lock: Option<Lock>,
}

/// Opens a house, on whatever thread has the time.
pub type Opening = Box<dyn FnOnce() -> Result<House, Problem> + Send>;

/// Whether another studio may have the folder open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The window: one studio a folder.
    Alone,
    /// Commands and servers work beside a studio.
    Shared,
}

impl House {
    /// Opens (or makes) the data folder at `path`, or at its usual place.
    pub fn open(path: Option<&Path>, claim: Claim) -> Result<House, Problem> {
        let folder = match path {
            Some(path) => DataFolder::open(path)?,
            None => DataFolder::open_default()?,
        };
        let lock = match claim {
            Claim::Alone => Some(folder.lock()?),
            Claim::Shared => None,
        };
        let db = Db::open(&folder.database())?;
        let house = House::around(folder, db, lock)?;
        rebuild::when_empty(&house)?;
        bundle::land_rest(&house);
        house.sweep();
        Ok(house)
    }

    /// A house of these parts, as they are.
    pub(super) fn around(folder: DataFolder, db: Db, lock: Option<Lock>) -> Result<House, Problem> {
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("net").enable_all().build().map_err(|error| {
                Problem::failed(
                    format!("The network threads could not be started: {error}."),
                    "Close other programs and try again.",
                )
            })?;
        Ok(House { folder, db, runtime, session: Session::default(), lock })
    }

    /// Clears away what crashes left, unless a studio has the folder and may be at work.
    pub(super) fn sweep_now(&self) -> Result<(), Problem> {
        let lock = self.folder.lock()?;
        self.folder.sweep(&lock, &clock::wall())?;
        Ok(())
    }

    /// Clears away what crashes left, which only the one studio of a folder may judge.
    fn sweep(&self) {
        let Some(lock) = &self.lock else { return };
        match self.folder.sweep(lock, &clock::wall()) {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "what was left unfinished was cleared away"),
            Err(error) => tracing::warn!(%error, "what was left unfinished could not be cleared away"),
        }
    }

    /// The settings as saved. Rubbish in the row is said and replaced by the defaults; it is overwritten only by a change.
    pub fn settings(&self) -> (Settings, Option<Problem>) {
        match self.db.settings() {
            Ok(None) => (Settings::default(), None),
            Ok(Some(json)) => match serde_json::from_str(&json) {
                Ok(settings) => (settings, None),
                Err(error) => {
                    let what = format!("The saved settings can't be read ({error}).");
                    (Settings::default(), Some(Problem::usage(what, "The usual settings are used; set yours again.")))
                }
            },
            Err(error) => (Settings::default(), Some(error.into())),
        }
    }

    /// The encoder profiles: those of the person's own file in the data folder, else the built-in ones. A file that can't be used
    /// is said, and the built-in ones are.
    pub fn profiles(&self) -> (Profiles, Option<Problem>) {
        profile::in_force(&self.folder.encoder_profiles())
    }
}

/// The ways out of a job: messages up, pictures sideways.
#[derive(Clone, Debug)]
pub struct Ways {
    pub outbox: Outbox,
    pub feeds: Feeds,
    pub text: Latest<TextLayout>,
}
