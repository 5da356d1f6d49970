//! What a server is told of a take's files: the take's own, and its screen as a recording beside it.

use crate::core::take::{ScreenTrack, Take};
use crate::core::time::secs;
use crate::core::upload::{Metadata, SceneTimes, StudioMetadata, TRACK_AUDIO, TRACK_CAMERA, TRACK_SCREEN};

/// Of the take's own file.
pub(super) fn of_take(take: &Take) -> Metadata {
    let track = if take.is_sound() { TRACK_AUDIO } else { TRACK_CAMERA };
    Metadata {
        title: take.title.clone(),
        duration_seconds: secs(take.nanos),
        scenes: scenes(take, 0.0, secs(take.nanos)),
        studio_metadata: studio(take, track, take.nanos),
    }
}

/// Of its screen. Times are those of the screen's own file, which may begin later than the take.
pub(super) fn of_screen(take: &Take, track: &ScreenTrack) -> Metadata {
    let offset = track.offset as f64 / 1e9;
    let studio = StudioMetadata { offset_ms: Some(offset * 1e3), ..studio(take, TRACK_SCREEN, track.nanos) };
    Metadata {
        title: format!("{} (screen)", take.title),
        duration_seconds: secs(track.nanos),
        scenes: scenes(take, offset, secs(track.nanos)),
        studio_metadata: studio,
    }
}

fn studio(take: &Take, track: &str, nanos: u64) -> StudioMetadata {
    StudioMetadata {
        recording_duration_ms: Some(nanos / 1_000_000),
        track_type: Some(track.into()),
        original_clip_id: Some(take.id.0.clone()),
        project_id: Some(take.project.clone()),
        recorded_at: Some(take.started_at.clone()).filter(|at| !at.is_empty()),
        ..StudioMetadata::default()
    }
}

/// The scenes as they fall into a file that begins `offset` seconds into the take and lasts `length`.
fn scenes(take: &Take, offset: f64, length: f64) -> Vec<SceneTimes> {
    let within = |nanos: u64| (secs(nanos) - offset).clamp(0.0, length);
    let scenes = take.scenes.iter().map(|mark| SceneTimes {
        id: format!("scene-{}", mark.scene + 1),
        title: mark.heading.clone(),
        start: within(mark.start),
        end: within(mark.end),
    });
    scenes.filter(|scene| scene.end > scene.start || offset == 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::take::{SceneMark, made_up};
    use crate::core::time::SECOND;

    #[test]
    fn a_screen_that_began_later_has_scenes_on_its_own_clock() {
        let mark = |scene, start: u64, end: u64| SceneMark {
            scene,
            heading: format!("Scene {scene}"),
            start: start * SECOND,
            end: end * SECOND,
        };
        let track = ScreenTrack { file: "screen.mkv".into(), offset: 10 * SECOND as i64, nanos: 25 * SECOND, bytes: 1 };
        let scenes = vec![mark(0, 0, 8), mark(1, 8, 30), mark(2, 30, 50)];
        let take = Take { nanos: 50 * SECOND, scenes, screen: Some(track.clone()), ..made_up::take(1) };
        let told = of_screen(&take, &track);
        let times: Vec<_> = told.scenes.iter().map(|scene| (scene.id.as_str(), scene.start, scene.end)).collect();
        assert_eq!(times, [("scene-2", 0.0, 20.0), ("scene-3", 20.0, 25.0)]);
        assert_eq!((told.title.as_str(), told.duration_seconds), ("Why we write (screen)", 25.0));
        let studio = told.studio_metadata;
        assert_eq!((studio.track_type.as_deref(), studio.offset_ms), (Some("screen"), Some(10_000.0)));
        assert_eq!((studio.recording_duration_ms, studio.original_clip_id), (Some(25_000), Some(take.id.0.clone())));
        assert_eq!(of_take(&take).scenes.len(), 3);
        assert!(!of_take(&take).studio_metadata.is_sound());
        assert!(of_take(&Take { width: 0, ..take }).studio_metadata.is_sound());
    }
}
