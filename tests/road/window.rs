//! The fakes alone, so slow that a person can watch, for looking at the window while jobs run, fail and end:
//!
//! ```text
//! ONETAKE_ROAD=/tmp/road cargo nextest run --run-ignored only -E 'test(for_the_window)'
//! (set -a; . /tmp/road/keys; onetake --data /tmp/road)
//! ```
//!
//! A prompt with “refuse” in it is refused. They end when `engines.toml` is removed, or after half an hour.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::house::Engines;

const LONGEST: Duration = Duration::from_secs(30 * 60);

#[test]
#[ignore = "stays up for a person who looks at the window"]
fn engines_for_the_window() {
    let folder = PathBuf::from(std::env::var_os("ONETAKE_ROAD").expect("ONETAKE_ROAD names a data folder"));
    std::fs::create_dir_all(&folder).unwrap();
    let engines = Engines::slow();
    let list = folder.join("engines.toml");
    std::fs::write(&list, engines.list()).unwrap();
    let keys: String = Engines::keys().iter().map(|(name, key)| format!("{name}={key}\n")).collect();
    std::fs::write(folder.join("keys"), keys).unwrap();
    let begin = Instant::now();
    while list.is_file() && begin.elapsed() < LONGEST {
        std::thread::sleep(Duration::from_millis(200));
    }
}
