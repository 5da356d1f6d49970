//! Keeps the screen from going dark while a display is open. X11's own way, because a prompter without a desktop has no
//! service to ask; the X server ends it by itself when the program dies.

use x11rb::connection::Connection;
use x11rb::protocol::screensaver;
use x11rb::rust_connection::RustConnection;

/// The screen stays on while this lives.
#[derive(Debug)]
pub struct Awake {
    _connection: RustConnection,
}

impl Awake {
    /// `None` where there is no X server or it can't do it; the reason is in the log.
    pub fn hold() -> Option<Awake> {
        let held = hold();
        if let Err(error) = &held {
            tracing::info!(%error, "the screen saver can't be held off");
        }
        held.ok()
    }
}

fn hold() -> Result<Awake, Box<dyn std::error::Error>> {
    let (connection, _) = x11rb::connect(None)?;
    screensaver::query_version(&connection, 1, 1)?.reply()?;
    screensaver::suspend(&connection, 1)?.check()?;
    connection.flush()?;
    Ok(Awake { _connection: connection })
}
