//! The talent's display, as a person has it: the real program on a virtual screen, looked at by its pixels. Needs Xvfb, Xorg
//! with the dummy driver, openbox, xdotool, xrandr and a Vulkan driver; `scripts/setup test` installs them.

#[path = "../rig/guard.rs"]
mod guard;
mod kiosk;
mod monitors;
mod screen;
mod shot;
mod studio;
#[path = "../rig/waiting.rs"]
mod waiting;
mod window;

use std::time::Duration;

/// Anything here that takes longer hangs. Software rendering on a busy machine is slow to start.
const LIMIT: Duration = Duration::from_secs(60);
