//! The way from scenes to a film, in a sheet: what is still missing and what it costs, who speaks, whether clips run on into each other
//! and where they jump, where it would be silent, captions, and the button that joins it all.

pub mod foot;
mod voice;

use egui::{Align, Context, Label, Layout, RichText, Ui};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::joining::Choice;
use crate::core::joining::outlook::Outlook;
use crate::core::seam::{Seam, Verdict};
use crate::studio::scenes::film::{self, Message as Film};
use crate::studio::scenes::{Message as Scenes, State};
use crate::studio::{Message, Model, Sheet};
use crate::ui::cost;
use crate::ui::pages::prepare::versions::{again_ui, seam_ui};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::{menu, switch, text};

use super::sheet::{Side, head, row, sheet};

const WIDTH: f32 = 424.0;

/// Silences that are told one by one.
const TOLD: usize = 4;

pub fn film_ui(ctx: &Context, model: &Model, out: &mut Vec<Message>) {
    let open = model.sheet == Some(Sheet::Film) && model.prepare.project.is_some();
    if open && sheet(ctx, Side::Right, "film", WIDTH, |ui| sheet_ui(ui, model, out)) {
        out.push(Message::CloseSheet);
    }
}

/// True when ✕ was taken.
fn sheet_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) -> bool {
    ui.spacing_mut().item_spacing.y = space(0.75);
    let closed = head(ui, "Film", |_| {});
    let outlook = model.scenes.outlook(&model.scenes_seen());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (role, sign) in [
            (Role::Picture, Icon::Sparkles),
            (Role::End, Icon::ImageDown),
            (Role::Clip, Icon::Film),
            (Role::Voice, Icon::AudioLines),
        ] {
            missing_ui(ui, model, role, sign, out);
        }
    });
    voice::voice_ui(ui, model, out);
    silence_ui(ui, model, &outlook, out);
    menu::divider(ui);
    seams_ui(ui, model, out);
    menu::divider(ui);
    how_ui(ui, model, out);
    menu::divider(ui);
    foot::foot_ui(ui, model, &outlook, out);
    closed
}

/// How many are missing, and the button that has them made, with what that costs together.
fn missing_ui(ui: &mut Ui, model: &Model, role: Role, sign: Icon, out: &mut Vec<Message>) {
    let script = &model.prepare.script;
    let missing = model.scenes.missing(script, role);
    let there = script.scenes.iter().filter(|scene| scene.part(role).is_some()).count();
    let going = (0..script.scenes.len()).filter(|scene| model.scenes.part(*scene, role).comes()).count();
    let label = match (missing.len(), going) {
        (0, 0) if there > 0 => format!("{} of {} {}s", there, script.scenes.len(), role.words()),
        (0, 0) => format!("No {} is asked for", role.words()),
        (0, going) => format!("Making {going} {}{}", role.words(), plural(going)),
        (missing, _) => format!("Generate {missing} missing {}{}", role.words(), plural(missing)),
    };
    let parts: Vec<(usize, Role)> = missing.iter().map(|scene| (*scene, role)).collect();
    let price = cost::of(model, &parts, out).words;
    if menu::choose(ui, !missing.is_empty(), Some(sign), &label, &price) {
        out.push(Message::Scenes(Scenes::MakeMissing(role)));
    }
}

/// Where nobody speaks, and the switch that lets each scene end with its voice.
fn silence_ui(ui: &mut Ui, model: &Model, outlook: &Outlook, out: &mut Vec<Message>) {
    let mut said: Vec<String> = film::unspoken_words(outlook).into_iter().collect();
    said.extend(outlook.silences.iter().take(TOLD).map(|silence| silence.words()));
    if let Some(more) = outlook.silences.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let secs: f64 = outlook.silences.iter().skip(TOLD).map(|silence| silence.secs).sum();
        said.push(format!("{more} more, {secs:.0} s together"));
    }
    for line in &said {
        note_ui(ui, Icon::VolumeX, line);
    }
    let choice = model.settings.film;
    let can = choice.fit_words || outlook.silences.iter().any(|silence| model.scenes.voice_secs(silence.scene).is_some());
    if can {
        let small = "A scene ends with its voice; the script's seconds stay as they are.";
        switch_ui(ui, "Fit scenes to their words", "Let scenes end with their voices", small, choice.fit_words, |on| {
            choose(out, Choice { fit_words: on, ..choice });
        });
    }
}

fn seams_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let on = State::continuity(&model.prepare.script);
    let small = "Each begins as the one before it ended.";
    switch_ui(ui, "Clips run on", "Let clips run on", small, on, |on| out.push(Message::Scenes(Scenes::Continuity(on))));
    for (first, seam) in seams(model).filter(|(_, seam)| seam.verdict != Verdict::Smooth) {
        seam_ui(ui, first, seam, out);
    }
    for scene in 0..model.prepare.script.scenes.len() {
        older_ui(ui, model, scene, out);
    }
}

/// A clip whose picture is another one by now.
fn older_ui(ui: &mut Ui, model: &Model, scene: usize, out: &mut Vec<Message>) {
    let Some(role) = model.scenes.outdated(&model.prepare.script, scene) else { return };
    again_ui(ui, Icon::History, &format!("Clip {:02}: from an older {}", scene + 1, role.words()), scene, out);
}

/// How it is joined: transition and captions.
fn how_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let choice = model.settings.film;
    row(ui, "From scene to scene", 240.0, |ui, _| {
        let segments = [Segment::plain("Cut"), Segment::plain("Cross-fade")];
        if let Some(at) = segmented(ui, &segments, usize::from(choice.fades)) {
            choose(out, Choice { fades: at == 1, ..choice });
        }
    });
    let small = "The script's words: a track of the film, and an SRT file beside it.";
    switch_ui(ui, "Captions", "Make captions", small, choice.captions, |on| choose(out, Choice { captions: on, ..choice }));
}

fn choose(out: &mut Vec<Message>, choice: Choice) {
    out.push(Message::Scenes(Scenes::Film(Film::Choose(choice))));
}

/// A switch with a sentence under its label.
fn switch_ui(ui: &mut Ui, label: &str, name: &str, small: &str, on: bool, turned: impl FnOnce(bool)) {
    ui.horizontal(|ui| {
        let room = ui.available_width() - space(8.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.set_width(room);
            text::body(ui, label);
            ui.add(Label::new(RichText::new(small).font(theme::small()).color(colours().muted)).wrap());
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if switch::switch(ui, name, on).clicked() {
                turned(!on);
            }
        });
    });
}

/// A sentence with a sign before it.
fn note_ui(ui: &mut Ui, sign: Icon, words: &str) {
    ui.horizontal_top(|ui| {
        let (mark, _) = ui.allocate_exact_size(egui::vec2(16.0, 16.0), egui::Sense::hover());
        crate::ui::widgets::icon(ui.painter(), mark.center(), sign, 14.0, colours().muted.0);
        ui.add(Label::new(RichText::new(words).font(theme::small()).color(colours().muted)).wrap());
    });
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// How clips meet that were looked at, each with the scene before the seam.
pub fn seams(model: &Model) -> impl Iterator<Item = (usize, Seam)> {
    let script = &model.prepare.script;
    (0..script.scenes.len()).filter_map(|scene| Some((scene, model.scenes.film.seam(script, scene)?)))
}
