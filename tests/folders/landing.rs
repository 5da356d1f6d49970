//! A project that is brought in while the program dies, wherever it dies: it is here whole, or not at all.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use onetake::blobs::bundle;

use crate::rig::{Place, picture, tree};
use crate::take_folder::Like;

/// Anything here that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// A bundle with two takes and an asset, one take of `bytes` bytes.
fn exported(bytes: usize) -> (Place, PathBuf) {
    let (place, project) = Place::with_project();
    place.take(Like { project: &project, media: &vec![5u8; bytes], ..Like::default() });
    place.take(Like { project: &project, number: 2, ..Like::default() });
    picture(&place.at("one.png"), 1);
    place.run(&["library", "import", place.at("one.png").to_str().unwrap(), "--project", &project], 0);
    fs::create_dir(place.at("out")).unwrap();
    let answer = place.run(&["library", "export", &project, "--to", place.at("out").to_str().unwrap()], 0);
    (place, PathBuf::from(answer["folder"].as_str().unwrap()))
}

/// The project is here with all that belongs to it.
fn assert_whole(there: &Place) {
    let db = there.db();
    let projects = db.projects().unwrap();
    assert_eq!(projects.len(), 1);
    assert_eq!(db.takes(&projects[0].id).unwrap().len(), 2);
    let media = db.all_assets().unwrap().into_iter().filter(|asset| asset.take.is_none()).count();
    assert_eq!(media, 1);
    let hidden =
        fs::read_dir(there.data()).unwrap().flatten().filter(|item| item.file_name().as_encoded_bytes().starts_with(b"."));
    assert_eq!(hidden.count(), 0, "nothing is left of the way in");
    there.assert_sound();
}

#[test]
fn what_is_sealed_lands_at_the_next_start_wherever_it_stopped() {
    let (_here, folder) = exported(1000);
    // Nothing moved yet; one take; all takes; all but the project; all, but no rows.
    for stop in 0..5 {
        let there = Place::new();
        let data = there.layout();
        let staged = bundle::stage(&data, &folder, &mut |_| true).unwrap().unwrap();
        assert_eq!((staged.takes.len(), staged.assets.len()), (2, 1));
        drop(staged.seal(&data).unwrap());
        let sealed = fs::read_dir(there.data()).unwrap().flatten().map(|item| item.path());
        let sealed =
            sealed.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with(".landing-")).unwrap();
        let moved = |part: &str, most: usize| {
            for item in fs::read_dir(sealed.join(part)).unwrap().flatten().take(most) {
                fs::rename(item.path(), there.data().join(part).join(item.file_name())).unwrap();
            }
        };
        match stop {
            0 => {}
            1 => moved("takes", 1),
            2 => moved("takes", 9),
            3 => {
                moved("takes", 9);
                moved("media", 9);
            }
            _ => {
                let landings = bundle::landings(&data).unwrap();
                assert_eq!(landings.len(), 1);
                landings[0].land(&data).unwrap();
            }
        }
        drop(there.house());
        assert_whole(&there);
    }
}

#[test]
fn what_somebody_is_landing_is_left_to_them() {
    let (_here, folder) = exported(1000);
    let there = Place::new();
    let data = there.layout();
    let held = bundle::stage(&data, &folder, &mut |_| true).unwrap().unwrap().seal(&data).unwrap();
    assert_eq!(bundle::landings(&data).unwrap().len(), 0);
    drop(there.house());
    assert!(there.db().projects().unwrap().is_empty());
    drop(held);
    drop(there.house());
    assert_whole(&there);
}

#[test]
fn a_killed_import_is_whole_or_nothing() {
    let (_here, folder) = exported(24 << 20);
    let (mut whole, mut nothing) = (0, 0);
    for trial in 0..8u32 {
        let there = Place::new();
        drop(there.house());
        let before = tree(&there.data());
        let mut child = there.command(&["library", "import-project", folder.to_str().unwrap()]).spawn().unwrap();
        // At a moment that the trial sets, the last ones at its very end.
        let begin = Instant::now();
        let wanted = trial as usize * (4 << 20);
        while begin.elapsed() < LIMIT && child.try_wait().unwrap().is_none() {
            let come: usize =
                tree(&there.data()).iter().filter(|(path, _)| !before.contains_key(*path)).map(|(_, bytes)| bytes.len()).sum();
            if come >= wanted {
                break;
            }
        }
        let _ = child.kill();
        child.wait().unwrap();
        drop(there.house());
        if there.db().projects().unwrap().is_empty() {
            nothing += 1;
            let shown: Vec<PathBuf> =
                tree(&there.data()).into_keys().filter(|path| !path.to_string_lossy().starts_with('.')).collect();
            assert!(shown.iter().all(|path| before.contains_key(path)), "{shown:?}");
            assert!(there.db().all_takes().unwrap().is_empty());
        } else {
            whole += 1;
            assert_whole(&there);
        }
    }
    println!("{whole} whole, {nothing} nothing");
    assert!(nothing > 0, "none was killed before its end");
}
