//! What is being made for a scene, over its tile: how far it is, why it failed and how to go on, how many versions there are, and the
//! clip that can be played.

use egui::{Align2, CornerRadius, Rect, Role as Accessible, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::generate::Role;
use crate::core::job::State;
use crate::core::queue::Row;
use crate::core::scene_parts::PARTS;
use crate::studio::scenes::board::Part;
use crate::studio::scenes::{Message as Scenes, shown};
use crate::studio::{Message, Model};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{focus_ring, icon, menu, ring, text};

use super::super::queue::words as queue_words;

const RING: f32 = 18.0;
const CHIP: f32 = 20.0;
/// Height of what says in a tile's corner what is made.
const PILL: f32 = 32.0;

/// A part's stage in words, for a tile and for screen readers.
pub fn stage(model: &Model, part: &Part<'_>, wall: Option<&str>) -> Option<String> {
    let going = part.going();
    match going.map(|row| (row, row.job.state)) {
        Some((_, State::Queued)) if model.queue.totals.paused => Some("Paused".into()),
        Some((_, State::Queued)) => Some("Waits for its turn".into()),
        Some((row, _)) => Some(queue_words::going(row, wall)),
        None if part.waits => Some("Will be made".into()),
        None => part.failed().map(|_| "Could not be made".into()),
    }
}

/// How far a job is, as far as that is known.
pub fn fraction(row: &Row, wall: Option<&str>) -> Option<f32> {
    row.fraction(queue_words::sent_secs(row, wall))
}

/// The part that a tile tells of: what is being made before what waits for it, and that before what has failed.
fn told(model: &Model, scene: usize) -> (Role, Part<'_>) {
    let parts = PARTS.map(|role| (role, model.scenes.part(scene, role)));
    let runs = |part: &Part<'_>| part.going().is_some_and(|row| row.job.state != State::Queued);
    let first = parts.iter().find(|(_, part)| runs(part)).or_else(|| parts.iter().find(|(_, part)| part.comes()));
    let first = first.or_else(|| parts.iter().find(|(_, part)| part.failed().is_some()));
    first.map_or(parts[0], |(role, part)| (*role, *part))
}

/// Over a tile with a picture, or in one without: true when there is something that fills the tile. What is made for a picture that is
/// there says so in its corner, and leaves the picture to be seen.
pub fn over_ui(
    ui: &mut Ui,
    rect: Rect,
    model: &Model,
    screen: &Screen,
    scene: usize,
    empty: bool,
    out: &mut Vec<Message>,
) -> bool {
    let (role, part) = told(model, scene);
    if part.comes() && role != Role::Picture && !empty {
        pill_ui(ui, rect, model, screen, scene, role, &part, out);
        return false;
    }
    if part.comes() {
        ui.painter().rect_filled(rect, theme::radius(), if empty { colours().surface } else { colours().scrim });
        going_ui(ui, rect, model, screen, scene, role, &part, out);
    } else if let (Some(row), true) = (part.failed(), empty || role != Role::Picture) {
        failed_ui(ui, rect, scene, role, row, empty, out);
    } else {
        return false;
    }
    true
}

#[expect(clippy::too_many_arguments, reason = "the page's five, and which part of which scene")]
fn going_ui(
    ui: &mut Ui,
    rect: Rect,
    model: &Model,
    screen: &Screen,
    scene: usize,
    role: Role,
    part: &Part<'_>,
    out: &mut Vec<Message>,
) {
    let c = colours();
    let wall = screen.wall.as_deref();
    let words = stage(model, part, wall).unwrap_or_default();
    let head = sentence_case(role.words());
    let low = rect.height() < 96.0;
    let centre = rect.center() - vec2(0.0, if low { 0.0 } else { 14.0 });
    match part.going() {
        Some(row) if row.job.state != State::Queued => ring::paint(ui, centre, RING, fraction(row, wall)),
        _ => icon(ui.painter(), centre, Icon::Hourglass, 22.0, c.muted.0),
    }
    if !low {
        let room = rect.width() - space(2.0);
        let line = text::truncated(ui, &format!("{head}  ·  {words}"), theme::small(), c.text.0, room);
        let at = pos2(rect.center().x - line.size().x / 2.0, centre.y + RING + space(1.0));
        ui.painter().galley(at, line, c.text.0);
    }
    let whole = ui.interact(rect.shrink(space(4.0)), ui.scope_id().with(("making", scene)), Sense::hover());
    whole.widget_info(|| {
        WidgetInfo::labeled(Accessible::ProgressIndicator, true, format!("{head} of scene {}: {words}", scene + 1))
    });
    whole.on_hover_text(format!("{head}: {words}"));
    let place = Rect::from_min_size(rect.right_top() + vec2(-space(4.5), space(0.5)), egui::Vec2::splat(space(4.0)));
    stop_ui(ui, place, scene, role, out);
}

#[expect(clippy::too_many_arguments, reason = "the page's five, and which part of which scene")]
fn pill_ui(
    ui: &mut Ui,
    rect: Rect,
    model: &Model,
    screen: &Screen,
    scene: usize,
    role: Role,
    part: &Part<'_>,
    out: &mut Vec<Message>,
) {
    let wall = screen.wall.as_deref();
    let words = stage(model, part, wall).unwrap_or_default();
    let head = sentence_case(role.words());
    let (ground, ink) = menu::over_picture();
    let room = rect.width() - space(2.0) - PILL - space(3.5);
    let line = text::truncated(ui, &format!("{head}  ·  {words}"), theme::small(), ink, room);
    let width = space(3.0) + line.size().x + space(0.5) + PILL;
    let pill = Rect::from_min_size(rect.left_top() + vec2(space(0.5), space(0.5)), vec2(width, PILL));
    ui.painter().rect_filled(pill, theme::radius(), ground);
    let mark = pos2(pill.left() + space(1.5), pill.center().y);
    match part.going() {
        Some(row) if row.job.state != State::Queued => ring::paint(ui, mark, 7.0, fraction(row, wall)),
        _ => icon(ui.painter(), mark, Icon::Hourglass, 12.0, ink),
    }
    ui.painter().galley(pos2(pill.left() + space(3.0), pill.center().y - line.size().y / 2.0), line, ink);
    let whole = ui.interact(pill, ui.scope_id().with(("making", scene)), Sense::hover());
    whole.widget_info(|| {
        WidgetInfo::labeled(Accessible::ProgressIndicator, true, format!("{head} of scene {}: {words}", scene + 1))
    });
    let place = Rect::from_min_max(pos2(pill.right() - PILL, pill.top()), pill.max);
    stop_ui(ui, place, scene, role, out);
}

/// The sign that stops it. A child of its own: the tile has its place in the row already.
fn stop_ui(ui: &mut Ui, place: Rect, scene: usize, role: Role, out: &mut Vec<Message>) {
    let stop = &mut ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt(("stop", scene)));
    let name = format!("Stop making the {} of scene {}", role.words(), scene + 1);
    if Button::icon_only(Icon::X, &name).show(stop).clicked() {
        out.push(Message::Scenes(Scenes::Cancel { scene, role }));
    }
}

/// The engine's own words, and the way on. Over a picture it is a strip at the top.
fn failed_ui(ui: &mut Ui, rect: Rect, scene: usize, role: Role, row: &Row, empty: bool, out: &mut Vec<Message>) {
    let c = colours();
    let ground = if empty { rect } else { Rect::from_min_size(rect.min, vec2(rect.width(), (rect.height() * 0.6).min(80.0))) };
    ui.painter().rect_filled(ground, theme::radius(), if empty { c.surface } else { c.scrim });
    let (words, fix, class) = match &row.failure {
        Some(failure) => (failure.words.clone(), failure.class.fix(), failure.class.label()),
        None => (row.job.problem.clone().unwrap_or_else(|| "It failed.".into()), "", "Failed"),
    };
    let inner = ground.shrink(space(1.0));
    icon(ui.painter(), inner.left_top() + vec2(8.0, 8.0), Icon::TriangleAlert, 16.0, c.accent.0);
    let left = inner.left() + 24.0;
    let head = format!("{}: {class}", sentence_case(role.words()));
    let head = text::truncated(ui, &head, theme::small(), c.text.0, inner.right() - left);
    let below = inner.top() + head.size().y + 2.0;
    ui.painter().galley(pos2(left, inner.top()), head, c.text.0);
    let control = theme::theme().space.control;
    let rows = (((inner.bottom() - control - space(0.5) - below) / 16.0).floor() as usize).clamp(1, 3);
    let said = text::rows(ui, &words, theme::small(), c.muted.0, inner.right() - left, rows);
    ui.painter().galley(pos2(left, below), said, c.muted.0);
    let spoken = ui.interact(inner, ui.scope_id().with(("failed", scene)), Sense::hover());
    let whole = format!("{} of scene {}: {class}. {words} {fix}", sentence_case(role.words()), scene + 1);
    spoken.widget_info(|| WidgetInfo::labeled(Accessible::Label, true, &whole));
    spoken.on_hover_text(format!("{words}\n{fix}").trim().to_owned());
    let place = Rect::from_min_max(pos2(left, inner.bottom() - control), inner.max);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let row = &mut ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout).id_salt(("again", scene)));
    let name = format!("Try the {} of scene {} again", role.words(), scene + 1);
    if Button::quiet("Retry").icon(Icon::RotateCw).name(&name).show(row).clicked() {
        out.push(Message::Scenes(Scenes::Retry { scene, role }));
    }
    if empty && place.width() > space(26.0) {
        let name = format!("Choose a picture for scene {}", scene + 1);
        if Button::quiet("Choose…").name(&name).show(row).clicked() {
            out.push(Message::Prepare(crate::studio::prepare::Message::PickPicture(scene)));
        }
    }
}

/// What lies ready, in the lower right corner: the clip to be played, and how many versions the picture has.
pub fn chips_ui(ui: &mut Ui, rect: Rect, model: &Model, scene: usize, out: &mut Vec<Message>) {
    let Some(content) = model.prepare.script.scenes.get(scene) else { return };
    let mut right = rect.right() - 4.0;
    let versions = model.scenes.part(scene, Role::Picture).versions;
    if versions > 0 {
        let name = format!("Versions of the picture of scene {}: {versions}", scene + 1);
        if chip_ui(ui, &mut right, rect, Icon::Layers, &versions.to_string(), &name) {
            out.push(open(scene, Role::Picture));
        }
    }
    if content.part(Role::Voice).is_some() {
        let name = format!("Voice of scene {}", scene + 1);
        if chip_ui(ui, &mut right, rect, Icon::AudioLines, "", &name) {
            out.push(open(scene, Role::Voice));
        }
    }
    if content.part(Role::Clip).is_some() {
        let secs = shown_secs(model, scene).map_or_else(String::new, |secs| format!("{secs:.0} s"));
        let (sign, more) = match model.scenes.outdated(&model.prepare.script, scene) {
            Some(role) => (Icon::History, format!(". It was made from an older {}", role.words())),
            None => (Icon::Play, String::new()),
        };
        let name = format!("Play the clip of scene {}{more}", scene + 1);
        if chip_ui(ui, &mut right, rect, sign, &secs, &name) {
            out.push(open(scene, Role::Clip));
        }
    }
}

/// Seconds of the clip that the scene shows.
fn shown_secs(model: &Model, scene: usize) -> Option<f64> {
    let version = model.scenes.version(model.scenes.part(scene, Role::Clip).shown?)?;
    Some(crate::core::time::secs(version.asset.facts.nanos)).filter(|secs| *secs > 0.0)
}

/// Opens a part of a scene, large.
pub fn open(scene: usize, role: Role) -> Message {
    Message::Scenes(Scenes::Sheet(shown::Message::Open { scene, role }))
}

fn chip_ui(ui: &mut Ui, right: &mut f32, rect: Rect, sign: Icon, words: &str, name: &str) -> bool {
    let (ground, ink) = menu::over_picture();
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::small(), ink);
    let between = if words.is_empty() { 0.0 } else { 4.0 };
    let width = 12.0 + between + galley.size().x + 10.0;
    let chip = Rect::from_min_size(pos2(*right - width, rect.bottom() - 4.0 - CHIP), vec2(width, CHIP));
    *right = chip.left() - 4.0;
    let response = ui.interact(chip, ui.scope_id().with(name), Sense::click());
    let lit = response.hovered() || response.has_focus();
    let (ground, ink) = if lit { (colours().accent.0, colours().on_accent.0) } else { (ground, ink) };
    ui.painter().rect_filled(chip, CornerRadius::same(4), ground);
    icon(ui.painter(), pos2(chip.left() + 11.0, chip.center().y), sign, 12.0, ink);
    ui.painter().text(pos2(chip.left() + 17.0 + between, chip.center().y), Align2::LEFT_CENTER, words, theme::small(), ink);
    if response.has_focus() {
        focus_ring(ui.painter(), chip);
    }
    response.widget_info(|| WidgetInfo::labeled(Accessible::Button, true, name));
    let clicked = response.clicked();
    response.on_hover_text(name);
    clicked
}

/// With its first letter large.
pub fn sentence_case(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
