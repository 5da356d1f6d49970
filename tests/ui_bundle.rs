//! A project out of the window's menu and into it, and what is seen meanwhile.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui_kittest::kittest::Queryable;
use onetake::core::bundle::{Progress, Takes};
use onetake::studio::bundle::{Effect, Message as Bundle};
use onetake::studio::{self, Message};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

fn open(size: [f32; 2], scale: f32) -> Window {
    window(Rig::new(), size.into(), scale)
}

fn menu(window: &mut Window) {
    window.get_by_label("Project: Why we write").click();
    window.run_steps(3);
}

fn asked(window: &Window, wanted: &Effect) -> bool {
    window.state().has(|effect| *effect == studio::Effect::Bundle(wanted.clone()))
}

#[test]
fn the_projects_menu_exports_and_brings_in() {
    let mut window = open([1280.0, 800.0], 1.0);
    for (item, wanted) in [
        ("Export the project…", Effect::PickExport { takes: Takes::All }),
        ("Export without takes…", Effect::PickExport { takes: Takes::None }),
        ("Import a project…", Effect::PickImport),
    ] {
        menu(&mut window);
        look(&mut window, "bundle-menu");
        window.get_by_label(item).click();
        window.run_steps(3);
        assert!(asked(&window, &wanted), "{item}");
    }
}

#[test]
fn one_on_its_way_says_how_far_it_is_and_can_be_cancelled() {
    for (size, scale) in [([1280.0, 800.0], 1.0), ([1024.0, 640.0], 1.0), ([1280.0, 800.0], 1.5)] {
        let mut window = open(size, scale);
        window.state_mut().tell(Message::Bundle(Bundle::Export { takes: Takes::All, to: "/out".into() }));
        window.run_steps(3);
        window.get_by_label_contains("Looking at what belongs to it");
        let progress = Progress { done_bytes: 1_200_000_000, total_bytes: 4_100_000_000 };
        window.state_mut().tell(Message::Bundle(Bundle::Progress(progress)));
        window.run_steps(3);
        look(&mut window, &format!("bundle-{}-{scale}", size[0]));
        window.get_by_label_contains("1.2 GB of 4.1 GB");
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::Vec2::from(size));
        let cancel = window.get_by_label("Cancel the export");
        assert!(screen.contains_rect(cancel.rect()), "{:?} at {size:?}", cancel.rect());
        cancel.click();
        window.run_steps(3);
        assert!(asked(&window, &Effect::Cancel));
        window.get_by_label_contains("Cancelling “Why we write”");
        // A second one has to wait, and its items say so by being out of reach.
        menu(&mut window);
        window.get_by_label("Import a project…").click();
        window.run_steps(3);
        assert!(!asked(&window, &Effect::PickImport));
        window.state_mut().tell(Message::Bundle(Bundle::Cancelled));
        window.run_steps(3);
        assert!(window.query_by_label("Cancel the export").is_none());
    }
}
