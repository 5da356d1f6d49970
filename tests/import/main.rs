//! Files on their way into the library, with real files: what they are, what is refused, where they lie, what is shown of them,
//! and what becomes of them when something is cancelled, held, killed or full.

mod bad;
mod binary;
mod glances;
mod kinds;
mod moves;
mod orders;
mod rig;
