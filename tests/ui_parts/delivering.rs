//! A camera and a microphone that deliver.

use onetake::core::device::Device;
use onetake::core::frame::AudioFormat;
use onetake::core::levels::Levels;
use onetake::core::loudness;
use onetake::studio::{Effect, Message, devices};

use crate::rig::{Rig, camera_frame, video};

/// The newest opening of devices that was asked for.
pub fn session(rig: &Rig) -> Option<u64> {
    rig.effects.iter().rev().find_map(|effect| match effect {
        Effect::Devices(devices::Effect::Open { session, .. }) => Some(*session),
        _ => None,
    })
}

/// Answers the newest opening of devices as the hands would.
pub fn open_devices(rig: &mut Rig) {
    let session = session(rig).expect("devices are opened on entering");
    let device = |label: &str| Device { name: label.into(), label: label.into() };
    let camera = Ok(Some((device("FaceTime HD Camera"), video(1280, 720), false)));
    rig.tell(Message::Devices(devices::Message::CameraOpened { session, opened: camera }));
    let format = AudioFormat { sample_rate: 48_000, channels: 1 };
    let microphone = Ok(Some((device("Desk microphone"), format, false)));
    rig.tell(Message::Devices(devices::Message::MicrophoneOpened { session, opened: microphone }));
    rig.screen.feeds.camera.publish(camera_frame(1280, 720, rig.now));
    rig.screen.feeds.levels.publish(heard(-11.0, -18.0, 0));
}

/// One channel of a voice at a good level.
pub fn heard(peak_db: f32, rms_db: f32, clips: u64) -> loudness::Heard {
    let levels = Levels { peak_db, rms_db, clipped: clips > 0 };
    let heard = loudness::Heard { channels: [levels; 2], clips, ..loudness::Heard::default() };
    loudness::Heard { momentary: Some(-17.0), short_term: Some(-19.4), ..heard }
}
