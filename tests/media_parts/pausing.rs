//! A take that is paused and goes on: the file has no gap, and picture and sound stay together.

use std::sync::mpsc;

use onetake::core::time::{Moment, SECOND};
use onetake::media::record::{Event, Recorder};

use super::offsets::LIP_SYNC_NANOS;
use super::recording::TICK_NANOS;
use super::source::{BASE, VIDEO, perform, plan, read_back};

fn moment(frame: u64) -> Moment {
    Moment(BASE + VIDEO.rate.frame_start(frame))
}

#[test]
fn what_is_before_a_pause_and_after_it_joins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let (tell, told) = mpsc::channel();
    let recorder = Recorder::start(plan(&path), move |event| tell.send(event).unwrap()).unwrap();
    let inlet = recorder.inlet();
    inlet.pause(moment(0));
    assert!(told.try_recv().is_err(), "nothing can be paused before there is anything");
    perform(&recorder, 0..45, |_| true, |_| true);
    // The sound up to picture 45 is through and is faded after it, so that picture is the last.
    inlet.pause(moment(45));
    perform(&recorder, 45..85, |_| true, |_| true);
    inlet.resume(moment(85));
    perform(&recorder, 85..150, |_| true, |_| true);
    let clock = inlet.clock().unwrap();
    let finished = recorder.finish().unwrap();
    let turns: Vec<Event> = told.try_iter().filter(|event| matches!(event, Event::Turned(_))).collect();
    assert_eq!(turns.len(), 2, "{turns:?}");
    assert_eq!((finished.audio_gaps, inlet.health().missed), (0, 0), "what is left out is not lost");

    let back = read_back(&path);
    let pause = clock.last_pause().unwrap();
    let long = pause.until.unwrap().since(pause.from);
    assert!(long.abs_diff(VIDEO.rate.frame_start(39)) <= TICK_NANOS, "{long}");
    assert!(!back.numbers.iter().any(|number| (46..85).contains(number)), "{:?}", back.numbers);
    assert!(back.numbers.contains(&45) && back.numbers.contains(&85), "{:?}", back.numbers);
    for (number, time) in back.numbers.iter().zip(&back.times) {
        let due = VIDEO.rate.frame_start(if *number < 46 { *number } else { *number - 39 });
        assert!(time.abs_diff(due) <= TICK_NANOS, "frame {number} at {time}, due {due}");
    }
    // Flashes of the seconds 0, 1, 3 and 4; each with its click beside it.
    assert_eq!(back.flashes.len(), 4);
    for flash in &back.flashes {
        let near = back.clicks().iter().map(|click| click.abs_diff(*flash)).min().unwrap();
        assert!(near <= LIP_SYNC_NANOS, "flash at {flash}: click {near} ns away, clicks {:?}", back.clicks());
    }
    assert_eq!(back.clicks().len(), 4, "the joint does not click: {:?}", back.clicks());
    let heard = back.sound.len() as u64 * SECOND / 48_000;
    let shown = VIDEO.rate.frame_start(111);
    assert!((shown..shown + 2 * LIP_SYNC_NANOS + 120_000_000).contains(&heard), "{heard}");
}

#[test]
fn a_take_that_is_stopped_in_a_pause_ends_where_the_pause_began() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.mkv");
    let recorder = Recorder::start(plan(&path), |event| assert!(matches!(event, Event::Turned(_)), "{event:?}")).unwrap();
    perform(&recorder, 0..30, |_| true, |_| true);
    recorder.inlet().pause(moment(30));
    perform(&recorder, 30..60, |_| true, |_| true);
    let finished = recorder.finish().unwrap();
    let back = read_back(&path);
    assert_eq!(back.numbers.last(), Some(&30));
    assert_eq!((finished.frames + finished.dropped, finished.audio_gaps), (31, 0));
    assert!(finished.nanos.abs_diff(VIDEO.rate.frame_start(31)) <= TICK_NANOS, "{finished:?}");
}
