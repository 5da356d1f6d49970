//! What the tests of all engines share: an engine opened on a fake, an order, a landing folder, and asking until it is over.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onetake::core::engine::{Catalogue, Engine as Entry};
use onetake::core::generate::{Class, Failure, Input, InputRole, Made, Maker, Order, Standing, Submission, Ticket, Wish};
use onetake::core::job::Kind;
use onetake::core::secret::Secret;
use onetake::engines::{Engine, Landing, open};
use tempfile::TempDir;

use super::fake::{FILM, Fake, PICTURE, Reply, SOUND, Seen};

/// Found nowhere but where it belongs.
pub const KEY: &str = "marker-7c1f0b-key";

/// One engine on its fakes.
pub struct World {
    pub fake: Fake,
    /// Where what was made is fetched from; it must never see the key.
    pub cdn: Fake,
    pub engine: Arc<dyn Engine>,
    pub order: Order,
    /// Routes of the order, of the question how far it is, and of the file; the file's on the engine itself where `cdn` has none.
    pub submit: &'static str,
    pub look: &'static str,
    pub file: &'static str,
    pub file_on_cdn: bool,
    folder: TempDir,
}

/// Roads of an engine: order, question, file, and whether the file is elsewhere.
pub type Roads = (&'static str, &'static str, &'static str, bool);

impl World {
    pub fn new(name: &str, path: &str, fake: Fake, cdn: Fake, order: Order, roads: Roads) -> World {
        let engine = engine(name, &format!("{}{path}", fake.base()));
        let (submit, look, file, file_on_cdn) = roads;
        World { fake, cdn, engine, order, submit, look, file, file_on_cdn, folder: tempfile::tempdir().unwrap() }
    }

    /// A picture that goes along.
    pub fn picture(&mut self, role: InputRole) {
        let path = self.folder.path().join(format!("{}.png", role.name()));
        std::fs::write(&path, PICTURE).unwrap();
        self.order.inputs.push(Input { role, path, mime: "image/png".into(), url: None, maker: None });
    }

    /// A sound to be written down.
    pub fn sound(&mut self) {
        let path = self.folder.path().join("said.wav");
        std::fs::write(&path, SOUND).unwrap();
        self.order.inputs.push(Input { role: InputRole::Sound, path, mime: "audio/wav".into(), url: None, maker: None });
    }

    /// A clip that goes along.
    pub fn clip(&mut self, maker: Option<Maker>) {
        let path = self.folder.path().join("clip.mp4");
        std::fs::write(&path, FILM).unwrap();
        self.order.inputs.push(Input { role: InputRole::Clip, path, mime: "video/mp4".into(), url: None, maker });
    }

    /// A picture so big that it can't go inside an order.
    pub fn big_picture(&mut self, role: InputRole, bytes: usize) {
        let path = self.folder.path().join("big.png");
        let mut content = PICTURE.to_vec();
        content.resize(bytes, 0);
        std::fs::write(&path, content).unwrap();
        self.order.inputs.push(Input { role, path, mime: "image/png".into(), url: None, maker: None });
    }

    pub fn landing(&self) -> Landing {
        let folder = self.folder.path().join("landing");
        std::fs::create_dir_all(&folder).unwrap();
        Landing::new(&folder)
    }

    /// Files that are whole, as their names say.
    pub fn landed(&self) -> Vec<PathBuf> {
        let items = std::fs::read_dir(self.landing().folder).unwrap().flatten().map(|item| item.path());
        items.filter(|path| path.extension().is_some_and(|ending| ending != "part")).collect()
    }

    pub async fn submit(&self) -> Result<Submission, Failure> {
        self.engine.submit(&self.order, &self.landing()).await
    }

    pub async fn ticket(&self) -> Ticket {
        match self.submit().await.unwrap() {
            Submission::Ticket { ticket, .. } => ticket,
            Submission::Made(made) => panic!("made at once: {made:?}"),
        }
    }

    pub async fn look(&self, ticket: &Ticket) -> Result<Standing, Failure> {
        self.engine.look(ticket, &self.landing()).await
    }

    /// Asks until it is over; what was said on the way.
    pub async fn until_over(&self, ticket: &Ticket) -> (Vec<Standing>, Standing) {
        let mut way = Vec::new();
        for _ in 0..20 {
            match self.look(ticket).await.unwrap() {
                standing @ (Standing::Queued { .. } | Standing::Running { .. }) => way.push(standing),
                over => return (way, over),
            }
        }
        panic!("it is never over: {way:?}");
    }

    /// Orders, and waits for a clip.
    pub async fn make(&self) -> (Vec<Standing>, Made) {
        let ticket = self.ticket().await;
        match self.until_over(&ticket).await {
            (way, Standing::Done(made)) => (way, made),
            (way, other) => panic!("{way:?}, then {other:?}"),
        }
    }

    /// The failure of an order when this is answered to it.
    pub async fn refused(&self, reply: Reply) -> Failure {
        self.fake.fault(self.submit, super::fake::Fault::Instead(reply));
        self.submit().await.unwrap_err()
    }

    /// The failure that a job has ended with, or that the queue ends it with when it is said some times.
    pub async fn failed(&self, ticket: &Ticket) -> Failure {
        for _ in 0..20 {
            match self.look(ticket).await {
                Ok(Standing::Queued { .. } | Standing::Running { .. }) => {}
                Ok(Standing::Failed(failure)) => return failure,
                Err(failure) if failure.class == Class::Expired => return failure,
                other => panic!("{other:?}"),
            }
        }
        panic!("it is never over");
    }
}

/// The entry of this name in our own list.
pub fn entry(name: &str) -> Entry {
    Catalogue::ours().engine(name).unwrap().clone()
}

pub fn engine(name: &str, base: &str) -> Arc<dyn Engine> {
    open(&entry(name), Some(base), Some(Secret::new(KEY))).unwrap()
}

pub fn order(kind: Kind, model: &str) -> Order {
    let wish = Wish { aspect: Some("16:9".into()), seconds: Some(5.0), ..Wish::default() };
    let job = uuid::Uuid::now_v7().to_string();
    Order { job, kind, model: model.into(), prompt: "a calm sea at dusk".into(), seed: Some(7), wish, inputs: Vec::new() }
}

/// No other job has anything there.
pub fn nothing_held() -> HashSet<String> {
    HashSet::new()
}

/// What keeps files: a film, a picture, a sound, each under its ending. It fails the test when it is shown a key.
pub fn cdn() -> Fake {
    Fake::start(|seen, _| {
        assert!(seen.header("authorization").is_none(), "the key went to a place for files");
        assert!(!seen.all().contains(KEY), "the key went to a place for files");
        match seen.path.rsplit('.').next() {
            Some("mp4") => Reply::film(),
            Some("png") => Reply::picture(),
            Some("wav") => Reply::sound(),
            _ => Reply::bare(404),
        }
    })
}

/// Every request to an engine names its key in its own way.
pub fn right_key(seen: &Seen, scheme: &str) {
    assert_eq!(seen.header("authorization"), Some(format!("{scheme} {KEY}").as_str()));
}

pub fn same_film(path: &Path) {
    assert_eq!(std::fs::read(path).unwrap(), FILM);
}

pub fn same_picture(path: &Path) {
    assert_eq!(std::fs::read(path).unwrap(), PICTURE);
}

pub fn same_sound(path: &Path) {
    assert_eq!(std::fs::read(path).unwrap(), SOUND);
}

#[track_caller]
pub fn is(failure: &Failure, class: Class, words: &str) {
    assert_eq!(failure.class, class, "{failure:?}");
    assert!(failure.words.contains(words), "{failure:?}");
}
