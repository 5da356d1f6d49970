//! Named values in memory, bounded by their bytes: what was not looked at for the longest time goes first. Shared by cloning the
//! handle, as a `Shelf` is; unlike there, a value may be gone when it is asked for again, and is then made once more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::frame::Still;
use super::peaks::Peaks;

/// When the limit is passed this part of it is kept, in eighths, so that not every new value makes another leave.
const KEEP_EIGHTHS: usize = 7;

/// What a value takes of a cache's limit.
pub trait Weigh {
    /// Bytes in memory.
    fn weight(&self) -> usize;
}

impl Weigh for Still {
    fn weight(&self) -> usize {
        self.rgba.len()
    }
}

impl Weigh for Peaks {
    fn weight(&self) -> usize {
        self.0.len()
    }
}

/// Values by name, the newest used of them.
#[derive(Debug)]
pub struct Cache<T> {
    kept: Arc<Mutex<Kept<T>>>,
}

#[derive(Debug)]
struct Kept<T> {
    named: HashMap<String, Value<T>>,
    bytes: usize,
    limit: usize,
    /// Counts the looks; the higher, the later.
    looks: u64,
}

#[derive(Debug)]
struct Value<T> {
    value: Arc<T>,
    bytes: usize,
    looked: u64,
}

impl<T> Clone for Cache<T> {
    fn clone(&self) -> Self {
        Cache { kept: Arc::clone(&self.kept) }
    }
}

impl<T: Weigh> Cache<T> {
    /// Keeps at most `limit` bytes.
    pub fn new(limit: usize) -> Cache<T> {
        Cache { kept: Arc::new(Mutex::new(Kept { named: HashMap::new(), bytes: 0, limit, looks: 0 })) }
    }

    pub fn get(&self, name: &str) -> Option<Arc<T>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.looks += 1;
        let now = kept.looks;
        let value = kept.named.get_mut(name)?;
        value.looked = now;
        Some(Arc::clone(&value.value))
    }

    /// Adds or replaces a value. One that is larger than the limit is not kept.
    pub fn put(&self, name: impl Into<String>, value: T) {
        let bytes = value.weight();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.looks += 1;
        let looked = kept.looks;
        let new = Value { value: Arc::new(value), bytes, looked };
        if let Some(old) = kept.named.insert(name.into(), new) {
            kept.bytes -= old.bytes;
        }
        kept.bytes += bytes;
        if kept.bytes > kept.limit {
            kept.shrink();
        }
    }

    pub fn remove(&self, name: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = kept.named.remove(name) {
            kept.bytes -= old.bytes;
        }
    }

    /// Bytes that are kept.
    pub fn bytes(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

impl<T> Kept<T> {
    fn shrink(&mut self) {
        let goal = self.limit / 8 * KEEP_EIGHTHS;
        let mut by_age: Vec<(u64, String)> = self.named.iter().map(|(name, value)| (value.looked, name.clone())).collect();
        by_age.sort_unstable();
        for (_, name) in by_age {
            if self.bytes <= goal {
                return;
            }
            if let Some(old) = self.named.remove(&name) {
                self.bytes -= old.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn peaks(bytes: usize) -> Peaks {
        Peaks(vec![1; bytes])
    }

    #[test]
    fn what_was_not_looked_at_goes_first() {
        let cache = Cache::new(80);
        for name in ["a", "b", "c", "d"] {
            cache.put(name, peaks(20));
        }
        assert!(cache.get("a").is_some());
        cache.put("e", peaks(20));
        assert!(cache.get("b").is_none(), "the oldest look");
        assert!(cache.get("a").is_some() && cache.get("e").is_some());
    }

    #[test]
    fn what_is_held_outside_lives_on() {
        let cache = Cache::new(10);
        cache.put("a", peaks(8));
        let held = cache.get("a").unwrap();
        cache.put("b", peaks(8));
        assert!(cache.get("a").is_none());
        assert_eq!(held.0.len(), 8);
    }

    proptest! {
        #[test]
        fn the_limit_holds_and_the_sum_is_right(
            limit in 0usize..200,
            steps in prop::collection::vec((0u8..8, 0usize..120, 0u8..4), 0..200),
        ) {
            let cache = Cache::new(limit);
            for (name, bytes, what) in steps {
                let name = name.to_string();
                match what {
                    0 => cache.remove(&name),
                    1 => drop(cache.get(&name)),
                    _ => cache.put(name, peaks(bytes)),
                }
                prop_assert!(cache.bytes() <= limit);
                let kept = cache.kept.lock().unwrap();
                prop_assert_eq!(kept.bytes, kept.named.values().map(|value| value.value.weight()).sum::<usize>());
            }
        }
    }
}
