//! Promise P8: one upload by the studio's client, for comparison with curl against the same server.
//!
//! `measure upload SERVER TOKEN FILE` prints one JSON object: seconds from the call to the checked answer, bytes, and the most
//! memory this process ever had, in bytes.

use std::path::PathBuf;
use std::time::Instant;

use onetake::core::upload::Metadata;
use onetake::remote::{self, Job, Patience, Token};
use tokio_util::sync::CancellationToken;

pub fn run(server: &str, token: &str, file: &str) -> Result<(), remote::Error> {
    let job = Job {
        file: PathBuf::from(file),
        server: server.to_owned(),
        token: Token::new(token).expect("a token fit for a header"),
        take: None,
        metadata: Metadata::default(),
        location: None,
        sha256: None,
        patience: Patience::default(),
    };
    // As the studio's own.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let began = Instant::now();
    let uploaded = runtime.block_on(remote::upload(job, |_| {}, CancellationToken::new()))?;
    let seconds = began.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "seconds": seconds, "bytes": uploaded.bytes, "peak_bytes": peak_bytes() }));
    Ok(())
}

/// `VmHWM` of this process (proc(5)); `None` where there is no such file.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
