//! The library's page with real hands and no window: files on the disk, the real database, pictures that are really decoded.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use onetake::clock;
use onetake::core::asset::{Asset, Kind};
use onetake::core::glance::Glance;
use onetake::core::latest::{Feeds, Latest};
use onetake::core::library::{Query, Seq};
use onetake::jobs::Jobs;
use onetake::jobs::house::{Claim, House, Ways};
use onetake::jobs::inbox::{Inbox, inbox};
use onetake::studio::library::selection::How;
use onetake::studio::library::{Message as Library, Search, viewer};
use onetake::studio::{Message, Model, Page, glance, import, prepare, start, update};

/// Anything that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

struct Studio {
    model: Model,
    feeds: Feeds,
    jobs: Option<Jobs>,
    inbox: Inbox,
    folder: tempfile::TempDir,
}

impl Studio {
    fn new() -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, inbox) = inbox(|| {});
        let feeds = Feeds::default();
        let ways = Ways { outbox, feeds: feeds.clone(), text: Latest::default() };
        let house = House::open(Some(&folder.path().join("data")), Claim::Alone).unwrap();
        let (settings, _) = house.settings();
        let jobs = Some(Jobs::start(house, ways).unwrap());
        let mut studio = Studio { model: Model::default(), feeds, jobs, inbox, folder };
        let effects = start(&mut studio.model, settings, clock::now());
        studio.run(effects);
        studio
    }

    /// With these pictures brought in and the page open.
    fn with(names: &[&str]) -> Studio {
        let mut studio = Studio::new();
        let paths: Vec<PathBuf> = names.iter().enumerate().map(|(at, name)| picture(studio.folder.path(), name, at)).collect();
        studio.tell(Message::Go(Page::Library));
        studio.tell(Message::Import(import::Message::copy(paths)));
        studio.found("the imported pictures", names.len());
        studio.until("the end of the import", |studio| studio.model.import.running.is_empty().then_some(()));
        studio
    }

    fn run(&mut self, effects: Vec<onetake::studio::Effect>) {
        let jobs = self.jobs.as_mut().unwrap();
        effects.into_iter().for_each(|effect| jobs.run(effect));
    }

    fn tell(&mut self, message: Message) {
        let effects = update(&mut self.model, message, clock::now());
        self.run(effects);
    }

    fn library(&mut self, message: Library) {
        self.tell(Message::Library(message));
    }

    fn until<T>(&mut self, what: &str, mut look: impl FnMut(&Studio) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(value) = look(self) {
                return value;
            }
            let said = &self.model.notice.notices;
            assert!(begin.elapsed() < LIMIT, "waited in vain for {what}: {:?}, {said:?}", self.model.library.search);
            if let Some(message) = self.inbox.wait(Duration::from_millis(20)) {
                self.tell(message);
            }
        }
    }

    /// Waits until so many are found and their rows are read.
    fn found(&mut self, what: &str, count: usize) {
        self.until(what, |studio| {
            let library = &studio.model.library;
            (library.search == Search::Done && library.found.len() == count).then_some(())
        });
        self.library(Library::Seen(0..count));
        self.until("the rows", |studio| {
            let library = &studio.model.library;
            library.found.iter().all(|seq| library.rows.get(seq).is_some()).then_some(())
        });
    }

    fn ask(&mut self, query: Query, count: usize) {
        self.library(Library::Ask(query));
        self.found("an answer", count);
    }

    fn names(&self) -> Vec<String> {
        let library = &self.model.library;
        library.found.iter().filter_map(|seq| Some(library.rows.get(seq)?.name.clone())).collect()
    }

    fn row(&self, name: &str) -> Option<(Seq, Arc<Asset>)> {
        self.model.library.rows.known().find(|(_, asset)| asset.name == name).map(|(seq, asset)| (*seq, Arc::clone(asset)))
    }

    fn choose(&mut self, name: &str) -> Seq {
        let (seq, _) = self.row(name).unwrap_or_else(|| panic!("{name} is not among {:?}", self.names()));
        let place = self.model.library.found.iter().position(|known| *known == seq).unwrap();
        self.library(Library::Choose { place, how: How::Only });
        seq
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        if let Some(jobs) = self.jobs.take() {
            jobs.finish();
        }
    }
}

/// A picture that is like no other.
fn picture(folder: &Path, name: &str, at: usize) -> PathBuf {
    let path = folder.join(name);
    let image = image::RgbImage::from_fn(64 + at as u32, 36, |x, y| image::Rgb([x as u8, y as u8 * 5, at as u8 * 40]));
    image.save(&path).unwrap();
    path
}

fn words(words: &str) -> Query {
    Query { words: words.into(), ..Query::default() }
}

#[test]
fn what_is_brought_in_is_found_named_tagged_binned_and_put_back() {
    let mut studio = Studio::with(&["Harbour.png", "Lantern.jpg", "Ferry at night.png"]);
    studio.ask(words("lant"), 1);
    assert_eq!(studio.names(), ["Lantern"]);
    let seq = studio.choose("Lantern");
    studio.library(Library::Rename { seq, name: "Desk lamp".into() });
    studio.library(Library::Describe { seq, description: "before sunrise".into() });
    studio.library(Library::Tag("dawn".into()));
    studio.ask(words("sunrise"), 1);
    studio.until("the tag and the name", |studio| {
        let (_, asset) = studio.row("Desk lamp")?;
        (asset.tags == ["dawn"] && asset.description == "before sunrise").then_some(())
    });
    studio.until("the list of tags", |studio| studio.model.library.tags.iter().any(|tag| tag.name == "dawn").then_some(()));
    studio.ask(Query { tags: vec!["dawn".into()], ..Query::default() }, 1);
    studio.ask(Query { kind: Some(Kind::Video), ..Query::default() }, 0);
    studio.ask(Query::default(), 3);
    studio.choose("Desk lamp");
    let file = studio.row("Desk lamp").unwrap().1.file(&studio.folder.path().join("data"));
    assert!(file.is_file());
    studio.library(Library::Bin);
    studio.found("one less", 2);
    // The row goes first.
    studio.until("its file in the bin", |_| (!file.exists()).then_some(()));
    studio.ask(Query { binned: true, ..Query::default() }, 1);
    assert_eq!(studio.names(), ["Desk lamp"]);
    studio.library(Library::PutBack);
    studio.found("an empty bin", 0);
    studio.ask(Query::default(), 3);
    studio.until("its file in its place", |_| file.is_file().then_some(()));
    assert!(studio.row("Desk lamp").is_some());
}

#[test]
fn what_is_deleted_for_good_is_gone_from_the_disk() {
    let mut studio = Studio::with(&["One.png", "Two.png"]);
    studio.choose("One");
    studio.library(Library::Bin);
    studio.found("one less", 1);
    studio.ask(Query { binned: true, ..Query::default() }, 1);
    studio.library(Library::EmptyBin);
    studio.found("an empty bin", 0);
    studio.until("an empty folder", |studio| {
        let bin = std::fs::read_dir(studio.folder.path().join("data/bin")).unwrap();
        (bin.count() == 0).then_some(())
    });
    studio.ask(Query::default(), 1);
}

#[test]
fn a_choice_is_weighed_and_one_is_looked_at() {
    let mut studio = Studio::with(&["One.png", "Two.png", "Three.jpg"]);
    studio.library(Library::ChooseAll);
    let weight = studio.until("the weight", |studio| studio.model.library.weight);
    let bytes: u64 = studio.model.library.rows.known().map(|(_, asset)| asset.bytes).sum();
    assert_eq!((weight.bytes, weight.nanos), (bytes, 0));
    studio.choose("Two");
    let (_, asset) = studio.row("Two").unwrap();
    studio.tell(Message::Glance(glance::Message::Want { asset: Box::new((*asset).clone()), glance: Glance::Thumb }));
    let still = studio.until("its small picture", |studio| studio.feeds.glances.still(Glance::Thumb, &asset.id.0));
    assert_eq!((still.width, still.height), (65, 36));
    studio.library(Library::Viewer(viewer::Message::Open));
    let look = studio.until("the picture", |studio| studio.feeds.look.get());
    assert_eq!((look.asset.clone(), look.still.width), (asset.id.clone(), 65));
    studio.until("its lineage", |studio| studio.model.library.lineage.clone().filter(|(of, _)| *of == asset.id));
}

#[test]
fn a_picture_becomes_that_of_a_scene() {
    let mut studio = Studio::with(&["Lantern.png"]);
    studio.tell(Message::Prepare(prepare::Message::New));
    studio.until("a script", |studio| studio.model.prepare.project.clone());
    let (_, asset) = studio.row("Lantern").unwrap();
    studio.library(Library::Give { asset, scene: 0 });
    let picture =
        studio.until("the picture in the script", |studio| studio.model.prepare.script.scenes[0].picture().map(str::to_owned));
    let project = studio.model.prepare.project.clone().unwrap();
    assert!(Path::new(&project.folder).join(picture).is_file());
}
