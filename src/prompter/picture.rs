//! What a display shows: the text, and at its foot, small enough to be overlooked, the scene, what is left and the pace. The
//! whole is mirrored for the glass, figures too.

use super::Scene;
use super::palette;
use super::surface::Surface;
use crate::core::live::Mode;
use crate::core::prompter::palette::Rgb;
use crate::core::prompter::{Look, Mirror};
use crate::core::time::{self, Moment, SECOND};
use crate::gpu::passes::label::{self, Anchor, Glass, Label, LabelPass};
use crate::gpu::passes::prompter::{Colours, Geometry, PrompterInput};
use crate::gpu::passes::scrim::Scrim;
use crate::gpu::{Compositor, ViewId, ViewInput};

/// The one view there is.
const VIEW: ViewId = ViewId(0);
/// Size of the figures at the foot: part of the display's height, and its bounds in pixels at 96 dots an inch.
const FOOT_EM: f32 = 0.024;
const FOOT_EM_BOUNDS: [f32; 2] = [13.0, 40.0];
/// Height of the foot, in its own ems.
const FOOT_HEIGHT: f32 = 2.4;
/// The same for a sentence on an empty display, and for the digits of a countdown.
const SENTENCE_EM: f32 = 0.036;
const DIGITS_EM: f32 = 0.42;
/// The text during a countdown.
const DIMMED: f32 = 0.22;
/// Everything at the foot is paler than the script.
const FOOT_STRENGTH: f32 = 0.75;

/// A frame's particulars.
#[derive(Clone, Copy, Debug)]
pub struct Moving {
    /// Height of the sheet at the eye line, in ems.
    pub position: f64,
    /// The studio's clock when the frame is seen.
    pub time: Moment,
    pub at_rest: bool,
    pub mirror: Mirror,
    /// Pixels to a point.
    pub scale: f32,
}

/// Draws scenes on one device.
#[derive(Debug)]
pub struct Picture {
    compositor: Compositor,
    labels: LabelPass,
    lines: label::View,
}

impl Picture {
    pub fn new(surface: &Surface) -> Picture {
        let (device, format) = (&surface.device, surface.format());
        let (compositor, labels) = (Compositor::new(device, format), LabelPass::new(device, format));
        Picture { compositor, labels, lines: label::View::default() }
    }

    /// Makes a frame ready. True when another one must follow although nothing moves.
    pub fn prepare(&mut self, surface: &Surface, scene: &Scene, moving: &Moving) -> bool {
        let size = surface.size();
        let [width, height] = size.map(|side| side as f32);
        let foot = Foot::of(size, moving.scale, &scene.look);
        let look = Look { mirror: moving.mirror, ..Look::clone(&scene.look) };
        let counting = countdown(scene.status.mode, moving.time);
        let top = if moving.mirror.vertical { foot.reserved } else { 0.0 };
        let prompter = scene.layout.as_ref().map(|layout| PrompterInput {
            layout,
            position: moving.position,
            rect: [0.0, top, width, height - foot.reserved],
            look: &look,
            colours: Colours::of(&look.palette),
            opacity: if counting.is_some() || matches!(scene.status.mode, Mode::Paused { .. }) { DIMMED } else { 1.0 },
            snap: moving.at_rest,
        });
        let dot = dot(scene.status.mode, &foot, moving.mirror, size);
        let input = ViewInput { scrims: dot.as_slice(), prompter, ..ViewInput::sized(size) };
        let work = self.compositor.prepare(&surface.device, &surface.queue, VIEW, &input);
        let lines = lines(scene, moving, &foot, size, counting);
        match &scene.fonts {
            Some(fonts) => {
                let (device, queue) = (&surface.device, &surface.queue);
                let glass = Glass { size, mirror: moving.mirror, fonts };
                self.labels.prepare(device, queue, &mut self.lines, &glass, &lines);
            }
            None => self.lines = label::View::default(),
        }
        work.prompter.unsettled
    }

    pub fn paint(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.compositor.paint(VIEW, pass);
        self.labels.paint(&self.lines, pass);
    }
}

/// When the picture changes by itself although the text stands; on the studio's clock.
pub fn next_change(mode: Mode, now: Moment) -> Option<Moment> {
    match mode {
        Mode::Countdown { ends } if ends > now => Some(Moment(ends.0 - (ends.since(now) - 1) / SECOND * SECOND)),
        _ => None,
    }
}

/// Seconds until the take, while they are counted.
pub fn countdown(mode: Mode, now: Moment) -> Option<u64> {
    match mode {
        Mode::Countdown { ends } if ends > now => Some(ends.since(now).div_ceil(SECOND)),
        _ => None,
    }
}

/// The strip at the display's foot, in pixels.
struct Foot {
    em: f32,
    height: f32,
    /// What of it the text leaves free: nothing when it only says that a take runs.
    reserved: f32,
    margin: f32,
    baseline: f32,
}

impl Foot {
    fn of([_, height]: [u32; 2], scale: f32, look: &Look) -> Foot {
        let [low, high] = FOOT_EM_BOUNDS.map(|bound| bound * scale.max(1.0));
        let height = height as f32;
        let em = (height * FOOT_EM).clamp(low, high).round();
        let strip = (em * FOOT_HEIGHT).round();
        // Half a capital's height under the strip's middle.
        let baseline = (height - strip / 2.0 + em * 0.35).round();
        let reserved = if look.show_scene || look.show_time || look.show_pace { strip } else { 0.0 };
        Foot { em, height: strip, reserved, margin: (em * 1.2).round(), baseline }
    }

    fn dot(&self) -> f32 {
        (self.em * 0.62).round()
    }
}

/// The red dot of a running take.
fn dot(mode: Mode, foot: &Foot, mirror: Mirror, [width, height]: [u32; 2]) -> Option<Scrim> {
    let Mode::Recording { .. } = mode else { return None };
    let side = foot.dot();
    let place = |at: f32, whole: f32, mirrored: bool| if mirrored { whole - at - side } else { at };
    let (width, height) = (width as f32, height as f32);
    let left = place(foot.margin, width, mirror.horizontal);
    let top = place((height - foot.height / 2.0 - side / 2.0).round(), height, mirror.vertical);
    let colour = palette::recording().rgba();
    Some(Scrim { rect: [left, top, side, side], top: colour, bottom: colour, radius: side / 2.0 })
}

fn lines(scene: &Scene, moving: &Moving, foot: &Foot, size: [u32; 2], counting: Option<u64>) -> Vec<Label> {
    let [width, height] = size.map(|side| side as f32);
    let look = &scene.look;
    let colours = &look.palette;
    let pale = |ink: Rgb| {
        let [r, g, b, a] = ink.rgba();
        [r, g, b, a * FOOT_STRENGTH]
    };
    let mut lines = Vec::new();
    let mut say = |text: String, em: f32, at: [f32; 2], anchor: Anchor, room: f32, ink: [f32; 4]| {
        if !text.is_empty() {
            lines.push(Label { text, em, at, anchor, width: room, ink });
        }
    };
    let centre = |em: f32| [width / 2.0, height / 2.0 + em * 0.35];
    let Some(layout) = &scene.layout else {
        let em = (height * SENTENCE_EM).max(foot.em);
        say(scene.waiting.clone(), em, centre(em), Anchor::Centre, width - 4.0 * em, pale(colours.heading));
        return lines;
    };
    if let Some(seconds) = counting {
        let em = height * DIGITS_EM;
        say(seconds.to_string(), em, centre(em), Anchor::Centre, width, colours.text.rgba());
    }
    let recording = matches!(scene.status.mode, Mode::Recording { .. });
    let stands = matches!(scene.status.mode, Mode::Paused { .. });
    let indent = if recording { foot.dot() + foot.em * 0.6 } else { 0.0 };
    let rows = layout.rows();
    let row = rows.get(rows.partition_point(|row| row.row.top <= moving.position).saturating_sub(1));
    let title = row.filter(|_| look.show_scene).and_then(|row| scene.scenes.scenes.get(row.row.scene));
    let title = title.cloned().unwrap_or_default();
    let title = match scene.status.mode {
        Mode::Rehearsing { .. } if title.is_empty() => "Rehearsal".to_owned(),
        Mode::Rehearsing { .. } => format!("Rehearsal · {title}"),
        Mode::Paused { .. } if title.is_empty() => "PAUSED".to_owned(),
        Mode::Paused { .. } => format!("PAUSED · {title}"),
        _ => title,
    };
    let room = width * 0.42 - foot.margin - indent;
    // Whoever reads must see that nobody records them.
    let ink = if stands { colours.marker.rgba() } else { pale(colours.heading) };
    say(title, foot.em, [foot.margin + indent, foot.baseline], Anchor::Left, room, ink);
    let sign = scene.sign.clone().unwrap_or_default();
    say(sign, foot.em, [width / 2.0, foot.baseline], Anchor::Centre, width * 0.26, pale(colours.marker));
    let right = [width - foot.margin, foot.baseline];
    say(figures(scene, moving.position), foot.em, right, Anchor::Right, width * 0.36, pale(colours.heading));
    lines
}

/// What is left and how fast it goes, as far as it is wanted.
fn figures(scene: &Scene, position: f64) -> String {
    let left = scene.motion.plan.secs_left(position).ceil();
    let pace = scene.status.words_per_minute;
    let time = scene.look.show_time.then(|| format!("{} left", time::clock(time::nanos(left))));
    let pace = (scene.look.show_pace && pace.is_finite() && pace >= 1.0).then(|| format!("{pace:.0} wpm"));
    [time, pace].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Height of a row in pixels, for a wheel that counts in pixels.
pub fn row_height(scene: &Scene, [width, height]: [u32; 2]) -> f64 {
    let column = scene.layout.as_ref().map_or(scene.look.column_ems, |layout| layout.column());
    let em = Geometry::of([0.0, 0.0, width as f32, height as f32], &scene.look, column).em;
    f64::from(em * scene.look.line_height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_wakes_the_display_at_each_of_its_seconds() {
        let ends = Moment(10 * SECOND);
        let mode = Mode::Countdown { ends };
        let at = |nanos: u64| (countdown(mode, Moment(nanos)), next_change(mode, Moment(nanos)).map(|m| m.0));
        assert_eq!(at(7 * SECOND + 1), (Some(3), Some(8 * SECOND)));
        assert_eq!(at(8 * SECOND), (Some(2), Some(9 * SECOND)));
        assert_eq!(at(9 * SECOND + 5), (Some(1), Some(10 * SECOND)));
        assert_eq!(at(10 * SECOND), (None, None));
        assert_eq!(next_change(Mode::Idle, Moment(3)), None);
    }
}
