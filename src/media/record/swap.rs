//! When an encoder fails, or takes pictures and gives none, the recording goes on with another one, in the same file.
//!
//! One thread keeps watch over the lanes of a recording. What the failing encoder had not given back is encoded again by the
//! next, so nothing is lost by a failure, and by a hang only what did not find room to wait. The next must make the same kind of
//! stream: a file's tracks are named at its head. That is why profiles of other codecs are passed over here.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use tracing::{error, info, warn};

use super::lane::Lane;
use super::watch::OnEvent;
use super::{Counters, Event};
use crate::core::profile::Encoder;
use crate::media::error::Error;

/// How often the lanes are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks without output, while there is input, until an encoder is given up: two seconds. Counted in looks, because a machine that
/// is too busy to look, or was asleep, is too busy to encode.
const HANG_LOOKS: u32 = 20;

/// An encoder that worked for so long may be tried again after another has failed.
const WORKED: Duration = Duration::from_secs(10);

/// What the keeper is told.
#[derive(Debug)]
pub enum Word {
    /// By an encoder: it is broken.
    Failed { sound: bool, generation: u32, error: Error },
    /// By an encoder: something came out.
    Works { sound: bool, generation: u32 },
    /// By the recorder: everything came out, or it no longer matters.
    Enough,
}

/// The encoders of a lane, in the order they are tried; then from the beginning, as long as that leads anywhere.
#[derive(Clone, Debug)]
pub struct Ladder {
    encoders: Vec<Encoder>,
    at: usize,
    /// Failures one after the other, without an encoder that worked for a while.
    misses: usize,
}

impl Ladder {
    /// Begins with the encoder at work.
    pub fn new(first: &Encoder, spares: &[Encoder]) -> Ladder {
        let others = spares.iter().filter(|spare| *spare != first).cloned();
        Ladder { encoders: std::iter::once(first.clone()).chain(others).collect(), at: 0, misses: 0 }
    }

    /// The one at work.
    fn name(&self) -> &str {
        self.encoders.get(self.at).map_or("", |encoder| encoder.name.as_str())
    }

    /// The next to be tried after the one at work has failed; a lone encoder is tried once more, afresh.
    fn next(&mut self, worked: Duration) -> Option<Encoder> {
        if worked >= WORKED {
            self.misses = 0;
        }
        self.misses += 1;
        if self.misses > self.encoders.len() {
            return None;
        }
        self.at = (self.at + 1) % self.encoders.len();
        self.encoders.get(self.at).cloned()
    }
}

/// A lane and what is known of its encoder.
#[derive(Debug)]
pub struct Kept {
    lane: Lane,
    ladder: Ladder,
    since: Instant,
    /// Why the last encoder was given up, until the next one works.
    given_up: Option<(String, Error, u64)>,
    /// The take ends when no encoder of it is left: it has pictures, or sound alone.
    needed: bool,
}

impl Kept {
    pub fn new(lane: Lane, ladder: Ladder, needed: bool) -> Kept {
        Kept { lane, ladder, since: Instant::now(), given_up: None, needed }
    }
}

/// Keeps watch until it hears `Enough` or nobody is left to speak; then takes the encoders down and tells `ended`.
pub fn spawn_keeper(
    mut lanes: Vec<Kept>,
    words: Receiver<Word>,
    counters: Arc<Counters>,
    on_event: Arc<OnEvent>,
    ended: Sender<()>,
) -> Result<(), Error> {
    let body = move || {
        loop {
            match words.recv_timeout(LOOK_EVERY) {
                Ok(Word::Enough) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(word) => hear(&mut lanes, word, &counters, &on_event),
                Err(RecvTimeoutError::Timeout) => look(&mut lanes, &counters, &on_event),
            }
        }
        lanes.iter().for_each(|kept| kept.lane.stop());
        let _ = ended.send(());
    };
    let spawned = std::thread::Builder::new().name("record-encoders".into()).spawn(body);
    spawned.map(drop).map_err(|error| Error::build("record-encoders", error))
}

fn hear(lanes: &mut [Kept], word: Word, counters: &Counters, on_event: &Arc<OnEvent>) {
    let (Word::Failed { sound, generation, .. } | Word::Works { sound, generation }) = &word else { return };
    let Some(kept) = lanes.iter_mut().find(|kept| kept.lane.is_sound() == *sound) else { return };
    // Of an encoder that was given up already nothing more is heard.
    if kept.lane.generation() != *generation {
        return;
    }
    match word {
        Word::Failed { error, .. } => kept.swap(error, counters, on_event),
        _ => kept.works(counters, on_event),
    }
}

fn look(lanes: &mut [Kept], counters: &Counters, on_event: &Arc<OnEvent>) {
    for kept in lanes {
        if kept.lane.hangs(HANG_LOOKS) && !counters.ended.load(Ordering::Relaxed) {
            let detail = "it took pictures and gave nothing for two seconds".into();
            let error = Error::Encoder { encoder: kept.ladder.name().to_owned(), detail };
            kept.swap(error, counters, on_event);
        }
    }
}

impl Kept {
    /// Goes on with the next encoder that starts.
    fn swap(&mut self, error: Error, counters: &Counters, on_event: &Arc<OnEvent>) {
        warn!(%error, kind = self.lane.word(), "an encoder is given up");
        let (failed, from) = (self.ladder.name().to_owned(), self.lane.waits_from());
        let from = from.unwrap_or_else(|| counters.recorded_nanos.load(Ordering::Relaxed));
        let mut worked = self.since.elapsed();
        let mut last = error;
        loop {
            let Some(encoder) = self.ladder.next(worked) else { return self.give_up(last, counters, on_event) };
            match self.lane.replace(&encoder) {
                Ok(()) => {
                    self.since = Instant::now();
                    // The reason that counts is the first one's.
                    self.given_up.get_or_insert((failed, last, from));
                    return;
                }
                Err(error) => {
                    warn!(%error, encoder = encoder.name, "it does not start");
                    worked = Duration::ZERO;
                    if self.given_up.is_none() {
                        self.given_up = Some((failed.clone(), std::mem::replace(&mut last, error), from));
                    }
                }
            }
        }
    }

    fn works(&mut self, counters: &Counters, on_event: &Arc<OnEvent>) {
        self.since = Instant::now();
        let Some((failed, error, nanos)) = self.given_up.take() else { return };
        counters.encoder_changes.fetch_add(1, Ordering::Relaxed);
        let now = self.ladder.name().to_owned();
        info!(failed, now, "another encoder works");
        on_event(Event::EncoderChanged { nanos, failed, now, error });
    }

    fn give_up(&mut self, error: Error, counters: &Counters, on_event: &Arc<OnEvent>) {
        error!(%error, "no encoder is left");
        let error = self.given_up.take().map_or(error, |(_, first, _)| first);
        if self.needed {
            counters.ended.store(true, Ordering::Relaxed);
            self.lane.give_up();
            on_event(Event::EncoderFailed(error));
        } else {
            self.lane.give_up();
            on_event(Event::SoundLost(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoder(name: &str) -> Encoder {
        Encoder { name: name.into(), element: name.into(), properties: Default::default(), after: Vec::new(), hardware: false }
    }

    fn names(ladder: &mut Ladder, worked: &[u64]) -> Vec<String> {
        worked.iter().map_while(|secs| ladder.next(Duration::from_secs(*secs))).map(|encoder| encoder.name).collect()
    }

    #[test]
    fn each_encoder_is_tried_then_the_first_afresh_then_none() {
        let mut ladder = Ladder::new(&encoder("a"), &[encoder("a"), encoder("b"), encoder("c")]);
        assert_eq!(names(&mut ladder, &[1, 1, 1, 1, 1]), ["b", "c", "a"]);
        let mut alone = Ladder::new(&encoder("a"), &[]);
        assert_eq!(names(&mut alone, &[60, 2, 2]), ["a"]);
    }

    #[test]
    fn an_encoder_that_worked_for_long_begins_a_new_round() {
        let mut ladder = Ladder::new(&encoder("a"), &[encoder("b")]);
        assert_eq!(names(&mut ladder, &[60, 60, 60, 60]), ["b", "a", "b", "a"]);
    }
}
