//! The Record page driven by what people see and screen readers read.

#[path = "ui_parts/delivering.rs"]
mod delivering;
mod rig;
#[path = "ui_parts/record_sound.rs"]
mod sound;

use delivering::{heard, open_devices, session};
use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::compose::Layout;
use onetake::core::device::{Device, DeviceChoice, DeviceEvent};
use onetake::core::follow::{Heard, HeardWord};
use onetake::core::frame::AudioFormat;
use onetake::core::health::Health;
use onetake::core::problem::Problem;
use onetake::core::prompter::Pace;
use onetake::core::take::TakeId;
use onetake::core::time::{clock, nanos};
use onetake::studio::command::Command;
use onetake::studio::record::Phase;
use onetake::studio::{Effect, Message, Page, devices, follow, prompter, record};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

/// On the page, devices open, nothing recorded.
fn ready() -> Rig {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    open_devices(&mut rig);
    rig
}

fn small(rig: Rig) -> Window {
    window(rig, vec2(1024.0, 640.0), 1.0)
}

/// Rolls for `secs` seconds.
fn roll(rig: &mut Rig, secs: f64) {
    rig.tell(Message::Command(Command::Record));
    rig.wait(0.1);
    rig.wait(3.2);
    let started = rig.now;
    let rolling = record::Message::Rolling { take: TakeId("t".into()), number: 4, started };
    rig.tell(Message::Record(rolling));
    rig.wait(secs);
    rig.tell(Message::Record(record::Message::Health(health(secs))));
}

fn health(secs: f64) -> Health {
    Health {
        recorded_nanos: (secs * 1e9) as u64,
        frames: (secs * 30.0) as u64,
        bytes: (secs * 1e6) as u64,
        synced_bytes: (secs * 1e6) as u64,
        disk_secs_left: Some(312 * 60 + 7),
        ..Health::default()
    }
}

#[test]
fn the_countdown_shows_and_can_be_called_off() {
    let mut window = small(ready());
    window.get_by_label("Record a take").click();
    window.step();
    window.state_mut().wait(0.1);
    window.run_steps(2);
    window.get_by_label("Recording in 3");
    window.state_mut().wait(1.4);
    window.run_steps(2);
    window.get_by_label("Recording in 2");
    look(&mut window, "record-countdown");
    window.get_by_label("Cancel").click();
    window.run_steps(2);
    assert_eq!(window.state().model.record.phase, Phase::Idle);
    assert!(window.query_by_label_contains("Recording in").is_none());
    assert!(!window.state().has(|effect| matches!(effect, Effect::Record(_))), "nothing was begun");
}

#[test]
fn a_take_shows_time_scene_and_health_and_is_stopped_by_the_big_button() {
    let mut rig = ready();
    roll(&mut rig, 37.0);
    let mut window = small(rig);
    window.get_by_label("Time 0:37 of 2:22");
    window.get_by_label("Scene 2 of 5 · The habit");
    window.get_by_label("0 dropped");
    window.get_by_label("312 min left");
    window.get_by_label("37 MB safe");
    look(&mut window, "record-rolling");
    window.get_by_label("Mark this place").click();
    window.run_steps(2);
    assert_eq!(window.state().model.record.rolling().map(|rolling| rolling.marks), Some(1));
    window.get_by_label("Stop").click();
    window.run_steps(2);
    assert!(window.state().has(|effect| *effect == Effect::Record(record::Effect::Stop)));
    window.get_by_label("Saving…");
}

/// Answers the newest order to pause or to go on as the recorder would.
fn turn(rig: &mut Rig) {
    let mut clock = rig.model.record.rolling().expect("a take rolls").clock.clone();
    match rig.effects.iter().rev().find(|effect| matches!(effect, Effect::Record(_))) {
        Some(Effect::Record(record::Effect::Pause(at))) => clock.pause(*at),
        Some(Effect::Record(record::Effect::Resume(at))) => clock.resume(*at),
        other => panic!("{other:?}"),
    }
    rig.tell(Message::Record(record::Message::Turned(clock)));
}

#[test]
fn without_a_camera_by_choice_sound_alone_is_recorded() {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    let session = session(&rig).expect("devices are opened on entering");
    rig.tell(Message::Devices(devices::Message::CameraOpened { session, opened: Ok(None) }));
    let device = Device { name: "Desk microphone".into(), label: "Desk microphone".into() };
    let format = AudioFormat { sample_rate: 48_000, channels: 1 };
    rig.tell(Message::Devices(devices::Message::MicrophoneOpened { session, opened: Ok(Some((device, format, false))) }));
    rig.screen.feeds.levels.publish(heard(-11.0, -18.0, 0));
    let mut window = small(rig);
    window.get_by_label("Sound alone is recorded.");
    assert!(window.query_by_label("No camera is chosen.").is_none());
    look(&mut window, "record-sound-alone");
    roll(window.state_mut(), 12.0);
    window.run_steps(2);
    window.get_by_label("Time 0:12 of 2:22");
    assert!(window.state().has(|effect| matches!(effect, Effect::Record(record::Effect::Start(_)))));
    look(&mut window, "record-sound-alone-rolling");
}

#[test]
fn a_paused_take_is_unmistakable() {
    let mut rig = ready();
    roll(&mut rig, 37.0);
    let mut window = small(rig);
    assert!(window.query_by_label_contains("paused").is_none());
    click(&mut window, "Pause the take");
    turn(window.state_mut());
    window.state_mut().wait(72.0);
    window.run_steps(2);
    window.get_by_label("The take is paused. Nothing is recorded.");
    window.get_by_label("Paused for 1:12");
    window.get_by_label("Time 0:37 of 2:22");
    assert!(!window.state().model.prompter.course.running());
    look(&mut window, "record-paused");
    click(&mut window, "Go on with the take");
    turn(window.state_mut());
    window.state_mut().wait(3.0);
    window.run_steps(2);
    assert!(window.query_by_label("The take is paused. Nothing is recorded.").is_none());
    window.get_by_label("Time 0:40 of 2:22");
    assert!(window.state().model.prompter.course.running());
    window.key_press(egui::Key::P);
    window.run_steps(2);
    turn(window.state_mut());
    window.run_steps(2);
    window.get_by_label("Stop").click();
    window.run_steps(2);
    assert!(window.state().has(|effect| *effect == Effect::Record(record::Effect::Stop)));
}

#[test]
fn again_is_a_button_and_leaves_a_quiet_sign() {
    let mut rig = ready();
    rig.screen.time_of_day = Some(14.0 * 3600.0 + 30.0 * 60.0);
    roll(&mut rig, 37.0);
    let mut window = small(rig);
    window.get_by_label("The text ends 14:32");
    assert!(window.query_by_label_contains("Read again").is_none());
    click(&mut window, "Again from this sentence");
    window.get_by_label("Read again once");
    window.state_mut().wait(6.0);
    window.key_press(egui::Key::A);
    window.run_steps(2);
    window.get_by_label("Read again 2 times");
    assert!(window.state().model.prompter.course.running(), "the take and the prompter go on");
    look(&mut window, "record-again");
}

#[test]
fn the_words_are_edited_while_the_prompter_runs() {
    let mut rig = ready();
    roll(&mut rig, 20.0);
    let mut window = small(rig);
    window.key_press(egui::Key::E);
    window.run_steps(3);
    let said = |window: &Window| window.get_by_label("Words of this scene").value().unwrap_or_default();
    assert!(said(&window).starts_with("You sit down"), "{}", said(&window));
    look(&mut window, "record-edit");
    let before = {
        let rig = window.state();
        rig.model.prompter.line(rig.now)
    };
    window.get_by_label("Words of this scene").type_text("Now ");
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::Enter);
    window.run_steps(2);
    assert!(said(&window).contains("Now \n"), "Shift and Enter break the line: {}", said(&window));
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    let rig = window.state();
    assert!(rig.model.prepare.script.source().contains("Now"), "{}", rig.model.prepare.script.source());
    assert_eq!((rig.model.record.editing, rig.model.prompter.line(rig.now)), (None, before));
    assert!(rig.model.prompter.course.running() && rig.model.record.rolling().is_some());
    let source = rig.model.prepare.script.source().to_owned();
    click(&mut window, "Edit this scene's words");
    window.get_by_label("Words of this scene").type_text("Never ");
    window.run_steps(2);
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.query_by_label("Words of this scene").is_none());
    assert_eq!(window.state().model.prepare.script.source(), source, "Escape leaves it as it was");
    for (name, size, scale) in [("1920", vec2(1920.0, 1080.0), 1.0), ("1024-200", vec2(512.0, 320.0), 2.0)] {
        let mut rig = ready();
        roll(&mut rig, 20.0);
        rig.tell(Message::Command(Command::EditScene));
        let mut window = self::window(rig, size, scale);
        window.run_steps(2);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        for label in ["Put it on", "Leave it as it was"] {
            assert!(whole.contains_rect(window.get_by_label(label).rect()), "{label} at {name}");
        }
        look(&mut window, &format!("record-edit-{name}"));
    }
}

#[test]
fn a_rehearsal_shows_that_nothing_is_recorded_and_offers_what_it_found() {
    for (name, size, scale) in
        [("1024", vec2(1024.0, 640.0), 1.0), ("1920", vec2(1920.0, 1080.0), 1.0), ("1024-200", vec2(512.0, 320.0), 2.0)]
    {
        let mut rig = Rig::new();
        rig.tell(Message::Command(Command::Rehearse));
        let mut window = self::window(rig, size, scale);
        window.get_by_label("Rehearsal in 3");
        window.state_mut().wait(3.2);
        window.run_steps(2);
        window.get_by_label("A rehearsal: nothing is recorded");
        for _ in 0..1_160 {
            window.state_mut().wait(0.1);
        }
        window.run_steps(2);
        look(&mut window, &format!("record-rehearsing-{name}"));
        click(&mut window, "Stop");
        window.get_by_label_contains("Opening: target 12.0 s, you took 12.");
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        for label in ["Use this pace", "Discard"] {
            assert!(whole.contains_rect(window.get_by_label(label).rect()), "{label} at {name}");
        }
        look(&mut window, &format!("record-rehearsed-{name}"));
        click(&mut window, "Use this pace");
        assert!(window.query_by_label("Use this pace").is_none());
        let opening = window.state().model.prepare.script.scenes[0].target_secs().unwrap_or_default();
        assert!(opening > 12.0 && opening < 13.0, "{opening}");
        assert!(!window.state().has(|effect| matches!(effect, Effect::Record(_))));
    }
}

#[test]
fn losses_are_said_on_the_page() {
    let mut rig = ready();
    roll(&mut rig, 10.0);
    let lossy = Health { dropped: 3, audio_gaps: 1, ..health(10.0) };
    rig.tell(Message::Record(record::Message::Health(lossy)));
    let session = session(&rig).expect("devices were opened");
    let stalled = DeviceEvent::Stalled { device: "FaceTime HD Camera".into() };
    rig.tell(Message::Devices(devices::Message::Event { session, event: stalled }));
    let lost = DeviceEvent::Lost { device: "Desk microphone".into(), detail: "unplugged".into() };
    rig.tell(Message::Devices(devices::Message::Event { session, event: lost }));
    let mut window = window(rig, vec2(1280.0, 720.0), 1.0);
    window.get_by_label("3 dropped");
    window.get_by_label("1 gap in the sound");
    window.get_by_label("Desk microphone is lost, the take goes on");
    window.get_by_label("FaceTime HD Camera gives nothing");
    window.get_by_label("No microphone: it failed");
    look(&mut window, "record-losses");
}

#[test]
fn a_camera_that_goes_during_a_take_is_said_once_and_covers_neither_words_nor_controls() {
    for (name, size, scale) in [
        ("1280", vec2(1280.0, 800.0), 1.0),
        ("1024", vec2(1024.0, 640.0), 1.0),
        ("1280-150", vec2(853.0, 533.0), 1.5),
        ("1024-150", vec2(682.0, 426.0), 1.5),
    ] {
        let mut rig = ready();
        roll(&mut rig, 10.0);
        let session = session(&rig).expect("devices were opened");
        let lost = DeviceEvent::Lost { device: "FaceTime HD Camera".into(), detail: "it was unplugged".into() };
        rig.tell(Message::Devices(devices::Message::Event { session, event: lost }));
        let mut window = window(rig, size, scale);
        assert!(window.state().model.record.rolling().is_some(), "the take goes on");
        let said = window.get_by_label("“FaceTime HD Camera” is gone: it was unplugged.").rect();
        let stop = window.get_by_label("Stop").rect();
        assert!(!said.intersects(stop) && said.bottom() < stop.top(), "at {name}: {said:?} {stop:?}");
        window.get_by_label("No camera: it failed");
        look(&mut window, &format!("record-lost-{name}"));
    }
}

#[test]
fn the_scene_picture_leads_to_the_next_layout() {
    let mut window = small(ready());
    look(&mut window, "record-idle");
    window.get_by_label("Scene picture: next layout").click();
    window.run_steps(2);
    let layout = |window: &Window| window.state().model.record.layout(0, &window.state().model.prepare.script);
    assert_eq!(layout(&window), Layout::PictureInPicture);
    look(&mut window, "record-pip");
    assert!(window.query_by_label("Scene picture: next layout").is_none(), "the picture is in the program now");
    window.get_by_label("Next layout").click();
    window.run_steps(2);
    assert_eq!(layout(&window), Layout::SideBySide);
    look(&mut window, "record-sides");
}

#[test]
fn the_prompter_is_driven_by_its_buttons_the_wheel_and_clicks() {
    let mut window = small(ready());
    let start = window.state().model.prompter.course.position(window.state().now);
    window.get_by_label("A line on").click();
    window.run_steps(2);
    window.state_mut().wait(1.0);
    let after = window.state().model.prompter.course.position(window.state().now);
    assert!(after > start + 0.5, "{after} after {start}");
    let prompter = window.get_by_label("Prompter: start or pause").rect();
    window.hover_at(prompter.center());
    window.step();
    window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        source: egui::MouseWheelSource::Wheel,
        delta: vec2(0.0, -80.0),
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
    window.run_steps(8);
    let scrolled = |message: &Message| matches!(message, Message::Prompter(prompter::Message::Scroll(ems)) if *ems > 0.0);
    assert!(window.state().said.iter().any(scrolled), "a wheel turned down goes on in the text");
    window.get_by_label("Prompter: start or pause").click();
    window.run_steps(2);
    let jumped = |message: &Message| matches!(message, Message::Prompter(prompter::Message::GoToLine { .. }));
    assert!(window.state().said.iter().any(jumped));
    window.get_by_label("Start the prompter").click();
    window.run_steps(2);
    assert!(window.state().model.prompter.course.running());
    window.get_by_label("Pause the prompter").click();
    window.run_steps(2);
    assert!(!window.state().model.prompter.course.running());
}

#[test]
fn pace_size_and_mirrors_are_stepped() {
    let mut window = small(ready());
    let columns = window.state().model.prompter.look.column_ems;
    for label in ["Faster", "Larger type", "Mirror the camera picture", "Mirror the prompter"] {
        window.get_by_label(label).click();
        window.run_steps(2);
    }
    let model = &window.state().model;
    assert!(model.prompter.look.column_ems < columns && model.prompter.look.mirror.horizontal && model.record.mirror_camera);
    assert!(matches!(model.prompter.pace, Pace::WordsPerMinute(_)));
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn wpm(window: &Window) -> f64 {
    let (model, now) = (&window.state().model, window.state().now);
    model.prompter.words_per_minute(&model.prepare.script, now)
}

/// The script's own targets, words per minute, or a length for the whole; what was chosen is remembered.
#[test]
fn the_pace_is_set_three_ways() {
    let mut window = small(ready());
    let script_secs = window.state().model.prompter.plan.total_secs();
    let label = format!("{:.0} words per minute. Choose the pace", wpm(&window));
    click(&mut window, &label);
    click(&mut window, "A length for the whole");
    assert!(matches!(window.state().model.prompter.pace, Pace::TotalSeconds(secs) if (secs - script_secs).abs() < 1.0));
    click(&mut window, "Seconds for the whole: more");
    assert!(window.state().model.prompter.plan.total_secs() > script_secs + 4.0);
    look(&mut window, "record-pace");
    click(&mut window, "Words per minute");
    click(&mut window, "Words per minute: less");
    let Pace::WordsPerMinute(words) = window.state().model.prompter.pace else { panic!("words were chosen") };
    assert!((wpm(&window) - words).abs() < 0.5);
    assert_eq!(window.state().model.settings.pace, Pace::WordsPerMinute(words));
    let label = format!("As the script says  ·  {}", clock(nanos(script_secs)));
    click(&mut window, &label);
    assert_eq!(window.state().model.prompter.plan.total_secs(), script_secs);
}

#[test]
fn without_a_camera_there_is_a_sentence_and_a_way_on() {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    let mut window = small(rig);
    window.get_by_label("Opening the camera…");
    look(&mut window, "record-opening");
    let problem =
        Problem::missing("The camera “Integrated Webcam” is used by another program.", "Close that program, then try again.");
    let session = session(window.state()).expect("devices are opened on entering");
    let opened = devices::Message::CameraOpened { session, opened: Err(problem) };
    window.state_mut().tell(Message::Devices(opened));
    window.run_steps(2);
    window.get_by_label("The camera “Integrated Webcam” is used by another program.");
    look(&mut window, "record-no-camera");
    window.get_by_label("Use the synthetic camera").click();
    window.run_steps(2);
    let synthetic =
        |effect: &Effect| matches!(effect, Effect::Devices(devices::Effect::Open { camera: DeviceChoice::Synthetic, .. }));
    assert!(window.state().has(synthetic));
    assert_eq!(window.state().model.settings.camera, DeviceChoice::Synthetic);
}

#[test]
fn full_screen_shows_controls_only_while_somebody_is_there() {
    let mut rig = ready();
    roll(&mut rig, 37.0);
    rig.tell(Message::Command(Command::Immersive));
    let mut window = small(rig);
    window.run_steps(30);
    assert!(window.query_by_label("Stop").is_none());
    window.get_by_label("Time 0:37 of 2:22");
    look(&mut window, "record-immersive");
    window.hover_at(egui::pos2(300.0, 400.0));
    window.run_steps(2);
    window.get_by_label("Stop");
    look(&mut window, "record-immersive-awake");
    // The harness steps a quarter of a second at a time.
    window.run_steps(30);
    assert!(window.query_by_label("Stop").is_none(), "the controls leave again");
}

/// Text fits from a large display to a small window at double scale.
#[test]
fn the_page_holds_at_every_size() {
    for (name, size, scale) in [
        ("1920", vec2(1920.0, 1080.0), 1.0),
        ("1920-150", vec2(1280.0, 720.0), 1.5),
        ("1024-150", vec2(682.0, 426.0), 1.5),
        ("1024-200", vec2(512.0, 320.0), 2.0),
    ] {
        let mut rig = ready();
        roll(&mut rig, 37.0);
        let mut window = window(rig, size, scale);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        for label in ["Stop", "Mark this place", "Larger type", "Faster", "37 MB safe", "Back to the top", "Follow the voice"] {
            let rect = window.get_by_label(label).rect();
            assert!(whole.contains_rect(rect), "{label} leaves the window at {name}: {rect:?}");
        }
        look(&mut window, &format!("record-{name}"));
        click(&mut window, "Pause the take");
        turn(window.state_mut());
        window.state_mut().wait(72.0);
        window.run_steps(2);
        for label in ["Go on with the take", "Stop", "Mark this place", "The take is paused. Nothing is recorded."] {
            let rect = window.get_by_label(label).rect();
            assert!(whole.contains_rect(rect), "{label} leaves the window at {name}: {rect:?}");
        }
        look(&mut window, &format!("record-paused-{name}"));
    }
}

#[test]
fn a_followed_voice_shows_how_it_goes() {
    let mut window = small(ready());
    window.get_by_label("Follow the voice").click();
    window.run_steps(2);
    window.get_by_label("Follow the voice: getting ready");
    let started = |effect: &Effect| match effect {
        Effect::Follow(follow::Effect::Start { session, .. }) => Some(*session),
        _ => None,
    };
    let session = window.state().effects.iter().find_map(started).expect("the recogniser is started");
    let rig = window.state_mut();
    rig.tell(Message::Follow(follow::Message::Ready { session }));
    rig.tell(Message::Prompter(prompter::Message::Start));
    let words = ["every", "story", "starts", "with", "a", "quiet", "room"].into_iter().enumerate();
    let word = |(i, text): (usize, &str)| HeardWord { text: text.into(), start: i as f64 * 0.4, end: i as f64 * 0.4 + 0.4 };
    let mut heard = Heard { at: 0.0, utterance: 0, words: Vec::new() };
    for word in words.map(word) {
        heard.at = word.end;
        heard.words.push(word);
        rig.now = rig.now.plus_secs(0.4);
        let (heard, at) = (heard.clone(), rig.now);
        rig.tell(Message::Follow(follow::Message::Heard { session, heard, at }));
    }
    window.run_steps(2);
    look(&mut window, "record-voice");
    window.get_by(|node| node.label().is_some_and(|label| label.ends_with("% sure of the place")));
    // It stands between words, but it is not paused.
    window.get_by_label("Pause the prompter");
    window.state_mut().tell(Message::Command(Command::FollowVoice));
    window.run_steps(2);
    window.get_by_label("Follow the voice");
}

/// How long the window may sleep after what it drew.
fn sleep(window: &Window) -> std::time::Duration {
    window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
}

#[test]
fn frames_are_asked_for_only_while_something_moves() {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    let session = session(&rig).expect("devices are opened on entering");
    let gone = Problem::missing("No camera.", "Plug one in.");
    rig.tell(Message::Devices(devices::Message::CameraOpened { session, opened: Err(gone) }));
    let mut window = small(rig);
    window.run_steps(10);
    assert!(sleep(&window).as_secs() > 60, "nothing moves");
    window.state_mut().tell(Message::Prompter(prompter::Message::Start));
    window.run_steps(2);
    assert!(sleep(&window).is_zero(), "the words move");
    let mut window = small(ready());
    window.run_steps(10);
    let wait = sleep(&window).as_secs_f64();
    assert!(wait > 0.0 && wait <= 0.5 / 30.0 + 1e-6, "a camera of 30 frames a second is looked at in time: {wait}");
}

#[test]
fn the_camera_reaches_the_window_and_mirrors() {
    let mut window = small(ready());
    // The test frame is brighter on the right; both places lie beside the words and above the controls.
    let sides = |window: &mut Window| {
        let image = window.render().expect("the window can be drawn");
        [60, 900].map(|x| u32::from(image.get_pixel(x, 300).0[1]))
    };
    let [left, right] = sides(&mut window);
    assert!(left > 60 && right > left + 20, "{left} {right}");
    window.get_by_label("Mirror the camera picture").click();
    window.run_steps(2);
    let [left, right] = sides(&mut window);
    assert!(left > right + 20, "{left} {right}");
}
