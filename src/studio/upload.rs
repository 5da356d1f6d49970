//! Uploads: one a take, to the studio's server or to the storage. With the setting, a take is sent while it is recorded: what the recorder tells of
//! it goes on to the upload, which sends what is safe and no more.

use std::collections::HashMap;

use crate::core::health::Health;
use crate::core::problem::Problem;
use crate::core::settings::Settings;
use crate::core::storage::{Parcel, Storage};
use crate::core::take::{Take, TakeId};
use crate::core::time::Moment;
use crate::core::upload::{Arrived, Goal, Progress};

use super::command::Command;
use super::{Action, record};

/// This many bytes that wait for their sync mean that the disk has its hands full.
const BUSY_BYTES: u64 = 8 << 20;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub uploads: HashMap<TakeId, Upload>,
    /// Where takes go now; `None` before the hands have said so.
    pub goal: Option<Goal>,
    /// The take that is being recorded and sent, and how it did when it was last heard of.
    growing: Option<(TakeId, Health)>,
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
    /// Everything arrived; it is read back and compared.
    Comparing(Progress),
    /// The connection broke; tried again in this many seconds from `since`.
    Waiting {
        progress: Progress,
        attempt: u32,
        secs: f64,
        since: Moment,
        reason: String,
    },
    Uploaded(Arrived),
    Cancelled,
    Failed(Problem),
}

impl Phase {
    /// True while bytes move or will.
    pub fn active(&self) -> bool {
        matches!(self, Phase::Hashing(_) | Phase::Sending(_) | Phase::Comparing(_) | Phase::Waiting { .. })
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    Start(Box<Take>),
    /// To the storage, wherever takes go; told apart by its id like a take.
    Send(Box<Parcel>),
    Cancel(TakeId),
    /// A take has begun that is to be sent while it is recorded.
    Follow(TakeId),
    /// How that take is doing.
    Heard(Health),
    /// It has ended and is whole.
    Recorded(Box<Take>),
    /// No take came of what was being recorded.
    Lost,
    /// Takes go there.
    Goes(Goal),
    /// Takes go elsewhere from now on; what was sent says nothing of there.
    Redirected,
    /// The take is in the bin; what is not on the server yet need not come there.
    Forget(TakeId),
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
    Comparing {
        take: TakeId,
        done: u64,
        total: u64,
    },
    Retrying {
        take: TakeId,
        attempt: u32,
        secs: f64,
        reason: String,
    },
    Ended {
        take: TakeId,
        result: Result<Arrived, Problem>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say where takes go, with this storage in the settings.
    Where {
        storage: Box<Storage>,
    },
    Start {
        take: Box<Take>,
    },
    Send {
        parcel: Box<Parcel>,
    },
    Cancel {
        take: TakeId,
    },
    /// Send a take from its first byte on, as far as it is told to be safe.
    Follow {
        take: TakeId,
    },
    /// So many bytes of it are on the disk. `busy` when encoder or disk have enough to do.
    Synced {
        take: TakeId,
        bytes: u64,
        busy: bool,
    },
    /// It is whole now.
    Recorded {
        take: Box<Take>,
    },
    /// Stop, and let the server forget what it has, unless it has all.
    Drop {
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
            Message::Send(parcel) => {
                let id = TakeId(parcel.id.clone());
                if self.uploads.get(&id).is_some_and(|upload| upload.phase.active()) {
                    return Vec::new();
                }
                self.put(&id, Phase::Sending(Progress { total_bytes: parcel.bytes, ..Progress::default() }));
                vec![do_(Effect::Send { parcel })]
            }
            Message::Cancel(take) => match self.uploads.get(&take) {
                Some(upload) if upload.phase.active() => vec![do_(Effect::Cancel { take })],
                _ => Vec::new(),
            },
            Message::Follow(take) => {
                self.put(&take, Phase::Sending(Progress::default()));
                self.growing = Some((take.clone(), Health::default()));
                vec![do_(Effect::Follow { take })]
            }
            Message::Heard(health) => self.heard(health),
            Message::Recorded(take) => match self.growing.take_if(|(growing, _)| *growing == take.id) {
                Some(_) => vec![do_(Effect::Recorded { take })],
                None => Vec::new(),
            },
            Message::Lost => self.growing.take().map_or_else(Vec::new, |(take, _)| self.forget(take)),
            Message::Redirected => {
                self.uploads.retain(|_, upload| upload.phase.active());
                Vec::new()
            }
            Message::Goes(goal) => {
                self.goal = Some(goal);
                Vec::new()
            }
            Message::Forget(take) => self.forget(take),
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
            Message::Comparing { take, done, total } => {
                self.put(&take, Phase::Comparing(Progress { sent_bytes: done, total_bytes: total, bytes_per_sec: 0.0 }));
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

    /// A picture that was lost since, or a disk that lags, is a reason to wait.
    fn heard(&mut self, health: Health) -> Vec<Action> {
        let Some((take, before)) = &mut self.growing else { return Vec::new() };
        let busy = health.dropped > before.dropped || health.bytes.saturating_sub(health.synced_bytes) > BUSY_BYTES;
        *before = health;
        vec![do_(Effect::Synced { take: take.clone(), bytes: health.synced_bytes, busy })]
    }

    /// What the server has whole stays there, and is remembered.
    fn forget(&mut self, take: TakeId) -> Vec<Action> {
        if matches!(self.uploads.get(&take), Some(Upload { phase: Phase::Uploaded(_) })) {
            return Vec::new();
        }
        self.uploads.remove(&take);
        vec![do_(Effect::Drop { take })]
    }

    fn ended(&mut self, take: &TakeId, result: Result<Arrived, Problem>) -> Vec<Action> {
        match result {
            Ok(arrived) => {
                let said = match arrived.goal.is_here() {
                    true => Action::offer("Copied into this computer’s own server. Nobody else has it yet.", Command::Settings),
                    false => {
                        let place = arrived.goal.words();
                        Action::say(format!("Uploaded to {place}. What arrived is the same to the byte."))
                    }
                };
                self.put(take, Phase::Uploaded(arrived));
                vec![said]
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
            Some(Phase::Sending(p) | Phase::Hashing(p) | Phase::Comparing(p) | Phase::Waiting { progress: p, .. }) => *p,
            _ => Progress::default(),
        }
    }

    fn put(&mut self, take: &TakeId, phase: Phase) {
        self.uploads.insert(take.clone(), Upload { phase });
    }
}

/// Where takes go may be another place now.
pub fn ask_where(settings: &Settings) -> Action {
    do_(Effect::Where { storage: Box::new(settings.storage.clone()) })
}

/// What a recording's message means for its upload, when takes are sent while they are recorded (`wanted`).
pub fn of_recording(message: &record::Message, wanted: bool) -> Option<Message> {
    match message {
        record::Message::Rolling { take, .. } => wanted.then(|| Message::Follow(take.clone())),
        record::Message::Health(health) => Some(Message::Heard(*health)),
        record::Message::Finished(Ok(take)) => Some(Message::Recorded(take.clone())),
        record::Message::Finished(Err(_)) | record::Message::Refused(_) => Some(Message::Lost),
        _ => None,
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Upload(effect))
}

#[cfg(test)]
#[path = "upload/tests.rs"]
mod tests;
