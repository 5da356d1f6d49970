//! A display of a studio: shows what the link brings, and sends back what is done to its window.

use serde_json::json;

use super::super::{Common, print_json};
use super::{Arguments, close_with_input, options, shortcut, tell};
use crate::core::live::Order;
use crate::core::problem::Problem;
use crate::jobs::display::Display;
use crate::prompter::{Event, Press, Prompter, Remote};
use crate::studio::Page;
use crate::studio::command::Command;
use crate::studio::keys::Keys;

pub fn run(server: &str, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let token = arguments.token.as_ref().ok_or_else(|| {
        Problem::usage("A display of a studio needs its token.", "Set ONETAKE_TOKEN; the studio shows it under “Share”.")
    })?;
    let window = Prompter::new()?;
    let remote = window.remote();
    if arguments.supervised {
        let closer = remote.clone();
        close_with_input(move || closer.close());
    }
    let name = arguments.monitor.clone().unwrap_or_else(|| "Prompter window".to_owned());
    let display = Display::follow(server, &token.0, name, remote.clone())?;
    let mut full_screen = !arguments.window;
    let smoothness = window.run(options(arguments, false), |event| {
        tell(&event, arguments, common);
        match event {
            Event::Pressed(press) => pressed(press, &display, &remote, &mut full_screen),
            Event::Scrolled(rows) => {
                display.order(Order::Scroll { ems: rows * f64::from(display.line_height()) });
            }
            Event::Smoothness(stretch) => display.smoothness(stretch),
            Event::Ready { .. } | Event::Placed { .. } | Event::Closed => {}
        }
    })?;
    if common.json {
        print_json(&json!({ "ended": { "smoothness": smoothness } }));
    }
    Ok(0)
}

/// Keys steer the studio, as if pressed there; mirroring and full screen are this display's own.
fn pressed(press: Press, display: &Display, remote: &Remote, full_screen: &mut bool) {
    match Keys::default().command(shortcut(press), Page::Record) {
        Some(Command::MirrorPrompter) => remote.mirror_across(),
        Some(Command::FlipPrompter) => remote.mirror_upright(),
        Some(Command::Immersive) => {
            *full_screen = !*full_screen;
            remote.full_screen(*full_screen);
        }
        Some(Command::LeaveFullScreen) => {
            *full_screen = false;
            remote.full_screen(false);
        }
        Some(command) if command.is_remote() => display.order(Order::Command { name: command.entry().name.to_owned() }),
        _ => {}
    }
}
