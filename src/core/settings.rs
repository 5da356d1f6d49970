//! What the person chose and expects to find again. Unknown fields of a newer program are ignored, missing ones take their
//! default, so that a settings row never stops the studio.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::device::DeviceChoice;
use super::engine::Choices;
use super::joining;
use super::live::Mirrors;
use super::prompter::{Look, Pace};
use super::screen::ScreenChoice;
use super::storage::Storage;

/// Everything that is remembered between starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub camera: DeviceChoice,
    pub microphone: DeviceChoice,
    /// Size and rate asked of the camera.
    pub width: u32,
    pub height: u32,
    pub fps: u32,
    /// Size and rate were chosen by the person, or for them by what this machine holds; until then they are only usual.
    pub size_chosen: bool,
    /// What a camera's own controls are set to: camera name, control name, value.
    pub camera_controls: BTreeMap<String, BTreeMap<String, i64>>,
    /// The screen is recorded beside the camera, into a file of its own.
    pub screen: bool,
    /// Which part of it, where the program may choose.
    pub screen_choice: ScreenChoice,
    /// By this the desktop remembers which screen the person let the program record.
    pub screen_token: Option<String>,
    /// Steady noise is taken out of what is heard in review and exported; a take's own file always holds what the microphone gave.
    pub noise_suppression: bool,
    /// A take is uploaded while it is recorded.
    pub upload_while_recording: bool,
    /// Seconds of countdown before a take; 0 starts at once.
    pub countdown_secs: u32,
    pub pace: Pace,
    pub look: Look,
    /// Interface scale; 1.0 is the display's own.
    pub zoom: f32,
    /// Project open last.
    pub last_project: Option<String>,
    /// Base address of the studio server takes go to; `None` is the embedded one.
    pub server_url: Option<String>,
    /// The bucket or folder for files, and whether takes go there. Holds no key.
    pub storage: Storage,
    /// What is made by which engine, and what it may cost. Holds no key.
    pub engines: Choices,
    /// How scenes are joined into a film.
    pub film: joining::Choice,
    /// Monitor of the talent's display by name; `None` when there is none.
    pub talent_monitor: Option<String>,
    /// Mirroring of displays by their names.
    pub mirrors: Mirrors,
    /// Phones and other machines on the local network may connect.
    pub lan: bool,
    /// Port the studio's server takes on the local network; the next free one when it is taken.
    pub lan_port: u16,
    /// Keys of commands that differ from the usual ones: command name to keys as people write them, none to switch off.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Folder of the speech model that voice-follow uses; `None` is the one that is installed.
    pub voice_model: Option<String>,
    /// UDP port for OSC; `None` is off.
    pub osc_port: Option<u16>,
    /// MIDI is listened to.
    pub midi: bool,
    /// What MIDI controllers do.
    pub midi_bindings: Vec<MidiBinding>,
    /// Names of MIDI inputs that are not listened to.
    pub midi_muted: Vec<String>,
}

/// A note or controller of a MIDI device, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MidiBinding {
    pub trigger: MidiTrigger,
    pub action: MidiAction,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MidiAction {
    /// The command of this name.
    Command(String),
    /// The controller's value, 0 to 127, is the prompter's pace.
    Pace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MidiTrigger {
    /// Note-on with a velocity above 0.
    Note {
        channel: u8,
        note: u8,
    },
    /// A controller that goes from below 64 to 64 or above.
    Control {
        channel: u8,
        controller: u8,
    },
    Program {
        channel: u8,
        program: u8,
    },
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            camera: DeviceChoice::Auto,
            microphone: DeviceChoice::Auto,
            width: 1280,
            height: 720,
            fps: 30,
            size_chosen: false,
            camera_controls: BTreeMap::new(),
            screen: false,
            screen_choice: ScreenChoice::Primary,
            screen_token: None,
            noise_suppression: false,
            upload_while_recording: false,
            countdown_secs: 3,
            pace: Pace::default(),
            look: Look::default(),
            zoom: 1.0,
            last_project: None,
            server_url: None,
            storage: Storage::default(),
            engines: Choices::default(),
            film: joining::Choice::default(),
            talent_monitor: None,
            mirrors: Mirrors::default(),
            lan: false,
            lan_port: 7420,
            keys: BTreeMap::new(),
            voice_model: None,
            osc_port: None,
            midi: false,
            midi_bindings: Vec::new(),
            midi_muted: Vec::new(),
        }
    }
}

/// The longest countdown, in seconds.
pub const MAX_COUNTDOWN_SECS: u32 = 60;

impl Settings {
    /// The same with figures a studio can work with: what is read from the disk may hold anything.
    pub fn bounded(self) -> Settings {
        Settings {
            width: self.width.clamp(90, 8192),
            height: self.height.clamp(90, 8192),
            fps: self.fps.clamp(1, 240),
            countdown_secs: self.countdown_secs.min(MAX_COUNTDOWN_SECS),
            zoom: if self.zoom.is_finite() { self.zoom.clamp(0.5, 4.0) } else { 1.0 },
            look: self.look.bounded(),
            storage: self.storage.tidy(),
            engines: self.engines.tidy(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_and_newer_settings_are_read() {
        let read: Settings = serde_json::from_str(r#"{"fps":60,"hologram":true}"#).unwrap();
        assert_eq!(read, Settings { fps: 60, ..Settings::default() });
    }

    #[test]
    fn figures_from_a_damaged_row_are_brought_into_bounds() {
        let read: Settings = serde_json::from_str(r#"{"width":0,"fps":0,"countdown_secs":4000000000,"zoom":1e30}"#).unwrap();
        let bounded = read.bounded();
        assert_eq!((bounded.width, bounded.fps, bounded.countdown_secs, bounded.zoom), (90, 1, MAX_COUNTDOWN_SECS, 4.0));
        assert_eq!(Settings::default().bounded(), Settings::default());
    }
}
