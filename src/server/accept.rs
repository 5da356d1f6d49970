//! Connections: a bounded number, each with a limit on how long its headers may take and how long it may sit on an answer.
//! `axum::serve` has neither limit, so the loop is our own; the rest of HTTP is hyper's.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::line::{Line, Severable};
use super::patient::Patient;
use super::{App, routes};

/// Pause after the system refused a connection (no file handles left), so that the loop does not spin.
const BREATH: Duration = Duration::from_millis(100);

/// Accepts until `stop` or until the door is closed, which cuts all that came in by it; each connection is a tracked task.
pub(super) async fn run(listener: TcpListener, app: App, door: CancellationToken) {
    let router = routes::router(Arc::clone(&app));
    let permits = Arc::new(Semaphore::new(app.config.limits.connections));
    loop {
        let next = async {
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = app.stop.cancelled() => return,
            () = door.cancelled() => return,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Answers are small and waited for; a platform that can't turn Nagle off is only slower.
                let _ = stream.set_nodelay(true);
                let line = Line::of(&door);
                let router = router.clone().layer(Extension(ConnectInfo(peer))).layer(Extension(line.clone()));
                let connection = connection(Severable::new(stream, &line), router, Arc::clone(&app));
                app.tasks.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn connection(stream: Severable<TcpStream>, router: Router, app: App) {
    let idle = app.config.limits.idle;
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(idle);
    let io = TokioIo::new(Patient::new(stream, idle));
    // A connection that becomes a live link ends here and goes on in a task of its own.
    let mut serving = pin!(builder.serve_connection(io, TowerToHyperService::new(router)).with_upgrades());
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = app.stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            tokio::select! {
                ended = serving.as_mut() => ended,
                () = app.cut.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
