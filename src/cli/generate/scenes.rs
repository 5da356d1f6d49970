//! `onetake generate --project`: what the scenes of a project lack is ordered and put into its script, by the same studio that does it
//! behind the window.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::drive::Headless;
use super::super::{Common, print_json, print_line};
use super::Arguments;
use crate::core::generate::Role;
use crate::core::problem::Problem;
use crate::core::project::SCRIPT_FILE;
use crate::core::queue::{Draft, Quote, Sum};
use crate::jobs::house::House;
use crate::jobs::projects;
use crate::jobs::signals::Asked;
use crate::studio::prepare::Saved;
use crate::studio::queue::{Answer, Message as Queue, Priced};
use crate::studio::{Message, Model, engines, scenes};

/// How long a project takes to be opened and looked through.
const OPEN: Option<Duration> = Some(Duration::from_secs(60));

pub fn run(house: House, project: &str, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let role = arguments.part.role();
    let project = projects::find(&house, project)?;
    let asked = Asked::listen(house.runtime.handle(), || {});
    let (settings, _) = house.settings();
    let mut studio = Headless::start(house, settings)?;
    let made = make(&mut studio, &project.folder, role, arguments, &asked);
    // What is at an engine is gone on with by whoever runs the queue next.
    let told = made.map(|scenes| tell(&studio.model, &project.id, role, &scenes, arguments, common));
    studio.finish();
    told
}

/// Orders the parts and waits until all are over and in the script. Tells which scenes it was about.
fn make(studio: &mut Headless, folder: &str, role: Role, arguments: &Arguments, asked: &Asked) -> Result<Vec<usize>, Problem> {
    studio.send(Message::Engines(engines::Message::Look));
    studio.until("the engines were listed", OPEN, |model| (!model.engines.known.is_empty()).then_some(()))?;
    choose(studio, role, arguments)?;
    studio.send(Message::Queue(Queue::Enter));
    studio.until("the queue was listed", OPEN, |model| model.queue.listed.then_some(()))?;
    // Lies in the library's own folder, so that it is opened and not copied.
    studio.open(&format!("{folder}/{SCRIPT_FILE}"))?;
    studio.until("the scenes were looked through", OPEN, |model| model.scenes.is_settled().then_some(()))?;
    let script = &studio.model.prepare.script;
    let scenes = match arguments.scene {
        Some(number) if number as usize <= script.scenes.len() => vec![number as usize - 1],
        Some(number) => {
            let what = format!("There is no scene {number}; the script has {}.", script.scenes.len());
            return Err(Problem::usage(what, "Count the scenes from 1."));
        }
        // What an earlier run ordered is not ordered again, and waited for as well.
        None if !arguments.how.quote => (0..script.scenes.len()).filter(|scene| script.scenes[*scene].lacks(role)).collect(),
        None => studio.model.scenes.missing(script, role),
    };
    if arguments.how.quote {
        ask_prices(studio, role, &scenes)?;
    }
    if arguments.how.quote || scenes.is_empty() {
        return Ok(scenes);
    }
    studio.send(Message::Scenes(match arguments.scene {
        Some(_) => scenes::Message::Make { scene: scenes[0], role },
        None => scenes::Message::MakeMissing(role),
    }));
    loop {
        let why = studio.until("it was made", None, |model| {
            let question = model.queue.question.as_ref().map(|question| question.why.words());
            if asked.to_end() || question.is_some() || is_over(model) { Some(question) } else { None }
        })?;
        match why {
            _ if asked.to_end() => return Err(Problem::cancelled()),
            None => return held(&studio.model, role, &scenes).map_or(Ok(scenes), Err),
            Some(_) if arguments.how.yes => studio.send(Message::Queue(Queue::Answer(Answer::Once))),
            Some(why) => {
                studio.send(Message::Queue(Queue::Answer(Answer::No)));
                return Err(Problem::refused(why, "Give --yes to go on this once, or raise the budget in Settings, Engines."));
            }
        }
    }
}

/// Why what was ordered was not sent, where that is so: a price rose, or others spent the money meanwhile.
fn held(model: &Model, role: Role, scenes: &[usize]) -> Option<Problem> {
    let held = scenes.iter().find_map(|scene| model.scenes.part(*scene, role).going()?.held.clone())?;
    Some(Problem::refused(held.why.words(), "“onetake queue allow” lets it go on this once; or raise the budget."))
}

/// Nothing is being made, nothing is on its way into the project, and the script is saved.
fn is_over(model: &Model) -> bool {
    model.queue.is_settled() && model.scenes.is_settled() && model.prepare.saved == Saved::Clean
}

/// The engine, model and form that were named go before what is chosen in the settings.
fn choose(studio: &mut Headless, role: Role, arguments: &Arguments) -> Result<(), Problem> {
    let (how, kind) = (&arguments.how, role.kind());
    let mut settings = studio.model.settings.clone();
    let list = std::sync::Arc::clone(&studio.model.engines.list);
    let (engine, model) = how.target(&list, &settings.engines, kind)?;
    how.wish(model)?;
    let choice = settings.engines.of_mut(kind);
    (choice.engine, choice.model) = (engine.name.clone(), model.name.clone());
    let put = |into: &mut String, text: &Option<String>| text.iter().for_each(|text| into.clone_from(text));
    put(&mut choice.aspect, &how.aspect);
    put(&mut choice.resolution, &how.resolution);
    put(&mut choice.style, &how.style);
    put(&mut choice.voice, &how.voice);
    studio.send(Message::Settings(Box::new(settings)));
    Ok(())
}

fn tell(model: &Model, project: &str, role: Role, scenes: &[usize], arguments: &Arguments, common: &Common) -> u8 {
    if arguments.how.quote {
        let sum = price(model, role, scenes);
        if common.json {
            let micros = (sum.unknown == 0).then_some(sum.micros);
            print_json(&json!({ "project": project, "micros": micros, "currency": "USD", "orders": sum.orders }));
        } else {
            print_line(format_args!("{} for {}", sum.words(), counted(sum.orders)));
        }
        return 0;
    }
    let said: Vec<&str> = model.notice.notices.iter().map(|notice| notice.text.as_str()).collect();
    let parts: Vec<(usize, Option<&str>, Option<Problem>)> = scenes
        .iter()
        .map(|scene| {
            let file = model.prepare.script.scenes.get(*scene).and_then(|scene| scene.part(role));
            let failed = model.scenes.part(*scene, role).failed().and_then(|row| row.failure.clone()).map(Problem::from);
            // What was never ordered has no failure; what was said instead tells why.
            let not_made = || (file.is_none() && !said.is_empty()).then(|| Problem::failed(said.join(" "), ""));
            (*scene, file, failed.or_else(not_made))
        })
        .collect();
    if common.json {
        let told: Vec<Value> = parts
            .iter()
            .map(|(scene, file, failed)| {
                let heading = model.prepare.script.scenes.get(*scene).map(|known| known.title(*scene));
                json!({ "scene": scene + 1, "heading": heading, "part": role, "file": file, "error": failed.as_ref().map(|problem| &problem.what) })
            })
            .collect();
        print_json(&json!({ "project": project, "parts": told }));
    } else {
        for (scene, file, failed) in &parts {
            match (file, failed) {
                (_, Some(problem)) => {
                    super::super::complain(&Problem::failed(format!("Scene {}: {}", scene + 1, problem.what), &problem.fix))
                }
                (Some(file), None) => print_line(format_args!("{:>3}  {file}", scene + 1)),
                (None, None) => print_line(format_args!("{:>3}  nothing came of it", scene + 1)),
            }
        }
        if parts.is_empty() {
            print_line("No scene lacks it.");
        }
    }
    let failed =
        parts.iter().find_map(|(_, file, failed)| failed.as_ref().map(Problem::exit_code).or(file.is_none().then_some(1)));
    failed.unwrap_or(0)
}

/// What would be ordered, with what has to be made first.
fn orders(model: &Model, role: Role, scenes: &[usize]) -> Vec<Draft> {
    let parts: Vec<(usize, Role)> = scenes.iter().map(|scene| (*scene, role)).collect();
    model.scenes.priced(&parts, &model.scenes_seen())
}

/// Engines that say their prices are asked.
fn ask_prices(studio: &mut Headless, role: Role, scenes: &[usize]) -> Result<(), Problem> {
    for draft in orders(&studio.model, role, scenes) {
        if studio.model.queue.price(&studio.model.engines.list, &draft) == Priced::Wanted {
            studio.send(Message::Queue(Queue::Price(Box::new(draft))));
        }
    }
    studio.until("the engines said their prices", OPEN, |model| {
        let asking = |draft: &Draft| model.queue.price(&model.engines.list, draft) == Priced::Asking;
        (!orders(model, role, scenes).iter().any(asking)).then_some(())
    })
}

fn price(model: &Model, role: Role, scenes: &[usize]) -> Sum {
    let quote = |draft: &Draft| match model.queue.price(&model.engines.list, draft) {
        Priced::Said(quote) => quote,
        Priced::Wanted | Priced::Asking | Priced::Failed(_) => Quote { cost: None, by_engine: true },
    };
    let quotes: Vec<Quote> = orders(model, role, scenes).iter().map(quote).collect();
    Sum::of(&quotes)
}

fn counted(orders: usize) -> String {
    if orders == 1 { "one order".into() } else { format!("{orders} orders") }
}
