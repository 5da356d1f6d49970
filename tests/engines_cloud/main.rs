//! Engines in the cloud against fakes on loopback that speak as their makers document it: each engine's own roads, then what goes wrong
//! with any of them. Money is counted by the fakes; the key must never reach a place that only keeps files.

#[path = "../rig/fake.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod fake;
mod fal;
mod fetching;
mod keys;
mod luma_agents;
mod luma_dream;
mod matrix;
#[path = "../rig/odd.rs"]
mod odd;
mod price;
mod rig;
mod runway;
mod venice;
mod venice_refusals;
