//! Why a server does not start. What goes wrong with a single request is a `refusal`.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use crate::core::problem::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Port {} on {} is in use by another program.", .0.port(), .0.ip())]
    InUse(SocketAddr),
    #[error("Port {} on {} may not be opened by this user.", .0.port(), .0.ip())]
    NotAllowed(SocketAddr),
    #[error("This machine has no address {}.", .0.ip())]
    NoAddress(SocketAddr),
    #[error("The server can't listen on {address} ({source}).")]
    Listen { address: SocketAddr, source: io::Error },
    /// Shorter than 16 characters, or with characters that no header may carry. The text is not repeated.
    #[error("The server's token is not usable.")]
    Token,
    #[error("The system gives no random numbers for a token.")]
    Random,
}

impl Error {
    pub(super) fn bind(address: SocketAddr, source: io::Error) -> Error {
        match source.kind() {
            ErrorKind::AddrInUse => Error::InUse(address),
            ErrorKind::PermissionDenied => Error::NotAllowed(address),
            ErrorKind::AddrNotAvailable => Error::NoAddress(address),
            _ => Error::Listen { address, source },
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let (kind, fix) = match &error {
            Error::InUse(_) => (Kind::Usage, "Choose another port, or 0 for any free one."),
            Error::NotAllowed(_) => (Kind::Usage, "Choose a port from 1024 on."),
            Error::NoAddress(_) | Error::Listen { .. } => (Kind::Usage, "Choose 127.0.0.1 or an address of this machine."),
            Error::Token => {
                (Kind::Usage, "Use at least 16 letters, digits, dashes and underscores, or let the server make one.")
            }
            Error::Random => (Kind::Failed, "Give the server a token of your own."),
        };
        Problem::new(kind, error.to_string(), fix)
    }
}
