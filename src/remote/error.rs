//! Why an upload, or a project's way, did not end well. Each variant is one situation a person can do something about; addresses are named by host
//! only and nothing here is ever built from a request's headers.

use std::path::PathBuf;

use crate::core::problem::{Kind, Problem};

/// What can go wrong between a file here and a recording there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} can't be read: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} is empty", path.display())]
    Empty { path: PathBuf },
    /// Shorter than when the upload began.
    #[error("{} changed while it was being sent", path.display())]
    Changed { path: PathBuf },
    /// The server's address is not one.
    #[error("the server address is not usable: {why}")]
    Address { why: String },
    /// The token holds characters that no header may carry, or none at all.
    #[error("the token is not usable")]
    Token,
    /// The HTTP client could not be set up (certificates, TLS).
    #[error("secure connections can't be set up: {why}")]
    Setup { why: String },
    /// The server understood and said no.
    #[error("{host} refused the upload ({status}): {message}")]
    Refused { host: String, status: u16, message: String },
    /// What answers is not a tus server, or one that contradicts itself.
    #[error("{host} gave an answer that makes no sense: {what}")]
    Nonsense { host: String, what: String },
    /// A redirect, or an upload placed on another host; the token stays here.
    #[error("{host} sent the upload to another address ({target})")]
    Elsewhere { host: String, target: String },
    /// Tried as often as allowed without a byte getting through.
    #[error("{host} did not take the upload in {tries} tries: {last}")]
    GaveUp { host: String, tries: u32, last: String },
    /// A recording could not be fetched in so many tries without a byte.
    #[error("{host} did not send the recording in {tries} tries: {last}")]
    Silent { host: String, tries: u32, last: String },
    /// It takes no file that is still being written.
    #[error("{host} takes no file that is still being written")]
    Grows { host: String },
    /// What was fetched could not be written here.
    #[error("{} can't be written: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    /// Everything arrived, but not the same bytes.
    #[error("what {host} stored differs from the file")]
    Differs { host: String },
    /// No answer, or one that will be another soon.
    #[error("{host} can't be reached: {why}")]
    Away { host: String, why: String },
    /// A project was not given or taken.
    #[error("{host} said no ({status}): {message}")]
    Declined { host: String, status: u16, message: String },
    #[error("cancelled")]
    Cancelled,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let what = sentence(&error);
        let (kind, fix) = match &error {
            Error::File { .. } => (Kind::Disk, "Check that the file is there and may be read."),
            Error::Empty { .. } => (Kind::Usage, "Choose a take that holds a recording."),
            Error::Changed { .. } => (Kind::Failed, "Wait until nothing writes to it any more, then upload again."),
            Error::Address { .. } => (Kind::Usage, "Enter it as http://host:port or https://host."),
            Error::Token => (Kind::Usage, "Copy it again from the server; it is one word."),
            Error::Setup { .. } => (Kind::Missing, "Install the system's certificates (ca-certificates)."),
            Error::Refused { status, .. } => (Kind::Refused, advice(*status)),
            Error::Nonsense { .. } => (Kind::Refused, "Check the address: it must be a Onetake server or a tus endpoint."),
            Error::Elsewhere { .. } => {
                (Kind::Refused, "Enter the final address if you trust it; the token was not sent there.")
            }
            Error::GaveUp { .. } => {
                (Kind::Refused, "Check the network and the server, then try again; it goes on where it stopped.")
            }
            Error::Silent { .. } => (Kind::Refused, "Check the network and the server, then try again."),
            Error::Grows { .. } => (Kind::Refused, "Upload the take when it has ended."),
            Error::Write { .. } => (Kind::Disk, "Check that the disk has space and may be written."),
            Error::Differs { .. } => (Kind::Failed, "Upload the take again."),
            Error::Away { .. } => (Kind::Refused, "What you write is kept here, and sent when the server answers."),
            Error::Declined { status, .. } => (Kind::Refused, advice(*status)),
            Error::Cancelled => return Problem::cancelled(),
        };
        Problem::new(kind, what, fix)
    }
}

fn sentence(error: &Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return text };
    // A file or host name keeps its spelling; a sentence of ours gets its capital.
    let ours = !matches!(
        error,
        Error::File { .. }
            | Error::Empty { .. }
            | Error::Changed { .. }
            | Error::Refused { .. }
            | Error::Nonsense { .. }
            | Error::Elsewhere { .. }
            | Error::GaveUp { .. }
            | Error::Silent { .. }
            | Error::Grows { .. }
            | Error::Write { .. }
            | Error::Away { .. }
            | Error::Declined { .. }
    );
    let head: String = if ours { first.to_uppercase().collect() } else { first.to_string() };
    let dot = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{head}{}{dot}", letters.as_str())
}

fn advice(status: u16) -> &'static str {
    match status {
        401 => "Enter the server's current token.",
        403 => "Ask whoever runs the server for access.",
        404 | 405 | 501 => "Check the address: it must be a Onetake server or a tus endpoint.",
        412 => "Update the older of the two programs.",
        413 => "Export a smaller file, or raise the server's limit.",
        415 => "Upload a Matroska, WebM, MP4 or MOV file.",
        422 => "Upload the take again.",
        507 => "Free space on the server; the upload goes on where it stopped.",
        _ => "See the server's message.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_sentence_and_a_fix() {
        let refused = Error::Refused { host: "studio:80".into(), status: 401, message: "The token is wrong.".into() };
        let problem = Problem::from(refused);
        assert_eq!(
            problem.to_string(),
            "studio:80 refused the upload (401): The token is wrong. Enter the server's current token."
        );
        assert_eq!(problem.exit_code(), 5);
        assert_eq!(Problem::from(Error::Token).what, "The token is not usable.");
        assert_eq!(Problem::from(Error::Cancelled).kind, Kind::Cancelled);
    }
}
