//! `onetake take`: records a script from its first word to its last, or for some seconds, or until it is told to stop.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::drive::Headless;
use super::{Common, print_json, print_line, upload};
use crate::core::device::DeviceChoice;
use crate::core::problem::Problem;
use crate::core::screen::ScreenChoice;
use crate::core::settings::Settings;
use crate::core::take::{JOURNAL_FILE, Take};
use crate::core::time::secs;
use crate::jobs::house::House;
use crate::jobs::signals::{Asked, Turns};
use crate::studio::command::Command;
use crate::studio::record::Phase;
use crate::studio::{Message, record, screen};

/// A person may have to choose in the desktop's dialog.
const SCREEN_LIMIT: Duration = Duration::from_secs(120);

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
    /// Record the screen too, into a second file: primary, whole, or a monitor's name. On Wayland the desktop asks which.
    #[arg(long, value_name = "WHICH", num_args = 0..=1, default_missing_value = "primary")]
    pub screen: Option<String>,
    /// Size of the picture, such as 1280x720.
    #[arg(long, default_value = "1280x720", value_parser = size)]
    pub size: (u32, u32),
    /// Frames per second.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=240))]
    pub fps: u32,
    /// Seconds of countdown.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=60))]
    pub countdown: u32,
    #[command(flatten)]
    pub sending: upload::While,
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
    /// The screen's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<String>,
    /// Why the take ended before its time, and what to do.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    cut: Option<Cut<'a>>,
    /// What the server has, when the take was uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<&'a upload::Answer>,
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
    /// What the server has, when the take was sent while it was recorded.
    pub upload: Option<upload::Answer>,
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
    studio.jobs.aim(arguments.sending.target()?);
    let mut result = roll(&mut studio, arguments, asked, &turns);
    if let (true, Ok(recorded)) = (arguments.sending.upload, &mut result) {
        arrive(&mut studio, recorded, asked);
    }
    studio.finish();
    result
}

/// Waits until what was sent while it was recorded has arrived. If it does not, the take is safe here all the same.
fn arrive(studio: &mut Headless, recorded: &mut Recorded, asked: &Asked) {
    // Whoever ended the take has not cancelled its upload.
    let asked = if recorded.stopped { &Asked::default() } else { asked };
    match upload::follow(studio, &recorded.take.id, recorded.take.bytes, asked, false) {
        Ok(answer) => recorded.upload = Some(answer),
        Err(problem) if recorded.cut.is_some() => super::complain(&problem),
        Err(problem) => recorded.cut = Some(problem),
    }
}

fn roll(studio: &mut Headless, arguments: &Arguments, asked: &Asked, turns: &Turns) -> Result<Recorded, Problem> {
    studio.open(&arguments.script.to_string_lossy())?;
    let script_secs = studio.model.prompter.plan.total_secs();
    // Nobody is asked here: who wants a mute take says “--microphone none”.
    studio.model.record.mute.unattended = true;
    studio.model.record.limit_secs = Some(arguments.seconds.unwrap_or(script_secs));
    find_screen(studio)?;
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
        Some(take) => Ok(Recorded { take, stopped, cut, upload: None }),
        None if stopped => Err(Problem::cancelled()),
        None => Err(cut.unwrap_or_else(|| Problem::failed("No take was made.", "Run “onetake doctor” to see what is wrong."))),
    }
}

/// Finds the screen that is to be recorded; without it there is no take, because it was asked for.
fn find_screen(studio: &mut Headless) -> Result<(), Problem> {
    if !studio.model.settings.screen {
        return Ok(());
    }
    studio.send(Message::Screen(screen::Message::Open));
    studio.until("the screen was found", Some(SCREEN_LIMIT), |model| {
        matches!(model.screen.port, screen::Port::Open(_)).then_some(())
    })
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
        upload_while_recording: arguments.sending.upload,
        screen: arguments.screen.is_some(),
        screen_choice: arguments.screen.as_deref().map_or_else(|| saved.screen_choice.clone(), ScreenChoice::parse),
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
            screen: take.screen_media(),
            cut: recorded.cut.as_ref().map(|problem| Cut { error: &problem.what, fix: &problem.fix }),
            upload: recorded.upload.as_ref(),
        });
    }
    let (number, secs) = (take.number, secs(take.nanos));
    if take.is_sound() {
        print_line(format_args!("Take {number}: {secs:.1} s of sound"));
    } else {
        print_line(format_args!("Take {number}: {secs:.1} s, {} frames, {} dropped", take.frames, take.dropped));
    }
    print_line(&take.media);
    if let Some(answer) = &recorded.upload {
        answer.print();
    }
    take.screen_media().iter().for_each(print_line);
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
