//! What becomes of a take that was interrupted: said once by the next command, asked until answered, also by a library that was
//! made anew.

use std::fs;
use std::path::Path;
use std::time::Duration;

use onetake::core::take::{Take, TakeState};
use onetake::jobs::house::{Claim, House};
use onetake::jobs::{library, rescue};

use super::place::{Place, answered};

/// Loses the library and has it made again from the folders, as the next studio would.
fn rebuilt(place: &Place) -> House {
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        let _ = fs::remove_file(place.data.join(name));
    }
    House::open(Some(&place.data), Claim::Shared).unwrap()
}

fn asked(house: &House) -> Vec<(Take, String)> {
    house.db.unanswered().unwrap()
}

#[test]
fn an_interrupted_take_is_asked_about_until_it_is_kept() {
    let place = Place::new();
    let rolling = place.rolling("60");
    let folder = rolling.folder.clone();
    std::thread::sleep(Duration::from_secs(2));
    let killed = jiff::Timestamp::now();
    rolling.kill();

    // The next command says so in one line, the one after it nothing.
    let output = place.take("1").output().unwrap();
    answered(&output, 0);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("was interrupted")).collect();
    assert!(lines.len() == 1 && lines[0].starts_with("onetake: Take 1 of “Fault” was interrupted "), "{said}");
    assert!(lines[0].contains(" is safe. Keep or discard it in the studio."), "{said}");
    let again = place.take("1").output().unwrap();
    assert!(!String::from_utf8_lossy(&again.stderr).contains("was interrupted"), "it was said");

    // Asked it is all the same, with the moment at which it broke off, whoever looks.
    let house = House::open(Some(&place.data), Claim::Shared).unwrap();
    let before = asked(&house);
    let [(take, at)] = &before[..] else { panic!("{before:?}") };
    assert_eq!((Path::new(&take.folder), take.state), (fs::canonicalize(&folder).unwrap().as_path(), TakeState::Interrupted));
    let at: jiff::Timestamp = at.parse().unwrap();
    let apart = (at.as_millisecond() - killed.as_millisecond()).abs();
    assert!(apart < 1500, "it broke off at {at}, killed at {killed}");
    drop(house);
    let house = rebuilt(&place);
    assert_eq!(asked(&house), before);

    rescue::keep(&house, take).unwrap();
    assert!(asked(&house).is_empty());
    drop(house);
    let house = rebuilt(&place);
    assert!(asked(&house).is_empty() && library::reconcile(&house).unwrap().is_empty());
    assert_eq!(house.db.take(&take.id).unwrap().as_ref(), Some(take), "what is kept is what was offered");
}

#[test]
fn upload_says_it_too_and_a_take_that_holds_nothing_is_asked_about() {
    let place = Place::new();
    let rolling = place.rolling("60");
    let media = rolling.media();
    std::thread::sleep(Duration::from_millis(500));
    rolling.kill();
    // As if it had been killed before the first picture.
    fs::File::options().write(true).open(&media).unwrap().set_len(40).unwrap();
    let output = place.command(&["upload", "no-such-take"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no picture in it"), "{said}");
    let found = asked(&House::open(Some(&place.data), Claim::Shared).unwrap());
    assert_eq!(found.iter().map(|(take, _)| take.frames).collect::<Vec<_>>(), [0]);
}
