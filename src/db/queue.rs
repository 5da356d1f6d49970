//! The queue as rows: jobs are placed (`place`), change step by step (`change`), and are read for a list or for whoever runs them
//! (`read`); `turn` has what is asked when one is to be sent. Several processes may do so at once; one of them runs the jobs.

mod change;
mod money;
mod past;
mod place;
mod read;
mod taken;
mod turn;

pub use change::Change;
pub use place::{NewJob, Placed};
pub use read::{Landed, LandedFile, Waiting};
