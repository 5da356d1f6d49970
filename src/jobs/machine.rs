//! Measures how fast this machine encodes, and remembers it: the same encoder on the same machine with the same program is not
//! measured again. A command does it at once, the studio in the background and never beside a take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::blobs::files;
use crate::core::frame::{Matrix, Pixels, VideoFormat};
use crate::core::machine::{Machine, SIZES, Speed};
use crate::core::problem::Problem;
use crate::core::profile::Encoder;
use crate::core::time::Rate;
use crate::media::{self, measure, probe};
use crate::studio::Message;
use crate::studio::machine::{self, Effect};

use super::house::{House, Ways};

/// The window is drawn and the library read before anything is measured.
const AFTER: Duration = Duration::from_secs(3);
const SLICE: Duration = Duration::from_millis(100);

/// Faster than this and every rate holds, so that once is enough.
const FAST_FPS: f64 = 120.0;

/// Slower than this at one size, and the next larger ones need not be tried.
const LEAST_FPS: f64 = 20.0;

/// Runs in the background; one measurement at a time.
#[derive(Debug)]
pub struct Bench {
    house: Arc<House>,
    ways: Ways,
    running: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

/// A line of the file: what was measured, and what it depends on.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Known {
    program: String,
    gstreamer: String,
    processor: String,
    encoder: Encoder,
    machine: Machine,
}

impl Bench {
    pub fn new(house: Arc<House>, ways: Ways) -> Bench {
        Bench { house, ways, running: None }
    }

    pub fn run(&mut self, effect: Effect) {
        self.cancel();
        let Effect::Measure { pixels, afresh } = effect else { return };
        let cancel = Arc::new(AtomicBool::new(false));
        let (flag, house, ways) = (Arc::clone(&cancel), Arc::clone(&self.house), self.ways.clone());
        let before = self.running.take().map(|(_, thread)| thread);
        let run = move || {
            // Two at once would measure each other.
            if before.is_some_and(|before| before.join().is_err()) {
                tracing::warn!("a measurement had died");
            }
            if !afresh && !wait(AFTER, &flag) {
                return;
            }
            match measured(&house, pixels, afresh, &flag) {
                Ok(machine) => ways.outbox.send(Message::Machine(machine::Message::Measured(Ok(machine)))),
                Err(problem) if flag.load(Ordering::Relaxed) => tracing::debug!(?problem, "a measurement was called off"),
                Err(problem) => ways.outbox.send(Message::Machine(machine::Message::Measured(Err(problem)))),
            };
        };
        match std::thread::Builder::new().name("machine".into()).spawn(run) {
            Ok(thread) => self.running = Some((cancel, thread)),
            Err(error) => tracing::warn!(%error, "no thread to measure the machine"),
        }
    }

    pub fn finish(mut self) {
        self.cancel();
        if let Some((_, thread)) = self.running.take()
            && thread.join().is_err()
        {
            tracing::warn!("a measurement had died");
        }
    }

    fn cancel(&self) {
        if let Some((cancel, _)) = &self.running {
            cancel.store(true, Ordering::Relaxed);
        }
    }
}

/// False when it was called off.
fn wait(time: Duration, cancel: &AtomicBool) -> bool {
    let slices = time.as_millis() / SLICE.as_millis();
    (0..slices).all(|_| {
        std::thread::sleep(SLICE);
        !cancel.load(Ordering::Relaxed)
    })
}

/// What this machine does with pictures laid out like this: as it was measured before, or `afresh`.
pub fn measured(house: &House, pixels: Pixels, afresh: bool, cancel: &AtomicBool) -> Result<Machine, Problem> {
    let (profiles, _) = house.profiles();
    let encoder = probe::choose(&profiles, &format(1280, 720, pixels), false)?.video;
    let path = house.folder.machine();
    let mut known: Vec<Known> =
        std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    // What another version or another machine measured says nothing here.
    known.retain(|known| {
        known.program == env!("CARGO_PKG_VERSION") && known.gstreamer == media::version() && known.processor == processor()
    });
    let same = |known: &Known| known.encoder == encoder && known.machine.pixels == pixels;
    if let Some(known) = known.iter().find(|known| !afresh && same(known)) {
        return Ok(known.machine.clone());
    }
    let machine = measure(&encoder, pixels, cancel)?;
    known.retain(|known| !same(known));
    known.push(Known {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        gstreamer: media::version(),
        processor: processor(),
        encoder,
        machine: machine.clone(),
    });
    if let Some(error) = serde_json::to_vec_pretty(&known).ok().and_then(|bytes| files::write_atomic(&path, &bytes).err()) {
        tracing::warn!(%error, "what was measured can't be kept");
    }
    Ok(machine)
}

fn measure(encoder: &Encoder, pixels: Pixels, cancel: &AtomicBool) -> Result<Machine, Problem> {
    let mut speeds = Vec::new();
    for (width, height) in SIZES {
        let mut fps = measure::speed(encoder, &format(width, height, pixels), cancel)?;
        if fps < FAST_FPS {
            // Something else may have been busy; what counts is what the machine can do.
            fps = fps.max(measure::speed(encoder, &format(width, height, pixels), cancel)?);
        }
        tracing::info!(encoder = encoder.name, width, height, fps, "measured");
        speeds.push(Speed { width, height, fps });
        if fps < LEAST_FPS {
            break;
        }
    }
    Ok(Machine { encoder: encoder.name.clone(), hardware: encoder.hardware, pixels, speeds })
}

fn format(width: u32, height: u32, pixels: Pixels) -> VideoFormat {
    VideoFormat { width, height, rate: Rate::whole(30), pixels, matrix: Matrix::Bt709, full_range: false }
}

/// The processor's name and how many there are: another one is another machine, wherever the folder went.
fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let facts = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = facts.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map(|(_, name)| name.trim());
    format!("{cores} × {}", name.unwrap_or(std::env::consts::ARCH))
}
