//! Tests of the library against real files: opening what should not be opened, every older version, rows that come back.

mod assets;
mod carry;
mod details;
mod finding;
mod lineage;
mod migrating;
mod objects;
mod opening;
mod queue;
mod rows;
mod surviving;
mod turn;
mod unanswered;
mod versions;

use std::path::Path;
use std::process::Command;

use super::Db;
use crate::core::asset::{Asset, AssetId, Facts, Kind, Source, Status};
use crate::core::project::Project;
use crate::core::take::{Take, TakeId, made_up};
use crate::core::time::Rate;

/// Set for a test that runs itself again in a process of its own.
const CHILD: &str = "ONETAKE_TEST_CHILD";

fn take(id: &str, project: &str, number: u32) -> Take {
    Take {
        id: TakeId(id.into()),
        project: project.into(),
        title: "Why we write – なぜ".into(),
        folder: format!("/data/takes/{id}"),
        media: format!("/data/takes/{id}/take.mkv"),
        started_at: format!("2026-11-20T12:00:{:02}.000Z", number % 60),
        nanos: 142_000_000_007,
        frames: 4_260,
        bytes: 48_000_000,
        dropped: 2,
        rate: Rate { num: 30_000, den: 1_001 },
        ..made_up::take(number)
    }
}

/// A film that was brought in.
fn asset(id: &str, name: &str) -> Asset {
    Asset {
        id: AssetId(id.into()),
        project: None,
        owner: None,
        team: None,
        take: None,
        name: name.into(),
        description: String::new(),
        category: String::new(),
        kind: Kind::Video,
        source: Source::Upload,
        status: Status::Ready,
        problem: None,
        path: format!("media/{id}.mp4"),
        linked: false,
        bytes: 1_000,
        sha256: None,
        facts: Facts { nanos: 5_000_000_000, width: 1920, height: 1080, rate: Rate::whole(25), ..Facts::default() },
        metadata: serde_json::json!({ "recorded_at": "2026-11-19" }),
        created_at: "2026-11-20T10:00:00.000Z".into(),
        updated_at: "2026-11-20T10:00:00.000Z".into(),
        binned_at: None,
        tags: Vec::new(),
    }
}

fn asset_id(id: &str) -> AssetId {
    AssetId(id.into())
}

fn project(id: &str, title: &str) -> Project {
    Project { id: id.into(), title: title.into(), folder: format!("/p/{id}") }
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
