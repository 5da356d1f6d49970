//! The live link: what a studio tells its displays and remotes, and what they tell it. State, not ticks: a display gets the
//! text once, then a few bytes whenever something changes, and finds its place at every moment by itself from the course.
//! Each message is one JSON object in one WebSocket text message, `{"type": …}`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::prompter::course::Course;
use super::prompter::pace::Plan;
use super::prompter::text::Text;
use super::prompter::{Look, Mirror};
use super::time::Moment;

/// Version of the messages. A display that meets another one says so instead of guessing.
pub const VERSION: u32 = 1;
/// Close code (RFC 6455, section 7.4.2: 4000 to 4999 are an application's own) of a studio that speaks another version.
pub const CLOSE_VERSION: u16 = 4001;
/// Where the link is found on a studio's server.
pub const ROAD: &str = "/api/v1/live";
/// Where commands are posted: `ROAD/{command}`.
pub const CONTROL_ROAD: &str = "/api/v1/control";

/// All that is shown, as the studio has it now. Parts are shared, so that a change of one copies none of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Show {
    pub text: Arc<Text>,
    pub scenes: Arc<Scenes>,
    pub look: Arc<Look>,
    pub motion: Arc<Motion>,
    pub status: Arc<Status>,
    pub mirrors: Arc<Mirrors>,
}

impl Show {
    /// True when nothing changed since `other` was made from it or it from `other`: parts are compared by identity, because
    /// comparing 100,000 words a hundred times a second is work.
    pub fn same(&self, other: &Show) -> bool {
        Arc::ptr_eq(&self.text, &other.text)
            && Arc::ptr_eq(&self.scenes, &other.scenes)
            && Arc::ptr_eq(&self.look, &other.look)
            && Arc::ptr_eq(&self.motion, &other.motion)
            && Arc::ptr_eq(&self.status, &other.status)
            && Arc::ptr_eq(&self.mirrors, &other.mirrors)
    }
}

/// The script's scenes, for the list on a remote and the title on a display.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenes {
    /// Title of the script.
    pub title: String,
    /// Titles, in order; `TextRow::scene` points here.
    pub scenes: Vec<String>,
}

/// How the text moves, and how long what is left takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// On the studio's clock, in ems of the text with `revision`.
    pub course: Course,
    pub plan: Plan,
    /// The text it belongs to. A display that does not have that text yet keeps what it shows.
    pub revision: u64,
}

impl Default for Motion {
    fn default() -> Self {
        Motion { course: Course::resting(Moment(0), 0.0), plan: Plan::default(), revision: 0 }
    }
}

/// What goes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub mode: Mode,
    /// Words per minute of the scene at the eye line.
    pub words_per_minute: f64,
    /// How sure the voice's place is, 0 to 1; `None` when the voice is not followed.
    #[serde(default)]
    pub voice: Option<f32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Mode {
    #[default]
    Idle,
    /// A take begins at this moment.
    Countdown {
        ends: Moment,
    },
    /// Seconds are counted from `since`.
    Recording {
        since: Moment,
    },
    /// The take stands still since `at`: it has `at` − `since`.
    Paused {
        since: Moment,
        at: Moment,
    },
    Rehearsing {
        since: Moment,
    },
}

/// Mirroring of each display by its name; one that is not listed shows what `Look` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mirrors(pub BTreeMap<String, Mirror>);

/// Studio to display.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Update {
    /// The first message: who the display is to the studio.
    Welcome {
        version: u32,
        display: u64,
    },
    Text(Arc<Text>),
    Scenes(Arc<Scenes>),
    Look(Arc<Look>),
    Motion(Arc<Motion>),
    Status(Arc<Status>),
    Mirrors {
        mirrors: Arc<Mirrors>,
    },
    /// Answer to `Report::Clock`: its `sent`, and the studio's clock when it answered.
    Clock {
        sent: Moment,
        now: Moment,
    },
    /// An order was not carried out, and why; a sentence for a person.
    Refused {
        reason: String,
    },
}

/// Display or remote to studio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Report {
    /// The first message.
    Hello {
        version: u32,
        /// What people call it: a monitor's name, a phone's.
        name: String,
        kind: DisplayKind,
    },
    /// Asks for the studio's clock; `sent` is the display's own.
    Clock {
        sent: Moment,
    },
    /// What the display found out about itself, every few seconds.
    Health {
        /// Studio's clock minus the display's, in milliseconds, and the round trip it was measured with.
        offset_ms: f64,
        round_trip_ms: f64,
        #[serde(default)]
        smoothness: Option<Smoothness>,
    },
    Order {
        order: Order,
    },
    /// Written by a newer display; ignored.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisplayKind {
    /// A window of this program.
    Window,
    /// A prompter page in a browser.
    Page,
    /// Shows no text, gives orders.
    Remote,
}

/// What somebody at a distance wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// A command of the one list, by its name.
    Command {
        name: String,
    },
    /// To a scene, counted from 0.
    Scene {
        scene: usize,
    },
    /// To a sentence of a scene, both counted from 0.
    Line {
        scene: usize,
        line: usize,
    },
    /// Ems down, or up when negative.
    Scroll {
        ems: f64,
    },
    Pace {
        words_per_minute: f64,
    },
}

/// What a studio's server tells the studio of those at the other end of its links.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    Joined(Guest),
    Left { display: u64 },
    Health { display: u64, offset_ms: f64, round_trip_ms: f64, smoothness: Option<Smoothness> },
    Order(Order),
}

/// Who is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Unique for the life of the server.
    pub display: u64,
    pub name: String,
    pub kind: DisplayKind,
    /// Network address, without the port.
    pub address: String,
}

/// How evenly a display's frames came, over the stretch since its last report or over a whole take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Smoothness {
    /// Frames shown while the text moved.
    pub frames: u64,
    /// The display's frame period in milliseconds.
    pub period_ms: f64,
    /// Intervals between frames, in milliseconds.
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub longest_ms: f64,
    /// Refreshes of the display for which no new frame was ready.
    pub missed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_what_pages_expect() {
        let json = |update: Update| serde_json::to_string(&update).unwrap();
        let update = Update::Clock { sent: Moment(3), now: Moment(7) };
        assert_eq!(json(update), r#"{"type":"clock","sent":3,"now":7}"#);
        let status = Status { mode: Mode::Recording { since: Moment(5) }, words_per_minute: 150.0, voice: None };
        let text = r#"{"type":"status","mode":{"is":"recording","since":5},"words_per_minute":150.0,"voice":null}"#;
        assert_eq!(json(Update::Status(Arc::new(status))), text);
        let order: Report = serde_json::from_str(r#"{"type":"order","order":{"do":"command","name":"again"}}"#).unwrap();
        assert_eq!(order, Report::Order { order: Order::Command { name: "again".into() } });
        assert_eq!(serde_json::from_str::<Report>(r#"{"type":"dance","steps":3}"#).unwrap(), Report::Unknown);
    }

    #[test]
    fn what_is_sent_comes_back_the_same() {
        for update in [
            Update::Text(Arc::default()),
            Update::Scenes(Arc::default()),
            Update::Look(Arc::default()),
            Update::Motion(Arc::default()),
            Update::Status(Arc::default()),
            Update::Mirrors { mirrors: Arc::default() },
        ] {
            let text = serde_json::to_string(&update).unwrap();
            assert_eq!(serde_json::from_str::<Update>(&text).unwrap(), update, "{text}");
        }
    }
}
