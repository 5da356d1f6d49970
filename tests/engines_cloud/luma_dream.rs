//! Luma's Dream Machine as it is documented: keyframes by address only, states without a number, and a list that tells after a crash
//! whether an order was taken.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use onetake::core::engine::Money;
use onetake::core::generate::{Class, Failure, InputRole, Standing};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use super::fake::{Fake, Fault, Reply};
use super::rig::{World, cdn, is, nothing_held, order, right_key, same_film, same_picture};

const BASE: &str = "/dream-machine/v1";

/// Luma, with so many answers before a clip is ready.
pub fn world(polls: usize) -> World {
    let files = cdn();
    let media = files.base();
    let (left, made) = (AtomicUsize::new(polls), Mutex::new(Vec::<Value>::new()));
    let fake = Fake::start(move |seen, books| {
        right_key(seen, "Bearer");
        let road = seen.path.strip_prefix(BASE).expect("under the base");
        let mut made = made.lock().unwrap();
        match (seen.method.as_str(), road) {
            ("POST", "/generations/video" | "/generations/image" | "/generations") => {
                let body = seen.json();
                check(&body, road);
                books.charge();
                let id = format!("gen-{}", made.len() + 1);
                let kind = if road.ends_with("image") { "image" } else { "video" };
                let one = json!({"id": id, "generation_type": kind, "state": "queued", "failure_reason": null,
                    "created_at": jiff::Timestamp::now().to_string(), "model": body["model"], "assets": null, "request": body});
                made.push(one.clone());
                Reply::json(201, &one)
            }
            ("GET", "/generations") => {
                let offset: usize = seen.query["offset"].parse().unwrap();
                let page: Vec<Value> = made.iter().rev().skip(offset).take(50).cloned().collect();
                let more = offset + page.len() < made.len();
                Reply::json(
                    200,
                    &json!({"generations": page, "count": made.len(), "has_more": more, "limit": 50, "offset": offset}),
                )
            }
            ("GET", "/credits") => Reply::json(200, &json!({"credit_balance": 1234})),
            (method, road) => {
                let id = road.strip_prefix("/generations/").expect("a road of Luma");
                let Some(at) = made.iter().position(|one| one["id"] == id) else {
                    return Reply::json(404, &json!({"detail": "Generation not found"}));
                };
                if method == "DELETE" {
                    made.remove(at);
                    return Reply::bare(204);
                }
                let before = left.load(Ordering::SeqCst);
                left.store(before.saturating_sub(1), Ordering::SeqCst);
                let mut one = made[at].clone();
                one["state"] = if before > 1 { "queued".into() } else { "dreaming".into() };
                if before == 0 {
                    one["state"] = "completed".into();
                    one["assets"] = json!({"video": format!("{media}/clip.mp4"), "image": format!("{media}/picture.png"), "progress_video": null});
                }
                Reply::json(200, &one)
            }
        }
    });
    let roads = ("POST /dream-machine/v1/generations", "GET /dream-machine/v1/generations/", "GET /clip.mp4", true);
    World::new("luma-dream", BASE, fake, files, order(Kind::Video, "ray-2"), roads)
}

fn check(body: &Value, road: &str) {
    let model = body["model"].as_str().unwrap();
    if road.ends_with("image") {
        assert!(matches!(model, "photon-1" | "photon-flash-1"), "{body}");
        return;
    }
    assert!(matches!(model, "ray-1-6" | "ray-2" | "ray-flash-2"), "{body}");
    assert!(matches!(body["duration"].as_str(), Some("5s" | "9s")), "{body}");
    assert!(matches!(body["resolution"].as_str(), Some("540p" | "720p" | "1080p" | "4k")), "{body}");
    for frame in body["keyframes"].as_object().into_iter().flatten().map(|(_, frame)| frame) {
        assert_eq!(frame["type"], "image");
        assert!(frame["url"].as_str().unwrap().starts_with("https://"), "{frame}");
    }
}

#[tokio::test]
async fn a_clip_is_dreamed_and_fetched() {
    let world = world(2);
    let (way, made) = world.make().await;
    assert_eq!(way, [Standing::Queued { before: None }, Standing::Running { progress: None }]);
    same_film(&made.files[0].path);
    assert_eq!(world.fake.charges(), 1);
}

#[tokio::test]
async fn keyframes_need_a_public_place() {
    let mut world = world(0);
    world.picture(InputRole::FirstFrame);
    is(&world.submit().await.unwrap_err(), Class::Invalid, "lies only on this computer");
    assert_eq!(world.fake.seen().len(), 0, "nothing was asked for");
    world.picture(InputRole::LastFrame);
    for (at, input) in world.order.inputs.iter_mut().enumerate() {
        input.url = Some(format!("https://pictures.example/{at}.png"));
    }
    world.make().await;
    let body = world.fake.seen()[0].json();
    assert_eq!(body["keyframes"]["frame1"]["url"], "https://pictures.example/1.png");
}

#[tokio::test]
async fn a_picture_is_made_too() {
    let mut world = world(1);
    world.order = order(Kind::Image, "photon-1");
    let (_, made) = world.make().await;
    same_picture(&made.files[0].path);
}

#[tokio::test]
async fn why_it_failed_is_said() {
    let world = world(0);
    let ticket = world.ticket().await;
    let failed = |reason| {
        Fault::Instead(Reply::json(200, &json!({"id": "gen-1", "state": "failed", "failure_reason": reason, "assets": {}})))
    };
    world.fake.fault(world.look, failed("prompt was moderated"));
    is(&world.failed(&ticket).await, Class::Content, "prompt was moderated");
    world.fake.fault(world.look, failed("GPU on fire"));
    is(&world.failed(&ticket).await, Class::Server, "GPU on fire");
    is(&world.refused(Reply::json(401, &json!({"detail": "Invalid API key provided"}))).await, Class::Auth, "Invalid API key");
    is(&world.refused(Reply::json(400, &json!({"detail": "Insufficient credits"}))).await, Class::Payment, "credits");
    assert_eq!(world.fake.charges(), 1);
}

#[tokio::test]
async fn it_can_be_stopped_and_forgotten() {
    let world = world(5);
    let ticket = world.ticket().await;
    assert!(world.engine.cancel(&ticket).await.unwrap());
    is(&world.failed(&ticket).await, Class::Expired, "does not know");
    world.engine.forget(&ticket).await.unwrap();
    assert_eq!(world.engine.check().await.unwrap().balance, Some(Money::usd(12.34)));
}

#[tokio::test]
async fn an_order_that_got_no_answer_is_found_again() {
    let world = world(0);
    assert_eq!(found(&world, &[]).await, Ok(None), "nothing was taken yet");
    world.fake.fault(world.submit, Fault::Deaf);
    is(&world.submit().await.unwrap_err(), Class::Unclear, "the order was on its way");
    let ticket = world.engine.find(&world.order, &nothing_held()).await.unwrap().expect("it was taken");
    assert!(matches!(world.until_over(&ticket).await.1, Standing::Done(_)));
    assert_eq!(world.fake.charges(), 1);
}

/// What is found when other jobs have these.
async fn found(world: &World, held: &[&str]) -> Result<Option<String>, Failure> {
    let held = held.iter().map(|id| (*id).to_owned()).collect();
    world.engine.find(&world.order, &held).await.map(|ticket| ticket.map(|ticket| ticket.id))
}

/// A list that Luma answers the next question for it with.
fn lists(world: &World, generations: &Value, more: bool) {
    let list = json!({"generations": generations, "has_more": more});
    world.fake.fault("GET /dream-machine/v1/generations", Fault::Instead(Reply::json(200, &list)));
}

/// A generation that is `ago` old, ordered with our words and whatever else is said.
fn made(world: &World, id: &str, ago: SignedDuration, more: Value) -> Value {
    let mut request = json!({"prompt": world.order.prompt, "model": "ray-2"});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"id": id, "state": "completed", "created_at": (jiff::Timestamp::now() - ago).to_string(), "request": request})
}

#[tokio::test]
async fn two_with_the_same_words_never_have_the_same() {
    let mut world = world(0);
    world.ticket().await;
    world.ticket().await;
    assert_eq!(found(&world, &[]).await, Ok(Some("gen-1".into())), "one is as good as the other");
    assert_eq!(found(&world, &["gen-1"]).await, Ok(Some("gen-2".into())));
    assert_eq!(found(&world, &["gen-1", "gen-2"]).await, Ok(None), "both are others': ours surely was not taken");
    world.order.prompt = "something else".into();
    assert_eq!(found(&world, &[]).await, Ok(None));
    world.order.job = "no-uuid".into();
    is(&found(&world, &[]).await.unwrap_err(), Class::Unclear, "Nobody knows when");
}

#[tokio::test]
async fn what_can_not_be_told_apart_is_not_guessed() {
    let world = world(0);
    let minute = SignedDuration::from_mins(1);
    // The words are ours, and something else is not: an order of another scene, or Luma's own way to say it.
    lists(&world, &json!([made(&world, "alike", minute, json!({"duration": "9s"}))]), false);
    is(&found(&world, &[]).await.unwrap_err(), Class::Unclear, "may or may not");
    lists(&world, &json!([made(&world, "alike", minute, json!({"duration": "9s"}))]), false);
    assert_eq!(found(&world, &["alike"]).await, Ok(None), "it is another job's");
    let both = json!([
        made(&world, "alike", minute, json!({"duration": "9s"})),
        made(&world, "ours", minute, json!({"duration": "5s"}))
    ]);
    lists(&world, &both, false);
    assert_eq!(found(&world, &[]).await, Ok(Some("ours".into())));
    for odd in [json!({}), json!({"data": []}), json!({"generations": {}}), json!([])] {
        world.fake.fault("GET /dream-machine/v1/generations", Fault::Instead(Reply::json(200, &odd)));
        assert_eq!(
            found(&world, &[]).await.unwrap_err().class,
            Class::Nonsense,
            "an answer of another form is no empty list: {odd}"
        );
    }
    let silent = json!([{"id": "new", "state": "queued", "created_at": jiff::Timestamp::now().to_string()}]);
    lists(&world, &silent, false);
    is(&found(&world, &[]).await.unwrap_err(), Class::Unclear, "does not say what it was ordered with");
}

#[tokio::test]
async fn older_generations_with_the_same_words_are_others() {
    let world = world(0);
    let hours = SignedDuration::from_hours;
    lists(&world, &json!([made(&world, "old", hours(500), json!({}))]), true);
    assert_eq!(found(&world, &[]).await, Ok(None));
    // Hours older it may be ours by a clock that was wrong then.
    lists(&world, &json!([made(&world, "of today", hours(3), json!({}))]), false);
    is(&found(&world, &[]).await.unwrap_err(), Class::Unclear, "may or may not");
}

#[tokio::test]
async fn a_list_that_begins_with_the_oldest_is_read_to_its_end() {
    let world = world(0);
    let hours = SignedDuration::from_hours;
    lists(&world, &json!([made(&world, "old", hours(500), json!({})), made(&world, "less old", hours(400), json!({}))]), true);
    lists(&world, &json!([made(&world, "ours", SignedDuration::from_mins(1), json!({}))]), false);
    assert_eq!(found(&world, &[]).await, Ok(Some("ours".into())));
    // One that begins with the newest has nothing behind what is too old.
    lists(&world, &json!([made(&world, "old", hours(400), json!({})), made(&world, "older", hours(500), json!({}))]), true);
    assert_eq!(found(&world, &[]).await, Ok(None));
    assert_eq!(world.fake.count("GET /dream-machine/v1/generations"), 3);
}

#[tokio::test]
async fn clocks_that_differ_are_told_by_lumas_own() {
    let world = world(0);
    for (hours, date) in [(5, "ahead"), (-5, "behind")] {
        let theirs = jiff::Timestamp::now() + SignedDuration::from_hours(hours);
        let of = |id: &str, ago: i64| {
            made(&world, id, SignedDuration::from_hours(-hours) + SignedDuration::from_mins(ago), json!({}))
        };
        let list = json!({"generations": [of("ours", 1)], "has_more": false});
        let date_line = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let reply = Reply::json(200, &list).header("date", &date_line);
        world.fake.fault("GET /dream-machine/v1/generations", Fault::Instead(reply));
        assert_eq!(found(&world, &[]).await, Ok(Some("ours".into())), "{date}");
    }
}
