//! The house rules of ARCHITECTURE.md as tests: who may import whom, which outside crate lives where, what every file opens
//! with, how long it may be. Each failure names the arrow.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest a source file may be.
const MAX_LINES: usize = 600;

/// Modules of this crate that each ring may import, besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("clock", &["core"]),
    ("studio", &["core"]),
    ("gpu", &["core", "clock"]),
    ("capture", &["core", "clock"]),
    ("media", &["core", "clock"]),
    ("db", &["core", "clock"]),
    ("blobs", &["core", "clock"]),
    ("engines", &["core", "clock"]),
    ("remote", &["core", "clock"]),
    ("voice", &["core", "clock"]),
    ("control", &["core", "clock"]),
    ("keyring", &["core", "clock"]),
    // Serving the library is reading it.
    ("server", &["core", "clock", "db", "blobs"]),
    // A display of its own draws with the same passes as the window.
    ("prompter", &["core", "clock", "gpu"]),
    (
        "jobs",
        &[
            "core", "clock", "studio", "gpu", "capture", "media", "db", "blobs", "remote", "server", "prompter", "voice",
            "control", "keyring", "engines",
        ],
    ),
    ("ui", &["core", "studio", "gpu"]),
    ("app", &["core", "clock", "studio", "jobs", "ui"]),
    ("cli", &["core", "clock", "studio", "jobs", "prompter"]),
    ("main", &["onetake"]),
];

/// Outside crates that only these files may name.
const LIVES_IN: &[(&str, &[&str])] = &[
    ("nokhwa", &["src/capture/camera.rs", "src/capture/camera/", "src/capture/formats.rs"]),
    ("v4l", &["src/capture/"]),
    ("cpal", &["src/capture/microphone.rs", "src/capture/microphone/"]),
    ("gstreamer", &["src/media/"]),
    ("rusqlite", &["src/db/"]),
    ("axum", &["src/server/"]),
    ("reqwest", &["src/remote/", "src/engines/"]),
    ("object_store", &["src/blobs/objects/"]),
    // The server's side of a link is axum's; only its errors are told apart by their type.
    ("tokio_tungstenite", &["src/remote/", "src/server/link/", "src/engines/comfy/"]),
    ("midir", &["src/control/midi.rs"]),
    ("rosc", &["src/control/osc.rs"]),
    ("cosmic_text", &["src/gpu/"]),
    ("libloading", &["src/voice/"]),
    ("wgpu", &["src/gpu/", "src/prompter/", "src/ui/preview"]),
    ("winit", &["src/prompter/"]),
    ("ashpd", &["src/capture/screen/"]),
    ("zbus", &["src/keyring/"]),
    ("x11rb", &["src/prompter/", "src/capture/screen/"]),
    ("egui_wgpu", &["src/ui/preview"]),
    ("eframe", &["src/app/"]),
    // The fonts that come with egui are the prompter's last resort.
    ("egui", &["src/ui/", "src/app/", "src/gpu/text/fonts.rs"]),
];

/// What the pure rings must not touch.
const IMPURE: [&str; 13] = [
    "std::thread",
    "std::fs",
    "std::net",
    "std::process",
    "std::time",
    "Instant::now",
    "SystemTime",
    "tokio",
    "async fn",
    "getrandom",
    "std::env",
    "jiff",
    "uuid::",
];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "common", "helpers", "helper", "manager", "prelude", "legacy"];

struct Source {
    /// Relative to the crate, with `/`.
    path: String,
    text: String,
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        let Ok(items) = fs::read_dir(&folder) else { continue };
        for path in items.flatten().map(|item| item.path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(source(root, &path));
            }
        }
    }
    found
}

fn source(root: &Path, path: &PathBuf) -> Source {
    let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    Source { path: relative, text: fs::read_to_string(path).unwrap() }
}

/// The ring a file belongs to: the first folder or file under `src`.
fn ring(path: &str) -> &str {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    inner.split(['/', '.']).next().unwrap_or(inner)
}

/// Lines of code with their numbers: no comments, and nothing from a file's own tests on.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let is_test_file = source.path.contains("/tests/") || source.path.ends_with("/tests.rs");
    let end = if is_test_file { Some(0) } else { source.text.lines().position(|line| line.trim() == "#[cfg(test)]") };
    let lines = source.text.lines().enumerate().take(end.unwrap_or(usize::MAX));
    lines.map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// True when `line` names the crate or module `name` as the head of a path.
fn names(line: &str, name: &str) -> bool {
    let mut rest = line;
    while let Some(at) = rest.find(name) {
        let before = rest[..at].chars().next_back();
        let after = &rest[at + name.len()..];
        let is_head = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':' && c != '"' && c != '/' && c != '.');
        if is_head && (after.starts_with("::") || (line.trim_start().starts_with("use ") && after.starts_with([';', ' ']))) {
            return true;
        }
        rest = after;
    }
    false
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn no_forbidden_arrow() {
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|source| source.path != "src/lib.rs") {
        let from = ring(&source.path);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(ring, _)| *ring == from) else {
            faults.push(format!("{}: the ring “{from}” is not in ARCHITECTURE.md", source.path));
            continue;
        };
        for (line, text) in code(source) {
            for (to, _) in MAY_IMPORT.iter().filter(|(to, _)| *to != from && !allowed.contains(to)) {
                if text.contains(&format!("crate::{to}::")) || text.contains(&format!("crate::{to};")) {
                    faults.push(format!("{}:{line}: {from} ──> {to}: {}", source.path, text.trim()));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn the_nouns_and_verbs_are_pure() {
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|source| matches!(ring(&source.path), "core" | "studio")) {
        for (line, text) in code(source) {
            faults.extend(
                IMPURE.iter().filter(|word| text.contains(**word)).map(|word| {
                    format!("{}:{line}: {} must not touch {word}: {}", source.path, ring(&source.path), text.trim())
                }),
            );
        }
    }
    assert_none(&faults);
}

#[test]
fn outside_crates_stay_in_their_modules() {
    let mut faults = Vec::new();
    for source in &sources("src") {
        for (line, text) in code(source) {
            for (name, homes) in LIVES_IN {
                if names(text, name) && !homes.iter().any(|home| source.path.starts_with(home)) {
                    faults.push(format!("{}:{line}: {} ──> {name}: {}", source.path, ring(&source.path), text.trim()));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn the_eyes_do_not_change_the_model() {
    let faults: Vec<String> = sources("src/ui")
        .iter()
        .flat_map(|source| {
            code(source)
                .filter(|(_, text)| text.contains("&mut Model"))
                .map(|(line, text)| format!("{}:{line}: {text}", source.path))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_none(&faults);
}

#[test]
fn colours_live_in_the_theme() {
    let literals = ["Color32::from_rgb(", "Color32::from_gray(", "Color32::RED", "Color32::GREEN", "from_hex(\"#"];
    let mut faults = Vec::new();
    for source in sources("src/ui").iter().chain(&sources("src/app")).filter(|source| !source.path.starts_with("src/ui/theme"))
    {
        for (line, text) in code(source) {
            if literals.iter().any(|literal| text.contains(literal)) {
                faults.push(format!("{}:{line}: a colour outside the theme: {}", source.path, text.trim()));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_file_opens_with_its_job_and_fits_one_sitting() {
    let mut faults = Vec::new();
    for source in sources("src").iter().chain(&sources("tests")).chain(&sources("benches")) {
        if !source.text.starts_with("//!") {
            faults.push(format!("{}: does not open with //!", source.path));
        }
        let lines = source.text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines; a noun is missing", source.path));
        }
        let stem = Path::new(&source.path).file_stem().unwrap().to_string_lossy().into_owned();
        if EMPTY_NAMES.contains(&stem.as_str()) {
            faults.push(format!("{}: a name that says nothing", source.path));
        }
    }
    assert_none(&faults);
}

#[test]
fn nothing_is_left_unfinished() {
    let words = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("db", "g!(")];
    let mut faults = Vec::new();
    for source in &sources("src") {
        for (at, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                faults.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    assert_none(&faults);
}
