//! `onetake upload`: sends a take to the studio's own server or to another one.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use super::drive::Headless;
use super::{Common, Token, print_json, print_line};
use crate::core::problem::{Kind, Problem};
use crate::core::take::{Take, TakeId, TakeState};
use crate::core::upload::{Arrived, Goal, SecondFile};
use crate::jobs::house::House;
use crate::jobs::rescue;
use crate::jobs::signals::Asked;
use crate::jobs::upload::Target;
use crate::studio::Message;
use crate::studio::upload::{Message as Upload, Phase};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of the take, its beginning, or “last”.
    pub take: String,
    #[command(flatten)]
    pub to: Server,
}

/// Which studio server is meant.
#[derive(Clone, Debug, clap::Args)]
pub struct Server {
    /// Another studio server, such as http://studio.example:8080; without it the embedded one.
    #[arg(long, value_name = "URL", requires = "token")]
    server: Option<String>,
    /// The server's token.
    #[arg(long, env = "ONETAKE_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    token: Option<Token>,
}

impl Server {
    pub fn target(&self) -> Result<Target, Problem> {
        target(self.server.as_deref(), self.token.as_ref())
    }
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub recording: Option<String>,
    pub bytes: u64,
    pub sha256: String,
    pub status: &'static str,
    #[serde(skip)]
    pub goal: Goal,
    /// The take's screen, a recording of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
}

impl Answer {
    /// For a person.
    pub fn print(&self) {
        let (mega, sha256) = (self.bytes as f64 / 1e6, &self.sha256);
        match &self.goal {
            Goal::Here { folder } => {
                print_line(format_args!("Copied {mega:.1} MB into this computer's own server, {folder}, SHA-256 {sha256}"));
                print_line("Nobody else has it yet: --server sends it to another one.");
            }
            goal => print_line(format_args!("Uploaded {mega:.1} MB to {}, SHA-256 {sha256}", goal.words())),
        }
        if let Some(screen) = &self.screen {
            print_line(format_args!("and its screen, {:.1} MB", screen.bytes as f64 / 1e6));
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Screen {
    pub recording: Option<String>,
    pub bytes: u64,
    pub sha256: Option<String>,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let take = find(&house, &arguments.take)?;
    let target = arguments.to.target()?;
    let answer = send(house, take, target, &asked, !common.json && std::io::stderr().is_terminal())?;
    if common.json {
        print_json(&answer);
    } else {
        answer.print();
    }
    Ok(0)
}

/// Uploading a take while it is recorded.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct While {
    /// Upload the take while it is recorded.
    #[arg(long)]
    pub upload: bool,
    /// Studio server to upload to; without it the embedded one.
    #[arg(long, value_name = "URL", requires_all = ["upload", "token"])]
    pub server: Option<String>,
    /// The server's token.
    #[arg(long, env = "ONETAKE_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    pub token: Option<Token>,
}

impl While {
    pub fn target(&self) -> Result<Target, Problem> {
        target(self.server.as_deref(), self.token.as_ref())
    }
}

/// The server that was named, or the embedded one.
fn target(server: Option<&str>, token: Option<&Token>) -> Result<Target, Problem> {
    match (server, token) {
        (Some(url), Some(token)) => Target::other(url, &token.0),
        _ => Ok(Target::Embedded),
    }
}

/// Sends a take and waits for the end.
pub fn send(house: House, take: Take, target: Target, asked: &Asked, show: bool) -> Result<Answer, Problem> {
    let (settings, _) = house.settings();
    let mut studio = Headless::start(house, settings)?;
    studio.jobs.aim(target);
    let (id, bytes) = (take.id.clone(), take.bytes);
    studio.send(Message::Upload(Upload::Start(Box::new(take))));
    let answer = follow(&mut studio, &id, bytes, asked, show);
    studio.finish();
    answer
}

/// Waits for the end of an upload that was begun.
pub fn follow(studio: &mut Headless, id: &TakeId, bytes: u64, asked: &Asked, show: bool) -> Result<Answer, Problem> {
    let mut cancelled = false;
    let ended = loop {
        let turned = studio.until("the upload had ended", None, |model| {
            let phase = &model.upload.uploads.get(id)?.phase;
            if show && let Phase::Sending(progress) = phase {
                let (percent, rate) = (progress.fraction() * 100.0, progress.bytes_per_sec / 1e6);
                let _ = write!(std::io::stderr(), "\r{percent:3.0} %  {rate:.1} MB/s ");
            }
            (!phase.active() || (!cancelled && asked.to_end())).then(|| phase.clone())
        });
        match turned {
            Ok(phase) if phase.active() => {
                cancelled = true;
                studio.send(Message::Upload(Upload::Cancel(id.clone())));
            }
            other => break other,
        }
    };
    if show {
        let _ = writeln!(std::io::stderr());
    }
    match ended? {
        Phase::Uploaded(Arrived { recording, sha256, goal }) => {
            let screen = studio.jobs.sent_screen(id);
            let screen = screen.map(|SecondFile { recording, bytes, sha256, .. }| Screen { recording, bytes, sha256 });
            Ok(Answer { recording, bytes, sha256, status: "uploaded", goal, screen })
        }
        Phase::Failed(problem) => Err(problem),
        _ => Err(Problem::new(Kind::Cancelled, "The upload was cancelled.", "Upload again to go on where it stopped.")),
    }
}

/// The newest take that `name` stands for, with its row in line with its folder.
pub fn find(house: &House, name: &str) -> Result<Take, Problem> {
    rescue::found_now(house)?.iter().for_each(super::tell_interrupted);
    let take = named(house, name)?;
    if take.state == TakeState::Recording {
        return Err(Problem::refused(format!("Take {} is still being recorded.", take.id), "Stop it, then try again."));
    }
    Ok(take)
}

fn named(house: &House, name: &str) -> Result<Take, Problem> {
    let takes = house.db.all_takes()?;
    let mut found = takes.into_iter().filter(|take| name == "last" || take.id.0.starts_with(name));
    match (found.next(), found.next()) {
        (Some(take), None) => Ok(take),
        (Some(take), _) if name == "last" || take.id.0 == name => Ok(take),
        (Some(_), Some(_)) => Err(Problem::usage(format!("More than one take begins with “{name}”."), "Give more of its id.")),
        (None, _) => Err(Problem::usage(format!("There is no take “{name}”."), "Record one with “onetake take SCRIPT”.")),
    }
}
