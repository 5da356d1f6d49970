//! Promise P5: from the word “stop” to the take's picture in the player, and to its playing, through the studio and its jobs
//! as the window has them. The peer is GStreamer's own player opening the same file to its first picture, in this process.
//!
//! `measure review DATA SECONDS…` records a synthetic take of each length and prints one JSON object for each, in milliseconds.

use std::path::Path;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use onetake::clock;
use onetake::core::device::DeviceChoice;
use onetake::core::latest::{Feeds, Latest};
use onetake::core::problem::Problem;
use onetake::core::settings::Settings;
use onetake::jobs::Jobs;
use onetake::jobs::house::{Claim, House, Ways};
use onetake::jobs::inbox::{Inbox, inbox};
use onetake::studio::{self, Effect, Message, Model, prepare, record, review};

/// Nothing here takes anywhere near this long.
const LIMIT: Duration = Duration::from_secs(30);
/// How often the slot with the player's picture is looked at.
const LOOK: Duration = Duration::from_micros(500);

/// A studio without a window.
struct Studio {
    model: Model,
    jobs: Jobs,
    inbox: Inbox,
    feeds: Feeds,
}

pub fn run(data: &Path, lengths: &[f64]) -> Result<(), Problem> {
    let mut studio = Studio::open(data)?;
    for length in lengths {
        studio.record(*length)?;
        let began = Instant::now();
        let (before, version) = studio.feeds.player.versioned();
        drop(before);
        studio.send(Message::Record(record::Message::Stop));
        studio.until("the file was closed", |model, _| model.record.phase == record::Phase::Idle)?;
        let closed = began.elapsed();
        studio.until("the first picture", |_, feeds| shown(feeds, version))?;
        let picture = began.elapsed();
        studio.until("playing", |model, feeds| playing(model) && moved(feeds))?;
        let playing = began.elapsed();
        let take = studio.model.review.takes.first().cloned();
        let take = take.ok_or_else(|| Problem::failed("The take is not in the list.", ""))?;
        studio.send(Message::Review(review::Message::Leave));
        let peer = open_with_playbin(Path::new(&take.media));
        let millis = |duration: Duration| duration.as_secs_f64() * 1e3;
        let answer = serde_json::json!({
            "seconds": length, "closed_ms": millis(closed), "picture_ms": millis(picture), "playing_ms": millis(playing),
            "playbin_ms": peer.map(millis), "media": take.media,
        });
        println!("{answer}");
    }
    studio.jobs.finish();
    Ok(())
}

/// A picture came into the slot since `version`; leaving the page before emptied it.
fn shown(feeds: &Feeds, version: u64) -> bool {
    let (frame, now) = feeds.player.versioned();
    frame.is_some() && now > version
}

/// Past the first picture.
fn moved(feeds: &Feeds) -> bool {
    feeds.player.get().is_some_and(|frame| frame.number > 0)
}

fn playing(model: &Model) -> bool {
    matches!(model.review.open, Some(review::Open { player: review::Player::Ready { playing: true, .. }, .. }))
}

/// To the first picture in a sink, from nothing; `None` when it does not come.
fn open_with_playbin(media: &Path) -> Option<Duration> {
    let began = Instant::now();
    let uri = gst::glib::filename_to_uri(media, None).ok()?;
    let sinks = "video-sink=\"fakesink sync=true\" audio-sink=\"fakesink sync=true\"";
    let playbin = gst::parse::launch(&format!("playbin3 uri=\"{uri}\" {sinks}")).ok()?;
    playbin.set_state(gst::State::Paused).ok()?;
    let limit = gst::ClockTime::from_nseconds(LIMIT.as_nanos() as u64);
    let (changed, state, _) = playbin.state(limit);
    let took = began.elapsed();
    // It has told what it was for.
    let _ = playbin.set_state(gst::State::Null);
    (changed.is_ok() && state == gst::State::Paused).then_some(took)
}

impl Studio {
    /// With the demo script and synthetic devices, which are open when this returns.
    fn open(data: &Path) -> Result<Studio, Problem> {
        let house = House::open(Some(data), Claim::Alone)?;
        let settings = Settings {
            camera: DeviceChoice::parse("synthetic"),
            microphone: DeviceChoice::parse("synthetic"),
            width: 1280,
            height: 720,
            fps: 30,
            countdown_secs: 0,
            ..Settings::default()
        };
        let (outbox, inbox) = inbox(|| {});
        let feeds = Feeds::default();
        let ways = Ways { outbox, feeds: feeds.clone(), text: Latest::default() };
        let jobs = Jobs::start(house, ways)?;
        let mut studio = Studio { model: Model::default(), jobs, inbox, feeds };
        let effects = studio::start(&mut studio.model, settings, clock::now());
        effects.into_iter().for_each(|effect| studio.run(effect));
        studio.send(Message::Prepare(prepare::Message::OpenDemo));
        studio.until("the script was laid out", |model, _| !model.prompter.laid.rows.is_empty())?;
        Ok(studio)
    }

    /// Records for so many seconds and leaves the take rolling.
    fn record(&mut self, secs: f64) -> Result<(), Problem> {
        self.send(Message::Record(record::Message::Record));
        self.until("the first frame was recorded", |model, _| model.record.rolling().is_some())?;
        let ends = Instant::now() + Duration::from_secs_f64(secs);
        while Instant::now() < ends {
            self.turn();
        }
        Ok(())
    }

    fn until(&mut self, what: &str, done: impl Fn(&Model, &Feeds) -> bool) -> Result<(), Problem> {
        let began = Instant::now();
        while !done(&self.model, &self.feeds) {
            if began.elapsed() > LIMIT {
                return Err(Problem::failed(format!("Waited in vain until {what}."), ""));
            }
            self.turn();
        }
        Ok(())
    }

    fn turn(&mut self) {
        let first = self.inbox.wait(LOOK);
        self.send(Message::Tick);
        let rest: Vec<Message> = first.into_iter().chain(self.inbox.drain()).collect();
        rest.into_iter().for_each(|message| self.send(message));
    }

    fn send(&mut self, message: Message) {
        let effects = studio::update(&mut self.model, message, clock::now());
        effects.into_iter().for_each(|effect| self.run(effect));
    }

    fn run(&mut self, effect: Effect) {
        if !matches!(effect, Effect::SaveSettings(_)) {
            self.jobs.run(effect);
        }
    }
}
