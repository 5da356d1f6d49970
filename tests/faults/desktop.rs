//! A screen of its own with a window that counts: thirty times a second it shows the next number, as the synthetic camera does,
//! and remembers when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use onetake::clock;
use onetake::core::synthetic::Painter;
use onetake::core::time::Moment;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass};
use x11rb::wrapper::ConnectionExt as _;

use super::place::{Guard, RATE};

const WIDTH: u16 = 640;
const HEIGHT: u16 = 360;
/// The strip with the number, from its upper edge.
const STRIP: u16 = HEIGHT * 86 / 100 / 2 * 2;

/// A virtual screen; it ends with the test, however that ends.
pub struct Desktop {
    pub display: String,
    server: Guard,
}

/// The window that counts.
pub struct Counter {
    shown: Arc<Mutex<Vec<Shown>>>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A number was put on the screen between these two moments.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub number: u64,
    pub before: Moment,
    pub after: Moment,
}

impl Desktop {
    pub fn start() -> Desktop {
        let (server, display) = crate::xvfb::start(WIDTH.into(), HEIGHT.into());
        Desktop { display, server }
    }

    /// The server goes away, as in a crash.
    pub fn kill(mut self) {
        self.server.0.kill().unwrap();
        self.server.0.wait().unwrap();
    }

    pub fn count(&self) -> Counter {
        let (shown, done) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, end, display) = (Arc::clone(&shown), Arc::clone(&done), self.display.clone());
        let thread = std::thread::spawn(move || {
            // The screen may go away under it; then there is nothing more to show.
            let _ = count(&display, &log, &end);
        });
        super::place::wait_for("the window that counts", || (!shown.lock().unwrap().is_empty()).then_some(()));
        Counter { shown, done, thread: Some(thread) }
    }
}

impl Counter {
    pub fn stop(mut self) -> Vec<Shown> {
        self.end();
        self.shown.lock().unwrap().clone()
    }

    fn end(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.end();
    }
}

fn count(display: &str, log: &Mutex<Vec<Shown>>, done: &AtomicBool) -> Result<(), Box<dyn std::error::Error>> {
    let (connection, screen) = x11rb::connect(Some(display))?;
    let screen = &connection.setup().roots[screen];
    let (window, context) = (connection.generate_id()?, connection.generate_id()?);
    let facts = CreateWindowAux::new().override_redirect(1).background_pixel(0x30_3030);
    let (depth, visual) = (screen.root_depth, screen.root_visual);
    connection.create_window(depth, window, screen.root, 0, 0, WIDTH, HEIGHT, 0, WindowClass::INPUT_OUTPUT, visual, &facts)?;
    connection.create_gc(context, window, &CreateGCAux::new())?;
    connection.map_window(window)?;
    connection.sync()?;
    let painter = Painter::new(WIDTH.into(), HEIGHT.into(), RATE);
    let (begin, mut picture) = (clock::now(), Vec::new());
    for number in 0.. {
        while clock::now().since(begin) < RATE.frame_start(number) && !done.load(Ordering::Relaxed) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        if done.load(Ordering::Relaxed) {
            break;
        }
        painter.draw(number, &mut picture);
        let strip = &picture[usize::from(WIDTH) * usize::from(STRIP)..usize::from(WIDTH) * usize::from(HEIGHT)];
        let grey: Vec<u8> = strip.iter().flat_map(|luma| [((u32::from(*luma) - 16) * 255 / 219) as u8; 4]).collect();
        let before = clock::now();
        connection.put_image(
            ImageFormat::Z_PIXMAP,
            window,
            context,
            WIDTH,
            HEIGHT - STRIP,
            0,
            STRIP as i16,
            0,
            depth,
            &grey,
        )?;
        connection.sync()?;
        log.lock().unwrap().push(Shown { number, before, after: clock::now() });
    }
    Ok(())
}
