//! `project.json`: what a project is besides its script, beside its script, so that the folder tells it without a database. What
//! `details` holds is `core::project`'s business; here it is only carried.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub const PROJECT_FILE: &str = "project.json";
/// The form that this program writes; older ones are read.
pub const PROJECT_FILE_SCHEMA: u32 = 1;
/// The largest that is read: a timeline of ten thousand clips has some megabytes.
pub const MAX_PROJECT_FILE_BYTES: u64 = 64 << 20;

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectFile {
    pub schema: u32,
    /// The script's title when it was written; the script itself knows better.
    pub title: String,
    pub details: Value,
}

/// Why a project's file says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectFileError {
    #[error("it was written by a newer Onetake (form {0})")]
    Newer(u64),
    #[error("{0}")]
    Unreadable(String),
}

impl ProjectFile {
    pub fn of(title: &str, details: Value) -> ProjectFile {
        ProjectFile { schema: PROJECT_FILE_SCHEMA, title: title.to_owned(), details }
    }

    /// Lines that a person can read, with a newline at the end.
    pub fn to_json(&self) -> String {
        // Text keys and plain values only: it can't fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    pub fn read(text: &str) -> Result<ProjectFile, ProjectFileError> {
        let unreadable = |error: serde_json::Error| ProjectFileError::Unreadable(error.to_string());
        let value: Value = serde_json::from_str(text).map_err(unreadable)?;
        // Its form first: what is newer may lack what this one needs.
        match value.get("schema").and_then(Value::as_u64) {
            Some(schema) if schema > u64::from(PROJECT_FILE_SCHEMA) => Err(ProjectFileError::Newer(schema)),
            Some(_) => serde_json::from_value(value).map_err(unreadable),
            None => Err(ProjectFileError::Unreadable("it does not tell its form (“schema”)".into())),
        }
    }
}

/// The same JSON with every text that is one of the ids given another: what refers to assets that have got new ids refers to
/// them again.
pub fn renamed(details: Value, new: &impl Fn(&str) -> Option<String>) -> Value {
    match details {
        Value::String(text) => Value::String(new(&text).unwrap_or(text)),
        Value::Array(values) => values.into_iter().map(|value| renamed(value, new)).collect(),
        Value::Object(values) => values.into_iter().map(|(key, value)| (key, renamed(value, new))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_projects_file_reads_back_and_other_forms_are_refused() {
        let file = ProjectFile::of("Why – なぜ", json!({ "tags": ["dawn"], "timeline": { "schema": 2 } }));
        assert_eq!(ProjectFile::read(&file.to_json()), Ok(file.clone()));
        assert_eq!(ProjectFile::read(&ProjectFile { schema: 2, ..file }.to_json()), Err(ProjectFileError::Newer(2)));
        for text in ["", "[]", "{}", "{\"schema\": 1}", "\0"] {
            assert!(matches!(ProjectFile::read(text), Err(ProjectFileError::Unreadable(_))), "{text:?}");
        }
    }

    #[test]
    fn ids_are_followed_wherever_they_stand() {
        let before = json!({ "timeline": { "layers": [{ "clips": [{ "asset": "a", "start": 1 }, { "asset": "c" }] }] }, "n": null });
        let after = json!({ "timeline": { "layers": [{ "clips": [{ "asset": "b", "start": 1 }, { "asset": "c" }] }] }, "n": null });
        assert_eq!(renamed(before, &|id| (id == "a").then(|| "b".to_owned())), after);
    }
}
