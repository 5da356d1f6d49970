//! Opening a device again beside the other one and beside a running take: on a thread of its own, because opening takes
//! seconds when a driver is slow, and the stage must be able to stop the take meanwhile. What was opened comes back as an
//! order; when the studio has moved on by then, it is closed again.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::open::{self, Wanted};
use super::{Order, Owner, Tap};
use crate::capture::{OpenCamera, OpenMicrophone};
use crate::core::device::What;
use crate::core::frame::Pixels;
use crate::core::problem::Problem;
use crate::core::time::Moment;
use crate::studio::devices;

use super::super::inbox::Outbox;

/// What is to be opened again.
#[derive(Debug)]
pub(super) struct Again {
    pub session: u64,
    pub what: What,
    pub wanted: Wanted,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Returned {
    session: u64,
    found: Found,
}

#[derive(Debug)]
enum Found {
    Camera(Result<OpenCamera, Problem>),
    Microphone(Result<OpenMicrophone, Problem>),
}

/// All that opening needs, on its own thread.
struct Attempt {
    again: Again,
    start: Moment,
    only: Option<Pixels>,
    beside_synthetic: bool,
    tap: Arc<Tap>,
    outbox: Outbox,
}

impl Owner {
    /// Lets go of the device that gives nothing any more and tries to open it again. The answer goes to `orders`.
    pub(super) fn reopen(&mut self, again: Again, orders: SyncSender<Order>) {
        let Some(open) = self.devices.as_mut().filter(|open| open.session == again.session) else { return };
        match again.what {
            What::Camera => drop(open.camera.take()),
            What::Microphone => drop(open.microphone.take()),
        }
        let attempt = Attempt {
            start: open.start,
            // A take's pipeline decodes JPEG or does not.
            only: open.pixels.filter(|_| self.take.is_some()),
            beside_synthetic: open.camera.as_ref().is_some_and(|camera| camera.synthetic),
            tap: Arc::clone(&self.tap),
            outbox: self.ways.outbox.clone(),
            again,
        };
        let spawned = std::thread::Builder::new().name("reopen".into()).spawn(move || {
            // The stage is gone when the studio ends.
            let _ = orders.send(Order::Returned(Box::new(attempt.run())));
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread to open a device again");
        }
    }

    /// Takes in what was opened, if it is still wanted.
    pub(super) fn returned(&mut self, returned: Returned) {
        let Returned { session, found } = returned;
        if self.devices.as_ref().is_none_or(|open| open.session != session) {
            return;
        }
        match found {
            Found::Camera(result) => {
                let opened = result.as_ref().map_err(Clone::clone).map(|camera| Some(open::told_camera(camera)));
                self.tell(devices::Message::CameraReopened { session, opened });
                self.put_camera(result.ok());
            }
            Found::Microphone(result) => {
                let opened = result.as_ref().map_err(Clone::clone).map(|mic| Some(open::told_microphone(mic)));
                self.tell(devices::Message::MicrophoneReopened { session, opened });
                if let Some(open) = self.devices.as_mut() {
                    open.microphone = result.ok();
                }
            }
        }
    }

    fn put_camera(&mut self, camera: Option<OpenCamera>) {
        let Some(open) = self.devices.as_mut() else { return };
        open.camera = camera;
        let (format, sound) = (open.camera.as_ref().map(|camera| camera.format), open.microphone.is_some());
        if let (Some(format), None) = (format, &self.take) {
            open.pixels = Some(format.pixels);
            self.choose_encoders(Some(format), sound);
        }
    }
}

impl Attempt {
    fn run(self) -> Returned {
        let Again { session, what, wanted } = self.again;
        let found = match what {
            What::Camera => Found::Camera(open::camera(&self.tap, &self.outbox, session, &wanted, self.only, self.start)),
            What::Microphone => {
                let beside = self.beside_synthetic;
                Found::Microphone(open::microphone(&self.tap, &self.outbox, session, &wanted, beside, self.start))
            }
        };
        Returned { session, found }
    }
}
