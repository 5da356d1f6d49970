//! Real cameras. The only file that names nokhwa.
//!
//! ```text
//! open() ─spawns─> thread `camera`: open, choose a format, first picture ── Ok(format) / Err ──> open()
//! start() ─ closures ─> thread `camera`: frame → stamp, number, bytes → on_frame
//!                       thread `camera-watch`: nothing for long → Stalled; for very long → Lost
//! ```
//!
//! nokhwa waits for a picture without limit and panics when a driver misbehaves on the way out. So opening is bounded by a
//! wait on the other side, the watchdog speaks when the camera's thread can't, panics end the thread and not the program,
//! and nobody joins it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution};
use nokhwa::{Camera, NokhwaError};

use super::formats::{CameraOffer, best_first};
use super::stamps::{FrameCounter, monotonic};
use super::stop::{Stop, StopSignal};
use super::watch::Reporter;
use super::{Error, OnEvent, OnFrame, Wanted, What, jpeg};
use crate::clock;
use crate::core::device::Device;
use crate::core::frame::{Frame, Matrix, Pixels, VideoFormat};
use crate::core::time::{Moment, Rate, SECOND};

/// How long a camera may take from opening to its first picture. Slow ones take two seconds.
const OPEN_LIMIT: Duration = Duration::from_secs(6);
/// How long a busy camera is tried again: one that was just closed here frees itself with its last picture.
const BUSY_TRIES: u32 = 15;
const BUSY_WAIT_NANOS: u64 = SECOND / 10;
/// Formats tried before giving up; drivers refuse some of what they list.
const FORMAT_TRIES: usize = 6;
/// Without a picture for this long (or eight frames, at low rates) a camera has stalled.
const STALL_NANOS: u64 = SECOND / 2;
const STALL_FRAMES: u64 = 8;

/// What is read; nothing is decoded here.
const READABLE: [FrameFormat; 3] = [FrameFormat::NV12, FrameFormat::YUYV, FrameFormat::MJPEG];

/// A camera that is plugged in.
#[derive(Clone, Debug)]
pub struct Found {
    index: CameraIndex,
    /// Names by which it may be asked for besides its own.
    others: Vec<String>,
    pub device: Device,
}

/// A camera that gave its first picture and waits for somewhere to put the next.
#[derive(Debug)]
pub struct Opened {
    pub format: VideoFormat,
    device: String,
    stop: Stop,
    consumer: SyncSender<Consumer>,
}

/// What is asked of a camera.
#[derive(Clone, Copy)]
struct Wish {
    wanted: Wanted,
    only: Option<Pixels>,
}

/// Where frames and events go.
struct Consumer {
    on_frame: OnFrame,
    reporter: Arc<Reporter>,
}

/// A camera that streams, and how its pictures lie in memory.
struct Streaming {
    camera: Camera,
    format: VideoFormat,
    row_bytes: usize,
}

impl Found {
    /// Whether settings or the command line mean this camera: its stable name, or what people read.
    pub fn is_named(&self, name: &str) -> bool {
        let of_old = || self.others.iter().any(|other| other == name);
        self.device.name == name || self.device.label == name || self.index.as_string() == name || of_old()
    }
}

/// The cameras that are plugged in, in the system's order. May block on a broken driver: call it where that is bounded.
pub fn list() -> Vec<Found> {
    let mut infos = nokhwa::query(nokhwa::utils::ApiBackend::Auto).unwrap_or_else(|error| {
        tracing::warn!(%error, "cameras can't be listed");
        Vec::new()
    });
    infos.sort_by_key(|info| info.index().as_index().unwrap_or(u32::MAX));
    let names = Names::look();
    let mut found: Vec<Found> = Vec::new();
    for info in infos.iter().filter(|info| is_camera(info.index())) {
        let (name, others) = names.of(info.index(), &info.misc());
        // Two of one kind call themselves the same.
        let alike = found.iter().filter(|known| known.device.label.starts_with(&info.human_name())).count();
        let label = if alike == 0 { info.human_name() } else { format!("{} ({})", info.human_name(), alike + 1) };
        found.push(Found { index: info.index().clone(), others, device: Device { name, label } });
    }
    found
}

/// Opens a camera in the format nearest to `wanted` and takes its first picture, within `OPEN_LIMIT`; with `only`, in no
/// other layout of its pixels.
pub fn open(found: &Found, wanted: Wanted, only: Option<Pixels>) -> Result<Opened, Error> {
    let wish = Wish { wanted, only };
    let stop = Stop::new();
    let (opened_sender, opened) = sync_channel(1);
    let (consumer, consumer_receiver) = sync_channel(1);
    let (signal, found_there) = (stop.signal(), found.clone());
    let label = found.device.label.clone();
    thread::Builder::new()
        .name("camera".to_owned())
        .spawn(move || run(&found_there, wish, &signal, &opened_sender, &consumer_receiver))
        .map_err(|error| Error::Failed { what: What::Camera, device: label.clone(), detail: error.to_string() })?;
    let format = opened.recv_timeout(OPEN_LIMIT).map_err(|_| Error::NoAnswer { what: What::Camera, device: label })??;
    Ok(Opened { format, device: found.device.label.clone(), stop, consumer })
}

impl Opened {
    /// Lets frames flow.
    pub fn start(self, on_frame: OnFrame, on_event: OnEvent) -> Result<Stop, Error> {
        let failed = {
            let device = self.device.clone();
            move |detail: String| Error::Failed { what: What::Camera, device: device.clone(), detail }
        };
        let reporter = Arc::new(Reporter::new(self.device, on_event));
        let (signal, watched) = (self.stop.signal(), Arc::clone(&reporter));
        let stall_nanos = STALL_NANOS.max(STALL_FRAMES * self.format.rate.frame_nanos());
        let spawned = thread::Builder::new().name("camera-watch".to_owned()).spawn(move || watched.watch(&signal, stall_nanos));
        spawned.map_err(|error| failed(error.to_string()))?;
        let consumer = Consumer { on_frame, reporter };
        self.consumer.send(consumer).map_err(|_| failed("it stopped at once".to_owned()))?;
        Ok(self.stop)
    }
}

/// The life of the thread `camera`.
fn run(
    found: &Found,
    wish: Wish,
    signal: &StopSignal,
    opened: &SyncSender<Result<VideoFormat, Error>>,
    consumer: &Receiver<Consumer>,
) {
    let label = &found.device.label;
    let streaming = catch_unwind(AssertUnwindSafe(|| open_patiently(found, wish, signal))).unwrap_or_else(|_| {
        Err(Error::Failed { what: What::Camera, device: label.clone(), detail: "its driver failed".to_owned() })
    });
    let mut streaming = match streaming {
        Ok(streaming) => streaming,
        Err(error) => return drop(opened.try_send(Err(error))),
    };
    // Nobody waits any more when opening took too long; then the other end of `consumer` is gone as well.
    let consumer = opened.try_send(Ok(streaming.format)).ok().and_then(|()| consumer.recv().ok());
    if let Some(Consumer { mut on_frame, reporter }) = consumer {
        let ended = catch_unwind(AssertUnwindSafe(|| pump(&mut streaming, signal, &reporter, &mut on_frame)));
        if !signal.is_stopped() {
            let detail = ended.unwrap_or_else(|_| Some("its driver failed".to_owned()));
            reporter.lost(&detail.unwrap_or_default());
            signal.stop();
        }
    }
    if catch_unwind(AssertUnwindSafe(|| drop(streaming))).is_err() {
        tracing::warn!(camera = label, "the camera's driver failed while closing");
    }
}

/// Takes frames until stopped (`None`) or until the camera fails (its words).
fn pump(streaming: &mut Streaming, signal: &StopSignal, reporter: &Reporter, on_frame: &mut OnFrame) -> Option<String> {
    let mut counter = FrameCounter::default();
    loop {
        let buffer = match streaming.camera.frame() {
            Ok(buffer) => buffer,
            Err(error) => return Some(why_lost(&error)),
        };
        if signal.is_stopped() {
            return None;
        }
        let now = clock::now();
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (stamp, exact) = monotonic(buffer.capture_timestamp().map(|stamp| stamp.as_nanos()), wall.as_nanos(), now);
        let (stamp, number) = counter.take(stamp, exact);
        if !reporter.alive(now) {
            return None;
        }
        let Some(data) = packed(buffer.buffer_bytes(), &streaming.format, streaming.row_bytes) else {
            tracing::debug!(number, "broken picture left out");
            continue;
        };
        on_frame(Frame { format: streaming.format, data, stamp, number });
    }
}

fn open_patiently(found: &Found, wish: Wish, signal: &StopSignal) -> Result<Streaming, Error> {
    let mut tries = 0;
    loop {
        let result = open_stream(found, wish);
        tries += 1;
        let busy = matches!(result, Err(Error::Busy { .. }));
        if !busy || tries >= BUSY_TRIES || signal.wait_until(Moment(clock::now().0 + BUSY_WAIT_NANOS)) {
            return result;
        }
    }
}

fn open_stream(found: &Found, Wish { wanted, only }: Wish) -> Result<Streaming, Error> {
    let label = &found.device.label;
    let failed = |error: NokhwaError| Error::of_driver(What::Camera, label, words(&error));
    let mut camera = attach(&found.index, wanted).map_err(failed)?;
    let offers: Vec<_> = camera.compatible_camera_formats().map_err(failed)?.into_iter().filter_map(offer).collect();
    for offer in best_first(&offers, wanted, only).into_iter().take(FORMAT_TRIES) {
        let format = CameraFormat::new(Resolution::new(offer.width, offer.height), frame_format(offer.pixels), offer.fps);
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &READABLE);
        match camera.set_camera_requset(request) {
            Ok(_) => break,
            Err(error) => tracing::debug!(camera = label, %error, "format refused"),
        }
    }
    // What the camera says it does, whether or not it did as it was told.
    let set = camera.refresh_camera_format().map_err(failed)?;
    let offer = offer(set).filter(|offer| only.is_none_or(|only| only == offer.pixels)).ok_or_else(|| Error::NoFormat {
        what: What::Camera,
        device: label.clone(),
        detail: set.format().to_string(),
    })?;
    let (format, row_bytes) = described(offer, &found.index);
    camera.open_stream().map_err(failed)?;
    camera.frame().map_err(failed)?;
    Ok(Streaming { camera, format, row_bytes })
}

/// nokhwa sets a format on opening: any that it can read will do, one near the wanted one where its first is refused.
fn attach(index: &CameraIndex, wanted: Wanted) -> Result<Camera, NokhwaError> {
    let fps = wanted.rate.fps().round().max(1.0) as u32;
    let near = |format| CameraFormat::new(Resolution::new(wanted.width, wanted.height), format, fps);
    let first = Camera::new(index.clone(), RequestedFormat::with_formats(RequestedFormatType::None, &READABLE));
    let others = READABLE.map(|format| RequestedFormatType::Closest(near(format)));
    others.into_iter().fold(first, |result, request| match result {
        Err(NokhwaError::GetPropertyError { .. } | NokhwaError::SetPropertyError { .. }) => {
            Camera::new(index.clone(), RequestedFormat::with_formats(request, &READABLE))
        }
        result => result,
    })
}

fn offer(format: CameraFormat) -> Option<CameraOffer> {
    let pixels = match format.format() {
        FrameFormat::NV12 => Pixels::Nv12,
        FrameFormat::YUYV => Pixels::Yuyv,
        FrameFormat::MJPEG => Pixels::Mjpeg,
        _ => return None,
    };
    Some(CameraOffer { width: format.width(), height: format.height(), fps: format.frame_rate(), pixels })
}

fn frame_format(pixels: Pixels) -> FrameFormat {
    match pixels {
        Pixels::Nv12 | Pixels::I420 | Pixels::Rgba | Pixels::Bgrx => FrameFormat::NV12,
        Pixels::Yuyv => FrameFormat::YUYV,
        Pixels::Mjpeg => FrameFormat::MJPEG,
    }
}

/// The format as the studio sees it and the length of a row. JPEG pictures are JFIF: BT.601, full range.
fn described(offer: CameraOffer, index: &CameraIndex) -> (VideoFormat, usize) {
    let CameraOffer { width, height, fps, pixels } = offer;
    let (row_bytes, matrix, full_range) = match pixels {
        Pixels::Mjpeg => (0, Matrix::Bt601, true),
        _ => layout(index).unwrap_or((0, if height >= 720 { Matrix::Bt709 } else { Matrix::Bt601 }, false)),
    };
    (VideoFormat { width, height, rate: Rate::whole(fps), pixels, matrix, full_range }, row_bytes)
}

/// A picture's own bytes out of a driver's buffer, rows tightly packed; `None` when the picture is not whole.
fn packed(buffer: Bytes, format: &VideoFormat, row_bytes: usize) -> Option<Bytes> {
    let Some(bytes) = format.frame_bytes() else {
        // A copy, because the buffer is as large as the largest picture.
        return jpeg::length(&buffer).and_then(|length| buffer.get(..length)).map(Bytes::copy_from_slice);
    };
    let rows = match format.pixels {
        Pixels::Nv12 => format.height as usize + format.height.div_ceil(2) as usize,
        _ => format.height as usize,
    };
    let tight = bytes / rows.max(1);
    if row_bytes <= tight {
        return (buffer.len() >= bytes).then(|| buffer.slice(..bytes));
    }
    let mut out = Vec::with_capacity(bytes);
    for row in 0..rows {
        out.extend_from_slice(buffer.get(row * row_bytes..row * row_bytes + tight)?);
    }
    Some(Bytes::from(out))
}

/// The innermost words of an error: what the system said.
fn words(error: &NokhwaError) -> String {
    let text = error.to_string();
    text.rsplit_once("V4L2 Error: ").map_or(text.as_str(), |(_, inner)| inner).to_owned()
}

/// ENODEV is how Linux says that a camera was pulled.
fn why_lost(error: &NokhwaError) -> String {
    let words = words(error);
    if words.contains("os error 19") { "it was unplugged".to_owned() } else { words }
}

#[cfg(target_os = "linux")]
fn is_camera(index: &CameraIndex) -> bool {
    index.as_index().is_ok_and(super::v4l::is_camera)
}

#[cfg(not(target_os = "linux"))]
fn is_camera(_: &CameraIndex) -> bool {
    true
}

/// What the system calls its cameras.
#[cfg(target_os = "linux")]
struct Names(std::collections::BTreeMap<u32, super::v4l::names::Names>);

#[cfg(target_os = "linux")]
impl Names {
    fn look() -> Names {
        Names(super::v4l::names::all(super::v4l::names::Roots::of_system()))
    }

    /// A camera's stable name, and others it may be asked for by.
    fn of(&self, index: &CameraIndex, _: &str) -> (String, Vec<String>) {
        let known = index.as_index().ok().and_then(|number| self.0.get(&number)).cloned();
        known.map_or_else(|| (format!("v4l:video{}", index.as_string()), Vec::new()), |names| (names.stable, names.others))
    }
}

#[cfg(not(target_os = "linux"))]
struct Names;

#[cfg(not(target_os = "linux"))]
impl Names {
    fn look() -> Names {
        Names
    }

    /// The system's unique id, which nokhwa puts among the miscellaneous.
    fn of(&self, index: &CameraIndex, unique: &str) -> (String, Vec<String>) {
        (if unique.is_empty() { index.as_string() } else { unique.to_owned() }, Vec::new())
    }
}

#[cfg(target_os = "linux")]
fn layout(index: &CameraIndex) -> Option<(usize, Matrix, bool)> {
    let layout = super::v4l::layout(index.as_index().ok()?)?;
    Some((layout.row_bytes, layout.matrix, layout.full_range))
}

#[cfg(not(target_os = "linux"))]
fn layout(_: &CameraIndex) -> Option<(usize, Matrix, bool)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: VideoFormat = VideoFormat {
        width: 4,
        height: 2,
        rate: Rate::whole(30),
        pixels: Pixels::Nv12,
        matrix: Matrix::Bt601,
        full_range: false,
    };

    #[test]
    fn padded_rows_are_packed_and_short_pictures_refused() {
        let padded: Vec<u8> = [[1, 2, 3, 4, 0, 0], [5, 6, 7, 8, 0, 0], [9, 10, 11, 12, 0, 0]].concat();
        let bytes = packed(Bytes::from(padded.clone()), &FORMAT, 6).unwrap();
        assert_eq!(bytes[..], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        assert_eq!(packed(Bytes::from(padded), &FORMAT, 4).unwrap().len(), 12, "trailing bytes are cut");
        assert_eq!(packed(Bytes::from_static(&[0; 11]), &FORMAT, 4), None);
        assert_eq!(packed(Bytes::from_static(&[0; 13]), &FORMAT, 6), None);
        let mjpeg = VideoFormat { pixels: Pixels::Mjpeg, ..FORMAT };
        assert_eq!(packed(Bytes::from_static(&[0xFF, 0xD8, 0xFF, 0xD9, 7, 7]), &mjpeg, 0).unwrap().len(), 4);
    }

    #[test]
    fn a_camera_that_is_not_there_is_an_error_not_a_panic() {
        let device = Device { name: "v4l:nowhere".to_owned(), label: "Nowhere".to_owned() };
        let found = Found { index: CameraIndex::Index(60_000), others: Vec::new(), device };
        let error = open(&found, Wanted { width: 1280, height: 720, rate: Rate::whole(30) }, None).unwrap_err();
        assert!(matches!(error, Error::Absent { .. } | Error::Failed { .. }), "{error:?}");
    }
}
