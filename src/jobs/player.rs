//! The deck: the take that is open in the player, and its waveform. One worker opens and orders, so that orders arrive in the
//! order they were given; a take that is replaced takes its waveform's reading with it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::core::journal::{self, Entry, Event};
use crate::core::problem::Problem;
use crate::core::take::{JOURNAL_FILE, TakeId};
use crate::core::time::nanos;
use crate::media::beside::Beside;
use crate::media::{self, peaks, play};
use crate::studio::{Message, review};

use super::house::Ways;
use super::worker::Worker;

/// Going back to a mark within this time of one goes to the mark before it.
const JUST_PASSED_SECS: f64 = 1.0;

/// How long a player may take to let go of its devices when the program ends.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct Deck {
    ways: Ways,
    worker: Worker,
    waves: Worker,
    open: Arc<Mutex<Option<play::Player>>>,
    /// Noise is taken out of what is heard, in this take and the next.
    denoise: Arc<AtomicBool>,
    /// The screen's file, while it is shown.
    beside: Arc<Mutex<Option<Beside>>>,
    /// Set when the waveform that is being read is no longer wanted.
    stale: Arc<AtomicBool>,
}

impl Deck {
    pub fn start(ways: Ways) -> std::io::Result<Deck> {
        let deck = Deck {
            ways,
            worker: Worker::start("deck")?,
            waves: Worker::start("waves")?,
            open: Arc::default(),
            denoise: Arc::default(),
            beside: Arc::default(),
            stale: Arc::default(),
        };
        // The first look at GStreamer's plugins may take a second; do it before somebody waits.
        deck.worker.submit(|| {
            if let Err(error) = media::init() {
                tracing::error!(%error, "GStreamer does not start");
            }
        });
        Ok(deck)
    }

    pub fn run(&mut self, effect: review::Effect) {
        match effect {
            review::Effect::Open { take, media, play } => self.open(take, PathBuf::from(media), play),
            review::Effect::Close => {
                self.stale.store(true, Ordering::Relaxed);
                let (open, frames) = (Arc::clone(&self.open), self.ways.feeds.player.clone());
                self.hide_screen();
                self.worker.submit(move || {
                    open.lock().unwrap_or_else(PoisonError::into_inner).take();
                    frames.clear();
                });
            }
            review::Effect::ShowScreen { media, offset } => self.show_screen(PathBuf::from(media), offset),
            review::Effect::HideScreen => self.hide_screen(),
            order => {
                if let review::Effect::Denoise(on) = order {
                    self.denoise.store(on, Ordering::Relaxed);
                }
                let open = Arc::clone(&self.open);
                self.worker.submit(move || {
                    if let Some(player) = open.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                        obey(player, order);
                    }
                });
            }
        }
    }

    pub fn finish(self) {
        self.stale.store(true, Ordering::Relaxed);
        self.hide_screen();
        self.worker.finish();
        if let Some(player) = self.open.lock().unwrap_or_else(PoisonError::into_inner).take() {
            player.close(CLOSE_LIMIT);
        }
        self.waves.finish();
    }

    /// Shows a second file where the player is.
    fn show_screen(&self, media: PathBuf, offset: i64) {
        let (open, beside, ways) = (Arc::clone(&self.open), Arc::clone(&self.beside), self.ways.clone());
        self.worker.submit(move || {
            let position =
                move || open.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, play::Player::position);
            let shown = Beside::open(&media, offset, position, ways.feeds.screen.clone());
            *beside.lock().unwrap_or_else(PoisonError::into_inner) = shown.map_err(|error| ways.outbox.problem(error)).ok();
        });
    }

    fn hide_screen(&self) {
        let (beside, frames) = (Arc::clone(&self.beside), self.ways.feeds.screen.clone());
        self.worker.submit(move || {
            beside.lock().unwrap_or_else(PoisonError::into_inner).take();
            frames.clear();
        });
    }

    fn open(&mut self, take: TakeId, media: PathBuf, play: bool) {
        self.hide_screen();
        self.stale.store(true, Ordering::Relaxed);
        self.stale = Arc::new(AtomicBool::new(false));
        let (ways, open, wanted) = (self.ways.clone(), Arc::clone(&self.open), take.clone());
        let (path, denoise) = (media.clone(), Arc::clone(&self.denoise));
        self.worker.submit(move || {
            let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
            open.take();
            ways.feeds.player.clear();
            match start(&ways, &wanted, &path) {
                Ok(player) => {
                    player.denoise(denoise.load(Ordering::Relaxed));
                    if play {
                        player.play();
                    }
                    *open = Some(player);
                }
                Err(error) => {
                    let opened = review::Message::Opened { take: wanted, result: Err(error.into()) };
                    ways.outbox.send(Message::Review(opened));
                }
            }
        });
        let (ways, stale) = (self.ways.clone(), Arc::clone(&self.stale));
        self.waves.submit(move || {
            let marks = marks(&media);
            ways.outbox.send(Message::Review(review::Message::MarksRead { take: take.clone(), marks }));
            let peaks = match peaks::peaks(&media, &stale) {
                Ok(peaks) if !peaks.0.is_empty() => Some(Arc::new(peaks)),
                Ok(_) => None,
                Err(error) => {
                    tracing::debug!(%error, "no waveform");
                    None
                }
            };
            ways.outbox.send(Message::Review(review::Message::PeaksReady { take, peaks }));
        });
    }
}

/// The marks in the journal beside the file; a take without a readable one has none.
fn marks(media: &Path) -> Vec<review::Mark> {
    let text = match std::fs::read_to_string(media.with_file_name(JOURNAL_FILE)) {
        Ok(text) => text,
        Err(error) => {
            tracing::debug!(%error, "no journal beside the take");
            return Vec::new();
        }
    };
    let (entries, _) = journal::read(&text);
    let mark = |entry: Entry| match entry.event {
        Event::Mark { label } => Some(review::Mark { at: entry.t, label }),
        _ => None,
    };
    entries.into_iter().filter_map(mark).collect()
}

fn start(ways: &Ways, take: &TakeId, path: &Path) -> Result<play::Player, media::Error> {
    let (outbox, take) = (ways.outbox.clone(), take.clone());
    play::Player::open(path, ways.feeds.player.clone(), move |event| {
        let take = take.clone();
        let message = match event {
            play::Event::Opened { nanos, rate, .. } => review::Message::Opened { take, result: Ok((nanos, rate)) },
            play::Event::Ended => review::Message::Ended { take },
            play::Event::Failed(error) => review::Message::PlayerFailed { take, problem: Problem::from(error) },
        };
        outbox.try_send(Message::Review(message));
    })
}

fn obey(player: &play::Player, order: review::Effect) {
    match order {
        review::Effect::Play => player.play(),
        review::Effect::Pause => player.pause(),
        review::Effect::Seek { nanos, exact } => player.seek(nanos, exact),
        review::Effect::Skip { secs } => {
            let here = player.position();
            let to = if secs < 0.0 { here.saturating_sub(nanos(-secs)) } else { here.saturating_add(nanos(secs)) };
            player.seek(to.min(player.duration()), true);
        }
        review::Effect::Step(frames) => player.step(frames),
        review::Effect::Speed(speed) => player.rate(speed),
        review::Effect::Denoise(on) => player.denoise(on),
        review::Effect::SkipToMark { marks, forward } => {
            let here = player.position();
            let to = if forward {
                marks.iter().copied().find(|mark| *mark > here)
            } else {
                marks.iter().copied().rev().find(|mark| mark.saturating_add(nanos(JUST_PASSED_SECS)) < here).or(Some(0))
            };
            if let Some(to) = to {
                player.seek(to, true);
            }
        }
        // Not the player's.
        review::Effect::List { .. }
        | review::Effect::Judge { .. }
        | review::Effect::Open { .. }
        | review::Effect::ShowScreen { .. }
        | review::Effect::HideScreen
        | review::Effect::Close
        | review::Effect::Bin { .. }
        | review::Effect::Restore { .. }
        | review::Effect::Captions(_)
        | review::Effect::Reveal { .. } => {}
    }
}
