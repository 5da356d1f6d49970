//! The hands' foreman: the only place where adapters meet. Runs an `Effect`, answers with `Message`s through one bounded
//! inbox, sends pictures sideways through slots. Nothing here decides anything; that is `studio`'s.
//!
//! Threads: `films` (what is decoded for scenes), `library` (database and disk, in order), `pictures` (decoding), `shelf` (what the library's page looks up), `layout`
//! (the prompter's text), `stage` (devices and takes), `sync` (projects on a server), `carrier` (their clips and sounds), `net` (transfers and the embedded server), `import` and `glances` (files on their way in, and what is shown of them), `queue` (who of the jobs at engines is next),
//! and those of the devices and pipelines themselves.

pub mod assets;
pub mod bundle;
mod camera_controls;
pub mod captions;
pub mod check;
mod control;
pub mod demo;
mod details;
mod devices;
mod disk;
pub mod display;
mod displays;
pub mod doctor;
pub mod engines;
pub mod export;
mod exported;
pub mod film;
pub mod follow;
pub mod gate;
pub mod glance;
mod heal;
pub mod history;
pub mod house;
pub mod import;
pub mod inbox;
pub mod kiosk;
mod layout;
pub mod library;
pub mod machine;
pub mod objects;
pub mod offline;
mod player;
pub mod projects;
pub mod proof;
pub mod queue;
pub mod rebuild;
pub mod rescue;
pub mod scenes;
mod screen;
pub mod server;
pub mod session;
mod share;
mod shelf;
pub mod signals;
mod stage;
pub mod sync;
mod talent;
pub mod upload;
pub mod users;
pub mod words;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::core::problem::Problem;
use crate::core::project::Project;
use crate::core::take::TakeId;
use crate::core::upload::SecondFile;
use crate::studio::library::{self as library_page, viewer};
use crate::studio::review::captions as spoken;
use crate::studio::{Effect, Message, notice, prepare, prompter, record, review, scenes as scene};

use house::{House, Ways};
use worker::Worker;

/// Everything at work for one studio.
#[derive(Debug)]
pub struct Jobs {
    house: Arc<House>,
    ways: Ways,
    library: Worker,
    pictures: Worker,
    shelf: Worker,
    layout: layout::Layouter,
    stage: stage::Stage,
    devices: devices::Devices,
    voices: follow::Voices,
    player: player::Deck,
    uploads: upload::Uploads,
    sync: sync::Syncer,
    embedded: Arc<server::Embedded>,
    displays: displays::Displays,
    controls: control::Controls,
    bench: machine::Bench,
    bundles: Arc<bundle::Bundles>,
    importer: import::Importer,
    glances: glance::Glances,
    films: Arc<Worker>,
    /// The film that is being joined is not wanted any more.
    no_film: Arc<AtomicBool>,
    shop: Arc<engines::Shop>,
    orders: queue::Orders,
    words: words::Desk,
}

impl Jobs {
    /// Starts the workers; devices and servers start when they are needed.
    pub fn start(house: House, ways: Ways) -> Result<Jobs, Problem> {
        let house = Arc::new(house);
        let ear = follow::Ear::default();
        let failed = |error: std::io::Error| {
            Problem::failed(format!("A worker thread could not be started: {error}."), "Close other programs and try again.")
        };
        let library = Worker::start("library").map_err(failed)?;
        let (looked_through, told) = (Arc::clone(&house), ways.clone());
        // Before anything else is asked of the library.
        library.submit(move || rescue::recover(&looked_through, &told));
        let swept = Arc::clone(&house);
        library.submit(move || objects::sweep(&swept));
        let hub = displays::hub(&ways);
        let maker = Arc::new(glance::maker::Maker::new(&house.folder));
        let importer = import::Importer::start(Arc::clone(&house), ways.clone(), Arc::clone(&maker)).map_err(failed)?;
        let bundles = bundle::Bundles::start(importer.gate()).map_err(failed)?;
        let embedded = Arc::new(server::Embedded::new(Arc::clone(&house), &ways, hub.clone()));
        let uploads = upload::Uploads::new(Arc::clone(&house), ways.clone(), Arc::clone(&embedded));
        let shop = Arc::new(engines::Shop::new(Arc::clone(&house), queue::choices(&house)));
        Ok(Jobs {
            orders: queue::Orders::new(Arc::clone(&house), Arc::clone(&shop), ways.clone(), importer.gate()),
            words: words::Desk::start(Arc::clone(&house), ways.clone(), Arc::clone(&shop)),
            shop,
            displays: displays::Displays::start(ways.clone(), hub, Arc::clone(&embedded)).map_err(failed)?,
            library,
            pictures: Worker::start("pictures").map_err(failed)?,
            films: Arc::new(Worker::start("films").map_err(failed)?),
            no_film: Arc::default(),
            shelf: Worker::start("shelf").map_err(failed)?,
            layout: layout::Layouter::start(ways.clone()).map_err(failed)?,
            stage: stage::Stage::start(Arc::clone(&house), ways.clone(), ear.clone()).map_err(failed)?,
            devices: devices::Devices::start(ways.clone()).map_err(failed)?,
            voices: follow::Voices::new(ear, ways.clone()),
            player: player::Deck::start(ways.clone()).map_err(failed)?,
            sync: sync::Syncer::start(Arc::clone(&house), ways.clone(), uploads.target(), importer.gate()).map_err(failed)?,
            uploads,
            embedded,
            controls: control::Controls::new(Arc::clone(&house), ways.clone()),
            bench: machine::Bench::new(Arc::clone(&house), ways.clone()),
            bundles: Arc::new(bundles),
            importer,
            glances: glance::Glances::start(Arc::clone(&house), ways.clone(), maker).map_err(failed)?,
            house,
            ways,
        })
    }

    /// Runs one effect; never waits for it. `Fullscreen` and `Quit` are the window's own and do nothing here.
    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::Prepare(effect) => self.prepare(effect),
            Effect::Prompter(prompter::Effect::LayOut { sheet, look }) => self.layout.lay_out(sheet, look),
            Effect::Displays(effect) => self.displays.run(effect),
            Effect::Follow(effect) => self.voices.run(effect),
            Effect::Devices(effect) => self.devices.run(effect, &self.stage),
            Effect::Screen(effect) => self.stage.screen(effect),
            Effect::Record(record::Effect::Journal(entries)) => self.stage.journal(entries),
            Effect::Record(effect) => self.stage.record(effect),
            Effect::Review(effect) => self.review(effect),
            Effect::Library(effect) => self.shelf(effect),
            Effect::Upload(crate::studio::upload::Effect::Resume) => {
                let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
                self.library.submit(move || upload::resume(&house, &ways));
            }
            Effect::Upload(effect) => self.uploads.run(effect),
            Effect::Heal(effect) => heal::run(&self.house, &self.ways, self.uploads.road(), effect),
            Effect::History(effect) => {
                let (house, ways, refused) = (Arc::clone(&self.house), self.ways.clone(), effect.clone());
                if !self.library.submit(move || history::run(&house, &ways, effect)) {
                    history::refused(&refused, overloaded()).map(|message| self.ways.outbox.try_send(message));
                }
            }
            Effect::Share(effect) => {
                let (embedded, ways) = (Arc::clone(&self.embedded), self.ways.clone());
                self.library.submit(move || share::run(&embedded, &ways, effect));
            }
            Effect::Rescue(effect) => {
                let (house, ways, lost) = (Arc::clone(&self.house), self.ways.clone(), effect.clone());
                if !self.library.submit(move || rescue::run(&house, &ways, &effect)) {
                    self.ways.outbox.try_send(rescue::ended(&lost, Err(overloaded())));
                }
            }
            Effect::Disk(effect) => {
                let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
                self.library.submit(move || disk::run(&house, &ways, effect));
            }
            // Behind the saving of the script, which is the library's; copying is done elsewhere.
            Effect::Bundle(effect) => {
                let (bundles, house, ways) = (Arc::clone(&self.bundles), Arc::clone(&self.house), self.ways.clone());
                self.library.submit(move || bundles.run(&house, &ways, effect));
            }
            Effect::Storage(effect) => objects::run(&self.house, &self.ways, effect),
            Effect::Control(effect) => self.controls.run(effect),
            Effect::Machine(effect) => self.bench.run(effect),
            Effect::Import(effect) => self.importer.run(effect),
            Effect::Glance(effect) => self.glances.run(effect),
            Effect::Words(effect) => self.words.run(effect),
            Effect::Sync(crate::studio::sync::Effect::Adopt { project, arrival }) => {
                let hand = self.sync.hand();
                self.library.submit(move || hand.adopt(&project, &arrival));
            }
            Effect::Sync(effect) => self.sync.run(effect),
            Effect::SaveSettings(settings) => {
                let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
                self.library.submit(move || library::save_settings(&house, &ways, &settings));
            }
            Effect::Scenes(effect) => self.scenes(effect),
            Effect::Queue(effect) => self.orders.run(&self.library, effect),
            Effect::Engines(effect) => {
                engines::run(&self.shop, &self.ways, effect, self.orders.waker());
            }
            Effect::Fullscreen(_) | Effect::Quit => {}
        }
    }

    /// Where takes are uploaded to from now on.
    pub fn aim(&mut self, target: upload::Target) {
        self.uploads.aim(target);
    }

    /// What the server has of a take's screen.
    pub fn sent_screen(&self, take: &TakeId) -> Option<SecondFile> {
        self.uploads.sent_screen(take)
    }

    /// Ends in order: a running take is stopped and closed, unsaved rows are written, transfers stop resumable.
    pub fn finish(self) {
        self.bundles.cancel();
        self.displays.finish();
        self.voices.finish();
        self.controls.finish();
        self.bench.finish();
        self.importer.finish();
        self.glances.finish();
        self.stage.finish();
        self.player.finish();
        self.sync.finish();
        self.words.finish();
        self.orders.finish();
        self.uploads.finish();
        self.layout.finish();
        self.pictures.finish();
        self.shelf.finish();
        self.no_film.store(true, Ordering::Relaxed);
        self.library.finish();
        if let Some(films) = Arc::into_inner(self.films) {
            films.finish();
        }
        // Nobody else has it any more.
        if let Some(bundles) = Arc::into_inner(self.bundles) {
            bundles.finish();
        }
    }

    fn prepare(&mut self, effect: prepare::Effect) {
        let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
        match effect {
            prepare::Effect::PickScript => projects::pick_script(&house, ways),
            prepare::Effect::PickPicture { scene } => projects::pick_picture(&house, ways, scene),
            prepare::Effect::LoadPicture { project, picture } => {
                let (outbox, name) = (self.ways.outbox.clone(), picture.clone());
                if !self.pictures.submit(move || projects::load_picture(&ways, &project, picture)) {
                    let result = Err(overloaded());
                    outbox.try_send(Message::Prepare(prepare::Message::PictureLoaded { picture: name, result }));
                }
            }
            prepare::Effect::GivePicture { project, scene, path } => {
                let outbox = self.ways.outbox.clone();
                if !self.pictures.submit(move || projects::give_picture(&ways, &project, scene, &path)) {
                    let result = Err(overloaded());
                    outbox.try_send(Message::Prepare(prepare::Message::PictureGiven { scene, result }));
                }
            }
            prepare::Effect::Open { folder } => {
                self.library.submit(move || open(&ways, projects::open(&house, &folder)));
            }
            prepare::Effect::OpenDemo => {
                self.library.submit(move || open(&ways, projects::open_demo(&house)));
            }
            prepare::Effect::ListProjects => {
                self.library.submit(move || projects::list(&house, &ways));
            }
            prepare::Effect::New => {
                self.library.submit(move || open(&ways, projects::new(&house)));
            }
            prepare::Effect::Import { path } => {
                self.library.submit(move || open(&ways, projects::import(&house, &ways, &path)));
            }
            prepare::Effect::Save { project, text, revision } => {
                let outbox = self.ways.outbox.clone();
                let queued = self.library.submit(move || {
                    let result = projects::save(&house, &project, &text);
                    ways.outbox.send(Message::Prepare(prepare::Message::Saved { revision, result }));
                });
                if !queued {
                    outbox.try_send(Message::Prepare(prepare::Message::Saved { revision, result: Err(overloaded()) }));
                }
            }
        }
    }

    fn shelf(&mut self, effect: library_page::Effect) {
        let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
        match effect {
            library_page::Effect::Viewer(viewer::Effect::Film(asset)) => {
                let media = asset.file(house.folder.root()).to_string_lossy().into_owned();
                self.player.run(review::Effect::Open { take: TakeId(asset.id.0.clone()), media, play: true });
            }
            library_page::Effect::Viewer(viewer::Effect::Picture(asset)) => {
                self.pictures.submit(move || shelf::picture(&house, &ways, &asset));
            }
            effect => {
                // Who looks must not wait for who moves files.
                let worker = if effect.changes() { &self.library } else { &self.shelf };
                if !worker.submit(move || shelf::run(&house, &ways, effect)) {
                    self.ways.outbox.try_send(Message::Notice(notice::Message::Problem(overloaded())));
                }
            }
        }
    }

    fn scenes(&mut self, effect: scene::Effect) {
        let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
        match effect {
            scene::Effect::Save(asset) => return scenes::save(&house, &ways, &asset),
            scene::Effect::Film(scene::film::Effect::Cancel) => return self.no_film.store(true, Ordering::Relaxed),
            scene::Effect::Film(order @ scene::film::Effect::Join { .. }) => {
                self.no_film = Arc::default();
                let (cancel, films) = (Arc::clone(&self.no_film), Arc::clone(&self.films));
                // Behind the saving of the script; the work itself is done elsewhere.
                self.library.submit(move || {
                    films.submit(move || scenes::join(&house, &ways, order, &cancel));
                });
                return;
            }
            _ => {}
        }
        // What changes a script waits for the script's saving.
        let worker = if scenes::slow(&effect) { &*self.films } else { &self.library };
        let order = effect.clone();
        if !worker.submit(move || scenes::run(&house, &ways, order)) {
            self.ways.outbox.try_send(scenes::refused(&effect, overloaded()));
        }
    }

    fn review(&mut self, effect: review::Effect) {
        let (house, ways) = (Arc::clone(&self.house), self.ways.clone());
        match effect {
            review::Effect::List { project } => {
                self.library.submit(move || library::list(&house, &ways, &project));
            }
            review::Effect::Judge { take, start, end, kept } => {
                self.library.submit(move || library::judge(&house, &ways, &take, start, end, kept));
            }
            review::Effect::Bin { take } => {
                self.library.submit(move || library::bin(&house, &ways, &take));
            }
            review::Effect::Restore { take, project } => {
                self.library.submit(move || library::restore(&house, &ways, &take, &project));
            }
            review::Effect::Reveal { folder } => library::reveal(&ways, &folder),
            review::Effect::Captions(spoken::Effect::SaveAs { take, captions: lines, form }) => {
                captions::save_as(&house, &ways, &take, lines, form);
            }
            review::Effect::Captions(effect) => {
                if !self.shelf.submit(move || captions::run(&house, &ways, effect)) {
                    self.ways.outbox.try_send(Message::Notice(notice::Message::Problem(overloaded())));
                }
            }
            effect => self.player.run(effect),
        }
    }
}

/// Why work was refused.
fn overloaded() -> Problem {
    Problem::disk("The disk does not keep up with what is asked of it.", "Wait a moment and try again; check the disk.")
}

/// Tells what was opened. The pictures of the project before leave the shelf: their names may mean others now.
fn open(ways: &Ways, result: Result<(Project, String), Problem>) {
    if result.is_ok() {
        ways.feeds.pictures.retain(|_| false);
    }
    ways.outbox.send(Message::Prepare(prepare::Message::Opened(result)));
}
