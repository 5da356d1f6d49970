//! The Review page driven by what people see and screen readers read.

#[path = "ui_parts/captions.rs"]
mod captions;
#[path = "rig/take.rs"]
mod made_up;
mod rig;

use std::sync::Arc;

use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::blocks::Damage;
use onetake::core::frame::Frame;
use onetake::core::peaks::Peaks;
use onetake::core::problem::Problem;
use onetake::core::span::{Span, Verdict};
use onetake::core::take::{SCREEN_FILE, SceneMark, ScreenTrack, Take, TakeId, TakeState};
use onetake::core::time::{Moment, Rate, SECOND};
use onetake::core::upload::{Arrived, Goal, Progress, TRIES};
use onetake::studio::{Effect, Message, Page, Sheet, heal, review, upload};
use rig::{Rig, camera_frame, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

/// On the page with three takes, the newest open at 37.4 s.
fn ready() -> Rig {
    let mut rig = Rig::new();
    let takes = vec![take(3, TakeState::Finished), take(2, TakeState::Interrupted), take(1, TakeState::Finished)];
    rig.tell(Message::Review(review::Message::Listed(Ok(takes))));
    rig.tell(Message::Go(Page::Review));
    opened(&mut rig, 3);
    rig
}

/// Answers the opening of a take as the hands would.
fn opened(rig: &mut Rig, number: u32) {
    let take = TakeId(format!("take-{number}"));
    let result = Ok((141 * SECOND, Rate::whole(30)));
    rig.tell(Message::Review(review::Message::Opened { take: take.clone(), result }));
    rig.tell(Message::Review(review::Message::PeaksReady { take, peaks: Some(Arc::new(speech())) }));
    rig.screen.feeds.player.publish(camera_frame(1280, 720, Moment(37_400_000_000)));
}

fn take(number: u32, state: TakeState) -> Take {
    let mark = |scene: usize, heading: &str, start: u64, end: u64| SceneMark {
        scene,
        heading: heading.into(),
        start: start * SECOND,
        end: end * SECOND,
    };
    let scenes = vec![
        mark(0, "Opening", 0, 12),
        mark(1, "The habit", 12, 50),
        mark(2, "Eight minutes before the others wake up", 50, 102),
        mark(3, "What stays", 102, 130),
        mark(4, "Your turn", 130, 141),
    ];
    let started_at = format!("2026-11-{:02}T09:{:02}:00.000Z", 10 + number % 15, 7 * number % 60);
    Take { started_at, state, scenes, spans: spans(number), ..made_up::take(number) }
}

/// Take 2 was read again in two places.
fn spans(number: u32) -> Vec<Span> {
    let span = |start: u64, end: u64, verdict| Span { start: start * SECOND, end: end * SECOND, verdict };
    use Verdict::{Kept, Rejected};
    match number {
        2 => vec![span(0, 20, Kept), span(20, 34, Rejected), span(34, 88, Kept), span(88, 95, Rejected), span(95, 141, Kept)],
        _ => vec![span(0, 141, Kept)],
    }
}

/// Words and pauses, as far as a waveform shows.
fn speech() -> Peaks {
    let value = |i: usize| {
        let t = i as f32 / 50.0;
        let word = (t * 2.6).sin().abs() * (t * 0.7).cos().abs();
        let pause = if (t / 5.3).fract() > 0.86 { 0.03 } else { 1.0 };
        (20.0 + 150.0 * word * pause * (0.6 + 0.4 * (t * 31.0).sin().abs())) as u8
    };
    Peaks((0..141 * 50).map(value).collect())
}

fn small(rig: Rig) -> Window {
    window(rig, vec2(1024.0, 640.0), 1.0)
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn last(window: &Window) -> review::Effect {
    let effects = window.state().effects.iter().rev();
    effects
        .filter_map(|effect| match effect {
            Effect::Review(effect) => Some(effect.clone()),
            _ => None,
        })
        .next()
        .expect("the page asked the player for something")
}

#[test]
fn a_take_of_sound_alone_shows_the_picture_of_its_scene() {
    let shown = |scenes: Vec<SceneMark>, name: &str| {
        let mut rig = Rig::new();
        let rate = Rate { num: 0, den: 1 };
        let voice = Take { width: 0, height: 0, frames: 0, rate, scenes, ..take(3, TakeState::Finished) };
        rig.tell(Message::Review(review::Message::Listed(Ok(vec![voice]))));
        rig.tell(Message::Go(Page::Review));
        opened(&mut rig, 3);
        // As the player tells of a file without pictures.
        let result = Ok((141 * SECOND, rate));
        rig.tell(Message::Review(review::Message::Opened { take: TakeId("take-3".into()), result }));
        rig.screen.feeds.player.publish(Frame::empty(Moment(37_400_000_000)));
        let mut window = small(rig);
        look(&mut window, name);
        window
    };
    let without = "A take of sound alone.";
    assert!(shown(take(3, TakeState::Finished).scenes, "review-sound-alone").query_by_label(without).is_none());
    shown(Vec::new(), "review-sound-alone-bare").get_by_label(without);
}

#[test]
fn without_takes_there_is_one_way_on() {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Review));
    let mut window = small(rig);
    window.get_by_label("No takes yet");
    look(&mut window, "review-empty");
    click(&mut window, "Record a take");
    assert_eq!(window.state().model.page, Page::Record);
    assert!(window.state().model.record.busy());
}

#[test]
fn the_transport_orders_the_player() {
    let mut window = small(ready());
    window.get_by_label("Timecode 00:37:12");
    look(&mut window, "review");
    for (label, effect) in [
        ("Play", review::Effect::Play),
        ("Pause", review::Effect::Pause),
        ("A frame back", review::Effect::Step(-1)),
        ("A frame on", review::Effect::Step(1)),
    ] {
        click(&mut window, label);
        assert_eq!(last(&window), effect, "{label}");
    }
    let marks =
        |effect: &review::Effect| matches!(effect, review::Effect::SkipToMark { marks, forward: true } if marks.len() == 5);
    click(&mut window, "Next scene or mark");
    assert!(marks(&last(&window)));
    click(&mut window, "Speed: 1");
    look(&mut window, "review-speed");
    click(&mut window, "1.5 ×");
    assert_eq!(last(&window), review::Effect::Speed(1.5));
    window.get_by_label("Speed: 1.5");
    click(&mut window, "Picture of the take: play");
    assert_eq!(last(&window), review::Effect::Play);
}

#[test]
fn the_time_bar_seeks_roughly_while_dragged_and_exactly_where_let_go() {
    let mut window = small(ready());
    let bar = window.get_by_label("Place in the take: 00:37:12").rect();
    let at = |part: f32| egui::pos2(bar.left() + part * bar.width(), bar.center().y);
    window.hover_at(at(0.5));
    window.run_steps(2);
    look(&mut window, "review-hover");
    window.drag_at(at(0.25));
    window.step();
    window.hover_at(at(0.5));
    window.step();
    window.hover_at(at(0.75));
    window.step();
    window.drop_at(at(0.75));
    window.run_steps(2);
    let seeks: Vec<(f64, bool)> = window
        .state()
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Review(review::Effect::Seek { nanos, exact }) => Some((*nanos as f64 / (141 * SECOND) as f64, *exact)),
            _ => None,
        })
        .collect();
    let (exact, rough): (Vec<(f64, bool)>, Vec<_>) = seeks.iter().copied().partition(|(_, exact)| *exact);
    assert_eq!(exact.len(), 1, "{seeks:?}");
    assert!((exact[0].0 - 0.75).abs() < 0.005 && rough.iter().any(|(part, _)| (part - 0.5).abs() < 0.005), "{seeks:?}");
}

/// Take 2 open, of which two stretches were read again.
fn read_again() -> Rig {
    let mut rig = ready();
    rig.tell(Message::Review(review::Message::OpenTake(TakeId("take-2".into()))));
    opened(&mut rig, 2);
    rig
}

fn show(window: &mut Window, secs: f64) {
    let stamp = Moment((secs * SECOND as f64) as u64);
    window.state().screen.feeds.player.publish(camera_frame(320, 180, stamp));
    window.run_steps(2);
}

fn seeks(window: &Window) -> Vec<u64> {
    let seek = |effect: &Effect| match effect {
        Effect::Review(review::Effect::Seek { nanos, exact: true }) => Some(*nanos / SECOND),
        _ => None,
    };
    window.state().effects.iter().filter_map(seek).collect()
}

#[test]
fn what_was_rejected_is_played_past_unless_it_is_wanted() {
    let mut window = small(read_again());
    show(&mut window, 21.0);
    assert!(seeks(&window).is_empty(), "who stands in it may look");
    click(&mut window, "Play");
    assert_eq!(seeks(&window), [34]);
    show(&mut window, 34.0);
    show(&mut window, 60.0);
    show(&mut window, 88.1);
    assert_eq!(seeks(&window), [34, 95], "once for each");
    show(&mut window, 95.0);
    click(&mut window, "Skip rejected");
    show(&mut window, 21.0);
    show(&mut window, 88.1);
    assert_eq!(seeks(&window), [34, 95], "now they are played too");
    window.key_press(egui::Key::J);
    window.run_steps(2);
    assert_eq!(seeks(&window), [34, 95, 95]);
}

#[test]
fn a_rejected_stretch_is_heard_and_kept_after_all() {
    let mut window = small(read_again());
    window.get_by_label("Take 2, 2:21, interrupted, 2 again");
    look(&mut window, "review-spans");
    click(&mut window, "Read again from 0:20 to 0:34, left out");
    look(&mut window, "review-span-menu");
    click(&mut window, "Listen to it");
    assert_eq!(seeks(&window), [20]);
    show(&mut window, 20.0);
    show(&mut window, 30.0);
    assert_eq!(seeks(&window), [20], "it is heard to its end");
    show(&mut window, 36.0);
    show(&mut window, 22.0);
    assert_eq!(seeks(&window), [20, 34], "and skipped again the next time");
    show(&mut window, 36.0);
    click(&mut window, "Read again from 0:20 to 0:34, left out");
    click(&mut window, "Keep it after all");
    let review::Effect::Judge { take, start, end, kept: true } = last(&window) else { panic!("{:?}", last(&window)) };
    let mut spans = take.spans.clone();
    onetake::core::span::judge(&mut spans, start, end, true);
    let judged = review::Message::Judged { take: take.id.clone(), result: Ok(spans) };
    window.state_mut().tell(Message::Review(judged));
    window.run_steps(2);
    window.get_by_label("Read again from 0:20 to 0:34, kept");
    show(&mut window, 50.0);
    show(&mut window, 22.0);
    assert_eq!(seeks(&window), [20, 34], "it is played now");
    look(&mut window, "review-span-kept");
    let mut window = self::window(read_again(), vec2(1920.0, 1080.0), 1.0);
    look(&mut window, "review-spans-1920");
}

#[test]
fn another_take_is_opened_by_a_click() {
    let mut window = small(ready());
    click(&mut window, "Take 2, 2:21, interrupted, 2 again");
    let wanted = |effect: review::Effect| matches!(effect, review::Effect::Open { take, .. } if take.0 == "take-2");
    assert!(wanted(last(&window)));
    window.get_by_label("Opening the take…");
    look(&mut window, "review-opening");
    let problem = Problem::failed(
        "The take can't be played: its first second is damaged.",
        "The file is kept; try the export, which repairs it.",
    );
    let failed = review::Message::Opened { take: TakeId("take-2".into()), result: Err(problem) };
    window.state_mut().tell(Message::Review(failed));
    window.run_steps(2);
    // On the page, and in the toast.
    assert_eq!(window.query_all_by_label("The take can't be played: its first second is damaged.").count(), 2);
    look(&mut window, "review-failed");
    click(&mut window, "Try again");
    assert!(wanted(last(&window)));
}

#[test]
fn a_take_goes_to_the_bin_only_after_a_second_thought() {
    let mut window = small(ready());
    click(&mut window, "Show in the file manager");
    assert_eq!(last(&window), review::Effect::Reveal { folder: "/t/take-3".into() });
    click(&mut window, "Delete the take…");
    look(&mut window, "review-delete");
    click(&mut window, "Keep it");
    assert!(!window.state().has(|effect| matches!(effect, Effect::Review(review::Effect::Bin { .. }))));
    assert!(window.query_by_label("Keep it").is_none());
    click(&mut window, "Delete the take…");
    click(&mut window, "Move to the bin");
    assert!(matches!(last(&window), review::Effect::Bin { take } if take.number == 3));
    let deleted = review::Message::Deleted { take: TakeId("take-3".into()), result: Ok(()) };
    window.state_mut().tell(Message::Review(deleted));
    window.run_steps(2);
    assert!(window.query_by_label("Take 3, 2:21, safe").is_none());
    look(&mut window, "review-put-back");
    click(&mut window, "Put it back");
    assert_eq!(last(&window), review::Effect::Restore { take: TakeId("take-3".into()), project: "why-we-write".into() });
    assert!(window.query_by_label("Put it back").is_none(), "it is offered once");
    let takes = [3, 2, 1].map(|number| take(number, TakeState::Finished)).to_vec();
    window.state_mut().tell(Message::Review(review::Message::Listed(Ok(takes))));
    assert!(matches!(last(&window), review::Effect::Open { take, .. } if take.0 == "take-3"), "and it is the open one again");
}

#[test]
fn marks_stand_on_the_time_bar_and_are_stepped_to() {
    let mut window = small(ready());
    let marks = vec![review::Mark { at: 40 * SECOND, label: "Mark 1".into() }];
    let read = review::Message::MarksRead { take: TakeId("take-3".into()), marks };
    window.state_mut().tell(Message::Review(read));
    window.run_steps(2);
    window.get_by_label("Mark 1 at 00:40:00");
    look(&mut window, "review-marks");
    click(&mut window, "Next scene or mark");
    let seconds = [0, 12, 40, 50, 102, 130].map(|at| at * SECOND).to_vec();
    assert_eq!(last(&window), review::Effect::SkipToMark { marks: seconds, forward: true });
}

#[test]
fn an_upload_shows_each_of_its_states() {
    let mut window = small(ready());
    click(&mut window, "Upload");
    assert!(window.state().has(|effect| matches!(effect, Effect::Upload(upload::Effect::Start { take }) if take.number == 3)));
    let id = || TakeId("take-3".into());
    let total = 52_000_000;
    let sent = |window: &mut Window, done: u64| {
        window.state_mut().wait(1.0);
        let progress = Progress { sent_bytes: done, total_bytes: total, bytes_per_sec: 4_000_000.0 };
        window.state_mut().tell(Message::Upload(upload::Message::Sending { take: id(), progress }));
        window.run_steps(2);
    };
    window.state_mut().tell(Message::Upload(upload::Message::Hashing { take: id(), done: 26_000_000, total }));
    window.run_steps(2);
    window.get_by_label("Preparing 26 MB of 52 MB");
    for mega in [0, 4, 8, 12, 16, 20] {
        sent(&mut window, mega * 1_000_000);
    }
    window.get_by_label("Uploading 20 MB of 52 MB  ·  4 MB/s  ·  8 s left");
    window.get_by_label("Take 3, 2:21, 38 %");
    look(&mut window, "review-uploading");
    click(&mut window, "Cancel the upload");
    assert!(window.state().has(|effect| matches!(effect, Effect::Upload(upload::Effect::Cancel { .. }))));
    window.state_mut().tell(Message::Upload(upload::Message::Retrying {
        take: id(),
        attempt: 3,
        secs: 4.0,
        reason: "the server did not answer".into(),
    }));
    window.run_steps(2);
    window.get_by_label(&format!("The connection broke. Trying again in 4 s (try 3 of {TRIES})"));
    look(&mut window, "review-waiting");
    let problem = Problem::refused(
        "The server at studio.example refused the upload: the token has expired.",
        "Enter a new token in the settings.",
    );
    window.state_mut().tell(Message::Upload(upload::Message::Ended { take: id(), result: Err(problem) }));
    window.run_steps(2);
    look(&mut window, "review-upload-failed");
    click(&mut window, "Retry");
    let starts = window.state().effects.iter().filter(|effect| matches!(effect, Effect::Upload(upload::Effect::Start { .. })));
    assert_eq!(starts.count(), 2);
    let cancelled = upload::Message::Ended { take: id(), result: Err(Problem::cancelled()) };
    window.state_mut().tell(Message::Upload(cancelled));
    window.run_steps(2);
    window.get_by_label("Go on uploading");
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned();
    let goal = Goal::Here { folder: "/home/anna/.local/share/onetake/videos".into() };
    let arrived = Arrived { recording: None, sha256, goal };
    window.state_mut().tell(Message::Upload(upload::Message::Ended { take: id(), result: Ok(arrived.clone()) }));
    look(&mut window, "review-copied-toast");
    // When the toast has gone, the page still says it.
    window.state_mut().wait(20.0);
    window.run_steps(2);
    window.get_by_label("Copied into this computer’s own server. Nobody else has it yet.");
    window.get_by_label("Take 3, 2:21, safe");
    look(&mut window, "review-copied");
    click(&mut window, "Set up a server…");
    assert_eq!(window.state().model.sheet, Some(Sheet::Settings));
    window.state_mut().tell(Message::CloseSheet);
    let arrived = Arrived { goal: Goal::Server { url: "https://studio.example".into() }, ..arrived };
    window.state_mut().tell(Message::Upload(upload::Message::Known { take: id(), phase: upload::Phase::Uploaded(arrived) }));
    window.run_steps(2);
    window.get_by_label("Uploaded to studio.example  ·  SHA-256 9f86d081884c…");
    window.get_by_label("Take 3, 2:21, uploaded");
    look(&mut window, "review-uploaded");
}

#[test]
fn a_damaged_take_says_so_and_is_healed_by_one_button() {
    let mut window = small(ready());
    let id = || TakeId("take-3".into());
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into();
    let arrived = Arrived { recording: Some("r".into()), sha256, goal: Goal::Server { url: "https://studio.example".into() } };
    window.state_mut().tell(Message::Upload(upload::Message::Ended { take: id(), result: Ok(arrived) }));
    let damage = Damage { bytes: 52_000_000, found_bytes: Some(41_000_000), bad_bytes: None };
    window.state_mut().tell(Message::Heal(heal::Message::Noticed { take: id(), damage: Some(damage) }));
    window.run_steps(2);
    window.get_by_label("The take's file is damaged: it has 41 MB, and 52 MB were uploaded.");
    window.get_by_label("Take 3, 2:21, damaged");
    look(&mut window, "review-damaged");
    click(&mut window, "Heal from the server");
    assert!(window.state().has(|effect| matches!(effect, Effect::Heal(heal::Effect::Heal { take }) if take.number == 3)));
    let progress = Progress { sent_bytes: 5_000_000, total_bytes: 11_000_000, bytes_per_sec: 0.0 };
    window.state_mut().tell(Message::Heal(heal::Message::Healing { take: id(), progress }));
    window.run_steps(2);
    window.get_by_label("Fetched 5 MB of 11 MB");
    look(&mut window, "review-healing");
    let problem = Problem::refused("The server at studio.example is away.", "Try again when it is back.");
    window.state_mut().tell(Message::Heal(heal::Message::Healed { take: id(), result: Err(problem) }));
    window.run_steps(2);
    click(&mut window, "Try again");
    window.state_mut().tell(Message::Heal(heal::Message::Healed { take: id(), result: Ok(11_000_000) }));
    window.run_steps(2);
    window.get_by_label("Take 3, 2:21, uploaded");
    window.get_by_label("Uploaded to studio.example  ·  SHA-256 9f86d081884c…");
    assert!(window.state().has(|effect| matches!(effect, Effect::Review(review::Effect::Open { take, .. }) if *take == id())));
}

/// Text fits from a large display to a small window at double scale, with many takes.
#[test]
fn the_page_holds_at_every_size() {
    for (name, size, scale) in [
        ("1920", vec2(1920.0, 1080.0), 1.0),
        ("1920-150", vec2(1280.0, 720.0), 1.5),
        ("1024-150", vec2(682.0, 426.0), 1.5),
        ("1024-200", vec2(512.0, 320.0), 2.0),
    ] {
        let mut rig = ready();
        let takes = (1..=14).rev().map(|number| take(number, TakeState::Finished)).collect();
        rig.tell(Message::Review(review::Message::Listed(Ok(takes))));
        rig.tell(Message::Review(review::Message::OpenTake(TakeId("take-14".into()))));
        opened(&mut rig, 14);
        let mut window = window(rig, size, scale);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        for label in
            ["Play", "Next scene or mark", "Record again", "Upload", "Timecode 00:37:12", "Speed: 1", "Delete the take…"]
        {
            let rect = window.get_by_label(label).rect();
            assert!(whole.contains_rect(rect), "{label} leaves the window at {name}: {rect:?}");
        }
        look(&mut window, &format!("review-{name}"));
    }
}

#[test]
fn the_time_bar_listens_to_the_arrows_when_it_has_the_keyboard() {
    let mut window = small(ready());
    window.get_by_label("Place in the take: 00:37:12").focus();
    window.run_steps(2);
    window.key_press(egui::Key::ArrowRight);
    window.run_steps(2);
    assert_eq!(last(&window), review::Effect::Skip { secs: 5.0 });
    window.key_press(egui::Key::ArrowLeft);
    window.run_steps(2);
    assert_eq!(last(&window), review::Effect::Skip { secs: -5.0 });
    look(&mut window, "review-focus");
}

#[test]
fn noise_is_switched_off_where_it_is_heard() {
    let mut window = small(ready());
    look(&mut window, "review-noise");
    click(&mut window, "Take out noise");
    assert_eq!(last(&window), review::Effect::Denoise(true));
    assert!(window.state().model.settings.noise_suppression, "and in exported films");
    window.key_press(egui::Key::N);
    window.run_steps(2);
    assert_eq!(last(&window), review::Effect::Denoise(false));
    // A take without sound has no noise.
    let mute = review::Message::PeaksReady { take: TakeId("take-3".into()), peaks: None };
    window.state_mut().tell(Message::Review(mute));
    window.run_steps(2);
    assert!(window.query_by_label("Take out noise").is_none());
}

#[test]
fn a_takes_screen_is_shown_and_put_away_again() {
    let mut rig = Rig::new();
    let track = ScreenTrack { file: SCREEN_FILE.into(), offset: 32_000_000, nanos: 141 * SECOND, bytes: 9_000_000 };
    let with = Take { screen: Some(track), ..take(2, TakeState::Finished) };
    let takes = vec![with, take(1, TakeState::Finished)];
    rig.tell(Message::Review(review::Message::Listed(Ok(takes))));
    rig.tell(Message::Go(Page::Review));
    opened(&mut rig, 2);
    let mut window = small(rig);
    window.get_by_label("Take 2, 2:21, safe, 2 again, with the screen");
    click(&mut window, "Show the screen");
    let shown = review::Effect::ShowScreen { media: "/t/take-2/screen.mkv".into(), offset: 32_000_000 };
    assert_eq!(last(&window), shown);
    window.state_mut().screen.feeds.screen.publish(camera_frame(1920, 1080, Moment(37_400_000_000)));
    window.run_steps(3);
    look(&mut window, "review-screen");
    // Another take without one shows its camera, and the wish holds for the next that has one.
    let open = |window: &mut Window, number: u32| {
        let take = TakeId(format!("take-{number}"));
        window.state_mut().tell(Message::Review(review::Message::OpenTake(take)));
        opened(window.state_mut(), number);
        window.run_steps(3);
    };
    open(&mut window, 1);
    assert!(window.query_by_label("Show the screen").is_none());
    assert!(!window.state().model.review.screen_shown());
    open(&mut window, 2);
    assert_eq!(last(&window), shown);
    click(&mut window, "Show the screen");
    assert_eq!(last(&window), review::Effect::HideScreen);
}
