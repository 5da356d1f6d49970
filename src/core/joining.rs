//! Scenes one after the other as one film: when each begins, what is seen at each frame, how much of the next shows already. The film is
//! as long as its scenes are together: a cross-fade lies half on each side of a seam, where the earlier clip's last picture and the later
//! one's first stand still. So narration stays where it belongs.

pub mod outlook;

use serde::{Deserialize, Serialize};

use super::fit::Fit;
use super::time::{Rate, SECOND, nanos};

/// How one scene becomes the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    #[default]
    Cut,
    CrossFade {
        ms: u32,
    },
}

impl Transition {
    /// Its length in nanoseconds.
    pub fn nanos(self) -> u64 {
        match self {
            Transition::Cut => 0,
            Transition::CrossFade { ms } => u64::from(ms.min(5_000)) * 1_000_000,
        }
    }
}

/// What a person chose for films; the part `film` of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Scenes go over into each other.
    pub fades: bool,
    /// The script's words are a track of the film, and a file beside it.
    pub captions: bool,
    /// A scene ends with its voice.
    pub fit_words: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Choice { fades: false, captions: true, fit_words: false }
    }
}

/// Where the scenes lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    rate: Rate,
    /// When each begins, and when the film ends; nanoseconds.
    begins: Vec<u64>,
    fade: u64,
}

/// What one frame of the film shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub scene: usize,
    /// Nanoseconds since it began.
    pub at: u64,
    /// The neighbour that shows too, and how much of it, 0 to 1.
    pub other: Option<(Neighbour, f32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// The first picture of the next.
    Next,
    /// The last picture of the one before.
    Before,
}

impl Course {
    /// Of scenes that take so many seconds each.
    pub fn of(fits: &[Fit], transition: Transition, rate: Rate) -> Course {
        let mut begins = vec![0];
        for fit in fits {
            begins.push(begins.last().unwrap_or(&0) + nanos(fit.seconds()).max(rate.frame_nanos()));
        }
        Course { rate, begins, fade: transition.nanos() }
    }

    pub fn nanos(&self) -> u64 {
        self.begins.last().copied().unwrap_or(0)
    }

    pub fn frames(&self) -> u64 {
        let half = self.rate.frame_nanos() / 2;
        (u128::from(self.nanos() + half) * u128::from(self.rate.num) / (u128::from(self.rate.den.max(1)) * u128::from(SECOND)))
            as u64
    }

    /// When a scene begins; the film's end behind the last.
    pub fn begin(&self, scene: usize) -> u64 {
        self.begins.get(scene).copied().unwrap_or_else(|| self.nanos())
    }

    /// What frame `number` shows.
    pub fn at(&self, number: u64) -> Moment {
        let time = self.rate.frame_start(number);
        let last = self.begins.len().saturating_sub(2);
        let scene = self.begins.partition_point(|begin| *begin <= time).saturating_sub(1).min(last);
        let (begin, end) = (self.begin(scene), self.begin(scene + 1));
        let before = self.half_fade(scene);
        let after = self.half_fade(scene + 1);
        let other = if time < begin + before {
            Some((Neighbour::Before, 0.5 * (1.0 - (time - begin) as f32 / before as f32)))
        } else if end > time && end - time < after {
            Some((Neighbour::Next, 0.5 * (1.0 - (end - time) as f32 / after as f32)))
        } else {
            None
        };
        Moment { scene, at: time.saturating_sub(begin), other }
    }

    /// Half the fade around the seam before `scene`; never more than half of either neighbour. 0 at the film's ends.
    pub fn half_fade(&self, scene: usize) -> u64 {
        if scene == 0 || scene + 1 >= self.begins.len() {
            return 0;
        }
        let seam = self.begin(scene);
        (self.fade / 2).min((seam - self.begin(scene - 1)) / 2).min((self.begin(scene + 1) - seam) / 2)
    }
}

/// How far into its clip (nanoseconds) a scene is, `at` nanoseconds after its beginning.
pub fn place_in_clip(fit: &Fit, at: u64) -> u64 {
    nanos((at as f64 / SECOND as f64 * fit.speed).min(fit.shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(lengths: &[f64]) -> Vec<Fit> {
        lengths.iter().map(|secs| Fit::of(*secs, *secs, false)).collect()
    }

    #[test]
    fn a_film_is_as_long_as_its_scenes() {
        for transition in [Transition::Cut, Transition::CrossFade { ms: 500 }] {
            let course = Course::of(&fits(&[2.0, 3.5, 1.0]), transition, Rate::whole(30));
            assert_eq!((course.nanos(), course.frames()), (6_500_000_000, 195));
            assert_eq!([0, 59, 60, 164, 165, 194].map(|frame| course.at(frame).scene), [0, 0, 1, 1, 2, 2]);
        }
        assert_eq!(Course::of(&[], Transition::Cut, Rate::whole(30)).frames(), 0);
    }

    #[test]
    fn a_fade_lies_half_on_each_side_and_passes_the_middle_there() {
        let course = Course::of(&fits(&[2.0, 2.0]), Transition::CrossFade { ms: 1000 }, Rate::whole(30));
        assert_eq!(course.at(44).other, None);
        let mut shares = Vec::new();
        for frame in 45..=75 {
            let moment = course.at(frame);
            let share = match moment.other {
                Some((Neighbour::Next, share)) => share,
                Some((Neighbour::Before, share)) => 1.0 - share,
                None => moment.scene as f32,
            };
            shares.push(share);
        }
        assert!(shares.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.04), "{shares:?}");
        assert!((shares[15] - 0.5).abs() < 0.02);
        assert_eq!((course.at(0).other, course.at(119).other), (None, None));
    }

    #[test]
    fn a_fade_longer_than_its_scenes_is_cut_down() {
        let course = Course::of(&fits(&[0.2, 0.2, 4.0]), Transition::CrossFade { ms: 4000 }, Rate::whole(30));
        assert_eq!(course.half_fade(1), 100_000_000);
        assert!((0..course.frames()).all(|frame| course.at(frame).other.is_none_or(|(_, share)| (0.0..=0.5).contains(&share))));
    }

    #[test]
    fn a_slower_clip_is_looked_up_slower_and_stands_at_its_end() {
        let fit = Fit::of(5.0, 7.0, false);
        assert_eq!(place_in_clip(&fit, SECOND), 800_000_000);
        assert_eq!(place_in_clip(&fit, 7 * SECOND), 5 * SECOND);
    }
}
