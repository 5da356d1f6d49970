//! The pointer, drawn into a picture of the screen: an X server keeps the two apart.

/// The pointer's picture and where its upper left corner stands in the picture.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    pub left: i64,
    pub top: i64,
    pub width: usize,
    /// Rows of premultiplied A R G B, a number a pixel.
    pub pixels: &'a [u32],
}

impl Cursor<'_> {
    /// Draws it over a picture of `width` pixels in a row, B G R and one more byte each. What lies outside is left out.
    pub fn draw(&self, picture: &mut [u8], width: usize) {
        if self.width == 0 || width == 0 {
            return;
        }
        for (row, pixels) in (0i64..).zip(self.pixels.chunks_exact(self.width)) {
            let Ok(y) = usize::try_from(self.top + row) else { continue };
            let Some(line) = picture.chunks_exact_mut(width * 4).nth(y) else { return };
            for (column, argb) in (0i64..).zip(pixels) {
                let place = usize::try_from(self.left + column).ok();
                let Some(pixel) = place.and_then(|x| line.get_mut(x * 4..x * 4 + 3)) else { continue };
                over(pixel, *argb);
            }
        }
    }
}

/// Premultiplied “over”, in bytes.
fn over(pixel: &mut [u8], argb: u32) {
    let [blue, green, red, alpha] = argb.to_le_bytes();
    let rest = 255 - u32::from(alpha);
    for (under, above) in pixel.iter_mut().zip([blue, green, red]) {
        *under = (u32::from(above) + (u32::from(*under) * rest + 127) / 255).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_half_outside_covers_what_it_stands_on() {
        let mut picture = vec![100u8; 4 * 3 * 4];
        let pixels = [0xff00_00ff, 0x8000_4000, 0, 0xffff_ffff];
        Cursor { left: 3, top: 1, width: 2, pixels: &pixels }.draw(&mut picture, 4);
        let at = |x: usize, y: usize| picture[(y * 4 + x) * 4..][..3].to_vec();
        assert_eq!(at(3, 1), [255, 0, 0], "blue, the pixel beside it is outside");
        assert_eq!(at(3, 2), [100, 100, 100], "nothing is drawn where it is clear");
        Cursor { left: -1, top: -1, width: 2, pixels: &pixels }.draw(&mut picture, 4);
        assert_eq!(picture[..3], [255, 255, 255]);
        Cursor { left: 1, top: 0, width: 2, pixels: &pixels[1..3] }.draw(&mut picture, 4);
        assert_eq!(picture[4..7], [50, 114, 50], "half clear");
    }

    #[test]
    fn odd_pointers_and_pictures_do_no_harm() {
        let pixels = [0xffff_ffff; 7];
        for (left, top, width) in [(i64::MIN / 2, 0, 3), (0, i64::MAX / 2, 3), (0, 0, 0), (0, 0, 100)] {
            let mut picture = vec![1u8; 30];
            Cursor { left, top, width, pixels: &pixels }.draw(&mut picture, 2);
        }
        Cursor { left: 0, top: 0, width: 1, pixels: &pixels }.draw(&mut [], 0);
    }
}
