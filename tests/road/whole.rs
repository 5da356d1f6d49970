//! From a theme to a film, once straight on and once with a kill in the middle: the same film, the same bill.

use std::path::{Path, PathBuf};

use onetake::core::script::Script;
use serde_json::Value;

use crate::drawn::{VOICE_SECS, colour, far, pitch};
use crate::film::Film;
use crate::house::{Engines, House, wait_until};
use crate::marker::holding;
use crate::voices::{LETTER_MICROS, TOKEN_MICROS};
use crate::{clips, sse};

/// Seconds of the scenes, and what is ordered for them: the shortest clip that is long enough.
const SECONDS: [f64; 4] = [2.0, 3.0, 2.4, 2.0];
const ORDERED: [f64; 4] = [2.0, 3.0, 3.0, 2.0];
const PICTURES_A_SECOND: f64 = 30.0;
/// Coding and another colour matrix change a colour by less than this part of 255; two scenes differ by more than twice as much.
const SAME: u8 = 32;
/// A hum of a second is told to a few hertz.
const SAME_PITCH: f64 = 12.0;
/// What coding, and the sound before and behind it, may blur of a voice's ends.
const BLUR_SECS: f64 = 0.15;

const WRITE: [&str; 7] = ["write", "--theme", "Why lamps stay lit", "--engine", "openai", "--seconds", "9"];

/// A theme becomes a project. The person says that its clips are to run on.
fn written(house: &House) -> (String, PathBuf) {
    let answer = house.run(&WRITE);
    let (project, file) = (answer["project"].as_str().unwrap().to_owned(), PathBuf::from(answer["file"].as_str().unwrap()));
    let text = std::fs::read_to_string(&file).unwrap();
    let script = Script::markdown(text).with_front("continuity", Some("yes"));
    assert_eq!(script.scenes.len(), SECONDS.len(), "{}", script.source());
    std::fs::write(&file, script.source()).unwrap();
    (project, file)
}

fn generate<'a>(project: &'a str, part: &'a str, engine: &'a str) -> [&'a str; 6] {
    ["generate", "--project", project, part, "--engine", engine]
}

/// Pictures and the pictures that clips end with.
fn pictured(house: &House, project: &str) {
    for part in ["--pictures", "--ends"] {
        let quoted = house.run(&[&generate(project, part, "stability")[..], &["--quote"]].concat());
        assert_eq!((&quoted["orders"], &quoted["micros"]), (&4.into(), &120_000.into()), "{quoted}");
        made(&house.run(&generate(project, part, "stability")));
    }
}

/// What is said, and the film of it all.
fn filmed(house: &House, project: &str) -> (PathBuf, Value) {
    made(&house.run(&generate(project, "--speech", "openai")));
    let to = house.root().join("final.mp4");
    let film = house.run(&["film", project, "--output", &to.to_string_lossy(), "--resolution", "180p"]);
    (to, film)
}

fn made(answer: &Value) {
    let parts = answer["parts"].as_array().unwrap();
    assert!(parts.len() == 4 && parts.iter().all(|part| part["file"].is_string() && part["error"].is_null()), "{answer}");
}

/// The words of what was ordered for each scene.
fn prompts(jobs: &[Value], role: &str) -> Vec<String> {
    let of = |scene: usize| {
        let mine = |job: &&Value| {
            job.pointer("/params/scene/scene") == Some(&scene.into()) && job.pointer("/params/scene/role") == Some(&role.into())
        };
        let job = jobs.iter().find(mine).unwrap_or_else(|| panic!("no {role} of scene {scene}: {jobs:?}"));
        job["prompt"].as_str().unwrap().to_owned()
    };
    (0..SECONDS.len()).map(of).collect()
}

/// Order, length and continuity of all pictures, and every scene's own voice.
fn look(file: &Path, told: &Value, jobs: &[Value]) -> Film {
    let (pictures, ends, words) = (prompts(jobs, "picture"), prompts(jobs, "end"), prompts(jobs, "voice"));
    let colours: Vec<[u8; 3]> = pictures.iter().take(1).chain(&ends).map(|words| colour(words)).collect();
    for (at, one) in colours.iter().enumerate() {
        let others = &colours[at + 1..];
        assert!(
            others.iter().all(|other| far(*one, *other) > 2 * SAME),
            "these words give colours too much alike: {colours:?}"
        );
    }
    let film = Film::read(file);
    let all = (SECONDS.iter().sum::<f64>() * PICTURES_A_SECOND).round() as usize;
    assert_eq!((film.grounds.len(), told["frames"].as_u64()), (all, Some(all as u64)), "{told}");
    let mut from = 0.0;
    for (scene, secs) in SECONDS.into_iter().enumerate() {
        let at = |secs: f64| (secs * PICTURES_A_SECOND).round() as usize;
        let (first, last) = (at(from), at(from + secs) - 1);
        let (begins, ends) = (colours[scene], colours[scene + 1]);
        let middle = [0, 1, 2].map(|part| begins[part].midpoint(ends[part]));
        for (which, wanted) in [(first, begins), (first.midpoint(last), middle), (last, ends)] {
            let seen = film.grounds[which];
            assert!(far(seen, wanted) < SAME, "scene {}, picture {which}: {seen:?}, not {wanted:?}", scene + 1);
        }
        let said = &told["scenes"][scene];
        assert!((said["seconds"].as_f64().unwrap() - secs).abs() < 1.0 / PICTURES_A_SECOND, "{said}");
        if scene + 1 < SECONDS.len() {
            assert!(far(film.grounds[last], film.grounds[last + 1]) < SAME, "no jump behind scene {}", scene + 1);
            assert_eq!(said["seam"]["verdict"], "smooth", "{told}");
        }
        let heard = film.pitch(from + BLUR_SECS, from + VOICE_SECS - BLUR_SECS);
        assert!((heard - pitch(&words[scene])).abs() < SAME_PITCH, "scene {}: {heard} Hz for “{}”", scene + 1, words[scene]);
        assert!(film.silent(from + VOICE_SECS + BLUR_SECS, from + secs - BLUR_SECS), "scene {} says too much", scene + 1);
        from += secs;
    }
    film
}

/// Each order was placed once, paid once, for what was said before; and no key is anywhere.
fn audit(engines: &Engines, house: &House, jobs: &[Value]) {
    let ledger = &engines.ledger;
    assert_eq!(ledger.twice(), [], "nothing is ordered twice");
    assert_eq!(["openai", "stability", "venice"].map(|engine| ledger.of(engine).len()), [5, 8, 4]);
    assert!(jobs.len() == 17 && jobs.iter().all(|job| job["state"] == "done"), "{jobs:?}");
    let paid: u64 = jobs.iter().map(|job| job["cost_micros"].as_u64().unwrap()).sum();
    assert_eq!(paid, ledger.micros(), "what stands in the books is what was charged");
    for job in jobs.iter().filter(|job| job["kind"] != "text") {
        assert_eq!(job["quote_micros"], job["cost_micros"], "{job}");
    }
    let words = jobs.iter().find(|job| job["kind"] == "text").unwrap();
    assert_eq!(words["cost_micros"], ((sse::TOKENS.0 + sse::TOKENS.1) as f64 * TOKEN_MICROS) as u64);
    let spoken: u64 = prompts(jobs, "voice").iter().map(|words| words.chars().count() as u64 * LETTER_MICROS).sum();
    let seconds = jobs.iter().filter(|job| job["kind"] == "video").map(|job| job["cost_micros"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(seconds, (ORDERED.iter().sum::<f64>() * clips::SECOND_MICROS as f64) as u64);
    assert_eq!(paid, words["cost_micros"].as_u64().unwrap() + 240_000 + seconds + spoken);
    for (_, key) in Engines::keys() {
        assert_eq!(holding(house.root(), key), Vec::<PathBuf>::new());
        let others = [&engines.writer, &engines.painter, &engines.filmer];
        let told = others.iter().filter(|fake| fake.seen().iter().any(|seen| seen.all().contains(key))).count();
        assert_eq!(told, 1, "a key goes to its own engine and no other");
    }
}

#[test]
fn a_theme_becomes_a_film() {
    let engines = Engines::start();
    let house = House::with(&engines);
    let (project, file) = written(&house);
    pictured(&house, &project);
    made(&house.run(&generate(&project, "--clips", "venice")));
    let (film, told) = filmed(&house, &project);
    let jobs = house.jobs();
    look(&film, &told, &jobs);
    audit(&engines, &house, &jobs);
    let script = Script::markdown(std::fs::read_to_string(&file).unwrap());
    let folder = file.parent().unwrap();
    for scene in &script.scenes {
        let named = ["picture", "end", "film", "sound"].map(|key| scene.directive(key).expect("every part is in the script"));
        assert!(named.iter().all(|path| folder.join(path).is_file()), "{named:?}");
    }
    if let Some(folder) = std::env::var_os("ONETAKE_LOOK") {
        std::fs::copy(&film, Path::new(&folder).join("road.mp4")).unwrap();
    }
}

#[test]
fn a_kill_in_the_middle_changes_nothing() {
    let engines = Engines::start();
    let house = House::with(&engines);
    let (project, _) = written(&house);
    pictured(&house, &project);
    engines.pace.hold(true);
    let mut studio = house.begin(&generate(&project, "--clips", "venice"));
    // All four were taken and asked after at least once, so that each has its name there.
    let asked_after = || {
        let seen = engines.filmer.seen();
        let asked = seen.iter().filter(|seen| seen.path.ends_with("/retrieve")).map(|seen| seen.json()["queue_id"].to_string());
        asked.collect::<std::collections::HashSet<_>>().len()
    };
    wait_until("all clips are being made", || asked_after() == 4);
    studio.kill().unwrap();
    studio.wait().unwrap();
    engines.pace.hold(false);
    made(&house.run(&generate(&project, "--clips", "venice")));
    let (film, told) = filmed(&house, &project);
    let jobs = house.jobs();
    look(&film, &told, &jobs);
    audit(&engines, &house, &jobs);
}
