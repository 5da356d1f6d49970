//! Captions of the take that is open in Review: where they are from, who transcribes it and for how much, how far that is, and where they
//! are saved.

use egui::{Align, Context, Label, Layout, RichText, Ui};
use lucide_icons::Icon;

use crate::core::captions::Form;
use crate::core::engine::{Engine, Model as Of};
use crate::core::job::{Kind, State};
use crate::core::queue::Row;
use crate::core::take::TakeState;
use crate::studio::command::Command;
use crate::studio::engines::{Message as Engines, Readiness};
use crate::studio::review::captions::{Lines, Message as Captions, Source, target};
use crate::studio::review::{Message as Review, Wave};
use crate::studio::{Message, Model, Sheet};
use crate::ui::cost::{self, Cost};
use crate::ui::pages::queue::words as queue_words;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::{Button, Kind as Rank};
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::{progress, switch, text};
use crate::ui::{Screen, keys, models};

use super::engines;
use super::sheet::{Side, head, sheet};

const WIDTH: f32 = 400.0;

/// Draws the sheet while it is open.
pub fn captions_ui(ctx: &Context, model: &Model, screen: &Screen, out: &mut Vec<Message>) {
    if model.sheet == Some(Sheet::Captions)
        && sheet(ctx, Side::Right, "captions", WIDTH, |ui| {
            let closed = head(ui, &title(model), |_| {});
            sheet_ui(ui, model, screen, out);
            closed
        })
    {
        out.push(Message::CloseSheet);
    }
}

fn title(model: &Model) -> String {
    model.review.open_take().map_or_else(|| "Captions".to_owned(), |take| format!("Captions of take {}", take.number))
}

fn sheet_ui(ui: &mut Ui, model: &Model, screen: &Screen, out: &mut Vec<Message>) {
    ui.spacing_mut().item_spacing.y = space(1.0);
    let (Some(open), Some(_)) = (&model.review.open, model.review.open_take()) else {
        return muted(ui, "No take is open.");
    };
    if open.captions.script == Lines::Unknown {
        out.push(say(Captions::Want));
    }
    let shown = model.review.captions;
    ui.horizontal(|ui| {
        text::body(ui, "Over the picture");
        text::small(ui, keys::text(ui.ctx(), Command::Captions));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if switch::switch(ui, Command::Captions.label(), shown.on).clicked() {
                out.push(Message::Command(Command::Captions));
            }
        });
    });
    let segments = [Segment::plain("From the script"), Segment::plain("As heard")];
    if let Some(at) = segmented(ui, &segments, usize::from(shown.source == Source::Heard)) {
        out.push(say(Captions::From(if at == 0 { Source::Script } else { Source::Heard })));
    }
    match shown.source {
        Source::Script => script_ui(ui, &open.captions.script),
        Source::Heard => heard_ui(ui, model, screen, out),
    }
    ui.separator();
    save_ui(ui, open.captions.of(shown.source).there().is_some(), out);
}

fn script_ui(ui: &mut Ui, lines: &Lines) {
    match lines {
        Lines::Unknown => muted(ui, "Looking for them…"),
        Lines::There(captions) => {
            let count = counted(captions.len());
            muted(
                ui,
                &format!(
                    "{count}: the script’s sentences, at the moments at which they stood at the eye line. Nobody listened."
                ),
            )
        }
        Lines::None => muted(ui, "The take’s journal tells of no sentence. “As heard” has the take transcribed."),
        Lines::Failed(problem) => plain(ui, &problem.to_string()),
    }
}

fn heard_ui(ui: &mut Ui, model: &Model, screen: &Screen, out: &mut Vec<Message>) {
    let Some(open) = &model.review.open else { return };
    let found = &open.captions;
    let by = found.job.as_deref().filter(|row| row.job.state == State::Done).map(|row| by(model, row));
    match (&found.heard, &by) {
        _ if found.comes() => return going_ui(ui, found.job.as_deref(), screen, out),
        (Lines::Unknown, _) => muted(ui, "Looking for them…"),
        (Lines::There(captions), Some(by)) => muted(ui, &format!("{}, as {by} heard it.", counted(captions.len()))),
        (Lines::There(captions), None) => muted(ui, &format!("{}, as an engine heard it.", counted(captions.len()))),
        (Lines::None, _) => muted(ui, "What is really said is not written down yet. An engine that transcribes does it."),
        (Lines::Failed(problem), _) => plain(ui, &problem.to_string()),
    }
    if let Some(row) = found.failed() {
        failed_ui(ui, row, out);
    }
    order_ui(ui, model, found.heard.there().is_some(), out);
}

/// Engine and model that made a row.
fn by(model: &Model, row: &Row) -> String {
    let engines = &model.engines;
    let label = queue_words::short(engines.label(&row.job.engine)).to_owned();
    format!("{label}, {}", queue_words::short(engines.model_title(&row.job.engine, &row.job.model)))
}

fn going_ui(ui: &mut Ui, row: Option<&Row>, screen: &Screen, out: &mut Vec<Message>) {
    let wall = screen.wall.as_deref();
    let words = match row {
        Some(row) if row.job.state == State::Queued => "Waits for its turn in the queue".to_owned(),
        Some(row) => queue_words::going(row, wall),
        None => "Being placed".to_owned(),
    };
    text::body(ui, format!("Transcribing: {}", words.to_lowercase()));
    ui.horizontal(|ui| {
        let fraction = row.and_then(|row| row.fraction(queue_words::sent_secs(row, wall)));
        progress::bar(ui, ui.available_width() - space(10.0), fraction, "How far the transcription is");
        if Button::quiet("Stop").name("Stop the transcription").show(ui).clicked() {
            out.push(say(Captions::Stop));
        }
    });
}

/// The engine's own words, and the way on.
fn failed_ui(ui: &mut Ui, row: &Row, out: &mut Vec<Message>) {
    let (words, fix, class) = match &row.failure {
        Some(failure) => (failure.words.clone(), failure.class.fix(), failure.class.label()),
        None => (row.job.problem.clone().unwrap_or_default(), "", "Failed"),
    };
    plain(ui, &format!("The last try: {}. {words}", class.to_lowercase()));
    if !fix.is_empty() {
        muted(ui, fix);
    }
    if Button::quiet("Retry").name("Retry the transcription").icon(Icon::RotateCw).show(ui).clicked() {
        out.push(say(Captions::Retry));
    }
}

/// Who transcribes, and the button with its price; or what is lacking.
fn order_ui(ui: &mut Ui, model: &Model, again: bool, out: &mut Vec<Message>) {
    let Some((engine, of)) = target(&model.captions_seen()) else {
        muted(ui, "No engine in the list transcribes.");
        return set_up_ui(ui, None, out);
    };
    let readiness = model.engines.readiness(engine);
    if let Some(lacks) = models::lacks(readiness).filter(|_| readiness != Readiness::Fails) {
        plain(ui, &format!("No engine that transcribes is ready: {} {lacks}.", engine.label));
        ui.horizontal(|ui| {
            model_ui(ui, model, engine, of, out);
            set_up_ui(ui, Some(engine), out);
        });
        return;
    }
    if !engine.local {
        muted(ui, &format!("The take’s sound is sent to {}; its pictures stay here.", engine.label));
    }
    let hindrance = hindrance(model);
    let cost = match (&hindrance, model.review.transcription(&model.captions_seen())) {
        (None, Some(draft)) => cost::of_drafts(model, &[draft], out),
        _ => Cost::default(),
    };
    ui.horizontal(|ui| {
        model_ui(ui, model, engine, of, out);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let label = match (model.queue.placing, again) {
                (true, _) => "Placing…".to_owned(),
                (false, true) => cost.behind("Again"),
                (false, false) => cost.behind("Transcribe"),
            };
            // What is there needs no next step.
            let rank = if again { Rank::Quiet } else { Rank::Primary };
            let mut button = Button::new(rank, &label).enabled(!model.queue.placing && hindrance.is_none());
            let tip = hindrance.as_ref().unwrap_or(&cost.more);
            if !tip.is_empty() {
                button = button.tooltip(tip);
            }
            if button.show(ui).clicked() {
                out.push(say(Captions::Transcribe));
            }
        });
    });
}

/// Why this take can't be transcribed.
fn hindrance(model: &Model) -> Option<String> {
    let (open, take) = (model.review.open.as_ref()?, model.review.open_take()?);
    if take.state == TakeState::Recording {
        Some("The take is still being recorded.".into())
    } else if open.peaks == Wave::None {
        Some("There is no sound in this take.".into())
    } else {
        None
    }
}

fn model_ui(ui: &mut Ui, model: &Model, engine: &Engine, of: &Of, out: &mut Vec<Message>) {
    // What is in brackets tells those apart that know the times of words.
    let label = format!("{}  ·  {}", queue_words::short(&engine.label), of.title());
    let name = format!("Transcribes: {}, {}", engine.label, of.title());
    let button = Button::quiet(&label).name(&name).tooltip(&name).trailing(Icon::ChevronDown).max_width(space(27.0)).show(ui);
    models::choice_ui(&button, model, Kind::Transcription, |engine, of| {
        let mut choices = model.settings.engines.clone();
        (choices.transcription.engine, choices.transcription.model) = (engine.to_owned(), of.to_owned());
        out.push(Message::Engines(Engines::Choose(Box::new(choices))));
    });
}

fn set_up_ui(ui: &mut Ui, engine: Option<&Engine>, out: &mut Vec<Message>) {
    if Button::quiet("Set it up…").icon(Icon::KeyRound).tooltip("Settings, Engines").show(ui).clicked() {
        match engine {
            Some(engine) => engines::open_at(ui.ctx(), &engine.name),
            None => out.push(Message::Sheet(Sheet::Engines)),
        }
    }
}

fn save_ui(ui: &mut Ui, there: bool, out: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let tip = "As take.srt and take.vtt, where players find them by themselves";
        if Button::quiet("Save beside the take").icon(Icon::Save).tooltip(tip).enabled(there).show(ui).clicked() {
            out.push(say(Captions::Keep));
        }
        for (label, name, form) in
            [("SRT…", "Save as SubRip (.srt)…", Form::Srt), ("WebVTT…", "Save as WebVTT (.vtt)…", Form::Vtt)]
        {
            if Button::plain(label).name(name).tooltip(name).enabled(there).show(ui).clicked() {
                out.push(say(Captions::SaveAs(form)));
            }
        }
    });
}

fn counted(count: usize) -> String {
    if count == 1 { "1 caption".to_owned() } else { format!("{count} captions") }
}

fn muted(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().muted)).wrap());
}

fn plain(ui: &mut Ui, words: &str) {
    ui.add(Label::new(RichText::new(words).font(theme::body()).color(colours().text)).wrap());
}

fn say(message: Captions) -> Message {
    Message::Review(Review::Captions(message))
}
