//! Sending a take to a studio server: the states a `video_recordings` row moves through, progress, and when to try again.

use serde::{Deserialize, Serialize};

/// Where a recording stands on its way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Uploading,
    Uploaded,
    Failed,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Uploading => "uploading",
            Status::Uploaded => "uploaded",
            Status::Failed => "failed",
        }
    }

    pub fn named(name: &str) -> Option<Status> {
        [Status::Pending, Status::Uploading, Status::Uploaded, Status::Failed].into_iter().find(|s| s.name() == name)
    }

    /// The moves a row may make. A failed upload may be tried again; an uploaded one is final.
    pub fn may_become(self, next: Status) -> bool {
        use Status::*;
        matches!(
            (self, next),
            (Pending, Uploading | Failed) | (Uploading, Uploaded | Failed | Pending) | (Failed, Pending | Uploading)
        )
    }
}

/// What the person sees while bytes move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub sent_bytes: u64,
    pub total_bytes: u64,
    /// Smoothed over the last seconds; 0 until known.
    pub bytes_per_sec: f64,
}

impl Progress {
    /// 0 to 1.
    pub fn fraction(&self) -> f32 {
        if self.total_bytes == 0 { 0.0 } else { (self.sent_bytes as f64 / self.total_bytes as f64).min(1.0) as f32 }
    }

    /// Seconds left at the present rate.
    pub fn secs_left(&self) -> Option<f64> {
        (self.bytes_per_sec > 1.0).then(|| self.total_bytes.saturating_sub(self.sent_bytes) as f64 / self.bytes_per_sec)
    }

    /// Progress after `sent_bytes` in all, `secs` after the last count; the rate is an exponential mean over about 3 s.
    pub fn advance(self, sent_bytes: u64, secs: f64) -> Progress {
        if secs <= 0.0 {
            return Progress { sent_bytes, ..self };
        }
        let rate = sent_bytes.saturating_sub(self.sent_bytes) as f64 / secs;
        let weight = 1.0 - (-secs / 3.0).exp();
        let bytes_per_sec =
            if self.bytes_per_sec == 0.0 { rate } else { self.bytes_per_sec + weight * (rate - self.bytes_per_sec) };
        Progress { sent_bytes, bytes_per_sec, ..self }
    }
}

/// Where takes go. Only what is somewhere else survives this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// This computer's own server, into this folder.
    Here { folder: String },
    /// A studio server, by its address.
    Server { url: String },
    /// A bucket, or a folder that was chosen, in words.
    Storage { place: String },
}

impl Goal {
    /// As it stands behind “to”.
    pub fn words(&self) -> String {
        match self {
            Goal::Here { .. } => "this computer’s own server".to_owned(),
            Goal::Server { url } => {
                url.split_once("://").map_or(url.as_str(), |(_, host)| host).trim_end_matches('/').to_owned()
            }
            Goal::Storage { place } => format!("the {place}"),
        }
    }

    pub fn is_here(&self) -> bool {
        matches!(self, Goal::Here { .. })
    }
}

/// What arrived, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its id there, where it has one.
    pub recording: Option<String>,
    pub sha256: String,
    pub goal: Goal,
}

/// How often a broken transfer is tried again before the person is asked.
pub const TRIES: u32 = 8;

/// Seconds to wait before try `attempt` (from 1): 0.5, 1, 2, 4 … at most 30, spread by `jitter` (0 to 1) so that many clients
/// of one server do not come back together.
pub fn backoff_secs(attempt: u32, jitter: f64) -> f64 {
    let base = 0.5 * f64::from(2u32.saturating_pow(attempt.saturating_sub(1).min(10)));
    base.min(30.0) * (0.75 + 0.5 * jitter.clamp(0.0, 1.0))
}

/// What the server keeps beside the file: the row of `video_recordings` (PROVIDERS: `scene_data` is a JSON list).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    pub id: String,
    /// The take it came from, when it came from this studio.
    pub take: Option<String>,
    pub user_id: Option<String>,
    pub title: String,
    /// Relative to the data folder: `data/videos/{id}.mkv`. Empty until uploaded.
    pub file_path: String,
    pub duration_seconds: f64,
    pub status: Status,
    pub bytes: u64,
    /// Lower-case hex; empty until known.
    pub sha256: String,
    pub scenes: Vec<SceneTimes>,
    /// RFC 3339 UTC.
    pub created_at: String,
    pub studio_metadata: StudioMetadata,
}

/// A scene of an uploaded take, in seconds, as it crosses the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneTimes {
    pub id: String,
    pub title: String,
    pub start: f64,
    pub end: f64,
}

/// The `metadata` of an upload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub duration_seconds: f64,
    #[serde(default)]
    pub scenes: Vec<SceneTimes>,
    #[serde(default)]
    pub studio_metadata: StudioMetadata,
}

/// What a recording is to the studio it comes from; the names are those of the wire (`docs/DATA.md`). What another client says
/// beyond it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StudioMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_duration_ms: Option<u64>,
    /// `TRACK_CAMERA`, `TRACK_SCREEN`, `TRACK_AUDIO`, or a word of another client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_type: Option<String>,
    /// The take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_clip_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// RFC 3339 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<String>,
    /// When its first picture is on the take's clock, in milliseconds; a screen's, which may begin later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset_ms: Option<f64>,
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

/// The camera, with the sound if there was any.
pub const TRACK_CAMERA: &str = "camera";
pub const TRACK_SCREEN: &str = "screen";
/// Sound alone.
pub const TRACK_AUDIO: &str = "audio";

impl StudioMetadata {
    /// There is nothing to see in it.
    pub fn is_sound(&self) -> bool {
        self.track_type.as_deref() == Some(TRACK_AUDIO)
    }
}

/// A take's second file, its screen, on its way to a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondFile {
    /// The tus URL, once the server has given one.
    pub location: Option<String>,
    /// The server's id of the recording.
    pub recording: Option<String>,
    /// Lower-case hex of the file's SHA-256.
    pub sha256: Option<String>,
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploaded_is_final() {
        for next in [Status::Pending, Status::Uploading, Status::Failed] {
            assert!(!Status::Uploaded.may_become(next));
        }
        assert!(Status::Failed.may_become(Status::Uploading));
        assert!(!Status::Pending.may_become(Status::Uploaded));
    }

    #[test]
    fn time_left_comes_from_the_smoothed_rate() {
        let mut progress = Progress { total_bytes: 1_000, ..Progress::default() };
        for step in 1..=5 {
            progress = progress.advance(step * 100, 1.0);
        }
        assert!((progress.bytes_per_sec - 100.0).abs() < 1e-6);
        assert!((progress.secs_left().unwrap() - 5.0).abs() < 1e-6);
    }

    #[test]
    fn waits_grow_and_stop_growing() {
        assert!((backoff_secs(1, 0.5) - 0.5).abs() < 1e-9);
        assert!((backoff_secs(4, 0.5) - 4.0).abs() < 1e-9);
        assert!((backoff_secs(99, 1.0) - 37.5).abs() < 1e-9);
    }
}
