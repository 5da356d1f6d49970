//! SIGINT and SIGTERM as a flag: whoever waits looks at it and ends in order. SIGUSR1 as a count: a take without a window is
//! paused by it, and goes on by the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::runtime::Handle;

/// Set once the process was asked to end.
#[derive(Clone, Debug, Default)]
pub struct Asked(Arc<AtomicBool>);

impl Asked {
    /// Begins to listen; `wake` is called once it is set.
    pub fn listen(runtime: &Handle, wake: impl FnOnce() + Send + 'static) -> Asked {
        let asked = Asked::default();
        let flag = Arc::clone(&asked.0);
        runtime.spawn(async move {
            ended().await;
            flag.store(true, Ordering::Relaxed);
            wake();
        });
        asked
    }

    pub fn to_end(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often the process was asked to pause or go on.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// Begins to listen. Where there is no such signal it stays at zero.
    pub fn listen(runtime: &Handle) -> Turns {
        let turns = Turns::default();
        let count = Arc::clone(&turns.0);
        runtime.spawn(count_turns(count));
        turns
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
async fn count_turns(count: Arc<AtomicUsize>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut asked) = signal(SignalKind::user_defined1()) else { return };
    while asked.recv().await.is_some() {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(not(unix))]
async fn count_turns(_: Arc<AtomicUsize>) {}

#[cfg(unix)]
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn ended() {
    let _ = tokio::signal::ctrl_c().await;
}
