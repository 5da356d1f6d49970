//! A clip made of pictures that stand still: a slow move over one, or from one to another with a dissolve between. Where the camera
//! looks at each moment, as numbers. A clip begins with its whole first picture, and ends with its whole last one where it has one:
//! so that clips which share a keyframe run on from one to the next.

use super::compose::{Area, cover};

/// How much nearer the camera comes in a second, and the least and most of a clip.
const NEARER_A_SECOND: f32 = 0.018;
const LEAST_NEARER: f32 = 0.05;
const MOST_NEARER: f32 = 0.16;

/// The dissolve lies in the middle of a clip: from here to there.
const DISSOLVE: [f32; 2] = [1.0 / 3.0, 2.0 / 3.0];

/// A way to move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// How much nearer it ends, in parts of the picture.
    nearer: f32,
    /// Towards which part of the picture, −1 to 1 each way.
    towards: [f32; 2],
    /// Goes the other way: from near to the whole.
    back: bool,
    to_another: bool,
}

/// What is seen at one moment: parts of the pictures, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    pub first: Area,
    /// The second picture and how much of it is seen.
    pub second: Option<(Area, f32)>,
}

impl Move {
    /// What the prompt says (“push in”, “pull back”, “pan left”, “tilt up”, “still”), else what the seed decides. `to_another`: there is
    /// a picture to end with.
    pub fn of(prompt: &str, seconds: f64, seed: i64, to_another: bool) -> Move {
        let prompt = prompt.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| prompt.contains(word));
        let mut nearer = (NEARER_A_SECOND * seconds as f32).clamp(LEAST_NEARER, MOST_NEARER);
        if says(&["still camera", "camera almost still", "static", "locked", "no movement"]) {
            nearer = 0.02;
        }
        let corners = [[0.6, 0.3], [-0.6, 0.3], [0.6, -0.3], [-0.6, -0.3], [0.0, -0.5], [0.0, 0.35]];
        let chance = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let mut towards = corners[(chance % corners.len() as u64) as usize];
        let sides = [
            (["pan left", "moves left", "drifts left"], [-1.0, 0.0]),
            (["pan right", "moves right", "drifts right"], [1.0, 0.0]),
        ];
        let heights = [(["tilt up", "rises", "crane up"], [0.0, -1.0]), (["tilt down", "sinks", "crane down"], [0.0, 1.0])];
        if let Some((_, way)) = sides.iter().chain(&heights).find(|(words, _)| says(words)) {
            towards = *way;
        }
        let back = says(&["pull back", "pull out", "zoom out", "pulls back", "pulls out", "widens"]);
        Move { nearer, towards, back, to_another }
    }

    /// What is seen `part` of the way through (0 to 1). `first`, `second`: width over height of the pictures; `film`: of the clip.
    pub fn at(&self, part: f32, first: f32, second: f32, film: f32) -> Shot {
        let part = part.clamp(0.0, 1.0);
        if !self.to_another {
            let come = if self.back { 1.0 - eased(part) } else { eased(part) };
            return Shot { first: self.near(cover(first, film), come), second: None };
        }
        // The first comes nearer all the time, the second goes back to its whole; both are seen in the middle.
        let one = self.near(cover(first, film), eased(part));
        let other = self.near(cover(second, film), 1.0 - eased(part));
        let seen = eased((part - DISSOLVE[0]) / (DISSOLVE[1] - DISSOLVE[0]));
        Shot { first: one, second: Some((other, seen)) }
    }

    /// The part of an area that is seen when the camera has come so near.
    fn near(&self, whole: Area, come: f32) -> Area {
        let size = 1.0 - self.nearer * come;
        let room = |side: f32| side * (1.0 - size) / 2.0;
        Area {
            x: whole.x + room(whole.w) * (1.0 + self.towards[0]),
            y: whole.y + room(whole.h) * (1.0 + self.towards[1]),
            w: whole.w * size,
            h: whole.h * size,
        }
    }
}

/// From rest to rest, without a jolt at either end.
fn eased(part: f32) -> f32 {
    let part = part.clamp(0.0, 1.0);
    part - (part * std::f32::consts::TAU).sin() / std::f32::consts::TAU
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: f32 = 16.0 / 9.0;

    #[test]
    fn it_begins_and_ends_with_the_whole_keyframes() {
        let shift = Move::of("", 5.0, 3, true);
        let begin = shift.at(0.0, FILM, 1.0, FILM);
        assert_eq!((begin.first, begin.second.unwrap().1), (Area::FULL, 0.0));
        let (area, seen) = shift.at(1.0, FILM, 1.0, FILM).second.unwrap();
        assert_eq!((area, seen), (cover(1.0, FILM), 1.0));
        assert_eq!(Move::of("", 5.0, 3, false).at(0.0, FILM, 1.0, FILM).first, Area::FULL);
    }

    #[test]
    fn every_moment_lies_within_the_picture_and_close_to_the_one_before() {
        for prompt in ["", "slow push in", "pull back", "pan left", "tilt up", "camera almost still"] {
            for to_another in [false, true] {
                let shift = Move::of(prompt, 8.0, 11, to_another);
                let mut before = shift.at(0.0, 1.4, 0.7, FILM).first;
                for step in 1..=240 {
                    let shot = shift.at(step as f32 / 240.0, 1.4, 0.7, FILM);
                    for area in [Some(shot.first), shot.second.map(|(area, _)| area)].into_iter().flatten() {
                        assert!(area.x >= -1e-5 && area.y >= -1e-5, "{prompt}: {area:?}");
                        assert!(area.x + area.w <= 1.0 + 1e-5 && area.y + area.h <= 1.0 + 1e-5, "{prompt}: {area:?}");
                    }
                    assert!((shot.first.x - before.x).abs() < 0.002 && (shot.first.w - before.w).abs() < 0.003, "{prompt}");
                    before = shot.first;
                }
            }
        }
    }

    #[test]
    fn words_say_where_to() {
        let seen = |prompt: &str| Move::of(prompt, 6.0, 1, false).at(1.0, FILM, 1.0, FILM).first;
        assert!(seen("camera pan left").x < seen("camera pan right").x);
        assert!(seen("the view rises, tilt up").y < seen("tilt down").y);
        assert_eq!(seen("slow pull back"), Area::FULL);
        assert!(seen("camera almost still").w > seen("push in").w);
    }
}
