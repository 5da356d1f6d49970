//! Record: countdown, one continuous take, stop. The journal's entries are decided here, from the prompter's place.

use crate::core::compose::Layout;
use crate::core::health::Health;
use crate::core::journal::{Entry, Event};
use crate::core::live::Mode;
use crate::core::problem::Problem;
use crate::core::prompter::course::Course;
use crate::core::settings::Settings;
use crate::core::take::{Take, TakeId};
use crate::core::time::Moment;

use super::{Action, devices, prepare, prompter, review};

#[derive(Clone, Debug, Default)]
pub struct State {
    pub phase: Phase,
    /// What the operator chose over the scene's own layout, until the next scene.
    pub layout_override: Option<(usize, Layout)>,
    /// Camera shown mirrored, as people know themselves; the file never is.
    pub mirror_camera: bool,
    /// The take stops by itself at this length, to the frame.
    pub limit_secs: Option<f64>,
    /// The take that was closed last.
    pub finished: Option<TakeId>,
}

/// Where the recording stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Idle,
    /// Devices are still opening; the countdown follows.
    Waiting,
    Countdown {
        ends: Moment,
    },
    /// The countdown is over; the first frame is on its way to the file.
    Starting,
    Rolling(Box<Rolling>),
    /// The file is being closed.
    Stopping,
}

/// A take in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Rolling {
    pub take: TakeId,
    pub number: u32,
    /// When the first frame was taken.
    pub started: Moment,
    pub health: Health,
    /// Scene and line last written into the journal.
    pub place: Option<(usize, usize)>,
    /// Course last written into the journal.
    pub course: Option<Course>,
    pub marks: u32,
    /// A device was lost; the take goes on.
    pub lost: Option<String>,
}

#[derive(Clone, Debug)]
pub enum Message {
    /// Countdown, then roll.
    Record,
    /// Stops a take, or calls off a countdown.
    Stop,
    /// The first frame is in the file.
    Rolling {
        take: TakeId,
        number: u32,
        started: Moment,
    },
    Health(Health),
    /// The file is closed, or could not be; what was recorded is in it all the same.
    Finished(Result<Box<Take>, Problem>),
    /// The take could not begin.
    Refused(Problem),
    /// The recorder stopped by itself: disk full, encoder gone.
    Ended(Problem),
    DeviceLost {
        device: String,
        detail: String,
    },
    Mark,
    NextLayout,
    MirrorCamera,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Start(Box<Plan>),
    Journal(Vec<Entry>),
    Stop,
}

/// What a take needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub project: String,
    pub title: String,
    pub script: String,
    /// Length at which the take stops by itself, in nanoseconds.
    pub limit: Option<u64>,
}

/// The rest of the studio, as a recording sees it.
pub struct Studio<'a> {
    pub settings: &'a Settings,
    pub prepare: &'a prepare::State,
    pub prompter: &'a prompter::State,
    pub devices: &'a devices::State,
}

impl State {
    /// True from the moment a take is wanted until its file is closed.
    pub fn busy(&self) -> bool {
        self.phase != Phase::Idle
    }

    pub fn rolling(&self) -> Option<&Rolling> {
        match &self.phase {
            Phase::Rolling(rolling) => Some(rolling),
            _ => None,
        }
    }

    /// What goes on, for other displays.
    pub fn mode(&self) -> Mode {
        match &self.phase {
            Phase::Countdown { ends } => Mode::Countdown { ends: *ends },
            Phase::Rolling(rolling) => Mode::Recording { since: rolling.started },
            _ => Mode::Idle,
        }
    }

    /// The layout of a scene: the operator's, or the script's, or the camera with the picture small where there is one.
    pub fn layout(&self, scene: usize, script: &crate::core::script::Script) -> Layout {
        let overridden = self.layout_override.filter(|(of, _)| *of == scene).map(|(_, layout)| layout);
        overridden.or_else(|| script.scenes.get(scene)?.layout()).unwrap_or_default()
    }

    pub fn update(&mut self, message: Message, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match message {
            Message::Record => self.record(studio, now),
            Message::Stop => self.stop(),
            Message::Rolling { take, number, started } => self.rolls(take, number, started),
            Message::Health(health) => {
                if let Phase::Rolling(rolling) = &mut self.phase {
                    let lost = (health.missed + health.dropped).saturating_sub(rolling.health.missed + rolling.health.dropped);
                    rolling.health = health;
                    if lost > 0 {
                        return vec![journal(rolling.started, now, Event::Dropped { frames: lost })];
                    }
                }
                Vec::new()
            }
            Message::Finished(result) => self.finished(result),
            Message::Refused(problem) => {
                self.phase = Phase::Idle;
                vec![Action::show(&problem), tell_prompter(prompter::Message::Pause)]
            }
            Message::Ended(problem) => {
                let mut actions = vec![Action::show(&problem)];
                actions.extend(self.stop());
                actions
            }
            Message::DeviceLost { device, detail } => self.device_lost(device, detail, studio, now),
            Message::Mark => self.mark(now),
            Message::NextLayout => {
                let scene = studio.prompter.scene(now).unwrap_or(studio.prepare.selected);
                let next = self.layout(scene, &studio.prepare.script).next();
                self.layout_override = Some((scene, next));
                Vec::new()
            }
            Message::MirrorCamera => {
                self.mirror_camera = !self.mirror_camera;
                Vec::new()
            }
        }
    }

    /// What time brings: the end of the countdown, scenes and lines passed.
    pub fn tick(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match &mut self.phase {
            Phase::Waiting => self.wait_for_devices(studio, now),
            Phase::Countdown { ends } if now >= *ends => self.start(studio),
            Phase::Rolling(rolling) => {
                // Without a camera no frame comes that would reach the limit.
                let over = self.limit_secs.is_some_and(|limit| now.secs_from(rolling.started) >= limit);
                if over && is_failed(&studio.devices.camera) {
                    return self.stop();
                }
                follow_prompter(rolling, studio, now)
            }
            _ => Vec::new(),
        }
    }

    /// A take goes on while one device gives something, and ends when none does. What has not begun is called off.
    fn device_lost(&mut self, device: String, detail: String, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        let camera_lost = is_failed(&studio.devices.camera);
        match &mut self.phase {
            Phase::Rolling(rolling) => {
                rolling.lost = Some(device.clone());
                let mut actions = vec![journal(rolling.started, now, Event::DeviceLost { device, detail })];
                if camera_lost && !matches!(studio.devices.microphone, devices::Port::Open { .. }) {
                    actions.extend(self.stop());
                }
                actions
            }
            // Its first frame will not come.
            Phase::Starting if camera_lost => self.stop(),
            Phase::Waiting | Phase::Countdown { .. } => {
                self.phase = Phase::Idle;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn record(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        if self.busy() {
            return Vec::new();
        }
        if studio.prepare.project.is_none() {
            let problem = Problem::usage("There is no script open.", "Open a script or the demo first.");
            return vec![Action::show(&problem)];
        }
        (self.phase, self.finished) = (Phase::Waiting, None);
        let mut actions = vec![Action::Tell(super::Message::Go(super::Page::Record)), tell_prompter(prompter::Message::Rewind)];
        if is_failed(&studio.devices.camera) || is_failed(&studio.devices.microphone) {
            // It may have been plugged in again; the countdown waits for the answer.
            actions.push(Action::Tell(super::Message::Devices(devices::Message::Open)));
            return actions;
        }
        actions.extend(self.wait_for_devices(studio, now));
        actions
    }

    fn wait_for_devices(&mut self, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
        match (&studio.devices.camera, &studio.devices.microphone) {
            // A take without its sound is found out too late; whoever wants none chooses none.
            (devices::Port::Failed(problem), _) | (_, devices::Port::Failed(problem)) => {
                self.phase = Phase::Idle;
                vec![Action::show(problem)]
            }
            (devices::Port::Off, _) => {
                self.phase = Phase::Idle;
                let fix = "Choose a camera, or the synthetic one, under Devices.";
                vec![Action::show(&Problem::usage("A take needs a camera, and none is chosen.", fix))]
            }
            _ if studio.devices.ready() => {
                self.phase = Phase::Countdown { ends: now.plus_secs(f64::from(studio.settings.countdown_secs)) };
                if studio.settings.countdown_secs == 0 { self.start(studio) } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    fn start(&mut self, studio: &Studio<'_>) -> Vec<Action> {
        let Some(project) = &studio.prepare.project else {
            self.phase = Phase::Idle;
            return Vec::new();
        };
        self.phase = Phase::Starting;
        let script = &studio.prepare.script;
        let plan = Plan {
            project: project.id.clone(),
            title: script.title().to_owned(),
            script: script.source().to_owned(),
            limit: self.limit_secs.map(crate::core::time::nanos),
        };
        vec![do_(Effect::Start(Box::new(plan)))]
    }

    fn rolls(&mut self, take: TakeId, number: u32, started: Moment) -> Vec<Action> {
        if self.phase != Phase::Starting {
            return Vec::new();
        }
        let rolling =
            Rolling { take, number, started, health: Health::default(), place: None, course: None, marks: 0, lost: None };
        self.phase = Phase::Rolling(Box::new(rolling));
        vec![do_(Effect::Journal(vec![Entry { t: 0, event: Event::Rolling }])), tell_prompter(prompter::Message::Start)]
    }

    fn stop(&mut self) -> Vec<Action> {
        match self.phase {
            Phase::Waiting | Phase::Countdown { .. } => {
                self.phase = Phase::Idle;
                Vec::new()
            }
            Phase::Starting | Phase::Rolling(_) => {
                self.phase = Phase::Stopping;
                vec![tell_prompter(prompter::Message::Pause), do_(Effect::Stop)]
            }
            Phase::Idle | Phase::Stopping => Vec::new(),
        }
    }

    fn finished(&mut self, result: Result<Box<Take>, Problem>) -> Vec<Action> {
        self.phase = Phase::Idle;
        match result {
            Ok(take) => {
                self.finished = Some(take.id.clone());
                vec![
                    Action::Tell(super::Message::Review(review::Message::TakeFinished(take))),
                    Action::Tell(super::Message::Go(super::Page::Review)),
                ]
            }
            Err(problem) => vec![Action::show(&problem)],
        }
    }

    fn mark(&mut self, now: Moment) -> Vec<Action> {
        let Phase::Rolling(rolling) = &mut self.phase else { return Vec::new() };
        rolling.marks += 1;
        let label = format!("Mark {}", rolling.marks);
        vec![journal(rolling.started, now, Event::Mark { label: label.clone() }), Action::say(format!("{label} set."))]
    }
}

fn is_failed<F>(port: &devices::Port<F>) -> bool {
    matches!(port, devices::Port::Failed(_))
}

fn follow_prompter(rolling: &mut Rolling, studio: &Studio<'_>, now: Moment) -> Vec<Action> {
    let Some((scene, line)) = studio.prompter.line(now) else { return Vec::new() };
    let t = now.since(rolling.started);
    let mut entries = Vec::new();
    let course = &studio.prompter.course;
    if rolling.course.as_ref() != Some(course) {
        entries.push(Entry { t, event: Event::Prompter { anchors: course.anchors_since(rolling.started) } });
        rolling.course = Some(course.clone());
    }
    if rolling.place.is_none_or(|(last, _)| last != scene) {
        // The first scene begins with the take.
        let t = if rolling.place.is_none() { 0 } else { t };
        let heading = studio.prepare.script.scenes.get(scene).map_or_else(String::new, |s| s.title(scene));
        entries.push(Entry { t, event: Event::SceneEntered { scene, heading } });
    }
    if rolling.place != Some((scene, line)) {
        entries.push(Entry { t, event: Event::LinePassed { scene, line } });
        rolling.place = Some((scene, line));
    }
    if entries.is_empty() { Vec::new() } else { vec![do_(Effect::Journal(entries))] }
}

fn journal(started: Moment, now: Moment, event: Event) -> Action {
    do_(Effect::Journal(vec![Entry { t: now.since(started), event }]))
}

fn tell_prompter(message: prompter::Message) -> Action {
    Action::Tell(super::Message::Prompter(message))
}

fn do_(effect: Effect) -> Action {
    Action::Do(super::Effect::Record(effect))
}
