//! SIGINT and SIGTERM as a flag: whoever waits looks at it and ends in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
