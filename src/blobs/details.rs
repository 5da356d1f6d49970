//! What a project says beside its script: `project.json` in its folder, one JSON object. Without the file it says nothing.

use std::path::Path;

use serde_json::{Map, Value};

use super::{Error, projects};
use crate::core::shared::MAX_DETAILS_BYTES;

/// Reads the details; `None` when there is a file and it is no JSON object: nobody may take that for “says nothing”.
pub fn read(folder: &Path) -> Result<Option<Map<String, Value>>, Error> {
    match projects::read_details(folder) {
        Ok(None) => Ok(Some(Map::new())),
        Ok(Some(text)) if text.len() <= 2 * MAX_DETAILS_BYTES => Ok(serde_json::from_str(&text).ok()),
        Ok(Some(_)) | Err(Error::Unreadable { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the details, whole or not at all. Nothing to say makes no file.
pub fn write(folder: &Path, details: &Map<String, Value>) -> Result<(), Error> {
    if details.is_empty() && projects::read_details(folder)?.is_none() {
        return Ok(());
    }
    projects::write_details(folder, &format!("{:#}\n", Value::Object(details.clone())))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::core::project::DETAILS_FILE;

    #[test]
    fn what_is_written_is_read_and_rubbish_is_not_nothing() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &Map::new()).unwrap();
        assert!(!folder.path().join(DETAILS_FILE).exists());
        assert_eq!(read(folder.path()).unwrap(), Some(Map::new()));
        let Value::Object(said) = serde_json::json!({ "tags": ["a"], "title": "Über 猫" }) else { unreachable!() };
        write(folder.path(), &said).unwrap();
        assert_eq!(read(folder.path()).unwrap(), Some(said));
        for rubbish in ["", "[]", "{\"tags\":", "\u{0}"] {
            fs::write(folder.path().join(DETAILS_FILE), rubbish).unwrap();
            assert_eq!(read(folder.path()).unwrap(), None, "{rubbish:?}");
        }
    }
}
