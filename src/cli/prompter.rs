//! `onetake prompter`: the talent's display. It shows what a studio shows, or without a studio a script of its own.

mod display;
mod kiosk;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::{Common, Token, print_json, print_line};
use crate::core::problem::Problem;
use crate::core::prompter::Mirror;
use crate::jobs::house::House;
use crate::prompter::{Event, Key, Monitor, Options, Press, Prompter};
use crate::studio::command::{self, Shortcut};

/// A window that was told to close and has not by then never will.
const HANGS_AFTER: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Script to show without a studio; without it the last one goes on where it stood.
    pub script: Option<PathBuf>,
    /// Show what this studio shows, such as http://studio.example:7420.
    #[arg(long, value_name = "URL", conflicts_with = "script")]
    pub studio: Option<String>,
    /// The studio's token.
    #[arg(long, env = "ONETAKE_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    pub token: Option<Token>,
    /// The monitor by its name (see --list-monitors).
    #[arg(long, value_name = "NAME")]
    pub monitor: Option<String>,
    /// For the glass of a teleprompter, whatever else is set.
    #[arg(long, value_enum)]
    pub mirror: Option<MirrorChoice>,
    /// Open a window instead of covering the screen.
    #[arg(long)]
    pub window: bool,
    /// Say which monitors there are.
    #[arg(long, conflicts_with = "script")]
    pub list_monitors: bool,
    /// End when the standard input ends.
    #[arg(long)]
    pub supervised: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum MirrorChoice {
    None,
    Horizontal,
    Vertical,
    Both,
}

impl From<MirrorChoice> for Mirror {
    fn from(choice: MirrorChoice) -> Mirror {
        Mirror {
            horizontal: matches!(choice, MirrorChoice::Horizontal | MirrorChoice::Both),
            vertical: matches!(choice, MirrorChoice::Vertical | MirrorChoice::Both),
        }
    }
}

/// `house` is opened only where files are needed.
pub fn run(house: impl FnOnce() -> Result<House, Problem>, arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    if arguments.list_monitors {
        return list(&Prompter::new()?.monitors()?, common);
    }
    match &arguments.studio {
        Some(server) => display::run(server, arguments, common),
        None => kiosk::run(house()?, arguments, common),
    }
}

fn options(arguments: &Arguments, alone: bool) -> Options {
    let monitor = arguments.monitor.clone();
    // What a studio starts opens while its operator types.
    let beside = arguments.supervised && !alone;
    Options { monitor, windowed: arguments.window, mirror: arguments.mirror.map(Mirror::from), alone, beside }
}

fn list(monitors: &[Monitor], common: &Common) -> Result<u8, Problem> {
    if common.json {
        print_json(&json!({ "monitors": monitors }));
        return Ok(0);
    }
    for monitor in monitors {
        let refresh = monitor.refresh_millihertz.map_or_else(String::new, |rate| format!(", {:.2} Hz", f64::from(rate) / 1e3));
        let primary = if monitor.primary { ", primary" } else { "" };
        let Monitor { name, x, y, width, height, scale, .. } = monitor;
        print_line(format_args!("{name}: {width}×{height} at {x},{y}, scale {scale}{refresh}{primary}"));
    }
    if monitors.is_empty() {
        print_line("No monitor is connected.");
    }
    Ok(0)
}

/// Tells what happened to the window: a line of JSON for a program, a sentence where a person should know.
fn tell(event: &Event, arguments: &Arguments, common: &Common) {
    if common.json {
        match event {
            Event::Ready { adapter } => print_json(&json!({ "ready": { "adapter": adapter } })),
            Event::Placed { monitor, full_screen, wanted } => {
                print_json(&json!({ "monitor": monitor, "full_screen": full_screen, "wanted": wanted }));
            }
            Event::Smoothness(smoothness) => print_json(&json!({ "smoothness": smoothness })),
            Event::Pressed(_) | Event::Scrolled(_) | Event::Closed => {}
        }
        return;
    }
    let (Event::Placed { monitor, wanted: false, .. }, Some(name)) = (event, &arguments.monitor) else { return };
    let shown = monitor.as_ref().map_or_else(|| "nowhere".to_owned(), |other| format!("on “{other}”"));
    let what = format!("The monitor “{name}” is not connected; the prompter is shown {shown} until it is.");
    super::complain(&Problem::missing(what, "See “onetake prompter --list-monitors” for the names."));
}

/// Calls `close` when the standard input ends: whoever started the display is gone.
fn close_with_input(close: impl FnOnce() + Send + 'static) {
    let watch = move || {
        let mut input = std::io::stdin().lock();
        // An input that can't be read has ended too.
        let _ = std::io::copy(&mut input, &mut std::io::sink());
        close();
        // A window that hangs must not outlive the studio either.
        std::thread::sleep(HANGS_AFTER);
        std::process::exit(0);
    };
    if let Err(error) = std::thread::Builder::new().name("input".into()).spawn(watch) {
        tracing::error!(%error, "the input can't be watched");
    }
}

fn shortcut(press: Press) -> Shortcut {
    let key = match press.key {
        Key::Char(c) => command::Key::Char(c),
        Key::Space => command::Key::Space,
        Key::Up => command::Key::Up,
        Key::Down => command::Key::Down,
        Key::Left => command::Key::Left,
        Key::Right => command::Key::Right,
        Key::PageUp => command::Key::PageUp,
        Key::PageDown => command::Key::PageDown,
        Key::Home => command::Key::Home,
        Key::Delete => command::Key::Delete,
        Key::Escape => command::Key::Escape,
        Key::F(n) => command::Key::F(n),
    };
    Shortcut { command: press.ctrl, shift: press.shift, key }
}
