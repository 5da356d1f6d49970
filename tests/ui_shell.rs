//! What is around the pages: toasts that cover nothing one works with and the list of what was said, the top bar in small windows, the
//! interface scale by keys, sheets on the side of what opens them.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use onetake::core::problem::Problem;
use onetake::studio::command::Command;
use onetake::studio::notice::Message as Notice;
use onetake::studio::queue::Message as Queue;
use onetake::studio::queue::list::List;
use onetake::studio::{Message, Page, Sheet};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

/// Every size that is promised, in points and scale.
const SIZES: [(&str, [f32; 2], f32); 4] = [
    ("1024", [1024.0, 640.0], 1.0),
    ("1280", [1280.0, 800.0], 1.0),
    ("1920", [1920.0, 1080.0], 1.0),
    ("150", [1024.0 / 1.5, 640.0 / 1.5], 1.5),
];

/// What a toast of a problem says.
const BROKE: &str = "The disk with the project is full. Free some space, then try again.";

/// The tallest line at the foot of a page that holds words and buttons, and what can be clicked there.
const FOOT: f32 = 48.0;
const AT_THE_FOOT: [&str; 6] = ["Record", "Rehearse", "Film", "Engines", "Details", "Generate missing"];

fn open(page: Page, size: [f32; 2], scale: f32) -> Window {
    let mut rig = Rig::new();
    rig.tell(Message::Queue(Queue::Listed(Ok(List::default()))));
    rig.tell(Message::Go(page));
    window(rig, size.into(), scale)
}

fn tell(window: &mut Window, message: Message) {
    window.state_mut().tell(message);
    window.run_steps(4);
}

fn say_much(window: &mut Window) {
    for words in ["The script was saved.", "A file was brought in.", "5 scenes are in the script."] {
        tell(window, Message::Notice(Notice::Offer(words.into(), Command::Undo)));
    }
    let problem = Problem::disk("The disk with the project is full.", "Free some space, then try again.");
    tell(window, Message::Notice(Notice::Problem(problem)));
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

#[test]
fn toasts_cover_nothing_one_works_with() {
    for page in [Page::Prepare, Page::Queue, Page::Library] {
        for (name, size, scale) in SIZES {
            let mut window = open(page, size, scale);
            say_much(&mut window);
            look(&mut window, &format!("toast-{}-{name}", page.name().to_lowercase()));
            let toast = window.get_by_role_and_label(Role::Alert, BROKE).rect();
            // It lies in the line at the foot, and on no button there.
            assert!(toast.top() >= size[1] - FOOT, "{name} {page:?}: {toast:?}");
            for node in window.query_all_by_role(Role::Button) {
                let label = node.accesskit_node().label().unwrap_or_default();
                let own = ["Dismiss", "3 more messages"].contains(&label.as_str());
                let apart = own || !AT_THE_FOOT.contains(&label.as_str()) || !toast.shrink(1.0).intersects(node.rect());
                assert!(apart, "{name} {page:?}: “{label}” {:?} lies under the toast {toast:?}", node.rect());
            }
            assert!(toast.right() <= size[0] && toast.bottom() <= size[1], "{name} {page:?}: {toast:?}");
        }
    }
}

#[test]
fn what_went_wrong_stands_first_and_what_was_said_is_kept() {
    let mut window = open(Page::Prepare, [1280.0, 800.0], 1.0);
    assert!(window.query_by_label_contains("Messages").is_none(), "nothing was said yet");
    say_much(&mut window);
    window.get_by_role_and_label(Role::Alert, BROKE);
    assert_eq!(window.query_all_by_role(Role::Alert).count(), 1, "one at a time");
    window.key_press(Key::Escape);
    window.run_steps(4);
    window.get_by_role_and_label(Role::Alert, "5 scenes are in the script.");
    window.state_mut().wait(60.0);
    window.run_steps(4);
    assert_eq!(window.query_all_by_role(Role::Alert).count(), 0);
    click(&mut window, "Messages");
    assert_eq!(window.state().model.sheet, Some(Sheet::Messages));
    for words in ["The disk with the project is full.", "Free some space, then try again.", "A file was brought in."] {
        window.get_by_label(words);
    }
    look(&mut window, "messages");
    click(&mut window, "Close");
    assert_eq!(window.state().model.sheet, None);
}

#[test]
fn what_passed_unseen_is_marked_until_it_is_looked_at() {
    let mut window = open(Page::Prepare, [1280.0, 800.0], 1.0);
    say_much(&mut window);
    window.state_mut().wait(60.0);
    window.run_steps(4);
    click(&mut window, "Messages, something went wrong");
    click(&mut window, "Close");
    window.get_by_label("Messages");
}

#[test]
fn a_toast_does_not_lie_over_a_sheet() {
    for (name, size, scale) in SIZES {
        let mut window = open(Page::Prepare, size, scale);
        tell(&mut window, Message::Sheet(Sheet::Engines));
        say_much(&mut window);
        look(&mut window, &format!("toast-sheet-{name}"));
        let back = window.get_by_label("Back to the settings").rect();
        // Where the sheet leaves no room it waits in the list.
        let toast = window.query_by_role_and_label(Role::Alert, BROKE).map(|toast| toast.rect());
        assert_eq!(toast.is_none(), name == "150", "{name}");
        assert!(toast.is_none_or(|toast| toast.left() >= 0.0 && toast.right() <= back.left()), "{name}: {toast:?} {back:?}");
    }
}

#[test]
fn everything_is_reached_from_a_small_window() {
    let (_, size, scale) = SIZES[3];
    let mut window = open(Page::Prepare, size, scale);
    look(&mut window, "bar-150");
    assert!(window.query_by_label("Library").is_none());
    for (item, page) in [("Library", Page::Library), ("Queue", Page::Queue)] {
        click(&mut window, "Library, queue and more");
        look(&mut window, "bar-150-menu");
        click(&mut window, item);
        assert_eq!(window.state().model.page, page);
    }
    click(&mut window, "Library, queue and more");
    click(&mut window, "Phones");
    assert_eq!(window.state().model.sheet, Some(Sheet::Phones));
    let window = open(Page::Prepare, [1024.0, 640.0], 1.0);
    for button in ["Library", "Queue", "Displays", "Phones", "Devices and settings"] {
        assert!(window.get_by_label(button).rect().right() <= 1024.0);
    }
}

#[test]
fn the_scale_of_the_interface_has_keys() {
    let mut window = open(Page::Prepare, [1920.0, 1080.0], 1.0);
    let mut press = |key| {
        window.key_press_modifiers(Modifiers::COMMAND, key);
        window.run_steps(4);
        (window.state().model.settings.zoom * 100.0).round()
    };
    assert_eq!(press(Key::Plus), 125.0);
    assert_eq!(press(Key::Equals), 150.0, "plus without shift");
    assert_eq!(press(Key::Minus), 125.0);
    assert_eq!(press(Key::Num0), 100.0);
    assert_eq!(press(Key::Minus), 100.0, "no smaller than text can be read");
}

#[test]
fn a_sheet_hangs_where_it_was_opened_and_can_be_put_away() {
    let mut window = open(Page::Prepare, [1280.0, 800.0], 1.0);
    tell(&mut window, Message::Command(Command::Theme));
    let title = window.get_by_label("A script from a theme").rect();
    assert!(title.left() < 64.0, "under the menu it is opened from: {title:?}");
    look(&mut window, "theme");
    click(&mut window, "Close");
    assert_eq!(window.state().model.sheet, None);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.run_steps(4);
    assert_eq!(window.state().model.sheet, Some(Sheet::Settings));
    window.get_by_label("Settings");
    look(&mut window, "settings");
    click(&mut window, "Close");
    assert_eq!(window.state().model.sheet, None);
}

#[test]
fn help_finds_what_people_call_it() {
    let mut window = open(Page::Prepare, [1280.0, 800.0], 1.0);
    for (words, command) in [("budget", Command::Engines), ("zoom", Command::ScaleUp), ("notifications", Command::Messages)] {
        window.key_press(Key::F1);
        window.run_steps(4);
        window.get_by_role_and_label(Role::TextInput, "Search keys").type_text(words);
        window.run_steps(4);
        window.get_by_label(command.label());
        assert!(window.query_by_label(Command::Publish.label()).is_none(), "{words}");
        click(&mut window, "Close");
    }
}
