//! The desktop's stream, read from the moment the person lets it be: a screen that stands still sends nothing to one who comes
//! later, and some desktops do not give a stream twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::sink::Sink;
use crate::capture::screen::Error;
use crate::capture::screen::portal::Cast;
use crate::core::frame::Frame;
use crate::core::problem::Problem;
use crate::core::time::Rate;
use crate::jobs::inbox::Outbox;
use crate::media::screencast::{self, Screencast};
use crate::studio::{Message, screen as studio};

/// Desktops send the first picture at once.
const FIRST_PICTURE_LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Stream {
    pub cast: Cast,
    heard: Arc<Mutex<Heard>>,
    _screencast: Screencast,
}

/// The newest of a stream, and who listens to it.
#[derive(Debug, Default)]
struct Heard {
    newest: Option<Frame>,
    sink: Option<Arc<Mutex<Sink>>>,
    lost: Option<String>,
}

/// A take listens to the stream; dropping it ends that.
#[derive(Debug)]
pub struct Listening(Arc<Mutex<Heard>>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).sink = None;
    }
}

impl Stream {
    /// Begins to read, and gives the size of the first picture: desktops tell it in units of their own.
    pub fn read(
        runtime: &tokio::runtime::Handle,
        cast: Cast,
        fps: u32,
        outbox: Outbox,
    ) -> Result<(Stream, (u32, u32)), Problem> {
        let remote = runtime.block_on(cast.remote())?;
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let (first, size) = std::sync::mpsc::sync_channel(1);
        let (lost, into, end) = (first.clone(), Arc::clone(&heard), Arc::clone(&heard));
        let on_frame = move |frame: Frame| {
            let _ = first.try_send(Ok((frame.format.width, frame.format.height)));
            let mut heard = into.lock().unwrap_or_else(PoisonError::into_inner);
            heard.newest = Some(frame.clone());
            if let Some(sink) = &heard.sink {
                sink.lock().unwrap_or_else(PoisonError::into_inner).fresh(frame);
            }
        };
        let on_lost = move |detail: String| {
            let mut heard = end.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(sink) = &heard.sink {
                sink.lock().unwrap_or_else(PoisonError::into_inner).lost(detail.clone());
            }
            heard.lost = Some(detail.clone());
            let error = Error::Gone(detail);
            // Whoever waits for the first picture tells it.
            if lost.try_send(Err(error.clone())).is_err() {
                outbox.try_send(Message::Screen(studio::Message::Ended(Some(error.into()))));
            }
        };
        let screencast = screencast::start(remote, cast.node, Rate::whole(fps.max(1)), on_frame, on_lost)?;
        let waited = size.recv_timeout(FIRST_PICTURE_LIMIT);
        match waited.unwrap_or_else(|_| Err(Error::Failed("the desktop gave no picture".into()))) {
            Ok(size) => Ok((Stream { cast, heard, _screencast: screencast }, size)),
            Err(error) => {
                runtime.block_on(cast.close());
                Err(error.into())
            }
        }
    }

    /// A take listens from now on. What stands on the screen is its first picture.
    pub fn listen(&self, sink: &Arc<Mutex<Sink>>) -> Result<Listening, Error> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(detail) = &heard.lost {
            return Err(Error::Gone(detail.clone()));
        }
        if let Some(newest) = &heard.newest {
            sink.lock().unwrap_or_else(PoisonError::into_inner).fresh(newest.clone());
        }
        heard.sink = Some(Arc::clone(sink));
        Ok(Listening(Arc::clone(&self.heard)))
    }
}
