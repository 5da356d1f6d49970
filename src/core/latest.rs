//! A slot that keeps only the newest value: the way frames reach the screen. The writer never waits for a reader and a slow
//! reader never makes a queue; what it missed is gone, which is right for pictures and wrong for recording. `Shelf` is the
//! same for many named things, `Feeds` the slots that lead to the screen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::frame::{Frame, Still};
use super::glance::Glances;
use super::loudness::Heard;

/// Newest-value slot, shared by cloning the handle.
pub struct Latest<T> {
    slot: Arc<Mutex<Slot<T>>>,
    /// Called after each change, on the writer's thread.
    wake: Option<Arc<dyn Fn() + Send + Sync>>,
}

#[derive(Debug)]
struct Slot<T> {
    value: Option<Arc<T>>,
    version: u64,
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Latest { slot: Arc::clone(&self.slot), wake: self.wake.clone() }
    }
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Latest { slot: Arc::new(Mutex::new(Slot { value: None, version: 0 })), wake: None }
    }
}

impl<T> Latest<T> {
    /// Replaces the value; the lock is held for the swap only.
    pub fn publish(&self, value: T) {
        self.publish_shared(Arc::new(value));
    }

    /// A slot that wakes its reader: `wake` is called after each change, on the writer's thread, and must not block.
    pub fn waking(wake: impl Fn() + Send + Sync + 'static) -> Latest<T> {
        Latest { wake: Some(Arc::new(wake)), ..Latest::default() }
    }

    /// Replaces the value by one that others hold too.
    pub fn publish_shared(&self, value: Arc<T>) {
        self.put(Some(value));
    }

    /// Empties the slot, as when a camera closes.
    pub fn clear(&self) {
        self.put(None);
    }

    /// The newest value, if any.
    pub fn get(&self) -> Option<Arc<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).value.clone()
    }

    /// The newest value and its version; the version grows by one with each publish or clear, so a reader can tell
    /// whether it has drawn this one already.
    pub fn versioned(&self) -> (Option<Arc<T>>, u64) {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        (slot.value.clone(), slot.version)
    }

    fn put(&self, value: Option<Arc<T>>) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.version += 1;
        slot.value = value;
        drop(slot);
        if let Some(wake) = &self.wake {
            wake();
        }
    }
}

impl<T> std::fmt::Debug for Latest<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Latest(version {})", self.versioned().1)
    }
}

/// Named values, each replaced as a whole: the pictures of the scenes, by their path in the project.
#[derive(Debug)]
pub struct Shelf<T> {
    named: Arc<Mutex<HashMap<String, Arc<T>>>>,
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Shelf { named: Arc::clone(&self.named) }
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf { named: Arc::default() }
    }
}

impl<T> Shelf<T> {
    pub fn put(&self, name: impl Into<String>, value: T) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), Arc::new(value));
    }

    pub fn get(&self, name: &str) -> Option<Arc<T>> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps only what `keep` names.
    pub fn retain(&self, keep: impl Fn(&str) -> bool) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).retain(|name, _| keep(name));
    }
}

impl Feeds {
    /// Slots that wake the window when there is a new picture.
    pub fn waking(wake: impl Fn() + Clone + Send + Sync + 'static) -> Feeds {
        Feeds {
            camera: Latest::waking(wake.clone()),
            player: Latest::waking(wake.clone()),
            screen: Latest::waking(wake),
            ..Feeds::default()
        }
    }
}

/// What reaches the screen beside the model: pictures and levels, newest first and only.
#[derive(Clone, Debug, Default)]
pub struct Feeds {
    pub camera: Latest<Frame>,
    /// The player's picture; its stamp is its time in the take.
    pub player: Latest<Frame>,
    /// What the microphone gives.
    pub levels: Latest<Heard>,
    /// The screen's picture beside the player's; its stamp is its time in the take.
    pub screen: Latest<Frame>,
    /// Scene pictures by their path relative to the project, at most 1920 pixels wide.
    pub pictures: Shelf<Still>,
    /// What is shown of the library's assets, by their ids.
    pub glances: Glances,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_wins_and_versions_grow() {
        let slot = Latest::default();
        assert_eq!(slot.versioned(), (None, 0));
        slot.publish(1);
        slot.publish(2);
        assert_eq!(slot.versioned(), (Some(Arc::new(2)), 2));
        let reader = slot.clone();
        slot.clear();
        assert_eq!(reader.get(), None);
    }
}
