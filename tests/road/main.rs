//! The whole road through the real binary, with engines that are fakes: a theme becomes a script, its scenes get pictures, end pictures,
//! clips from the one to the other and voices, and all become one film, which is decoded and looked at. What each picture shows hangs on
//! the words it was ordered with, so that order and continuity can be read back from the film; what was paid is compared with what was
//! quoted; and a kill in the middle changes nothing of either.

mod clips;
mod drawn;
mod film;
mod house;
mod ledger;
mod voices;
mod whole;
mod window;

#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../rig/fake.rs"]
mod fake;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../rig/form.rs"]
mod form;
#[path = "../rig/marker.rs"]
mod marker;
#[path = "../rig/sse.rs"]
mod sse;
