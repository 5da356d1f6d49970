//! Where a size is chosen, the studio says what this machine holds of it.

#[allow(dead_code, reason = "other pages need more of it")]
mod rig;

use egui_kittest::kittest::Queryable;
use onetake::core::frame::Pixels;
use onetake::core::machine::{Machine, SIZES, Speed};
use onetake::core::settings::Settings;
use onetake::studio::machine::{Effect, Message as Told};
use onetake::studio::{self, Message, Page, Sheet};
use rig::{Rig, look, window};

type Window = egui_kittest::Harness<'static, Rig>;

/// Holds 1280×720 at 30 and no more.
fn machine() -> Machine {
    let speeds = SIZES.map(|(width, height)| Speed { width, height, fps: 70.0 * 1280.0 * 720.0 / f64::from(width * height) });
    Machine { encoder: "H.264 x264".into(), hardware: false, pixels: Pixels::Nv12, speeds: speeds.to_vec() }
}

fn open(size: [f32; 2], scale: f32) -> Window {
    let mut rig = Rig::new();
    rig.tell(Message::Go(Page::Record));
    rig.tell(Message::Sheet(Sheet::Settings));
    window(rig, size.into(), scale)
}

fn measure(window: &mut Window) {
    window.state_mut().tell(Message::Machine(Told::Measured(Ok(machine()))));
    window.run_steps(3);
}

fn choose(window: &mut Window, list: &str, item: &str) {
    window.get_by(|node| node.label().is_some_and(|label| label.starts_with(list))).click();
    window.run_steps(3);
    window.get_by_label(item).click();
    window.run_steps(3);
}

#[test]
fn what_the_machine_holds_is_said_and_what_it_does_not_is_marked() {
    let mut window = open([1280.0, 800.0], 1.0);
    window.get_by_label("What this machine holds is measured while nothing else goes on.");
    look(&mut window, "size-unknown");
    measure(&mut window);
    window.get_by_label("This machine holds 1280 × 720 at 30.");
    look(&mut window, "size-known");
    choose(&mut window, "Frames a second", "60 · too much here");
    window.get_by_label("This machine may lose pictures at 1280 × 720 and 60 a second. It holds 30 at this size.");
    assert_eq!(window.state().model.settings.fps, 60, "it is advice: the person decides");
    look(&mut window, "size-too-much");
    choose(&mut window, "Picture size", "3840 × 2160 · too much here");
    window.get_by_label("This machine may lose pictures at 3840 × 2160 and 60 a second. It holds 1280 × 720.");
}

#[test]
fn it_fits_a_small_window_and_a_large_scale() {
    let mut window = open([1024.0, 640.0], 1.0);
    measure(&mut window);
    look(&mut window, "size-1024");
    let mut window = open([1280.0, 800.0], 1.5);
    measure(&mut window);
    let settings = Settings { fps: 60, ..window.state().model.settings.clone() };
    window.state_mut().tell(Message::Settings(Box::new(settings)));
    window.run_steps(3);
    look(&mut window, "size-150");
    window.get_by_label("This machine may lose pictures at 1280 × 720 and 60 a second. It holds 30 at this size.");
}

#[test]
fn it_can_be_measured_again() {
    let mut window = open([1280.0, 800.0], 1.0);
    measure(&mut window);
    window.get_by_label("Measure again what this machine holds").click();
    window.run_steps(3);
    let again = |effect: &studio::Effect| matches!(effect, studio::Effect::Machine(Effect::Measure { afresh: true, .. }));
    assert!(window.state().has(again));
    window.get_by_label("Measuring…");
}
