//! The way from scenes to a film, in a panel over the page's foot: what is still missing, whether clips run on into each other, where
//! they jump, and the button that joins them.

use egui::{Align, Layout, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::joining::Transition;
use crate::core::scene_parts::PARTS;
use crate::core::seam::Verdict;
use crate::studio::scenes::film::{Message as Film, State as FilmState, USUAL_FADE};
use crate::studio::scenes::{Message as Scenes, State};
use crate::studio::{Message, Model};
use crate::ui::cost;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::segmented::{Segment, segmented};
use crate::ui::widgets::{menu, switch, text};

use super::prompt_bar::sign;
use super::versions::{again_ui, seam_ui};

const WIDTH: f32 = 368.0;

/// What the panel may forget.
#[derive(Default)]
pub struct FilmView {
    fades: bool,
}

/// The button, and the panel while it is open.
pub fn film_ui(ui: &mut Ui, model: &Model, view: &mut FilmView, out: &mut Vec<Message>) {
    let meant = State::continuity(&model.prepare.script);
    let jumps = seams(model).filter(|(_, seam)| meant && seam.verdict == Verdict::Jumps).count();
    let tip = match jumps {
        0 => "Clips, voices and the joined film".to_owned(),
        1 => "One clip jumps to the next".to_owned(),
        many => format!("{many} clips jump to the next"),
    };
    let button = Button::quiet("Film").icon(Icon::Clapperboard).trailing(Icon::ChevronUp).tooltip(&tip).show(ui);
    menu::panel(&button, WIDTH, |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = space(0.75);
        egui::Frame::NONE.inner_margin(space(1.0)).show(ui, |ui| panel_ui(ui, model, view, out));
    });
}

fn panel_ui(ui: &mut Ui, model: &Model, view: &mut FilmView, out: &mut Vec<Message>) {
    for role in PARTS {
        missing_ui(ui, model, role, out);
    }
    menu::divider(ui);
    let on = State::continuity(&model.prepare.script);
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.set_width(WIDTH - space(12.0));
            text::body(ui, "Clips run on");
            ui.add(egui::Label::new(
                RichText::new("Each begins as the one before it ended.").font(theme::small()).color(colours().muted),
            ));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if switch::switch(ui, "Let clips run on", on).clicked() {
                out.push(Message::Scenes(Scenes::Continuity(!on)));
            }
        });
    });
    // The button below stays in sight however many there are.
    let most = (ui.ctx().content_rect().height() * 0.25).max(space(10.0));
    ScrollArea::vertical().id_salt("seams").max_height(most).show(ui, |ui| {
        for (first, seam) in seams(model).filter(|(_, seam)| seam.verdict != Verdict::Smooth) {
            seam_ui(ui, first, seam, out);
        }
        for scene in 0..model.prepare.script.scenes.len() {
            older_ui(ui, model, scene, out);
        }
    });
    menu::divider(ui);
    ui.horizontal(|ui| {
        let segments = [Segment::plain("Cut"), Segment::plain("Cross-fade")];
        if let Some(at) = segmented(ui, &segments, usize::from(view.fades)) {
            view.fades = at == 1;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let can = FilmState::can_join(&model.prepare.script) && model.scenes.film.joining.is_none();
            let tip = "All scenes in one file: clips, or a camera move over a picture where there is none, with their voices";
            if Button::primary("Join film").icon(Icon::Clapperboard).tooltip(tip).enabled(can).show(ui).clicked() {
                let transition = if view.fades { USUAL_FADE } else { Transition::Cut };
                out.push(Message::Scenes(Scenes::Film(Film::Join(transition))));
                ui.close();
            }
        });
    });
}

/// A clip whose picture is another one by now.
fn older_ui(ui: &mut Ui, model: &Model, scene: usize, out: &mut Vec<Message>) {
    let Some(role) = model.scenes.outdated(&model.prepare.script, scene) else { return };
    again_ui(ui, Icon::History, &format!("Clip {:02}: from an older {}", scene + 1, role.words()), scene, out);
}

/// How many are missing, and the button that has them made, with what that costs together.
fn missing_ui(ui: &mut Ui, model: &Model, role: Role, out: &mut Vec<Message>) {
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
    if menu::item_with(ui, !missing.is_empty(), Some(sign(role)), &label, &price) {
        out.push(Message::Scenes(Scenes::MakeMissing(role)));
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn seams(model: &Model) -> impl Iterator<Item = (usize, crate::core::seam::Seam)> {
    let script = &model.prepare.script;
    (0..script.scenes.len()).filter_map(|scene| Some((scene, model.scenes.film.seam(script, scene)?)))
}
