//! `onetake write`: a script from a theme, by a writer or by rules, as a project of its own or a file.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::{Common, print_json, print_line};
use crate::core::engine::Choices;
use crate::core::job::Kind;
use crate::core::problem::Problem;
use crate::core::script::Script;
use crate::core::writing::{Brief, Draft, Tone, read};
use crate::jobs::engines::Shop;
use crate::jobs::house::House;
use crate::jobs::signals::Asked;
use crate::jobs::words::{self, Ears, Refused, Written};
use crate::jobs::{captions, projects};
use crate::studio::words::Ask;

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// What the script is about.
    #[arg(long, value_name = "TEXT")]
    pub theme: String,
    /// How long it is to take.
    #[arg(long, default_value_t = 120.0, value_name = "SECONDS")]
    pub seconds: f64,
    /// Number of scenes; without it the length decides.
    #[arg(long, value_name = "N")]
    pub scenes: Option<u32>,
    /// How it sounds: calm, lively, serious, funny or plain.
    #[arg(long, default_value = "calm", value_parser = tone)]
    pub tone: Tone,
    /// Language of the spoken words; without it that of the theme.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Words a minute it will be spoken at.
    #[arg(long, value_name = "WORDS")]
    pub pace: Option<f64>,
    /// Name of an engine (“onetake engines list”); without it the chosen one. “offline” makes an outline by rules.
    #[arg(long)]
    pub engine: Option<String>,
    /// Name of one of its models.
    #[arg(long)]
    pub model: Option<String>,
    /// Write the script to this file instead of making a project of it.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
    /// Go on whatever it costs.
    #[arg(long)]
    pub yes: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    project: Option<String>,
    file: String,
    title: String,
    scenes: usize,
    words: usize,
    seconds: f64,
    engine: String,
    model: String,
    job: String,
    /// It broke off at the writer's limit.
    cut: bool,
    /// Millionths of `currency`; nothing when nobody said.
    cost_micros: Option<u64>,
    currency: Option<String>,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    if let Some(there) = arguments.output.as_ref().filter(|file| file.exists() && !arguments.force) {
        let what = format!("There is a file {} already.", there.display());
        return Err(Problem::usage(what, "Name another one with --output, or replace it with --force."));
    }
    let house = Arc::new(house);
    let choices = house.settings().0.engines;
    let shop = Shop::new(Arc::clone(&house), choices.clone());
    let ask = ask(&shop, &choices, arguments)?;
    let budget = (!arguments.yes).then_some(choices.budget);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let asked = Asked::listen(house.runtime.handle(), move || stopped.store(true, Ordering::Relaxed));
    // Whoever reads along sees the words as they come.
    let show = !common.json && arguments.output.is_none();
    let mut piece = |text: &str| {
        if show {
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    };
    let mut ears = Ears { begun: &mut |_| {}, piece: &mut piece, stop: &stop };
    let written = house.runtime.block_on(words::script(&house, &shop, &ask, budget.as_ref(), &mut ears)).map_err(
        |refused| match refused {
            Refused::Problem(problem) => problem,
            Refused::Budget(why) => {
                Problem::refused(why.words(), "Go on this once with --yes, or raise the budget in Settings, Engines.")
            }
        },
    )?;
    if show {
        print_line("");
    }
    if asked.to_end() {
        return Err(Problem::cancelled());
    }
    let draft = read::answer(&written.text);
    if draft.scenes.is_empty() {
        let said: String = written.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
        return Err(Problem::refused(
            format!("{} wrote no script: “{said}”", ask.model),
            "Say the theme otherwise, or choose another writer.",
        ));
    }
    let answer = keep(&house, arguments, &ask, &written, draft)?;
    if common.json {
        print_json(&answer);
    } else {
        let place = answer.project.as_deref().map_or_else(|| answer.file.clone(), |id| format!("project “{id}”"));
        print_line(format!(
            "{}: {} scenes, {} words, {:.0} s, in {place}.",
            answer.title, answer.scenes, answer.words, answer.seconds
        ));
    }
    Ok(0)
}

fn ask(shop: &Shop, choices: &Choices, arguments: &Arguments) -> Result<Ask, Problem> {
    let mut choices = choices.clone();
    let choice = choices.of_mut(Kind::Text);
    if let Some(engine) = &arguments.engine {
        (choice.engine, choice.model) = (engine.clone(), String::new());
    }
    if let Some(model) = &arguments.model {
        choice.model.clone_from(model);
    }
    let (wanted, chosen) = (choice.engine.clone(), choice.model.clone());
    let list = shop.list();
    let found = choices.resolve(&list, Kind::Text).filter(|(engine, _)| wanted.is_empty() || engine.name == wanted);
    let Some((engine, known)) = found else {
        let what = format!("There is no engine “{wanted}” that writes.");
        return Err(Problem::usage(what, "“onetake engines models” lists those there are; “offline” needs no network."));
    };
    // A model the list does not know yet may be there all the same, and says so itself when it is not.
    if !chosen.is_empty() && known.name != chosen {
        let what = format!("{} has no model “{chosen}” that writes.", engine.label);
        return Err(Problem::usage(what, "“onetake engines models” lists those there are."));
    }
    let brief = Brief {
        theme: arguments.theme.clone(),
        seconds: arguments.seconds,
        scenes: arguments.scenes,
        tone: arguments.tone,
        language: arguments.language.clone().unwrap_or_default(),
        ..Brief::default()
    };
    let brief = Brief { pace: arguments.pace.unwrap_or(brief.pace), ..brief }.bounded();
    if brief.theme.is_empty() {
        return Err(Problem::usage("There is no theme.", "Say with --theme what the script is about."));
    }
    Ok(Ask { project: None, engine: engine.name.clone(), model: known.name.clone(), brief, before: None })
}

/// The draft as a file, or as a project of its own.
fn keep(house: &House, arguments: &Arguments, ask: &Ask, written: &Written, mut draft: Draft) -> Result<Answer, Problem> {
    if draft.title().is_none() {
        let title: String = ask.brief.theme.lines().next().unwrap_or_default().chars().take(80).collect();
        draft.front.insert(0, ("title".into(), title));
    }
    let script = Script::markdown(draft.markdown());
    let (project, file) = match &arguments.output {
        Some(file) => {
            captions::write(file, script.source())?;
            (None, file.clone())
        }
        None => {
            let (project, _) =
                projects::create(house, script.clone(), std::path::Path::new("."), |problem| super::complain(&problem))?;
            let file = std::path::Path::new(&project.folder).join(crate::core::project::SCRIPT_FILE);
            (Some(project.id), file)
        }
    };
    let cost = written.end.cost.as_ref();
    Ok(Answer {
        project,
        file: file.display().to_string(),
        title: script.title().to_owned(),
        scenes: script.scenes.len(),
        words: script.words(),
        seconds: script.seconds(),
        engine: ask.engine.clone(),
        model: ask.model.clone(),
        job: written.job.clone(),
        cut: written.end.cut,
        cost_micros: cost.map(|cost| cost.micros),
        currency: cost.map(|cost| cost.currency.clone()),
    })
}

fn tone(name: &str) -> Result<Tone, String> {
    let all = || Tone::ALL.map(Tone::name).join(", ");
    Tone::named(name).ok_or_else(|| format!("it is none of {}", all()))
}
