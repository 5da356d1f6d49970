//! Screens as the rest of the studio sees them: a stable name, where they stand, how large they are.

use serde::{Deserialize, Serialize};

/// A screen that is plugged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    /// Of its connector or model, as the system names it; what settings remember.
    pub name: String,
    /// Left and top of its picture on the desktop, in physical pixels.
    pub position: [i32; 2],
    /// Width and height in physical pixels.
    pub size: [u32; 2],
    pub scale: f64,
    /// Pictures per second; `None` when the system does not say.
    pub refresh_hz: Option<f64>,
    pub primary: bool,
}
