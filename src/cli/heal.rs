//! `onetake heal`: compares a take's file with what was uploaded, and brings back what differs.

use serde::Serialize;

use super::drive::Headless;
use super::{Common, print_json, print_line, upload};
use crate::core::blocks::Damage;
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::jobs::house::House;
use crate::studio::Message;
use crate::studio::heal::{Message as Heal, Phase};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Id of the take, its beginning, or “last”.
    pub take: String,
    #[command(flatten)]
    pub from: upload::Server,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    take: &'a str,
    bytes: u64,
    /// What came from the server.
    healed_bytes: u64,
    status: &'static str,
}

pub fn run(house: House, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let take = upload::find(&house, &arguments.take)?;
    let target = arguments.from.target()?;
    let (settings, _) = house.settings();
    let mut studio = Headless::start(house, settings)?;
    studio.jobs.aim(target);
    let healed = heal(&mut studio, &take);
    studio.finish();
    let damage = healed?;
    let bytes = damage.as_ref().map_or(take.bytes, |damage| damage.bytes);
    let healed_bytes = damage.as_ref().and_then(|damage| damage.bad_bytes).unwrap_or(0);
    let status = if damage.is_some() { "healed" } else { "whole" };
    if common.json {
        print_json(&Answer { take: &take.id.0, bytes, healed_bytes, status });
    } else if damage.is_some() {
        print_line(format_args!("Healed: {:.1} MB came from the server, and every byte agrees.", healed_bytes as f64 / 1e6));
    } else {
        print_line("The take is whole: every byte is as it was uploaded.");
    }
    Ok(0)
}

/// What was wrong, once it no longer is.
fn heal(studio: &mut Headless, take: &Take) -> Result<Option<Damage>, Problem> {
    let damage = check(studio, take)?;
    if damage.is_some() {
        studio.send(Message::Heal(Heal::Heal(Box::new(take.clone()))));
        let ended = studio.until("the take was healed", None, |model| match model.heal.takes.get(&take.id) {
            Some(Phase::Failed { problem, .. }) => Some(Err(problem.clone())),
            Some(_) => None,
            None => Some(Ok(())),
        });
        ended??;
    }
    Ok(damage)
}

/// Reads a take's file and compares it; `None` when it is whole.
pub fn check(studio: &mut Headless, take: &Take) -> Result<Option<Damage>, Problem> {
    studio.send(Message::Heal(Heal::Check(Box::new(take.clone()))));
    studio.until("the take was read", None, |model| match model.heal.takes.get(&take.id) {
        Some(Phase::Damaged(damage)) => Some(Some(damage.clone())),
        Some(_) => None,
        // A problem is shown, and is `until`'s to see.
        None => model.notice.notices.iter().all(|notice| notice.kind.is_none()).then_some(None),
    })
}
