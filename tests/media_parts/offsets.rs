//! Picture and sound together: each sound encoder must give a click back where the flash is.

use onetake::media::probe;
use onetake::media::record::Recorder;

use super::source::{encoder, perform, plan, read_back};

/// What a viewer can't notice, and what the studio promises.
pub const LIP_SYNC_NANOS: u64 = 10_000_000;

/// Distances from each flash to its click, nanoseconds; positive when the sound is late.
fn offsets(sound_encoder: &str) -> Vec<i64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let mut plan = plan(&path);
    plan.audio_encoder = Some(encoder(sound_encoder));
    let recorder = Recorder::start(plan, |event| panic!("{event:?}")).unwrap();
    perform(&recorder, 0..75, |_| true, |_| true);
    recorder.finish().unwrap();
    let back = read_back(&path);
    if let Ok(kept) = std::env::var("ONETAKE_KEEP_OFFSETS") {
        std::fs::copy(&path, format!("{kept}/{sound_encoder}.mkv")).unwrap();
    }
    let clicks = back.clicks();
    assert_eq!(back.flashes.len(), 3);
    back.flashes
        .iter()
        .filter_map(|flash| {
            let click = clicks.iter().min_by_key(|click| click.abs_diff(*flash))?;
            Some(*click as i64 - *flash as i64)
        })
        .collect()
}

#[test]
fn the_chosen_sound_encoder_keeps_lips_in_sync() {
    let chosen = plan(std::path::Path::new("unused")).audio_encoder.unwrap();
    let offsets = offsets(&chosen.element);
    assert_eq!(offsets.len(), 3);
    assert!(offsets.iter().all(|offset| offset.unsigned_abs() <= LIP_SYNC_NANOS), "{}: {offsets:?}", chosen.name);
}

#[test]
fn every_sound_encoder_is_measured() {
    for name in ["opusenc", "flacenc", "avenc_aac", "voaacenc"] {
        if !probe::installed(name) {
            println!("{name}: not installed, not measured");
            continue;
        }
        let offsets = offsets(name);
        println!("{name}: flash to click {offsets:?} ns");
        assert_eq!(offsets.len(), 3, "{name} lost a click");
    }
}
