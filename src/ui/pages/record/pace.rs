//! The pace: how fast the reader reads, or how long it may take. A menu under the words per minute, because one of three
//! things sets them: the script's own targets, a number of words, or a length for the whole.

use egui::Ui;

use crate::core::prompter::Pace;
use crate::core::prompter::pace::{MAX_WPM, MIN_WPM};
use crate::core::time::{Moment, clock, nanos};
use crate::studio::{Message, Model, prompter};
use crate::ui::theme::space;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::number::{Bounds, stepper};
use crate::ui::widgets::{menu, text};

const MENU_WIDTH: f32 = 304.0;
const WORDS: Bounds = Bounds { low: MIN_WPM, high: MAX_WPM, step: 5.0, decimals: 0 };
/// From some seconds to two hours.
const SECONDS: Bounds = Bounds { low: 5.0, high: 7_200.0, step: 5.0, decimals: 0 };

/// The words per minute of this scene, and the menu.
pub fn pace_ui(ui: &mut Ui, model: &Model, now: Moment, out: &mut Vec<Message>) {
    let wpm = model.prompter.words_per_minute(&model.prepare.script, now).round();
    let button = Button::plain(&format!("{wpm:.0} wpm"))
        .name(&format!("{wpm:.0} words per minute. Choose the pace"))
        .tooltip("Words per minute of this scene. Click to choose what sets the pace.")
        .show(ui);
    menu::panel(&button, MENU_WIDTH, |ui| menu_ui(ui, model, wpm, out));
}

fn menu_ui(ui: &mut Ui, model: &Model, wpm: f64, out: &mut Vec<Message>) {
    let mut set = |pace: Pace| out.push(Message::Prompter(prompter::Message::SetPace(pace)));
    let pace = model.prompter.pace;
    let script_secs: f64 = Pace::SceneTargets.scene_secs(&model.prepare.script).iter().sum();
    let label = format!("As the script says  ·  {}", clock(nanos(script_secs)));
    if menu::option(ui, pace == Pace::SceneTargets, &label) {
        set(Pace::SceneTargets);
    }
    let words = match pace {
        Pace::WordsPerMinute(words) => words,
        _ => wpm,
    };
    if menu::option(ui, matches!(pace, Pace::WordsPerMinute(_)), "Words per minute") {
        set(Pace::WordsPerMinute(words));
    }
    if matches!(pace, Pace::WordsPerMinute(_))
        && let Some(words) = indented(ui, |ui| stepper(ui, "Words per minute", words, WORDS, ""))
    {
        set(Pace::WordsPerMinute(words));
    }
    let total = match pace {
        Pace::TotalSeconds(total) => total,
        _ => model.prompter.plan.total_secs().round().max(SECONDS.low),
    };
    if menu::option(ui, matches!(pace, Pace::TotalSeconds(_)), "A length for the whole") {
        set(Pace::TotalSeconds(total));
    }
    if matches!(pace, Pace::TotalSeconds(_))
        && let Some(total) = indented(ui, |ui| {
            let wanted = stepper(ui, "Seconds for the whole", total, SECONDS, " s");
            text::small(ui, clock(nanos(total)));
            wanted
        })
    {
        set(Pace::TotalSeconds(total));
    }
}

/// Under the label of the row above.
fn indented<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        ui.add_space(space(3.0));
        content(ui)
    })
    .inner
}
