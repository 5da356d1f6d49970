//! Shapes to be cut out of paper: closed outlines, in units of the picture's short side, from its top left. Overlapping outlines of
//! one cut make one piece; a hole is an outline that runs the other way round.

/// A place in the picture.
pub type Point = [f32; 2];

/// Corners of a circle: enough that none shows at 2160 lines.
const ROUND: usize = 72;

/// What is cut in one go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cut {
    outlines: Vec<Vec<Point>>,
}

impl Cut {
    pub fn new() -> Cut {
        Cut::default()
    }

    /// Closed outlines, pieces one way round and holes the other.
    pub fn outlines(&self) -> &[Vec<Point>] {
        &self.outlines
    }

    pub fn is_empty(&self) -> bool {
        self.outlines.is_empty()
    }

    /// One more piece.
    pub fn polygon(mut self, points: impl IntoIterator<Item = Point>) -> Cut {
        self.push(points.into_iter().collect(), false);
        self
    }

    /// Cuts out of what is there.
    pub fn hole(mut self, points: impl IntoIterator<Item = Point>) -> Cut {
        self.push(points.into_iter().collect(), true);
        self
    }

    pub fn rect(self, left: f32, top: f32, right: f32, bottom: f32) -> Cut {
        self.polygon([[left, top], [right, top], [right, bottom], [left, bottom]])
    }

    pub fn disc(self, at: Point, radius: f32) -> Cut {
        self.polygon(ellipse(at, radius, radius))
    }

    pub fn ellipse(self, at: Point, across: f32, down: f32) -> Cut {
        self.polygon(ellipse(at, across, down))
    }

    /// A rectangle with round corners.
    pub fn card(self, left: f32, top: f32, right: f32, bottom: f32, radius: f32) -> Cut {
        let radius = radius.min((right - left) / 2.0).min((bottom - top) / 2.0);
        let corners = [
            [right - radius, bottom - radius],
            [left + radius, bottom - radius],
            [left + radius, top + radius],
            [right - radius, top + radius],
        ];
        let quarter = |(at, corner): (usize, Point)| {
            (0..=8).map(move |step| {
                let angle = (at as f32 + step as f32 / 8.0) * std::f32::consts::FRAC_PI_2;
                [corner[0] + radius * angle.cos(), corner[1] + radius * angle.sin()]
            })
        };
        self.polygon(corners.into_iter().enumerate().flat_map(quarter))
    }

    /// A strip along a line, so wide at each of its points.
    pub fn ribbon(self, line: &[Point], width: impl Fn(f32) -> f32) -> Cut {
        if line.len() < 2 {
            return self;
        }
        let last = (line.len() - 1) as f32;
        let edge = |at: usize, side: f32| {
            let (before, after) = (line[at.saturating_sub(1)], line[(at + 1).min(line.len() - 1)]);
            let [x, y] = [after[0] - before[0], after[1] - before[1]];
            let length = x.hypot(y).max(1e-6);
            let half = width(at as f32 / last) / 2.0 * side;
            [line[at][0] - y / length * half, line[at][1] + x / length * half]
        };
        let there = (0..line.len()).map(|at| edge(at, 1.0));
        let back = (0..line.len()).rev().map(|at| edge(at, -1.0));
        self.polygon(there.chain(back).collect::<Vec<_>>())
    }

    /// A smooth piece through these points.
    pub fn blob(self, points: &[Point]) -> Cut {
        self.polygon(smooth(points, true))
    }

    /// All below an edge, from side to side.
    pub fn below(self, width: f32, bottom: f32, edge: impl Fn(f32) -> f32) -> Cut {
        const STEP: f32 = 0.004;
        let (left, right) = (-0.08, width + 0.08);
        let steps = ((right - left) / STEP).ceil() as usize;
        let along = (0..=steps).map(|step| left + step as f32 * STEP).map(|x| [x, edge(x)]);
        let points: Vec<Point> = along.chain([[right, bottom + 0.08], [left, bottom + 0.08]]).collect();
        self.polygon(points)
    }

    pub fn and(mut self, other: Cut) -> Cut {
        self.outlines.extend(other.outlines);
        self
    }

    /// Turned by an angle, made `scale` times as large, then moved so that (0, 0) comes to `to`. A negative `across` mirrors it.
    pub fn placed(mut self, to: Point, scale: f32, across: f32, angle: f32) -> Cut {
        let (sin, cos) = angle.sin_cos();
        for outline in &mut self.outlines {
            for point in outline.iter_mut() {
                let [x, y] = [point[0] * scale * across, point[1] * scale];
                *point = [to[0] + x * cos - y * sin, to[1] + x * sin + y * cos];
            }
            if across < 0.0 {
                outline.reverse();
            }
        }
        self
    }

    /// Left, top, right, bottom; `None` when there is nothing.
    pub fn bounds(&self) -> Option<[f32; 4]> {
        let mut points = self.outlines.iter().flatten().filter(|point| point.iter().all(|value| value.is_finite()));
        let [x, y] = *points.next()?;
        Some(points.fold([x, y, x, y], |[l, t, r, b], [x, y]| [l.min(*x), t.min(*y), r.max(*x), b.max(*y)]))
    }

    fn push(&mut self, mut points: Vec<Point>, hole: bool) {
        if points.len() < 3 {
            return;
        }
        if (area(&points) < 0.0) != hole {
            points.reverse();
        }
        self.outlines.push(points);
    }
}

/// Twice the signed area; above 0 when the outline runs clockwise on the screen.
fn area(points: &[Point]) -> f32 {
    let pairs = points.iter().zip(points.iter().cycle().skip(1));
    pairs.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

fn ellipse(at: Point, across: f32, down: f32) -> impl Iterator<Item = Point> {
    (0..ROUND).map(move |step| {
        let (sin, cos) = (step as f32 / ROUND as f32 * std::f32::consts::TAU).sin_cos();
        [at[0] + across * cos, at[1] + down * sin]
    })
}

/// A smooth line through points (Catmull–Rom, eight steps each).
pub fn smooth(points: &[Point], closed: bool) -> Vec<Point> {
    const STEPS: usize = 8;
    let count = points.len();
    if count < 3 {
        return points.to_vec();
    }
    let at = |index: isize| {
        let index = if closed { index.rem_euclid(count as isize) } else { index.clamp(0, count as isize - 1) };
        points[index as usize]
    };
    let spans = if closed { count } else { count - 1 };
    let mut line = Vec::with_capacity(spans * STEPS + 1);
    for span in 0..spans as isize {
        let [a, b, c, d] = [at(span - 1), at(span), at(span + 1), at(span + 2)];
        for step in 0..STEPS {
            let t = step as f32 / STEPS as f32;
            let curve = |i: usize| {
                let (t2, t3) = (t * t, t * t * t);
                0.5 * (2.0 * b[i]
                    + (c[i] - a[i]) * t
                    + (2.0 * a[i] - 5.0 * b[i] + 4.0 * c[i] - d[i]) * t2
                    + (3.0 * b[i] - a[i] - 3.0 * c[i] + d[i]) * t3)
            };
            line.push([curve(0), curve(1)]);
        }
    }
    if !closed {
        line.extend(points.last());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_run_one_way_and_holes_the_other() {
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let mut turned = square;
        turned.reverse();
        let (one, two) = (Cut::new().polygon(square), Cut::new().polygon(turned));
        assert!(area(&one.outlines()[0]) > 0.0 && area(&two.outlines()[0]) > 0.0);
        assert!(area(&Cut::new().hole(square).outlines()[0]) < 0.0);
        let mirrored = one.placed([3.0, 0.0], 2.0, -1.0, 0.4);
        assert!(area(&mirrored.outlines()[0]) > 0.0);
    }

    #[test]
    fn bounds_hold_all_of_it() {
        assert_eq!(Cut::new().bounds(), None);
        let cut = Cut::new().card(0.1, 0.2, 0.9, 0.4, 0.05).disc([1.0, 1.0], 0.25);
        let [left, top, right, bottom] = cut.bounds().unwrap();
        assert!(
            (left - 0.1).abs() < 1e-3
                && (top - 0.2).abs() < 1e-3
                && (right - 1.25).abs() < 1e-3
                && (bottom - 1.25).abs() < 1e-2
        );
    }

    #[test]
    fn what_is_no_area_is_no_piece() {
        assert!(Cut::new().polygon([[0.0, 0.0], [1.0, 1.0]]).ribbon(&[[0.0, 0.0]], |_| 1.0).is_empty());
        assert_eq!(smooth(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]], false).last(), Some(&[2.0, 0.0]));
    }
}
