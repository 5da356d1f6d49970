//! What these tests share: engines opened as the program opens them, orders, a landing folder, and forms in parts taken apart (`form`).

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use onetake::core::engine::{Catalogue, Engine as Entry};
use onetake::core::generate::{Class, Failure, Input, InputRole, Made, Order, Standing, Submission, Ticket, Wish};
use onetake::core::job::Kind;
use onetake::core::secret::Secret;
use onetake::engines::{self, Engine, Landing, Writer};
use tempfile::TempDir;

use crate::fake::{PICTURE, SOUND, Seen};
pub use crate::form::{part, parts};

/// A key that would be seen anywhere.
pub const KEY: &str = "sk-marker-51f0c2";
pub const JOB: &str = "0199d0aa-7d7e-7c70-8d12-000000000001";

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An entry of the list of engines, in its own words.
pub fn entry(text: &str) -> Entry {
    Catalogue::read(&format!("[[engine]]\nname = 'x'\nlabel = 'X'\n{text}")).unwrap().engines.remove(0)
}

/// The entry that comes with the program.
pub fn ours(name: &str) -> Entry {
    Catalogue::ours().engine(name).unwrap().clone()
}

pub fn key() -> Option<Secret> {
    Some(Secret::new(KEY))
}

pub fn open(entry: &Entry, base: &str) -> Arc<dyn Engine> {
    engines::open(entry, Some(base), key()).unwrap()
}

pub fn writer(entry: &Entry, base: &str) -> Arc<dyn Writer> {
    engines::writer(entry, Some(base), key()).unwrap()
}

pub fn order(kind: Kind, model: &str) -> Order {
    let wish = Wish::default();
    Order {
        job: JOB.into(),
        kind,
        model: model.into(),
        prompt: "A window at dawn".into(),
        seed: None,
        wish,
        inputs: Vec::new(),
    }
}

/// A folder where things land and inputs lie.
pub struct Desk {
    folder: TempDir,
    pub landing: Landing,
}

impl Desk {
    pub fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let landing = folder.path().join("landing");
        std::fs::create_dir(&landing).unwrap();
        Desk { landing: Landing::new(&landing), folder }
    }

    pub fn input(&self, role: InputRole) -> Input {
        let (name, mime, bytes) = match role {
            InputRole::Sound => ("said.wav", "audio/wav", SOUND),
            _ => ("start.png", "image/png", PICTURE),
        };
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Input { role, path, mime: mime.into(), url: None, maker: None }
    }

    /// What lies in the landing folder and is whole.
    pub fn whole(&self) -> Vec<PathBuf> {
        let all = std::fs::read_dir(&self.landing.folder).unwrap().map(|item| item.unwrap().path());
        all.filter(|path| path.extension().is_none_or(|end| end != "part")).collect()
    }
}

pub fn ticket(submission: Submission) -> Ticket {
    match submission {
        Submission::Ticket { ticket, .. } => ticket,
        Submission::Made(made) => panic!("it is made already: {made:?}"),
    }
}

pub fn made(submission: Submission) -> Made {
    match submission {
        Submission::Made(made) => made,
        Submission::Ticket { ticket, .. } => panic!("it is made later: {ticket:?}"),
    }
}

/// Looks until something comes of it; the progress that was seen comes along.
pub async fn over(engine: &dyn Engine, ticket: &Ticket, desk: &Desk) -> (Standing, Vec<f32>) {
    let since = Instant::now();
    let mut seen = Vec::new();
    loop {
        match engine.look(ticket, &desk.landing).await.unwrap() {
            Standing::Queued { .. } => {}
            Standing::Running { progress } => seen.extend(progress),
            end => return (end, seen),
        }
        assert!(since.elapsed() < PATIENCE, "it goes on for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn got(engine: &dyn Engine, ticket: &Ticket, desk: &Desk) -> Made {
    match over(engine, ticket, desk).await.0 {
        Standing::Done(made) => made,
        other => panic!("it was to be made: {other:?}"),
    }
}

/// The failure that it ends with, or that the queue ends it with when it is said some times.
pub async fn failed(engine: &dyn Engine, ticket: &Ticket, desk: &Desk) -> Failure {
    let since = Instant::now();
    loop {
        match engine.look(ticket, &desk.landing).await {
            Ok(Standing::Queued { .. } | Standing::Running { .. }) => {}
            Ok(Standing::Failed(failure)) => return failure,
            Err(failure) if failure.class == Class::Expired => return failure,
            other => panic!("it was to fail: {other:?}"),
        }
        assert!(since.elapsed() < PATIENCE, "it goes on for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// No other job has anything there.
pub fn nothing_held() -> HashSet<String> {
    HashSet::new()
}

/// The one file that was made, as it lies there.
pub fn bytes(made: &Made) -> Vec<u8> {
    assert_eq!(made.files.len(), 1, "{made:?}");
    std::fs::read(&made.files[0].path).unwrap()
}

/// The key goes with this request in OpenAI's way.
pub fn assert_bearer(seen: &Seen) {
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {KEY}").as_str()), "{}", seen.line());
}
