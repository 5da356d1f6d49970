//! Opening and closing the devices of a session.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::{Owner, Tap};
use crate::capture::{self, OpenCamera, OpenMicrophone};
use crate::clock;
use crate::core::device::{Device, DeviceChoice, DeviceEvent};
use crate::core::frame::{AudioBlock, AudioFormat, Frame, Pixels, VideoFormat};
use crate::core::problem::Problem;
use crate::core::time::{Moment, Rate};
use crate::gpu::mjpeg;
use crate::studio::{Message, devices};

use super::super::inbox::Outbox;

/// What the settings ask for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub camera: DeviceChoice,
    pub microphone: DeviceChoice,
    pub width: u32,
    pub height: u32,
    pub fps: u32,
}

/// Devices that deliver. Dropping closes them.
#[derive(Debug)]
pub(super) struct Devices {
    pub session: u64,
    /// Frame 0 of the synthetic camera and sample 0 of the synthetic microphone.
    pub start: Moment,
    pub camera: Option<OpenCamera>,
    pub microphone: Option<OpenMicrophone>,
    /// The layout of the camera's pixels, also when it is gone.
    pub pixels: Option<Pixels>,
    /// No camera is wanted: sound alone is recorded.
    pub alone: bool,
}

/// A device as the studio hears of it: what it is, what it gives, whether it is synthetic.
pub(super) type Told<F> = (Device, F, bool);

impl Owner {
    /// Closes what was open, opens what is wanted, and tries the encoders for it so that a take starts at once.
    pub(super) fn open(&mut self, session: u64, wanted: &Wanted) {
        if self.take.is_some() {
            tracing::warn!("devices stay as they are while a take runs");
            return;
        }
        self.close();
        let start = clock::now();
        let (tap, outbox) = (&self.tap, &self.ways.outbox);
        let camera = chosen(&wanted.camera, || camera(tap, outbox, session, wanted, None, start));
        let synthetic = camera.as_ref().is_ok_and(|camera| camera.as_ref().is_some_and(|camera| camera.synthetic));
        let opened = camera.as_ref().map_err(Clone::clone).map(|camera| camera.as_ref().map(told_camera));
        self.tell(devices::Message::CameraOpened { session, opened });
        if let Ok(Some(camera)) = &camera {
            self.tell_skipped(&camera.skipped);
        }
        let microphone = chosen(&wanted.microphone, || microphone(tap, outbox, session, wanted, synthetic, start));
        let opened = microphone.as_ref().map_err(Clone::clone).map(|microphone| microphone.as_ref().map(told_microphone));
        self.tell(devices::Message::MicrophoneOpened { session, opened });
        let alone = matches!(camera, Ok(None));
        let (camera, microphone) = (camera.ok().flatten(), microphone.ok().flatten());
        let format = camera.as_ref().map(|camera| camera.format);
        let sound = microphone.is_some();
        let pixels = format.map(|format| format.pixels);
        self.devices = Some(Devices { session, start, camera, microphone, pixels, alone });
        if format.is_some() || (alone && sound) {
            self.choose_encoders(format, sound);
        }
    }

    pub(super) fn close(&mut self) {
        self.stop_take();
        self.devices = None;
        self.ways.feeds.camera.clear();
        self.tap.meter.reset();
    }

    /// A camera that is there and does not open is said, not passed over in silence. (Sound systems list many names that
    /// lead nowhere; those only reach the log.)
    fn tell_skipped(&self, skipped: &[capture::Error]) {
        for error in skipped {
            self.ways.outbox.problem(error.clone());
        }
    }

    /// The formats a take would have now; `None` when what it needs is not open.
    pub(super) fn formats(&self) -> Option<(Option<VideoFormat>, Option<AudioFormat>)> {
        let open = self.devices.as_ref()?;
        let video = open.camera.as_ref().map(|camera| camera.format);
        let audio = open.microphone.as_ref().map(|mic| mic.format);
        // A camera that has gone is no wish for sound alone.
        (video.is_some() || (open.alone && audio.is_some())).then_some((video, audio))
    }

    pub(super) fn tell(&self, message: devices::Message) {
        self.ways.outbox.send(Message::Devices(message));
    }
}

/// Nothing when none is wanted.
fn chosen<T>(choice: &DeviceChoice, open: impl FnOnce() -> Result<T, Problem>) -> Result<Option<T>, Problem> {
    if *choice == DeviceChoice::None { Ok(None) } else { open().map(Some) }
}

/// Opens the camera, its pictures on their way to screen and file; with `only`, in no other layout of its pixels.
pub(super) fn camera(
    tap: &Arc<Tap>,
    outbox: &Outbox,
    session: u64,
    wanted: &Wanted,
    only: Option<Pixels>,
    start: Moment,
) -> Result<OpenCamera, Problem> {
    let picture = capture::Wanted { width: wanted.width, height: wanted.height, rate: Rate::whole(wanted.fps.max(1)) };
    let tap = Arc::clone(tap);
    let screen = Screen::start(&tap)?;
    let on_frame = move |frame: Frame| {
        tap.record_frame(&frame);
        screen.show(&tap, frame);
    };
    Ok(capture::open_camera_as(&wanted.camera, picture, only, start, on_frame, events(outbox, session))?)
}

/// Opens the microphone, its sound on its way to meter and file.
pub(super) fn microphone(
    tap: &Arc<Tap>,
    outbox: &Outbox,
    session: u64,
    wanted: &Wanted,
    beside_synthetic: bool,
    start: Moment,
) -> Result<OpenMicrophone, Problem> {
    let tap = Arc::clone(tap);
    let on_block = move |block: AudioBlock| tap.sound(&block);
    Ok(capture::open_microphone(&wanted.microphone, beside_synthetic, start, on_block, events(outbox, session))?)
}

pub(super) fn told_camera(camera: &OpenCamera) -> Told<VideoFormat> {
    (camera.device.clone(), camera.format, camera.synthetic)
}

pub(super) fn told_microphone(microphone: &OpenMicrophone) -> Told<AudioFormat> {
    (microphone.device.clone(), microphone.format, microphone.synthetic)
}

fn events(outbox: &Outbox, session: u64) -> impl Fn(DeviceEvent) + Send + Sync + 'static {
    let outbox = outbox.clone();
    move |event| {
        outbox.try_send(Message::Devices(devices::Message::Event { session, event }));
    }
}

/// The camera's way to the screen. JPEG pictures are decoded by a thread that takes the next one when it is done with the
/// last: what came between is not shown.
struct Screen {
    jpegs: SyncSender<Frame>,
}

impl Screen {
    fn start(tap: &Arc<Tap>) -> Result<Screen, Problem> {
        let (jpegs, received) = sync_channel::<Frame>(1);
        let tap = Arc::clone(tap);
        let run = move || {
            while let Ok(frame) = received.recv() {
                match mjpeg::decode_mjpeg(&frame) {
                    Ok(decoded) => tap.feeds.camera.publish(decoded),
                    Err(error) => tracing::debug!(%error, "a camera picture could not be decoded"),
                }
            }
        };
        std::thread::Builder::new().name("preview".into()).spawn(run).map_err(|error| {
            Problem::failed(format!("The preview could not be started: {error}."), "Close other programs and try again.")
        })?;
        Ok(Screen { jpegs })
    }

    fn show(&self, tap: &Tap, frame: Frame) {
        if frame.format.pixels == Pixels::Mjpeg {
            // Full while the last one is being decoded: then this one is not shown.
            let _ = self.jpegs.try_send(frame);
            return;
        }
        tap.feeds.camera.publish(frame);
    }
}
