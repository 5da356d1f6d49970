//! Captions of a real take: by its script, and by what an engine heard; the engine gets sound alone.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use onetake::core::job::State;
use onetake::jobs::captions;
use onetake::media::error::Error;
use onetake::media::hearing;
use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::rig::{Place, base, last};

const SCRIPT: &str = "---\ntitle: Two scenes\n---\n\n## One\n\n> seconds: 1\n\nThe first scene is short.\n\n## Two\n\n> seconds: 3\n\nThe second one goes on. It has two sentences.\n";

fn take(place: &Place) -> Value {
    let script = place.folder.path().join("two.md");
    std::fs::write(&script, SCRIPT).unwrap();
    let script = script.to_string_lossy();
    let arguments = ["take", &script, "--seconds", "3", "--camera", "synthetic", "--microphone", "synthetic"];
    last(&place.run("http://127.0.0.1:9", &arguments), 0)
}

#[test]
fn a_take_has_captions_by_its_script_at_once() {
    let place = Place::new();
    take(&place);
    let file = place.folder.path().join("two.vtt");
    let to = file.to_string_lossy();
    let answer = last(&place.run("http://127.0.0.1:9", &["captions", "last", "--format", "vtt", "--to", &to]), 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("WEBVTT\n\n00:00:00.000 --> "), "{text}");
    assert!(text.contains("The first scene is short.") && text.contains("The second one goes on."), "{text}");
    assert_eq!(answer["captions"].as_u64(), Some(text.matches(" --> ").count() as u64));
    let srt = last(&place.run("http://127.0.0.1:9", &["captions", "last"]), 0);
    let beside = std::fs::read_to_string(srt["file"].as_str().unwrap()).unwrap();
    assert!(beside.starts_with("1\n00:00:00,000 --> "), "{beside}");
    let again = place.run("http://127.0.0.1:9", &["captions", "last"]);
    assert_eq!(again.status.code(), Some(2), "a file that is there stays");
    let unheard = last(&place.run("http://127.0.0.1:9", &["captions", "last", "--from", "transcription", "--force"]), 2);
    assert!(unheard["error"].as_str().unwrap().contains("not transcribed"), "{unheard}");
}

/// What the window finds of the take, and what it puts beside it.
fn in_the_studio(place: &Place, media: &str, srt: &str) {
    let house = place.house();
    let take = house.db.all_takes().unwrap().remove(0);
    let found = captions::read(&house, &take);
    assert!(found.script.is_ok_and(|captions| !captions.is_empty()));
    assert_eq!(found.job.map(|row| (row.job.state, row.job.engine)), Some((State::Done, "own".to_owned())));
    let heard = found.heard.unwrap().unwrap();
    let said = captions::keep(&take, &heard).unwrap();
    assert_eq!(said, "take.srt and take.vtt lie beside the take");
    let beside = |ending: &str| std::fs::read_to_string(Path::new(media).with_extension(ending)).unwrap();
    assert_eq!(beside("srt"), srt);
    assert!(beside("vtt").starts_with("WEBVTT\n"));
    // Nothing is wrong with a folder that has them.
    assert_eq!(last(&place.run("http://127.0.0.1:9", &["library", "check"]), 0)["findings"], json!([]));
}

#[test]
fn a_transcription_is_asked_with_sound_alone_and_becomes_captions() {
    let place = Place::new();
    let made = take(&place);
    let fake = Fake::start(|seen, books| {
        assert_eq!(seen.line(), "POST /v1/audio/transcriptions");
        let body = &seen.body;
        let has = |part: &[u8]| body.windows(part.len()).any(|some| some == part);
        assert!(has(b"fLaC") && has(b"sound.flac"), "sound alone");
        assert!(!has(b"matroska") && has(b"verbose_json"));
        books.charge();
        let words = ["The", "first", "scene", "is", "short."].iter().enumerate();
        let words: Vec<Value> =
            words.map(|(at, word)| json!({ "word": word, "start": at as f64 * 0.4, "end": at as f64 * 0.4 + 0.3 })).collect();
        Reply::json(200, &json!({ "text": "The first scene is short.", "words": words, "duration": 3.0 }))
    });
    let list = "[[engine]]\nname = 'own'\nlabel = 'Own'\nform = 'open_ai'\nkey = 'none'\nlocal = true\nbase = 'BASE'\n[[engine.model]]\nname = 'whisper-1'\nkind = 'transcription'\nprice = 'free'\n";
    std::fs::write(place.data().join("engines.toml"), list.replace("BASE", &base(&fake))).unwrap();
    let order = ["generate", "--kind", "transcription", "--take", "last", "--engine", "own"];
    last(&place.run("http://127.0.0.1:9", &order), 0);
    let file = place.folder.path().join("heard.srt");
    let to = file.to_string_lossy();
    let answer = last(&place.run("http://127.0.0.1:9", &["captions", "last", "--from", "transcription", "--to", &to]), 0);
    assert_eq!((&answer["take"], &answer["captions"]), (&made["take"], &json!(1)));
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, "1\n00:00:00,000 --> 00:00:01,900\nThe first scene is short.\n\n");
    in_the_studio(&place, made["media"].as_str().unwrap(), &text);
    let picture = ["generate", "--kind", "image", "--take", "last"];
    let refused = last(&place.run("http://127.0.0.1:9", &picture), 2);
    assert!(refused["error"].as_str().unwrap().contains("Only a transcription"), "{refused}");
    assert_eq!(fake.charges(), 1);
}

#[test]
fn sound_is_taken_out_of_what_has_some() {
    let folder = tempfile::tempdir().unwrap();
    let (to, never) = (folder.path().join("sound.flac"), AtomicBool::new(false));
    let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/media");
    let bytes = hearing::extract(&media.join("tiny.wav"), &to, &never).unwrap();
    let head = std::fs::read(&to).unwrap();
    assert_eq!((bytes, &head[..4]), (head.len() as u64, &b"fLaC"[..]));
    for none in ["tiny.mp4", "tiny.png"] {
        let error = hearing::extract(&media.join(none), &folder.path().join("none.flac"), &never).unwrap_err();
        assert!(matches!(error, Error::NotMedia(_)), "{none}: {error:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half is left");
}
