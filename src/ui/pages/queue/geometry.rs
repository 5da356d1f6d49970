//! Where each row of the queue stands, as arithmetic: groups under a heading of their own, failed jobs in higher rows, since they say
//! why. Nothing is laid out that is not on the screen. Offsets are reckoned in `f64`, as the library's are.

use std::ops::Range;

use egui::{Pos2, Rect, pos2, vec2};

use crate::core::queue::Group;

/// Of a heading, a usual row and a failed one, and what lies between two.
pub const HEAD: f32 = 36.0;
pub const ROW: f32 = 60.0;
pub const FAILED: f32 = 120.0;
const GAP: f32 = 4.0;
/// Below the last row.
const FOOT: f32 = 8.0;

/// Rows of one height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub group: Group,
    /// The first place, and how many there are.
    pub first: usize,
    pub count: usize,
    /// Where it begins, its heading included.
    top: f64,
    headed: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geometry {
    stretches: Vec<Stretch>,
    width: f32,
    height: f64,
}

impl Geometry {
    /// Groups with so many rows each, in this order; empty ones take no room.
    pub fn new(counts: &[(Group, usize)], width: f32, headed: bool) -> Geometry {
        let mut geometry = Geometry { width: width.max(1.0), ..Geometry::default() };
        let mut first = 0;
        for (group, count) in counts.iter().copied().filter(|(_, count)| *count > 0) {
            let stretch = Stretch { group, first, count, top: geometry.height, headed };
            geometry.height += stretch.height();
            geometry.stretches.push(stretch);
            first += count;
        }
        geometry
    }

    /// Of all rows together.
    pub fn height(&self) -> f32 {
        (self.height + f64::from(FOOT)) as f32
    }

    /// Places with anything between two heights.
    pub fn places(&self, from: f32, to: f32) -> Range<usize> {
        let mut seen: Option<Range<usize>> = None;
        for stretch in &self.stretches {
            let inside = stretch.places(f64::from(from), f64::from(to));
            if !inside.is_empty() {
                seen = Some(seen.map_or(inside.clone(), |seen| seen.start..inside.end));
            }
        }
        seen.unwrap_or(0..0)
    }

    /// Where a row is on the screen, in a list whose upper left corner is at `corner` and which is scrolled by `offset`.
    pub fn rect(&self, place: usize, corner: Pos2, offset: f32) -> Option<Rect> {
        let stretch = self.stretches.iter().find(|stretch| (stretch.first..stretch.first + stretch.count).contains(&place))?;
        let top = stretch.rows_top() + (place - stretch.first) as f64 * stretch.pitch();
        let y = f64::from(corner.y) + (top - f64::from(offset));
        Some(Rect::from_min_size(pos2(corner.x, y as f32), vec2(self.width, stretch.row())))
    }

    /// Distance of a row from the top of all, and its height.
    pub fn extent(&self, place: usize) -> Option<(f32, f32)> {
        self.rect(place, Pos2::ZERO, 0.0).map(|rect| (rect.top(), rect.height()))
    }

    /// The headings between two heights, each with its distance from the top of all.
    pub fn heads(&self, from: f32, to: f32) -> impl Iterator<Item = (&Stretch, f32)> {
        let seen = move |stretch: &&Stretch| {
            let top = stretch.top as f32;
            stretch.headed && top < to && top + HEAD > from
        };
        self.stretches.iter().filter(seen).map(|stretch| (stretch, stretch.top as f32))
    }

    /// The place before which something dropped at this height goes, within the group; its end is one past its last.
    pub fn gap(&self, group: Group, y: f32) -> Option<usize> {
        let stretch = self.stretches.iter().find(|stretch| stretch.group == group)?;
        let at = ((f64::from(y) - stretch.rows_top()) / stretch.pitch()).round().clamp(0.0, stretch.count as f64);
        Some(stretch.first + at as usize)
    }
}

impl Stretch {
    fn row(&self) -> f32 {
        if self.group == Group::Failed { FAILED } else { ROW }
    }

    fn pitch(&self) -> f64 {
        f64::from(self.row() + GAP)
    }

    fn rows_top(&self) -> f64 {
        self.top + if self.headed { f64::from(HEAD) } else { f64::from(GAP) }
    }

    fn height(&self) -> f64 {
        self.rows_top() - self.top + self.count as f64 * self.pitch()
    }

    fn places(&self, from: f64, to: f64) -> Range<usize> {
        let first = ((from - self.rows_top() + f64::from(GAP)) / self.pitch()).floor().max(0.0) as usize;
        let end = (((to - self.rows_top()) / self.pitch()).floor() + 1.0).max(0.0) as usize;
        let (first, end) = (first.min(self.count), end.min(self.count));
        if first < end { self.first + first..self.first + end } else { 0..0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn geometry() -> impl Strategy<Value = Geometry> {
        (proptest::collection::vec(0usize..40, 5), any::<bool>()).prop_map(|(counts, headed)| {
            let counts: Vec<(Group, usize)> = Group::ALL.into_iter().zip(counts).collect();
            Geometry::new(&counts, 900.0, headed)
        })
    }

    fn count(geometry: &Geometry) -> usize {
        geometry.stretches.iter().map(|stretch| stretch.count).sum()
    }

    proptest! {
        #[test]
        fn what_is_seen_is_what_is_laid_out(geometry in geometry(), offset in 0.0f32..6000.0, height in 1.0f32..1200.0) {
            let seen = geometry.places(offset, offset + height);
            for place in 0..count(&geometry) {
                let rect = geometry.rect(place, Pos2::ZERO, offset).unwrap();
                if rect.bottom() > 0.01 && rect.top() < height - 0.01 {
                    prop_assert!(seen.contains(&place), "{place} of {seen:?}");
                }
            }
            prop_assert!(seen.len() <= (height / ROW) as usize + 8);
        }

        #[test]
        fn rows_never_overlap(geometry in geometry()) {
            let mut end = 0.0f32;
            for place in 0..count(&geometry) {
                let rect = geometry.rect(place, Pos2::ZERO, 0.0).unwrap();
                prop_assert!(rect.top() >= end, "{place}");
                end = rect.bottom();
            }
            prop_assert!(geometry.height() >= end);
            prop_assert!(geometry.rect(count(&geometry), Pos2::ZERO, 0.0).is_none());
        }

        #[test]
        fn a_drop_goes_between_rows_of_its_group(geometry in geometry(), y in -100.0f32..9000.0) {
            if let Some(gap) = geometry.gap(Group::Waiting, y) {
                let stretch = geometry.stretches.iter().find(|stretch| stretch.group == Group::Waiting).unwrap();
                prop_assert!((stretch.first..=stretch.first + stretch.count).contains(&gap));
            }
        }
    }

    #[test]
    fn the_end_of_ten_thousand_is_reached_to_the_point() {
        let geometry = Geometry::new(&[(Group::Going, 2), (Group::Waiting, 9_998)], 900.0, true);
        let offset = geometry.height() - 600.0;
        let last = geometry.rect(9_999, Pos2::ZERO, offset).unwrap();
        assert!((last.bottom() + GAP + FOOT - 600.0).abs() < 0.5, "{last:?}");
        assert_eq!(geometry.places(offset, offset + 600.0).end, 10_000);
    }
}
