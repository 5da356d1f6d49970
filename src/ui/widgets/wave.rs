//! A waveform as one mesh: a column for every few points, as high as the loudest sample in it, around the middle.

use egui::{Color32, Mesh, Rect, pos2};

use crate::core::peaks::Peaks;

/// A column and the gap after it, in points.
const COLUMN: f32 = 2.0;
const STEP: f32 = 3.0;

/// Fills `rect`; what lies before `played` (0 to 1) has the colour `done`.
pub fn columns(peaks: &Peaks, rect: Rect, played: f32, done: Color32, rest: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let count = (rect.width() / STEP).floor().max(0.0) as usize;
    let playhead = rect.left() + played * rect.width();
    for i in 0..count {
        let x = rect.left() + i as f32 * STEP;
        let part = |x: f32| f64::from((x - rect.left()) / rect.width());
        let value = f32::from(peaks.between(part(x), part(x + STEP))) / 255.0;
        // Speech lives far below full scale; the root shows it without hiding what is loud.
        let half = (value.sqrt() * rect.height() / 2.0).max(0.5);
        let column = Rect::from_min_max(pos2(x, rect.center().y - half), pos2(x + COLUMN, rect.center().y + half));
        mesh.add_colored_rect(column, if x < playhead { done } else { rest });
    }
    mesh
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;
    use crate::ui::theme::colours;

    #[test]
    fn columns_fill_the_width_and_change_colour_at_the_playhead() {
        let rect = Rect::from_min_size(pos2(10.0, 0.0), vec2(300.0, 40.0));
        let (done, rest) = (colours().accent.0, colours().outline.0);
        let mesh = columns(&Peaks(vec![255; 500]), rect, 0.5, done, rest);
        assert_eq!(mesh.vertices.len(), 4 * 100);
        assert!(mesh.vertices.iter().all(|v| rect.expand(0.1).contains(v.pos)));
        let played = mesh.vertices.iter().filter(|v| v.color == done).count();
        assert_eq!(played, 4 * 50);
    }
}
