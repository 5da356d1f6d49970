//! Cameras and microphones, real and synthetic, behind one seam. A caller names a choice and gives two closures; it gets back
//! what was opened and a handle whose drop stops it.
//!
//! ```text
//! open_camera ──> camera.rs (nokhwa)    ─┐ thread `camera`     ── on_frame(Frame)
//!            └──> synthetic.rs          ─┘ thread `camera-watch` ─ on_event(Stalled, Back, Lost)
//! open_microphone ─> microphone.rs (cpal) ─┐ callback ─ring 1 s─> thread `microphone` ── on_block(AudioBlock)
//!            └────> synthetic.rs          ─┘                                          └─ on_event
//! ```
//!
//! Drivers block, storm and panic. Each device therefore lives on a thread of its own that nobody joins: dropping the handle
//! only tells it to end, and at most one call already under way still arrives.

/// Public, as `stamps` is, so that tests drive a device's road into a take with a clock of their own.
pub mod blocks;
mod camera;
pub mod controls;
pub mod devices;
mod error;
mod formats;
#[cfg(target_os = "linux")]
mod hotplug;
mod jpeg;
mod microphone;
pub mod screen;
pub mod stamps;
mod stop;
mod synthetic;
#[cfg(target_os = "linux")]
mod v4l;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use error::{Error, What};

use crate::core::device::{Device, DeviceChoice, DeviceEvent};
use crate::core::frame::{AudioBlock, AudioFormat, Frame, Pixels, VideoFormat};
use crate::core::time::{Moment, Rate};
use stop::Stop;

type OnFrame = Box<dyn FnMut(Frame) + Send>;
type OnBlock = Box<dyn FnMut(AudioBlock) + Send>;
type OnEvent = Arc<dyn Fn(DeviceEvent) + Send + Sync>;

/// The picture a camera is asked for; it gives the nearest it has. The synthetic camera gives exactly this, in whole pairs
/// of pixels, from 160 × 90 to 7680 × 4320 and from 1 to 240 frames a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub width: u32,
    pub height: u32,
    pub rate: Rate,
}

/// A camera that delivers. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct OpenCamera {
    pub device: Device,
    pub format: VideoFormat,
    pub synthetic: bool,
    /// Real cameras that `Auto` tried before this one, and why they did not open.
    pub skipped: Vec<Error>,
    _stop: Stop,
}

/// A microphone that delivers. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct OpenMicrophone {
    pub device: Device,
    pub format: AudioFormat,
    pub synthetic: bool,
    /// Real microphones that `Auto` tried before this one, and why they did not open.
    pub skipped: Vec<Error>,
    gaps: Arc<AtomicU64>,
    _stop: Stop,
}

impl OpenMicrophone {
    /// Stretches of sound lost so far, in the device, the driver or the ring.
    pub fn gaps(&self) -> u64 {
        self.gaps.load(Ordering::Relaxed)
    }
}

/// Opens a camera and waits for its first picture: up to some seconds, so call it where that is allowed.
///
/// `Auto` takes the first real camera that opens, else the synthetic one. `Named` is that camera or an error, never another;
/// `docs/SYNTHETIC.md` has the names of synthetic cameras with a fault.
/// `None` is `Error::NoDevice`. `start` is the synthetic camera's frame 0; give the microphone the same.
/// `on_frame` runs on the thread `camera` and must not block; `on_event` runs on it or on `camera-watch`.
pub fn open_camera(
    choice: &DeviceChoice,
    wanted: Wanted,
    start: Moment,
    on_frame: impl FnMut(Frame) + Send + 'static,
    on_event: impl Fn(DeviceEvent) + Send + Sync + 'static,
) -> Result<OpenCamera, Error> {
    open_camera_as(choice, wanted, None, start, on_frame, on_event)
}

/// The same for a camera that comes back into a running take, which goes on with pixels of the layout it began with.
pub fn open_camera_as(
    choice: &DeviceChoice,
    wanted: Wanted,
    only: Option<Pixels>,
    start: Moment,
    on_frame: impl FnMut(Frame) + Send + 'static,
    on_event: impl Fn(DeviceEvent) + Send + Sync + 'static,
) -> Result<OpenCamera, Error> {
    let mut skipped = Vec::new();
    let fault = synthetic::fault(choice);
    refuse_unplugged(What::Camera, choice, start)?;
    let candidates = match choice {
        DeviceChoice::None => return Err(Error::NoDevice { what: What::Camera }),
        DeviceChoice::Synthetic => Vec::new(),
        DeviceChoice::Named(_) if fault.is_some() => Vec::new(),
        DeviceChoice::Auto => devices::found_cameras(),
        DeviceChoice::Named(name) => vec![
            devices::found_cameras()
                .into_iter()
                .find(|found| found.is_named(name))
                .ok_or_else(|| Error::Absent { what: What::Camera, name: name.clone() })?,
        ],
    };
    for found in candidates {
        match camera::open(&found, wanted, only) {
            Ok(opened) => {
                let format = opened.format;
                tracing::info!(camera = found.device.label, ?format, "camera opened");
                let stop = opened.start(Box::new(on_frame), Arc::new(on_event))?;
                return Ok(OpenCamera { device: found.device, format, synthetic: false, skipped, _stop: stop });
            }
            Err(error) if matches!(choice, DeviceChoice::Named(_)) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "camera passed over");
                skipped.push(error);
            }
        }
    }
    let (format, stop) = synthetic::camera(wanted, start, fault, Box::new(on_frame), Arc::new(on_event))?;
    Ok(OpenCamera { device: synthetic::camera_device(), format, synthetic: true, skipped, _stop: stop })
}

/// Opens a microphone and waits for its first sound: up to some seconds, so call it where that is allowed.
///
/// `Auto` takes the first real microphone that opens; when none does, the synthetic one if `beside_synthetic` (the camera is
/// synthetic too), else `Error::NoDevice`: made-up sound beside a real picture would be a lie. `Named` is that microphone or
/// an error. `None` is `Error::NoDevice`. `start` is the synthetic microphone's sample 0.
/// Blocks hold 10 ms, less only before a gap. `on_block` and `on_event` run on the thread `microphone`.
pub fn open_microphone(
    choice: &DeviceChoice,
    beside_synthetic: bool,
    start: Moment,
    on_block: impl FnMut(AudioBlock) + Send + 'static,
    on_event: impl Fn(DeviceEvent) + Send + Sync + 'static,
) -> Result<OpenMicrophone, Error> {
    let mut skipped = Vec::new();
    let fault = synthetic::fault(choice);
    refuse_unplugged(What::Microphone, choice, start)?;
    let names = match choice {
        DeviceChoice::None => return Err(Error::NoDevice { what: What::Microphone }),
        DeviceChoice::Synthetic => Vec::new(),
        DeviceChoice::Named(_) if fault.is_some() => Vec::new(),
        DeviceChoice::Auto => devices::found_microphones().into_iter().map(|device| device.name).collect(),
        DeviceChoice::Named(name) => vec![name.clone()],
    };
    for name in names {
        match microphone::open(&name) {
            Ok(opened) => {
                tracing::info!(microphone = opened.device.label, format = ?opened.format, "microphone opened");
                let (device, format, gaps) = (opened.device.clone(), opened.format, Arc::clone(&opened.gaps));
                let stop = opened.start(Box::new(on_block), Arc::new(on_event));
                return Ok(OpenMicrophone { device, format, synthetic: false, skipped, gaps, _stop: stop });
            }
            Err(error) if matches!(choice, DeviceChoice::Named(_)) => return Err(error),
            Err(error) => {
                tracing::debug!(%error, "microphone passed over");
                skipped.push(error);
            }
        }
    }
    if *choice == DeviceChoice::Auto && !beside_synthetic {
        return Err(Error::NoDevice { what: What::Microphone });
    }
    let gaps = Arc::new(AtomicU64::new(0));
    let (format, stop) = synthetic::microphone(start, Arc::clone(&gaps), fault, Box::new(on_block), Arc::new(on_event))?;
    Ok(OpenMicrophone { device: synthetic::microphone_device(), format, synthetic: true, skipped, gaps, _stop: stop })
}

/// A synthetic device that is unplugged for a while can't be opened in it.
fn refuse_unplugged(what: What, choice: &DeviceChoice, start: Moment) -> Result<(), Error> {
    let gone = synthetic::fault(choice).is_some_and(|fault| fault.gone(crate::clock::now().since(start)));
    match choice {
        DeviceChoice::Named(name) if gone => Err(Error::Absent { what, name: name.clone() }),
        _ => Ok(()),
    }
}
