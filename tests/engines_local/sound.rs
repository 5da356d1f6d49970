//! A voice and what was said, in OpenAI's form.

use onetake::core::generate::{Class, InputRole};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use crate::fake::{Fake, Reply, SOUND};
use crate::rig::{Desk, assert_bearer, bytes, made, open, order, ours, part, parts};

#[tokio::test]
async fn a_voice_comes_as_it_is() {
    let fake = Fake::start(|seen, books| {
        assert_bearer(seen);
        assert_eq!(seen.line(), "POST /v1/audio/speech");
        let body = seen.json();
        assert_eq!(
            (&body["model"], &body["input"], &body["voice"]),
            (&json!("tts-1"), &json!("A window at dawn"), &json!("nova"))
        );
        assert_eq!((&body["response_format"], &body["speed"]), (&json!("wav"), &json!(0.9)));
        books.charge();
        Reply::sound()
    });
    let desk = Desk::new();
    let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Speech, "tts-1");
    order.wish.voice = Some("nova".into());
    order.wish.extra.insert("speed".into(), json!(0.9));
    order.wish.extra.insert("response_format".into(), json!("wav"));
    let made = made(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!((bytes(&made).as_slice(), made.files[0].mime), (SOUND, "audio/wav"));
    assert_eq!(fake.charges(), 1);
}

fn hearing(model: &'static str, answer: Value) -> Fake {
    Fake::start(move |seen, books| {
        assert_bearer(seen);
        assert_eq!(seen.line(), "POST /v1/audio/transcriptions");
        let all = parts(seen);
        let sound = all.iter().find(|part| part.name == "file").expect("the sound");
        assert_eq!((sound.file.as_deref(), sound.bytes.as_slice()), (Some("sound.wav"), SOUND));
        assert_eq!((part(seen, "model").as_deref(), part(seen, "language").as_deref()), (Some(model), Some("en")));
        let asked: Vec<_> = all
            .iter()
            .filter(|part| matches!(part.name.as_str(), "timestamp_granularities[]" | "timestamp_granularities"))
            .collect();
        match model {
            "whisper-1" => assert_eq!((part(seen, "response_format").as_deref(), asked.len()), (Some("verbose_json"), 2)),
            _ => assert_eq!((part(seen, "response_format").as_deref(), asked.len()), (Some("json"), 0)),
        }
        books.charge();
        Reply::json(200, &answer)
    })
}

#[tokio::test]
async fn words_come_with_their_times() {
    let words = json!([{"word": "The", "start": 0.0, "end": 0.24}, {"word": "habit", "start": 0.24, "end": 0.71}]);
    let answers = [
        json!({"task": "transcribe", "language": "english", "duration": 8.47, "text": "The habit", "words": words, "segments": [], "usage": {"type": "duration", "seconds": 9}}),
        json!({"text": "The habit", "duration": 1.0, "timestamps": {"word": words, "segment": [], "char": []}}),
    ];
    for answer in answers {
        let fake = hearing("whisper-1", answer);
        let desk = Desk::new();
        let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
        let mut order = order(Kind::Transcription, "whisper-1");
        order.prompt = String::new();
        order.wish.language = Some("en-GB".into());
        order.inputs.push(desk.input(InputRole::Sound));
        let made = made(engine.submit(&order, &desk.landing).await.unwrap());
        assert_eq!(made.text.as_deref(), Some("The habit"));
        let times: Vec<_> = made.words.iter().map(|word| (word.word.as_str(), word.start, word.end)).collect();
        assert_eq!(times, [("The", 0.0, 0.24), ("habit", 0.24, 0.71)]);
        assert_eq!(fake.charges(), 1);
    }
}

#[tokio::test]
async fn a_model_without_times_is_not_asked_for_them() {
    let fake = hearing("gpt-4o-transcribe", json!({"text": "The habit"}));
    let desk = Desk::new();
    let engine = open(&ours("openai"), &format!("{}/v1", fake.base()));
    let mut order = order(Kind::Transcription, "gpt-4o-transcribe");
    order.wish.language = Some("en".into());
    order.inputs.push(desk.input(InputRole::Sound));
    let made = made(engine.submit(&order, &desk.landing).await.unwrap());
    assert_eq!((made.text.as_deref(), made.words.len()), (Some("The habit"), 0));
}

#[tokio::test]
async fn without_sound_nothing_is_sent() {
    let fake = Fake::start(|_, _| Reply::bare(500));
    let desk = Desk::new();
    let engine = open(&ours("openai"), &fake.base());
    let failure = engine.submit(&order(Kind::Transcription, "whisper-1"), &desk.landing).await.unwrap_err();
    assert_eq!(failure.class, Class::Invalid);
    let mut gone = order(Kind::Transcription, "whisper-1");
    gone.inputs.push(desk.input(InputRole::Sound));
    std::fs::remove_file(&gone.inputs[0].path).unwrap();
    assert_eq!(engine.submit(&gone, &desk.landing).await.unwrap_err().class, Class::Here);
    assert!(fake.seen().is_empty());
}
