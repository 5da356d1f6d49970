//! Which orders from afar are handed to the studio: what names something that is there, within what it can take.

use super::shelf::Shelf;
use crate::core::live::Order;
use crate::core::prompter::pace::{MAX_WPM, MIN_WPM};

/// The farthest one order may scroll, in ems.
const FARTHEST_EMS: f64 = 1_000.0;
/// Characters of a name that a refusal repeats.
const NAME_CHARS: usize = 40;

/// Says why not, in a sentence for a person.
pub(super) fn judge(order: &Order, commands: &[(String, String)], shelf: &Shelf) -> Result<(), String> {
    match order {
        Order::Command { name } if commands.iter().any(|(known, _)| known == name) => Ok(()),
        Order::Command { name } => Err(format!("There is no command “{}” to give from afar.", brief(name))),
        Order::Scene { scene } => within_scenes(*scene, shelf),
        Order::Line { scene, line } => within_scenes(*scene, shelf).and_then(|()| within_lines(*scene, *line, shelf)),
        Order::Scroll { ems } if ems.abs() <= FARTHEST_EMS => Ok(()),
        Order::Scroll { .. } => Err(format!("One can scroll by {FARTHEST_EMS} ems at once at most.")),
        Order::Pace { words_per_minute: wpm } if (MIN_WPM..=MAX_WPM).contains(wpm) => Ok(()),
        Order::Pace { .. } => Err(format!("The pace lies between {MIN_WPM} and {MAX_WPM} words a minute.")),
    }
}

fn within_scenes(scene: usize, shelf: &Shelf) -> Result<(), String> {
    match shelf.scenes().map_or(0, |scenes| scenes.scenes.len()) {
        0 => Err("No script is open.".to_owned()),
        count if scene < count => Ok(()),
        count => Err(format!("There is no scene {scene}: the script's {count} are counted from 0.")),
    }
}

fn within_lines(scene: usize, line: usize, shelf: &Shelf) -> Result<(), String> {
    let rows = shelf.text().into_iter().flat_map(|text| &text.rows).filter(|row| row.scene == scene);
    let last = rows.flat_map(|row| row.runs.iter().map(|run| run.line).chain([row.line])).max();
    match last {
        Some(last) if line <= last => Ok(()),
        Some(last) => Err(format!("There is no sentence {line}: those of scene {scene} are counted from 0 to {last}.")),
        None => Err(format!("Scene {scene} has no sentences.")),
    }
}

/// Fit for a sentence: what is written to a person is not the other side's to fill.
fn brief(name: &str) -> String {
    let mut letters = name.chars().map(|c| if c.is_control() { ' ' } else { c });
    let start: String = letters.by_ref().take(NAME_CHARS).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::live::{Scenes, Show};
    use crate::core::prompter::text::{Run, RunStyle, Text, TextRow};

    fn shelf() -> Shelf {
        let run = |line| Run { text: "Words.".into(), style: RunStyle::Spoken, line };
        let row = |scene, line| TextRow { scene, line, runs: vec![run(line), run(line + 1)], ..TextRow::default() };
        let text = Text { rows: vec![row(0, 0), row(1, 0), row(1, 1)], ..Text::default() };
        let scenes = Scenes { title: "Script".into(), scenes: vec!["One".into(), "Two".into(), "Empty".into()] };
        let mut shelf = Shelf::default();
        shelf.put(Show { text: Arc::new(text), scenes: Arc::new(scenes), ..Show::default() });
        shelf
    }

    #[test]
    fn what_is_there_is_accepted_and_nothing_else() {
        let (shelf, commands) = (shelf(), [("again".to_owned(), "Again".to_owned())]);
        let accepts = |order: Order| judge(&order, &commands, &shelf).is_ok();
        let command = |name: &str| Order::Command { name: name.to_owned() };
        assert!(accepts(command("again")));
        assert!(!accepts(command("Again")) && !accepts(command("")) && !accepts(command("delete-take")));
        assert!(accepts(Order::Scene { scene: 2 }) && !accepts(Order::Scene { scene: 3 }));
        assert!(!accepts(Order::Scene { scene: usize::MAX }));
        assert!(accepts(Order::Line { scene: 0, line: 1 }) && !accepts(Order::Line { scene: 0, line: 2 }));
        assert!(accepts(Order::Line { scene: 1, line: 2 }) && !accepts(Order::Line { scene: 2, line: 0 }));
        assert!(accepts(Order::Scroll { ems: -1_000.0 }) && !accepts(Order::Scroll { ems: 1_000.1 }));
        assert!(!accepts(Order::Scroll { ems: f64::NAN }) && !accepts(Order::Scroll { ems: f64::INFINITY }));
        assert!(accepts(Order::Pace { words_per_minute: 150.0 }) && !accepts(Order::Pace { words_per_minute: f64::NAN }));
        assert!(!accepts(Order::Pace { words_per_minute: 0.0 }) && !accepts(Order::Pace { words_per_minute: 1e9 }));
    }

    #[test]
    fn a_refusal_is_a_short_sentence_whatever_was_asked() {
        let name = format!("{}\u{7}\n", "x".repeat(60_000));
        let sentence = judge(&Order::Command { name }, &[], &Shelf::default()).unwrap_err();
        assert!(sentence.len() < 120 && !sentence.chars().any(char::is_control), "{sentence}");
        assert_eq!(judge(&Order::Scene { scene: 0 }, &[], &Shelf::default()).unwrap_err(), "No script is open.");
    }
}
