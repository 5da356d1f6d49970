//! AUTOMATIC1111: one slow call with progress beside it, `info` as JSON in a text, stopping, a password, and what is left after a
//! restart.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onetake::core::generate::{Class, InputRole, Standing, Wish};
use onetake::core::job::Kind;
use onetake::core::secret::Secret;
use onetake::engines;
use serde_json::json;

use crate::fake::{Fake, Fault, PICTURE, Reply, Way};
use crate::rig::{Desk, JOB, bytes, failed, made, open, order, ours, over, ticket};

const PASSWORD: &str = "studio:marker-word-77";

fn drawn() -> Reply {
    let info = json!({"seed": 4242, "all_seeds": [4242]}).to_string();
    Reply::json(200, &json!({"images": [STANDARD.encode(PICTURE), "x"], "parameters": {}, "info": info}))
}

/// Its picture takes some seconds when `slow`.
fn webui(slow: Option<Way>) -> Fake {
    Fake::start(move |seen, books| match seen.line().as_str() {
        "POST /sdapi/v1/txt2img" => {
            let body = seen.json();
            assert_eq!(
                (&body["prompt"], &body["negative_prompt"], &body["seed"]),
                (&json!("A window at dawn"), &json!("people"), &json!(-1))
            );
            assert_eq!((&body["width"], &body["height"], &body["steps"]), (&json!(1368), &json!(768), &json!(12)));
            assert_eq!(
                (&body["force_task_id"], &body["override_settings"]),
                (&json!(JOB), &json!({"sd_model_checkpoint": "dream.safetensors [abc]"}))
            );
            books.charge();
            slow.clone().map_or_else(drawn, |way| drawn().way(way))
        }
        "POST /sdapi/v1/img2img" => {
            let body = seen.json();
            assert_eq!(body["init_images"], json!([STANDARD.encode(PICTURE)]));
            assert_eq!(body.get("override_settings"), None);
            drawn()
        }
        "GET /sdapi/v1/progress" => Reply::json(
            200,
            &json!({"progress": 0.25, "eta_relative": 3.0, "state": {"job_count": 1}, "current_image": null, "textinfo": null}),
        ),
        "POST /sdapi/v1/interrupt" => Reply::json(200, &json!({})),
        "GET /sdapi/v1/sd-models" => Reply::json(
            200,
            &json!([{"title": "dream.safetensors [abc]", "model_name": "dream", "hash": "abc", "filename": "/x"}]),
        ),
        _ => Reply::json(404, &json!({"detail": "Not Found"})),
    })
}

fn words() -> onetake::core::generate::Order {
    let mut order = order(Kind::Image, "dream.safetensors [abc]");
    order.wish =
        Wish { negative: "people".into(), aspect: Some("16:9".into()), resolution: Some("768p".into()), ..Wish::default() };
    order.wish.extra.insert("steps".into(), json!(12));
    order
}

#[tokio::test]
async fn what_is_drawn_in_no_time_is_there_at_once() {
    let fake = webui(None);
    let desk = Desk::new();
    let engine = open_plain(&fake);
    let submission = engine.submit(&words(), &desk.landing).await.unwrap();
    let made = match submission {
        engines_made @ onetake::core::generate::Submission::Made(_) => made(engines_made),
        // On a machine that is busy it may take longer than that.
        later => match over(&*engine, &ticket(later), &desk).await.0 {
            Standing::Done(made) => made,
            other => panic!("{other:?}"),
        },
    };
    assert_eq!((bytes(&made).as_slice(), made.seed), (PICTURE, Some(4242)));
    assert_eq!(fake.charges(), 1);
}

fn open_plain(fake: &Fake) -> std::sync::Arc<dyn engines::Engine> {
    engines::open(&ours("automatic1111"), Some(&fake.base()), None).unwrap()
}

#[tokio::test]
async fn progress_is_asked_beside_the_call() {
    let fake = webui(Some(Way::Drip(8, Duration::from_millis(100))));
    let desk = Desk::new();
    let engine = open_plain(&fake);
    let ticket = ticket(engine.submit(&words(), &desk.landing).await.unwrap());
    assert_eq!(ticket.id, JOB);
    let (end, progress) = over(&*engine, &ticket, &desk).await;
    let Standing::Done(made) = end else { panic!("{end:?}") };
    assert_eq!(bytes(&made), PICTURE);
    assert!(progress.contains(&0.25), "{progress:?}");
    // After a restart nobody knows of the call, but its picture lies there.
    let Standing::Done(made) = over(&*open_plain(&fake), &ticket, &desk).await.0 else { panic!("it lies there") };
    assert_eq!((bytes(&made).as_slice(), made.files[0].mime), (PICTURE, "image/png"));
    let nothing = failed(&*open_plain(&fake), &ticket, &Desk::new()).await;
    assert_eq!(nothing.class, Class::Expired);
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn stopping_interrupts_what_runs() {
    let fake = webui(Some(Way::Stall(20)));
    let desk = Desk::new();
    let engine = open_plain(&fake);
    let ticket = ticket(engine.submit(&words(), &desk.landing).await.unwrap());
    assert!(engine.cancel(&ticket).await.unwrap());
    assert!(!engine.cancel(&ticket).await.unwrap(), "it was stopped already");
    assert_eq!(fake.count("POST /sdapi/v1/interrupt"), 1);
    assert!(desk.whole().is_empty());
}

#[tokio::test]
async fn what_it_refuses_is_told() {
    let fake = webui(None);
    let desk = Desk::new();
    let engine = open_plain(&fake);
    let road = "POST /sdapi/v1/txt2img";
    for (status, body, class, words) in [
        (
            404,
            json!({"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}),
            Class::Invalid,
            "Sampler not found",
        ),
        (
            422,
            json!({"detail": [{"loc": ["body", "width"], "msg": "not an integer", "type": "type_error"}]}),
            Class::Invalid,
            "width: not an integer",
        ),
        (
            500,
            json!({"error": "OutOfMemoryError", "detail": "", "errors": "CUDA out of memory"}),
            Class::Server,
            "CUDA out of memory",
        ),
    ] {
        fake.fault(road, Fault::Instead(Reply::json(status, &body)));
        let failure = match engine.submit(&self::words(), &desk.landing).await {
            Err(failure) => failure,
            Ok(later) => failed(&*engine, &ticket(later), &desk).await,
        };
        assert_eq!((failure.class, failure.words.as_str()), (class, words));
    }
    let film = order(Kind::Video, "loaded");
    assert_eq!(engine.submit(&film, &desk.landing).await.unwrap_err().class, Class::Invalid);
}

#[tokio::test]
async fn a_picture_to_begin_with_goes_along() {
    let fake = webui(None);
    let desk = Desk::new();
    let engine = open(&ours("automatic1111"), &fake.base());
    let mut order = order(Kind::Image, "loaded");
    order.inputs.push(desk.input(InputRole::FirstFrame));
    if let Ok(later @ onetake::core::generate::Submission::Ticket { .. }) = engine.submit(&order, &desk.landing).await {
        over(&*engine, &ticket(later), &desk).await;
    }
    assert_eq!(fake.count("POST /sdapi/v1/img2img"), 1);
}

#[tokio::test]
async fn a_password_goes_with_every_question_and_shows_nowhere() {
    let right = format!("Basic {}", STANDARD.encode(PASSWORD));
    let fake = Fake::start(move |seen, _| {
        if seen.header("authorization") != Some(right.as_str()) {
            return Reply::json(401, &json!({"detail": format!("Incorrect username or password: {PASSWORD}")}));
        }
        Reply::json(200, &json!([{"title": "a", "model_name": "a"}]))
    });
    let with = |word: &str| engines::open(&ours("automatic1111"), Some(&fake.base()), Some(Secret::new(word))).unwrap();
    assert_eq!(with(PASSWORD).check().await.unwrap().models, 2);
    let failure = with("studio:wrong").check().await.unwrap_err();
    assert_eq!(failure.class, Class::Auth);
    assert_eq!(
        engines::open(&ours("automatic1111"), Some(&fake.base()), None).unwrap().check().await.unwrap_err().class,
        Class::Auth
    );
    let echo = Fake::start(|_, _| {
        Reply::json(401, &json!({"detail": format!("Incorrect: {PASSWORD} or {}", STANDARD.encode(PASSWORD))}))
    });
    let words = engines::open(&ours("automatic1111"), Some(&echo.base()), Some(Secret::new(PASSWORD)))
        .unwrap()
        .check()
        .await
        .unwrap_err()
        .words;
    assert!(!words.contains("marker-word") && !words.contains(&STANDARD.encode(PASSWORD)), "{words}");
}
