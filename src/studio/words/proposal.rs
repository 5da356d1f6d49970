//! A proposal: what a writer has said so far, scene by scene, and what the person thinks of each. While words still come, scenes that
//! the person has changed or taken are left as they are.

use crate::core::engine::Money;
use crate::core::problem::Problem;
use crate::core::writing::{Brief, Draft, MAX_ANSWER_BYTES, Scene, read};

use super::{Ask, End};

#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// The number it was asked under.
    pub id: u64,
    pub project: Option<String>,
    pub brief: Brief,
    /// The model's name for people.
    pub writer: String,
    /// It is an outline by rules.
    pub by_rules: bool,
    pub phase: Phase,
    /// As it was read last.
    pub draft: Draft,
    pub scenes: Vec<Proposed>,
    /// The version of the prompt it is written from.
    pub version: Option<String>,
    pub cost: Option<Money>,
    /// The answer, as it came.
    raw: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Writing,
    /// A budget is in the way.
    Asks,
    Done {
        /// It broke off because the writer's limit was reached.
        cut: bool,
    },
    /// By the person.
    Stopped,
    Failed(Problem),
}

/// A scene, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposed {
    pub scene: Scene,
    pub verdict: Verdict,
    /// The person has changed it.
    pub own: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    #[default]
    Open,
    Accepted,
    Rejected,
}

impl Proposal {
    pub(super) fn begun(id: u64, ask: &Ask, writer: String, by_rules: bool) -> Proposal {
        Proposal { id, project: ask.project.clone(), brief: ask.brief.clone(), writer, by_rules, ..Proposal::default() }
    }

    /// More of the answer.
    pub(super) fn heard(&mut self, text: &str) {
        if self.phase != Phase::Writing || self.raw.len() > MAX_ANSWER_BYTES {
            return;
        }
        self.raw.push_str(text);
        self.draft = read::answer(&self.raw);
        for (at, scene) in self.draft.scenes.iter().enumerate() {
            match self.scenes.get_mut(at) {
                Some(known) if known.own || known.verdict == Verdict::Accepted => {}
                Some(known) => known.scene = scene.clone(),
                None => self.scenes.push(Proposed { scene: scene.clone(), ..Proposed::default() }),
            }
        }
        // The answer turned out to be of another form than its beginning looked.
        while self.scenes.len() > self.draft.scenes.len() {
            match self.scenes.last() {
                Some(last) if !last.own && last.verdict != Verdict::Accepted => self.scenes.pop(),
                _ => break,
            };
        }
    }

    pub(super) fn ended(&mut self, result: Result<End, Problem>) {
        match result {
            Ok(end) => {
                self.cost = end.cost;
                if self.phase == Phase::Writing {
                    self.phase =
                        if self.scenes.is_empty() { Phase::Failed(self.no_script()) } else { Phase::Done { cut: end.cut } };
                }
            }
            Err(problem) => {
                if self.phase == Phase::Writing {
                    self.phase = Phase::Failed(problem);
                }
            }
        }
    }

    fn no_script(&self) -> Problem {
        let said: String = self.raw.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
        let what = if said.is_empty() {
            format!("{} wrote nothing.", self.writer)
        } else {
            format!("{} wrote no script: “{said}”", self.writer)
        };
        Problem::refused(what, "Write it again, say the theme otherwise, or choose another writer.")
    }

    pub(super) fn edit(&mut self, scene: usize, text: &str) {
        if let Some(proposed) = self.scenes.get_mut(scene).filter(|proposed| proposed.verdict != Verdict::Accepted) {
            let read = read::scene(text);
            if read != proposed.scene {
                (proposed.scene, proposed.own) = (read, true);
            }
        }
    }

    /// A scene that is whole and undecided. The last one is still being written while words come.
    pub fn may_accept(&self, scene: usize) -> bool {
        let whole = self.phase != Phase::Writing || scene + 1 < self.scenes.len();
        whole && self.scenes.get(scene).is_some_and(|proposed| proposed.verdict == Verdict::Open)
    }

    /// Those that are in the script.
    pub(super) fn taken(&self) -> Vec<usize> {
        (0..self.scenes.len()).filter(|at| self.scenes[*at].verdict == Verdict::Accepted).collect()
    }

    /// Scenes that could be accepted.
    pub fn open(&self) -> usize {
        (0..self.scenes.len()).filter(|at| self.may_accept(*at)).count()
    }

    /// Nothing comes any more, and everything is decided.
    pub(super) fn settled(&self) -> bool {
        self.phase != Phase::Writing && self.scenes.iter().all(|proposed| proposed.verdict != Verdict::Open)
    }

    /// The draft with the person's changes, without what was rejected.
    pub(super) fn now(&self) -> Draft {
        let kept = self.scenes.iter().filter(|proposed| proposed.verdict != Verdict::Rejected);
        Draft { front: self.draft.front.clone(), scenes: kept.map(|proposed| proposed.scene.clone()).collect() }
    }

    /// Words of those that are not rejected, and their seconds.
    pub fn figures(&self) -> (usize, f64) {
        let draft = self.now();
        (draft.words(), draft.seconds(self.brief.pace))
    }
}
