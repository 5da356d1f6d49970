//! Why a controller can't be listened to.

use crate::core::problem::Problem;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("UDP port {port} is in use")]
    PortTaken { port: u16 },
    #[error("UDP port {port} can't be opened: {source}")]
    Port { port: u16, source: std::io::Error },
    #[error("there is no MIDI sequencer")]
    NoSequencer,
    #[error("the MIDI sequencer can't be opened")]
    Sequencer,
    #[error("the thread for MIDI can't be started: {0}")]
    Thread(std::io::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::PortTaken { port } => Problem::refused(
                format!("Another program already listens on UDP port {port}."),
                "Choose another port here and in the controller, or close that program.",
            ),
            Error::Port { port, source } => {
                Problem::refused(format!("UDP port {port} can't be opened: {source}."), "Choose another port, from 1024 on.")
            }
            Error::NoSequencer => Problem::missing(
                "This system has no MIDI sequencer (/dev/snd/seq).",
                "Load the kernel module snd-seq; it is then found by itself.",
            ),
            Error::Sequencer => Problem::missing(
                "The system's MIDI can't be opened.",
                "Look whether you may use sound devices (on Linux: the group “audio”).",
            ),
            Error::Thread(error) => Problem::failed(
                format!("The thread that listens to MIDI could not be started: {error}."),
                "Close other programs and switch MIDI on again.",
            ),
        }
    }
}
