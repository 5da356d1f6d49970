//! Who may do what: a draft is its owner's and their team's, roles hold, tokens open what they are for and nothing else.

use onetake::core::shared::{Access, Document, Offer, Stage};
use onetake::remote::Error;
use onetake::remote::projects::{Newest, Projects, Put};
use onetake::studio::sync::Link;

use crate::rig::{Device, OWNER, Site, script, wait};

fn offer(words: &str, stage: Stage) -> Offer {
    Offer { device: "desk".into(), document: Document::new(words.into(), Default::default(), stage, Vec::new()) }
}

fn id() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn status(result: Result<impl Sized, Error>) -> u16 {
    match result {
        Ok(_) => 200,
        Err(Error::Declined { status, .. }) => status,
        Err(error) => panic!("{error}"),
    }
}

fn sees(client: &Projects, id: &str) -> bool {
    match wait(client.newest(id, 0, "")).unwrap() {
        Newest::Changed(_) => true,
        Newest::Gone => false,
        Newest::Unchanged => panic!("nothing was named"),
    }
}

#[test]
fn a_draft_is_its_owners_and_their_teams_and_roles_hold() {
    let site = Site::new();
    let anna = site.client(&site.user("Anna", Some(("Films", "editor"))));
    let ben = site.client(&site.user("Ben", Some(("Films", "viewer"))));
    let cleo = site.client(&site.user("Cleo", None));
    let project = id();
    assert!(matches!(wait(anna.put(&project, None, &offer("Anna's.", Stage::Draft))), Ok(Put::Kept(_))));
    assert!(sees(&anna, &project) && !sees(&ben, &project) && !sees(&cleo, &project));
    let facts = wait(anna.share(&project, Some("Films"))).unwrap();
    assert_eq!((facts.owner.as_deref(), facts.team.as_deref()), (Some("Anna"), Some("Films")));
    assert!(sees(&ben, &project) && !sees(&cleo, &project));
    // A viewer reads, and neither writes nor says whose it is.
    assert_eq!(status(wait(ben.put(&project, Some(1), &offer("Ben's.", Stage::Draft)))), 403);
    assert_eq!(status(wait(ben.share(&project, None))), 403);
    assert!(matches!(wait(cleo.put(&project, Some(1), &offer("Cleo's.", Stage::Draft))), Ok(Put::Gone)));
    assert_eq!(wait(ben.list()).unwrap()[0].access, Access::Viewer);
    // Published: everyone with a token reads that version, and no later draft.
    assert!(matches!(wait(anna.put(&project, Some(1), &offer("Published.", Stage::Published))), Ok(Put::Kept(_))));
    assert!(matches!(wait(anna.put(&project, Some(2), &offer("Later draft.", Stage::Draft))), Ok(Put::Kept(_))));
    let Ok(Newest::Changed(version)) = wait(cleo.newest(&project, 0, "")) else { panic!("not seen") };
    assert_eq!((version.document.script.as_str(), version.facts.access), ("Published.", Access::Public));
    assert_eq!(status(wait(cleo.put(&project, Some(2), &offer("Cleo's.", Stage::Draft)))), 403);
    // Who runs the server sees all.
    assert!(sees(&site.client(OWNER), &project));
}

#[test]
fn a_token_opens_nothing_once_it_is_renewed_or_its_user_is_gone() {
    let site = Site::new();
    let first = site.user("Anna", None);
    let second = site.run(&["users", "token", "anna"])["token"].as_str().unwrap().to_owned();
    assert_eq!(status(wait(site.client(&first).account())), 401);
    let account = wait(site.client(&second).account()).unwrap();
    assert_eq!(account.user.as_deref(), Some("Anna"));
    site.run(&["users", "remove", "Anna"]);
    assert_eq!(status(wait(site.client(&second).account())), 401);
    assert_eq!(wait(site.client(OWNER).account()).unwrap().user, None);
}

#[test]
fn users_join_and_leave_teams_and_names_are_names() {
    let site = Site::new();
    site.user("Anna", None);
    assert_eq!(status(wait(site.client(OWNER).account())), 200);
    let joined = site.run(&["users", "join", "ANNA", "--team", "Films", "--role", "owner"]);
    assert_eq!(joined["users"][0]["teams"], serde_json::json!([{ "team": "Films", "role": "owner" }]));
    let left = site.run(&["users", "leave", "Anna", "--team", "films"]);
    assert_eq!(left["users"][0]["teams"], serde_json::json!([]));
    let listed = site.run(&["users", "list"]);
    assert_eq!((listed["users"].as_array().unwrap().len(), &listed["users"][0]["tokens"]), (1, &serde_json::json!(1)));
    for (arguments, code) in [
        (&["users", "add", "anna"][..], 5),
        (&["users", "add", " "], 2),
        (&["users", "add", "two\nlines"], 2),
        (&["users", "token", "Nobody"], 2),
        (&["users", "add", "Ben", "--role", "viewer"], 2),
    ] {
        assert_eq!(site.code(arguments), Some(code), "{arguments:?}");
    }
    // The library holds no token.
    let token = site.user("Cleo", None);
    let files = ["library.db", "library.db-wal"].map(|name| std::fs::read(site.data.join(name)).unwrap_or_default());
    assert!(files.iter().all(|bytes| !bytes.windows(token.len()).any(|at| at == token.as_bytes())));
}

#[test]
fn a_users_token_opens_projects_and_their_own_uploads_and_nothing_of_the_studio() {
    let site = Site::new();
    let (anna, ben) = (site.user("Anna", None), site.user("Ben", None));
    let ask = |method: &str, road: &str, token: &str, headers: &[(&str, &str)]| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(method, format!("{}{road}", site.url())).bearer_auth(token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        wait(async { request.send().await.unwrap() })
    };
    for road in ["/api/v1/control", "/api/v1/live", "/api/v1/me", "/"] {
        assert_eq!(ask("GET", road, &anna, &[]).status().as_u16(), 403, "{road}");
    }
    let tus = [("tus-resumable", "1.0.0"), ("upload-length", "100")];
    let made = ask("POST", "/api/v1/studio/tus", &anna, &tus);
    assert_eq!(made.status().as_u16(), 201);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let recording = made.headers()["onetake-recording"].to_str().unwrap().to_owned();
    let road = format!("/api/v1/studio/recordings/{recording}");
    for (token, expected) in [(anna.as_str(), 200), (ben.as_str(), 404), (OWNER, 200)] {
        assert_eq!(ask("HEAD", &location, token, &tus[..1]).status().as_u16(), expected);
        assert_eq!(ask("GET", &road, token, &[]).status().as_u16(), expected);
    }
    let listed = |token: &str| wait(ask("GET", "/api/v1/studio/recordings", token, &[]).text()).unwrap();
    assert!(listed(&anna).contains(&recording) && listed(OWNER).contains(&recording) && !listed(&ben).contains(&recording));
}

#[test]
fn a_picture_is_nobodys_by_its_hash_alone() {
    let site = Site::new();
    let (anna, ben) = (site.client(&site.user("Anna", None)), site.client(&site.user("Ben", None)));
    let bytes: &[u8] = b"Anna's picture";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x"), bytes).unwrap();
    let sha256 = onetake::blobs::files::sha256_file(&folder.path().join("x"), |_| {}).unwrap();
    wait(anna.give_object(&sha256, bytes.into())).unwrap();
    assert!(!wait(ben.has_object(&sha256)).unwrap());
    assert_eq!(status(wait(ben.fetch_object(&sha256, 14, &folder.path().join("y")))), 404);
    // Nor by naming it in a project of one's own.
    let mut naming = offer("Ben's.", Stage::Draft);
    let picture = onetake::core::shared::SharedFile { path: "pictures/a.jpg".into(), sha256: sha256.clone(), bytes: 14 };
    naming.document.pictures.push(picture);
    assert!(matches!(wait(ben.put(&id(), None, &naming)), Ok(Put::Missing(missing)) if missing == [sha256.clone()]));
    let project = id();
    assert!(matches!(wait(anna.put(&project, None, &naming)), Ok(Put::Kept(_))));
    assert!(!wait(ben.has_object(&sha256)).unwrap());
    naming.document.stage = Stage::Published;
    assert!(matches!(wait(anna.put(&project, Some(1), &naming)), Ok(Put::Kept(_))));
    assert!(wait(ben.has_object(&sha256)).unwrap(), "who sees the project sees its pictures");
}

#[test]
fn what_no_honest_client_sends_is_refused_in_a_sentence() {
    let site = Site::new();
    let client = site.client(OWNER);
    assert!(matches!(wait(client.put("demo", None, &offer("x", Stage::Draft))), Ok(Put::Gone)));
    let mut bad = offer("x", Stage::Draft);
    bad.document.schema = 99;
    let refused = wait(client.put(&id(), None, &bad)).unwrap_err().to_string();
    assert!(refused.contains("Update the server"), "{refused}");
    let road = format!("{}/api/v1/projects/{}", site.url(), id());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = |body: &str, tag: Option<&str>| {
        let mut request = http.put(&road).bearer_auth(OWNER).body(body.to_owned());
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        wait(async {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    };
    assert_eq!(put("{}", None).0, 428);
    for body in ["", "{", "[]", "{\"document\":{}}", "\u{0}"] {
        let (status, text) = put(body, Some("*"));
        assert_eq!(status, 400, "{body:?} {text}");
        assert!(text.contains("error"), "{text}");
    }
    let huge = http.put(&road).bearer_auth(OWNER).header("if-none-match", "*").body(vec![b' '; 48 << 20]);
    match wait(huge.send()) {
        Ok(answer) => assert_eq!(answer.status().as_u16(), 413),
        // The server reads on for a while only; who is slower is cut off.
        Err(error) => assert!(error.is_request(), "{error:?}"),
    }
    let nothing = wait(http.get(&road).bearer_auth(OWNER).send()).unwrap();
    assert_eq!(nothing.status().as_u16(), 404);
}

#[test]
fn a_studio_with_a_wrong_token_says_so_and_keeps_all_here() {
    let site = Site::new();
    let machine = Device::new(&site.url(), "not-the-right-token-at-all");
    let mut studio = machine.open();
    studio.begin(&script("Kept", &["One."]));
    studio.until("the token was refused", |studio| matches!(studio.model.sync.link, Link::SignedOut(_)));
    assert_eq!(studio.word(), "Signed out · kept here");
    let problem = studio.model.sync.link.problem().unwrap().to_string();
    assert!(problem.contains("token") && !problem.contains("not-the-right"), "{problem}");
    assert!(studio.text().contains("One."));
}

#[test]
fn a_viewers_studio_reads_and_keeps_its_own_words_here() {
    let site = Site::new();
    let anna = Device::new(&site.url(), &site.user("Anna", Some(("Films", "editor"))));
    let ben = Device::new(&site.url(), &site.user("Ben", Some(("Films", "viewer"))));
    let mut anna = anna.open();
    anna.begin(&script("Film", &["Anna's."]));
    anna.settle();
    anna.send(onetake::studio::Message::Sync(onetake::studio::sync::Message::Share(Some("Films".into()))));
    let project = anna.project().id;
    anna.until("it is shared", |studio| studio.model.sync.listed(&project).is_some_and(|facts| facts.team.is_some()));
    let mut ben = ben.open();
    ben.open_remote("Film");
    ben.write(&script("Film", &["Anna's.", "Ben's."]));
    ben.look();
    assert_eq!(ben.word(), "Not sent · kept here");
    assert!(ben.text().contains("Ben's."));
    anna.settle();
    assert!(!anna.text().contains("Ben's."));
}
