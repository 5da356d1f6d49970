//! How long each scene takes on the prompter, and so how fast it moves: a list of legs with constant velocity, one a scene.

use serde::{Deserialize, Serialize};

use super::Laid;
use crate::core::script::Script;

/// What sets the pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Each scene takes its target seconds; one without takes its words at the script's pace.
    #[default]
    SceneTargets,
    /// Words per minute, whatever the targets say.
    WordsPerMinute(f64),
    /// The whole takes this many seconds; scenes share them as under `SceneTargets`.
    TotalSeconds(f64),
}

pub const MIN_WPM: f64 = 20.0;
pub const MAX_WPM: f64 = 400.0;

impl Pace {
    /// Seconds of every scene.
    pub fn scene_secs(self, script: &Script) -> Vec<f64> {
        let targets = |script: &Script| -> Vec<f64> {
            let pace = script.pace();
            script.scenes.iter().map(|scene| scene.seconds(pace)).collect()
        };
        match self {
            Pace::SceneTargets => targets(script),
            Pace::WordsPerMinute(wpm) => {
                let wpm = if wpm.is_finite() { wpm.clamp(MIN_WPM, MAX_WPM) } else { script.pace() };
                script.scenes.iter().map(|scene| scene.words as f64 * 60.0 / wpm).collect()
            }
            Pace::TotalSeconds(total) => {
                let secs = targets(script);
                let sum: f64 = secs.iter().sum();
                let total = if total.is_finite() { total.clamp(1.0, 86_400.0) } else { sum };
                let factor = if sum > 0.0 { total / sum } else { 0.0 };
                secs.into_iter().map(|s| s * factor).collect()
            }
        }
    }
}

/// A stretch of the sheet that is passed at one velocity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    pub scene: usize,
    /// Positions, in ems; `from` < `to`.
    pub from: f64,
    pub to: f64,
    pub secs: f64,
}

impl Leg {
    /// Ems per second.
    pub fn velocity(&self) -> f64 {
        (self.to - self.from) / self.secs
    }
}

/// The whole way down the sheet, leg by leg without gaps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub legs: Vec<Leg>,
}

/// A scene that has no words and no target still moves by, this many seconds for each em.
const SILENT_SECS_PER_EM: f64 = 0.4;

impl Plan {
    /// Legs for a layout, given the seconds of every scene.
    pub fn new(laid: &Laid, scene_secs: &[f64]) -> Plan {
        let mut legs: Vec<Leg> = Vec::new();
        let end = laid.end();
        let mut from = laid.start();
        for (i, row) in laid.rows.iter().enumerate() {
            let last_of_scene = laid.rows.get(i + 1).is_none_or(|next| next.scene != row.scene);
            if !last_of_scene {
                continue;
            }
            let to = laid.rows.get(i + 1).map_or(end, |next| next.top + next.height / 2.0);
            if to > from {
                let secs = scene_secs.get(row.scene).copied().filter(|s| *s > 0.05);
                legs.push(Leg { scene: row.scene, from, to, secs: secs.unwrap_or((to - from) * SILENT_SECS_PER_EM) });
                from = to;
            }
        }
        Plan { legs }
    }

    pub fn total_secs(&self) -> f64 {
        self.legs.iter().map(|leg| leg.secs).sum()
    }

    /// Seconds from the start to a position.
    pub fn secs_at(&self, position: f64) -> f64 {
        let mut secs = 0.0;
        for leg in &self.legs {
            if position < leg.to {
                return secs + leg.secs * ((position - leg.from) / (leg.to - leg.from)).max(0.0);
            }
            secs += leg.secs;
        }
        secs
    }

    /// Seconds from a position to the end.
    pub fn secs_left(&self, position: f64) -> f64 {
        (self.total_secs() - self.secs_at(position)).max(0.0)
    }

    /// The leg at a position: the first that ends below it.
    pub fn leg_at(&self, position: f64) -> Option<usize> {
        let at = self.legs.partition_point(|leg| leg.to <= position);
        (at < self.legs.len()).then_some(at)
    }
}
