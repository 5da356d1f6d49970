//! A take from its folder to its row: made before the first frame, told about while it runs, closed and read back at the end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::encoders::Coders;
use super::{Owner, Roll, screen};
use crate::blobs::files;
use crate::blobs::hold::{self, Hold};
use crate::blobs::journal::JournalWriter;
use crate::blobs::takes::{self, TakeFolder};
use crate::clock;
use crate::core::disk;
use crate::core::frame::{AudioFormat, VideoFormat};
use crate::core::health::Health;
use crate::core::journal::{self, Entry, Event, Opened};
use crate::core::problem::Problem;
use crate::core::take::{Checkpoint, Take, TakeId, TakeState};
use crate::core::take_clock::{Pause, TakeClock};
use crate::core::time::Moment;
use crate::media::record::{self, Finished, Inlet, Recorder};
use crate::studio::record as studio;
use crate::studio::{Message, notice};

use super::super::inbox::Outbox;
use super::super::library;

/// How often health is told while a take runs.
const HEALTH_EVERY: Duration = Duration::from_millis(250);

/// How long another process that looks through the folders may have hold of a new one.
const HOLD_LIMIT: Duration = Duration::from_secs(5);

/// A take being recorded.
pub(super) struct Running {
    recorder: Recorder,
    folder: TakeFolder,
    health: Arc<AtomicBool>,
    hold: Hold,
    /// It is no take of sound alone.
    pictures: bool,
}

impl Running {
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.folder.folder
    }
}

impl Owner {
    pub(super) fn start_take(&mut self, plan: &studio::Plan) {
        if self.take.is_some() {
            return;
        }
        match self.begin(plan) {
            Ok(running) => self.take = Some(running),
            Err(problem) => {
                self.tap.disconnect();
                self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
                self.ways.outbox.send(Message::Record(studio::Message::Refused(problem)));
            }
        }
    }

    pub(super) fn stop_take(&mut self) {
        let Some(running) = self.take.take() else { return };
        self.tap.disconnect();
        running.health.store(true, Ordering::Relaxed);
        // Both files are closed at the same time.
        let screen = self.screen.stop_take();
        let result = self.end(running, screen);
        self.ways.outbox.send(Message::Record(studio::Message::Finished(result.map(Box::new))));
    }

    pub(super) fn pause_take(&self, at: Moment) {
        if let Some(running) = &self.take {
            running.recorder.inlet().pause(at);
        }
    }

    pub(super) fn resume_take(&self, at: Moment) {
        if let Some(running) = &self.take {
            running.recorder.inlet().resume(at);
        }
    }

    fn begin(&mut self, plan: &studio::Plan) -> Result<Running, Problem> {
        let Some((video, audio)) = self.formats() else {
            return Err(Problem::missing("What a take needs is not open.", "Choose a camera or a microphone under Devices."));
        };
        self.room(disk::bytes_per_sec(video.as_ref(), audio.is_some()))?;
        let chosen = self.encoders_for(video, audio.is_some())?;
        let opened = self.opening_line(plan, video, audio, &chosen)?;
        let folder = takes::create(&self.house.folder, &opened)?;
        // Before the first frame, so that it has a picture by then.
        self.screen_begins(&folder.folder);
        match self.roll(&opened, &folder, chosen, plan.limit) {
            Ok(running) => Ok(running),
            Err(problem) => {
                self.screen.drop_take();
                self.forget(&folder);
                Err(problem)
            }
        }
    }

    /// Refuses a take that would be stopped almost at once for want of space.
    fn room(&self, bytes_per_sec: u64) -> Result<(), Problem> {
        let folder = self.house.folder.takes();
        let free = files::free_bytes(&folder)?;
        if disk::secs_at(free, disk::KEEP_FREE_BYTES, bytes_per_sec as f64) >= disk::LEAST_SECS {
            return Ok(());
        }
        let what = format!("The disk is too full for a take: {:.0} MB are free at {}.", free as f64 / 1e6, folder.display());
        Err(Problem::disk(what, "Free some space, or choose another place with --data, and record again."))
    }

    fn roll(&self, opened: &Opened, folder: &TakeFolder, chosen: Coders, limit: Option<u64>) -> Result<Running, Problem> {
        let Some(hold) = hold::wait(&folder.folder, HOLD_LIMIT)? else {
            let fix = "Close other copies of Onetake that use this data folder, then record again.";
            return Err(Problem::refused("Another program holds the new take's folder.", fix));
        };
        let plan = record::Plan {
            file: folder.media.clone(),
            video: opened.video,
            audio: opened.audio,
            video_encoder: chosen.video,
            spare_encoders: chosen.spares,
            audio_encoder: chosen.audio,
            keep_free_bytes: disk::KEEP_FREE_BYTES,
        };
        let writer = JournalWriter::open(&folder.journal)?;
        let (outbox, journal) = (self.ways.outbox.clone(), Arc::clone(&self.journal));
        let recorder = Recorder::start(plan, move |event| tell(&outbox, &journal, event))?;
        // Without a closing line the folder reads as interrupted; this one is only beginning.
        let row = Take { state: TakeState::Recording, ..takes::read_take_folder(&folder.folder)? };
        self.house.db.save_take(&row)?;
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
        let health = watch_health(recorder.inlet(), self.tap.meter.clips(), self.ways.outbox.clone())?;
        let (inlet, take) = (recorder.inlet(), opened.take.clone());
        let pictures = opened.video.is_some();
        self.tap.connect(Roll { inlet, take, number: opened.number, pictures, started: None, told: false, limit });
        Ok(Running { recorder, folder: folder.clone(), health, hold, pictures })
    }

    fn opening_line(
        &self,
        plan: &studio::Plan,
        video: Option<VideoFormat>,
        audio: Option<AudioFormat>,
        chosen: &Coders,
    ) -> Result<Opened, Problem> {
        let devices = self.devices.as_ref();
        Ok(Opened {
            version: journal::VERSION,
            take: TakeId(uuid::Uuid::now_v7().to_string()),
            project: plan.project.clone(),
            number: self.house.db.next_take_number(&plan.project)?,
            title: plan.title.clone(),
            started_at: clock::wall(),
            camera: devices.and_then(|d| d.camera.as_ref()).map_or_else(String::new, |c| c.device.label.clone()),
            microphone: devices.and_then(|d| d.microphone.as_ref()).map(|m| m.device.label.clone()),
            video,
            audio,
            profile: chosen.name().to_owned(),
            script: plan.script.clone(),
        })
    }

    /// Closes file and journal; the row is made from the folder, as a rebuild would. The folder is the take: what can't be
    /// written at the end is said, and the take is kept all the same.
    fn end(&self, running: Running, screen: Option<screen::Stopping>) -> Result<Take, Problem> {
        // Frames that never reached us are as lost as those the encoder could not take.
        let missed = running.recorder.health().missed;
        let finished = running.recorder.finish().map_err(Problem::from);
        let finished = finished.map(|finished| Finished { dropped: finished.dropped + missed, ..finished });
        if let Some(screen) = screen {
            screen.wait();
        }
        let writer = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        let pictures = running.pictures;
        if finished.as_ref().is_ok_and(|finished| finished.nanos == 0 || (pictures && finished.frames == 0)) {
            self.forget(&running.folder);
            let (what, device) = if pictures { ("picture", "camera") } else { ("sound", "microphone") };
            let fix = format!("Record again; if it stays so, choose another {device} under Devices.");
            return Err(Problem::missing(format!("No {what} came before the take was stopped, so there is no take."), fix));
        }
        let closed = finished.and_then(|finished| close_journal(writer, &finished));
        let take = library::measured(takes::read_take_folder(&running.folder.folder)?, &running.hold);
        let saved = self.house.db.save_take(&take).map_err(Problem::from);
        for problem in [closed, saved].into_iter().filter_map(Result::err) {
            let fix = format!("{} The take is whole in {}.", problem.fix, take.folder);
            self.ways.outbox.problem(Problem { fix, ..problem });
        }
        Ok(take)
    }

    /// Takes back a take that holds nothing: an empty one would only be in the way.
    fn forget(&self, folder: &TakeFolder) {
        let id = folder.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if let Err(error) = std::fs::remove_dir_all(&folder.folder) {
            tracing::warn!(%error, "the folder of a take that never began is left");
        }
        if let Err(error) = self.house.db.forget_take(&TakeId(id)) {
            tracing::warn!(%error, "the row of a take that never began is left");
        }
    }
}

/// Writes the closing line: with it the folder tells of a take that ended in order.
fn close_journal(writer: Option<JournalWriter>, finished: &Finished) -> Result<(), Problem> {
    let Some(writer) = writer else { return Ok(()) };
    let &Finished { nanos, frames, dropped, bytes, .. } = finished;
    writer.append(Entry { t: nanos, event: Event::Stopped { nanos, frames, dropped, bytes } });
    writer.close()?;
    Ok(())
}

/// What the recorder says while it runs.
fn tell(outbox: &Outbox, journal: &Mutex<Option<JournalWriter>>, event: record::Event) {
    match event {
        record::Event::Safe(Checkpoint { bytes, frames, nanos }) => {
            note(journal, Entry { t: nanos, event: Event::Safe { bytes, frames } });
        }
        record::Event::Turned(clock) => {
            if let (Some(entry), Some(writer)) = (turn(&clock), journal.lock().unwrap_or_else(PoisonError::into_inner).as_ref())
            {
                writer.append(entry);
            }
            outbox.try_send(Message::Record(studio::Message::Turned(clock)));
        }
        record::Event::DiskFull(error) | record::Event::EncoderFailed(error) | record::Event::Failed(error) => {
            outbox.try_send(Message::Record(studio::Message::Ended(error.into())));
        }
        record::Event::EncoderChanged { nanos, failed, now, error } => {
            let event = Event::EncoderChanged { profile: now.clone(), detail: error.to_string() };
            note(journal, Entry { t: nanos, event });
            let problem = Problem { what: format!("The encoder {failed} failed; the take goes on."), ..error.into() };
            let cure = if now == failed { "It was begun afresh.".to_owned() } else { format!("{now} took its place.") };
            let fix = format!("{cure} Nothing needs to be done now; look at the encoders with “onetake doctor” later.");
            outbox.try_send(Message::Notice(notice::Message::Problem(Problem { fix, ..problem })));
        }
        record::Event::SoundLost(error) => {
            let problem =
                Problem { what: "The sound’s encoder failed; the take goes on without sound.".into(), ..error.into() };
            let fix = "Stop and record again if the sound matters.".into();
            outbox.try_send(Message::Notice(notice::Message::Problem(Problem { fix, ..problem })));
        }
        record::Event::Changed(what) => {
            outbox.try_send(Message::Notice(notice::Message::Say(what)));
        }
        record::Event::Stalled => {
            let fix = "If it does not catch up, stop, and record to another disk or choose a smaller size under Devices.";
            let problem = Problem::failed("Nothing reaches the file; pictures are being dropped.", fix);
            outbox.try_send(Message::Notice(notice::Message::Problem(problem)));
        }
    }
}

/// The journal's line for the newest pause, or for its end.
fn turn(clock: &TakeClock) -> Option<Entry> {
    let Pause { from, until } = clock.last_pause()?;
    let event = until.map_or(Event::Paused, |until| Event::Resumed { after: until.since(from) });
    Some(Entry { t: clock.time(from), event })
}

fn note(journal: &Mutex<Option<JournalWriter>>, entry: Entry) {
    if let Some(writer) = journal.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        writer.append(entry);
    }
}

/// Tells the take's health until the flag is set.
fn watch_health(inlet: Inlet, clips: Arc<AtomicU64>, outbox: Outbox) -> Result<Arc<AtomicBool>, Problem> {
    let done = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&done);
    let clipped_before = clips.load(Ordering::Relaxed);
    let run = move || {
        let mut turns = 0;
        while !flag.load(Ordering::Relaxed) {
            std::thread::sleep(HEALTH_EVERY);
            let clips = clips.load(Ordering::Relaxed).saturating_sub(clipped_before);
            outbox.try_send(Message::Record(studio::Message::Health(Health { clips, ..inlet.health() })));
            // The studio heard of it at once, unless its inbox was full.
            if let Some(clock) = inlet.clock().filter(|clock| clock.turns() > turns) {
                let newest = clock.turns();
                if outbox.try_send(Message::Record(studio::Message::Turned(clock))) {
                    turns = newest;
                }
            }
        }
    };
    std::thread::Builder::new().name("health".into()).spawn(run).map_err(|error| {
        Problem::failed(format!("The take could not be watched: {error}."), "Close other programs and try again.")
    })?;
    Ok(done)
}
