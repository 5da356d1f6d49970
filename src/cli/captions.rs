//! `onetake captions`: what is said in a take, as a file that players show.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::{Common, print_json, print_line, upload};
use crate::core::asset::AssetId;
use crate::core::captions::{Caption, Form};
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::jobs::house::House;
use crate::jobs::{captions, export};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of the take, its beginning, or “last”.
    pub take: String,
    /// Where the words are from.
    #[arg(long, value_enum, default_value_t = From::Script)]
    pub from: From,
    /// Form of the file: srt or vtt.
    #[arg(long, default_value = "srt", value_parser = form)]
    pub format: Form,
    /// File to write; without it one named after script and take, beside its film.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum From {
    /// The script, at the moments it was prompted: needs nothing and nobody.
    Script,
    /// The newest transcription of the take (“onetake generate --kind transcription --take”).
    Transcription,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    take: &'a str,
    from: &'static str,
    format: &'static str,
    file: String,
    captions: usize,
    /// The transcription's job.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
}

pub fn run(house: &House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let take = upload::find(house, &arguments.take)?;
    let ending = arguments.format.ending();
    let to = arguments.to.clone().unwrap_or_else(|| export::usual_place(house, &take).with_extension(ending));
    if to.exists() && !arguments.force {
        let what = format!("There is a file {} already.", to.display());
        return Err(Problem::usage(what, "Name another one with --to, or replace it with --force."));
    }
    let (job, found) = words(house, &take, arguments.from)?;
    captions::write(&to, &arguments.format.write(&found))?;
    if common.json {
        let from = if arguments.from == From::Script { "script" } else { "transcription" };
        let file = to.display().to_string();
        print_json(&Answer { take: &take.id.0, from, format: ending, file, captions: found.len(), job });
    } else {
        print_line(format!("{} captions in {}", found.len(), to.display()));
    }
    Ok(0)
}

fn words(house: &House, take: &Take, from: From) -> Result<(Option<String>, Vec<Caption>), Problem> {
    if from == From::Script {
        let found = captions::by_script(take)?;
        if found.is_empty() {
            let what = format!("The journal of take {} of “{}” does not tell of any sentence.", take.number, take.title);
            return Err(Problem::usage(what, "Its captions can be made from a transcription: --from transcription."));
        }
        return Ok((None, found));
    }
    let asset = AssetId(take.id.0.clone());
    let (job, found) = captions::by_transcription(house, &asset)?.ok_or_else(|| {
        let what = format!("Take {} of “{}” was not transcribed.", take.number, take.title);
        let fix = format!("Run “onetake generate --kind transcription --take {}”, or take --from script.", take.id);
        Problem::usage(what, fix)
    })?;
    Ok((Some(job), found))
}

/// A form by its name.
pub(super) fn form(name: &str) -> Result<Form, String> {
    name.parse()
}
