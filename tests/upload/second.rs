//! The screen of a take as a recording of its own beside the take's, and takes of sound alone as what they are: the real binary,
//! a real server.

use std::path::Path;
use std::process::Command;

use onetake::blobs::layout::DataFolder;
use onetake::core::take::TakeId;
use onetake::core::upload::{Recording, SecondFile, Status};
use onetake::db::Db;
use serde_json::Value;

use crate::raw::request;
use crate::rig::{Site, sha256, video};
use crate::take_folder;

/// A data folder with one take of three seconds in it.
struct Place {
    folder: tempfile::TempDir,
    take: TakeId,
}

impl Place {
    fn new(pictures: bool, media: &[u8], screen: Option<&[u8]>) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let (take, _) = take_folder::make(&data, take_folder::Like { media, pictures, screen, ..Default::default() });
        Place { folder, take }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn upload(&self, site: &Site) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onetake"));
        command.args(["upload", "last", "--json", "--server", &site.url(), "--token", site.token(), "--data"]);
        let output = command.arg(self.data()).env_remove("DISPLAY").output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{out}\n{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(out.lines().last().unwrap()).unwrap()
    }

    fn db(&self) -> Db {
        Db::open(&self.data().join("library.db")).unwrap()
    }
}

/// The recording of this track.
fn track<'a>(rows: &'a [Recording], track: &str) -> &'a Recording {
    rows.iter().find(|row| row.studio_metadata.track_type.as_deref() == Some(track)).unwrap_or_else(|| panic!("{rows:?}"))
}

#[test]
fn the_screen_is_a_recording_beside_the_takes_own() {
    let (media, screen) = (video(3 << 20, 11), video(2 << 20, 12));
    let (place, site) = (Place::new(true, &media, Some(&screen)), Site::new());
    let answer = place.upload(&site);
    let rows = site.db.recordings().unwrap();
    assert_eq!(rows.len(), 2);
    let (camera, beside) = (track(&rows, "camera"), track(&rows, "screen"));
    assert!(site.stored(&camera.id) == media && site.stored(&beside.id) == screen);
    assert_eq!((answer["recording"].as_str(), answer["sha256"].as_str()), (Some(&*camera.id), Some(&*sha256(&media))));
    assert_eq!(answer["screen"]["recording"].as_str(), Some(&*beside.id));
    assert_eq!(answer["screen"]["sha256"].as_str(), Some(&*sha256(&screen)));
    for row in [camera, beside] {
        assert_eq!((row.status, row.take.as_deref()), (Status::Uploaded, Some(&*place.take.0)));
        assert_eq!(row.studio_metadata.original_clip_id.as_deref(), Some(&*place.take.0));
    }
    assert_eq!((beside.title.as_str(), beside.duration_seconds), ("Both (screen)", 2.0));
    assert_eq!(beside.studio_metadata.offset_ms, Some(1000.0));
    assert_eq!((beside.scenes[0].start, beside.scenes[0].end), (0.0, 2.0));
    assert_eq!(camera.studio_metadata.recording_duration_ms, Some(3000));
}

#[test]
fn a_studio_that_was_killed_between_both_sends_only_the_second() {
    let (media, screen) = (video(1 << 20, 21), video(1 << 20, 22));
    let (place, site) = (Place::new(true, &media, Some(&screen)), Site::new());
    place.upload(&site);
    let before = site.db.recordings().unwrap();
    let first = track(&before, "camera").id.clone();
    // As it stands when the take's own file has just arrived.
    let row = place.db().uploads_of(&place.take).unwrap().remove(0);
    let killed = onetake::db::Upload { status: Status::Uploading, screen: Some(SecondFile::default()), ..row };
    place.db().save_upload(&killed).unwrap();
    let answer = place.upload(&site);
    let after = site.db.recordings().unwrap();
    let cameras = after.iter().filter(|row| row.studio_metadata.track_type.as_deref() == Some("camera")).count();
    assert_eq!((cameras, after.len(), answer["recording"].as_str()), (1, 3, Some(&*first)));
    assert!(site.stored(answer["screen"]["recording"].as_str().unwrap()) == screen);
}

#[test]
fn a_take_of_sound_alone_arrives_as_sound() {
    let media = video(1 << 20, 31);
    let (place, site) = (Place::new(false, &media, None), Site::new());
    let answer = place.upload(&site);
    assert_eq!(answer.get("screen"), None);
    let rows = site.db.recordings().unwrap();
    let row = track(&rows, "audio");
    assert_eq!((rows.len(), Path::new(&row.file_path).extension().unwrap().to_str()), (1, Some("mka")));
    assert!(site.stored(&row.id) == media);
    let road = format!("GET /api/v1/studio/recordings/{}/file HTTP/1.1", row.id);
    let reply = request(site.address, &[&road, &format!("Authorization: Bearer {}", site.token())], b"");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("audio/x-matroska")));
}
