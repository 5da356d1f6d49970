//! The recogniser's process: frames of sound and windows of the script come in, what is heard goes out (`core::follow`'s wire).
//! It ends when its input ends, so it never outlives the studio.

use std::io::{Read, Write};

use super::Error;
use crate::core::problem::Problem;

/// Serves until the input ends. What goes wrong is told on the way out as well as returned.
pub fn listen(input: impl Read, mut output: impl Write, model: Option<&str>) -> Result<(), Problem> {
    let result = serve(input, &mut output, model).map_err(Problem::from);
    if let Err(problem) = &result {
        // Whoever listened may be gone; the exit code says it too.
        let _ = tell(&mut output, &crate::core::follow::Answer::Problem(problem.clone()));
    }
    result
}

fn tell(output: &mut impl Write, answer: &crate::core::follow::Answer) -> std::io::Result<()> {
    serde_json::to_writer(&mut *output, answer)?;
    output.write_all(b"\n")?;
    output.flush()
}

#[cfg(not(feature = "voice"))]
fn serve(_: impl Read, _: &mut impl Write, _: Option<&str>) -> Result<(), Error> {
    Err(Error::NotBuilt)
}

#[cfg(feature = "voice")]
fn serve(input: impl Read, output: &mut impl Write, model: Option<&str>) -> Result<(), Error> {
    working::Listener::load(model)?.serve(input, output)
}

#[cfg(feature = "voice")]
mod working {
    use std::collections::HashMap;
    use std::io::{Read, Write};

    use super::super::decoder::{Decoder, Segment};
    use super::super::{Error, Model};
    use super::tell;
    use crate::core::follow::{
        Answer, Dictionary, Entry, FRAME_HEAD, Frame, Heard, HeardWord, RATE, Window, bare, head, language_model,
    };

    /// Silence that ends an utterance, in seconds; shorter when it has gone on for long.
    const SILENCE_SECS: f64 = 0.5;
    const SHORT_SILENCE_SECS: f64 = 0.15;
    /// Seconds after which a shorter silence ends it, and after which it ends in any case: the recogniser keeps all of it in
    /// memory.
    const LONG_SECS: f64 = 12.0;
    const LONGEST_SECS: f64 = 30.0;
    /// A new window waits this long for a silence, in seconds.
    const WINDOW_WAIT_SECS: f64 = 2.0;
    /// Samples decoded at a time.
    const STEP: usize = RATE as usize / 20;

    pub struct Listener {
        decoder: Decoder,
        dictionary: Dictionary,
        /// Samples heard in all, and at the utterance's beginning.
        heard: u64,
        begun: u64,
        utterance: u64,
        /// The window that comes into use at the next silence, and when it came.
        waiting: Option<(Window, u64)>,
    }

    impl Listener {
        pub fn load(model: Option<&str>) -> Result<Listener, Error> {
            let model = Model::find(model)?;
            let text = std::fs::read(&model.dictionary)
                .map_err(|error| Error::Unreadable(model.dictionary.display().to_string(), error.to_string()))?;
            let dictionary = Dictionary::of(String::from_utf8_lossy(&text).into_owned());
            let decoder = Decoder::load(&model)?;
            Ok(Listener { decoder, dictionary, heard: 0, begun: 0, utterance: 0, waiting: None })
        }

        pub fn serve(mut self, mut input: impl Read, output: &mut impl Write) -> Result<(), Error> {
            // A line that can't be written means that nobody listens any more.
            if tell(output, &Answer::Ready).is_err() {
                return Ok(());
            }
            while let Some(frame) = read(&mut input)? {
                match frame {
                    Frame::Window(window) => {
                        self.waiting = Some((window, self.heard));
                        if !self.decoder.speaks() {
                            self.turn()?;
                        }
                    }
                    Frame::Sound(samples) => {
                        let heard = self.hear(&samples)?;
                        if tell(output, &Answer::Heard(heard)).is_err() {
                            return Ok(());
                        }
                    }
                }
            }
            Ok(())
        }

        fn hear(&mut self, samples: &[i16]) -> Result<Heard, Error> {
            self.heard += samples.len() as u64;
            if !self.decoder.speaks() {
                return Ok(Heard { at: secs(self.heard), utterance: self.utterance, words: Vec::new() });
            }
            for step in samples.chunks(STEP) {
                self.decoder.hear(step)?;
            }
            let over = self.is_over(&self.decoder.segments());
            if over {
                self.decoder.end();
            }
            let words = self.words(self.decoder.segments());
            let heard = Heard { at: secs(self.heard), utterance: self.utterance, words };
            if over {
                self.utterance += 1;
                self.begun = self.heard;
                self.turn()?;
            }
            Ok(heard)
        }

        /// True where the utterance is to end: at a silence, or because it was long enough.
        fn is_over(&self, segments: &[Segment]) -> bool {
            let length = secs(self.heard - self.begun);
            let spoken = segments.iter().rev().find(|segment| !segment.is_silent());
            let silence = length - spoken.map_or(0.0, |segment| segment.end);
            let wanted = self.waiting.as_ref().map(|(_, since)| secs(self.heard - since));
            let enough = if length > LONG_SECS || wanted.is_some() { SHORT_SILENCE_SECS } else { SILENCE_SECS };
            let silent = silence > if spoken.is_some() { enough } else { LONG_SECS };
            silent || length > LONGEST_SECS || wanted.is_some_and(|waited| waited > WINDOW_WAIT_SECS)
        }

        fn words(&self, segments: Vec<Segment>) -> Vec<HeardWord> {
            let from = secs(self.begun);
            let spoken = segments.into_iter().filter(|segment| !segment.is_silent());
            spoken.map(|s| HeardWord { text: bare(&s.word).to_owned(), start: from + s.start, end: from + s.end }).collect()
        }

        /// Takes the waiting window into use.
        fn turn(&mut self) -> Result<(), Error> {
            let Some((window, _)) = self.waiting.take() else { return Ok(()) };
            let mut entries: Vec<Entry> = Vec::new();
            let mut looked_up: HashMap<String, bool> = HashMap::new();
            let mut known = |word: &String| {
                *looked_up.entry(word.clone()).or_insert_with(|| {
                    let found = self.dictionary.entries(word);
                    let is_known = !found.is_empty();
                    entries.extend(found);
                    is_known
                })
            };
            let sentences: Vec<Vec<String>> =
                window.sentences.into_iter().map(|sentence| sentence.into_iter().filter(&mut known).collect()).collect();
            let foreign: Vec<String> = self.dictionary.talk().into_iter().filter(known).collect();
            self.begun = self.heard;
            if sentences.iter().all(Vec::is_empty) {
                // Nothing to listen for: a script in a writing the dictionary does not know.
                return Ok(());
            }
            self.decoder.speak(&entries, &language_model(&sentences, &foreign))
        }
    }

    fn secs(samples: u64) -> f64 {
        samples as f64 / f64::from(RATE)
    }

    /// The next frame; `None` at the end of the input.
    fn read(input: &mut impl Read) -> Result<Option<Frame>, Error> {
        let mut bytes = [0; FRAME_HEAD];
        if input.read_exact(&mut bytes).is_err() {
            return Ok(None);
        }
        let (letter, length) = head(bytes).ok_or(Error::Input)?;
        let mut body = vec![0; length];
        if input.read_exact(&mut body).is_err() {
            return Ok(None);
        }
        Frame::read(letter, &body).map(Some).ok_or(Error::Input)
    }
}
