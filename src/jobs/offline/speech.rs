//! Speech by espeak-ng, a program of the system: robotic, in a hundred languages, at once. The words go in through its standard input, so
//! that nothing in them can be taken for an option; what comes out is brought to the form of narrations.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Bench, cancelled, failure};
use crate::core::generate::{Class, Failure, Made, Piece};
use crate::media::voice_file;

const PROGRAM: &str = "espeak-ng";

/// What is said where it is not installed.
pub(super) const MISSING: &str = "For speech install espeak-ng (on Debian and Ubuntu: apt install espeak-ng).";

/// Words a minute: calm, as a narration.
const PACE: &str = "150";

/// Words that are spoken in one go; a scene has a few hundred.
const MOST_CHARS: usize = 100_000;

/// It makes some hundred times real time; more than this is a hang.
const PATIENCE: Duration = Duration::from_secs(300);

/// What it calls itself, when it is installed.
pub(super) fn version() -> Option<String> {
    let out = Command::new(PROGRAM).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout);
    let line = text.lines().next().unwrap_or_default();
    let number = line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    out.status.success().then(|| number.map_or(PROGRAM.to_owned(), |number| format!("{PROGRAM} {number}")))
}

pub(super) fn speak(bench: &Bench<'_>) -> Result<Made, Failure> {
    let words: String = spoken(&bench.order.prompt);
    if words.trim().is_empty() {
        return Err(Failure::new(Class::Invalid, "There is nothing to be said."));
    }
    let raw = bench.landing.folder.join("espeak.wav");
    let mut child = Command::new(PROGRAM)
        .args(["-b", "1", "-s", PACE, "-v", &voice(bench.order.wish.voice.as_deref(), bench.order.wish.language.as_deref())])
        .arg("-w")
        .arg(&raw)
        .arg("--stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::new(Class::Here, format!("espeak-ng is not installed. {MISSING}")),
            _ => Failure::new(Class::Here, format!("espeak-ng could not be started: {error}.")),
        })?;
    if let Some(mut stdin) = child.stdin.take() {
        // When it ends early its own words tell why.
        let _ = stdin.write_all(words.as_bytes());
    }
    bench.progress(0.2);
    let ended = wait(&mut child, bench);
    let result = ended.and_then(|()| {
        bench.progress(0.7);
        let path = bench.landing.folder.join("voice.wav");
        voice_file::convert(&raw, &path, &bench.work.cancel).map_err(failure)?;
        Ok(path)
    });
    let _ = std::fs::remove_file(&raw);
    Ok(Made { files: vec![Piece { path: result?, mime: "audio/wav" }], ..Made::default() })
}

/// Until it has ended well.
fn wait(child: &mut Child, bench: &Bench<'_>) -> Result<(), Failure> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                let mut said = String::new();
                let _ = child.stderr.take().map(|stderr| stderr.take(2_000).read_to_string(&mut said));
                let said = said.lines().next().unwrap_or_default().trim();
                let why = if said.is_empty() { format!("it ended with {status}") } else { said.to_owned() };
                return Err(Failure::new(Class::Here, format!("espeak-ng did not speak: {why}.")));
            }
            Ok(None) if bench.cancelled() || begun.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                let late = Failure::new(Class::Here, "espeak-ng did not come to an end.");
                return Err(if bench.cancelled() { cancelled() } else { late });
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(Failure::new(Class::Here, format!("espeak-ng got lost: {error}."))),
        }
    }
}

/// The text without what is never spoken.
fn spoken(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).take(MOST_CHARS).collect()
}

/// The voice to ask for: as named, else the language's own; `en` where neither can be one.
fn voice(named: Option<&str>, language: Option<&str>) -> String {
    let plain = |name: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
        !name.is_empty() && name.len() <= 40 && !name.starts_with('-') && name.chars().all(plain)
    };
    let language = language.map(str::trim).filter(plain).map(str::to_ascii_lowercase);
    named.map(str::trim).filter(plain).map(str::to_owned).or(language).unwrap_or_else(|| "en".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_is_never_an_option() {
        assert_eq!(voice(None, None), "en");
        assert_eq!(voice(None, Some("de-DE")), "de-de");
        assert_eq!(voice(Some("en-gb+f3"), Some("de")), "en-gb+f3");
        for bad in ["--stdout", "-w", "a b", "../../x", "", "a;b", &"x".repeat(99)] {
            assert_eq!(voice(Some(bad), None), "en", "{bad}");
        }
    }

    #[test]
    fn what_is_no_speech_is_left_out() {
        assert_eq!(spoken("One.\u{0}\u{7}\nTwo — drei"), "One.\nTwo — drei");
    }
}
