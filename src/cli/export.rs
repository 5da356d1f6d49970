//! `onetake export`: a take as an MP4 that plays everywhere.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::{Common, print_json, print_line, upload};
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::core::time::secs;
use crate::jobs::export;
use crate::jobs::house::House;
use crate::jobs::signals::Asked;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of the take, its beginning, or “last”.
    pub take: String,
    /// File to write; without it one named after script and take, among the films of the library.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
    /// Take steady noise out of the sound; without it the studio's setting counts.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    pub denoise: Option<bool>,
    /// Write the take's screen too, into a second film beside the first: “NAME (screen).mp4”.
    #[arg(long)]
    pub screen: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    take: &'a str,
    /// The film's entry in the library.
    asset: Option<String>,
    file: String,
    bytes: u64,
    seconds: f64,
    denoised: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<Screen>,
}

/// The second film.
#[derive(Debug, Serialize)]
struct Screen {
    file: String,
    bytes: u64,
    seconds: f64,
    /// When it begins on the first film's clock.
    offset_seconds: f64,
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let take = upload::find(house, &arguments.take)?;
    let to = arguments.to.clone().unwrap_or_else(|| export::usual_place(house, &take));
    let second = arguments.screen.then(|| export::screen_name(&to));
    if let Some(there) = [Some(&to), second.as_ref()].into_iter().flatten().find(|file| file.exists() && !arguments.force) {
        let what = format!("There is a file {} already.", there.display());
        return Err(Problem::usage(what, "Name another one with --to, or replace it with --force."));
    }
    let denoise = arguments.denoise.unwrap_or_else(|| house.settings().0.noise_suppression);
    let show = !common.json && std::io::stderr().is_terminal();
    let cancel = AtomicBool::new(false);
    let progress = |part: f32| {
        cancel.store(asked.to_end(), Ordering::Relaxed);
        if show {
            let _ = write!(std::io::stderr(), "\r{:3.0} % ", part * 100.0);
        }
    };
    // The second film first: whoever asks for both and can have one only is told before the long work.
    let screen = second.map(|to| screen(&take, &to, progress, &cancel)).transpose();
    let written = screen.and_then(|screen| Ok((screen, export::film(&take, &to, denoise, progress, &cancel)?)));
    if show {
        let _ = writeln!(std::io::stderr());
    }
    let (screen, bytes) = written?;
    // The film is there, listed or not.
    let asset = export::enter(house, &take, &to, denoise).inspect_err(super::complain).ok().map(|id| id.0);
    let file = to.to_string_lossy().into_owned();
    if common.json {
        print_json(&Answer { take: &take.id.0, asset, file, bytes, seconds: secs(take.nanos), denoised: denoise, screen });
    } else {
        print_line(format_args!("{file}  {:.1} MB", bytes as f64 / 1e6));
        screen.iter().for_each(|screen| print_line(format_args!("{}  {:.1} MB", screen.file, screen.bytes as f64 / 1e6)));
    }
    Ok(0)
}

fn screen(take: &Take, to: &Path, progress: impl FnMut(f32), cancel: &AtomicBool) -> Result<Screen, Problem> {
    let bytes = export::screen(take, to, progress, cancel)?;
    let (seconds, offset) = take.screen.as_ref().map_or((0, 0), |track| (track.nanos, track.offset));
    let file = to.to_string_lossy().into_owned();
    Ok(Screen { file, bytes, seconds: secs(seconds), offset_seconds: offset as f64 / 1e9 })
}
