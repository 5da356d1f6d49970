//! The window and its loop: wait, look into the slot, draw one frame a refresh while anything moves, and nothing while
//! nothing does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use winit::application::ApplicationHandler;
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::event::{ElementState, MouseScrollDelta, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy, OwnedDisplayHandle};
use winit::keyboard::ModifiersState;
use winit::window::{Fullscreen, Window, WindowId};

use super::cadence::Cadence;
use super::glide::Glide;
use super::monitors::{self, Monitor, Place};
use super::picture::{self, Moving, Picture};
use super::surface::{Skipped, Surface};
use super::x11::{Active, X11};
use super::{Event, Key, Options, Scene, keys};
use crate::clock;
use crate::core::latest::Latest;
use crate::core::live::Smoothness;
use crate::core::problem::Problem;
use crate::core::prompter::Mirror;
use crate::core::smoothness::Collector;
use crate::core::time::{Moment, SECOND};

/// How often the monitors are looked at: a cable is pulled without a word to us on some systems.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often evenness is told.
const REPORT_EVERY: Duration = Duration::from_secs(5);
/// The frame period of a display that does not say.
const USUAL_PERIOD: u64 = SECOND / 60;
/// Tries to cover a monitor whose window manager would not.
const COVER_TRIES: u32 = 5;

/// The window system, before the window is there.
#[derive(Debug)]
pub struct Prompter {
    event_loop: EventLoop<Order>,
    remote: Remote,
}

/// The way to a window that runs, from any thread.
#[derive(Clone, Debug)]
pub struct Remote {
    scenes: Latest<Scene>,
    proxy: EventLoopProxy<Order>,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    /// There is something new in the slot.
    Look,
    FullScreen(bool),
    /// Mirrors left and right, or up and down, once more.
    MirrorAcross,
    MirrorUpright,
    Close,
}

impl Remote {
    /// Replaces what is shown.
    pub fn show(&self, scene: Scene) {
        self.scenes.publish(scene);
    }

    /// Covers the monitor, or becomes an ordinary window.
    pub fn full_screen(&self, on: bool) {
        self.send(Order::FullScreen(on));
    }

    /// Mirrors this display left and right, whatever the scene says, or undoes it.
    pub fn mirror_across(&self) {
        self.send(Order::MirrorAcross);
    }

    /// The same up and down.
    pub fn mirror_upright(&self) {
        self.send(Order::MirrorUpright);
    }

    /// Ends `Prompter::run`.
    pub fn close(&self) {
        self.send(Order::Close);
    }

    fn send(&self, order: Order) {
        // A loop that has ended needs no order.
        let _ = self.proxy.send_event(order);
    }
}

impl Prompter {
    /// Connects to the window system.
    pub fn new() -> Result<Prompter, Problem> {
        let event_loop = EventLoop::<Order>::with_user_event().build().map_err(|error| no_display(&error))?;
        let proxy = event_loop.create_proxy();
        let waker = proxy.clone();
        let scenes = Latest::waking(move || {
            let _ = waker.send_event(Order::Look);
        });
        Ok(Prompter { event_loop, remote: Remote { scenes, proxy } })
    }

    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// What is plugged in.
    pub fn monitors(self) -> Result<Vec<Monitor>, Problem> {
        let mut list = List(Vec::new());
        self.event_loop.run_app(&mut list).map_err(|error| no_display(&error))?;
        Ok(list.0)
    }

    /// Shows the window until it is closed, and says how evenly all its frames came. `on_event` is called on this thread and
    /// must not wait.
    pub fn run(self, options: Options, on_event: impl FnMut(Event)) -> Result<Option<Smoothness>, Problem> {
        let display = self.event_loop.owned_display_handle();
        let mut app = App::new(options, self.remote.scenes, display, on_event);
        self.event_loop.run_app(&mut app).map_err(|error| no_display(&error))?;
        match app.problem {
            Some(problem) => Err(problem),
            None => Ok(app.total.smoothness()),
        }
    }
}

struct List(Vec<Monitor>);

impl ApplicationHandler<Order> for List {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        self.0 = monitors::plugged(event_loop, connect(event_loop).as_ref());
        event_loop.exit();
    }

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}
}

/// A window that is given the keyboard so soon after it opened was not clicked.
const OPENING: Duration = Duration::from_secs(4);

struct App<F> {
    options: Options,
    slot: Latest<Scene>,
    display: OwnedDisplayHandle,
    on_event: F,
    window: Option<Open>,
    modifiers: ModifiersState,
    /// Whether the window covers a monitor and which it is on; and how often it was put there again.
    place: Option<(bool, Option<Monitor>)>,
    tries: u32,
    scene: Arc<Scene>,
    version: u64,
    glide: Glide,
    cadence: Cadence,
    /// Something changed that must be drawn although the text stands.
    dirty: bool,
    /// The second of a countdown that was drawn.
    counted: Option<u64>,
    recent: Collector,
    total: Collector,
    looked: Instant,
    reported: Instant,
    problem: Option<Problem>,
    x11: Option<X11>,
    /// The window that had the keyboard when this one opened beside it, until it has it back.
    keys_to: Option<(Active, Instant)>,
}

/// A window and what draws in it.
struct Open {
    // Dropped in this order: the surface belongs to the window.
    picture: Picture,
    surface: Surface,
    window: Arc<Window>,
}

impl<F: FnMut(Event)> App<F> {
    fn new(options: Options, slot: Latest<Scene>, display: OwnedDisplayHandle, on_event: F) -> App<F> {
        let now = Instant::now();
        App {
            options,
            slot,
            display,
            on_event,
            window: None,
            modifiers: ModifiersState::default(),
            place: None,
            tries: 0,
            scene: Arc::default(),
            version: 0,
            glide: Glide::default(),
            cadence: Cadence::new(USUAL_PERIOD),
            dirty: true,
            counted: None,
            recent: Collector::new(USUAL_PERIOD),
            total: Collector::new(USUAL_PERIOD),
            looked: now,
            reported: now,
            problem: None,
            x11: None,
            keys_to: None,
        }
    }

    fn open(&mut self, event_loop: &ActiveEventLoop) -> Result<Open, Problem> {
        let attributes = Window::default_attributes().with_title("Onetake prompter").with_visible(false);
        let window = event_loop.create_window(named(attributes)).map_err(|error| no_display(&error))?;
        if let Some(x11) = self.x11.as_ref().filter(|_| self.options.beside) {
            x11.leave_keys(&window);
            self.keys_to = x11.active().map(|active| (active, Instant::now()));
        }
        let window = Arc::new(window);
        let surface = Surface::open(&window, self.display.clone())?;
        let picture = Picture::new(&surface);
        (self.on_event)(Event::Ready { adapter: surface.adapter.to_string() });
        Ok(Open { picture, surface, window })
    }

    /// Some window managers give the keyboard to every new window. Who clicks here later keeps it.
    fn give_keys_back(&mut self) {
        if let (Some(x11), Some((before, opened))) = (&self.x11, self.keys_to.take())
            && opened.elapsed() < OPENING
        {
            x11.activate(before);
        }
    }

    fn fail(&mut self, event_loop: &ActiveEventLoop, problem: Problem) {
        self.problem = Some(problem);
        event_loop.exit();
    }

    /// Puts the window where it belongs now.
    fn settle(&mut self, event_loop: &ActiveEventLoop) {
        let Some(open) = &self.window else { return };
        self.looked = Instant::now();
        let plugged = monitors::plugged(event_loop, self.x11.as_ref());
        let place = monitors::choose(&plugged, &self.options);
        let monitor = match place {
            Place::Full(at) | Place::Window(at) => plugged.get(at).cloned(),
            Place::Nowhere => None,
        };
        let full = matches!(place, Place::Full(_));
        let standing = (full, monitor.clone());
        let keys = self.x11.as_ref().filter(|_| self.options.alone);
        if self.place.is_some() {
            keys.inspect(|x11| x11.take_keys(&open.window));
        }
        if self.place.as_ref() == Some(&standing) {
            let again = monitor.filter(|monitor| full && self.tries < COVER_TRIES && !covers(&open.window, monitor));
            if let Some(monitor) = again {
                self.tries += 1;
                self.put(event_loop, &monitor, true);
            }
            return;
        }
        self.tries = 0;
        if let Some(monitor) = &monitor {
            self.put(event_loop, monitor, full);
            keys.inspect(|x11| x11.take_keys(&open.window));
        }
        let period = monitor.as_ref().and_then(|monitor| monitor.refresh_millihertz);
        let period = period.map_or(USUAL_PERIOD, |rate| 1000 * SECOND / u64::from(rate));
        (self.cadence, self.dirty) = (Cadence::new(period), true);
        self.recent.set_period(period);
        self.total.set_period(period);
        let name = monitor.map(|monitor| monitor.name);
        let wanted = self.options.monitor.is_none() || self.options.monitor == name;
        (self.on_event)(Event::Placed { monitor: name, full_screen: full, wanted });
        self.place = Some(standing);
    }

    /// Covers a monitor, or opens an ordinary window in its middle.
    fn put(&self, event_loop: &ActiveEventLoop, monitor: &Monitor, full: bool) {
        let Some(Open { window, .. }) = &self.window else { return };
        window.set_cursor_visible(!full);
        window.set_visible(true);
        let (width, height) = (monitor.width, monitor.height);
        let (place, size) = match full {
            true => ([monitor.x, monitor.y], [width, height]),
            false => ([monitor.x + (width / 5) as i32, monitor.y + (height / 5) as i32], [width * 3 / 5, height * 3 / 5]),
        };
        if let Some(x11) = &self.x11 {
            return x11.place(window, place, size, full);
        }
        let handle = monitors::handle(event_loop, monitor);
        window.set_fullscreen(full.then_some(Fullscreen::Borderless(handle)));
        if !full {
            window.set_outer_position(PhysicalPosition::<i32>::from(place));
            let _ = window.request_inner_size(PhysicalSize::<u32>::from(size));
        }
    }

    /// Takes what is new from the slot; the text goes on from where it stands.
    fn absorb(&mut self) {
        let (scene, version) = self.slot.versioned();
        let Some(scene) = scene.filter(|_| version != self.version) else { return };
        let now = clock::now();
        let known = |scene: &Scene| scene.layout.is_some();
        if known(&self.scene) && known(&scene) && self.scene.motion.revision == scene.motion.revision {
            let shown = self.scene.position(now) + self.glide.at(now);
            self.glide = Glide::between(shown, scene.position(now), now);
        } else {
            self.glide = Glide::default();
        }
        (self.scene, self.version, self.dirty) = (scene, version, true);
    }

    fn at_rest(&self, now: Moment) -> bool {
        self.scene.layout.is_none() || (self.scene.motion.course.at_rest(self.scene.studio_time(now)) && self.glide.over(now))
    }

    fn mirror(&self) -> Mirror {
        let monitor = self.place.as_ref().and_then(|(_, monitor)| monitor.as_ref());
        let own = monitor.and_then(|monitor| self.scene.mirrors.0.get(&monitor.name)).copied();
        self.options.mirror.or(own).unwrap_or(self.scene.look.mirror)
    }

    fn draw(&mut self, event_loop: &ActiveEventLoop) {
        let Some(open) = &mut self.window else { return };
        let frame = match open.surface.acquire() {
            Ok(frame) => frame,
            Err(Skipped::Later) => {
                self.dirty = true;
                return;
            }
            Err(Skipped::Lost) => {
                self.dirty = true;
                return self.reopen().unwrap_or_else(|problem| self.fail(event_loop, problem));
            }
        };
        // Now, because waiting for the display is over.
        let now = clock::now();
        let at_rest = self.at_rest(now);
        if at_rest {
            self.cadence.restart();
        }
        let seen = if at_rest { now } else { self.cadence.next(now) };
        let time = self.scene.studio_time(seen);
        let (position, mirror) = (self.scene.position(seen) + self.glide.at(seen), self.mirror());
        let Some(open) = &mut self.window else { return };
        let moving = Moving { position, time, at_rest, mirror, scale: open.window.scale_factor() as f32 };
        // After a frame in motion comes one more, however long this one takes: only at rest the text eases onto whole pixels.
        self.dirty = open.picture.prepare(&open.surface, &self.scene, &moving) || !at_rest;
        self.counted = picture::countdown(self.scene.status.mode, time);
        open.window.pre_present_notify();
        let ground = self.scene.look.palette.background.rgba();
        open.surface.present(frame, ground, |pass| open.picture.paint(pass));
        self.presented(clock::now(), at_rest);
    }

    /// A new device on the same window.
    fn reopen(&mut self) -> Result<(), Problem> {
        let Some(Open { picture, surface, window }) = self.window.take() else { return Ok(()) };
        drop((picture, surface));
        tracing::warn!("the graphics device was lost and is opened anew");
        let surface = Surface::open(&window, self.display.clone())?;
        self.window = Some(Open { picture: Picture::new(&surface), surface, window });
        Ok(())
    }

    fn presented(&mut self, at: Moment, at_rest: bool) {
        tracing::trace!(at = at.0, "presented");
        if at_rest {
            self.recent.rest();
            self.total.rest();
        } else {
            self.recent.presented(at);
            self.total.presented(at);
        }
    }

    fn report(&mut self) {
        if self.reported.elapsed() >= REPORT_EVERY {
            self.reported = Instant::now();
            if let Some(smoothness) = self.recent.take() {
                (self.on_event)(Event::Smoothness(smoothness));
            }
        }
    }

    fn scrolled(&mut self, delta: MouseScrollDelta) {
        let rows = match delta {
            MouseScrollDelta::LineDelta(_, notches) => -f64::from(notches),
            MouseScrollDelta::PixelDelta(pixels) => {
                let Some(open) = &self.window else { return };
                -pixels.y / picture::row_height(&self.scene, open.surface.size()).max(1.0)
            }
        };
        if rows != 0.0 {
            (self.on_event)(Event::Scrolled(rows));
        }
    }
}

impl<F: FnMut(Event)> ApplicationHandler<Order> for App<F> {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.window.is_some() {
            return;
        }
        self.x11 = connect(event_loop);
        self.x11.iter().for_each(X11::stay_awake);
        match self.open(event_loop) {
            Ok(open) => {
                self.window = Some(open);
                self.settle(event_loop);
            }
            Err(problem) => self.fail(event_loop, problem),
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, order: Order) {
        match order {
            Order::Look => {}
            Order::FullScreen(on) => {
                self.options.windowed = !on;
                self.settle(event_loop);
            }
            Order::MirrorAcross => {
                let shown = self.mirror();
                (self.options.mirror, self.dirty) = (Some(Mirror { horizontal: !shown.horizontal, ..shown }), true);
            }
            Order::MirrorUpright => {
                let shown = self.mirror();
                (self.options.mirror, self.dirty) = (Some(Mirror { vertical: !shown.vertical, ..shown }), true);
            }
            Order::Close => event_loop.exit(),
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::CloseRequested => {
                (self.on_event)(Event::Closed);
                event_loop.exit();
            }
            WindowEvent::Resized(size) => {
                if let Some(open) = &mut self.window {
                    open.surface.resize(size.width, size.height);
                }
                self.dirty = true;
            }
            WindowEvent::ScaleFactorChanged { .. } | WindowEvent::Occluded(false) => self.dirty = true,
            WindowEvent::ModifiersChanged(modifiers) => self.modifiers = modifiers.state(),
            WindowEvent::Focused(true) => self.give_keys_back(),
            WindowEvent::MouseWheel { delta, .. } => self.scrolled(delta),
            WindowEvent::KeyboardInput { event, .. } if event.state == ElementState::Pressed => {
                if let Some(press) = keys::press(&event, self.modifiers).filter(|press| !event.repeat || repeats(press.key)) {
                    (self.on_event)(Event::Pressed(press));
                }
            }
            WindowEvent::RedrawRequested => {
                self.absorb();
                self.draw(event_loop);
            }
            _ => {}
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        self.absorb();
        self.report();
        if self.looked.elapsed() >= LOOK_AGAIN {
            self.settle(event_loop);
        }
        let now = clock::now();
        let time = self.scene.studio_time(now);
        self.dirty |= self.counted != picture::countdown(self.scene.status.mode, time);
        let look_again = self.looked + LOOK_AGAIN;
        if self.dirty || !self.at_rest(now) {
            let early = self.cadence.not_before().filter(|begin| *begin > now);
            if let Some(begin) = early {
                let wait = Instant::now() + Duration::from_nanos(begin.since(now));
                return event_loop.set_control_flow(ControlFlow::WaitUntil(wait.min(look_again)));
            }
            if let Some(open) = &self.window {
                open.window.request_redraw();
            }
            return event_loop.set_control_flow(ControlFlow::WaitUntil(look_again));
        }
        let change = picture::next_change(self.scene.status.mode, time);
        let change = change.map(|at| Instant::now() + Duration::from_nanos(at.since(time)));
        event_loop.set_control_flow(ControlFlow::WaitUntil(change.map_or(look_again, |at| at.min(look_again))));
    }
}

/// Keys that may be held down.
fn repeats(key: Key) -> bool {
    matches!(key, Key::Up | Key::Down | Key::Left | Key::Right | Key::Char('+' | '-' | '='))
}

/// The name by which window managers know the window.
#[cfg(target_os = "linux")]
fn named(attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    use winit::platform::x11::WindowAttributesExtX11;
    attributes.with_name("onetake-prompter", "onetake-prompter")
}

#[cfg(not(target_os = "linux"))]
fn named(attributes: winit::window::WindowAttributes) -> winit::window::WindowAttributes {
    attributes
}

fn covers(window: &Window, monitor: &Monitor) -> bool {
    // Wayland tells nobody where a window is; there the compositor does as it is asked.
    let placed = window.inner_position().map_or(true, |at| (at.x, at.y) == (monitor.x, monitor.y));
    placed && window.inner_size() == PhysicalSize::new(monitor.width, monitor.height)
}

#[cfg(target_os = "linux")]
fn connect(event_loop: &ActiveEventLoop) -> Option<X11> {
    use winit::platform::x11::ActiveEventLoopExtX11;
    event_loop.is_x11().then(X11::open).flatten()
}

#[cfg(not(target_os = "linux"))]
fn connect(_: &ActiveEventLoop) -> Option<X11> {
    None
}

fn no_display(error: &dyn std::fmt::Display) -> Problem {
    tracing::info!(%error, "no display");
    Problem::missing("There is no display to open the prompter on.", "Start it in a desktop session.")
}
