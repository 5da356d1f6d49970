//! The picture and the words: what goes to the GPU view, and what wheel and clicks on it mean.

use std::sync::Arc;

use egui::{CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};

use crate::core::compose::{Layer, Layout, Source, cover, layers};
use crate::core::frame::Still;
use crate::core::prompter::palette::Rgb;
use crate::core::time::Moment;
use crate::studio::command::Command;
use crate::studio::prepare::Tile;
use crate::studio::{Message, Model, prompter};
use crate::ui::Screen;
use crate::ui::keys;
use crate::ui::preview::{self, Place, PreviewInput, Prompter, Shade, area_in, aspect, layers_in, newest};
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::focus_ring;

use super::places::Places;

/// The aspect ratio of the program while no source says otherwise.
const WIDE: f32 = 16.0 / 9.0;
/// Height over which the ground of the bar fades out upwards.
const FADE: f32 = 40.0;
const FADE_NARROW: f32 = 16.0;

/// Layout of the scene at the eye line, or of the selected one before there is a text.
pub fn layout(model: &Model, now: Moment) -> Layout {
    model.record.layout(scene(model, now), &model.prepare.script)
}

/// The scene at the eye line.
pub fn scene(model: &Model, now: Moment) -> usize {
    model.prompter.scene(now).unwrap_or(0)
}

/// Width ÷ height of what will be recorded.
pub fn program_aspect(model: &Model, screen: &Screen) -> f32 {
    let opened = model.devices.camera.format().and_then(|format| aspect(format.width, format.height));
    let frame = || screen.feeds.camera.get().and_then(|frame| aspect(frame.format.width, frame.format.height));
    opened.or_else(frame).unwrap_or(WIDE)
}

/// Draws camera, scene picture, grounds and words, and answers to wheel and clicks.
pub fn stage_ui(ui: &mut Ui, model: &Model, screen: &Screen, places: &Places, now: Moment, out: &mut Vec<Message>) {
    let frame = newest(&screen.feeds.camera);
    let picture = picture(model, screen, now);
    let layout = layout(model, now);
    let of_frame = frame.as_ref().and_then(|(frame, _)| aspect(frame.format.width, frame.format.height));
    let of_picture = picture.as_ref().and_then(|still| aspect(still.width, still.height));
    let program = places.program.width() / places.program.height().max(1.0);
    // Without a frame the camera's place stays dark: the picture would be taken for what is recorded.
    let alone = layout == Layout::Camera && of_frame.is_none();
    let shown = if alone { Vec::new() } else { layers(layout, program, of_frame, of_picture) };
    let mut layers = layers_in(shown, places.program, places.stage);
    if let (Some(inset), Some(of_picture)) = (places.inset, of_picture) {
        layers.push(inset_layer(inset, places.stage, of_picture));
    }
    let words = words(ui, model, screen, places.words, now);
    let has_words = words.is_some();
    let line = words.as_ref().map(Prompter::em);
    let clicked = prompter_response(ui, places.prompter, has_words, out, line);
    if let (Some(at), Some(words)) = (clicked, &words)
        && let Some((scene, line)) = words.hit(at)
    {
        out.push(Message::Prompter(prompter::Message::GoToLine { scene, line }));
    }
    let input = PreviewInput {
        frame,
        mirror_frame: model.record.mirror_camera,
        picture,
        layers,
        shades: shades(places, layout, has_words.then_some(model.prompter.look.palette.background)),
        prompter: words,
    };
    preview::preview(ui, places.stage, Place::Record, input);
    if let (Some(inset), Some(_)) = (places.inset, of_picture) {
        inset_ui(ui, inset, out);
    }
}

/// The picture of the scene at the eye line, once it is decoded.
fn picture(model: &Model, screen: &Screen, now: Moment) -> Option<Arc<Still>> {
    match model.prepare.tiles.get(scene(model, now))? {
        Tile::Ready { picture } => screen.feeds.pictures.get(picture),
        _ => None,
    }
}

fn words<'a>(ui: &Ui, model: &'a Model, screen: &Screen, rect: Rect, now: Moment) -> Option<Prompter<'a>> {
    let layout = preview::text(ui.ctx(), &screen.prompter, model.prompter.laid.revision)?;
    let course = &model.prompter.course;
    let (position, at_rest) = (course.position(now), course.at_rest(now));
    Some(Prompter { layout, rect, look: &model.prompter.look, position, at_rest })
}

fn inset_layer(inset: Rect, stage: Rect, of_picture: f32) -> Layer {
    Layer {
        source: Source::Picture,
        area: area_in(inset, stage),
        crop: cover(of_picture, inset.width() / inset.height()),
        radius: theme::theme().space.radius / stage.height(),
        opacity: 1.0,
    }
}

/// Grounds under words and controls.
fn shades(places: &Places, layout: Layout, words: Option<Rgb>) -> Vec<Shade> {
    let radius = space(1.5);
    let full = |rect: Rect, radius: f32| Shade { rect, top: 1.0, bottom: 1.0, radius, ground: None };
    let bar = places.bar;
    let fade = Rect::from_min_max(
        pos2(bar.left(), bar.top() - if places.narrow { FADE_NARROW } else { FADE }),
        pos2(bar.right(), bar.top()),
    );
    let mut shades = vec![full(bar, 0.0)];
    if layout == Layout::Camera {
        shades.push(Shade { rect: fade, top: 0.0, bottom: 1.0, radius: 0.0, ground: None });
    }
    if let Some(ground) = words {
        // Its upper corners lie outside, so that it hangs from the edge.
        let above = places.prompter.min - egui::vec2(0.0, 2.0 * radius);
        let rect = Rect::from_min_max(above, places.prompter.max);
        shades.push(Shade { ground: Some(ground), ..full(rect, radius) });
    }
    let small = [places.scene, places.meter];
    shades.extend(small.into_iter().flatten().map(|rect| full(rect, theme::theme().space.radius)));
    shades
}

/// Wheel and clicks on the words. Answers with the place of a click.
fn prompter_response(ui: &mut Ui, rect: Rect, has_words: bool, out: &mut Vec<Message>, em: Option<f32>) -> Option<egui::Pos2> {
    let response = ui.interact(rect, ui.scope_id().with("prompter"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, has_words, "Prompter: start or pause"));
    let em = em.filter(|em| *em > 0.0)?;
    if response.hovered() {
        let wheel = ui.input(|input| input.smooth_scroll_delta.y);
        if wheel != 0.0 {
            out.push(Message::Prompter(prompter::Message::Scroll(f64::from(-wheel / em))));
        }
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0));
    }
    let at = response.interact_pointer_pos();
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    if !response.clicked() {
        return None;
    }
    if at.is_none() {
        // By keyboard or screen reader there is no place.
        out.push(Message::Command(Command::TogglePrompter));
    }
    at
}

/// The scene picture's frame; a click shows it in the program.
fn inset_ui(ui: &mut Ui, rect: Rect, out: &mut Vec<Message>) {
    let response = ui.interact(rect, ui.scope_id().with("inset"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Scene picture: next layout"));
    let edge = if response.hovered() { Stroke::new(2.0, colours().text) } else { Stroke::new(1.0, colours().outline) };
    ui.painter().rect_stroke(rect, theme::radius(), edge, StrokeKind::Inside);
    if response.has_focus() {
        focus_ring(ui.painter(), rect);
    }
    let tip = keys::hint(ui.ctx(), Command::NextLayout.label(), Command::NextLayout);
    if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip).clicked() {
        out.push(Message::Command(Command::NextLayout));
    }
}
