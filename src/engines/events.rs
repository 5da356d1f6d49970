//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) as far as engines use them: the data of each
//! event, taken out of a stream that may be cut anywhere, also inside a letter. What a server may make us keep has a limit.

/// The longest event there may be, in bytes. The largest known one carries a picture in base64.
const EVENT_BYTES: usize = 24 << 20;

/// An event that does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Reads a stream piece by piece.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The data lines of the event that has not ended yet.
    data: Option<String>,
    /// The last byte was a carriage return, which a line feed may belong to.
    after_return: bool,
    /// A byte order mark may stand at the very beginning.
    begun: bool,
}

impl Events {
    /// Takes the next piece in and gives the data of the events that it ended.
    pub fn feed(&mut self, piece: &[u8]) -> Result<Vec<String>, TooLong> {
        let mut ended = Vec::new();
        for &byte in piece {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = byte == b'\r';
                    ended.extend(self.end_line());
                }
                _ => {
                    self.after_return = false;
                    self.line.push(byte);
                }
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > EVENT_BYTES {
                return Err(TooLong);
            }
        }
        Ok(ended)
    }

    /// The stream has ended: an event without its empty line still counts, since some servers leave that out.
    pub fn end(mut self) -> Option<String> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.data
    }

    /// The line has ended; an empty one ends the event.
    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let text = if self.begun { &*text } else { text.strip_prefix('\u{feff}').unwrap_or(&text) };
        self.begun = true;
        if text.is_empty() {
            return self.data.take();
        }
        // A line that begins with a colon is a comment: its field has no name.
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = "\u{feff}: ping\r\ndata: {\"a\":\"ä🙂\"}\r\n\r\nevent: x\nid: 7\ndata:first\ndata: second\n\n: \n\ndata\r\rdata: [DONE]";

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut events = Events::default();
        let mut all: Vec<String> = pieces.iter().flat_map(|piece| events.feed(piece).unwrap()).collect();
        all.extend(events.end());
        all
    }

    #[test]
    fn events_are_read_in_every_form_of_line_end() {
        assert_eq!(read(&[STREAM.as_bytes()]), ["{\"a\":\"ä🙂\"}", "first\nsecond", "", "[DONE]"]);
        assert_eq!(read(&[b""]), Vec::<String>::new());
        assert_eq!(read(&[b": only a comment\n\n"]), Vec::<String>::new());
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut events = Events::default();
        let piece = vec![b'a'; EVENT_BYTES];
        assert_eq!(events.feed(&piece), Ok(Vec::new()));
        assert_eq!(events.feed(b"a"), Err(TooLong));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_stream_is_cut(cuts in proptest::collection::vec(0..STREAM.len(), 0..12)) {
            let mut cuts = cuts;
            cuts.extend([0, STREAM.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &STREAM.as_bytes()[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[STREAM.as_bytes()]));
        }

        #[test]
        fn anything_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            read(&[&bytes]);
        }
    }
}
