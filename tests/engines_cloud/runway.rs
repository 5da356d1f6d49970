//! Runway as it is documented: the version in every request, tasks with their states, uploads that see no key, credits as money.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use onetake::core::engine::Money;
use onetake::core::generate::{Class, InputRole, Standing, Submission};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use super::fake::{Fake, Fault, PICTURE, Reply, Seen};
use super::rig::{KEY, World, is, order, right_key, same_film, same_sound};

/// Storage and files; both fail the test when they are shown the key.
fn storage() -> Fake {
    Fake::start(|seen, _| {
        assert!(seen.header("authorization").is_none() && seen.header("x-runway-version").is_none(), "the key went to storage");
        assert!(!seen.all().contains(KEY));
        match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", "/bucket") => {
                let body = String::from_utf8_lossy(&seen.body);
                let at = |name: &str| body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
                assert!(at("key") < at("file") && at("policy") < at("file"), "the file comes last");
                Reply::bare(204)
            }
            ("GET", path) if path.ends_with(".mp4") => Reply::film(),
            ("GET", path) if path.ends_with(".wav") => Reply::sound(),
            ("GET", path) if path.ends_with(".png") => Reply::picture(),
            other => panic!("no road of storage: {other:?}"),
        }
    })
}

/// Runway, whose task takes so many questions; at least three show every state.
pub fn world(polls: usize) -> World {
    let files = storage();
    let media = files.base();
    let (asked, gone) = (AtomicUsize::new(0), Mutex::new(false));
    let fake = Fake::start(move |seen, books| {
        right_key(seen, "Bearer");
        if seen.header("x-runway-version") != Some("2024-11-06") {
            return Reply::json(400, &json!({"error": "The X-Runway-Version header is missing"}));
        }
        match (seen.method.as_str(), seen.path.as_str()) {
            (
                "POST",
                "/v1/text_to_video" | "/v1/image_to_video" | "/v1/text_to_image" | "/v1/text_to_speech" | "/v1/video_to_video"
                | "/v1/video_upscale",
            ) => {
                check(seen);
                books.charge();
                Reply::json(200, &json!({"id": "17f20503-6c24-4c16-946b-35dbbce2af2f", "estimatedCost": {"credits": 60}}))
            }
            ("POST", "/v1/uploads") => {
                let body = seen.json();
                assert_eq!((body["type"].as_str(), body["filename"].as_str()), (Some("ephemeral"), Some("big.png")));
                let fields = json!({"key": "k1", "policy": "p1", "x-amz-date": "20261121"});
                Reply::json(
                    200,
                    &json!({"uploadUrl": format!("{media}/bucket"), "fields": fields, "runwayUri": "runway://up-1"}),
                )
            }
            ("GET", "/v1/organization") => {
                let models = json!({"gen4.5": {"maxConcurrentGenerations": 2, "maxDailyGenerations": 50}});
                Reply::json(
                    200,
                    &json!({"creditBalance": 1500, "tier": {"maxMonthlyCreditSpend": 9000, "models": models}, "usage": {"models": {}}}),
                )
            }
            ("DELETE", path) if path.starts_with("/v1/tasks/") => {
                let mut gone = gone.lock().unwrap();
                if std::mem::replace(&mut *gone, true) { missing() } else { Reply::bare(204) }
            }
            ("GET", path) if path.starts_with("/v1/tasks/") => {
                if *gone.lock().unwrap() {
                    return missing();
                }
                let at = asked.fetch_add(1, Ordering::SeqCst);
                Reply::json(200, &task(at, polls, &media))
            }
            other => panic!("no road of Runway: {other:?}"),
        }
    });
    let roads = ("POST /v1/text_to_video", "GET /v1/tasks/", "GET /", true);
    World::new("runway", "", fake, files, order(Kind::Video, "gen4.5"), roads)
}

fn task(at: usize, polls: usize, media: &str) -> Value {
    let state = match at {
        _ if at >= polls => {
            let output = [format!("{media}/{at}/clip.mp4?_jwt=x")];
            return json!({"id": "t", "createdAt": "2026-08-01T12:00:00.000Z", "status": "SUCCEEDED", "output": output, "cost": {"credits": 55}});
        }
        0 => json!({"status": "PENDING", "estimatedCost": {"credits": 60}}),
        1 => json!({"status": "THROTTLED"}),
        _ => json!({"status": "RUNNING", "progress": 0.1 * at as f64}),
    };
    let mut all = json!({"id": "t", "createdAt": "2026-08-01T12:00:00.000Z"});
    all.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
    all
}

fn missing() -> Reply {
    Reply::json(404, &json!({"error": "Could not find Task"}))
}

/// As the types of the maker's own client say.
fn check(seen: &Seen) {
    let body = seen.json();
    let ratio = body["ratio"].as_str().unwrap_or_default();
    match seen.path.as_str() {
        "/v1/text_to_video" => {
            assert!(body["promptText"].is_string() && matches!(ratio, "1280:720" | "720:1280"), "{body}");
            assert!(body["duration"].is_u64() && (2..=10).contains(&body["duration"].as_u64().unwrap()), "{body}");
        }
        "/v1/image_to_video" => {
            let known = ["1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672", "1920:1080", "1080:1920"];
            assert!(known.contains(&ratio), "{body}");
            let image = &body["promptImage"];
            assert!(image.is_string() || image[0]["uri"].is_string() && image[0]["position"] == "first", "{body}");
            let last = image.as_array().is_some_and(|list| list.iter().any(|frame| frame["position"] == "last"));
            assert!(!last || body["model"].as_str().unwrap().starts_with("veo3.1"), "{body}");
        }
        "/v1/video_to_video" => {
            assert!(
                body["videoUri"].as_str().unwrap().starts_with("data:video/mp4;base64,") && body.get("duration").is_none(),
                "{body}"
            );
            let frames = body["keyframes"].as_array().map(Vec::as_slice).unwrap_or_default();
            assert!(frames.len() <= 5 && frames.iter().all(|frame| frame["at"].is_f64() && frame["uri"].is_string()), "{body}");
        }
        "/v1/video_upscale" => {
            let known = ["model", "videoUri", "resolution", "creativity", "sharpen", "smartGrain", "flavor", "fpsBoost"];
            assert!(
                body.as_object().unwrap().keys().all(|name| known.contains(&name.as_str())),
                "no other field is taken: {body}"
            );
            assert!(matches!(body["resolution"].as_str(), Some("720p" | "1k" | "2k" | "4k")), "{body}");
        }
        "/v1/text_to_image" => assert!(ratio.split_once(':').is_some(), "{body}"),
        _ => assert_eq!(body["voice"], json!({"type": "runway-preset", "presetId": "Maya"})),
    }
}

#[tokio::test]
async fn a_task_goes_through_all_its_states() {
    let world = world(4);
    let Submission::Ticket { ticket, cost } = world.submit().await.unwrap() else { panic!() };
    assert_eq!(cost, Some(Money::usd(0.60)));
    let (way, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    let queued = Standing::Queued { before: None };
    assert_eq!(way[..2], [queued.clone(), queued]);
    assert_eq!(way[2], Standing::Running { progress: Some(0.2) });
    same_film(&made.files[0].path);
    assert_eq!((made.cost, world.fake.charges()), (Some(Money::usd(0.55)), 1));
}

#[tokio::test]
async fn a_small_picture_goes_inside() {
    let mut world = world(0);
    world.picture(InputRole::FirstFrame);
    world.order.wish.aspect = Some("21:9".into());
    world.make().await;
    let body = world.fake.seen()[0].json();
    assert!(body["promptImage"][0]["uri"].as_str().unwrap().starts_with("data:image/png;base64,"));
    assert_eq!((body["ratio"].as_str(), world.fake.count("POST /v1/uploads")), (Some("1584:672"), 0));
}

#[tokio::test]
async fn a_big_picture_is_handed_over_without_the_key() {
    let mut world = world(0);
    world.big_picture(InputRole::FirstFrame, 5_000_000);
    world.make().await;
    let seen = world.fake.seen();
    assert_eq!(seen[1].json()["promptImage"][0]["uri"], "runway://up-1");
    let upload = &world.cdn.seen()[0];
    assert!(upload.body.len() > 5_000_000 && upload.body.windows(8).any(|window| window == &PICTURE[..8]));
}

#[tokio::test]
async fn storage_that_fails_costs_nothing() {
    let mut world = world(0);
    world.big_picture(InputRole::FirstFrame, 5_000_000);
    world.cdn.fault("POST /bucket", Fault::Instead(Reply::new(403, "application/xml", "<Error>AccessDenied</Error>")));
    is(&world.submit().await.unwrap_err(), Class::Nonsense, "place for files");
    world.cdn.fault("POST /bucket", Fault::Reset);
    is(&world.submit().await.unwrap_err(), Class::Transport, "did not take the file");
    world.cdn.fault("POST /bucket", Fault::Instead(Reply::redirect("http://127.0.0.1:1/")));
    is(&world.submit().await.unwrap_err(), Class::Nonsense, "not followed");
    assert_eq!((world.fake.charges(), world.fake.count("POST /v1/image_to_video")), (0, 0));
}

#[tokio::test]
async fn the_last_frame_goes_where_it_is_known() {
    let mut world = world(0);
    world.order.model = "veo3.1".into();
    world.order.wish.resolution = Some("1080p".into());
    world.order.wish.negative = "blur".into();
    world.picture(InputRole::FirstFrame);
    world.picture(InputRole::LastFrame);
    world.make().await;
    let body = world.fake.seen()[0].json();
    assert_eq!((body["promptImage"][1]["position"].as_str(), body["ratio"].as_str()), (Some("last"), Some("1920:1080")));
    assert_eq!((body["negativePrompt"].as_str(), body["duration"].as_u64()), (Some("blur"), Some(6)));
    world.order.model = "gen4.5".into();
    world.ticket().await;
    assert_eq!(world.fake.seen().last().unwrap().json()["promptImage"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn it_speaks() {
    let mut world = world(0);
    world.order = order(Kind::Speech, "eleven_multilingual_v2");
    let ticket = world.ticket().await;
    let output = [format!("{}/voice.wav", world.cdn.base())];
    world
        .fake
        .fault(world.look, Fault::Instead(Reply::json(200, &json!({"id": "t", "status": "SUCCEEDED", "output": output}))));
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_sound(&made.files[0].path);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let mut world = world(0);
    let issues = json!({"error": "Validation of body failed", "issues": [{"code": "too_big", "path": ["promptText"], "message": "Too long"}],
        "docUrl": "https://docs.dev.runwayml.com/api"});
    is(&world.refused(Reply::json(400, &issues)).await, Class::Invalid, "promptText: Too long");
    let poor = json!({"error": "You do not have enough credits to run this task.", "docUrl": "https://x"});
    is(&world.refused(Reply::json(400, &poor)).await, Class::Payment, "enough credits");
    is(&world.refused(Reply::json(429, &json!({"error": "Daily task limit"}))).await, Class::RateLimited, "Daily");
    is(&world.refused(Reply::json(401, &json!({"error": "Unauthorized"}))).await, Class::Auth, "Unauthorized");
    is(&world.refused(Reply::bare(503)).await, Class::Overloaded, "503");
    is(&world.refused(Reply::bare(502)).await, Class::Unclear, "502");
    world.order.prompt = "😀".repeat(501);
    is(&world.submit().await.unwrap_err(), Class::Invalid, "1002 characters");
    assert_eq!((world.fake.charges(), world.fake.count(world.submit)), (0, 6));
}

#[tokio::test]
async fn failed_tasks_have_codes() {
    let world = world(0);
    let ticket = world.ticket().await;
    let codes = [
        ("SAFETY.INPUT.TEXT", Class::Content),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", Class::Content),
        ("ASSET.INVALID", Class::Invalid),
        ("INTERNAL.BAD_OUTPUT.CODE01", Class::Server),
    ];
    for (code, class) in codes {
        let body = json!({"id": "t", "status": "FAILED", "failure": "its words", "failureCode": code});
        world.fake.fault(world.look, Fault::Instead(Reply::json(200, &body)));
        let failure = world.failed(&ticket).await;
        is(&failure, class, "its words");
        assert_eq!(failure.code.as_deref(), Some(code));
    }
    let fresh = world.until_over(&ticket).await.1;
    assert!(matches!(fresh, Standing::Done(_)));
}

#[tokio::test]
async fn a_task_is_stopped_and_then_unknown() {
    let world = world(9);
    let ticket = world.ticket().await;
    assert!(world.engine.cancel(&ticket).await.unwrap());
    is(&world.failed(&ticket).await, Class::Expired, "Could not find Task");
    assert!(world.engine.cancel(&ticket).await.unwrap(), "what is gone is stopped");
    world.engine.forget(&ticket).await.unwrap();
}

#[tokio::test]
async fn an_old_link_gives_way_to_a_fresh_one() {
    let world = world(0);
    let ticket = world.ticket().await;
    world.cdn.fault("GET /0/", Fault::Instead(Reply::bare(404)));
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_film(&made.files[0].path);
    assert_eq!(world.cdn.count("GET /1/"), 1);
}

#[tokio::test]
async fn the_account_says_what_is_left() {
    let account = world(0).engine.check().await.unwrap();
    assert_eq!((account.balance, account.models), (Some(Money::usd(15.0)), 1));
}

#[tokio::test]
async fn headers_of_ones_own_account_go_along() {
    let fake = Fake::start(|seen, _| {
        assert_eq!(seen.header("x-runway-on-behalf-of"), Some("studio-7"));
        Reply::json(200, &json!({"creditBalance": 1}))
    });
    let mut entry = super::rig::entry("runway");
    entry.headers.insert("X-Runway-On-Behalf-Of".into(), "studio-7".into());
    let key = onetake::core::secret::Secret::new(KEY);
    // The address as people copy it, with the version's path.
    let engine = onetake::engines::open(&entry, Some(&format!("{}/v1/", fake.base())), Some(key)).unwrap();
    engine.check().await.unwrap();
}

#[tokio::test]
async fn a_clip_is_changed_by_words() {
    let mut world = world(0);
    world.order.model = "aleph2".into();
    is(&world.submit().await.unwrap_err(), Class::Invalid, "needs a clip");
    world.clip(None);
    world.picture(InputRole::FirstFrame);
    world.make().await;
    let body = world.fake.seen()[0].json();
    assert_eq!(
        (world.fake.seen()[0].path.as_str(), body["promptText"].as_str()),
        ("/v1/video_to_video", Some("a calm sea at dusk"))
    );
    assert_eq!((body["keyframes"][0]["at"].as_f64(), body.get("targetAspectRatio")), (Some(0.0), None), "its proportions stay");
}

#[tokio::test]
async fn a_clip_is_made_bigger() {
    let mut world = world(0);
    world.order.model = "magnific_video_upscaler_creative".into();
    world.order.prompt.clear();
    world.order.wish.resolution = Some("4k".into());
    world.clip(None);
    let Submission::Ticket { cost, .. } = world.submit().await.unwrap() else { panic!() };
    assert_eq!(cost, Some(Money::usd(0.60)), "Runway says it, nobody else can");
    let seen = &world.fake.seen()[0];
    assert_eq!((seen.path.as_str(), seen.json()["resolution"].as_str()), ("/v1/video_upscale", Some("4k")));
}

#[tokio::test]
async fn a_failed_task_says_whether_it_gave_the_credits_back() {
    let world = world(0);
    let ticket = world.ticket().await;
    for (cost, refunded) in
        [(json!({"credits": 0}), true), (json!({"credits": 12}), false), (json!(null), false), (json!("?"), false)]
    {
        let body = json!({"id": "t", "status": "FAILED", "failure": "its words", "failureCode": "INTERNAL", "cost": cost});
        world.fake.fault(world.look, Fault::Instead(Reply::json(200, &body)));
        assert_eq!(world.failed(&ticket).await.refunded, refunded, "{body}");
    }
}
