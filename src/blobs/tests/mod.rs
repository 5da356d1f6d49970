//! Tests of files and folders on a real disk, with a second process and a plain user where they matter.

mod layout;
mod pictures;
mod projects;
mod rescue;
mod takes;

use std::path::Path;
use std::process::Command;

use super::layout::DataFolder;

/// Set for a test that runs itself again in a process of its own.
const CHILD: &str = "ONETAKE_TEST_CHILD";

/// A data folder that goes away with the first part.
fn data() -> (tempfile::TempDir, DataFolder) {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(&folder.path().join("data")).unwrap();
    (folder, data)
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
    command.args(["--exact", &format!("blobs::tests::{test}"), "--nocapture", "--test-threads=1"]).env(CHILD, argument);
    command
}
