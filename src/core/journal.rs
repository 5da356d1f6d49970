//! What happened during a take, on the take's clock: one JSON object a line, append-only. A line that was cut off by a crash
//! is ignored; everything before it stands.

use serde::{Deserialize, Serialize};

use super::frame::{AudioFormat, VideoFormat};
use super::live::Smoothness;
use super::prompter::course::Anchor;
use super::script::{Script, same};
use super::take::{Checkpoint, SceneMark, TakeId};

/// Version of the lines written here. Readers accept it and every older one.
pub const VERSION: u32 = 1;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Nanoseconds since the take's first frame; 0 for the opening line.
    pub t: u64,
    #[serde(flatten)]
    pub event: Event,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Always the first line: everything needed to list the take without the database.
    Opened(Box<Opened>),
    /// The first frame was accepted; `t` counts from here.
    Rolling,
    SceneEntered {
        scene: usize,
        heading: String,
    },
    /// The line at the eye line changed.
    LinePassed {
        scene: usize,
        line: usize,
    },
    /// The prompter took another course: from here on its position (in ems of the sheet that `Opened::script` lays out to) is
    /// what these anchors say, whose times are on the take's clock.
    Prompter {
        anchors: Vec<Anchor>,
    },
    /// The operator marked this place.
    Mark {
        label: String,
    },
    /// What was said from `from` on (nanoseconds on the take's clock) is spoilt; the prompter went back to this line and the
    /// take goes on. The stretch between `from` and this entry's time is left out by default.
    Again {
        from: u64,
        scene: usize,
        line: usize,
    },
    /// The script was edited while it was prompted: its text from here on. Scenes, lines and the prompter's anchors that
    /// follow belong to this one.
    Edited {
        script: String,
    },
    /// Written after the take: a stretch that was spoilt is kept after all (or rejected again). Later lines win.
    Judged {
        start: u64,
        end: u64,
        kept: bool,
    },
    /// How evenly a display moved the text during this take, written when it stops.
    Smoothness {
        display: String,
        #[serde(flatten)]
        figures: Smoothness,
    },
    /// The file's first `bytes` bytes are on the disk: whole clusters, with `frames` pictures that end at `t`. Written some
    /// seconds apart, so that recovery need not count a long take from its start.
    Safe {
        bytes: u64,
        frames: u64,
    },
    /// Frames lost since the last such line.
    Dropped {
        frames: u64,
    },
    /// The sound reached full scale since the last such line, in so many bursts.
    Clipped {
        times: u64,
    },
    /// A camera or microphone went away; the take goes on with what is left.
    DeviceLost {
        device: String,
        detail: String,
    },
    /// It is back, and recorded again.
    DeviceBack {
        device: String,
    },
    /// The person paused the take at `t`; the file has no gap.
    Paused,
    /// It goes on at the same `t`, `after` nanoseconds later by the clock.
    Resumed {
        after: u64,
    },
    /// An encoder failed and another one went on in its place.
    EncoderChanged {
        profile: String,
        detail: String,
    },
    /// The screen is recorded too: the file's name in the take's folder, and when its first picture is on the take's clock.
    Screen {
        file: String,
        offset: i64,
    },
    /// Written when the take was found without an end: when its process gave its last sign of life, RFC 3339 UTC.
    Interrupted {
        at: String,
    },
    /// The same as `Safe` of the screen's file, whose own pictures end at `nanos`.
    ScreenSafe {
        bytes: u64,
        frames: u64,
        nanos: u64,
    },
    /// The screen's file was closed in order.
    ScreenStopped {
        nanos: u64,
        frames: u64,
        dropped: u64,
        bytes: u64,
    },
    /// The person was told that the take had been interrupted, and keeps it.
    Kept,
    /// Stopped in order.
    Stopped {
        nanos: u64,
        frames: u64,
        dropped: u64,
        bytes: u64,
    },
    /// Written by a newer program; kept, not understood.
    #[serde(other)]
    Unknown,
}

/// The opening line's facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub version: u32,
    pub take: TakeId,
    pub project: String,
    pub number: u32,
    pub title: String,
    /// Wall clock, RFC 3339 UTC.
    pub started_at: String,
    pub camera: String,
    pub microphone: Option<String>,
    /// `None` for a take of sound alone.
    pub video: Option<VideoFormat>,
    pub audio: Option<AudioFormat>,
    /// Name of the encoder profile.
    pub profile: String,
    /// The script's text as it was prompted.
    pub script: String,
}

/// One entry as the line that is appended, with its line end.
pub fn line(entry: &Entry) -> String {
    // Plain data without maps of non-string keys or floats that JSON refuses cannot fail to serialise.
    let mut text = serde_json::to_string(entry).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads a journal. Lines that are not whole entries (a torn last line, rubbish) are skipped and counted.
pub fn read(text: &str) -> (Vec<Entry>, usize) {
    let mut entries = Vec::new();
    let mut skipped = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(entry) => entries.push(entry),
            Err(_) => skipped += 1,
        }
    }
    (entries, skipped)
}

/// The facts of the opening line, if the journal has one.
pub fn opened(entries: &[Entry]) -> Option<&Opened> {
    entries.iter().find_map(|entry| match &entry.event {
        Event::Opened(opened) => Some(opened.as_ref()),
        _ => None,
    })
}

/// Each scene's stretch, in order of time; the last one ends at `nanos`, the take's length. Scenes are numbered as in the
/// script the take ended with; one that an edit took out keeps the number it had.
pub fn scene_marks(entries: &[Entry], nanos: u64) -> Vec<SceneMark> {
    let mut marks: Vec<SceneMark> = Vec::new();
    let mut script: Option<Script> = None;
    for entry in entries {
        match &entry.event {
            Event::SceneEntered { scene, heading } => {
                if let Some(last) = marks.last_mut() {
                    last.end = entry.t.min(nanos);
                }
                marks.push(SceneMark { scene: *scene, heading: heading.clone(), start: entry.t.min(nanos), end: nanos });
            }
            Event::Edited { script: text } => {
                let before = script.take().or_else(|| Some(Script::markdown(opened(entries)?.script.clone())));
                let after = Script::markdown(text.clone());
                if let Some(before) = before {
                    renumber(&mut marks, &before, &after);
                }
                script = Some(after);
            }
            _ => {}
        }
    }
    marks
}

/// The last place that the journal names as safe.
pub fn checkpoint(entries: &[Entry]) -> Option<Checkpoint> {
    entries.iter().rev().find_map(|entry| match entry.event {
        Event::Safe { bytes, frames } => Some(Checkpoint { bytes, frames, nanos: entry.t }),
        _ => None,
    })
}

/// The last place of the screen's file that the journal names as safe.
pub fn screen_checkpoint(entries: &[Entry]) -> Option<Checkpoint> {
    entries.iter().rev().find_map(|entry| match entry.event {
        Event::ScreenSafe { bytes, frames, nanos } => Some(Checkpoint { bytes, frames, nanos }),
        _ => None,
    })
}

fn renumber(marks: &mut [SceneMark], before: &Script, after: &Script) {
    let (old, new) = (same::sentences(before), same::sentences(after));
    let scenes = same::scenes(&old, &new, &same::matched(&old, &new), before.scenes.len());
    for mark in marks {
        if let Some(Some(scene)) = scenes.get(mark.scene) {
            mark.scene = *scene;
        }
    }
}

/// True when the take was stopped in order.
pub fn stopped(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.event, Event::Stopped { .. }))
}

/// When an interrupted take gave its last sign of life, where that is written already.
pub fn interrupted_at(entries: &[Entry]) -> Option<&str> {
    entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Interrupted { at } => Some(at.as_str()),
        _ => None,
    })
}

/// True when the person keeps the take although it was interrupted.
pub fn kept(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.event == Event::Kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(t: u64, scene: usize) -> Entry {
        Entry { t, event: Event::SceneEntered { scene, heading: format!("S{scene}") } }
    }

    #[test]
    fn lines_come_back_and_a_torn_one_is_skipped() {
        let entries = vec![
            Entry { t: 0, event: Event::Rolling },
            entered(5, 0),
            Entry { t: 9, event: Event::Mark { label: "ok".into() } },
        ];
        let mut text: String = entries.iter().map(line).collect();
        text.push_str("{\"t\":10,\"event\":\"sto");
        assert_eq!(read(&text), (entries, 1));
    }

    #[test]
    fn a_newer_programs_events_are_kept_as_unknown() {
        let (entries, skipped) = read("{\"t\":3,\"event\":\"telepathy\",\"strength\":7}\n");
        assert_eq!((entries[0].event.clone(), skipped), (Event::Unknown, 0));
    }

    #[test]
    fn scenes_are_numbered_as_in_the_script_a_take_ended_with() {
        let before = "## One\n\nFirst words.\n\n## Two\n\nSecond words.\n";
        let after = format!("## Zero\n\nWords before.\n\n{before}\n## Three\n\nThird words.\n");
        let video = super::super::frame::VideoFormat {
            width: 1280,
            height: 720,
            rate: super::super::time::Rate::whole(30),
            pixels: super::super::frame::Pixels::Nv12,
            matrix: super::super::frame::Matrix::Bt709,
            full_range: false,
        };
        let opened = Opened {
            version: VERSION,
            take: TakeId("t".into()),
            project: "p".into(),
            number: 1,
            title: "T".into(),
            started_at: String::new(),
            camera: String::new(),
            microphone: None,
            video: Some(video),
            audio: None,
            profile: String::new(),
            script: before.into(),
        };
        let entries = [
            Entry { t: 0, event: Event::Opened(Box::new(opened)) },
            entered(0, 0),
            entered(40, 1),
            Entry { t: 50, event: Event::Edited { script: after } },
            entered(60, 3),
        ];
        let marks = scene_marks(&entries, 100);
        assert_eq!(
            marks.iter().map(|m| (m.scene, m.start, m.end)).collect::<Vec<_>>(),
            [(1, 0, 40), (2, 40, 60), (3, 60, 100)]
        );
    }

    #[test]
    fn scenes_end_where_the_next_begins() {
        let marks = scene_marks(&[entered(0, 0), entered(40, 1)], 100);
        assert_eq!(marks.iter().map(|m| (m.scene, m.start, m.end)).collect::<Vec<_>>(), [(0, 0, 40), (1, 40, 100)]);
    }
}
