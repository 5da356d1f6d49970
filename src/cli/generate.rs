//! `onetake generate`: one thing from words, or what the scenes of a project lack.

mod scenes;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::queue::follow::Crew;
use super::{Common, print_json, print_line};
use crate::core::asset::AssetId;
use crate::core::engine::{Choice, Engine, Model};
use crate::core::generate::{InputRole, Role, Wish};
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::queue::{Draft, Given, Sum};
use crate::core::time::secs;
use crate::jobs::house::{Claim, House};

#[derive(Clone, Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools)]
pub struct Arguments {
    /// What it is to be, in words.
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["project", "take", "sound", "clip"])]
    pub prompt: Option<String>,
    /// Make what the scenes of this project lack: its id, its title, the beginning of either, or its folder.
    #[arg(long, conflicts_with_all = ["prompt", "count", "first", "last", "reference", "clip", "sound", "take", "output", "no_wait", "seed", "seconds", "negative"])]
    pub project: Option<String>,
    #[command(flatten)]
    pub part: Part,
    /// Only this scene, from 1, whether it lacks it or not; without it all that lack it.
    #[arg(long, requires = "project", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub scene: Option<u32>,
    /// What is made: image, video, speech, music or transcription.
    #[arg(long, default_value = "image", value_parser = kind)]
    pub kind: Kind,
    #[command(flatten)]
    pub how: How,
    /// So many of them, each with the next seed.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub count: u32,
    /// A picture to begin with.
    #[arg(long, value_name = "FILE")]
    pub first: Option<PathBuf>,
    /// A picture to end with.
    #[arg(long, value_name = "FILE")]
    pub last: Option<PathBuf>,
    /// A picture whose look is to be kept.
    #[arg(long, value_name = "FILE")]
    pub reference: Vec<PathBuf>,
    /// A clip to change, to make bigger, or to go on from.
    #[arg(long, value_name = "FILE")]
    pub clip: Option<PathBuf>,
    /// Sound to transcribe, or to sing over.
    #[arg(long, value_name = "FILE")]
    pub sound: Option<PathBuf>,
    /// A take to transcribe: its id, the beginning of it, or “last”.
    #[arg(long, conflicts_with = "sound")]
    pub take: Option<String>,
    /// Where a copy goes; the library has it in any case.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Place the order and end; a studio that is open makes it, or “onetake queue run”.
    #[arg(long)]
    pub no_wait: bool,
}

impl Arguments {
    /// What was given by name must not be left out: it would be paid for and missing.
    fn taken_by(&self, model: &Model) -> Result<(), Problem> {
        let limits = &model.limits;
        let refused = |what: &str| {
            Err(Problem::usage(
                format!("{} takes no {what}.", model.title()),
                "Leave it out, or name another model with --model.",
            ))
        };
        match (&self.first, &self.last) {
            (Some(_), _) if !(limits.first_frame || limits.needs_first_frame) => refused("picture to begin with"),
            (_, Some(_)) if !limits.last_frame => refused("picture to end with"),
            _ => Ok(()),
        }
    }
}

/// What of the scenes is made; pictures unless something else is said.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(multiple = false)]
#[allow(clippy::struct_excessive_bools)]
pub struct Part {
    /// The scenes' pictures.
    #[arg(long, requires = "project")]
    pub pictures: bool,
    /// The pictures that their clips end with.
    #[arg(long, requires = "project")]
    pub ends: bool,
    /// Their clips.
    #[arg(long, requires = "project")]
    pub clips: bool,
    /// What is said in them.
    #[arg(long, requires = "project")]
    pub speech: bool,
}

impl Part {
    fn role(self) -> Role {
        match (self.ends, self.clips, self.speech) {
            (true, ..) => Role::End,
            (_, true, _) => Role::Clip,
            (.., true) => Role::Voice,
            _ => Role::Picture,
        }
    }
}

/// By whom, and in which form.
#[derive(Clone, Debug, clap::Args)]
pub struct How {
    /// Name of an engine (“onetake engines list”); else the chosen one.
    #[arg(long)]
    pub engine: Option<String>,
    /// Name of one of its models.
    #[arg(long)]
    pub model: Option<String>,
    /// Length of a clip.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Proportions such as 16:9.
    #[arg(long)]
    pub aspect: Option<String>,
    /// Such as 720p.
    #[arg(long)]
    pub resolution: Option<String>,
    #[arg(long)]
    pub style: Option<String>,
    #[arg(long)]
    pub voice: Option<String>,
    /// What must not be in it.
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub negative: String,
    #[arg(long, allow_negative_numbers = true)]
    pub seed: Option<i64>,
    /// Only say what it costs.
    #[arg(long)]
    pub quote: bool,
    /// Go on whatever the budget says.
    #[arg(long)]
    pub yes: bool,
}

pub fn run(open: impl Fn(Claim) -> Result<House, Problem>, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    if let Some(project) = &arguments.project {
        // It changes the script, which a studio that has it open would write over.
        return scenes::run(open(Claim::Alone)?, project, arguments, common);
    }
    let house = open(Claim::Shared)?;
    let crew = Crew::start(Arc::new(house))?;
    let drafts = match drafts(&crew, arguments) {
        Ok(drafts) => drafts,
        Err(problem) => {
            crew.queue.finish();
            return Err(problem);
        }
    };
    if arguments.how.quote {
        let quoted = quote(&crew, &drafts, common);
        crew.queue.finish();
        return quoted;
    }
    let outcome = crew.queue.place(drafts, arguments.how.yes);
    crew.see_through(outcome, arguments.no_wait, common, arguments.output.as_deref())
}

fn drafts(crew: &Crew, arguments: &Arguments) -> Result<Vec<Draft>, Problem> {
    let list = crew.shop.list();
    let (engine, model) = arguments.how.target(&list, &crew.shop.choices(), arguments.kind)?;
    if arguments.kind == Kind::Video && !engine.local {
        arguments.taken_by(model)?;
    }
    let mut inputs = Vec::new();
    let mut give = |role, path: &PathBuf| inputs.push((role, Given::File(path.clone())));
    arguments.first.iter().for_each(|path| give(InputRole::FirstFrame, path));
    arguments.last.iter().for_each(|path| give(InputRole::LastFrame, path));
    arguments.reference.iter().for_each(|path| give(InputRole::Reference, path));
    arguments.clip.iter().for_each(|path| give(InputRole::Clip, path));
    arguments.sound.iter().for_each(|path| give(InputRole::Sound, path));
    let (mut project, mut length) = (None, None);
    if let Some(take) = &arguments.take {
        if arguments.kind != Kind::Transcription {
            return Err(Problem::usage("Only a transcription is made of a take.", "Add --kind transcription."));
        }
        let take = super::upload::find(&crew.house, take)?;
        inputs.push((InputRole::Sound, Given::Asset(AssetId(take.id.0.clone()))));
        // What it costs goes by its length.
        length = Some(secs(take.nanos));
        project = Some(take.project);
    }
    let mut wish = arguments.how.wish(model)?;
    wish.seconds = length.or(wish.seconds);
    let draft = |n: u32| Draft {
        project: project.clone(),
        wish: wish.clone(),
        seed: match (arguments.how.seed, n) {
            (Some(seed), n) => Some(seed.wrapping_add(i64::from(n))),
            (None, 0) => None,
            (None, n) => model.limits.seed.then_some(i64::from(n)),
        },
        inputs: inputs.clone(),
        ..Draft::new(&engine.name, &model.name, arguments.kind, arguments.prompt.as_deref().unwrap_or_default())
    };
    Ok((0..arguments.count).map(draft).collect())
}

impl How {
    /// The engine and model that are meant.
    pub fn target<'a>(
        &self,
        list: &'a crate::core::engine::Catalogue,
        choices: &crate::core::engine::Choices,
        kind: Kind,
    ) -> Result<(&'a Engine, &'a Model), Problem> {
        let Some(name) = &self.engine else {
            let chosen = choices.resolve(list, kind).ok_or_else(|| {
                Problem::usage(format!("No engine in the list makes {}.", kind.name()), "Name one with --engine.")
            })?;
            return match &self.model {
                Some(model) => Ok((chosen.0, model_of(chosen.0, model, kind)?)),
                None => Ok(chosen),
            };
        };
        let engine = list.engine(name).ok_or_else(|| {
            Problem::usage(format!("There is no engine called “{name}”."), "“onetake engines list” shows all of them.")
        })?;
        let model = match &self.model {
            Some(model) => model_of(engine, model, kind)?,
            None => engine.models_for(kind).next().ok_or_else(|| {
                let what = format!("{} has no model for {}.", engine.label, kind.name());
                Problem::usage(what, format!("Read its models with “onetake engines models {name} --refresh”."))
            })?,
        };
        Ok((engine, model))
    }

    /// What is wished for of a model; what it does not allow is refused, not left out: it was asked for by name.
    fn wish(&self, model: &Model) -> Result<Wish, Problem> {
        let limits = &model.limits;
        let allowed = |what: &str, wanted: &Option<String>, list: &[String]| match wanted {
            Some(wanted) if !list.is_empty() && !list.contains(wanted) => {
                let what = format!("{} has no {what} “{wanted}”.", model.title());
                Err(Problem::usage(what, format!("It has {}.", list.join(", "))))
            }
            _ => Ok(()),
        };
        allowed("proportions", &self.aspect, &limits.aspects)?;
        allowed("resolution", &self.resolution, &limits.resolutions)?;
        allowed("style", &self.style, &limits.styles)?;
        allowed("voice", &self.voice, &limits.voices)?;
        let choice = Choice {
            aspect: self.aspect.clone().unwrap_or_default(),
            resolution: self.resolution.clone().unwrap_or_default(),
            style: self.style.clone().unwrap_or_default(),
            voice: self.voice.clone().unwrap_or_default(),
            ..Choice::default()
        };
        let wish = choice.wish(model, self.seconds.unwrap_or(0.0));
        Ok(Wish { negative: self.negative.clone(), voice: self.voice.clone().or(wish.voice.clone()), ..wish })
    }
}

fn model_of<'a>(engine: &'a Engine, name: &str, kind: Kind) -> Result<&'a Model, Problem> {
    engine.models.iter().find(|model| model.name == name && model.kind == kind).ok_or_else(|| {
        let what = format!("{} has no model “{name}” for {}.", engine.label, kind.name());
        Problem::usage(what, format!("“onetake engines models {}” lists them.", engine.name))
    })
}

fn quote(crew: &Crew, drafts: &[Draft], common: &Common) -> Result<u8, Problem> {
    let Some(first) = drafts.first() else { return Ok(0) };
    let one = crew.queue.quote(first)?;
    let sum = Sum::of(std::iter::repeat_n(&one, drafts.len()));
    if common.json {
        let micros = (sum.unknown == 0).then_some(sum.micros);
        print_json(&json!({ "micros": micros, "currency": "USD", "orders": sum.orders, "by_engine": one.by_engine }));
    } else {
        let unknown = sum.unknown == sum.orders;
        print_line(if unknown { "price unknown".to_owned() } else { sum.words() });
    }
    Ok(0)
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::named(name).filter(|kind| *kind != Kind::Text).ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().filter(|kind| **kind != Kind::Text).map(|kind| kind.name()).collect();
        format!("one of {}", names.join(", "))
    })
}
