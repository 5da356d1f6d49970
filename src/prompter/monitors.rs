//! Which monitor the window belongs on. A pure choice over what is plugged in, so that every way a cable can be pulled is
//! tested without one.

use winit::event_loop::ActiveEventLoop;
use winit::monitor::MonitorHandle;

use super::Options;
use super::x11::X11;
pub use crate::core::monitor::Monitor;

/// Where the window goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Covers this monitor.
    Full(usize),
    /// An ordinary window on this one.
    Window(usize),
    /// There is no monitor at all.
    Nowhere,
}

/// Chooses among what is plugged in. The operator's own monitor is covered only when it was asked for by name or nobody else
/// works on this machine.
pub fn choose(monitors: &[Monitor], options: &Options) -> Place {
    let primary = monitors.iter().position(|monitor| monitor.primary).unwrap_or(0);
    let named = options.monitor.as_ref().and_then(|name| monitors.iter().position(|monitor| monitor.name == *name));
    let other = (0..monitors.len()).find(|at| *at != primary);
    match (named, other) {
        _ if monitors.is_empty() => Place::Nowhere,
        (Some(at), _) if options.windowed => Place::Window(at),
        _ if options.windowed => Place::Window(primary),
        (Some(at), _) => Place::Full(at),
        (None, Some(at)) if !options.alone || options.monitor.is_some() => Place::Full(at),
        (None, _) if options.alone => Place::Full(primary),
        (None, _) => Place::Window(primary),
    }
}

/// What is plugged in, as the X server says, or the window library where there is none.
pub fn plugged(event_loop: &ActiveEventLoop, x11: Option<&X11>) -> Vec<Monitor> {
    let known = listed(event_loop);
    let Some(monitors) = x11.and_then(X11::monitors) else { return known };
    let scale = |name: &str| known.iter().find(|other| other.name == name).map_or(1.0, |other| other.scale);
    monitors.into_iter().map(|monitor| Monitor { scale: scale(&monitor.name), ..monitor }).collect()
}

/// The window library's handle of a monitor.
pub fn handle(event_loop: &ActiveEventLoop, monitor: &Monitor) -> Option<MonitorHandle> {
    let at = listed(event_loop).iter().position(|known| known.name == monitor.name)?;
    usable(event_loop).nth(at)
}

fn usable(event_loop: &ActiveEventLoop) -> impl Iterator<Item = MonitorHandle> {
    event_loop.available_monitors().filter(|handle| handle.size().width > 0)
}

fn listed(event_loop: &ActiveEventLoop) -> Vec<Monitor> {
    let primary = event_loop.primary_monitor();
    let monitors = usable(event_loop).enumerate().map(|(i, handle)| {
        let (position, size) = (handle.position(), handle.size());
        Monitor {
            name: handle.name().unwrap_or_else(|| format!("monitor-{}", i + 1)),
            x: position.x,
            y: position.y,
            width: size.width,
            height: size.height,
            scale: handle.scale_factor(),
            refresh_millihertz: handle.refresh_rate_millihertz().filter(|rate| *rate > 0),
            primary: primary.as_ref() == Some(&handle),
        }
    });
    monitors.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitor(name: &str, primary: bool) -> Monitor {
        let (x, y, width, height) = (0, 0, 1920, 1080);
        Monitor { name: name.into(), x, y, width, height, scale: 1.0, refresh_millihertz: None, primary }
    }

    fn studio_display(name: Option<&str>) -> Options {
        Options { monitor: name.map(str::to_owned), ..Options::default() }
    }

    #[test]
    fn the_chosen_monitor_is_taken_and_its_absence_never_covers_the_operator() {
        let (desk, lens, wall) = (monitor("DP-1", true), monitor("HDMI-1", false), monitor("HDMI-2", false));
        let wanted = studio_display(Some("HDMI-2"));
        assert_eq!(choose(&[desk.clone(), lens.clone(), wall], &wanted), Place::Full(2));
        assert_eq!(choose(&[desk.clone(), lens.clone()], &wanted), Place::Full(1));
        assert_eq!(choose(&[lens.clone(), desk.clone()], &wanted), Place::Full(0));
        assert_eq!(choose(std::slice::from_ref(&desk), &wanted), Place::Window(0));
        assert_eq!(choose(&[], &wanted), Place::Nowhere);
        assert_eq!(choose(&[desk.clone(), lens.clone()], &studio_display(None)), Place::Full(1));
        assert_eq!(choose(std::slice::from_ref(&desk), &studio_display(None)), Place::Window(0));
        // Asked for by name, the operator's own is covered.
        assert_eq!(choose(&[desk, lens], &studio_display(Some("DP-1"))), Place::Full(0));
    }

    #[test]
    fn alone_it_covers_what_there_is_and_a_window_stays_one() {
        let (desk, lens) = (monitor("DP-1", true), monitor("HDMI-1", false));
        let alone = Options { alone: true, ..Options::default() };
        assert_eq!(choose(std::slice::from_ref(&desk), &alone), Place::Full(0));
        assert_eq!(choose(&[lens.clone(), desk.clone()], &alone), Place::Full(1));
        let gone = Options { monitor: Some("HDMI-9".into()), ..alone };
        assert_eq!(choose(&[desk.clone(), lens.clone()], &gone), Place::Full(1));
        assert_eq!(choose(std::slice::from_ref(&desk), &gone), Place::Full(0));
        let window = Options { windowed: true, monitor: Some("HDMI-1".into()), ..Options::default() };
        assert_eq!(choose(&[desk.clone(), lens], &window), Place::Window(1));
        assert_eq!(choose(&[desk], &window), Place::Window(0));
    }
}
