//! Pictures and waveforms of assets that somebody looks at. What a page draws and does not find in `Feeds::glances` it asks for;
//! asking again while it is made, or after it could not be made, costs nothing.

use std::collections::{HashMap, HashSet};

use crate::core::asset::{Asset, AssetId, Status};
use crate::core::glance::Glance;
use crate::core::problem::Problem;

use super::Action;

/// So many failures are remembered; then all are forgotten and may be tried again.
const MAX_FAILED: usize = 4096;

#[derive(Clone, Debug, Default)]
pub struct State {
    making: HashSet<(AssetId, Glance)>,
    failed: HashMap<(AssetId, Glance), Problem>,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// It is on the screen and not in the feeds.
    Want { asset: Box<Asset>, glance: Glance },
    /// It is in the feeds now, or could not be made.
    Made { asset: AssetId, glance: Glance, result: Result<(), Problem> },
    /// So much was asked for since that this one was left out; who still looks at it asks again.
    LeftOut { asset: AssetId, glance: Glance },
    /// Its file is another one now.
    Changed(AssetId),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Make { asset: Box<Asset>, glance: Glance },
    Forget(AssetId),
}

impl State {
    /// Whether it is worth asking: nobody makes it yet, and it has not failed.
    pub fn may_ask(&self, asset: &AssetId, glance: Glance) -> bool {
        let key = (asset.clone(), glance);
        !self.making.contains(&key) && !self.failed.contains_key(&key)
    }

    /// Why there is none.
    pub fn problem(&self, asset: &AssetId, glance: Glance) -> Option<&Problem> {
        self.failed.get(&(asset.clone(), glance))
    }

    pub fn update(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::Want { asset, glance } => {
                // What is still written has nothing to show, and is not to be blamed for it later.
                if asset.status == Status::Importing || !self.may_ask(&asset.id, glance) {
                    return Vec::new();
                }
                self.making.insert((asset.id.clone(), glance));
                vec![do_(Effect::Make { asset, glance })]
            }
            Message::Made { asset, glance, result } => {
                let key = (asset, glance);
                self.making.remove(&key);
                if self.failed.len() >= MAX_FAILED {
                    self.failed.clear();
                }
                match result {
                    Ok(()) => drop(self.failed.remove(&key)),
                    Err(problem) => drop(self.failed.insert(key, problem)),
                }
                Vec::new()
            }
            Message::LeftOut { asset, glance } => {
                self.making.remove(&(asset, glance));
                Vec::new()
            }
            Message::Changed(asset) => {
                self.failed.retain(|(of, _), _| *of != asset);
                vec![do_(Effect::Forget(asset))]
            }
        }
    }
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Glance(effect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::asset::tests::asset;

    fn want(state: &mut State, glance: Glance) -> usize {
        state.update(Message::Want { asset: Box::new(asset("a")), glance }).len()
    }

    #[test]
    fn it_is_asked_for_once_and_again_when_it_left_the_cache() {
        let mut state = State::default();
        assert_eq!(
            (want(&mut state, Glance::Thumb), want(&mut state, Glance::Thumb), want(&mut state, Glance::Wave)),
            (1, 0, 1)
        );
        let id = AssetId("a".into());
        state.update(Message::Made { asset: id.clone(), glance: Glance::Thumb, result: Ok(()) });
        assert_eq!((want(&mut state, Glance::Thumb), want(&mut state, Glance::Wave)), (1, 0));
        state.update(Message::LeftOut { asset: id, glance: Glance::Wave });
        assert_eq!(want(&mut state, Glance::Wave), 1);
    }

    #[test]
    fn a_take_that_is_still_recorded_is_asked_for_when_it_has_ended() {
        let mut state = State::default();
        let rolling = Asset { status: Status::Importing, ..asset("a") };
        assert!(state.update(Message::Want { asset: Box::new(rolling), glance: Glance::Thumb }).is_empty());
        assert_eq!(want(&mut state, Glance::Thumb), 1);
    }

    #[test]
    fn what_failed_is_not_tried_again_until_the_file_is_another() {
        let mut state = State::default();
        want(&mut state, Glance::Thumb);
        let (id, why) = (AssetId("a".into()), Problem::usage("It is broken.", ""));
        state.update(Message::Made { asset: id.clone(), glance: Glance::Thumb, result: Err(why.clone()) });
        assert_eq!((want(&mut state, Glance::Thumb), state.problem(&id, Glance::Thumb)), (0, Some(&why)));
        assert_eq!(state.update(Message::Changed(id.clone())).len(), 1);
        assert_eq!((want(&mut state, Glance::Thumb), state.problem(&id, Glance::Thumb)), (1, None));
    }
}
