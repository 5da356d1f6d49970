//! Controllers other than the keyboard: MIDI devices and OSC senders. They bring orders in; what an order does is the studio's.
//! Meanings are read by `core::control`; here are the devices, the socket, and the limit that keeps a flood out.

pub mod error;
pub mod midi;
pub mod osc;

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::core::live::Order;

/// Orders a second that are carried out; nobody presses more.
const ORDERS: NonZeroU32 = NonZeroU32::new(50).unwrap();
/// Changes of pace a second: each is remembered on the disk.
const PACES: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Lets orders through, but no flood of them. Of a fader only where it stops counts, so its newest value waits for its turn
/// instead of being lost.
#[derive(Debug)]
struct Gate {
    orders: DefaultDirectRateLimiter,
    paces: DefaultDirectRateLimiter,
    late: Option<Order>,
}

/// What became of an order at the gate.
#[derive(Debug, PartialEq)]
enum Passed {
    Now(Order),
    /// It waits; ask `Gate::late`.
    Later,
    No,
}

impl Gate {
    fn new() -> Gate {
        Gate {
            orders: RateLimiter::direct(Quota::per_second(ORDERS)),
            paces: RateLimiter::direct(Quota::per_second(PACES)),
            late: None,
        }
    }

    fn pass(&mut self, order: Order) -> Passed {
        if matches!(order, Order::Pace { .. }) {
            if self.paces.check().is_ok() {
                self.late = None;
                return Passed::Now(order);
            }
            self.late = Some(order);
            return Passed::Later;
        }
        if self.orders.check().is_ok() { Passed::Now(order) } else { Passed::No }
    }

    /// What waited and may go now.
    fn late(&mut self) -> Option<Order> {
        if self.late.is_some() && self.paces.check().is_ok() { self.late.take() } else { None }
    }

    fn waiting(&self) -> bool {
        self.late.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_stopped_and_a_fader_ends_where_it_was_left() {
        let mut gate = Gate::new();
        let press = || Order::Command { name: "mark".into() };
        let passed = (0..10_000).filter(|_| matches!(gate.pass(press()), Passed::Now(_))).count();
        assert!((50..5_000).contains(&passed), "{passed}");
        let mut last = None;
        for pace in 0..1_000 {
            if let Passed::Now(order) = gate.pass(Order::Pace { words_per_minute: f64::from(pace) }) {
                last = Some(order);
            }
        }
        while gate.waiting() {
            std::thread::sleep(std::time::Duration::from_millis(5));
            last = gate.late().or(last);
        }
        assert_eq!(last, Some(Order::Pace { words_per_minute: 999.0 }));
    }
}
