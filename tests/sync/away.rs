//! The server is away, dies in the middle, or its answer gets lost: all is kept here, and both sides meet again without a question.

use onetake::core::shared::Offer;
use onetake::remote::projects::Put;
use onetake::studio::{Message, prepare};

use crate::line::Line;
use crate::rig::{Device, OWNER, Site, script, wait};

#[test]
fn what_is_written_while_the_server_is_away_is_kept_and_sent_when_it_is_back() {
    let mut site = Site::new();
    let desk = Device::new(&site.url(), OWNER);
    let mut studio = desk.open();
    studio.begin(&script("Away", &["One."]));
    studio.settle();
    site.kill();
    studio.write(&script("Away", &["One.", "Two."]));
    studio.look();
    assert!(studio.away());
    assert_eq!(studio.word(), "Server not reached · kept here");
    // The studio is closed and opened without the server, too.
    drop(studio);
    let mut studio = desk.open();
    let folder = std::fs::read_dir(desk.data.join("projects")).unwrap().flatten().next().unwrap().path();
    studio.send(Message::Prepare(prepare::Message::OpenFolder(folder.to_string_lossy().into_owned())));
    studio.until("the server is missed", |studio| studio.away());
    studio.until("the project is open", |studio| studio.model.prepare.project.is_some());
    assert!(studio.text().contains("Two."));
    site.start();
    studio.pass(61.0);
    studio.settle();
    let listed = wait(site.client(OWNER).list()).unwrap();
    assert_eq!((listed.len(), listed[0].words, listed[0].revision), (1, 2, 2));
}

#[test]
fn an_answer_that_got_lost_is_no_conflict() {
    let site = Site::new();
    let line = Line::to(site.address);
    let desk = Device::new(&line.url(), OWNER);
    let mut studio = desk.open();
    studio.begin(&script("Lost", &["One."]));
    // The first version arrives, and nobody hears of it.
    studio.until("the studio is signed in", |studio| studio.model.sync.link.is_on());
    let listed = || wait(site.client(OWNER).list()).unwrap();
    let mut deaf = 0;
    while listed().is_empty() {
        line.deafen_after(deaf);
        deaf += 20;
        studio.look();
        assert!(deaf < 4_000, "nothing ever arrived");
    }
    studio.write(&script("Lost", &["One.", "Two."]));
    studio.settle();
    assert_eq!(listed().len(), 1, "it was not sent as another project");
    for number in 0..12 {
        studio.write(&script("Lost", &["One.", "Two.", &format!("Number {number}.")]));
        line.deafen_after(number * 37);
        studio.look();
        studio.write(&script("Lost", &["One.", "Two.", &format!("Number {number}."), "On it goes."]));
        studio.settle();
        assert!(studio.model.sync.conflict.is_none());
    }
    assert_eq!(listed()[0].words, 7);
}

#[test]
fn a_line_that_is_cut_at_any_byte_leaves_a_whole_version_or_none() {
    let site = Site::new();
    let line = Line::to(site.address);
    let desk = Device::new(&line.url(), OWNER);
    let mut studio = desk.open();
    let long = "Words that make it long enough to be cut in the middle. ".repeat(200);
    studio.begin(&script("Cut", &[&long]));
    studio.settle();
    for number in 0..15u64 {
        let text = script("Cut", &[&long, &format!("Number {number}.")]);
        studio.write(&text);
        line.cut_after(number * 997);
        studio.look();
        studio.settle();
        let client = site.client(OWNER);
        let facts = wait(client.list()).unwrap().remove(0);
        let newest = wait(client.newest(&facts.id, 0, "")).unwrap();
        let onetake::remote::projects::Newest::Changed(version) = newest else { panic!("gone") };
        assert_eq!(version.document.script, text);
    }
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_a_put_has_the_old_version_or_the_new_one() {
    let mut site = Site::new();
    let desk = Device::new(&site.url(), OWNER);
    let mut studio = desk.open();
    let long = "Words that make it long enough to be killed in the middle. ".repeat(20_000);
    studio.begin(&script("Killed", &[&long]));
    studio.settle();
    let mut texts = vec![studio.text().to_owned()];
    for number in 0..6u64 {
        let text = script("Killed", &[&long, &format!("Number {number}.")]);
        studio.write(&text);
        texts.push(text);
        studio.pass(61.0);
        for _ in 0..number * 3 {
            studio.turn();
        }
        site.kill();
        site.start();
        let client = site.client(OWNER);
        let facts = wait(client.list()).unwrap().remove(0);
        let Ok(onetake::remote::projects::Newest::Changed(version)) = wait(client.newest(&facts.id, 0, "")) else {
            panic!("gone")
        };
        assert!(texts.contains(&version.document.script), "half a version");
        studio.settle();
        assert!(studio.model.sync.conflict.is_none());
    }
}

#[test]
fn a_server_that_lost_everything_costs_nothing_here() {
    let mut site = Site::new();
    let desk = Device::new(&site.url(), OWNER);
    let mut studio = desk.open();
    studio.begin(&script("Lost server", &["One."]));
    studio.settle();
    site.kill();
    std::fs::remove_dir_all(&site.data).unwrap();
    site.start();
    studio.look();
    assert_eq!(studio.word(), "Not on the server");
    assert!(studio.text().contains("One."));
    studio.send(Message::Sync(onetake::studio::sync::Message::Resend));
    studio.settle();
    assert_eq!(wait(site.client(OWNER).list()).unwrap().len(), 1);
}

#[test]
fn two_that_put_at_once_are_one_after_the_other() {
    let site = Site::new();
    let id = uuid::Uuid::now_v7().to_string();
    let offer = |words: &str| Offer {
        device: "desk".into(),
        document: onetake::core::shared::Document::new(words.into(), Default::default(), Default::default(), Vec::new()),
    };
    assert!(matches!(wait(site.client(OWNER).put(&id, None, &offer("first"))), Ok(Put::Kept(_))));
    let racers: Vec<_> = (0..8)
        .map(|number| {
            let (client, id, offer) = (site.client(OWNER), id.clone(), offer(&format!("racer {number}")));
            std::thread::spawn(move || matches!(wait(client.put(&id, Some(1), &offer)), Ok(Put::Kept(_))))
        })
        .collect();
    let won = racers.into_iter().map(|racer| racer.join().unwrap()).filter(|won| *won).count();
    assert_eq!(won, 1);
}

#[test]
fn what_was_just_written_is_sent_when_the_window_closes() {
    let site = Site::new();
    let desk = Device::new(&site.url(), OWNER);
    let mut studio = desk.open();
    studio.begin(&script("Closing", &["One."]));
    studio.settle();
    // Closed before the pause that is waited for.
    studio.write(&script("Closing", &["One.", "Two."]));
    studio.leave();
    let listed = wait(site.client(OWNER).list()).unwrap();
    assert_eq!((listed[0].words, listed[0].revision), (2, 2));
}

#[test]
fn a_server_that_hangs_holds_up_nobody_who_leaves() {
    let site = Site::new();
    let desk = Device::new(&site.url(), OWNER);
    let mut studio = desk.open();
    studio.begin(&script("Hanging", &["One."]));
    studio.settle();
    let folder = studio.project().folder;
    studio.write(&script("Hanging", &["One.", "Two."]));
    site.freeze(true);
    studio.leave();
    site.freeze(false);
    // The next start goes on.
    let mut studio = desk.open();
    studio.send(Message::Prepare(prepare::Message::OpenFolder(folder)));
    studio.until("the project is open", |studio| studio.model.prepare.project.is_some());
    assert!(studio.text().contains("Two."));
    studio.settle();
    assert_eq!(wait(site.client(OWNER).list()).unwrap()[0].words, 2);
}
