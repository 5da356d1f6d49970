//! Where the column, the eye line and each height of the sheet lie in a display's pixels. The one place that knows; the
//! operator's page uses it too, to find what was clicked and how far a wheel's pixels are in ems.

use crate::core::prompter::Look;

/// Free space on each side of the column, in ems; the eye-line marker stands in it.
pub const GUTTER_EMS: f32 = 1.0;

/// A prompter in its rectangle. Lengths are in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Pixels to the em.
    pub em: f32,
    /// Top left of the rectangle in the view, on whole pixels.
    pub origin: [f32; 2],
    /// Of the rectangle, whole pixels.
    pub size: [f32; 2],
    /// The column's left edge in the rectangle, a whole pixel.
    pub left: f32,
    /// The eye line's height in the rectangle, a whole pixel.
    pub eye: f32,
    column: f32,
    mirror: [bool; 2],
}

impl Geometry {
    /// For a rectangle in the view (left, top, width, height) and a column of so many ems.
    pub fn of(rect: [f32; 4], look: &Look, column: f32) -> Geometry {
        let [x, y, w, h] = rect.map(|value| if value.is_finite() { value.round() } else { 0.0 });
        let [w, h] = [w.max(0.0), h.max(0.0)];
        let margin = w * look.margin.clamp(0.0, 0.45);
        let em = (w - 2.0 * margin) / (column.max(1.0) + 2.0 * GUTTER_EMS);
        Geometry {
            em,
            origin: [x, y],
            size: [w, h],
            left: (margin + GUTTER_EMS * em).round(),
            eye: (h * look.eye_line.clamp(0.0, 1.0)).round(),
            column,
            mirror: [look.mirror.horizontal, look.mirror.vertical],
        }
    }

    /// The column's right edge in the rectangle.
    pub fn column_right(&self) -> f32 {
        self.left + self.column * self.em
    }

    /// The sheet's height at the eye line in pixels, `snapped` of the way (0 to 1) to the nearest whole one.
    pub fn scroll(&self, position: f64, snapped: f32) -> f64 {
        let exact = if position.is_finite() { position * f64::from(self.em) } else { 0.0 };
        // Smooth at both ends, so that neither rest nor departure jerks.
        let s = f64::from(snapped.clamp(0.0, 1.0));
        exact + (exact.round() - exact) * s * s * (3.0 - 2.0 * s)
    }

    /// Ems from the column's left edge and the sheet's top at a point of the view in pixels, while `position` stands at the
    /// eye line.
    pub fn to_sheet(&self, point: [f32; 2], position: f64) -> (f32, f64) {
        let local = [0, 1].map(|axis| {
            let at = point[axis] - self.origin[axis];
            if self.mirror[axis] { self.size[axis] - at } else { at }
        });
        let em = self.em.max(f32::MIN_POSITIVE);
        ((local[0] - self.left) / em, position + f64::from((local[1] - self.eye) / em))
    }

    /// Heights of the sheet that the rectangle shows, in ems, with `margin` ems beyond on both sides.
    pub fn shown(&self, scroll: f64, margin: f64) -> (f64, f64) {
        let em = f64::from(self.em.max(f32::MIN_POSITIVE));
        let top = (scroll - f64::from(self.eye)) / em;
        (top - margin, top + f64::from(self.size[1]) / em + margin)
    }
}
