//! What the queue's page says: of a job, its place, its time, its cost.

use jiff::Timestamp;

use crate::core::generate::{Failure, Place, Role};
use crate::core::job::{Kind, State};
use crate::core::queue::{Group, Row, Why};
use crate::studio::{Model, queue};
use crate::ui::figures;

/// The last words of a label are in brackets and say what is well known by now.
pub fn short(label: &str) -> &str {
    label.split(" (").next().unwrap_or(label)
}

/// What is made.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Words",
        Kind::Image => "Picture",
        Kind::Video => "Clip",
        Kind::Speech => "Voice",
        Kind::Transcription => "Transcription",
        Kind::Music => "Music",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Picture => "Picture",
        Role::End => "End keyframe",
        Role::Clip => "Clip",
        Role::Voice => "Voice",
        Role::Music => "Music",
    }
}

/// Where a job belongs and who makes it: `Scene 4 · Picture  ·  Offline, Drawn from words`.
pub fn about(model: &Model, row: &Row, place: Option<&Place>) -> String {
    let job = &row.job;
    let what = match place {
        Some(place) => format!("Scene {} · {}", place.scene + 1, role(place.role)),
        None => kind(job.kind).to_owned(),
    };
    let engines = &model.engines;
    let (engine, title) = (short(engines.label(&job.engine)), engines.model_title(&job.engine, &job.model));
    let elsewhere = job.project.as_ref().filter(|id| model.prepare.project.as_ref().is_none_or(|open| open.id != **id));
    let project = elsewhere.and_then(|id| model.prepare.projects.iter().find(|project| project.id == *id));
    let project = project.map_or_else(String::new, |project| format!("{}  ·  ", project.title));
    format!("{project}{what}  ·  {engine}, {}", short(title))
}

/// The prompt in one line, or what stands for it.
pub fn prompt(row: &Row) -> String {
    let line = one_line(&row.prompt);
    if line.is_empty() { format!("{} without words", kind(row.job.kind)) } else { line }
}

/// As much of a text as may be seen at a time, in one line.
pub fn one_line(text: &str) -> String {
    // Some prompts are whole pages, and some engines answer with one.
    let seen: String = text.chars().take(600).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Seconds since a stamp; none where the clock is not kept, or the stamp is of a day to come.
pub fn age_secs(since: &str, wall: Option<&str>) -> Option<f64> {
    let (since, now) = (since.parse::<Timestamp>().ok()?, wall?.parse::<Timestamp>().ok()?);
    let secs = now.duration_since(since).as_secs_f64();
    (secs >= 0.0).then_some(secs)
}

/// How long ago, roughly; later the hour or the day.
pub fn ago(stamp: &str, wall: Option<&str>, today: Option<&str>) -> String {
    match age_secs(stamp, wall) {
        Some(secs) if secs < 10.0 => "just now".to_owned(),
        Some(secs) if secs < 3600.0 => format!("{} ago", figures::wait(secs.floor())),
        _ => match figures::heading(stamp, today).as_str() {
            "Today" => figures::time(stamp, false),
            _ => figures::day(stamp, None),
        },
    }
}

/// Seconds since it was sent.
pub fn sent_secs(row: &Row, wall: Option<&str>) -> f64 {
    row.sent_at.as_deref().and_then(|sent| age_secs(sent, wall)).unwrap_or(0.0)
}

/// What goes on at the engine, in a line.
pub fn going(row: &Row, wall: Option<&str>) -> String {
    let age = sent_secs(row, wall);
    if let Some(before) = row.before.filter(|before| *before > 0) {
        return format!("Waits at the engine, {before} before it");
    }
    let part = row.progress.map(|progress| format!("{:.0} %", (progress.clamp(0.0, 1.0) * 100.0).floor()));
    let left = match row.left_secs(age) {
        Some(secs) if secs >= 1.0 => Some(format!("{} left", figures::wait(secs))),
        Some(_) if row.progress.is_none() => Some("longer than usual".to_owned()),
        _ => None,
    };
    let words: Vec<String> = part.into_iter().chain(left).collect();
    match (words.is_empty(), row.job.state) {
        (false, _) => words.join("  ·  "),
        (true, State::Submitted) => "Being sent".to_owned(),
        (true, _) => format!("For {}", figures::wait(age.floor())),
    }
}

/// Why it does not begin, or its place among those that wait (from 0).
pub fn waiting(model: &Model, row: &Row, before: usize) -> String {
    if let Some(held) = &row.held {
        return match held.why {
            Why::Month { .. } => "Over this month’s budget",
            Why::Project { .. } => "Over the project’s budget",
            Why::Unknown { .. } => "Price unknown",
        }
        .to_owned();
    }
    let totals = &model.queue.totals;
    if totals.paused {
        return "Paused".to_owned();
    }
    if let Some(resting) = totals.resting.iter().find(|resting| resting.engine == row.job.engine) {
        // Why is said at the foot.
        return resting
            .secs
            .map_or_else(|| "The engine waits for you".to_owned(), |secs| format!("Waits {}", figures::wait(secs)));
    }
    // It was sent before and surely not taken.
    if let Some(failure) = &row.failure {
        return format!("{}, tries again", failure.class.label());
    }
    match before {
        0 => "Next".to_owned(),
        1 => "1 before it".to_owned(),
        many => format!("{} before it", super::super::library::words::count(many)),
    }
}

/// What an engine that is left alone waits for.
pub fn rest(secs: Option<f64>, why: &str) -> String {
    match secs {
        Some(secs) => format!("{why}, goes on in {}", figures::wait(secs)),
        None => format!("{why}: waits for you"),
    }
}

/// What to do about a failure.
pub fn fix(failure: &Failure, kept: bool) -> String {
    let fix = failure.class.fix();
    if kept { format!("{fix} It is paid for: fetching it costs nothing.") } else { fix.to_owned() }
}

/// What it cost or will cost; nothing for what is free and not yet made.
pub fn cost(row: &Row) -> String {
    if let Some(price) = row.held.as_ref().and_then(|held| held.price.as_ref()) {
        return format!("now {}", price.words());
    }
    let charged = row.job.cost_micros.map(|micros| crate::core::engine::Money { micros, currency: row.job.currency.clone() });
    match (charged, &row.quote) {
        (Some(cost), _) if cost.micros == 0 && came_to_nothing(row) => "no charge".to_owned(),
        (Some(cost), _) if cost.micros == 0 => "free".to_owned(),
        (Some(cost), _) => cost.words(),
        (None, Some(_)) if came_to_nothing(row) => String::new(),
        (None, Some(quote)) if quote.micros == 0 => "free".to_owned(),
        (None, Some(quote)) => format!("about {}", quote.words()),
        (None, None) => String::new(),
    }
}

/// Nothing was made, so that nothing to pay is no surprise.
fn came_to_nothing(row: &Row) -> bool {
    matches!(row.group(), Group::Failed | Group::Cancelled)
}

/// Said under the pointer when the charge is not what was thought.
pub fn other_cost(row: &Row) -> Option<String> {
    let quote = row.quote.as_ref()?;
    let charged = row.job.cost_micros.filter(|micros| *micros > 0 || !came_to_nothing(row))?;
    (charged != quote.micros || row.job.currency != quote.currency).then(|| format!("Thought to cost {}.", quote.words()))
}

/// Everything about a job, for who rests on it.
pub fn whole(model: &Model, row: &Row) -> String {
    let job = &row.job;
    let mut lines = vec![row.prompt.trim().to_owned(), about(model, row, queue::scene(row).as_ref())];
    lines.extend(row.failure.as_ref().map(|failure| failure.words.clone()));
    lines.extend(row.held.as_ref().map(|held| held.why.words()));
    lines.extend(other_cost(row));
    lines.extend(job.seed.map(|seed| format!("Seed {seed}")));
    lines.extend(job.provider_id.as_ref().map(|id| format!("There it is called {id}")));
    lines.extend((row.tries > 1).then(|| format!("Sent {} times", row.tries)));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::engine::Money;
    use crate::core::generate::Class;
    use crate::core::queue::made_up;

    #[test]
    fn ages_are_rough_and_old_ones_have_a_date() {
        let wall = Some("2026-11-21T12:00:00Z");
        assert_eq!(ago("2026-11-21T11:59:55Z", wall, None), "just now");
        assert_eq!(ago("2026-11-21T11:57:00Z", wall, None), "3 min ago");
        assert!(ago("2026-11-19T12:00:00Z", wall, Some("2026-11-21")).contains("Nov"));
        assert_eq!(age_secs("2026-11-21T12:00:09Z", wall), None, "a clock that was set back");
        assert_eq!(age_secs("never", wall), None);
    }

    #[test]
    fn what_came_to_nothing_and_was_not_charged_is_no_surprise() {
        let priced = |state, micros| {
            let mut row = made_up::row("a", state);
            (row.job.cost_micros, row.job.currency) = (Some(micros), "USD".into());
            Row { quote: Some(Money::usd(0.4)), ..row }
        };
        let said = |row: Row| (cost(&row), other_cost(&row).is_some());
        assert_eq!(said(priced(State::Cancelled, 0)), ("no charge".into(), false));
        assert_eq!(said(priced(State::Cancelled, 500_000)), ("$0.50".into(), true));
        assert_eq!(said(priced(State::Done, 0)), ("free".into(), true));
        assert_eq!(said(priced(State::Done, 400_000)), ("$0.40".into(), false));
    }

    #[test]
    fn one_that_is_tried_again_says_why() {
        let busy = Failure::new(Class::Transport, "Away can't be reached.");
        let row = Row { failure: Some(busy), ..made_up::row("a", State::Queued) };
        assert_eq!(waiting(&Model::default(), &row, 0), "Not reached, tries again");
    }

    #[test]
    fn labels_lose_what_is_in_brackets() {
        assert_eq!((short("Offline (drawn by Onetake)"), short("Venice")), ("Offline", "Venice"));
    }
}
