//! What a fault cost, for the table of `scripts/torture`, and how often each is to be tried.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Longer waits, as `scripts/torture` asks for.
pub fn at_length() -> bool {
    std::env::var_os("ONETAKE_TORTURE").is_some()
}

/// How often a fault is tried: `short`, or at length as many times as `variable` says, or `long`.
pub fn rounds(variable: &str, short: usize, long: usize) -> usize {
    match std::env::var(variable) {
        Ok(number) if at_length() => number.parse().unwrap_or(long),
        _ if at_length() => long,
        _ => short,
    }
}

/// One trial: what was done, how many seconds of the take were lost, and how many may be.
pub fn trial(fault: &str, lost_secs: f64, promise_secs: f64) {
    let lost_secs = lost_secs.max(0.0);
    println!("{fault}: {lost_secs:.3} s lost (promise {promise_secs})");
    let Some(path) = std::env::var_os("ONETAKE_TORTURE") else { return };
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: f64 = load.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0);
    let line = serde_json::json!({ "fault": fault, "lost": lost_secs, "promise": promise_secs, "load": load });
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    // In one piece: trials that run beside each other write here too.
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Runs `trial(0)`, `trial(1)` … `trial(rounds - 1)`, two at a time when there are many.
pub fn several(rounds: usize, trial: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let workers = if rounds > 10 { 2 } else { 1 };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let round = next.fetch_add(1, Ordering::Relaxed);
                    if round >= rounds {
                        return;
                    }
                    trial(round);
                }
            });
        }
    });
}

/// A number from 0 to 1 that nobody chose.
pub fn chance() -> f64 {
    let mut bytes = [0u8; 4];
    getrandom::fill(&mut bytes).unwrap();
    f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
}
