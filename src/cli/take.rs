//! `onetake take`: records a script from its first word to its last, or for some seconds, or until it is told to stop.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::drive::Headless;
use super::{Common, print_json, print_line};
use crate::core::device::DeviceChoice;
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::take::{JOURNAL_FILE, Take};
use crate::core::time::secs;
use crate::jobs::house::House;
use crate::jobs::signals::{Asked, Turns};
use crate::studio::command::Command;
use crate::studio::record::Phase;
use crate::studio::{Message, record};

/// Ctrl+C ends the take in order. SIGUSR1 pauses it, and goes on with it.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Script to record (Markdown or plain text).
    pub script: PathBuf,
    /// Length of the take; without it the take lasts as long as the script.
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<f64>,
    /// auto, synthetic, none (sound alone), or a camera's name (see “onetake doctor”).
    #[arg(long, default_value = "auto")]
    pub camera: String,
    /// auto, synthetic, none, or a microphone's name.
    #[arg(long, default_value = "auto")]
    pub microphone: String,
    /// Size of the picture, such as 1280x720.
    #[arg(long, default_value = "1280x720", value_parser = size)]
    pub size: (u32, u32),
    /// Frames per second.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=240))]
    pub fps: u32,
    /// Seconds of countdown.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=60))]
    pub countdown: u32,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    take: &'a str,
    folder: &'a str,
    media: &'a str,
    journal: String,
    seconds: f64,
    frames: u64,
    dropped: u64,
    width: u32,
    height: u32,
    rate: String,
    /// Why the take ended before its time, and what to do.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    cut: Option<Cut<'a>>,
}

#[derive(Debug, Serialize)]
struct Cut<'a> {
    error: &'a str,
    fix: &'a str,
}

/// A take, and how it ended.
#[derive(Debug)]
pub struct Recorded {
    pub take: Take,
    /// The person ended it.
    pub stopped: bool,
    /// What ended it before its time, or went wrong when it was closed.
    pub cut: Option<Problem>,
}

/// What a running take waits for.
enum News {
    Ended,
    Stop,
    /// To be paused, or to go on.
    Turn,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let recorded = record(house, arguments, &asked)?;
    answer(&recorded, common);
    Ok(recorded.cut.map_or(0, |problem| problem.exit_code()))
}

/// Records one take.
pub fn record(house: House, arguments: &Arguments, asked: &Asked) -> Result<Recorded, Problem> {
    let (saved, _) = house.settings();
    let turns = Turns::listen(house.runtime.handle());
    let mut studio = Headless::start(house, settings(saved, arguments))?;
    let result = roll(&mut studio, arguments, asked, &turns);
    studio.finish();
    result
}

fn roll(studio: &mut Headless, arguments: &Arguments, asked: &Asked, turns: &Turns) -> Result<Recorded, Problem> {
    studio.open(&arguments.script.to_string_lossy())?;
    let script_secs = studio.model.prompter.plan.total_secs();
    studio.model.record.limit_secs = Some(arguments.seconds.unwrap_or(script_secs));
    studio.send(Message::Command(Command::Record));
    let open_limit = Duration::from_secs(30 + u64::from(arguments.countdown));
    studio.until("the first frame was recorded", Some(open_limit), |model| {
        let waiting = matches!(model.record.phase, Phase::Waiting | Phase::Countdown { .. } | Phase::Starting);
        (!waiting || asked.to_end()).then_some(())
    })?;
    let mut stopped = false;
    let mut cut = None;
    let mut turned = 0;
    loop {
        let news = studio.until("the take had ended", None, |model| match () {
            () if model.record.phase == Phase::Idle => Some(News::Ended),
            () if !stopped && asked.to_end() => Some(News::Stop),
            () if turns.count() > turned => Some(News::Turn),
            () => None,
        });
        match news {
            Ok(News::Ended) => break,
            Ok(News::Stop) => {
                stopped = true;
                studio.send(Message::Record(record::Message::Stop));
            }
            Ok(News::Turn) => {
                turned += 1;
                studio.send(Message::Command(Command::PauseTake));
            }
            // The take goes on; what went wrong is said.
            Err(problem) if cut.is_some() || studio.model.record.rolling().is_some() => super::complain(&problem),
            Err(problem) => cut = Some(problem),
        }
    }
    let cut = cut.or_else(|| studio.problem());
    let id = studio.model.record.finished.clone();
    match studio.model.review.takes.iter().find(|take| Some(&take.id) == id.as_ref()).cloned() {
        Some(take) => Ok(Recorded { take, stopped, cut }),
        None if stopped => Err(Problem::cancelled()),
        None => Err(cut.unwrap_or_else(|| Problem::failed("No take was made.", "Run “onetake doctor” to see what is wrong."))),
    }
}

/// The person's settings with what the command line says; none of it is saved.
fn settings(saved: Settings, arguments: &Arguments) -> Settings {
    Settings {
        camera: DeviceChoice::parse(&arguments.camera),
        microphone: DeviceChoice::parse(&arguments.microphone),
        width: arguments.size.0,
        height: arguments.size.1,
        fps: arguments.fps,
        countdown_secs: arguments.countdown,
        ..saved
    }
}

fn answer(recorded: &Recorded, common: &Common) {
    let take = &recorded.take;
    let journal = PathBuf::from(&take.folder).join(JOURNAL_FILE).to_string_lossy().into_owned();
    if common.json {
        return print_json(&Answer {
            take: &take.id.0,
            folder: &take.folder,
            media: &take.media,
            journal,
            seconds: secs(take.nanos),
            frames: take.frames,
            dropped: take.dropped,
            width: take.width,
            height: take.height,
            rate: take.rate.to_string(),
            cut: recorded.cut.as_ref().map(|problem| Cut { error: &problem.what, fix: &problem.fix }),
        });
    }
    print_line(format_args!(
        "Take {}: {:.1} s, {} frames, {} dropped",
        take.number,
        secs(take.nanos),
        take.frames,
        take.dropped
    ));
    print_line(&take.media);
    if let Some(problem) = &recorded.cut {
        super::complain(problem);
    }
}

pub fn seconds(text: &str) -> Result<f64, String> {
    let secs: f64 = text.parse().map_err(|_| "give seconds as a number, such as 5 or 2.5".to_owned())?;
    if (0.1..=86_400.0).contains(&secs) { Ok(secs) } else { Err("give between 0.1 and 86400 seconds".to_owned()) }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "give the size as WIDTHxHEIGHT, such as 1280x720".to_owned();
    let (width, height) = text.split_once(['x', '×']).ok_or_else(wrong)?;
    let parse = |side: &str| side.parse::<u32>().ok().filter(|side| (90..=8192).contains(side)).ok_or_else(wrong);
    Ok((parse(width)?, parse(height)?))
}
