//! Screens as the rest of the studio sees them: a stable name, where they stand, how large they are.

use serde::{Deserialize, Serialize};

/// A screen that is plugged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    /// Of its connector or model, as the system names it; what settings remember.
    pub name: String,
    /// Left and top of its picture on the desktop, in physical pixels.
    pub x: i32,
    pub y: i32,
    /// In physical pixels.
    pub width: u32,
    pub height: u32,
    pub scale: f64,
    /// Pictures in a thousand seconds; `None` when the system does not say.
    pub refresh_millihertz: Option<u32>,
    pub primary: bool,
}
