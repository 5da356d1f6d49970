//! What the fakes were ordered to make and what they take for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// An order that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    pub engine: &'static str,
    /// The words it was ordered with.
    pub prompt: String,
    /// Millionths of a dollar.
    pub micros: u64,
}

/// The orders of all fakes.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<Vec<Order>>>);

impl Ledger {
    pub fn charge(&self, engine: &'static str, prompt: &str, micros: u64) {
        self.0.lock().unwrap().push(Order { engine, prompt: prompt.to_owned(), micros });
    }

    pub fn of(&self, engine: &str) -> Vec<Order> {
        self.0.lock().unwrap().iter().filter(|order| order.engine == engine).cloned().collect()
    }

    pub fn micros(&self) -> u64 {
        self.0.lock().unwrap().iter().map(|order| order.micros).sum()
    }

    /// Orders that came more than once.
    pub fn twice(&self) -> Vec<Order> {
        let mut times: HashMap<Order, usize> = HashMap::new();
        for order in self.0.lock().unwrap().iter() {
            *times.entry(order.clone()).or_default() += 1;
        }
        times.into_iter().filter(|(_, times)| *times > 1).map(|(order, _)| order).collect()
    }
}
