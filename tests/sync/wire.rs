//! The routes of other studios of this kind: saved by them, opened here, and back.

use onetake::core::project::details::Details;
use onetake::db::Db;
use serde_json::{Value, json};

use crate::rig::{Device, OWNER, Site, Studio, script, wait};

fn ask(site: &Site, token: &str, method: &str, road: &str, body: Option<Value>) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = client.request(method, format!("{}{road}", site.url())).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    wait(async {
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    })
}

#[test]
fn a_project_saved_by_another_studio_is_opened_here_and_the_other_way_round() {
    let site = Site::new();
    let storyboard = json!([
        { "scene_id": 1, "prompt": "a lantern-lit desk", "duration": 12.0, "video_url": null, "thumbnail_url": null },
        { "scene_id": 2, "prompt": "morning", "duration": 5.5, "video_url": null, "thumbnail_url": null },
    ]);
    let audio = json!([{ "id": "a", "url": "/song.mp3", "start": 0.0, "volume": 1.0, "name": "Song" }]);
    let (status, saved) = ask(
        &site,
        OWNER,
        "POST",
        "/api/video/save-project",
        Some(json!({
            "title": "From elsewhere", "description": "A film.", "storyboard": storyboard, "timeline": { "layers": [] },
            "audio_tracks": audio, "tags": ["night"], "category": "film",
        })),
    );
    assert_eq!((status, &saved["success"]), (200, &json!(true)), "{saved}");
    let id = saved["project_id"].as_str().unwrap().to_owned();
    let machine = Device::new(&site.url(), OWNER);
    let mut studio = machine.open();
    studio.open_remote("From elsewhere");
    assert_eq!(studio.model.prepare.script.scenes.len(), 2);
    assert_eq!(studio.model.prepare.script.scenes[0].target_secs(), Some(12.0));
    let text = studio.text().replace("## Scene 2", "Words that are spoken.\n\n## Scene 2");
    studio.write(&text);
    studio.settle();
    let (_, got) = ask(&site, OWNER, "GET", &format!("/api/video/project/{id}"), None);
    let project = &got["project"];
    assert_eq!(project.as_object().unwrap().len(), 27);
    assert_eq!(
        (&project["tags"], &project["description"], &project["audio_tracks"]),
        (&json!(["night"]), &json!("A film."), &audio)
    );
    // A save of theirs touches what it names and comes here.
    let (_, saved) =
        ask(&site, OWNER, "POST", "/api/video/save-project", Some(json!({ "project_id": id, "title": "Renamed there" })));
    assert_eq!(saved["project_id"], json!(id));
    studio.settle();
    assert_eq!(studio.model.prepare.script.title(), "Renamed there");
    assert!(studio.text().contains("Words that are spoken."));
    let (_, library) = ask(&site, OWNER, "GET", "/studio/video/library", None);
    let listed = &library["projects"][0];
    assert_eq!((&listed["title"], &listed["status"]), (&json!("Renamed there"), &json!("draft")));
    assert_eq!(listed.as_object().unwrap().len(), 6);
}

#[test]
fn their_errors_say_success_false() {
    let site = Site::new();
    let anna = site.user("Anna", None);
    let ben = site.user("Ben", None);
    let (_, saved) = ask(&site, &anna, "POST", "/api/video/save-project", Some(json!({ "title": "Mine" })));
    let id = saved["project_id"].as_str().unwrap();
    for (status, (found, value)) in [
        (404, ask(&site, &ben, "GET", &format!("/api/video/project/{id}"), None)),
        (404, ask(&site, &ben, "POST", "/api/video/save-project", Some(json!({ "project_id": id, "title": "Ben's" })))),
        (404, ask(&site, &anna, "GET", "/api/video/project/1", None)),
        (400, ask(&site, &anna, "POST", "/api/video/save-project", Some(json!({ "tags": "no list" })))),
    ] {
        assert_eq!((found, &value["success"]), (status, &json!(false)), "{value}");
        assert!(!value["error"].as_str().unwrap().is_empty());
    }
    let (_, library) = ask(&site, &ben, "GET", "/studio/video/library", None);
    assert_eq!(library["projects"], json!([]));
}

#[test]
fn what_is_said_beside_the_script_goes_along_and_both_changes_fit_together() {
    let site = Site::new();
    let (desk, couch) = (Device::new(&site.url(), OWNER), Device::new(&site.url(), OWNER));
    let mut one = desk.open();
    one.begin(&script("Details", &["One."]));
    describe(&desk, &one, |details| {
        details.description = "desk's".into();
        details.tags = vec!["a".into()];
    });
    one.settle();
    let mut other = couch.open();
    other.open_remote("Details");
    let said = |device: &Device, studio: &Studio| {
        let details = library(device).details(&studio.project().id).unwrap().unwrap();
        (details.description, details.tags)
    };
    assert_eq!(said(&couch, &other), ("desk's".to_owned(), vec!["a".to_owned()]));
    // The desk changes the text while the couch changes a tag: nobody is asked.
    describe(&couch, &other, |details| details.tags.push("b".into()));
    other.settle();
    one.write(&script("Details", &["One.", "Two."]));
    one.settle();
    other.settle();
    assert_eq!(said(&desk, &one), ("desk's".to_owned(), vec!["a".to_owned(), "b".to_owned()]));
    assert!(other.text().contains("Two.") && other.text() == one.text());
}

fn library(device: &Device) -> Db {
    Db::open(&device.data.join("library.db")).unwrap()
}

/// Changes what a project is besides its script, as the studio does: in its row and in its folder.
fn describe(device: &Device, studio: &Studio, change: impl FnOnce(&mut Details)) {
    let (db, project) = (library(device), studio.project());
    let mut details = db.details(&project.id).unwrap().unwrap();
    change(&mut details);
    db.save_details(&project.id, &details).unwrap();
    let file = std::path::Path::new(&project.folder).join("project.json");
    std::fs::write(file, onetake::core::project::details::write(&project, &details)).unwrap();
}
