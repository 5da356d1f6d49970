//! Uploads: one a take, to the studio's server.

use std::collections::HashMap;

use crate::core::problem::Problem;
use crate::core::take::{Take, TakeId};
use crate::core::time::Moment;
use crate::core::upload::Progress;

use super::Action;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub uploads: HashMap<TakeId, Upload>,
}

/// One upload.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    pub phase: Phase,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Reading the file to know its hash.
    Hashing(Progress),
    Sending(Progress),
    /// The connection broke; tried again in this many seconds from `since`.
    Waiting {
        progress: Progress,
        attempt: u32,
        secs: f64,
        since: Moment,
        reason: String,
    },
    Uploaded {
        recording: Option<String>,
        sha256: String,
    },
    Cancelled,
    Failed(Problem),
}

impl Phase {
    /// True while bytes move or will.
    pub fn active(&self) -> bool {
        matches!(self, Phase::Hashing(_) | Phase::Sending(_) | Phase::Waiting { .. })
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    Start(Box<Take>),
    Cancel(TakeId),
    /// An upload of an earlier run goes on, or was done.
    Known {
        take: TakeId,
        phase: Phase,
    },
    Hashing {
        take: TakeId,
        done: u64,
        total: u64,
    },
    Sending {
        take: TakeId,
        progress: Progress,
    },
    Retrying {
        take: TakeId,
        attempt: u32,
        secs: f64,
        reason: String,
    },
    Ended {
        take: TakeId,
        result: Result<(Option<String>, String), Problem>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Start {
        take: Box<Take>,
    },
    Cancel {
        take: TakeId,
    },
    /// Go on with what an earlier run left unfinished.
    Resume,
}

impl State {
    pub fn update(&mut self, message: Message, now: Moment) -> Vec<Action> {
        match message {
            Message::Start(take) => {
                if self.uploads.get(&take.id).is_some_and(|upload| upload.phase.active()) {
                    return Vec::new();
                }
                let progress = Progress { total_bytes: take.bytes, ..Progress::default() };
                self.put(&take.id, Phase::Hashing(progress));
                vec![do_(Effect::Start { take })]
            }
            Message::Cancel(take) => match self.uploads.get(&take) {
                Some(upload) if upload.phase.active() => vec![do_(Effect::Cancel { take })],
                _ => Vec::new(),
            },
            Message::Known { take, phase } => {
                self.put(&take, phase);
                Vec::new()
            }
            Message::Hashing { take, done, total } => {
                self.put(&take, Phase::Hashing(Progress { sent_bytes: done, total_bytes: total, bytes_per_sec: 0.0 }));
                Vec::new()
            }
            Message::Sending { take, progress } => {
                self.put(&take, Phase::Sending(progress));
                Vec::new()
            }
            Message::Retrying { take, attempt, secs, reason } => {
                let progress = self.progress(&take);
                self.put(&take, Phase::Waiting { progress, attempt, secs, since: now, reason });
                Vec::new()
            }
            Message::Ended { take, result } => self.ended(&take, result),
        }
    }

    fn ended(&mut self, take: &TakeId, result: Result<(Option<String>, String), Problem>) -> Vec<Action> {
        match result {
            Ok((recording, sha256)) => {
                self.put(take, Phase::Uploaded { recording, sha256 });
                vec![Action::say("Uploaded. What arrived is the same to the byte (SHA-256 agrees).")]
            }
            Err(problem) if problem.kind == crate::core::problem::Kind::Cancelled => {
                self.put(take, Phase::Cancelled);
                vec![Action::say("Upload cancelled. It goes on where it stopped when you upload again.")]
            }
            Err(problem) => {
                self.put(take, Phase::Failed(problem.clone()));
                vec![Action::show(&problem)]
            }
        }
    }

    fn progress(&self, take: &TakeId) -> Progress {
        match self.uploads.get(take).map(|upload| &upload.phase) {
            Some(Phase::Sending(p) | Phase::Hashing(p) | Phase::Waiting { progress: p, .. }) => *p,
            _ => Progress::default(),
        }
    }

    fn put(&mut self, take: &TakeId, phase: Phase) {
        self.uploads.insert(take.clone(), Upload { phase });
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Upload(effect))
}
