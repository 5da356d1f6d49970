//! The prompter's look as a person sets it: each control changes the look, the settings and the picture.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui::vec2;
use egui_kittest::kittest::Queryable;
use onetake::core::prompter::palette::{CUSTOM, Rgb, presets};
use onetake::core::prompter::{Align, CueStyle, Look, Marker};
use onetake::studio::{Message, Page, prompter};
use rig::{Rig, camera_frame, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

fn open(size: [f32; 2]) -> Window {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    rig.screen.feeds.camera.publish(camera_frame(1280, 720, rig.now));
    let mut window = window(rig, size.into(), 1.0);
    click(&mut window, "Look of the prompter");
    window
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).scroll_to_me();
    window.run_steps(6);
    window.get_by_label(label).click();
    window.run_steps(3);
}

fn wanted(window: &Window) -> &Look {
    let model = &window.state().model;
    assert_eq!(model.prompter.look, model.settings.look, "what is shown is what is remembered");
    &model.prompter.look
}

#[test]
fn every_choice_takes_effect_and_is_remembered() {
    let mut window = open([1280.0, 900.0]);
    look(&mut window, "look-1280");
    for label in ["Centre", "CAPITALS", "Small", "Both", "Scene", "Time left", "Words per minute", "Up and down"] {
        click(&mut window, label);
    }
    click(&mut window, "Colours: Yellow on black");
    let seen = wanted(&window).clone();
    assert_eq!((seen.align, seen.upper_case, seen.cues, seen.marker), (Align::Center, true, CueStyle::Small, Marker::Both));
    assert!(seen.show_scene && seen.show_time && seen.show_pace && seen.mirror.vertical && !seen.mirror.horizontal);
    assert_eq!(seen.palette, presets()[2]);
    let laid = window.state().model.prompter.laid.clone();
    assert!(laid.text.rows.iter().flat_map(|row| &row.runs).any(|run| run.text.contains("EVERY STORY")));
    click(&mut window, "Back to the usual look");
    assert_eq!(*wanted(&window), Look { mirror: seen.mirror, ..Look::default() }, "the glass stays");
}

#[test]
fn sliders_are_moved_by_the_keyboard() {
    let mut window = open([1280.0, 900.0]);
    for (label, key) in [
        ("Size", egui::Key::ArrowRight),
        ("Line height", egui::Key::ArrowRight),
        ("Side margins", egui::Key::ArrowRight),
        ("From the top", egui::Key::ArrowLeft),
        ("Far text", egui::Key::ArrowLeft),
    ] {
        window.get_by_label_contains(&format!("{label}: ")).focus();
        window.run_steps(2);
        window.key_press(key);
        window.run_steps(3);
    }
    let (seen, usual) = (wanted(&window), Look::default());
    assert!(seen.column_ems < usual.column_ems && seen.line_height > usual.line_height, "{seen:?}");
    assert!(seen.margin > 0.0 && seen.eye_line < usual.eye_line && seen.far_brightness < usual.far_brightness, "{seen:?}");
}

#[test]
fn a_face_is_found_by_typing_and_a_missing_one_is_said() {
    let mut window = open([1280.0, 900.0]);

    window.get_by_label_contains("Face: Usual").click();
    window.run_steps(3);
    window.get_by_label_contains("yslexia");
    look(&mut window, "look-faces");
    window.get_by_label("Find a face").type_text("hack");
    window.run_steps(3);
    click(&mut window, "Hack");
    assert_eq!(wanted(&window).face.as_deref(), Some("Hack"));
    let gone = Look { face: Some("Gone Sans".into()), ..Look::default() };
    window.state_mut().tell(Message::Prompter(prompter::Message::SetLook(gone)));
    window.run_steps(3);
    window.get_by_label_contains("“Gone Sans” is not installed.");
    assert!(!window.state().model.prompter.laid.rows.is_empty(), "the text is shown all the same");
    look(&mut window, "look-missing-face");
}

#[test]
fn own_colours_are_typed_and_warned_about() {
    let mut window = open([1280.0, 900.0]);
    click(&mut window, "Colours: Custom");
    assert_eq!(wanted(&window).palette.name, CUSTOM);
    assert!(window.query_by_label_contains("hard to read").is_none());
    click(&mut window, "Text: colour");
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.get_by_label("Text: colour").type_text("#303030");
    window.run_steps(3);
    assert_eq!(wanted(&window).palette.text, Rgb([0x30; 3]));
    window.get_by_label_contains("Text is hard to read below 4.5 : 1.");
    look(&mut window, "look-custom");
}

#[test]
fn the_sheet_leaves_the_words_free_and_closes() {
    for size in [[1024.0, 640.0], [1280.0, 720.0], [1920.0, 1080.0]] {
        let mut window = open(size);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
        let words = window.get_by_label("Prompter: start or pause").rect();
        for label in ["Back to the usual look", "Close the look"] {
            let rect = window.get_by_label(label).rect();
            assert!(whole.contains_rect(rect) && !words.intersects(rect), "{label} at {size:?}: {rect:?}");
        }
        look(&mut window, &format!("look-{}", size[0]));
        click(&mut window, "Close the look");
        assert!(window.query_by_label("Close the look").is_none());
        click(&mut window, "Look of the prompter");
        window.get_by_label("Close the look");
        window.key_press(egui::Key::Escape);
        window.run_steps(3);
        assert!(window.query_by_label("Close the look").is_none(), "Escape closes it");
        click(&mut window, "Look of the prompter");
        click(&mut window, "Look of the prompter");
        assert!(window.query_by_label("Close the look").is_none(), "its button closes it");
    }
}

#[test]
fn colours_reach_the_picture() {
    let mut window = open([1280.0, 720.0]);
    click(&mut window, "Close the look");
    let words = window.get_by_label("Prompter: start or pause").rect();
    let ground = |window: &mut Window| {
        let image = window.render().expect("the window can be drawn");
        // Between the words' edge and the first letter.
        let at = words.left_top() + vec2(12.0, 24.0);
        image.get_pixel(at.x as u32, at.y as u32).0
    };
    let dark = ground(&mut window);
    let white = presets().iter().find(|preset| preset.name == "Black on white").unwrap().clone();
    let change = Look { palette: white, ..Look::default() };
    window.state_mut().tell(Message::Prompter(prompter::Message::SetLook(change)));
    window.run_steps(3);
    let light = ground(&mut window);
    assert!(light[1] > 220 && dark[1] < 120, "{dark:?} {light:?}");
    look(&mut window, "look-black-on-white");
}
