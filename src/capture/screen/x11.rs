//! Copies an X server's screen. One connection of our own in plain Rust: GStreamer's grabber goes through Xlib, which ends the
//! whole process when the server goes away or the screen becomes smaller in the middle of a copy, and a take with it.
//!
//! The server copies into memory that both share (MIT-SHM) and tells what has changed (DAMAGE); where it can do neither, as over
//! a network, the picture comes through the connection and is asked for each time.

use std::fs::File;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use x11rb::connection::Connection;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, ReportLevel};
use x11rb::protocol::randr::{self, NotifyMask};
use x11rb::protocol::shm;
use x11rb::protocol::xfixes::{self, CursorNotifyMask};
use x11rb::protocol::xproto::{self, ConnectionExt as _, ImageFormat, ImageOrder};
use x11rb::rust_connection::RustConnection;

use super::cursor::Cursor;
use super::{Error, format};
use crate::capture::stop::StopSignal;
use crate::clock;
use crate::core::frame::Frame;
use crate::core::monitor::Monitor;
use crate::core::screen::{Region, ScreenChoice, region};
use crate::core::time::{Moment, Rate, SECOND};

/// A picture is taken at least this often, in case the server forgets to tell of a change.
const ANYWAY_NANOS: u64 = SECOND;

/// While monitors are being rearranged copies fail; for longer than this they fail for good.
const PATIENCE_NANOS: u64 = 5 * SECOND;

const BYTES_PER_PIXEL: usize = 4;

/// A connection to the X server.
#[derive(Debug)]
pub struct Desktop {
    connection: RustConnection,
    root: xproto::Window,
}

impl Desktop {
    pub fn open() -> Result<Desktop, Error> {
        let (connection, screen) = x11rb::connect(None).map_err(|error| Error::Failed(error.to_string()))?;
        let setup = connection.setup();
        let screen = setup.roots.get(screen).ok_or(Error::NoScreen)?;
        let bits = setup.pixmap_formats.iter().find(|format| format.depth == screen.root_depth).map(|f| f.bits_per_pixel);
        let visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
        let visual = visuals.into_iter().find(|visual| visual.visual_id == screen.root_visual);
        let masks = visual.map(|visual| (visual.red_mask, visual.green_mask, visual.blue_mask));
        let little = setup.image_byte_order == ImageOrder::LSB_FIRST;
        if bits != Some(32) || masks != Some((0xff_0000, 0xff00, 0xff)) || !little {
            return Err(Error::Pixels(format!("depth {}", screen.root_depth)));
        }
        let root = screen.root;
        Ok(Desktop { connection, root })
    }

    /// What is plugged in and on.
    pub fn monitors(&self) -> Result<Vec<Monitor>, Error> {
        randr::query_version(&self.connection, 1, 5).map_err(gone)?.reply().map_err(failed)?;
        let listed = randr::get_monitors(&self.connection, self.root, true).map_err(gone)?.reply().map_err(failed)?;
        let monitor = |facts: &randr::MonitorInfo| -> Result<Monitor, Error> {
            let name = self.connection.get_atom_name(facts.name).map_err(gone)?.reply().map_err(failed)?.name;
            Ok(Monitor {
                name: String::from_utf8_lossy(&name).into_owned(),
                x: i32::from(facts.x),
                y: i32::from(facts.y),
                width: u32::from(facts.width),
                height: u32::from(facts.height),
                scale: 1.0,
                refresh_millihertz: None,
                primary: facts.primary,
            })
        };
        listed.monitors.iter().map(monitor).collect()
    }

    /// The chosen part of the screen as it is now.
    pub fn region(&self, choice: &ScreenChoice) -> Result<Region, Error> {
        let whole = self.connection.get_geometry(self.root).map_err(gone)?.reply().map_err(failed)?;
        let monitors = self.monitors().or_else(|error| match choice {
            // A server without RandR has one screen.
            ScreenChoice::Primary | ScreenChoice::Whole => Ok(Vec::new()),
            ScreenChoice::Named(_) => Err(error),
        })?;
        let named = match choice {
            ScreenChoice::Named(name) => name.clone(),
            ScreenChoice::Primary | ScreenChoice::Whole => "main".to_owned(),
        };
        region(choice, &monitors, (whole.width.into(), whole.height.into())).ok_or(Error::NoMonitor(named))
    }
}

/// How pictures come from the server.
#[derive(Debug)]
enum Way {
    Shared { segment: shm::Seg, memory: File },
    Connection,
}

/// Copies one part of the screen.
#[derive(Debug)]
pub struct Copier {
    desktop: Desktop,
    choice: ScreenChoice,
    region: Region,
    way: Way,
    /// Tells of changes; `None` where the server can't.
    damage: Option<damage::Damage>,
    /// The pointer is drawn into the picture.
    pointer: bool,
    /// Where the pointer was.
    pointed: (i16, i16),
    /// Something has changed since the last picture.
    changed: bool,
    /// Monitors were rearranged.
    moved: bool,
}

impl Copier {
    pub fn new(desktop: Desktop, choice: ScreenChoice) -> Result<Copier, Error> {
        let region = desktop.region(&choice)?;
        let connection = &desktop.connection;
        let pointer = xfixes::query_version(connection, 5, 0).is_ok_and(|cookie| cookie.reply().is_ok());
        if pointer {
            xfixes::select_cursor_input(connection, desktop.root, CursorNotifyMask::DISPLAY_CURSOR).map_err(gone)?;
        }
        randr::select_input(connection, desktop.root, NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE).map_err(gone)?;
        let damage = watch_changes(connection, desktop.root);
        let way = shared(connection, &region).unwrap_or(Way::Connection);
        tracing::info!(?region, ?way, told_of_changes = damage.is_some(), "the screen is recorded");
        Ok(Copier { region, way, damage, pointer, pointed: (0, 0), changed: true, moved: false, desktop, choice })
    }

    /// Gives pictures until it is stopped or the screen is gone.
    pub fn run(&mut self, rate: Rate, signal: &StopSignal, mut on_frame: impl FnMut(Frame)) -> Result<(), Error> {
        let begin = clock::now();
        let (mut tick, mut number) = (0, 0);
        let (mut copied, mut whole) = (None, begin);
        while !signal.wait_until(Moment(begin.0.saturating_add(rate.frame_start(tick)))) {
            let stamp = clock::now();
            // A machine that is behind leaves pictures out.
            tick = (stamp.since(begin) / rate.frame_nanos().max(1)).max(tick) + 1;
            self.listen()?;
            if !self.changed && copied.is_some_and(|copied| stamp.since(copied) < ANYWAY_NANOS) {
                continue;
            }
            match self.copy() {
                Ok(data) => {
                    let format = format(self.region.width, self.region.height, rate);
                    on_frame(Frame { format, data, stamp, number });
                    number += 1;
                    (copied, whole) = (Some(stamp), stamp);
                }
                Err(Error::Failed(detail)) if stamp.since(whole) < PATIENCE_NANOS => {
                    tracing::debug!(detail, "the screen could not be copied; its shape is asked for again");
                    self.moved = true;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the server has told since the last picture.
    fn listen(&mut self) -> Result<(), Error> {
        while let Some(event) = self.desktop.connection.poll_for_event().map_err(gone)? {
            match event {
                Event::DamageNotify(_) | Event::XfixesCursorNotify(_) => self.changed = true,
                Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => self.moved = true,
                _ => {}
            }
        }
        if self.damage.is_none() {
            self.changed = true;
        } else if self.pointer {
            let at = self.desktop.connection.query_pointer(self.desktop.root).map_err(gone)?.reply().map_err(failed)?;
            let now = (at.root_x, at.root_y);
            self.changed |= std::mem::replace(&mut self.pointed, now) != now;
        }
        if std::mem::take(&mut self.moved) {
            self.reshape()?;
        }
        Ok(())
    }

    /// The monitor has another place or size.
    fn reshape(&mut self) -> Result<(), Error> {
        let region = self.desktop.region(&self.choice)?;
        self.changed = true;
        if region == self.region {
            return Ok(());
        }
        tracing::info!(?region, "the screen changed its shape");
        if let Way::Shared { segment, .. } = self.way {
            shm::detach(&self.desktop.connection, segment).map_err(gone)?;
        }
        self.way = shared(&self.desktop.connection, &region).unwrap_or(Way::Connection);
        self.region = region;
        Ok(())
    }

    fn copy(&mut self) -> Result<Bytes, Error> {
        self.changed = false;
        let connection = &self.desktop.connection;
        if let Some(damage) = self.damage {
            // From here on a change is told again; what came before it is in the picture.
            damage::subtract(connection, damage, x11rb::NONE, x11rb::NONE).map_err(gone)?;
        }
        let Region { x, y, width, height, .. } = self.region;
        let bytes = width as usize * height as usize * BYTES_PER_PIXEL;
        let (left, top) = (short(x)?, short(y)?);
        let (w, h) = (short::<u16, _>(width)?, short::<u16, _>(height)?);
        let all = u32::MAX;
        let mut picture = match &self.way {
            Way::Shared { segment, memory } => {
                let kind = u8::from(ImageFormat::Z_PIXMAP);
                let asked = shm::get_image(connection, self.desktop.root, left, top, w, h, all, kind, *segment, 0);
                asked.map_err(gone)?.reply().map_err(failed)?;
                let mut picture = vec![0; bytes];
                memory.read_exact_at(&mut picture, 0).map_err(|error| Error::Failed(error.to_string()))?;
                picture
            }
            Way::Connection => {
                let asked = connection.get_image(ImageFormat::Z_PIXMAP, self.desktop.root, left, top, w, h, all);
                asked.map_err(gone)?.reply().map_err(failed)?.data
            }
        };
        if picture.len() != bytes {
            return Err(Error::Failed(format!("{} bytes came instead of {bytes}", picture.len())));
        }
        self.draw_pointer(&mut picture)?;
        Ok(picture.into())
    }

    fn draw_pointer(&self, picture: &mut [u8]) -> Result<(), Error> {
        if !self.pointer {
            return Ok(());
        }
        let asked = xfixes::get_cursor_image(&self.desktop.connection).map_err(gone)?;
        match asked.reply() {
            Ok(image) => {
                let from = |at: i16, hot: u16, start: i32| i64::from(at) - i64::from(hot) - i64::from(start);
                let (left, top) = (from(image.x, image.xhot, self.region.x), from(image.y, image.yhot, self.region.y));
                let cursor = Cursor { left, top, width: image.width.into(), pixels: &image.cursor_image };
                cursor.draw(picture, self.region.width as usize);
                Ok(())
            }
            // Some servers have none to show.
            Err(ReplyError::X11Error(_)) => Ok(()),
            Err(ReplyError::ConnectionError(error)) => Err(gone(error)),
        }
    }
}

/// Asks to be told of changes of the whole screen, once until they are taken back.
fn watch_changes(connection: &RustConnection, root: xproto::Window) -> Option<damage::Damage> {
    let watch = || -> Result<damage::Damage, ReplyOrIdError> {
        damage::query_version(connection, 1, 1)?.reply()?;
        let damage = connection.generate_id()?;
        damage::create(connection, damage, root, ReportLevel::NON_EMPTY)?.check()?;
        Ok(damage)
    };
    watch().inspect_err(|error| tracing::info!(%error, "the server does not tell what changes")).ok()
}

/// Memory for one picture that the server writes into.
fn shared(connection: &RustConnection, region: &Region) -> Option<Way> {
    let share = || -> Result<Way, Box<dyn std::error::Error>> {
        let version = shm::query_version(connection)?.reply()?;
        if (version.major_version, version.minor_version) < (1, 2) {
            return Err("it is older than 1.2".into());
        }
        let memory = memfd_create("onetake-screen", MemfdFlags::CLOEXEC)?;
        ftruncate(&memory, u64::from(region.width) * u64::from(region.height) * BYTES_PER_PIXEL as u64)?;
        let segment = connection.generate_id()?;
        shm::attach_fd(connection, segment, memory.try_clone()?, false)?.check()?;
        Ok(Way::Shared { segment, memory: File::from(memory) })
    };
    share().inspect_err(|error| tracing::info!(%error, "pictures come through the connection")).ok()
}

fn short<T: TryFrom<S>, S: Copy + std::fmt::Display>(number: S) -> Result<T, Error> {
    T::try_from(number).map_err(|_| Error::Failed(format!("{number} is more pixels than an X server has")))
}

/// The server is gone, and nothing more can be asked of it.
fn gone(error: ConnectionError) -> Error {
    Error::Gone(format!("the X server went away ({error})"))
}

fn failed(error: ReplyError) -> Error {
    match error {
        ReplyError::ConnectionError(error) => gone(error),
        ReplyError::X11Error(error) => Error::Failed(format!("the X server refused ({:?})", error.error_kind)),
    }
}
