//! A connection that can be cut from outside, also after it has become a WebSocket and left the hands of HTTP: whoever is shut
//! out is shut out at once, not at the next request.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};

/// A handle on a connection, in the extensions of each of its requests.
#[derive(Clone, Debug)]
pub(super) struct Line(CancellationToken);

impl Line {
    /// `door` cuts this line with all others that came in by it.
    pub fn of(door: &CancellationToken) -> Line {
        Line(door.child_token())
    }

    pub fn cut(&self) {
        self.0.cancel();
    }

    /// False once it is cut or has ended.
    pub fn is_open(&self) -> bool {
        !self.0.is_cancelled()
    }
}

/// The stream of a line: fails once the line is cut, and ends the line when it is dropped.
#[derive(Debug)]
pub(super) struct Severable<S> {
    stream: S,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    _end: DropGuard,
}

impl<S> Severable<S> {
    pub fn new(stream: S, line: &Line) -> Severable<S> {
        let token = line.0.clone();
        Severable { stream, cut: Box::pin(token.clone().cancelled_owned()), _end: token.drop_guard() }
    }

    fn severed(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.cut.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::Error::new(ErrorKind::ConnectionAborted, "the line was cut")),
            Poll::Pending => Ok(()),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Severable<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.severed(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Severable<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        // Not polled for the cut: a reader always waits, and its waker must stay the one that is called.
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, all: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, all)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_cut_line_ends_a_waiting_reader_and_a_dropped_one_is_known() {
        let door = CancellationToken::new();
        let line = Line::of(&door);
        let (near, mut far) = tokio::io::duplex(64);
        let mut stream = Severable::new(near, &line);
        far.write_all(b"a").await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), b'a');
        let reading = tokio::spawn(async move { stream.read_u8().await });
        tokio::task::yield_now().await;
        line.cut();
        assert_eq!(reading.await.unwrap().unwrap_err().kind(), ErrorKind::ConnectionAborted);
        let other = Line::of(&door);
        drop(Severable::new(tokio::io::empty(), &other));
        assert!(!other.is_open() && !door.is_cancelled());
        let third = Line::of(&door);
        door.cancel();
        assert!(!third.is_open());
    }
}
