//! Looking for what must not be anywhere, such as a key.

use std::path::{Path, PathBuf};

/// The files below a folder that hold these bytes.
pub fn holding(folder: &Path, what: &str) -> Vec<PathBuf> {
    let (mut waiting, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = waiting.pop() {
        for item in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = item.path();
            if path.is_dir() {
                waiting.push(path);
            } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(what.len()).any(|part| part == what.as_bytes())) {
                found.push(path);
            }
        }
    }
    found
}
