//! Pictures in OpenAI's form: newer models that refuse `response_format`, local servers that need it, links instead of bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onetake::core::engine::Price;
use onetake::core::generate::{InputRole, Submission, Wish};
use onetake::core::job::Kind;
use serde_json::json;

use crate::fake::{Fake, PICTURE, Reply};
use crate::rig::{Desk, KEY, assert_bearer, bytes, entry, got, made, nothing_held, open, order, ours, part, parts, ticket};

const LOCAL: &str = "form = 'open_ai'\nlocal = true\nkey = 'optional'\n[engine.options]\npicture_format = 'url'\n[[engine.model]]\nname = 'sd'\nkind = 'image'\nseed = true\nnegative = true\naspects = ['16:9', '1:1']\nresolutions = ['512']\n";

/// As OpenAI answers for GPT image models.
fn cloud() -> Fake {
    Fake::start(|seen, books| {
        assert_bearer(seen);
        let answer = json!({"created": 1, "data": [{"b64_json": STANDARD.encode(PICTURE)}], "usage": {"total_tokens": 9}});
        match seen.line().as_str() {
            "POST /v1/images/generations" => {
                let body = seen.json();
                if body.get("response_format").is_some() {
                    let error = json!({"error": {"message": "Unknown parameter: 'response_format'.", "type": "invalid_request_error", "param": "response_format", "code": "unknown_parameter"}});
                    return Reply::json(400, &error);
                }
                assert_eq!(
                    (&body["model"], &body["prompt"], &body["n"]),
                    (&json!("gpt-image-2"), &json!("A window at dawn"), &json!(1))
                );
                assert_eq!((&body["size"], &body["quality"]), (&json!("1536x1024"), &json!("medium")));
                books.charge();
                Reply::json(200, &answer)
            }
            "POST /v1/images/edits" => {
                let picture = parts(seen).into_iter().find(|part| part.name == "image").expect("a picture");
                assert_eq!((picture.file.as_deref(), picture.bytes.as_slice()), (Some("picture-1.png"), PICTURE));
                assert_eq!(part(seen, "prompt").as_deref(), Some("A window at dawn"));
                books.charge();
                Reply::json(200, &answer)
            }
            _ => Reply::bare(404),
        }
    })
}

#[tokio::test]
async fn a_cloud_gives_bytes() {
    let fake = cloud();
    let desk = Desk::new();
    let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Image, "gpt-image-2");
    order.wish.aspect = Some("16:9".into());
    order.wish.extra.insert("quality".into(), json!("medium"));
    let made = made(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!(bytes(&made), PICTURE);
    assert_eq!(made.files[0].mime, "image/png");
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn a_picture_goes_along_as_a_file() {
    let fake = cloud();
    let desk = Desk::new();
    let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Image, "gpt-image-2");
    order.inputs.push(desk.input(InputRole::Reference));
    let made = made(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!(bytes(&made), PICTURE);
    assert_eq!((fake.charges(), fake.count("POST /v1/images/generations")), (1, 0));
}

#[tokio::test]
async fn a_server_of_ones_own_gives_a_link_of_its_own_or_of_another() {
    let media = Fake::start(|seen, _| {
        assert!(seen.header("authorization").is_none(), "the key went to where files lie");
        Reply::picture()
    });
    for link in ["/generated-images/a.png".to_owned(), format!("{}/a.png", media.base())] {
        let to = link.clone();
        let fake = Fake::start(move |seen, _| match seen.path.as_str() {
            "/v1/images/generations" => {
                let body = seen.json();
                assert_eq!(
                    (&body["response_format"], &body["size"], &body["seed"]),
                    (&json!("url"), &json!("688x384"), &json!(7))
                );
                assert_eq!(body["negative_prompt"], "people");
                Reply::json(200, &json!({"created": 1, "data": [{"url": to, "revised_prompt": "x"}]}))
            }
            "/generated-images/a.png" => Reply::picture(),
            _ => Reply::bare(404),
        });
        let desk = Desk::new();
        let engine = open(&entry(LOCAL), &format!("{}/v1", fake.base()));
        let mut order = order(Kind::Image, "sd");
        order.seed = Some(7);
        order.wish = Wish { negative: "people".into(), aspect: Some("16:9".into()), ..Wish::default() };
        let ticket = ticket(engine.submit(&order, &desk.landing).await.unwrap());
        // The ticket is enough after a restart.
        let again = open(&entry(LOCAL), &format!("{}/v1", fake.base()));
        assert_eq!(bytes(&got(&*again, &ticket, &desk).await), PICTURE, "{link}");
        assert!(!again.cancel(&ticket).await.unwrap());
        again.forget(&ticket).await.unwrap();
    }
    assert_eq!(media.count("GET /a.png"), 1);
}

#[tokio::test]
async fn a_data_url_is_a_picture_too() {
    let fake = Fake::start(|_, _| {
        let url = format!("data:image/png;base64,{}", STANDARD.encode(PICTURE));
        Reply::json(200, &json!({"data": [{"url": url}]}))
    });
    let desk = Desk::new();
    let engine = open(&entry(LOCAL), &fake.base());
    let Submission::Made(made) = engine.submit(&order(Kind::Image, "sd"), &desk.landing).await.unwrap() else {
        panic!("made at once")
    };
    assert_eq!(bytes(&made), PICTURE);
}

#[tokio::test]
async fn models_are_listed_with_what_the_catalogue_knows_of_them() {
    let fake = Fake::start(|seen, _| {
        assert_eq!(seen.line(), "GET /v1/models");
        let names = ["gpt-image-2", "gpt-of-next-year", "text-embedding-3-small", "whisper-1", "gpt-image-2", ""];
        let list: Vec<_> =
            names.iter().map(|name| json!({"id": name, "object": "model", "created": 1, "owned_by": "openai"})).collect();
        Reply::json(200, &json!({"object": "list", "data": list}))
    });
    let entry = ours("openai");
    let engine = open(&entry, &format!("{}/v1", fake.base()));
    let models = engine.models().await.unwrap().unwrap();
    let names: Vec<_> = models.iter().map(|model| (model.name.as_str(), model.kind)).collect();
    assert_eq!(names, [("gpt-image-2", Kind::Image), ("gpt-of-next-year", Kind::Text), ("whisper-1", Kind::Transcription)]);
    assert_eq!(models[0], *entry.model("gpt-image-2").unwrap());
    assert_eq!(models[1].price, Price::Unknown);
    let account = engine.check().await.unwrap();
    assert_eq!(account.models, 3);
    assert!(!account.words.contains(KEY));
}

#[tokio::test]
async fn what_was_sent_at_a_crash_is_only_sent_again_where_it_costs_nothing() {
    let order = order(Kind::Image, "sd");
    let local = open(&entry(LOCAL), "http://127.0.0.1:9/v1");
    assert_eq!(local.find(&order, &nothing_held()).await.unwrap(), None);
    let cloud = open(&ours("openai"), "http://127.0.0.1:9/v1");
    assert_eq!(cloud.find(&order, &nothing_held()).await.unwrap_err().class, onetake::core::generate::Class::Unclear);
}
