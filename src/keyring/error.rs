//! Why the keyring gave or took nothing. Never holds a secret: what crosses the bus is not in zbus's errors.

use crate::core::problem::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No bus, or nobody on it that keeps secrets.
    #[error("There is no keyring on this machine.")]
    None(String),
    #[error("The desktop's keyring does not answer.")]
    Silent,
    #[error("The desktop's keyring stayed locked.")]
    Locked,
    #[error("The desktop has no keyring to put a key into.")]
    NoCollection,
    #[error("The desktop's keyring gave an answer that makes no sense ({0}).")]
    Nonsense(String),
}

impl From<zbus::Error> for Error {
    fn from(error: zbus::Error) -> Error {
        match error {
            zbus::Error::MethodError(name, ..) if name.as_str() == "org.freedesktop.Secret.Error.IsLocked" => Error::Locked,
            zbus::Error::MethodError(name, ..) => Error::None(name.to_string()),
            zbus::Error::Variant(error) => Error::Nonsense(error.to_string()),
            error => Error::None(error.to_string()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        // The bus's own words help nobody but whoever mends the desktop.
        if let Error::None(words) = &error {
            tracing::info!(%words, "no keyring");
        }
        let fix = match &error {
            Error::None(_) | Error::NoCollection => "Set the keys in the environment instead.",
            Error::Silent => "Start it again, or set the keys in the environment.",
            Error::Locked => "Unlock it, then try again.",
            Error::Nonsense(_) => "Look at its entry “Onetake” with the desktop's own tool.",
        };
        Problem::new(Kind::Missing, error.to_string(), fix)
    }
}
