//! Bringing files into the library: what is wanted, how far it is, and what became of each file.

use std::path::PathBuf;

use serde::Serialize;

use super::asset::AssetId;
use super::problem::Problem;

/// Of refused files so many are kept with their reasons; the rest is counted.
pub const MAX_REFUSALS: usize = 200;

/// One import among those of this run of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub u64);

/// What a person asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Files, and folders with all that is in them.
    pub paths: Vec<PathBuf>,
    /// The files stay where they are; without it they are copied into the library.
    pub link: bool,
    /// Id of the project they belong to.
    pub project: Option<String>,
    pub tags: Vec<String>,
}

/// What is being done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Looking at what it is.
    Examining,
    /// Reading it, to copy it or to know it again.
    Copying,
    /// Making its pictures and its waveform; it is in the library already.
    Describing,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Phase::Examining => "Examining",
            Phase::Copying => "Copying",
            Phase::Describing => "Making previews",
        }
    }
}

/// A file that is worked on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Its name, without the folder.
    pub file: String,
    pub phase: Phase,
    /// Bytes.
    pub done: u64,
    pub total: u64,
}

/// How far an import is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Progress {
    /// Folders are still looked through: the totals grow.
    pub looking: bool,
    /// A take is recorded meanwhile, so this waits.
    pub held: bool,
    pub files: u64,
    pub files_done: u64,
    pub bytes: u64,
    pub bytes_done: u64,
    pub bytes_per_sec: f64,
    pub added: u64,
    /// They were in the library already.
    pub known: u64,
    pub refused: u64,
    /// Of those added, how many have their pictures and waveforms.
    pub described: u64,
    /// What is worked on right now; at most one a worker.
    pub items: Vec<Item>,
}

impl Progress {
    /// Part that is done, 0 to 1. Bringing files in is nine tenths, their pictures the rest.
    pub fn part(&self) -> f32 {
        if self.looking || self.files == 0 {
            return 0.0;
        }
        let part = |done: u64, of: u64| if of == 0 { 1.0 } else { (done as f64 / of as f64).min(1.0) };
        // A thousand small files take their time too, so both count.
        let come = part(self.bytes_done, self.bytes).min(part(self.files_done, self.files));
        let described = if self.files_done < self.files { 0.0 } else { part(self.described, self.added) };
        (0.9 * come + 0.1 * described) as f32
    }

    /// Seconds until all is in, as far as the rate tells.
    pub fn secs_left(&self) -> Option<f64> {
        let left = self.bytes.saturating_sub(self.bytes_done);
        (!self.looking && !self.held && left > 0 && self.bytes_per_sec > 0.0).then(|| left as f64 / self.bytes_per_sec)
    }

    /// Where it is, in words.
    pub fn sentence(&self) -> String {
        if self.held {
            return "Waits for the end of the take".into();
        }
        if self.looking {
            return format!("Looking for files · {}", self.files);
        }
        if self.files_done < self.files {
            let rate = self.bytes_per_sec / 1e6;
            let rate = if rate >= 0.1 { format!(" · {rate:.1} MB/s") } else { String::new() };
            return format!("{} of {} files{rate}", self.files_done, self.files);
        }
        format!("Making previews · {} of {}", self.described, self.added)
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Became {
    Added(AssetId),
    /// The same bytes are in the library already.
    Known(AssetId),
    Refused(Problem),
}

/// A file and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// As the person would write it.
    pub file: String,
    pub became: Became,
}

/// What became of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub added: Vec<AssetId>,
    pub known: Vec<AssetId>,
    /// File and reason, the first `MAX_REFUSALS`.
    pub refusals: Vec<(String, Problem)>,
    pub refused: u64,
    /// Why it ended before all was done: cancelled, or the disk.
    pub stopped: Option<Problem>,
    /// Bytes that were read.
    pub bytes: u64,
    pub secs: f64,
}

impl Report {
    pub fn note(&mut self, outcome: &Outcome) {
        match &outcome.became {
            Became::Added(asset) => self.added.push(asset.clone()),
            Became::Known(asset) => self.known.push(asset.clone()),
            Became::Refused(problem) => {
                self.refused += 1;
                if self.refusals.len() < MAX_REFUSALS {
                    self.refusals.push((outcome.file.clone(), problem.clone()));
                }
            }
        }
    }

    /// What happened, in one sentence.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        if !self.added.is_empty() || (self.known.is_empty() && self.refused == 0) {
            parts.push(format!("{} imported", files(self.added.len() as u64)));
        }
        if !self.known.is_empty() {
            let was = if self.known.len() == 1 { "was" } else { "were" };
            parts.push(format!("{} {was} there already", count(&parts, self.known.len() as u64)));
        }
        if self.refused > 0 {
            parts.push(format!("{} could not be imported", count(&parts, self.refused)));
        }
        format!("{}.", parts.join(", "))
    }
}

fn files(number: u64) -> String {
    if number == 1 { "1 file".into() } else { format!("{number} files") }
}

/// The first figure of a sentence says what it counts.
fn count(before: &[String], number: u64) -> String {
    if before.is_empty() { files(number) } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(added: usize, known: usize, refused: usize) -> Report {
        let mut report = Report::default();
        let outcomes = (0..added)
            .map(|n| Became::Added(AssetId(n.to_string())))
            .chain((0..known).map(|n| Became::Known(AssetId(n.to_string()))))
            .chain((0..refused).map(|_| Became::Refused(Problem::cancelled())));
        outcomes.for_each(|became| report.note(&Outcome { file: "a".into(), became }));
        report
    }

    #[test]
    fn a_report_is_a_sentence() {
        assert_eq!(report(0, 0, 0).sentence(), "0 files imported.");
        assert_eq!(report(1, 0, 0).sentence(), "1 file imported.");
        assert_eq!(report(0, 2, 0).sentence(), "2 files were there already.");
        assert_eq!(report(12, 1, 3).sentence(), "12 files imported, 1 was there already, 3 could not be imported.");
        assert_eq!(report(0, 0, 1).sentence(), "1 file could not be imported.");
        assert_eq!(report(0, 0, 1_000).refusals.len(), MAX_REFUSALS);
    }

    #[test]
    fn progress_only_grows_and_ends_at_one() {
        let mut progress = Progress { files: 2, bytes: 100, ..Progress::default() };
        let mut last = 0.0;
        for (files_done, bytes_done, added, described) in
            [(0, 50, 0, 0), (1, 60, 1, 0), (2, 100, 2, 0), (2, 100, 2, 1), (2, 100, 2, 2)]
        {
            progress = Progress { files_done, bytes_done, added, described, ..progress };
            assert!(progress.part() >= last, "{progress:?}");
            last = progress.part();
        }
        assert!((last - 1.0).abs() < 1e-6);
        let empty = Progress { files: 3, files_done: 3, ..Progress::default() };
        assert!((empty.part() - 1.0).abs() < 1e-6, "empty files, all refused");
    }

    #[test]
    fn the_time_left_is_told_when_it_is_known() {
        let progress = Progress { files: 2, bytes: 100, bytes_done: 50, bytes_per_sec: 10.0, ..Progress::default() };
        assert_eq!(progress.secs_left(), Some(5.0));
        assert_eq!(Progress { held: true, ..progress.clone() }.secs_left(), None);
        assert_eq!(Progress { bytes_per_sec: 0.0, ..progress }.secs_left(), None);
    }
}
