//! What a project says beside its script: `project.json` in its folder, one JSON object. Without the file it says nothing.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use serde_json::{Map, Value};

use super::error::sorted;
use super::{Error, files};
use crate::core::shared::MAX_DETAILS_BYTES;

/// The file inside a project's folder.
const FILE: &str = "project.json";

/// Reads the details; `None` when there is a file and it is no JSON object: nobody may take that for “says nothing”.
pub fn read(folder: &Path) -> Result<Option<Map<String, Value>>, Error> {
    let path = folder.join(FILE);
    match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Some(Map::new())),
        Err(error) => return Err(sorted("read", &path)(error)),
        Ok(facts) if !facts.is_file() || facts.len() > 2 * MAX_DETAILS_BYTES as u64 => return Ok(None),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let most = 2 * MAX_DETAILS_BYTES as u64;
    File::open(&path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(sorted("read", &path))?;
    Ok(serde_json::from_slice(&bytes).ok())
}

/// Replaces the details, whole or not at all. Nothing to say makes no file.
pub fn write(folder: &Path, details: &Map<String, Value>) -> Result<(), Error> {
    let path = folder.join(FILE);
    if details.is_empty() && !path.exists() {
        return Ok(());
    }
    let text = format!("{:#}\n", Value::Object(details.clone()));
    files::write_atomic(&path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_rubbish_is_not_nothing() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &Map::new()).unwrap();
        assert!(!folder.path().join(FILE).exists());
        assert_eq!(read(folder.path()).unwrap(), Some(Map::new()));
        let Value::Object(said) = serde_json::json!({ "tags": ["a"], "title": "Über 猫" }) else { unreachable!() };
        write(folder.path(), &said).unwrap();
        assert_eq!(read(folder.path()).unwrap(), Some(said));
        for rubbish in ["", "[]", "{\"tags\":", "\u{0}"] {
            fs::write(folder.path().join(FILE), rubbish).unwrap();
            assert_eq!(read(folder.path()).unwrap(), None, "{rubbish:?}");
        }
    }
}
