//! Clips joined into a film and read back: its length, its pictures on both sides of a seam and in the middle of a fade, its sound; and a
//! whole project made into a film by the command.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use onetake::core::fit::Fit;
use onetake::core::joining::Transition;
use onetake::core::time::Rate;
use onetake::media::inspect::inspect;
use onetake::media::join::{Plan, Scene, join};
use onetake::media::{Error, profile};
use serde_json::Value;

/// A clip of one brightness by ffmpeg, in whatever size and rate, with a tone or without sound.
fn clip(folder: &Path, name: &str, source: &str, seconds: f64, tone: Option<u32>, more: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-f", "lavfi", "-i", &format!("{source}:d={seconds}")]);
    if let Some(tone) = tone {
        command.args(["-f", "lavfi", "-i", &format!("sine=frequency={tone}:sample_rate=44100:duration={seconds}")]);
    }
    let done = command.args(more).arg(&path).status().expect("ffmpeg is installed for tests");
    assert!(done.success(), "{name}");
    path
}

/// What a film looks and sounds like: mean brightness of each frame's middle, and of its left edge; loudness of each tenth of a second.
struct Seen {
    size: (u32, u32),
    middle: Vec<f64>,
    edge: Vec<f64>,
    loudness: Vec<f64>,
}

fn look(film: &Path) -> Seen {
    let mut seen = Seen { size: (0, 0), middle: Vec::new(), edge: Vec::new(), loudness: Vec::new() };
    let mut sound: Vec<f32> = Vec::new();
    inspect(
        film,
        |picture| {
            seen.size = (picture.width, picture.height);
            let mean = |columns: std::ops::Range<usize>| {
                let rows =
                    picture.luma.chunks(picture.stride).skip(picture.height as usize / 3).take(picture.height as usize / 3);
                let (mut sum, mut count) = (0.0, 0.0);
                for row in rows {
                    for value in &row[columns.clone()] {
                        sum += f64::from(*value);
                        count += 1.0;
                    }
                }
                sum / count
            };
            let width = picture.width as usize;
            seen.middle.push(mean(width * 2 / 5..width * 3 / 5));
            seen.edge.push(mean(0..width / 20));
        },
        |block| sound.extend_from_slice(block.samples),
    )
    .unwrap();
    let tenth = 4_800;
    seen.loudness = sound
        .chunks(tenth)
        .map(|part| part.iter().map(|sample| f64::from(*sample).abs()).sum::<f64>() / part.len() as f64)
        .collect();
    seen
}

fn plan(transition: Transition) -> Plan {
    Plan { size: [320, 180], rate: Rate::whole(30), transition, captions: Vec::new() }
}

fn scene(clip: PathBuf, has: f64, wants: f64) -> Scene {
    Scene { clip, fit: Fit::of(has, wants, false), narration: None }
}

#[test]
fn clips_of_every_kind_become_one_film() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let wide = clip(at, "wide.mp4", "color=0x404040:s=640x360:r=25", 2.0, Some(440), &["-pix_fmt", "yuv420p", "-shortest"]);
    let tall = clip(at, "tall.mkv", "color=0xc0c0c0:s=180x320:r=30000/1001", 1.0, None, &["-pix_fmt", "yuv420p"]);
    let slow = clip(at, "slow.webm", "color=0x808080:s=320x240:r=10", 1.0, None, &["-c:v", "libvpx", "-deadline", "realtime"]);
    let voice = at.join("voice.wav");
    assert!(
        Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i", "sine=frequency=300:duration=0.5"])
            .arg(&voice)
            .status()
            .unwrap()
            .success()
    );
    let scenes = [scene(wide, 2.0, 1.5), scene(tall, 1.0, 1.2), Scene { narration: Some(voice), ..scene(slow, 1.0, 2.0) }];
    let to = at.join("film.mp4");
    let (profiles, go_on) = (profile::built_in().unwrap(), AtomicBool::new(false));
    let mut last = 0.0;
    let joined = join(&scenes, &plan(Transition::Cut), &to, &profiles, |part| last = part, &go_on).unwrap();
    assert_eq!((joined.frames, last), (141, 1.0));
    let seen = look(&to);
    assert_eq!((seen.size, seen.middle.len()), ((320, 180), 141));
    let near = |value: f64, want: f64| (value - want).abs() < 8.0;
    // Studio range: 64, 192 and 128 of 255.
    let level = |value: f64| 16.0 + value * 219.0 / 255.0;
    assert!(seen.middle[..44].iter().all(|value| near(*value, level(64.0))), "{:?}", &seen.middle[..44]);
    assert!(seen.middle[46..80].iter().all(|value| near(*value, level(192.0))), "{:?}", &seen.middle[46..80]);
    assert!(seen.middle[82..].iter().all(|value| near(*value, level(128.0))), "{:?}", &seen.middle[82..]);
    assert!(seen.edge[60] < 24.0, "bars beside the tall clip: {}", seen.edge[60]);
    assert!(seen.edge[10] > 60.0, "none beside the wide one: {}", seen.edge[10]);
    let loud = |from: usize, to: usize| seen.loudness[from..to].iter().sum::<f64>() / (to - from) as f64;
    assert!(loud(2, 13) > 0.03, "the first clip's tone: {:.3?}", seen.loudness);
    assert!(loud(17, 25) < 0.002, "the second is silent: {:.3?}", seen.loudness);
    assert!(loud(28, 31) > 0.03 && loud(35, 45) < 0.002, "the narration and silence: {:.3?}", seen.loudness);
    assert_eq!(std::fs::read_dir(at).unwrap().count(), 5, "nothing else is left");
}

#[test]
fn a_cross_fade_passes_the_middle_at_the_seam() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let dark = clip(at, "dark.mp4", "color=0x202020:s=320x180:r=30", 2.0, None, &["-pix_fmt", "yuv420p"]);
    let light = clip(at, "light.mp4", "color=0xe0e0e0:s=320x180:r=30", 2.0, None, &["-pix_fmt", "yuv420p"]);
    let to = at.join("film.mp4");
    let go_on = AtomicBool::new(false);
    let scenes = [scene(dark, 2.0, 2.0), scene(light, 2.0, 2.0)];
    join(&scenes, &plan(Transition::CrossFade { ms: 1000 }), &to, &profile::built_in().unwrap(), |_| {}, &go_on).unwrap();
    let seen = look(&to);
    assert_eq!(seen.middle.len(), 120);
    let (low, high) = (seen.middle[20], seen.middle[100]);
    assert!(high - low > 120.0);
    assert!((seen.middle[60] - (low + high) / 2.0).abs() < 10.0, "{:.0} between {low:.0} and {high:.0}", seen.middle[60]);
    assert!(seen.middle[44..76].windows(2).all(|pair| pair[1] >= pair[0] - 2.0), "{:.0?}", &seen.middle[44..76]);
}

#[test]
fn a_broken_clip_or_a_cancelled_film_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let good = clip(at, "good.mp4", "testsrc=s=320x180:r=30", 3.0, None, &["-pix_fmt", "yuv420p"]);
    let bad = at.join("bad.mp4");
    std::fs::write(&bad, b"this is no film").unwrap();
    let to = at.join("film.mp4");
    let profiles = profile::built_in().unwrap();
    let go_on = AtomicBool::new(false);
    let broken =
        join(&[scene(good.clone(), 3.0, 1.0), scene(bad, 1.0, 1.0)], &plan(Transition::Cut), &to, &profiles, |_| {}, &go_on);
    assert!(matches!(broken, Err(Error::NotMedia(_) | Error::Broken { .. })), "{broken:?}");
    let stop = AtomicBool::new(false);
    let cancelled = join(
        &[scene(good, 3.0, 3.0)],
        &plan(Transition::Cut),
        &to,
        &profiles,
        |part| stop.store(part > 0.2, Ordering::Relaxed),
        &stop,
    );
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    let left: Vec<_> = std::fs::read_dir(at).unwrap().flatten().map(|item| item.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// The captions of a film's own track, as ffmpeg reads them.
fn track(film: &Path) -> String {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(film)
        .args(["-map", "0:s:0", "-f", "srt", "-"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    // It writes the track's usual font and size around each caption.
    let text = String::from_utf8(out.stdout).unwrap();
    let mut parts = text.split('<');
    let before = parts.next().unwrap_or_default().to_owned();
    parts.fold(before, |plain, part| plain + part.split_once('>').map_or(part, |(_, words)| words))
}

fn onetake(data: &Path, arguments: &[&str]) -> (i32, Value) {
    let out =
        Command::new(env!("CARGO_BIN_EXE_onetake")).args(arguments).arg("--data").arg(data).arg("--json").output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    let last = text.lines().last().unwrap_or_default();
    (
        out.status.code().unwrap_or(-1),
        serde_json::from_str(last).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&out.stderr))),
    )
}

const SCRIPT: &str = "---\ntitle: Small film\n---\n\n## One\n\nA quiet room.\n\n> image: a desk by a window at dawn\n> seconds: 1\n\n## Two\n\n\
The sea is wide.\n\n> clip: slow push in\n> seconds: 1\n> picture: pictures/two.png\n\n## Three\n\nDone.\n\n> film: clips/three.mp4\n> seconds: 1.2\n";

#[test]
fn a_project_becomes_a_film_that_the_library_knows() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let house = onetake::jobs::house::House::open(Some(&data), onetake::jobs::house::Claim::Shared).unwrap();
    let project = onetake::blobs::projects::create(&house.folder, "Small film", SCRIPT, &[]).unwrap();
    house.db.save_project(&project).unwrap();
    let folder = PathBuf::from(&project.folder);
    std::fs::create_dir_all(folder.join("pictures")).unwrap();
    std::fs::create_dir_all(folder.join("clips")).unwrap();
    image::RgbImage::from_fn(640, 360, |x, y| image::Rgb([(x / 3) as u8, (y / 2) as u8, 90]))
        .save(folder.join("pictures/two.png"))
        .unwrap();
    clip(&folder.join("clips"), "three.mp4", "testsrc=s=320x180:r=24", 1.0, Some(500), &["-pix_fmt", "yuv420p"]);
    drop(house);
    let film = root.path().join("small.mp4");
    let film_text = film.to_str().unwrap();
    let (code, bare) = onetake(&data, &["film", "small-film", "--output", film_text, "--resolution", "180p"]);
    assert_eq!(code, 2, "{bare}");
    assert!(bare["error"].as_str().unwrap().contains("“One”") && !film.exists(), "{bare}");
    let arguments = [
        "film",
        "small-film",
        "--output",
        film_text,
        "--resolution",
        "180p",
        "--paint",
        "--transition",
        "crossfade",
        "--ms",
        "200",
        "--captions",
        "srt",
    ];
    let (code, made) = onetake(&data, &arguments);
    assert_eq!(code, 0, "{made}");
    assert_eq!((made["frames"].as_u64(), made["scenes"].as_array().map(Vec::len)), (Some(96), Some(3)), "{made}");
    assert_eq!(made["scenes"][0]["seam"]["verdict"], "jumps");
    assert_eq!(look(&film).middle.len(), 96);
    let beside = std::fs::read_to_string(film.with_extension("srt")).unwrap();
    assert_eq!(made["captions"], film.with_extension("srt").to_str().unwrap());
    let said = "1\n00:00:00,000 --> 00:00:01,000\nA quiet room.\n\n2\n00:00:01,000 --> 00:00:02,000\nThe sea is wide.\n\n3\n00:00:02,000 --> 00:00:03,200\nDone.\n\n";
    assert_eq!(beside, said);
    assert_eq!(track(&film).trim_end(), said.trim_end(), "the film has them as well");
    assert_eq!(made["scenes"][0]["silent"].as_f64(), Some(1.0), "nobody speaks: {made}");
    let house = onetake::jobs::house::House::open(Some(&data), onetake::jobs::house::Claim::Shared).unwrap();
    let id = onetake::core::asset::AssetId(made["asset"].as_str().unwrap().into());
    let asset = house.db.asset(&id).unwrap().unwrap();
    assert_eq!((asset.project.as_deref(), asset.facts.width, asset.facts.nanos), (Some("small-film"), 320, 3_200_000_000));
    assert!(house.db.export(&id).unwrap().is_some());
    let left: Vec<_> = std::fs::read_dir(house.folder.cache())
        .unwrap()
        .flatten()
        .filter(|item| item.file_name().to_string_lossy().starts_with("film-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let other = root.path().join("other.mp4");
    std::fs::write(other.with_extension("vtt"), "mine").unwrap();
    let arguments = ["film", "small-film", "--output", other.to_str().unwrap(), "--paint", "--captions", "vtt"];
    let (code, there) = onetake(&data, &arguments);
    assert!(code == 2 && !other.exists(), "captions that are there stay: {there}");
    let (code, there) = onetake(&data, &["film", "small-film", "--output", film_text]);
    assert_eq!((code, there["kind"].as_str().is_some()), (2, true), "a film is not written over by chance: {there}");
}
