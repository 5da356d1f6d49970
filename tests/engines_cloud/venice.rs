//! Venice as it is documented: the queue's three roads, links that work once, prices, pictures, sound, the list of models.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use onetake::core::engine::{Measure, Money, Price};
use onetake::core::generate::{Class, Input, InputRole, Standing, Submission};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use super::fake::{Books, FILM, Fake, Fault, PICTURE, Reply, Seen};
use super::rig::{World, cdn, is, order, right_key, same_film, same_picture, same_sound};

const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

/// Venice, with so many answers before a clip is ready; `link` makes it one of those that give a link.
pub fn world(polls: usize, link: bool) -> World {
    let files = cdn();
    let once = link.then(|| format!("{}/once/clip.mp4?sig=1", files.base()));
    let (left, gone) = (AtomicUsize::new(polls), Mutex::new(false));
    let fake = Fake::start(move |seen, books| {
        right_key(seen, "Bearer");
        answer(seen, books, &left, &gone, once.as_deref())
    });
    let file = if link { "GET /once" } else { "POST /api/v1/video/retrieve" };
    let roads = ("POST /api/v1/video/queue", "POST /api/v1/video/retrieve", file, link);
    World::new("venice", "/api/v1", fake, files, order(Kind::Video, "wan-2.6-text-to-video"), roads)
}

fn answer(seen: &Seen, books: &Books, left: &AtomicUsize, gone: &Mutex<bool>, link: Option<&str>) -> Reply {
    match seen.line().as_str() {
        "POST /api/v1/video/queue" | "POST /api/v1/audio/queue" => {
            let body = seen.json();
            assert!(body["model"].is_string() && body["prompt"].is_string(), "{body}");
            if seen.path.contains("video") {
                assert!(matches!(body["duration"].as_str(), Some("5s" | "10s")), "{body}");
            }
            books.charge();
            let mut reply = json!({ "model": body["model"], "queue_id": ID });
            if let Some(link) = link {
                reply["download_url"] = link.into();
            }
            Reply::json(200, &reply)
        }
        "POST /api/v1/video/retrieve" | "POST /api/v1/audio/retrieve" => {
            let body = seen.json();
            assert_eq!(body["queue_id"], ID);
            assert!(body["model"].is_string(), "a question without its model: {body}");
            if *gone.lock().unwrap() {
                return Reply::json(
                    404,
                    &json!({"error": "Media could not be found. Request may be invalid, expired, or deleted."}),
                );
            }
            let before = left.load(Ordering::SeqCst);
            if before > 0 {
                left.store(before - 1, Ordering::SeqCst);
                return Reply::json(
                    200,
                    &json!({"status": "PROCESSING", "average_execution_time": 145_000, "execution_duration": 53_200}),
                );
            }
            match (link, seen.path.contains("audio")) {
                (Some(_), _) => Reply::json(200, &json!({"status": "COMPLETED"})),
                (None, false) => Reply::film(),
                (None, true) => Reply::sound(),
            }
        }
        "POST /api/v1/video/complete" => {
            assert_eq!(seen.json()["queue_id"], ID);
            *gone.lock().unwrap() = true;
            Reply::json(200, &json!({"success": true}))
        }
        "POST /api/v1/video/quote" => {
            let body = seen.json();
            assert!(body.get("prompt").is_none(), "a price needs no words: {body}");
            Reply::json(200, &json!({"quote": 0.42}))
        }
        "POST /api/v1/audio/quote" => Reply::json(200, &json!({"quote": 0.05})),
        "POST /api/v1/image/generate" => {
            let body = seen.json();
            assert!(body["model"].is_string() && body["prompt"].as_str().is_some_and(|text| text.len() <= 7500), "{body}");
            books.charge();
            Reply::picture()
        }
        "POST /api/v1/audio/speech" => {
            assert_eq!(seen.json()["voice"], "af_sky");
            books.charge();
            Reply::sound()
        }
        "POST /api/v1/audio/transcriptions" => {
            assert!(seen.header("content-type").is_some_and(|text| text.starts_with("multipart/form-data")));
            let body = String::from_utf8_lossy(&seen.body);
            assert!(body.contains("name=\"file\"") && body.contains("name=\"timestamps\"") && body.contains("RIFF"));
            books.charge();
            let words = json!([{"word": "Every", "start": 0.0, "end": 0.3}, {"word": "story", "start": 0.3, "end": 0.7}]);
            Reply::json(
                200,
                &json!({"text": "Every story", "duration": 0.7, "timestamps": {"word": words, "segment": [], "char": []}}),
            )
        }
        "GET /api/v1/models" => Reply::json(200, &models()),
        "GET /api/v1/billing/balance" => Reply::json(200, &json!({"canConsume": true, "balances": {"diem": 1.0, "usd": 12.5}})),
        other => panic!("no road of Venice: {other}"),
    }
}

fn models() -> Value {
    json!({"object": "list", "type": "all", "data": [
        {"id": "wan-2.6-text-to-video", "object": "model", "owned_by": "venice.ai", "type": "video", "model_spec": {"name": "Wan 2.6",
            "constraints": {"aspect_ratios": ["16:9"], "resolutions": ["720p"], "durations": ["5s", "10s"], "model_type": "text-to-video"}}},
        {"id": "qwen-image-2", "type": "image", "model_spec": {"pricing": {"generation": {"usd": 0.03}},
            "constraints": {"aspectRatios": ["16:9", "1:1"], "promptCharacterLimit": 7500}}},
        {"id": "gone", "type": "image", "model_spec": {"offline": true}},
        {"id": "vectors", "type": "embedding"}]})
}

#[tokio::test]
async fn a_clip_comes_by_the_road_that_tells_how_far_it_is() {
    let world = world(2, false);
    let (way, made) = world.make().await;
    assert_eq!(way.len(), 2);
    let Standing::Running { progress: Some(part) } = &way[0] else { panic!("{way:?}") };
    assert!((part - 53.2 / 145.0).abs() < 1e-3);
    same_film(&made.files[0].path);
    assert_eq!((made.files[0].mime, world.fake.charges()), ("video/mp4", 1));
}

#[tokio::test]
async fn what_is_safe_here_is_forgotten_there() {
    let world = world(0, false);
    let ticket = world.ticket().await;
    world.until_over(&ticket).await;
    world.engine.forget(&ticket).await.unwrap();
    assert_eq!(world.fake.count("POST /api/v1/video/complete"), 1);
    is(&world.failed(&ticket).await, Class::Expired, "could not be found");
    world.engine.forget(&ticket).await.unwrap();
}

#[tokio::test]
async fn pictures_go_along_inside_the_order() {
    let mut world = world(0, false);
    world.order.model = "a-model-that-nobody-listed".into();
    world.picture(InputRole::FirstFrame);
    world.picture(InputRole::LastFrame);
    world.order.wish.extra.insert("bitrate_mode".into(), "high".into());
    world.make().await;
    let body = world.fake.seen()[0].json();
    assert!(body["image_url"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"), "{body}");
    assert!(body["end_image_url"].is_string() && body["bitrate_mode"] == "high");
}

#[tokio::test]
async fn a_link_that_works_once_is_used_once() {
    let world = world(1, true);
    let ticket = world.ticket().await;
    assert!(ticket.links["download_url"].as_str().unwrap().contains("/once/clip.mp4"), "kept from the first answer on");
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_film(&made.files[0].path);
    // After a restart the file is here, and the link is not tried again.
    let Standing::Done(again) = world.look(&ticket).await.unwrap() else { panic!() };
    assert_eq!(again.files, made.files);
    assert_eq!(world.cdn.count("GET /once/clip.mp4"), 1);
    world.engine.forget(&ticket).await.unwrap();
    assert_eq!(world.cdn.count("DELETE /once/clip.mp4"), 1);
}

#[tokio::test]
async fn a_link_that_was_used_up_says_so() {
    let world = world(0, true);
    let ticket = world.ticket().await;
    world.cdn.fault("GET /once", Fault::Instead(Reply::bare(410)));
    is(&world.failed(&ticket).await, Class::Expired, "410");
}

#[tokio::test]
async fn prices_are_asked_for_and_cost_nothing() {
    let mut world = world(0, false);
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.42)));
    let body = world.fake.seen()[0].json();
    assert_eq!((body["duration"].as_str(), body["resolution"].as_str()), (Some("5s"), Some("720p")));
    world.order = order(Kind::Music, "some-music");
    assert_eq!(world.engine.quote(&world.order).await.unwrap(), Some(Money::usd(0.05)));
    assert_eq!(world.fake.charges(), 0);
}

#[tokio::test]
async fn a_picture_is_the_answer_to_its_order() {
    let mut world = world(0, false);
    world.order = order(Kind::Image, "z-image-turbo");
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    same_picture(&made.files[0].path);
    assert_eq!((made.seed, world.fake.charges()), (Some(7), 1));
    let body = world.fake.seen()[0].json();
    assert_eq!((body["width"].as_u64(), body["height"].as_u64()), (Some(1280), Some(720)));
    // The same in JSON, as its other form has it.
    let inline = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, PICTURE);
    let reply = Reply::json(200, &json!({"id": "1", "images": [inline], "timing": {"total": 1}}));
    world.fake.fault("POST /api/v1/image", Fault::Instead(reply));
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    same_picture(&made.files[0].path);
}

#[tokio::test]
async fn several_pictures_of_one_order_are_all_kept() {
    let mut world = world(0, false);
    world.order = order(Kind::Image, "z-image-turbo");
    world.order.wish.extra.insert("variants".into(), json!(2));
    let inline = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, PICTURE);
    world.fake.fault("POST /api/v1/image", Fault::After(Reply::json(200, &json!({"id": "1", "images": [inline, inline]}))));
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    assert_eq!((made.files.len(), world.landed().len()), (2, 2));
    assert_eq!(world.fake.seen()[0].json()["return_binary"], false, "several come in JSON only");
}

#[tokio::test]
async fn a_voice_that_does_not_know_its_length_is_one() {
    let mut world = world(0, false);
    world.order = order(Kind::Speech, "tts-kokoro");
    let mut streamed = super::fake::SOUND.to_vec();
    streamed[4..8].copy_from_slice(&0x7fff_f024_u32.to_le_bytes());
    world.fake.fault("POST /api/v1/audio/speech", Fault::After(Reply::new(200, "audio/wav", streamed.clone())));
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    assert_eq!(std::fs::read(&made.files[0].path).unwrap(), streamed);
}

#[tokio::test]
async fn sentences_are_shared_out_among_their_words() {
    let mut world = world(0, false);
    world.order = order(Kind::Transcription, "fal-ai/wizper");
    world.sound();
    let segments = json!([{"text": "Every story", "start": 1.0, "end": 2.0}]);
    let reply = Reply::json(200, &json!({"text": "Every story", "duration": 2.0, "timestamps": {"segment": segments}}));
    world.fake.fault("POST /api/v1/audio", Fault::After(reply));
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    assert_eq!((made.words.len(), made.words[0].start, made.words[1].end), (2, 1.0, 2.0));
}

#[tokio::test]
async fn a_job_that_failed_says_why() {
    let world = world(0, false);
    let ticket = world.ticket().await;
    let body = json!({"status": "FAILED", "error": {"message": "refused there", "type": "provider_content_policy", "credits_refunded": true}});
    world.fake.fault(world.look, Fault::Instead(Reply::json(200, &body)));
    let failure = world.failed(&ticket).await;
    is(&failure, Class::Content, "refused there");
    assert!(failure.refunded);
}

#[tokio::test]
async fn a_clip_goes_along_to_be_made_bigger() {
    let mut world = world(0, false);
    world.order.model = "topaz-video-upscale".into();
    world.clip(None);
    world.make().await;
    assert!(world.fake.seen()[0].json()["video_url"].as_str().unwrap().starts_with("data:video/mp4;base64,"));
}

#[tokio::test]
async fn a_blurred_picture_is_no_success() {
    let mut world = world(0, false);
    world.order = order(Kind::Image, "qwen-image-2");
    let blurred = Reply::picture().header("x-venice-is-blurred", "true");
    world.fake.fault("POST /api/v1/image", Fault::After(blurred));
    let failure = world.submit().await.unwrap_err();
    is(&failure, Class::Content, "blurred");
    assert!(failure.charged && world.landed().is_empty());
}

#[tokio::test]
async fn music_has_a_queue_of_the_same_form() {
    let mut world = world(1, false);
    world.order = order(Kind::Music, "some-music");
    let (way, made) = world.make().await;
    same_sound(&made.files[0].path);
    assert_eq!((way.len(), made.files[0].mime), (1, "audio/wav"));
    assert_eq!(world.fake.count("POST /api/v1/audio/retrieve"), 2);
}

#[tokio::test]
async fn it_speaks_and_hears() {
    let mut world = world(0, false);
    world.order = order(Kind::Speech, "tts-kokoro");
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    same_sound(&made.files[0].path);
    let mut heard = order(Kind::Transcription, "nvidia/parakeet-tdt-0.6b-v3");
    let mime = "audio/wav".to_owned();
    let path = made.files[0].path.clone();
    heard.inputs.push(Input { role: InputRole::Sound, path, mime, url: None, maker: None });
    world.order = heard;
    let Submission::Made(made) = world.submit().await.unwrap() else { panic!() };
    assert_eq!(made.text.as_deref(), Some("Every story"));
    assert_eq!((made.words.len(), made.words[1].word.as_str(), made.words[1].end), (2, "story", 0.7));
}

#[tokio::test]
async fn its_models_are_its_own_list() {
    let world = world(0, false);
    let models = world.engine.models().await.unwrap().unwrap();
    assert_eq!(models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(), ["wan-2.6-text-to-video", "qwen-image-2"]);
    assert_eq!(models[0].price, Price::Quoted);
    assert_eq!(models[1].price.of(&Measure::default()), Some(Money::usd(0.03)));
    let account = world.engine.check().await.unwrap();
    assert_eq!((account.balance, account.models), (Some(Money::usd(12.5)), 2));
}

#[tokio::test]
async fn whatever_it_calls_a_clip_that_is_one_is_taken() {
    let world = world(0, false);
    let ticket = world.ticket().await;
    let odd = Reply::new(200, "application/json", FILM);
    world.fake.fault(world.look, Fault::Instead(odd));
    let (_, Standing::Done(made)) = world.until_over(&ticket).await else { panic!() };
    same_film(&made.files[0].path);
}

#[tokio::test]
async fn a_word_of_a_newer_venice_is_waited_for() {
    let world = world(0, false);
    let ticket = world.ticket().await;
    let newer = Reply::json(200, &json!({"status": "POLISHING", "average_execution_time": "soon?", "extra": [1]}));
    world.fake.fault(world.look, Fault::Instead(Reply::json(200, &json!({"status": "POLISHING", "extra": [1]}))));
    assert_eq!(world.look(&ticket).await.unwrap(), Standing::Running { progress: None });
    world.fake.fault(world.look, Fault::Instead(newer));
    assert_eq!(world.look(&ticket).await.unwrap(), Standing::Running { progress: None });
}
