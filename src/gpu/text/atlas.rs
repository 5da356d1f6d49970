//! Which drawn rows lie in which layer of a display's texture, and which one makes room: the one not shown for longest.
//! Pure book-keeping; the texture itself belongs to the pass.

use std::collections::HashMap;

/// A cache of `capacity` layers. A frame begins with `begin`; what it touches is safe until the next one.
#[derive(Clone, Debug)]
pub struct Atlas {
    slots: Vec<Slot>,
    by_key: HashMap<u64, usize>,
    capacity: usize,
    frame: u64,
}

/// Where a row's picture lies, relative to its column and base line, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tile {
    pub layer: u32,
    pub left: i32,
    pub top: i32,
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u64,
    used: u64,
    tile: Tile,
}

impl Atlas {
    pub fn new(capacity: usize) -> Atlas {
        Atlas { slots: Vec::new(), by_key: HashMap::new(), capacity, frame: 0 }
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// A new frame: nothing is in use yet.
    pub fn begin(&mut self) {
        self.frame += 1;
    }

    /// The tile of a row, marked as used in this frame.
    pub fn touch(&mut self, key: u64) -> Option<Tile> {
        let slot = self.slots.get_mut(*self.by_key.get(&key)?)?;
        slot.used = self.frame;
        Some(slot.tile)
    }

    /// A layer for a new row: a free one, or the one unused for longest. `None` when this frame uses them all.
    pub fn claim(&mut self, key: u64) -> Option<u32> {
        let fresh = |layer: usize| Slot { key, used: self.frame, tile: Tile { layer: layer as u32, ..Tile::default() } };
        if self.slots.len() < self.capacity {
            let layer = self.slots.len();
            self.slots.push(fresh(layer));
            self.by_key.insert(key, layer);
            return Some(layer as u32);
        }
        let (layer, oldest) = self.slots.iter().enumerate().min_by_key(|(_, slot)| slot.used)?;
        if oldest.used == self.frame {
            return None;
        }
        let (old, new) = (oldest.key, fresh(layer));
        self.by_key.remove(&old);
        self.slots[layer] = new;
        self.by_key.insert(key, layer);
        Some(layer as u32)
    }

    /// Says how the row in a layer turned out.
    pub fn fill(&mut self, tile: Tile) {
        if let Some(slot) = self.slots.get_mut(tile.layer as usize) {
            slot.tile = tile;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_unused_for_longest_makes_room() {
        let mut atlas = Atlas::new(2);
        atlas.begin();
        assert_eq!((atlas.claim(10), atlas.claim(20)), (Some(0), Some(1)));
        assert_eq!(atlas.claim(30), None, "both are in use in this frame");
        atlas.begin();
        assert!(atlas.touch(10).is_some());
        assert_eq!(atlas.claim(30), Some(1));
        assert!(atlas.touch(20).is_none() && atlas.touch(10).is_some());
    }

    #[test]
    fn a_filled_tile_comes_back() {
        let mut atlas = Atlas::new(1);
        atlas.begin();
        let layer = atlas.claim(7).unwrap();
        let tile = Tile { layer, left: -3, top: -40, width: 12, height: 50 };
        atlas.fill(tile);
        assert_eq!(atlas.touch(7), Some(tile));
    }
}
