//! A project: one script and what belongs to it, in a folder of its own (`script.md`, `project.json`, `pictures/`).

pub mod details;
pub mod first;
pub mod timeline;

use serde::{Deserialize, Serialize};

/// A project as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The name of its folder under `projects/`: lower-case ASCII, digits and dashes, or a UUID.
    pub id: String,
    pub title: String,
    /// Absolute path of its folder.
    pub folder: String,
}

/// Id of the project that ships with the studio.
pub const DEMO: &str = "demo";
/// The script inside a project's folder.
pub const SCRIPT_FILE: &str = "script.md";
/// What a project is besides its script, inside its folder; see `details`.
pub const DETAILS_FILE: &str = "project.json";
/// The largest such file that is read: a timeline of ten thousand clips has some megabytes.
pub const MAX_DETAILS_BYTES: u64 = 64 * 1024 * 1024;
/// Pictures inside a project's folder.
pub const PICTURES_FOLDER: &str = "pictures";
/// Clips that were chosen for its scenes.
pub const CLIPS_FOLDER: &str = "clips";
/// Voices and music.
pub const SOUNDS_FOLDER: &str = "sounds";

/// The largest script that is read: 100,000 words of any language fit many times.
pub const MAX_SCRIPT_BYTES: u64 = 16 * 1024 * 1024;

/// What a new script begins with: its form, to be written over.
pub const NEW_SCRIPT: &str = "---\ntitle: Untitled\n---\n\n## First scene\n\nWrite here what you will say.\n";
