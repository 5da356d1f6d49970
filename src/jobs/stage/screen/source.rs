//! Where pictures of the screen come from: the X server, or the stream that the desktop hands out after it has asked the person.

use std::sync::{Arc, Mutex, PoisonError};

use super::sink::Sink;
#[cfg(target_os = "linux")]
use super::stream::{Listening, Stream};
#[cfg(target_os = "linux")]
use crate::capture::screen::portal::Cast;
use crate::capture::screen::{self, Copying, Error, Session};
use crate::core::frame::{Frame, VideoFormat};
use crate::core::problem::Problem;
use crate::core::profile::Encoder;
use crate::core::screen::{ScreenChoice, recorded_size};
use crate::core::time::Rate;
use crate::jobs::house::{House, Ways};
use crate::jobs::inbox::Outbox;
use crate::media::probe;
#[cfg(target_os = "linux")]
use crate::media::screencast;
use crate::studio::{Message, screen as studio};

/// What the settings ask for.
pub(super) struct Wanted {
    pub session: u64,
    pub choice: ScreenChoice,
    pub token: Option<String>,
    pub fps: u32,
}

/// A screen that was found, and an encoder that was tried for it.
#[derive(Clone, Debug)]
pub struct Ready {
    source: Source,
    found: studio::Found,
    /// Of the recorded picture.
    pub format: VideoFormat,
    pub encoder: Encoder,
    /// What goes on when it fails.
    pub spares: Vec<Encoder>,
}

#[derive(Clone, Debug)]
enum Source {
    X11(ScreenChoice),
    #[cfg(target_os = "linux")]
    Portal(Arc<Stream>),
}

/// Pictures are coming; dropping it stops them.
#[derive(Debug)]
pub(super) enum Running {
    X11 {
        _copying: Copying,
    },
    #[cfg(target_os = "linux")]
    Portal {
        _listening: Listening,
    },
}

impl Ready {
    /// Tells the desktop that its screen is not wanted any more.
    pub(super) fn close(self, house: &House) {
        #[cfg(target_os = "linux")]
        if let Source::Portal(stream) = self.source {
            house.runtime.spawn(async move { stream.cast.close().await });
        }
    }
}

/// Looks for the screen and tells the studio; what was found goes into `ready`.
pub(super) fn open(house: &Arc<House>, ways: &Ways, slot: &Slot, wanted: Wanted) {
    slot.empty(wanted.session).into_iter().for_each(|before| before.close(house));
    let answer = Answer { house: Arc::clone(house), ways: ways.clone(), slot: slot.clone(), session: wanted.session };
    match screen::session() {
        Session::X11 => {
            let found = x11(&answer.house, &wanted);
            answer.give(found);
        }
        #[cfg(target_os = "linux")]
        Session::Wayland => ask(answer, wanted),
        #[cfg(not(target_os = "linux"))]
        Session::Wayland => answer.give(Err(Error::NoScreen.into())),
        Session::Nothing => answer.give(Err(Error::NoScreen.into())),
    }
}

/// Where the screen that was found is kept, and for which opening. Filled by another thread where a person is asked.
#[derive(Clone, Debug, Default)]
pub struct Slot(Arc<Mutex<(u64, Option<Ready>)>>);

impl Slot {
    pub fn get(&self) -> Option<Ready> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Empties it for a new opening; answers of earlier ones are refused from now on.
    pub fn empty(&self, session: u64) -> Option<Ready> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.0 = session;
        slot.1.take()
    }

    /// Fills it; gives back what comes too late.
    fn fill(&self, session: u64, ready: Ready) -> Option<Ready> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.0 != session {
            return Some(ready);
        }
        slot.1.replace(ready)
    }
}

/// Whom to tell what became of an opening.
struct Answer {
    house: Arc<House>,
    ways: Ways,
    slot: Slot,
    session: u64,
}

impl Answer {
    fn give(self, result: Result<Ready, Problem>) {
        let result = match result {
            Ok(ready) => {
                let found = ready.found.clone();
                if let Some(late) = self.slot.fill(self.session, ready) {
                    return late.close(&self.house);
                }
                Ok(found)
            }
            Err(problem) => Err(problem),
        };
        self.ways.outbox.send(Message::Screen(studio::Message::Opened { session: self.session, result }));
    }
}

/// Asks the person by the desktop's portal, however long that takes; the stage goes on.
#[cfg(target_os = "linux")]
fn ask(answer: Answer, wanted: Wanted) {
    if !probe::installed(screencast::ELEMENT) {
        let (element, package) = (screencast::ELEMENT.to_owned(), "gstreamer1.0-pipewire");
        return answer.give(Err(Error::NoElement { element, package }.into()));
    }
    let runtime = answer.house.runtime.handle().clone();
    let Wanted { token, fps, .. } = wanted;
    let asking = runtime.spawn(async move { Cast::open(token.as_deref()).await });
    let run = move || {
        // The portal's library panics on some wrong answers; that ends its task only.
        let cast = runtime.block_on(asking).unwrap_or_else(|error| Err(Error::NoPortal(error.to_string())));
        let result = cast.map_err(Problem::from).and_then(|cast| {
            answer.ways.outbox.send(Message::Screen(studio::Message::Token(cast.token.clone())));
            let label = cast.label.to_owned();
            let (stream, size) = Stream::read(&runtime, cast, fps, answer.ways.outbox.clone())?;
            tried(&answer.house, Source::Portal(Arc::new(stream)), label, size, fps)
        });
        answer.give(result);
    };
    if let Err(error) = std::thread::Builder::new().name("screen-ask".into()).spawn(run) {
        tracing::error!(%error, "no thread to ask for the screen");
    }
}

fn x11(house: &House, wanted: &Wanted) -> Result<Ready, Problem> {
    let region = screen::look(&wanted.choice)?;
    tried(house, Source::X11(wanted.choice.clone()), region.label, (region.width, region.height), wanted.fps)
}

/// A source with an encoder that works at its size.
fn tried(house: &House, source: Source, label: String, (width, height): (u32, u32), fps: u32) -> Result<Ready, Problem> {
    let (width, height) = recorded_size(width, height);
    let format = screen::format(width, height, Rate::whole(fps.max(1)));
    let probe::Chosen { video: encoder, spares, .. } = probe::choose(&house.profiles().0, &format, false)?;
    tracing::info!(label, width, height, encoder = encoder.name, "the screen can be recorded");
    Ok(Ready { source, found: studio::Found { label, width, height }, format, encoder, spares })
}

/// Lets pictures come into the sink.
pub(super) fn start(ready: &Ready, sink: &Arc<Mutex<Sink>>, outbox: Outbox) -> Result<Running, Problem> {
    let (into, end) = (Arc::clone(sink), Arc::clone(sink));
    let on_frame = move |frame: Frame| into.lock().unwrap_or_else(PoisonError::into_inner).fresh(frame);
    let on_lost = move |error: Error| {
        end.lock().unwrap_or_else(PoisonError::into_inner).lost(error.to_string());
        outbox.try_send(Message::Screen(studio::Message::Ended(Some(error.into()))));
    };
    match &ready.source {
        Source::X11(choice) => {
            let copying = screen::copy(choice.clone(), ready.format.rate, on_frame, on_lost)?;
            Ok(Running::X11 { _copying: copying })
        }
        #[cfg(target_os = "linux")]
        Source::Portal(stream) => Ok(Running::Portal { _listening: stream.listen(sink)? }),
    }
}
