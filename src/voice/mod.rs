//! The recogniser: PocketSphinx, a C library that is loaded when a voice is to be followed and a machine has it. It needs no
//! more than a twentieth of a core and no network. Debian's build ends the whole process on an assertion now and then, so all of
//! this runs in a process of its own (`listen`), which whoever started it starts again.

#[cfg(feature = "voice")]
mod decoder;
#[cfg(feature = "voice")]
mod library;
mod listen;
mod model;

use thiserror::Error;

use crate::core::problem::Problem;

pub use listen::listen;
pub use model::Model;

/// The model that would be used, when the recogniser is there and can be loaded.
pub fn found(named: Option<&str>) -> Result<Model, Error> {
    #[cfg(not(feature = "voice"))]
    return Err(Error::NotBuilt);
    #[cfg(feature = "voice")]
    {
        library::Functions::load()?;
        Model::find(named)
    }
}

/// Why a voice can't be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// Built without the feature.
    #[error("built without it")]
    NotBuilt,
    #[error("{0} is not installed")]
    NoLibrary(String),
    /// A library of that name that is not the one expected.
    #[error("the library lacks {0}")]
    OtherLibrary(String),
    /// None is installed, or the folder that was named holds none.
    #[error("no model in {0:?}")]
    NoModel(Option<String>),
    #[error("{0} can't be read: {1}")]
    Unreadable(String, String),
    #[error("the recogniser refused {0}")]
    Refused(String),
    #[error("what came in can't be understood")]
    Input,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        const INSTALL: &str =
            "Install it (Debian: libpocketsphinx3 and pocketsphinx-en-us), then switch voice-follow on again.";
        match error {
            Error::NotBuilt => Problem::missing(
                "This build can't follow a voice.",
                "Build it with the feature “voice”, which is on unless it is switched off.",
            ),
            Error::NoLibrary(_) => Problem::missing("The speech recogniser PocketSphinx is not installed.", INSTALL),
            Error::OtherLibrary(what) => Problem::missing(
                format!("This PocketSphinx can't be used: it lacks “{what}”."),
                "Install version 0.8 or 5prealpha.",
            ),
            Error::NoModel(None) => Problem::missing("No speech model for PocketSphinx is installed.", INSTALL),
            Error::NoModel(Some(place)) => Problem::missing(
                format!("There is no PocketSphinx model in {place}."),
                "Name the folder that holds the acoustic model (with its file “mdef”) and the dictionary (“.dict”).",
            ),
            Error::Unreadable(file, why) => {
                Problem::missing(format!("{file} can't be read: {why}."), "Check the file, or install the model again.")
            }
            Error::Refused(what) => {
                Problem::failed(format!("The speech recogniser refused {what}."), "Switch voice-follow on again.")
            }
            Error::Input => Problem::usage(
                "What came to standard input is not what “onetake listen” reads.",
                "It is started by the studio; there is no use for it by hand.",
            ),
        }
    }
}
