//! The command line: the same studio and the same jobs without a window. Nothing is implemented here a second time.

mod captions;
mod doctor;
mod drive;
mod engines;
mod export;
mod film;
mod generate;
mod heal;
mod library;
mod listen;
mod project;
mod prompter;
mod queue;
mod selftest;
mod serve;
mod storage;
mod take;
mod upload;
mod users;
mod write;

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::clock;
use crate::core::problem::Problem;
use crate::core::rescue::Interrupted;
use crate::jobs::house::{Claim, House, Opening};

/// Script, teleprompter, one continuous take, review, upload.
#[derive(Debug, Parser)]
#[command(name = "onetake", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Script to open in the studio (Markdown or plain text).
    pub script: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a device or component is missing, 4 disk, \
5 refused by the other side, 130 cancelled.";

/// What every command understands.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// Folder for everything the program keeps.
    #[arg(long, env = "ONETAKE_DATA", value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Answer with one JSON object.
    #[arg(long, global = true)]
    pub json: bool,
}

/// A server's token as it was given. `Debug` is blank.
#[derive(Clone)]
pub struct Token(String);

impl From<String> for Token {
    fn from(text: String) -> Token {
        Token(text)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// One is made in a run, so its size is nobody's concern.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Record a take without a window.
    Take(take::Arguments),
    /// Show a script on this screen, for reading into a camera.
    Prompter(prompter::Arguments),
    /// Make a take into an MP4 film.
    Export(export::Arguments),
    /// Join a project's scenes into one film.
    Film(film::Arguments),
    /// Write what is said in a take into a caption file.
    Captions(captions::Arguments),
    /// Write a script from a theme.
    Write(write::Arguments),
    /// Upload a take to a studio server.
    Upload(upload::Arguments),
    /// Bring back from the server what is damaged of an uploaded take.
    Heal(heal::Arguments),
    /// Look after the library.
    Library(library::Arguments),
    /// List, show, publish and bring back the versions of a project's script.
    Project(project::Arguments),
    /// Run a studio server.
    Serve(serve::Arguments),
    /// Say who may keep projects on this machine's server.
    Users(users::Arguments),
    /// Look after a bucket or a folder elsewhere.
    Storage(storage::Arguments),
    /// Have an engine make a picture, a clip or a voice.
    Generate(generate::Arguments),
    /// Look after what engines were asked for.
    Queue(queue::Arguments),
    /// Look after engines, their models and keys.
    Engines(engines::Arguments),
    /// Check whether this machine can make a take.
    Doctor,
    /// Record, read back and upload a synthetic take, and check every frame of it.
    Selftest(selftest::Arguments),
    /// Recognise speech for the studio, which starts this.
    #[command(hide = true)]
    Listen(listen::Arguments),
}

/// Runs a command to its exit code. Without a command it is the studio, which `studio` opens.
pub fn run(arguments: Arguments, studio: impl FnOnce(Opening, Option<PathBuf>) -> Result<(), Problem>) -> ExitCode {
    let common = arguments.common.clone();
    let open = |claim| House::open(common.data.as_deref(), claim);
    if let (Some(script), Some(_)) = (&arguments.script, &arguments.command) {
        let what = format!("Before a command stands no script, such as “{}”.", script.display());
        let problem = Problem::usage(what, "Put it behind the command, or leave the command out to open it in the studio.");
        report(&problem, common.json);
        return ExitCode::from(problem.exit_code());
    }
    let result = match arguments.command {
        None => {
            let data = common.data.clone();
            studio(Box::new(move || House::open(data.as_deref(), Claim::Alone)), arguments.script).map(|()| 0)
        }
        Some(Command::Take(take)) => open(Claim::Shared).and_then(|house| take::run(house, &take, &common)),
        Some(Command::Prompter(prompter)) => prompter::run(|| open(Claim::Shared), &prompter, &common),
        Some(Command::Export(export)) => open(Claim::Shared).and_then(|house| export::run(&house, &export, &common)),
        Some(Command::Film(film)) => open(Claim::Shared).and_then(|house| film::run(&house, &film, &common)),
        Some(Command::Captions(captions)) => open(Claim::Shared).and_then(|house| captions::run(&house, &captions, &common)),
        Some(Command::Write(write)) => open(Claim::Shared).and_then(|house| write::run(house, &write, &common)),
        Some(Command::Upload(upload)) => open(Claim::Shared).and_then(|house| upload::run(house, &upload, &common)),
        Some(Command::Heal(heal)) => open(Claim::Shared).and_then(|house| heal::run(house, &heal, &common)),
        Some(Command::Library(library)) => library::run(open, &library, &common),
        Some(Command::Project(project)) => project::run(open, &project, &common),
        Some(Command::Serve(serve)) => open(Claim::Shared).and_then(|house| serve::run(&house, &serve, &common)),
        Some(Command::Users(users)) => open(Claim::Shared).and_then(|house| users::run(&house, &users, &common)),
        Some(Command::Storage(storage)) => open(Claim::Shared).and_then(|house| storage::run(house, &storage, &common)),
        Some(Command::Generate(generate)) => generate::run(open, &generate, &common),
        Some(Command::Queue(queue)) => open(Claim::Shared).and_then(|house| queue::run(house, &queue, &common)),
        Some(Command::Engines(engines)) => open(Claim::Shared).and_then(|house| engines::run(house, &engines, &common)),
        Some(Command::Doctor) => open(Claim::Shared).and_then(|house| doctor::run(&house, &common)),
        Some(Command::Selftest(selftest)) => selftest::run(&selftest, &common),
        Some(Command::Listen(listen)) => listen::run(&listen),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            report(&problem, common.json);
            ExitCode::from(problem.exit_code())
        }
    }
}

fn report(problem: &Problem, json: bool) {
    if json {
        print_json(&serde_json::json!({ "error": problem.what, "fix": problem.fix, "kind": problem.kind }));
    } else {
        complain(problem);
    }
}

/// The sentence for a person. A terminal that has gone away is no reason to fail, here and below.
fn complain(problem: &Problem) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "onetake: {}", problem.what);
    if !problem.fix.is_empty() {
        let _ = writeln!(err, "         {}", problem.fix);
    }
}

/// A take that nobody knew to be interrupted until now; the studio's window asks what becomes of it.
fn tell_interrupted(found: &Interrupted) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "onetake: {} Keep or discard it in the studio.", found.sentence(Some(&clock::today()), true));
}

/// One line for a person.
fn print_line(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// One object on one line, flushed at once: who reads it may be waiting.
fn print_json(value: &impl Serialize) {
    let mut out = std::io::stdout().lock();
    if serde_json::to_writer(&mut out, value).is_ok() {
        let _ = out.write_all(b"\n").and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn what_every_command_understands_may_stand_before_it() {
        Arguments::command().debug_assert();
        for line in [
            ["onetake", "--data", "/d", "--json", "queue", "list"],
            ["onetake", "--data", "/d", "queue", "--json", "list"],
            ["onetake", "queue", "list", "--data", "/d", "--json"],
        ] {
            let read = Arguments::try_parse_from(line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
            assert_eq!((read.common.data, read.common.json), (Some(PathBuf::from("/d")), true), "{line:?}");
            assert!(matches!(read.command, Some(Command::Queue(_))) && read.script.is_none(), "{line:?}");
        }
        let studio = Arguments::try_parse_from(["onetake", "--data", "/d", "talk.md"]).unwrap();
        assert!(studio.command.is_none() && studio.script == Some("talk.md".into()));
    }
}
