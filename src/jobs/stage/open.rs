//! Opening and closing the devices of a session.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::{Owner, Tap};
use crate::capture::{self, OpenCamera, OpenMicrophone};
use crate::clock;
use crate::core::device::{DeviceChoice, DeviceEvent};
use crate::core::frame::{AudioFormat, Frame, Pixels, VideoFormat};
use crate::core::problem::Problem;
use crate::core::time::Rate;
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
    pub camera: Option<OpenCamera>,
    pub microphone: Option<OpenMicrophone>,
}

impl Owner {
    /// Closes what was open, opens what is wanted, and tries the encoders for it so that a take starts at once.
    pub(super) fn open(&mut self, session: u64, wanted: &Wanted) {
        if self.take.is_some() {
            tracing::warn!("devices stay as they are while a take runs");
            return;
        }
        self.close();
        // Frame 0 of the synthetic camera and sample 0 of the synthetic microphone.
        let start = clock::now();
        let camera = self.camera(session, wanted, start);
        let synthetic = camera.as_ref().is_ok_and(|camera| camera.as_ref().is_some_and(|camera| camera.synthetic));
        let opened = camera.as_ref().map(|camera| camera.as_ref().map(|c| (c.device.clone(), c.format, c.synthetic)));
        let opened = opened.map_err(Clone::clone);
        self.tell(devices::Message::CameraOpened { session, opened });
        let microphone = self.microphone(session, wanted, synthetic, start);
        let opened = microphone.as_ref().map(|mic| mic.as_ref().map(|m| (m.device.clone(), m.format, m.synthetic)));
        let opened = opened.map_err(Clone::clone);
        self.tell(devices::Message::MicrophoneOpened { session, opened });
        let open = Devices { camera: camera.ok().flatten(), microphone: microphone.ok().flatten() };
        let video = open.camera.as_ref().map(|camera| camera.format);
        if video.is_some() || open.microphone.is_some() {
            self.choose_encoders(video, open.microphone.is_some());
        }
        self.devices = Some(open);
    }

    pub(super) fn close(&mut self) {
        self.stop_take();
        self.devices = None;
        self.ways.feeds.camera.clear();
        self.ways.feeds.levels.clear();
    }

    fn camera(&self, session: u64, wanted: &Wanted, start: crate::core::time::Moment) -> Result<Option<OpenCamera>, Problem> {
        if wanted.camera == DeviceChoice::None {
            return Ok(None);
        }
        let picture = capture::Wanted { width: wanted.width, height: wanted.height, rate: Rate::whole(wanted.fps.max(1)) };
        let tap = Arc::clone(&self.tap);
        let screen = Screen::start(&tap)?;
        let on_frame = move |frame: Frame| {
            tap.record_frame(&frame);
            screen.show(&tap, frame);
        };
        let opened = capture::open_camera(&wanted.camera, picture, start, on_frame, events(&self.ways.outbox, session))?;
        self.tell_skipped(&opened.skipped);
        Ok(Some(opened))
    }

    fn microphone(
        &self,
        session: u64,
        wanted: &Wanted,
        beside_synthetic: bool,
        start: crate::core::time::Moment,
    ) -> Result<Option<OpenMicrophone>, Problem> {
        if wanted.microphone == DeviceChoice::None {
            return Ok(None);
        }
        let tap = Arc::clone(&self.tap);
        let on_block = move |block: crate::core::frame::AudioBlock| tap.sound(&block);
        let on_event = events(&self.ways.outbox, session);
        let opened = capture::open_microphone(&wanted.microphone, beside_synthetic, start, on_block, on_event)?;
        Ok(Some(opened))
    }

    /// A camera that is there and does not open is said, not passed over in silence. (Sound systems list many names that
    /// lead nowhere; those only reach the log.)
    fn tell_skipped(&self, skipped: &[capture::Error]) {
        for error in skipped {
            self.ways.outbox.problem(error.clone());
        }
    }

    /// The formats a take would have now; `None` when no device is open.
    pub(super) fn formats(&self) -> Option<(Option<VideoFormat>, Option<AudioFormat>)> {
        let open = self.devices.as_ref()?;
        let video = open.camera.as_ref().map(|camera| camera.format);
        let audio = open.microphone.as_ref().map(|mic| mic.format);
        (video.is_some() || audio.is_some()).then_some((video, audio))
    }

    fn tell(&self, message: devices::Message) {
        self.ways.outbox.send(Message::Devices(message));
    }
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
