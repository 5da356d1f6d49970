//! Clips and sounds between a project and its server, beside the steps and never in their way: a thread of its own reads them through,
//! gives what the server lacks and fetches what this disk lacks. While a take runs it rests; what breaks off is gone on with at the next
//! look.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use super::local::{Hashes, named_media};
use super::{Fault, Given, Server};
use crate::blobs::partial::Partial;
use crate::blobs::projects;
use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::shared::{Document, MAX_MEDIA_BYTES, SharedFile};
use crate::jobs::gate::Gate;
use crate::jobs::house::{House, Ways};
use crate::jobs::worker::Worker;
use crate::remote::Held;
use crate::studio;
use crate::studio::sync::{Files, Message};

/// What is as small as this goes in one piece.
const SMALL_BYTES: u64 = 4 << 20;
/// A file's progress is told in steps of a hundredth.
const TOLD: f32 = 0.01;

/// Who carries them.
#[derive(Debug)]
pub(super) struct Carrier {
    worker: Worker,
    porter: Arc<Porter>,
    /// Projects that wait for it.
    waiting: Arc<Mutex<HashSet<String>>>,
}

/// What each way needs.
#[derive(Debug)]
pub(super) struct Porter {
    pub house: Arc<House>,
    pub ways: Ways,
    pub hashes: Arc<Hashes>,
    pub given: Given,
    pub gate: Arc<Gate>,
    pub cancel: CancellationToken,
    pub stop: AtomicBool,
}

impl Carrier {
    pub fn start(porter: Porter) -> std::io::Result<Carrier> {
        Ok(Carrier { worker: Worker::start("carrier")?, porter: Arc::new(porter), waiting: Arc::default() })
    }

    /// Looks after a project that is in step, unless it is about to.
    pub fn mind(&self, server: &Server, project: &Project) {
        let waits = |waiting: &Mutex<HashSet<String>>, id: &str, here: bool| {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if here { waiting.insert(id.to_owned()) } else { waiting.remove(id) }
        };
        if !waits(&self.waiting, &project.id, true) {
            return;
        }
        let (porter, waiting) = (Arc::clone(&self.porter), Arc::clone(&self.waiting));
        let (server, project) = (server.clone(), project.clone());
        let id = project.id.clone();
        let queued = self.worker.submit(move || {
            waits(&waiting, &project.id, false);
            porter.look_after(&server, &project);
        });
        if !queued {
            waits(&self.waiting, &id, false);
        }
    }

    /// Nothing more is begun.
    pub fn stop(&self) {
        self.porter.stop.store(true, Ordering::Relaxed);
    }

    pub fn finish(self) {
        self.stop();
        self.worker.finish();
    }
}

impl Porter {
    fn look_after(&self, server: &Server, project: &Project) {
        let mut files = Files::default();
        match self.carry(server, project, &mut files) {
            Ok(()) => {}
            Err(_) if self.stop.load(Ordering::Relaxed) => return,
            Err(fault) => {
                let trouble = studio::sync::Trouble::from(fault);
                tracing::debug!(problem = %trouble.problem, project = project.id, "clips and sounds wait");
                files.trouble = Some(trouble.problem);
            }
        }
        self.tell(project, &files);
    }

    fn carry(&self, server: &Server, project: &Project, files: &mut Files) -> Result<(), Fault> {
        let folder = Path::new(&project.folder);
        let Some(agreed) = self.house.db.sync(&project.id, &server.url)?.and_then(|tie| tie.base) else { return Ok(()) };
        if self.read_through(folder, &agreed)? {
            self.send(Message::FilesRead { project: project.id.clone() });
        }
        let here = |file: &SharedFile| self.hashes.known(&folder.join(&file.path)).is_some_and(|(_, it)| it == file.sha256);
        let lacks = |file: &&SharedFile| !here(file) && !folder.join(&file.path).exists();
        files.fetching = agreed.media.iter().filter(lacks).map(|file| file.path.clone()).collect();
        let given = |file: &SharedFile| self.given.lock().unwrap_or_else(PoisonError::into_inner).contains(&file.sha256);
        let to_give: Vec<&SharedFile> = agreed.media.iter().filter(|file| here(file) && !given(file)).collect();
        for file in to_give {
            self.give(server, project, file, files)?;
        }
        for file in agreed.media.iter().filter(lacks) {
            self.fetch(server, project, file, files)?;
        }
        Ok(())
    }

    /// Reads what nobody has read yet. True when something is another file than both sides agreed on: a step has to say so.
    fn read_through(&self, folder: &Path, agreed: &Document) -> Result<bool, Fault> {
        let mut fresh = false;
        for path in named_media(&Script::markdown(projects::read_script(folder)?)) {
            let file = folder.join(&path);
            let readable = std::fs::metadata(&file).is_ok_and(|facts| facts.is_file() && facts.len() <= MAX_MEDIA_BYTES);
            if readable && self.hashes.known(&file).is_none() {
                self.go_on()?;
                // Reading a film through takes seconds, in which a take may begin.
                let read = self.hashes.learn(&file, || self.gate.pass(&self.stop))?;
                let (_, sha256) = read.ok_or_else(Problem::cancelled)?;
                let known = agreed.media.iter().find(|known| known.path == path);
                fresh |= known.is_none_or(|known| known.sha256 != sha256);
            }
        }
        Ok(fresh)
    }

    fn give(&self, server: &Server, project: &Project, file: &SharedFile, files: &mut Files) -> Result<(), Fault> {
        let path = Path::new(&project.folder).join(&file.path);
        self.go_on()?;
        let held = self.wait(server.projects.held(&file.sha256))?;
        if let Held::Part(at) = held {
            files.sending = Some(file.path.clone());
            if file.bytes <= SMALL_BYTES {
                let bytes = std::fs::read(&path).map_err(|error| {
                    Problem::disk(format!("{} can't be read ({error}).", path.display()), "Check that the file may be read.")
                })?;
                self.wait(server.projects.give_object(&file.sha256, bytes.into()))?;
            } else {
                let whole = self.wait(server.projects.give_rest(&file.sha256, &path, at, |at| {
                    self.moved(project, files, at, file.bytes);
                    self.gate.pass(&self.stop)
                }))?;
                if !whole {
                    return Err(Problem::cancelled().into());
                }
            }
            files.sending = None;
        }
        self.given.lock().unwrap_or_else(PoisonError::into_inner).insert(file.sha256.clone());
        Ok(())
    }

    fn fetch(&self, server: &Server, project: &Project, file: &SharedFile, files: &mut Files) -> Result<(), Fault> {
        self.go_on()?;
        // Somebody else on this disk is at it.
        let Some(mut partial) = Partial::open(&self.house.folder.fetched_part(&file.sha256)?)? else { return Ok(()) };
        if partial.bytes > file.bytes {
            partial.restart()?;
        }
        if partial.bytes < file.bytes {
            let from = partial.bytes;
            let take = |piece: &[u8]| {
                partial.write(piece)?;
                self.moved(project, files, partial.bytes, file.bytes);
                Ok::<bool, Fault>(self.gate.pass(&self.stop))
            };
            match self.wait(server.projects.fetch_rest(&file.sha256, file.bytes, from, take))? {
                Some(true) => {}
                Some(false) => return Err(Problem::cancelled().into()),
                None => {
                    files.fetching.retain(|path| *path != file.path);
                    files.missing.push(file.path.clone());
                    return Ok(());
                }
            }
        }
        if !partial.is(&file.sha256, || self.gate.pass(&self.stop))?.ok_or_else(Problem::cancelled)? {
            let what = format!("The server sent another file than “{}”.", file.path);
            return Err(Problem::refused(what, "It is fetched again; check the server's disk.").into());
        }
        let path = Path::new(&project.folder).join(&file.path);
        if path.exists() {
            // Put there meanwhile by the person.
            return Ok(());
        }
        partial.name(&path)?;
        self.hashes.learn(&path, || self.gate.pass(&self.stop))?;
        self.given.lock().unwrap_or_else(PoisonError::into_inner).insert(file.sha256.clone());
        files.fetching.retain(|path| *path != file.path);
        Ok(())
    }

    /// Tells how far the file is that moves.
    fn moved(&self, project: &Project, files: &mut Files, at: u64, of: u64) {
        let part = at as f32 / of.max(1) as f32;
        if (part - files.part).abs() >= TOLD || part < files.part {
            files.part = part;
            self.tell(project, files);
        }
    }

    fn go_on(&self) -> Result<(), Fault> {
        if self.gate.pass(&self.stop) { Ok(()) } else { Err(Problem::cancelled().into()) }
    }

    fn wait<T, E: Into<Fault>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Fault> {
        self.house.runtime.block_on(async {
            tokio::select! {
                done = work => done.map_err(Into::into),
                () = self.cancel.cancelled() => Err(Fault::Here(Problem::cancelled())),
            }
        })
    }

    fn tell(&self, project: &Project, files: &Files) {
        self.send(Message::Files { project: project.id.clone(), files: files.clone() });
    }

    fn send(&self, message: Message) {
        self.ways.outbox.send(studio::Message::Sync(message));
    }
}
