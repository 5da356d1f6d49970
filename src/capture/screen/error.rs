//! What can go wrong with recording the screen, and the one sentence a person reads about it.

use crate::core::problem::Problem;

/// Why the screen is not recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there is no screen")]
    NoScreen,
    #[error("there is no monitor \"{0}\"")]
    NoMonitor(String),
    #[error("the screen's pixels are not 32 bits of red, green and blue: {0}")]
    Pixels(String),
    /// The person said no in the desktop's dialog.
    #[error("recording the screen was refused")]
    Refused,
    /// No program of the desktop offers the screen.
    #[error("the desktop offers no screen: {0}")]
    NoPortal(String),
    /// An element of GStreamer that is in a package of its own.
    #[error("the element {element} is missing")]
    NoElement { element: String, package: &'static str },
    #[error("the connection to the screen is lost: {0}")]
    Gone(String),
    #[error("the screen can't be copied: {0}")]
    Failed(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::NoScreen => Problem::missing(
                "There is no screen to record.",
                "Run Onetake in a graphical session, or switch “Record the screen” off.",
            ),
            Error::NoMonitor(name) => Problem::missing(
                format!("The monitor “{name}” is not there, so the screen is not recorded."),
                "Plug it in, or choose another one under Settings, Screen.",
            ),
            Error::Pixels(detail) => Problem::missing(
                format!("The screen's pixels are of a kind that Onetake does not read ({detail})."),
                "Set the desktop to 24 or 32 bits of colour.",
            ),
            Error::Refused => Problem::missing(
                "The desktop was told not to show its screen, so it is not recorded.",
                "Choose a screen in the desktop's dialog: under Settings, Screen, “Choose again”.",
            ),
            Error::NoPortal(detail) => Problem::missing(
                format!("The desktop does not offer its screen ({detail})."),
                "Install xdg-desktop-portal with the part for your desktop (xdg-desktop-portal-gnome, -kde or -wlr) and log in \
                 again.",
            ),
            Error::NoElement { element, package } => Problem::missing(
                format!("The screen can't be recorded without GStreamer's “{element}”."),
                format!("Install the package {package}."),
            ),
            Error::Gone(detail) => {
                Problem::missing(format!("The screen is not recorded any more: {detail}."), "The take of the camera goes on.")
            }
            Error::Failed(detail) => Problem::missing(
                format!("The screen could not be recorded: {detail}."),
                "Choose another monitor under Settings, Screen, or switch “Record the screen” off.",
            ),
        }
    }
}
