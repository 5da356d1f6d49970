//! Where everything lies on the Record page, as pure geometry: from a small laptop at double scale to a large display.

use egui::{Rect, pos2, vec2};

use crate::core::compose::Layout;
use crate::ui::preview::fitted;
use crate::ui::theme::space;

/// Rectangles of the page, in points.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// All of it.
    pub stage: Rect,
    /// The program; it may reach beyond the stage, which then cuts it.
    pub program: Rect,
    pub prompter: Rect,
    /// The words' part of it; the rest is margin.
    pub words: Rect,
    /// Scene number, heading and progress; `None` where there is no room.
    pub scene: Option<Rect>,
    /// The scene picture while the program shows the camera alone.
    pub inset: Option<Rect>,
    pub meter: Option<Rect>,
    /// Transport and status, at the bottom.
    pub bar: Rect,
    /// The bar has two rows of controls.
    pub narrow: bool,
}

/// Below this width the transport takes a row of its own.
const NARROW: f32 = 1264.0;
/// The most of a camera's picture that may be cut off to fill the stage; beyond it, it is shown whole with margins.
const MOST_CUT: f32 = 0.14;
/// Widest prompter: beyond it the eyes begin to travel.
const WIDEST: f32 = 880.0;
const WIDEST_IMMERSIVE: f32 = 1200.0;

impl Places {
    pub fn of(stage: Rect, immersive: bool, chrome: bool, layout: Layout, aspect: f32) -> Places {
        let narrow = stage.width() < NARROW;
        let margin = space(if narrow { 1.5 } else { 3.0 });
        let bar_height = match (chrome, narrow) {
            (false, _) => space(4.0),
            (true, false) => space(12.0),
            (true, true) => space(15.5),
        };
        let bar = Rect::from_min_max(pos2(stage.left(), stage.bottom() - bar_height), stage.max);
        let prompter = prompter(stage, bar.top(), immersive, narrow);
        let side = prompter.left() - stage.left() - margin - space(2.0);
        let roomy = side >= space(15.0) && chrome;
        let top = stage.top() + space(2.0);
        let inset = (layout == Layout::Camera && roomy).then(|| {
            let width = side.min(space(32.0));
            Rect::from_min_size(pos2(stage.right() - margin - width, top), vec2(width, width * 9.0 / 16.0))
        });
        let meter_height = (stage.height() * 0.28).clamp(space(13.0), space(30.0));
        let meter_top = bar.top() - space(if narrow { 1.0 } else { 3.0 }) - meter_height;
        let meter = (chrome && meter_top > inset.map_or(top, |inset| inset.bottom()) + space(2.0))
            .then(|| Rect::from_min_size(pos2(stage.right() - margin - space(5.0), meter_top), vec2(space(5.0), meter_height)));
        Places {
            stage,
            program: program(stage, bar.top(), chrome && !immersive, layout, aspect),
            prompter,
            words: Rect::from_min_max(prompter.min + vec2(0.0, space(0.5)), prompter.max - vec2(0.0, space(0.5))),
            scene: roomy
                .then(|| Rect::from_min_size(pos2(stage.left() + margin, top), vec2(side.min(space(34.0)), space(9.5)))),
            inset,
            meter,
            bar,
            narrow,
        }
    }

    /// The margin of the page's sides.
    pub fn margin(&self) -> f32 {
        space(if self.narrow { 1.5 } else { 3.0 })
    }
}

/// Hangs from the top of the window, in the middle, where the lens is.
fn prompter(stage: Rect, bottom: f32, immersive: bool, narrow: bool) -> Rect {
    let (part, height, widest) = match (immersive, narrow) {
        (true, _) => (0.66, 0.56, WIDEST_IMMERSIVE),
        (false, true) => (0.7, 0.56, WIDEST),
        (false, false) => (0.47, 0.38, WIDEST),
    };
    let width = (stage.width() * part).min(widest).round();
    let height = (stage.height() * height).min(bottom - stage.top() - space(1.0)).max(space(6.0)).round();
    let left = (stage.center().x - width / 2.0).round();
    Rect::from_min_size(pos2(left, stage.top()), vec2(width, height))
}

/// The camera alone fills the stage; a composed program is shown whole above the bar, because its corners matter.
fn program(stage: Rect, bar_top: f32, chrome: bool, layout: Layout, aspect: f32) -> Rect {
    if layout != Layout::Camera {
        let bottom = if chrome { bar_top } else { stage.bottom() };
        return fitted(Rect::from_min_max(stage.min, pos2(stage.right(), bottom)), aspect);
    }
    let ratio = stage.width() / stage.height().max(1.0) / aspect;
    let cut = 1.0 - ratio.min(1.0 / ratio);
    if cut > MOST_CUT {
        return fitted(stage, aspect);
    }
    let size =
        if ratio > 1.0 { vec2(stage.width(), stage.width() / aspect) } else { vec2(stage.height() * aspect, stage.height()) };
    Rect::from_center_size(stage.center(), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: f32 = 16.0 / 9.0;

    fn stages() -> [Rect; 5] {
        [(512.0, 272.0), (683.0, 380.0), (1024.0, 592.0), (1280.0, 752.0), (1920.0, 1032.0)]
            .map(|(w, h)| Rect::from_min_size(pos2(0.0, 48.0), vec2(w, h)))
    }

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_stage() {
        for stage in stages() {
            for immersive in [false, true] {
                let places = Places::of(stage, immersive, true, Layout::Camera, WIDE);
                let boxes: Vec<Rect> = [Some(places.prompter), places.scene, places.inset, places.meter, Some(places.bar)]
                    .into_iter()
                    .flatten()
                    .collect();
                for (i, one) in boxes.iter().enumerate() {
                    assert!(stage.contains_rect(*one), "{one:?} leaves {stage:?}");
                    for other in &boxes[i + 1..] {
                        assert!(!one.intersects(*other), "{one:?} overlaps {other:?} in {stage:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_composed_program_is_never_cut() {
        for stage in stages() {
            for layout in [Layout::PictureInPicture, Layout::SideBySide, Layout::Picture] {
                let places = Places::of(stage, false, true, layout, WIDE);
                assert!(stage.contains_rect(places.program) && places.program.bottom() <= places.bar.top() + 0.5);
            }
        }
    }

    #[test]
    fn a_tall_camera_is_shown_whole() {
        let places = Places::of(stages()[2], false, true, Layout::Camera, 9.0 / 16.0);
        assert!(places.stage.contains_rect(places.program));
    }
}
