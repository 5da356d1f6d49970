//! The phones' pages in a real browser: headless Chromium, driven by WebDriver, against the real server. Needs chromium and its
//! driver; `scripts/setup test` installs them. With `ONETAKE_LOOK=FOLDER` each page is also written there as a picture.

mod binary;
mod browser;
#[path = "../rig/guard.rs"]
mod guard;
mod motion;
mod pairing;
mod pictures;
mod prompter;
mod remote;
mod rig;
#[path = "../rig/xvfb.rs"]
mod xvfb;
