//! Assets that another page shows by their ids, such as what a job has made. Read once, a few hundred at most; what the library hears
//! of them is read anew.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::core::asset::{Asset, AssetId};

/// So many are kept; then all are let go of and those on the screen are asked for again.
const MOST: usize = 600;

#[derive(Clone, Debug, Default)]
pub struct Known {
    /// `None` for one that is not in the library any more.
    assets: HashMap<AssetId, Option<Arc<Asset>>>,
    asked: HashSet<AssetId>,
}

impl Known {
    /// What this asset is, once it was read.
    pub fn get(&self, id: &AssetId) -> Option<&Arc<Asset>> {
        self.assets.get(id)?.as_ref()
    }

    /// Whether it is worth asking for.
    pub fn may_ask(&self, id: &AssetId) -> bool {
        !self.assets.contains_key(id) && !self.asked.contains(id)
    }

    /// Those of `ids` that have to be read.
    pub(super) fn want(&mut self, ids: Vec<AssetId>) -> Vec<AssetId> {
        if self.assets.len() >= MOST {
            self.assets.clear();
        }
        let missing: Vec<AssetId> = ids.into_iter().filter(|id| self.may_ask(id)).collect();
        self.asked.extend(missing.iter().cloned());
        missing
    }

    pub(super) fn read(&mut self, asked: Vec<AssetId>, found: Vec<Asset>) {
        let mut found: HashMap<AssetId, Asset> = found.into_iter().map(|asset| (asset.id.clone(), asset)).collect();
        for id in asked {
            self.asked.remove(&id);
            let asset = found.remove(&id).map(Arc::new);
            self.assets.insert(id, asset);
        }
    }

    /// Something in the library is another one now.
    pub(super) fn forget(&mut self) {
        self.assets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::asset::tests::asset;

    #[test]
    fn each_is_read_once_and_what_is_gone_is_not_asked_for_again() {
        let id = |name: &str| AssetId(name.into());
        let mut known = Known::default();
        assert_eq!(known.want(vec![id("a"), id("b")]).len(), 2);
        assert!(known.want(vec![id("a")]).is_empty(), "it is on its way");
        known.read(vec![id("a"), id("b")], vec![asset("a")]);
        assert!(known.get(&id("a")).is_some() && known.get(&id("b")).is_none());
        assert!(known.want(vec![id("a"), id("b")]).is_empty());
        known.forget();
        assert_eq!(known.want(vec![id("b")]).len(), 1);
    }
}
