//! The microphone's meter: each block is measured on the microphone's own thread, on its way to the file. The newest figures
//! go to the screen; that there is no sound, or that it is back, to the studio.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::core::frame::AudioBlock;
use crate::core::latest::Latest;
use crate::core::loudness::{Gauge, Heard};
use crate::jobs::inbox::Outbox;
use crate::studio::{Message, sound};

/// What is measured, and who is told.
#[derive(Debug)]
pub(super) struct Meter {
    levels: Latest<Heard>,
    outbox: Outbox,
    /// Locked by the microphone's thread for each block, and by the stage only when a device is closed.
    listening: Mutex<Listening>,
    clips: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Listening {
    gauge: Option<Gauge>,
    /// What the studio was told last.
    told: sound::Message,
}

impl Meter {
    pub fn new(levels: Latest<Heard>, outbox: Outbox) -> Meter {
        Meter { levels, outbox, listening: Mutex::default(), clips: Arc::default() }
    }

    /// Measures a block. Waits for nobody; the studio hears of a change with the next block that finds room in its inbox.
    pub fn hear(&self, block: &AudioBlock) {
        let mut listening = self.listening();
        let before = listening.gauge.as_ref().map_or(0, Gauge::clips);
        let heard = listening.gauge.get_or_insert_with(|| Gauge::new(block.format)).hear(block);
        self.clips.fetch_add(heard.clips.saturating_sub(before), Ordering::Relaxed);
        let end = block.stamp.plus_secs(block.frames() as f64 / f64::from(block.format.sample_rate.max(1)));
        let news = sound::Message::of(&heard, end);
        if !news.says_the_same(&listening.told) && self.outbox.try_send(Message::Sound(news.clone())) {
            listening.told = news;
        }
        self.levels.publish(heard);
    }

    /// The microphone is closed: what it gave counts no more.
    pub fn reset(&self) {
        let before = std::mem::take(&mut *self.listening());
        self.levels.clear();
        if !before.told.says_the_same(&sound::Message::default()) {
            self.outbox.send(Message::Sound(sound::Message::default()));
        }
    }

    /// Clips of all microphones since the program began.
    pub fn clips(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.clips)
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::frame::AudioFormat;
    use crate::core::time::{Moment, SECOND};
    use crate::jobs::inbox::inbox;

    const FORMAT: AudioFormat = AudioFormat { sample_rate: 48_000, channels: 1 };

    fn block(at: u64, value: f32) -> AudioBlock {
        AudioBlock { format: FORMAT, samples: vec![value; 480], stamp: Moment(SECOND + at * SECOND / 100) }
    }

    #[test]
    fn the_studio_hears_once_that_there_is_no_sound_and_once_that_it_is_back() {
        let (outbox, inbox) = inbox(|| {});
        let meter = Meter::new(Latest::default(), outbox);
        (0..100).for_each(|at| meter.hear(&block(at, 0.1)));
        (100..400).for_each(|at| meter.hear(&block(at, 0.0)));
        (400..450).for_each(|at| meter.hear(&block(at, 1.0)));
        let told: Vec<sound::Message> = inbox
            .drain()
            .filter_map(|message| match message {
                Message::Sound(message) => Some(message),
                _ => None,
            })
            .collect();
        let [silent, back] = &told[..] else { panic!("{told:?}") };
        let since = silent.silent_since.expect("it is silent");
        assert!(since.0.abs_diff(2 * SECOND) < SECOND / 50, "since its first silent sample: {since:?}");
        assert_eq!(back.silent_since, None);
        assert_eq!(meter.clips().load(Ordering::Relaxed), 1);
        meter.reset();
        assert!(meter.levels.get().is_none());
    }
}
