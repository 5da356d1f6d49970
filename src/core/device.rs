//! Cameras and microphones as the rest of the studio sees them: a stable name, a choice, and what can happen to one.

use serde::{Deserialize, Serialize};

/// Which device to use; `Auto` takes the first real one and falls back to the synthetic one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    #[default]
    Auto,
    Synthetic,
    /// No device: no picture, or a take without sound.
    None,
    /// A real device by its stable name.
    Named(String),
}

impl DeviceChoice {
    /// As the command line and the environment write it: `auto`, `synthetic`, `none`, or a device's name.
    pub fn parse(text: &str) -> DeviceChoice {
        match text {
            "auto" | "" => DeviceChoice::Auto,
            "synthetic" => DeviceChoice::Synthetic,
            "none" => DeviceChoice::None,
            name => DeviceChoice::Named(name.to_owned()),
        }
    }
}

/// Which kind of device something is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Camera,
    Microphone,
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            What::Camera => "camera",
            What::Microphone => "microphone",
        })
    }
}

/// A device that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Stable across restarts and ports where the system gives one; what settings remember.
    pub name: String,
    /// What people read.
    pub label: String,
}

/// What can happen to an open device, told once each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceEvent {
    /// It went away or failed for good; the handle gives nothing more.
    Lost { device: String, detail: String },
    /// No frame or block for longer than it should take; may come back.
    Stalled { device: String },
    /// It delivers again after `Stalled`.
    Back { device: String },
}
