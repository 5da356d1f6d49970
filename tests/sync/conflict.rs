//! Both sides changed the same: nothing is overwritten, the person chooses, and the version that gives way is still there.

use onetake::studio::sync::{Choice, Link};
use onetake::studio::{Message, Sheet, prepare};

use crate::rig::{Device, OWNER, Site, Studio, script};

struct Two {
    _site: Site,
    desk_machine: Device,
    couch_machine: Device,
    desk: Studio,
    couch: Studio,
}

const DESK: &str = "Written at the desk.";
const COUCH: &str = "Written on the couch.";

/// Both had the same; the couch was faster.
fn two() -> Two {
    let site = Site::new();
    let (desk_machine, couch_machine) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut desk = desk_machine.open();
    desk.begin(&script("Shared", &["Both have this."]));
    desk.settle();
    let mut couch = couch_machine.open();
    couch.open_remote("Shared");
    couch.settle();
    couch.write(&script("Shared", &["Both have this.", COUCH]));
    couch.settle();
    desk.write(&script("Shared", &["Both have this.", DESK]));
    desk.differ();
    Two { _site: site, desk_machine, couch_machine, desk, couch }
}

impl Two {
    /// Both words are somewhere on each machine's disk, or will be never again.
    fn assert_kept(&self, device: &Device) {
        let texts = device.texts();
        for words in [DESK, COUCH] {
            assert!(texts.iter().any(|text| text.contains(words)), "“{words}” is gone: {texts:?}");
        }
    }
}

#[test]
fn both_are_shown_and_nothing_moves_until_one_is_chosen() {
    let mut two = two();
    assert_eq!((two.desk.model.sheet, two.desk.word()), (Some(Sheet::Versions), "Two versions"));
    let conflict = two.desk.model.sync.conflict.clone().unwrap();
    assert!(conflict.mine.script.contains(DESK) && conflict.theirs.script.contains(COUCH));
    assert!(!conflict.device.is_empty() && !conflict.facts.made_at.is_empty() && !conflict.written_at.is_empty());
    two.desk.pass(300.0);
    for _ in 0..40 {
        two.desk.turn();
    }
    assert!(two.desk.text().contains(DESK) && two.desk.model.sync.link == Link::Differs);
    two.couch.settle();
    assert!(two.couch.text().contains(COUCH));
}

#[test]
fn keeping_this_one() {
    let mut two = two();
    two.desk.choose(Choice::Mine);
    two.desk.settle();
    assert!(two.desk.text().contains(DESK) && two.desk.model.sheet.is_none());
    two.couch.settle();
    assert_eq!(two.couch.text(), two.desk.text());
    two.assert_kept(&two.desk_machine);
    let named = two.desk.model.prepare.projects.iter().any(|project| project.title.starts_with("Shared ("));
    assert!(named, "{:?}", two.desk.model.prepare.projects);
}

#[test]
fn keeping_the_servers() {
    let mut two = two();
    two.desk.choose(Choice::Theirs);
    two.desk.settle();
    assert!(two.desk.text().contains(COUCH) && !two.desk.text().contains(DESK));
    two.assert_kept(&two.desk_machine);
    // The choice can be regretted at once, too.
    two.desk.send(Message::Prepare(prepare::Message::Undo));
    assert!(two.desk.text().contains(DESK));
}

#[test]
fn keeping_both() {
    let mut two = two();
    two.desk.choose(Choice::Both);
    two.desk.settle();
    assert!(two.desk.text().contains(COUCH));
    two.assert_kept(&two.desk_machine);
    // The other is on the server too, as a project of its own.
    let titles: Vec<String> =
        crate::rig::wait(two._site.client(OWNER).list()).unwrap().into_iter().map(|facts| facts.title).collect();
    assert!(titles.len() == 2 && titles.iter().any(|title| title.starts_with("Shared (")), "{titles:?}");
}

#[test]
fn the_other_side_writes_on_while_a_person_thinks() {
    let mut two = two();
    two.couch.write(&script("Shared", &["Both have this.", COUCH, "And more."]));
    two.couch.settle();
    two.desk.choose(Choice::Mine);
    // What was chosen against is not what is there now: nothing is overwritten unseen.
    two.desk.differ();
    assert!(two.desk.model.sync.conflict.as_ref().unwrap().theirs.script.contains("And more."));
    two.desk.choose(Choice::Theirs);
    two.desk.settle();
    assert_eq!(two.desk.text(), two.couch.text());
    two.assert_kept(&two.desk_machine);
}

#[test]
fn a_choice_waits_over_a_restart() {
    let Two { _site, desk_machine, couch_machine, desk, couch } = two();
    drop(desk);
    let mut desk = desk_machine.open();
    let projects = desk_machine.texts().len();
    let folder = std::fs::read_dir(desk_machine.data.join("projects")).unwrap().flatten().next().unwrap().path();
    desk.send(Message::Prepare(prepare::Message::OpenFolder(folder.to_string_lossy().into_owned())));
    desk.until("the project is open", |studio| studio.model.prepare.project.is_some());
    desk.differ();
    assert_eq!(desk_machine.texts().len(), projects, "nothing was decided meanwhile");
    desk.choose(Choice::Theirs);
    desk.settle();
    assert_eq!(desk.text(), couch.text());
    drop(couch_machine);
}
