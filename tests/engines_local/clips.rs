//! Clips in OpenAI's form: full and minimal records, parts and JSON, the content that wants the key, and LocalAI's own road.

use std::sync::atomic::{AtomicUsize, Ordering};

use onetake::core::generate::{Class, InputRole, Standing, Wish};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use crate::fake::{FILM, Fake, Fault, PICTURE, Reply};
use crate::rig::{Desk, JOB, assert_bearer, bytes, entry, failed, got, open, order, over, part, parts, ticket};

const GATEWAY: &str = "form = 'open_ai'\nkey = 'required'\n[[engine.model]]\nname = 'sora-2'\nkind = 'video'\nseconds = [4.0, 8.0, 12.0]\nresolutions = ['1280x720', '720x1280']\nfirst_frame = true\n";
const JSON: &str = "form = 'open_ai'\n[engine.options]\nclips = 'json'\n[[engine.model]]\nname = 'sora-2'\nkind = 'video'\nresolutions = ['1280x720']\n";
const LOCALAI: &str = "form = 'open_ai'\nlocal = true\nkey = 'optional'\n[engine.options]\nclips = 'localai'\n";

/// `/videos` as OpenAI had it, or with no more than vLLM-Omni says. It is asked twice before the clip is there.
fn videos(minimal: bool, check: impl Fn(&crate::fake::Seen) + Send + Sync + 'static) -> Fake {
    let asked = AtomicUsize::new(0);
    Fake::start(move |seen, books| {
        assert_bearer(seen);
        let record = |status: &str, progress: u32| match minimal {
            true => json!({"id": "video_123", "status": status, "created_at": 1_712_697_600}),
            false => json!({"id": "video_123", "object": "video", "model": "sora-2", "status": status, "progress": progress,
                "created_at": 1_712_697_600, "completed_at": null, "expires_at": null, "size": "1280x720", "seconds": "8", "error": null}),
        };
        match seen.line().as_str() {
            "POST /v1/videos" => {
                check(seen);
                books.charge();
                Reply::json(200, &record("queued", 0))
            }
            "GET /v1/videos/video_123" => Reply::json(
                200,
                &match asked.fetch_add(1, Ordering::SeqCst) {
                    0 => record("queued", 0),
                    1 => record("in_progress", 42),
                    _ => record("completed", 100),
                },
            ),
            "GET /v1/videos/video_123/content" => Reply::film(),
            "DELETE /v1/videos/video_123" => {
                Reply::json(200, &json!({"id": "video_123", "object": "video.deleted", "deleted": true}))
            }
            _ => Reply::json(404, &json!({"error": {"message": "Video not found", "type": "invalid_request_error"}})),
        }
    })
}

#[tokio::test]
async fn a_clip_is_ordered_in_parts_and_fetched_with_the_key() {
    let fake = videos(false, |seen| {
        assert_eq!(part(seen, "prompt").as_deref(), Some("A window at dawn"));
        assert_eq!((part(seen, "seconds").as_deref(), part(seen, "size").as_deref()), (Some("8"), Some("720x1280")));
        let picture = parts(seen).into_iter().find(|part| part.name == "input_reference").expect("the first picture");
        assert_eq!((picture.file.as_deref(), picture.bytes.as_slice()), (Some("first.png"), PICTURE));
    });
    let desk = Desk::new();
    let base = format!("{}/v1", fake.base());
    let engine = open(&entry(GATEWAY), &base);
    let mut order = order(Kind::Video, "sora-2");
    order.wish = Wish { seconds: Some(8.0), aspect: Some("9:16".into()), ..Wish::default() };
    order.inputs.push(desk.input(InputRole::FirstFrame));
    let ticket = ticket(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!(ticket.id, "video_123");
    assert_eq!(ticket.links["size"], "1280x720", "all that it said is kept");
    let (end, progress) = over(&*open(&entry(GATEWAY), &base), &ticket, &desk).await;
    let Standing::Done(made) = end else { panic!("{end:?}") };
    assert_eq!(bytes(&made), FILM);
    assert_eq!(progress, [0.42]);
    engine.forget(&ticket).await.unwrap();
    assert_eq!((fake.charges(), fake.count("DELETE /v1/videos/video_123")), (1, 1));
}

#[tokio::test]
async fn two_fields_are_record_enough() {
    let fake = videos(true, |_| {});
    let desk = Desk::new();
    let engine = open(&entry(GATEWAY), &format!("{}/v1", fake.base()));
    let ticket = ticket(engine.submit(&order(Kind::Video, "sora-2"), &desk.landing).await.unwrap());
    assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), FILM);
    assert!(engine.cancel(&ticket).await.unwrap());
}

#[tokio::test]
async fn in_json_a_picture_is_a_data_url() {
    let fake = videos(false, |seen| {
        let url = seen.json()["input_reference"]["image_url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("data:image/png;base64,iVBOR"), "{url}");
    });
    let desk = Desk::new();
    let engine = open(&entry(JSON), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Video, "sora-2");
    order.inputs.push(desk.input(InputRole::FirstFrame));
    ticket(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn how_it_ends_is_told_in_its_words() {
    let ends = |record: Value| async move {
        let fake = Fake::start(move |seen, _| match seen.method.as_str() {
            "POST" => Reply::json(200, &json!({"id": "v-1", "status": "queued"})),
            _ if seen.path.ends_with("v-1") => Reply::json(200, &record),
            _ => Reply::bare(404),
        });
        let desk = Desk::new();
        let engine = open(&entry(GATEWAY), &fake.base());
        let ticket = ticket(engine.submit(&order(Kind::Video, "sora-2"), &desk.landing).await.unwrap());
        engine.look(&ticket, &desk.landing).await
    };
    let Ok(Standing::Failed(failure)) =
        ends(json!({"id": "v-1", "status": "failed", "error": {"code": "moderation_blocked", "message": "Not this."}})).await
    else {
        panic!("it has failed")
    };
    assert_eq!((failure.class, failure.words.as_str()), (Class::Content, "Not this."));
    assert_eq!(ends(json!({"id": "v-1", "status": "cancelled"})).await, Ok(Standing::Cancelled));
    assert_eq!(
        ends(json!({"id": "v-1", "status": "of_next_year", "progress": "7"})).await,
        Ok(Standing::Running { progress: Some(0.07) })
    );
    assert_eq!(ends(json!([])).await.unwrap_err().class, Class::Nonsense);
    // Ready, but its file is gone.
    assert_eq!(ends(json!({"id": "v-1", "status": "completed"})).await.unwrap_err().class, Class::Expired);
}

#[tokio::test]
async fn what_is_not_known_there_any_more_is_over() {
    let fake = videos(false, |_| {});
    let desk = Desk::new();
    let engine = open(&entry(GATEWAY), &format!("{}/v1", fake.base()));
    let mut ticket = ticket(engine.submit(&order(Kind::Video, "sora-2"), &desk.landing).await.unwrap());
    ticket.id = "video_gone".into();
    let failure = failed(&*engine, &ticket, &desk).await;
    assert_eq!((failure.class, failure.words.as_str()), (Class::Expired, "Video not found"));
    assert!(!engine.cancel(&ticket).await.unwrap());
    ticket.id = "../models".into();
    assert_eq!(engine.look(&ticket, &desk.landing).await.unwrap_err().class, Class::Nonsense);
}

#[tokio::test]
async fn localai_answers_with_the_clip_behind_an_address_of_its_own() {
    let fake = Fake::start(|seen, _| match seen.line().as_str() {
        "POST /video" => {
            let body = seen.json();
            assert_eq!((&body["width"], &body["height"]), (&json!(688), &json!(384)));
            assert_eq!((&body["num_frames"], &body["fps"], &body["response_format"]), (&json!(96), &json!(24), &json!("url")));
            assert!(body["start_image"].as_str().unwrap().starts_with("iVBOR") && body["end_image"].is_string());
            Reply::json(200, &json!({"created": 1, "id": "x", "data": [{"url": "/generated-videos/x.mp4"}]}))
        }
        // With a key set there, it wants it for its files, too.
        "GET /generated-videos/x.mp4" if seen.header("authorization").is_none() => Reply::bare(401),
        "GET /generated-videos/x.mp4" => Reply::film(),
        _ => Reply::bare(404),
    });
    let desk = Desk::new();
    let engine = open(&entry(LOCALAI), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Video, "wan");
    order.wish = Wish { seconds: Some(4.0), aspect: Some("16:9".into()), ..Wish::default() };
    order.inputs = vec![desk.input(InputRole::FirstFrame), desk.input(InputRole::LastFrame)];
    let ticket = ticket(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!(ticket.id, JOB);
    assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), FILM);
}

#[test]
fn a_road_that_is_none_is_said() {
    let odd = entry("form = 'open_ai'\n[engine.options]\nclips = 'by pigeon'\n");
    let failure = onetake::engines::open(&odd, Some("http://127.0.0.1:9"), crate::rig::key()).unwrap_err();
    assert!(failure.words.contains("by pigeon"), "{}", failure.words);
}

#[tokio::test]
async fn a_clip_that_is_kept_elsewhere_is_fetched_without_the_key() {
    let cdn = Fake::start(|seen, _| {
        assert!(
            seen.header("authorization").is_none() && !seen.all().contains(crate::rig::KEY),
            "the key went to where clips are kept"
        );
        Reply::film()
    });
    for (place, own) in [(format!("{}/kept/v.mp4?sig=1", cdn.base()), false), ("/kept/v.mp4".to_owned(), true)] {
        let to = place.clone();
        let fake = Fake::start(move |seen, _| match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", _) => Reply::json(200, &json!({"id": "v-1", "status": "queued"})),
            ("GET", "/videos/v-1") => Reply::json(200, &json!({"id": "v-1", "status": "completed"})),
            ("GET", "/videos/v-1/content") => Reply::redirect(&to),
            ("GET", "/kept/v.mp4") => {
                assert_bearer(seen);
                Reply::film()
            }
            _ => Reply::bare(404),
        });
        let desk = Desk::new();
        let engine = open(&entry(GATEWAY), &fake.base());
        let ticket = ticket(engine.submit(&order(Kind::Video, "sora-2"), &desk.landing).await.unwrap());
        assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), FILM, "{place}");
        assert_eq!(fake.count("GET /kept/v.mp4"), usize::from(own));
    }
    assert_eq!(cdn.seen().len(), 1);
}

#[tokio::test]
async fn a_length_that_is_not_to_be_had_becomes_one_that_is() {
    let fake = videos(false, |seen| assert_eq!(part(seen, "seconds").as_deref(), Some("8")));
    let desk = Desk::new();
    let engine = open(&entry(GATEWAY), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Video, "sora-2");
    order.wish.seconds = Some(5.0);
    ticket(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn a_clip_that_a_paid_server_makes_at_once_is_ordered_once() {
    let paid = LOCALAI.replace("local = true\n", "");
    for fault in [Fault::Reset, Fault::Deaf, Fault::Cut, Fault::Empty] {
        let fake = Fake::start(|_, books| {
            books.charge();
            Reply::json(200, &json!({"data": [{"url": "/x.mp4"}]}))
        });
        fake.fault("POST /video", fault.clone());
        let failure = open(&entry(&paid), &format!("{}/v1", fake.base()))
            .submit(&order(Kind::Video, "wan"), &Desk::new().landing)
            .await
            .unwrap_err();
        assert_eq!((failure.class, fake.seen().len()), (Class::Unclear, 1), "{fault:?}: {failure}");
    }
}
