//! The `Upload-Metadata` header: `key base64, key base64 …` (tus 1.0.0, creation). Scenes go to Onetake servers only, because
//! other servers stop at 8 to 16 KB of headers and have no use for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Job;
use crate::core::upload::StudioMetadata;

/// Base64 of the scenes beyond this is left out: a header is no place for a book.
const SCENES_BYTES: usize = 64 * 1024;

/// The header for a new upload of `job`, with the file's hash where it is known already.
pub(super) fn header(job: &Job, sha256: Option<&str>, onetake: bool) -> String {
    let name = job.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let studio = &job.metadata.studio_metadata;
    // The name a player goes by.
    let name = if studio.is_sound() { name.replace(".mkv", ".mka") } else { name };
    let kind = filetype(&name).to_owned();
    let studio = if *studio == StudioMetadata::default() { None } else { serde_json::to_string(studio).ok() };
    let take = job.take.as_ref().map(|take| take.0.clone()).unwrap_or_default();
    let mut pairs = vec![
        ("filename", name),
        ("filetype", kind),
        ("take", take),
        ("title", job.metadata.title.clone()),
        ("duration", job.metadata.duration_seconds.to_string()),
        ("sha256", sha256.unwrap_or_default().to_owned()),
        ("studio_metadata", studio.unwrap_or_default()),
    ];
    if onetake && !job.metadata.scenes.is_empty() {
        let scenes = serde_json::to_string(&job.metadata.scenes).unwrap_or_default();
        if scenes.len() <= SCENES_BYTES {
            pairs.push(("scenes", scenes));
        } else {
            tracing::warn!(bytes = scenes.len(), "too many scenes for one header; the recording is sent without them");
        }
    }
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect::<Vec<_>>().join(",")
}

/// The `sha256` of a header that a server gave back, lower-case.
pub(super) fn sha256(header: &str) -> Option<String> {
    let pair = header.split(',').filter_map(|pair| pair.trim().split_once(' ')).find(|(key, _)| *key == "sha256")?;
    let bytes = STANDARD.decode(pair.1.trim()).ok()?;
    String::from_utf8(bytes).ok().map(|hex| hex.to_ascii_lowercase())
}

fn filetype(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "mkv" => "video/x-matroska",
        "mka" => "audio/x-matroska",
        "webm" => "video/webm",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Patience, Token};
    use super::*;
    use crate::core::upload::{Metadata, SceneTimes, TRACK_AUDIO};

    #[test]
    fn the_hash_comes_back_and_scenes_stay_in_the_family() {
        let scene = SceneTimes { id: "1".into(), title: "Ouverture é".into(), start: 0.0, end: 2.5 };
        let job = Job {
            file: "/x/take.mkv".into(),
            server: String::new(),
            token: Token::new("t").unwrap(),
            take: None,
            metadata: Metadata { title: "A, b".into(), duration_seconds: 2.5, scenes: vec![scene], ..Metadata::default() },
            location: None,
            sha256: None,
            patience: Patience::default(),
        };
        let own = header(&job, Some("ab12"), true);
        assert_eq!(sha256(&own).as_deref(), Some("ab12"));
        assert!(own.contains("scenes ") && own.contains("filename dGFrZS5ta3Y=") && !own.contains("take ,"));
        assert!(!header(&job, None, false).contains("scenes") && !header(&job, None, true).contains("sha256"));
        assert_eq!(sha256("sha256"), None);
        assert!(!own.contains("studio_metadata"));
        let sound = StudioMetadata { track_type: Some(TRACK_AUDIO.into()), ..StudioMetadata::default() };
        let sound = Job { metadata: Metadata { studio_metadata: sound, ..job.metadata.clone() }, ..job };
        let told = header(&sound, None, false);
        // “take.mka” and “audio/x-matroska”.
        assert!(told.contains("filename dGFrZS5ta2E=") && told.contains("filetype YXVkaW8veC1tYXRyb3NrYQ=="), "{told}");
        assert!(told.contains("studio_metadata "));
    }
}
