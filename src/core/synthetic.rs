//! The synthetic camera's picture and the synthetic microphone's sound, and reading both back. A take made of them proves
//! itself: every frame carries its own number, a lamp flashes and a click starts at each whole second, so that lost frames,
//! order and sync can be measured from the file alone. The exact layout is in `docs/SYNTHETIC.md`; keep in sync with it.

mod faults;
mod glyphs;
mod pattern;
mod picture;
mod sound;

pub use faults::Fault;
pub use pattern::{NUMBER_BITS, is_flash, read_number};
pub use picture::Painter;
pub use sound::{drifting_sound, find_clicks, sound};

use super::time::Rate;

/// The whole second in which frame `number` begins, and how many frames of that second came before it. A frame with none
/// before it is the second's first and flashes.
pub fn second_and_frame(number: u64, rate: Rate) -> (u64, u64) {
    let (num, den) = (u128::from(rate.num), u128::from(rate.den));
    if num == 0 || den == 0 {
        return (0, number);
    }
    let second = u128::from(number) * den / num;
    let first = (second * num).div_ceil(den);
    (second as u64, (u128::from(number) - first) as u64)
}

/// Whether frame `number` is the first of a whole second.
pub fn flashes(number: u64, rate: Rate) -> bool {
    second_and_frame(number, rate).1 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    #[test]
    fn a_flash_is_the_first_frame_at_or_after_a_whole_second() {
        for rate in [Rate::whole(1), Rate::whole(24), Rate::whole(60), Rate { num: 30000, den: 1001 }, Rate { num: 15, den: 2 }]
        {
            for number in 1..5000 {
                let crossed = rate.frame_start(number) / SECOND != rate.frame_start(number - 1) / SECOND;
                assert_eq!(flashes(number, rate), crossed, "{rate} {number}");
            }
            assert!(flashes(0, rate));
        }
    }

    #[test]
    fn a_broken_rate_has_one_flash() {
        assert_eq!(second_and_frame(7, Rate { num: 0, den: 1 }), (0, 7));
        assert_eq!(second_and_frame(7, Rate { num: 30, den: 0 }), (0, 7));
    }
}
