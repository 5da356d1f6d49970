//! The screen by the desktop's portal (org.freedesktop.portal.ScreenCast): the desktop asks the person which screen or window,
//! and hands out a stream of its pictures. What was chosen is remembered by a token, so that it asks once.

use std::os::fd::OwnedFd;
use std::time::Duration;

use ashpd::desktop::screencast::{CursorMode, Screencast, SelectSourcesOptions, SourceType, StartCastOptions};
use ashpd::desktop::{PersistMode, ResponseError, Session};

use super::Error;

/// How long a person may look at the desktop's dialog.
const ASK_LIMIT: Duration = Duration::from_secs(120);

/// How long the desktop may take for anything else.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// A screen or window that the person let this program record.
#[derive(Debug)]
pub struct Cast {
    portal: Screencast,
    session: Session<Screencast>,
    /// The stream's number on the PipeWire server.
    pub node: u32,
    pub label: &'static str,
    /// By this the desktop knows the choice the next time; it is another one each time.
    pub token: Option<String>,
}

impl Cast {
    /// Asks the person, or the desktop's memory by the token of the last time.
    pub async fn open(token: Option<&str>) -> Result<Cast, Error> {
        let (portal, session) = within(ANSWER_LIMIT, async {
            let portal = Screencast::new().await?;
            let session = portal.create_session(Default::default()).await?;
            Ok((portal, session))
        })
        .await?;
        let started = within(ASK_LIMIT, async {
            let options = SelectSourcesOptions::default()
                .set_cursor_mode(CursorMode::Embedded)
                .set_sources(SourceType::Monitor | SourceType::Window)
                .set_multiple(false)
                .set_restore_token(token)
                .set_persist_mode(PersistMode::ExplicitlyRevoked);
            portal.select_sources(&session, options).await?.response()?;
            portal.start(&session, None, StartCastOptions::default()).await?.response()
        })
        .await;
        let streams = match started {
            Ok(streams) => streams,
            Err(error) => {
                close(&session).await;
                return Err(error);
            }
        };
        let stream = streams.streams().first().ok_or_else(|| Error::NoPortal("it gave no stream".into()))?;
        let label = match stream.source_type() {
            Some(SourceType::Window) => "Window",
            _ => "Screen",
        };
        let (node, token) = (stream.pipe_wire_node_id(), streams.restore_token().map(str::to_owned));
        Ok(Cast { portal, session, node, label, token })
    }

    /// A connection to the PipeWire server that shows this stream only.
    pub async fn remote(&self) -> Result<OwnedFd, Error> {
        within(ANSWER_LIMIT, self.portal.open_pipe_wire_remote(&self.session, Default::default())).await
    }

    /// Tells the desktop that the screen is recorded no more.
    pub async fn close(&self) {
        close(&self.session).await;
    }
}

async fn close(session: &Session<Screencast>) {
    if let Err(error) = session.close().await {
        tracing::debug!(%error, "the desktop's session was closed already");
    }
}

/// An answer within the limit, and in our words.
async fn within<T>(limit: Duration, ask: impl Future<Output = ashpd::Result<T>>) -> Result<T, Error> {
    match tokio::time::timeout(limit, ask).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(ashpd::Error::Response(ResponseError::Cancelled))) => Err(Error::Refused),
        Ok(Err(error)) => Err(Error::NoPortal(error.to_string())),
        Err(_) => Err(Error::NoPortal("it does not answer".into())),
    }
}
