//! What these tests share: engines opened as the program opens them, orders, a landing folder, and forms in parts taken apart.

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

/// A part of a form.
#[derive(Debug, PartialEq)]
pub struct Part {
    pub name: String,
    pub file: Option<String>,
    pub bytes: Vec<u8>,
}

/// Takes a form in parts apart (RFC 7578); a request that is none is wrong.
pub fn parts(seen: &Seen) -> Vec<Part> {
    let media = seen.header("content-type").unwrap_or_default();
    let mark = media.strip_prefix("multipart/form-data; boundary=").expect("a form in parts");
    let mark = format!("--{}", mark.trim_matches('"'));
    let mut rest = &seen.body[..];
    let mut parts = Vec::new();
    while let Some(at) = position(rest, mark.as_bytes()) {
        let piece = &rest[..at];
        rest = &rest[at + mark.len()..];
        let Some(end) = position(piece, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&piece[..end]).into_owned();
        let said = |what: &str| Some(head.split(&format!("{what}=\"")).nth(1)?.split('"').next()?.to_owned());
        let name = said(" name").expect("a part has a name");
        parts.push(Part { name, file: said("filename"), bytes: piece[end + 4..piece.len() - 2].to_vec() });
    }
    parts
}

/// The text of the part of this name.
pub fn part(seen: &Seen, name: &str) -> Option<String> {
    let part = parts(seen).into_iter().find(|part| part.name == name)?;
    Some(String::from_utf8(part.bytes).unwrap())
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The key goes with this request in OpenAI's way.
pub fn assert_bearer(seen: &Seen) {
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {KEY}").as_str()), "{}", seen.line());
}
