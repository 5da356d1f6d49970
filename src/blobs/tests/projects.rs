//! Project folders: made whole, scripts read with their exact fault, saved whole.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::{Error, projects};
use super::data;
use super::pictures::png;
use crate::core::problem::Problem;
use crate::core::project::{MAX_SCRIPT_BYTES, SCRIPT_FILE};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_project_is_made_from_a_script_and_pictures() {
    let (folder, data) = data();
    let picture = folder.path().join("mein Bild.png");
    fs::write(&picture, png(4, 3)).unwrap();
    let script = "# Why\r\n\r\nWörds.\r\n";
    let first = projects::create(&data, "Why we write", script, &[picture.clone(), picture]).unwrap();
    assert_eq!((first.id.as_str(), first.title.as_str()), ("why-we-write", "Why we write"));
    assert_eq!(first.folder, data.projects().join("why-we-write").to_str().unwrap());
    assert_eq!(projects::read_script(Path::new(&first.folder)).unwrap(), script);
    assert_eq!(names(&Path::new(&first.folder).join("pictures")), ["mein Bild-2.png", "mein Bild.png"]);

    let second = projects::create(&data, "Why? We write!", "", &[]).unwrap();
    assert_eq!(second.id, "why-we-write-2");
    let other = projects::create(&data, "なぜ書くのか", "", &[]).unwrap();
    assert!(uuid::Uuid::parse_str(&other.id).is_ok(), "{}", other.id);
    assert_eq!(projects::list(&data).unwrap().len(), 3);
}

#[test]
fn a_project_that_fails_leaves_nothing() {
    let (folder, data) = data();
    let broken = folder.path().join("broken.png");
    fs::write(&broken, "not a picture").unwrap();
    assert!(matches!(projects::create(&data, "P", "text", &[broken]), Err(Error::Picture { .. })));
    assert!(matches!(projects::create(&data, "P", "text", &[PathBuf::from("/no/such.png")]), Err(Error::NotFound(_))));
    assert_eq!(names(&data.projects()), [] as [&str; 0]);
}

#[test]
fn the_demo_is_written_once_and_never_over_edits() {
    let (_folder, data) = data();
    let picture = png(2, 2);
    let pictures: [(&str, &[u8]); 1] = [("one.png", &picture)];
    let made = projects::demo(&data, "Demo", b"# Demo\n", &pictures).unwrap();
    assert_eq!(made.id, "demo");
    let folder = Path::new(&made.folder);
    assert_eq!(fs::read(folder.join("pictures/one.png")).unwrap(), picture);
    projects::save_script(folder, "# Mine\n").unwrap();
    assert_eq!(projects::demo(&data, "Demo", b"# Demo\n", &pictures).unwrap(), made);
    assert_eq!(projects::read_script(folder).unwrap(), "# Mine\n");
    assert_eq!(names(&data.projects()), ["demo"]);
}

#[test]
fn scripts_are_read_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    for (bytes, text) in [
        (&b""[..], ""),
        (b"\xef\xbb\xbf# With a mark\r\nline\r\n", "# With a mark\r\nline\r\n"),
        ("שלום 👩‍👩‍👧 e\u{301}\n".as_bytes(), "שלום 👩‍👩‍👧 e\u{301}\n"),
    ] {
        fs::write(folder.path().join(SCRIPT_FILE), bytes).unwrap();
        assert_eq!(projects::read_script(folder.path()).unwrap(), text);
    }
}

#[test]
fn what_is_no_text_is_told_with_line_and_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.md");
    for (bytes, expected) in [
        (&b"one\ntwo\nthr\xffee\n"[..], (11, 3)),
        (b"caf\xe9", (3, 1)),
        (b"\xff\xfeH\0i\0", (0, 1)),
        (b"cut in two \xe2\x82", (11, 1)),
        (b"PK\x03\x04\n\0\0", (5, 2)),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = projects::read_script_file(&path).unwrap_err();
        let Error::ScriptNotText { byte, line, .. } = error else { panic!("{error}") };
        assert_eq!((byte, line), expected);
        let problem = Problem::from(error);
        assert!(problem.what.contains(&format!("line {line}, byte {byte}")), "{problem}");
    }
}

#[test]
fn other_files_and_too_large_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(projects::read_script_file(folder.path()), Err(Error::NotAFile(_))));
    assert!(matches!(projects::read_script_file(Path::new("/dev/zero")), Err(Error::NotAFile(_))));
    assert!(matches!(projects::read_script(folder.path()), Err(Error::NotFound(_))));
    let path = folder.path().join(SCRIPT_FILE);
    let largest = "a".repeat(MAX_SCRIPT_BYTES as usize);
    projects::save_script(folder.path(), &largest).unwrap();
    assert_eq!(projects::read_script(folder.path()).unwrap().len(), largest.len());
    let larger = largest + "b";
    assert!(matches!(projects::save_script(folder.path(), &larger), Err(Error::ScriptTooLarge { .. })));
    assert_eq!(fs::metadata(&path).unwrap().len(), MAX_SCRIPT_BYTES);
    fs::write(&path, larger).unwrap();
    let error = projects::read_script(folder.path()).unwrap_err();
    assert!(matches!(error, Error::ScriptTooLarge { bytes, .. } if bytes == MAX_SCRIPT_BYTES + 1), "{error}");
}
