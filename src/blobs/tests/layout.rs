//! The data folder: made once, refused with its reason, held by one studio.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;

use proptest::prelude::*;

use super::super::Error;
use super::super::layout::DataFolder;
use super::super::{files, projects};
use super::{CHILD, data, itself, itself_for_anyone};
use crate::clock;
use crate::core::problem::{Kind, Problem};

#[test]
fn everything_is_made_once_and_found_again() {
    let (_folder, data) = data();
    fs::write(data.logs().join("kept.log"), "kept").unwrap();
    let again = DataFolder::open(data.root()).unwrap();
    assert_eq!(again, data);
    for part in [data.projects(), data.takes(), data.videos(), data.incoming(), data.bin(), data.logs(), data.shared()] {
        assert!(part.is_absolute() && part.is_dir());
    }
    assert_eq!(data.database(), data.root().join("library.db"));
    assert_eq!(fs::read_dir(data.logs()).unwrap().count(), 1, "no probe is left over");
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = DataFolder::open(&folder.path().join("a/b")).unwrap_err();
    assert!(matches!(&missing, Error::FolderMissing(path) if path.ends_with("a")), "{missing}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let not_a_folder = DataFolder::open(&file).unwrap_err();
    assert!(matches!(not_a_folder, Error::NotAFolder(_)), "{not_a_folder}");
    fs::write(folder.path().join("takes"), "in the way").unwrap();
    assert!(matches!(DataFolder::open(folder.path()), Err(Error::NotAFolder(path)) if path.ends_with("takes")));
    for error in [missing, not_a_folder] {
        let problem = Problem::from(error);
        assert!(problem.what.ends_with('.') && problem.fix.ends_with('.'), "{problem}");
    }
}

#[test]
fn a_read_only_folder_is_named() {
    const PLAIN_USER: u32 = 65_534;
    if std::env::var_os(CHILD).is_none() && rustix::process::geteuid().is_root() {
        // Permissions do not hold root back.
        let folder = tempfile::tempdir().unwrap();
        let mut child = itself_for_anyone(folder.path(), "layout::a_read_only_folder_is_named");
        let output = child.uid(PLAIN_USER).gid(PLAIN_USER).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path, bits| fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
    mode(folder.path(), 0o555);
    let parent = DataFolder::open(&folder.path().join("data")).unwrap_err();
    assert!(matches!(&parent, Error::Unwritable { path, .. } if path == folder.path()), "{parent}");
    assert_eq!(Problem::from(parent).kind, Kind::Disk);
    mode(folder.path(), 0o755);
    let data = DataFolder::open(&folder.path().join("data")).unwrap();
    for part in [data.videos(), data.root().to_owned()] {
        mode(&part, 0o555);
        let error = DataFolder::open(data.root()).unwrap_err();
        assert!(matches!(&error, Error::Unwritable { path, .. } if *path == part), "{error}");
        mode(&part, 0o755);
    }
    DataFolder::open(data.root()).unwrap();
}

#[test]
fn a_second_studio_is_told_who_has_the_folder() {
    if let Some(path) = std::env::var_os(CHILD) {
        let data = DataFolder::open(path.as_ref()).unwrap();
        let _lock = data.lock().unwrap();
        writeln!(std::io::stderr(), "locked").unwrap();
        // Until the other side goes away.
        let _ = std::io::stdin().read(&mut [0]);
        return;
    }
    let (_folder, data) = data();
    let mut child = itself("layout::a_second_studio_is_told_who_has_the_folder", data.root().to_str().unwrap())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "locked"));
    let error = data.lock().unwrap_err();
    assert!(matches!(error, Error::InUse { pid: Some(pid), .. } if pid == child.id()), "{error}");
    assert!(error.to_string().contains(&format!("process {}", child.id())));
    // Whoever only reads or serves opens the folder all the same.
    DataFolder::open(data.root()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let lock = data.lock().unwrap();
    assert!(matches!(data.lock(), Err(Error::InUse { pid: Some(pid), .. }) if pid == std::process::id()));
    drop(lock);
    data.lock().unwrap();
}

#[test]
fn leftovers_of_a_crash_are_swept_after_a_day() {
    let (_folder, data) = data();
    let project = projects::create(&data, "P", "text", &[]).unwrap();
    let lock = data.lock().unwrap();
    let places =
        [data.projects(), data.bin(), Path::new(&project.folder).to_owned(), Path::new(&project.folder).join("pictures")];
    for place in &places {
        fs::write(place.join(files::temporary_name()), "half").unwrap();
    }
    assert_eq!(data.sweep(&lock, &clock::wall()).unwrap(), 0, "they may be at work still");
    let in_two_days = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    assert_eq!(data.sweep(&lock, &in_two_days.to_string()).unwrap(), places.len() as u32);
    assert_eq!(projects::read_script(Path::new(&project.folder)).unwrap(), "text");
    assert!(matches!(data.sweep(&lock, "today"), Err(Error::Time(_))));
}

#[test]
fn the_default_folder_follows_xdg_and_is_made_with_those_above_it() {
    if let Some(expected) = std::env::var_os(CHILD) {
        let data = DataFolder::open_default().unwrap();
        assert_eq!(data.root().as_os_str(), expected);
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let home = fs::canonicalize(home.path()).unwrap();
    for (xdg, expected) in [(None, ".local/share/onetake"), (Some("deep/data"), "deep/data/onetake")] {
        let expected = home.join(expected);
        let mut child =
            itself("layout::the_default_folder_follows_xdg_and_is_made_with_those_above_it", expected.to_str().unwrap());
        child.env("HOME", &home).env_remove("XDG_DATA_HOME");
        if let Some(xdg) = xdg {
            child.env("XDG_DATA_HOME", home.join(xdg));
        }
        let output = child.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(expected.join("takes").is_dir());
    }
}

#[test]
fn rows_name_videos_and_nothing_else() {
    let (_folder, data) = data();
    let row = data.video_row("0193.mkv").unwrap();
    assert_eq!(row, "data/videos/0193.mkv");
    assert_eq!(data.video_file(&row).unwrap(), data.videos().join("0193.mkv"));
    for bad in ["", "0193.mkv", "/etc/passwd", "data/videos/", "data/videos/../library.db", "data/videos//etc/passwd"] {
        assert!(matches!(data.video_file(bad), Err(Error::Name(_))), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_row_leads_out_of_the_videos(name in "[./\\\\a-z\\PC]{0,24}") {
        let (_folder, data) = data();
        if let Ok(path) = data.video_file(&format!("data/videos/{name}")) {
            let videos = data.videos();
            prop_assert_eq!(path.parent(), Some(videos.as_path()));
        }
    }
}
