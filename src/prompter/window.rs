//! The window and its loop: wait, look into the slot, draw one frame a refresh while anything moves, and nothing while
//! nothing does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use winit::application::ApplicationHandler;
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::event::{ElementState, MouseScrollDelta, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy, OwnedDisplayHandle};
use winit::keyboard::ModifiersState;
use winit::monitor::MonitorHandle;
use winit::window::{Fullscreen, Window, WindowId};

use super::awake::Awake;
use super::cadence::Cadence;
use super::glide::Glide;
use super::monitors::{self, Monitor, Place};
use super::picture::{self, Moving, Picture};
use super::surface::{Skipped, Surface};
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
    Mirror(Option<Mirror>),
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

    /// Mirrors this display whatever the scene says, or as it says.
    pub fn mirror(&self, mirror: Option<Mirror>) {
        self.send(Order::Mirror(mirror));
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
        self.0 = monitors::plugged(event_loop).0;
        event_loop.exit();
    }

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}
}

struct App<F> {
    options: Options,
    slot: Latest<Scene>,
    display: OwnedDisplayHandle,
    on_event: F,
    window: Option<Open>,
    modifiers: ModifiersState,
    plugged: Vec<Monitor>,
    /// Where the window stands, and how often it was put there.
    place: Option<(Place, Option<Monitor>)>,
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
    _awake: Option<Awake>,
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
            plugged: Vec::new(),
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
            _awake: Awake::hold(),
        }
    }

    fn open(&mut self, event_loop: &ActiveEventLoop) -> Result<Open, Problem> {
        let attributes = Window::default_attributes().with_title("Onetake prompter").with_visible(false);
        let window = event_loop.create_window(named(attributes)).map_err(|error| no_display(&error))?;
        let window = Arc::new(window);
        let surface = Surface::open(&window, self.display.clone())?;
        let picture = Picture::new(&surface);
        (self.on_event)(Event::Ready { adapter: surface.adapter.to_string() });
        Ok(Open { picture, surface, window })
    }

    fn fail(&mut self, event_loop: &ActiveEventLoop, problem: Problem) {
        self.problem = Some(problem);
        event_loop.exit();
    }

    /// Puts the window where it belongs now.
    fn settle(&mut self, event_loop: &ActiveEventLoop) {
        let Some(open) = &self.window else { return };
        self.looked = Instant::now();
        let (plugged, handles) = monitors::plugged(event_loop);
        let place = monitors::choose(&plugged, &self.options);
        let at = match place {
            Place::Full(at) | Place::Window(at) => Some(at),
            Place::Nowhere => None,
        };
        let monitor = at.and_then(|at| plugged.get(at)).cloned();
        let standing = (place.clone(), monitor.clone());
        self.plugged = plugged;
        if self.place.as_ref() == Some(&standing) {
            if let (Place::Full(_), Some(monitor)) = (&place, &monitor) {
                if self.tries < COVER_TRIES && !covers(&open.window, monitor) {
                    self.tries += 1;
                    cover(&open.window, monitor, at.and_then(|at| handles.get(at)), self.tries > 1);
                }
            }
            return;
        }
        self.tries = 0;
        match (&place, &monitor) {
            (Place::Full(_), Some(monitor)) => {
                open.window.set_cursor_visible(false);
                open.window.set_visible(true);
                cover(&open.window, monitor, at.and_then(|at| handles.get(at)), false);
            }
            (Place::Window(_), Some(monitor)) => {
                open.window.set_cursor_visible(true);
                be_a_window(&open.window, monitor);
            }
            _ => {}
        }
        let period = monitor.as_ref().and_then(|monitor| monitor.refresh_millihertz);
        let period = period.map_or(USUAL_PERIOD, |rate| 1000 * SECOND / u64::from(rate));
        (self.cadence, self.dirty) = (Cadence::new(period), true);
        self.recent.set_period(period);
        self.total.set_period(period);
        let name = monitor.map(|monitor| monitor.name);
        let wanted = self.options.monitor.is_none() || self.options.monitor == name;
        let full_screen = matches!(place, Place::Full(_));
        (self.on_event)(Event::Placed { monitor: name, full_screen, wanted });
        self.place = Some(standing);
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
        self.dirty = open.picture.prepare(&open.surface, &self.scene, &moving);
        self.counted = picture::countdown(self.scene.status.mode, time);
        open.window.pre_present_notify();
        open.surface.present(frame, |pass| open.picture.paint(pass));
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
                let column = self.scene.layout.as_ref().map_or(self.scene.look.column_ems, |layout| layout.column());
                let row = f64::from(open.surface.size()[0]) / f64::from(column + 2.0) * f64::from(self.scene.look.line_height);
                -pixels.y / row.max(1.0)
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
            Order::Mirror(mirror) => (self.options.mirror, self.dirty) = (mirror, true),
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

/// Covers a monitor; by force where no window manager does it.
fn cover(window: &Window, monitor: &Monitor, handle: Option<&MonitorHandle>, force: bool) {
    // Told the same again, the window system would do nothing, even when the monitor has moved.
    window.set_fullscreen(None);
    window.set_fullscreen(Some(Fullscreen::Borderless(handle.cloned())));
    if force {
        window.set_decorations(false);
        window.set_outer_position(PhysicalPosition::new(monitor.x, monitor.y));
        let _ = window.request_inner_size(PhysicalSize::new(monitor.width, monitor.height));
        window.focus_window();
    }
}

/// An ordinary window in the middle of a monitor.
fn be_a_window(window: &Window, monitor: &Monitor) {
    window.set_fullscreen(None);
    window.set_decorations(true);
    let (width, height) = (monitor.width * 3 / 5, monitor.height * 3 / 5);
    let _ = window.request_inner_size(PhysicalSize::new(width.max(320), height.max(240)));
    let (x, y) = (monitor.x + (monitor.width / 5) as i32, monitor.y + (monitor.height / 5) as i32);
    window.set_outer_position(PhysicalPosition::new(x, y));
    window.set_visible(true);
}

fn no_display(error: &dyn std::fmt::Display) -> Problem {
    tracing::info!(%error, "no display");
    Problem::missing("There is no display to open the prompter on.", "Start it in a desktop session.")
}
