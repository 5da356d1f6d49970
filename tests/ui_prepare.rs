//! Prepare driven by what people see and screen readers read: a real model, real updates, the real window code. No picture is
//! compared; set `ONETAKE_LOOK` to a folder to have every state drawn into it and look for yourself.

#[path = "ui_parts/history.rs"]
mod versions;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use onetake::core::frame::Still;
use onetake::core::problem::Problem;
use onetake::core::project::Project;
use onetake::core::settings::Settings;
use onetake::core::time::Moment;
use onetake::studio::prepare::{Message as Prepare, Tile};
use onetake::studio::{Effect, Message, Model, command, notice, prepare, start, update};
use onetake::ui::{Screen, View, draw, setup};

const SCRIPT: &str = "---\ntitle: Why we write\npace: 150\n---\n\n## Opening\n\n> image: a lantern-lit desk, dawn outside\n> seconds: 12\n> picture: pictures/a.jpg\n\nEvery story starts with a quiet room. [smile] And a question nobody asked.\n\n## The habit\n\n> image: a hand opening a window\n\nYou sit down, you open the window, and you let the morning in.\n\n## Eight minutes\n\n> picture: pictures/broken.jpg\n\nThe first minutes are slow. Stay.\n";

/// Ctrl as Linux and Windows send it.
const CTRL: egui::Modifiers = egui::Modifiers { ctrl: true, command: true, ..egui::Modifiers::NONE };

/// The studio behind a window, without the hands: effects are collected, not run.
struct Studio {
    model: Model,
    view: View,
    screen: Screen,
    effects: Vec<Effect>,
    now: Moment,
    ready: bool,
}

impl Studio {
    fn new() -> Studio {
        let mut model = Model::default();
        start(&mut model, Settings::default(), Moment(0));
        Studio {
            model,
            view: View::default(),
            screen: Screen::default(),
            effects: Vec::new(),
            now: Moment(0).plus_secs(1.0),
            ready: false,
        }
    }

    fn with(script: &str) -> Studio {
        let mut studio = Studio::new();
        let project = Project { id: "why-we-write".into(), title: "Why we write".into(), folder: "/p/why-we-write".into() };
        studio.tell(Message::Prepare(Prepare::Opened(Ok((project, script.to_owned())))));
        studio
    }

    fn tell(&mut self, message: Message) {
        self.effects.extend(update(&mut self.model, message, self.now));
    }

    fn prepare(&mut self, message: Prepare) {
        self.tell(Message::Prepare(message));
    }

    /// Answers a picture as the hands would.
    fn picture(&mut self, path: &str, width: u32, height: u32) {
        self.screen.feeds.pictures.put(path, gradient(width, height));
        self.prepare(Prepare::PictureLoaded { picture: path.into(), result: Ok(()) });
    }

    fn frame(ui: &mut egui::Ui, studio: &mut Studio) {
        if !std::mem::replace(&mut studio.ready, true) {
            setup(ui.ctx());
            return;
        }
        studio.tell(Message::Tick);
        for message in draw(ui, &studio.model, &mut studio.view, &studio.screen, studio.now) {
            studio.tell(message);
        }
    }

    fn source(&self) -> &str {
        self.model.prepare.script.source()
    }

    fn headings(&self) -> Vec<&str> {
        self.model.prepare.script.scenes.iter().map(|scene| scene.heading.as_str()).collect()
    }
}

fn gradient(width: u32, height: u32) -> Still {
    let pixel = |i: u32| {
        let (x, y) = (i % width * 255 / width, i / width * 255 / height);
        [(40 + x / 2) as u8, (30 + y / 2) as u8, 90, 255]
    };
    Still { width, height, rgba: (0..width * height).flat_map(pixel).collect::<Vec<u8>>().into() }
}

type Window = Harness<'static, Studio>;

fn window(studio: Studio) -> Window {
    sized(studio, 1280.0, 800.0, 1.0)
}

fn sized(studio: Studio, width: f32, height: f32, scale: f32) -> Window {
    let builder = Harness::builder().with_size([width, height]).with_pixels_per_point(scale).allow_missing_glyphs();
    let mut window = builder.with_max_steps(16).build_ui_state(Studio::frame, studio);
    window.run_ok();
    window
}

/// Writes what the window shows where the person who looks wants it.
fn look(window: &mut Window, name: &str) {
    let Some(folder) = std::env::var_os("ONETAKE_LOOK") else { return };
    let picture = window.render().expect("a software Vulkan driver draws");
    picture.save(std::path::Path::new(&folder).join(format!("{name}.png"))).expect("the folder can be written");
}

/// The three scenes: a ready picture, none, a broken one.
fn three_scenes() -> Studio {
    let mut studio = Studio::with(SCRIPT);
    studio.picture("pictures/a.jpg", 1280, 720);
    let problem = Problem::usage("“broken.jpg” is not a picture that can be read.", "Choose a PNG, JPEG or WebP file.");
    studio.prepare(Prepare::PictureLoaded { picture: "pictures/broken.jpg".into(), result: Err(problem) });
    studio
}

#[test]
fn typing_in_the_editor_changes_the_script() {
    let mut window = window(three_scenes());
    window.get_by_label("Script").focus();
    window.run_ok();
    window.key_press_modifiers(CTRL, egui::Key::End);
    window.run_ok();
    window.get_by_label("Script").type_text("One more thing.");
    window.run_ok();
    assert!(window.state().source().ends_with("Stay.\nOne more thing."), "{}", window.state().source());
    assert_eq!(window.state().model.prepare.selected, 2, "the caret chose its scene");
    assert_eq!(window.get_by_label("Script").value().as_deref(), Some(window.state().source()));
    window.key_press_modifiers(CTRL, egui::Key::Z);
    window.run_ok();
    assert_eq!(window.state().source(), SCRIPT, "undo is the studio's, once");
    assert_eq!(window.get_by_label("Script").value().as_deref(), Some(SCRIPT));
}

/// A tab is never spoken, and before a heading it would unmake the scene.
#[test]
fn tab_leads_out_of_the_editor() {
    let mut window = window(three_scenes());
    window.get_by_label("Script").focus();
    window.run_ok();
    window.key_press(egui::Key::Tab);
    window.run_ok();
    assert_eq!(window.state().source(), SCRIPT);
    assert!(!window.get_by_label("Script").accesskit_node().is_focused());
}

#[test]
fn keys_that_write_are_no_commands_while_writing() {
    let mut window = window(three_scenes());
    window.get_by_label("Script").focus();
    window.run_ok();
    window.key_press(egui::Key::Space);
    window.key_press_modifiers(CTRL, egui::Key::S);
    window.run_ok();
    assert_eq!(window.state().model.page, onetake::studio::Page::Prepare);
    window.get_by_label("Script").type_text("x");
    window.run_ok();
    window.key_press_modifiers(CTRL, egui::Key::S);
    window.run_ok();
    let saves = |effect: &&Effect| matches!(effect, Effect::Prepare(prepare::Effect::Save { .. }));
    assert_eq!(window.state().effects.iter().filter(saves).count(), 1, "an unchanged script is not saved");
}

#[test]
fn a_card_chooses_the_scene_and_the_editor_follows() {
    let mut long = String::from("---\ntitle: Long\n---\n");
    for i in 0..30 {
        long += &format!("\n## Part {i}\n\n{}\n", "Words are spoken here. ".repeat(20));
    }
    let mut window = window(Studio::with(&long));
    window.get_by_label_contains("Scene 6: Part 5").click();
    window.run_ok();
    assert_eq!(window.state().model.prepare.selected, 5);
    window.get_by_label("Script").focus();
    window.run_ok();
    window.get_by_label("Script").type_text("@");
    window.run_ok();
    assert!(window.state().source().contains("@## Part 5"), "the caret went to the scene's beginning");
}

#[test]
fn scenes_are_added_renamed_moved_and_removed() {
    let mut window = window(three_scenes());
    window.get_by_label("Add a scene").click();
    window.run_ok();
    assert_eq!(window.state().headings(), ["Opening", "The habit", "Eight minutes", "New scene"]);
    assert!(window.get_by_label("Heading").accesskit_node().is_focused(), "a new scene wants a name");
    window.get_by_label("Heading").type_text("The end");
    window.run_ok();
    assert_eq!(window.state().headings()[3], "The end");
    window.get_by_label("More for this scene").click();
    window.run_ok();
    window.get_by_label("Move up").click();
    window.run_ok();
    assert_eq!(window.state().headings(), ["Opening", "The habit", "The end", "Eight minutes"]);
    window.get_by_label_contains("Scene 3: The end").click_secondary();
    window.run_ok();
    window.get_by_label("Remove the scene").click();
    window.run_ok();
    assert_eq!(window.state().headings(), ["Opening", "The habit", "Eight minutes"]);
    assert_eq!(window.state().source().trim_end(), SCRIPT.trim_end());
}

#[test]
fn a_card_is_dragged_to_another_place() {
    let mut window = window(three_scenes());
    let from = window.get_by_label_contains("Scene 1: Opening").rect();
    let to = window.get_by_label_contains("Scene 3: Eight minutes").rect();
    window.drag_at(from.center());
    window.step();
    window.hover_at(from.center() + egui::vec2(0.0, 20.0));
    window.step();
    window.hover_at(to.center_bottom());
    window.step();
    window.drop_at(to.center_bottom());
    window.run_ok();
    assert_eq!(window.state().headings(), ["The habit", "Eight minutes", "Opening"]);
    assert_eq!(window.state().model.prepare.selected, 2);
}

#[test]
fn seconds_layout_and_prompts_are_written_into_the_script() {
    let mut window = window(three_scenes());
    window.get_by_label("Seconds: more").click();
    window.run_ok();
    assert!(window.state().source().contains("> seconds: 13\n"));
    window.get_by_label("Let the words decide the length").click();
    window.run_ok();
    assert!(!window.state().source().contains("seconds:"));
    window.get_by_label_contains("Layout: ").click();
    window.run_ok();
    window.get_by_label("Side by side").click();
    window.run_ok();
    assert!(window.state().source().contains("> layout: side-by-side\n"));
    window.get_by_label("Clip prompt").focus();
    window.run_ok();
    window.get_by_label("Clip prompt").type_text("Slow push ");
    window.run_ok();
    window.get_by_label("Clip prompt").type_text("in");
    window.run_ok();
    assert_eq!(window.state().model.prepare.script.scenes[0].directive("clip"), Some("Slow push in"));
}

#[test]
fn tiles_tell_their_four_states() {
    let mut studio = three_scenes();
    studio.prepare(Prepare::AddScene);
    studio.prepare(Prepare::GivePicture { scene: 1, path: "/home/x/photo.png".into() });
    let mut window = window(studio);
    look(&mut window, "four-states");
    for (scene, said) in [(1, "ready"), (2, "loading"), (3, "could not be loaded"), (4, "none yet")] {
        window.get_by_label(&format!("Picture of scene {scene}: {said}"));
    }
    window.get_by_label("Try the picture of scene 3 again").click();
    window.run_ok();
    assert_eq!(window.state().model.prepare.tiles[2], Tile::Working);
    window.get_by_label("Choose a picture for scene 4").click();
    window.run_ok();
    assert_eq!(window.state().effects.last(), Some(&Effect::Prepare(prepare::Effect::PickPicture { scene: 3 })));
}

/// A file as the window system drops it.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window never reads a file".to_owned())
    }
}

fn drop_file(window: &mut Window, path: &str) {
    window.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.into())));
    window.run_ok();
}

#[test]
fn dropped_files_go_where_they_belong() {
    let mut window = window(three_scenes());
    let tile = window.get_by_label("Picture of scene 2: none yet").rect();
    window.hover_at(tile.left_top() + egui::vec2(12.0, 12.0));
    window.run_ok();
    drop_file(&mut window, "/home/x/photo.PNG");
    let given = |effect: &&Effect| matches!(effect, Effect::Prepare(prepare::Effect::GivePicture { scene: 1, path, .. }) if path == "/home/x/photo.PNG");
    assert_eq!(window.state().effects.iter().filter(given).count(), 1);
    drop_file(&mut window, "/home/x/talk.md");
    assert!(window.state().effects.contains(&Effect::Prepare(prepare::Effect::Import { path: "/home/x/talk.md".into() })));
    drop_file(&mut window, "/home/x/film.mov");
    assert!(window.state().model.notice.notices[0].text.contains("film.mov"));
}

#[test]
fn without_a_script_the_page_offers_the_next_step() {
    let mut window = window(Studio::new());
    window.get_by_label("Open a script…").click();
    window.run_ok();
    assert_eq!(window.state().effects.last(), Some(&Effect::Prepare(prepare::Effect::PickScript)));
}

#[test]
fn while_a_script_is_on_its_way_no_other_is_offered() {
    let mut studio = Studio::new();
    studio.tell(Message::Prepare(prepare::Message::OpenDemo));
    let mut window = window(studio);
    assert!(window.query_by_label("Open a script…").is_none(), "it would flash at each start");
    window.get_by_label("Opening…");
    let problem = Problem::disk("The project can't be read.", "Look at its folder.");
    window.state_mut().tell(Message::Prepare(prepare::Message::Opened(Err(problem))));
    window.run_ok();
    window.get_by_label("Open a script…");
}

#[test]
fn a_problem_is_shown_with_its_fix_and_can_be_dismissed() {
    let mut studio = three_scenes();
    let problem = Problem::disk("The script could not be saved: the disk is full.", "Free some space.");
    studio.tell(Message::Notice(notice::Message::Problem(problem)));
    let mut window = window(studio);
    window.get_by_label("The script could not be saved: the disk is full. Free some space.");
    window.get_by_label("Dismiss").click();
    window.run_ok();
    assert!(window.state().model.notice.notices.is_empty());
    assert!(window.query_by_label("Dismiss").is_none());
}

#[test]
fn the_keys_are_listed_and_put_away() {
    let mut window = window(three_scenes());
    window.key_press(egui::Key::F1);
    window.run_ok();
    for entry in command::COMMANDS {
        assert!(window.query_all_by_label(entry.label).next().is_some(), "{} is not listed", entry.label);
    }
    window.get_by_label("Close").click();
    window.run_ok();
    assert!(!window.state().model.notice.help);
}

#[test]
fn settings_change_at_once() {
    let mut window = window(three_scenes());
    window.get_by_label("Devices and settings").click();
    window.run_ok();
    window.get_by_label("Interface scale: 100 %").click();
    window.run_ok();
    window.get_by_label("150 %").click();
    window.run_ok();
    assert!((window.state().model.settings.zoom - 1.5).abs() < 1e-3);
    assert!((window.ctx.zoom_factor() - 1.5).abs() < 1e-3);
    window.key_press(egui::Key::Escape);
    window.run_ok();
    assert!(window.query_by_label("Look for devices again").is_none());
}

#[test]
fn a_long_script_is_edited_scene_by_scene() {
    let mut long = String::new();
    for i in 0..60 {
        long += &format!("## Part {i}\n\n{}\n\n", "Words are spoken here. ".repeat(100));
    }
    let mut window = window(Studio::with(&long));
    window.get_by_label_contains("Scene 4: Part 3").click();
    window.run_ok();
    let shown = window.get_by_label("Script").value().expect("the field has a value");
    assert!(shown.starts_with("## Part 3\n") && !shown.contains("Part 4"));
    window.get_by_label("Script").focus();
    window.run_ok();
    window.key_press_modifiers(CTRL, egui::Key::End);
    window.run_ok();
    window.get_by_label("Script").type_text("The end.");
    window.run_ok();
    let wanted = long.replace("\n\n## Part 4\n", "\n\nThe end.## Part 4\n");
    assert!(window.state().source() == wanted, "only that scene's end has changed");
}

#[test]
fn a_long_scene_is_edited_part_by_part() {
    let text = format!("## Long\n\n{}", "Words are spoken here.\n\n".repeat(6_000));
    let mut window = window(Studio::with(&text));
    window.get_by_label("Next part").click();
    window.run_ok();
    window.get_by_label("Script").focus();
    window.run_ok();
    window.key_press_modifiers(CTRL, egui::Key::End);
    window.run_ok();
    window.get_by_label("Script").type_text("a");
    window.run_ok();
    window.get_by_label("Script").type_text("b");
    window.run_ok();
    let source = window.state().source();
    let same = source.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    assert_eq!(&source[same..], "ab", "both keys went to the end");
    window.get_by_label("Previous part").click();
    window.run_ok();
    assert!(window.get_by_label("Script").value().is_some_and(|shown| shown.starts_with("## Long")));
}

/// Every text a page must show, at the smallest window and the largest scale.
#[test]
fn everything_can_be_reached_at_every_size() {
    for (width, height, scale) in [(1024.0, 640.0, 1.0), (512.0, 320.0, 2.0), (1920.0, 1080.0, 1.0)] {
        let mut window = sized(three_scenes(), width, height, scale);
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, height));
        for name in ["Prepare", "Review", "Devices and settings", "Project: Why we write"] {
            let nodes: Vec<egui::Rect> = window.query_all_by_label(name).map(|node| node.rect()).collect();
            assert!(nodes.iter().any(|rect| screen.contains_rect(*rect)), "{name} at {width}×{height}");
        }
        if width < 880.0 {
            window.get_by_label("Pictures").click();
            window.run_ok();
        }
        window.get_by_label("Heading");
        look(&mut window, &format!("three-{width}x{height}"));
    }
}
