//! Review: the takes of the project, and the one that is open in the player.

pub mod captions;

use std::sync::Arc;

use crate::core::peaks::Peaks;
use crate::core::problem::Problem;
use crate::core::span::{self, Span};
use crate::core::take::{Take, TakeId};
use crate::core::time::Rate;

use super::Action;
use super::command::Command;

#[derive(Clone, Debug, Default)]
pub struct State {
    /// Takes of the project, newest first.
    pub takes: Vec<Take>,
    pub open: Option<Open>,
    /// Rejected stretches are played too, until the studio is closed.
    pub play_rejected: bool,
    /// The screen is shown, with the camera small, where a take has one; until the studio is closed.
    pub show_screen: bool,
    pub captions: captions::Shown,
    project: Option<String>,
    /// Take to open on entering the page, and whether to play at once.
    next: Option<(TakeId, bool)>,
    /// Takes this project lost to the bin, the last one last.
    binned: Vec<TakeId>,
    /// On its way back from the bin; opened once it is listed.
    returning: Option<TakeId>,
}

/// The take in the player.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    pub take: TakeId,
    pub player: Player,
    pub peaks: Wave,
    /// Places the operator marked, by time.
    pub marks: Vec<Mark>,
    pub captions: captions::Found,
}

/// A place that was marked while the take ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Nanoseconds since the take's first frame.
    pub at: u64,
    pub label: String,
}

/// What the player is doing. Where it is, the frame on the screen says by its stamp.
#[derive(Clone, Debug, PartialEq)]
pub enum Player {
    Opening,
    Ready {
        /// Nanoseconds.
        duration: u64,
        rate: Rate,
        playing: bool,
        /// 1.0 is real time.
        speed: f64,
        ended: bool,
    },
    Failed(Problem),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Wave {
    Working,
    Ready(Arc<Peaks>),
    /// No sound in the file, or unreadable.
    None,
}

/// The speeds the player steps through.
pub const SPEEDS: [f64; 6] = [0.5, 0.75, 1.0, 1.25, 1.5, 2.0];

#[derive(Clone, Debug)]
pub enum Message {
    ProjectOpened(String),
    Listed(Result<Vec<Take>, Problem>),
    TakeFinished(Box<Take>),
    Enter,
    Leave,
    OpenTake(TakeId),
    /// Goes to the page with this take open.
    Show(TakeId),
    Opened {
        take: TakeId,
        result: Result<(u64, Rate), Problem>,
    },
    PeaksReady {
        take: TakeId,
        peaks: Option<Arc<Peaks>>,
    },
    /// The marks of the take's journal.
    MarksRead {
        take: TakeId,
        marks: Vec<Mark>,
    },
    Ended {
        take: TakeId,
    },
    PlayerFailed {
        take: TakeId,
        problem: Problem,
    },
    TogglePlay,
    /// To a place in nanoseconds; `exact` false while the bar is dragged.
    Seek {
        nanos: u64,
        exact: bool,
    },
    /// Seconds on (or back) from where it is.
    Skip(f64),
    /// Frames on (or back).
    Step(i32),
    Speed(f64),
    /// To the next (or previous) scene or mark.
    SkipScene(i32),
    /// Play past what was rejected, or play it too.
    ToggleSkip,
    /// Show the screen instead of the camera, or the camera again.
    ToggleScreen,
    /// Keep a stretch that was read again (nanoseconds) after all, or reject it again.
    Judge {
        take: TakeId,
        start: u64,
        end: u64,
        kept: bool,
    },
    /// The take's spans as its folder has them now.
    Judged {
        take: TakeId,
        result: Result<Vec<Span>, Problem>,
    },
    Delete(TakeId),
    Deleted {
        take: TakeId,
        result: Result<(), Problem>,
    },
    Restore(TakeId),
    /// Brings back what was binned last.
    PutBack,
    /// It is in the bin; whoever sent it there says so.
    Gone(TakeId),
    /// The project's takes have changed.
    Relist,
    Reveal(TakeId),
    Captions(captions::Message),
    Failed(Problem),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    List {
        project: String,
    },
    Open {
        take: TakeId,
        media: String,
        play: bool,
    },
    Close,
    Play,
    Pause,
    Seek {
        nanos: u64,
        exact: bool,
    },
    Skip {
        secs: f64,
    },
    Step(i32),
    Speed(f64),
    /// What is heard is freed of noise, or is as it was recorded.
    Denoise(bool),
    /// To the first mark after (or last mark before) where it is.
    SkipToMark {
        marks: Vec<u64>,
        forward: bool,
    },
    Judge {
        take: Box<Take>,
        start: u64,
        end: u64,
        kept: bool,
    },
    /// Show a second file at the player's places; its first picture is `offset` nanoseconds after the take's.
    ShowScreen {
        media: String,
        offset: i64,
    },
    HideScreen,
    Bin {
        take: Box<Take>,
    },
    Restore {
        take: TakeId,
        project: String,
    },
    Reveal {
        folder: String,
    },
    Captions(captions::Effect),
}

impl State {
    /// The open take's row.
    pub fn open_take(&self) -> Option<&Take> {
        let open = self.open.as_ref()?;
        self.takes.iter().find(|take| take.id == open.take)
    }

    /// Where to go on from a place (nanoseconds) of the take that plays: past a rejected stretch, unless those are played too.
    pub fn skip_from(&self, at: u64) -> Option<u64> {
        let playing = matches!(self.open, Some(Open { player: Player::Ready { playing: true, .. }, .. }));
        if !playing || self.play_rejected {
            return None;
        }
        span::past_rejected(&self.open_take()?.spans, at)
    }

    /// True while the open take's screen is shown instead of its camera.
    pub fn screen_shown(&self) -> bool {
        self.show_screen && self.open_take().is_some_and(|take| take.screen.is_some())
    }

    pub fn update(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::ProjectOpened(project) => {
                self.project = Some(project.clone());
                self.takes.clear();
                (self.open, self.next, self.returning) = (None, None, None);
                self.binned.clear();
                vec![do_(Effect::Close), do_(Effect::List { project })]
            }
            Message::Listed(Ok(takes)) => {
                self.takes = takes;
                self.returning.take().map_or_else(Vec::new, |take| self.open_in_player(take, false))
            }
            Message::Listed(Err(problem)) | Message::Failed(problem) => vec![Action::show(&problem)],
            Message::TakeFinished(take) => {
                self.next = Some((take.id.clone(), true));
                self.takes.retain(|known| known.id != take.id);
                self.takes.insert(0, *take);
                Vec::new()
            }
            Message::Enter => self.enter(),
            Message::Leave => {
                self.next = self.open.take().map(|open| (open.take, false));
                vec![do_(Effect::Close)]
            }
            Message::OpenTake(take) => self.open_in_player(take, false),
            Message::Show(take) => {
                self.next = Some((take, false));
                vec![Action::Tell(super::Message::Go(super::Page::Review))]
            }
            Message::Gone(take) => self.gone(&take),
            Message::Relist => {
                let project = self.project.clone();
                project.map_or_else(Vec::new, |project| vec![do_(Effect::List { project })])
            }
            Message::Opened { take, result } => self.opened(&take, result),
            Message::PeaksReady { take, peaks } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.take == take) {
                    open.peaks = peaks.map_or(Wave::None, Wave::Ready);
                }
                Vec::new()
            }
            Message::MarksRead { take, marks } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.take == take) {
                    open.marks = marks;
                }
                Vec::new()
            }
            Message::Ended { take } => {
                if let Some(Player::Ready { playing, ended, .. }) = self.player(&take) {
                    (*playing, *ended) = (false, true);
                }
                Vec::new()
            }
            Message::PlayerFailed { take, problem } => {
                if let Some(player) = self.player(&take) {
                    *player = Player::Failed(problem.clone());
                }
                vec![Action::show(&problem)]
            }
            Message::ToggleScreen => self.toggle_screen(),
            Message::ToggleSkip => {
                self.play_rejected = !self.play_rejected;
                Vec::new()
            }
            Message::Judge { take, start, end, kept } => {
                let row = self.takes.iter().find(|known| known.id == take);
                row.map_or_else(Vec::new, |row| vec![do_(Effect::Judge { take: Box::new(row.clone()), start, end, kept })])
            }
            Message::Judged { take, result: Ok(spans) } => {
                if let Some(row) = self.takes.iter_mut().find(|known| known.id == take) {
                    row.spans = spans;
                }
                Vec::new()
            }
            Message::Judged { result: Err(problem), .. } => vec![Action::show(&problem)],
            Message::Delete(take) => self.delete(&take),
            Message::Deleted { take, result } => self.deleted(&take, result),
            Message::Restore(take) => self.restore(take),
            Message::PutBack => match self.binned.pop() {
                Some(take) => {
                    self.returning = Some(take.clone());
                    let mut actions = self.restore(take);
                    let done = super::notice::Message::Withdraw(Command::PutBack);
                    actions.push(Action::Tell(super::Message::Notice(done)));
                    actions
                }
                None => Vec::new(),
            },
            Message::Reveal(take) => match self.takes.iter().find(|known| known.id == take) {
                Some(take) => vec![do_(Effect::Reveal { folder: take.folder.clone() })],
                None => Vec::new(),
            },
            transport => self.transport(transport),
        }
    }

    /// Orders for the player that is open; without one they do nothing.
    fn transport(&mut self, message: Message) -> Vec<Action> {
        let marks = self.places();
        let Some(Open { player: Player::Ready { duration, playing, speed, ended, .. }, .. }) = &mut self.open else {
            return Vec::new();
        };
        let effect = match message {
            Message::TogglePlay if *playing => {
                *playing = false;
                Effect::Pause
            }
            Message::TogglePlay => {
                *playing = true;
                if std::mem::take(ended) {
                    return vec![do_(Effect::Seek { nanos: 0, exact: true }), do_(Effect::Play)];
                }
                Effect::Play
            }
            Message::Seek { nanos, exact } => {
                *ended = false;
                Effect::Seek { nanos: nanos.min(*duration), exact }
            }
            Message::Skip(secs) => {
                *ended = false;
                Effect::Skip { secs }
            }
            Message::Step(frames) => {
                (*playing, *ended) = (false, false);
                Effect::Step(frames)
            }
            Message::Speed(wanted) => {
                *speed = wanted.clamp(SPEEDS[0], SPEEDS[SPEEDS.len() - 1]);
                Effect::Speed(*speed)
            }
            Message::SkipScene(scenes) => {
                *ended = false;
                Effect::SkipToMark { marks, forward: scenes > 0 }
            }
            _ => return Vec::new(),
        };
        vec![do_(effect)]
    }

    /// Where scenes begin and marks were set, by time.
    fn places(&self) -> Vec<u64> {
        let scenes = self.open_take().into_iter().flat_map(|take| take.scenes.iter().map(|scene| scene.start));
        let marks = self.open.iter().flat_map(|open| open.marks.iter().map(|mark| mark.at));
        let mut places: Vec<u64> = scenes.chain(marks).collect();
        places.sort_unstable();
        places
    }

    fn restore(&self, take: TakeId) -> Vec<Action> {
        match &self.project {
            Some(project) => vec![do_(Effect::Restore { take, project: project.clone() })],
            None => Vec::new(),
        }
    }

    fn enter(&mut self) -> Vec<Action> {
        let next = self.next.take().filter(|(take, _)| self.takes.iter().any(|known| known.id == *take));
        let newest = self.takes.first().map(|take| (take.id.clone(), false));
        match next.or(newest) {
            Some((take, play)) => self.open_in_player(take, play),
            None => Vec::new(),
        }
    }

    fn open_in_player(&mut self, take: TakeId, play: bool) -> Vec<Action> {
        let Some(row) = self.takes.iter().find(|known| known.id == take) else { return Vec::new() };
        let effect = Effect::Open { take: take.clone(), media: row.media.clone(), play };
        let captions = captions::Found::default();
        self.open = Some(Open { take, player: Player::Opening, peaks: Wave::Working, marks: Vec::new(), captions });
        self.next = play.then(|| (row.id.clone(), true));
        vec![do_(effect)]
    }

    fn opened(&mut self, take: &TakeId, result: Result<(u64, Rate), Problem>) -> Vec<Action> {
        let play = self.next.take_if(|(next, _)| next == take).is_some_and(|(_, play)| play);
        let Some(player) = self.player(take) else { return Vec::new() };
        match result {
            Ok((duration, rate)) => {
                *player = Player::Ready { duration, rate, playing: play, speed: 1.0, ended: false };
                let mut actions = if self.screen_shown() { self.bring_screen() } else { Vec::new() };
                if self.captions.on {
                    actions.extend(self.read_captions());
                }
                actions
            }
            Err(problem) => {
                *player = Player::Failed(problem.clone());
                vec![Action::show(&problem)]
            }
        }
    }

    fn toggle_screen(&mut self) -> Vec<Action> {
        if self.open_take().is_none_or(|take| take.screen.is_none()) {
            return Vec::new();
        }
        self.show_screen = !self.show_screen;
        if self.show_screen { self.bring_screen() } else { vec![do_(Effect::HideScreen)] }
    }

    /// The screen's file beside the player that is ready.
    fn bring_screen(&self) -> Vec<Action> {
        let ready = matches!(self.open, Some(Open { player: Player::Ready { .. }, .. }));
        let take = self.open_take().filter(|_| ready);
        let found = take.and_then(|take| take.screen_media().zip(take.screen.as_ref()));
        found.map_or_else(Vec::new, |(media, track)| vec![do_(Effect::ShowScreen { media, offset: track.offset })])
    }

    fn delete(&mut self, take: &TakeId) -> Vec<Action> {
        let Some(row) = self.takes.iter().find(|known| known.id == *take) else { return Vec::new() };
        let bin = do_(Effect::Bin { take: Box::new(row.clone()) });
        if self.open.as_ref().is_some_and(|open| open.take == *take) {
            self.open = None;
            return vec![do_(Effect::Close), bin];
        }
        vec![bin]
    }

    fn deleted(&mut self, take: &TakeId, result: Result<(), Problem>) -> Vec<Action> {
        if let Err(problem) = result {
            return vec![Action::show(&problem)];
        }
        let number = self.takes.iter().find(|known| known.id == *take).map_or(0, |take| take.number);
        self.takes.retain(|known| known.id != *take);
        self.binned.push(take.clone());
        // One offer at a time, because the key brings back the last one only.
        let withdraw = super::notice::Message::Withdraw(Command::PutBack);
        let mut actions = vec![
            Action::Tell(super::Message::Notice(withdraw)),
            Action::offer(format!("Take {number} is in the bin for 30 days."), Command::PutBack),
            Action::Tell(super::Message::Upload(super::upload::Message::Forget(take.clone()))),
        ];
        if self.open.is_none() {
            actions.extend(self.enter());
        }
        actions
    }

    /// Takes it off the list; where it was open, the newest one is opened.
    fn gone(&mut self, take: &TakeId) -> Vec<Action> {
        self.takes.retain(|known| known.id != *take);
        if self.open.as_ref().is_none_or(|open| open.take != *take) {
            return Vec::new();
        }
        self.open = None;
        let mut actions = vec![do_(Effect::Close)];
        actions.extend(self.enter());
        actions
    }

    fn player(&mut self, take: &TakeId) -> Option<&mut Player> {
        self.open.as_mut().filter(|open| open.take == *take).map(|open| &mut open.player)
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Review(effect))
}
