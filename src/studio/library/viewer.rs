//! The viewer: one asset, large, over the list. Videos and sound play in the studio's one player, pictures are shown whole.

use std::sync::Arc;

use crate::core::asset::{Asset, AssetId, Status};
use crate::core::library::Seq;
use crate::core::peaks::Peaks;
use crate::core::problem::Problem;
use crate::core::take::TakeId;
use crate::core::time::Rate;

use super::super::review::{self, Player};
use super::{Action, is_picture};

/// No place of the list.
const NOT_LISTED: Seq = -1;

/// The asset that is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewer {
    pub seq: Seq,
    pub asset: Arc<Asset>,
    pub shows: Shows,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shows {
    /// A picture; it is on the way until it is in the feed under the asset's id.
    Picture,
    /// Sound and moving pictures. `peaks` once they were read.
    Film {
        player: Player,
        peaks: Option<Arc<Peaks>>,
    },
    Failed(Problem),
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Look at the one that is chosen, or go over to it.
    Open,
    /// Look at this one, wherever the list is.
    Show(Arc<Asset>),
    Close,
    /// Open it; what plays already is paused or goes on, a picture is left again.
    LookOrPlay,
    /// The picture could not be shown.
    PictureFailed {
        asset: AssetId,
        problem: Problem,
    },
    /// What the player says of this asset.
    Player(review::Message),
    /// To a place in nanoseconds; `exact` false while the bar is dragged.
    Seek {
        nanos: u64,
        exact: bool,
    },
    /// Play or pause.
    TogglePlay,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Decode its picture for the whole window.
    Picture(Arc<Asset>),
    /// Open its file in the player.
    Film(Arc<Asset>),
}

impl Viewer {
    /// The player's name for what it plays.
    pub fn take(&self) -> TakeId {
        TakeId(self.asset.id.0.clone())
    }

    /// True when these words of the player are about this asset.
    pub fn heard(&self, message: &review::Message) -> bool {
        use review::Message as R;
        let (R::Opened { take, .. }
        | R::PeaksReady { take, .. }
        | R::MarksRead { take, .. }
        | R::Ended { take }
        | R::PlayerFailed { take, .. }) = message
        else {
            return false;
        };
        *take == self.take()
    }
}

/// `inspected` is the one asset that is chosen.
pub(super) fn update(viewer: &mut Option<Viewer>, message: Message, inspected: Option<(Seq, Arc<Asset>)>) -> Vec<Action> {
    match message {
        Message::LookOrPlay if matches!(viewer, Some(Viewer { shows: Shows::Film { .. }, .. })) => toggle_play(viewer),
        Message::LookOrPlay if viewer.is_some() => close(viewer),
        Message::Open | Message::LookOrPlay => match inspected {
            Some((seq, asset)) => open(viewer, seq, asset),
            None => Vec::new(),
        },
        Message::Show(asset) => open(viewer, NOT_LISTED, asset),
        Message::Close => close(viewer),
        Message::PictureFailed { asset, problem } => {
            if let Some(viewer) = viewer.as_mut().filter(|viewer| viewer.asset.id == asset) {
                viewer.shows = Shows::Failed(problem);
            }
            Vec::new()
        }
        Message::Player(message) => {
            if let Some(viewer) = viewer {
                heard(&mut viewer.shows, message);
            }
            Vec::new()
        }
        Message::TogglePlay => toggle_play(viewer),
        Message::Seek { nanos, exact } => seek(viewer, nanos, exact),
    }
}

fn open(viewer: &mut Option<Viewer>, seq: Seq, asset: Arc<Asset>) -> Vec<Action> {
    let mut actions = close(viewer);
    let (shows, effect) = match (&asset.status, asset.kind) {
        (Status::Ready, kind) if is_picture(kind) => (Shows::Picture, Some(Effect::Picture(Arc::clone(&asset)))),
        (Status::Ready, _) => (Shows::Film { player: Player::Opening, peaks: None }, Some(Effect::Film(Arc::clone(&asset)))),
        _ => (Shows::Failed(unusable(&asset)), None),
    };
    *viewer = Some(Viewer { seq, asset, shows });
    actions.extend(effect.map(|effect| super::do_(super::Effect::Viewer(effect))));
    actions
}

/// The player lets go of the file.
fn close(viewer: &mut Option<Viewer>) -> Vec<Action> {
    match viewer.take() {
        Some(Viewer { shows: Shows::Film { .. }, .. }) => vec![player(review::Effect::Close)],
        _ => Vec::new(),
    }
}

fn heard(shows: &mut Shows, message: review::Message) {
    let Shows::Film { player, peaks } = shows else { return };
    match message {
        review::Message::Opened { result: Ok((duration, rate)), .. } => *player = ready(duration, rate),
        review::Message::Opened { result: Err(problem), .. } | review::Message::PlayerFailed { problem, .. } => {
            *shows = Shows::Failed(problem);
        }
        review::Message::PeaksReady { peaks: read, .. } => *peaks = read,
        review::Message::Ended { .. } => {
            if let Player::Ready { playing, ended, .. } = player {
                (*playing, *ended) = (false, true);
            }
        }
        _ => {}
    }
}

fn ready(duration: u64, rate: Rate) -> Player {
    Player::Ready { duration, rate, playing: true, speed: 1.0, ended: false }
}

fn toggle_play(viewer: &mut Option<Viewer>) -> Vec<Action> {
    let Some(Shows::Film { player: Player::Ready { playing, ended, .. }, .. }) =
        viewer.as_mut().map(|viewer| &mut viewer.shows)
    else {
        return Vec::new();
    };
    *playing = !*playing;
    match (*playing, std::mem::take(ended)) {
        (true, true) => vec![player(review::Effect::Seek { nanos: 0, exact: true }), player(review::Effect::Play)],
        (true, false) => vec![player(review::Effect::Play)],
        (false, _) => vec![player(review::Effect::Pause)],
    }
}

fn seek(viewer: &mut Option<Viewer>, nanos: u64, exact: bool) -> Vec<Action> {
    let Some(Shows::Film { player: Player::Ready { duration, ended, .. }, .. }) =
        viewer.as_mut().map(|viewer| &mut viewer.shows)
    else {
        return Vec::new();
    };
    *ended = false;
    vec![player(review::Effect::Seek { nanos: nanos.min(*duration), exact })]
}

/// Why an asset that is not ready can't be shown.
fn unusable(asset: &Asset) -> Problem {
    match asset.status {
        Status::Importing => Problem::usage("It is still being brought in.", "Wait until it is here."),
        Status::Missing => Problem::missing(
            format!("Its file is not where it was: {}.", asset.path),
            "Put the file back there, or connect the disk it is on.",
        ),
        Status::Ready | Status::Failed => {
            let why = asset.problem.clone().unwrap_or_else(|| "Its file can't be used.".to_owned());
            Problem::failed(why, "Import the file again, or move this to the bin.")
        }
    }
}

fn player(effect: review::Effect) -> Action {
    Action::Do(super::super::Effect::Review(effect))
}
