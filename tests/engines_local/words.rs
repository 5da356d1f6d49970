//! Words as they come: streams cut anywhere, comments, the last lines that some leave out, errors in the middle, models that load.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onetake::core::engine::Money;
use onetake::core::generate::{Class, Failure};
use onetake::core::job::Kind;
use onetake::engines::{Talk, Writer, Written};
use serde_json::{Value, json};

use crate::fake::{Fake, Fault, Reply, Seen, Way, nobody};
use crate::rig::{Desk, KEY, assert_bearer, made, open, order, ours, writer};

const PATH: &str = "POST /v1/chat/completions";

fn talk() -> Talk {
    Talk {
        model: "gpt-5.4-mini".into(),
        system: "You write scripts.".into(),
        turns: vec!["A window at dawn".into()],
        temperature: Some(0.7),
        most_tokens: Some(900),
        seed: None,
    }
}

/// A stream as OpenAI sends it, with what gateways put between.
fn stream() -> String {
    let piece = |delta: Value, finish: Value| {
        let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
        format!("data: {chunk}\n\n")
    };
    let usage = json!({"id": "c", "choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 4, "total_tokens": 25}});
    [
        piece(json!({"role": "assistant", "content": ""}), json!(null)),
        ": ping\r\n\r\n".to_owned(),
        piece(json!({"content": "## Öffn"}), json!(null)),
        piece(json!({"content": "ung 🌅\n"}), json!(null)),
        piece(json!({}), json!("stop")),
        format!("data: {usage}\n\ndata: [DONE]\n\n"),
    ]
    .concat()
}

const TEXT: &str = "## Öffnung 🌅\n";

fn sse(body: impl Into<Vec<u8>>) -> Reply {
    Reply::new(200, "text/event-stream; charset=utf-8", body)
}

fn server(reply: Reply) -> Fake {
    Fake::start(move |seen, books| {
        assert_eq!(seen.line(), PATH);
        assert_bearer(seen);
        books.charge();
        reply.clone()
    })
}

async fn write(writer: &dyn Writer, talk: &Talk) -> (Result<Written, Failure>, String) {
    let heard = Arc::new(Mutex::new(String::new()));
    let mut on = {
        let heard = Arc::clone(&heard);
        move |piece: &str| {
            heard.lock().unwrap().push_str(piece);
            true
        }
    };
    let written = writer.write(talk, &mut on).await;
    let heard = heard.lock().unwrap().clone();
    (written, heard)
}

async fn from(reply: Reply) -> (Result<Written, Failure>, String) {
    let fake = server(reply);
    let told = write(&*writer(&ours("openai"), &format!("{}/v1", fake.base())), &talk()).await;
    assert_eq!(fake.seen().len(), 1, "what may cost money is asked once");
    told
}

#[tokio::test]
async fn words_come_as_they_are_written_wherever_the_stream_is_cut() {
    for bytes in [1, 2, 3, 7, 64, 100_000] {
        let (written, heard) = from(sse(stream()).way(Way::Drip(bytes, Duration::ZERO))).await;
        let written = written.unwrap();
        assert_eq!((written.text.as_str(), heard.as_str(), written.cut), (TEXT, TEXT, false), "{bytes} at a time");
        assert_eq!((written.prompt_tokens, written.written_tokens), (Some(21), Some(4)));
    }
}

#[tokio::test]
async fn what_is_asked_has_the_form_of_its_server() {
    let asked = |name: &'static str| async move {
        let fake = server(sse(stream()));
        write(&*writer(&ours(name), &format!("{}/v1", fake.base())), &talk()).await.0.unwrap();
        fake.seen()[0].json()
    };
    let cloud = asked("openai").await;
    assert_eq!(
        cloud["messages"],
        json!([{"role": "system", "content": "You write scripts."}, {"role": "user", "content": "A window at dawn"}])
    );
    assert_eq!(
        (&cloud["stream"], &cloud["stream_options"], &cloud["temperature"]),
        (&json!(true), &json!({"include_usage": true}), &json!(0.7))
    );
    assert_eq!(
        (&cloud["max_completion_tokens"], cloud.get("max_tokens"), cloud.get("venice_parameters")),
        (&json!(900), None, None)
    );
    let home = asked("ollama").await;
    assert_eq!((&home["max_tokens"], home.get("max_completion_tokens")), (&json!(900), None));
    let venice = asked("venice").await;
    assert_eq!(venice["venice_parameters"]["include_venice_system_prompt"], json!(false));
}

#[tokio::test]
async fn turns_go_to_and_fro() {
    let fake = server(sse(stream()));
    let talk = Talk { system: String::new(), turns: ["a", "b", "c"].map(String::from).to_vec(), ..talk() };
    write(&*writer(&ours("openai"), &format!("{}/v1", fake.base())), &talk).await.0.unwrap();
    let roles: Vec<Value> =
        fake.seen()[0].json()["messages"].as_array().unwrap().iter().map(|message| message["role"].clone()).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
}

#[tokio::test]
async fn a_server_that_streams_nothing_gives_the_whole() {
    let whole = json!({"id": "c", "object": "chat.completion", "choices": [{"index": 0, "finish_reason": "length",
        "message": {"role": "assistant", "content": "<think>Hm.</think>\n\nThe window."}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2}, "cost": {"usd": 0.25, "diem": 0}});
    let (written, heard) = from(Reply::json(200, &whole)).await;
    let written = written.unwrap();
    assert_eq!((written.text.as_str(), heard.as_str(), written.cut), ("The window.", "The window.", true));
    assert_eq!(written.cost, Some(Money::usd(0.25)));
}

#[tokio::test]
async fn without_its_last_line_a_stream_counts_when_it_said_that_it_ended() {
    let whole = stream();
    let without = whole.replace("data: [DONE]\n\n", "");
    assert_eq!(from(sse(without.trim_end())).await.0.unwrap().text, TEXT);
    let broken: String = whole.split_inclusive("\n\n").take(3).collect();
    let (failure, heard) = from(sse(broken)).await;
    assert_eq!((failure.unwrap_err().class, heard.as_str()), (Class::Unclear, TEXT));
}

#[tokio::test]
async fn an_error_in_the_middle_is_told_in_its_words() {
    let half: String = stream().split_inclusive("\n\n").take(3).collect();
    for error in [json!({"message": "The provider went away.", "code": 502}), json!("The provider went away.")] {
        let (failure, heard) = from(sse(format!("{half}data: {}\n\n", json!({ "error": error })))).await;
        let failure = failure.unwrap_err();
        assert_eq!((failure.class, failure.words.as_str(), heard.as_str()), (Class::Server, "The provider went away.", TEXT));
    }
    let (failure, _) = from(sse(format!("{half}data: {{\"choices\": [\n\n"))).await;
    assert_eq!(failure.unwrap_err().class, Class::Unclear);
    let (failure, _) = from(sse(format!("{half}data: {}\n\n", json!({"error": format!("bad key {KEY}")})))).await;
    assert!(!format!("{failure:?}").contains(KEY));
}

#[tokio::test]
async fn what_is_no_stream_is_refused() {
    for reply in [
        Reply::new(200, "text/html", "<html>hello</html>"),
        sse(""),
        sse(": nothing\n\n"),
        sse("data: [DONE]\n\n"),
        Reply::bare(200),
    ] {
        let failure = from(reply.clone()).await.0.unwrap_err();
        assert_eq!(failure.class, Class::Unclear, "{reply:?}");
    }
    let (failure, heard) = from(sse(stream()).way(Way::Cut(stream().len() / 2))).await;
    assert_eq!(failure.unwrap_err().class, Class::Unclear);
    assert!(TEXT.starts_with(&heard));
}

#[tokio::test]
async fn a_model_that_loads_is_waited_for() {
    let fake = server(sse(stream()));
    let loading = Reply::json(503, &json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}));
    fake.fault(PATH, Fault::Instead(loading.clone()));
    fake.fault(PATH, Fault::Instead(loading));
    let (written, _) = write(&*writer(&ours("llama-cpp"), &format!("{}/v1", fake.base())), &talk()).await;
    assert_eq!(written.unwrap().text, TEXT);
    assert_eq!((fake.seen().len(), fake.charges()), (3, 1));
    // Any other 503 is told, not waited for.
    fake.fault(PATH, Fault::Instead(Reply::json(503, &json!({"error": "The model is at capacity."}))));
    let (failure, _) = write(&*writer(&ours("llama-cpp"), &format!("{}/v1", fake.base())), &talk()).await;
    assert_eq!(failure.unwrap_err().class, Class::Overloaded);
    assert_eq!(fake.seen().len(), 4);
}

#[tokio::test]
async fn who_stops_while_it_loads_waits_no_longer() {
    let fake = server(Reply::json(503, &json!({"error": {"message": "Loading model"}})));
    let writer = writer(&ours("llama-cpp"), &format!("{}/v1", fake.base()));
    let mut asked = 0;
    let written = writer
        .write(&talk(), &mut |_| {
            asked += 1;
            asked < 2
        })
        .await
        .unwrap();
    assert_eq!((written.text.as_str(), written.cut), ("", true));
}

#[tokio::test]
async fn a_field_that_a_model_refuses_is_left_out() {
    let fake = Fake::start(|seen: &Seen, books| {
        let body = seen.json();
        let refuse = |words: &str, param: &str| {
            Reply::json(
                400,
                &json!({"error": {"message": words, "type": "invalid_request_error", "param": param, "code": "unsupported_value"}}),
            )
        };
        if body.get("temperature").is_some() {
            return refuse("Unsupported value: 'temperature' does not support 0.7 with this model.", "temperature");
        }
        if body.get("stream_options").is_some() {
            return refuse("Unrecognized request argument supplied: stream_options", "stream_options");
        }
        books.charge();
        sse(stream())
    });
    let (written, _) = write(&*writer(&ours("openai"), &fake.base()), &talk()).await;
    assert_eq!(written.unwrap().text, TEXT);
    assert_eq!((fake.seen().len(), fake.charges()), (3, 1));
}

#[tokio::test]
async fn a_refusal_that_names_no_field_is_told() {
    let words = json!({"error": {"message": "The model `x` does not exist", "code": "model_not_found"}});
    let fake = Fake::start(move |_, _| Reply::json(404, &words));
    let (failure, _) = write(&*writer(&ours("openai"), &fake.base()), &talk()).await;
    assert_eq!((failure.unwrap_err().class, fake.seen().len()), (Class::Invalid, 1));
}

#[tokio::test]
async fn who_stops_has_what_came_so_far() {
    let fake = server(sse(stream()).way(Way::Stall(stream().len())));
    let writer = writer(&ours("openai"), &format!("{}/v1", fake.base()));
    let written = writer.write(&talk(), &mut |piece| !piece.contains("Öffn")).await.unwrap();
    assert_eq!((written.text.as_str(), written.cut), ("## Öffn", true));
}

#[tokio::test]
async fn nobody_there_is_no_charge() {
    let (failure, _) = write(&*writer(&ours("openai"), &nobody()), &talk()).await;
    assert_eq!(failure.unwrap_err().class, Class::Transport);
}

#[tokio::test]
async fn words_are_an_order_too() {
    let fake = server(sse(stream()));
    let desk = Desk::new();
    let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
    let made = made(engine.submit(&order(Kind::Text, "gpt-5.4-mini"), &desk.landing).await.unwrap());
    assert_eq!(made.text.as_deref(), Some(TEXT));
    assert_eq!(fake.charges(), 1);
}

#[test]
fn who_does_not_write_is_no_writer() {
    let failure = onetake::engines::writer(&ours("stability"), Some("http://127.0.0.1:9"), crate::rig::key()).unwrap_err();
    assert_eq!(failure.class, Class::Invalid);
}
