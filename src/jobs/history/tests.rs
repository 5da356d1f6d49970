//! Versions on a real disk and in a real library, and a `kill -9` of a studio that is being written in.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;
use crate::core::history::Change;
use crate::core::latest::{Feeds, Latest};
use crate::core::project::DETAILS_FILE;
use crate::core::project::details::{Details, Status};
use crate::core::settings::Settings;
use crate::core::time::Moment;
use crate::jobs::Jobs;
use crate::jobs::house::Claim;
use crate::jobs::inbox::{Inbox, inbox};
use crate::studio::{self, Model, history, update};

const SCRIPT: &str = "---\ntitle: Talk\n---\n\n## One\n\n> picture: pictures/a.png\n\nFirst words.\n";

struct Place {
    _folder: tempfile::TempDir,
    house: House,
    project: Project,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(Some(folder.path()), Claim::Alone).unwrap();
        let (project, _) = projects::create(&house, Script::markdown(SCRIPT), folder.path(), |_| {}).unwrap();
        image::RgbImage::new(4, 4).save(Path::new(&project.folder).join("pictures/a.png")).unwrap();
        Place { _folder: folder, house, project }
    }

    fn text(&self) -> String {
        blobs::projects::read_script(Path::new(&self.project.folder)).unwrap()
    }

    /// As the window saves and keeps.
    fn write(&self, text: &str) -> KeptVersion {
        projects::save(&self.house, &self.project, text).unwrap();
        keep(&self.house, &self.project, Kind::Draft, None, text, None).unwrap()
    }
}

fn ways() -> (Ways, Inbox) {
    let (outbox, inbox) = inbox(|| {});
    (Ways { outbox, feeds: Feeds::default(), text: Latest::default() }, inbox)
}

fn told(inbox: &Inbox) -> Vec<History> {
    let history = |message| if let Message::History(message) = message { Some(message) } else { None };
    inbox.drain().filter_map(history).collect()
}

#[test]
fn an_older_version_comes_back_and_what_it_replaced_stays() {
    let place = Place::new();
    let (house, project) = (&place.house, &place.project);
    let old = place.write(SCRIPT);
    let newer = SCRIPT.replace("title: Talk", "title: Speech").replace("First", "Other");
    place.write(&newer);
    // Written by another program, and never kept.
    projects::save(house, project, &format!("{newer}And more.\n")).unwrap();
    restore(house, &house.db.projects().unwrap()[0], old.seq).unwrap();
    assert_eq!(place.text(), SCRIPT);
    let kinds: Vec<Kind> = versions(house, project).unwrap().iter().map(|version| version.kind).collect();
    assert_eq!(kinds, [Kind::Draft, Kind::BeforeRestore, Kind::Draft, Kind::Draft]);
    assert_eq!(house.db.projects().unwrap()[0].title, "Talk");
    let mut steps = steps(house, project, SCRIPT);
    assert_eq!(steps.undo(SCRIPT), Some(format!("{newer}And more.\n")), "the window can take it back");
    restore(house, project, old.seq).unwrap();
    assert_eq!(versions(house, project).unwrap().len(), 4, "nothing is done twice");
    assert!(restore(house, project, 4_711).is_err());
}

#[test]
fn a_version_becomes_a_project_with_its_pictures() {
    let place = Place::new();
    let version = place.write(SCRIPT);
    place.write("## Something else\n\nEntirely.\n");
    let (made, text) = fork(&place.house, &place.project, version.seq).unwrap();
    assert_ne!(made.id, place.project.id);
    let script = Script::markdown(text);
    assert_eq!((script.title(), script.words()), ("Talk (copy)", 2));
    assert!(Path::new(&made.folder).join(script.scenes[0].picture().unwrap()).is_file());
    assert_eq!(place.text(), "## Something else\n\nEntirely.\n");
    assert_eq!(place.house.db.projects().unwrap()[0], made);
}

#[test]
fn publishing_needs_words_and_is_found_again() {
    let place = Place::new();
    let published = publish(&place.house, &place.project, Some("First cut")).unwrap();
    assert_eq!((published.kind, published.label()), (Kind::Published, "First cut"));
    assert!(place.house.db.standing(&place.project.id).unwrap().published);
    projects::save(&place.house, &place.project, "## Nothing\n").unwrap();
    assert!(publish(&place.house, &place.project, None).is_err());
}

/// Details in the folder go with the version; a file that is none is no reason not to keep the script.
#[test]
fn details_are_kept_with_the_script() {
    let place = Place::new();
    let first = place.write(SCRIPT);
    let describe = |description: &str, status: Status| {
        let known = place.house.db.details(&place.project.id).unwrap().unwrap();
        let details = Details { description: description.into(), status, ..known };
        place.house.db.save_details(&place.project.id, &details).unwrap();
    };
    describe("For the opening", Status::Draft);
    let second = place.write(SCRIPT);
    assert!(second.fresh && second.seq != first.seq);
    describe("For the opening", Status::Complete);
    assert!(!place.write(SCRIPT).fresh, "when it was saved says nothing of it");
    let same = Change { same: true, ..Change::default() };
    assert_eq!(versions(&place.house, &place.project).unwrap()[0].change, Some(same));
    let text = "## Broken details\n\nAre none.\n";
    blobs::projects::save_script(Path::new(&place.project.folder), text).unwrap();
    fs::write(Path::new(&place.project.folder).join(DETAILS_FILE), "{\"schema\": 2, ").unwrap();
    assert!(keep(&place.house, &place.project, Kind::Draft, None, text, None).unwrap().fresh);
}

#[test]
fn a_script_that_was_changed_elsewhere_is_one_more_step() {
    let place = Place::new();
    let mut typed = Steps::default();
    typed.record("## Before\n", SCRIPT, false);
    keep(&place.house, &place.project, Kind::Draft, None, SCRIPT, Some(&typed)).unwrap();
    let elsewhere = format!("{SCRIPT}\nFrom another program.\n");
    let (ways, inbox) = ways();
    let effect = Effect::Recall { project: place.project.clone(), text: elsewhere.clone(), opening: 1 };
    run(&place.house, &ways, effect);
    let told = told(&inbox);
    let [History::Recalled { steps, .. }] = &told[..] else { panic!("{told:?}") };
    let mut steps = steps.clone();
    assert_eq!(steps.undo(&elsewhere).as_deref(), Some(SCRIPT));
    assert_eq!(steps.undo(SCRIPT).as_deref(), Some("## Before\n"));
    assert_eq!(versions(&place.house, &place.project).unwrap().len(), 2, "what was found is kept");
}

#[test]
fn a_comparison_is_told_and_a_version_that_is_not_there_is_a_sentence() {
    let place = Place::new();
    let old = place.write(SCRIPT);
    let (ways, inbox) = ways();
    for seq in [old.seq, 99] {
        let text = SCRIPT.replace("First", "Other");
        run(&place.house, &ways, Effect::Compare { project: place.project.clone(), seq, text, revision: 7 });
    }
    run(&place.house, &ways, Effect::Fork { project: place.project.clone(), seq: 99, opening: 3 });
    let told = told(&inbox);
    let [found, missing, failed] = &told[..] else { panic!("{told:?}") };
    assert!(matches!(found, History::Compared { revision: 7, result: Ok((text, _)), .. } if **text == *SCRIPT), "{found:?}");
    assert!(matches!(missing, History::Compared { result: Err(problem), .. } if problem.what.contains("version 99")));
    assert!(matches!(failed, History::Failed { opening: 3, .. }));
}

/// Set for the process that is killed: its data folder.
const CHILD: &str = "ONETAKE_TEST_HISTORY";
const LIMIT: Duration = Duration::from_secs(60);

/// A studio without a window whose script grows by a line a step, and that says what it was told is safe. Ends when it is killed.
fn write_for_ever(data: PathBuf) {
    let house = House::open(Some(&data), Claim::Alone).unwrap();
    let (ways, inbox) = ways();
    let mut jobs = Jobs::start(house, ways).unwrap();
    let mut model = Model::default();
    let mut text = "## Diary\n".to_owned();
    let mut now = Moment(0).plus_secs(1.0);
    let mut run = |model: &mut Model, message: Message, now: Moment| {
        for effect in update(model, message, now) {
            // Only what writes the script: no devices.
            if matches!(effect, studio::Effect::Prepare(_) | studio::Effect::History(_)) {
                jobs.run(effect);
            }
        }
    };
    studio::start(&mut model, Settings::default(), now);
    run(&mut model, Message::Prepare(studio::prepare::Message::New), now);
    for step in 0u32.. {
        // The studio's time runs faster than the wall's, so that it saves and keeps without rest.
        now = now.plus_secs(0.7);
        run(&mut model, Message::Tick, now);
        let Some(first) = inbox.wait(Duration::from_millis(2)) else {
            if model.prepare.project.is_some() && step % 4 != 0 {
                text += &format!("\nLine {step} of it.\n");
                run(&mut model, Message::Prepare(studio::prepare::Message::Edited(text.clone())), now);
            }
            continue;
        };
        if let Message::History(history::Message::Kept { result: Ok(sha256), .. }) = &first {
            println!("kept {sha256}");
        }
        run(&mut model, first, now);
    }
}

#[test]
fn a_kill_while_writing_loses_nothing_that_was_kept() {
    if let Some(data) = std::env::var_os(CHILD) {
        return write_for_ever(data.into());
    }
    for round in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let test = "jobs::history::tests::a_kill_while_writing_loses_nothing_that_was_kept";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let began = std::time::Instant::now();
        let mut safe: Vec<String> = Vec::new();
        for line in lines {
            safe.extend(line.strip_prefix("kept ").map(str::to_owned));
            // Whatever it is doing at that moment.
            if safe.len() > 3 + 5 * round || began.elapsed() > LIMIT {
                child.kill().unwrap();
                break;
            }
        }
        child.wait().unwrap();
        assert!(safe.len() > 3 + 5 * round, "it kept {} versions in {LIMIT:?}", safe.len());
        let house = House::open(Some(folder.path()), Claim::Alone).unwrap();
        let project = house.db.projects().unwrap().remove(0);
        let known = versions(&house, &project).unwrap();
        for sha256 in &safe {
            let version = known.iter().find(|version| version.sha256 == *sha256);
            let version = version.unwrap_or_else(|| panic!("{sha256} was said to be safe: {known:?}"));
            let text = house.db.version_text(&project.id, version.seq).unwrap();
            assert_eq!(crate::db::digest(text.as_bytes()), *sha256);
        }
        // The steps lead back from the text on the disk, whichever of the two was written last.
        let mut text = blobs::projects::read_script(Path::new(&project.folder)).unwrap();
        let mut steps = steps(&house, &project, &text);
        let mut back = 0;
        while let Some(before) = steps.undo(&text) {
            (text, back) = (before, back + 1);
        }
        assert!(back > 0, "nothing could be undone after the kill");
    }
}
