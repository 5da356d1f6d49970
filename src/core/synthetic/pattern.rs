//! The machine-readable part of the synthetic picture: a strip of 32 × 2 luma cells along the bottom edge that holds the
//! frame's number with a sync word and a checksum, and the lamp that flashes.
//!
//! Cells are fractions of the picture, so scaling does not matter; they are large and far apart in luma, so a low bit rate
//! does not matter; only the inner half of a cell is read, so blur does not matter; and a picture that was never drawn here
//! is refused by contrast, sync word and checksum together (24 bits).

/// Bits of the frame's number; it wraps after 2⁴⁰ frames (over a thousand years).
pub const NUMBER_BITS: u32 = 40;

/// Cells across and down.
pub const COLUMNS: usize = 32;
pub const ROWS: usize = 2;
const CELLS: usize = COLUMNS * ROWS;

/// Luma of a cell that is 0 or 1.
pub const ZERO_LUMA: u8 = 30;
pub const ONE_LUMA: u8 = 150;

/// The first eight cells, highest bit first: both values, no repetition.
const SYNC: u64 = 0b1011_0010;
const SYNC_BITS: usize = 8;
const CHECK_BITS: u32 = 16;

/// The strip's top edge, in thousandths of the picture's height; it ends at the bottom edge.
pub const STRIP_TOP: usize = 860;

/// The lamp, in thousandths of width and height: left, top, right, bottom.
pub const LAMP: [usize; 4] = [800, 120, 940, 360];
/// Luma of the lamp when it is dark and when it flashes.
pub const LAMP_DARK: u8 = 34;
pub const LAMP_WHITE: u8 = 235;

/// Half-way between dark and flash, where no coding error reaches from either side.
const FLASH_THRESHOLD: f32 = 134.5;
/// A third of what is drawn: scaling and coding keep more, pictures of something else rarely reach it in the sync cells.
const MIN_CONTRAST: f32 = 40.0;
/// A cell must stand this part of the contrast away from the middle to be either value.
const MIN_CLEARANCE: f32 = 0.12;
/// Smallest cell that has an inner half, in pixels.
const MIN_CELL_PX: f32 = 4.0;

/// The 64 cells of frame `number`, first cell in the highest bit.
pub fn cells(number: u64) -> u64 {
    let number = number & ((1 << NUMBER_BITS) - 1);
    SYNC << (NUMBER_BITS + CHECK_BITS) | number << CHECK_BITS | u64::from(checksum(number))
}

/// The number a picture carries, from its luma plane; `None` when it carries none that is certain. `stride` is the distance
/// of rows in bytes. Works down to 160 × 90.
pub fn read_number(luma: &[u8], width: usize, height: usize, stride: usize) -> Option<u64> {
    let cell_width = width as f32 / COLUMNS as f32;
    let strip_top = height as f32 * STRIP_TOP as f32 / 1000.0;
    let cell_height = (height as f32 - strip_top) / ROWS as f32;
    if cell_width < MIN_CELL_PX || cell_height < MIN_CELL_PX {
        return None;
    }
    let mut values = [0f32; CELLS];
    for (index, value) in values.iter_mut().enumerate() {
        let left = (index % COLUMNS) as f32 * cell_width;
        let top = strip_top + (index / COLUMNS) as f32 * cell_height;
        let columns = inner_half(left, cell_width);
        let rows = inner_half(top, cell_height);
        *value = mean(luma, stride, columns, rows)?;
    }

    let (low, high) = sync_levels(&values);
    let (middle, contrast) = ((low + high) / 2.0, high - low);
    if contrast < MIN_CONTRAST || values.iter().any(|value| (value - middle).abs() < contrast * MIN_CLEARANCE) {
        return None;
    }
    let read = values.iter().fold(0u64, |bits, &value| bits << 1 | u64::from(value > middle));
    let number = read >> CHECK_BITS & ((1 << NUMBER_BITS) - 1);
    (read == cells(number)).then_some(number)
}

/// Whether the lamp flashes in this picture. Ask only pictures that carry a number.
pub fn is_flash(luma: &[u8], width: usize, height: usize, stride: usize) -> bool {
    let [left, top, right, bottom] = LAMP;
    let columns = inner_half((left * width) as f32 / 1000.0, ((right - left) * width) as f32 / 1000.0);
    let rows = inner_half((top * height) as f32 / 1000.0, ((bottom - top) * height) as f32 / 1000.0);
    mean(luma, stride, columns, rows).is_some_and(|luma| luma > FLASH_THRESHOLD)
}

/// CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF) over the number's five bytes, highest first.
fn checksum(number: u64) -> u16 {
    crc16(&number.to_be_bytes()[3..])
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 })
    })
}

/// Mean luma of the sync cells that are 0 and of those that are 1.
fn sync_levels(values: &[f32; CELLS]) -> (f32, f32) {
    let mut sums = [(0f32, 0f32); 2];
    for (index, value) in values.iter().take(SYNC_BITS).enumerate() {
        let sum = &mut sums[(SYNC >> (SYNC_BITS - 1 - index) & 1) as usize];
        *sum = (sum.0 + value, sum.1 + 1.0);
    }
    (sums[0].0 / sums[0].1, sums[1].0 / sums[1].1)
}

/// The pixels whose centres lie in the inner half of the stretch that begins at `start`.
fn inner_half(start: f32, length: f32) -> std::ops::Range<usize> {
    let first = (start + length * 0.25 - 0.5).ceil().max(0.0);
    let last = (start + length * 0.75 - 0.5).floor().max(first);
    first as usize..last as usize + 1
}

/// Mean of a rectangle; `None` when it leaves the plane.
fn mean(luma: &[u8], stride: usize, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> Option<f32> {
    if columns.end > stride {
        return None;
    }
    let mut sum = 0u64;
    let count = columns.len() * rows.len();
    for row in rows {
        let start = row.checked_mul(stride)?;
        let pixels = luma.get(start.checked_add(columns.start)?..start.checked_add(columns.end)?)?;
        sum += pixels.iter().map(|&pixel| u64::from(pixel)).sum::<u64>();
    }
    (count > 0).then(|| sum as f32 / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }

    #[test]
    fn nothing_is_read_where_nothing_is() {
        assert_eq!(read_number(&[], 0, 0, 0), None);
        assert_eq!(read_number(&[0; 100], 1280, 720, 1280), None, "plane too short");
        assert_eq!(read_number(&[128; 320 * 180], 320, 180, 320), None, "flat");
        assert_eq!(read_number(&[128; 320 * 180], 320, 180, 100), None, "stride below width");
        assert!(!is_flash(&[255; 100], 1280, 720, 1280));
    }

    #[test]
    fn cells_hold_sync_number_and_checksum() {
        let bits = cells(0x12_3456_789A);
        assert_eq!(bits >> 56, SYNC);
        assert_eq!(bits >> 16 & 0xFF_FFFF_FFFF, 0x12_3456_789A);
        assert_eq!(cells(1 << 40), cells(0), "wraps");
    }
}
