//! Effects of devices: the list is kept up to date by a watch, cameras are set on a thread of their own, and opening and
//! closing is the stage's.

use crate::capture::devices::{self as plugged, Watch};
use crate::studio::Message;
use crate::studio::devices::{self, Effect};

use super::camera_controls::CameraControls;
use super::house::Ways;
use super::stage::Stage;

#[derive(Debug)]
pub struct Devices {
    watch: Option<Watch>,
    controls: CameraControls,
    ways: Ways,
}

impl Devices {
    pub fn start(ways: Ways) -> std::io::Result<Devices> {
        Ok(Devices { watch: None, controls: CameraControls::start(&ways)?, ways })
    }

    pub fn run(&mut self, effect: Effect, stage: &Stage) {
        match effect {
            Effect::List => self.list(),
            Effect::Watch => self.watch(),
            Effect::Controls { camera, order } => self.controls.run(camera, order),
            effect => stage.devices(effect),
        }
    }

    /// On a thread of its own: drivers may take their time.
    fn list(&self) {
        let ways = self.ways.clone();
        let spawned = std::thread::Builder::new().name("devices".into()).spawn(move || tell(&ways, plugged::list()));
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread to list devices");
        }
    }

    fn watch(&mut self) {
        let ways = self.ways.clone();
        match plugged::watch(move |found| tell(&ways, found)) {
            Ok(watch) => self.watch = Some(watch),
            Err(error) => tracing::error!(%error, "no thread to watch devices"),
        }
    }
}

fn tell(ways: &Ways, found: plugged::Devices) {
    let listed = devices::Message::Listed { cameras: found.cameras, microphones: found.microphones };
    ways.outbox.send(Message::Devices(listed));
}
