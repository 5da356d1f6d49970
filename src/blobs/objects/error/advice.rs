//! An error as a person reads it: the sentence with its capital and full stop, and what to do about it.

use super::Error;
use crate::core::problem::{Kind, Problem};

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        if let Error::Cancelled = error {
            return Problem::cancelled();
        }
        let (kind, fix) = advice(&error);
        Problem::new(kind, sentence(&error), fix)
    }
}

fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    // A path or a host keeps its spelling; a sentence of ours gets its capital.
    let ours = ["the ", "there ", "these ", "nothing ", "no ", "what "].iter().any(|start| text.starts_with(start));
    let head: String = match letters.next() {
        Some(first) if ours => first.to_uppercase().collect(),
        Some(first) => first.to_string(),
        None => String::new(),
    };
    let dot = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{head}{}{dot}", letters.as_str())
}

fn advice(error: &Error) -> (Kind, &'static str) {
    match error {
        Error::File { .. } => (Kind::Disk, "Check that the file is there and may be read."),
        Error::Empty { .. } => (Kind::Usage, "Choose a file that holds something."),
        Error::Changed { .. } => (Kind::Failed, "Wait until nothing writes to it any more, then upload again."),
        Error::TooLarge { .. } => (Kind::Usage, "Export a shorter or smaller film."),
        Error::Setup { .. } => {
            (Kind::Usage, "Check the storage's rows in Settings; “onetake storage show” says what is in force.")
        }
        Error::KeyFile { .. } => (Kind::Usage, "Download the service account's key again as JSON and name that file."),
        Error::Folder { .. } => (Kind::Disk, "Check that the folder's disk is there, has space and may be written."),
        Error::NoHost { .. } => (Kind::Refused, "Check the storage's address and the network."),
        Error::Closed { .. } => (Kind::Refused, "Check the address and its port, and that the service runs."),
        Error::Tls { .. } => (
            Kind::Refused,
            "Check that the address is right and its certificate valid, or use http:// for a service on this machine.",
        ),
        Error::Slow { .. } | Error::Broken { .. } => (Kind::Refused, "Check the network, then try again."),
        Error::Clock { .. } => (Kind::Failed, "Set the clock, or let the network set it; then try again."),
        Error::NoBucket { .. } => (Kind::Usage, "Check its name and region, or make it at the provider first."),
        Error::Region { .. } => (Kind::Usage, "Enter that region in Settings, or set AWS_REGION to it."),
        Error::UnknownKey { .. } => {
            (Kind::Refused, "Copy the access key again; it may have been deleted, or belong to another service.")
        }
        Error::WrongKey { .. } => (Kind::Refused, "Copy the secret key again, with all of its characters."),
        Error::ExpiredKey { .. } => (Kind::Refused, "Get new ones and start the studio with them."),
        Error::Denied { .. } => (Kind::Refused, "Give them that right at the provider; docs/STORAGE.md lists what is needed."),
        Error::NoObject { .. } => (Kind::Refused, "It may have been deleted there; upload it again."),
        Error::NoUpload { .. } => (Kind::Refused, "Upload it again; it begins anew."),
        Error::TooMany { .. } => (Kind::Refused, "Wait a minute, then try again; it goes on where it stopped."),
        Error::Trouble { .. } => (Kind::Refused, "Try again in a while; it goes on where it stopped."),
        Error::Garbled { .. } => (Kind::Refused, "Try again; if it stays, something on the way changes what is sent."),
        Error::Refused { .. } => (Kind::Refused, "See what the provider says about it."),
        Error::Nonsense { .. } => (Kind::Refused, "Check the address: it must be one of the kind of storage that is chosen."),
        Error::Differs { .. } => (Kind::Failed, "It was deleted there; upload it again."),
        Error::GaveUp { last, .. } => (Kind::Refused, advice(last).1),
        Error::Cancelled => (Kind::Cancelled, ""),
    }
}
