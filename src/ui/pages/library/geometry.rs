//! Where each item of the list stands, as arithmetic: a place gives a rectangle, a stretch of the scroll gives places. Nothing
//! is ever laid out that is not on the screen. Offsets are reckoned in `f64`, because a hundred thousand rows are more points
//! high than an `f32` tells apart.

use std::ops::Range;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Tiles or rows of one size, side by side and one below the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    pub count: usize,
    pub columns: usize,
    /// Of one item.
    pub size: Vec2,
    pub gap: f32,
    /// Above the first row and below the last.
    pub margin: f32,
}

impl Geometry {
    /// Tiles at least `least` points wide that fill `width`, each `caption` points higher than a picture of 16 to 9.
    pub fn tiles(count: usize, width: f32, least: f32, caption: f32, gap: f32) -> Geometry {
        let columns = (((width + gap) / (least + gap)).floor() as usize).max(1);
        let wide = ((width - gap * (columns - 1) as f32) / columns as f32).floor().max(1.0);
        let size = vec2(wide, (wide * 9.0 / 16.0).round() + caption);
        Geometry { count, columns, size, gap, margin: gap / 2.0 }
    }

    /// Rows across the whole width.
    pub fn rows(count: usize, width: f32, height: f32) -> Geometry {
        Geometry { count, columns: 1, size: vec2(width.max(1.0), height), gap: 2.0, margin: 4.0 }
    }

    /// Height of all rows together.
    pub fn height(&self) -> f32 {
        let rows = self.count.div_ceil(self.columns);
        (rows as f64 * self.pitch() - f64::from(self.gap) + 2.0 * f64::from(self.margin)).max(0.0) as f32
    }

    /// Distance of the row that holds `place` from the top of all.
    pub fn top(&self, place: usize) -> f32 {
        self.top_of_row(place / self.columns) as f32
    }

    /// Rows that a page of `height` holds whole, at least one.
    pub fn rows_a_page(&self, height: f32) -> usize {
        ((f64::from(height + self.gap) / self.pitch()).floor() as usize).max(1)
    }

    /// Places with anything between two heights.
    pub fn places(&self, from: f32, to: f32) -> Range<usize> {
        let rows = self.rows_between(from, to);
        (rows.start * self.columns).min(self.count)..(rows.end * self.columns).min(self.count)
    }

    /// Where an item is on the screen, for a list whose upper left corner is at `corner` and which is scrolled by `offset`.
    pub fn rect(&self, place: usize, corner: Pos2, offset: f32) -> Rect {
        let (row, column) = (place / self.columns, place % self.columns);
        let x = corner.x + column as f32 * (self.size.x + self.gap);
        let y = f64::from(corner.y) + (self.top_of_row(row) - f64::from(offset));
        Rect::from_min_size(pos2(x, y as f32), self.size)
    }

    /// The places that a band touches, as stretches; `band` is in the list's own points, before scrolling.
    pub fn under(&self, band: Rect) -> Vec<Range<usize>> {
        let rows = self.rows_between(band.top(), band.bottom());
        let step = self.size.x + self.gap;
        let first = (((band.left() + self.gap) / step).floor().max(0.0)) as usize;
        let last = (band.right() / step).floor();
        if last < 0.0 || first >= self.columns {
            return Vec::new();
        }
        let last = (last as usize).min(self.columns - 1);
        let stretch = |row: usize| (row * self.columns + first)..(row * self.columns + last + 1).min(self.count);
        rows.map(stretch).filter(|stretch| stretch.start < stretch.end).collect()
    }

    fn rows_between(&self, from: f32, to: f32) -> Range<usize> {
        let rows = self.count.div_ceil(self.columns);
        let (from, to) = (f64::from(from - self.margin), f64::from(to - self.margin));
        let first = ((from + f64::from(self.gap)) / self.pitch()).floor().max(0.0) as usize;
        let end = ((to / self.pitch()).floor() + 1.0).max(0.0) as usize;
        first.min(rows)..end.clamp(first.min(rows), rows)
    }

    fn top_of_row(&self, row: usize) -> f64 {
        f64::from(self.margin) + row as f64 * self.pitch()
    }

    fn pitch(&self) -> f64 {
        f64::from(self.size.y + self.gap)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn geometry() -> impl Strategy<Value = Geometry> {
        (0usize..300, 60.0f32..1900.0, any::<bool>()).prop_map(|(count, width, tiles)| {
            if tiles { Geometry::tiles(count, width, 168.0, 44.0, 12.0) } else { Geometry::rows(count, width, 44.0) }
        })
    }

    proptest! {
        #[test]
        fn what_is_seen_is_what_is_laid_out(geometry in geometry(), offset in 0.0f32..9000.0, height in 1.0f32..1200.0) {
            let corner = pos2(16.0, 100.0);
            let screen = Rect::from_min_size(corner, vec2(4000.0, height));
            let seen = geometry.places(offset, offset + height);
            for place in 0..geometry.count {
                let rect = geometry.rect(place, corner, offset);
                // The very edge may go either way.
                if rect.bottom() > screen.top() + 0.01 && rect.top() < screen.bottom() - 0.01 {
                    prop_assert!(seen.contains(&place), "{place} of {seen:?}");
                }
            }
            prop_assert!(seen.len() <= (geometry.rows_a_page(height) + 3) * geometry.columns);
        }

        #[test]
        fn a_band_takes_what_it_touches(
            geometry in geometry(), at in (-50.0f32..1900.0, -50.0f32..3000.0), size in (0.0f32..900.0, 0.0f32..900.0),
        ) {
            let band = Rect::from_min_size(pos2(at.0, at.1), vec2(size.0, size.1));
            let taken: Vec<usize> = geometry.under(band).into_iter().flatten().collect();
            for place in 0..geometry.count {
                let rect = geometry.rect(place, Pos2::ZERO, 0.0);
                let deep = rect.shrink(0.01);
                prop_assert!(!deep.intersects(band) || taken.contains(&place), "{place} {rect:?} {band:?}");
                prop_assert!(rect.expand(0.01).intersects(band) || !taken.contains(&place), "{place} {rect:?} {band:?}");
            }
        }
    }

    #[test]
    fn tiles_fill_the_width() {
        let geometry = Geometry::tiles(100_000, 968.0, 168.0, 44.0, 12.0);
        assert_eq!(geometry.columns, 5);
        let last = geometry.rect(4, Pos2::ZERO, 0.0);
        assert!((964.0..=968.0).contains(&last.right()), "{last:?}");
        let end = geometry.rect(99_999, Pos2::ZERO, geometry.height() - 600.0);
        assert!((end.bottom() + geometry.margin - 600.0).abs() < 0.5, "{end:?}: the end is reached, to half a point");
    }

    #[test]
    fn an_empty_list_has_no_places() {
        let geometry = Geometry::tiles(0, 500.0, 168.0, 44.0, 12.0);
        assert_eq!((geometry.places(0.0, 900.0), geometry.height()), (0..0, 0.0));
        assert!(geometry.under(Rect::EVERYTHING).is_empty());
    }
}
