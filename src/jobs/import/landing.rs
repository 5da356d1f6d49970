//! Files that are copied and wait to be listed: a group at a time, because each syncing of the disk takes as long as many copies.

use crate::blobs::media;
use crate::blobs::media::group::{self, Arrival};
use crate::blobs::walk::Seen;
use crate::clock;
use crate::core::asset::Asset;
use crate::core::import::Became;
use crate::core::problem::Problem;
use crate::core::time::Moment;

use super::super::house::House;
use super::tally::Tally;

/// So many are listed at once, or fewer of so many bytes, or what came in so much time.
const MOST: usize = 32;
const MOST_BYTES: u64 = 64 << 20;
const MOST_SECS: f64 = 0.5;

#[derive(Debug, Default)]
pub(super) struct Landing {
    waiting: Vec<Waiting>,
    /// Since when the first of them waits.
    since: Option<Moment>,
}

/// A file that is whole under a temporary name, or is linked.
#[derive(Debug)]
pub(super) struct Waiting {
    pub seen: Seen,
    /// It is the file of an asset that had lost its own.
    pub found: bool,
    pub arrival: Arrival,
}

impl Landing {
    pub fn push(&mut self, waiting: Waiting) {
        self.since.get_or_insert_with(clock::now);
        self.waiting.push(waiting);
    }

    /// The asset among those that wait that has these bytes.
    pub fn waiting_as(&self, sha256: &str) -> Option<Became> {
        let assets = self.waiting.iter().map(|waiting| &waiting.arrival.asset);
        assets.into_iter().find(|asset| asset.sha256.as_deref() == Some(sha256)).map(|asset| Became::Known(asset.id.clone()))
    }

    pub fn is_due(&self) -> bool {
        let bytes: u64 = self.waiting.iter().map(|waiting| waiting.seen.bytes).sum();
        let long = self.since.is_some_and(|since| clock::now().secs_from(since) > MOST_SECS);
        self.waiting.len() >= MOST || bytes >= MOST_BYTES || long
    }

    /// Lists all that wait, or none of them.
    pub fn land(&mut self, house: &House, tally: &Tally) -> Result<(), Problem> {
        self.since = None;
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (mut arrivals, told): (Vec<Arrival>, Vec<(Seen, bool)>) =
            self.waiting.drain(..).map(|waiting| (waiting.arrival, (waiting.seen, waiting.found))).unzip();
        group::publish(&house.folder, &mut arrivals)?;
        let assets: Vec<Asset> = arrivals.into_iter().map(|arrival| arrival.asset).collect();
        if let Err(error) = house.db.save_assets(&assets) {
            assets.iter().for_each(|asset| media::withdraw(&house.folder, asset));
            return Err(error.into());
        }
        for (asset, (seen, found)) in assets.into_iter().zip(told) {
            tally.became(&seen, if found { Became::Known(asset.id) } else { Became::Added(asset.id) });
        }
        Ok(())
    }
}
