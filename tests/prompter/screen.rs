//! Virtual screens: one monitor under Xvfb, two under Xorg.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use x11rb::connection::Connection;
use x11rb::protocol::screensaver;
use x11rb::protocol::xfixes;
use x11rb::protocol::xproto::{self, ConnectionExt, ImageFormat};
use x11rb::rust_connection::RustConnection;

pub use crate::guard::Guard;
use crate::shot::Shot;
pub use crate::waiting::wait_for;

/// An X server with a window manager.
pub struct Screen {
    pub display: String,
    connection: RustConnection,
    root: xproto::Window,
    // Ends before its server.
    _manager: Option<Guard>,
    _server: Guard,
}

impl Screen {
    /// One monitor, with a window manager or without.
    pub fn single(width: u16, height: u16, managed: bool) -> Screen {
        let size = format!("{width}x{height}x24");
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp"]);
        Screen::start(server, "Xvfb", managed)
    }

    /// DUMMY0 (the operator's) and right of it DUMMY1, 800 × 600 each.
    pub fn double() -> Screen {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prompter/two-monitors.conf");
        let log = std::env::temp_dir().join(format!("onetake-xorg-{}.log", std::process::id()));
        let mut server = Command::new("Xorg");
        server.args(["-displayfd", "1", "-noreset", "-novtswitch", "-sharevts", "-nolisten", "tcp"]);
        server.arg("-config").arg(config).arg("-logfile").arg(log);
        let screen = Screen::start(server, "Xorg with the dummy driver", true);
        screen.xrandr(&[
            "--newmode",
            "m",
            "38.25",
            "800",
            "832",
            "912",
            "1024",
            "600",
            "603",
            "607",
            "624",
            "-hsync",
            "+vsync",
        ]);
        screen.xrandr(&["--addmode", "DUMMY1", "m"]);
        screen.xrandr(&["--output", "DUMMY0", "--primary"]);
        screen.plug();
        screen
    }

    fn start(mut server: Command, name: &str, managed: bool) -> Screen {
        let server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut server = Guard(server.unwrap_or_else(|_| panic!("{name} is needed: run scripts/setup test")));
        let mut number = String::new();
        BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "{name} does not start; Xorg wants root or /etc/X11/Xwrapper.config to allow it");
        let display = format!(":{}", number.trim());
        let manager = managed.then(|| {
            let manager = Command::new("openbox").env("DISPLAY", &display).stderr(Stdio::null()).spawn();
            Guard(manager.expect("openbox is needed: run scripts/setup test"))
        });
        let (connection, at) = x11rb::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[at].root;
        Screen { display, connection, root, _manager: manager, _server: server }
    }

    pub fn plug(&self) {
        self.xrandr(&["--output", "DUMMY1", "--mode", "m", "--right-of", "DUMMY0"]);
    }

    pub fn unplug(&self) {
        self.xrandr(&["--output", "DUMMY1", "--off"]);
    }

    fn xrandr(&self, arguments: &[&str]) {
        let output = Command::new("xrandr").args(arguments).env("DISPLAY", &self.display).output();
        let output = output.expect("xrandr is needed: run scripts/setup test");
        assert!(output.status.success(), "xrandr {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A white desktop, so that what is not covered is seen.
    pub fn paint_white(&self) {
        let white = self.connection.setup().roots[0].white_pixel;
        let background = xproto::ChangeWindowAttributesAux::new().background_pixel(white);
        self.connection.change_window_attributes(self.root, &background).unwrap();
        self.connection.clear_area(false, self.root, 0, 0, 0, 0).unwrap();
        self.connection.flush().unwrap();
    }

    pub fn press(&self, key: &str) {
        let status = Command::new("xdotool").args(["key", key]).env("DISPLAY", &self.display).status();
        assert!(status.expect("xdotool is needed: run scripts/setup test").success());
    }

    pub fn wheel_down(&self) {
        let status = Command::new("xdotool").args(["click", "5"]).env("DISPLAY", &self.display).status();
        assert!(status.expect("xdotool is needed: run scripts/setup test").success());
    }

    /// The whole desktop.
    pub fn shot(&self) -> Shot {
        let size = self.connection.get_geometry(self.root).unwrap().reply().unwrap();
        let (width, height) = (size.width, size.height);
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0);
        let image = image.unwrap().reply().unwrap();
        Shot::new(usize::from(width), usize::from(height), &image.data)
    }

    /// Keeps a picture of the screen where `ONETAKE_LOOK` says, for people.
    pub fn keep(&self, name: &str) {
        let Some(folder) = std::env::var_os("ONETAKE_LOOK") else { return };
        let shot = self.shot();
        let path = Path::new(&folder).join(format!("{name}.png"));
        std::fs::create_dir_all(&folder).unwrap();
        let (width, height) = (shot.width as u32, shot.height as u32);
        image::save_buffer(path, &shot.colours, width, height, image::ExtendedColorType::Rgb8).unwrap();
    }

    /// True once a window has the keyboard.
    pub fn has_keys(&self) -> bool {
        let nobody = [u32::from(xproto::InputFocus::NONE), u32::from(xproto::InputFocus::POINTER_ROOT), self.root];
        !nobody.contains(&self.connection.get_input_focus().unwrap().reply().unwrap().focus)
    }

    /// True while the pointer can be seen.
    pub fn shows_pointer(&self) -> bool {
        xfixes::query_version(&self.connection, 5, 0).unwrap().reply().unwrap();
        let image = xfixes::get_cursor_image(&self.connection).unwrap().reply().unwrap();
        image.cursor_image.iter().any(|pixel| pixel >> 24 != 0)
    }

    /// The screen goes dark after so many seconds without a key.
    pub fn darken_after(&self, secs: i16) {
        let (blank, expose) = (xproto::Blanking::PREFERRED, xproto::Exposures::NOT_ALLOWED);
        self.connection.set_screen_saver(secs, secs, blank, expose).unwrap().check().unwrap();
    }

    pub fn is_dark(&self) -> bool {
        let info = screensaver::query_info(&self.connection, self.root).unwrap().reply().unwrap();
        info.state == u8::from(screensaver::State::ON)
    }
}
