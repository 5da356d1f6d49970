//! Tests of the library against real files: opening what should not be opened, every older version, rows that come back.

mod migrating;
mod objects;
mod opening;
mod rows;
mod surviving;
mod unanswered;

use std::path::Path;
use std::process::Command;

use super::Db;
use crate::core::span::{Span, Verdict};
use crate::core::take::{SceneMark, Take, TakeId, TakeState};
use crate::core::time::Rate;

/// Set for a test that runs itself again in a process of its own.
const CHILD: &str = "ONETAKE_TEST_CHILD";

fn take(id: &str, project: &str, number: u32) -> Take {
    Take {
        id: TakeId(id.into()),
        project: project.into(),
        number,
        title: "Why we write – なぜ".into(),
        folder: format!("/data/takes/{id}"),
        media: format!("/data/takes/{id}/take.mkv"),
        started_at: format!("2026-11-20T12:00:{:02}.000Z", number % 60),
        state: TakeState::Finished,
        nanos: 142_000_000_007,
        frames: 4_260,
        dropped: 2,
        width: 1280,
        height: 720,
        rate: Rate { num: 30_000, den: 1_001 },
        bytes: 48_000_000,
        scenes: vec![SceneMark { scene: 0, heading: "Opening".into(), start: 0, end: 142_000_000_007 }],
        spans: vec![Span { start: 0, end: 142_000_000_007, verdict: Verdict::Kept }],
        screen: None,
    }
}

fn ids(takes: &[Take]) -> Vec<&str> {
    takes.iter().map(|take| take.id.0.as_str()).collect()
}

fn library(folder: &Path) -> Db {
    Db::open(&folder.join("library.db")).unwrap()
}

/// This test's own program, running just `test` (its path below the crate), with `argument` in `CHILD`.
fn itself(test: &str, argument: &str) -> Command {
    program(&std::env::current_exe().unwrap(), test, argument)
}

/// `itself` for a user who may not enter the folder it was built in: run from a copy in `folder`, which everyone may read.
fn itself_for_anyone(folder: &Path, test: &str) -> Command {
    let copy = folder.join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = program(&copy, test, "plain user");
    command.current_dir(folder);
    command
}

fn program(path: &Path, test: &str, argument: &str) -> Command {
    let mut command = Command::new(path);
    command.args(["--exact", &format!("db::tests::{test}"), "--nocapture", "--test-threads=1"]).env(CHILD, argument);
    command
}
