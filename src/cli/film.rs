//! `onetake film`: a project's scenes joined into one MP4.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Common, print_json, print_line};
use crate::core::joining::Transition;
use crate::core::problem::Problem;
use crate::jobs::film::{self, Wanted};
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
    if arguments.output.exists() && !arguments.force {
        let what = format!("There is a file {} already.", arguments.output.display());
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
    print_line(format_args!("{}  {:.1} s  {:.1} MB", made.file.display(), made.seconds, made.bytes as f64 / 1e6));
    for scene in made.scenes.iter().filter(|scene| !scene.fitted.is_empty()) {
        print_line(format_args!("  {}: {}", scene.heading, scene.fitted));
    }
    Ok(0)
}
