//! Where camera and scene picture lie in the program at a moment. The same numbers draw the live program, the review and the
//! export, so what is seen while recording is what comes out.

use serde::{Deserialize, Serialize};

/// How camera and scene picture share the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// The camera alone.
    #[default]
    Camera,
    /// The picture full, the camera small in a corner.
    PictureInPicture,
    /// Both, half each.
    SideBySide,
    /// The picture alone.
    Picture,
}

impl Layout {
    pub const ALL: [Layout; 4] = [Layout::Camera, Layout::PictureInPicture, Layout::SideBySide, Layout::Picture];

    /// As scripts write it.
    pub fn name(self) -> &'static str {
        match self {
            Layout::Camera => "camera",
            Layout::PictureInPicture => "picture-in-picture",
            Layout::SideBySide => "side-by-side",
            Layout::Picture => "picture",
        }
    }

    pub fn named(name: &str) -> Option<Layout> {
        let name = name.trim().to_ascii_lowercase().replace([' ', '_'], "-");
        let name = if name == "pip" { "picture-in-picture" } else { name.as_str() };
        Layout::ALL.into_iter().find(|layout| layout.name() == name)
    }

    /// The next layout, for the key that walks through them.
    pub fn next(self) -> Layout {
        let at = Layout::ALL.iter().position(|l| *l == self).unwrap_or(0);
        Layout::ALL[(at + 1) % Layout::ALL.len()]
    }
}

/// A rectangle in the program, whose width and height are 1: (0, 0) is top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

impl Area {
    pub const FULL: Area = Area { x: 0.0, y: 0.0, w: 1.0, h: 1.0 };
}

/// What a layer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    Camera,
    Picture,
}

/// One picture in the program, drawn in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    pub source: Source,
    /// Where it lies in the program.
    pub area: Area,
    /// The part of the source that shows, so that it fills `area` without distortion.
    pub crop: Area,
    /// Corner radius as a fraction of the program's height.
    pub radius: f32,
    pub opacity: f32,
}

/// Width of the small camera in picture-in-picture, as a fraction of the program's.
const PIP_WIDTH: f32 = 0.24;
/// Its distance from the edges, as a fraction of the program's height.
const PIP_MARGIN: f32 = 0.04;
const PIP_RADIUS: f32 = 0.018;
/// The gap between the halves of side-by-side, as a fraction of the program's width.
const GAP: f32 = 0.004;

/// The layers of one program picture. `program`, `camera`, `picture` are aspect ratios (width ÷ height); a source that is
/// not there leaves the other alone on the program.
pub fn layers(layout: Layout, program: f32, camera: Option<f32>, picture: Option<f32>) -> Vec<Layer> {
    let layer = |source, aspect: f32, area: Area, radius| Layer {
        source,
        area,
        crop: cover(aspect, area.w * program / area.h),
        radius,
        opacity: 1.0,
    };
    match (layout, camera, picture) {
        (Layout::Camera | Layout::SideBySide | Layout::PictureInPicture, Some(camera), None)
        | (Layout::Camera, Some(camera), _) => {
            vec![layer(Source::Camera, camera, Area::FULL, 0.0)]
        }
        (Layout::PictureInPicture, Some(camera), Some(picture)) => {
            let h = (PIP_WIDTH * program / camera).min(0.6);
            let margin_x = PIP_MARGIN / program;
            let area = Area { x: 1.0 - PIP_WIDTH - margin_x, y: 1.0 - h - PIP_MARGIN, w: PIP_WIDTH, h };
            vec![layer(Source::Picture, picture, Area::FULL, 0.0), layer(Source::Camera, camera, area, PIP_RADIUS)]
        }
        (Layout::SideBySide, Some(camera), Some(picture)) => {
            let w = (1.0 - GAP) / 2.0;
            vec![
                layer(Source::Camera, camera, Area { x: 0.0, y: 0.0, w, h: 1.0 }, 0.0),
                layer(Source::Picture, picture, Area { x: 1.0 - w, y: 0.0, w, h: 1.0 }, 0.0),
            ]
        }
        (_, _, Some(picture)) => vec![layer(Source::Picture, picture, Area::FULL, 0.0)],
        (Layout::Picture, Some(camera), None) => vec![layer(Source::Camera, camera, Area::FULL, 0.0)],
        (_, None, None) => Vec::new(),
    }
}

/// The largest middle part of a source with this aspect ratio that has the aspect ratio `target`.
pub fn cover(source: f32, target: f32) -> Area {
    if !(source > 0.0 && target > 0.0) {
        return Area::FULL;
    }
    if source > target {
        let w = target / source;
        Area { x: (1.0 - w) / 2.0, y: 0.0, w, h: 1.0 }
    } else {
        let h = source / target;
        Area { x: 0.0, y: (1.0 - h) / 2.0, w: 1.0, h }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: f32 = 16.0 / 9.0;

    #[test]
    fn nothing_is_ever_distorted() {
        for layout in Layout::ALL {
            for (camera, picture) in [(WIDE, WIDE), (4.0 / 3.0, 1.0), (9.0 / 16.0, 2.4)] {
                for layer in layers(layout, WIDE, Some(camera), Some(picture)) {
                    let source = if layer.source == Source::Camera { camera } else { picture };
                    let shown = source * layer.crop.w / layer.crop.h;
                    let place = WIDE * layer.area.w / layer.area.h;
                    assert!((shown - place).abs() < 1e-3, "{layout:?} {layer:?}");
                }
            }
        }
    }

    #[test]
    fn a_missing_source_leaves_the_other() {
        for layout in Layout::ALL {
            assert_eq!(layers(layout, WIDE, Some(WIDE), None)[0].source, Source::Camera);
            assert_eq!(layers(layout, WIDE, None, None), []);
        }
        assert_eq!(layers(Layout::PictureInPicture, WIDE, None, Some(WIDE))[0].area, Area::FULL);
    }

    #[test]
    fn names_come_back() {
        for layout in Layout::ALL {
            assert_eq!(Layout::named(layout.name()), Some(layout));
        }
        assert_eq!(Layout::named("Side by side"), Some(Layout::SideBySide));
    }
}
