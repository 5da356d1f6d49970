//! What the studio and the recogniser's process say to each other. In: frames, each a letter, a length (u32, little-endian) and
//! that many bytes. Out: one JSON object a line. Every frame of sound is answered by one line, so that whoever feeds a file
//! instead of a microphone knows how far the recogniser is.

use serde::{Deserialize, Serialize};

use super::{Heard, Window};
use crate::core::problem::Problem;

/// Letter and length.
pub const FRAME_HEAD: usize = 5;
/// A longer frame is a mistake: a window of a script is a few kilobytes, a block of sound less.
pub const MAX_FRAME_BYTES: usize = 4 << 20;

/// Studio to recogniser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// 16,000 samples a second, one channel.
    Sound(Vec<i16>),
    /// What is listened for from now on.
    Window(Window),
}

impl Frame {
    pub fn bytes(&self) -> Vec<u8> {
        let (letter, body) = match self {
            Frame::Sound(samples) => (b'S', samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()),
            // Strings and lists always are JSON.
            Frame::Window(window) => (b'W', serde_json::to_vec(window).unwrap_or_default()),
        };
        let mut bytes = Vec::with_capacity(FRAME_HEAD + body.len());
        bytes.push(letter);
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend::<Vec<u8>>(body);
        bytes
    }

    /// Reads a frame's body. `None` for one this program does not know.
    pub fn read(letter: u8, body: &[u8]) -> Option<Frame> {
        match letter {
            b'S' => Some(Frame::Sound(body.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())),
            b'W' => serde_json::from_slice(body).ok().map(Frame::Window),
            _ => None,
        }
    }
}

/// Letter and length of a frame; `None` when it is longer than any can be.
pub fn head(bytes: [u8; FRAME_HEAD]) -> Option<(u8, usize)> {
    let length = u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]) as usize;
    (length <= MAX_FRAME_BYTES).then_some((bytes[0], length))
}

/// Recogniser to studio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// The model is loaded.
    Ready,
    Heard(Heard),
    /// It can't go on.
    Problem(Problem),
    /// Written by a newer program; ignored.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_the_same() {
        let window = Window { sentences: vec![vec!["it's".into(), "naïve".into()]] };
        for frame in [Frame::Sound(vec![0, -1, i16::MIN, i16::MAX]), Frame::Window(window), Frame::Sound(Vec::new())] {
            let bytes = frame.bytes();
            let (letter, length) = head(bytes[..FRAME_HEAD].try_into().unwrap()).unwrap();
            assert_eq!(length, bytes.len() - FRAME_HEAD);
            assert_eq!(Frame::read(letter, &bytes[FRAME_HEAD..]), Some(frame));
        }
        assert_eq!(head([b'S', 255, 255, 255, 255]), None);
        assert_eq!(Frame::read(b'W', b"{"), None);
        assert_eq!(Frame::read(b'?', b""), None);
    }
}
