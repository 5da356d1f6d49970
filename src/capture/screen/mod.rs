//! The screen as a source of pictures. An X server gives them itself (`x11`); on Wayland the desktop asks the person and hands
//! out a PipeWire stream (`portal`), which `media::screencast` reads.
//!
//! Pictures come when something on the screen changes, not at a rate: what does not change is not copied. They are the screen's
//! own pixels with the pointer in them, stamped on the monotonic clock.

mod cursor;
mod error;
#[cfg(target_os = "linux")]
pub mod portal;
mod x11;

use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

pub use error::Error;

use super::stop::Stop;
use crate::core::frame::{Frame, Matrix, Pixels, VideoFormat};
use crate::core::monitor::Monitor;
use crate::core::screen::{Region, ScreenChoice};
use crate::core::time::Rate;

/// An X server that does not answer for longer hangs.
const LIMIT: Duration = Duration::from_secs(3);

/// What the program runs under, which decides how the screen is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    X11,
    /// Only the portal shows other programs' windows; an X server that runs beside it shows black.
    Wayland,
    /// There is no screen.
    Nothing,
}

/// A screen that is being copied. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Copying {
    _stop: Stop,
}

/// The session by its environment.
pub fn session() -> Session {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match (set("WAYLAND_DISPLAY"), set("DISPLAY")) {
        (true, _) => Session::Wayland,
        (false, true) => Session::X11,
        (false, false) => Session::Nothing,
    }
}

/// The monitors one can choose from; none where the desktop asks the person.
pub fn monitors() -> Vec<Monitor> {
    if session() != Session::X11 {
        return Vec::new();
    }
    bounded(|| x11::Desktop::open()?.monitors()).unwrap_or_else(|error| {
        tracing::debug!(%error, "the monitors can't be listed");
        Vec::new()
    })
}

/// The part of the X server's screen that would be recorded.
pub fn look(choice: &ScreenChoice) -> Result<Region, Error> {
    let choice = choice.clone();
    bounded(move || x11::Desktop::open()?.region(&choice))
}

/// The format of pictures that are copied from a screen.
pub fn format(width: u32, height: u32, rate: Rate) -> VideoFormat {
    VideoFormat { width, height, rate, pixels: Pixels::Bgrx, matrix: Matrix::Bt709, full_range: true }
}

/// Copies the X server's screen on a thread `screen`, at most `rate` times a second. `on_frame` must not block. `on_lost` is told
/// once when the screen can be copied no more.
pub fn copy(
    choice: ScreenChoice,
    rate: Rate,
    on_frame: impl FnMut(Frame) + Send + 'static,
    on_lost: impl FnOnce(Error) + Send + 'static,
) -> Result<Copying, Error> {
    let stop = Stop::new();
    let signal = stop.signal();
    let run = move || {
        let ended = x11::Desktop::open()
            .and_then(|desktop| x11::Copier::new(desktop, choice))
            .and_then(|mut copier| copier.run(rate, &signal, on_frame));
        if let Err(error) = ended {
            tracing::warn!(%error, "the screen is not recorded any more");
            on_lost(error);
        }
    };
    thread::Builder::new().name("screen".into()).spawn(run).map_err(|error| Error::Failed(error.to_string()))?;
    Ok(Copying { _stop: stop })
}

/// Asks the X server on a thread of its own, for a limited time.
fn bounded<T: Send + 'static>(ask: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let (sender, receiver) = sync_channel(1);
    let spawned = thread::Builder::new().name("screen-look".into()).spawn(move || drop(sender.try_send(ask())));
    spawned.map_err(|error| Error::Failed(error.to_string()))?;
    receiver.recv_timeout(LIMIT).unwrap_or_else(|_| Err(Error::Failed("it does not answer".into())))
}
