//! The same project on two devices: written here, opened there, in step, large, and while something is recorded.

use onetake::studio::{Message, prepare, rehearse};

use crate::rig::{Device, OWNER, Site, script};

#[test]
fn what_is_written_here_is_opened_there_and_goes_back_and_forth() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut desk = desk.open();
    desk.begin(&script("Letters", &["The first line, ünter 猫."]));
    desk.settle();
    assert_eq!(desk.word(), "Saved · on server");
    let mut couch = couch.open();
    couch.open_remote("Letters");
    assert_eq!(couch.text(), desk.text());
    couch.settle();
    couch.write(&script("Letters", &["The first line, ünter 猫.", "And one from the couch."]));
    couch.settle();
    desk.settle();
    assert_eq!(desk.text(), couch.text());
    // It came as an edit: it can be undone, and that is an edit too.
    desk.send(Message::Prepare(prepare::Message::Undo));
    desk.send(Message::Prepare(prepare::Message::SaveNow));
    assert!(!desk.text().contains("couch"));
    desk.settle();
    couch.settle();
    assert_eq!(couch.text(), desk.text());
}

#[test]
fn a_title_that_changed_there_is_the_title_here() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut desk = desk.open();
    desk.begin(&script("Working title", &["One."]));
    desk.settle();
    let mut couch = couch.open();
    couch.open_remote("Working title");
    couch.write(&script("Final title", &["One."]));
    couch.settle();
    desk.settle();
    assert_eq!(desk.model.prepare.script.title(), "Final title");
    let project = desk.project().id;
    desk.send(Message::Prepare(prepare::Message::OpenFolder(desk.project().folder)));
    desk.until("the list has the new title", |studio| {
        studio.model.prepare.projects.iter().any(|known| known.id == project && known.title == "Final title")
    });
}

#[test]
fn a_hundred_thousand_words_go_there_and_back() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let paragraph = "Every story starts with a quiet room and a question nobody asked. ".repeat(20);
    let lines: Vec<&str> = std::iter::repeat_n(paragraph.trim(), 420).collect();
    let mut desk = desk.open();
    desk.begin(&script("Long", &lines));
    assert!(desk.model.prepare.script.words() >= 100_000);
    desk.settle();
    let mut couch = couch.open();
    couch.open_remote("Long");
    assert_eq!(couch.text(), desk.text());
    couch.write(&couch.text().replacen("quiet", "loud", 1));
    couch.settle();
    desk.settle();
    assert_eq!(desk.text(), couch.text());
}

#[test]
fn nothing_comes_while_the_script_is_being_read() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut desk = desk.open();
    desk.begin(&script("Read", &["One.", "Two."]));
    desk.settle();
    let mut couch = couch.open();
    couch.open_remote("Read");
    couch.write(&script("Read", &["One.", "Two.", "Three."]));
    couch.settle();
    desk.on_record_page();
    desk.send(Message::Rehearse(rehearse::Message::Begin));
    desk.until("the rehearsal has begun", |studio| studio.model.busy().is_some());
    let before = desk.text().to_owned();
    desk.pass(300.0);
    for _ in 0..50 {
        desk.turn();
    }
    assert_eq!(desk.text(), before);
    desk.send(Message::Rehearse(rehearse::Message::Stop));
    desk.until("the rehearsal has ended", |studio| studio.model.busy().is_none());
    desk.settle();
    assert_eq!(desk.text(), couch.text());
}

#[test]
fn projects_that_are_closed_are_brought_in_step_when_the_studio_comes_back() {
    let mut site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut studio = desk.open();
    studio.begin(&script("One", &["First."]));
    studio.settle();
    site.kill();
    studio.write(&script("One", &["First.", "Written while the server was away."]));
    studio.look();
    assert!(studio.away());
    // Another project is open when the server is back.
    studio.begin(&script("Two", &["Second."]));
    site.start();
    studio.settle();
    let mut other = couch.open();
    other.until("both are on the server, as they are here", |other| {
        let _ = other;
        let listed = crate::rig::wait(site.client(OWNER).list()).unwrap();
        listed.iter().any(|facts| facts.title == "One" && facts.words == 7) && listed.len() == 2
    });
    other.open_remote("One");
    assert!(other.text().contains("while the server was away"));
}
