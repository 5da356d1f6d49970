//! How much one caller may ask: a remote whose button is stuck must not keep the studio from the others. Token buckets
//! (`governor`): a burst passes, a stream is thinned, and what goes on beyond all reason ends.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Orders a second that are carried out, from one link or one address.
pub(super) const ORDERS_PER_SECOND: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Orders that may come at once: somebody turns a wheel.
pub(super) const ORDERS_BURST: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Messages a second on one link beyond which it is a flood, and how many seconds of that are borne.
const FLOOD_PER_SECOND: NonZeroU32 = NonZeroU32::new(300).unwrap();
const FLOOD_BURST: NonZeroU32 = NonZeroU32::new(1_500).unwrap();
/// Addresses remembered before those that have been quiet are forgotten.
const ADDRESSES: usize = 64;

/// What one link may send.
#[derive(Debug)]
pub(super) struct LinkLimit {
    orders: DefaultDirectRateLimiter,
    messages: DefaultDirectRateLimiter,
}

impl LinkLimit {
    pub fn new() -> LinkLimit {
        LinkLimit {
            orders: RateLimiter::direct(Quota::per_second(ORDERS_PER_SECOND).allow_burst(ORDERS_BURST)),
            messages: RateLimiter::direct(Quota::per_second(FLOOD_PER_SECOND).allow_burst(FLOOD_BURST)),
        }
    }

    /// Counts a message of any kind; false when the link must end.
    pub fn bears(&self) -> bool {
        self.messages.check().is_ok()
    }

    /// Counts an order or a report; false when it is one too many.
    pub fn allows(&self) -> bool {
        self.orders.check().is_ok()
    }
}

/// What each address may post.
pub(super) struct PostLimit(DefaultKeyedRateLimiter<IpAddr>);

impl std::fmt::Debug for PostLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PostLimit").field(&self.0.len()).finish()
    }
}

impl PostLimit {
    pub fn new() -> PostLimit {
        PostLimit(RateLimiter::keyed(Quota::per_second(ORDERS_PER_SECOND).allow_burst(ORDERS_BURST)))
    }

    /// Counts an order from `address`.
    ///
    /// # Errors
    /// One too many; it may come again after this time.
    pub fn allows(&self, address: IpAddr) -> Result<(), Duration> {
        if self.0.len() > ADDRESSES {
            self.0.retain_recent();
        }
        self.0.check_key(&address).map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_each_address_has_its_own() {
        let limit = PostLimit::new();
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let passed = (0..10_000).filter(|_| limit.allows(one).is_ok()).count();
        assert!(passed >= 60, "{passed}");
        // However slow the machine: no more than thirty a second beyond the burst.
        assert!(passed < 10_000);
        assert!(limit.allows(other).is_ok());
    }

    #[test]
    fn a_flood_is_told_from_a_burst() {
        let limit = LinkLimit::new();
        assert!((0..1_500).all(|_| limit.bears()));
        assert!((0..100_000).any(|_| !limit.bears()));
    }
}
