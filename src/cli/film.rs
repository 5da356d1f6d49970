//! `onetake film`: a project's scenes joined into one MP4.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Common, captions, print_json, print_line};
use crate::core::captions::Form;
use crate::core::joining::Transition;
use crate::core::joining::outlook::PAUSE_SECS;
use crate::core::problem::Problem;
use crate::jobs::film::{self, Made, Wanted, words};
use crate::jobs::house::House;
use crate::jobs::projects;
use crate::jobs::signals::Asked;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of a project, its title, the beginning of either, or its folder.
    pub project: String,
    /// File to write.
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// How one scene becomes the next.
    #[arg(long, value_enum, default_value = "cut")]
    pub transition: Kind,
    /// Length of a cross-fade in milliseconds.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub ms: u32,
    /// Proportions.
    #[arg(long, value_name = "W:H", default_value = "16:9")]
    pub aspect: String,
    /// Lines of the short side.
    #[arg(long, value_name = "N", default_value = "720p")]
    pub resolution: String,
    /// Paint a picture from its words for each scene that has neither clip nor picture.
    #[arg(long)]
    pub paint: bool,
    /// What the script says as captions: a track of the film, and a file of this form beside it, srt or vtt.
    #[arg(long, value_name = "FORM", value_parser = captions::form)]
    pub captions: Option<Form>,
    /// End each scene with its voice, however long the script wants it.
    #[arg(long)]
    pub fit_words: bool,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Cut,
    #[value(alias = "cross-fade")]
    Crossfade,
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let asked = Asked::listen(house.runtime.handle(), || {});
    let project = projects::find(house, &arguments.project)?;
    let beside = arguments.captions.map(|form| words::beside(&arguments.output, form));
    if let Some(there) = [Some(&arguments.output), beside.as_ref()].into_iter().flatten().find(|path| path.exists())
        && !arguments.force
    {
        let what = format!("There is a file {} already.", there.display());
        return Err(Problem::usage(what, "Name another one with --output, or replace it with --force."));
    }
    let transition = match arguments.transition {
        Kind::Cut => Transition::Cut,
        Kind::Crossfade => Transition::CrossFade { ms: arguments.ms },
    };
    let wanted = Wanted {
        to: arguments.output.clone(),
        transition,
        aspect: Some(arguments.aspect.clone()),
        resolution: Some(arguments.resolution.clone()),
        paint: arguments.paint,
        seconds: Vec::new(),
        fit_words: arguments.fit_words,
        captions: arguments.captions,
    };
    let show = !common.json && std::io::stderr().is_terminal();
    let cancel = AtomicBool::new(false);
    let progress = |part: f32| {
        cancel.store(asked.to_end(), Ordering::Relaxed);
        if show {
            let _ = write!(std::io::stderr(), "\r{:3.0} % ", part * 100.0);
        }
    };
    let made = film::film(house, &project, &wanted, progress, &cancel);
    if show {
        let _ = writeln!(std::io::stderr());
    }
    let made = made?;
    if common.json {
        print_json(&made);
        return Ok(0);
    }
    report(&made);
    Ok(0)
}

/// What was made, and what one would wonder about while watching.
fn report(made: &Made) {
    print_line(format_args!("{}  {:.1} s  {:.1} MB", made.file.display(), made.seconds, made.bytes as f64 / 1e6));
    if let Some(captions) = &made.captions {
        print_line(format_args!("{}", captions.display()));
    }
    for scene in &made.scenes {
        if !scene.fitted.is_empty() {
            print_line(format_args!("  {}: {}", scene.heading, scene.fitted));
        }
        if scene.silent >= PAUSE_SECS {
            print_line(format_args!("  {}: {:.0} s without words", scene.heading, scene.silent));
        }
    }
}
