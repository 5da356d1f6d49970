//! What the window library does not do on X11. It never hears of a monitor that comes or goes (winit 0.30 asks for RandR's
//! events, and Xlib, which was not told of RandR, throws them away), so it can't cover one that came later; and it does not
//! keep the screen from going dark. One connection of our own does all three; the X server undoes the last when we die.

use winit::raw_window_handle::{HasWindowHandle, RawWindowHandle};
use winit::window::Window;
use x11rb::connection::Connection;
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::screensaver;
use x11rb::protocol::xproto::{self, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::monitors::Monitor;

type Failed = Box<dyn std::error::Error>;

/// EWMH 1.5, “_NET_WM_STATE”.
const REMOVE: u32 = 0;
const ADD: u32 = 1;
/// The request comes from an ordinary program.
const PROGRAM: u32 = 1;
/// It comes from what stands for the person.
const PAGER: u32 = 2;

/// A window of somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Active(xproto::Window);

/// A connection to the X server.
#[derive(Debug)]
pub struct X11 {
    connection: RustConnection,
    root: xproto::Window,
    state: xproto::Atom,
    full_screen: xproto::Atom,
    /// The property by which a window manager shows that it is there.
    manager: xproto::Atom,
    active: xproto::Atom,
}

impl X11 {
    /// `None` where there is no X server; the reason is in the log.
    pub fn open() -> Option<X11> {
        let opened = open();
        if let Err(error) = &opened {
            tracing::info!(%error, "no connection to an X server");
        }
        opened.ok()
    }

    /// The screen stays on as long as this lives.
    pub fn stay_awake(&self) {
        let suspend = || -> Result<(), Failed> {
            screensaver::query_version(&self.connection, 1, 1)?.reply()?;
            Ok(screensaver::suspend(&self.connection, 1)?.check()?)
        };
        if let Err(error) = suspend() {
            tracing::info!(%error, "the screen saver can't be held off");
        }
    }

    /// What is plugged in and on; scales are not known here and are 1.
    pub fn monitors(&self) -> Option<Vec<Monitor>> {
        let listed = self.list();
        if let Err(error) = &listed {
            tracing::warn!(%error, "the monitors can't be listed");
        }
        listed.ok()
    }

    fn list(&self) -> Result<Vec<Monitor>, Failed> {
        let primary = self.connection.randr_get_output_primary(self.root)?.reply()?.output;
        let resources = self.connection.randr_get_screen_resources_current(self.root)?.reply()?;
        let mut monitors: Vec<Monitor> = Vec::new();
        for crtc in &resources.crtcs {
            let crtc = self.connection.randr_get_crtc_info(*crtc, resources.config_timestamp)?.reply()?;
            let Some(output) = crtc.outputs.first().copied().filter(|_| crtc.width > 0 && crtc.height > 0) else { continue };
            let facts = self.connection.randr_get_output_info(output, resources.config_timestamp)?.reply()?;
            monitors.push(Monitor {
                name: String::from_utf8_lossy(&facts.name).into_owned(),
                x: i32::from(crtc.x),
                y: i32::from(crtc.y),
                width: u32::from(crtc.width),
                height: u32::from(crtc.height),
                scale: 1.0,
                refresh_millihertz: resources.modes.iter().find(|mode| mode.id == crtc.mode).and_then(refresh),
                primary: output == primary,
            });
        }
        // A server that names none means the first.
        if !monitors.iter().any(|monitor| monitor.primary) {
            monitors.first_mut().into_iter().for_each(|monitor| monitor.primary = true);
        }
        Ok(monitors)
    }

    /// Puts a window at left, top, width, height of the desktop; `full` asks the window manager to cover the monitor that this
    /// is. Where there is no manager the window is just as large.
    pub fn place(&self, window: &Window, [x, y]: [i32; 2], [width, height]: [u32; 2], full: bool) {
        let Some(window) = id(window) else { return };
        let place = || -> Result<(), Failed> {
            // A window that covers one monitor can't be moved to another.
            self.ask(window, REMOVE)?;
            let there = ConfigureWindowAux::new().x(x).y(y).width(width).height(height);
            self.connection.configure_window(window, &there)?;
            if full {
                self.ask(window, ADD)?;
            }
            Ok(self.connection.flush()?)
        };
        if let Err(error) = place() {
            tracing::warn!(%error, "the window can't be placed");
        }
    }

    /// Gives a window the keyboard where no window manager does.
    pub fn take_keys(&self, window: &Window) {
        let Some(window) = id(window) else { return };
        let take = || -> Result<(), Failed> {
            let manager =
                self.connection.get_property(false, self.root, self.manager, xproto::AtomEnum::WINDOW, 0, 1)?.reply()?;
            if manager.value_len == 0 && self.connection.get_input_focus()?.reply()?.focus != window {
                let back = xproto::InputFocus::POINTER_ROOT;
                self.connection.set_input_focus(back, window, x11rb::CURRENT_TIME)?.check()?;
            }
            Ok(())
        };
        if let Err(error) = take() {
            tracing::debug!(%error, "the keyboard is not given to the window yet");
        }
    }

    /// Lets the keyboard stay where it is when a window opens: one that was last used at time 0 is older than any (EWMH 1.5,
    /// “_NET_WM_USER_TIME”). Before it is shown.
    pub fn leave_keys(&self, window: &Window) {
        let Some(window) = id(window) else { return };
        let leave = || -> Result<(), Failed> {
            let used = self.connection.intern_atom(false, b"_NET_WM_USER_TIME")?.reply()?.atom;
            let (mode, kind) = (xproto::PropMode::REPLACE, xproto::AtomEnum::CARDINAL);
            Ok(self.connection.change_property32(mode, window, used, kind, &[0])?.check()?)
        };
        if let Err(error) = leave() {
            tracing::debug!(%error, "the window will take the keyboard");
        }
    }

    /// The window that has the keyboard, by the window manager's word.
    pub fn active(&self) -> Option<Active> {
        let found = self.connection.get_property(false, self.root, self.active, xproto::AtomEnum::WINDOW, 0, 1).ok()?;
        let window = found.reply().ok()?.value32()?.next()?;
        (window != x11rb::NONE).then_some(Active(window))
    }

    /// Gives it the keyboard.
    pub fn activate(&self, Active(window): Active) {
        let give = || -> Result<(), Failed> {
            let message = ClientMessageEvent::new(32, window, self.active, [PAGER, x11rb::CURRENT_TIME, 0, 0, 0]);
            let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
            self.connection.send_event(false, self.root, mask, message)?;
            Ok(self.connection.flush()?)
        };
        if let Err(error) = give() {
            tracing::debug!(%error, "the keyboard stays with the talent's window");
        }
    }

    fn ask(&self, window: xproto::Window, what: u32) -> Result<(), Failed> {
        let message = ClientMessageEvent::new(32, window, self.state, [what, self.full_screen, 0, PROGRAM, 0]);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, mask, message)?;
        Ok(())
    }
}

fn open() -> Result<X11, Failed> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots.get(screen).ok_or("the server has no screen")?.root;
    randr::query_version(&connection, 1, 5)?.reply()?;
    let atom = |name: &[u8]| -> Result<xproto::Atom, Failed> { Ok(connection.intern_atom(false, name)?.reply()?.atom) };
    let (state, full_screen) = (atom(b"_NET_WM_STATE")?, atom(b"_NET_WM_STATE_FULLSCREEN")?);
    let (manager, active) = (atom(b"_NET_SUPPORTING_WM_CHECK")?, atom(b"_NET_ACTIVE_WINDOW")?);
    Ok(X11 { connection, root, state, full_screen, manager, active })
}

/// Refreshes in a thousand seconds.
fn refresh(mode: &randr::ModeInfo) -> Option<u32> {
    let pixels = u64::from(mode.htotal) * u64::from(mode.vtotal);
    let rate = (u64::from(mode.dot_clock) * 1000).checked_div(pixels)?;
    u32::try_from(rate).ok().filter(|rate| *rate > 0)
}

fn id(window: &Window) -> Option<xproto::Window> {
    match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).ok(),
        RawWindowHandle::Xcb(handle) => Some(handle.window.get()),
        _ => None,
    }
}
