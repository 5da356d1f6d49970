//! The talent's display: a window of its own with a surface and a presentation loop of its own, because a prompter that waits
//! for anybody else's frame stutters. It is told what to show through a slot (`Scene`) and finds its place at every moment by
//! itself from the course, so that it goes on when whoever filled the slot stands still. It decides nothing: what a person
//! does to the window goes out as an `Event`.

mod cadence;
mod glide;
mod keys;
mod monitors;
mod palette;
mod picture;
mod surface;
mod window;
mod x11;

use std::sync::Arc;

use crate::core::live::{Mirrors, Motion, Scenes, Smoothness, Status};
use crate::core::offset::Offset;
use crate::core::prompter::{Look, Mirror};
use crate::core::time::Moment;
use crate::gpu::text::{Fonts, TextLayout};

pub use monitors::Monitor;
pub use window::{Prompter, Remote};

/// What is to be shown.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// `None` before the first text has come.
    pub layout: Option<Arc<TextLayout>>,
    pub look: Arc<Look>,
    /// Of this very layout.
    pub motion: Arc<Motion>,
    pub status: Arc<Status>,
    pub scenes: Arc<Scenes>,
    /// Mirroring of displays by their names.
    pub mirrors: Arc<Mirrors>,
    /// The studio's clock against this machine's; `None` when they are the same.
    pub offset: Option<Offset>,
    /// For everything but the script; without them nothing else is written.
    pub fonts: Option<Fonts>,
    /// What is said in the middle while there is no text.
    pub waiting: String,
    /// What is said at the edge while there is text: that the studio does not answer.
    pub sign: Option<String>,
}

impl Scene {
    /// The studio's clock at a moment of ours.
    pub fn studio_time(&self, now: Moment) -> Moment {
        self.offset.map_or(now, |offset| offset.theirs(now))
    }

    /// The height of the sheet at the eye line at a moment of ours, in ems.
    pub fn position(&self, now: Moment) -> f64 {
        self.motion.course.position(self.studio_time(now))
    }
}

/// Where and how the window opens.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The monitor by its name; `None` takes the one that suits.
    pub monitor: Option<String>,
    /// An ordinary window, never full screen.
    pub windowed: bool,
    /// Takes the place of what the scene says about mirroring.
    pub mirror: Option<Mirror>,
    /// Nobody else works on this machine: the only monitor may be covered, and it must stay awake.
    pub alone: bool,
    /// Somebody works in another window, which keeps the keyboard when this one opens.
    pub beside: bool,
}

/// A key, named apart from any window system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// What the key writes, letters as capitals.
    Char(char),
    Space,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    Delete,
    Escape,
    F(u8),
}

/// A key that was pressed, with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Press {
    pub ctrl: bool,
    pub shift: bool,
    pub key: Key,
}

/// What happened to the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is there, and what it draws with.
    Ready {
        adapter: String,
    },
    /// It stands on a monitor, or on none. `wanted` is false when the one that was asked for is missing.
    Placed {
        monitor: Option<String>,
        full_screen: bool,
        wanted: bool,
    },
    Pressed(Press),
    /// The wheel: rows down, or up when negative.
    Scrolled(f64),
    /// How evenly the frames of the last seconds came.
    Smoothness(Smoothness),
    /// A person closed it.
    Closed,
}
